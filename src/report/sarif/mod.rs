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
/// A larger document is refused; in bytes, gzipped.
const MAX_GZIPPED: usize = 10_000_000;
/// More results than this are refused as a whole.
const MAX_RESULTS: usize = 25_000;
/// More locations of a result are refused.
const MAX_RELATED: usize = 900;
/// More steps of a flow are refused.
const MAX_STEPS: usize = 10_000;

pub(super) fn render(report: &Report, rules: &[RuleMeta]) -> String {
    within(MAX_GZIPPED, report, rules)
}

/// The document with as many results as fit into `limit` bytes when it is gzipped.
fn within(limit: usize, report: &Report, rules: &[RuleMeta]) -> String {
    let all = report.findings.len() + report.suppressed().count();
    let mut most = all.min(MAX_RESULTS);
    loop {
        let text = document(report, rules, most);
        // Compressing never adds more than a few bytes: what is small enough as it is need not be measured.
        if text.len() <= limit || most == 0 {
            return text;
        }
        let size = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6).len();
        if size <= limit {
            return text;
        }
        // Results differ in size, hence the reserve.
        most = (most * limit / size * 9 / 10).min(most - 1);
    }
}

fn document(report: &Report, rules: &[RuleMeta], most: usize) -> String {
    let mut files = Files::new(&report.workspace);
    let kept = most_severe(&report.findings, most);
    let left_out = (report.findings.len() + report.suppressed().count()).saturating_sub(most);
    let mut results: Vec<SarifResult> = kept
        .into_iter()
        .map(|finding| result(finding, rules, &mut files))
        .collect();
    // What is suppressed is the first to go.
    let room = most.saturating_sub(results.len());
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
                .uri(locations::base_uri(&report.workspace))
                .description(Message::from("The root of the repository, or of what was scanned."))
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
fn most_severe(findings: &[Finding], most: usize) -> Vec<&Finding> {
    if findings.len() <= most {
        return findings.iter().collect();
    }
    let mut kept: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    kept.sort_by_key(|(index, finding)| (std::cmp::Reverse(finding.severity), *index));
    kept.truncate(most);
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::Value;

    use super::*;
    use crate::finding::Location;
    use crate::workspace::{FileId, FileKind, Role, SourceFile, Span};

    fn finding(number: u32) -> Finding {
        let severity = if number.is_multiple_of(10) {
            Severity::Critical
        } else {
            Severity::Low
        };
        let primary = Location {
            file: FileId(0),
            span: Span::new(0, 1),
        };
        let message = format!("number {}", number.wrapping_mul(2_654_435_761));
        Finding::new("r", severity, primary, message)
    }

    #[test]
    fn what_is_too_large_is_cut_by_severity() {
        let mut report = Report::default();
        let file = SourceFile::new(
            "a.ts",
            PathBuf::new(),
            FileKind::TypeScript,
            Role::Source,
            "x".to_owned(),
        );
        report.workspace.files.push(file);
        report.findings = (0..1000).map(finding).collect();
        let whole = within(MAX_GZIPPED, &report, &[]);
        let limit = miniz_oxide::deflate::compress_to_vec(whole.as_bytes(), 6).len() / 3;
        let cut = within(limit, &report, &[]);
        assert!(miniz_oxide::deflate::compress_to_vec(cut.as_bytes(), 6).len() <= limit);
        let run = serde_json::from_str::<Value>(&cut).unwrap()["runs"][0].take();
        let results = run["results"].as_array().unwrap();
        let severe = results.iter().filter(|result| result["level"] == "error").count();
        assert_eq!(severe, 100);
        assert!(results.len() > 150, "{}", results.len());
        let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        let left_out = format!(
            "{} findings of the lowest severities are left out",
            1000 - results.len()
        );
        assert!(told.as_str().unwrap().starts_with(&left_out), "{told}");
    }
}
