//! Practices that guides on MCP security ask of every server: each is judged for a server as a whole and told once, at the place to fix.

mod audit;
mod config;
mod input;
mod names;
mod permission;
mod rate;
mod sandbox;
mod timeout;

pub(super) use audit::missing_audit_log;
pub(super) use config::unvalidated_config;
pub(super) use input::unbounded_input;
pub(super) use permission::wildcard_permission;
pub(super) use rate::missing_rate_limit;
pub(super) use sandbox::unsandboxed_execution;
pub(super) use timeout::missing_timeout;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::surface::{display_name, tools_by_name};
use super::{Context, Draft};
use crate::finding::Location;
use crate::flow::{Act, Capability, Effect};
use crate::ir::{ExprKind, FuncId, Language, Name};
use crate::models::ActKind;
use crate::project::{ModuleId, Symbol};
use crate::server::{EntryKind, EntryPoint, Handler, Transport};
use crate::workspace::Span;

/// Other places that a finding names; what is told of a server as a whole needs no full list.
const MAX_RELATED: usize = 8;

/// One server: the modules of a package in which a client can call something.
pub(super) struct Package<'a> {
    /// The modules that are judged.
    modules: Vec<ModuleId>,
    /// What a client can call, in the order of registration; for dispatchers by tool.
    called: Vec<Called<'a>>,
    /// Where it starts to talk.
    transports: Vec<&'a Transport>,
}

/// Something that a client can call, with what it was seen to do.
struct Called<'a> {
    /// For people.
    name: String,
    module: ModuleId,
    span: Span,
    /// What runs: the tool itself, or the dispatcher that serves it.
    entry: &'a EntryPoint,
    /// What is declared to the client, if that is known.
    declared: Option<&'a EntryPoint>,
    can: BTreeSet<Capability>,
    effects: BTreeSet<Effect>,
    acts: Vec<&'a Act>,
}

impl Called<'_> {
    fn does(&self, what: ActKind) -> bool {
        self.acts.iter().any(|act| act.does == what)
    }

    /// For people: `tool x`, or what else it is.
    fn what(&self) -> String {
        if self.is_unnamed() {
            "a handler".to_owned()
        } else if self.declared.is_none() && self.entry.kind == EntryKind::Handler {
            format!("handler `{}`", self.name)
        } else {
            format!("tool `{}`", self.name)
        }
    }

    fn is_unnamed(&self) -> bool {
        self.name.starts_with('(')
    }

    fn can_any(&self, what: &[Capability]) -> bool {
        what.iter().any(|capability| self.can.contains(capability))
    }
}

/// The servers of a project. Routes beside a server are not its tools.
fn packages<'a>(context: &Context<'a>) -> Vec<Package<'a>> {
    let server = context.server;
    let tools = tools_by_name(server);
    let mut keys: BTreeSet<(u32, Option<Name>)> = context.analysis.reaches.keys().copied().collect();
    keys.extend(context.analysis.acts.keys().copied());
    keys.extend((0_u32..).zip(&server.entries).filter_map(|(index, entry)| {
        let tool = if entry.kind == EntryKind::Tool {
            entry.name
        } else {
            None
        };
        matches!(entry.handler, Handler::Function { .. }).then_some((index, tool))
    }));
    let mut found: BTreeMap<u32, Package<'a>> = BTreeMap::new();
    for (index, tool) in keys {
        let Some(entry) = server.entries.get(index as usize) else {
            continue;
        };
        let serves = matches!(entry.kind, EntryKind::Tool | EntryKind::Handler);
        if !serves || context.models.frameworks().is_bridge(entry.style) || !context.judges(entry.module) {
            continue;
        }
        let package = context.project.package(entry.module);
        let declared = match entry.kind {
            EntryKind::Tool => Some(entry),
            _ => tool.and_then(|name| tools.get(&name).copied()),
        };
        let shown = declared.unwrap_or(entry);
        // what a dispatcher does whatever the tool, its tools do, too
        let own = context.analysis.acts.get(&(index, tool)).into_iter().flatten();
        let shared = (tool.is_some() && entry.kind == EntryKind::Handler)
            .then(|| context.analysis.acts.get(&(index, None)))
            .flatten()
            .into_iter()
            .flatten();
        let called = Called {
            name: tool.map_or_else(|| display_name(context.project, entry), |name| name.as_str().to_owned()),
            module: shown.module,
            span: shown.span,
            entry,
            declared,
            can: context
                .analysis
                .reaches
                .get(&(index, tool))
                .cloned()
                .unwrap_or_default(),
            effects: context
                .analysis
                .deeds
                .get(&(index, tool))
                .into_iter()
                .flatten()
                .map(|deed| deed.effect)
                .collect(),
            acts: own.chain(shared).collect(),
        };
        let modules = || {
            let all = context.modules().map(|(id, _)| id);
            all.filter(|id| context.project.package(*id) == package).collect()
        };
        let transports = || {
            let all = server.transports.iter();
            all.filter(|transport| context.project.package(transport.module) == package)
                .collect()
        };
        found
            .entry(package)
            .or_insert_with(|| Package {
                modules: modules(),
                called: Vec::new(),
                transports: transports(),
            })
            .called
            .push(called);
    }
    let mut all: Vec<Package<'a>> = found.into_values().collect();
    for package in &mut all {
        package.called.sort_by_key(|called| (called.module, called.span.start));
    }
    all
}

