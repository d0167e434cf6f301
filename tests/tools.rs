//! Other people's programs that work with this one: pre-commit, and readers of SARIF.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod binary;
mod outside;
mod project;

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use binary::{root, run};
use outside::{git, tool};
use project::{Project, SECOND, SERVER};

/// A project whose commits go through the hook, and what its owner sees.
struct Hooked {
    project: Project,
    _hooks: tempfile::TempDir,
    transcript: RefCell<String>,
}

impl Hooked {
    /// `None` where pre-commit is missing.
    fn new() -> Option<Self> {
        let pre_commit = tool("pre-commit")?;
        // pre-commit takes hooks from the commit of a repository.
        let hooks = tempfile::tempdir().unwrap();
        fs::copy(
            root().join(".pre-commit-hooks.yaml"),
            hooks.path().join(".pre-commit-hooks.yaml"),
        )
        .unwrap();
        git(hooks.path(), &["init", "-q"]);
        git(hooks.path(), &["add", "."]);
        git(hooks.path(), &["commit", "-qm", "hooks"]);
        let project = Project::new();
        project.git(&["init", "-q", "-b", "main"]);
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: mcp-lint-system\n",
            hooks.path().display(),
            git(hooks.path(), &["rev-parse", "HEAD"])
        );
        project.write(".pre-commit-config.yaml", &config);
        let installed = Command::new(pre_commit)
            .arg("install")
            .current_dir(project.root())
            .output()
            .unwrap();
        assert!(
            installed.status.success(),
            "{}",
            String::from_utf8_lossy(&installed.stderr)
        );
        Some(Self {
            project,
            _hooks: hooks,
            transcript: RefCell::default(),
        })
    }

    fn shell(&self, command: &str) -> (Option<i32>, String) {
        let programs = Path::new(env!("CARGO_BIN_EXE_mcp-lint")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-c", &format!("{{ {command}; }} 2>&1")])
            .current_dir(self.project.root())
            .env("PATH", path)
            .env("PRE_COMMIT_HOME", self.project.path(".git/pre-commit-home"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs([("GIT_AUTHOR_NAME", "t"), ("GIT_AUTHOR_EMAIL", "t@example.org")])
            .envs([("GIT_COMMITTER_NAME", "t"), ("GIT_COMMITTER_EMAIL", "t@example.org")])
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let code = output.status.code();
        let _ = writeln!(
            self.transcript.borrow_mut(),
            "$ {command}\n{told}(exit code {})\n",
            code.unwrap_or(-1)
        );
        (code, told)
    }

    /// What its owner does besides, for the transcript.
    fn note(&self, what: &str) {
        let _ = writeln!(self.transcript.borrow_mut(), "# {what}");
    }

    fn commit(&self) -> (Option<i32>, String) {
        self.shell("git add -A && git commit -q -m change")
    }
}

#[test]
fn pre_commit_stops_a_bad_commit() {
    let Some(hooked) = Hooked::new() else { return };
    hooked.project.write("README.md", "A project that has no source yet.\n");
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(0), "{told}");

    hooked.project.write("src/server.ts", "export const nothing = 1;\n");
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("mcp-lint") && told.contains("Passed"), "{told}");

    hooked.project.write("src/server.ts", SERVER);
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("Failed") && told.contains("exit code: 1"), "{told}");
    let report = "src/server.ts · tool log · 1 finding\ncritical[command-injection]: argument `branch` of tool `log` becomes part";
    assert!(told.contains(report), "{told}");
    assert!(told.contains("1 file read (1 typescript); 1 tool"), "{told}");
    assert!(!told.contains(['\u{1B}', '\r']), "{told:?}");
}

