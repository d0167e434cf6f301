//! GitLab's code quality report: a list that a merge request shows beside the changed lines.

use serde::Serialize;

use super::document::write;
use super::{clean, forge_path};
use crate::finding::{Finding, Report, Severity};
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

pub(super) fn render(report: &Report) -> String {
    let issues: Vec<Issue<'_>> = report
        .findings
        .iter()
        .filter_map(|finding| issue(finding, &report.workspace))
        .collect();
    write(&issues)
}

fn issue<'a>(finding: &'a Finding, workspace: &Workspace) -> Option<Issue<'a>> {
    let file = workspace.get(finding.primary.file)?;
    let begin = file.position(finding.primary.span.start).line;
    let end = file.position(finding.primary.span.end).line;
    Some(Issue {
        description: clean(&finding.message).into_owned(),
        check_name: &finding.rule,
        fingerprint: &finding.fingerprint,
        severity: severity(finding.severity),
        location: Place {
            path: clean(&forge_path(workspace, file)).into_owned(),
            lines: Lines {
                begin,
                end: end.max(begin),
            },
        },
    })
}

/// GitLab's scale begins at `info` and has one word more than ours.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
    }
}
