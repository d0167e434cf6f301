//! Calls that run a function they are given.

use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Place, Shape, StepKind, Value, mix};
use crate::ir::{ExprId, ExprKind, Language, Literal, Name};
use crate::models::{Base, Pick, PropagatorRow, Selector};
use crate::project::Ty;

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
        let optional = receiver.is_some_and(|(value, base)| {
            !matches!(value.shape, Shape::List { .. })
                && !matches!(value.ty, Ty::List(_))
                && (matches!(value.ty, Ty::Optional(_)) || Self::is_optional(cx, base))
        });
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
                Some(this) if optional => values.push(self.payload(this)),
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
            && !optional
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

    /// Whether what stands before `.map(..)` in Rust is an option or a result, as far as its spelling tells: only what goes through a
    /// collection is one by one.
    fn is_optional(cx: Cx<'a>, mut base: ExprId) -> bool {
        if cx.module.language != Language::Rust {
            return false;
        }
        for _ in 0..32 {
            let ExprKind::Call(call) = &cx.module.expr(base).kind else {
                break;
            };
            let ExprKind::Field { base: object, name, .. } = &cx.module.expr(call.callee).kind else {
                break;
            };
            if ITERATORS.contains(&name.as_str()) {
                return false;
            }
            if !PASS_ON.contains(&name.as_str()) {
                break;
            }
            base = *object;
        }
        matches!(cx.module.expr(base).kind, ExprKind::Call(_) | ExprKind::Field { .. })
    }
}

/// Methods of Rust whose result is gone through one by one.
const ITERATORS: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "into_par_iter",
    "par_iter",
    "chars",
    "char_indices",
    "bytes",
    "lines",
    "split",
    "rsplit",
    "splitn",
    "rsplitn",
    "split_whitespace",
    "split_ascii_whitespace",
    "split_terminator",
    "split_inclusive",
    "keys",
    "values",
    "values_mut",
    "into_keys",
    "into_values",
    "drain",
    "filter_map",
    "flat_map",
    "flatten",
    "skip",
    "take_while",
    "skip_while",
    "map_while",
    "step_by",
    "rev",
    "enumerate",
    "zip",
    "chain",
    "windows",
    "chunks",
    "chunks_exact",
    "components",
    "ancestors",
    "captures_iter",
    "find_iter",
    "matches",
    "match_indices",
    "query_map",
    "query_and_then",
    "peekable",
    "cycle",
    "dedup",
    "sorted",
    "unique",
    "read_dir",
    "range",
    "scan",
    "as_array",
    "by_ref",
    "into_stream",
    "query_pairs",
    "entries",
];
/// Methods that an option and an iterator both have, and that keep it what it is.
const PASS_ON: &[&str] = &[
    "as_ref",
    "as_mut",
    "as_deref",
    "as_deref_mut",
    "cloned",
    "copied",
    "clone",
    "map",
    "filter",
    "inspect",
    "take",
    "and_then",
    "or_else",
    "or",
    "map_err",
    "ok",
    "err",
    "await",
];
