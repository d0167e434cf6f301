//! The text that a setting has when nobody sets it: through names, environment variables, command-line options, settings classes
//! and callers.

use super::super::locals::Binding;
use super::super::sources::param_name;
use super::super::value::At;
use super::graph::Graph;
use crate::ir::{ArgKind, BinaryOp, Call, Element, ExprId, ExprKind, Key, Literal, Name, RecordEntry};
use crate::project::{ClassRef, FuncRef, Symbol};

/// How many steps one question may take.
const FUEL: u32 = 16;

/// What a setting is by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// This text.
    Text(Name),
    /// Nothing: an environment variable or an option without a default.
    Unset,
    /// Not known.
    Unknown,
}

impl Graph<'_, '_> {
    /// The text that an expression has by default.
    pub(super) fn settle(&self, at: At) -> Settled {
        self.settled(at, FUEL)
    }

    pub(super) fn settled(&self, at: At, fuel: u32) -> Settled {
        let values = self.values;
        let at = values.peel(at);
        if fuel == 0 || !values.step() {
            return Settled::Unknown;
        }
        let again = |expr: ExprId| self.settled(at.with(expr), fuel - 1);
        match &values.expr(at).kind {
            ExprKind::Literal(Literal::Str(text) | Literal::Bytes(text)) => Settled::Text(*text),
            ExprKind::Literal(Literal::Null) => Settled::Unset,
            ExprKind::Concat(parts) => self.start(at, parts, fuel),
            ExprKind::List { elements, .. } => self.address(at, elements, fuel),
            ExprKind::Binary {
                op: BinaryOp::Or | BinaryOp::Coalesce,
                left,
                right,
            } => match again(*left) {
                Settled::Unset => again(*right),
                // an unknown first choice is most often a variable or option: what is written behind it is the default
                Settled::Unknown => again(*right),
                known => known,
            },
            ExprKind::Conditional { then, otherwise, .. } => self.agreed([again(*then), again(*otherwise)]),
            ExprKind::Path(path) => match path.last().map(|name| name.as_str()) {
                Some("UNSPECIFIED") => Settled::Text(Name::new("0.0.0.0")),
                Some("LOCALHOST") => Settled::Text(Name::new("127.0.0.1")),
                _ => self.followed(at, fuel),
            },
            ExprKind::Call(call) => self.called(at, call, fuel),
            ExprKind::Name(name) => match values.local(at.module, at.scope, *name) {
                Some((scope, Binding::Param { index, path })) => self.param(
                    FuncRef {
                        module: at.module,
                        func: scope,
                    },
                    index,
                    &path,
                    *name,
                    fuel,
                ),
                _ => self.followed(at, fuel),
            },
            ExprKind::Field { base, name, .. } => self.field(at, *base, *name, fuel),
            ExprKind::Index { base, index } => match self.environment(at.with(*base)) {
                true => Settled::Unset,
                false => match values.text(at.with(*index)) {
                    Some(key) => self.field(at, *base, key, fuel),
                    None => Settled::Unknown,
                },
            },
            _ => Settled::Unknown,
        }
    }

    /// What several ways come to: one text if they agree, nothing known counting for nothing.
    pub(super) fn agreed(&self, all: impl IntoIterator<Item = Settled>) -> Settled {
        let mut found = Settled::Unknown;
        for one in all {
            match (found, one) {
                (Settled::Unknown | Settled::Unset, one @ Settled::Text(_)) | (Settled::Unknown, one) => found = one,
                (Settled::Text(a), Settled::Text(b)) if a != b => return Settled::Unknown,
                _ => {}
            }
        }
        found
    }

    /// A text of several parts, as far as it is known from its beginning.
    fn start(&self, at: At, parts: &[ExprId], fuel: u32) -> Settled {
        let mut text = String::new();
        for part in parts {
            match self.settled(at.with(*part), fuel - 1) {
                Settled::Text(part) => text.push_str(&part),
                other if text.is_empty() => return other,
                _ => break,
            }
        }
        Settled::Text(Name::new(&text))
    }

