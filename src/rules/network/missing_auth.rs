//! `missing-auth`: a server on the network that anybody may call.

use super::words::{address, authenticate, listed, powers};
use crate::finding::{Confidence, Finding, Location, Severity};
use crate::rules::{Context, Draft};
use crate::server::{Auth, Bind, Listener, Reason};

const RULE: &str = "missing-auth";

/// One finding for each listener that serves MCP to whoever reaches it.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for listener in &context.server.listeners {
        if listener.serves.is_empty() || matches!(listener.auth, Auth::Some(_)) {
            continue;
        }
        match listener.bind {
            Bind::All => found.push(on_all(context, listener)),
            Bind::Loopback | Bind::Other => found.extend(by_cors(context, listener)),
        }
    }
}

/// Open to the network.
fn on_all(context: &Context<'_>, listener: &Listener) -> Finding {
    let location = context.location(listener.module, listener.span);
    let powers = powers(context, listener);
    let can = match powers.is_empty() {
        true => "call its tools".to_owned(),
        false => format!("{} with its tools", listed(&powers)),
    };
    let address = address(context, listener);
    let by_power = |draft: Draft| match powers.is_empty() {
        true => draft.severity(Severity::Medium),
        false => draft,
    };
    let draft = match &listener.auth {
        Auth::When { setting, module, span } => Draft::new(
            RULE,
            location,
            format!(
                "Callers of the MCP server are authenticated only when `{setting}` is set. Without it, whoever reaches the port can {can}: {address}."
            ),
        )
        .related(context.location(*module, *span), "authentication hangs on this")
        .help(format!(
            "Refuse to start without `{setting}`, or listen on 127.0.0.1 as long as it is not set."
        ))
        .severity(Severity::Medium)
        .confidence(Confidence::Medium),
        Auth::Lax { call, module, span } => by_power(
            Draft::new(
                RULE,
                location,
                format!("`{call}` lets calls pass that bring no token, unless it is given `required: true`. Whoever reaches the server can {can}."),
            )
            .related(context.location(*module, *span), "calls without a token pass here")
            .help(format!("Give `{call}` the option `required: true`.")),
        ),
        _ if listener.reason == Reason::Hosted => by_power(
            Draft::new(
                RULE,
                location,
                format!("The MCP server does not authenticate its callers: {address} and can {can}."),
            )
            .help(authenticate(context, listener)),
        ),
        _ => by_power(
            Draft::new(
                RULE,
                location,
                format!(
                    "The MCP server listens on every interface and does not authenticate its callers. Whoever reaches the port can {can}: {address}."
                ),
            )
            .help(authenticate(context, listener)),
        ),
    };
    finish(context, listener, draft)
}

/// Open to every web page that a user of this machine visits.
fn by_cors(context: &Context<'_>, listener: &Listener) -> Option<Finding> {
    let cors = listener.cors.first()?;
    if listener.auth != Auth::None {
        return None;
    }
    let place = match listener.bind {
        Bind::Loopback => "A web page in a browser on this machine",
        _ => "A web page in a browser that reaches the port",
    };
    let draft = Draft::new(
        RULE,
        context.location(cors.module, cors.span),
        format!(
            "Any web page may call the MCP server, which does not authenticate its callers. {place} can call its tools and read the answers, because every origin is allowed."
        ),
    )
    .label("every origin is allowed")
    .related(context.location(listener.module, listener.span), "it listens here")
    .help("Name the origins that may call, and authenticate callers by a token that a foreign page cannot know.")
    .severity(Severity::Medium);
    Some(finish(context, listener, draft))
}

fn finish(context: &Context<'_>, listener: &Listener, draft: Draft) -> Finding {
    let mut draft = draft.scope(context.scope(listener.func));
    for (module, span, path) in listener.serves.iter().take(3) {
        let location: Location = context.location(*module, *span);
        if *module == listener.module && *span == listener.span {
            continue;
        }
        draft = draft.related(location, format!("`{path}` is open"));
    }
    draft.build()
}
