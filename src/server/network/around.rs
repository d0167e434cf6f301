//! What belongs to a listener: where its reach begins, who calls it, where it serves MCP.

use rustc_hash::FxHashSet;

use super::super::value::At;
use super::graph::{Node, Reach};
use super::listen::Finder;
use crate::ir::{ArgKind, Call, ExprId, ExprKind, FuncId, Literal, Name};
use crate::project::{FuncRef, ModuleId, Symbol};
use crate::server::{EntryPoint, Handler, Transport, TransportKind};
use crate::workspace::Span;

/// How many levels of callers are looked at for what they mount.
const CALLERS: usize = 3;

/// How deep what an app is made of is followed.
const APP: usize = 6;

impl Finder<'_, '_> {
    /// Where to begin.
    pub(super) fn seeds(&self, at: At, call: &Call) -> Vec<Node> {
        let values = self.graph.values;
        let mut seeds = Vec::new();
        let mut add = |module: ModuleId, func: FuncId| {
            let func = FuncRef { module, func };
            let nodes = match func.func {
                FuncId::MODULE => vec![Node::Func(func)],
                _ => self.graph.nested(func),
            };
            for node in nodes {
                if !seeds.contains(&node) {
                    seeds.push(node);
                }
            }
        };
        add(at.module, at.scope);
        let mut open: Vec<At> = call.args.iter().map(|arg| at.with(arg.value)).collect();
        if let ExprKind::Field { base, .. } = &values.expr(at.with(call.callee)).kind {
            open.push(at.with(*base));
        }
        let mut extra = Vec::new();
        for _ in 0..APP {
            let mut next = Vec::new();
            for place in open {
                let place = values.peel(place);
                if let Some(node) = self.named_app(place) {
                    extra.push(node);
                }
                let root = values.root(place);
                // an app of the top level: what is done with it there
                if let ExprKind::Name(name) = values.expr(root).kind
                    && values.local(root.module, root.scope, name).is_none()
                    && let Symbol::Variable(module, name) = values.project.resolve_name(root.module, root.scope, name)
                {
                    extra.push(Node::Variable(module, name));
                    extra.push(Node::Uses(module, name));
                }
                if matches!(values.expr(root).kind, ExprKind::This)
                    && let Some(class) = values.class_around(root.module, root.scope)
                {
                    extra.push(Node::Class(class));
                }
                let value = values.follow(place);
                if value == place && !matches!(values.expr(value).kind, ExprKind::Call(_)) {
                    continue;
                }
                if matches!(
                    values.expr(value).kind,
                    ExprKind::Literal(_) | ExprKind::Lambda(_) | ExprKind::Binary { .. }
                ) {
                    continue;
                }
                // numbers and settings of the program lead nowhere
                if let ExprKind::Call(made) = &values.expr(value).kind {
                    if value.scope != FuncId::MODULE {
                        add(value.module, value.scope);
                    }
                    next.extend(made.args.iter().map(|arg| value.with(arg.value)));
                    if let ExprKind::Field { base, .. } = &values.expr(value.with(made.callee)).kind {
                        next.push(value.with(*base));
                    }
                }
            }
            open = next;
        }
        seeds.extend(extra);
        seeds
    }

    /// `uvicorn.run("server:app")`.
    fn named_app(&self, at: At) -> Option<Node> {
        let values = self.graph.values;
        let ExprKind::Literal(Literal::Str(text)) = &values.expr(at).kind else {
            return None;
        };
        let (path, name) = text.split_once(':')?;
        let name = name.trim_end_matches("()");
        let file = format!("{}.py", path.replace('.', "/"));
        let package = values.project.package(at.module);
        let id = self.graph.package(package).find(|id| {
            let own = values.project.path(*id);
            own == file || own.ends_with(&format!("/{file}"))
        })?;
        match values.project.resolve_name(id, FuncId::MODULE, Name::new(name)) {
            Symbol::Function(func) => Some(Node::Func(func)),
            // all of the module: routes and middleware hang on the app by statements
            _ => Some(Node::Func(FuncRef {
                module: id,
                func: FuncId::MODULE,
            })),
        }
    }

