//! What a user of the binary sees.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-lint"));
    for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command.args(args).current_dir(folder).output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn clean_tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.ts"), "export const a = 1;\n").unwrap();
    fs::write(folder.path().join("b.py"), "b = 1\n").unwrap();
    folder
}

#[test]
fn a_clean_run_prints_its_coverage_to_stderr() {
    let folder = clean_tree();
    let output = run(folder.path(), &[]);
    assert_eq!(code(&output), Some(0));
    assert_eq!(stdout(&output), "");
    let line = stderr(&output).lines().last().unwrap();
    assert!(
        line.starts_with("2 files read (1 python, 1 typescript); 0 tools, 0 resources, 0 prompts found; 0 findings;"),
        "{line}"
    );
    let warned = "warning: no tool, resource or prompt was recognised in the source";
    assert!(stderr(&output).contains(warned), "{}", stderr(&output));
    assert_eq!(stderr(&run(folder.path(), &["--quiet"])), "");
}

#[cfg(unix)]
#[test]
fn the_configs_of_a_user_are_read_in_their_places() {
    let home = tempfile::tempdir().unwrap();
    let here = clean_tree();
    let run_at_home = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-lint"));
        command.args(args).current_dir(here.path()).env("HOME", home.path());
        command.output().unwrap()
    };
    let output = run_at_home(&["--user-configs"]);
    assert_eq!(code(&output), Some(3));
    assert!(
        stderr(&output).contains("no config of an MCP client"),
        "{}",
        stderr(&output)
    );
    fs::create_dir(home.path().join(".cursor")).unwrap();
    fs::write(
        home.path().join(".cursor/mcp.json"),
        r#"{"mcpServers": {"notes": {"command": "npx", "args": ["-y", "notes-mcp", "--key", "k"], "trust": true}}}"#,
    )
    .unwrap();
    let output = run_at_home(&["--user-configs", "--format", "concise"]);
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    let out = stdout(&output);
    assert!(
        out.contains("auto-approve") && out.contains("unpinned-package"),
        "{out}"
    );
    assert!(
        stderr(&output).contains("0 files read and 1 config"),
        "{}",
        stderr(&output)
    );
    assert!(
        stderr(&output).contains("1 configured server found"),
        "{}",
        stderr(&output)
    );
    let output = run_at_home(&["surface", "--user-configs"]);
    assert_eq!(code(&output), Some(0));
    assert_eq!(
        stdout(&output),
        "mcp.json\n     1  server   notes\n                 Cursor: npx notes-mcp (every tool without asking)\n"
    );
    let output = run_at_home(&["--user-configs", "."]);
    assert_eq!(code(&output), Some(2));
}

#[test]
fn nothing_to_analyse_is_its_own_exit_code_for_every_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("README.md"), "text").unwrap();
    fs::write(folder.path().join("data.json"), "{}").unwrap();
    for format in ["text", "concise", "json", "sarif"] {
        let output = run(folder.path(), &["--format", format]);
        assert_eq!(code(&output), Some(3), "{format}");
        assert!(stderr(&output).contains("nothing to analyse"));
    }
    assert_eq!(code(&run(folder.path(), &["surface"])), Some(3));
    assert_eq!(code(&run(folder.path(), &["--allow-empty"])), Some(0));
}

#[test]
fn wrong_usage_is_told_with_a_remedy() {
    let folder = clean_tree();
    for (args, told) in [
        (&["missing"][..], "no such file or folder: `missing`"),
        (
            &["--format", "json", "surface"],
            "`surface` is a command, which comes first",
        ),
        (&["surfac"], "did you mean the command `surface`?"),
        (&["--no-such-flag"], "--no-such-flag"),
        (&["--format", "xml"], "text, concise, json, sarif"),
        (&["--output", "report.json"], "FORMAT=PATH"),
        (&["--output", "json="], "no path"),
        (&["--output", "json=none/report.json"], "its folder does not exist"),
        (&["--output", "json=a", "--output", "sarif=a"], "two reports go to `a`"),
        (&["--select", "no-such-rule"], "unknown rule `no-such-rule`"),
        (&["--ignore", "no-such-rule"], "unknown rule `no-such-rule`"),
        (&["--exclude", "a{"], "bad glob `a{`"),
        (&["--threads", "0"], "a number from 1 to 1024"),
        (&["--tier", "loud"], "default, strict, audit"),
        (&["--fail-on", "huge"], "low, medium, high, critical, never"),
        (&["explain", "no-such-rule"], "unknown rule `no-such-rule`"),
    ] {
        let output = run(folder.path(), args);
        assert_eq!(code(&output), Some(2), "{args:?}");
        assert!(stderr(&output).contains(told), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
    }
}

#[test]
fn help_and_version_succeed() {
    let folder = clean_tree();
    let help = run(folder.path(), &["--help"]);
    assert_eq!(code(&help), Some(0));
    assert!(stdout(&help).contains("Exit codes"));
    let version = run(folder.path(), &["--version"]);
    assert_eq!(stdout(&version), concat!("mcp-lint ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn several_reports_in_one_run() {
    let folder = clean_tree();
    let output = run(
        folder.path(),
        &[
            "--format",
            "json",
            "--output",
            "sarif=a.sarif",
            "--output",
            "json=a.json",
            "--output",
            "text=a.txt",
        ],
    );
    assert_eq!(code(&output), Some(0));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("a.json"), stdout(&output));
    assert_eq!(read("a.txt"), "");
    let sarif: Value = serde_json::from_str(&read("a.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn the_same_bytes_with_one_thread_and_with_eight() {
    let folder = clean_tree();
    let one = run(folder.path(), &["--format", "sarif", "--threads", "1"]);
    let eight = run(folder.path(), &["--format", "sarif", "--threads", "8"]);
    assert_eq!(stdout(&one), stdout(&eight));
}

#[test]
fn a_path_called_like_a_command_is_reached_with_its_folder() {
    let folder = clean_tree();
    fs::create_dir(folder.path().join("surface")).unwrap();
    fs::write(folder.path().join("surface/only.rs"), "fn main() {}\n").unwrap();
    let path = run(folder.path(), &["./surface"]);
    assert!(stderr(&path).contains("1 file read (1 rust)"), "{}", stderr(&path));
    let command = run(folder.path(), &["surface", "surface", "--format", "json"]);
    assert_eq!(code(&command), Some(0));
    let document: Value = serde_json::from_str(stdout(&command)).unwrap();
    assert_eq!(document["entries"], serde_json::json!([]));
    assert_eq!(document["coverage"]["files_read"], 1);
}

#[test]
fn rules_are_listed_for_programs() {
    let folder = clean_tree();
    let document: Value = serde_json::from_str(stdout(&run(folder.path(), &["rules", "--format", "json"]))).unwrap();
    assert_eq!(document["version"], 1);
    assert!(document["rules"].is_array());
    assert_eq!(code(&run(folder.path(), &["rules"])), Some(0));
}

#[test]
fn losses_are_warned_of() {
    let folder = clean_tree();
    fs::write(folder.path().join("latin.py"), b"name = 'caf\xE9'").unwrap();
    let output = run(folder.path(), &[]);
    assert!(
        stderr(&output).contains("warning: not UTF-8: latin.py"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = clean_tree();
    let mut child = Command::new(env!("CARGO_BIN_EXE_mcp-lint"))
        .args(["--format", "sarif"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), Some(0));
    assert!(!stderr(&output).contains("error"), "{}", stderr(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = clean_tree();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mcp-lint"))
        .args(["--format", "json"])
        .current_dir(folder.path())
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("cannot write to standard output"));
}
