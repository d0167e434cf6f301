//! Parameters that an expression hands on: `handler`, `wrap(handler)`, `tool.handler`, and a closure that calls one with what it got itself.

use super::locals::Binding;
use super::sources::param_name;
use super::value::{At, FUEL, Values};
use crate::ir::{Arg, ArgKind, Call, ExprId, ExprKind, FuncId, Language, Name, ParamKind, RecordEntry, walk};
use crate::models::Shape;
use crate::project::FuncRef;

/// How deep closures of a wrapper are searched for the call of what it wraps.
const NESTING: u32 = 4;

/// A parameter of an enclosing function that an expression hands on.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// Whose parameter.
    pub(super) func: FuncRef,
    /// Which.
    pub(super) index: usize,
    /// The fields of it that lead to the value.
    pub(super) path: Vec<Name>,
    /// What a wrapper calls it with; `None`: with all that the wrapper got.
    passed: Option<Vec<Passed>>,
}

/// An argument with which a wrapper calls what it wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passed {
    /// A parameter of the wrapper, by its position.
    Param(usize),
    /// All parameters from that position on.
    Rest(usize),
    /// Something of its own.
    Other,
}

/// Through what a parameter may be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    /// Names and fields.
    Names,
    /// Arguments of calls too.
    Calls,
    /// Closures that call it too.
    Closures,
}

impl Held {
    /// What the parameters of the function held get, when those of its wrapper get `shapes`.
    pub(super) fn shapes(&self, shapes: &[Shape]) -> Vec<Shape> {
        let Some(passed) = &self.passed else {
            return shapes.to_vec();
        };
        let repeated = shapes
            .last()
            .copied()
            .filter(|last| matches!(last, Shape::Each | Shape::Auto));
        let mut found = Vec::new();
        for item in passed {
            match item {
                Passed::Param(position) => {
                    found.push(shapes.get(*position).copied().or(repeated).unwrap_or(Shape::Context));
                }
                Passed::Other => found.push(Shape::Context),
                Passed::Rest(position) => {
                    found.extend(shapes.get(*position..).unwrap_or(&[]));
                    found.extend(repeated);
                    return found;
                }
            }
        }
        found
    }
}

