//! Registration in a loop over a table: what the loop variable stands for in each round.

use super::locals::Binding;
use super::read::Reader;
use super::value::At;
use crate::ir::{Call, ExprId, ExprKind, Name};
use crate::models::{FrameworkRow, Selector};
use crate::project::FuncRef;

/// The element of a table that a loop variable stands for in one round.
pub(super) struct Round {
    /// The element.
    pub(super) element: At,
    /// The key, when the loop runs over a record's entries.
    pub(super) key: Option<Name>,
}

impl Reader<'_> {
    /// The elements that the arguments' loop variable runs through.
    pub(super) fn rounds(&self, row: &FrameworkRow, at: At, call: &Call) -> Vec<Round> {
        let whole = |selector: &Selector| Selector {
            base: selector.base.clone(),
            pick: crate::models::Pick::Whole,
        };
        let mut heads = row
            .name
            .iter()
            .chain(&row.handler)
            .filter_map(|selector| self.values.select(at, call, &whole(selector)));
        heads.find_map(|head| self.rounds_of(head)).unwrap_or_default()
    }

    fn rounds_of(&self, head: At) -> Option<Vec<Round>> {
        let root = self.values.root(head);
        let ExprKind::Name(name) = self.values.expr(root).kind else {
            return None;
        };
        let (scope, binding) = self
            .values
            .local(root.module, root.scope, name)
            .or_else(|| self.top_level_element(name))?;
        let (collection, path) = match binding {
            Binding::Element { of, path } => (root.with(of), path),
            Binding::Param { index, path } if index < 2 => {
                let func = FuncRef {
                    module: root.module,
                    func: scope,
                };
                (self.iterated_by(func)?, path)
            }
            _ => return None,
        };
        let collection = At {
            scope: self.place(collection.expr).scope,
            ..collection
        };
        let elements = self.values.elements(collection);
        let rounds: Vec<Round> = if elements.is_empty() {
            let record = self.entries_argument(collection)?;
            let pairs = self.values.entries(self.values.follow(record));
            pairs
                .into_iter()
                .filter(|_| path.first().is_none_or(|first| matches!(first.as_str(), "0" | "1")))
                .map(|(key, element)| Round {
                    element,
                    key: Some(key),
                })
                .collect()
        } else {
            elements
                .into_iter()
                .map(|element| Round { element, key: None })
                .collect()
        };
        (!rounds.is_empty() && rounds.len() <= 512).then_some(rounds)
    }

    /// A loop variable of the module's top level.
    fn top_level_element(&self, name: Name) -> Option<(crate::ir::FuncId, Binding)> {
        let locals = self.values.locals(self.id, crate::ir::FuncId::MODULE);
        match locals.get(name)? {
            found @ Binding::Element { .. } => Some((crate::ir::FuncId::MODULE, found.clone())),
            _ => None,
        }
    }

    /// The record of `Object.entries(record)` or `record.items()`.
    fn entries_argument(&self, at: At) -> Option<At> {
        let value = self.values.follow(at);
        let ExprKind::Call(call) = &self.values.expr(value).kind else {
            return None;
        };
        match (&self.values.module(value.module).expr(call.callee).kind, &*call.args) {
            (ExprKind::Field { name, .. }, [only]) if name.as_str() == "entries" => Some(value.with(only.value)),
            (ExprKind::Field { base, name, .. }, []) if matches!(name.as_str(), "items" | "iter" | "entries") => {
                Some(value.with(*base))
            }
            _ => None,
        }
    }

    /// The collection over whose elements a closure is called (`tools.forEach(t => …)`).
    fn iterated_by(&self, func: FuncRef) -> Option<At> {
        if func.module != self.id {
            return None;
        }
        self.module.exprs.iter().enumerate().find_map(|(index, expr)| {
            let ExprKind::Call(call) = &expr.kind else { return None };
            let ExprKind::Field { base, name, .. } = &self.module.expr(call.callee).kind else {
                return None;
            };
            if !matches!(name.as_str(), "forEach" | "map" | "for_each") {
                return None;
            }
            let holds = call
                .args
                .iter()
                .any(|arg| matches!(self.module.expr(arg.value).kind, ExprKind::Lambda(inner) if inner == func.func));
            holds.then(|| self.place(ExprId(u32::try_from(index).unwrap_or(u32::MAX))).with(*base))
        })
    }

    /// An expression over the loop variable, evaluated for one round.
    pub(super) fn in_round(&self, at: At, round: &Round) -> Option<At> {
        let at = self.values.peel(at);
        match &self.values.expr(at).kind {
            ExprKind::Name(name) => {
                let path = match self
                    .values
                    .local(at.module, at.scope, *name)
                    .or_else(|| self.top_level_element(*name))
                {
                    Some((_, Binding::Element { path, .. } | Binding::Param { path, .. })) => path,
                    Some((_, Binding::Value { value, path })) => {
                        // `const { name, handler } = tool` inside the loop.
                        let start = self.in_round(at.with(value), round)?;
                        return path
                            .iter()
                            .try_fold(start, |place, field| self.values.member(place, *field));
                    }
                    None => return None,
                };
                let path = match (&round.key, path.split_first()) {
                    (Some(_), Some((first, rest))) if first.as_str() == "1" => rest.to_vec(),
                    (Some(_), Some((first, _))) if first.as_str() == "0" => return None,
                    _ => path,
                };
                path.iter()
                    .try_fold(round.element, |place, field| self.values.member(place, *field))
            }
            ExprKind::Field { base, name, .. } => {
                let base = self.in_round(at.with(*base), round)?;
                self.values.member(base, *name)
            }
            ExprKind::Call(call) => {
                // `wrap(tool.handler)`, `(args) => tool.handler(args)` is followed by the flow.
                call.args
                    .iter()
                    .find_map(|arg| self.in_round(at.with(arg.value), round))
            }
            ExprKind::Binary { left, .. } => self.in_round(at.with(*left), round),
            ExprKind::Lambda(func) => {
                // A closure that only hands over: the element's function is called inside.
                let locals = self.values.locals(at.module, *func);
                locals.returns().find_map(|expr| {
                    let inner = self.values.peel(At { scope: *func, ..at }.with(expr));
                    let ExprKind::Call(call) = &self.values.expr(inner).kind else {
                        return None;
                    };
                    self.in_round(inner.with(call.callee), round)
                })
            }
            _ => None,
        }
    }

    /// The key of a record's entry as name.
    pub(super) fn round_key(&self, row: &FrameworkRow, at: At, call: &Call, round: Option<&Round>) -> Option<Name> {
        let key = round?.key?;
        let place = row
            .name
            .iter()
            .find_map(|selector| self.values.select(at, call, selector))?;
        matches!(self.values.expr(self.values.peel(place)).kind, ExprKind::Name(_)).then_some(key)
    }
}
