//! The calls that start to listen, and what is known of each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::locals::Binding;
use super::super::read::has_prefix;
use super::super::value::{At, Values};
use super::auth::{Auth, Scene};
use super::cors::Cors;
use super::fact::Fact;
use super::graph::Graph;
use super::host::Bind;
use super::origin::Origins;
use super::setting::Settled;
use crate::ir::{ArgKind, Call, ExprId, ExprKind, Name};
use crate::models::{ListenerKind, ListenerRow, Models};
use crate::project::{FuncRef, ModuleId, Project, Symbol, Ty};
use crate::server::{Server, Transport};
use crate::workspace::Span;

/// How deep what an app is made of is followed.
const APP: usize = 6;

/// Why a listener listens where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The address is given, or the default of what gives it.
    Given(Name),
    /// No address is given: the framework's default holds.
    LeftOut,
    /// It is given and not known.
    Unknown,
}

/// A call that starts to listen.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// The id of the row that recognised it.
    pub form: Name,
    /// The module.
    pub module: ModuleId,
    /// The function in which the call stands.
    pub func: FuncRef,
    /// The call, its head alone where it spans lines.
    pub span: Span,
    /// What it listens on by default.
    pub bind: Bind,
    /// Why.
    pub reason: Reason,
    /// Whether it speaks WebSocket alone.
    pub websocket: bool,
    /// Where it serves MCP: routes if they are known, else transports. Empty if it does not, as far as is seen.
    pub serves: Vec<(ModuleId, Span, String)>,
    /// The transports in its reach.
    pub transports: Vec<Transport>,
    /// Whether callers are authenticated.
    pub auth: Auth,
    /// Whether it checks for which host and from which origin it is called; only asked where callers are not authenticated.
    pub origins: Origins,
    /// Where any origin is allowed.
    pub cors: Vec<Cors>,
    /// The call that made what listens, if it is seen.
    pub made: Option<(ModuleId, Span)>,
    /// Entry points in its reach, as indexes into [`Server::entries`].
    pub entries: Vec<usize>,
}

/// The listeners of a project and the places that weaken it on the network, in the order of modules and places.
pub(in crate::server) fn read(
    project: &Project,
    models: &Models,
    server: &Server,
    skip: &dyn Fn(ModuleId) -> bool,
) -> (Vec<Listener>, Vec<Fact>) {
    let packages: FxHashSet<u32> = server
        .entries
        .iter()
        .map(|entry| entry.module)
        .chain(server.transports.iter().map(|transport| transport.module))
        .map(|module| project.package(module))
        .collect();
    let mut modules: BTreeMap<u32, Vec<ModuleId>> = BTreeMap::new();
    for (id, _) in project.modules().filter(|(id, _)| !skip(*id)) {
        let package = project.package(id);
        if packages.contains(&package) {
            modules.entry(package).or_default().push(id);
        }
    }
    let modules: Vec<Vec<ModuleId>> = modules.into_values().collect();
    let parts: Vec<(Vec<Listener>, Vec<Fact>)> = modules
        .into_par_iter()
        .map(|modules| of_package(project, models, server, modules))
        .collect();
    let (mut listeners, mut facts) = (Vec::new(), Vec::new());
    for (some, others) in parts {
        listeners.extend(some);
        facts.extend(others);
    }
    facts.sort_by_key(|fact: &Fact| (fact.module, fact.span, fact.kind));
    facts.dedup_by_key(|fact| (fact.module, fact.span, fact.kind));
    listeners.sort_by_key(|listener: &Listener| (listener.module, listener.span));
    (listeners, facts)
}

/// The same of one package.
fn of_package(
    project: &Project,
    models: &Models,
    server: &Server,
    modules: Vec<ModuleId>,
) -> (Vec<Listener>, Vec<Fact>) {
    let values = Values::new(project, models.frameworks());
    let mut finder = Finder {
        graph: Graph::new(&values, modules.clone()),
        models,
        server,
        found: Vec::new(),
    };
    let mut facts = Vec::new();
    for id in modules {
        finder.module(id);
        finder.graph.facts(id, &mut facts);
    }
    facts.retain(|fact| !finder.in_test_function(fact.func));
    (finder.found, facts)
}

