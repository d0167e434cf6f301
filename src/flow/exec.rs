//! Statements.

use std::rc::Rc;

use super::engine::Engine;
use super::marks;
use super::names;
use super::state::State;
use super::value::{ANY, Place, Shape, StepKind, Truth, Value, mix};
use crate::ir::{BinaryOp, Block, ExprKind, FuncId, Language, Module, Name, PatternKind, Stmt, StmtKind};
use crate::models::{Class, ClassSet};
use crate::project::FuncRef;

/// Where evaluation stands: which function of which module.
#[derive(Clone, Copy)]
pub(super) struct Cx<'a> {
    pub(super) module: &'a Module,
    pub(super) func: FuncRef,
}

impl Cx<'_> {
    pub(super) fn place(&self, span: crate::workspace::Span) -> Place {
        Place {
            module: self.func.module,
            span,
        }
    }
}

impl<'a> Engine<'a> {
    pub(super) fn exec_block(&mut self, cx: Cx<'a>, block: &'a Block, state: &mut State) {
        for stmt in block {
            if state.dead {
                return;
            }
            self.exec(cx, stmt, state);
        }
    }

    /// A block whose declarations end with it: what they hide comes back.
    pub(super) fn exec_scope(&mut self, cx: Cx<'a>, block: &'a Block, state: &mut State) {
        if cx.module.language == Language::Python {
            return self.exec_block(cx, block, state);
        }
        let mut hidden: Vec<(Name, Value)> = Vec::new();
        for stmt in block {
            if let StmtKind::Let { pattern, .. } = &stmt.kind {
                crate::ir::walk::names_of_pattern(pattern, &mut |name| {
                    if let Some(value) = state.variable(cx.func, name)
                        && hidden.iter().all(|(have, _)| *have != name)
                    {
                        hidden.push((name, value.clone()));
                    }
                });
            }
        }
        self.exec_block(cx, block, state);
        if !state.dead {
            for (name, value) in hidden {
                state.set_variable(cx.func, name, value);
            }
        }
    }

