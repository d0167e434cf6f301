//! `token-passthrough`: a caller's token that is handed on, or believed without proof.

use crate::finding::{Finding, Severity, Tier};
use crate::rules::{Context, Draft};
use crate::server::FactKind;

const RULE: &str = "token-passthrough";

/// One finding for each place.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for fact in &context.server.facts {
        let (message, help) = match fact.kind {
            FactKind::Forwarded => (
                "The caller's token is handed on to another service. A token for any audience works here then, and the other service cannot tell who calls.".to_owned(),
                "Verify that the token was issued for this server, and call the other service with a credential of the server's own or an exchanged token.",
            ),
            FactKind::Unverified => (
                format!(
                    "A token is decoded without checking its signature (`{}`). Anybody can write one that says what they like.",
                    fact.what
                ),
                "Verify signature, issuer and audience before a claim is used.",
            ),
            FactKind::Audience => (
                format!(
                    "A token is accepted for whomever it was issued (`{}`). A token that another service was given opens this one.",
                    fact.what
                ),
                "Pass the server's own identifier as audience.",
            ),
            _ => continue,
        };
        let mut draft = Draft::new(RULE, context.location(fact.module, fact.span), message)
            .help(help)
            .scope(context.scope(fact.func));
        if let Some((module, span)) = fact
            .from
            .filter(|(module, span)| *module != fact.module || !fact.span.contains(*span))
        {
            draft = draft.related(context.location(module, span), "the token comes in here");
        }
        if fact.asked && fact.kind != FactKind::Forwarded {
            draft = draft.tier(Tier::Strict).severity(Severity::Low);
        }
        found.push(draft.build());
    }
}
