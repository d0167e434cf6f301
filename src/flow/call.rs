//! Calls of project functions, constructors and unknown values.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::{Activation, Engine, MAX_DEPTH, MAX_QUIET_DEPTH, Memo};
use super::exec::Cx;
use super::names;
use super::state::{Frame, State};
use super::value::{ANY, Callable, Place, Shape, Step, StepKind, Taint, Truth, Value, ValueId, mix, name_bits};
use crate::ir::{ArgKind, Call, CallForm, ExprId, ExprKind, FuncId, FuncKind, Language, Literal, Name, ParamKind};
use crate::project::{ClassRef, FuncRef, Symbol, Ty};

impl<'a> Engine<'a> {
    /// A call expression.
    pub(super) fn call(&mut self, cx: Cx<'a>, id: ExprId, call: &'a Call, state: &mut State) -> Value {
        let span = cx.module.expr(id).span;
        let callee = cx.module.expr(call.callee);
        // report at the name that is called, which in a chain over many lines is where the value goes
        let start = match &callee.kind {
            ExprKind::Field { name_span, .. } => name_span.start,
            _ => callee.span.start,
        };
        let place = Place {
            module: cx.func.module,
            span: crate::workspace::Span {
                start: start.max(span.start),
                end: span.end,
            },
        };

        if let ExprKind::Field { base, name, .. } = &callee.kind {
            let receiver = self.eval(cx, *base, state);
            let arguments = self.arguments(cx, call, state);
            if state.dead {
                return Value::new(mix(80, [u64::from(id.0)]));
            }
            return self.method_call(cx, call, *base, receiver, *name, arguments, place, state);
        }
        let function = self.eval(cx, call.callee, state);
        let arguments = self.arguments(cx, call, state);
        if state.dead {
            return Value::new(mix(80, [u64::from(id.0)]));
        }
        if let ExprKind::Super = callee.kind {
            return self.call_super(cx, arguments, place, state);
        }
        if let ExprKind::Name(name) = &callee.kind
            && matches!(name.as_str(), "require" | "import")
            && cx.module.language == Language::TypeScript
            && let Some(specifier) = arguments.get(0).and_then(Value::text)
        {
            let text = specifier.strip_prefix("node:").unwrap_or(specifier.as_str());
            if !text.starts_with('.') {
                return self.symbol_value(cx, Symbol::External(Name::new(text)), state);
            }
        }
        self.call_value(cx, call, &function, arguments, place, state)
    }

    fn arguments(&mut self, cx: Cx<'a>, call: &'a Call, state: &mut State) -> Arguments {
        let mut arguments = Arguments::default();
        for arg in &call.args {
            let value = self.eval(cx, arg.value, state);
            match arg.kind {
                ArgKind::Positional => match &mut arguments.rest {
                    Some(rest) => *rest = rest.join(&value),
                    None => arguments.positional.push(value),
                },
                ArgKind::Named(name) => arguments.named.push((name, value)),
                ArgKind::Spread => match (&value.shape, &arguments.rest) {
                    (Shape::List { items, rest: None }, None) => arguments.positional.extend(items.iter().cloned()),
                    (
                        Shape::List {
                            items,
                            rest: Some(rest),
                        },
                        None,
                    ) => {
                        arguments.positional.extend(items.iter().cloned());
                        arguments.rest = Some(rest.clone());
                    }
                    _ => {
                        let element = self.element_of(&value, cx.place(cx.module.expr(arg.value).span), state);
                        arguments.rest = Some(match arguments.rest.take() {
                            Some(have) => have.join(&element),
                            None => element,
                        });
                    }
                },
                ArgKind::KeywordSpread => {
                    if let Shape::Record(fields) = &value.shape {
                        for (name, value) in fields.iter().filter(|(name, _)| **name != "*") {
                            arguments.named.push((*name, value.clone()));
                        }
                    }
                    arguments.keywords = Some(value);
                }
            }
        }
        arguments
    }

