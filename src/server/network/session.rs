//! Session ids that can be guessed, and objects that several clients share.

use super::super::locals::Binding;
use super::super::value::At;
use super::fact::{Fact, FactKind};
use super::graph::Graph;
use super::setting::named_param;
use crate::ir::{
    ArgKind, Call, CallForm, ExprId, ExprKind, FuncId, FuncKind, Language, Literal, Name, PatternKind, StmtKind,
    UnaryOp, walk,
};

/// Parameters that hold a request, by name.
const REQUESTS: &[&str] = &[
    "req", "request", "_req", "_request", "c", "ctx", "context", "res", "reply", "response", "ws", "socket",
];

impl Graph<'_, '_> {
    /// What is wrong with a transport or the way it is connected.
    pub(super) fn session_call(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        if self.values.module(at.module).language != Language::TypeScript {
            return;
        }
        let Some(last) = self.values.last_name(at.with(call.callee)) else {
            return;
        };
        if call.form == CallForm::New && is_transport(&last) {
            self.session_id(at, call, found);
        }
        match last.as_str() {
            "connect" => self.shared_server(at, call, found),
            "handleRequest" => self.shared_transport(at, call, found),
            _ => {}
        }
    }

    /// `sessionIdGenerator: () => Date.now().toString()`.
    fn session_id(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let generator = call
            .args
            .first()
            .and_then(|arg| values.member(at.with(arg.value), Name::new("sessionIdGenerator")));
        let Some(generator) = generator else { return };
        let Some(func) = values.function_of(generator) else {
            return;
        };
        let locals = values.locals(func.module, func.func);
        for expr in locals.returns() {
            let place = At {
                module: func.module,
                scope: func.func,
                expr,
            };
            if let Some(what) = self.weak(place) {
                let mut fact = self.fact(FactKind::Session, generator, what);
                fact.asked = false;
                found.push(fact);
                return;
            }
        }
    }

