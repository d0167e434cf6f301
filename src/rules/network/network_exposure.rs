//! `network-exposure`: a server that listens on every interface.

use super::words::{address, loopback};
use crate::finding::{Finding, Severity, Tier};
use crate::rules::{Context, Draft};
use crate::server::{Auth, Bind, Listener, Reason};

const RULE: &str = "network-exposure";

/// One finding for each listener that every interface reaches, unless `missing-auth` tells of it.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for listener in &context.server.listeners {
        // what a platform hosts is meant to be reached
        let hosted = listener.reason == Reason::Hosted;
        if listener.bind == Bind::All
            && !hosted
            && (listener.serves.is_empty() || matches!(listener.auth, Auth::Some(_)))
        {
            found.push(tell(context, listener));
        }
    }
}

fn tell(context: &Context<'_>, listener: &Listener) -> Finding {
    let location = context.location(listener.module, listener.span);
    let address = address(context, listener);
    let draft = match (&listener.auth, listener.websocket) {
        // what connects here speaks for the user's browser or editor
        (Auth::None, true) => Draft::new(
            RULE,
            location,
            format!("A WebSocket server beside the MCP server takes anyone's connection. Other machines can speak for the program that is meant to connect: {address}."),
        ),
        (Auth::Some(_), _) => Draft::new(
            RULE,
            location,
            format!("The server listens on every interface, its callers authenticated. Whoever reaches the port may try: {address}."),
        )
        .severity(Severity::Low)
        .tier(Tier::Audit),
        _ => Draft::new(
            RULE,
            location,
            format!("The server listens on every interface. Other machines on the network can reach it: {address}."),
        )
        .severity(Severity::Low)
        .tier(Tier::Strict),
    };
    let draft = match &listener.auth {
        Auth::Some(Some((module, span))) => draft.related(context.location(*module, *span), "callers are checked here"),
        _ => draft,
    };
    draft
        .help(loopback(context, listener))
        .scope(context.scope(listener.func))
        .build()
}
