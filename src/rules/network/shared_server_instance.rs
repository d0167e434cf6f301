//! `shared-server-instance`: one server or transport object for several clients.

use crate::finding::Finding;
use crate::rules::{Context, Draft};
use crate::server::FactKind;

const RULE: &str = "shared-server-instance";

/// One finding for each place that connects a shared object.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for fact in &context.server.facts {
        let (message, label) = match fact.kind {
            FactKind::SharedServer => (
                format!(
                    "`{}` is one server object for all clients, and each request connects it anew. An answer can go to the client that connected last instead of the one that asked.",
                    fact.what
                ),
                "made once",
            ),
            FactKind::SharedTransport => (
                "One stateless transport serves all clients. Requests of different clients with the same id get each other's answers.".to_owned(),
                "every request is handled by it",
            ),
            _ => continue,
        };
        let mut draft = Draft::new(RULE, context.location(fact.module, fact.span), message)
            .help("Make a server and a transport for each request, or for each session and keep them by its id.")
            .scope(context.scope(fact.func));
        if let Some((module, span)) = fact.from {
            draft = draft.related(context.location(module, span), label);
        }
        found.push(draft.build());
    }
}
