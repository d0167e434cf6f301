//! What runs as code in this process: `code-injection`, `template-injection`, `unsafe-deserialization`.

use super::{Case, Verdict};
use crate::finding::Severity;

/// Program text that was built with the caller's, or chosen by a name of the caller's.
pub(super) fn code(case: &Case<'_>) -> Verdict {
    let lookup = case.hit.callee == "getattr";
    let verdict = if lookup {
        Verdict::new(
            "code-injection",
            Severity::High,
            "names the attribute that is looked up by",
            "any method of this object can be called",
            "look the name up in a constant table of what may be called",
        )
    } else {
        Verdict::new(
            "code-injection",
            Severity::Critical,
            "becomes program text run by",
            "the caller's text runs with the rights of the server here",
            "parse the value as data (`JSON.parse`, `ast.literal_eval`), or choose from a constant table; if code has to run, run it in a \
             separate process without rights",
        )
    };
    if case.hit.audit || lookup && super::second_hand(case) {
        verdict.audit()
    } else {
        verdict
    }
}

pub(super) fn template(case: &Case<'_>) -> Verdict {
    let verdict = Verdict::new(
        "template-injection",
        Severity::High,
        "becomes template text compiled by",
        "expressions in the template run with the rights of the server",
        "keep templates constant and pass the value as data, or compile it in a sandboxed environment",
    );
    if case.hit.audit { verdict.audit() } else { verdict }
}

pub(super) fn deserialize(case: &Case<'_>) -> Verdict {
    let verdict = Verdict::new(
        "unsafe-deserialization",
        Severity::Critical,
        "is data read by",
        "reading this data can run code that it names",
        "use a format that holds data only: JSON, `yaml.safe_load`, safetensors",
    );
    if case.hit.audit { verdict.audit() } else { verdict }
}
