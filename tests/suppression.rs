//! What people say about findings in comments and settings.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed run ends the test")]

mod binary;
mod project;

use project::{Project, SERVER};
use serde_json::Value;

const SINK: &str = "  const out = execSync(`git log ${branch}`);\n";

/// The server, with its sink written otherwise.
fn with(sink: &str) -> Project {
    let project = Project::new();
    project.write("server.ts", &SERVER.replace(SINK, sink));
    project
}

#[track_caller]
fn assert_silent(project: &Project) {
    let ran = project.lint(&["--report-unused"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    assert!(ran.err.contains("0 findings, 1 suppressed;"), "{}", ran.err);
}

/// What is said about suppressions, without what it is called.
fn remarks(project: &Project, args: &[&str]) -> Vec<String> {
    let ran = project.lint(&[args, &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let remarks = report["remarks"].as_array().unwrap();
    remarks
        .iter()
        .map(|remark| {
            format!(
                "{}:{} {}",
                remark["path"].as_str().unwrap(),
                remark["line"],
                remark["kind"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn comments_stand_on_the_line_or_above_the_statement() {
    for sink in [
        "  const out = execSync(`git log ${branch}`); // mcp-lint: ignore[command-injection] a reason\n",
        "  const out = execSync(`git log ${branch}`); /* mcp-lint: ignore[command-injection] a reason */\n",
        "  /* mcp-lint: ignore[command-injection] a reason */ const out = execSync(`git log ${branch}`);\n",
        "  // mcp-lint: ignore[command-injection] a reason\n  const out = execSync(`git log ${branch}`);\n",
        "  // mcp-lint: ignore[command-injection] a reason\n\n  // more words\n  const out = execSync(`git log ${branch}`);\n",
        "  /*\n   * mcp-lint: ignore[command-injection] a reason\n   */\n  const out = execSync(`git log ${branch}`);\n",
        "  // mcp-lint: ignore[command-injection] a reason\n  const out = String(\n    execSync(\n      `git log ${branch}`,\n    ),\n  );\n",
        "  const out = String(\n    execSync(\n      `git log ${branch}`, // mcp-lint: ignore[command-injection] a reason\n    ),\n  );\n",
        "  const out = execSync(\n    `git log ${branch}`,\n  ); // mcp-lint: ignore[command-injection] a reason\n",
    ] {
        assert_silent(&with(sink));
    }
}

#[test]
fn a_comment_above_a_block_does_not_reach_into_it() {
    let project = Project::new();
    project.write(
        "server.ts",
        &SERVER.replace(
            "server.tool(",
            "// mcp-lint: ignore[command-injection] a reason\nserver.tool(",
        ),
    );
    assert_eq!(project.told(&[]), ["server.ts:7 command-injection"]);
    assert_eq!(remarks(&project, &[]), ["server.ts:5 unused-suppression"]);
    let project = with(
        "  // mcp-lint: ignore[command-injection] a reason\n  if (branch) {\n    execSync(`git log ${branch}`);\n  }\n",
    );
    assert_eq!(project.told(&[]).len(), 1);
}

#[test]
fn other_lines_other_rules_texts_and_prose_silence_nothing() {
    for sink in [
        "  // mcp-lint: ignore[command-injection] a reason\n  const x = 1;\n  const out = execSync(`git log ${branch}`);\n",
        "  const out = execSync(`git log ${branch}`); // mcp-lint: ignore[ssrf] a reason\n",
        "  const out = execSync(`git log ${branch} // mcp-lint: ignore[command-injection] a reason`);\n",
        "  const x = '// mcp-lint: ignore[command-injection] a reason', out = execSync(`git log ${branch}`);\n",
        "  const out = execSync(`git log ${branch}`); // not `mcp-lint: ignore[command-injection] a reason`\n",
    ] {
        assert_eq!(with(sink).told(&[]).len(), 1, "{sink}");
    }
}

#[test]
fn every_language_has_comments() {
    let project = Project::new();
    project.write(
        "server.py",
        "import os\nfrom mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef t(a: str) -> str:\n    \
         '''# mcp-lint: ignore[ssrf] this is a text'''\n    os.system(a)  # noqa: S605 # mcp-lint: ignore[command-injection] a reason\n    return a\n",
    );
    assert_silent(&project);
    let project = Project::new();
    project.write(
        "main.rs",
        "use rmcp::handler::server::wrapper::Parameters;\nuse rmcp::{tool, tool_router};\nstruct Args { a: String }\nstruct S;\n#[tool_router]\nimpl S {\n    \
         #[tool(description = \"t\")]\n    fn t(&self, Parameters(Args { a }): Parameters<Args>) -> String {\n        let x = \"// mcp-lint: ignore[ssrf] no\";\n        \
         // mcp-lint: ignore[command-injection] a reason\n        std::process::Command::new(\"sh\")\n            .arg(\"-c\")\n            .arg(&a)\n            .output();\n        String::new()\n    }\n}\n",
    );
    assert_silent(&project);
}

#[test]
fn a_comment_at_the_top_speaks_of_the_whole_file() {
    let marker = "// mcp-lint: ignore-file[command-injection] a demonstration\n";
    let project = Project::new();
    project.write(
        "server.ts",
        &format!("#!/usr/bin/env node\n{}{marker}{SERVER}", "// licence\n".repeat(20)),
    );
    assert_silent(&project);
    project.write("server.ts", &format!("{SERVER}\n{marker}"));
    assert_silent(&project);
    project.write("server.ts", &format!("{SERVER}\n\n\n{marker}"));
    assert_eq!(project.told(&[]).len(), 1);
    assert_eq!(remarks(&project, &[]), ["server.ts:12 malformed-suppression"]);
}

#[test]
fn what_does_not_work_is_told() {
    for (comment, told) in [
        ("ignore[command-injection]", &["suppression-without-reason"][..]),
        ("ignore[command-injection, comand-injection] why", &["unknown-rule"]),
        ("ignore[command-injection, ssrf] why", &["unused-suppression"]),
        ("ignore[comand-injection] why", &["unknown-rule"]),
        ("ignore why", &["malformed-suppression"]),
        ("ignroe[ssrf] why", &["malformed-suppression"]),
        ("ignore[] why", &["malformed-suppression"]),
        ("ignore[command-injection] why", &[]),
    ] {
        let project = with(&format!(
            "  const out = execSync(`git log ${{branch}}`); // mcp-lint: {comment}\n"
        ));
        let expected: Vec<String> = told.iter().map(|kind| format!("server.ts:6 {kind}")).collect();
        assert_eq!(remarks(&project, &[]), expected, "{comment}");
        assert!(remarks(&project, &["--no-ignores"]).is_empty(), "{comment}");
        assert_eq!(project.told(&["--no-ignores"]).len(), 1, "{comment}");
    }
}

#[test]
fn what_does_not_work_is_listed_and_fails_when_asked_for() {
    let project = with("  const out = 1; // mcp-lint: ignore[comand-injection]\n");
    let ran = project.lint(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(
        ran.err
            .contains("warning: server.ts:6: unknown rule `comand-injection`: did you mean `command-injection`?"),
        "{}",
        ran.err
    );
    for format in ["text", "concise"] {
        let ran = project.lint(&["--report-unused", "--format", format]);
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.out.contains("server.ts:6:1: warning[unknown-rule] unknown rule"),
            "{}",
            ran.out
        );
        assert!(
            ran.out
                .contains("server.ts:6:1: warning[suppression-without-reason] no reason"),
            "{}",
            ran.out
        );
        assert!(!ran.err.contains("no reason"), "told once: {}", ran.err);
    }
    for (format, told) in [
        (
            "github",
            "::warning file=server.ts,line=6,title=unknown-rule::unknown rule",
        ),
        ("gitlab", "\"check_name\": \"unknown-rule\""),
        ("markdown", "unknown rule <code>comand-injection</code>"),
    ] {
        let ran = project.lint(&["--report-unused", "--format", format]);
        assert_eq!(ran.code, Some(1));
        assert!(ran.out.contains(told), "{format}: {}", ran.out);
    }
}

#[test]
fn many_remarks_are_summed_up_unless_listed() {
    let project = with(&"  // mcp-lint: ignore[ssrf] why\n".repeat(30));
    let ran = project.lint(&[]);
    assert_eq!(ran.err.matches("warning: server.ts").count(), 10);
    assert!(
        ran.err.contains("20 more of this kind; --report-unused lists them"),
        "{}",
        ran.err
    );
    assert_eq!(project.lint(&["--report-unused"]).out.lines().count(), 30);
}

/// A suppression is not idle because a run was asked for something else.
#[test]
fn runs_for_other_rules_leave_suppressions_alone() {
    let project = with("  const out = execSync(`git log ${branch}`); // mcp-lint: ignore[command-injection] why\n");
    for args in [&["--select", "ssrf"][..], &["--ignore", "command-injection"], &[]] {
        assert!(remarks(&project, args).is_empty(), "{args:?}");
    }
    let project = Project::new();
    project.write("tests/server.ts", "// mcp-lint: ignore[ssrf] why\n");
    project.write("a.ts", "");
    assert!(remarks(&project, &[]).is_empty(), "not judged");
    assert_eq!(remarks(&project, &["--include-tests"]).len(), 1);
}

#[test]
fn settings_silence_places() {
    let project = Project::new();
    project.write("src/server.ts", SERVER);
    project.write("src/deep/server.ts", SERVER);
    let told = |settings: &str| {
        project.write("mcp-lint.toml", settings);
        (project.told(&[]), remarks(&project, &[]))
    };
    let both = vec![
        "src/deep/server.ts:6 command-injection".to_owned(),
        "src/server.ts:6 command-injection".to_owned(),
    ];
    let entry = |more: &str| format!("[[ignore]]\nrule = 'command-injection'\n{more}\n");
    assert_eq!(
        told(&entry("path = 'src/deep/**'\nreason = 'x'")),
        (vec![both[1].clone()], vec![])
    );
    assert_eq!(told(&entry("path = 'src'\nreason = 'x'")), (vec![], vec![]));
    assert_eq!(told(&entry("reason = 'x'\nexpires = 2999-01-01")), (vec![], vec![]));
    assert_eq!(
        told(&entry("path = 'src'\n")),
        (vec![], vec!["mcp-lint.toml:2 suppression-without-reason".to_owned()])
    );
    assert_eq!(
        told(&entry("reason = 'x'\nexpires = '2001-01-01'")),
        (both.clone(), vec!["mcp-lint.toml:2 expired-suppression".to_owned()])
    );
    assert_eq!(
        told(&entry("path = 'lib'\nreason = 'x'")),
        (both.clone(), vec!["mcp-lint.toml:2 unused-suppression".to_owned()])
    );
    assert_eq!(
        told("ignore = ['ssrf', { rule = 'command-injection', path = 'src/server.ts', reason = 'x' }]"),
        (vec![both[0].clone()], vec![])
    );
    assert_eq!(project.told(&["--no-ignores"]), both);
    // A run over a part says nothing about entries for the rest, not even where it begins in their folder.
    project.write("mcp-lint.toml", &entry("path = 'lib'\nreason = 'x'"));
    assert!(remarks(&project, &["src/server.ts"]).is_empty());
    project.write("a.ts", "");
    assert!(remarks(&project, &["a.ts"]).is_empty());
    assert_eq!(remarks(&project, &["a.ts", "."]).len(), 1);
    project.write("mcp-lint.toml", &entry("path = 'src/deep'\nreason = 'x'"));
    project.write(".git/HEAD", "");
    project.write("lib/a.ts", "");
    assert!(remarks(&project, &["lib"]).is_empty());
    assert!(
        project.told(&["src/deep"]).is_empty(),
        "paths are relative to the settings"
    );
}

#[test]
fn suppressed_findings_stay_out_of_reports_unless_asked_for() {
    let project =
        with("  const out = execSync(`git log ${branch}`); // mcp-lint: ignore[command-injection] a reason\n");
    let sarif = |args: &[&str]| -> Value {
        serde_json::from_str(&project.lint(&[args, &["--format", "sarif"]].concat()).out).unwrap()
    };
    assert_eq!(sarif(&[])["runs"][0]["results"].as_array().unwrap().len(), 0);
    let shown = sarif(&["--show-suppressed"]);
    let results = shown["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(
        results[0]["suppressions"],
        serde_json::json!([{ "kind": "inSource", "justification": "a reason" }])
    );
    let ran = project.lint(&["--show-suppressed", "--format", "json"]);
    assert_eq!(ran.code, Some(0));
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["hidden"]["suppressed"], 1);
    assert_eq!(json["suppressed"][0]["by"], "comment");
    assert_eq!(json["suppressed"][0]["reason"], "a reason");
    assert_eq!(json["suppressed"][0]["finding"]["rule"], "command-injection");
}

#[test]
fn hostile_comments_are_made_harmless() {
    let project =
        with("  const out = 1; // mcp-lint: ignore[\u{1b}[31mx\u{202e}] \u{7}y\n  // mcp-lint: \u{1b}]0;title\u{7}\n");
    for args in [&["--report-unused"][..], &[], &["--format", "sarif"]] {
        let ran = project.lint(args);
        let all = format!("{}{}", ran.out, ran.err);
        assert!(!all.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{all:?}");
    }
}
