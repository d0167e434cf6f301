//! What propagator rows make of a call.

use super::external::last_segment;
use std::borrow::Cow;
use std::rc::Rc;

use super::args::Arguments;
use super::condition;
use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::state::State;
use super::taint::cleared_further;
use super::value::{Derived, Place, Shape, StepKind, Truth, Value, mix, name_bits, property_bit};
use crate::ir::{ExprId, Language, Literal, Name};
use crate::models::{Base, Class, ClassSet, Entry, PropagatorRow, Property, Selector};
use crate::project::Ty;

impl<'a> Engine<'a> {
    /// What the propagator rows make of a call; without any, all arguments and the receiver reach the result.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn propagated(
        &mut self,
        cx: Cx<'a>,
        entry: &'a Entry,
        callee: Name,
        short: Name,
        receiver: Option<(&Value, ExprId)>,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let this = receiver.map(|(value, _)| value);
        let mut rows = entry.propagators.iter().filter(|row| {
            row.when
                .iter()
                .all(|condition| condition::holds(condition, this, arguments))
        });
        let row = rows
            .next()
            .map(|first| rows.fold(Cow::Borrowed(first), |all, row| Cow::Owned(together(&all, row))));
        let Some(row) = row else {
            // what a database answers has nothing of the place that the database is kept at
            let database = entry
                .sinks
                .iter()
                .any(|row| matches!(row.class, Class::Sql | Class::Nosql));
            let symbolic = this.filter(|value| !database && !matches!(value.shape, Shape::Symbol(_)));
            let value = self.unknown_call(short, symbolic, arguments.clone(), place, state);
            // a row without a return type says nothing about methods on the result, the constructor form does
            let class_like = last_segment(callee).chars().next().is_some_and(char::is_uppercase);
            return if class_like && value.ty == Ty::Unknown && !callee.starts_with('*') && !callee.contains("::") {
                value.with(|data| data.ty = Ty::External(callee))
            } else {
                value
            };
        };
        let row = &*row;
        if let Some(selector) = &row.calls {
            return self.higher_order(cx, row, selector, short, receiver, arguments, place, state);
        }
        let language = cx.module.language;
        // builders: a method that hands its receiver on
        if let (Some(this), Some(returns), Some([only])) = (this, &row.returns, row.from.as_deref())
            && only.base == Base::This
            && row.to.is_none()
            && matches!(this.ty, Ty::External(_))
            && named_type(returns, language) == this.ty
        {
            return this.clone();
        }
        let from: Vec<Value> = match &row.from {
            Some(selectors) => selectors
                .iter()
                .flat_map(|selector| arguments.select(selector, this))
                .collect(),
            None => arguments
                .all()
                .cloned()
                .chain(this.filter(|value| !matches!(value.shape, Shape::Symbol(_))).cloned())
                .collect(),
        };
        let again = match from.as_slice() {
            [one, other] if short == "join" && super::confinement::rejoins(one, other) => Some(one.clone()),
            [one, other] if short == "join" && super::confinement::rejoins(other, one) => Some(other.clone()),
            _ => None,
        };
        let kept = again.as_ref().map_or(0, super::confinement::resolution);
        let from = again.map_or(from, |folder| vec![folder]);
        let id = mix(
            110,
            [name_bits(callee), this.map_or(0, |value| value.id.0)]
                .into_iter()
                .chain(arguments.all().map(|value| value.id.0)),
        );
        if let Some(target) = &row.to
            && target.base != Base::Result
        {
            return self.fill(cx, target, &from, short, receiver, place, state);
        }
        let mut taints = self.flow_on(
            &from.iter().collect::<Vec<_>>(),
            state,
            id,
            place,
            StepKind::Through(short),
        );
        // `path.join(root, x)` puts `x` below `root` even when it is absolute
        if callee == "path.join" {
            let later: Vec<&Value> = arguments.positional.iter().skip(1).chain(&arguments.rest).collect();
            let first = arguments.get(0).is_some_and(Value::is_tainted);
            if !first {
                let below = self.flow_on(&later, state, id, place, StepKind::Through(short));
                taints = cleared_further(&below, super::marks::NOT_ABSOLUTE);
            }
        }
        if self.below_own_url(callee, arguments.get(0), arguments.positional.get(1)) {
            taints = cleared_further(&taints, ClassSet::of(Class::Url));
        }
        for class in &row.undoes {
            taints = super::marks::undone(&taints, *class);
        }
        let returns = row.returns.as_deref().map(|ty| named_type(ty, language));
        let gives = row
            .gives
            .iter()
            .fold(kept, |bits, property| bits | property_bit(*property));
        // a canonical path stays one through what keeps it whole
        let single = match from.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let derived = match callee.as_str() {
            "path.relative" => arguments.get(1).cloned().map(Derived::Relative),
            "os.path.relpath" => arguments.get(0).cloned().map(Derived::Relative),
            "os.path.commonpath" => arguments.get(0).map(|list| Derived::CommonPath(listed(list))),
            "os.path.commonprefix" => arguments.get(0).map(|list| Derived::CommonPrefix(listed(list))),
            "pathlib.Path.parents" => this.cloned().map(Derived::Parents),
            "re.split" => from.first().cloned().map(Derived::PartOf),
            other => super::url::derived_by(other, &from),
        };
        let shape = if callee == "std::process::Command::new" {
            Some(Shape::List {
                items: Rc::new(arguments.positional.iter().take(1).cloned().collect()),
                rest: None,
            })
        } else {
            None
        };
        let canonical = row.gives.contains(&Property::Canonical);
        let fails = canonical
            .then_some(single.as_ref())
            .flatten()
            .map_or_else(Facts::none, super::confinement::absent);
        Value::new(id).with(|data| {
            data.taints = taints;
            if canonical {
                data.when_false = fails;
                data.taints = cleared_further(&super::marks::of_resolved(&data.taints), super::marks::RESOLVED);
            }
            data.properties = gives;
            if let Some(returns) = returns {
                if returns.is_harmless() {
                    data.taints = Rc::from([]);
                }
                data.ty = returns;
                data.truth = if matches!(data.ty, Ty::External(_)) {
                    Truth::True
                } else {
                    Truth::Unknown
                };
            } else if let Some(single) = &single
                && matches!(single.ty, Ty::Str | Ty::Path)
            {
                data.ty = single.ty.clone();
            }
            data.derived = derived.map(Rc::new);
            if let Some(shape) = shape {
                data.shape = shape;
            }
        })
    }

    /// A call that changes its receiver or an argument: `list.append(x)`, `command.arg(x)`, `dict.update(y)`.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn fill(
        &mut self,
        cx: Cx<'a>,
        target: &Selector,
        from: &[Value],
        short: Name,
        receiver: Option<(&Value, ExprId)>,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some((old, base)) = receiver else {
            let id = mix(111, from.iter().map(|value| value.id.0));
            let taints = self.flow_on(
                &from.iter().collect::<Vec<_>>(),
                state,
                id,
                place,
                StepKind::Through(short),
            );
            return Value::new(id).with(|data| data.taints = taints);
        };
        let spreads = matches!(
            short.as_str(),
            "extend"
                | "args"
                | "update"
                | "concat"
                | "extend_from_slice"
                | "envs"
                | "push_all"
                | "assign"
                | "merge"
                | "defaults"
                | "defaultsDeep"
        );
        let mut changed = old.clone();
        for value in from {
            changed = match (&changed.shape, spreads) {
                (Shape::List { items, rest }, true) => {
                    let (items, rest) = (Rc::clone(items), rest.clone());
                    self.extend_list(&changed, &items, rest.as_ref(), value)
                }
                // any field may have been replaced
                (Shape::Record(_), true) if !matches!(value.shape, Shape::Record(_)) && value.is_tainted() => {
                    self.add_element(&changed.clone().with(|data| data.shape = Shape::Unknown), value)
                }
                (Shape::Record(fields), true) => {
                    let mut fields = (**fields).clone();
                    if let Shape::Record(more) = &value.shape {
                        for (name, value) in more.iter() {
                            fields.insert(*name, value.clone());
                        }
                    }
                    let taints = Rc::clone(&value.taints);
                    changed.clone().with(|data| {
                        data.id = mix(112, [data.id.0, value.id.0]);
                        data.shape = Shape::Record(Rc::new(fields));
                        data.taints = super::value::join_taints(&data.taints, &taints);
                    })
                }
                (Shape::Unknown | Shape::Text(_) | Shape::Constant(_), _) if matches!(changed.ty, Ty::Path) => {
                    self.join_path(&[changed.clone(), value.clone()], place, state)
                }
                (Shape::Text(_) | Shape::Constant(Literal::Str(_)), _) => {
                    self.built(&[changed.clone(), value.clone()], place, state)
                }
                _ if matches!(changed.ty, Ty::Str) => self.built(&[changed.clone(), value.clone()], place, state),
                _ => self.add_element(&changed, value),
            };
        }
        if matches!(changed.ty, Ty::Unknown)
            && let Ty::External(name) = &old.ty
        {
            let name = *name;
            changed = changed.with(|data| data.ty = Ty::External(name));
        }
        self.replace(cx, base, changed.clone(), state);
        // builders hand themselves on, and so does an argument that is written to; lists answer with a length
        if matches!(old.ty, Ty::External(_)) || target.base != Base::This {
            changed
        } else {
            Value::new(mix(113, [changed.id.0]))
        }
    }
}