    fn exec(&mut self, cx: Cx<'a>, stmt: &'a Stmt, state: &mut State) {
        if !self.spend() {
            state.dead = true;
            return;
        }
        match &stmt.kind {
            StmtKind::Let {
                pattern,
                ty,
                value,
                otherwise,
            } => {
                let mut bound = match value {
                    Some(value) => self.eval(cx, *value, state),
                    None => Value::constant(crate::ir::Literal::Null),
                };
                if let Some(ty) = ty {
                    bound = self.declare(cx, bound, *ty);
                }
                if state.dead {
                    return;
                }
                if let Some(otherwise) = otherwise {
                    let (matched, missed) = self.matching(cx, pattern, &bound, state);
                    let mut missing = state.clone();
                    missing.learn(&missed);
                    self.exec_scope(cx, otherwise, &mut missing);
                    state.learn(&matched);
                    self.bind(cx, pattern, bound, state);
                    if !missing.dead {
                        *state = std::mem::take(state).join(missing);
                    }
                } else {
                    self.bind_new(cx, pattern, bound, state);
                }
            }
            StmtKind::Assign { target, ty, op, value } => {
                let value = self.assign(cx, target, *op, *value, stmt.span, state);
                if let Some(ty) = ty {
                    let value = self.declare(cx, value, *ty);
                    self.bind(cx, target, value, state);
                }
            }
            StmtKind::If { test, then, otherwise } => {
                let value = self.eval(cx, *test, state);
                if state.dead {
                    return;
                }
                let mut other = state.clone();
                let before = Rc::clone(&state.proven);
                state.learn(&value.when_true);
                other.learn(&value.falsy());
                state.dead |= value.truth == Truth::False && value.is_constant();
                other.dead |= value.truth == Truth::True && value.is_constant();
                self.exec_scope(cx, then, state);
                self.exec_scope(cx, otherwise, &mut other);
                if otherwise.is_empty() && super::settings::is_optional_setting(&value) {
                    // `if (root) check(path, root)`: the check is there for whoever sets a root
                    let kept = std::mem::take(state).join({
                        other.learn(&super::fact::Facts::clearing(ANY, ClassSet::of(Class::Path)));
                        let name = Self::expr_name(cx, *test);
                        other.learn(&super::settings::setting_remark(name, false, cx.place(stmt.span)));
                        other
                    });
                    *state = kept;
                    state.forget(ANY, &before);
                } else {
                    *state = std::mem::take(state).join(other);
                }
            }
            StmtKind::Loop { kind, body, otherwise } => self.exec_loop(cx, kind, body, otherwise, state),
            StmtKind::Match { subject, arms } => self.exec_match(cx, *subject, arms, state),
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                let before = state.clone();
                self.push_try();
                self.exec_scope(cx, body, state);
                let thrown = self.pop_try();
                self.exec_scope(cx, otherwise, state);
                // an exception may come from any point of the body: nothing it proves holds in the handler
                let mut failing = State { dead: false, ..before };
                if !state.dead {
                    let proven = Rc::clone(&failing.proven);
                    failing = failing.join(state.clone());
                    failing.proven = proven;
                }
                if let Some(thrown) = thrown {
                    failing = failing.join(thrown);
                }
                for handler in handlers {
                    let mut branch = failing.clone();
                    for ty in &handler.types {
                        self.eval(cx, *ty, &mut branch);
                    }
                    if let Some(pattern) = &handler.pattern {
                        let id = mix(21, [u64::from(cx.func.module.0), u64::from(handler.span.start)]);
                        let error = self.with_detail(
                            Value::new(id),
                            super::detail::Detail::Object,
                            None,
                            cx.place(pattern.span),
                        );
                        self.bind(cx, pattern, error, &mut branch);
                    }
                    self.exec_scope(cx, &handler.body, &mut branch);
                    *state = std::mem::take(state).join(branch);
                }
                if !finally.is_empty() {
                    let dead = state.dead;
                    if dead {
                        *state = State { dead: false, ..failing };
                    }
                    self.exec_scope(cx, finally, state);
                    state.dead |= dead;
                }
            }
            StmtKind::Return(value) => {
                let value = match value {
                    Some(value) => self.eval(cx, *value, state),
                    None => Value::constant(crate::ir::Literal::Null),
                };
                if !state.dead {
                    if self.activations.len() == 1 {
                        self.check_answer(&value, cx.place(stmt.span), state);
                    }
                    self.leave(value, state);
                }
            }
            StmtKind::Throw(value) => {
                if let Some(value) = value {
                    let value = self.eval(cx, *value, state);
                    self.check_thrown(&value, cx.place(stmt.span), state);
                }
                if let Some(activation) = self.activations.last_mut()
                    && let Some(slot) = activation.tries.last_mut()
                {
                    let joined = match slot.take() {
                        Some(have) => have.join(state.clone()),
                        None => state.clone(),
                    };
                    *slot = Some(joined);
                }
                state.dead = true;
            }
            StmtKind::Assert { test, message, debug } => {
                let value = self.eval(cx, *test, state);
                if *debug {
                    let place = cx.place(stmt.span);
                    state.learn(&super::guards::as_flaws(
                        &value.when_true,
                        "an assertion that optimised builds leave out",
                        place,
                    ));
                } else {
                    state.learn(&value.when_true);
                }
                if let Some(message) = message {
                    let mut failing = state.clone();
                    self.eval(cx, *message, &mut failing);
                }
            }
            StmtKind::Break => {
                if let Some(slot) = self
                    .activations
                    .last_mut()
                    .and_then(|activation| activation.breaks.last_mut())
                {
                    slot.left.push(state.clone());
                }
                state.dead = true;
            }
            StmtKind::Continue => {
                if let Some(activation) = self.activations.last_mut()
                    && let Some(slot) = activation.breaks.iter_mut().rev().find(|slot| !slot.is_switch)
                {
                    slot.continued.push(state.clone());
                }
                state.dead = true;
            }
            StmtKind::Expr(value) => {
                let value = self.eval(cx, *value, state);
                drop(value);
            }
            StmtKind::Class(class) => {
                let class_ref = crate::project::ClassRef {
                    module: cx.func.module,
                    class: *class,
                };
                if let Some(name) = cx.module.class(*class).name {
                    let value = Value::new(mix(22, [u64::from(cx.func.module.0), u64::from(class.0)]))
                        .with(|data| data.shape = Shape::Symbol(crate::project::Symbol::Class(class_ref)));
                    state.set_variable(cx.func, name, value);
                }
            }
            StmtKind::Block(body) => self.exec_scope(cx, body, state),
        }
    }

    fn push_try(&mut self) {
        if let Some(activation) = self.activations.last_mut() {
            activation.tries.push(None);
        }
    }

    fn pop_try(&mut self) -> Option<State> {
        self.activations
            .last_mut()
            .and_then(|activation| activation.tries.pop())
            .flatten()
    }

    /// Leaves the running function with a value.
    pub(super) fn leave(&mut self, value: Value, state: &mut State) {
        // a validator that has nothing to compare with, because its owner set no root, has done what it was asked to
        let unset = state.cleared(ANY).holds(marks::NO_ROOT)
            && (self.payload(&value).is_null()
                || matches!(&self.payload(&value).shape, Shape::List { items, rest: None } if items.is_empty())
                || value.truth == Truth::True && value.is_constant());
        if unset || state.cleared(ANY).holds(marks::LIFTED) {
            state.learn(&super::fact::Facts::clearing(ANY, marks::confined()));
        }
        if let Some(activation) = self.activations.last_mut() {
            let facts = state.facts_beyond(&activation.before);
            let value = super::state::baked(&value, &state.proven, 3);
            let value = if facts.is_none() {
                value
            } else {
                super::guards::on_return(&value, &facts)
            };
            activation.returned = Some(match activation.returned.take() {
                Some(have) => have.join(&value),
                None => value,
            });
            activation.exit = Some(match activation.exit.take() {
                Some(have) => have.join(state.clone()),
                None => state.clone(),
            });
        }
        state.dead = true;
    }

    /// `target op= value`.
    pub(super) fn assign(
        &mut self,
        cx: Cx<'a>,
        target: &'a crate::ir::Pattern,
        op: Option<BinaryOp>,
        value: crate::ir::ExprId,
        span: crate::workspace::Span,
        state: &mut State,
    ) -> Value {
        let new = self.eval(cx, value, state);
        let value = match op {
            None => new,
            Some(op) => {
                let old = self.read_target(cx, target, state);
                let place = cx.place(span);
                if op == BinaryOp::Add {
                    if let Shape::List { items, rest } = &old.shape {
                        let (items, rest) = (Rc::clone(items), rest.clone());
                        self.extend_list(&old, &items, rest.as_ref(), &new)
                    } else {
                        self.built(&[old, new], place, state)
                    }
                } else if matches!(op, BinaryOp::Or | BinaryOp::Coalesce | BinaryOp::And) {
                    old.join(&new)
                } else {
                    let id = mix(23, [old.id.0, new.id.0, op as u64]);
                    let taints = self.flow_on(&[&old, &new], state, id, place, StepKind::Built);
                    Value::new(id).with(|data| {
                        data.taints = taints;
                        data.ty = old.ty.clone();
                    })
                }
            }
        };
        if !state.dead {
            self.bind(cx, target, value.clone(), state);
        }
        value
    }

    fn read_target(&mut self, cx: Cx<'a>, target: &'a crate::ir::Pattern, state: &mut State) -> Value {
        match &target.kind {
            PatternKind::Bind(name, _) => self.variable(cx, *name, state),
            PatternKind::Place(expr) => self.eval(cx, *expr, state),
            _ => Value::new(mix(24, [u64::from(target.span.start)])),
        }
    }

    /// A value declared to be of a type.
    pub(super) fn declare(&self, cx: Cx<'a>, value: Value, ty: crate::ir::TypeId) -> Value {
        let ty = self.project.type_of(cx.func.module, cx.func.func, ty);
        let before = value.ty.clone();
        // `Ok(client)` as a `Result<Client, _>`
        let value = match (&value.shape, &ty) {
            (Shape::Record(fields), crate::project::Ty::External(_)) if cx.module.language == Language::Rust => {
                match fields.get(&super::names::zero()) {
                    Some(held) if held.ty == crate::project::Ty::Unknown => {
                        let mut fields = (**fields).clone();
                        fields.insert(super::names::zero(), self.typed(held.clone(), ty.clone()));
                        value.with(|data| data.shape = Shape::Record(Rc::new(fields)))
                    }
                    _ => value,
                }
            }
            _ => value,
        };
        let typed = self.typed(value, ty.clone());
        // a cast or annotation claims what nobody has checked
        let typed = if typed.enforced && typed.ty != before && cx.module.language != Language::Rust {
            typed.with(|data| data.enforced = false)
        } else {
            typed
        };
        self.enforce_by_language(cx.module.language, typed, &ty)
    }

    /// In Rust a declared type is a fact.
    pub(super) fn enforce_by_language(&self, language: Language, value: Value, ty: &crate::project::Ty) -> Value {
        if language == Language::Rust
            && ty.is_harmless()
            && !matches!(ty, crate::project::Ty::Function)
            && !value.taints.is_empty()
        {
            return value.with(|data| data.taints = Rc::from([]));
        }
        value
    }

    /// The function that declares a variable visible in `cx`: the nearest enclosing one that has it.
    pub(super) fn owner_of(&self, cx: Cx<'a>, name: Name, state: &State) -> Option<FuncRef> {
        let mut current = Some(cx.func.func);
        while let Some(func) = current {
            let owner = FuncRef {
                module: cx.func.module,
                func,
            };
            if state.variable(owner, name).is_some() {
                return Some(owner);
            }
            if func == FuncId::MODULE {
                return None;
            }
            current = cx.module.function(func).parent;
        }
        None
    }

    pub(super) fn this_value(&mut self, cx: Cx<'a>, state: &State) -> Value {
        match self
            .owner_of(cx, names::this(), state)
            .and_then(|owner| state.variable(owner, names::this()))
        {
            Some(value) => value.clone(),
            None => self
                .receiver_of(cx.func, state)
                .unwrap_or_else(|| Value::new(mix(25, [u64::from(cx.func.module.0)]))),
        }
    }

    pub(super) fn expr_name(cx: Cx<'a>, expr: crate::ir::ExprId) -> Option<Name> {
        match &cx.module.expr(expr).kind {
            ExprKind::Name(name) => Some(*name),
            ExprKind::Field { name, .. } => Some(*name),
            ExprKind::Path(path) => path.last().copied(),
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => Self::expr_name(cx, *inner),
            _ => None,
        }
    }
}