    /// The bodies of the functions that call the one with the listener.
    pub(super) fn around(&self, at: At) -> Vec<At> {
        let mut found = Vec::new();
        let mut level = vec![FuncRef {
            module: at.module,
            func: at.scope,
        }];
        let mut seen: FxHashSet<FuncRef> = level.iter().copied().collect();
        for _ in 0..CALLERS {
            let mut next = Vec::new();
            for func in level {
                let mut outer = Some(func.func);
                // a closure is called where its function is
                while let Some(inner) = outer {
                    let inner = FuncRef {
                        module: func.module,
                        func: inner,
                    };
                    for call in self.graph.callers(inner) {
                        let caller = FuncRef {
                            module: call.module,
                            func: call.scope,
                        };
                        if seen.insert(caller) {
                            for node in self.graph.nested(caller) {
                                found.extend(self.graph.own(node));
                            }
                            next.push(caller);
                        }
                    }
                    outer = self
                        .graph
                        .values
                        .function(inner)
                        .parent
                        .filter(|outer| *outer != FuncId::MODULE);
                }
            }
            level = next;
        }
        found
    }

    pub(super) fn transports(&self, reach: &Reach) -> Vec<Transport> {
        let exprs: FxHashSet<(ModuleId, ExprId)> = reach.exprs.iter().map(|at| (at.module, at.expr)).collect();
        self.server
            .transports
            .iter()
            .filter(|transport| {
                transport.kind != TransportKind::Stdio && exprs.contains(&(transport.module, transport.expr))
            })
            .cloned()
            .collect()
    }

    pub(super) fn entries(&self, reach: &Reach) -> Vec<usize> {
        let reached = |entry: &EntryPoint| match &entry.handler {
            Handler::Function { func, .. } => reach.funcs.contains(func),
            Handler::None => false,
        };
        (0..self.server.entries.len())
            .filter(|index| self.server.entries.get(*index).is_some_and(reached))
            .collect()
    }

    /// Whether an entry point speaks the protocol by hand.
    pub(super) fn is_raw(&self, entry: &EntryPoint) -> bool {
        let language = self.graph.values.module(entry.module).language;
        self.models
            .frameworks()
            .rows(language)
            .any(|row| entry.style == row.id.as_str() && !row.literal.is_empty())
    }

    /// The routes that hold a transport or are handled by the function that does.
    pub(super) fn routes(
        &self,
        reach: &Reach,
        transports: &[Transport],
        entries: &[usize],
    ) -> Vec<(ModuleId, Span, String)> {
        let values = self.graph.values;
        let mut funcs: FxHashSet<FuncRef> = transports.iter().map(|transport| transport.func).collect();
        for index in entries {
            if let Some(entry) = self.server.entries.get(*index)
                && self.is_raw(entry)
                && let Handler::Function { func, .. } = &entry.handler
            {
                funcs.insert(*func);
            }
        }
        let mut found = Vec::new();
        for at in &reach.exprs {
            let ExprKind::Call(call) = &values.expr(*at).kind else {
                continue;
            };
            let Some(first) = call.args.first().filter(|arg| arg.kind == ArgKind::Positional) else {
                continue;
            };
            let ExprKind::Literal(Literal::Str(path)) = &values.expr(values.peel(at.with(first.value))).kind else {
                continue;
            };
            if !path.starts_with('/') || call.args.len() < 2 {
                continue;
            }
            let holds = |arg: &crate::ir::Arg| {
                let span = values.expr(at.with(arg.value)).span;
                transports
                    .iter()
                    .any(|transport| transport.module == at.module && span.contains(transport.span))
                    || values
                        .function_of(at.with(arg.value))
                        .is_some_and(|func| funcs.contains(&func))
            };
            if call.args.iter().skip(1).any(holds) {
                let callee = values.expr(at.with(call.callee)).span;
                let span = callee.to(values.expr(at.with(first.value)).span);
                found.push((at.module, span, path.as_str().to_owned()));
            }
        }
        found.sort();
        found.dedup();
        found
    }
}
