//! What stands beside a listener: routes that do not serve MCP, and branches that are taken instead. Who may call them says nothing of it.

use rustc_hash::FxHashSet;

use super::super::locals::each_stmt;
use super::super::value::At;
use super::graph::{Graph, Node, Reach, Stretch};
use crate::ir::{ArgKind, Block, Call, CallForm, ExprKind, Literal, StmtKind};
use crate::project::{FuncRef, ModuleId};
use crate::workspace::Span;

/// Calls that hang a handler on a route.
const ROUTES: &[&str] = &["get", "post", "put", "delete", "patch", "route", "websocket"];

/// What a handler calls that serves MCP, or hands a request on.
const SERVES: &[&str] = &[
    "handlePostMessage",
    "handleRequest",
    "handle_post_message",
    "handle_request",
    "connect",
    "connect_sse",
    "next",
    "call_next",
    "fetch",
];

impl Graph<'_, '_> {
    /// The handlers of routes other than those that serve MCP.
    pub(super) fn beside(
        &self,
        reach: &Reach,
        around: &[At],
        serves: &[(ModuleId, Span, String)],
    ) -> FxHashSet<FuncRef> {
        let mut found = FxHashSet::default();
        // where no route is known any may be it
        if !serves.iter().any(|(_, _, path)| !path.is_empty()) {
            return found;
        }
        for at in reach.exprs.iter().chain(around) {
            let ExprKind::Call(call) = &self.values.expr(*at).kind else {
                continue;
            };
            if !self.is_other_route(*at, call, serves) {
                continue;
            }
            if call.form == CallForm::Decorator {
                let module = self.values.module(at.module);
                let decorated = (0_u32..)
                    .zip(&module.functions)
                    .filter(|(_, function)| function.decorators.contains(&at.expr));
                found.extend(decorated.map(|(index, _)| FuncRef {
                    module: at.module,
                    func: crate::ir::FuncId(index),
                }));
                continue;
            }
            // what stands before the handler may be mounted elsewhere, too
            let Some(last) = call.args.last().filter(|_| call.args.len() > 1) else {
                continue;
            };
            let place = self.values.peel(at.with(last.value));
            match self.values.expr(place).kind {
                ExprKind::Lambda(func) => {
                    found.insert(FuncRef {
                        module: place.module,
                        func,
                    });
                }
                _ => found.extend(self.values.function_of(place)),
            }
        }
        found.retain(|func| !self.serves(*func));
        let inner: Vec<FuncRef> = found
            .iter()
            .flat_map(|func| self.nested(*func))
            .filter_map(|node| match node {
                Node::Func(func) => Some(func),
                _ => None,
            })
            .collect();
        found.extend(inner);
        found
    }

    /// The branches of the function around a listener that are taken instead of the one with the listener.
    pub(super) fn instead(&self, listener: At) -> Vec<Stretch> {
        let module = self.values.module(listener.module);
        let span = module.expr(listener.expr).span;
        // items stand first, wherever they are written
        let whole = |block: &Block| block.iter().map(|stmt| stmt.span).reduce(Span::to);
        let mut found = Vec::new();
        each_stmt(module, &module.function(listener.scope).body, &mut |stmt| {
            let branches: Vec<Option<Span>> = match &stmt.kind {
                StmtKind::If { then, otherwise, .. } => vec![whole(then), whole(otherwise)],
                StmtKind::Match { arms, .. } => arms.iter().map(|arm| whole(&arm.body)).collect(),
                _ => return,
            };
            let holds = |branch: &Option<Span>| branch.is_some_and(|branch| branch.contains(span));
            if branches.iter().any(holds) {
                let others = branches.iter().filter(|branch| !holds(branch)).flatten();
                found.extend(others.map(|branch| (listener.module, *branch)));
            }
        });
        found
    }

    fn is_other_route(&self, at: At, call: &Call, serves: &[(ModuleId, Span, String)]) -> bool {
        let values = self.values;
        let last = values.last_name(at.with(call.callee));
        if !last.is_some_and(|name| ROUTES.contains(&name.as_str())) {
            return false;
        }
        let Some(first) = call.args.first().filter(|arg| arg.kind == ArgKind::Positional) else {
            return false;
        };
        let ExprKind::Literal(Literal::Str(path)) = &values.expr(values.peel(at.with(first.value))).kind else {
            return false;
        };
        path.starts_with('/')
            && path.len() > 1
            && !path.contains(['*', '{', '('])
            && !serves.iter().any(|(_, _, served)| path.as_str() == served)
    }

    /// Whether a handler takes part in serving MCP, or is none but a middleware.
    fn serves(&self, func: FuncRef) -> bool {
        self.nested(func).into_iter().any(|node| {
            self.own(node).iter().any(|at| match &self.values.expr(*at).kind {
                ExprKind::Call(call) => self
                    .values
                    .last_name(at.with(call.callee))
                    .is_some_and(|name| SERVES.contains(&name.as_str())),
                _ => false,
            })
        })
    }
}
