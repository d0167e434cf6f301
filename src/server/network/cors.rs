//! Answers that let every web page read them.

use super::super::value::At;
use super::graph::{Graph, Reach};
use super::setting::{Settled, pairs};
use crate::ir::{ArgKind, Call, Element, ExprKind, Language, Literal, Name};
use crate::project::ModuleId;
use crate::workspace::Span;

/// A place that opens a server to every origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cors {
    /// The module.
    pub module: ModuleId,
    /// The call or header.
    pub span: Span,
    /// Whether the browser's credentials for the server go with the requests.
    pub credentials: bool,
}

impl Graph<'_, '_> {
    /// The places in a reach that allow any origin, in the order of the source.
    pub(super) fn open_origins(&self, reach: &Reach, serves: &[(ModuleId, Span, String)]) -> Vec<Cors> {
        let mut found: Vec<Cors> = Vec::new();
        for at in &reach.exprs {
            let open = match &self.values.expr(*at).kind {
                ExprKind::Call(call) => self.opens(*at, call),
                _ => None,
            };
            if let Some(credentials) = open.filter(|_| self.concerns(*at, reach, serves)) {
                found.push(Cors {
                    module: at.module,
                    span: self.values.expr(*at).span,
                    credentials,
                });
            }
        }
        found.sort_by_key(|cors| (cors.module, cors.span));
        found.dedup();
        // of a chain of calls the innermost is the one
        let spans: Vec<Cors> = found.clone();
        found.retain(|cors| {
            !spans
                .iter()
                .any(|other| other != cors && other.module == cors.module && cors.span.contains(other.span))
        });
        found
    }

    /// Whether what allows any origin does so for MCP, not for another route alone.
    fn concerns(&self, at: At, reach: &Reach, serves: &[(ModuleId, Span, String)]) -> bool {
        let values = self.values;
        let module = values.module(at.module);
        let span = module.expr(at.expr).span;
        let mut elsewhere = false;
        for other in reach.exprs.iter().filter(|other| other.module == at.module) {
            let ExprKind::Call(call) = &module.expr(other.expr).kind else {
                continue;
            };
            let Some(last) = values.last_name(other.with(call.callee)) else {
                continue;
            };
            match (module.language, last.as_str()) {
                // `post(token).layer(cors)`: the layer of one route
                (Language::Rust, "layer" | "route_layer" | "wrap") => {
                    let Some(first) = call.args.first() else { continue };
                    let given = values.follow(other.with(first.value));
                    if !values.expr(given).span.contains(span) && !module.expr(first.value).span.contains(span) {
                        continue;
                    }
                    let bottom = self.bottom(other.with(call.callee));
                    let route = values.last_name(bottom).is_some_and(|name| {
                        matches!(
                            name.as_str(),
                            "get" | "post" | "put" | "delete" | "patch" | "any" | "on" | "options" | "method_routing"
                        )
                    });
                    if !route {
                        return true;
                    }
                    elsewhere = true;
                }
                // `app.get("/health", cors(), …)`, a header set in the handler of one route
                (
                    Language::TypeScript,
                    "use" | "get" | "post" | "put" | "delete" | "all" | "options" | "route" | "on",
                ) if module.expr(other.expr).span.contains(span) && other.expr != at.expr => {
                    let path = call
                        .args
                        .first()
                        .and_then(|arg| values.text(other.with(arg.value)))
                        .filter(|path| path.starts_with('/') || path.as_str() == "*");
                    let Some(path) = path else { continue };
                    let start = path.trim_end_matches(['*', '/']);
                    let known = serves.iter().any(|(_, _, route)| route.starts_with('/'));
                    if known && !serves.iter().any(|(_, _, route)| route.starts_with(start)) {
                        elsewhere = true;
                    }
                }
                _ => {}
            }
        }
        !elsewhere
    }

    /// What a chain of method calls begins with: `post` of `post(token).layer(cors)`.
    fn bottom(&self, mut at: At) -> At {
        let values = self.values;
        for _ in 0..64 {
            at = match &values.expr(at).kind {
                ExprKind::Field { base, .. } => at.with(*base),
                ExprKind::Call(call) => match values.expr(at.with(call.callee)).kind {
                    ExprKind::Field { .. } => at.with(call.callee),
                    _ => return at.with(call.callee),
                },
                ExprKind::Pass { inner, .. } => at.with(*inner),
                _ => return at,
            };
        }
        at
    }

