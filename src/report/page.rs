//! The rules themselves: one page, or the list.

use std::fmt::Write as _;

use serde::Serialize;

use super::Style;
use super::document::{TOOL, ToolDoc, VERSION, write};
use super::screen::lay_out;
use crate::finding::RuleMeta;

/// A rule's page as `explain` shows it: title, facts, then the page, which is Markdown unless a person reads it.
pub fn page(rule: &RuleMeta, style: Style) -> String {
    let mut facts = format!(
        "{} severity, tier {}, precision {}",
        rule.severity, rule.tier, rule.precision
    );
    if !rule.languages.is_empty() {
        let _ = write!(facts, "\nLanguages: {}", rule.languages.join(", "));
    }
    let mut ids: Vec<String> = rule.cwe.iter().map(|number| format!("CWE-{number}")).collect();
    ids.extend(rule.owasp.iter().map(|id| format!("OWASP {id}")));
    ids.extend(rule.safe_mcp.iter().cloned());
    if !ids.is_empty() {
        let _ = write!(facts, "\nSee also: {}", ids.join(", "));
    }
    let _ = write!(
        facts,
        "\nIf a finding is none: a comment `mcp-lint: ignore[{}] why` on its line or above it",
        rule.id
    );
    let head = format!("{} ({})\n\n{}\n\n{facts}", rule.title, rule.id, rule.summary);
    let text = rule.page.trim();
    if !style.terminal && !style.color {
        return format!("{head}\n\n{text}\n");
    }
    let (title, summary) = (format!("# {} ({})", rule.title, rule.id), &rule.summary);
    // Facts are lines of their own.
    let facts = facts.replace('\n', "\n\n");
    lay_out(&format!("{title}\n\n{summary}\n\n{facts}\n\n{text}"), style)
}

/// All rules, one line each.
pub fn rules_text(rules: &[RuleMeta]) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        let _ = writeln!(
            out,
            "{:width$}  {:<8}  {:<7}  {}",
            rule.id, rule.severity, rule.tier, rule.summary
        );
    }
    out
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: ToolDoc,
    rules: Vec<RuleDoc<'a>>,
}

#[derive(Serialize)]
struct RuleDoc<'a> {
    id: &'a str,
    title: &'a str,
    summary: &'a str,
    severity: &'static str,
    tier: &'static str,
    precision: &'static str,
    cwe: &'a [u32],
    owasp: &'a [String],
    safe_mcp: &'a [String],
    languages: &'a [String],
}

/// All rules for programs.
pub fn rules_json(rules: &[RuleMeta]) -> String {
    let rules = rules.iter().map(|rule| RuleDoc {
        id: &rule.id,
        title: &rule.title,
        summary: &rule.summary,
        severity: rule.severity.as_str(),
        tier: rule.tier.as_str(),
        precision: rule.precision.as_str(),
        cwe: &rule.cwe,
        owasp: &rule.owasp,
        safe_mcp: &rule.safe_mcp,
        languages: &rule.languages,
    });
    write(&Document {
        version: VERSION,
        tool: TOOL,
        rules: rules.collect(),
    })
}
