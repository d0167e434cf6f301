//! The calls that start to listen, and what is known of each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::value::{At, Values};
use super::auth::{Auth, Scene};
use super::cors::Cors;
use super::fact::Fact;
use super::graph::{Graph, Node, Reach};
use super::host::Bind;
use super::origin::Origins;
use super::setting::Settled;
use crate::ir::{Call, ExprId, ExprKind, Name};
use crate::models::{ListenerKind, ListenerRow, Models};
use crate::project::{FuncRef, ModuleId, Project, Told};
use crate::server::{Server, Transport};
use crate::workspace::Span;

/// Why a listener listens where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The address is given, or the default of what gives it.
    Given(Name),
    /// No address is given: the framework's default holds.
    LeftOut,
    /// No address is given, and the version at hand is one with another default than newer ones.
    Old(Told),
    /// There is nothing to bind: a platform calls it.
    Hosted,
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
        hosted: Vec::new(),
        reached: FxHashSet::default(),
    };
    let mut facts = Vec::new();
    for id in &modules {
        finder.module(*id);
        finder.graph.facts(*id, &mut facts);
    }
    // what a platform calls, unless one of those serves it
    finder.hosted();
    for id in modules {
        finder.exported(id);
    }
    facts.retain(|fact| !finder.in_test_function(fact.func));
    (finder.found, facts)
}

pub(super) struct Finder<'v, 'a> {
    pub(super) graph: Graph<'v, 'a>,
    pub(super) models: &'a Models,
    pub(super) server: &'a Server,
    pub(super) found: Vec<Listener>,
    /// Calls that make what a platform calls.
    pub(super) hosted: Vec<(&'a ListenerRow, At, Made)>,
    /// The calls in the reach of what was found.
    pub(super) reached: FxHashSet<(ModuleId, ExprId)>,
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
                    match row.hosted {
                        true => self.hosted.push((*row, at, made)),
                        false => self.listener(row, at, call, made),
                    }
                    break;
                }
            }
        }
    }

    pub(super) fn in_test(&self, at: At) -> bool {
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

    fn listener(&mut self, row: &ListenerRow, at: At, call: &Call, made: Made) {
        if !self.is_network(row, at, call, made) {
            return;
        }
        let (at, address) = self.bound(row, at, call);
        let (bind, reason) = self.host(row, at, address, made);
        let seeds = self.seeds(at, call);
        let reach = self.graph.reach_without(&seeds, &self.graph.instead(at));
        if !row.beside.is_empty() && !self.calls_one_of(&reach, &row.beside) {
            return;
        }
        let place = Place {
            at,
            span: self.head(at),
            made,
            bind,
            reason,
        };
        self.judge(row, place, &seeds, &reach);
    }

    /// What is known of a listener, from what it reaches.
    pub(super) fn judge(&mut self, row: &ListenerRow, place: Place, seeds: &[Node], reach: &Reach) {
        let Place { at, span, made, .. } = place;
        let transports = self.transports(reach);
        let entries = self.entries(reach);
        let raw = entries
            .iter()
            .any(|index| self.server.entries.get(*index).is_some_and(|entry| self.is_raw(entry)));
        let weak = matches!(made, Made::Unknown) && !row.names.is_empty() || !row.beside.is_empty();
        if weak && transports.is_empty() && !raw {
            return;
        }
        let mut serves = self.routes(reach, &transports, &entries);
        if serves.is_empty() && (row.serves || !transports.is_empty() || raw) {
            serves.push((at.module, span, String::new()));
        }
        if row.hosted && serves.is_empty() {
            return;
        }
        let around = self.around(at);
        let instead = self.graph.instead(at);
        let beside = self.graph.beside(reach, &around, &serves);
        let language = self.graph.values.module(at.module).language;
        let scene = Scene {
            seeds,
            reach,
            around: &around,
            listener: at,
            beside: &beside,
            instead: &instead,
        };
        let auth = match self.models.network().auth(language) {
            Some(rows) => self.graph.auth(rows, &scene),
            None => Auth::Some(None),
        };
        let origins = match auth {
            // under a name of the platform's: there is none to rebind
            Auth::None if !row.hosted => {
                self.graph
                    .origins(self.models.network(), &scene, &transports, made, place.bind)
            }
            _ => Origins::Checked,
        };
        let cors = self.graph.open_origins(reach, &serves);
        let listener = Listener {
            form: Name::new(&row.id),
            module: at.module,
            func: FuncRef {
                module: at.module,
                func: at.scope,
            },
            span,
            bind: place.bind,
            reason: place.reason,
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
            let calls = reach.exprs.iter().filter(|at| {
                let values = self.graph.values;
                matches!(values.expr(**at).kind, ExprKind::Call(_))
            });
            let calls: Vec<(ModuleId, ExprId)> = calls.map(|at| (at.module, at.expr)).collect();
            self.reached.extend(calls);
            self.found.push(listener);
        }
    }

    fn calls_one_of(&self, reach: &Reach, names: &[String]) -> bool {
        let values = self.graph.values;
        reach.exprs.iter().any(|at| match &values.expr(*at).kind {
            ExprKind::Call(call) => values
                .last_name(at.with(call.callee))
                .is_some_and(|name| names.iter().any(|known| name == *known.as_str())),
            _ => false,
        })
    }

    /// Whether the transport named listens at all.
    fn is_network(&self, row: &ListenerRow, at: At, call: &Call, made: Made) -> bool {
        if row.transport.is_empty() && row.transport_made.is_empty() {
            return true;
        }
        let here = || row.transport.iter().find_map(|place| self.pick(at, call, place));
        let there = || {
            let Made::Call(made) = made else { return None };
            let ExprKind::Call(call) = &self.graph.values.expr(made).kind else {
                return None;
            };
            row.transport_made.iter().find_map(|place| self.pick(made, call, place))
        };
        let Some(place) = here().or_else(there) else {
            return false;
        };
        match self.graph.settle(place) {
            Settled::Text(text) => is_network(&text),
            Settled::Unset => false,
            Settled::Unknown => true,
        }
    }

    /// The call without the functions and records it is given, so that it stands on one line.
    pub(super) fn head(&self, at: At) -> Span {
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

/// Where a listener stands, and on what it listens.
pub(super) struct Place {
    /// The call.
    pub(super) at: At,
    /// Its head.
    pub(super) span: Span,
    /// What made its receiver.
    pub(super) made: Made,
    /// What it listens on.
    pub(super) bind: Bind,
    /// Why.
    pub(super) reason: Reason,
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

/// Whether a transport of that name listens.
pub(super) fn is_network(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().replace('_', "-").as_str(),
        "http" | "sse" | "streamable-http" | "httpstream" | "http-stream" | "streamablehttp" | "ws" | "websocket"
    )
}

pub(super) fn last(name: &str) -> &str {
    name.rsplit(['.', ':', '/']).next().unwrap_or(name)
}
