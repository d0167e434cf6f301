//! Operators and indexing.

use std::rc::Rc;

use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::state::State;
use super::value::{Derived, Place, SEGMENTS, Shape, StepKind, Truth, Value, mix};
use crate::ir::{BinaryOp, ExprId, Literal, Name};
use crate::models::{Class, ClassSet, Property};
use crate::project::Ty;

impl<'a> Engine<'a> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn binary(
        &mut self,
        cx: Cx<'a>,
        id: ExprId,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        state: &mut State,
    ) -> Value {
        let place = cx.place(cx.module.expr(id).span);
        let a = self.eval(cx, left, state);
        match op {
            BinaryOp::And if a.is_constant() && a.truth == Truth::False => a,
            BinaryOp::Or if a.is_constant() && a.truth == Truth::True => a,
            BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce => {
                let mut inside = state.clone();
                match op {
                    BinaryOp::And => inside.learn(&a.when_true),
                    _ => inside.learn(&a.falsy()),
                }
                let b = self.eval(cx, right, &mut inside);
                let b = self.settle(b, &inside, place);
                // assignments in the right operand may or may not have happened
                let proven = Rc::clone(&state.proven);
                let tool = state.tool;
                if !Rc::ptr_eq(&inside.frames, &state.frames) && !inside.dead {
                    *state = std::mem::take(state).join(inside);
                    state.proven = proven;
                    state.tool = tool;
                }
                let facts = match op {
                    BinaryOp::And => (a.when_true.and(&b.when_true), a.falsy().intersect(&b.falsy())),
                    _ => (a.when_true.intersect(&b.when_true), a.falsy().and(&b.falsy())),
                };
                let facts = match (op, a.truth, b.truth) {
                    // `x || throwing` and the like: a constant side decides
                    (BinaryOp::And, Truth::True, _) if a.is_constant() => (b.when_true.clone(), b.when_false.clone()),
                    (BinaryOp::Or, Truth::False, _) if a.is_constant() => (b.when_true.clone(), b.when_false.clone()),
                    _ => facts,
                };
                let joined = match (op, a.truth) {
                    (BinaryOp::And, Truth::True) => b.clone(),
                    (BinaryOp::And, _) => {
                        if a.ty == Ty::Bool || !a.is_tainted() {
                            b.clone()
                        } else {
                            b.join(&a)
                        }
                    }
                    (_, Truth::False) => b.clone(),
                    (_, Truth::True) if a.is_constant() => a.clone(),
                    _ => {
                        // a default does not make the value another one for the tests that follow
                        let joined = a.join(&b);
                        if b.is_constant() || !b.is_tainted() && a.is_tainted() {
                            joined.with(|data| {
                                data.id = a.id;
                                data.derived.clone_from(&a.derived);
                            })
                        } else {
                            joined
                        }
                    }
                };
                let truth = match (op, a.truth, b.truth) {
                    (BinaryOp::And, Truth::False, _) | (BinaryOp::And, _, Truth::False) => Truth::False,
                    (BinaryOp::And, Truth::True, Truth::True) => Truth::True,
                    (BinaryOp::Or | BinaryOp::Coalesce, Truth::True, _) | (BinaryOp::Or, _, Truth::True) => Truth::True,
                    (BinaryOp::Or, Truth::False, Truth::False) => Truth::False,
                    _ => Truth::Unknown,
                };
                joined.with(|data| {
                    data.when_true = facts.0;
                    data.when_false = facts.1;
                    data.truth = truth;
                    if let Shape::Constant(_) = data.shape
                        && truth == Truth::Unknown
                    {
                        data.shape = Shape::Unknown;
                    }
                })
            }
            BinaryOp::Eq | BinaryOp::NotEq => {
                let b = self.eval(cx, right, state);
                let (same, different) = self.equality(&a, &b, place);
                let names = [Self::expr_name(cx, left), Self::expr_name(cx, right)];
                let same = match names.iter().flatten().find(|name| super::settings::lifts_all(name)) {
                    // `mode == Mode.UNRESTRICTED`
                    Some(name) if !a.is_tainted() && !b.is_tainted() => {
                        same.and(&super::settings::lifted(*name, place))
                    }
                    _ => super::settings::by_setting(&same, names[0].or(names[1]), place),
                };
                let known = match (&a.shape, &b.shape) {
                    (Shape::Constant(x), Shape::Constant(y)) => Some(x == y),
                    _ => None,
                };
                let (when_true, when_false) = if op == BinaryOp::Eq {
                    (same, different)
                } else {
                    (different, same)
                };
                self.test(mix(57, [a.id.0, b.id.0, op as u64]), when_true, when_false)
                    .with(|data| {
                        if let Some(equal) = known {
                            let holds = equal == (op == BinaryOp::Eq);
                            data.truth = if holds { Truth::True } else { Truth::False };
                            data.shape = Shape::Constant(Literal::Bool(holds));
                        }
                    })
            }
            BinaryOp::In | BinaryOp::NotIn => {
                let b = self.eval(cx, right, state);
                let (inside, outside) = self.membership(&a, &b, place);
                let (when_true, when_false) = if op == BinaryOp::In {
                    (inside, outside)
                } else {
                    (outside, inside)
                };
                self.test(mix(58, [a.id.0, b.id.0, op as u64]), when_true, when_false)
            }
            BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq | BinaryOp::InstanceOf => {
                let b = self.eval(cx, right, state);
                // `count > 0` asks what `count` asks
                let number = match b.shape {
                    Shape::Constant(Literal::Int(number)) => Some(number),
                    _ => None,
                };
                let (yes, no) = match (op, number) {
                    (BinaryOp::Gt, Some(0)) | (BinaryOp::GtEq, Some(1)) => (a.when_true.clone(), a.when_false.clone()),
                    (BinaryOp::Lt, Some(1)) | (BinaryOp::LtEq, Some(0)) => (a.when_false.clone(), a.when_true.clone()),
                    _ => (Facts::none(), Facts::none()),
                };
                // what is thrown and is no error is a text or a plain object that somebody made
                let is_error =
                    matches!(&b.shape, Shape::Symbol(crate::project::Symbol::External(name)) if *name == "Error");
                let no = if op == BinaryOp::InstanceOf && is_error && a.has_details() {
                    Facts::clearing(a.id, super::details::leaks())
                } else {
                    no
                };
                self.test(mix(59, [a.id.0, b.id.0, op as u64]), yes, no)
            }
            BinaryOp::Div
                if cx.module.language == crate::ir::Language::Python && !matches!(a.ty, Ty::Int | Ty::Float) =>
            {
                let b = self.eval(cx, right, state);
                self.join_path(&[a, b], place, state)
            }
            _ => {
                let b = self.eval(cx, right, state);
                let new = mix(60, [a.id.0, b.id.0, op as u64]);
                let taints = self.flow_on(&[&a, &b], state, new, place, StepKind::Built);
                let numeric = !matches!(
                    op,
                    BinaryOp::Add | BinaryOp::Rem | BinaryOp::Mul | BinaryOp::Range | BinaryOp::Bits | BinaryOp::Div
                );
                Value::new(new).with(|data| {
                    if numeric {
                        data.ty = Ty::Float;
                    } else {
                        data.taints = taints;
                    }
                })
            }
        }
    }

    pub(super) fn test(&self, id: super::value::ValueId, when_true: Facts, when_false: Facts) -> Value {
        Value::new(id).with(|data| {
            data.ty = Ty::Bool;
            data.when_true = when_true;
            data.when_false = when_false;
        })
    }

    /// `object[key]`.
    pub(super) fn index(&mut self, object: &Value, key: &Value, place: Place, state: &mut State) -> Value {
        if let Some(name) = key.text() {
            return self.field(object, name, place, state);
        }
        if let Shape::Constant(Literal::Int(number)) = &key.shape
            && let Ok(at) = usize::try_from(*number)
        {
            return self.item(object, at, place, state);
        }
        match &object.shape {
            // any entry: what a table of handlers yields under the caller's name
            Shape::Record(fields) => {
                let joined = fields.values().cloned().reduce(|all, value| all.join(&value));
                match joined {
                    Some(value) if !value.is_constant() => value,
                    Some(value) if !object.is_tainted() => {
                        Value::new(mix(62, [object.id.0, key.id.0])).with(|data| data.ty = value.ty.clone())
                    }
                    _ => self.field(object, Name::new("*"), place, state),
                }
            }
            Shape::List { .. } => self.element_of(object, place, state),
            _ => {
                let id = mix(62, [object.id.0, key.id.0]);
                let taints = self.flow_on(&[object], state, id, place, StepKind::Taken(Name::new("[]")));
                let value = Value::new(id).with(|data| {
                    data.taints = taints;
                    if let Ty::List(inner) | Ty::Map(inner) = &object.ty {
                        data.ty = (**inner).clone();
                        data.enforced = object.enforced;
                        if object.enforced && inner.is_harmless() {
                            data.taints = Rc::from([]);
                        }
                    }
                    // the last segment alone is the name of something right below: `url.split("/")[-1]`
                    let last = matches!(key.shape, Shape::Constant(Literal::Int(..=-1)));
                    if last && object.properties & SEGMENTS != 0 {
                        let cleared = ClassSet::of(Class::Path).union(super::marks::NOT_ABSOLUTE);
                        data.taints = super::taint::cleared_further(&data.taints, cleared);
                    }
                    if matches!(object.ty, Ty::Str) || object.has(Property::Folded) {
                        data.derived = Some(Rc::new(Derived::PartOf(object.clone())));
                    }
                });
                self.variable_of(object, key, value, place, state)
            }
        }
    }
}
