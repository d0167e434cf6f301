//! `--diff`: what a change brings in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed run ends the test")]

mod binary;
mod project;

use std::fs;

use project::{Project, SECOND, SERVER};

/// A server in two files, the tool's guard in the second.
const GUARDED: &str = "\
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { execSync } from 'child_process';
import { check } from './check';
const server = new McpServer({ name: 'demo', version: '1' });
server.tool('log', { branch: z.string() }, async ({ branch }) => {
  check(branch);
  const out = execSync(`git log ${branch}`);
  return { content: [{ type: 'text', text: out.toString() }] };
});
";
const GUARD: &str = "\
export function check(name: string) {
  if (!/^[a-z]+$/.test(name)) {
    throw new Error('no branch');
  }
}
";

fn diff(project: &Project) -> Vec<String> {
    project.told(&["--diff", "main"])
}

fn branched(files: &[(&str, &str)]) -> Project {
    let project = Project::repository(files);
    project.git(&["checkout", "-q", "-b", "topic"]);
    project
}

#[test]
fn only_what_changed_is_told() {
    let project = branched(&[("server.ts", SERVER)]);
    assert!(diff(&project).is_empty());
    project.write("server.ts", &format!("// moved down\n\n{SERVER}"));
    assert!(diff(&project).is_empty(), "a moved line is no changed line");
    project.write("server.ts", &format!("// moved down\n{SERVER}{SECOND}"));
    assert_eq!(diff(&project), ["server.ts:11 command-injection"]);
    let ran = project.lint(&["--diff", "main"]);
    assert!(
        ran.err.contains("1 finding (1 critical), 1 outside of the change;"),
        "{}",
        ran.err
    );
    project.commit();
    assert_eq!(diff(&project), ["server.ts:11 command-injection"], "committed or not");
    assert!(project.told(&["--diff", "HEAD"]).is_empty());
}

#[test]
fn the_source_and_the_steps_count_too() {
    let helper =
        "import { execSync } from 'child_process';\nexport function run(text: string) {\n  return execSync(text);\n}\n";
    let server = "\
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { run } from './helper';
const server = new McpServer({ name: 'demo', version: '1' });
server.tool('log', { branch: z.string() }, async ({ branch }) => {
  const text = `git log ${branch}`;
  return run(text);
});
";
    let project = branched(&[("helper.ts", helper), ("server.ts", server)]);
    assert!(diff(&project).is_empty());
    project.edit("server.ts", "`git log ${branch}`", "`git log -1 ${branch}`");
    assert_eq!(diff(&project), ["helper.ts:3 command-injection"]);
    // Another tool that reaches the same place.
    project.write(
        "server.ts",
        &format!("{server}server.tool('show', {{ commit: z.string() }}, async ({{ commit }}) => run(`git show ${{commit}}`));\n"),
    );
    assert_eq!(diff(&project), ["helper.ts:3 command-injection"]);
}

#[test]
fn a_guard_that_was_weakened_brings_out_what_it_stopped() {
    let project = branched(&[("server.ts", GUARDED), ("check.ts", GUARD)]);
    assert!(project.told(&[]).is_empty());
    project.edit("check.ts", "!/^[a-z]+$/.test(name)", "name.length > 100");
    assert_eq!(diff(&project), ["server.ts:8 command-injection"]);
    let ran = project.lint(&["--diff", "main"]);
    assert!(
        ran.out
            .contains("no line of this flow changed: a change elsewhere lets it through"),
        "{}",
        ran.out
    );
    // Taking lines away leaves no changed line at all.
    project.write("check.ts", "export function check(name: string) {\n}\n");
    assert_eq!(diff(&project), ["server.ts:8 command-injection"]);
    project.write("check.ts", GUARD);
    project.edit("server.ts", "  check(branch);\n", "");
    assert_eq!(diff(&project), ["server.ts:7 command-injection"]);
    project.git(&["checkout", "-q", "server.ts"]);
    fs::remove_file(project.path("check.ts")).unwrap();
    assert_eq!(
        diff(&project),
        ["server.ts:8 command-injection"],
        "the guard's file is gone"
    );
}

#[test]
fn a_comment_that_was_taken_out_brings_out_what_it_silenced() {
    let marked = SERVER.replace(
        "  const out",
        "  // mcp-lint: ignore[command-injection] why\n  const out",
    );
    let project = branched(&[("server.ts", &marked)]);
    project.write("server.ts", SERVER);
    assert_eq!(diff(&project), ["server.ts:6 command-injection"]);
}

#[test]
fn renames_are_followed() {
    let project = branched(&[("server.ts", SERVER)]);
    project.git(&["mv", "server.ts", "main.ts"]);
    assert!(diff(&project).is_empty());
    project.write("main.ts", &format!("{SERVER}{SECOND}"));
    assert_eq!(diff(&project), ["main.ts:10 command-injection"]);
    project.commit();
    assert_eq!(diff(&project), ["main.ts:10 command-injection"]);
}

