//! Calls of project functions, constructors and unknown values.

use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Callable, Place, Shape, Step, StepKind, Taint, Value, mix, name_bits};
use crate::ir::{ArgKind, Call, CallForm, ExprId, ExprKind, Language, Literal, Name};
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

        // `log(…)` writes a line, `Math.log(…)` does not
        if let Some(name) = Self::expr_name(cx, call.callee)
            && self.is_recorder(name)
            && !(name == "log" && matches!(callee.kind, ExprKind::Field { .. }))
        {
            self.note_record(name, place, state);
        }
        if let ExprKind::Field { base, name, .. } = &callee.kind {
            let receiver = self.eval(cx, *base, state);
            let mut arguments = self.arguments(cx, call, state);
            if call.form == CallForm::Tagged {
                super::guards_sql::bind(&mut arguments, name.as_str());
            }
            if state.dead {
                return Value::new(mix(80, [u64::from(id.0)]));
            }
            return self.method_call(cx, call, *base, receiver, *name, arguments, place, state);
        }
        let function = self.eval(cx, call.callee, state);
        let mut arguments = self.arguments(cx, call, state);
        if call.form == CallForm::Tagged && !matches!(function.shape, Shape::Functions(_)) {
            let name = Self::expr_name(cx, call.callee);
            super::guards_sql::bind(&mut arguments, name.as_ref().map_or("", |name| name.as_str()));
        }
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
            if let Some(module) = self.project.requested(cx.func.module, specifier) {
                return self.symbol_value(cx, Symbol::Module(module), state);
            }
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
        if let Some(super::value::Derived::Attribute(looked_up)) = function.derived.as_deref() {
            let looked_up = *looked_up;
            self.attribute_called(function, looked_up, state);
        }
        match &function.shape {
            Shape::Functions(callables) => {
                let callables = Rc::clone(callables);
                self.call_any(&callables, arguments, place, state)
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
                self.unknown_call(name, Some(function), arguments, place, state)
            }
        }
    }

    /// Calls one of several functions: which one is not known.
    pub(super) fn call_any(
        &mut self,
        callables: &[Callable],
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        if let [only] = callables
            && let Some(name) = self.described(only.func)
        {
            return self.library_of_project(name, only, arguments, place, state);
        }
        self.told_by_name(callables, &arguments, place, state);
        let arguments = self.passing(callables, arguments, place);
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

    /// The name under which rows describe a function of another package of this repository: where a library has its server beside it, what
    /// the library does is known, and nobody learns more from following it through its insides.
    fn described(&self, func: FuncRef) -> Option<Name> {
        let caller = self.activations.last()?.func.module;
        if caller == func.module || self.project.package(caller) == self.project.package(func.module) {
            return None;
        }
        let language = self.module(func.module).language;
        let name = self.models.canonical(language, self.project.published(func)?);
        self.models.entry(language, name).is_some().then_some(name)
    }

    /// A function of the project whose name alone tells what becomes of its arguments.
    fn told_by_name(&mut self, callables: &[Callable], arguments: &Arguments, place: Place, state: &State) {
        let Some(func) = callables.first().map(|callable| callable.func) else {
            return;
        };
        let module = self.module(func.module);
        let Some(name) = module.function(func.func).name else {
            return;
        };
        let models = self.models;
        // a form of it that is another such function in terms of the first says nothing new
        let within = self.activations.last().is_some_and(|running| {
            let caller = self.module(running.func.module).function(running.func.func);
            caller
                .name
                .is_some_and(|name| models.own(module.language, name).is_some())
        });
        if let (false, Some((callee, entry))) = (within, models.own(module.language, name)) {
            self.check_sinks(entry, callee, None, arguments, None, place, state);
        }
    }

    fn library_of_project(
        &mut self,
        name: Name,
        callable: &Callable,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some(func) = self.activations.last().map(|running| running.func) else {
            return Value::new(mix(81, [u64::from(place.span.start)]));
        };
        let module = self.module(func.module);
        let cx = Cx { module, func };
        let receiver = callable.this.as_ref().map(|this| (this, ExprId(0)));
        let method = receiver.map(|_| super::external::last_segment(name));
        self.external_call(cx, None, name, receiver, method, arguments, place, state)
    }

    /// Untrusted arguments note that they are handed on.
    pub(super) fn passing(&mut self, callables: &[Callable], mut arguments: Arguments, place: Place) -> Arguments {
        let Some(first) = callables.first() else {
            return arguments;
        };
        let name = self.module(first.func.module).function(first.func.func).name;
        let Some(name) = name else { return arguments };
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

    /// A call of something of which nothing is known: what goes in comes out, and functions among the arguments are run.
    pub(super) fn unknown_call(
        &mut self,
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
            if let Some(returned) = self.run_callback(&callback, given.into_iter().collect(), place, state) {
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