    /// Calls a value.
    pub(super) fn call_value(
        &mut self,
        cx: Cx<'a>,
        call: &'a Call,
        function: &Value,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        match &function.shape {
            Shape::Functions(callables) => {
                let callables = Rc::clone(callables);
                self.call_any(cx, &callables, arguments, place, state)
            }
            Shape::Symbol(Symbol::Class(class)) => {
                let class = *class;
                self.construct(cx, class, arguments, place, state)
            }
            Shape::Symbol(Symbol::Variant(class, name)) => {
                let ty = Ty::Class(*class);
                let name = *name;
                self.wrap(name, arguments, ty)
            }
            Shape::Symbol(Symbol::External(name)) => {
                let name = *name;
                self.call_symbol(cx, Some(call), function, name, arguments, place, state)
            }
            Shape::Collector(index) => {
                let value = arguments
                    .get(0)
                    .cloned()
                    .unwrap_or_else(|| Value::constant(Literal::Null));
                if let Some(slot) = self.collectors.get_mut(*index as usize) {
                    *slot = Some(match slot.take() {
                        Some(have) => have.join(&value),
                        None => value,
                    });
                }
                Value::constant(Literal::Null)
            }
            _ => {
                let name = Self::expr_name(cx, call.callee).unwrap_or_else(|| Name::new("a function"));
                self.unknown_call(cx, name, Some(function), arguments, place, state)
            }
        }
    }

    /// Calls one of several functions: which one is not known.
    pub(super) fn call_any(
        &mut self,
        cx: Cx<'a>,
        callables: &[Callable],
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let arguments = self.passing(cx, callables, arguments, place, state);
        if let [only] = callables {
            return self.invoke(only, arguments, state, place);
        }
        let before = state.clone();
        let mut joined: Option<(Value, State)> = None;
        for callable in callables {
            let mut branch = before.clone();
            if branch.tool.is_none() {
                branch.tool = callable.label;
            }
            let value = self.invoke(callable, arguments.clone(), &mut branch, place);
            branch.tool = before.tool;
            if branch.dead {
                continue;
            }
            joined = Some(match joined {
                Some((have, state)) => (have.join(&value), state.join(branch)),
                None => (value, branch),
            });
        }
        match joined {
            Some((value, after)) => {
                *state = after;
                value
            }
            None => {
                state.dead = true;
                Value::new(mix(81, [u64::from(place.span.start)]))
            }
        }
    }

    /// Untrusted arguments note that they are handed on.
    fn passing(
        &mut self,
        cx: Cx<'a>,
        callables: &[Callable],
        mut arguments: Arguments,
        place: Place,
        state: &State,
    ) -> Arguments {
        let Some(first) = callables.first() else {
            return arguments;
        };
        let name = self.module(first.func.module).function(first.func.func).name;
        let Some(name) = name else { return arguments };
        let _ = (cx, state);
        let note = |value: &mut Value| {
            if !value.taints.is_empty() {
                let id = value.id;
                let taints: Vec<Taint> = value
                    .taints
                    .iter()
                    .map(|taint| Taint {
                        step: Rc::new(Step {
                            place,
                            kind: StepKind::Passed(name),
                            value: id,
                            unary: true,
                            previous: Some(Rc::clone(&taint.step)),
                        }),
                        ..taint.clone()
                    })
                    .collect();
                *value = value.clone().with(|data| data.taints = Rc::from(taints));
            }
        };
        arguments.positional.iter_mut().for_each(note);
        arguments.named.iter_mut().map(|(_, value)| value).for_each(note);
        arguments
    }

