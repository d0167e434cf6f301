//! Annotations on GitHub: workflow commands, which the runner reads off standard output.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::wrap::{count, shorten};
use super::{by_severity, clean, forge_path, forge_path_of, remarks};
use crate::finding::{Finding, Report, Severity, Step};
use crate::workspace::Workspace;

/// Of each kind GitHub shows this many for one step, and drops the rest without a word.
const MAX_OF_A_KIND: usize = 10;
/// Steps of a flow in an annotation; of a longer one the beginning and the end.
const MAX_STEPS: usize = 12;
/// Longest text of one line in an annotation.
const MAX_TEXT: usize = 500;

pub(super) fn render(report: &Report) -> String {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut commands = Vec::new();
    let mut left = Vec::new();
    for finding in by_severity(report) {
        let kind = kind(finding.severity);
        let told = told.entry(kind).or_default();
        if *told == MAX_OF_A_KIND {
            left.push(finding);
        } else if let Some(command) = command(kind, finding, &report.workspace) {
            commands.push((kind, finding, command));
            *told += 1;
        }
    }
    // Saying that something is left takes the place of a notice.
    let asked = remarks::asked_for(report);
    let room = MAX_OF_A_KIND - told.get("warning").copied().unwrap_or(0);
    let unsaid = asked.len().saturating_sub(room);
    if (!left.is_empty() || unsaid > 0) && told.get("notice") == Some(&MAX_OF_A_KIND) {
        left.extend(commands.pop().map(|(_, finding, _)| finding));
    }
    let mut out: String = commands.into_iter().map(|(_, _, command)| command).collect();
    for remark in asked.iter().take(room) {
        let _ = writeln!(
            out,
            "::warning file={},line={},title={}::{}",
            property(&clean(&forge_path_of(&report.workspace, &remark.path))),
            remark.line.max(1),
            property(remark.kind.as_str()),
            data(&shorten(&clean(&remark.message), MAX_TEXT)),
        );
    }
    let mut unshown = Vec::new();
    if !left.is_empty() {
        unshown.push(format!("{} ({})", count(left.len(), "finding"), severities(&left)));
    }
    if unsaid > 0 {
        unshown.push(count(unsaid, "remark"));
    }
    if !unshown.is_empty() {
        let text = format!(
            "without an annotation: {}; GitHub shows {MAX_OF_A_KIND} of a kind for a step, the other formats have them all",
            unshown.join(" and ")
        );
        let _ = writeln!(out, "::notice title=mcp-lint::{}", data(&text));
    }
    out
}

fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

fn severities(findings: &[&Finding]) -> String {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.severity).or_default() += 1;
    }
    let named: Vec<String> = counts
        .iter()
        .rev()
        .map(|(severity, number)| format!("{number} {severity}"))
        .collect();
    named.join(", ")
}

fn command(kind: &str, finding: &Finding, workspace: &Workspace) -> Option<String> {
    let file = workspace.get(finding.primary.file)?;
    let start = file.position(finding.primary.span.start);
    // A region of several lines has no columns on GitHub, so it ends with its first line.
    Some(format!(
        "::{kind} file={},line={line},endLine={line},col={},title={}::{}\n",
        property(&clean(&forge_path(workspace, file))),
        start.column,
        property(&format!("{}[{}]", finding.severity, finding.rule)),
        data(&text(finding, workspace)),
        line = start.line,
    ))
}

fn text(finding: &Finding, workspace: &Workspace) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(steps(&finding.trace, workspace));
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.help.iter().map(|help| format!("Help: {help}")));
    lines.push(format!(
        "{} confidence; more: mcp-lint explain {}",
        finding.confidence, finding.rule
    ));
    let cleaned: Vec<String> = lines.iter().map(|line| shorten(&clean(line), MAX_TEXT)).collect();
    cleaned.join("\n")
}

fn steps(trace: &[Step], workspace: &Workspace) -> Vec<String> {
    let left_out = trace.len().saturating_sub(MAX_STEPS);
    let gap = MAX_STEPS / 2;
    let mut lines = Vec::new();
    for (index, step) in trace.iter().enumerate() {
        if left_out > 0 && index == gap {
            lines.push(format!("({} in between)", count(left_out, "step")));
        }
        if left_out > 0 && (gap..gap + left_out).contains(&index) {
            continue;
        }
        let Some(file) = workspace.get(step.location.file) else {
            continue;
        };
        let line = file.position(step.location.span.start).line;
        lines.push(format!(
            "({}) {}:{line}: {}",
            index + 1,
            forge_path(workspace, file),
            step.label
        ));
    }
    lines
}

/// Escapes what comes after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes what stands between a command's name and `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text for a log of GitHub Actions in which nothing is a command, whatever was scanned: the runner takes `::` at the
/// beginning of a line and `##[` anywhere.
pub fn without_commands(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start();
        if inner.starts_with("::") {
            out.push_str(&line[..line.len() - inner.len()]);
            out.push('\u{B7}');
            out.push_str(&inner.replace("##[", "#\u{B7}["));
        } else {
            out.push_str(&line.replace("##[", "#\u{B7}["));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command() {
        assert_eq!(without_commands("a ::b\n"), "a ::b\n");
        assert_eq!(without_commands("x\n  ::error::y\n"), "x\n  ·::error::y\n");
        assert_eq!(without_commands("3 │ // ##[add-mask]x"), "3 │ // #·[add-mask]x");
    }

    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
