//! Sinks: what a call does with its arguments.

use std::collections::BTreeSet;

use super::args::Arguments;
use super::condition;
use super::engine::{Capability, Engine};
use super::marks;
use super::state::State;
use super::value::{Flaw, Place, Shape, StepKind, TraceStep, Value};
use crate::ir::Name;
use crate::models::{Access, Below, Class, Entry, Is, SinkRow, Spared};

/// An untrusted value at a sink.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What the sink does with it.
    pub class: Class,
    /// What it does to a file.
    pub access: Option<Access>,
    /// The call.
    pub place: Place,
    /// What is called, by its qualified name.
    pub callee: Name,
    /// Index into [`super::Analysis::origins`].
    pub origin: u32,
    /// The way, source first.
    pub trace: Vec<TraceStep>,
    /// Checks on the way that do not hold.
    pub flaws: Vec<Flaw>,
    /// The tool being called, where a dispatcher tells.
    pub tool: Option<Name>,
    /// The function in which the sink stands.
    pub function: crate::project::FuncRef,
    /// The whole argument reaches the sink as it came, not built into a string.
    pub whole: bool,
    /// The remedy that the row names.
    pub help: Option<String>,
    /// Only worth a look.
    pub audit: bool,
    /// The driver's call, where a function of the project gets the finished text and only hands it on: `place` is then that function's call.
    pub runs_at: Option<Place>,
    /// A check holds it back, unless a setting of the owner's does without that check.
    pub by_setting: bool,
    /// A read-only transaction or connection limits what it can do.
    pub read_only: bool,
    /// Other entry points and tools whose input reaches the same sink.
    pub also: BTreeSet<(u32, Option<Name>)>,
    /// What is told, where it is no text of the caller's that goes wrong.
    pub detail: Option<super::detail::Detail>,
}

/// What makes two hits the same finding.
///
/// The last part tells text that is handed over whole from text that is built into something: another rule speaks of it.
pub(super) type HitKey = (Place, Class, bool, bool);

