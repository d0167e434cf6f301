//! `annotation-mismatch`: a tool that promises to read, or to destroy nothing, and does otherwise.

use super::{Conduct, annotations, callee, conducts, is_housekeeping, language, verb, with_way};
use crate::finding::{Confidence, Finding, Severity, Tier};
use crate::flow::{Deed, Effect};
use crate::rules::context::{Context, Draft};

const RULE: &str = "annotation-mismatch";

/// What a tool promises.
enum Promise {
    /// `readOnlyHint: true`.
    ReadOnly,
    /// `destructiveHint: false`.
    Harmless,
    /// Its name and description speak of reading alone.
    Name,
}

/// Judges every tool.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for conduct in conducts(context) {
        let Some(promise) = promise(context, &conduct) else {
            continue;
        };
        let broken = conduct
            .deeds
            .iter()
            .copied()
            .filter(|deed| breaks(&promise, deed) && !is_housekeeping(context, deed))
            .min_by_key(|deed| (tier(&promise, deed), deed.effect, deed.way.len()));
        if let Some(deed) = broken {
            findings.push(finding(context, &conduct, &promise, deed));
        }
    }
}

fn promise(context: &Context<'_>, conduct: &Conduct<'_>) -> Option<Promise> {
    match (conduct.hint("readOnlyHint"), conduct.hint("destructiveHint")) {
        (Some(true), _) => Some(Promise::ReadOnly),
        (_, Some(false)) => Some(Promise::Harmless),
        (None, None) => conduct.only_reads(context.models.wording()).then_some(Promise::Name),
        _ => None,
    }
}

fn breaks(promise: &Promise, deed: &Deed) -> bool {
    match promise {
        Promise::ReadOnly => matches!(
            deed.effect,
            Effect::Delete | Effect::Write | Effect::Execute | Effect::Send | Effect::Pay
        ),
        Promise::Harmless => match deed.effect {
            Effect::Delete => deed.chosen,
            Effect::Execute => true,
            _ => false,
        },
        // running a command is what an injection makes of it, not what the tool is for
        Promise::Name => match deed.effect {
            Effect::Delete | Effect::Write => deed.carries,
            _ => false,
        },
    }
}

/// What the caller has no part in may be state that the server keeps for itself under an unusual name.
fn tier(promise: &Promise, deed: &Deed) -> Tier {
    match promise {
        Promise::Name if deed.effect == Effect::Delete && deed.chosen => Tier::Default,
        Promise::Name => Tier::Strict,
        _ if deed.carries => Tier::Default,
        _ => Tier::Strict,
    }
}

fn finding(context: &Context<'_>, conduct: &Conduct<'_>, promise: &Promise, deed: &Deed) -> Finding {
    let tool = conduct.tool;
    let says = match promise {
        Promise::ReadOnly => "is annotated `readOnlyHint: true`",
        Promise::Harmless => "is annotated `destructiveHint: false`",
        Promise::Name => "promises by its name to read",
    };
    let destroys = matches!(deed.effect, Effect::Delete | Effect::Execute | Effect::Pay);
    let remedy = annotations(language(context, tool), false, destroys);
    let draft = Draft::new(
        RULE,
        context.location(tool.module, tool.span),
        format!("tool `{}` {says}, but {} with `{}`", conduct.name, verb(deed.effect), callee(deed)),
    )
    .label("clients may run this without asking")
    .help(format!(
        "Say what it does ({remedy}, and in the description), or move the part that changes something into a tool of its own."
    ))
    .severity(if deed.effect == Effect::Write {
        Severity::Medium
    } else {
        Severity::High
    })
    .confidence(if deed.chosen { Confidence::High } else { Confidence::Medium })
    .tier(tier(promise, deed))
    .tool(conduct.name.clone());
    with_way(draft, context, deed).build()
}
