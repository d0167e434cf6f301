//! What records, lists and calls hold.

use super::value::{At, FUEL, Values};
use crate::ir::{ArgKind, Call, ExprKind, Key, Language, Name, RecordEntry};
use crate::models::{Base, Pick, Selector};
use crate::project::{ClassRef, Symbol};

impl<'a> Values<'a> {
    /// A member of a value: the entry of a record, the field of an instance.
    pub(super) fn member(&self, at: At, name: Name) -> Option<At> {
        self.member_with(self.follow(at), name, FUEL)
    }

    /// The same of a followed value within so many steps.
    pub(super) fn member_with(&self, at: At, name: Name, fuel: u32) -> Option<At> {
        if fuel == 0 || !self.step() {
            return None;
        }
        match &self.expr(at).kind {
            ExprKind::Record { entries, .. } => {
                for entry in entries.iter().rev() {
                    match entry {
                        RecordEntry::Pair { key, value, .. } => {
                            let same = match key {
                                Key::Name(key) => *key == name,
                                Key::Computed(key) => self.text_with(at.with(*key), fuel / 2) == Some(name),
                            };
                            if same {
                                return Some(at.with(*value));
                            }
                        }
                        RecordEntry::Spread(value) => {
                            let inner = self.follow_with(at.with(*value), fuel / 2);
                            if inner != at
                                && let Some(found) = self.member_with(inner, name, fuel / 2)
                            {
                                return Some(found);
                            }
                        }
                    }
                }
                None
            }
            ExprKind::Call(call) => {
                // `new X().field`, Python `X(field=…)`.
                if let Some(found) = call.args.iter().find(|arg| arg.kind == ArgKind::Named(name)) {
                    return Some(at.with(found.value));
                }
                match self.project.resolve_expr(at.module, at.scope, call.callee)? {
                    Symbol::Class(class) => self
                        .positional_member(at, call, class, name)
                        .or_else(|| self.class_member(class, name)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What `Entry("name", handler)` gives a field by its position: the constructor's parameter of that name, or the field in the
    /// order of declaration where the class has no constructor of its own (a dataclass, a named tuple).
    fn positional_member(&self, at: At, call: &Call, class: ClassRef, name: Name) -> Option<At> {
        let position = match self.project.constructor(class) {
            Some(constructor) => self
                .function(constructor)
                .params
                .iter()
                .filter(|param| param.kind != crate::ir::ParamKind::Receiver)
                .position(|param| super::sources::param_name(param) == Some(name))?,
            None if self.module(class.module).language == Language::Python => self
                .module(class.module)
                .class(class.class)
                .fields
                .iter()
                .position(|field| field.name == name)?,
            None => return None,
        };
        call.args
            .iter()
            .take(position + 1)
            .all(|arg| arg.kind == ArgKind::Positional)
            .then(|| call.args.get(position))
            .flatten()
            .map(|arg| at.with(arg.value))
    }

    /// The entries of a record, spreads followed: name, value and the key's expression.
    pub(super) fn entries(&self, at: At) -> Vec<(Name, At)> {
        let mut found = Vec::new();
        self.entries_into(at, FUEL, &mut found);
        found
    }

    fn entries_into(&self, at: At, fuel: u32, found: &mut Vec<(Name, At)>) {
        let ExprKind::Record { entries, .. } = &self.expr(at).kind else {
            return;
        };
        if fuel == 0 || !self.step() {
            return;
        }
        for entry in entries {
            match entry {
                RecordEntry::Pair { key, value, .. } => {
                    let name = match key {
                        Key::Name(name) => Some(*name),
                        Key::Computed(key) => self.text(at.with(*key)),
                    };
                    if let Some(name) = name {
                        found.retain(|(other, _)| *other != name);
                        found.push((name, at.with(*value)));
                    }
                }
                RecordEntry::Spread(value) => {
                    let inner = self.follow(at.with(*value));
                    if inner.expr != at.expr || inner.module != at.module {
                        self.entries_into(inner, fuel / 2, found);
                    }
                }
            }
        }
    }

    /// The argument of a call that a selector names.
    pub(super) fn select(&self, at: At, call: &Call, selector: &Selector) -> Option<At> {
        let positional = |index: usize| {
            call.args
                .iter()
                .take_while(|arg| !matches!(arg.kind, ArgKind::Spread))
                .filter(|arg| arg.kind == ArgKind::Positional)
                .nth(index)
                .map(|arg| at.with(arg.value))
        };
        let named = |keyword: &str| {
            call.args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == keyword))
                .map(|arg| at.with(arg.value))
        };
        let base = match &selector.base {
            Base::Argument { index, keyword } => keyword
                .as_deref()
                .and_then(named)
                .or_else(|| index.and_then(positional))
                .or_else(|| {
                    let keyword = keyword.as_deref().filter(|_| index.is_none())?;
                    let last = call.args.last().filter(|arg| arg.kind == ArgKind::Positional)?;
                    self.member(at.with(last.value), Name::new(keyword))
                })?,
            Base::Last => at.with(call.args.iter().rfind(|arg| arg.kind == ArgKind::Positional)?.value),
            _ => return None,
        };
        match &selector.pick {
            Pick::Whole => Some(base),
            Pick::Option(name) => self.member(base, Name::new(name)),
            Pick::Element(index) => self.elements(base).get(*index).copied(),
            Pick::ElementsFrom(_) => None,
        }
    }

    /// The elements of a list, spreads and names followed; `Object.values(record)` gives the record's values.
    pub(super) fn elements(&self, at: At) -> Vec<At> {
        let mut found = Vec::new();
        self.elements_into(at, 8, &mut found);
        found
    }

    fn elements_into(&self, at: At, fuel: u32, found: &mut Vec<At>) {
        if fuel == 0 || !self.step() {
            return;
        }
        let at = self.follow(at);
        match &self.expr(at).kind {
            ExprKind::List { elements, .. } => {
                for element in elements {
                    match element {
                        crate::ir::Element::Item(item) => found.push(at.with(*item)),
                        crate::ir::Element::Spread(spread) => self.elements_into(at.with(*spread), fuel - 1, found),
                    }
                }
            }
            ExprKind::Call(call) => {
                let callee = &self.module(at.module).expr(call.callee).kind;
                match (callee, &*call.args) {
                    (ExprKind::Field { name, .. }, [only]) if matches!(name.as_str(), "values" | "list" | "tuple") => {
                        let record = self.follow(at.with(only.value));
                        found.extend(self.entries(record).into_iter().map(|(_, value)| value));
                    }
                    (ExprKind::Field { base, name, .. }, []) if name.as_str() == "values" => {
                        let record = self.follow(at.with(*base));
                        found.extend(self.entries(record).into_iter().map(|(_, value)| value));
                    }
                    (ExprKind::Field { base, name, .. }, args) if name.as_str() == "concat" => {
                        self.elements_into(at.with(*base), fuel - 1, found);
                        for arg in args {
                            self.elements_into(at.with(arg.value), fuel - 1, found);
                        }
                    }
                    (ExprKind::Name(name), [only]) if matches!(name.as_str(), "list" | "tuple" | "vec") => {
                        self.elements_into(at.with(only.value), fuel - 1, found);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
