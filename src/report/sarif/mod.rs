//! SARIF 2.1.0, with all that GitHub's code scanning shows: the rules with their pages, flows, fingerprints.

mod locations;
mod notifications;
mod rules;

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Invocation, Location as SarifLocation, Message, PropertyBag, Result as SarifResult,
    ResultLevel, Run, RunAutomationDetails, Sarif, Suppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
};

use super::clean;
use super::document::write;
use crate::finding::{Finding, Report, RuleMeta, Severity, Why};
use locations::Files;

/// The schema that the document names; code scanning takes an empty one for a missing one.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Everything up to the last `/` is the category that an upload replaces.
const CATEGORY: &str = "mcp-lint/";
/// More results than this are refused as a whole.
const MAX_RESULTS: usize = 25_000;
/// More locations of a result are refused.
const MAX_RELATED: usize = 900;
/// More steps of a flow are refused.
const MAX_STEPS: usize = 10_000;

pub(super) fn render(report: &Report, rules: &[RuleMeta]) -> String {
    let mut files = Files::new(&report.workspace);
    let kept = most_severe(&report.findings);
    let left_out = report.findings.len() - kept.len();
    let mut results: Vec<SarifResult> = kept
        .into_iter()
        .map(|finding| result(finding, rules, &mut files))
        .collect();
    let room = MAX_RESULTS.saturating_sub(results.len());
    for hidden in report.suppressed().take(room) {
        let mut result = result(&hidden.finding, rules, &mut files);
        result.suppressions = suppressions(&hidden.why);
        results.push(result);
    }
    let notifications = notifications::all(report, left_out, &mut files);
    let driver = ToolComponent::builder()
        .name("mcp-lint")
        .full_name("mcp-lint, static analyzer for Model Context Protocol servers")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules.iter().map(rules::descriptor).collect::<Vec<_>>())
        .notifications(notifications::descriptors())
        .build();
    let invocation = Invocation::builder()
        .execution_successful(true)
        .tool_execution_notifications(notifications)
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .results(results)
        .artifacts(files.artifacts())
        .original_uri_base_ids(BTreeMap::from([(
            locations::BASE.to_owned(),
            ArtifactLocation::builder()
                .uri(locations::folder_uri(&report.workspace.root))
                .description(Message::from("The root of the scanned tree."))
                .build(),
        )]))
        .invocations(vec![invocation])
        .automation_details(RunAutomationDetails::builder().id(CATEGORY).build())
        .column_kind(json!("utf16CodeUnits"))
        .build();
    write(
        &Sarif::builder()
            .schema(SCHEMA)
            .version(json!("2.1.0"))
            .runs(vec![run])
            .build(),
    )
}

/// The findings that fit, the most severe ones if not all do; in their order.
fn most_severe(findings: &[Finding]) -> Vec<&Finding> {
    if findings.len() <= MAX_RESULTS {
        return findings.iter().collect();
    }
    let mut kept: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    kept.sort_by_key(|(index, finding)| (std::cmp::Reverse(finding.severity), *index));
    kept.truncate(MAX_RESULTS);
    kept.sort_by_key(|(index, _)| *index);
    kept.into_iter().map(|(_, finding)| finding).collect()
}

fn result(finding: &Finding, rules: &[RuleMeta], files: &mut Files<'_>) -> SarifResult {
    let related = related(finding, files);
    let mut fingerprints = BTreeMap::from([("mcpLint/v1".to_owned(), finding.fingerprint.clone())]);
    if let Some(hash) = files.line_hash(finding.primary) {
        fingerprints.insert("primaryLocationLineHash".to_owned(), hash);
    }
    let mut result = SarifResult::builder()
        .rule_id(finding.rule.clone())
        .level(level(finding.severity))
        .message(Message::from(&message(finding)))
        .locations(
            files
                .primary(finding.primary, &finding.primary_label)
                .into_iter()
                .collect::<Vec<_>>(),
        )
        .partial_fingerprints(fingerprints)
        .properties(properties(finding))
        .build();
    let index = rules.iter().position(|rule| rule.id == finding.rule);
    result.rule_index = index.and_then(|index| i64::try_from(index).ok());
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    if !finding.trace.is_empty() {
        result.code_flows = Some(vec![flow(finding, files)]);
    }
    result
}

/// Who has declared a finding harmless, and why.
fn suppressions(why: &Why) -> Option<Vec<Suppression>> {
    let (kind, reason) = match why {
        Why::Comment { reason, .. } => ("inSource", reason),
        Why::Settings { reason } => ("external", reason),
        _ => return None,
    };
    let mut suppression = Suppression::builder().kind(json!(kind)).build();
    suppression.justification = reason.as_ref().map(|reason| clean(reason).into_owned());
    Some(vec![suppression])
}

pub(super) fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low => ResultLevel::Note,
    }
}

fn properties(finding: &Finding) -> PropertyBag {
    let mut more = BTreeMap::from([
        ("severity".to_owned(), json!(finding.severity.as_str())),
        ("confidence".to_owned(), json!(finding.confidence.as_str())),
        ("tier".to_owned(), json!(finding.tier.as_str())),
    ]);
    for (key, value) in [("tool", &finding.tool), ("parameter", &finding.parameter)] {
        if let Some(value) = value {
            more.insert(key.to_owned(), json!(clean(value)));
        }
    }
    PropertyBag::builder().additional_properties(more).build()
}

/// The first sentence is the alert's title; the links lead to the related locations of [`related`].
fn message(finding: &Finding) -> String {
    let mut parts = vec![plain(&finding.message)];
    if finding.trace.len() > 1 {
        parts.push("The value comes from [here](1).".to_owned());
    }
    parts.extend(finding.notes.iter().map(|note| plain(note)));
    parts.extend(finding.help.iter().map(|help| format!("Help: {}", plain(help))));
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        parts.push(finding.rule.clone());
    }
    parts.join("\n")
}

/// Text in which nothing is a link: a tool may be called `[x](https://…)`.
fn plain(text: &str) -> String {
    clean(text).replace("](", "] (")
}

/// The source first, as number 1, then the rest.
fn related(finding: &Finding, files: &mut Files<'_>) -> Vec<SarifLocation> {
    let source = finding.trace.first().filter(|_| finding.trace.len() > 1);
    source
        .into_iter()
        .chain(&finding.related)
        .take(MAX_RELATED)
        .enumerate()
        .filter_map(|(index, step)| {
            let mut location = files.location(step.location, &plain(&step.label))?;
            location.id = i64::try_from(index + 1).ok();
            Some(location)
        })
        .collect()
}

fn flow(finding: &Finding, files: &mut Files<'_>) -> CodeFlow {
    let skip = finding.trace.len().saturating_sub(MAX_STEPS);
    let last = finding.trace.len().saturating_sub(1);
    let steps: Vec<ThreadFlowLocation> = finding
        .trace
        .iter()
        .enumerate()
        // Of too long a flow the source and the end are worth more than the middle.
        .filter(|(index, _)| *index == 0 || *index > skip)
        .filter_map(|(index, step)| {
            let importance = if index == 0 || index == last {
                "essential"
            } else {
                "important"
            };
            Some(
                ThreadFlowLocation::builder()
                    .location(files.location(step.location, &plain(&step.label))?)
                    .importance(json!(importance))
                    .build(),
            )
        })
        .collect();
    CodeFlow::builder()
        .thread_flows(vec![ThreadFlow::builder().locations(steps).build()])
        .build()
}
