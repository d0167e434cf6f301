//! Calls that run a function they are given.

use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Place, Shape, StepKind, Value, mix};
use crate::ir::{ExprId, Literal, Name};
use crate::models::{Base, Pick, PropagatorRow, Selector};

impl<'a> Engine<'a> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn higher_order(
        &mut self,
        cx: Cx<'a>,
        row: &PropagatorRow,
        selector: &Selector,
        short: Name,
        receiver: Option<(&Value, ExprId)>,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let this = receiver.map(|(value, _)| value.clone());
        let mut values: Vec<Value> = Vec::new();
        match &row.with {
            Some(selectors) => {
                for selector in selectors {
                    match (&selector.base, &selector.pick, &this) {
                        (Base::This, Pick::ElementsFrom(0), Some(this)) => {
                            values.push(self.element_of(this, place, state))
                        }
                        _ => values.extend(arguments.select(selector, this.as_ref())),
                    }
                }
            }
            None => match &this {
                Some(this) if !matches!(this.shape, Shape::Symbol(_)) => {
                    values.push(self.element_of(this, place, state))
                }
                _ => {
                    // `map(f, xs)`: the collection is the other argument
                    let other = arguments
                        .positional
                        .iter()
                        .find(|value| !matches!(value.shape, Shape::Functions(_) | Shape::Symbol(_)))
                        .cloned();
                    if let Some(other) = other {
                        values.push(self.element_of(&other, place, state));
                    }
                }
            },
        }
        let Some(callback) = arguments.select(selector, this.as_ref()).pop() else {
            return self.unknown_call(short, this.as_ref(), arguments.clone(), place, state);
        };
        let given = values.first().cloned();
        if short == "catch" && values.is_empty() {
            let error = Value::new(mix(119, [callback.id.0]));
            values.push(self.with_detail(error, super::detail::Detail::Object, None, place));
        }
        let returned = match &callback.shape {
            Shape::Functions(_) => {
                let mut branch = state.clone();
                let value = self.call_now(cx, &callback, values, place, &mut branch);
                if !branch.dead {
                    let proven = Rc::clone(&state.proven);
                    *state = std::mem::take(state).join(branch);
                    state.proven = proven;
                }
                value
            }
            _ => self.call_now(cx, &callback, values, place, state),
        };
        let returned = returned.unwrap_or_else(|| Value::new(mix(114, [callback.id.0])));
        let collection = this
            .as_ref()
            .is_some_and(|this| !matches!(this.shape, Shape::Symbol(_)))
            && matches!(
                short.as_str(),
                "map" | "flatMap" | "flat_map" | "filter_map" | "filter" | "forEach" | "sort" | "sorted"
            );
        match short.as_str() {
            "filter" => {
                let mut kept = this.unwrap_or_else(|| Value::new(mix(115, [returned.id.0])));
                kept = kept.without_details();
                if let Some(element) = given {
                    // what the test proves of each element, the elements that stay have
                    let facts = returned.when_true.clone();
                    if !facts.is_none() {
                        let mut inner = state.clone();
                        inner.learn(&facts);
                        let (id, shape) = (mix(116, [kept.id.0, returned.id.0]), element.shape.clone());
                        let taints = self.flow_on(&[&element], &inner, id, place, StepKind::Through(short));
                        let item = Value::new(id).with(|data| {
                            data.taints = taints;
                            data.shape = shape;
                        });
                        kept = Value::new(mix(117, [id.0])).with(|data| {
                            data.shape = Shape::List {
                                items: Rc::new(Vec::new()),
                                rest: Some(item),
                            }
                        });
                    }
                }
                kept
            }
            "find" | "find_map" if !row.yields => given.unwrap_or(returned),
            "forEach" | "for_each" => Value::constant(Literal::Null),
            _ if row.yields && collection => Value::new(mix(118, [returned.id.0])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(returned),
                };
            }),
            _ if row.yields => returned,
            "replace" | "replaceAll" => given.unwrap_or(returned).without_secrets(),
            _ => given.unwrap_or(returned),
        }
    }
}
