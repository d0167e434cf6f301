//! Files: `path-traversal`, `weak-path-containment`.

use super::{Case, Verdict};
use crate::finding::{Confidence, Severity, Tier};
use crate::models::Access;

pub(super) fn path(case: &Case<'_>) -> Verdict {
    if super::archive::names_entry(case) {
        return super::archive::archive(case);
    }
    if case.hit.by_setting {
        let verdict = Verdict::new(
            "weak-path-containment",
            Severity::Medium,
            "is checked only as far as a setting asks for it, and chooses the file in",
            "nothing keeps the path inside where that setting does without",
            "let the server refuse to start without a root, or confine to one by default and have the owner name what lifts it",
        );
        return Verdict {
            confidence: Confidence::Low,
            tier: Tier::Strict,
            ..verdict
        };
    }
    if !case.hit.flaws.is_empty() {
        let severity = if case.hit.audit {
            Severity::Medium
        } else {
            Severity::High
        };
        // somebody meant to restrict even what is worth no finding unrestricted, such as a working folder
        return Verdict::new(
            "weak-path-containment",
            severity,
            "passes a check that does not contain it, and chooses the file in",
            "the check before does not keep the path inside",
            "resolve both paths, links included, and compare by components (or with a separator at the end of the root)",
        );
    }
    let severity = if case.hit.access == Some(Access::Read) {
        Severity::High
    } else {
        Severity::Critical
    };
    let verdict = Verdict::new(
        "path-traversal",
        severity,
        "chooses the file in",
        "any file can be named here",
        "resolve the path, links included, and check that it lies below an allowed folder before it is used",
    );
    if case.hit.audit {
        verdict.audit()
    } else {
        Verdict {
            confidence: Confidence::High,
            ..verdict
        }
    }
}
