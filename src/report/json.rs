//! The report for programs; docs/json.md describes it, docs/report.schema.json is its schema.

use serde::Serialize;

use super::clean;
use super::document::{CoverageDoc, PlaceDoc, SkippedDoc, StepDoc, TOOL, ToolDoc, VERSION, skipped, steps, write};
use crate::finding::{Finding, Report};
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Document {
    version: u32,
    tool: ToolDoc,
    findings: Vec<FindingDoc>,
    coverage: CoverageDoc,
    skipped: Vec<SkippedDoc>,
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
        coverage: CoverageDoc::new(&report.coverage, workspace),
        skipped: skipped(report),
    })
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
