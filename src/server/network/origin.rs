//! Whether a listener checks for which host, and from which origin, it is called.

use super::super::locals::each_stmt;
use super::super::value::At;
use super::auth::Scene;
use super::graph::{Graph, Node};
use super::host::{Bind, bind};
use super::listen::Made;
use super::setting::Settled;
use super::signs::words;
use crate::ir::{ArgKind, Call, ExprKind, FuncId, Language, Literal, Name, PatternKind, StmtKind};
use crate::project::ModuleId;
use crate::server::Transport;
use crate::workspace::Span;

/// How a listener stands to calls that a web page makes under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Something checks, or nothing is known.
    Checked,
    /// Nothing checks.
    Unchecked(ModuleId, Span),
    /// The check of the SDK is switched off.
    Off(ModuleId, Span),
    /// Lists of hosts or origins are given, and the switch without which the SDK ignores them is not.
    Ignored(ModuleId, Span),
    /// The SDK's version has no check that is on by default.
    Old(ModuleId, Span),
}

/// The version of the Python SDK from which loopback servers check.
const PYTHON: (u32, u32, u32) = (1, 23, 0);

/// The version of rmcp from which hosts are checked.
const RMCP: (u32, u32, u32) = (1, 4, 0);

impl Graph<'_, '_> {
    /// Whether the calls of a listener are checked.
    pub(super) fn origins(&self, scene: &Scene<'_>, transports: &[Transport], made: Made, listens: Bind) -> Origins {
        if !scene.reach.whole || scene.reach.exprs.iter().chain(scene.around).any(|at| self.checks(*at)) {
            return Origins::Checked;
        }
        match self.values.module(scene.listener.module).language {
            Language::TypeScript => self.origins_typescript(transports),
            Language::Python => self.origins_python(scene, transports, made, listens),
            Language::Rust => self.origins_rust(scene, transports),
        }
    }

