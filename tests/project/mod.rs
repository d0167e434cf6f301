//! A small project in a temporary folder, for tests of what goes on around a report.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::binary::{Ran, run};

/// A server with one tool and one flaw, in TypeScript.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) const SERVER: &str = "\
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { execSync } from 'child_process';
const server = new McpServer({ name: 'demo', version: '1' });
server.tool('log', { branch: z.string() }, async ({ branch }) => {
  const out = execSync(`git log ${branch}`);
  return { content: [{ type: 'text', text: out.toString() }] };
});
";

/// Another tool with a flaw of its own.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) const SECOND: &str = "\
server.tool('show', { commit: z.string() }, async ({ commit }) => {
  const out = execSync(`git show ${commit}`);
  return { content: [{ type: 'text', text: out.toString() }] };
});
";

/// The folder.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

#[allow(dead_code, reason = "not every test binary needs all")]
impl Project {
    /// An empty one, which is no repository.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A repository with these files in its first commit, on branch `main`.
    pub(crate) fn repository(files: &[(&str, &str)]) -> Self {
        let project = Self::new();
        project.git(&["init", "-q", "-b", "main"]);
        for (path, text) in files {
            project.write(path, text);
        }
        project.commit();
        project
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Puts one text in the place of another that stands in a file once.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {path}");
        self.write(path, &text.replace(from, to));
    }

    /// Runs git as nobody in particular.
    pub(crate) fn git(&self, args: &[&str]) {
        let out = Command::new("git")
            .args(["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"])
            .args(args)
            .current_dir(self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a change"]);
    }

    /// Runs the linter in the folder.
    pub(crate) fn lint(&self, args: &[&str]) -> Ran {
        run(self.root(), args)
    }

    /// What is told: `path:line rule`, one each.
    pub(crate) fn told(&self, args: &[&str]) -> Vec<String> {
        let ran = self.lint(&[args, &["--format", "json"]].concat());
        assert!(matches!(ran.code, Some(0 | 1)), "{args:?}: {:?}\n{}", ran.code, ran.err);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap().to_owned();
                format!("{}:{} {}", text("path"), finding["line"], text("rule"))
            })
            .collect()
    }
}
