//! The report for programs; docs/json.md describes it, docs/report.schema.json is its schema.

use serde::Serialize;

use super::clean;
use super::document::{CoverageDoc, PlaceDoc, SkippedDoc, StepDoc, TOOL, ToolDoc, VERSION, skipped, steps, write};
use crate::finding::{Finding, Hidden, Remark, Report, Why};
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Document {
    version: u32,
    tool: ToolDoc,
    findings: Vec<FindingDoc>,
    suppressed: Vec<SuppressedDoc>,
    hidden: HiddenDoc,
    remarks: Vec<RemarkDoc>,
    coverage: CoverageDoc,
    skipped: Vec<SkippedDoc>,
}

/// A finding that somebody has declared harmless.
#[derive(Serialize)]
struct SuppressedDoc {
    by: &'static str,
    reason: Option<String>,
    finding: FindingDoc,
}

/// How many findings are left out, and why.
#[derive(Serialize)]
struct HiddenDoc {
    suppressed: usize,
    baseline: usize,
    unchanged: usize,
}

/// Something about suppressions or the baseline.
#[derive(Serialize)]
struct RemarkDoc {
    kind: &'static str,
    path: String,
    line: Option<usize>,
    message: String,
}

#[derive(Serialize)]
struct FindingDoc {
    rule: String,
    severity: &'static str,
    confidence: &'static str,
    tier: &'static str,
    message: String,
    #[serde(flatten)]
    place: PlaceDoc,
    label: String,
    tool: Option<String>,
    parameter: Option<String>,
    scope: String,
    fingerprint: String,
    trace: Vec<StepDoc>,
    related: Vec<StepDoc>,
    notes: Vec<String>,
    help: Option<String>,
}

pub(super) fn render(report: &Report) -> String {
    let workspace = &report.workspace;
    write(&Document {
        version: VERSION,
        tool: TOOL,
        findings: report
            .findings
            .iter()
            .filter_map(|one| finding(one, workspace))
            .collect(),
        suppressed: report
            .suppressed()
            .filter_map(|one| suppressed(one, workspace))
            .collect(),
        hidden: HiddenDoc {
            suppressed: report.count_hidden(Why::is_suppression),
            baseline: report.count_hidden(|why| *why == Why::Baseline),
            unchanged: report.count_hidden(|why| *why == Why::Unchanged),
        },
        remarks: report.remarks.iter().map(remark).collect(),
        coverage: CoverageDoc::new(&report.coverage, workspace),
        skipped: skipped(report),
    })
}

fn suppressed(hidden: &Hidden, workspace: &Workspace) -> Option<SuppressedDoc> {
    let (by, reason) = match &hidden.why {
        Why::Comment { reason, .. } => ("comment", reason),
        Why::Settings { reason } => ("configuration", reason),
        _ => return None,
    };
    Some(SuppressedDoc {
        by,
        reason: reason.as_ref().map(|reason| clean(reason).into_owned()),
        finding: finding(&hidden.finding, workspace)?,
    })
}

fn remark(remark: &Remark) -> RemarkDoc {
    RemarkDoc {
        kind: remark.kind.as_str(),
        path: clean(&remark.path).into_owned(),
        line: Some(remark.line).filter(|line| *line > 0),
        message: clean(&remark.message).into_owned(),
    }
}

fn finding(finding: &Finding, workspace: &Workspace) -> Option<FindingDoc> {
    let cleaned = |text: &String| clean(text).into_owned();
    Some(FindingDoc {
        rule: finding.rule.clone(),
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        tier: finding.tier.as_str(),
        message: cleaned(&finding.message),
        place: PlaceDoc::new(workspace, finding.primary)?,
        label: cleaned(&finding.primary_label),
        tool: finding.tool.as_ref().map(cleaned),
        parameter: finding.parameter.as_ref().map(cleaned),
        scope: cleaned(&finding.scope),
        fingerprint: finding.fingerprint.clone(),
        trace: steps(workspace, &finding.trace),
        related: steps(workspace, &finding.related),
        notes: finding.notes.iter().map(cleaned).collect(),
        help: finding.help.as_ref().map(cleaned),
    })
}
