//! Settings from files: where they are found, what they change, how mistakes are told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed run ends the test")]

mod binary;
mod project;

use std::fs;

use binary::Ran;
use project::{Project, SERVER};

const ONE: &str = "server.ts:6 command-injection";

#[track_caller]
fn assert_refused(ran: &Ran, told: &[&str]) {
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert_eq!(ran.out, "");
    for text in told {
        assert!(ran.err.contains(text), "no {text:?} in\n{}", ran.err);
    }
}

fn server() -> Project {
    let project = Project::new();
    project.write("server.ts", SERVER);
    project
}

#[test]
fn settings_stand_in_any_of_four_files_and_the_first_counts() {
    let project = server();
    assert_eq!(project.told(&[]), [ONE]);
    project.write(
        "Cargo.toml",
        "[package]\nname = 'x'\n[package.metadata.mcp-lint]\nignore = ['command-injection']\n",
    );
    assert!(project.told(&[]).is_empty());
    project.write(
        "pyproject.toml",
        "[project]\nname = 'x'\n[tool.mcp-lint]\nfail-on = 'never'\n",
    );
    assert_eq!(project.told(&[]), [ONE]);
    assert_eq!(project.lint(&[]).code, Some(0));
    project.write(".mcp-lint.toml", "ignore = ['command-injection']\n");
    assert!(project.told(&[]).is_empty());
    project.write("mcp-lint.toml", "fail-on = 'low'\n");
    assert_eq!(project.told(&[]), [ONE]);
    assert_eq!(project.lint(&[]).code, Some(1));
}

#[test]
fn a_workspace_of_cargo_has_its_table_too() {
    let project = server();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = []\n[workspace.metadata.mcp-lint]\nignore = ['command-injection']\n",
    );
    assert!(project.told(&[]).is_empty());
}

#[test]
fn package_files_without_a_table_of_ours_may_be_broken() {
    let project = server();
    project.write("pyproject.toml", "[tool.other\n");
    project.write("Cargo.toml", "[package]\nname = 'x'\n");
    assert_eq!(project.told(&[]), [ONE]);
}

#[test]
fn the_nearest_settings_count_up_to_the_root_of_the_repository() {
    let project = Project::new();
    project.write("mcp-lint.toml", "ignore = ['command-injection']\n");
    project.write("repo/.git/HEAD", "");
    project.write("repo/a/b/server.ts", SERVER);
    assert_eq!(
        project.told(&["repo/a/b"]),
        [ONE],
        "what lies above the repository is not ours"
    );
    project.write("repo/mcp-lint.toml", "ignore = ['command-injection']\n");
    assert!(project.told(&["repo/a/b"]).is_empty());
    project.write("repo/a/mcp-lint.toml", "");
    assert_eq!(project.told(&["repo/a/b"]), [ONE]);
}

#[test]
fn files_are_named_or_refused_on_the_command_line() {
    let project = server();
    project.write("ci/strict.toml", "ignore = ['command-injection']\n");
    project.write("mcp-lint.toml", "fail-on = 'never'\n");
    assert!(project.told(&["--config", "ci/strict.toml"]).is_empty());
    assert_eq!(project.lint(&[]).code, Some(0));
    assert_eq!(project.lint(&["--no-config"]).code, Some(1));
    assert_refused(
        &project.lint(&["--config", "none.toml"]),
        &["cannot read the configuration `none.toml`"],
    );
    assert_refused(&project.lint(&["--config", "ci"]), &["it is no file"]);
    assert_refused(
        &project.lint(&["--config", "a.toml", "--no-config"]),
        &["cannot be used with"],
    );
    project.write("pyproject.toml", "[project]\n");
    assert_refused(
        &project.lint(&["--config", "pyproject.toml"]),
        &["has no table for mcp-lint"],
    );
}

#[test]
fn the_command_line_counts_more() {
    let project = server();
    project.write(
        "mcp-lint.toml",
        "select = ['ssrf']\nfail-on = 'never'\nignore = ['command-injection']\n[rules.command-injection]\noff = true\n",
    );
    assert!(project.told(&[]).is_empty());
    assert_eq!(project.told(&["--select", "command-injection"]), [ONE]);
    assert_eq!(project.lint(&["--select", "command-injection"]).code, Some(0));
    assert_eq!(
        project
            .lint(&["--select", "command-injection", "--fail-on", "high"])
            .code,
        Some(1)
    );
}

