//! The findings that a project has agreed to live with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed run ends the test")]

mod binary;
mod project;

use std::fs;

use project::{Project, SECOND, SERVER};
use serde_json::Value;

const FILE: &str = "mcp-lint-baseline.json";

/// A project whose only finding is in its baseline.
fn agreed() -> Project {
    let project = Project::new();
    project.write("src/server.ts", SERVER);
    assert_eq!(project.lint(&["baseline", "write", "--quiet"]).code, Some(0));
    assert!(project.told(&[]).is_empty());
    project
}

fn entries(project: &Project) -> usize {
    let baseline: Value = serde_json::from_str(&project.read(FILE)).unwrap();
    baseline["findings"].as_array().unwrap().len()
}

#[test]
fn what_is_agreed_is_not_told_and_counted() {
    let project = agreed();
    let ran = project.lint(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(ran.err.contains("0 findings, 1 in the baseline;"), "{}", ran.err);
    for args in [&["--no-baseline"][..], &["--no-config"]] {
        assert_eq!(project.told(args), ["src/server.ts:6 command-injection"], "{args:?}");
    }
}

#[test]
fn entries_survive_edits_around_them() {
    for edit in [
        |text: &str| format!("{}{text}", "// a line\n".repeat(20)),
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| text.replace("  ", "\t\t"),
        |text: &str| text.replace("branch", "name"),
        |text: &str| text.replace("const out = ", "const result =\n      "),
        |text: &str| format!("{SECOND}{text}").replace(SECOND, "function other(x: string) {\n  return x;\n}\n"),
        |text: &str| {
            text.replace(
                "execSync(`git log ${branch}`)",
                "execSync(\n    `git log ${branch}`\n  )",
            )
        },
    ] as [fn(&str) -> String; 7]
    {
        let project = agreed();
        project.write("src/server.ts", &edit(SERVER));
        let ran = project.lint(&["--report-unused"]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), ""),
            "{}\n{}",
            edit(SERVER),
            ran.err
        );
    }
}

#[test]
fn entries_survive_another_folder_and_a_run_over_a_part() {
    let project = agreed();
    let other = Project::new();
    other.write("deep/down/src/server.ts", SERVER);
    other.write("deep/down/.git/HEAD", "");
    other.write(&format!("deep/down/{FILE}"), &project.read(FILE));
    assert!(other.told(&["deep/down"]).is_empty());
    assert!(other.told(&["deep/down/src"]).is_empty());
    assert!(other.told(&["deep/down/src/server.ts"]).is_empty());
    // Named and elsewhere: its paths are those of its own folder.
    project.write("ci/.keep", "");
    assert_eq!(
        project.lint(&["baseline", "write", "--baseline", "ci/base.json"]).code,
        Some(0)
    );
    assert!(project.read("ci/base.json").contains("\"../src/server.ts\""));
    fs::remove_file(project.path(FILE)).unwrap();
    assert!(project.told(&["--baseline", "ci/base.json"]).is_empty());
    assert!(project.told(&["--baseline", "ci/base.json", "src"]).is_empty());
}

#[test]
fn a_second_defect_of_the_same_kind_is_told() {
    let project = agreed();
    let line = "  const out = execSync(`git log ${branch}`);\n";
    project.edit(
        "src/server.ts",
        line,
        &format!("{line}  execSync(`git log ${{branch}}`);\n"),
    );
    assert_eq!(project.told(&[]).len(), 1);
    project.write("src/server.ts", &format!("{SERVER}{SECOND}"));
    assert_eq!(project.told(&[]), ["src/server.ts:10 command-injection"]);
    // Silencing one of them does not make the other one another.
    project.write("src/server.ts", SERVER);
    project.edit(
        "src/server.ts",
        line,
        &format!("  execSync(`git log ${{branch}}`); // mcp-lint: ignore[command-injection] why\n{line}"),
    );
    assert_eq!(project.told(&[]).len(), 1);
}

