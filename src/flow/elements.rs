//! Elements of collections.

use std::rc::Rc;

use super::engine::Engine;
use super::state::State;
use super::value::{Derived, Place, Shape, StepKind, Truth, Value, mix};
use crate::ir::{Literal, Name};
use crate::project::Ty;

impl<'a> Engine<'a> {
    /// `object[index]` with a known index.
    pub(super) fn item(&mut self, object: &Value, index: usize, place: Place, state: &mut State) -> Value {
        if let Some(other) = object.unstructured() {
            let untrusted = self.item(&other, index, place, state);
            let structured = object.clone().with(|data| data.mixed = false);
            return self.item(&structured, index, place, state).join(&untrusted);
        }
        match &object.shape {
            Shape::List { items, rest } => match items.get(index).or(rest.as_ref()) {
                Some(value) => value.clone(),
                None => Value::constant(Literal::Null),
            },
            Shape::Record(_) => self.field(object, Name::new(&index.to_string()), place, state),
            _ => {
                let id = mix(72, [object.id.0, index as u64]);
                let taints = self.flow_on(
                    &[object],
                    state,
                    id,
                    place,
                    StepKind::Taken(Name::new(&index.to_string())),
                );
                Value::new(id).with(|data| {
                    data.taints = taints;
                    match &object.ty {
                        Ty::List(inner) => {
                            if object.enforced && inner.is_harmless() {
                                data.taints = Rc::from([]);
                            }
                            data.ty = (**inner).clone();
                            data.enforced = object.enforced;
                        }
                        Ty::Tuple(all) => data.ty = all.get(index).cloned().unwrap_or(Ty::Unknown),
                        _ => {}
                    }
                    // the first word, the first character: a part
                    data.derived = Some(Rc::new(Derived::PartOf(whole_of(object))));
                })
            }
        }
    }

    pub(super) fn slice_from(&mut self, object: &Value, start: usize, place: Place, state: &State) -> Value {
        match &object.shape {
            Shape::List { items, rest } => Value::new(mix(73, [object.id.0, start as u64])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(items.iter().skip(start).cloned().collect()),
                    rest: rest.clone(),
                };
            }),
            _ => {
                let id = mix(73, [object.id.0, start as u64]);
                let taints = self.flow_on(&[object], state, id, place, StepKind::Taken(Name::new("[]")));
                Value::new(id).with(|data| data.taints = taints)
            }
        }
    }

    /// Some element of a collection.
    pub(super) fn element_of(&mut self, collection: &Value, place: Place, state: &State) -> Value {
        if let Some(other) = collection.unstructured() {
            let untrusted = self.element_of(&other, place, state);
            let structured = collection.clone().with(|data| data.mixed = false);
            return self.element_of(&structured, place, state).join(&untrusted);
        }
        let id = mix(74, [collection.id.0]);
        match &collection.shape {
            Shape::List { items, rest } => {
                let all = items.iter().chain(rest).cloned().reduce(|all, value| all.join(&value));
                match all {
                    Some(value) => {
                        // many constants: some constant, not one
                        if items.len() > 1 && items.iter().all(Value::is_constant) {
                            return Value::new(id).with(|data| {
                                data.ty = value.ty.clone();
                                data.properties = value.properties;
                                if rest.is_none() {
                                    data.derived = Some(Rc::new(Derived::OneOf(Rc::clone(items))));
                                }
                            });
                        }
                        value
                    }
                    None => Value::new(id),
                }
            }
            Shape::Record(fields) if !fields.is_empty() && collection.taints.is_empty() => {
                // iterating a dict yields keys, a map entries: what can be called stays reachable
                let all = fields.values().cloned().reduce(|all, value| all.join(&value));
                all.filter(|value| !value.is_constant())
                    .unwrap_or_else(|| Value::new(id))
            }
            _ => {
                let taints = self.flow_on(&[collection], state, id, place, StepKind::Taken(Name::new("[]")));
                if !taints.is_empty() {
                    self.parts.insert(id, whole_of(collection).id);
                }
                Value::new(id).with(|data| {
                    data.taints = taints;
                    match &collection.ty {
                        Ty::List(inner) | Ty::Map(inner) => {
                            if collection.enforced && inner.is_harmless() {
                                data.taints = Rc::from([]);
                            }
                            data.ty = (**inner).clone();
                            data.enforced = collection.enforced;
                        }
                        _ => {}
                    }
                    data.derived = Some(Rc::new(Derived::PartOf(whole_of(collection))));
                })
            }
        }
    }

    /// Some key of a mapping.
    pub(super) fn key_of(&mut self, collection: &Value, place: Place, state: &State) -> Value {
        let id = mix(75, [collection.id.0]);
        let taints = self.flow_on(
            &[&collection.clone().with(|data| data.shape = Shape::Unknown)],
            state,
            id,
            place,
            StepKind::Taken(Name::new("key")),
        );
        Value::new(id).with(|data| data.taints = taints)
    }

    pub(super) fn extend_list(
        &mut self,
        old: &Value,
        items: &Rc<Vec<Value>>,
        rest: Option<&Value>,
        new: &Value,
    ) -> Value {
        let mut all = (**items).clone();
        let mut rest = rest.cloned();
        match &new.shape {
            Shape::List { items, rest: more } => {
                for item in items.iter() {
                    match &mut rest {
                        Some(rest) => *rest = rest.join(item),
                        None if all.len() < 64 => all.push(item.clone()),
                        None => rest = Some(item.clone()),
                    }
                }
                if let Some(more) = more {
                    rest = Some(rest.map_or_else(|| more.clone(), |rest| rest.join(more)));
                }
            }
            _ => rest = Some(rest.map_or_else(|| new.clone(), |rest| rest.join(new))),
        }
        old.clone().with(|data| {
            data.id = mix(76, [old.id.0, new.id.0]);
            data.shape = Shape::List {
                items: Rc::new(all),
                rest,
            };
            data.truth = Truth::Unknown;
        })
    }

    /// A collection with one more element (of a list), or entry under an unknown key (of a mapping).
    pub(super) fn add_element(&mut self, collection: &Value, element: &Value) -> Value {
        let id = mix(77, [collection.id.0, element.id.0]);
        match &collection.shape {
            Shape::List { items, rest } => {
                let mut items = (**items).clone();
                let mut rest = rest.clone();
                match &mut rest {
                    Some(rest) => *rest = rest.join(element),
                    None if items.len() < 256 => items.push(element.clone()),
                    None => rest = Some(element.clone()),
                }
                collection.clone().with(|data| {
                    data.id = id;
                    data.shape = Shape::List {
                        items: Rc::new(items),
                        rest,
                    };
                    data.truth = Truth::True;
                })
            }
            Shape::Record(fields) => {
                let mut fields = (**fields).clone();
                let any = Name::new("*");
                let joined = fields
                    .get(&any)
                    .map_or_else(|| element.clone(), |have| have.join(element));
                fields.insert(any, joined);
                collection.clone().with(|data| {
                    data.id = id;
                    data.shape = Shape::Record(Rc::new(fields));
                })
            }
            Shape::Text(_) | Shape::Constant(Literal::Str(_)) => collection.clone(),
            _ => collection.clone().with(|data| {
                data.id = id;
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(element.clone()),
                };
            }),
        }
    }
}

/// Characters and words of a part are parts of the whole.
fn whole_of(value: &Value) -> Value {
    match value.derived.as_deref() {
        Some(Derived::PartOf(whole)) => whole.clone(),
        _ => value.clone(),
    }
}
