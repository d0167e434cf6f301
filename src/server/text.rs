//! Constant texts.

use super::value::{At, FUEL, Values};
use crate::ir::{Call, ExprKind, Literal, Name};

impl Values<'_> {
    /// The constant text of an expression.
    pub(super) fn text(&self, at: At) -> Option<Name> {
        self.text_with(at, FUEL)
    }

    /// The same within so many steps.
    pub(super) fn text_with(&self, at: At, fuel: u32) -> Option<Name> {
        let at = self.peel(at);
        if fuel == 0 || !self.step() {
            return None;
        }
        if let Some(text) = self.project.constant_text(at.module, at.scope, at.expr) {
            return Some(text);
        }
        match &self.expr(at).kind {
            ExprKind::Literal(Literal::Str(text)) => Some(*text),
            ExprKind::Concat(parts) => {
                let mut text = String::new();
                for part in parts {
                    match &self.expr(self.peel(at.with(*part))).kind {
                        ExprKind::Literal(Literal::Int(number)) => text.push_str(&number.to_string()),
                        _ => text.push_str(self.text_with(at.with(*part), fuel / 2)?.as_str()),
                    }
                }
                Some(Name::new(&text))
            }
            // An enum member's `.value`.
            ExprKind::Field { base, name, .. } if name.as_str() == "value" => self
                .text_with(at.with(*base), fuel - 1)
                .or_else(|| self.followed_text(at, fuel)),
            ExprKind::Name(_) | ExprKind::Field { .. } | ExprKind::Path(_) | ExprKind::Index { .. } => {
                self.followed_text(at, fuel)
            }
            ExprKind::Call(call) => self.text_of_call(at, call, fuel),
            _ => None,
        }
    }

    fn followed_text(&self, at: At, fuel: u32) -> Option<Name> {
        let followed = self.follow_with(at, fuel - 1);
        (followed != at).then(|| self.text_with(followed, fuel - 1)).flatten()
    }

    /// `dedent("…")`, `"…".strip()`, `[…].join("\n")`.
    fn text_of_call(&self, at: At, call: &Call, fuel: u32) -> Option<Name> {
        match (&self.module(at.module).expr(call.callee).kind, &*call.args) {
            (ExprKind::Field { base, name, .. }, [])
                if matches!(name.as_str(), "strip" | "trim" | "toString" | "rstrip" | "lstrip") =>
            {
                Some(Name::new(self.text_with(at.with(*base), fuel - 1)?.trim()))
            }
            (ExprKind::Field { base, name, .. }, [separator]) if name.as_str() == "join" => {
                let separator = self.text_with(at.with(separator.value), fuel - 1)?;
                let list = self.peel(at.with(*base));
                let ExprKind::List { elements, .. } = &self.expr(list).kind else {
                    return None;
                };
                let parts: Option<Vec<_>> = elements
                    .iter()
                    .map(|element| match element {
                        crate::ir::Element::Item(item) => self.text_with(list.with(*item), fuel / 2),
                        crate::ir::Element::Spread(_) => None,
                    })
                    .collect();
                let parts = parts?;
                let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
                Some(Name::new(&parts.join(separator.as_str())))
            }
            (_, [only])
                if self
                    .last_name(at.with(call.callee))
                    .is_some_and(|name| matches!(name.as_str(), "dedent" | "cleandoc" | "from" | "String" | "str")) =>
            {
                self.text_with(at.with(only.value), fuel - 1)
            }
            _ => None,
        }
    }
}