impl Engine<'_> {
    /// Checks the sink rows of a callee against a call.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn check_sinks(
        &mut self,
        entry: &Entry,
        callee: Name,
        receiver: Option<&Value>,
        arguments: &Arguments,
        named: Option<Name>,
        place: Place,
        state: &State,
    ) {
        for row in &entry.sinks {
            if !row
                .when
                .iter()
                .all(|condition| condition::holds(condition, receiver, arguments))
            {
                continue;
            }
            let old = |below: &Below| {
                self.project
                    .major_of(place.module, &below.package)
                    .is_some_and(|major| major < below.major)
            };
            if !row.below.as_ref().is_none_or(old) {
                continue;
            }
            if !row.audit && row.access != Some(Access::Probe) {
                self.reach_of(row, state);
            }
            if row.access == Some(Access::Probe) {
                continue;
            }
            self.effect_of(row, callee, receiver, arguments, place, state);
            let mut values = arguments.select(&row.arg, receiver);
            let built = receiver.filter(|value| matches!(value.shape, Shape::List { .. }));
            let fetches = row.class == Class::Url && row.when.iter().any(|condition| condition.is == Is::Fetcher);
            if fetches {
                values = condition::fetched(built, &values);
            } else if row.class == Class::Argument {
                values = condition::exposed(built, &values);
            } else if row.class == Class::Command
                && let Some(condition) = row.when.iter().find(|condition| condition.is == Is::ShellVector)
            {
                if let Some(built) = built {
                    values = condition::scripts(built, &values);
                } else if let Some(texts) = condition::device_texts(condition, receiver, arguments) {
                    values = texts;
                }
            }
            // without a shell around it, a string of AppleScript is left by a double quote alone
            let is_applescript = row.class == Class::Command
                && receiver
                    .into_iter()
                    .chain(arguments.all())
                    .any(condition::is_applescript);
            if is_applescript {
                values.retain(|value| {
                    let taints = value.all_taints();
                    taints.is_empty() || !taints.iter().all(|(taint, _)| taint.cleared.holds(marks::QUOTES))
                });
            }
            for value in values {
                self.check_value(row, callee, &value, named, place, state);
            }
        }
    }

    /// The running function in which a place lies.
    fn running_at(&self, place: Place) -> Option<crate::project::FuncRef> {
        self.activations.iter().rev().map(|running| running.func).find(|func| {
            let span = self.module(func.module).function(func.func).span;
            func.module == place.module && span.start <= place.span.start && place.span.end <= span.end
        })
    }

    /// What was looked up under a name of the caller's choice is called. A constant beginning of the name leaves no free choice.
    pub(super) fn attribute_called(&mut self, function: &Value, looked_up: Place, state: &State) {
        let free = function
            .all_taints()
            .iter()
            .any(|(taint, _)| !taint.cleared.has(Class::Argument));
        let callee = Name::new("getattr");
        let row = self
            .models
            .entry(crate::ir::Language::Python, callee)
            .and_then(|entry| entry.sinks.first());
        if let (true, Some(row)) = (free, row) {
            let row = SinkRow {
                audit: false,
                ..row.clone()
            };
            self.check_value(&row, callee, function, None, looked_up, state);
        }
    }

    fn reach_of(&mut self, row: &SinkRow, state: &State) {
        let capability = match (row.class, row.access) {
            (Class::Command | Class::Argument, _) => Capability::RunsCommands,
            (Class::Path | Class::Archive, Some(Access::Write | Access::Delete)) => Capability::WritesFiles,
            (Class::Path | Class::Archive, _) => Capability::ReadsFiles,
            (Class::Url, _) => Capability::Network,
            (Class::Sql | Class::Nosql, _) => Capability::Database,
            (Class::Code | Class::Template | Class::Deserialize, _) => Capability::EvaluatesCode,
            (Class::Output | Class::Log, _) => return,
        };
        self.reach(capability, state);
    }

    /// The running entry point can do something.
    pub(super) fn reach(&mut self, capability: Capability, state: &State) {
        self.note_reach(state.tool, capability);
    }

    pub(super) fn note_reach(&mut self, tool: Option<Name>, capability: Capability) {
        if let Some(entry) = self.entry {
            self.reaches.entry((entry, tool)).or_default().insert(capability);
        }
        if self.reach_log.len() < 4096 && !self.reach_log.contains(&(tool, capability)) {
            self.reach_log.push((tool, capability));
        }
    }

    /// `named`: what the receiver is called, where only the method's name is known.
    pub(super) fn check_value(
        &mut self,
        row: &SinkRow,
        callee: Name,
        value: &Value,
        named: Option<Name>,
        place: Place,
        state: &State,
    ) {
        let Some(entry) = self.entry else { return };
        if matches!(row.class, Class::Output | Class::Log) {
            return self.check_leak(row.class, callee, value, place, state, None);
        }
        let telling = row.audit
            && super::guards_sql::telling(
                row.class,
                callee.as_str(),
                named.as_ref().map(|name| name.as_str()),
                value,
                self.module(place.module).language,
            );
        let database = matches!(row.class, Class::Sql | Class::Nosql);
        let audit = row.audit && !(database && telling);
        if audit && database && super::guards_sql::is_common(callee.as_str()) {
            return;
        }
        // the bytes of a file are not its name
        let bytes = row.class == Class::Path
            && matches!(&value.ty, crate::project::Ty::External(name) if matches!(name.as_str(), "Buffer" | "io.BytesIO" | "io.StringIO"));
        let is_rust = self.module(place.module).language == crate::ir::Language::Rust;
        let taints = match row.class {
            _ if bytes => Vec::new(),
            Class::Path | Class::Url if matches!(value.shape, Shape::Record(_)) => Vec::new(),
            // a list in Rust is what is bound; elsewhere it may be statements
            Class::Sql if is_rust && matches!(value.shape, Shape::List { .. }) => Vec::new(),
            Class::Sql => super::guards_sql::statements(value),
            Class::Nosql => super::guards_sql::operators(value),
            _ => value.all_taints(),
        };
        for (taint, holder) in taints {
            if taint.detail.is_some() {
                continue;
            }
            let (cleared, flaws) = self.standing(&taint, holder, state);
            // a check that a setting does without is told with less weight
            let by_setting = matches!(row.class, Class::Path | Class::Url)
                && marks::is_cleared(cleared, row.class, row.access)
                && flaws
                    .as_ref()
                    .is_some_and(|flaws| flaws.iter().any(|flaw| super::lifted_by_setting(flaw.why.as_str())));
            if marks::is_cleared(cleared, row.class, row.access) && !by_setting
                || row.spared == Some(Spared::WebScheme) && (cleared.holds(marks::SCHEME) || cleared.has(Class::Url))
                || row.class == Class::Sql && super::guards_sql::composed(&taint)
            {
                continue;
            }
            // a module of a constant package
            if callee == "importlib.import_module" && cleared.has(Class::Argument) {
                continue;
            }
            let Some(function) = self.activations.last().map(|running| running.func) else {
                continue;
            };
            let flaws: Vec<Flaw> = flaws
                .map(|flaws| {
                    flaws
                        .iter()
                        .filter(|flaw| flaw.classes.has(row.class))
                        .filter(|flaw| super::lifted_by_setting(flaw.why.as_str()) == by_setting)
                        .cloned()
                        .collect()
                })
                .unwrap_or_default();
            let whole = taint.whole
                && (holder == value.id
                    || matches!(row.class, Class::Sql | Class::Nosql)
                        && matches!(value.shape, Shape::Record(_) | Shape::List { .. }));
            let apart = whole && matches!(row.class, Class::Sql | Class::Nosql);
            let mut trace = taint.step.way();
            let handed = (database && !whole).then(|| finished_at(&trace)).flatten();
            let (place, function, runs_at) = match handed {
                Some((at, step)) => {
                    trace.truncate(at);
                    (step, self.running_at(step).unwrap_or(function), Some(place))
                }
                None => (place, function, None),
            };
            let key = (place, row.class, audit, apart);
            let mut hit = Hit {
                class: row.class,
                access: row.access,
                place,
                callee,
                origin: taint.origin,
                trace,
                flaws,
                tool: state.tool,
                function,
                whole,
                help: row.help.clone(),
                audit,
                runs_at,
                by_setting,
                read_only: cleared.holds(marks::READ_ONLY),
                also: BTreeSet::from([(entry, state.tool)]),
                detail: None,
            };
            match self.hits.get_mut(&key) {
                None => {
                    self.hits.insert(key, hit);
                }
                Some(have) => {
                    have.also.insert((entry, state.tool));
                    // a file that is opened for writing, too
                    if have.access == Some(Access::Read) && matches!(row.access, Some(Access::Write | Access::Delete)) {
                        have.access = row.access;
                        hit.access = row.access;
                    }
                    if is_better(&hit, have) {
                        hit.also.append(&mut have.also);
                        *have = hit;
                    }
                }
            }
        }
    }
}

/// Whether a hit is the one to tell of two at one place: the unchecked way; text built into a command, which is worse than a command
/// that is the caller's by design, and a URL that is the caller's altogether; then the shorter way.
fn is_better(new: &Hit, old: &Hit) -> bool {
    let rank = |hit: &Hit| {
        let built_is_worse = !matches!(hit.class, Class::Url | Class::Path);
        (
            hit.by_setting,
            !hit.flaws.is_empty(),
            hit.whole == built_is_worse,
            hit.trace.len(),
        )
    };
    rank(new) < rank(old)
}

/// Where a text that is finished is handed to a function that hands it on as it is: behind the last step that builds.
fn finished_at(way: &[TraceStep]) -> Option<(usize, Place)> {
    let built = way.iter().rposition(|step| matches!(step.kind, StepKind::Built))?;
    let at = way
        .iter()
        .enumerate()
        .skip(built + 1)
        .find(|(_, step)| matches!(step.kind, StepKind::Passed(_)))?;
    Some((at.0, at.1.place))
}
