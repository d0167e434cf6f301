//! Running the binary, for the tests of what a user sees.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The repository.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-lint"));
    for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command.args(args).current_dir(folder);
    command
}

/// What came of a run.
#[allow(dead_code, reason = "not every test binary looks at all of it")]
pub(crate) struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs the binary in a folder.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) fn run(folder: &Path, args: &[&str]) -> Ran {
    command(folder, args).output().unwrap().into()
}

/// The same, but ends it after `limit`; `None` then. The output goes to files so that a full pipe cannot block it.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) fn run_for(folder: &Path, args: &[&str], limit: Duration) -> Option<Ran> {
    let outputs = tempfile::tempdir().unwrap();
    let file = |name: &str| std::fs::File::create(outputs.path().join(name)).unwrap();
    let mut child: Child = command(folder, args)
        .stdin(Stdio::null())
        .stdout(file("out"))
        .stderr(file("err"))
        .spawn()
        .unwrap();
    let end = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let read = |name: &str| std::fs::read_to_string(outputs.path().join(name)).unwrap();
    Some(Ran {
        code: status.code(),
        out: read("out"),
        err: read("err"),
    })
}
