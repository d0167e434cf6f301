//! The engine: what it remembers, and how entry points are run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::args::Arguments;
use super::effects::{Deed, Effect};
use super::packages::Part;
use super::sinks::Hit;
use super::state::{Frame, State};
use super::value::{Callable, Origin, Place, Step, StepKind, Taint, Value, ValueId, mix, name_bits};
use crate::ir::{ExprId, Module, Name};
use crate::models::{ClassSet, Models};
use crate::project::{ClassRef, FuncRef, ModuleId, Project, Ty};
use crate::server::{Handler, Server, SourceShape};

/// Expressions evaluated for one entry point before the engine gives up on it, and says so.
const STEPS_PER_ENTRY: u32 = 30_000;
/// The same for an HTTP route beside a server.
const STEPS_PER_ROUTE: u32 = 10_000;
/// The same for a dispatcher, behind which all tools of a server may stand.
const STEPS_PER_DISPATCHER: u32 = 120_000;
/// Expressions evaluated for all entry points of a package, set-up included.
const STEPS_PER_PACKAGE: u32 = 2_500_000;
/// Expressions evaluated to set a module up.
pub(super) const STEPS_PER_MODULE: u32 = 60_000;
/// Calls nested in each other that get nothing untrusted: beyond these only shared state could bring something in.
pub(super) const MAX_QUIET_DEPTH: u32 = 3;
/// Calls nested in each other.
pub(super) const MAX_DEPTH: usize = 48;

/// What a handler can do, from the sinks it reaches, tainted or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Capability {
    /// Starts processes.
    RunsCommands,
    /// Reads files or lists directories.
    ReadsFiles,
    /// Creates, changes or deletes files.
    WritesFiles,
    /// Connects to other machines.
    Network,
    /// Queries a database.
    Database,
    /// Runs program text.
    EvaluatesCode,
    /// Reads environment variables.
    Environment,
}

impl Capability {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::RunsCommands => "runs-commands",
            Self::ReadsFiles => "reads-files",
            Self::WritesFiles => "writes-files",
            Self::Network => "network",
            Self::Database => "database",
            Self::EvaluatesCode => "evaluates-code",
            Self::Environment => "environment",
        }
    }
}

/// A bound that was reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
    /// Where the work began that did not end.
    pub place: Place,
    /// Which bound, for people.
    pub message: String,
}

/// What the engine found.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Untrusted values at sinks.
    pub hits: Vec<Hit>,
    /// The origins that hits refer to.
    pub origins: Vec<Origin>,
    /// What entry points can do; for dispatchers by tool name.
    pub reaches: BTreeMap<(u32, Option<Name>), BTreeSet<Capability>>,
    /// What else entry points do; for dispatchers by tool name.
    pub acts: super::acts::Acts,
    /// What entry points do, with place and way; for dispatchers by tool name.
    pub deeds: BTreeMap<(u32, Option<Name>), Vec<Deed>>,
    /// Bounds that were reached.
    pub limits: Vec<Limit>,
}

/// A function being run.
pub(super) struct Activation {
    pub(super) func: FuncRef,
    /// The call that runs it.
    pub(super) site: Place,
    /// How many calls up to this one got nothing untrusted.
    pub(super) quiet: u32,
    /// The joined state of all returns so far.
    pub(super) exit: Option<State>,
    /// The returned values, with what was proven on the way to each.
    pub(super) returned: Option<Value>,
    pub(super) yielded: Option<Value>,
    pub(super) before: State,
    /// States that leave by `throw`, for an enclosing `try` of this activation.
    pub(super) tries: Vec<Option<State>>,
    /// States that leave the loops and `switch`es around.
    pub(super) breaks: Vec<Breaks>,
}

/// States that leave a loop or `switch` early.
#[derive(Default)]
pub(super) struct Breaks {
    pub(super) is_switch: bool,
    /// By `break`.
    pub(super) left: Vec<State>,
    /// By `continue`.
    pub(super) continued: Vec<State>,
}

