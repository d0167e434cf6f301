//! What a run did not see, in SARIF.

use serde_json::json;
use serde_sarif::sarif::{
    Message, MultiformatMessageString, Notification, ReportingDescriptor, ReportingDescriptorReference,
};

use super::super::clean;
use super::locations::Files;
use super::plain;
use crate::finding::Report;

/// More of one kind are summed up.
const MAX_OF_A_KIND: usize = 1000;

const KINDS: &[(&str, &str)] = &[
    ("parse-gap", "A stretch of a file was not understood."),
    (
        "no-entry-point",
        "A file imports an MCP SDK, but no entry point was recognised.",
    ),
    ("skipped-file", "A path was not read, or not as it stands."),
    ("coverage", "Something about the analysis that its reader should know."),
    (
        "suppression",
        "A suppression or an entry of the baseline has no effect, or says too little.",
    ),
    ("limit", "Something was left out of this document."),
];

/// What the notifications' ids mean.
pub(super) fn descriptors() -> Vec<ReportingDescriptor> {
    KINDS
        .iter()
        .map(|(id, text)| {
            ReportingDescriptor::builder()
                .id(*id)
                .short_description(MultiformatMessageString::from(&(*text).to_owned()))
                .build()
        })
        .collect()
}

/// All notifications of a run.
pub(super) fn all(report: &Report, left_out: usize, files: &mut Files<'_>) -> Vec<Notification> {
    let mut out = Vec::new();
    if left_out > 0 {
        let text = format!(
            "{left_out} findings of the lowest severities are left out: code scanning would refuse the whole document."
        );
        out.push(notification("limit", "warning", &text));
    }
    let coverage = &report.coverage;
    push(&mut out, "no-entry-point", &coverage.sdk_files_without_entry, |path| {
        let text = format!("{path} imports an MCP SDK, but no entry point was recognised.");
        notification("no-entry-point", "warning", &text)
    });
    push(&mut out, "parse-gap", &coverage.gaps, |(location, message)| {
        let mut one = notification("parse-gap", "note", message);
        one.locations = files.location(*location, "").map(|location| vec![location]);
        one
    });
    push(&mut out, "skipped-file", &report.workspace.notes, |note| {
        notification("skipped-file", "note", &format!("{}: {}", note.path, note.message))
    });
    push(&mut out, "suppression", &report.remarks, |remark| {
        notification("suppression", "warning", &super::super::remarks::line(remark))
    });
    push(&mut out, "coverage", &coverage.notes, |note| {
        notification("coverage", "note", note)
    });
    out
}

fn push<T>(out: &mut Vec<Notification>, id: &'static str, items: &[T], make: impl FnMut(&T) -> Notification) {
    out.extend(items.iter().take(MAX_OF_A_KIND).map(make));
    let more = items.len().saturating_sub(MAX_OF_A_KIND);
    if more > 0 {
        out.push(notification(
            "limit",
            "note",
            &format!("{more} more notifications of {id} are left out."),
        ));
    }
}

fn notification(id: &str, level: &str, text: &str) -> Notification {
    let text = plain(text);
    let text = if text.is_empty() { clean(id).into_owned() } else { text };
    Notification::builder()
        .descriptor(ReportingDescriptorReference::builder().id(id).build())
        .level(json!(level))
        .message(Message::from(&text))
        .build()
}
