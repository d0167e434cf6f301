//! Expressions.

use std::rc::Rc;

use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::names;
use super::state::State;
use super::value::{Derived, Place, Shape, StepKind, Truth, Value, mix};
use crate::ir::{ExprId, ExprKind, Language, Literal, Name, PassKind, UnaryOp};
use crate::project::{FuncRef, Ty};

use super::marks;

/// Expressions nested in each other that are followed.
const MAX_NESTING: usize = 400;

impl<'a> Engine<'a> {
    /// The value of an expression; effects and proofs go into the state.
    pub(super) fn eval(&mut self, cx: Cx<'a>, id: ExprId, state: &mut State) -> Value {
        if state.dead || !self.spend() || self.depth > MAX_NESTING {
            return Value::new(mix(40, [u64::from(cx.func.module.0), u64::from(id.0)]));
        }
        self.depth += 1;
        let value = self.eval_kind(cx, id, state);
        self.depth -= 1;
        if !self.inner.is_empty()
            && let Some((entry, shape)) = self.inner.get(&(cx.func.module, id)).copied()
            && self.entry == Some(entry)
        {
            return self.source_value(entry, shape, &Ty::Unknown, cx.place(cx.module.expr(id).span));
        }
        value
    }

    fn eval_kind(&mut self, cx: Cx<'a>, id: ExprId, state: &mut State) -> Value {
        let expr = cx.module.expr(id);
        let place = cx.place(expr.span);
        match &expr.kind {
            ExprKind::Literal(literal) => {
                let value = Value::constant(literal.clone());
                match literal {
                    Literal::Regex(pattern, _) => {
                        value.with(|data| data.derived = Some(Rc::new(Derived::Pattern(*pattern))))
                    }
                    _ => value,
                }
            }
            ExprKind::Name(name) => {
                let value = self.variable(cx, *name, state);
                let value = self.environment(cx, value, place);
                self.as_switch(value, *name, place)
            }
            ExprKind::This => self.this_value(cx, state),
            ExprKind::Super => self.this_value(cx, state),
            ExprKind::Path(path) => {
                let symbol = self.project.resolve_path(cx.func.module, cx.func.func, path);
                self.symbol_value(cx, symbol, state)
            }
            ExprKind::Field { base, name, .. } => {
                let object = self.eval(cx, *base, state);
                let mut value = self.field(&object, *name, place, state);
                if !object.when_true.is_none() && super::catalogue::counts(name) {
                    let facts = object.when_true.clone();
                    value = value.with(|data| data.when_true = data.when_true.and(&facts));
                }
                if !value.is_tainted() && !value.is_constant() && super::settings::lifts_all(name) {
                    let facts = super::settings::lifted(*name, place);
                    return value.with(|data| data.when_true = data.when_true.and(&facts));
                }
                self.as_switch(value, *name, place)
            }
            ExprKind::Index { base, index } => {
                let object = self.eval(cx, *base, state);
                let key = self.eval(cx, *index, state);
                self.note_index(cx, *base, *index, &object, place, state);
                // a key that a mapping does not have ends it here
                let throws = cx.module.language != Language::TypeScript;
                if throws && key.is_tainted() && !object.is_tainted() && is_mapping(&object) {
                    let (inside, _) = self.membership(&key, &object, place);
                    state.learn(&inside);
                }
                self.index(&object, &key, place, state)
            }
            ExprKind::Call(call) => self.call(cx, id, call, state),
            ExprKind::Concat(parts) => {
                let values: Vec<Value> = parts.iter().map(|part| self.eval(cx, *part, state)).collect();
                self.built(&values, place, state)
            }
            ExprKind::Record { ty, entries } => self.record(cx, id, ty.as_deref(), entries, state),
            ExprKind::List { elements, .. } => self.list(cx, id, elements, state),
            ExprKind::Comprehension {
                kind,
                clauses,
                element,
                value,
            } => self.comprehension(cx, id, *kind, clauses, *element, *value, state),
            ExprKind::Lambda(func) => {
                let func = FuncRef {
                    module: cx.func.module,
                    func: *func,
                };
                self.callable(cx, func, state)
            }
            ExprKind::Conditional { test, then, otherwise } => {
                let test = self.eval(cx, *test, state);
                let mut other = state.clone();
                state.learn(&test.when_true);
                other.learn(&test.falsy());
                let yes = self.eval(cx, *then, state);
                let no = self.eval(cx, *otherwise, &mut other);
                let (then_dead, other_dead) = (state.dead, other.dead);
                // what each branch proved of its own value stays with that value
                let yes = self.settle(yes, state, place);
                let no = self.settle(no, &other, place);
                let (yes, no) = super::details::sorted_out(yes, no);
                *state = std::mem::take(state).join(other);
                match (then_dead, other_dead) {
                    (true, false) => no,
                    (false, true) => yes,
                    _ if test.is_constant() && test.truth == Truth::True => yes,
                    _ if test.is_constant() && test.truth == Truth::False => no,
                    _ => yes.join(&no),
                }
            }
            ExprKind::Binary { op, left, right } => self.binary(cx, id, *op, *left, *right, state),
            ExprKind::Unary { op, operand } => {
                let value = self.eval(cx, *operand, state);
                match op {
                    UnaryOp::Not => Value::new(mix(41, [value.id.0])).with(|data| {
                        if super::settings::is_optional_setting(&value) {
                            let facts = Facts::clearing(super::value::ANY, marks::NO_ROOT);
                            let name = Self::expr_name(cx, *operand);
                            data.when_true = super::settings::by_setting(&facts, name, place);
                        }
                        data.truth = match value.truth {
                            Truth::True => Truth::False,
                            Truth::False => Truth::True,
                            Truth::Unknown => Truth::Unknown,
                        };
                        if value.is_constant() {
                            data.shape = Shape::Constant(Literal::Bool(data.truth == Truth::True));
                        }
                        data.ty = Ty::Bool;
                        data.when_true = data.when_true.and(&value.falsy());
                        data.when_false = value.when_true.clone();
                    }),
                    UnaryOp::TypeOf => Value::new(mix(42, [value.id.0]))
                        .with(|data| data.derived = Some(Rc::new(Derived::TypeOf(value.id)))),
                    UnaryOp::Negate => match &value.shape {
                        Shape::Constant(Literal::Int(number)) => Value::constant(Literal::Int(number.wrapping_neg())),
                        _ => Value::new(mix(43, [value.id.0])).with(|data| data.ty = Ty::Float),
                    },
                    UnaryOp::Plus | UnaryOp::Void | UnaryOp::Delete => {
                        Value::new(mix(44, [value.id.0, *op as u64])).with(|data| data.ty = Ty::Float)
                    }
                    UnaryOp::Other => value,
                }
            }
            ExprKind::Assign { target, op, value } => self.assign(cx, target, *op, *value, expr.span, state),
            ExprKind::Matches { pattern, value } => {
                let value = self.eval(cx, *value, state);
                let (matched, missed) = self.matching(cx, pattern, &value, state);
                self.bind_new(cx, pattern, value.clone(), state);
                Value::new(mix(45, [value.id.0, u64::from(id.0)])).with(|data| {
                    data.ty = Ty::Bool;
                    data.when_true = matched;
                    data.when_false = missed;
                })
            }
            ExprKind::Block { body, value } => {
                self.exec_block(cx, body, state);
                match value {
                    Some(value) if !state.dead => self.eval(cx, *value, state),
                    _ => Value::constant(Literal::Null),
                }
            }
            ExprKind::Pass { kind, inner } => {
                let value = self.eval(cx, *inner, state);
                match kind {
                    PassKind::Try => {
                        if value.truth == Truth::False {
                            self.leave(value.clone(), state);
                            return value;
                        }
                        state.learn(&value.when_true);
                        self.payload_of_all(&value, state)
                    }
                    PassKind::Yield => {
                        if let Some(activation) = self.activations.last_mut() {
                            activation.yielded = Some(match activation.yielded.take() {
                                Some(have) => have.join(&value),
                                None => value.clone(),
                            });
                        }
                        Value::new(mix(46, [u64::from(cx.func.module.0), u64::from(id.0)]))
                    }
                    _ => value,
                }
            }
            ExprKind::Cast { inner, ty } => {
                let value = self.eval(cx, *inner, state);
                self.declare(cx, value, *ty)
            }
            ExprKind::Opaque(children) => {
                let values: Vec<Value> = children.iter().map(|child| self.eval(cx, *child, state)).collect();
                if let [only] = values.as_slice() {
                    return only.clone();
                }
                let id = mix(
                    47,
                    [u64::from(cx.func.module.0), u64::from(id.0)]
                        .into_iter()
                        .chain(values.iter().map(|value| value.id.0)),
                );
                let taints = self.flow_on(&values.iter().collect::<Vec<_>>(), state, id, place, StepKind::Built);
                Value::new(id).with(|data| data.taints = taints)
            }
        }
    }