#[test]
fn rules_are_switched_off_and_weighed_anew() {
    let project = server();
    project.write("mcp-lint.toml", "[rules.command-injection]\nseverity = 'low'\n");
    let ran = project.lint(&["--format", "concise"]);
    assert_eq!(ran.code, Some(0), "low is below medium");
    assert!(ran.out.contains("low[command-injection]"), "{}", ran.out);
    project.write("mcp-lint.toml", "[rules.command-injection]\noff = true\n");
    assert!(project.told(&[]).is_empty());
}

#[test]
fn excluded_paths_are_relative_to_the_settings() {
    let project = Project::new();
    for path in ["src/gen/server.ts", "src/server.ts"] {
        project.write(path, SERVER);
    }
    project.write("mcp-lint.toml", "exclude = ['/src/gen/']\n");
    project.write(".git/HEAD", "");
    assert_eq!(project.told(&[]), ["src/server.ts:6 command-injection"]);
    assert_eq!(project.told(&["src"]), [ONE]);
    assert_eq!(project.told(&["--no-config"]).len(), 2);
    project.write("other.ts", SERVER);
    assert_eq!(
        project.told(&["--exclude", "server.ts"]),
        ["other.ts:6 command-injection"],
        "both lists count"
    );
}

#[test]
fn mistakes_are_shown_in_place_with_what_was_meant() {
    for (text, told) in [
        (
            "sellect = []",
            &["unknown key `sellect`", "mcp-lint.toml:1:1", "did you mean `select`?"][..],
        ),
        (
            "\nselect = ['comand-injection']",
            &[
                "unknown rule `comand-injection`",
                "mcp-lint.toml:2:11",
                "did you mean `command-injection`?",
            ],
        ),
        (
            "[rules.zzz]\noff = true",
            &["unknown rule `zzz`", "`mcp-lint rules` lists them"],
        ),
        ("[rules.ssrf]\nof = true", &["unknown key `of`", "did you mean `off`?"]),
        ("fail-on = 'hgh'", &["unknown value `hgh`", "did you mean `high`?"]),
        ("tier = 1", &["mcp-lint.toml:1:8", "a text is expected here"]),
        ("exclude = ['a{']", &["this glob means nothing", "mcp-lint.toml:1:12"]),
        (
            "[[ignore]]\nrule = 'ssrf'\npath = 'a['",
            &["this glob means nothing", "mcp-lint.toml:3:8"],
        ),
        (
            "[[ignore]]\nrule = 'ssrf'\nresaon = 'x'",
            &["unknown key `resaon`", "did you mean `reason`?", "mcp-lint.toml:3:1"],
        ),
        (
            "[[ignore]]\nrule = 'ssrf'\nexpires = 'soon'",
            &["write it as 2027-01-31", "mcp-lint.toml:3:11"],
        ),
        ("[[ignore]]\npath = 'x'", &["missing key `rule`"]),
        (
            "[[models.python.sink]]\ncallee = []\narg = '0'\nclass = 'sql'",
            &["at least one name", "mcp-lint.toml:2:10"],
        ),
        (
            "[[models.python.sink]]\ncallee = ['a']\narg = '0'\nclass = 'sqll'",
            &["unknown value `sqll`", "did you mean `sql`?"],
        ),
        (
            "[[models.python.sink]]\ncallee = ['a']\narg = '0[x'\nclass = 'sql'",
            &["no argument selector", "mcp-lint.toml:3:7"],
        ),
        (
            "[[models.python.sink]]\ncallee = ['a']\narg = '0..x'\nclass = 'sql'",
            &["no argument selector", "mcp-lint.toml:3:7"],
        ),
        (
            "[[models.framework]]\nid = 'a'\nlanguage = 'rust'",
            &["the row looks for nothing"],
        ),
        ("select = [", &["mcp-lint.toml:1:"]),
    ] {
        let project = server();
        project.write("mcp-lint.toml", text);
        assert_refused(&project.lint(&[]), told);
    }
}