    /// What makes a value easy to guess, unless something random is in it.
    fn weak(&self, at: At) -> Option<&'static str> {
        let values = self.values;
        let at = values.follow(at);
        let module = values.module(at.module);
        let mut weak = None;
        let mut strong = false;
        walk::descend(module, at.expr, &mut |expr| {
            match &module.expr(expr).kind {
            ExprKind::Field { name, .. } | ExprKind::Name(name) => match name.as_str() {
                "randomUUID" | "randomBytes" | "getRandomValues" | "nanoid" | "uuidv4" | "v4" | "uuid" | "randomInt" | "ulid" | "crypto"
                | "generateId" | "v7" => strong = true,
                "random" => weak = weak.or(Some("Math.random()")),
                "now" | "getTime" => weak = weak.or(Some("the time")),
                _ => {}
            },
            ExprKind::Unary {
                op: UnaryOp::Other, ..
            } => weak = weak.or(Some("a counter")),
            ExprKind::Assign { op: Some(_), .. } => weak = weak.or(Some("a counter")),
            ExprKind::Call(call) if call.args.first().is_some_and(|arg| matches!(&module.expr(arg.value).kind, ExprKind::Literal(Literal::Str(text)) if text.as_str() == "md5")) => {
                weak = weak.or(Some("an MD5 hash"));
            }
            _ => {}
        }
        });
        if strong {
            return None;
        }
        match &module.expr(at.expr).kind {
            ExprKind::Literal(Literal::Str(_)) => Some("a constant"),
            _ => weak,
        }
    }

    /// The function that handles requests around a place, if there is one: a closure or method with a request among its parameters.
    fn request_handler(&self, at: At) -> Option<FuncId> {
        let module = self.values.module(at.module);
        let mut scope = Some(at.scope);
        for _ in 0..16 {
            let func = scope?;
            let function = module.function(func);
            let takes = function
                .params
                .iter()
                .filter_map(named_param)
                .any(|name| REQUESTS.contains(&name.as_str()));
            if takes && matches!(function.kind, FuncKind::Closure | FuncKind::Function) {
                return Some(func);
            }
            scope = function.parent;
        }
        None
    }

    /// Whether a scope lies in a function or is it.
    fn is_inside(&self, at: At, func: FuncId) -> bool {
        let module = self.values.module(at.module);
        let mut scope = Some(at.scope);
        for _ in 0..32 {
            match scope {
                Some(inner) if inner == func => return true,
                Some(inner) => scope = module.function(inner).parent,
                None => return false,
            }
        }
        false
    }

    /// The place where what an expression names is bound, if that is outside of a function: a variable around it, a field of
    /// `this` seen from a closure.
    fn bound_outside(&self, at: At, handler: FuncId) -> Option<(Name, Option<At>)> {
        let values = self.values;
        let at = values.peel(at);
        match &values.expr(at).kind {
            ExprKind::Name(name) => match values.local(at.module, at.scope, *name) {
                Some((scope, Binding::Value { value, .. })) => {
                    let bound = At {
                        module: at.module,
                        scope,
                        expr: value,
                    };
                    (!self.is_inside(bound, handler)).then_some((*name, Some(bound)))
                }
                Some(_) => None,
                None => match values.project.resolve_name(at.module, at.scope, *name) {
                    crate::project::Symbol::Variable(module, name) => {
                        let value = values.project.variable(module, name).map(|expr| At {
                            module,
                            scope: FuncId::MODULE,
                            expr,
                        });
                        Some((name, value))
                    }
                    _ => None,
                },
            },
            ExprKind::Field { base, name, .. }
                if matches!(values.expr(values.peel(at.with(*base))).kind, ExprKind::This) =>
            {
                let class = values.class_around(at.module, at.scope)?;
                // a closure in the method that sets the routes up serves all clients with one object
                values
                    .module(at.module)
                    .function(handler)
                    .class
                    .is_none()
                    .then_some(())?;
                Some((*name, values.class_member(class, *name)))
            }
            _ => None,
        }
    }

    /// `server.connect(new Transport(…))` for each request.
    fn shared_server(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let (ExprKind::Field { base, .. }, Some(first)) = (&values.expr(at.with(call.callee)).kind, call.args.first())
        else {
            return;
        };
        let Some(handler) = self.request_handler(at) else {
            return;
        };
        let transport = values.follow(at.with(first.value));
        let made_here = match &values.expr(transport).kind {
            ExprKind::Call(made) => {
                made.form == CallForm::New
                    && values
                        .last_name(transport.with(made.callee))
                        .is_some_and(|name| is_transport(&name))
            }
            // declared above and assigned here
            _ => self.assigned_transport(at, at.with(first.value)),
        };
        if !made_here {
            return;
        }
        let Some((name, bound)) = self.bound_outside(at.with(*base), handler) else {
            return;
        };
        // a variable that is made anew for each request
        if self.assigned_inside(at, name, handler) || !bound.is_none_or(|bound| self.is_server(bound)) {
            return;
        }
        let mut fact = self.fact(FactKind::SharedServer, at, &name);
        fact.asked = false;
        fact.from = bound.map(|bound| (bound.module, values.expr(bound).span));
        found.push(fact);
    }

    /// Whether what a variable is bound to may be a server: not what is known to be something else.
    fn is_server(&self, at: At) -> bool {
        let values = self.values;
        let value = values.follow(at);
        match &values.expr(value).kind {
            ExprKind::Call(call) => match values.external(value.with(call.callee)) {
                Some(name) => name.ends_with("McpServer") || name.ends_with(".Server"),
                None => values.function_of(value.with(call.callee)).is_some(),
            },
            _ => false,
        }
    }

    /// Whether a name is given a new transport in the function around.
    fn assigned_transport(&self, at: At, target: At) -> bool {
        let name = match &self.values.expr(self.values.peel(target)).kind {
            ExprKind::Name(name) => *name,
            ExprKind::Field { base, name, .. }
                if matches!(self.values.expr(target.with(*base)).kind, ExprKind::This) =>
            {
                *name
            }
            _ => return false,
        };
        let module = self.values.module(at.module);
        let mut found = false;
        self.each_assignment(at, &mut |assigned, value| {
            found |= assigned == name
                && matches!(&module.expr(value).kind, ExprKind::Call(made) if made.form == CallForm::New && self.values.last_name(at.with(made.callee)).is_some_and(|name| is_transport(&name)));
        });
        found
    }

    /// Whether a name is assigned in a function.
    fn assigned_inside(&self, at: At, name: Name, handler: FuncId) -> bool {
        let mut found = false;
        let at = At { scope: handler, ..at };
        self.each_assignment(at, &mut |assigned, _| found |= assigned == name);
        found
    }

    /// The assignments of names in the function of a place.
    fn each_assignment(&self, at: At, visit: &mut dyn FnMut(Name, ExprId)) {
        let module = self.values.module(at.module);
        super::super::locals::each_stmt(module, &module.function(at.scope).body, &mut |stmt| {
            let (target, value) = match &stmt.kind {
                StmtKind::Assign { target, value, .. } => (target, *value),
                StmtKind::Expr(expr) => match &module.expr(*expr).kind {
                    ExprKind::Assign { target, value, .. } => (&**target, *value),
                    _ => return,
                },
                _ => return,
            };
            match target.kind {
                PatternKind::Bind(name, _) => visit(name, value),
                PatternKind::Place(place) => {
                    if let ExprKind::Field { base, name, .. } = &module.expr(place).kind
                        && matches!(module.expr(*base).kind, ExprKind::This)
                    {
                        visit(*name, value);
                    }
                }
                _ => {}
            }
        });
    }

    /// `transport.handleRequest(req, …)` with one stateless transport for all.
    fn shared_transport(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let ExprKind::Field { base, .. } = &values.expr(at.with(call.callee)).kind else {
            return;
        };
        let Some(handler) = self.request_handler(at) else {
            return;
        };
        let Some((name, Some(bound))) = self.bound_outside(at.with(*base), handler) else {
            return;
        };
        if self.assigned_inside(at, name, handler) {
            return;
        }
        let made = values.follow(bound);
        let ExprKind::Call(new) = &values.expr(made).kind else {
            return;
        };
        let transport = values
            .last_name(made.with(new.callee))
            .is_some_and(|name| name.ends_with("StreamableHTTPServerTransport"));
        if new.form != CallForm::New || !transport {
            return;
        }
        let options = new
            .args
            .iter()
            .find(|arg| arg.kind == ArgKind::Positional)
            .map(|arg| values.follow(made.with(arg.value)));
        let Some(options) = options else { return };
        let stateless = match values.member(options, Name::new("sessionIdGenerator")) {
            Some(generator) => matches!(
                values.expr(values.peel(generator)).kind,
                ExprKind::Literal(Literal::Null)
            ),
            None => matches!(values.expr(options).kind, ExprKind::Record { .. }),
        };
        if stateless
            && !found.iter().any(|fact| {
                fact.kind == FactKind::SharedTransport
                    && fact.module == made.module
                    && fact.span == values.expr(made).span
            })
        {
            let mut fact = self.fact(FactKind::SharedTransport, made, &name);
            fact.asked = false;
            fact.from = Some((at.module, values.expr(at.with(call.callee)).span));
            found.push(fact);
        }
    }
}

/// Whether a class is an HTTP transport of the SDK.
fn is_transport(name: &str) -> bool {
    name.ends_with("StreamableHTTPServerTransport") || matches!(name, "SSEServerTransport" | "StreamableHTTPTransport")
}
