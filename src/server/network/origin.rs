//! Whether a listener checks for which host, and from which origin, it is called.

use super::super::locals::each_stmt;
use super::super::read::has_prefix;
use super::super::value::At;
use super::auth::Scene;
use super::graph::{Graph, Node};
use super::host::{Bind, bind};
use super::listen::Made;
use super::setting::Settled;
use super::signs::words;
use crate::ir::{ArgKind, Call, ExprKind, FuncId, Literal, Name, PatternKind, StmtKind};
use crate::models::{NetworkRows, OriginRow, TransportRow};
use crate::project::{Age, ModuleId, Told};
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
    Old(ModuleId, Span, Told),
    /// The SDK's version may have none: the manifest promises no more.
    Promised(ModuleId, Span, Told),
}

impl Graph<'_, '_> {
    /// Whether the calls of a listener are checked.
    pub(super) fn origins(
        &self,
        rows: &NetworkRows,
        scene: &Scene<'_>,
        transports: &[Transport],
        made: Made,
        listens: Bind,
    ) -> Origins {
        let language = self.values.module(scene.listener.module).language;
        let Some(row) = rows.origin(language) else {
            return Origins::Checked;
        };
        let mut all = scene.reach.exprs.iter().chain(scene.around);
        if !scene.reach.whole || all.any(|at| self.checks(row, *at)) {
            return Origins::Checked;
        }
        if let Some(switched) = self.switched(row, scene) {
            return switched;
        }
        if let Made::Call(made) = made
            && let ExprKind::Call(call) = &self.values.expr(made).kind
            && let Some(origin) = self.values.external(made.with(call.callee))
            && let Some(server) = rows
                .transports(language)
                .find(|row| row.made.iter().any(|known| has_prefix(&origin, known)))
        {
            return self.by_itself(server, made, call, listens);
        }
        let mut found = Origins::Checked;
        for transport in transports {
            let at = self.place(transport.module, transport.expr);
            let ExprKind::Call(call) = &self.values.expr(at).kind else {
                continue;
            };
            let Some(named) = rows.transports(language).find(|row| self.is_transport(row, at, call)) else {
                continue;
            };
            let one = match named.options {
                Some(index) => self.options_check(row, at, call, index),
                None => self.by_itself(named, at, call, Bind::Other),
            };
            found = match (found, one) {
                // one that checks says that somebody has thought of it
                (_, Origins::Checked) => return Origins::Checked,
                (Origins::Checked | Origins::Unchecked(..), one) if found == Origins::Checked => one,
                (Origins::Unchecked(..), Origins::Unchecked(..)) => found,
                (Origins::Unchecked(..), one) => one,
                (known, _) => known,
            };
        }
        found
    }

    /// Whether a call makes the transport that a row speaks of.
    fn is_transport(&self, row: &TransportRow, at: At, call: &Call) -> bool {
        let values = self.values;
        let name = match &values.expr(at.with(call.callee)).kind {
            // the type whose constructor it is
            ExprKind::Path(path) if path.len() > 1 => path.iter().rev().nth(1).copied(),
            _ => values.last_name(at.with(call.callee)),
        };
        let spread = call.args.iter().any(|arg| arg.kind == ArgKind::KeywordSpread);
        !spread && name.is_some_and(|name| row.call.iter().any(|known| name == *known.as_str()))
    }

    /// What a transport or server checks by itself.
    fn by_itself(&self, row: &TransportRow, at: At, call: &Call, listens: Bind) -> Origins {
        let span = self.callee_span(at, call);
        let Some(since) = row.since() else {
            return Origins::Unchecked(at.module, span);
        };
        match self.values.project.age(at.module, &row.package, since) {
            Age::Older(told) => Origins::Old(at.module, span, told),
            // without a host it is loopback, and checked there
            _ if row.loopback && listens == Bind::All => Origins::Unchecked(at.module, span),
            Age::Promised(told) => Origins::Promised(at.module, span, told),
            Age::Newer => Origins::Checked,
        }
    }

