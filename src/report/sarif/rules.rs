//! The rule table.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};

use super::super::wrap::shorten;
use crate::finding::{RuleMeta, Severity};

/// Longer descriptions are refused.
const MAX_DESCRIPTION: usize = 1024;
/// More tags are refused.
const MAX_TAGS: usize = 20;

pub(super) fn descriptor(rule: &RuleMeta) -> ReportingDescriptor {
    let page = format!("# {}\n\n{}", rule.title, rule.page.trim());
    ReportingDescriptor::builder()
        .id(rule.id.clone())
        .name(rule.id.clone())
        .short_description(text(&rule.title))
        .full_description(text(&rule.summary))
        .help(
            MultiformatMessageString::builder()
                .text(page.clone())
                .markdown(page)
                .build(),
        )
        .default_configuration(
            ReportingConfiguration::builder()
                .level(json!(super::level(rule.severity).to_string()))
                .build(),
        )
        .properties(
            PropertyBag::builder()
                .tags(tags(rule))
                .additional_properties(BTreeMap::from([
                    ("precision".to_owned(), json!(rule.precision.as_str())),
                    ("security-severity".to_owned(), json!(security_severity(rule.severity))),
                    ("tier".to_owned(), json!(rule.tier.as_str())),
                ]))
                .build(),
        )
        .build()
}

fn text(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder()
        .text(shorten(text, MAX_DESCRIPTION))
        .build()
}

/// A number as text, in the middle of the band that code scanning gives the severity.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
    }
}

fn tags(rule: &RuleMeta) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), "mcp".to_owned()];
    tags.extend(rule.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(
        rule.owasp
            .iter()
            .map(|id| format!("external/owasp-mcp/{}", id.to_lowercase())),
    );
    tags.extend(
        rule.safe_mcp
            .iter()
            .map(|id| format!("external/safe-mcp/{}", id.to_lowercase())),
    );
    tags.dedup();
    tags.truncate(MAX_TAGS);
    tags
}
