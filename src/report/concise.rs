//! One line a finding, for `grep` and editors.

use std::fmt::Write as _;

use super::clean;
use crate::finding::Report;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let Some(file) = report.workspace.get(finding.primary.file) else {
            continue;
        };
        let at = file.position(finding.primary.span.start);
        let _ = writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            clean(&file.path),
            at.line,
            at.column,
            finding.severity,
            finding.rule,
            clean(&finding.message)
        );
    }
    out.push_str(&super::remarks::listed(report));
    out
}
