//! GitLab's code quality report: a list that a merge request shows beside the changed lines.

use std::borrow::Cow;

use serde::Serialize;

use super::document::write;
use super::remarks::asked_for;
use super::{clean, forge_path, forge_path_of};
use crate::finding::{Finding, Remark, Report, Severity};
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: Cow<'a, str>,
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
        .chain(asked_for(report).iter().map(|one| remark(one, &report.workspace)))
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
        fingerprint: Cow::Borrowed(&finding.fingerprint),
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

fn remark<'a>(remark: &'a Remark, workspace: &Workspace) -> Issue<'a> {
    let line = remark.line.max(1);
    Issue {
        description: clean(&remark.message).into_owned(),
        check_name: remark.kind.as_str(),
        fingerprint: Cow::Owned(remark.fingerprint()),
        severity: "info",
        location: Place {
            path: clean(&forge_path_of(workspace, &remark.path)).into_owned(),
            lines: Lines { begin: line, end: line },
        },
    }
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