    /// What `Ok(x)` and `Some(x)` hold; anything else stands for itself.
    pub(super) fn payload(&self, value: &Value) -> Value {
        match &value.shape {
            Shape::Record(fields)
                if fields
                    .keys()
                    .all(|name| *name == names::zero() || *name == names::failure()) =>
            {
                fields.get(&names::zero()).cloned().unwrap_or_else(|| value.clone())
            }
            _ => value.clone(),
        }
    }

    /// The payload, and of a list of results (`collect::<Result<Vec<_>, _>>()?`) those of its elements.
    pub(super) fn payload_of_all(&self, value: &Value, state: &mut State) -> Value {
        let Shape::List { items, rest } = &value.shape else {
            return self.payload(value);
        };
        let mut unwrap = |value: &Value| {
            state.learn(&value.when_true);
            self.payload(value)
        };
        let items: Vec<Value> = items.iter().map(&mut unwrap).collect();
        let rest = rest.as_ref().map(&mut unwrap);
        value.clone().with(|data| {
            data.shape = Shape::List {
                items: Rc::new(items),
                rest,
            }
        })
    }

    /// What a state has proven of a value is written into the value itself, because the state is about to end.
    pub(super) fn settle(&self, value: Value, state: &State, _place: Place) -> Value {
        self.settle_within(value, state, 3)
    }