    /// Runs a function of the project with the given values.
    pub(super) fn invoke(
        &mut self,
        callable: &Callable,
        mut arguments: Arguments,
        state: &mut State,
        site: Place,
    ) -> Value {
        if !callable.bound.is_empty() {
            let mut all = callable.bound.to_vec();
            all.append(&mut arguments.positional);
            arguments.positional = all;
        }
        let func = callable.func;
        let module = self.module(func.module);
        let function = module.function(func.func);
        let nested = self.activations.iter().filter(|running| running.func == func).count();
        let quiet = if arguments.all().chain(&callable.this).any(Value::is_tainted) {
            0
        } else {
            self.activations.last().map_or(0, |caller| caller.quiet + 1)
        };
        if quiet > MAX_QUIET_DEPTH || nested >= 2 || self.activations.len() >= MAX_DEPTH || self.budget == 0 {
            let id = mix(
                82,
                [u64::from(func.module.0), u64::from(func.func.0)]
                    .into_iter()
                    .chain(arguments.all().map(|value| value.id.0)),
            );
            let all: Vec<Value> = arguments.all().cloned().collect();
            let name = function.name.unwrap_or_else(|| Name::new("itself"));
            let taints = self.flow_on(
                &all.iter().collect::<Vec<_>>(),
                state,
                id,
                site,
                StepKind::Through(name),
            );
            return Value::new(id).with(|data| data.taints = taints);
        }
        let key = self.memo_key(callable, &arguments, state);
        if let Some(key) = key
            && let Some(memo) = self.memo.get(&key)
            && memo.writes == self.writes
        {
            let (value, facts, dead) = (memo.value.clone(), memo.facts.clone(), memo.dead);
            let reaches = memo.reaches.clone();
            for (tool, capability) in reaches {
                self.note_reach(tool, capability);
            }
            state.learn(&facts);
            state.dead |= dead;
            return value;
        }
        let log_start = self.reach_log.len();

        let cx = Cx { module, func };
        let before_frame = state.frames.get(&func).cloned();
        {
            let frames = Rc::make_mut(&mut state.frames);
            frames.insert(func, Frame::default());
            for (owner, frame) in callable.captured.iter() {
                frames.entry(*owner).or_insert_with(|| Rc::clone(frame));
            }
        }
        if callable.captured.is_empty() && function.parent.is_some_and(|parent| parent != FuncId::MODULE) {
            self.install_enclosing(func, state);
        }
        let before = state.clone();
        self.activations.push(Activation {
            func,
            quiet,
            exit: None,
            returned: None,
            yielded: None,
            before: before.clone(),
            tries: Vec::new(),
            breaks: Vec::new(),
        });
        if let Some(this) = &callable.this {
            state.set_variable(func, names::this(), this.clone());
        }
        self.bind_params(cx, arguments, state);
        self.exec_block(cx, &function.body, state);
        if !state.dead {
            let end = Value::constant(Literal::Null);
            self.leave(end, state);
        }
        let Some(activation) = self.activations.pop() else {
            return Value::new(mix(83, []));
        };
        let tool = before.tool;
        let (exit, mut value) = match (activation.exit, activation.returned) {
            (Some(exit), Some(value)) => (exit, value),
            _ => {
                // never comes back: it throws whatever it gets
                let mut after = before.clone();
                after.dead = true;
                (after, Value::new(mix(84, [u64::from(func.func.0)])))
            }
        };
        if let Some(yielded) = activation.yielded {
            value = Value::new(mix(85, [yielded.id.0])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(yielded),
                };
            });
        }
        *state = exit;
        state.forget(ANY, &before.proven);
        state.tool = tool;
        if let Some(frame) = state.frames.get(&func).cloned() {
            let joined = match self.left.remove(&func) {
                Some(have) if func.func != FuncId::MODULE => join_frames(&have, &frame),
                _ => frame,
            };
            self.left.insert(func, joined);
        }
        {
            let frames = Rc::make_mut(&mut state.frames);
            match before_frame {
                Some(frame) => {
                    frames.insert(func, frame);
                }
                None => {
                    frames.remove(&func);
                }
            }
        }
        value = self.returned(value, state, site);
        if !value.when_true.is_none() || !value.when_false.is_none() {
            value = value.with(|data| {
                data.when_true = data.when_true.without_any();
                data.when_false = data.when_false.without_any();
            });
        }
        if let Some(ty) = function.returns {
            value = self.declare(cx, value, ty);
        }
        value = self.as_normalized(func, value);
        if let Some(key) = key {
            let facts = state.facts_beyond(&before);
            let reaches = self.reach_log.get(log_start..).map(<[_]>::to_vec).unwrap_or_default();
            self.memo.insert(
                key,
                Memo {
                    value: value.clone(),
                    facts,
                    reaches,
                    dead: state.dead,
                    writes: self.writes,
                },
            );
        }
        value
    }

    /// What was proven inside of a returned value stays with it outside.
    fn returned(&self, value: Value, state: &State, _site: Place) -> Value {
        if value.taints.is_empty() || state.proven.is_empty() {
            return value;
        }
        let mut changed = false;
        let taints: Vec<Taint> = value
            .taints
            .iter()
            .map(|taint| {
                let (cleared, flaws) = self.standing(taint, value.id, state);
                changed |= cleared != taint.cleared || flaws.is_some() != taint.flaws.is_some();
                Taint {
                    cleared,
                    flaws,
                    ..taint.clone()
                }
            })
            .collect();
        if changed {
            value.with(|data| data.taints = Rc::from(taints))
        } else {
            value
        }
    }

    /// The identity of a call, where remembering it is sound: the function sees nothing but its arguments and shared state.
    fn memo_key(&self, callable: &Callable, arguments: &Arguments, state: &State) -> Option<ValueId> {
        let func = callable.func;
        let function = self.module(func.module).function(func.func);
        if func.func == FuncId::MODULE || function.parent != Some(FuncId::MODULE) || !callable.captured.is_empty() {
            return None;
        }
        let mut bits = vec![
            u64::from(func.module.0),
            u64::from(func.func.0),
            self.entry.map_or(u64::MAX, u64::from),
        ];
        bits.push(state.tool.map_or(0, name_bits));
        let mut add = |value: &Value| {
            bits.push(value.id.0);
            bits.push(fingerprint_of(value, state));
        };
        if let Some(this) = &callable.this {
            add(this);
        }
        arguments.positional.iter().for_each(&mut add);
        for (_, value) in &arguments.named {
            add(value);
        }
        arguments.rest.iter().chain(&arguments.keywords).for_each(&mut add);
        for (name, _) in &arguments.named {
            bits.push(name_bits(*name));
        }
        bits.push(arguments.positional.len() as u64);
        // fields assigned on the way here, in no order
        let heap = state.heap.iter().fold(0_u64, |sum, ((object, name), value)| {
            sum.wrapping_add(mix(95, [object.0, name_bits(*name), value.id.0]).0)
        });
        bits.push(heap);
        Some(mix(86, bits))
    }

    fn bind_params(&mut self, cx: Cx<'a>, arguments: Arguments, state: &mut State) {
        let function = cx.module.function(cx.func.func);
        if arguments.exact {
            for (param, value) in function.params.iter().zip(arguments.positional) {
                if param.kind == ParamKind::Receiver {
                    if state.variable(cx.func, names::this()).is_none() {
                        state.set_variable(cx.func, names::this(), value);
                    }
                } else {
                    self.bind_new(cx, &param.pattern, value, state);
                }
            }
            return;
        }
        let mut position = 0;
        let mut used: Vec<Name> = Vec::new();
        for param in &function.params {
            let name = match &param.pattern.kind {
                crate::ir::PatternKind::Bind(name, _) => Some(*name),
                crate::ir::PatternKind::Default { pattern, .. } => match &pattern.kind {
                    crate::ir::PatternKind::Bind(name, _) => Some(*name),
                    _ => None,
                },
                _ => None,
            };
            let place = cx.place(param.pattern.span);
            let value = match param.kind {
                ParamKind::Receiver => {
                    // `Type::method(receiver, ..)`, `Class.method(receiver, ..)`
                    if state.variable(cx.func, names::this()).is_none() {
                        let value = arguments
                            .get(position)
                            .cloned()
                            .unwrap_or_else(|| Value::new(mix(87, [u64::from(cx.func.func.0)])));
                        position += 1;
                        state.set_variable(cx.func, names::this(), value);
                    }
                    continue;
                }
                ParamKind::Rest => {
                    let items: Vec<Value> = arguments.positional.iter().skip(position).cloned().collect();
                    position = arguments.positional.len();
                    let id = mix(88, items.iter().map(|value| value.id.0));
                    Value::new(id).with(|data| {
                        data.shape = Shape::List {
                            items: Rc::new(items),
                            rest: arguments.rest.clone(),
                        }
                    })
                }
                ParamKind::KeywordRest => {
                    let fields: BTreeMap<Name, Value> = arguments
                        .named
                        .iter()
                        .filter(|(name, _)| !used.contains(name))
                        .map(|(name, value)| (*name, value.clone()))
                        .collect();
                    let id = mix(89, fields.values().map(|value| value.id.0));
                    let taints = arguments.keywords.as_ref().map(|value| Rc::clone(&value.taints));
                    Value::new(id).with(|data| {
                        data.shape = Shape::Record(Rc::new(fields));
                        if let Some(taints) = taints {
                            data.taints = taints;
                        }
                    })
                }
                ParamKind::Normal | ParamKind::KeywordOnly => {
                    let named = name.and_then(|name| {
                        used.push(name);
                        arguments.keyword(&name).cloned()
                    });
                    let given = match named {
                        Some(value) => Some(value),
                        None if param.kind == ParamKind::Normal => {
                            let value = arguments.get(position).cloned();
                            position += 1;
                            value
                        }
                        None => None,
                    };
                    let given = given.or_else(|| {
                        let (keywords, name) = (arguments.keywords.as_ref()?, name?);
                        keywords.is_tainted().then(|| self.field(keywords, name, place, state))
                    });
                    match given {
                        Some(value) => value,
                        None => match param.default {
                            Some(default) => self.eval(cx, default, state),
                            None => Value::constant(Literal::Null),
                        },
                    }
                }
            };
            let value = match param.ty {
                Some(ty) => self.declare(cx, value, ty),
                None => value,
            };
            if param.is_property
                && let (Some(class), Some(name)) = (function.class, name)
            {
                self.store_class_field(
                    ClassRef {
                        module: cx.func.module,
                        class,
                    },
                    name,
                    &value,
                );
            }
            self.bind_new(cx, &param.pattern, value, state);
        }
    }

    /// `Ok(x)`, `Some(x)`, a tuple struct, a variant.
    pub(super) fn wrap(&mut self, name: Name, arguments: Arguments, ty: Ty) -> Value {
        let mut fields = BTreeMap::new();
        let mut taints: Rc<[Taint]> = Rc::from([]);
        let mut bits = vec![name_bits(name)];
        for (index, value) in arguments.positional.iter().enumerate() {
            bits.push(value.id.0);
            taints = super::value::join_taints(&taints, &value.taints);
            fields.insert(Name::new(&index.to_string()), value.clone());
        }
        Value::new(mix(90, bits)).with(|data| {
            data.shape = Shape::Record(Rc::new(fields));
            data.truth = Truth::True;
            data.taints = taints;
            data.ty = ty;
        })
    }

    /// Makes an instance of a class of the project.
    pub(super) fn construct(
        &mut self,
        cx: Cx<'a>,
        class: ClassRef,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let id = mix(
            91,
            [
                u64::from(class.module.0),
                u64::from(class.class.0),
                u64::from(place.module.0),
                u64::from(place.span.start),
            ]
            .into_iter()
            .chain(arguments.all().map(|value| value.id.0)),
        );
        let mut instance = Value::new(id).with(|data| {
            data.ty = Ty::Class(class);
            data.truth = Truth::True;
        });
        if let Some(constructor) = self.project.constructor(class) {
            let function = self.module(constructor.module).function(constructor.func);
            debug_assert!(matches!(
                function.kind,
                FuncKind::Constructor | FuncKind::Method | FuncKind::Function
            ));
            let callable = Callable {
                func: constructor,
                captured: Rc::new(Vec::new()),
                this: Some(instance.clone()),
                bound: Rc::from([]),
                label: None,
            };
            let arguments = self.passing(cx, std::slice::from_ref(&callable), arguments, place, state);
            self.invoke(&callable, arguments, state, place);
            return instance;
        }
        let definition = self.module(class.module).class(class.class);
        if cx.module.language == Language::Rust {
            return self.wrap(
                definition.name.unwrap_or_else(|| Name::new("?")),
                arguments,
                Ty::Class(class),
            );
        }
        // records: dataclasses, models
        let validated = self.is_validated_model(class);
        let mut fields = BTreeMap::new();
        for (field, value) in definition.fields.iter().zip(&arguments.positional) {
            fields.insert(field.name, value.clone());
        }
        for (name, value) in &arguments.named {
            fields.insert(*name, value.clone());
        }
        if validated {
            for (name, value) in &mut fields {
                let ty = self.project.field(class, *name).and_then(|(owner, field)| {
                    field.ty.map(|ty| {
                        self.project
                            .type_of(owner.module, self.module(owner.module).class(owner.class).parent, ty)
                    })
                });
                if let Some(ty) = ty {
                    let cleared = self.cleared_by_type(&ty);
                    if ty.is_harmless() {
                        *value = value.clone().with(|data| data.taints = Rc::from([]));
                    } else if !cleared.is_empty() {
                        *value = value.clone().with(|data| {
                            data.taints = data
                                .taints
                                .iter()
                                .map(|taint| Taint {
                                    cleared: taint.cleared.union(cleared),
                                    ..taint.clone()
                                })
                                .collect();
                        });
                    }
                }
            }
        }
        if let Some(spread) = arguments.keywords.as_ref().or(arguments.rest.as_ref()) {
            let spread = spread.clone();
            instance = instance.with(|data| {
                data.taints = Rc::clone(&spread.taints);
                data.enforced = validated;
            });
        }
        if !fields.is_empty() {
            for (name, value) in &fields {
                self.store_class_field(class, *name, value);
            }
            instance = instance.with(|data| data.shape = Shape::Record(Rc::new(fields)));
        }
        instance
    }

    fn call_super(&mut self, cx: Cx<'a>, arguments: Arguments, place: Place, state: &mut State) -> Value {
        let Some(class) = self.project.class_of(cx.func) else {
            return Value::new(mix(92, []));
        };
        let this = self.this_value(cx, state);
        for base in self.project.bases(class) {
            if let Symbol::Class(base) = base
                && let Some(constructor) = self.project.constructor(base)
            {
                let callable = Callable {
                    func: constructor,
                    captured: Rc::new(Vec::new()),
                    this: Some(this.clone()),
                    bound: Rc::from([]),
                    label: None,
                };
                if cx.module.language == Language::TypeScript {
                    self.invoke(&callable, arguments, state, place);
                }
                break;
            }
        }
        this
    }

    /// A call of something of which nothing is known: what goes in comes out, and functions among the arguments are run.
    pub(super) fn unknown_call(
        &mut self,
        cx: Cx<'a>,
        name: Name,
        receiver: Option<&Value>,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let id = mix(
            93,
            [name_bits(name), receiver.map_or(0, |value| value.id.0)]
                .into_iter()
                .chain(arguments.all().map(|value| value.id.0)),
        );
        let all: Vec<Value> = arguments.all().cloned().chain(receiver.cloned()).collect();
        let plain: Vec<&Value> = all
            .iter()
            .filter(|value| !matches!(value.shape, Shape::Functions(_)))
            .collect();
        let taints = self.flow_on(&plain, state, id, place, StepKind::Through(name));
        let mut result = Value::new(id).with(|data| data.taints = taints);
        let callbacks: Vec<Value> = all
            .iter()
            .filter(|value| matches!(value.shape, Shape::Functions(_)))
            .cloned()
            .collect();
        for callback in callbacks {
            // what a callback gets comes from the receiver: `.on("data", chunk => …)`
            let given = receiver
                .filter(|receiver| receiver.is_tainted() && !matches!(receiver.shape, Shape::Functions(_)))
                .cloned();
            if let Some(returned) = self.run_callback(cx, &callback, given.into_iter().collect(), place, state) {
                result = if returned.is_tainted() || matches!(returned.shape, Shape::Functions(_)) {
                    result.join(&returned)
                } else {
                    result
                };
            }
        }
        // wrappers: `withErrors(handler)` is called like the handler
        if let [only] = all
            .iter()
            .filter(|value| matches!(value.shape, Shape::Functions(_)))
            .collect::<Vec<_>>()
            .as_slice()
            && matches!(result.shape, Shape::Unknown)
            && !name.starts_with("on")
        {
            let shape = only.shape.clone();
            result = result.with(|data| data.shape = shape);
        }
        result
    }

    /// Runs a function value with some first parameters; the others are unknown. Effects on the enclosing variables count as possible.
    pub(super) fn run_callback(
        &mut self,
        cx: Cx<'a>,
        callback: &Value,
        given: Vec<Value>,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let Shape::Functions(callables) = &callback.shape else {
            return None;
        };
        let callables = Rc::clone(callables);
        let mut result: Option<Value> = None;
        for callable in callables.iter().take(16) {
            // handlers are run as what they are
            if self.entry.is_none() && self.handlers.contains(&callable.func) {
                continue;
            }
            if self.activations.iter().any(|running| running.func == callable.func) {
                continue;
            }
            let params = self
                .module(callable.func.module)
                .function(callable.func.func)
                .params
                .len();
            let mut values = given.clone();
            for at in values.len()..params {
                values.push(self.unknown_param(callable.func, at));
            }
            let mut branch = state.clone();
            let value = self.invoke(callable, Arguments::of(values), &mut branch, place);
            let _ = cx;
            if !branch.dead {
                let proven = Rc::clone(&state.proven);
                *state = std::mem::take(state).join(branch);
                state.proven = proven;
            }
            result = Some(match result {
                Some(have) => have.join(&value),
                None => value,
            });
        }
        result
    }

    /// Whether a call is written with `new`.
    pub(super) fn is_new(call: Option<&Call>) -> bool {
        call.is_some_and(|call| call.form == CallForm::New)
    }

    pub(super) fn method_of(&self, class: ClassRef, name: Name) -> Option<FuncRef> {
        self.project.method(class, name)
    }
}

/// What a remembered call depends on besides the identities of its arguments.
fn fingerprint_of(value: &Value, state: &State) -> u64 {
    let mut bits: Vec<u64> = Vec::new();
    for (taint, holder) in value.all_taints() {
        bits.push(u64::from(taint.origin));
        bits.push(u64::from(taint.cleared.raw()));
        bits.push(u64::from(taint.opens) << 1 | u64::from(taint.whole));
        bits.push(taint.flaws.as_ref().map_or(0, |flaws| flaws.len() as u64));
        let mut step = Some(&taint.step);
        bits.push(u64::from(state.cleared(holder).raw()));
        if !state.proven.is_empty() {
            while let Some(current) = step {
                bits.push(u64::from(state.cleared(current.value).raw()));
                step = current.previous.as_ref();
            }
        }
    }
    mix(94, bits).0
}

fn join_frames(left: &Frame, right: &Frame) -> Frame {
    if Rc::ptr_eq(left, right) {
        return Rc::clone(left);
    }
    let mut joined = (**left).clone();
    for (name, value) in right.iter() {
        match joined.get_mut(name) {
            Some(have) => *have = have.join(value),
            None => {
                joined.insert(*name, value.clone());
            }
        }
    }
    Rc::new(joined)
}