impl<'a> Package<'a> {
    /// Whether a module of the server imports one of these, or something below one of these.
    fn imports(&self, context: &Context<'_>, wanted: &[String]) -> bool {
        let is_below = |source: &str, module: &str| {
            source
                .strip_prefix(module)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', ':']))
        };
        self.modules.iter().any(|id| {
            let imports = &context.project.module(*id).imports;
            imports.iter().any(|import| {
                wanted.iter().any(|module| is_below(import.source.as_str(), module))
                    && !matches!(
                        context.project.resolve_name(*id, import.scope, import.local),
                        Symbol::Module(_) | Symbol::Function(_) | Symbol::Class(_) | Symbol::Variable(..)
                    )
            })
        })
    }

    /// The modules that the server runs: those that lead to its tools, and all that these import. Scripts beside it are none. Rust
    /// modules hang together without imports: they are all of it.
    fn running(&self, context: &Context<'_>) -> Vec<ModuleId> {
        let targets = |id: ModuleId| -> BTreeSet<ModuleId> {
            let module = context.project.module(id);
            let imports = module.imports.iter().filter(|import| !import.local.is_empty());
            imports
                .filter_map(
                    |import| match context.project.resolve_name(id, import.scope, import.local) {
                        Symbol::Module(module) | Symbol::Variable(module, _) => Some(module),
                        Symbol::Function(func) => Some(func.module),
                        Symbol::Class(class) | Symbol::Variant(class, _) => Some(class.module),
                        Symbol::External(_) => None,
                    },
                )
                .collect()
        };
        let graph: BTreeMap<ModuleId, BTreeSet<ModuleId>> = self.modules.iter().map(|id| (*id, targets(*id))).collect();
        let mut running: BTreeSet<ModuleId> = self.called.iter().map(|called| called.entry.module).collect();
        running.extend(self.transports.iter().map(|transport| transport.module));
        let mut grown = 0;
        while grown != running.len() {
            grown = running.len();
            let leads = |(id, to): (&ModuleId, &BTreeSet<ModuleId>)| (!to.is_disjoint(&running)).then_some(*id);
            let more: Vec<ModuleId> = graph.iter().filter_map(leads).collect();
            running.extend(more);
        }
        let mut open: Vec<ModuleId> = running.iter().copied().collect();
        while let Some(id) = open.pop() {
            for next in graph.get(&id).into_iter().flatten() {
                if running.insert(*next) {
                    open.push(*next);
                }
            }
        }
        let is_rust = |id: &ModuleId| context.project.module(*id).language == Language::Rust;
        let all = self.modules.iter().copied();
        all.filter(|id| is_rust(id) || running.contains(id)).collect()
    }

    /// Whether a call stands somewhere in the server's source that does something for all of it.
    fn does_anywhere(&self, context: &Context<'_>, does: ActKind) -> bool {
        self.modules.iter().any(|id| {
            let module = context.project.module(*id);
            let wanted: FxHashSet<Name> = context.models.anywhere(module.language, does).collect();
            // middleware that is a module of its own has whatever name the import gives it
            if module.imports.iter().any(|import| wanted.contains(&import.source)) {
                return true;
            }
            let lasts: FxHashSet<&str> = wanted
                .iter()
                .filter_map(|name| name.rsplit(['.', ':']).next())
                .collect();
            module.exprs.iter().any(|expr| {
                let ExprKind::Call(call) = &expr.kind else { return false };
                let Some(last) = names::last(module, call.callee).filter(|last| lasts.contains(last.as_str())) else {
                    return false;
                };
                if wanted.contains(&Name::new(&format!("*.{last}"))) {
                    return true;
                }
                match context.project.resolve_expr(*id, FuncId::MODULE, call.callee) {
                    Some(Symbol::External(name)) => wanted.contains(&context.models.canonical(module.language, name)),
                    _ => false,
                }
            })
        })
    }

    /// Adds the places of others to a finding.
    fn and_others<'b>(
        context: &Context<'_>,
        mut draft: Draft,
        others: impl Iterator<Item = (ModuleId, Span, String)> + 'b,
    ) -> Draft {
        for (module, span, label) in others.take(MAX_RELATED) {
            draft = draft.related(context.location(module, span), label);
        }
        draft
    }
}

fn at(context: &Context<'_>, called: &Called<'_>) -> Location {
    context.location(called.module, called.span)
}

/// `3 calls`, `1 call`.
fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}
