//! `missing-origin-check`: a server that a web page reaches under a name of its own.

use crate::finding::{Finding, Tier};
use crate::ir::Language;
use crate::project::{Age, Told};
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
            "The MCP server checks neither the host nor the origin of a request.".to_owned(),
            false,
        ),
        Origins::Off(module, span) => (
            module,
            span,
            "The check of host and origin is switched off.".to_owned(),
            true,
        ),
        Origins::Ignored(module, span) => (
            module,
            span,
            "The hosts and origins given here are not checked: the SDK ignores the lists unless `enableDnsRebindingProtection` is true.".to_owned(),
            true,
        ),
        Origins::Old(module, span, Told { package, version, file }) => (
            module,
            span,
            format!(
                "The SDK's version checks neither the host nor the origin of a request by default: `{file}` says `{package}` {version}."
            ),
            false,
        ),
        Origins::Promised(module, span, Told { package, version, file }) => (
            module,
            span,
            format!(
                "The SDK's version may check neither the host nor the origin of a request: there is no lock file for it, and `{file}` promises no more than `{package}` {version}."
            ),
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
    let may = matches!(listener.origins, Origins::Promised(..));
    let draft = match listener.bind {
        _ if may => draft.tier(Tier::Strict),
        // `missing-auth` tells of these: the check comes after it
        Bind::All if !sure => draft.tier(Tier::Strict),
        Bind::Other if !sure => draft.tier(Tier::Strict),
        _ => draft,
    };
    Some(draft.build())
}

fn remedy(context: &Context<'_>, listener: &Listener) -> String {
    let text = match context.project.module(listener.module).language {
        Language::TypeScript => return remedy_typescript(context, listener),
        Language::Python if listener.form.starts_with("fastmcp-run") => {
            "Put Starlette's `TrustedHostMiddleware` before the app; newer versions of the SDK check by themselves on 127.0.0.1."
        }
        Language::Python => "Give the transport `security_settings=TransportSecuritySettings(allowed_hosts=[…])`.",
        Language::Rust => "Use rmcp 1.4 or newer with its list of allowed hosts.",
    };
    text.to_owned()
}

/// The app that checks by itself, where the SDK at hand has it.
fn remedy_typescript(context: &Context<'_>, listener: &Listener) -> String {
    let row = context.models.network().origin(Language::TypeScript);
    let age = row.and_then(|row| {
        let since = row.apps_since()?;
        Some((row, context.project.age(listener.module, &row.apps_package, since)))
    });
    let by_hand = "give the transport `enableDnsRebindingProtection: true` with `allowedHosts`";
    match age {
        Some((row, Age::Older(Told { package, version, file }))) => format!(
            "Update the SDK to {} and make the app with `createMcpExpressApp()` (`{file}` says `{package}` {version}), or {by_hand}.",
            row.apps_since
        ),
        _ => format!("Make the app with `createMcpExpressApp()`, or {by_hand}."),
    }
}
