//! How Rust clients reach other hosts: credentials over plain HTTP, host keys and certificates taken as they come.

use super::super::value::At;
use super::fact::{Fact, FactKind};
use super::graph::Graph;
use super::setting::Settled;
use super::tls::public_host;
use crate::ir::{Call, ExprKind, FuncId, Language, Literal, PassKind, StmtKind};
use crate::project::ModuleId;

/// How long a chain of a request is.
const CHAIN: usize = 24;

/// Methods that give a request a credential by themselves.
const CREDENTIALS: &[&str] = &["bearer_auth", "basic_auth"];

impl Graph<'_, '_> {
    /// `client.get("http://api.example.com").bearer_auth(token)`, `config.trust_cert()`, `session.handshake()`.
    pub(super) fn rust_client(&self, at: At, call: &Call, found: &mut Vec<Fact>) {
        let values = self.values;
        if values.module(at.module).language != Language::Rust {
            return;
        }
        let Some(last) = values.last_name(at.with(call.callee)) else {
            return;
        };
        let argument = |index: usize| call.args.get(index).map(|arg| at.with(arg.value));
        let ends = |name: &str| {
            argument(0)
                .and_then(|place| values.last_name(place))
                .is_some_and(|last| last == *name)
        };
        match last.as_str() {
            "bearer_auth" | "basic_auth" | "header" => {
                let carries = CREDENTIALS.contains(&last.as_str())
                    || argument(0).is_some_and(|place| self.names_header(place)) && !ends("ORIGIN");
                if carries && let Some((url, host)) = self.plain_request(at, call) {
                    found.push(self.fact(FactKind::PlainHttp, url, &host));
                }
            }
            "trust_cert" if call.args.is_empty() && self.mentions_crate(at.module, "tiberius") => {
                found.push(self.fact(FactKind::Tls, at, "trust_cert()"));
            }
            "encryption" if (ends("NotSupported") || ends("Off")) && self.mentions_crate(at.module, "tiberius") => {
                found.push(self.fact(FactKind::Unencrypted, at, "EncryptionLevel::NotSupported"));
            }
            "known_hosts_check" if ends("Accept") => {
                found.push(self.fact(FactKind::HostKey, at, "KnownHosts::Accept"));
            }
            "connect" => {
                let none = call.args.iter().find(|arg| {
                    values
                        .last_name(at.with(arg.value))
                        .is_some_and(|name| name.as_str() == "NoCheck")
                });
                if let Some(none) = none {
                    found.push(self.fact(FactKind::HostKey, at.with(none.value), "ServerCheckMethod::NoCheck"));
                }
            }
            // libssh2 leaves it to the caller to look at the key
            "handshake"
                if call.args.is_empty() && self.mentions_crate(at.module, "ssh2") && !self.looks_at_keys(at.module) =>
            {
                found.push(self.fact(FactKind::HostKey, at, "handshake()"));
            }
            _ => {}
        }
    }

    /// The address of the request that a chain of calls builds, where it goes over plain HTTP to a public name.
    fn plain_request(&self, at: At, call: &Call) -> Option<(At, String)> {
        let values = self.values;
        let ExprKind::Field { base, .. } = &values.expr(at.with(call.callee)).kind else {
            return None;
        };
        let mut place = values.follow(at.with(*base));
        for _ in 0..CHAIN {
            let ExprKind::Call(made) = &values.expr(place).kind else {
                return None;
            };
            let last = values.last_name(place.with(made.callee))?;
            let index = match last.as_str() {
                "get" | "post" | "put" | "patch" | "delete" | "head" => 0,
                "request" => 1,
                _ => {
                    let ExprKind::Field { base, .. } = &values.expr(place.with(made.callee)).kind else {
                        return None;
                    };
                    place = values.follow(place.with(*base));
                    continue;
                }
            };
            let url = place.with(made.args.get(index)?.value);
            let Settled::Text(text) = self.settle(url) else {
                return None;
            };
            return Some((url, public_host(&text)?));
        }
        None
    }

    /// Whether a module names a crate: in an import or a path.
    fn mentions_crate(&self, id: ModuleId, name: &str) -> bool {
        let module = self.values.module(id);
        let begins = |source: &str| source.split("::").next() == Some(name);
        module.imports.iter().any(|import| begins(&import.source))
            || module.exprs.iter().any(
                |expr| matches!(&expr.kind, ExprKind::Path(path) if path.first().is_some_and(|first| *first == *name)),
            )
    }

    /// Whether anything in the package asks for the key of a host.
    fn looks_at_keys(&self, id: ModuleId) -> bool {
        let package = self.values.project.package(id);
        self.package(package).any(|id| {
            let module = self.values.module(id);
            module.exprs.iter().any(|expr| match &expr.kind {
                ExprKind::Field { name, .. } => {
                    matches!(
                        name.as_str(),
                        "host_key" | "host_key_hash" | "known_hosts" | "check_port"
                    )
                }
                _ => false,
            })
        })
    }

    /// `async fn check_server_key(…) -> Result<bool, _> { Ok(true) }`: russh asks its client, and it says yes to everything.
    pub(super) fn rust_keys(&self, id: ModuleId, found: &mut Vec<Fact>) {
        let module = self.values.module(id);
        if module.language != Language::Rust {
            return;
        }
        for (index, function) in (0_u32..).zip(&module.functions) {
            if function.name.is_none_or(|name| name.as_str() != "check_server_key") {
                continue;
            }
            let decides = function
                .body
                .iter()
                .any(|stmt| !matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Expr(_)));
            let Some(StmtKind::Return(Some(last))) = function.body.last().map(|stmt| &stmt.kind) else {
                continue;
            };
            let mut at = At {
                module: id,
                scope: FuncId(index),
                expr: *last,
            };
            // an async body is a closure of its own in older forms
            if let ExprKind::Pass {
                inner,
                kind: PassKind::Await,
            } = &module.expr(*last).kind
            {
                at = at.with(*inner);
            }
            let yes = matches!(
                self.values.expr(self.values.peel(at)).kind,
                ExprKind::Literal(Literal::Bool(true))
            );
            if yes && !decides {
                found.push(self.fact(FactKind::HostKey, at, "check_server_key"));
            }
        }
    }
}
