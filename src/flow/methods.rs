//! Method calls: resolution by what the receiver is, and the methods whose meaning the engine itself knows.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::pattern::Match;
use super::state::State;
use super::value::{Callable, Derived, Place, Shape, StepKind, Truth, Value, mix, name_bits};
use crate::ir::{Call, ExprId, ExprKind, Language, Literal, Name};
use crate::models::Property;
use crate::project::{Symbol, Ty};

/// Methods whose result is the receiver itself, for what matters here.
const IDENTITY: &[&str] = &[
    "clone",
    "to_owned",
    "as_ref",
    "as_mut",
    "as_str",
    "as_deref",
    "as_deref_mut",
    "as_path",
    "as_os_str",
    "into",
    "to_path_buf",
    "into_owned",
    "to_vec",
    "borrow",
    "borrow_mut",
    "cloned",
    "copied",
    "deref",
    "by_ref",
    "iter",
    "iter_mut",
    "into_iter",
    "into_inner",
    "boxed",
    "lock",
    "read",
    "write",
    "as_slice",
    "as_bytes",
    "to_str",
    "to_string_lossy",
    "to_string",
    "display",
    "into_string",
    "into_boxed_str",
    "as_string",
    "as_array",
    "as_object",
    "as_path_buf",
    "toString",
    "valueOf",
    "encode",
    "decode",
    "as_posix",
    "__str__",
    "copy",
    "values",
    "entries",
];
/// Those of them that yield text.
const TO_TEXT: &[&str] = &[
    "to_str",
    "to_string_lossy",
    "to_string",
    "display",
    "as_str",
    "toString",
    "as_posix",
    "__str__",
    "into_string",
];
/// Methods that leave `Ok`/`Some` behind, or stop.
const UNWRAP: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_unchecked",
    "ok",
    "ok_or",
    "ok_or_else",
    "map_err",
    "context",
    "with_context",
    "unwrap_or_default",
];
/// Methods that fold text: case, blanks.
const FOLD: &[&str] = &[
    "trim",
    "trimStart",
    "trimEnd",
    "toLowerCase",
    "toUpperCase",
    "strip",
    "lower",
    "upper",
    "casefold",
    "lstrip",
    "rstrip",
    "to_lowercase",
    "to_uppercase",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "trim_start",
    "trim_end",
    "normalize",
    "toLocaleLowerCase",
];
/// Methods that yield parts of a text.
const PARTS: &[&str] = &[
    "split",
    "split_whitespace",
    "chars",
    "bytes",
    "splitlines",
    "lines",
    "rsplit",
    "splitn",
    "components",
    "char_indices",
    "split_ascii_whitespace",
];

