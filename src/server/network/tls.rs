//! Certificates and host keys that are not checked, credentials over plain HTTP.

use super::super::locals::each_stmt;
use super::super::value::At;
use super::fact::{Fact, FactKind};
use super::graph::Graph;
use super::host::{Bind, bind};
use super::setting::pairs;
use crate::ir::{ArgKind, Call, ExprKind, FuncId, Language, Literal, PatternKind, RecordEntry, StmtKind};
use crate::project::ModuleId;

impl Graph<'_, '_> {
    /// `{ rejectUnauthorized: false }`.
    pub(super) fn tls_record(&self, at: At, entries: &[RecordEntry], found: &mut Vec<Fact>) {
        if self.values.module(at.module).language != Language::TypeScript {
            return;
        }
        for (key, value) in pairs(entries) {
            let off = matches!(
                self.values.expr(at.with(value)).kind,
                ExprKind::Literal(Literal::Bool(false))
            );
            if off && matches!(key.as_str(), "rejectUnauthorized" | "strictSSL") {
                found.push(self.fact(FactKind::Tls, at.with(value), &format!("{key}: false")));
            }
            if key.as_str() == "hostVerifier" && self.says_yes(at.with(value)) {
                found.push(self.fact(FactKind::HostKey, at.with(value), "hostVerifier"));
            }
        }
    }

    /// `requests.get(url, verify=False)`, `.danger_accept_invalid_certs(true)`.
    pub(super) fn tls_call(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let Some(last) = values.last_name(at.with(call.callee)) else {
            return;
        };
        let bool_at = |index: usize| {
            call.args
                .get(index)
                .map(|arg| &values.expr(at.with(arg.value)).kind)
                .and_then(|kind| match kind {
                    ExprKind::Literal(Literal::Bool(value)) => Some(*value),
                    _ => None,
                })
        };
        match values.module(at.module).language {
            Language::Rust => {
                let dangerous = matches!(
                    last.as_str(),
                    "danger_accept_invalid_certs"
                        | "danger_accept_invalid_hostnames"
                        | "tls_danger_accept_invalid_certs"
                );
                if let Some(first) = call.args.first().filter(|_| dangerous && bool_at(0) == Some(true)) {
                    found.push(self.fact(FactKind::Tls, at.with(first.value), &format!("{last}(true)")));
                }
            }
            Language::Python => self.tls_python(at, call, &last, found),
            Language::TypeScript => {}
        }
    }

    fn tls_python(&self, at: At, call: &Call, last: &str, found: &mut Vec<Fact>) {
        let values = self.values;
        if matches!(last, "_create_unverified_context" | "disable_warnings") {
            if last == "_create_unverified_context" {
                found.push(self.fact(FactKind::Tls, at, "_create_unverified_context()"));
            }
            return;
        }
        // `verify` of a token library is no certificate's
        if matches!(last, "decode" | "verify" | "jwt_decode") {
            return;
        }
        for arg in &call.args {
            let ArgKind::Named(name) = arg.kind else { continue };
            let value = at.with(arg.value);
            let off = matches!(values.expr(value).kind, ExprKind::Literal(Literal::Bool(false)));
            let clients = || self.is_http_client(at, call);
            let told = match name.as_str() {
                "verify" => off && clients(),
                "ssl" => off && (clients() || last == "TCPConnector"),
                "verify_ssl" | "verify_certs" | "ssl_verify" | "validate_certs" => off,
                "cert_reqs" => {
                    values.last_name(value).is_some_and(|name| name.as_str() == "CERT_NONE")
                        || values.text(value).is_some_and(|text| text.as_str() == "CERT_NONE")
                }
                _ => false,
            };
            if told && !self.to_loopback(at, call) {
                found.push(self.fact(FactKind::Tls, value, &format!("{name}=False")));
            }
        }
    }

