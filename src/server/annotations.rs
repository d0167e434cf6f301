//! Annotations of entry points.

use std::collections::BTreeMap;

use super::value::{At, Values};
use crate::ir::{ArgKind, Call, ExprId, ExprKind, Language, Literal, Name};

/// How Rust's builder of annotations calls them.
const BUILDERS: &[(&str, &str)] = &[
    ("read_only", "readOnlyHint"),
    ("destructive", "destructiveHint"),
    ("idempotent", "idempotentHint"),
    ("open_world", "openWorldHint"),
];

/// How deep a chain of calls is followed.
const CHAIN: usize = 12;

/// Whether a record is one of annotations (`{ readOnlyHint: true }`).
pub(super) fn is_annotations(values: &Values<'_>, at: At) -> bool {
    let at = values.follow(at);
    values.entries(at).iter().any(|(name, _)| is_hint(name))
}

fn is_hint(name: &str) -> bool {
    name.ends_with("Hint") || name.ends_with("_hint")
}

/// Adds the constants of an annotations record or of a `ToolAnnotations(…)` call.
pub(super) fn read_record(values: &Values<'_>, at: At, into: &mut BTreeMap<Name, Literal>) {
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Record { .. } => {
            let entries = values.entries(at);
            if entries
                .iter()
                .any(|(name, _)| is_hint(name) || name.as_str() == "title")
            {
                for (name, value) in entries {
                    add(values, Name::new(&camel(&name)), value, into);
                }
            }
        }
        ExprKind::Call(_) if values.module(at.module).language == Language::Rust => read_chain(values, at, into),
        ExprKind::Call(call) => read_call(values, at, call, true, into),
        _ => {}
    }
}

/// Adds what a chain says: `ToolAnnotations::new().read_only(true).destructive(false)`; and `ToolAnnotations::from_raw(title, …)`.
fn read_chain(values: &Values<'_>, at: At, into: &mut BTreeMap<Name, Literal>) {
    let mut place = at;
    for _ in 0..CHAIN {
        let ExprKind::Call(call) = &values.expr(place).kind else {
            return;
        };
        match &values.expr(place.with(call.callee)).kind {
            ExprKind::Field { base, name, .. } => {
                let hint = BUILDERS.iter().find(|(method, _)| *name == **method);
                if let (Some((_, hint)), Some(arg)) = (hint, call.args.first()) {
                    add(values, Name::new(hint), place.with(arg.value), into);
                }
                place = values.follow(place.with(*base));
            }
            ExprKind::Path(path) if path.last().is_some_and(|name| name.as_str() == "from_raw") => {
                let hints = BUILDERS.iter().zip(call.args.iter().skip(1));
                for ((_, hint), arg) in hints {
                    add(values, Name::new(hint), place.with(arg.value), into);
                }
                return;
            }
            _ => return,
        }
    }
}

/// Adds what is said of a tool behind the call that makes it: `Tool::new(…).annotate(…)`.
pub(super) fn read_behind(values: &Values<'_>, at: At, into: &mut BTreeMap<Name, Literal>) {
    let module = values.module(at.module);
    let mut inner = at.expr;
    // a chain begins where its first call does
    let start = module.expr(at.expr).span.start;
    for _ in 0..CHAIN {
        let outer = (0_u32..).zip(&module.exprs).find_map(|(index, expr)| {
            let ExprKind::Call(call) = &expr.kind else { return None };
            let ExprKind::Field { base, name, .. } = &module.expr(call.callee).kind else {
                return None;
            };
            let begins = module.expr(*base).span.start == start;
            (begins && values.peel(at.with(*base)).expr == inner).then_some((ExprId(index), call, *name))
        });
        let Some((expr, call, name)) = outer else { return };
        if matches!(name.as_str(), "annotate" | "with_annotations" | "annotations")
            && let Some(arg) = call.args.first()
        {
            read_record(values, at.with(arg.value), into);
        }
        inner = expr;
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
