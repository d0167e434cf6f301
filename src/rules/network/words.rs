//! What listeners are called, and the remedies in the SDK at hand.

use std::collections::BTreeSet;

use crate::flow::Capability;
use crate::ir::Language;
use crate::rules::Context;
use crate::server::{Listener, Reason};

/// What the tools behind a listener can do that does harm in wrong hands, for a message; empty when nothing is known.
pub(super) fn powers(context: &Context<'_>, listener: &Listener) -> Vec<&'static str> {
    let package = context.project.package(listener.module);
    let mut found: BTreeSet<Capability> = BTreeSet::new();
    for ((index, _), capabilities) in &context.analysis.reaches {
        let near = listener.entries.contains(&(*index as usize))
            || context
                .server
                .entries
                .get(*index as usize)
                .is_some_and(|entry| context.project.package(entry.module) == package);
        if near {
            found.extend(capabilities);
        }
    }
    found
        .into_iter()
        .filter_map(|capability| match capability {
            Capability::RunsCommands => Some("run commands"),
            Capability::EvaluatesCode => Some("run code"),
            Capability::WritesFiles => Some("change files"),
            Capability::ReadsFiles => Some("read files"),
            Capability::Database => Some("query a database"),
            Capability::Network | Capability::Environment => None,
        })
        .collect()
}

/// `a, b and c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// How a listener comes to listen where it does.
pub(super) fn address(listener: &Listener) -> String {
    match &listener.reason {
        Reason::Given(text) if text.is_empty() => "an empty host means every interface".to_owned(),
        Reason::Given(text) => format!("`{text}` is every interface"),
        Reason::LeftOut => format!(
            "no host is given, and {} then listens on every interface",
            framework(listener)
        ),
        Reason::Unknown => "the host is not known".to_owned(),
    }
}

/// A framework's name for people.
fn framework(listener: &Listener) -> &'static str {
    match listener.form.as_str() {
        "node-http" => "Node",
        "hono-node" => "the Node adapter of Hono",
        "bun" => "the runtime",
        "fastmcp-npm" => "FastMCP",
        "websocket" => "the WebSocket server",
        "aiohttp" | "aiohttp-site" => "aiohttp",
        "websockets" => "websockets",
        "mcp-use" => "mcp-use",
        _ => "it",
    }
}

/// How callers are authenticated with what the listener is written in.
pub(super) fn authenticate(context: &Context<'_>, listener: &Listener) -> &'static str {
    match (context.project.module(listener.module).language, listener.form.as_str()) {
        (Language::TypeScript, "fastmcp-npm") => {
            "Give the server an `authenticate` function that throws a 401 `Response`, or set `httpStream.host` to \"127.0.0.1\"."
        }
        (Language::TypeScript, "fastify") => {
            "Check the token in an `onRequest` hook before the MCP routes, or listen on `host: \"127.0.0.1\"`."
        }
        (Language::TypeScript, "websocket") => {
            "Check a token and the origin in `verifyClient`, or pass `host: \"127.0.0.1\"`."
        }
        (Language::TypeScript, _) => {
            "Put `requireBearerAuth({ verifier })` before the MCP route, or listen on \"127.0.0.1\" where only this machine needs it."
        }
        (Language::Python, "fastmcp-run" | "fastmcp-run-http" | "mcp-use") => {
            "Give the server `auth=` with a token verifier, or keep the host at \"127.0.0.1\"."
        }
        (Language::Python, _) => {
            "Put an authenticating middleware around the app (`RequireAuthMiddleware` of the SDK does it), or pass host=\"127.0.0.1\"."
        }
        (Language::Rust, _) => {
            "Add a layer that checks the token behind the MCP route (`axum::middleware::from_fn`), or bind 127.0.0.1."
        }
    }
}

/// How to listen on this machine alone.
pub(super) fn loopback(context: &Context<'_>, listener: &Listener) -> &'static str {
    match (context.project.module(listener.module).language, listener.form.as_str()) {
        (Language::TypeScript, "node-http") => "Pass the host: `listen(port, \"127.0.0.1\")`.",
        (Language::TypeScript, "hono-node" | "bun") => "Pass `hostname: \"127.0.0.1\"`.",
        (Language::TypeScript, _) => "Pass `host: \"127.0.0.1\"`.",
        (Language::Python, _) => "Pass host=\"127.0.0.1\".",
        (Language::Rust, _) => "Bind 127.0.0.1.",
    }
}