pub(super) struct Memo {
    pub(super) value: Value,
    pub(super) facts: super::fact::Facts,
    pub(super) reaches: Vec<(Option<Name>, Capability)>,
    pub(super) dead: bool,
    pub(super) writes: u32,
}

/// What entry points do, by tool.
pub(super) type Deeds = BTreeMap<(u32, Option<Name>), BTreeMap<(Effect, Place), Deed>>;

pub(super) struct Engine<'a> {
    pub(super) project: &'a Project,
    pub(super) models: &'a Models,
    pub(super) server: &'a Server,
    pub(super) origins: Vec<Origin>,
    pub(super) hits: BTreeMap<super::sinks::HitKey, Hit>,
    pub(super) activations: Vec<Activation>,
    /// Top-level variables of modules that have run.
    pub(super) modules: FxHashMap<ModuleId, Option<Frame>>,
    /// Module variables written from functions.
    pub(super) globals: FxHashMap<(ModuleId, Name), Value>,
    /// Fields by class, written anywhere.
    pub(super) fields: FxHashMap<(ClassRef, Name), Value>,
    pub(super) prepared: FxHashSet<ClassRef>,
    /// Names that say, or do not, that a setting lets a server reach internal hosts.
    pub(super) host_switches: FxHashMap<Name, bool>,
    /// Functions that tell internal addresses from others, or do not.
    pub(super) tells_internal: FxHashMap<FuncRef, Option<super::addresses::Answer>>,
    /// The variables with which a function was last left: what its closures see when called later.
    pub(super) left: FxHashMap<FuncRef, Frame>,
    /// Functions that were run only for the variables that their closures see.
    pub(super) attempted: FxHashSet<FuncRef>,
    pub(super) memo: FxHashMap<ValueId, Memo>,
    pub(super) handlers: FxHashSet<FuncRef>,
    /// Functions that take `.` and `..` out of a path by themselves, as far as asked.
    pub(super) normalizers: FxHashMap<FuncRef, bool>,
    pub(super) inner: FxHashMap<(ModuleId, ExprId), (u32, SourceShape)>,
    pub(super) entry: Option<u32>,
    pub(super) reaches: BTreeMap<(u32, Option<Name>), BTreeSet<Capability>>,
    pub(super) acts: super::acts::Acts,
    /// Functions that leave a record, by name, as far as asked.
    pub(super) recorders: FxHashMap<Name, bool>,
    /// The fields of a class that nobody but their owner should see, as far as asked.
    pub(super) sensitive: FxHashMap<ClassRef, Rc<[Name]>>,
    /// Capabilities met since the innermost remembered call began.
    pub(super) reach_log: Vec<(Option<Name>, Capability)>,
    pub(super) deeds: Deeds,
    pub(super) tool_names: FxHashSet<ValueId>,
    pub(super) collectors: Vec<Option<Value>>,
    /// Elements of tainted values: what is proven of each is proven of the whole.
    pub(super) parts: FxHashMap<ValueId, ValueId>,
    pub(super) budget: u32,
    /// Closures made so far.
    pub(super) closures: u64,
    /// The package has nothing but HTTP routes.
    pub(super) routes_only: bool,
    /// What is left for all entry points of the package together.
    pub(super) total: u32,
    pub(super) limits: BTreeSet<Limit>,
    /// Counts changes of globals and fields that bring in taint: remembered calls made before one are stale.
    pub(super) writes: u32,
    pub(super) depth: usize,
}