    /// `(host, port)`, `[0, 0, 0, 0]`.
    fn address(&self, at: At, elements: &[Element], fuel: u32) -> Settled {
        let values = self.values;
        let Some(Element::Item(first)) = elements.first() else {
            return Settled::Unknown;
        };
        let numbers: Option<Vec<i64>> = elements
            .iter()
            .map(|element| match element {
                Element::Item(item) => match values.expr(values.peel(at.with(*item))).kind {
                    ExprKind::Literal(Literal::Int(number)) => Some(number),
                    _ => None,
                },
                Element::Spread(_) => None,
            })
            .collect();
        match numbers {
            Some(numbers) if numbers.len() >= 4 => {
                let parts: Vec<String> = numbers.iter().map(i64::to_string).collect();
                let between = if numbers.len() == 4 { "." } else { ":" };
                Settled::Text(Name::new(&parts.join(between)))
            }
            _ => self.settled(at.with(*first), fuel - 1),
        }
    }

    fn followed(&self, at: At, fuel: u32) -> Settled {
        let next = self.values.follow(at);
        match next == at {
            true => Settled::Unknown,
            false => self.settled(next, fuel - 1),
        }
    }

    /// Whether an expression is the environment itself (`process.env`, `os.environ`, `c.env`).
    pub(super) fn environment(&self, at: At) -> bool {
        let at = self.values.peel(at);
        match &self.values.expr(at).kind {
            ExprKind::Field { name, .. } => matches!(name.as_str(), "env" | "environ"),
            ExprKind::Name(_) => self
                .values
                .external(at)
                .is_some_and(|name| matches!(name.as_str(), "process.env" | "os.environ" | "env" | "environ")),
            _ => false,
        }
    }

