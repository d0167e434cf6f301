//! What a server prints whenever it starts its transport.

use super::places::{branches, function_at};
use crate::flow::Place;
use crate::ir::{ArgKind, BinaryOp, Call, CallForm, ExprId, ExprKind, FuncId, Language, Module, Name, walk};
use crate::models::Does;
use crate::project::{FuncRef, Symbol};
use crate::rules::context::Context;
use crate::server::Transport;
use crate::workspace::Span;

/// How many callers of the function that starts a transport are looked at.
const CALLERS: usize = 3;

/// Something printed at the start.
pub(super) struct Start {
    /// The call.
    pub(super) place: Place,
    /// What is called.
    pub(super) callee: Name,
    /// The function in which it stands.
    pub(super) function: FuncRef,
}

/// What is printed on every way to the start of a transport: in its function and in those that call it, and in helpers called there.
pub(super) fn printed_at_start(context: &Context<'_>, start: &Transport) -> Vec<Start> {
    let mut found = Vec::new();
    let module = context.project.module(start.module);
    let mut at = (start.func.func, start.span);
    for _ in 0..CALLERS {
        let (func, span) = at;
        look(
            context,
            start,
            FuncRef {
                module: start.module,
                func,
            },
            Some(span),
            1,
            &mut found,
        );
        // the one place from which the function is called
        let mut calls = calls_of(context, start.module, module, func);
        let (Some(call), None) = (calls.next(), calls.next()) else {
            break;
        };
        at = (function_at(module, call, true), call);
        if at.0 == func {
            break;
        }
    }
    found
}

/// The calls of a function by name in its own module.
fn calls_of<'a>(
    context: &'a Context<'_>,
    id: crate::project::ModuleId,
    module: &'a Module,
    func: FuncId,
) -> impl Iterator<Item = Span> + 'a {
    let name = module.function(func).name.filter(|_| func != FuncId::MODULE);
    module.exprs.iter().filter_map(move |expr| {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let ExprKind::Name(called) = module.expr(call.callee).kind else {
            return None;
        };
        let is = Some(called) == name
            && context.project.resolve_name(id, FuncId::MODULE, called)
                == Symbol::Function(FuncRef { module: id, func });
        is.then_some(expr.span)
    })
}

/// What a function prints under no condition that the place it leads to does not stand under as well.
fn look(
    context: &Context<'_>,
    start: &Transport,
    function: FuncRef,
    to: Option<Span>,
    depth: u32,
    found: &mut Vec<Start>,
) {
    let module = context.project.module(function.module);
    let body = &module.function(function.func).body;
    let goal = match to {
        Some(span) => match branches(body, span) {
            Some(goal) => goal,
            None => return,
        },
        None => Vec::new(),
    };
    let mut roots = Vec::new();
    walk::exprs_of_block(body, &mut |expr| roots.push(expr));
    let mut calls: Vec<(ExprId, &Call)> = Vec::new();
    for root in roots {
        walk::descend(module, root, &mut |expr| {
            if let ExprKind::Call(call) = &module.expr(expr).kind {
                calls.push((expr, call));
            }
        });
    }
    for (expr, call) in calls {
        let span = module.expr(expr).span;
        // what follows a call that serves until the end runs when nobody listens any more
        if to.is_some_and(|to| span.start > to.start) && module.language != Language::TypeScript {
            continue;
        }
        let always =
            branches(body, span).is_some_and(|around| goal.starts_with(&around)) && !is_conditional(module, body, span);
        if !always {
            continue;
        }
        match callee(context, function, module, call) {
            Some(Symbol::External(name)) => {
                let name = context.models.canonical(module.language, name);
                if prints(context, module, function, call, name) {
                    found.push(Start {
                        place: Place {
                            module: function.module,
                            span,
                        },
                        callee: name,
                        function,
                    });
                }
            }
            Some(Symbol::Function(helper)) if depth > 0 && helper != function && helper != start.func => {
                look(context, start, helper, None, depth - 1, found);
            }
            _ => {}
        }
    }
}

/// Whether a place lies behind `return` under a condition, or in an operand that may not be evaluated.
fn is_conditional(module: &Module, body: &crate::ir::Block, span: Span) -> bool {
    let mut found = false;
    walk::exprs_of_block(body, &mut |root| {
        walk::descend(module, root, &mut |expr| match &module.expr(expr).kind {
            ExprKind::Conditional { then, otherwise, .. } => {
                found |= [then, otherwise]
                    .into_iter()
                    .any(|part| super::holds(module.expr(*part).span, span));
            }
            ExprKind::Binary {
                right,
                op: BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce,
                ..
            } => found |= super::holds(module.expr(*right).span, span),
            // `if` and `match` as expressions
            ExprKind::Block { body, .. } if super::holds(module.expr(expr).span, span) => {
                found |= branches(body, span).is_none_or(|around| !around.is_empty());
            }
            _ => {}
        });
    });
    found
}

fn callee(context: &Context<'_>, function: FuncRef, module: &Module, call: &Call) -> Option<Symbol> {
    let at = |expr| context.project.resolve_expr(function.module, function.func, expr);
    match &module.expr(call.callee).kind {
        ExprKind::Name(name) => Some(context.project.resolve_name(function.module, function.func, *name))
            .filter(|_| call.form == CallForm::Macro || at(call.callee).is_some()),
        ExprKind::Path(path) => Some(context.project.resolve_path(function.module, function.func, path)),
        _ => at(call.callee),
    }
}

fn prints(context: &Context<'_>, module: &Module, function: FuncRef, call: &Call, name: Name) -> bool {
    context.models.effects(module.language, name).iter().any(|row| {
        let redirected = call
            .args
            .iter()
            .any(|arg| matches!(arg.kind, ArgKind::Named(name) if matches!(name.as_str(), "file" | "stream")));
        let taken_back = row.unless.as_deref().is_some_and(|method| {
            let file = context.workspace.file(module.file);
            file.slice(module.function(function.func).span).contains(method)
        });
        row.does == Does::Print && !redirected && !taken_back
    })
}
