//! What is to be said about suppressions and the baseline.

use super::clean;
use crate::finding::{Remark, Report};

/// How many are told beside a report.
const TOLD: usize = 10;

/// One line each, with its place; of many the first, and how to see the others.
pub fn remarks(report: &Report) -> Vec<String> {
    let mut out: Vec<String> = report.remarks.iter().take(TOLD).map(line).collect();
    let more = report.remarks.len().saturating_sub(TOLD);
    if more > 0 {
        out.push(format!("{more} more of this kind; --report-unused lists them"));
    }
    out
}

/// `path:line: message`.
pub(super) fn line(remark: &Remark) -> String {
    let (path, message) = (clean(&remark.path), clean(&remark.message));
    match remark.line {
        0 => format!("{path}: {message}"),
        line => format!("{path}:{line}: {message}"),
    }
}

/// Those that belong into the report itself.
pub(super) fn asked_for(report: &Report) -> &[Remark] {
    if report.lists_remarks { &report.remarks } else { &[] }
}

/// The remarks as lines of a report for people.
pub(super) fn listed(report: &Report) -> String {
    asked_for(report)
        .iter()
        .map(|remark| {
            let place = match remark.line {
                0 => String::new(),
                line => format!("{line}:1:"),
            };
            let (path, message) = (clean(&remark.path), clean(&remark.message));
            format!("{path}:{place} warning[{}] {message}\n", remark.kind.as_str())
        })
        .collect()
}