    fn settle_within(&self, value: Value, state: &State, depth: u32) -> Value {
        if depth == 0 || !value.is_tainted() && value.taints.is_empty() || state.dead || state.proven.is_empty() {
            return value;
        }
        self.settle_outer(value, state)
            .map_inner(&mut |inner| self.settle_within(inner.clone(), state, depth - 1))
    }

    fn settle_outer(&self, value: Value, state: &State) -> Value {
        if value.taints.is_empty() || state.dead || state.proven.is_empty() {
            return value;
        }
        let mut changed = false;
        let taints: Vec<_> = value
            .taints
            .iter()
            .map(|taint| {
                let (cleared, flaws) = self.standing(taint, value.id, state);
                changed |= cleared != taint.cleared;
                super::value::Taint {
                    cleared,
                    flaws,
                    ..taint.clone()
                }
            })
            .collect();
        if !changed {
            return value;
        }
        value.with(|data| data.taints = Rc::from(taints))
    }
}

impl Engine<'_> {
    /// A value under a name that says that its owner lets the server reach internal hosts.
    fn as_switch(&mut self, value: Value, name: Name, place: Place) -> Value {
        if value.is_tainted() || value.is_constant() || !matches!(value.shape, Shape::Unknown) {
            return value;
        }
        let lifts = *self
            .host_switches
            .entry(name)
            .or_insert_with(|| super::settings::lifts_hosts(name.as_str()));
        if !lifts {
            return value;
        }
        let facts = super::settings::hosts_lifted(name, place);
        value.with(|data| data.when_true = data.when_true.and(&facts))
    }
}

/// Whether a value is known to hold others under keys.
fn is_mapping(value: &Value) -> bool {
    match (&value.shape, &value.ty) {
        (Shape::Record(fields), _) => !fields.is_empty() && !fields.contains_key(&Name::new("*")),
        (Shape::Unknown, Ty::Map(_)) => true,
        (Shape::Unknown, Ty::External(name)) => name.ends_with("HashMap") || name.ends_with("BTreeMap"),
        _ => false,
    }
}
