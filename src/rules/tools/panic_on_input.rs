//! `panic-on-input`: input that is not as expected ends a Rust handler by a panic.

use std::collections::BTreeMap;

use super::with_way;
use crate::finding::Finding;
use crate::flow::{Deed, Effect, Place};
use crate::rules::context::{Context, Draft};
use crate::rules::surface::display_name;
use crate::server::EntryPoint;

const RULE: &str = "panic-on-input";

/// Judges every place where a handler may panic, once.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut places: BTreeMap<Place, (&Deed, &EntryPoint, Option<String>)> = BTreeMap::new();
    for ((of, tool), deeds) in &context.analysis.deeds {
        let Some(entry) = context.server.entries.get(*of as usize) else {
            continue;
        };
        for deed in deeds {
            if deed.effect == Effect::Panic && context.judges(deed.place.module) {
                let tool = tool.map(|name| name.as_str().to_owned());
                places.entry(deed.place).or_insert((deed, entry, tool));
            }
        }
    }
    for (deed, entry, tool) in places.into_values() {
        findings.push(finding(context, deed, entry, tool));
    }
}

fn finding(context: &Context<'_>, deed: &Deed, entry: &EntryPoint, tool: Option<String>) -> Finding {
    let mut path: Vec<&str> = deed
        .origin
        .and_then(|origin| context.analysis.origins.get(origin as usize))
        .map(|origin| origin.path.iter().map(|name| name.as_str()).collect())
        .unwrap_or_default();
    if path.is_empty() && !deed.text.is_empty() {
        path.push(&deed.text);
    }
    let argument = if path.is_empty() {
        "its arguments".to_owned()
    } else {
        format!("argument `{}`", path.join("."))
    };
    let (does, help) = match deed.callee.as_str() {
        "slice" => (
            "is cut at a fixed byte: a text that is shorter, or has a character across that place, panics",
            "Cut at a character: `text.chars().take(n).collect::<String>()`, or `text.get(..n)`.",
        ),
        "index" => (
            "is indexed: with fewer elements the handler panics",
            "Use `.get(i)` and answer with an error: `.ok_or_else(|| McpError::invalid_params(…, None))?`.",
        ),
        _ => (
            "is unwrapped: if it is missing or malformed the handler panics",
            "Answer with an error: `.ok_or_else(|| McpError::invalid_params(\"…\", None))?` (`map_err` for a `Result`).",
        ),
    };
    let name = tool.unwrap_or_else(|| display_name(context.project, entry));
    let mut draft = Draft::new(
        RULE,
        context.location(deed.place.module, deed.place.span),
        format!("{argument} of tool `{name}` {does}"),
    )
    .label(format!("`{}` on what the caller sent", deed.callee))
    .note("the task of the call dies without an answer, or the whole server with it")
    .help(help)
    .tool(name);
    if !path.is_empty() {
        draft = draft.parameter(path.join("."));
    }
    if deed.way.is_empty() {
        return draft.build();
    }
    with_way(draft, context, deed).build()
}
