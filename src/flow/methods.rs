//! Method calls: resolution by what the receiver is, and the methods whose meaning the engine itself knows.

use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Callable, Place, Shape, Truth, Value, mix};
use crate::ir::{Call, ExprId, ExprKind, Language, Name};
use crate::project::{Symbol, Ty};

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
        if let Some(super::value::Derived::Attribute(looked_up)) = receiver.derived.as_deref() {
            self.attribute_called(&receiver, *looked_up, state);
        }
        // in Rust a dot behind the name of a type speaks of its only value
        let receiver = match receiver.shape {
            Shape::Symbol(Symbol::Class(class)) if language == Language::Rust => self.instance(class),
            _ => receiver,
        };
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
                    return self.call_any(&[callable], arguments, place, state);
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
                if let Some(value) = self.function_method(&receiver, &callables, name, &arguments, place, state) {
                    return value;
                }
            }
            _ => {}
        }
        if let Ty::Class(_) = receiver.ty {
            let member = self.field(&receiver, name, place, state);
            match &member.shape {
                Shape::Functions(callables) => {
                    let callables = Rc::clone(callables);
                    return self.call_any(&callables, arguments, place, state);
                }
                Shape::Symbol(Symbol::External(_) | Symbol::Class(_)) => {
                    return self.call_value(cx, call, &member, arguments, place, state);
                }
                _ => {}
            }
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
            if self.models.entry(language, qualified).is_none() {
                self.note_effects(language, qualified, Some(&receiver), &arguments, place, state);
            } else {
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
                return self.call_any(&[callable], arguments, place, state);
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
                    return self.call_any(&[callable], arguments, place, state);
                }
            }
        }
        self.unknown_call(name, None, arguments, place, state)
    }

    /// `f.bind(..)`, `f.call(..)`, `f.apply(..)`, methods of promises around functions.
    #[allow(clippy::too_many_arguments)]
    fn function_method(
        &mut self,
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
                Some(self.call_any(callables, rest, place, state))
            }
            "apply" => {
                let list = arguments.get(1).cloned();
                let positional = match list.as_ref().map(|list| &list.shape) {
                    Some(Shape::List { items, .. }) => (**items).clone(),
                    _ => Vec::new(),
                };
                let rest = list.filter(|list| !matches!(list.shape, Shape::List { .. }));
                Some(self.call_any(
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