#[test]
fn mistakes_in_a_package_file_are_shown_in_place() {
    let project = server();
    project.write(
        "pyproject.toml",
        "[project]\nname = 'x'\n\n[tool.mcp-lint]\nfial-on = 'high'\n",
    );
    assert_refused(&project.lint(&[]), &["pyproject.toml:5:1", "did you mean `fail-on`?"]);
}

/// Whoever wrote the settings may be hostile.
#[cfg(unix)]
#[test]
fn hostile_settings_neither_hang_nor_show_other_files() {
    let project = server();
    project.write("mcp-lint.toml", "x = \"\u{202e}\"\n\u{1b}[31m = 1");
    let ran = project.lint(&[]);
    assert_refused(&ran, &["mcp-lint.toml"]);
    assert!(!ran.err.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.err);
    fs::remove_file(project.path("mcp-lint.toml")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "hunter2 = [").unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), project.path("mcp-lint.toml")).unwrap();
    let ran = project.lint(&[]);
    assert_eq!(ran.code, Some(1));
    assert!(!ran.err.contains("hunter2"));
}

#[test]
fn init_writes_settings_that_change_nothing_and_never_overwrites() {
    let project = server();
    let ran = project.lint(&["init"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert_eq!(project.told(&[]), [ONE]);
    let written = project.read("mcp-lint.toml");
    assert_refused(&project.lint(&["init"]), &["is there already"]);
    assert_eq!(project.read("mcp-lint.toml"), written);
    assert_refused(&project.lint(&["init", "none"]), &["cannot write"]);
    let other = Project::new();
    other.write("pyproject.toml", "[tool.mcp-lint]\n");
    assert_refused(&other.lint(&["init"]), &["pyproject.toml", "is there already"]);
}

/// Each setting that the starting file mentions can be taken as it stands.
#[test]
fn init_shows_settings_that_work() {
    let project = server();
    project.lint(&["init"]);
    let text = project.read("mcp-lint.toml");
    let live: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(live.contains("\ntier ="), "{live}");
    project.write("mcp-lint.toml", &live);
    let ran = project.lint(&[]);
    assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.err);
}

const PYTHON: &str = "\
import corp
from mcp.server.fastmcp import FastMCP
mcp = FastMCP('x')
def clean(text):
    return corp.strip(text)
def is_fine(text):
    return corp.ask(text)
@mcp.tool()
def sink(a: str) -> str:
    return corp.shell(a)
@mcp.tool()
def cleaned(a: str) -> str:
    import os
    os.system(clean(a))
    os.system(corp.quote(a))
    if is_fine(a):
        os.system(a)
    return 'x'
@mcp.tool()
def source() -> str:
    import os
    os.system(corp.mail())
    os.system(corp.length('x'))
    return 'x'
@mcp.tool()
def counted(a: str) -> str:
    import os
    os.system(corp.length(a))
    os.system(a)
    return 'x'
@corp.handles('z')
def registered(a: str) -> str:
    import os
    os.system(a)
";

const TYPESCRIPT: &str = "\
import * as corp from 'corp';
import { execSync } from 'child_process';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
const server = new McpServer({ name: 'x', version: '1' });
function clean(text: string) { return corp.strip(text); }
function isFine(text: string) { return corp.ask(text); }
server.tool('sink', { a: z.string() }, async ({ a }) => corp.shell(a));
server.tool('cleaned', { a: z.string() }, async ({ a }) => {
  execSync(clean(a));
  execSync(corp.quote(a));
  if (isFine(a)) { execSync(a); }
});
server.tool('source', {}, async () => {
  execSync(corp.mail());
});
server.tool('counted', { a: z.string() }, async ({ a }) => {
  execSync(corp.length(a));
  execSync(a);
});
corp.handle('registered', async ({ a }) => {
  execSync(a);
});
";

const RUST: &str = "\
use rmcp::handler::server::wrapper::Parameters;
use rmcp::{tool, tool_router};
use std::process::Command;
struct Args { a: String }
struct S;
fn clean(text: &str) -> String { corp::strip(text) }
fn is_fine(text: &str) -> bool { corp::ask(text) }
#[tool_router]
impl S {
    #[tool(description = \"t\")]
    fn sink(&self, Parameters(Args { a }): Parameters<Args>) -> String {
        corp::shell(&a)
    }
    #[tool(description = \"t\")]
    fn cleaned(&self, Parameters(Args { a }): Parameters<Args>) -> String {
        Command::new(\"sh\").arg(\"-c\").arg(clean(&a)).output();
        Command::new(\"sh\").arg(\"-c\").arg(corp::quote(&a)).output();
        if is_fine(&a) {
            Command::new(\"sh\").arg(\"-c\").arg(&a).output();
        }
        String::new()
    }
    #[tool(description = \"t\")]
    fn source(&self) -> String {
        Command::new(\"sh\").arg(\"-c\").arg(corp::mail()).output();
        String::new()
    }
    #[tool(description = \"t\")]
    fn counted(&self, Parameters(Args { a }): Parameters<Args>) -> String {
        Command::new(\"sh\").arg(\"-c\").arg(corp::length(&a)).output();
        Command::new(\"sh\").arg(\"-c\").arg(&a).output();
        String::new()
    }
    #[corp_handles(\"z\")]
    fn registered(&self, Parameters(Args { a }): Parameters<Args>) -> String {
        Command::new(\"sh\").arg(\"-c\").arg(&a).output();
        String::new()
    }
}
";

/// Rows of a project work like those that ship: sinks, sanitizers by result and by test, of libraries and of functions of the
/// project, sources, propagators and frameworks, in each language.
#[test]
fn rows_of_a_project_count() {
    for (file, text, table, separator, framework, before, after) in [
        (
            "server.py",
            PYTHON,
            "python",
            ".",
            "decorator = ['corp.handles']\nname = ['0']\nparams = ['each']",
            &[14, 15, 17, 28, 29][..],
            &[10, 22, 29, 34][..],
        ),
        (
            "server.ts",
            TYPESCRIPT,
            "typescript",
            ".",
            "call = ['corp.handle']\nname = ['0']\nhandler = ['last']\nparams = ['arguments']",
            &[10, 11, 12, 18, 19],
            &[8, 15, 19, 22],
        ),
        (
            "main.rs",
            RUST,
            "rust",
            "::",
            "decorator = ['corp_handles']\nname = ['0']\nparams = ['each']",
            &[16, 17, 19, 30, 31],
            &[12, 25, 31, 36],
        ),
    ] {
        let project = Project::new();
        project.write(file, text);
        let lines = |project: &Project| {
            let told = project.told(&["--select", "command-injection"]);
            let mut lines: Vec<usize> = told
                .iter()
                .map(|line| line.split([':', ' ']).nth(1).unwrap().parse().unwrap())
                .collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(lines(&project), before, "{file} as it is");
        let is_fine = if table == "typescript" { "isFine" } else { "is_fine" };
        let s = separator;
        project.write(
            "mcp-lint.toml",
            &format!(
                "[[models.{table}.sink]]\ncallee = ['corp{s}shell']\narg = '0'\nclass = 'command'\n\
                 [[models.{table}.sanitizer]]\ncallee = ['corp{s}quote', 'own.clean']\nclears = ['command']\non = 'result'\n\
                 [[models.{table}.sanitizer]]\ncallee = ['own.{is_fine}']\nclears = ['command']\non = 'true'\narg = '0'\n\
                 [[models.{table}.propagator]]\ncallee = ['corp{s}length']\nfrom = []\n\
                 [[models.{table}.source]]\ncallee = ['corp{s}mail']\nwhat = 'a mail'\n\
                 [[models.framework]]\nid = 'corp'\nlanguage = '{table}'\n{framework}\n"
            ),
        );
        assert_eq!(lines(&project), after, "{file} with rows of its own");
    }
}

/// What the documentation shows can be taken as it stands.
#[test]
fn documented_settings_work() {
    let mut shown = 0;
    for page in ["settings.md", "exceptions.md"] {
        let text = fs::read_to_string(binary::root().join("docs").join(page)).unwrap();
        for block in text.split("```toml\n").skip(1) {
            let project = server();
            project.write("mcp-lint.toml", block.split("```").next().unwrap());
            let ran = project.lint(&[]);
            assert!(matches!(ran.code, Some(0 | 1)), "{page}: {}", ran.err);
            shown += 1;
        }
    }
    assert!(shown >= 3);
}
