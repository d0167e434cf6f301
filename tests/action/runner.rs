//! A machine of GitHub's, as far as the steps of the action see one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::binary::root;

/// A workspace and what the runner keeps beside it.
pub(crate) struct Runner {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) env: BTreeMap<String, String>,
}

/// What came of a step.
pub(crate) struct Step {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
}

impl Runner {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        fs::create_dir(at("workspace")).unwrap();
        fs::create_dir(at("temp")).unwrap();
        let mut env = BTreeMap::new();
        for (name, value) in [
            ("GITHUB_WORKSPACE", at("workspace")),
            ("RUNNER_TEMP", at("temp")),
            ("GITHUB_OUTPUT", at("output")),
            ("GITHUB_STEP_SUMMARY", at("summary")),
            ("GITHUB_EVENT_PATH", at("event.json")),
            ("RECORD", at("record")),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_REPOSITORY", "owner/project".to_owned()),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
            ("ACTION_PATH", root().to_str().unwrap().to_owned()),
            ("MCP_LINT", env!("CARGO_BIN_EXE_mcp-lint").to_owned()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".to_owned()),
            // As action.yml has them.
            ("INPUT_PATHS", ".".to_owned()),
            ("INPUT_DIFF", "auto".to_owned()),
            ("INPUT_SARIF_FILE", "mcp-lint.sarif".to_owned()),
            ("INPUT_UPLOAD", "auto".to_owned()),
        ] {
            env.insert(name.to_owned(), value);
        }
        for name in ["PATH", "HOME"] {
            env.insert(name.to_owned(), std::env::var(name).unwrap());
        }
        let mut runner = Self { folder, env };
        runner.event("push", &json!({"before": "0", "after": "1"}));
        runner
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.path("workspace")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.workspace().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.env.insert(name.to_owned(), value.into());
    }

    pub(crate) fn event(&mut self, name: &str, event: &Value) {
        self.set("GITHUB_EVENT_NAME", name);
        fs::write(self.path("event.json"), event.to_string()).unwrap();
    }

    pub(crate) fn pull_request(&mut self, base: &str, from: &str) {
        let head = json!({"sha": "1", "repo": {"full_name": from}});
        let event = json!({"pull_request": {"base": {"sha": base}, "head": head}});
        self.event("pull_request", &event);
    }

    /// Puts a script in the place of mcp-lint that keeps its arguments and writes an empty file for each `--output`.
    pub(crate) fn stub(&mut self) {
        let script = "#!/bin/sh\nprintf '%s\\0' \"$@\" >\"$RECORD\"\n\
                      for one in \"$@\"; do case $one in --output=*=*) : >\"${one#--output=*=}\" ;; esac; done\n";
        let path = self.path("stub");
        executable(&path, script);
        self.set("MCP_LINT", path.to_str().unwrap());
    }

    /// The arguments that the script above got.
    pub(crate) fn recorded(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("record")).unwrap_or_default();
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    pub(crate) fn step(&self, script: &str) -> Step {
        for name in ["output", "summary"] {
            fs::write(self.path(name), "").unwrap();
        }
        let output: Output = Command::new("bash")
            .arg(root().join("action").join(script))
            .env_clear()
            .envs(&self.env)
            .current_dir(self.workspace())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Step {
            code: output.status.code(),
            out: text(&output.stdout) + &text(&output.stderr),
            outputs: outputs(&fs::read_to_string(self.path("output")).unwrap()),
            summary: fs::read_to_string(self.path("summary")).unwrap(),
        }
    }
}

impl Step {
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// The workflow commands that the runner would obey.
    pub(crate) fn commands(&self) -> Vec<&str> {
        let mut stopped: Option<String> = None;
        let mut obeyed = Vec::new();
        for line in self.out.lines().map(str::trim_start) {
            match &stopped {
                Some(end) if line == end => stopped = None,
                Some(_) => {}
                None => {
                    if let Some(token) = line.strip_prefix("::stop-commands::") {
                        stopped = Some(format!("::{token}::"));
                    } else if line.starts_with("::") || line.contains("##[") {
                        obeyed.push(line);
                    }
                }
            }
        }
        assert!(stopped.is_none(), "commands stay stopped: {}", self.out);
        obeyed
    }
}

pub(crate) fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, end) = line.split_once("<<").unwrap();
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        found.insert(name.to_owned(), value.join("\n"));
    }
    found
}

pub(crate) fn executable(path: &Path, script: &str) {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn sarif(runner: &Runner) -> Value {
    serde_json::from_str(&fs::read_to_string(runner.workspace().join("mcp-lint.sarif")).unwrap()).unwrap()
}
