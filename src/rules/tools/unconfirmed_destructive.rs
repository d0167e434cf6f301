//! `unconfirmed-destructive-tool`: a tool that deletes, sends or pays, and nobody is told before.

use super::{Conduct, annotations, callee, conducts, is_housekeeping, language, verb, with_way};
use crate::finding::{Confidence, Finding, Severity, Tier};
use crate::flow::{Deed, Effect};
use crate::ir::Language;
use crate::models::Wording;
use crate::rules::context::{Context, Draft};

const RULE: &str = "unconfirmed-destructive-tool";

/// Judges every tool.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let wording = context.models.wording();
    for conduct in conducts(context) {
        // annotated one way or the other: whether that is true is for another rule
        let annotated = conduct.hint("destructiveHint").is_some() || conduct.hint("readOnlyHint").is_some();
        if annotated || conduct.is_confirmed(wording) {
            continue;
        }
        let worst = conduct
            .deeds
            .iter()
            .copied()
            .filter(|deed| matches!(deed.effect, Effect::Delete | Effect::Send | Effect::Pay))
            // what a name promises is for the other rule
            .filter(|deed| deed.effect != Effect::Delete || !conduct.only_reads(wording))
            .filter(|deed| deed.chosen && !is_beside(deed) && !is_housekeeping(context, deed))
            .min_by_key(|deed| (says_so(wording, &conduct, deed.effect), deed.effect, deed.way.len()));
        if let Some(deed) = worst {
            findings.push(finding(context, &conduct, deed, wording));
        }
    }
}

/// Whether what is deleted is named after what the caller names, with an ending of the server's own.
fn is_beside(deed: &Deed) -> bool {
    deed.effect == Effect::Delete
        && deed.text.contains('?')
        && deed.text.ends_with(|c: char| c.is_alphanumeric())
        && !deed.text.contains("from ")
}

/// Whether name or description speak of it, or what a parameter can be (`"list" | "delete"`), or the name of some change.
fn says_so(wording: &Wording, conduct: &Conduct<'_>, effect: Effect) -> bool {
    let list = match effect {
        Effect::Delete => &wording.destroys,
        Effect::Send => &wording.sends,
        _ => &wording.pays,
    };
    let chosen = conduct.tool.params.iter().any(|param| {
        Wording::speaks(list, &param.type_text) || param.description.is_some_and(|text| Wording::speaks(list, &text))
    });
    chosen || Wording::speaks(list, &conduct.words()) || Wording::speaks(&wording.changes, &conduct.name)
}

fn finding(context: &Context<'_>, conduct: &Conduct<'_>, deed: &Deed, wording: &Wording) -> Finding {
    let tool = conduct.tool;
    let told = says_so(wording, conduct, deed.effect);
    let language = language(context, tool);
    let silence = if told {
        "neither an annotation nor a step of confirmation"
    } else {
        "no word of it in its description, annotations or a step of confirmation"
    };
    let ask = match language {
        Language::TypeScript => "ask the user with `server.server.elicitInput(…)`",
        Language::Python => "ask the user with `await ctx.elicit(…)`",
        Language::Rust => "ask the user with `peer.elicit::<T>(…)`",
    };
    let draft = Draft::new(
        RULE,
        context.location(tool.module, tool.span),
        format!(
            "tool `{}` {} with `{}`, with {silence}",
            conduct.name,
            verb(deed.effect),
            callee(deed)
        ),
    )
    .label("the caller decides what it is done to")
    .help(format!(
        "Annotate it ({}) and say it in the description; where it cannot be undone, {ask} first.",
        annotations(language, false, true)
    ))
    .severity(if told { Severity::Low } else { Severity::Medium })
    .confidence(Confidence::High)
    .tier(if told { Tier::Strict } else { Tier::Default })
    .tool(conduct.name.clone());
    with_way(draft, context, deed).build()
}