    /// Whether a call is one of an HTTP library, or a method with the name of one.
    fn is_http_client(&self, at: At, call: &Call) -> bool {
        let values = self.values;
        let mut root = at.with(call.callee);
        if let ExprKind::Field { base, .. } = &values.expr(root).kind {
            let made = values.follow(at.with(*base));
            if let ExprKind::Call(inner) = &values.expr(made).kind {
                root = made.with(inner.callee);
            }
        }
        let known = |name: &str| {
            ["requests", "httpx", "aiohttp", "urllib3", "niquests"]
                .iter()
                .any(|library| super::super::read::has_prefix(name, library))
        };
        match values.external(root) {
            Some(name) => known(&name),
            // a session that is handed in
            None => values.last_name(at.with(call.callee)).is_some_and(|name| {
                matches!(
                    name.as_str(),
                    "get" | "post" | "put" | "delete" | "patch" | "request" | "head"
                )
            }),
        }
    }

    /// Whether a call goes to this machine.
    fn to_loopback(&self, at: At, call: &Call) -> bool {
        call.args.first().is_some_and(|arg| {
            let text = match self.settle(at.with(arg.value)) {
                super::setting::Settled::Text(text) => text,
                _ => return false,
            };
            let host = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
            bind(host.split('/').next().unwrap_or(host)) == Bind::Loopback
        })
    }

    /// `process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"`, `context.verify_mode = ssl.CERT_NONE`, `session.verify = False`.
    pub(super) fn tls_assignments(&self, id: ModuleId, found: &mut Vec<Fact>) {
        let module = self.values.module(id);
        for (index, function) in (0_u32..).zip(&module.functions) {
            each_stmt(module, &function.body, &mut |stmt| {
                let (target, value) = match &stmt.kind {
                    StmtKind::Assign { target, value, .. } => (target, *value),
                    StmtKind::Expr(expr) => match &module.expr(*expr).kind {
                        ExprKind::Assign { target, value, .. } => (&**target, *value),
                        _ => return,
                    },
                    _ => return,
                };
                let PatternKind::Place(place) = target.kind else { return };
                let at = At {
                    module: id,
                    scope: FuncId(index),
                    expr: place,
                };
                let value = at.with(value);
                let name = match &module.expr(place).kind {
                    ExprKind::Field { name, .. } => *name,
                    ExprKind::Index { index, .. } => match self.values.text(at.with(*index)) {
                        Some(name) => name,
                        None => return,
                    },
                    _ => return,
                };
                let told = match name.as_str() {
                    "NODE_TLS_REJECT_UNAUTHORIZED" => match &self.values.expr(value).kind {
                        ExprKind::Literal(Literal::Str(text)) => text.as_str() == "0",
                        ExprKind::Literal(Literal::Int(0)) => true,
                        _ => false,
                    },
                    "PYTHONHTTPSVERIFY" => self.values.text(value).is_some_and(|text| text.as_str() == "0"),
                    "verify_mode" => self
                        .values
                        .last_name(value)
                        .is_some_and(|name| name.as_str() == "CERT_NONE"),
                    "verify" | "verify_ssl" => {
                        module.language == Language::Python
                            && matches!(self.values.expr(value).kind, ExprKind::Literal(Literal::Bool(false)))
                            && self.is_session(at)
                    }
                    _ => false,
                };
                if told {
                    found.push(self.fact(FactKind::Tls, at, &name));
                }
            });
        }
    }

