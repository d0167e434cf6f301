//! Functions and classes behind expressions.

use super::locals::Binding;
use super::value::{At, FUEL, Values};
use crate::ir::{Arg, Call, ExprKind, Name};
use crate::project::{ClassRef, FuncRef, Symbol};

impl Values<'_> {
    /// The function that an expression stands for: written in place, named, bound, wrapped, or held by a record.
    pub(super) fn function_of(&self, at: At) -> Option<FuncRef> {
        self.function_with(at, FUEL)
    }

    fn function_with(&self, at: At, fuel: u32) -> Option<FuncRef> {
        let at = self.peel(at);
        if fuel == 0 || !self.step() {
            return None;
        }
        match &self.expr(at).kind {
            ExprKind::Lambda(func) => Some(FuncRef {
                module: at.module,
                func: *func,
            }),
            ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Field { .. } | ExprKind::Index { .. } => {
                self.named_function(at, fuel)
            }
            ExprKind::Conditional { then, otherwise, .. } => self
                .function_with(at.with(*then), fuel / 2)
                .or_else(|| self.function_with(at.with(*otherwise), fuel / 2)),
            ExprKind::Call(call) => self.wrapped_function(at, call, fuel),
            ExprKind::Binary { left, right, .. } => self
                .function_with(at.with(*left), fuel / 2)
                .or_else(|| self.function_with(at.with(*right), fuel / 2)),
            _ => None,
        }
    }

    fn named_function(&self, at: At, fuel: u32) -> Option<FuncRef> {
        let resolved = match &self.expr(at).kind {
            ExprKind::Name(name) if self.local(at.module, at.scope, *name).is_none() => {
                Some(self.project.resolve_name(at.module, at.scope, *name))
            }
            ExprKind::Name(_) => None,
            ExprKind::Path(path) => Some(self.project.resolve_path(at.module, at.scope, path)),
            _ => self.project.resolve_expr(at.module, at.scope, at.expr),
        };
        if let Some(Symbol::Function(func)) = resolved {
            return Some(func);
        }
        if let ExprKind::Field { base, name, .. } = &self.expr(at).kind
            && let Some(func) = self.method_of(at.with(*base), *name, fuel)
        {
            return Some(func);
        }
        let followed = self.follow_with(at, fuel - 1);
        (followed != at)
            .then(|| self.function_with(followed, fuel - 1))
            .flatten()
    }

    /// A method of `this`, of an instance made in sight, or of a parameter with a declared class.
    fn method_of(&self, base: At, name: Name, fuel: u32) -> Option<FuncRef> {
        let class = self.class_of_value(base, fuel)?;
        self.project.method(class, name)
    }

    /// The class of the project of which a value is an instance.
    pub(super) fn class_of_value(&self, at: At, fuel: u32) -> Option<ClassRef> {
        let at = self.peel(at);
        if matches!(self.expr(at).kind, ExprKind::This) {
            return self.class_around(at.module, at.scope);
        }
        let value = self.follow_with(at, fuel.saturating_sub(1));
        match &self.expr(value).kind {
            ExprKind::Call(call) => match self.project.resolve_expr(value.module, value.scope, call.callee)? {
                Symbol::Class(class) => Some(class),
                Symbol::Function(func) => self.project.class_of(func),
                _ => None,
            },
            ExprKind::Name(name) => {
                let (scope, binding) = self.local(value.module, value.scope, *name)?;
                let Binding::Param { index, path } = binding else {
                    return None;
                };
                let param = self.module(value.module).function(scope).params.get(index)?;
                match self
                    .project
                    .type_of(value.module, scope, param.ty.filter(|_| path.is_empty())?)
                {
                    crate::project::Ty::Class(class) => Some(class),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `f.bind(this)`, `partial(f, …)`, `withErrors(f)`, `wrap("name", f)`, and a factory that returns a closure.
    fn wrapped_function(&self, at: At, call: &Call, fuel: u32) -> Option<FuncRef> {
        if let ExprKind::Field { base, name, .. } = &self.module(at.module).expr(call.callee).kind
            && name.as_str() == "bind"
        {
            return self.function_with(at.with(*base), fuel - 1);
        }
        let in_arguments = |arg: &Arg| self.function_with(at.with(arg.value), fuel / 2);
        if let Some(found) = call.args.iter().rev().find_map(in_arguments) {
            return Some(found);
        }
        let factory = self.function_with(at.with(call.callee), fuel / 2)?;
        self.returned_function(factory)
    }

    /// The closure that a function returns.
    pub(super) fn returned_function(&self, func: FuncRef) -> Option<FuncRef> {
        let locals = self.locals(func.module, func.func);
        locals.returns().find_map(|expr| {
            let at = At {
                module: func.module,
                scope: func.func,
                expr,
            };
            match &self.expr(self.follow(at)).kind {
                ExprKind::Lambda(inner) => Some(FuncRef {
                    module: func.module,
                    func: *inner,
                }),
                _ => None,
            }
        })
    }

    /// The first text that a function returns as its only value.
    pub(super) fn returned_text(&self, func: FuncRef) -> Option<Name> {
        let locals = self.locals(func.module, func.func);
        let mut returns = locals.returns();
        let expr = returns.next()?;
        if returns.next().is_some() {
            return None;
        }
        self.text(At {
            module: func.module,
            scope: func.func,
            expr,
        })
    }
}
