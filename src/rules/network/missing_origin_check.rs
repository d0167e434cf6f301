//! `missing-origin-check`: a server that a web page reaches under a name of its own.

use crate::finding::{Finding, Tier};
use crate::ir::Language;
use crate::rules::{Context, Draft};
use crate::server::{Auth, Bind, Listener, Origins};

const RULE: &str = "missing-origin-check";

/// One finding for each listener without authentication that answers whatever host or origin it is called for.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for listener in &context.server.listeners {
        if listener.serves.is_empty() || listener.auth != Auth::None {
            continue;
        }
        found.extend(tell(context, listener));
    }
    // several listeners may share one transport
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|finding| finding.rule != RULE || seen.insert(finding.primary));
}

fn tell(context: &Context<'_>, listener: &Listener) -> Option<Finding> {
    let (module, span, what, sure) = match listener.origins {
        Origins::Checked => return None,
        Origins::Unchecked(module, span) => (
            module,
            span,
            "The MCP server checks neither the host nor the origin of a request.",
            false,
        ),
        Origins::Off(module, span) => (module, span, "The check of host and origin is switched off.", true),
        Origins::Ignored(module, span) => (
            module,
            span,
            "The hosts and origins given here are not checked: the SDK ignores the lists unless `enableDnsRebindingProtection` is true.",
            true,
        ),
        Origins::Old(module, span) => (
            module,
            span,
            "The SDK's version checks neither the host nor the origin of a request by default.",
            false,
        ),
    };
    let draft = Draft::new(
        RULE,
        context.location(module, span),
        format!("{what} A web page can rebind its own name to this machine's address and then call the tools through the browser of whoever visits it."),
    )
    .related(context.location(listener.module, listener.span), "it listens here")
    .help(remedy(context, listener))
    .scope(context.scope(listener.func));
    let draft = match listener.bind {
        // `missing-auth` tells of these: the check comes after it
        Bind::All if !sure => draft.tier(Tier::Strict),
        Bind::Other if !sure => draft.tier(Tier::Strict),
        _ => draft,
    };
    Some(draft.build())
}

fn remedy(context: &Context<'_>, listener: &Listener) -> &'static str {
    match context.project.module(listener.module).language {
        Language::TypeScript => {
            "Make the app with `createMcpExpressApp()`, or give the transport `enableDnsRebindingProtection: true` with `allowedHosts`."
        }
        Language::Python if listener.form.starts_with("fastmcp-run") => {
            "Put Starlette's `TrustedHostMiddleware` before the app; newer versions of the SDK check by themselves on 127.0.0.1."
        }
        Language::Python => "Give the transport `security_settings=TransportSecuritySettings(allowed_hosts=[…])`.",
        Language::Rust => "Use rmcp 1.4 or newer with its list of allowed hosts.",
    }
}