impl<'a> Engine<'a> {
    pub(super) fn new(project: &'a Project, models: &'a Models, server: &'a Server) -> Self {
        let mut handlers = FxHashSet::default();
        let mut inner = FxHashMap::default();
        for (index, entry) in (0_u32..).zip(&server.entries) {
            if let Handler::Function { func, .. } = &entry.handler {
                handlers.insert(*func);
            }
            for source in &entry.inner_sources {
                inner.insert((source.func.module, source.expr), (index, source.shape));
            }
        }
        Self {
            project,
            models,
            server,
            origins: Vec::new(),
            hits: BTreeMap::new(),
            activations: Vec::new(),
            modules: FxHashMap::default(),
            globals: FxHashMap::default(),
            fields: FxHashMap::default(),
            prepared: FxHashSet::default(),
            host_switches: FxHashMap::default(),
            tells_internal: FxHashMap::default(),
            left: FxHashMap::default(),
            attempted: FxHashSet::default(),
            memo: FxHashMap::default(),
            handlers,
            normalizers: FxHashMap::default(),
            inner,
            entry: None,
            reaches: BTreeMap::new(),
            acts: BTreeMap::new(),
            recorders: FxHashMap::default(),
            sensitive: FxHashMap::default(),
            reach_log: Vec::new(),
            deeds: BTreeMap::new(),
            tool_names: FxHashSet::default(),
            collectors: Vec::new(),
            parts: FxHashMap::default(),
            budget: 0,
            closures: 0,
            routes_only: false,
            total: STEPS_PER_PACKAGE,
            limits: BTreeSet::new(),
            writes: 0,
            depth: 0,
        }
    }

