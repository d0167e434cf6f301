//! Programs that are not part of this project, for the tests that need one.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a program lies. Without it the test is skipped, which is told; in `.ci/run`, which installs them all, it fails.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            env::var_os("MCP_LINT_CI").is_none(),
            "{name} is missing: .ci/tools installs it"
        );
        // Past the capture of the test's output, so that it is told in a run that succeeds.
        let _ = writeln!(std::io::stderr(), "skipped: {name} is not on the PATH");
    }
    found
}

/// Runs git in a folder, with an identity and without anybody's settings; the result is what it printed.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