    /// Whether an expression is a check of host or origin: it reads the header, or its name says so.
    fn checks(&self, at: At) -> bool {
        let values = self.values;
        match &values.expr(at).kind {
            ExprKind::Name(name) => says_check(name) && !self.is_target(at),
            ExprKind::Field { base, name, .. } => {
                says_check(name) || (matches!(name.as_str(), "origin" | "host") && self.is_headers(at.with(*base)))
            }
            ExprKind::Path(path) => path.last().is_some_and(|name| says_check(name)),
            ExprKind::Index { base, index } => {
                self.is_headers(at.with(*base))
                    && values.text(at.with(*index)).is_some_and(|text| is_host_header(&text))
            }
            ExprKind::Call(call) => {
                let last = values.last_name(at.with(call.callee));
                match last.map(|name| name.as_str()) {
                    Some("get" | "header") => {
                        call.args.len() <= 2
                            && call.args.first().is_some_and(|arg| {
                                let place = at.with(arg.value);
                                values.text(place).is_some_and(|text| is_host_header(&text))
                                    || values
                                        .last_name(place)
                                        .is_some_and(|name| matches!(name.as_str(), "ORIGIN" | "HOST"))
                            })
                    }
                    // the SDK's app checks hosts as long as its own host is this machine
                    Some("createMcpExpressApp" | "createMcpHonoApp" | "createMcpFastifyApp") => {
                        let options = call.args.first().map(|arg| values.follow(at.with(arg.value)));
                        let member = |name: &str| options.and_then(|options| values.member(options, Name::new(name)));
                        member("allowedHosts").is_some()
                            || member("host").is_none_or(|host| match self.settle(host) {
                                Settled::Text(text) => bind(&text) != Bind::All,
                                _ => true,
                            })
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Transports of the TypeScript SDK check only what they are told to.
    fn origins_typescript(&self, transports: &[Transport]) -> Origins {
        let mut found = Origins::Checked;
        for transport in transports {
            let at = self.place(transport.module, transport.expr);
            let ExprKind::Call(call) = &self.values.expr(at).kind else {
                continue;
            };
            let index = match self.values.last_name(at.with(call.callee)).map(|name| name.as_str()) {
                Some("StreamableHTTPServerTransport" | "WebStandardStreamableHTTPServerTransport") => 0,
                Some("SSEServerTransport") => 2,
                _ => continue,
            };
            match self.options_check(at, call, index) {
                Origins::Checked => return Origins::Checked,
                other => {
                    if matches!(found, Origins::Checked | Origins::Unchecked(..)) && found != other {
                        found = if found == Origins::Checked || !matches!(other, Origins::Unchecked(..)) {
                            other
                        } else {
                            found
                        };
                    }
                }
            }
        }
        found
    }

    fn options_check(&self, at: At, call: &Call, index: usize) -> Origins {
        let values = self.values;
        let span = self.callee_span(at, call);
        let Some(options) = call.args.get(index).map(|arg| values.follow(at.with(arg.value))) else {
            return Origins::Unchecked(at.module, span);
        };
        let ExprKind::Record { entries, .. } = &values.expr(options).kind else {
            return Origins::Checked;
        };
        if entries
            .iter()
            .any(|entry| matches!(entry, crate::ir::RecordEntry::Spread(_)))
        {
            return Origins::Checked;
        }
        let lists = ["allowedHosts", "allowedOrigins"]
            .iter()
            .any(|name| values.member(options, Name::new(name)).is_some());
        let flag = values
            .member(options, Name::new("enableDnsRebindingProtection"))
            .map(|flag| values.follow(flag));
        match flag.map(|flag| (flag, &values.expr(flag).kind)) {
            None if lists => Origins::Ignored(at.module, span),
            None => Origins::Unchecked(at.module, span),
            Some((flag, ExprKind::Literal(Literal::Bool(false)))) => Origins::Off(at.module, values.expr(flag).span),
            Some((_, ExprKind::Literal(Literal::Bool(true)))) if !lists => Origins::Unchecked(at.module, span),
            Some(_) => Origins::Checked,
        }
    }

    fn callee_span(&self, at: At, call: &Call) -> Span {
        self.values.expr(at.with(call.callee)).span
    }

    fn origins_python(&self, scene: &Scene<'_>, transports: &[Transport], made: Made, listens: Bind) -> Origins {
        let values = self.values;
        // switched off by hand
        for at in &scene.reach.exprs {
            let ExprKind::Call(call) = &values.expr(*at).kind else {
                continue;
            };
            let off = call.args.iter().find(|arg| {
                matches!(arg.kind, ArgKind::Named(name) if matches!(name.as_str(), "enable_dns_rebinding_protection" | "dns_rebinding_protection"))
            });
            if let Some(off) = off {
                let value = values.follow(at.with(off.value));
                return match &values.expr(value).kind {
                    ExprKind::Literal(Literal::Bool(false)) => {
                        Origins::Off(at.module, values.expr(at.with(off.value)).span)
                    }
                    _ => Origins::Checked,
                };
            }
            let settings = call.args.iter().any(|arg| {
                matches!(arg.kind, ArgKind::Named(name) if matches!(name.as_str(), "security_settings" | "transport_security" | "host_origin_protection" | "allowed_hosts"))
                    && !matches!(values.expr(at.with(arg.value)).kind, ExprKind::Literal(Literal::Null))
            });
            if settings {
                return Origins::Checked;
            }
        }
        let listener = scene.listener;
        let old = values.project.admits_only_older(listener.module, "mcp", PYTHON);
        if let Made::Call(made) = made
            && let ExprKind::Call(call) = &values.expr(made).kind
        {
            let span = self.callee_span(made, call);
            let origin = values.external(made.with(call.callee));
            let official = origin.is_some_and(|name| name.starts_with("mcp."));
            return match (official, old, listens) {
                (true, true, _) => Origins::Old(made.module, span),
                // without a host it is loopback, and checked there
                (true, false, Bind::All) => Origins::Unchecked(made.module, span),
                (true, false, _) => Origins::Checked,
                (false, ..) if origin.is_some_and(|name| name.starts_with("fastmcp")) => {
                    Origins::Unchecked(made.module, span)
                }
                _ => Origins::Checked,
            };
        }
        // bare transports check nothing unless they are given settings
        for transport in transports {
            let at = self.place(transport.module, transport.expr);
            let ExprKind::Call(call) = &values.expr(at).kind else {
                continue;
            };
            match values.last_name(at.with(call.callee)).map(|name| name.as_str()) {
                Some("SseServerTransport" | "StreamableHTTPSessionManager") => {
                    let spread = call.args.iter().any(|arg| arg.kind == ArgKind::KeywordSpread);
                    if !spread {
                        return Origins::Unchecked(at.module, self.callee_span(at, call));
                    }
                }
                Some("sse_app" | "streamable_http_app") if old => {
                    return Origins::Old(at.module, self.callee_span(at, call));
                }
                _ => {}
            }
        }
        Origins::Checked
    }

    fn origins_rust(&self, scene: &Scene<'_>, transports: &[Transport]) -> Origins {
        let values = self.values;
        for at in &scene.reach.exprs {
            match &values.expr(*at).kind {
                ExprKind::Call(call) => {
                    let last = values.last_name(at.with(call.callee));
                    let empty = || {
                        call.args.first().is_some_and(|arg| {
                            matches!(&values.expr(values.peel(at.with(arg.value))).kind, ExprKind::List { elements, .. } if elements.is_empty())
                        })
                    };
                    let off = match last.map(|name| name.as_str()) {
                        Some("disable_allowed_hosts") => true,
                        Some("with_allowed_hosts") => empty(),
                        _ => false,
                    };
                    if off {
                        let span = match &values.expr(at.with(call.callee)).kind {
                            ExprKind::Field { name_span, .. } => *name_span,
                            _ => self.callee_span(*at, call),
                        };
                        return Origins::Off(at.module, span);
                    }
                }
                ExprKind::Record { ty: Some(_), .. } => {
                    let list = values.member(*at, Name::new("allowed_hosts"));
                    if let Some(list) = list
                        && matches!(&values.expr(values.peel(list)).kind, ExprKind::List { elements, .. } if elements.is_empty())
                    {
                        return Origins::Off(at.module, values.expr(list).span);
                    }
                }
                _ => {}
            }
        }
        if let Some(place) = self.assigned_empty(scene) {
            return Origins::Off(place.0, place.1);
        }
        for transport in transports {
            let at = self.place(transport.module, transport.expr);
            let ExprKind::Call(call) = &values.expr(at).kind else {
                continue;
            };
            let ExprKind::Path(path) = &values.expr(at.with(call.callee)).kind else {
                continue;
            };
            let of = path.iter().rev().nth(1).map(|name| name.as_str());
            let old = values.project.admits_only_older(at.module, "rmcp", RMCP);
            match of {
                Some("StreamableHttpService") if old => return Origins::Old(at.module, self.callee_span(at, call)),
                Some("SseServer") => return Origins::Unchecked(at.module, self.callee_span(at, call)),
                _ => {}
            }
        }
        Origins::Checked
    }

    /// `config.allowed_hosts = vec![];`
    fn assigned_empty(&self, scene: &Scene<'_>) -> Option<(ModuleId, Span)> {
        let mut funcs: Vec<_> = scene.reach.funcs.iter().copied().collect();
        funcs.sort_unstable();
        for func in funcs {
            let module = self.values.module(func.module);
            if !self.own(Node::Func(func)).iter().any(|at| {
                matches!(&module.expr(at.expr).kind, ExprKind::Field { name, .. } if name.as_str() == "allowed_hosts")
            }) {
                continue;
            }
            let mut found = None;
            each_stmt(module, &module.function(func.func).body, &mut |stmt| {
                if let StmtKind::Assign { target, value, .. } = &stmt.kind
                    && let PatternKind::Place(place) = target.kind
                    && matches!(&module.expr(place).kind, ExprKind::Field { name, .. } if name.as_str() == "allowed_hosts")
                {
                    let value = self.values.peel(At {
                        module: func.module,
                        scope: FuncId(func.func.0),
                        expr: *value,
                    });
                    if matches!(&self.values.expr(value).kind, ExprKind::List { elements, .. } if elements.is_empty()) {
                        found = Some((func.module, module.expr(place).span));
                    }
                }
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Whether a name speaks of checking hosts or origins.
fn says_check(name: &str) -> bool {
    let words = words(name);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    // the SDK's own option, judged by its value
    if matches!(
        name,
        "allowed_hosts" | "with_allowed_hosts" | "allowed_origins" | "with_allowed_origins"
    ) || any(&["disable", "without", "skip", "no"])
    {
        return false;
    }
    any(&["host", "hosts", "origin", "origins", "rebinding"])
        && any(&[
            "valid",
            "validate",
            "validation",
            "validator",
            "check",
            "verify",
            "allowed",
            "trusted",
            "guard",
            "is",
            "reject",
            "middleware",
            "enforce",
            "permitted",
        ])
}

fn is_host_header(text: &str) -> bool {
    text.eq_ignore_ascii_case("origin") || text.eq_ignore_ascii_case("host")
}