    /// Whether a call allows any origin, and then whether with credentials.
    fn opens(&self, at: At, call: &Call) -> Option<bool> {
        let values = self.values;
        let last = values.last_name(at.with(call.callee))?;
        let named = |wanted: &str| {
            call.args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name == *wanted))
                .map(|arg| at.with(arg.value))
        };
        match values.module(at.module).language {
            Language::Python => {
                let mentions = last.as_str() == "CORSMiddleware"
                    || call.args.iter().any(|arg| {
                        values
                            .last_name(at.with(arg.value))
                            .is_some_and(|name| name.as_str() == "CORSMiddleware")
                    });
                if !mentions {
                    return None;
                }
                let any = named("allow_origins").is_some_and(|origins| self.is_any(origins))
                    || named("allow_origin_regex").is_some_and(|regex| {
                        values
                            .text(regex)
                            .is_some_and(|text| matches!(text.as_str(), ".*" | "^.*$" | "https?://.*"))
                    });
                let credentials = named("allow_credentials").is_some_and(|value| self.is_true(value));
                any.then_some(credentials)
            }
            Language::Rust => match last.as_str() {
                "permissive" if self.is_cors_layer(at, call) => Some(false),
                "very_permissive" if self.is_cors_layer(at, call) => Some(true),
                "allow_origin" => {
                    let first = at.with(call.args.first()?.value);
                    let any = values.last_name(first).is_some_and(|name| name.as_str() == "Any");
                    let mirrored = values
                        .last_name(first)
                        .is_some_and(|name| name.as_str() == "mirror_request");
                    (any || mirrored).then_some(mirrored)
                }
                "allow_any_origin" => Some(false),
                _ => None,
            },
            Language::TypeScript => self.opens_typescript(at, call, last),
        }
    }

    fn opens_typescript(&self, at: At, call: &Call, last: Name) -> Option<bool> {
        let values = self.values;
        let external = values.external(at.with(call.callee));
        let options = |index: usize| call.args.get(index).map(|arg| values.follow(at.with(arg.value)));
        let known = |name: Name| matches!(name.as_str(), "cors" | "hono/cors.cors" | "@koa/cors" | "cors.cors");
        if external.is_some_and(known) {
            return self.options_open(options(0), external.is_some_and(|name| name.as_str() == "@koa/cors"));
        }
        match last.as_str() {
            // `fastify.register(cors, { origin: true })`
            "register" => {
                let plugin = at.with(call.args.first()?.value);
                let cors = values
                    .external(plugin)
                    .is_some_and(|name| name.as_str() == "@fastify/cors");
                cors.then(|| self.options_open(options(1), false)).flatten()
            }
            "setHeader" | "header" | "set" | "append" => {
                let [name, value] = &*call.args else { return None };
                let name = values.text(at.with(name.value))?;
                if !name.eq_ignore_ascii_case("access-control-allow-origin") {
                    return None;
                }
                let value = at.with(value.value);
                match self.settle(value) {
                    Settled::Text(text) => (text.as_str() == "*").then_some(false),
                    // the request's own origin
                    _ => self.reflects(value).then_some(true),
                }
            }
            "writeHead" | "Response" => {
                let headers = call.args.iter().find_map(|arg| {
                    let record = values.follow(at.with(arg.value));
                    values
                        .member(record, Name::new("Access-Control-Allow-Origin"))
                        .or_else(|| {
                            let inner = values.follow(values.member(record, Name::new("headers"))?);
                            values.member(inner, Name::new("Access-Control-Allow-Origin"))
                        })
                })?;
                matches!(self.settle(headers), Settled::Text(text) if text.as_str() == "*").then_some(false)
            }
            _ => None,
        }
    }

    /// `cors()`, `cors({ origin: "*" })`, `cors({ origin: true })`.
    fn options_open(&self, options: Option<At>, reflects: bool) -> Option<bool> {
        let values = self.values;
        let Some(options) = options else {
            return Some(reflects);
        };
        let ExprKind::Record { entries, .. } = &values.expr(options).kind else {
            return None;
        };
        let mut origin = None;
        let mut credentials = false;
        for (key, value) in pairs(entries) {
            match key.as_str() {
                "origin" => origin = Some(options.with(value)),
                "credentials" => credentials = self.is_true(options.with(value)),
                _ => {}
            }
        }
        let spread = entries
            .iter()
            .any(|entry| matches!(entry, crate::ir::RecordEntry::Spread(_)));
        let any = match origin {
            Some(origin) => self.is_any(origin),
            None => !spread,
        };
        any.then_some(credentials)
    }

    /// `"*"`, `["*"]`, `true`, a function that says yes to all, a setting whose default is `*`.
    fn is_any(&self, at: At) -> bool {
        let values = self.values;
        let value = values.follow(at);
        match &values.expr(value).kind {
            ExprKind::Literal(Literal::Bool(any)) => *any,
            ExprKind::List { elements, .. } => elements.iter().any(|element| match element {
                Element::Item(item) => self.is_any(value.with(*item)),
                Element::Spread(_) => false,
            }),
            // `(origin, callback) => callback(null, true)`, `(origin) => origin`
            ExprKind::Lambda(func) => {
                let function = values.module(value.module).function(*func);
                let [only] = &*function.body else { return false };
                let (crate::ir::StmtKind::Return(Some(expr)) | crate::ir::StmtKind::Expr(expr)) = &only.kind else {
                    return false;
                };
                match &values.module(value.module).expr(*expr).kind {
                    ExprKind::Call(call) => call.args.last().is_some_and(|arg| {
                        call.args.len() == 2
                            && matches!(
                                values.module(value.module).expr(arg.value).kind,
                                ExprKind::Literal(Literal::Bool(true))
                            )
                    }),
                    ExprKind::Name(name) => function
                        .params
                        .first()
                        .and_then(super::setting::named_param)
                        .is_some_and(|param| param == *name),
                    _ => false,
                }
            }
            _ => matches!(self.settle(value), Settled::Text(text) if text.as_str() == "*"),
        }
    }

    fn is_true(&self, at: At) -> bool {
        let value = self.values.follow(at);
        matches!(self.values.expr(value).kind, ExprKind::Literal(Literal::Bool(true)))
    }

    /// `req.headers.origin`, alone or before `"*"`.
    fn reflects(&self, at: At) -> bool {
        let at = self.values.follow(at);
        match &self.values.expr(at).kind {
            ExprKind::Field { name, .. } => name.as_str() == "origin",
            ExprKind::Binary { left, .. } => self.reflects(at.with(*left)),
            _ => false,
        }
    }

    fn is_cors_layer(&self, at: At, call: &Call) -> bool {
        match &self.values.expr(at.with(call.callee)).kind {
            ExprKind::Path(path) => path
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|name| matches!(name.as_str(), "CorsLayer" | "Cors")),
            _ => false,
        }
    }
}