    /// Whether the owner of a field is an HTTP session.
    fn is_session(&self, at: At) -> bool {
        let ExprKind::Field { base, .. } = &self.values.expr(at).kind else {
            return false;
        };
        let made = self.values.follow(at.with(*base));
        let by_origin = match &self.values.expr(made).kind {
            ExprKind::Call(call) => self
                .values
                .external(made.with(call.callee))
                .is_some_and(|name| name.starts_with("requests.") || name.starts_with("httpx.")),
            _ => false,
        };
        by_origin
            || self.values.last_name(at.with(*base)).is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                name.ends_with("session")
            })
    }

    /// `() => true`.
    fn says_yes(&self, at: At) -> bool {
        let value = self.values.follow(at);
        let ExprKind::Lambda(func) = self.values.expr(value).kind else {
            return false;
        };
        let module = self.values.module(value.module);
        matches!(&*module.function(func).body, [only] if matches!(&only.kind, StmtKind::Return(Some(expr)) if matches!(module.expr(*expr).kind, ExprKind::Literal(Literal::Bool(true)))))
    }

    /// Host keys taken as they come, and credentials over plain HTTP.
    pub(super) fn trust_call(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let Some(last) = values.last_name(at.with(call.callee)) else {
            return;
        };
        match last.as_str() {
            "set_missing_host_key_policy" => {
                let policy = call.args.first().and_then(|arg| values.last_name(at.with(arg.value)));
                if let Some(policy) = policy.filter(|name| matches!(name.as_str(), "AutoAddPolicy" | "WarningPolicy")) {
                    found.push(self.fact(FactKind::HostKey, at, &policy));
                }
            }
            "connect" => {
                let external = values.external(at.with(call.callee));
                let none = call.args.iter().any(|arg| {
                    matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "known_hosts")
                        && matches!(values.expr(at.with(arg.value)).kind, ExprKind::Literal(Literal::Null))
                });
                if none && external.is_some_and(|name| name.starts_with("asyncssh")) {
                    found.push(self.fact(FactKind::HostKey, at, "known_hosts=None"));
                }
            }
            "fetch" | "get" | "post" | "put" | "patch" | "delete" | "request" => self.plain_http(at, call, found),
            _ => {}
        }
    }

    /// `fetch("http://api.example.com", { headers: { Authorization: … } })`.
    fn plain_http(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        let Some(first) = call.args.first().filter(|arg| arg.kind == ArgKind::Positional) else {
            return;
        };
        if call.args.len() < 2 {
            return;
        }
        let super::setting::Settled::Text(url) = self.settle(at.with(first.value)) else {
            return;
        };
        let Some(host) = public_host(&url) else {
            return;
        };
        let carries = call.args.iter().skip(1).any(|arg| {
            let record = values.follow(at.with(arg.value));
            let headers = match arg.kind {
                ArgKind::Named(name) if name.as_str() == "headers" => Some(record),
                ArgKind::Named(name) if name.as_str() == "auth" => return true,
                _ => values
                    .member(record, crate::ir::Name::new("headers"))
                    .map(|headers| values.follow(headers)),
            };
            headers.is_some_and(|headers| {
                values.entries(headers).iter().any(|(key, _)| {
                    key.eq_ignore_ascii_case("authorization") || key.to_ascii_lowercase().contains("api-key")
                })
            })
        });
        if carries {
            found.push(self.fact(FactKind::PlainHttp, at.with(first.value), &host));
        }
    }

    /// `"-o", "StrictHostKeyChecking=no"`.
    pub(super) fn ssh_option(&self, at: At, text: &str, found: &mut Vec<Fact>) {
        let flat = text.replace([' ', '"', '\''], "");
        if flat.contains("StrictHostKeyChecking=no") || flat.contains("StrictHostKeyCheckingno") {
            found.push(self.fact(FactKind::HostKey, at, "StrictHostKeyChecking=no"));
        }
    }
}

/// The host of a plain HTTP address, if it is a name of the open internet.
pub(super) fn public_host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    (bind(host) == Bind::Other && is_public_name(host)).then(|| host.to_owned())
}

/// Whether a host is a name of the open internet, not one of a container network or an address in a private one.
fn is_public_name(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or(host);
    let Some((_, end)) = host.rsplit_once('.') else {
        return false;
    };
    end.len() >= 2
        && end.chars().all(|c| c.is_ascii_alphabetic())
        && !matches!(
            end,
            "local" | "internal" | "lan" | "test" | "localhost" | "example" | "invalid" | "svc"
        )
        && !is_example(host)
}

/// Whether a name is reserved for documents: `example.com`, `api.example.org`.
fn is_example(host: &str) -> bool {
    let mut parts = host.rsplit('.');
    parts.next();
    parts.next() == Some("example")
}