    pub(super) fn module(&self, id: ModuleId) -> &'a Module {
        self.project.module(id)
    }

    pub(super) fn finish(self) -> Part {
        Part {
            hits: self.hits,
            origins: self.origins,
            reaches: self.reaches,
            acts: self.acts,
            deeds: self.deeds,
            limits: self.limits,
        }
    }

    pub(super) fn run(&mut self, entries: &[u32]) {
        let server = self.server;
        self.routes_only = entries
            .iter()
            .filter_map(|index| server.entries.get(*index as usize))
            .all(|entry| self.models.frameworks().is_bridge(entry.style));
        let mut entry_modules: Vec<ModuleId> = entries
            .iter()
            .filter_map(|index| server.entries.get(*index as usize))
            .map(|entry| entry.module)
            .collect();
        entry_modules.sort_unstable();
        entry_modules.dedup();
        for module in entry_modules {
            self.module_frame(module);
        }
        // what one tool stores another may use: run again while storing brings in something new
        for _ in 0..3 {
            let before = self.writes;
            for index in entries {
                self.run_entry(*index);
            }
            if self.writes == before {
                break;
            }
        }
    }

    fn run_entry(&mut self, index: u32) {
        let server = self.server;
        let Some(entry) = server.entries.get(index as usize) else {
            return;
        };
        let Handler::Function { func, sources } = &entry.handler else {
            return;
        };
        self.entry = Some(index);
        // a route beside a server is one of many; where routes are all there is, they are the server
        let is_route =
            !self.routes_only && self.models.frameworks().is_bridge(entry.style) && entry.inner_sources.is_empty();
        let is_dispatcher = entry.kind == crate::server::EntryKind::Handler && !is_route;
        let steps = if is_dispatcher {
            STEPS_PER_DISPATCHER
        } else if is_route {
            STEPS_PER_ROUTE
        } else {
            STEPS_PER_ENTRY
        };
        self.budget = steps;
        let function = self.module(func.module).function(func.func);
        let mut state = State::default();
        self.install_enclosing(*func, &mut state);
        let tool = if entry.kind == crate::server::EntryKind::Handler {
            None
        } else {
            entry.name
        };
        state.tool = tool;
        let mut this = self.receiver_of(*func, &state);
        let mut values = Vec::new();
        for (position, param) in function.params.iter().enumerate() {
            let place = Place {
                module: func.module,
                span: param.pattern.span,
            };
            let value = match sources.iter().find(|source| source.index == position) {
                Some(source) => self.source_value(index, source.shape, &source.ty, place),
                None => self.unknown_param(*func, position),
            };
            // its methods and parts are known, whatever URL it is
            let declared = param.ty.map(|ty| self.project.type_of(func.module, func.func, ty));
            let value = match declared {
                Some(Ty::Url) if value.is_tainted() && value.ty == Ty::Unknown => value.with(|data| data.ty = Ty::Url),
                _ => value,
            };
            // a struct of arguments with a method that runs it
            if param.kind == crate::ir::ParamKind::Receiver && value.is_tainted() {
                this = Some(value.clone());
            }
            if entry.schema_enforced {
                self.refined(*func, &value, &entry.params, place, &mut state);
            }
            values.push(value);
        }
        let arguments = Arguments::exact(values);
        let callable = Callable {
            func: *func,
            captured: Rc::new(Vec::new()),
            this,
            bound: Rc::from([]),
            label: None,
        };
        self.invoke(
            &callable,
            arguments,
            &mut state,
            Place {
                module: entry.module,
                span: entry.span,
            },
        );
        if self.budget == 0 || self.total == 0 {
            self.limits.insert(Limit {
                place: Place {
                    module: entry.module,
                    span: entry.span,
                },
                message: if self.total == 0 {
                    format!(
                        "the {STEPS_PER_PACKAGE} steps for its package ran out: not all that this handler does was seen"
                    )
                } else {
                    format!("gave up following this handler after {steps} steps: what it does further on was not seen")
                },
            });
        }
        self.entry = None;
    }

    pub(super) fn spend(&mut self) -> bool {
        self.total = self.total.saturating_sub(1);
        self.budget = self.budget.saturating_sub(1);
        self.budget > 0 && self.total > 0
    }

    pub(super) fn origin(&mut self, origin: Origin) -> u32 {
        let found = self.origins.iter().position(|have| *have == origin);
        let index = found.unwrap_or_else(|| {
            self.origins.push(origin);
            self.origins.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// The taints of values that flow into a new one.
    pub(super) fn flow_on(
        &self,
        from: &[&Value],
        state: &State,
        to: ValueId,
        place: Place,
        kind: StepKind,
    ) -> Rc<[Taint]> {
        let mut all: Vec<Taint> = Vec::new();
        let unary = from.iter().filter(|value| !value.is_constant()).count() <= 1
            && !matches!(kind, StepKind::Built | StepKind::Joined);
        for value in from {
            for (taint, holder) in value.all_taints() {
                let taint = self.derive_by(&taint, holder, state, to, place, kind, unary);
                if taint.is_spent() {
                    continue;
                }
                match all.iter_mut().find(|have| have.origin == taint.origin) {
                    Some(have) => have.meet(&taint),
                    None => all.push(taint),
                }
            }
        }
        Rc::from(all)
    }

    /// A taint one step on: what has been proven of the value so far stays with it.
    pub(super) fn derive(
        &self,
        taint: &Taint,
        holder: ValueId,
        state: &State,
        to: ValueId,
        place: Place,
        kind: StepKind,
    ) -> Taint {
        self.derive_by(taint, holder, state, to, place, kind, false)
    }

    #[allow(clippy::too_many_arguments)]
    fn derive_by(
        &self,
        taint: &Taint,
        holder: ValueId,
        state: &State,
        to: ValueId,
        place: Place,
        kind: StepKind,
        unary: bool,
    ) -> Taint {
        let (cleared, flaws) = self.standing(taint, holder, state);
        Taint {
            origin: taint.origin,
            cleared,
            flaws,
            step: Rc::new(Step {
                place,
                kind,
                value: to,
                unary,
                previous: Some(Rc::clone(&taint.step)),
            }),
            opens: false,
            whole: taint.whole && !matches!(kind, StepKind::Built | StepKind::Joined),
            detail: taint.detail,
        }
        .stepped(kind)
    }

    /// What is cleared of a taint in a state, and which flawed checks it has passed: of the value that holds it and of all it came from.
    pub(super) fn standing(
        &self,
        taint: &Taint,
        holder: ValueId,
        state: &State,
    ) -> (ClassSet, Option<Rc<Vec<super::value::Flaw>>>) {
        super::state::standing(taint, holder, &state.proven)
    }

    pub(super) fn field_id(of: ValueId, name: Name) -> ValueId {
        mix(7, [of.0, name_bits(name)])
    }
}
