//! What things are called: names split into words and looked up in the rows.

use rustc_hash::FxHashMap;

use crate::flow::words_of;
use crate::ir::{ExprId, ExprKind, Literal, Module, Name};
use crate::models::NamePhrases;

/// The last name of what an expression names.
pub(super) fn last(module: &Module, expr: ExprId) -> Option<Name> {
    match &module.expr(expr).kind {
        ExprKind::Name(name) | ExprKind::Field { name, .. } => Some(*name),
        ExprKind::Path(path) => path.last().copied(),
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => last(module, *inner),
        _ => None,
    }
}

/// The variable, field or key that an expression means, through calls without arguments: `body` of `args["body"].trim()`.
pub(super) fn meant(module: &Module, expr: ExprId) -> Option<Name> {
    let mut at = expr;
    for _ in 0..12 {
        match &module.expr(at).kind {
            ExprKind::Name(name) | ExprKind::Field { name, .. } => return Some(*name),
            ExprKind::Index { index, base } => match &module.expr(*index).kind {
                ExprKind::Literal(Literal::Str(text)) => return Some(*text),
                _ => at = *base,
            },
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => at = *inner,
            ExprKind::Call(call) => match &module.expr(call.callee).kind {
                ExprKind::Field { base, name, .. } => {
                    // `args.get("body")`
                    if name == "get"
                        && let Some(first) = call.args.first()
                        && let ExprKind::Literal(Literal::Str(text)) = &module.expr(first.value).kind
                    {
                        return Some(*text);
                    }
                    at = *base;
                }
                _ => at = call.args.first()?.value,
            },
            _ => return None,
        }
    }
    None
}

/// NamePhrases with what was found out of names so far: the same names come again and again.
pub(super) struct Known<'a> {
    phrases: &'a NamePhrases,
    seen: FxHashMap<Name, bool>,
}

impl<'a> Known<'a> {
    pub(super) fn new(phrases: &'a NamePhrases) -> Self {
        Self {
            phrases,
            seen: FxHashMap::default(),
        }
    }

    pub(super) fn has(&mut self, name: Name) -> bool {
        let phrases = self.phrases;
        *self
            .seen
            .entry(name)
            .or_insert_with(|| phrases.matches(&words_of(&name)))
    }
}

/// Whether anything in a module is called so: a function, a class, a variable or field that is used.
pub(super) fn in_module(module: &Module, known: &mut Known<'_>) -> bool {
    let mut has = |name: Option<Name>| name.is_some_and(|name| known.has(name));
    module.functions.iter().any(|function| has(function.name))
        || module.classes.iter().any(|class| has(class.name))
        || module.exprs.iter().any(|expr| match &expr.kind {
            ExprKind::Name(name) | ExprKind::Field { name, .. } => has(Some(*name)),
            ExprKind::Path(path) => path.iter().any(|name| has(Some(*name))),
            _ => false,
        })
}