    /// Whether an expression is a check of host or origin: it reads the header, or its name says so.
    fn checks(&self, row: &OriginRow, at: At) -> bool {
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
                let Some(last) = values.last_name(at.with(call.callee)) else {
                    return false;
                };
                if matches!(last.as_str(), "get" | "header") {
                    // `os.environ.get("HOST")` asks nobody's request
                    let asks = match &values.expr(at.with(call.callee)).kind {
                        ExprKind::Field { base, .. } => self.is_inbound(at.with(*base), last),
                        _ => false,
                    };
                    return asks
                        && call.args.len() <= 2
                        && call.args.first().is_some_and(|arg| {
                            let place = at.with(arg.value);
                            values.text(place).is_some_and(|text| is_host_header(&text))
                                || values
                                    .last_name(place)
                                    .is_some_and(|name| matches!(name.as_str(), "ORIGIN" | "HOST"))
                        });
                }
                row.apps.iter().any(|app| last == *app.as_str()) && self.app_checks(row, at, call)
            }
            _ => false,
        }
    }

    /// Whether an app of the SDK checks hosts: it does as long as its own host is this machine, or with a list.
    fn app_checks(&self, row: &OriginRow, at: At, call: &Call) -> bool {
        let values = self.values;
        let options = call.args.first().map(|arg| values.follow(at.with(arg.value)));
        let member = |name: &str| options.and_then(|options| values.member(options, Name::new(name)));
        row.lists.iter().any(|list| member(list).is_some())
            || member("host").is_none_or(|host| match self.settle(host) {
                Settled::Text(text) => bind(&text) != Bind::All,
                _ => true,
            })
    }

    /// The options of a transport that checks only what it is told to.
    fn options_check(&self, row: &OriginRow, at: At, call: &Call, index: usize) -> Origins {
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
        let member = |name: &String| values.member(options, Name::new(name));
        let lists = row.lists.iter().any(|name| member(name).is_some());
        let flag = row.switches.iter().find_map(member).map(|flag| values.follow(flag));
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

    /// What is switched by hand, wherever it stands in the reach of a listener.
    fn switched(&self, row: &OriginRow, scene: &Scene<'_>) -> Option<Origins> {
        let values = self.values;
        let listed = |list: &[String], name: Name| list.iter().any(|known| name == *known.as_str());
        let is_empty = |at: At| matches!(&values.expr(values.peel(at)).kind, ExprKind::List { elements, .. } if elements.is_empty());
        for at in &scene.reach.exprs {
            match &values.expr(*at).kind {
                ExprKind::Call(call) => {
                    for arg in &call.args {
                        let ArgKind::Named(name) = arg.kind else { continue };
                        let value = at.with(arg.value);
                        let kind = &values.expr(values.follow(value)).kind;
                        if listed(&row.switches, name) {
                            return Some(match kind {
                                ExprKind::Literal(Literal::Bool(false)) => {
                                    Origins::Off(at.module, values.expr(value).span)
                                }
                                _ => Origins::Checked,
                            });
                        }
                        if listed(&row.settings, name) && !matches!(kind, ExprKind::Literal(Literal::Null)) {
                            return Some(Origins::Checked);
                        }
                    }
                    let Some(last) = values.last_name(at.with(call.callee)) else {
                        continue;
                    };
                    let emptied = || {
                        listed(&row.emptied, last) && call.args.first().is_some_and(|arg| is_empty(at.with(arg.value)))
                    };
                    if listed(&row.off, last) || emptied() {
                        let span = match &values.expr(at.with(call.callee)).kind {
                            ExprKind::Field { name_span, .. } => *name_span,
                            _ => self.callee_span(*at, call),
                        };
                        return Some(Origins::Off(at.module, span));
                    }
                }
                // a configuration written out
                ExprKind::Record { ty: Some(_), .. } => {
                    for name in &row.lists {
                        let list = values.member(*at, Name::new(name));
                        if let Some(list) = list.filter(|list| is_empty(*list)) {
                            return Some(Origins::Off(at.module, values.expr(list).span));
                        }
                    }
                    for name in &row.switches {
                        let flag = values.member(*at, Name::new(name)).map(|flag| values.follow(flag));
                        let off = flag
                            .filter(|flag| matches!(values.expr(*flag).kind, ExprKind::Literal(Literal::Bool(false))));
                        if let Some(off) = off {
                            return Some(Origins::Off(at.module, values.expr(off).span));
                        }
                    }
                }
                _ => {}
            }
        }
        let (module, span) = self.assigned_empty(row, scene)?;
        Some(Origins::Off(module, span))
    }

    /// `config.allowed_hosts = vec![];`
    fn assigned_empty(&self, row: &OriginRow, scene: &Scene<'_>) -> Option<(ModuleId, Span)> {
        let mut funcs: Vec<_> = scene.reach.funcs.iter().copied().collect();
        funcs.sort_unstable();
        for func in funcs {
            let module = self.values.module(func.module);
            if !self.own(Node::Func(func)).iter().any(|at| {
                matches!(&module.expr(at.expr).kind, ExprKind::Field { name, .. } if row.lists.iter().any(|list| *name == *list.as_str()))
            }) {
                continue;
            }
            let mut found = None;
            each_stmt(module, &module.function(func.func).body, &mut |stmt| {
                if let StmtKind::Assign { target, value, .. } = &stmt.kind
                    && let PatternKind::Place(place) = target.kind
                    && matches!(&module.expr(place).kind, ExprKind::Field { name, .. } if row.lists.iter().any(|list| *name == *list.as_str()))
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
