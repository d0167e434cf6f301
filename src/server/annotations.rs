//! Annotations of entry points.

use std::collections::BTreeMap;

use super::value::{At, Values};
use crate::ir::{ArgKind, Call, ExprKind, Literal, Name};

/// Whether a record is one of annotations (`{ readOnlyHint: true }`).
pub(super) fn is_annotations(values: &Values<'_>, at: At) -> bool {
    let at = values.follow(at);
    values.entries(at).iter().any(|(name, _)| name.ends_with("Hint"))
}

/// Adds the constants of an annotations record or of a `ToolAnnotations(…)` call.
pub(super) fn read_record(values: &Values<'_>, at: At, into: &mut BTreeMap<Name, Literal>) {
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Record { .. } => {
            let entries = values.entries(at);
            if entries
                .iter()
                .any(|(name, _)| name.ends_with("Hint") || name.as_str() == "title")
            {
                for (name, value) in entries {
                    add(values, name, value, into);
                }
            }
        }
        ExprKind::Call(call) => read_call(values, at, call, true, into),
        _ => {}
    }
}

/// Adds what a decorator or attribute says: `annotations(read_only_hint = true)`, `read_only_hint = true`, `annotations=…`.
pub(super) fn read_call(values: &Values<'_>, at: At, call: &Call, all: bool, into: &mut BTreeMap<Name, Literal>) {
    for arg in &call.args {
        match arg.kind {
            ArgKind::Named(name) if name.as_str() == "annotations" => read_record(values, at.with(arg.value), into),
            ArgKind::Named(name)
                if all || name.ends_with("_hint") || name.ends_with("Hint") || name.as_str() == "title" =>
            {
                add(values, Name::new(&camel(&name)), at.with(arg.value), into);
            }
            ArgKind::Positional => {
                if let ExprKind::Call(inner) = &values.expr(at.with(arg.value)).kind
                    && values
                        .last_name(at.with(inner.callee))
                        .is_some_and(|name| name.as_str() == "annotations")
                {
                    read_call(values, at.with(arg.value), inner, true, into);
                }
            }
            _ => {}
        }
    }
}

fn add(values: &Values<'_>, name: Name, at: At, into: &mut BTreeMap<Name, Literal>) {
    let found = match &values.expr(values.follow(at)).kind {
        ExprKind::Literal(literal) => Some(literal.clone()),
        _ => values.text(at).map(Literal::Str),
    };
    if let Some(found) = found {
        into.insert(name, found);
    }
}

fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            _ if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            _ => out.push(c),
        }
    }
    out
}
