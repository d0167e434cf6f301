//! `permissive-cors`: answers that every web page may read.

use crate::finding::{Finding, Tier};
use crate::rules::{Context, Draft};
use crate::server::{Auth, Bind};

const RULE: &str = "permissive-cors";

/// One finding for each place that allows any origin on a server of MCP.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen = std::collections::BTreeSet::new();
    for listener in &context.server.listeners {
        if listener.serves.is_empty() {
            continue;
        }
        for cors in &listener.cors {
            // where only this opens the server `missing-auth` stands at the same place
            let open = listener.auth == Auth::None;
            if open && listener.bind != Bind::All || !seen.insert((cors.module, cors.span)) {
                continue;
            }
            let (message, tier) = match (open, cors.credentials) {
                (true, _) => (
                    "Every origin may call the MCP server, which does not authenticate its callers. A web page can call its tools and read the answers, even once the server listens on this machine alone.",
                    Tier::Default,
                ),
                (false, true) => (
                    "Every origin may call the server with the browser's credentials. A web page acts as whoever is logged in.",
                    Tier::Strict,
                ),
                (false, false) => (
                    "Every origin may call the server. A page that gets hold of a token can use it from any browser.",
                    Tier::Audit,
                ),
            };
            found.push(
                Draft::new(RULE, context.location(cors.module, cors.span), message)
                    .related(context.location(listener.module, listener.span), "it listens here")
                    .help("Name the origins that may call, or leave CORS out: MCP clients that are no web pages do not need it.")
                    .tier(tier)
                    .scope(context.scope(listener.func))
                    .build(),
            );
        }
    }
}
