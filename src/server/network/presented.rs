//! Where a credential that is compared came in: through names, closures and functions of the project.

use super::super::locals::Binding;
use super::super::value::At;
use super::graph::Graph;
use super::token::DEPTH;
use crate::ir::{ExprId, ExprKind, Language, Name, TypeId, TypeKind};

/// Types of parameters that hold the credential of a request.
const CREDENTIAL_TYPES: &[&str] = &[
    "Authorization",
    "Bearer",
    "Basic",
    "BearerAuth",
    "BasicAuth",
    "AuthBearer",
    "AuthBasic",
];

impl Graph<'_, '_> {
    pub(super) fn is_rust(&self, at: At) -> bool {
        self.values.module(at.module).language == Language::Rust
    }

    /// A name bound to a part of something, or the parameter of a closure that is given what came in.
    pub(super) fn inbound_local(&self, at: At, name: Name, depth: u32) -> Option<At> {
        let values = self.values;
        if !self.is_rust(at) {
            return None;
        }
        let module = values.module(at.module);
        match values.local(at.module, at.scope, name)? {
            (scope, Binding::Value { value, .. }) => self.inbound(
                At {
                    scope,
                    expr: value,
                    ..at
                },
                depth,
            ),
            // `.is_some_and(|given| given == expected)`
            (scope, Binding::Param { .. }) => {
                let given = module.exprs.iter().enumerate().find_map(|(index, expr)| {
                    let ExprKind::Call(call) = &expr.kind else { return None };
                    let takes = |arg: &crate::ir::Arg| matches!(module.expr(arg.value).kind, ExprKind::Lambda(func) if func == scope);
                    let ExprKind::Field { base, .. } = &module.expr(call.callee).kind else {
                        return None;
                    };
                    let place = || self.place(at.module, ExprId(u32::try_from(index).unwrap_or(u32::MAX)));
                    call.args.iter().any(takes).then(|| place().with(*base))
                })?;
                self.inbound(given, depth)
            }
            _ => None,
        }
    }

    /// Where a value that is compared came in, also through a function of the project that takes it out of the request.
    pub(super) fn presented(&self, at: At) -> Option<At> {
        if let Some(found) = self.inbound(at, DEPTH) {
            return Some(found);
        }
        let values = self.values;
        let mut value = values.follow(at);
        if let ExprKind::Name(name) = values.expr(value).kind
            && let Some((scope, Binding::Value { value: bound, .. })) = values.local(value.module, value.scope, name)
        {
            value = values.follow(At {
                scope,
                expr: bound,
                ..value
            });
        }
        let ExprKind::Call(call) = &values.expr(value).kind else {
            return None;
        };
        let func = values.function_of(value.with(call.callee))?;
        let locals = values.locals(func.module, func.func);
        locals.returns().find_map(|expr| {
            let at = At {
                module: func.module,
                scope: func.func,
                expr,
            };
            self.inbound(at, DEPTH)
        })
    }

    /// Whether a value is a parameter whose type holds the credential of a request.
    pub(super) fn is_credential_param(&self, at: At) -> bool {
        let values = self.values;
        let root = values.root(values.peel(at));
        let ExprKind::Name(name) = values.expr(root).kind else {
            return false;
        };
        let Some((scope, Binding::Param { index, .. })) = values.local(root.module, root.scope, name) else {
            return false;
        };
        let module = values.module(root.module);
        let ty = module.function(scope).params.get(index).and_then(|param| param.ty);
        ty.is_some_and(|ty| holds_credential(module, ty, 4))
    }
}

/// Whether a type is one that holds a credential, or has it as an argument.
fn holds_credential(module: &crate::ir::Module, ty: TypeId, depth: u32) -> bool {
    match &module.ty(ty).kind {
        TypeKind::Named { path, args } => {
            path.last()
                .is_some_and(|name| CREDENTIAL_TYPES.contains(&name.as_str()))
                || depth > 0 && args.iter().any(|arg| holds_credential(module, *arg, depth - 1))
        }
        TypeKind::Reference(inner) | TypeKind::Optional(inner) => {
            depth > 0 && holds_credential(module, *inner, depth - 1)
        }
        _ => false,
    }
}
