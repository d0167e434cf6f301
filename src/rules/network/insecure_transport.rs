//! `insecure-transport`: credentials that go where anybody may listen or answer.

use crate::finding::{Finding, Severity, Tier};
use crate::rules::{Context, Draft};
use crate::server::FactKind;

const RULE: &str = "insecure-transport";

/// One finding for each place.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for fact in &context.server.facts {
        let (message, help) = match fact.kind {
            FactKind::PlainHttp => (
                format!(
                    "A credential goes to `{}` over plain HTTP. Whoever sits on the way can read it.",
                    fact.what
                ),
                "Use https.",
            ),
            FactKind::Unencrypted => (
                format!(
                    "The connection to the database is not encrypted (`{}`). Whoever sits on the way can read statements and answers.",
                    fact.what
                ),
                "Use `EncryptionLevel::Required`.",
            ),
            FactKind::HostKey => (
                format!(
                    "Any SSH host key is accepted (`{}`). Whoever sits on the way can pose as the host, and gets the commands and the login.",
                    fact.what
                ),
                "Load known hosts and refuse keys that are not among them.",
            ),
            _ => continue,
        };
        let draft = Draft::new(RULE, context.location(fact.module, fact.span), message)
            .help(help)
            .scope(context.scope(fact.func));
        let draft = match fact.asked {
            true => draft.tier(Tier::Strict).severity(Severity::Low),
            false => draft,
        };
        found.push(draft.build());
    }
}