impl<'a> Engine<'a> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn method_call(
        &mut self,
        cx: Cx<'a>,
        call: &'a Call,
        base: ExprId,
        receiver: Value,
        name: Name,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let language = cx.module.language;
        if self.is_super(cx, base) {
            return self.super_method(cx, &receiver, name, arguments, place, state);
        }
        // what the receiver holds under that name
        match &receiver.shape {
            Shape::Record(fields) => {
                if let Some(function) = fields.get(&name)
                    && matches!(function.shape, Shape::Functions(_) | Shape::Symbol(_))
                {
                    let function = function.clone();
                    return self.call_value(cx, call, &function, arguments, place, state);
                }
            }
            Shape::Symbol(symbol) => {
                let symbol = *symbol;
                if let Symbol::Class(class) = symbol
                    && let Some(method) = self.method_of(class, name)
                {
                    let callable = Callable {
                        func: method,
                        captured: Rc::new(Vec::new()),
                        this: None,
                        bound: Rc::from([]),
                        label: None,
                    };
                    let is_class_method = self
                        .module(method.module)
                        .function(method.func)
                        .params
                        .first()
                        .is_some_and(|param| param.kind == crate::ir::ParamKind::Receiver)
                        && self
                            .module(method.module)
                            .function(method.func)
                            .decorators
                            .iter()
                            .any(|decorator| {
                                Self::expr_name(
                                    Cx {
                                        module: self.module(method.module),
                                        func: method,
                                    },
                                    *decorator,
                                )
                                .is_some_and(|name| name == "classmethod")
                            });
                    let callable = if is_class_method {
                        Callable {
                            this: Some(receiver.clone()),
                            ..callable
                        }
                    } else {
                        callable
                    };
                    return self.call_any(cx, &[callable], arguments, place, state);
                }
                let function = self.field(&receiver, name, place, state);
                if !matches!(function.shape, Shape::Unknown) {
                    if let (Shape::Symbol(Symbol::External(callee)), Symbol::External(_)) = (&function.shape, symbol) {
                        let callee = *callee;
                        return self.external_call(
                            cx,
                            Some(call),
                            callee,
                            Some((&receiver, base)),
                            Some(name),
                            arguments,
                            place,
                            state,
                        );
                    }
                    return self.call_value(cx, call, &function, arguments, place, state);
                }
            }
            Shape::Functions(callables) => {
                let callables = Rc::clone(callables);
                if let Some(value) = self.function_method(cx, &receiver, &callables, name, &arguments, place, state) {
                    return value;
                }
            }
            _ => {}
        }
        if let Ty::Class(class) = receiver.ty {
            let member = self.field(&receiver, name, place, state);
            match &member.shape {
                Shape::Functions(callables) => {
                    let callables = Rc::clone(callables);
                    return self.call_any(cx, &callables, arguments, place, state);
                }
                Shape::Symbol(Symbol::External(_) | Symbol::Class(_)) => {
                    return self.call_value(cx, call, &member, arguments, place, state);
                }
                _ => {}
            }
            let _ = class;
        }
        if let Ty::Union(members) = &receiver.ty
            && let Some(function) = self.method_of_any(&receiver, members, name, place, state)
        {
            return self.call_value(cx, call, &function, arguments, place, state);
        }
        let type_name = type_name(&receiver.ty, language);
        // a type of a library has its own meaning of a method; for plain values the engine's own comes first
        let foreign = matches!(receiver.ty, Ty::External(_));
        if !foreign && let Some(value) = self.known_method(cx, &receiver, base, name, &arguments, place, state) {
            return value;
        }
        if let Some(type_name) = type_name {
            let qualified = self
                .models
                .canonical(language, Name::new(&format!("{type_name}.{name}")));
            if self.models.entry(language, qualified).is_some() {
                return self.external_call(
                    cx,
                    Some(call),
                    qualified,
                    Some((&receiver, base)),
                    Some(name),
                    arguments,
                    place,
                    state,
                );
            }
        }
        if foreign && let Some(value) = self.known_method(cx, &receiver, base, name, &arguments, place, state) {
            return value;
        }
        if type_name.is_none() || matches!(receiver.ty, Ty::Class(_)) {
            // a method that one class in the project alone has
            if !matches!(receiver.shape, Shape::List { .. } | Shape::Text(_) | Shape::Constant(_))
                && let [only] = self.project.methods_named(language, name)
                && !is_common(name)
            {
                let callable = Callable {
                    func: *only,
                    captured: Rc::new(Vec::new()),
                    this: None,
                    bound: Rc::from([]),
                    label: None,
                };
                let class = self.project.class_of(*only);
                let this = class.map(|class| self.instance(class));
                let is_static = self.module(only.module).function(only.func).is_static;
                let callable = Callable {
                    this: if is_static { None } else { this },
                    ..callable
                };
                return self.call_any(cx, &[callable], arguments, place, state);
            }
        }
        let any = Name::new(&format!("*.{name}"));
        self.external_call(
            cx,
            Some(call),
            any,
            Some((&receiver, base)),
            Some(name),
            arguments,
            place,
            state,
        )
    }

    /// The methods of that name of all classes of which a value may be an instance.
    fn method_of_any(
        &mut self,
        receiver: &Value,
        members: &[Ty],
        name: Name,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let mut all: Option<Value> = None;
        for member in members {
            let Ty::Class(class) = member else { continue };
            let instance = Value::new(mix(
                105,
                [receiver.id.0, u64::from(class.module.0), u64::from(class.class.0)],
            ))
            .with(|data| {
                data.ty = member.clone();
                data.taints = Rc::clone(&receiver.taints);
                data.truth = Truth::True;
            });
            let found = self.field(&instance, name, place, state);
            if matches!(found.shape, Shape::Functions(_)) {
                all = Some(all.map_or_else(|| found.clone(), |all| all.join(&found)));
            }
        }
        all
    }

    fn is_super(&self, cx: Cx<'a>, base: ExprId) -> bool {
        match &cx.module.expr(base).kind {
            ExprKind::Super => true,
            ExprKind::Call(call) => matches!(cx.module.expr(call.callee).kind, ExprKind::Super),
            _ => false,
        }
    }

    fn super_method(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        name: Name,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let class = self.project.class_of(cx.func);
        let bases = class.map(|class| self.project.bases(class)).unwrap_or_default();
        for base in bases {
            if let Symbol::Class(base) = base {
                let found = if name == "__init__" {
                    self.project.constructor(base)
                } else {
                    self.project.method(base, name)
                };
                if let Some(method) = found {
                    let callable = Callable {
                        func: method,
                        captured: Rc::new(Vec::new()),
                        this: Some(receiver.clone()),
                        bound: Rc::from([]),
                        label: None,
                    };
                    return self.call_any(cx, &[callable], arguments, place, state);
                }
            }
        }
        self.unknown_call(cx, name, None, arguments, place, state)
    }

    /// `f.bind(..)`, `f.call(..)`, `f.apply(..)`, methods of promises around functions.
    #[allow(clippy::too_many_arguments)]
    fn function_method(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        callables: &Rc<Vec<Callable>>,
        name: Name,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        match name.as_str() {
            "bind" => {
                let this = arguments.get(0).cloned();
                let bound: Rc<[Value]> = arguments.positional.iter().skip(1).cloned().collect();
                let all: Vec<Callable> = callables
                    .iter()
                    .map(|callable| Callable {
                        this: callable.this.clone().or_else(|| this.clone()),
                        bound: if bound.is_empty() {
                            Rc::clone(&callable.bound)
                        } else {
                            Rc::clone(&bound)
                        },
                        ..callable.clone()
                    })
                    .collect();
                Some(
                    receiver
                        .clone()
                        .with(|data| data.shape = Shape::Functions(Rc::new(all))),
                )
            }
            "call" => {
                let rest = Arguments {
                    positional: arguments.positional.iter().skip(1).cloned().collect(),
                    ..arguments.clone()
                };
                Some(self.call_any(cx, callables, rest, place, state))
            }
            "apply" => {
                let list = arguments.get(1).cloned();
                let positional = match list.as_ref().map(|list| &list.shape) {
                    Some(Shape::List { items, .. }) => (**items).clone(),
                    _ => Vec::new(),
                };
                let rest = list.filter(|list| !matches!(list.shape, Shape::List { .. }));
                Some(self.call_any(
                    cx,
                    callables,
                    Arguments {
                        positional,
                        rest,
                        ..Arguments::default()
                    },
                    place,
                    state,
                ))
            }
            "fn" | "func" | "__wrapped__" => Some(receiver.clone()),
            _ => None,
        }
    }

    /// Methods whose meaning is not a matter of rows.
    #[allow(clippy::too_many_arguments)]
    fn known_method(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        base: ExprId,
        name: Name,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let language = cx.module.language;
        let method = name.as_str();
        let first = arguments.get(0).cloned();
        let id = || {
            mix(
                100,
                [name_bits(name), receiver.id.0]
                    .into_iter()
                    .chain(arguments.all().map(|value| value.id.0)),
            )
        };
        if IDENTITY.contains(&method)
            && arguments.count() <= 1
            && (first.is_none() || matches!(method, "encode" | "decode" | "toString"))
        {
            if TO_TEXT.contains(&method) && !matches!(receiver.ty, Ty::Str) && receiver.is_tainted() {
                return Some(receiver.clone().with(|data| {
                    data.ty = Ty::Str;
                }));
            }
            return Some(receiver.clone());
        }
        if UNWRAP.contains(&method) && language == Language::Rust {
            if matches!(method, "unwrap" | "expect") {
                state.learn(&receiver.when_true);
                return Some(self.payload_of_all(receiver, state));
            }
            return Some(receiver.clone());
        }
        if language == Language::Rust
            && arguments.count() == 1
            && matches!(method, "unwrap_or" | "unwrap_or_else" | "or_else" | "or")
        {
            return Some(self.or_else(cx, receiver, method, &first?, place, state));
        }
        // characters, words or components gathered again
        if language == Language::Rust
            && matches!(method, "collect" | "peekable" | "rev" | "fuse")
            && arguments.count() == 0
            && (matches!(receiver.shape, Shape::List { .. })
                || matches!(receiver.derived.as_deref(), Some(Derived::PartOf(_))))
        {
            return Some(receiver.clone());
        }
        if FOLD.contains(&method)
            && (arguments.count() == 0 || matches!(method, "strip" | "lstrip" | "rstrip" | "normalize"))
        {
            let new = id();
            let taints = self.flow_on(&[receiver], state, new, place, StepKind::Through(name));
            let properties = receiver.properties;
            let folded = receiver.clone();
            return Some(Value::new(new).with(|data| {
                data.taints = taints;
                data.ty = Ty::Str;
                data.properties = properties | super::value::property_bit(Property::Folded);
                data.derived = Some(Rc::new(Derived::PartOf(folded)));
            }));
        }
        if PARTS.contains(&method) && receiver.is_tainted() {
            let new = id();
            let taints = self.flow_on(&[receiver], state, new, place, StepKind::Through(name));
            let whole = receiver.clone();
            return Some(Value::new(new).with(|data| {
                data.taints = taints;
                data.derived = Some(Rc::new(Derived::PartOf(whole)));
            }));
        }
        match method {
            "startsWith" | "startswith" | "starts_with" => {
                let prefix = first?;
                // several prefixes at once
                let prefixes: Vec<Value> = match &prefix.shape {
                    Shape::List { items, .. } if !items.is_empty() => (**items).clone(),
                    _ => vec![prefix],
                };
                let mut all: Option<(super::fact::Facts, super::fact::Facts)> = None;
                for prefix in &prefixes {
                    let (yes, no) = self.prefix_test(receiver, prefix, language, place);
                    all = Some(match all {
                        Some((have, not)) => (have.intersect(&yes), not.and(&no)),
                        None => (yes, no),
                    });
                }
                let (yes, no) = all?;
                Some(self.test(id(), yes, no))
            }
            "includes" | "contains" | "has" | "hasOwnProperty" | "contains_key" | "__contains__" | "indexOf"
            | "find" | "get"
                if matches!(
                    method,
                    "includes" | "contains" | "has" | "hasOwnProperty" | "contains_key" | "__contains__"
                ) =>
            {
                let item = first?;
                let (inside, outside) = self.membership(&item, receiver, place);
                Some(self.test(id(), inside, outside))
            }
            "is_alphanumeric"
            | "is_alphabetic"
            | "is_numeric"
            | "is_lowercase"
            | "is_uppercase"
            | "is_digit"
            | "is_ascii_alphanumeric"
            | "is_ascii_alphabetic"
            | "is_ascii_digit"
            | "is_ascii_hexdigit"
            | "is_ascii_lowercase"
            | "is_ascii_uppercase"
                if language == Language::Rust =>
            {
                Some(self.test(
                    id(),
                    super::guards::of_characters(receiver, "A-Za-z0-9"),
                    super::fact::Facts::none(),
                ))
            }
            "is_relative_to" => {
                let facts = self.containment(receiver, first.as_ref(), place);
                Some(self.test(id(), facts, super::fact::Facts::none()))
            }
            "relative_to" if language == Language::Python => {
                let facts = self.containment(receiver, first.as_ref(), place);
                state.learn(&facts);
                Some(self.unchanged(receiver, id(), name, place, state))
            }
            "strip_prefix" if language == Language::Rust => {
                let facts = self.containment(receiver, first.as_ref(), place);
                let value = self.unchanged(receiver, id(), name, place, state);
                Some(value.with(|data| {
                    data.when_true = facts;
                }))
            }
            "then_some" if language == Language::Rust => {
                let (yes, no) = (receiver.when_true.clone(), receiver.when_false.clone());
                Some(self.wrap(name, arguments.clone(), Ty::Unknown).with(|data| {
                    data.truth = Truth::Unknown;
                    data.when_true = yes;
                    data.when_false = no;
                }))
            }
            "is_relative" if language == Language::Rust => {
                let facts = self.not_absolute(receiver);
                Some(self.test(id(), facts, super::fact::Facts::none()))
            }
            "exists" if language == Language::Rust && receiver.is_tainted() => {
                let facts = super::guards::absent(receiver);
                Some(self.test(id(), super::fact::Facts::none(), facts))
            }
            "is_absolute" | "has_root" => {
                let facts = self.not_absolute(receiver);
                Some(self.test(id(), super::fact::Facts::none(), facts))
            }
            "is_ok" | "is_some" => Some(self.test(id(), receiver.when_true.clone(), receiver.when_false.clone())),
            "is_err" | "is_none" => Some(self.test(id(), receiver.when_false.clone(), receiver.when_true.clone())),
            "test" | "is_match" | "match" | "fullmatch" | "search" | "exec" | "matches" | "find_iter" => {
                self.match_method(receiver, method, first.as_ref(), language, id())
            }
            "parents" | "ancestors" => None,
            "some" | "any" | "every" | "all" => self.quantified(cx, receiver, method, first.as_ref()?, place, state),
            "parse" | "parseAsync" | "safeParse" | "safeParseAsync" | "model_validate" | "validate" | "assert"
            | "check"
                if matches!(method, "parse" | "parseAsync" | "safeParse" | "safeParseAsync")
                    && language == Language::TypeScript =>
            {
                let value = first?;
                if matches!(receiver.shape, Shape::Symbol(Symbol::External(name)) if matches!(name.as_str(), "JSON" | "path" | "Date" | "url" | "qs" | "querystring"))
                {
                    return None;
                }
                let ty = self.schema_type(cx, base);
                let parsed = match &ty {
                    Some(ty) => self.enforce(&value, ty),
                    None => value.clone(),
                };
                if !method.starts_with("safe") {
                    return Some(parsed);
                }
                let success = self.test(id(), super::fact::Facts::none(), super::fact::Facts::none());
                let fields = BTreeMap::from([(Name::new("success"), success), (Name::new("data"), parsed)]);
                Some(Value::new(id()).with(|data| {
                    data.shape = Shape::Record(Rc::new(fields));
                    data.truth = Truth::True;
                }))
            }
            "get" | "pop" | "get_mut" | "setdefault" | "getlist" | "at" => {
                self.get_method(receiver, method, arguments, place, state)
            }
            "set" | "insert" if arguments.count() == 2 => {
                let (key, value) = (arguments.get(0)?.clone(), arguments.get(1)?.clone());
                let receiver_changes = matches!(receiver.shape, Shape::Record(_)) || receiver.taints.is_empty();
                if receiver_changes {
                    let changed = self.with_entry(receiver, &key, value);
                    self.replace(cx, base, changed.clone(), state);
                    return Some(changed);
                }
                None
            }
            "then" | "finally" | "and_then"
                if first
                    .as_ref()
                    .is_some_and(|first| matches!(first.shape, Shape::Functions(_))) =>
            {
                let callback = first?;
                let given = self.payload(receiver);
                let callbacks = callback.clone();
                let result = self.call_now(cx, &callbacks, vec![given], place, state)?;
                if let Some(rejected) = arguments.get(1) {
                    let rejected = rejected.clone();
                    self.run_callback(cx, &rejected, Vec::new(), place, state);
                }
                Some(if method == "finally" { receiver.clone() } else { result })
            }
            "join" if language != Language::Rust || matches!(receiver.shape, Shape::List { .. }) => {
                self.join_method(cx, receiver, first.as_ref(), language, place, state)
            }
            "replace" | "replaceAll" | "replacen" if receiver.is_tainted() && arguments.count() >= 2 => {
                let (pattern, by) = (first?, arguments.get(1)?.clone());
                self.replaced(receiver, &pattern, &by, method, place, state)
            }
            "joinpath" => {
                let mut parts = vec![receiver.clone()];
                parts.extend(arguments.positional.iter().cloned());
                Some(self.join_path(&parts, place, state))
            }
            "safe_join" => None,
            _ => None,
        }
    }

    /// `x.unwrap_or(y)`, `x.or_else(|| y)`: one of the two, and what is proven of both.
    fn or_else(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        method: &str,
        other: &Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        let unwraps = method.starts_with("unwrap");
        let own = if unwraps {
            self.payload(receiver)
        } else {
            receiver.clone()
        };
        let other = if method.ends_with("else") {
            let mut branch = state.clone();
            branch.learn(&receiver.when_false);
            let given = match &receiver.shape {
                Shape::Record(fields) => fields.get(&super::names::failure()).cloned(),
                _ => None,
            };
            let given = given.unwrap_or_else(|| Value::new(mix(104, [receiver.id.0])));
            let Some(value) = self.call_now(cx, other, vec![given], place, &mut branch) else {
                return own;
            };
            if branch.dead {
                if unwraps {
                    state.learn(&receiver.when_true);
                }
                return own;
            }
            self.settle(value, &branch, place)
        } else {
            let mut branch = state.clone();
            branch.learn(&receiver.when_false);
            self.settle(other.clone(), &branch, place)
        };
        if receiver.is_null() { other } else { own.join(&other) }
    }

    /// The same text under another identity.
    fn unchanged(
        &mut self,
        value: &Value,
        id: super::value::ValueId,
        name: Name,
        place: Place,
        state: &State,
    ) -> Value {
        let taints = self.flow_on(&[value], state, id, place, StepKind::Through(name));
        let ty = value.ty.clone();
        Value::new(id).with(|data| {
            data.taints = taints;
            data.ty = ty;
        })
    }

    fn match_method(
        &mut self,
        receiver: &Value,
        method: &str,
        first: Option<&Value>,
        language: Language,
        id: super::value::ValueId,
    ) -> Option<Value> {
        let first = first?;
        let pattern_of = |value: &Value| match value.derived.as_deref() {
            Some(Derived::Pattern(pattern)) => Some((
                *pattern,
                if matches!(&value.shape, Shape::Constant(Literal::Regex(_, flags)) if flags.contains('m')) {
                    "m"
                } else {
                    ""
                },
            )),
            _ => None,
        };
        let how = match (language, method) {
            (Language::Python, "match") => Match::Prefix,
            (Language::Python, "fullmatch") => Match::Whole,
            _ => Match::Search,
        };
        let (value, (pattern, flags)) = match pattern_of(receiver) {
            Some(pattern) => (first.clone(), pattern),
            // `text.match(/…/)`
            None => (receiver.clone(), pattern_of(first)?),
        };
        let (yes, no) = self.pattern_test(&value, pattern.as_str(), flags, how, language);
        let taints = Rc::clone(&value.taints);
        Some(self.test(id, yes, no).with(|data| {
            // the matched groups are text of the caller
            if matches!(method, "match" | "exec" | "search" | "fullmatch") {
                data.ty = Ty::Unknown;
                data.taints = taints;
            }
        }))
    }

    /// `list.some(f)`, `list.every(f)`, `iter.any(f)`, `iter.all(f)`.
    fn quantified(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        method: &str,
        callback: &Value,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let (Shape::Functions(_) | Shape::Symbol(Symbol::External(_))) = &callback.shape else {
            return None;
        };
        let element = self.element_of(receiver, place, state);
        let mut inner = state.clone();
        let result = self.call_now(cx, callback, vec![element.clone()], place, &mut inner)?;
        let id = mix(101, [receiver.id.0, result.id.0]);
        let universal = matches!(method, "every" | "all");
        // about the captured value: one element suffices; about the elements: all of them
        let mut yes = result.when_true.clone();
        let mut no = super::fact::Facts::none();
        if universal {
            yes = yes.and(&self.lift_from_element(receiver, &element, &result.when_true));
        } else {
            no = result
                .when_false
                .and(&self.lift_from_element(receiver, &element, &result.when_false));
        }
        Some(self.test(id, yes, no))
    }

    /// Runs a callback that surely runs, in the state at hand.
    pub(super) fn call_now(
        &mut self,
        cx: Cx<'a>,
        callback: &Value,
        values: Vec<Value>,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        match &callback.shape {
            Shape::Functions(callables) => {
                let callables = Rc::clone(callables);
                Some(self.call_any(cx, &callables, Arguments::of(values), place, state))
            }
            Shape::Symbol(Symbol::External(name)) => {
                let name = *name;
                Some(self.call_symbol(cx, None, callback, name, Arguments::of(values), place, state))
            }
            Shape::Symbol(Symbol::Class(class)) => {
                let class = *class;
                Some(self.construct(cx, class, Arguments::of(values), place, state))
            }
            _ => None,
        }
    }

    fn get_method(
        &mut self,
        receiver: &Value,
        method: &str,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let key = arguments.get(0)?;
        let structured = matches!(receiver.shape, Shape::Record(_) | Shape::List { .. });
        let default = arguments
            .get(1)
            .filter(|_| matches!(method, "get" | "pop" | "setdefault"));
        if key.text().is_none() && !structured && !receiver.is_tainted() {
            return None;
        }
        if !structured && !receiver.is_tainted() {
            return None;
        }
        let found = self.index(receiver, key, place, state);
        // a key under which a fixed table holds something is one of its keys
        let found = match &receiver.shape {
            Shape::Record(fields)
                if key.is_tainted()
                    && receiver.taints.is_empty()
                    && default.is_none_or(Value::is_null)
                    && method != "setdefault"
                    && !fields.is_empty()
                    && !fields.contains_key(&Name::new("*")) =>
            {
                let (inside, _) = self.membership(key, receiver, place);
                found.with(|data| data.when_true = data.when_true.and(&inside))
            }
            _ => found,
        };
        Some(match default {
            Some(default) if !default.is_null() => {
                let joined = found.join(default);
                // a default does not make the value another one for the tests that follow
                joined.with(|data| data.id = found.id)
            }
            _ => found.with(|data| {
                if data.truth == Truth::True {
                    data.truth = Truth::Unknown;
                }
            }),
        })
    }

    pub(super) fn with_entry(&mut self, collection: &Value, key: &Value, value: Value) -> Value {
        let value = match (&value.shape, key.text()) {
            (Shape::Functions(functions), Some(key)) => {
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
            _ => value,
        };
        let mut fields = match &collection.shape {
            Shape::Record(fields) => (**fields).clone(),
            _ => BTreeMap::new(),
        };
        let name = key.text().unwrap_or_else(|| Name::new("*"));
        let id = mix(102, [collection.id.0, name_bits(name), value.id.0]);
        let value = match fields.get(&name) {
            Some(have) if key.text().is_none() => have.join(&value),
            _ => value,
        };
        fields.insert(name, value);
        collection.clone().with(|data| {
            data.id = id;
            data.shape = Shape::Record(Rc::new(fields));
        })
    }

    /// `list.join(sep)`, `sep.join(list)`, `path.join(..)` of Rust stays a row.
    fn join_method(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        first: Option<&Value>,
        language: Language,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let _ = cx;
        let (list, separator) = if language == Language::Python {
            (first?.clone(), receiver.clone())
        } else {
            (
                receiver.clone(),
                first
                    .cloned()
                    .unwrap_or_else(|| Value::constant(Literal::Str(Name::new(",")))),
            )
        };
        match &list.shape {
            Shape::List { items, rest } => {
                let mut parts: Vec<Value> = Vec::new();
                for item in items.iter().chain(rest) {
                    if !parts.is_empty() {
                        parts.push(separator.clone());
                    }
                    parts.push(item.clone());
                }
                if parts.len() == 1 {
                    parts.push(Value::constant(Literal::Str(Name::new(""))));
                    parts.reverse();
                    let built = self.built(&parts, place, state);
                    return Some(built);
                }
                Some(self.built(&parts, place, state))
            }
            _ if list.is_tainted() => {
                let id = mix(103, [list.id.0, separator.id.0]);
                let taints = self.flow_on(&[&list], state, id, place, StepKind::Built);
                Some(Value::new(id).with(|data| {
                    data.taints = taints;
                    data.ty = Ty::Str;
                }))
            }
            _ => None,
        }
    }

    /// A value that a schema has checked.
    pub(super) fn enforce(&mut self, value: &Value, ty: &Ty) -> Value {
        if ty.is_harmless() {
            return value.clone().with(|data| {
                data.id = mix(104, [data.id.0]);
                data.taints = Rc::from([]);
                data.ty = ty.clone();
                data.enforced = true;
            });
        }
        let cleared = self.cleared_by_type(ty);
        value.clone().with(|data| {
            data.id = mix(104, [data.id.0]);
            data.ty = ty.clone();
            data.enforced = true;
            if !cleared.is_empty() {
                data.taints = data
                    .taints
                    .iter()
                    .map(|taint| super::value::Taint {
                        cleared: taint.cleared.union(cleared),
                        ..taint.clone()
                    })
                    .collect();
            }
        })
    }

    fn schema_type(&self, cx: Cx<'a>, schema: ExprId) -> Option<Ty> {
        crate::server::schema_type(self.project, self.models, cx.func, schema)
    }
}

