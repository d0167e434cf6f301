//! `timing-unsafe-comparison`: a presented secret compared byte by byte.

use crate::finding::Finding;
use crate::ir::Language;
use crate::rules::{Context, Draft};
use crate::server::FactKind;

const RULE: &str = "timing-unsafe-comparison";

/// One finding for each comparison.
pub fn judge(context: &Context<'_>, found: &mut Vec<Finding>) {
    for fact in context
        .server
        .facts
        .iter()
        .filter(|fact| fact.kind == FactKind::Comparison)
    {
        let help = match context.project.module(fact.module).language {
            Language::TypeScript => "Compare buffers of equal length with `crypto.timingSafeEqual`.",
            Language::Python => "Compare with `hmac.compare_digest`.",
            Language::Rust => "Compare with `ct_eq` of the crate subtle.",
        };
        let mut draft = Draft::new(
            RULE,
            context.location(fact.module, fact.span),
            "A credential is compared with an operator that stops at the first difference. The time it takes tells a caller how much of a guess is right.",
        )
        .help(help)
        .scope(context.scope(fact.func));
        if let Some((module, span)) = fact
            .from
            .filter(|(module, span)| *module != fact.module || !fact.span.contains(*span))
        {
            draft = draft.related(context.location(module, span), "it comes in here");
        }
        found.push(draft.build());
    }
}
