//! No report shows a secret, whichever rule shows its line.

#![allow(clippy::unwrap_used, reason = "a broken report ends the test")]

use std::fs;
use std::path::Path;

use mcp_lint::config::Config;
use mcp_lint::finding::{Report, Tier};
use mcp_lint::report::{Format, Style, render, surface_json};

const KEY: &str = "nk_Pw3xV8kRz5Tb1Qm7Yc2Hd9Lf4Nj6Gs0";
const SERVER: &str = r#"import { execSync } from "node:child_process";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const apiKey = "KEY";
const server = new McpServer({ name: "notes", version: "1.0.0" });

server.tool("get", "Notes, with nk_Pw3xV8kRz5Tb1Qm7Yc2Hd9Lf4Nj6Gs0 as key", { id: z.string() }, async ({ id }) => {
  const out = execSync(`curl -H "X-Key: KEY" https://notes.internal.net/${id}`, { headers: { "x-api-key": "KEY" }, k: apiKey });
  return { content: [{ type: "text", text: out.toString() }] };
});

await server.connect(new StdioServerTransport());
"#;

fn scan(folder: &Path, ignore: &[&str]) -> Report {
    let config = Config {
        paths: vec![folder.to_owned()],
        tier: Tier::Audit,
        ignore: ignore.iter().map(|id| (*id).to_owned()).collect(),
        ..Config::default()
    };
    mcp_lint::scan(&config).unwrap()
}

fn every_format(report: &Report) -> String {
    let formats = Format::ALL.iter().map(|format| {
        let style = Style::default();
        render(*format, report, mcp_lint::rules::all(), style)
    });
    formats.collect::<Vec<_>>().concat() + &surface_json(report)
}

fn server(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("server.ts"), text).unwrap();
    folder
}

#[test]
fn lines_are_shown_without_the_secret() {
    let folder = server(&SERVER.replace("KEY", KEY));
    for ignore in [&[][..], &["hardcoded-secret"]] {
        let report = scan(folder.path(), ignore);
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.rule == "command-injection")
        );
        let shown = every_format(&report);
        assert!(shown.contains("execSync(`curl"), "the line is shown");
        let hidden = &KEY[4..];
        assert!(!shown.contains(hidden), "{ignore:?}: {shown}");
    }
}

#[test]
fn fixtures_keep_theirs_to_themselves() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/servers");
    for name in ["ts-secrets", "py-secrets", "rs-secrets", "config-secrets"] {
        let report = scan(&fixtures.join(name), &[]);
        let shown = every_format(&report);
        let mut count = 0;
        for file in &report.workspace.files {
            for span in file.hidden() {
                let secret = file.slice(*span);
                // the examples of the rule's page are part of SARIF
                let is_example = mcp_lint::rules::all().iter().any(|rule| rule.page.contains(secret));
                if secret.len() >= 12 && !is_example {
                    assert!(!shown.contains(secret), "{name}/{}: {secret}", file.path);
                    count += 1;
                }
            }
        }
        assert!(count > 1, "{name}");
    }
}

#[test]
fn fingerprints_tell_a_changed_secret_and_survive_moves() {
    let prints = |text: &str| -> Vec<String> {
        let report = scan(server(text).path(), &[]);
        let own = report
            .findings
            .iter()
            .filter(|finding| finding.rule == "hardcoded-secret");
        own.map(|finding| finding.fingerprint.clone()).collect()
    };
    let text = SERVER.replace("KEY", KEY);
    let first = prints(&text);
    assert!(!first.is_empty());
    assert_eq!(first, prints(&format!("// moved\n\n{text}")));
    assert_ne!(first, prints(&text.replace("Gs0", "Gd1")));
}

/// In a file named like a tool for secrets, below a declaration of tests, inside of another secret, short, as a name.
#[test]
fn no_corner_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gitleaks.ts"), SERVER.replace("KEY", KEY)).unwrap();
    let rust = format!(
        "use rmcp::{{tool, tool_router}};\n#[cfg(test)]\nmod tests;\n\nconst API_KEY: &str = \"{KEY}\";\n\n#[tool_router]\nimpl Notes {{\n    \
         #[tool(description = \"x\")]\n    async fn get(&self, name: String) -> String {{\n        \
         format!(\"{{:?}}\", std::process::Command::new(\"sh\").arg(\"-c\").arg(format!(\"curl -u {KEY} {{name}}\")).output())\n    }}\n}}\n"
    );
    fs::write(folder.path().join("notes.rs"), rust).unwrap();
    fs::write(
        folder.path().join("Dockerfile"),
        "FROM node:22.1.0\nRUN curl https://bot:Kq8Wm2Lp@files.internal.net/a.sh | sh\nUSER node\nCMD [\"node\", \"a.js\"]\n",
    )
    .unwrap();
    let report = scan(folder.path(), &[]);
    assert!(report.findings.iter().any(|finding| finding.rule == "remote-script"));
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.rule == "command-injection")
    );
    let shown = every_format(&report);
    for secret in [KEY, "Kq8Wm2Lp"] {
        assert!(
            !shown.contains(secret),
            "{}",
            shown.lines().find(|line| line.contains(secret)).unwrap()
        );
    }
}
