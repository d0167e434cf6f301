//! Methods of collections and schemas.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::taint::cleared_further;
use super::value::{Place, Shape, StepKind, Truth, Value, mix, name_bits};
use crate::ir::{ExprId, Language, Literal, Name};
use crate::project::{Symbol, Ty};

impl<'a> Engine<'a> {
    pub(super) fn get_method(
        &mut self,
        receiver: &Value,
        method: &str,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let key = arguments.get(0)?;
        let structured = matches!(receiver.shape, Shape::Record(_) | Shape::List { .. });
        let default = arguments
            .get(1)
            .filter(|_| matches!(method, "get" | "pop" | "setdefault"));
        if !structured && !receiver.is_tainted() {
            // what a table of the owner's holds under the caller's key is the owner's
            let held = match &receiver.ty {
                Ty::Map(inner) => Some((**inner).clone()),
                Ty::External(name) if name.ends_with("HashMap") || name.ends_with("BTreeMap") => Some(Ty::Unknown),
                _ => None,
            };
            if let (Some(held), "get" | "get_mut") = (held, method)
                && default.is_none_or(|default| !default.is_tainted())
            {
                let id = mix(103, [receiver.id.0, key.id.0]);
                let found = self.typed(Value::new(id), held);
                if default.is_some_and(|default| !default.is_null()) {
                    return Some(found);
                }
                // a key under which it holds something is one of its keys
                let (inside, _) = self.membership(key, receiver, place);
                return Some(found.with(|data| {
                    data.truth = Truth::Unknown;
                    data.when_true = data.when_true.and(&inside);
                }));
            }
            return None;
        }
        let found = self.index(receiver, key, place, state);
        // a key under which a fixed table holds something is one of its keys
        let found = match &receiver.shape {
            Shape::Record(fields)
                if key.is_tainted()
                    && receiver.taints.is_empty()
                    && default.is_none_or(Value::is_null)
                    && method != "setdefault"
                    && !fields.is_empty()
                    && !fields.contains_key(&Name::new("*")) =>
            {
                let (inside, _) = self.membership(key, receiver, place);
                found.with(|data| data.when_true = data.when_true.and(&inside))
            }
            _ => found,
        };
        Some(match default {
            Some(default) if !default.is_null() => {
                let joined = found.join(default);
                // a default does not make the value another one for the tests that follow
                joined.with(|data| data.id = found.id)
            }
            _ => found.with(|data| {
                if data.truth == Truth::True {
                    data.truth = Truth::Unknown;
                }
            }),
        })
    }

    pub(super) fn with_entry(&mut self, collection: &Value, key: &Value, value: Value) -> Value {
        let value = match (&value.shape, key.text()) {
            (Shape::Functions(functions), Some(key)) => super::structures::label(&value, functions, key),
            _ => value,
        };
        let mut fields = match &collection.shape {
            Shape::Record(fields) => (**fields).clone(),
            _ => BTreeMap::new(),
        };
        let name = key.text().unwrap_or_else(|| Name::new("*"));
        let id = mix(102, [collection.id.0, name_bits(name), value.id.0]);
        let value = match fields.get(&name) {
            Some(have) if key.text().is_none() => have.join(&value),
            _ => value,
        };
        fields.insert(name, value);
        collection.clone().with(|data| {
            data.id = id;
            data.shape = Shape::Record(Rc::new(fields));
        })
    }

    /// `list.join(sep)`, `sep.join(list)`, `path.join(..)` of Rust stays a row.
    pub(super) fn join_method(
        &mut self,
        receiver: &Value,
        first: Option<&Value>,
        language: Language,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let (list, separator) = if language == Language::Python {
            (first?.clone(), receiver.clone())
        } else {
            (
                receiver.clone(),
                first
                    .cloned()
                    .unwrap_or_else(|| Value::constant(Literal::Str(Name::new(",")))),
            )
        };
        match &list.shape {
            Shape::List { items, rest } => {
                let mut parts: Vec<Value> = Vec::new();
                for item in items.iter().chain(rest) {
                    if !parts.is_empty() {
                        parts.push(separator.clone());
                    }
                    parts.push(item.clone());
                }
                if parts.len() == 1 {
                    parts.push(Value::constant(Literal::Str(Name::new(""))));
                    parts.reverse();
                    let built = self.built(&parts, place, state);
                    return Some(built);
                }
                Some(self.built(&parts, place, state))
            }
            _ if list.is_tainted() => {
                let id = mix(103, [list.id.0, separator.id.0]);
                let taints = self.flow_on(&[&list], state, id, place, StepKind::Built);
                Some(Value::new(id).with(|data| {
                    data.taints = taints;
                    data.ty = Ty::Str;
                }))
            }
            _ => None,
        }
    }

    /// A value that a schema has checked.
    pub(super) fn enforce(&mut self, value: &Value, ty: &Ty) -> Value {
        if ty.is_harmless() {
            return value.clone().with(|data| {
                data.id = mix(104, [data.id.0]);
                data.taints = Rc::from([]);
                data.ty = ty.clone();
                data.enforced = true;
            });
        }
        let cleared = self.cleared_by_type(ty);
        value.clone().with(|data| {
            data.id = mix(104, [data.id.0]);
            data.ty = ty.clone();
            data.enforced = true;
            if !cleared.is_empty() {
                data.taints = cleared_further(&data.taints, cleared);
            }
        })
    }

    pub(super) fn schema_type(&self, cx: Cx<'a>, schema: ExprId) -> Option<Ty> {
        crate::server::schema_type(self.project, self.models, cx.func, schema)
    }

    /// Runs a callback that surely runs, in the state at hand.
    pub(super) fn call_now(
        &mut self,
        cx: Cx<'a>,
        callback: &Value,
        values: Vec<Value>,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        match &callback.shape {
            Shape::Functions(callables) => {
                let callables = Rc::clone(callables);
                Some(self.call_any(&callables, Arguments::of(values), place, state))
            }
            Shape::Symbol(Symbol::External(name)) => {
                let name = *name;
                Some(self.call_symbol(cx, None, callback, name, Arguments::of(values), place, state))
            }
            Shape::Symbol(Symbol::Class(class)) => {
                let class = *class;
                Some(self.construct(cx, class, Arguments::of(values), place, state))
            }
            _ => None,
        }
    }

    /// `x.unwrap_or(y)`, `x.or_else(|| y)`: one of the two, and what is proven of both.
    pub(super) fn or_else(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        method: &str,
        other: &Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        let unwraps = method.starts_with("unwrap");
        let own = if unwraps {
            self.payload(receiver)
        } else {
            receiver.clone()
        };
        let other = if method.ends_with("else") {
            let mut branch = state.clone();
            branch.learn(&receiver.when_false);
            let given = match &receiver.shape {
                Shape::Record(fields) => fields.get(&super::names::failure()).cloned(),
                _ => None,
            };
            let given = given.unwrap_or_else(|| Value::new(mix(104, [receiver.id.0])));
            let Some(value) = self.call_now(cx, other, vec![given], place, &mut branch) else {
                return own;
            };
            if branch.dead {
                if unwraps {
                    state.learn(&receiver.when_true);
                }
                return own;
            }
            self.settle(value, &branch, place)
        } else {
            let mut branch = state.clone();
            branch.learn(&receiver.when_false);
            self.settle(other.clone(), &branch, place)
        };
        if receiver.is_null() { other } else { own.join(&other) }
    }
}