#[test]
fn stale_entries_are_told_and_pruned() {
    let project = agreed();
    project.write("src/other.ts", SERVER);
    project.lint(&["baseline", "write"]);
    assert_eq!(entries(&project), 2);
    project.edit("src/other.ts", "`git log ${branch}`", "'git log'");
    let ran = project.lint(&[]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.err
            .contains("mcp-lint-baseline.json: the finding of `command-injection` in src/other.ts"),
        "{}",
        ran.err
    );
    let ran = project.lint(&["--report-unused"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("warning[stale-baseline-entry]"), "{}", ran.out);
    assert_eq!(project.lint(&["baseline", "prune"]).code, Some(0));
    assert_eq!(entries(&project), 1);
    assert_eq!(project.lint(&["--report-unused"]).code, Some(0));
    // A file that is gone takes its entries with it.
    project.write("src/other.ts", "");
    fs::remove_file(project.path("src/server.ts")).unwrap();
    assert_eq!(project.lint(&["--report-unused"]).code, Some(1));
    assert_eq!(project.lint(&["baseline", "prune"]).code, Some(0));
    assert_eq!(entries(&project), 0);
}

#[test]
fn entries_that_a_run_cannot_speak_of_are_left_alone() {
    let project = agreed();
    project.write("lib/other.ts", "export const a = 1;\n");
    project.write(".git/HEAD", "");
    for args in [
        &["lib"][..],
        &["--select", "ssrf"],
        &["--ignore", "command-injection"],
        &["--exclude", "src", "."],
    ] {
        let ran = project.lint(&[args, &["--report-unused"]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{args:?}: {}", ran.err);
    }
    for args in [&["lib"][..], &["--select", "ssrf"], &["--exclude", "src"]] {
        assert_eq!(project.lint(&[&["baseline", "prune"], args].concat()).code, Some(0));
        assert_eq!(entries(&project), 1, "{args:?}");
    }
    assert_eq!(project.lint(&["baseline", "write", "lib"]).code, Some(0));
    assert_eq!(entries(&project), 1, "what lies elsewhere is kept");
}

#[test]
fn it_is_written_from_what_is_not_suppressed_whatever_it_held_before() {
    let project = agreed();
    let first = project.read(FILE);
    assert_eq!(project.lint(&["baseline", "write"]).code, Some(0));
    assert_eq!(project.read(FILE), first, "the same findings, the same bytes");
    project.edit(
        "src/server.ts",
        "`git log ${branch}`);",
        "`git log ${branch}`); // mcp-lint: ignore[command-injection] why",
    );
    let ran = project.lint(&["--report-unused"]);
    assert_eq!(ran.code, Some(0), "the finding is still there: {}", ran.out);
    assert_eq!(project.lint(&["baseline", "write"]).code, Some(0));
    assert_eq!(entries(&project), 0);
    let left: Vec<_> = fs::read_dir(project.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "nothing stays beside it: {left:?}");
}

#[test]
fn it_is_written_where_it_is_found() {
    let project = Project::new();
    project.write("mcp-lint.toml", "");
    project.write(".git/HEAD", "");
    project.write("src/server.ts", SERVER);
    assert_eq!(project.lint(&["baseline", "write", "src"]).code, Some(0));
    assert_eq!(entries(&project), 1, "beside the settings");
    assert!(project.told(&["src"]).is_empty());
    assert!(project.told(&[]).is_empty());
}

#[test]
fn what_is_no_baseline_is_refused() {
    let project = agreed();
    for (text, told) in [
        ("", "EOF"),
        ("{}", "missing field"),
        ("{\"version\": 9, \"findings\": []}", "version 9"),
        ("{\"version\": 1, \"findings\": [], \"more\": 1}", "unknown field"),
    ] {
        project.write(FILE, text);
        for command in [&[][..], &["baseline", "prune"], &["baseline", "write"]] {
            let ran = project.lint(command);
            assert_eq!(ran.code, Some(2), "{text}");
            assert!(ran.err.contains(told), "{text}: {}", ran.err);
        }
    }
    assert_eq!(project.lint(&["--baseline", "none.json"]).code, Some(2));
    fs::remove_file(project.path(FILE)).unwrap();
    let ran = project.lint(&["baseline", "prune"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("`mcp-lint baseline write` makes one"), "{}", ran.err);
}
