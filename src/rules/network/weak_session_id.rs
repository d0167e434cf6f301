//! `weak-session-id`: sessions that can be guessed.

use crate::finding::Finding;
use crate::rules::{Context, Draft};
use crate::server::FactKind;

const RULE: &str = "weak-session-id";

/// One finding for each generator of session ids that is not random.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for fact in context
        .server
        .facts
        .iter()
        .filter(|fact| fact.kind == FactKind::Session)
    {
        found.push(
            Draft::new(
                RULE,
                context.location(fact.module, fact.span),
                format!(
                    "Session ids are made of {}. Whoever guesses one joins the session of another client.",
                    fact.what
                ),
            )
            .help("Use `sessionIdGenerator: () => randomUUID()` of node:crypto.")
            .scope(context.scope(fact.func))
            .build(),
        );
    }
}
