//! What leaves the server that should not: `error-leak`, `secret-in-output`, `sensitive-field-in-output`, `secret-in-log`.

use super::{Case, Verdict};
use crate::finding::{Confidence, Severity, Tier};
use crate::flow::Detail;
use crate::ir::Name;

/// Text shown to the client.
pub(super) fn output(case: &Case<'_>) -> Option<Verdict> {
    let detail = case.hit.detail?;
    if detail == Detail::Record {
        return Some(Verdict {
            confidence: Confidence::Medium,
            tier: Tier::Strict,
            ..Verdict::new(
                "sensitive-field-in-output",
                Severity::Medium,
                "is sent to the client",
                "all fields of the record leave the server here",
                "answer with the fields that the tool promises, one by one, not with the record as it is kept",
            )
        });
    }
    if detail.is_secret() {
        return Some(Verdict::new(
            "secret-in-output",
            Severity::High,
            "is sent to the client",
            "whoever talks to the server, and the model with it, reads the secret",
            "leave it out; say whether it is set, or show a masked form",
        ));
    }
    let http = case.hit.callee.starts_with("*.");
    let shown = matches!(detail, Detail::Object | Detail::Request | Detail::Stack) || http && detail == Detail::Text;
    let severity = match detail {
        Detail::Request => Severity::High,
        Detail::Stack | Detail::Object => Severity::Medium,
        _ => Severity::Low,
    };
    let help = match detail {
        Detail::Request => "send a message of your own: the failed request carries headers with credentials",
        Detail::Stack => "log the stack trace and send a short message of your own",
        Detail::Object => "log the error and send a short message of your own, not the object with all its fields",
        _ => "send a message of your own, and log the error's",
    };
    let verdict = Verdict::new(
        "error-leak",
        severity,
        "is sent to the client",
        "leaves the server here",
        help,
    );
    Some(if shown {
        verdict
    } else {
        Verdict {
            confidence: Confidence::Medium,
            tier: Tier::Strict,
            ..verdict
        }
    })
}

/// Text written to a log.
pub(super) fn log(case: &Case<'_>) -> Option<Verdict> {
    case.hit.detail.filter(|detail| detail.is_secret())?;
    Some(Verdict::new(
        "secret-in-log",
        Severity::Medium,
        "is written to the log",
        "logs are kept, copied and read by others",
        "log the name, or whether it is set, not the value",
    ))
}

/// What leaks, for people.
pub(super) fn subject(detail: Detail, name: Option<Name>) -> String {
    match (detail, name) {
        (Detail::Record, Some(name)) => format!("a whole record with its field `{name}`"),
        (Detail::Record, None) => "a whole record".to_owned(),
        (Detail::Secret, Some(name)) => format!("the value of `{name}`"),
        (Detail::Secret, None) => "a secret".to_owned(),
        (Detail::Environment, _) => "the environment".to_owned(),
        (Detail::EnvironmentItems, _) => "the environment".to_owned(),
        (Detail::Stack, _) => "a stack trace".to_owned(),
        (Detail::Request, _) => "the failed request with its headers".to_owned(),
        (Detail::Object, _) => "a whole error object".to_owned(),
        (Detail::Text, _) => "an error's text".to_owned(),
        (Detail::Message, _) => "an error's message".to_owned(),
    }
}
