//! Calls out of the project: what the rows say, and the functions whose meaning the engine itself knows.

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Derived, Place, Shape, Truth, Value};
use crate::ir::{Call, ExprId, Language, Name};
use crate::models::{Base, Class, Entry};
use crate::project::{Symbol, Ty};

impl<'a> Engine<'a> {
    /// A call of something outside the project, by its qualified name (or `*.method`).
    #[allow(clippy::too_many_arguments)]
    pub(super) fn external_call(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        callee: Name,
        receiver: Option<(&Value, ExprId)>,
        method: Option<Name>,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let question = super::catalogue::question(receiver.map(|(value, _)| value), method, &arguments, state);
        let short = method.unwrap_or_else(|| last_segment(callee));
        let (this, first) = (receiver.map(|(value, _)| value.clone()), arguments.get(0).cloned());
        let result = self.library_call(cx, call, callee, receiver, method, arguments, place, state);
        let result = self.written_out(short, this.as_ref(), first.as_ref(), result, place);
        match question {
            Some(facts) => super::catalogue::answer(result, facts, receiver.map(|(value, _)| value), state),
            None => result,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn library_call(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        callee: Name,
        receiver: Option<(&Value, ExprId)>,
        method: Option<Name>,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let language = cx.module.language;
        let callee = self.models.canonical(language, callee);
        let this = receiver.map(|(value, _)| value);
        self.note_acts(language, callee, this, &arguments, place, state);
        self.note_effects(language, callee, this, &arguments, place, state);
        if let Some((yes, no)) = super::addresses::asked(callee.as_str(), &arguments) {
            let id = arguments.positional.iter().map(|value| value.id.0);
            return self.test(super::value::mix(177, id), yes, no);
        }
        if let Some(value) = self.known_function(cx, callee, &arguments, place, state) {
            return match last_segment(callee).as_str() {
                "String" | "str" | "repr" => value.worded(),
                "entries" | "values" => value.itemised(),
                // gone through one by one, the environment yields names
                "sorted" | "list" | "set" | "tuple" | "iter" | "frozenset" | "reversed" => value.names_only(),
                _ => value,
            };
        }
        let models = self.models;
        let mut entry = models.entry(language, callee);
        let short = method.unwrap_or_else(|| last_segment(callee));
        if entry.is_none()
            && let (Some(method), Some((value, _))) = (method, receiver)
            && matches!(
                value.shape,
                Shape::Unknown | Shape::List { .. } | Shape::Record(_) | Shape::Text(_) | Shape::Constant(_)
            )
        {
            entry = models.entry(language, Name::new(&format!("*.{method}")));
        }
        let Some(entry) = entry else {
            // the whole of `x.y.z(..)` on something imported
            if let (Some((value, _)), Some(method)) = (receiver, method)
                && let Some(result) = self.symbol_method(value, method, &arguments)
            {
                return result;
            }
            return self.unknown_external(cx, call, callee, short, this, arguments, place, state);
        };
        if let Some(alias) = &entry.alias
            && let Some(selector) = &alias.arg
        {
            let mut found = arguments.select(selector, this);
            if let Some(value) = found.pop() {
                return value;
            }
        }
        let named = receiver
            .filter(|_| callee.starts_with("*."))
            .and_then(|(_, base)| Self::expr_name(cx, base));
        // a method of one word is told by what it is called on, one of several says it itself
        let ambiguous = callee.starts_with("*.") && !callee.contains('_') && !callee.contains(char::is_uppercase);
        let means = receiver.filter(|_| ambiguous && call.is_some());
        let other = entry
            .sinks
            .first()
            .is_some_and(|row| means.is_some_and(|(_, base)| !self.means(cx, row.class, base)));
        if !other {
            if entry.sinks.iter().any(|row| row.class == Class::Log) {
                self.note_record(callee, place, state);
            }
            self.check_sinks(entry, callee, this, &arguments, named, place, state);
        }
        state.learn(&super::guards_sql::limits(entry, this, &arguments));
        let written = call.and_then(|call| written_argument(entry, call, &arguments));
        let changed = written.as_ref().map(|(value, place)| (value, *place)).or(receiver);
        let mut result = self.propagated(cx, entry, callee, short, changed, &arguments, place, state);
        for row in &entry.sanitizers {
            result = self.sanitized(row, this, &arguments, result, place, state);
        }
        self.sourced(entry, &arguments, result, place, state)
    }

    /// `object.name` where rows say what that is.
    pub(super) fn read_property(
        &mut self,
        cx: Cx<'a>,
        qualified: Name,
        object: &Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some(entry) = self.models.entry(cx.module.language, qualified) else {
            return Value::new(Self::field_id(object.id, qualified));
        };
        let receiver = Some((object, ExprId(0)));
        let arguments = Arguments::default();
        let mut value = self.propagated(
            cx,
            entry,
            qualified,
            last_segment(qualified),
            receiver,
            &arguments,
            place,
            state,
        );
        for row in &entry.sanitizers {
            value = self.sanitized(row, Some(object), &arguments, value, place, state);
        }
        value
    }

    /// A function of a library as a value is called: a method that was taken off its receiver has that as receiver.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_symbol(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        function: &Value,
        name: Name,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        match function.derived.as_deref() {
            Some(Derived::MethodOf(object)) => {
                let object = object.clone();
                let receiver = Some((&object, ExprId(0)));
                self.external_call(
                    cx,
                    call,
                    name,
                    receiver,
                    Some(last_segment(name)),
                    arguments,
                    place,
                    state,
                )
            }
            _ => self.external_call(cx, call, name, None, None, arguments, place, state),
        }
    }

    /// Methods of namespaces that look like methods of values: `Promise.resolve(x)`.
    fn symbol_method(&self, receiver: &Value, method: Name, arguments: &Arguments) -> Option<Value> {
        let Shape::Symbol(Symbol::External(name)) = &receiver.shape else {
            return None;
        };
        match (name.as_str(), method.as_str()) {
            ("Promise", "resolve") => arguments.get(0).cloned(),
            ("Promise", "all" | "allSettled") => arguments.get(0).cloned(),
            _ => None,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn unknown_external(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        callee: Name,
        short: Name,
        receiver: Option<&Value>,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let is_new = Self::is_new(call);
        let symbolic = receiver.filter(|value| !matches!(value.shape, Shape::Symbol(_)));
        let value = self.unknown_call(short, symbolic, arguments, place, state);
        // `new Client()` and `Client()` of something imported make an instance of it
        let class_like = last_segment(callee).chars().next().is_some_and(char::is_uppercase);
        if value.ty == Ty::Unknown && (is_new || class_like) && !callee.starts_with('*') {
            return value.with(|data| {
                data.ty = Ty::External(callee);
                data.truth = Truth::True;
            });
        }
        if cx.module.language == Language::Rust
            && value.ty == Ty::Unknown
            && let Some((ty, _)) = callee.rsplit_once("::")
            && ty
                .rsplit("::")
                .next()
                .is_some_and(|name| name.starts_with(char::is_uppercase))
        {
            return value.with(|data| data.ty = Ty::External(Name::new(ty)));
        }
        value
    }
}

pub(super) fn last_segment(callee: Name) -> Name {
    let text = callee.as_str();
    Name::new(text.rsplit(['.', ':', '/']).next().unwrap_or(text))
}

/// The argument that the rows say a call writes to, with where it stands: it takes the part of a receiver then.
fn written_argument(entry: &Entry, call: &Call, arguments: &Arguments) -> Option<(Value, ExprId)> {
    let target = entry.propagators.iter().find_map(|row| row.to.as_ref())?;
    let Base::Argument { index: Some(index), .. } = target.base else {
        return None;
    };
    let value = arguments.positional.get(index)?.clone();
    Some((value, call.args.get(index)?.value))
}
