//! Other people's programs that work with this one: pre-commit, and readers of SARIF.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod binary;
mod outside;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use binary::{root, run};
use outside::{git, tool};

const CLEAN: &str = "from mcp.server.fastmcp import FastMCP\n\nmcp = FastMCP(\"x\")\n\n\n@mcp.tool()\ndef ping(host: str) -> str:\n    return host\n";
const FLAW: &str = "import subprocess\n\nfrom mcp.server.fastmcp import FastMCP\n\nmcp = FastMCP(\"x\")\n\n\n@mcp.tool()\ndef ping(host: str) -> str:\n    return subprocess.run(f\"ping {host}\", shell=True, text=True).stdout\n";

/// Commits what is there, through the hooks; the result is whether that worked and what was printed.
fn commit(folder: &Path) -> (bool, String) {
    git(folder, &["add", "."]);
    let program = Path::new(env!("CARGO_BIN_EXE_mcp-lint")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "commit",
            "-m",
            "change",
        ])
        .env("PATH", path)
        .env("PRE_COMMIT_HOME", folder.join(".git/pre-commit-home"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

/// The hooks of this repository as pre-commit takes them: from the commit of a repository.
fn hooks(folder: &Path) -> String {
    git(folder, &["init", "-q"]);
    fs::copy(
        root().join(".pre-commit-hooks.yaml"),
        folder.join(".pre-commit-hooks.yaml"),
    )
    .unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "hooks"]);
    git(folder, &["rev-parse", "HEAD"])
}

#[test]
fn pre_commit_stops_a_bad_commit() {
    let Some(pre_commit) = tool("pre-commit") else { return };
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let commit_id = hooks(ours.path());
    let folder = theirs.path();
    git(folder, &["init", "-q"]);
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {commit_id}\n    hooks:\n      - id: mcp-lint-system\n",
        ours.path().display()
    );
    fs::write(folder.join(".pre-commit-config.yaml"), config).unwrap();
    let installed = Command::new(pre_commit)
        .arg("install")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        installed.status.success(),
        "{}",
        String::from_utf8_lossy(&installed.stderr)
    );

    fs::write(folder.join("server.py"), CLEAN).unwrap();
    let (went_well, told) = commit(folder);
    assert!(went_well, "{told}");
    assert!(told.contains("mcp-lint") && told.contains("Passed"), "{told}");

    fs::write(folder.join("server.py"), FLAW).unwrap();
    let (went_well, told) = commit(folder);
    assert!(!went_well, "{told}");
    assert!(told.contains("Failed") && told.contains("exit code: 1"), "{told}");
    let report =
        "server.py · tool ping · 1 finding\ncritical[command-injection]: argument `host` of tool `ping` becomes part";
    assert!(told.contains(report), "{told}");
    assert!(told.contains("1 file read (1 python); 1 tool"), "{told}");
    assert!(!told.contains(['\u{1B}', '\r']), "{told:?}");

    // Files that are not read do not start it.
    git(folder, &["checkout", "-q", "HEAD", "--", "server.py"]);
    fs::write(folder.join("notes.txt"), "x\n").unwrap();
    let (went_well, told) = commit(folder);
    assert!(went_well && told.contains("Skipped"), "{told}");
}

/// The hooks start for every kind of file that holds source.
#[test]
fn hooks_start_for_all_that_is_read() {
    let text = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let patterns: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("files: '")?.strip_suffix('\''))
        .collect();
    assert_eq!(patterns.len(), 2);
    assert_eq!(patterns[0], patterns[1]);
    let folder = tempfile::tempdir().unwrap();
    let kinds = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx", "py", "pyi", "rs"];
    for kind in kinds {
        fs::write(folder.path().join(format!("a.{kind}")), "").unwrap();
    }
    let report: Value = serde_json::from_str(&run(folder.path(), &["--format", "json"]).out).unwrap();
    assert_eq!(report["coverage"]["files_read"], kinds.len());
    let Some(python) = tool("python3") else { return };
    for kind in kinds {
        let script = "import re, sys; sys.exit(not re.search(sys.argv[1], sys.argv[2]))";
        let status = Command::new(&python)
            .args(["-c", script, patterns[0], &format!("a.{kind}")])
            .status()
            .unwrap();
        assert!(status.success(), "{kind}");
    }
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
