//! `disabled-tls-verification`: certificates that nobody checks.

use crate::finding::{Confidence, Finding, Severity, Tier};
use crate::ir::Language;
use crate::rules::{Context, Draft};
use crate::server::FactKind;

const RULE: &str = "disabled-tls-verification";

/// One finding for each place that switches the check off.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for fact in context.server.facts.iter().filter(|fact| fact.kind == FactKind::Tls) {
        let help = match context.project.module(fact.module).language {
            Language::TypeScript => "Leave the check on, and name the authority of a private certificate with `ca`.",
            Language::Python => {
                "Leave the check on, and name the authority of a private certificate: verify=\"ca.pem\"."
            }
            Language::Rust => {
                "Leave the check on, and add the authority of a private certificate with `add_root_certificate`."
            }
        };
        let draft = Draft::new(
            RULE,
            context.location(fact.module, fact.span),
            format!(
                "Certificates are not checked (`{}`). Whoever sits on the way can read and change what is sent, credentials too.",
                fact.what
            ),
        )
        .help(help)
        .scope(context.scope(fact.func));
        // somebody has to ask for it
        let draft = match fact.asked {
            true => draft
                .tier(Tier::Strict)
                .severity(Severity::Low)
                .confidence(Confidence::Medium),
            false => draft,
        };
        found.push(draft.build());
    }
}
