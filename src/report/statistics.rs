//! How often each rule fired.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::{Report, Severity};

/// One line a rule, the most frequent first: number, worst severity, rule, in how many files.
pub fn statistics(report: &Report) -> String {
    struct Row {
        number: usize,
        worst: Severity,
        files: Vec<crate::workspace::FileId>,
    }
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for finding in &report.findings {
        let row = rows.entry(&finding.rule).or_insert(Row {
            number: 0,
            worst: finding.severity,
            files: Vec::new(),
        });
        row.number += 1;
        row.worst = row.worst.max(finding.severity);
        if !row.files.contains(&finding.primary.file) {
            row.files.push(finding.primary.file);
        }
    }
    let mut rows: Vec<(&str, Row)> = rows.into_iter().collect();
    rows.sort_by_key(|(rule, row)| (std::cmp::Reverse(row.number), *rule));
    let width = rows.iter().map(|(rule, _)| rule.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (rule, row) in rows {
        let files = super::wrap::count(row.files.len(), "file");
        let _ = writeln!(out, "{:>5}  {:<8}  {rule:width$}  in {files}", row.number, row.worst);
    }
    out
}