pub(super) struct Finder<'v, 'a> {
    pub(super) graph: Graph<'v, 'a>,
    pub(super) models: &'a Models,
    pub(super) server: &'a Server,
    found: Vec<Listener>,
}

impl<'a> Finder<'_, 'a> {
    fn module(&mut self, id: ModuleId) {
        let module = self.graph.values.module(id);
        let mut rows: FxHashMap<&str, Vec<&'a ListenerRow>> = FxHashMap::default();
        for row in self.models.network().listeners(module.language) {
            let lasts = row.call.iter().map(|call| last(call));
            for name in lasts.chain(row.method.iter().map(String::as_str)) {
                rows.entry(name).or_default().push(row);
            }
        }
        for (index, expr) in (0_u32..).zip(&module.exprs) {
            let ExprKind::Call(call) = &expr.kind else { continue };
            let name = match &module.expr(call.callee).kind {
                ExprKind::Name(name) | ExprKind::Field { name, .. } => *name,
                ExprKind::Path(path) => match path.last() {
                    Some(name) => *name,
                    None => continue,
                },
                _ => continue,
            };
            // an import may have another name here
            let renamed = module
                .imports
                .iter()
                .find(|import| import.local == name)
                .and_then(|import| match import.imported {
                    crate::ir::Imported::Named(of) => Some(of),
                    _ => None,
                });
            let candidates = rows.get(name.as_str()).or_else(|| rows.get(renamed?.as_str()));
            for row in candidates.into_iter().flatten() {
                let at = self.graph.place(id, ExprId(index));
                if self.in_test(at) {
                    break;
                }
                if let Some(made) = self.fits(row, at, call) {
                    self.listener(row, at, call, made);
                    break;
                }
            }
        }
    }

    fn in_test(&self, at: At) -> bool {
        self.in_test_function(FuncRef {
            module: at.module,
            func: at.scope,
        })
    }

    fn in_test_function(&self, of: FuncRef) -> bool {
        let module = self.graph.values.module(of.module);
        let mut scope = Some(of.func);
        for _ in 0..64 {
            let Some(func) = scope else { return false };
            let function = module.function(func);
            if function.is_test {
                return true;
            }
            scope = function.parent;
        }
        false
    }

    /// Whether a call is what a row speaks of, and then what made its receiver.
    fn fits(&self, row: &ListenerRow, at: At, call: &Call) -> Option<Made> {
        let values = self.graph.values;
        if !row.needs.iter().all(|place| self.pick(at, call, place).is_some()) {
            return None;
        }
        let lacking = |keyword: &String| {
            call.args
                .iter()
                .any(|arg| matches!(arg.kind, ArgKind::Named(name) if name == *keyword.as_str()))
        };
        if row.lacks.iter().any(lacking) {
            return None;
        }
        if !row.call.is_empty() {
            let name = values.external(at.with(call.callee))?;
            return row.call.iter().any(|known| same(&name, known)).then_some(Made::Nothing);
        }
        let ExprKind::Field { base, .. } = &values.expr(at.with(call.callee)).kind else {
            return None;
        };
        match self.origin(row, at.with(*base)) {
            Origin::Fits(made) => Some(made),
            Origin::Other => None,
            Origin::Unknown => self.fits_unknown(row, at, call, *base),
        }
    }

    /// Whether a receiver of which nothing is known may be meant: by its name, or by what the call says.
    fn fits_unknown(&self, row: &ListenerRow, at: At, call: &Call, base: ExprId) -> Option<Made> {
        let values = self.graph.values;
        if !row.transport.is_empty() {
            let named = call
                .args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "transport"))?;
            let text = values.text(at.with(named.value))?;
            return is_network(&text).then_some(Made::Unknown);
        }
        let name = values.last_name(at.with(base))?.to_ascii_lowercase();
        let first = at.with(call.args.first()?.value);
        let function = matches!(values.expr(values.peel(first)).kind, ExprKind::Lambda(_));
        (!function && row.names.iter().any(|end| name.ends_with(end.as_str()))).then_some(Made::Unknown)
    }

    /// What made a receiver.
    fn origin(&self, row: &ListenerRow, base: At) -> Origin {
        let values = self.graph.values;
        let mut value = values.follow(base);
        for _ in 0..APP {
            let ExprKind::Call(call) = &values.expr(value).kind else {
                break;
            };
            if let Some(name) = values.external(value.with(call.callee)) {
                if row
                    .of
                    .iter()
                    .any(|known| same(&name, known) || has_prefix(&name, known))
                {
                    return Origin::Fits(Made::Call(value));
                }
                return Origin::Other;
            }
            // a builder: `HttpServer::new(…).workers(2)`
            if let ExprKind::Field { base, .. } = &values.expr(value.with(call.callee)).kind
                && values.function_of(value.with(call.callee)).is_none()
            {
                value = values.follow(value.with(*base));
                continue;
            }
            // a function or class of the project
            match values.project.resolve_expr(value.module, value.scope, call.callee) {
                Some(Symbol::Function(func)) => {
                    let locals = values.locals(func.module, func.func);
                    let Some(expr) = locals.returns().last() else { break };
                    value = values.follow(At {
                        module: func.module,
                        scope: func.func,
                        expr,
                    });
                    continue;
                }
                Some(Symbol::Class(class)) => {
                    let derived = values.project.bases(class).into_iter().any(|of| match of {
                        Symbol::External(name) => row.of.iter().any(|known| has_prefix(&name, known)),
                        _ => false,
                    });
                    return match derived {
                        true => Origin::Fits(Made::Call(value)),
                        false => Origin::Other,
                    };
                }
                _ => break,
            }
        }
        match self.declared(base) {
            Some(name) if row.types.iter().any(|known| last(&name) == known) => Origin::Fits(Made::Unknown),
            Some(name) if row.of.iter().any(|known| has_prefix(&name, known)) => Origin::Fits(Made::Unknown),
            Some(_) => Origin::Other,
            None => Origin::Unknown,
        }
    }

    /// The declared type of a parameter or field outside of the project.
    fn declared(&self, at: At) -> Option<Name> {
        let values = self.graph.values;
        let at = values.peel(at);
        let (module, scope, ty) = match &values.expr(at).kind {
            ExprKind::Name(name) => {
                let (scope, Binding::Param { index, path }) = values.local(at.module, at.scope, *name)? else {
                    return None;
                };
                let param = values.module(at.module).function(scope).params.get(index)?;
                (at.module, scope, param.ty.filter(|_| path.is_empty())?)
            }
            ExprKind::Field { base, name, .. } => {
                let class = values.class_of_value(at.with(*base), super::super::value::FUEL)?;
                let (owner, field) = values.project.field(class, *name)?;
                (
                    owner.module,
                    values.module(owner.module).class(owner.class).parent,
                    field.ty?,
                )
            }
            _ => return None,
        };
        let mut ty = values.project.type_of(module, scope, ty);
        for _ in 0..3 {
            ty = match ty {
                Ty::External(name) => return Some(name),
                Ty::Optional(inner) => *inner,
                Ty::Union(all) => all.into_iter().find(|one| matches!(one, Ty::External(_)))?,
                _ => return None,
            };
        }
        None
    }

    /// The value at a place of a call: `0`, `host`, `0|host`, `0.httpStream.host`.
    pub(super) fn pick(&self, at: At, call: &Call, place: &str) -> Option<At> {
        let values = self.graph.values;
        let mut parts = place.split('.');
        let first = parts.next()?;
        let start = first.split('|').find_map(|word| match word.parse::<usize>() {
            Ok(index) => call
                .args
                .iter()
                .filter(|arg| arg.kind == ArgKind::Positional)
                .nth(index)
                .map(|arg| at.with(arg.value)),
            Err(_) => call
                .args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name == *word))
                .map(|arg| at.with(arg.value)),
        })?;
        parts.try_fold(start, |place, member| {
            values.member(values.follow(place), Name::new(member))
        })
    }

    fn listener(&mut self, row: &ListenerRow, at: At, call: &Call, made: Made) {
        if !self.is_network(row, at, call) {
            return;
        }
        let (at, address) = self.bound(row, at, call);
        let (bind, reason) = self.host(row, at, address, made);
        let seeds = self.seeds(at, call);
        let reach = self.graph.reach(&seeds);
        let transports = self.transports(&reach);
        let entries = self.entries(&reach);
        let raw = entries
            .iter()
            .any(|index| self.server.entries.get(*index).is_some_and(|entry| self.is_raw(entry)));
        if matches!(made, Made::Unknown) && !row.names.is_empty() && transports.is_empty() && !raw {
            return;
        }
        let around = self.around(at);
        let language = self.graph.values.module(at.module).language;
        let scene = Scene {
            seeds: &seeds,
            reach: &reach,
            around: &around,
            listener: at,
        };
        let auth = match self.models.network().auth(language) {
            Some(rows) => self.graph.auth(rows, &scene),
            None => Auth::Some(None),
        };
        let origins = match auth {
            Auth::None => self
                .graph
                .origins(self.models.network(), &scene, &transports, made, bind),
            _ => Origins::Checked,
        };
        let span = self.head(at);
        let mut serves = self.routes(&reach, &transports, &entries);
        if serves.is_empty() && (row.serves || !transports.is_empty() || raw) {
            serves.push((at.module, span, String::new()));
        }
        let cors = self.graph.open_origins(&reach, &serves);
        let listener = Listener {
            form: Name::new(&row.id),
            module: at.module,
            func: FuncRef {
                module: at.module,
                func: at.scope,
            },
            span,
            bind,
            reason,
            websocket: row.kind == ListenerKind::Websocket,
            serves,
            transports,
            auth,
            origins,
            cors,
            entries,
            made: match made {
                Made::Call(made) => Some((made.module, self.graph.values.expr(made).span)),
                Made::Nothing | Made::Unknown => None,
            },
        };
        // ways to start the same thing, tried one after the other, are one listener
        if !self.found.iter().any(|known| {
            known.func == listener.func
                && (known.span == listener.span || known.made == listener.made && listener.made.is_some())
        }) {
            self.found.push(listener);
        }
    }

    /// Whether the transport named listens at all.
    fn is_network(&self, row: &ListenerRow, at: At, call: &Call) -> bool {
        if row.transport.is_empty() {
            return true;
        }
        let Some(place) = row.transport.iter().find_map(|place| self.pick(at, call, place)) else {
            return false;
        };
        match self.graph.settle(place) {
            Settled::Text(text) => is_network(&text),
            Settled::Unset => false,
            Settled::Unknown => true,
        }
    }

    /// The call without the functions and records it is given, so that it stands on one line.
    fn head(&self, at: At) -> Span {
        let module = self.graph.values.module(at.module);
        let whole = module.expr(at.expr).span;
        let ExprKind::Call(call) = &module.expr(at.expr).kind else {
            return whole;
        };
        let callee = module.expr(call.callee).span;
        match &module.expr(call.callee).kind {
            ExprKind::Field { name_span, .. } => {
                let short = call.args.iter().all(|arg| {
                    matches!(
                        module.expr(arg.value).kind,
                        ExprKind::Name(_) | ExprKind::Literal(_) | ExprKind::Field { .. }
                    )
                });
                let end = if short { whole.end } else { name_span.end };
                // a chain over several lines begins elsewhere
                let start = callee.start.max(name_span.start.saturating_sub(80));
                Span { start, end }
            }
            _ => callee,
        }
    }
}

/// What made the receiver of a listening call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Made {
    /// There is no receiver.
    Nothing,
    /// This call.
    Call(At),
    /// It is not seen.
    Unknown,
}

/// What is known of a receiver.
enum Origin {
    Fits(Made),
    Other,
    Unknown,
}

/// Whether a transport of that name listens.
fn is_network(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().replace('_', "-").as_str(),
        "http" | "sse" | "streamable-http" | "httpstream" | "http-stream" | "streamablehttp" | "ws" | "websocket"
    )
}

fn last(name: &str) -> &str {
    name.rsplit(['.', ':', '/']).next().unwrap_or(name)
}

/// Whether a qualified name is the one of a row: the same head up to a separator, the same last segment.
fn same(name: &str, known: &str) -> bool {
    if name == known {
        return true;
    }
    let Some(cut) = known.rfind(['.', ':']) else {
        return false;
    };
    let (head, tail) = (known.get(..cut).unwrap_or(""), known.get(cut + 1..).unwrap_or(""));
    has_prefix(name, head.trim_end_matches(':')) && last(name) == tail
}