#[test]
fn files_that_git_does_not_know_yet_are_part_of_the_change() {
    let project = branched(&[("server.ts", SERVER), (".gitignore", "ignored.ts\n")]);
    project.write("other.ts", SERVER);
    project.write("ignored.ts", SERVER);
    assert_eq!(diff(&project), ["other.ts:6 command-injection"]);
}

#[test]
fn what_the_other_branch_did_meanwhile_is_not_ours() {
    let project = branched(&[("server.ts", SERVER)]);
    project.write("other.ts", SERVER);
    project.commit();
    project.git(&["checkout", "-q", "main"]);
    project.write("server.ts", "export const a = 1;\n");
    project.commit();
    project.git(&["checkout", "-q", "topic"]);
    assert_eq!(diff(&project), ["other.ts:6 command-injection"]);
}

#[test]
fn parts_of_a_repository_and_hooks() {
    let project = branched(&[("a/server.ts", SERVER), ("b/server.ts", SERVER)]);
    project.write("a/server.ts", &format!("{SERVER}{SECOND}"));
    assert_eq!(
        project.told(&["a", "--diff", "main"]),
        ["server.ts:10 command-injection"]
    );
    assert!(project.told(&["b", "--diff", "main"]).is_empty());
    assert_eq!(
        project.told(&["a/server.ts", "--diff", "main"]),
        ["server.ts:10 command-injection"]
    );
}

#[test]
fn line_ends_and_odd_names_do_not_matter() {
    let name = "a \"b\"\té.ts";
    let project = branched(&[(name, SERVER)]);
    project.write(name, &SERVER.replace('\n', "\r\n"));
    assert!(diff(&project).is_empty());
}

#[test]
fn what_submodules_hold_is_compared_with_what_belongs_there() {
    let inner = Project::repository(&[("server.ts", SERVER)]);
    let project = Project::repository(&[("readme.md", "x")]);
    let from = inner.root().to_str().unwrap().to_owned();
    project.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &from,
        "in ner",
    ]);
    project.commit();
    project.git(&["checkout", "-q", "-b", "topic"]);
    assert!(diff(&project).is_empty());
    project.write("in ner/server.ts", &format!("{SERVER}{SECOND}"));
    assert_eq!(diff(&project), ["in ner/server.ts:10 command-injection"]);
}

#[test]
fn what_git_cannot_answer_is_an_error() {
    let project = Project::new();
    project.write("server.ts", SERVER);
    let refused = |project: &Project, revision: &str, told: &str| {
        let ran = project.lint(&[&format!("--diff={revision}")]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{revision}");
        assert!(ran.err.contains(told), "{revision}: {}", ran.err);
    };
    refused(&project, "main", "needs a git repository");
    project.git(&["init", "-q", "-b", "main"]);
    refused(&project, "main", "the current branch has no commit yet");
    project.commit();
    refused(&project, "none", "no commit is called `none` here");
    refused(&project, "--output=/tmp/x", "no commit is called");
    project.git(&["checkout", "-q", "--orphan", "other"]);
    project.write("other.ts", "");
    project.commit();
    refused(&project, "main", "have no commit in common here");
}

/// A repository can name programs in many places; none of them is run.
#[cfg(unix)]
#[test]
fn a_hostile_repository_gets_nothing_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let project = branched(&[
        ("server.ts", SERVER),
        (".gitattributes", "*.ts filter=evil diff=evil\n"),
    ]);
    let script = project.path(".git/evil.sh");
    fs::write(&script, "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\ncat\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let evil = script.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "core.askPass",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "credential.helper",
        "gpg.program",
        "pager.ls-tree",
        "pager.rev-parse",
        "alias.rev-parse",
        "alias.cat-file",
        "uploadpack.packObjectsHook",
    ] {
        project.git(&["config", key, evil]);
    }
    project.git(&["config", "filter.evil.required", "true"]);
    for hook in [
        "post-checkout",
        "fsmonitor-watchman",
        "post-index-change",
        "pre-commit",
        "reference-transaction",
    ] {
        fs::create_dir_all(project.path(".git/hooks")).unwrap();
        fs::copy(&script, project.path(&format!(".git/hooks/{hook}"))).unwrap();
    }
    fs::write(project.path("server.ts"), format!("{SERVER}{SECOND}")).unwrap();
    let _ = fs::remove_file(project.path(".git/ran"));
    let _ = fs::remove_file(project.path(".git/hooks/ran"));
    assert_eq!(diff(&project), ["server.ts:10 command-injection"]);
    let ran = || project.path(".git/ran").exists() || project.path(".git/hooks/ran").exists();
    assert!(!ran());
    // The traps do work: the command that one would have thought of first springs them.
    let _ = std::process::Command::new("git")
        .arg("diff")
        .current_dir(project.root())
        .output();
    assert!(ran());
}