    fn called(&self, at: At, call: &Call, fuel: u32) -> Settled {
        let values = self.values;
        let positional = |index: usize| {
            call.args
                .iter()
                .filter(|arg| arg.kind == ArgKind::Positional)
                .nth(index)
                .map(|arg| at.with(arg.value))
        };
        let named = |wanted: &[&str]| {
            call.args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if wanted.contains(&name.as_str())))
                .map(|arg| at.with(arg.value))
        };
        let last = values.last_name(at.with(call.callee));
        let base = match &values.expr(at.with(call.callee)).kind {
            ExprKind::Field { base, .. } => Some(at.with(*base)),
            _ => None,
        };
        let settle = |place: Option<At>| place.map_or(Settled::Unknown, |place| self.settled(place, fuel - 1));
        match last.map(|name| name.as_str()) {
            // a variable of the environment, perhaps with a default
            Some("getenv") => self.with_default(positional(1).or_else(|| named(&["default"])), fuel),
            Some("get" | "getOptionValue") if base.is_some_and(|base| self.environment(base)) => {
                self.with_default(positional(1).or_else(|| named(&["default"])), fuel)
            }
            Some("var" | "var_os") if self.is_env_var(at, call) => Settled::Unset,
            Some("get" | "setdefault" | "str" | "getString" | "string")
                if positional(1).is_some() && base.is_some() =>
            {
                settle(positional(1))
            }
            // a default behind something that may be missing
            Some("unwrap_or" | "unwrap_or_else" | "or_else" | "default" | "map_or") => {
                match base.map(|base| self.settled(base, fuel - 1)) {
                    Some(known @ Settled::Text(_)) => known,
                    _ => self.fallback(positional(0), fuel),
                }
            }
            Some("Field" | "field" | "Option" | "Argument" | "Setting") => {
                settle(named(&["default"]).or_else(|| positional(0)))
            }
            // what hands on its receiver or argument
            Some(
                "parse" | "trim" | "strip" | "toLowerCase" | "lower" | "toString" | "ok" | "filter" | "into_owned",
            ) if base.is_some() => settle(base),
            Some("split") => settle(base),
            Some("from" | "new" | "V4" | "V6" | "str" | "String" | "parse" | "ip_address" | "Some" | "from_str") => {
                // `Ipv4Addr::new(0, 0, 0, 0)`
                if call.args.len() >= 4 {
                    let elements: Vec<Element> = call.args.iter().map(|arg| Element::Item(arg.value)).collect();
                    return self.address(at, &elements, fuel);
                }
                settle(positional(0))
            }
            _ => match values.function_of(at.with(call.callee)) {
                Some(func) => {
                    let locals = values.locals(func.module, func.func);
                    let returned = locals.returns().map(|expr| {
                        self.settled(
                            At {
                                module: func.module,
                                scope: func.func,
                                expr,
                            },
                            fuel / 2,
                        )
                    });
                    self.agreed(returned)
                }
                None => Settled::Unknown,
            },
        }
    }

    /// `std::env::var(…)`.
    fn is_env_var(&self, at: At, call: &Call) -> bool {
        match &self.values.expr(at.with(call.callee)).kind {
            ExprKind::Path(path) => path.iter().any(|part| part.as_str() == "env"),
            ExprKind::Name(_) => self
                .values
                .external(at.with(call.callee))
                .is_some_and(|name| name.contains("env")),
            _ => false,
        }
    }

    fn with_default(&self, default: Option<At>, fuel: u32) -> Settled {
        default.map_or(Settled::Unset, |default| self.settled(default, fuel - 1))
    }

    /// A value, or what a closure returns.
    fn fallback(&self, at: Option<At>, fuel: u32) -> Settled {
        let Some(at) = at else { return Settled::Unknown };
        let ExprKind::Lambda(func) = self.values.expr(self.values.peel(at)).kind else {
            return self.settled(at, fuel - 1);
        };
        let locals = self.values.locals(at.module, func);
        let returned = locals.returns().map(|expr| {
            self.settled(
                At {
                    scope: func,
                    expr,
                    ..at
                },
                fuel / 2,
            )
        });
        self.agreed(returned)
    }

    fn field(&self, at: At, base: ExprId, name: Name, fuel: u32) -> Settled {
        let values = self.values;
        let base = at.with(base);
        if self.environment(base) {
            return Settled::Unset;
        }
        if let found @ (Settled::Text(_) | Settled::Unset) = self.followed(at, fuel) {
            return found;
        }
        let class = values.class_of_value(base, FUEL).or_else(|| {
            // a settings object that a function of the project makes
            match &values.expr(values.follow(base)).kind {
                ExprKind::Call(call) => {
                    let made = values.follow(base);
                    // `Args::parse()`: derived, so no function of the project
                    if let ExprKind::Path(path) = &values.expr(made.with(call.callee)).kind
                        && let Some((_, of)) = path.split_last()
                        && let Symbol::Class(class) = match of {
                            [only] => values.project.resolve_name(made.module, made.scope, *only),
                            of => values.project.resolve_path(made.module, made.scope, of),
                        }
                    {
                        return Some(class);
                    }
                    let func = values.function_of(made.with(call.callee))?;
                    let ty = values.function(func).returns?;
                    match values.project.type_of(func.module, func.func, ty) {
                        crate::project::Ty::Class(class) => Some(class),
                        _ => None,
                    }
                }
                _ => None,
            }
        });
        if let Some(class) = class
            && let found @ (Settled::Text(_) | Settled::Unset) = self.class_default(class, name, fuel)
        {
            return found;
        }
        self.option(at, name, fuel)
    }

    /// The default of a field of a settings class.
    fn class_default(&self, class: ClassRef, name: Name, fuel: u32) -> Settled {
        let values = self.values;
        if let Some((owner, field)) = values.project.field(class, name) {
            let place = |expr| At {
                module: owner.module,
                scope: values.module(owner.module).class(owner.class).parent,
                expr,
            };
            if let Some(expr) = field.value {
                return self.settled(place(expr), fuel - 1);
            }
            // clap: `#[arg(long, default_value = "127.0.0.1")]`
            for decorator in &field.decorators {
                let ExprKind::Call(call) = &values.expr(place(*decorator)).kind else {
                    continue;
                };
                let default = call.args.iter().find(|arg| {
                    matches!(arg.kind, ArgKind::Named(name) if matches!(name.as_str(), "default_value" | "default_value_t"))
                });
                if let Some(default) = default {
                    return self.settled(place(default.value), fuel - 1);
                }
            }
        }
        if let Some(found) = values.class_member(class, name) {
            return self.settled(found, fuel - 1);
        }
        // Rust: `impl Default`
        let Some(default) = values.project.method(class, Name::new("default")) else {
            return Settled::Unknown;
        };
        let locals = values.locals(default.module, default.func);
        let returned = locals.returns().filter_map(|expr| {
            let at = At {
                module: default.module,
                scope: default.func,
                expr,
            };
            values.member(at, name)
        });
        let all: Vec<Settled> = returned.map(|at| self.settled(at, fuel / 2)).collect();
        self.agreed(all)
    }
}

/// The pairs of a record that are written out.
pub(super) fn pairs(entries: &[RecordEntry]) -> impl Iterator<Item = (Name, ExprId)> + '_ {
    entries.iter().filter_map(|entry| match entry {
        RecordEntry::Pair {
            key: Key::Name(key),
            value,
            ..
        } => Some((*key, *value)),
        _ => None,
    })
}

/// The name of a parameter, for callers that pass it by keyword.
pub(super) fn named_param(param: &crate::ir::Param) -> Option<Name> {
    param_name(param)
}