/// What several rows of one callee say together.
fn together(first: &PropagatorRow, second: &PropagatorRow) -> PropagatorRow {
    let mut all = first.clone();
    all.from = match (all.from, &second.from) {
        (Some(mut have), Some(more)) => {
            have.extend(more.iter().cloned());
            Some(have)
        }
        (Some(have), None) => Some(have),
        (None, more) => more.clone(),
    };
    all.to = all.to.or_else(|| second.to.clone());
    all.gives.extend(second.gives.iter().copied());
    all.undoes.extend(second.undoes.iter().copied());
    all.returns = all.returns.or_else(|| second.returns.clone());
    all.calls = all.calls.or_else(|| second.calls.clone());
    all.with = all.with.or_else(|| second.with.clone());
    all.yields |= second.yields;
    all
}

/// The elements of a list that is written out; anything else stands for itself.
fn listed(list: &Value) -> Vec<Value> {
    match &list.shape {
        Shape::List { items, .. } => (**items).clone(),
        _ => vec![list.clone()],
    }
}

/// The type that a row names as a call's result.
fn named_type(name: &str, language: Language) -> Ty {
    match (name, language) {
        ("pathlib.Path", Language::Python) | ("std::path::Path" | "std::path::PathBuf", Language::Rust) => Ty::Path,
        ("String", Language::TypeScript) | ("str", _) => Ty::Str,
        ("number" | "int" | "float" | "usize", _) => Ty::Int,
        ("bool" | "boolean", _) => Ty::Bool,
        _ => Ty::External(Name::new(name)),
    }
}
