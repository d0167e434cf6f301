//! The formats of GitHub and GitLab, and that nothing in a scanned file forges them.

#![allow(clippy::unwrap_used)]

mod common;

use mcp_lint::finding::{Report, Severity};
use mcp_lint::report::{Format, Style, render};
use mcp_lint::workspace::SourceFile;
use serde_json::Value;

use common::{report, rules, step};

fn text(format: Format, report: &Report) -> String {
    render(format, report, &rules(), Style::default())
}

/// What a file's name, a tool's name or a label may hold to be taken for something else.
const HOSTILE: &[&str] = &[
    "::error file=x::forged",
    "\n::error::forged",
    "\r\n::stop-commands::x",
    "%0A::error::forged",
    "a,line=1::b",
    "##[error]forged",
    "` | </details><script>alert(1)</script>",
    "```\n# big\n```",
    "[click](https://evil.example) @someone #1",
    "\u{1B}[31m\u{202E}reversed",
    "\"},{\"x\":\"",
    "|\n| --- |",
];

fn hostile(text: &str) -> Report {
    let mut report = report();
    for finding in &mut report.findings {
        finding.message = format!("tool `{text}` does {text}");
        finding.primary_label = text.to_owned();
        finding.notes = vec![text.to_owned()];
        finding.help = Some(text.to_owned());
        finding.tool = Some(text.to_owned());
        finding.trace.push(step(finding.primary, text));
        finding.related.push(step(finding.primary, text));
    }
    for file in &mut report.workspace.files {
        let path = format!("src/{text}.ts");
        *file = SourceFile::new(path, file.absolute.clone(), file.kind, file.role, file.text.clone());
    }
    report
}

#[test]
fn github_annotates_the_worst_first() {
    insta::assert_snapshot!(text(Format::Github, &report()));
}

#[test]
fn github_shows_ten_of_a_kind_and_counts_the_rest() {
    let mut report = report();
    let one = report.findings[1].clone();
    report.findings = Severity::ALL
        .iter()
        .flat_map(|severity| std::iter::repeat_n((*severity, one.clone()), 12))
        .map(|(severity, mut finding)| {
            finding.severity = severity;
            finding
        })
        .collect();
    let out = text(Format::Github, &report);
    let of = |kind: &str| {
        out.lines()
            .filter(|line| line.starts_with(&format!("::{kind} ")))
            .count()
    };
    assert_eq!((of("error"), of("warning"), of("notice")), (10, 10, 10));
    assert_eq!(out.lines().count(), 30);
    assert!(out.lines().take(10).all(|line| line.contains("title=critical[")));
    assert_eq!(
        out.lines().last().unwrap(),
        "::notice title=mcp-lint::without an annotation: 19 findings (2 critical, 12 high, 2 medium, 3 low); GitHub shows \
         10 of a kind for a step, the other formats have them all"
    );
    report.findings.truncate(10);
    assert!(!text(Format::Github, &report).contains("without an annotation"));
}

#[test]
fn a_github_command_stays_the_one_it_is() {
    for bad in HOSTILE {
        let report = hostile(bad);
        let out = text(Format::Github, &report);
        assert_eq!(out.lines().count(), report.findings.len(), "{bad:?}: {out}");
        assert!(!out.contains(['\r', '\u{1B}', '\u{202E}']), "{bad:?}");
        for line in out.lines() {
            // As the runner reads it: the name up to the first blank, properties up to the next `::`.
            let (head, _) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (name, properties) = head.split_once(' ').unwrap();
            assert!(matches!(name, "error" | "warning"), "{line}");
            let keys: Vec<&str> = properties
                .split(',')
                .map(|property| property.split_once('=').unwrap().0)
                .collect();
            assert_eq!(keys, ["file", "line", "endLine", "col", "title"], "{line}");
        }
    }
}

#[test]
fn gitlab_gets_its_code_quality_report() {
    let issues: Value = serde_json::from_str(&text(Format::Gitlab, &report())).unwrap();
    let expected = serde_json::json!({
        "description": "Tool `git_log` runs its argument `branch` in a shell through `execSync`.",
        "check_name": "command-injection",
        "fingerprint": report().findings[1].fingerprint,
        "severity": "blocker",
        "location": {"path": "servers/a b/src/run.ts", "lines": {"begin": 3, "end": 5}},
    });
    assert_eq!(issues.as_array().unwrap().len(), 2);
    assert_eq!(issues[1], expected);
    for bad in HOSTILE {
        let issues: Value = serde_json::from_str(&text(Format::Gitlab, &hostile(bad))).unwrap();
        assert_eq!(issues.as_array().unwrap().len(), 2, "{bad:?}");
        assert!(
            !issues[0]["description"]
                .as_str()
                .unwrap()
                .contains(['\n', '\u{1B}', '\u{202E}'])
        );
    }
}

#[test]
fn markdown_is_a_table_with_the_flows_below() {
    insta::assert_snapshot!(text(Format::Markdown, &report()));
}

#[test]
fn markdown_is_formed_by_nothing_that_was_scanned() {
    let plain = text(Format::Markdown, &hostile("plain"));
    let shape = |text: &str| {
        let count = |what: &str| text.matches(what).count();
        let cells: Vec<usize> = text.lines().map(|line| line.matches('|').count()).collect();
        (
            count("<details>"),
            count("</details>"),
            count("<code>"),
            count("```"),
            text.lines().count(),
            cells,
        )
    };
    for bad in HOSTILE {
        let out = text(Format::Markdown, &hostile(bad));
        let (open, close, _, fences, lines, cells) = shape(&out);
        let expected = shape(&plain);
        assert_eq!(
            (open, close, fences, lines, cells),
            (expected.0, expected.1, expected.3, expected.4, expected.5),
            "{bad:?}: {out}"
        );
        assert!(
            !out.contains("<script") && !out.contains("](") && !out.contains('`'),
            "{bad:?}: {out}"
        );
        assert!(!out.contains(['\r', '\u{1B}', '\u{202E}']), "{bad:?}");
    }
}

/// GitHub drops a summary of more than 1 MiB.
#[test]
fn markdown_stays_below_what_github_takes() {
    let mut report = report();
    let one = report.findings[1].clone();
    report.findings = vec![one; 5000];
    let out = text(Format::Markdown, &report);
    assert!(out.len() < 1 << 20, "{}", out.len());
    assert!(out.contains("more did not fit"));
    assert_eq!(out.matches("<details>").count(), out.matches("</details>").count());
}