/// Names of methods so common that having one class of the project with such a method says nothing.
fn is_common(name: Name) -> bool {
    matches!(
        name.as_str(),
        "get"
            | "set"
            | "add"
            | "run"
            | "call"
            | "send"
            | "read"
            | "write"
            | "open"
            | "close"
            | "find"
            | "update"
            | "delete"
            | "remove"
            | "insert"
            | "push"
            | "append"
            | "pop"
            | "map"
            | "filter"
            | "forEach"
            | "keys"
            | "values"
            | "items"
            | "join"
            | "split"
            | "replace"
            | "start"
            | "stop"
            | "emit"
            | "on"
            | "then"
            | "catch"
            | "log"
            | "info"
            | "error"
            | "debug"
            | "warn"
            | "format"
            | "parse"
            | "test"
            | "match"
            | "exec"
            | "apply"
            | "bind"
            | "next"
            | "connect"
            | "load"
            | "dump"
            | "to_dict"
            | "toString"
            | "build"
            | "create"
            | "new"
            | "default"
            | "from"
            | "into"
            | "query"
            | "fetch"
            | "post"
            | "put"
            | "request"
            | "execute"
            | "handle"
            | "register"
            | "init"
            | "name"
            | "len"
            | "copy"
            | "clear"
            | "count"
            | "index"
            | "sort"
            | "exists"
            | "resolve"
            | "json"
            | "text"
            | "status"
            | "end"
            | "is_empty"
            | "iter"
            | "next_line"
            | "lines"
            | "flush"
            | "kill"
            | "wait"
            | "spawn"
            | "arg"
            | "args"
            | "env"
    )
}

/// The type under which rows list the methods of a value.
pub(super) fn type_name(ty: &Ty, language: Language) -> Option<&'static str> {
    Some(match (ty, language) {
        (Ty::External(name), _) => name.as_str(),
        (Ty::Optional(inner), Language::Python) => return type_name(inner, language),
        (Ty::Str | Ty::Pattern(_), Language::TypeScript) => "String",
        (Ty::Str | Ty::Pattern(_), _) => "str",
        (Ty::Path, Language::Python) => "pathlib.Path",
        (Ty::Path, Language::Rust) => "std::path::Path",
        (Ty::List(_), Language::TypeScript) => "Array",
        (Ty::List(_), Language::Python) => "list",
        (Ty::List(_), Language::Rust) => "Vec",
        _ => return None,
    })
}