/// From the hook to the last suppression. `cargo test --test tools from_the_hook -- --nocapture` shows what its owner sees.
#[test]
fn from_the_hook_to_the_last_suppression() {
    let Some(hooked) = Hooked::new() else { return };
    let project = &hooked.project;
    hooked.note("The hook is installed; the first commit brings a server with a flaw.");
    project.write("src/server.ts", SERVER);
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(1), "the commit is refused: {told}");
    assert!(told.contains("critical[command-injection]"), "{told}");

    hooked.note("The team agrees to live with it for now.");
    assert_eq!(hooked.shell("mcp-lint baseline write").0, Some(0));
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(0), "with a baseline it passes: {told}");

    hooked.note("A second tool with a flaw, on a branch called `topic`.");
    project.git(&["checkout", "-q", "-b", "topic"]);
    project.write("src/server.ts", &format!("{SERVER}{SECOND}"));
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(1), "a second flaw is refused: {told}");
    assert_eq!(told.matches("critical[").count(), 1, "and told alone: {told}");
    assert!(
        told.contains("tool show") && told.contains("1 in the baseline"),
        "{told}"
    );
    hooked.note("Past the hook, the branch is compared with `main`, without the baseline.");
    hooked.shell("git commit -q -m 'not looked at' --no-verify");

    let (code, told) = hooked.shell("mcp-lint --no-baseline --diff main --format concise --quiet");
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(told.lines().count(), 1, "the branch brings in one: {told}");
    assert!(told.starts_with("src/server.ts:10:"), "{told}");

    hooked.note("A comment says why the second is no problem.");
    project.edit(
        "src/server.ts",
        "  const out = execSync(`git show ${commit}`);",
        "  // mcp-lint: ignore[command-injection] the host offers commits to choose from\n  const out = execSync(`git show ${commit}`);",
    );
    let (code, told) = hooked.commit();
    assert_eq!(code, Some(0), "a reason lets it pass: {told}");
    assert_eq!(hooked.shell("mcp-lint").0, Some(0));

    hooked.note("The flaw goes, the comment stays.");
    project.edit("src/server.ts", "`git show ${commit}`", "'git show HEAD'");
    let (code, told) = hooked.shell("mcp-lint");
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("nothing to ignore here"),
        "the comment is needed no more: {told}"
    );
    assert_eq!(hooked.shell("mcp-lint --report-unused").0, Some(1));
    println!("{}", hooked.transcript.borrow());
}

/// The hook starts for every kind of file that is read.
#[test]
fn the_hook_starts_for_all_that_is_read() {
    let Some(hooked) = Hooked::new() else { return };
    for name in [
        "a.ts",
        "b.py",
        "c.rs",
        ".mcp.json",
        "Dockerfile",
        "compose.yaml",
        ".env",
        "nginx.conf",
        "notes.txt",
    ] {
        hooked.project.write(name, "\n");
        hooked.project.git(&["add", name]);
        let (_, told) = hooked.shell(&format!("pre-commit run --files '{name}'"));
        assert!(told.contains("mcp-lint") && !told.contains("Skipped"), "{name}: {told}");
    }
    fs::write(hooked.project.path("picture.png"), [0x89, b'P', b'N', b'G', 0, 1, 2]).unwrap();
    hooked.project.git(&["add", "picture.png"]);
    let (_, told) = hooked.shell("pre-commit run --files picture.png");
    assert!(told.contains("Skipped"), "{told}");
}

/// sarif-tools (PyPI) reads what is written, and finds in it what the other formats say.
#[test]
fn another_program_reads_the_sarif() {
    let Some(sarif) = tool("sarif") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.sarif");
    let csv = folder.path().join("report.csv");
    let tour = root().join("fixtures/servers/tour");
    let output = format!("sarif={}", file.display());
    let json: Value = serde_json::from_str(&run(&tour, &["--format", "json", "--output", &output]).out).unwrap();
    let read = Command::new(&sarif)
        .args(["csv", "--output"])
        .args([&csv, &file])
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let table = fs::read_to_string(&csv).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let rows = |rule: &str| table.matches(&format!("\nmcp-lint,{rule}")).count();
    assert_eq!(rows(""), findings.len(), "{table}");
    for finding in findings {
        let level = match finding["severity"].as_str().unwrap() {
            "critical" | "high" => "error",
            "medium" => "warning",
            _ => "note",
        };
        assert!(
            rows(&format!("{level},{},", finding["rule"].as_str().unwrap())) > 0,
            "{table}"
        );
        let place = format!("{},{}", finding["path"].as_str().unwrap(), finding["line"]);
        assert!(table.lines().any(|line| line.ends_with(&place)), "{place}: {table}");
    }
    // The same report twice is no difference to it.
    let diff = Command::new(&sarif).arg("diff").args([&file, &file]).output().unwrap();
    let text = String::from_utf8_lossy(&diff.stdout);
    assert!(text.contains("error level: +0 -0 no changes"), "{text}");
}
