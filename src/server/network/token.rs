//! Tokens of callers: compared, decoded, handed on.

use super::super::value::At;
use super::fact::{Fact, FactKind};
use super::graph::Graph;
use super::setting::{Settled, pairs};
use super::signs::{is_header, words};
use crate::ir::{ArgKind, BinaryOp, Call, ExprId, ExprKind, Language, Literal, Name, RecordEntry, walk};
use crate::project::ModuleId;

/// How far a value is followed to where it came in.
pub(super) const DEPTH: u32 = 6;

/// Methods of Rust that hand on their receiver, or what they find in it.
const HANDS_ON: &[&str] = &[
    "map",
    "filter",
    "as_bytes",
    "as_deref",
    "copied",
    "ok_or",
    "ok_or_else",
    "map_err",
    "unwrap_or_else",
    "trim_start_matches",
    "trim_start",
    "split_whitespace",
    "split_once",
    "nth",
    "last",
    "next",
];

impl Graph<'_, '_> {
    /// `req.headers.authorization === \`Bearer ${TOKEN}\``.
    pub(super) fn comparison(&self, at: At, op: BinaryOp, left: ExprId, right: ExprId, found: &mut Vec<Fact>) {
        if !matches!(op, BinaryOp::Eq | BinaryOp::NotEq) {
            return;
        }
        let (left, right) = (at.with(left), at.with(right));
        for (presented, expected) in [(left, right), (right, left)] {
            if self.is_expected(expected, DEPTH)
                && let Some(from) = self.presented(presented)
            {
                let mut fact = self.fact(FactKind::Comparison, at, "");
                fact.asked = false;
                fact.from = Some((from.module, self.values.expr(from).span));
                found.push(fact);
                return;
            }
        }
    }

