//! What a platform calls: there is nothing to bind, and whoever knows the URL reaches it.

use super::super::value::At;
use super::graph::Node;
use super::host::Bind;
use super::listen::{Finder, Made, Place, Reason};
use super::receiver::same;
use crate::ir::{ExportKind, ExprKind, FuncId, Key, Language, Name, PatternKind, RecordEntry, StmtKind};
use crate::models::ListenerRow;
use crate::project::{FuncRef, ModuleId, Symbol};

/// Modules that stand before all routes of their package, by their names without extension.
const BEFORE_ROUTES: &[&str] = &["middleware", "proxy"];

impl Finder<'_, '_> {
    /// Judges the handlers that were met, unless something that listens serves them. Several of one module are one.
    pub(super) fn hosted(&mut self) {
        let mut seen: Vec<(ModuleId, Name)> = Vec::new();
        for (row, at, made) in std::mem::take(&mut self.hosted) {
            let form = (at.module, Name::new(&row.id));
            if self.reached.contains(&(at.module, at.expr)) || seen.contains(&form) {
                continue;
            }
            seen.push(form);
            let ExprKind::Call(call) = &self.graph.values.expr(at).kind else {
                continue;
            };
            let mut seeds = self.seeds(at, call);
            self.mentioning(at, &mut seeds);
            self.before_routes(at.module, &mut seeds);
            let place = Place {
                at,
                span: self.head(at),
                made,
                bind: Bind::All,
                reason: Reason::Hosted,
            };
            let reach = self.graph.reach(&seeds);
            self.judge(row, place, &seeds, &reach);
        }
    }

    /// Judges what a module exports by default for a platform to call.
    pub(super) fn exported(&mut self, id: ModuleId) {
        let module = self.graph.values.module(id);
        let rows = self.models.network().listeners(module.language);
        let rows: Vec<&ListenerRow> = rows.filter(|row| !row.exported.is_empty()).collect();
        let export = module.exports.iter().find(|export| export.name.as_str() == "default");
        let (Some(export), false) = (export, rows.is_empty()) else {
            return;
        };
        let variable = match export.kind {
            ExportKind::Local(name) => Some(name),
            ExportKind::Expr(expr) => match &module.expr(expr).kind {
                ExprKind::Name(name) => Some(*name),
                _ => None,
            },
        };
        let expr = match export.kind {
            ExportKind::Local(name) => self.graph.values.project.variable(id, name),
            ExportKind::Expr(expr) => Some(expr),
        };
        let Some(expr) = expr else { return };
        let at = self.graph.place(id, expr);
        if self.in_test(at) {
            return;
        }
        let value = self.graph.values.follow(at);
        let Some(row) = rows.into_iter().find(|row| self.is_exported(row, value)) else {
            return;
        };
        let mut seeds = vec![Node::Func(FuncRef {
            module: id,
            func: FuncId::MODULE,
        })];
        if let Some(name) = variable {
            seeds.push(Node::Variable(id, name));
            seeds.push(Node::Uses(id, name));
        }
        let reach = self.graph.reach(&seeds);
        // what listens by itself, or was told already
        if self.found.iter().any(|known| {
            known.transports.iter().any(|one| {
                reach
                    .exprs
                    .iter()
                    .any(|at| (at.module, at.expr) == (one.module, one.expr))
            }) || known.reason == Reason::Hosted && known.module == id
                || reach.funcs.contains(&known.func) && known.func.func != FuncId::MODULE
        }) {
            return;
        }
        let place = Place {
            at,
            span: match export.kind {
                ExportKind::Local(_) => self.head(value),
                ExportKind::Expr(_) => self.first_line(at),
            },
            made: Made::Nothing,
            bind: Bind::All,
            reason: Reason::Hosted,
        };
        self.judge(row, place, &seeds, &reach);
    }

    /// Whether a value is what a row means: made by what it names, or a record with a `fetch` that it writes as `{fetch}`.
    fn is_exported(&self, row: &ListenerRow, value: At) -> bool {
        let values = self.graph.values;
        match &values.expr(value).kind {
            ExprKind::Call(call) => {
                let name = values.external(value.with(call.callee));
                name.is_some_and(|name| row.exported.iter().any(|known| same(&name, known)))
            }
            ExprKind::Record { entries, .. } => {
                let fetch = |entry: &RecordEntry| matches!(entry, RecordEntry::Pair { key: Key::Name(key), .. } if key.as_str() == "fetch");
                row.exported.iter().any(|known| known == "{fetch}") && entries.iter().any(fetch)
            }
            _ => false,
        }
    }

    /// The beginning of an expression: a record of handlers spans many lines.
    fn first_line(&self, at: At) -> crate::workspace::Span {
        let span = self.graph.values.expr(at).span;
        match &self.graph.values.expr(at).kind {
            ExprKind::Record { .. } => crate::workspace::Span {
                start: span.start,
                end: span.start + 1,
            },
            _ => span,
        }
    }

    /// The functions that mention the variable that holds a handler, in its module and in those that import it: what they do before
    /// they call it counts.
    fn mentioning(&self, at: At, seeds: &mut Vec<Node>) {
        let values = self.graph.values;
        let module = values.module(at.module);
        let span = module.expr(at.expr).span;
        let top = &module.function(FuncId::MODULE).body;
        let held = top.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Let { pattern, value, .. } => match (&pattern.kind, value) {
                (PatternKind::Bind(name, _), Some(value)) if module.expr(*value).span.contains(span) => Some(*name),
                _ => None,
            },
            _ => None,
        });
        let package = values.project.package(at.module);
        let mut add = |func: FuncRef| {
            let node = Node::Func(func);
            if !seeds.contains(&node) {
                seeds.push(node);
            }
        };
        for id in self.graph.package(package) {
            if id != at.module && !values.project.dependencies(id).contains(&at.module) {
                continue;
            }
            if id != at.module {
                add(FuncRef {
                    module: id,
                    func: FuncId::MODULE,
                });
            }
            let Some(held) = held else { continue };
            let other = values.module(id);
            for (index, expr) in (0_u32..).zip(&other.exprs) {
                let ExprKind::Name(name) = &expr.kind else { continue };
                let place = self.graph.place(id, crate::ir::ExprId(index));
                if values.local(id, place.scope, *name).is_none()
                    && values.project.resolve_name(id, place.scope, *name) == Symbol::Variable(at.module, held)
                {
                    let mut scope = Some(place.scope);
                    while let Some(func) = scope {
                        add(FuncRef { module: id, func });
                        scope = other.function(func).parent;
                    }
                }
            }
        }
    }

    /// The middleware of a package: `middleware.ts` at its top stands before all its routes.
    fn before_routes(&self, module: ModuleId, seeds: &mut Vec<Node>) {
        let project = self.graph.values.project;
        for id in self.graph.package(project.package(module)) {
            let path = project.path(id);
            let name = path.rsplit('/').next().unwrap_or(path);
            let stem = name.split('.').next().unwrap_or(name);
            let folder = path.strip_suffix(name).unwrap_or_default();
            let folder = folder.strip_suffix("src/").unwrap_or(folder);
            let above = project.path(module).starts_with(folder);
            if above && BEFORE_ROUTES.contains(&stem) && self.graph.values.module(id).language == Language::TypeScript {
                let of = self.graph.values.module(id);
                seeds.extend((0_u32..).zip(&of.functions).map(|(index, _)| {
                    Node::Func(FuncRef {
                        module: id,
                        func: FuncId(index),
                    })
                }));
            }
        }
    }
}
