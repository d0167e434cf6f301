//! A day in the life of a project, from the first run to the last suppression that goes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed run ends the test")]

mod binary;
mod project;

use project::{Project, SECOND, SERVER};

#[test]
fn from_the_first_run_to_the_last_suppression() {
    let project = Project::repository(&[("src/server.ts", SERVER)]);

    // The first run finds a flaw; whoever commits now would be stopped.
    let ran = project.lint(&[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("critical[command-injection]"), "{}", ran.out);

    // The team agrees to live with it for now.
    let ran = project.lint(&["baseline", "write"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(
        ran.err.contains("wrote mcp-lint-baseline.json with 1 finding"),
        "{}",
        ran.err
    );
    assert_eq!(project.lint(&[]).code, Some(0));
    project.commit();

    // A second flaw, on a branch: it alone is told, with the baseline and without.
    project.git(&["checkout", "-q", "-b", "topic"]);
    project.write("src/server.ts", &format!("{SERVER}{SECOND}"));
    let ran = project.lint(&["--format", "concise"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(ran.out.starts_with("src/server.ts:10:"), "{}", ran.out);
    project.commit();
    assert_eq!(
        project.told(&["--no-baseline", "--diff", "main"]),
        ["src/server.ts:10 command-injection"]
    );

    // It is declared harmless, with a reason.
    project.edit(
        "src/server.ts",
        "  const out = execSync(`git show ${commit}`);",
        "  // mcp-lint: ignore[command-injection] the host offers commits to choose from\n  const out = execSync(`git show ${commit}`);",
    );
    let ran = project.lint(&["--diff", "main"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(
        ran.err.contains("0 findings, 1 suppressed, 1 in the baseline;"),
        "{}",
        ran.err
    );

    // The flaw goes, and the comment that nobody needs any more is told.
    project.edit("src/server.ts", "`git show ${commit}`", "'git show HEAD'");
    let ran = project.lint(&[]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.err
            .contains("warning: src/server.ts:10: nothing to ignore here: `command-injection` is not found"),
        "{}",
        ran.err
    );
    assert_eq!(project.lint(&["--report-unused"]).code, Some(1));
}