    /// Whether a value is a secret that the server knows: a setting whose name says so, alone or in a text.
    fn is_expected(&self, at: At, depth: u32) -> bool {
        let values = self.values;
        let at = values.peel(at);
        if depth == 0 {
            return false;
        }
        match &values.expr(at).kind {
            ExprKind::Concat(parts) => parts.iter().any(|part| self.is_expected(at.with(*part), depth - 1)),
            ExprKind::Name(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Path(_) => {
                let named = values.last_name(at).is_some_and(|name| is_secret(&name));
                if !named || self.inbound(at, depth - 1).is_some() {
                    let next = values.follow(at);
                    return next != at && self.is_expected(next, depth - 1);
                }
                // a constant is no secret that guessing would bring to light
                !matches!(values.expr(values.follow(at)).kind, ExprKind::Literal(_))
            }
            ExprKind::Binary {
                op: BinaryOp::Or | BinaryOp::Coalesce,
                left,
                ..
            } => self.is_expected(at.with(*left), depth - 1),
            ExprKind::Call(call) => {
                // `os.environ.get("MCP_TOKEN")`, `settings.api_key.get_secret_value()`
                let named = call
                    .args
                    .first()
                    .and_then(|arg| values.text(at.with(arg.value)))
                    .is_some_and(|text| is_secret(&text));
                (named && matches!(self.settle(at), Settled::Unset))
                    || match &values.expr(at.with(call.callee)).kind {
                        ExprKind::Field { base, name, .. }
                            if matches!(
                                name.as_str(),
                                "get_secret_value"
                                    | "trim"
                                    | "strip"
                                    | "expose_secret"
                                    | "as_str"
                                    | "encode"
                                    | "as_deref"
                                    | "as_bytes"
                                    | "as_ref"
                            ) =>
                        {
                            self.is_expected(at.with(*base), depth - 1)
                        }
                        _ => false,
                    }
            }
            _ => false,
        }
    }

    /// Where a value came in with a request: the read of its credential header.
    pub(super) fn inbound(&self, at: At, depth: u32) -> Option<At> {
        let values = self.values;
        let at = values.peel(at);
        if depth == 0 || !values.step() {
            return None;
        }
        let header = |place: At| values.text(place).is_some_and(|text| is_header(&text));
        match &values.expr(at).kind {
            ExprKind::Field { base, name, .. } => {
                if is_header(name) && self.is_headers(at.with(*base)) && !self.is_target(at) {
                    return Some(at);
                }
                // `extra.authInfo.token`
                if name.as_str() == "token"
                    && values
                        .last_name(at.with(*base))
                        .is_some_and(|of| matches!(of.as_str(), "authInfo" | "get_access_token"))
                {
                    return Some(at);
                }
                let next = values.follow(at);
                (next != at).then(|| self.inbound(next, depth - 1)).flatten()
            }
            ExprKind::Index { base, index } => {
                if self.is_headers(at.with(*base)) && header(at.with(*index)) {
                    return Some(at);
                }
                // `auth.split(" ")[1]`
                self.inbound(at.with(*base), depth - 1)
            }
            ExprKind::Name(name) => {
                let next = values.follow(at);
                match next == at {
                    true => self.inbound_local(at, *name, depth - 1),
                    false => self.inbound(next, depth - 1),
                }
            }
            ExprKind::Call(call) => {
                let ExprKind::Field { base, name, .. } = &values.expr(at.with(call.callee)).kind else {
                    return None;
                };
                let receiver = at.with(*base);
                let names = |place: At| header(place) || self.is_rust(at) && self.names_header(place);
                if matches!(name.as_str(), "get" | "header")
                    && call.args.first().is_some_and(|arg| names(at.with(arg.value)))
                    && self.is_inbound(receiver, *name)
                {
                    return Some(at);
                }
                // `TypedHeader(Authorization(bearer)): TypedHeader<Authorization<Bearer>>`
                if matches!(name.as_str(), "token" | "password")
                    && call.args.is_empty()
                    && self.is_rust(at)
                    && self.is_credential_param(receiver)
                {
                    return Some(at);
                }
                if self.is_rust(at) && HANDS_ON.contains(&name.as_str()) {
                    return self.inbound(receiver, depth - 1);
                }
                matches!(
                    name.as_str(),
                    "replace"
                        | "slice"
                        | "substring"
                        | "split"
                        | "trim"
                        | "strip"
                        | "removeprefix"
                        | "to_str"
                        | "and_then"
                        | "strip_prefix"
                        | "unwrap_or"
                        | "unwrap_or_default"
                        | "ok"
                        | "decode"
                        | "toString"
                        | "pop"
                        | "at"
                )
                .then(|| self.inbound(receiver, depth - 1))
                .flatten()
            }
            ExprKind::Binary {
                op: BinaryOp::Or | BinaryOp::Coalesce,
                left,
                ..
            } => self.inbound(at.with(*left), depth - 1),
            ExprKind::Concat(parts) => parts.iter().find_map(|part| self.inbound(at.with(*part), depth - 1)),
            ExprKind::Conditional { then, otherwise, .. } => self
                .inbound(at.with(*then), depth - 1)
                .or_else(|| self.inbound(at.with(*otherwise), depth - 1)),
            _ => None,
        }
    }

    /// `headers: { Authorization: req.headers.authorization }`.
    pub(super) fn token_record(&self, at: At, entries: &[RecordEntry], found: &mut Vec<Fact>) {
        for (key, value) in pairs(entries) {
            if key.eq_ignore_ascii_case("authorization")
                && let Some(from) = self.inbound(at.with(value), DEPTH)
                && self.is_sent(at)
            {
                let mut fact = self.fact(FactKind::Forwarded, at.with(value), "Authorization");
                fact.asked = false;
                fact.from = Some((from.module, self.values.expr(from).span));
                found.push(fact);
            }
        }
    }

    /// Whether a record of headers goes out with a request.
    fn is_sent(&self, at: At) -> bool {
        let module = self.values.module(at.module);
        let span = module.expr(at.expr).span;
        let clients = |name: Name| {
            matches!(
                name.as_str(),
                "fetch"
                    | "get"
                    | "post"
                    | "put"
                    | "patch"
                    | "delete"
                    | "request"
                    | "axios"
                    | "create"
                    | "got"
                    | "AsyncClient"
                    | "Client"
                    | "stream"
                    | "ClientSession"
            )
        };
        self.own(super::graph::Node::Func(crate::project::FuncRef {
            module: at.module,
            func: at.scope,
        }))
        .iter()
        .any(|other| match &module.expr(other.expr).kind {
            ExprKind::Call(call) => {
                self.values.last_name(other.with(call.callee)).is_some_and(clients)
                    && call.args.iter().any(|arg| {
                        module.expr(arg.value).span.contains(span)
                            || self.values.follow(other.with(arg.value)).expr == at.expr
                            || self
                                .values
                                .member(other.with(arg.value), Name::new("headers"))
                                .is_some_and(|headers| self.values.follow(headers).expr == at.expr)
                    })
            }
            _ => false,
        })
    }

    /// Tokens decoded and not verified.
    pub(super) fn token_call(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let Some(last) = values.last_name(at.with(call.callee)) else {
            return;
        };
        match (values.module(at.module).language, last.as_str()) {
            (Language::Python, "decode") => {
                if !self.is_jwt(at, call) {
                    return;
                }
                let options = call
                    .args
                    .iter()
                    .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "options"))
                    .map(|arg| values.follow(at.with(arg.value)));
                let off = |name: &str| {
                    options
                        .and_then(|options| values.member(options, Name::new(name)))
                        .is_some_and(|value| matches!(values.expr(value).kind, ExprKind::Literal(Literal::Bool(false))))
                };
                if off("verify_signature") && !self.verifies_elsewhere(at) {
                    found.push(self.fact(FactKind::Unverified, at, "verify_signature: False"));
                } else if off("verify_aud") && !off("verify_signature") && !self.reads_audience(at.module) {
                    found.push(self.fact(FactKind::Audience, at, "verify_aud: False"));
                }
            }
            (Language::Python, "get_unverified_claims") if !self.verifies_elsewhere(at) => {
                found.push(self.fact(FactKind::Unverified, at, "get_unverified_claims"));
            }
            (Language::TypeScript, "decode" | "decodeJwt" | "jwtDecode" | "jwt_decode") => {
                let known = values.external(at.with(call.callee)).is_some_and(|name| {
                    matches!(
                        name.as_str(),
                        "jsonwebtoken.decode"
                            | "jose.decodeJwt"
                            | "jwt-decode.jwtDecode"
                            | "jwt-decode"
                            | "hono/jwt.decode"
                    )
                });
                let inbound = call
                    .args
                    .first()
                    .and_then(|arg| self.inbound(at.with(arg.value), DEPTH));
                if let Some(from) = inbound.filter(|_| known && !self.verifies_elsewhere(at)) {
                    let mut fact = self.fact(FactKind::Unverified, at, &last);
                    fact.from = Some((from.module, values.expr(from).span));
                    found.push(fact);
                }
            }
            (Language::Rust, "insecure_disable_signature_validation" | "insecure_decode") => {
                found.push(self.fact(FactKind::Unverified, at, &last));
            }
            _ => {}
        }
    }

    /// Whether anything in the package looks at the audience of a token by itself: `claims.get("aud")`.
    fn reads_audience(&self, id: ModuleId) -> bool {
        let package = self.values.project.package(id);
        self.package(package).any(|id| {
            let module = self.values.module(id);
            let aud = |expr: ExprId| matches!(&module.expr(expr).kind, ExprKind::Literal(Literal::Str(text)) if text.as_str() == "aud");
            module.exprs.iter().any(|expr| match &expr.kind {
                ExprKind::Index { index, .. } => aud(*index),
                ExprKind::Call(call) => call.args.len() <= 2 && call.args.first().is_some_and(|arg| aud(arg.value)),
                ExprKind::Field { name, .. } => name.as_str() == "aud",
                _ => false,
            })
        })
    }

    /// Whether a `decode` is that of a token library.
    fn is_jwt(&self, at: At, call: &Call) -> bool {
        match self.values.external(at.with(call.callee)) {
            Some(name) => name.starts_with("jwt.") || name.starts_with("jose.") || name.starts_with("authlib."),
            None => false,
        }
    }

    /// Whether the package also verifies: then what is only decoded chooses a key or is shown.
    fn verifies_elsewhere(&self, at: At) -> bool {
        let package = self.values.project.package(at.module);
        self.package(package).any(|id| self.verifies(id, at))
    }

    /// Whether a module verifies tokens at another place than this.
    fn verifies(&self, id: ModuleId, at: At) -> bool {
        let module = self.values.module(id);
        module.exprs.iter().any(|expr| match &expr.kind {
            ExprKind::Name(name) | ExprKind::Field { name, .. } => matches!(
                name.as_str(),
                "jwtVerify" | "verify" | "PyJWKClient" | "get_signing_key_from_jwt" | "createRemoteJWKSet" | "verify_signature" | "introspect"
            ),
            ExprKind::Call(call) => {
                // another `decode` with a key
                matches!(&module.expr(call.callee).kind, ExprKind::Field { name, .. } if name.as_str() == "decode")
                    && call.args.len() >= 2
                    && (id != at.module || expr.span != self.values.expr(at).span)
                    && {
                        let mut off = false;
                        for arg in &call.args {
                            walk::descend(module, arg.value, &mut |inner| {
                                off |= matches!(&module.expr(inner).kind, ExprKind::Record { entries, .. } if pairs(entries).any(|(key, _)| key.as_str() == "verify_signature"));
                            });
                        }
                        !off
                    }
            }
            _ => false,
        })
    }
}

/// Whether a name speaks of a secret: `API_KEY`, `mcpToken`, `authSecret`.
fn is_secret(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    match last {
        "secret" | "token" | "password" | "apikey" | "passwd" => true,
        "key" => {
            words.len() > 1
                && words.iter().any(|word| {
                    matches!(
                        word.as_str(),
                        "api" | "auth" | "access" | "secret" | "mcp" | "admin" | "shared" | "server"
                    )
                })
        }
        _ if words.iter().any(|word| word == "expected") => true,
        "hash" | "signature" | "hmac" | "digest" => words.len() > 1 && words.iter().any(|word| word == "expected"),
        _ => false,
    }
}