impl Values<'_> {
    /// The parameter of an enclosing function that an expression hands on.
    pub(super) fn held(&self, at: At, through: Through) -> Option<Held> {
        self.held_with(at, through, FUEL)
    }

    fn held_with(&self, at: At, through: Through, fuel: u32) -> Option<Held> {
        let at = self.peel(at);
        if fuel == 0 || !self.step() {
            return None;
        }
        match &self.expr(at).kind {
            ExprKind::Name(name) => {
                let (scope, binding) = self.local(at.module, at.scope, *name)?;
                match binding {
                    Binding::Param { index, path } => {
                        let func = FuncRef {
                            module: at.module,
                            func: scope,
                        };
                        let param = self.function(func).params.get(index)?;
                        let single = matches!(param.kind, ParamKind::Normal | ParamKind::KeywordOnly);
                        single.then_some(Held {
                            func,
                            index,
                            path,
                            passed: None,
                        })
                    }
                    Binding::Value { value, path } => {
                        let start = At {
                            scope,
                            expr: value,
                            ..at
                        };
                        let mut held = self.held_with(start, through, fuel - 1)?;
                        held.path.extend(path);
                        Some(held)
                    }
                    Binding::Element { .. } => None,
                }
            }
            ExprKind::Field { base, name, .. } => {
                let mut held = self.held_with(at.with(*base), Through::Names, fuel - 1)?;
                held.path.push(*name);
                Some(held)
            }
            ExprKind::Conditional { then, otherwise, .. } => self
                .held_with(at.with(*then), through, fuel / 2)
                .or_else(|| self.held_with(at.with(*otherwise), through, fuel / 2)),
            ExprKind::Binary { left, right, .. } => self
                .held_with(at.with(*left), through, fuel / 2)
                .or_else(|| self.held_with(at.with(*right), through, fuel / 2)),
            ExprKind::Call(call) if through != Through::Names => self.held_by_call(at, call, through, fuel),
            ExprKind::Lambda(func) if through == Through::Closures => self.forwarded(FuncRef {
                module: at.module,
                func: *func,
            }),
            _ => None,
        }
    }

    /// `handler.bind(x)`, `wrap(handler)`: of a wrapper in sight the argument that its closure calls, else any.
    fn held_by_call(&self, at: At, call: &Call, through: Through, fuel: u32) -> Option<Held> {
        if let ExprKind::Field { base, name, .. } = &self.module(at.module).expr(call.callee).kind
            && name.as_str() == "bind"
        {
            return self.held_with(at.with(*base), through, fuel - 1);
        }
        if through == Through::Closures
            && let Some(factory) = self.callee_function(at.with(call.callee))
        {
            let returned = self.returned_function(factory)?;
            let inner = self.forwarded(returned).filter(|held| held.func == factory)?;
            let place = self.argument(at, &call.args, factory, inner.index)?;
            let mut held = self.held_with(place, through, fuel / 2)?;
            held.path.extend(&inner.path);
            held.passed = held.passed.or(inner.passed);
            return Some(held);
        }
        call.args
            .iter()
            .rev()
            .find_map(|arg| self.held_with(at.with(arg.value), through, fuel / 2))
    }

    /// The function of the project that a callee names outright.
    pub(super) fn callee_function(&self, callee: At) -> Option<FuncRef> {
        let value = self.follow(callee);
        match &self.expr(value).kind {
            ExprKind::Call(_) | ExprKind::Conditional { .. } | ExprKind::Binary { .. } => None,
            _ => self.function_of(callee),
        }
    }

    /// What a call gives a parameter.
    pub(super) fn argument(&self, at: At, args: &[Arg], func: FuncRef, index: usize) -> Option<At> {
        let params = &self.function(func).params;
        let param = params.get(index)?;
        let name = param_name(param);
        let named = args
            .iter()
            .find(|arg| matches!((arg.kind, name), (ArgKind::Named(given), Some(name)) if given == name));
        if let Some(arg) = named {
            return Some(at.with(arg.value));
        }
        if param.kind != ParamKind::Normal {
            return None;
        }
        let receivers = params
            .iter()
            .take(index)
            .filter(|param| param.kind == ParamKind::Receiver)
            .count();
        args.iter()
            .take_while(|arg| arg.kind == ArgKind::Positional)
            .nth(index - receivers)
            .map(|arg| at.with(arg.value))
    }

    /// The parameter of an enclosing function that a closure stands in for: it says so (`functools.wraps`) or calls it with what it
    /// got itself.
    pub(super) fn forwarded(&self, wrapper: FuncRef) -> Option<Held> {
        let outer = self.function(wrapper).parent.filter(|outer| *outer != FuncId::MODULE)?;
        if let Some(known) = self.forwards.borrow().get(&wrapper) {
            return known.clone();
        }
        // A closure that is being read forwards nothing: cycles end here.
        self.forwards.borrow_mut().insert(wrapper, None);
        let found = self
            .forwarding_call(wrapper, wrapper.func, NESTING)
            .or_else(|| self.declared_wrapped(wrapper, outer));
        self.forwards.borrow_mut().insert(wrapper, found.clone());
        found
    }

    /// `@functools.wraps(func)`.
    fn declared_wrapped(&self, wrapper: FuncRef, outer: FuncId) -> Option<Held> {
        self.function(wrapper).decorators.iter().find_map(|decorator| {
            let at = At {
                module: wrapper.module,
                scope: outer,
                expr: *decorator,
            };
            let ExprKind::Call(call) = &self.expr(at).kind else {
                return None;
            };
            let named = self.last_name(at.with(call.callee)).is_some_and(|name| name == "wraps");
            let first = call.args.first().filter(|_| named)?;
            self.held(at.with(first.value), Through::Names)
        })
    }

    fn forwarding_call(&self, wrapper: FuncRef, scope: FuncId, nesting: u32) -> Option<Held> {
        let module = self.module(wrapper.module);
        let mut found = None;
        let mut closures = Vec::new();
        let mut outermost: Vec<ExprId> = self.locals(wrapper.module, scope).returns().collect();
        // What is returned comes first: other calls may check or note the arguments.
        walk::exprs_of_block(&module.function(scope).body, &mut |outer| outermost.push(outer));
        for outer in outermost {
            walk::descend(module, outer, &mut |expr| match &module.expr(expr).kind {
                ExprKind::Call(call) if found.is_none() => {
                    let at = At {
                        module: wrapper.module,
                        scope,
                        expr,
                    };
                    found = self.forwarding(at, call, wrapper);
                }
                ExprKind::Lambda(inner) => closures.push(*inner),
                _ => {}
            });
        }
        closures.sort_unstable();
        closures.dedup();
        found.or_else(|| {
            let nesting = nesting.checked_sub(1)?;
            closures
                .into_iter()
                .find_map(|inner| self.forwarding_call(wrapper, inner, nesting))
        })
    }

    /// Whether a call inside a wrapper hands on the wrapper's own parameters to a parameter of a function around it.
    fn forwarding(&self, at: At, call: &Call, wrapper: FuncRef) -> Option<Held> {
        let mut held = self.held(at.with(call.callee), Through::Names)?;
        if !self.encloses(held.func, wrapper) {
            return None;
        }
        let mut args = &*call.args;
        if let Some(last) = held.path.last()
            && matches!(last.as_str(), "call" | "apply")
        {
            held.path.pop();
            args = args.get(1..).unwrap_or(&[]);
        }
        let receivers = usize::from(
            self.function(wrapper)
                .params
                .first()
                .is_some_and(|param| param.kind == ParamKind::Receiver),
        );
        let own = |expr: ExprId| self.own_param(at.with(expr), wrapper).map(|index| index - receivers);
        let python = self.module(wrapper.module).language == Language::Python;
        let mut passed = Vec::new();
        let mut any = false;
        for arg in args {
            let param = own(arg.value);
            let spread = matches!(arg.kind, ArgKind::Spread | ArgKind::KeywordSpread);
            // A Python tool's own parameters are its declaration: only one that takes anything stands in for another.
            any |= param.is_some() && (spread || !python);
            match (arg.kind, param) {
                (ArgKind::Positional, Some(index)) => passed.push(Passed::Param(index)),
                (ArgKind::Positional, None) => passed.push(Passed::Other),
                (ArgKind::Spread | ArgKind::KeywordSpread, Some(index)) => {
                    passed.push(Passed::Rest(index));
                    break;
                }
                // By name: whatever it gets, it gets under its own name.
                (ArgKind::Named(_) | ArgKind::Spread | ArgKind::KeywordSpread, _) => {
                    passed.push(Passed::Rest(0));
                    break;
                }
            }
        }
        held.passed = Some(passed);
        any.then_some(held)
    }

    /// The parameter of a wrapper that an argument is, or is built of.
    fn own_param(&self, at: At, wrapper: FuncRef) -> Option<usize> {
        let at = self.peel(at);
        match &self.expr(at).kind {
            ExprKind::Name(name) => match self.local(at.module, at.scope, *name)? {
                (scope, Binding::Param { index, path }) if scope == wrapper.func => {
                    let param = self.function(wrapper).params.get(index)?;
                    (path.is_empty() && param.kind != ParamKind::Receiver).then_some(index)
                }
                _ => None,
            },
            ExprKind::Record { entries, .. } => entries.iter().find_map(|entry| {
                let value = match entry {
                    RecordEntry::Pair { value, .. } | RecordEntry::Spread(value) => *value,
                };
                let value = self.peel(at.with(value));
                let ExprKind::Name(name) = &self.expr(value).kind else {
                    return None;
                };
                match self.local(value.module, value.scope, *name)? {
                    (scope, Binding::Param { index, .. }) if scope == wrapper.func => Some(index),
                    _ => None,
                }
            }),
            _ => None,
        }
    }

    /// Whether a function stands around another.
    fn encloses(&self, outer: FuncRef, inner: FuncRef) -> bool {
        let mut current = self.function(inner).parent;
        for _ in 0..64 {
            match current {
                Some(func) if func == outer.func => return outer.module == inner.module,
                Some(func) => current = self.module(inner.module).function(func).parent,
                None => return false,
            }
        }
        false
    }
}
