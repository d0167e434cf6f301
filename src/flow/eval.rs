//! Expressions.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::names;
use super::state::State;
use super::value::{Callable, Derived, ENDS_WITH_SEPARATOR, Place, Shape, StepKind, Truth, Value, mix, name_bits};
use crate::ir::{
    BinaryOp, Clause, CollectionKind, Element, ExprId, ExprKind, FuncId, Key, Literal, Name, PassKind, RecordEntry,
    UnaryOp,
};
use crate::models::{ClassSet, Property};
use crate::project::{FuncRef, ModuleId, Symbol, Ty};

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
            ExprKind::Name(name) => self.variable(cx, *name, state),
            ExprKind::This => self.this_value(cx, state),
            ExprKind::Super => self.this_value(cx, state),
            ExprKind::Path(path) => {
                let symbol = self.project.resolve_path(cx.func.module, cx.func.func, path);
                self.symbol_value(cx, symbol, state)
            }
            ExprKind::Field { base, name, .. } => {
                let object = self.eval(cx, *base, state);
                let value = self.field(&object, *name, place, state);
                if !value.is_tainted() && !value.is_constant() && super::guards::lifts_all(name) {
                    let facts = Facts::clearing(super::value::ANY, marks::NO_ROOT);
                    return value.with(|data| data.when_true = data.when_true.and(&facts));
                }
                value
            }
            ExprKind::Index { base, index } => {
                let object = self.eval(cx, *base, state);
                let key = self.eval(cx, *index, state);
                self.index(&object, &key, place, state)
            }
            ExprKind::Call(call) => self.call(cx, id, call, state),
            ExprKind::Concat(parts) => {
                let values: Vec<Value> = parts.iter().map(|part| self.eval(cx, *part, state)).collect();
                self.built(&values, place, state)
            }
            ExprKind::Record { ty, entries } => self.record(cx, id, ty.as_deref(), entries, state),
            ExprKind::List { kind, elements } => self.list(cx, id, *kind, elements, state),
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
                other.learn(&test.when_false);
                let yes = self.eval(cx, *then, state);
                let no = self.eval(cx, *otherwise, &mut other);
                let (then_dead, other_dead) = (state.dead, other.dead);
                // what each branch proved of its own value stays with that value
                let yes = self.settle(yes, state, place);
                let no = self.settle(no, &other, place);
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
                        if super::guards::is_optional_setting(&value) {
                            data.when_true = Facts::clearing(super::value::ANY, marks::NO_ROOT);
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
                        data.when_true = data.when_true.and(&value.when_false);
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
        if depth == 0 || !value.is_tainted() || state.dead || state.proven.is_empty() {
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

    pub(super) fn variable(&mut self, cx: Cx<'a>, name: Name, state: &mut State) -> Value {
        if let Some(owner) = self.owner_of(cx, name, state)
            && let Some(value) = state.variable(owner, name)
        {
            return value.clone();
        }
        let symbol = self.project.resolve_name(cx.func.module, cx.func.func, name);
        self.symbol_value(cx, symbol, state)
    }

    pub(super) fn callable(&mut self, cx: Cx<'a>, func: FuncRef, state: &State) -> Value {
        let module = self.module(func.module);
        let mut captured = Vec::new();
        let mut current = module.function(func.func).parent;
        while let Some(parent) = current {
            if parent == FuncId::MODULE {
                break;
            }
            let owner = FuncRef {
                module: func.module,
                func: parent,
            };
            if let Some(frame) = state.frames.get(&owner) {
                captured.push((owner, Rc::clone(frame)));
            }
            current = module.function(parent).parent;
        }
        let fresh = if captured.is_empty() {
            mix(48, [u64::from(func.module.0), u64::from(func.func.0)])
        } else {
            let bits = captured.iter().map(|(_, frame)| Rc::as_ptr(frame).addr() as u64);
            mix(
                49,
                [u64::from(func.module.0), u64::from(func.func.0)]
                    .into_iter()
                    .chain(bits),
            )
        };
        let this = (func.module == cx.func.module)
            .then(|| {
                self.owner_of(cx, names::this(), state)
                    .and_then(|owner| state.variable(owner, names::this()).cloned())
            })
            .flatten();
        let this = if self.project.class_of(func).is_some() {
            None
        } else {
            this
        };
        Value::new(fresh).with(|data| {
            data.shape = Shape::Functions(Rc::new(vec![Callable {
                func,
                captured: Rc::new(captured),
                this,
                bound: Rc::from([]),
                label: None,
            }]));
            data.truth = Truth::True;
            data.ty = Ty::Function;
        })
    }

    /// The value that a symbol stands for.
    pub(super) fn symbol_value(&mut self, cx: Cx<'a>, symbol: Symbol, state: &mut State) -> Value {
        match symbol {
            Symbol::Function(func) => self.callable(cx, func, state),
            Symbol::Variable(module, name) => self.module_variable(module, name, state),
            Symbol::Variant(class, name) => {
                let project = self.project;
                let literal = project.field(class, name).and_then(|(owner, field)| {
                    field
                        .value
                        .and_then(|value| project.constant_text(owner.module, FuncId::MODULE, value))
                });
                match literal {
                    Some(text) => Value::constant(Literal::Str(text)),
                    None => Value::constant(Literal::Str(name)).with(|data| {
                        data.shape = Shape::Symbol(symbol);
                        data.truth = Truth::True;
                    }),
                }
            }
            Symbol::External(name) => {
                if matches!(name.as_str(), "None" | "null" | "undefined") {
                    return Value::constant(Literal::Null);
                }
                let language = cx.module.language;
                let name = self.models.canonical(language, name);
                if name == "path.sep" || name == "os.sep" || name == "std::path::MAIN_SEPARATOR" {
                    return Value::constant(Literal::Str(Name::new("/")));
                }
                Value::new(mix(50, [name_bits(name)])).with(|data| {
                    data.shape = Shape::Symbol(Symbol::External(name));
                    data.truth = Truth::Unknown;
                })
            }
            Symbol::Class(_) | Symbol::Module(_) => {
                let bits = match symbol {
                    Symbol::Class(class) => [u64::from(class.module.0), u64::from(class.class.0)],
                    Symbol::Module(module) => [u64::from(module.0), u64::MAX],
                    _ => [0, 0],
                };
                Value::new(mix(51, bits)).with(|data| {
                    data.shape = Shape::Symbol(symbol);
                    data.truth = Truth::True;
                })
            }
        }
    }

    fn module_variable(&mut self, module: ModuleId, name: Name, state: &State) -> Value {
        let owner = FuncRef {
            module,
            func: FuncId::MODULE,
        };
        let initial = match state.variable(owner, name) {
            Some(value) => Some(value.clone()),
            None => self.module_frame(module).and_then(|frame| frame.get(&name).cloned()),
        };
        let written = self.globals.get(&(module, name)).cloned();
        match (initial, written) {
            (Some(a), Some(b)) => a.join(&b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => Value::new(mix(52, [u64::from(module.0), name_bits(name)])),
        }
    }

    /// A string built of parts.
    pub(super) fn built(&mut self, parts: &[Value], place: Place, state: &State) -> Value {
        if parts.iter().all(|part| part.text().is_some()) {
            let text: String = parts.iter().filter_map(Value::text).map(Name::as_str).collect();
            if text.len() < 4096 {
                return Value::constant(Literal::Str(Name::new(&text)));
            }
        }
        // lists, of which one may be unknown, make a list
        if let Some(at) = parts.iter().position(|part| matches!(part.shape, Shape::List { .. }))
            && parts
                .iter()
                .all(|part| matches!(part.shape, Shape::List { .. } | Shape::Unknown))
        {
            let start = Value::new(mix(63, [at as u64])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: None,
                };
            });
            return parts.iter().fold(start, |all, part| {
                let part = match part.shape {
                    Shape::List { .. } => part.clone(),
                    _ => self.element_of(part, place, state),
                };
                match &all.shape {
                    Shape::List { items, rest } => self.extend_list(&all, items, rest.as_ref(), &part),
                    _ => part,
                }
            });
        }
        // a string of one value is that value
        if let [only] = parts
            && only.is_tainted()
        {
            return only.clone();
        }
        let id = mix(53, parts.iter().map(|part| part.id.0));
        let mut taints: Vec<super::value::Taint> = Vec::new();
        let mut prefixed = false;
        let begins_with_word = parts
            .first()
            .and_then(Value::text)
            .is_some_and(|text| text.trim_start().contains(char::is_whitespace));
        for part in parts {
            for (taint, holder) in part.all_taints() {
                let mut taint = self.derive(&taint, holder, state, id, place, StepKind::Built);
                if begins_with_word {
                    taint.cleared = taint.cleared.union(marks::FIXED_WORD);
                }
                if prefixed {
                    taint.cleared = taint
                        .cleared
                        .union(marks::NOT_ABSOLUTE)
                        .union(ClassSet::of(crate::models::Class::Argument));
                }
                match taints.iter_mut().find(|have| have.origin == taint.origin) {
                    Some(have) => have.cleared = have.cleared.intersection(taint.cleared),
                    None => taints.push(taint),
                }
            }
            prefixed |= match part.text() {
                Some(text) => !text.is_empty(),
                None => !part.is_tainted(),
            };
        }
        let separator = parts
            .last()
            .is_some_and(|last| last.properties & ENDS_WITH_SEPARATOR != 0);
        let truth = if parts
            .iter()
            .any(|part| part.text().is_some_and(|text| !text.is_empty()))
        {
            Truth::True
        } else {
            Truth::Unknown
        };
        let flat: Vec<Value> = parts
            .iter()
            .flat_map(|part| match &part.shape {
                Shape::Text(inner) if inner.len() < 16 => (**inner).clone(),
                _ => vec![part.clone()],
            })
            .take(64)
            .collect();
        let numeric = !parts.is_empty() && parts.iter().all(|part| matches!(part.ty, Ty::Int | Ty::Float));
        Value::new(id).with(|data| {
            data.taints = Rc::from(taints);
            data.ty = if numeric { Ty::Float } else { Ty::Str };
            data.shape = Shape::Text(Rc::new(flat));
            data.truth = truth;
            if separator {
                data.properties |= ENDS_WITH_SEPARATOR;
            }
        })
    }

    fn record(
        &mut self,
        cx: Cx<'a>,
        id: ExprId,
        ty: Option<&[Name]>,
        entries: &'a [RecordEntry],
        state: &mut State,
    ) -> Value {
        let place = cx.place(cx.module.expr(id).span);
        let mut fields: BTreeMap<Name, Value> = BTreeMap::new();
        let mut loose: Vec<Value> = Vec::new();
        let mut spread: Option<Value> = None;
        let mut bits = vec![u64::from(cx.func.module.0), u64::from(id.0)];
        for entry in entries {
            match entry {
                RecordEntry::Pair { key, value, .. } => {
                    let key = match key {
                        Key::Name(name) => Some(*name),
                        Key::Computed(key) => {
                            let key = self.eval(cx, *key, state);
                            if key.is_tainted() {
                                loose.push(key.clone());
                            }
                            key.text()
                        }
                    };
                    let value = self.eval(cx, *value, state);
                    let value = match (&value.shape, key) {
                        (Shape::Functions(functions), Some(key)) => label(&value, functions, key),
                        _ => value,
                    };
                    bits.push(value.id.0);
                    match key {
                        Some(name) => {
                            fields.insert(name, value);
                        }
                        None => loose.push(value),
                    }
                }
                RecordEntry::Spread(value) => {
                    let value = self.eval(cx, *value, state);
                    bits.push(value.id.0);
                    if let Shape::Record(inner) = &value.shape {
                        for (name, value) in inner.iter() {
                            fields.insert(*name, value.clone());
                        }
                    }
                    if !matches!(value.shape, Shape::Record(_)) && !value.taints.is_empty() {
                        // what stands before may be replaced by the caller's
                        for (name, have) in &mut fields {
                            *have = have.join(&self.field(&value, *name, place, state));
                        }
                    }
                    if !matches!(value.shape, Shape::Record(_)) || !value.taints.is_empty() {
                        spread = Some(match spread {
                            Some(have) => have.join(&value),
                            None => value,
                        });
                    }
                }
            }
        }
        // entries under keys that are not known share one
        if let Some(first) = loose.first().cloned() {
            let all = loose.iter().skip(1).fold(first, |all, value| all.join(value));
            fields.insert(Name::new("*"), all);
        }
        let new = mix(54, bits);
        let mut value = Value::new(new).with(|data| {
            data.shape = Shape::Record(Rc::new(fields));
            data.truth = Truth::True;
        });
        if let Some(spread) = spread {
            let taints: Vec<_> = spread
                .taints
                .iter()
                .map(|taint| {
                    let mut on = self.derive(taint, spread.id, state, new, place, StepKind::Built);
                    on.opens = taint.opens;
                    on.whole = taint.whole;
                    on
                })
                .collect();
            value = value.with(|data| {
                data.taints = Rc::from(taints);
                data.ty = spread.ty.clone();
                data.enforced = spread.enforced;
            });
        }
        if let Some(path) = ty {
            let symbol = match path {
                [name] => self.project.resolve_name(cx.func.module, cx.func.func, *name),
                _ => self.project.resolve_path(cx.func.module, cx.func.func, path),
            };
            if let Symbol::Class(class) = symbol {
                if let Shape::Record(fields) = &value.shape {
                    for (name, field) in fields.iter() {
                        self.store_class_field(class, *name, field);
                    }
                }
                value = value.with(|data| data.ty = Ty::Class(class));
            }
        }
        value
    }

    fn list(
        &mut self,
        cx: Cx<'a>,
        id: ExprId,
        kind: CollectionKind,
        elements: &'a [Element],
        state: &mut State,
    ) -> Value {
        let mut items = Vec::new();
        let mut rest: Option<Value> = None;
        let mut bits = vec![u64::from(cx.func.module.0), u64::from(id.0)];
        for element in elements {
            match element {
                Element::Item(value) => {
                    let value = self.eval(cx, *value, state);
                    bits.push(value.id.0);
                    match &mut rest {
                        Some(rest) => *rest = rest.join(&value),
                        None => items.push(value),
                    }
                }
                Element::Spread(value) => {
                    let value = self.eval(cx, *value, state);
                    bits.push(value.id.0);
                    match (&value.shape, &mut rest) {
                        (
                            Shape::List {
                                items: inner,
                                rest: None,
                            },
                            None,
                        ) => items.extend(inner.iter().cloned()),
                        _ => {
                            let element = self.element_of(&value, cx.place(cx.module.expr(id).span), state);
                            rest = Some(match rest.take() {
                                Some(have) => have.join(&element),
                                None => element,
                            });
                        }
                    }
                }
            }
        }
        // long tables are kept whole, so that registries resolve, up to a bound
        if items.len() > 512 {
            let tail = items.split_off(512);
            rest = tail.into_iter().chain(rest).reduce(|all, value| all.join(&value));
        }
        let _ = kind;
        Value::new(mix(55, bits)).with(|data| {
            data.truth = if items.is_empty() && rest.is_none() {
                Truth::Unknown
            } else {
                Truth::True
            };
            data.shape = Shape::List {
                items: Rc::new(items),
                rest,
            };
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn comprehension(
        &mut self,
        cx: Cx<'a>,
        id: ExprId,
        kind: CollectionKind,
        clauses: &'a [Clause],
        element: ExprId,
        value: Option<ExprId>,
        state: &mut State,
    ) -> Value {
        let place = cx.place(cx.module.expr(id).span);
        let mut inside = state.clone();
        for clause in clauses {
            let collection = self.eval(cx, clause.iter, &mut inside);
            let item = self.element_of(&collection, place, &inside);
            self.bind_new(cx, &clause.pattern, item, &mut inside);
            for condition in &clause.conditions {
                let test = self.eval(cx, *condition, &mut inside);
                inside.learn(&test.when_true);
            }
        }
        let made = self.eval(cx, element, &mut inside);
        let made = self.settle(made, &inside, place);
        let made = match value {
            Some(value) => {
                let value = self.eval(cx, value, &mut inside);
                let value = self.settle(value, &inside, place);
                if made.is_tainted() { value.join(&made) } else { value }
            }
            None => made,
        };
        let new = mix(56, [u64::from(cx.func.module.0), u64::from(id.0), made.id.0]);
        Value::new(new).with(|data| {
            data.shape = if kind == CollectionKind::Map {
                Shape::Record(Rc::new(BTreeMap::from([(Name::new("*"), made)])))
            } else {
                Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(made),
                }
            };
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn binary(
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
                    _ => inside.learn(&a.when_false),
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
                    BinaryOp::And => (a.when_true.and(&b.when_true), a.when_false.intersect(&b.when_false)),
                    _ => (a.when_true.intersect(&b.when_true), a.when_false.and(&b.when_false)),
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
                            joined.with(|data| data.id = a.id)
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
                self.test(mix(59, [a.id.0, b.id.0, op as u64]), Facts::none(), Facts::none())
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

    /// A path joined of parts, where a later absolute part replaces the earlier ones (Python, Rust).
    pub(super) fn join_path(&mut self, parts: &[Value], place: Place, state: &State) -> Value {
        let id = mix(61, parts.iter().map(|part| part.id.0));
        let taints = self.flow_on(&parts.iter().collect::<Vec<_>>(), state, id, place, StepKind::Built);
        Value::new(id).with(|data| {
            data.taints = taints;
            data.ty = parts.first().map_or(Ty::Path, |first| match &first.ty {
                Ty::External(name) => Ty::External(*name),
                _ => Ty::Path,
            });
            data.truth = Truth::True;
        })
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
                Value::new(id).with(|data| {
                    data.taints = taints;
                    if let Ty::List(inner) | Ty::Map(inner) = &object.ty {
                        data.ty = (**inner).clone();
                        data.enforced = object.enforced;
                        if object.enforced && inner.is_harmless() {
                            data.taints = Rc::from([]);
                        }
                    }
                    if matches!(object.ty, Ty::Str) || object.has(Property::Folded) {
                        data.derived = Some(Rc::new(Derived::PartOf(object.clone())));
                    }
                })
            }
        }
    }
}

/// Functions in a table carry the key under which they stand: the name of the tool.
fn label(value: &Value, functions: &Rc<Vec<Callable>>, key: Name) -> Value {
    let labelled: Vec<Callable> = functions
        .iter()
        .map(|callable| Callable {
            label: callable.label.or(Some(key)),
            ..callable.clone()
        })
        .collect();
    value
        .clone()
        .with(|data| data.shape = Shape::Functions(Rc::new(labelled)))
}
