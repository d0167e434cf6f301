//! Sinks: what a call does with its arguments.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::args::Arguments;
use super::condition;
use super::engine::{Capability, Engine};
use super::marks;
use super::state::State;
use super::value::{Flaw, Place, Shape, Step, Value};
use crate::ir::Name;
use crate::models::{Access, Class, Entry, Is, Pick, Selector, SinkRow};

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
    /// The way, last step first.
    pub trace: Rc<Step>,
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
    /// Other entry points and tools whose input reaches the same sink.
    pub also: BTreeSet<(u32, Option<Name>)>,
}

/// What makes two hits the same finding.
pub(super) type HitKey = (Place, Class, bool);

/// The selected values that stand where a program looks for options: not behind `--`, not the value of an option.
fn dash_prone(selector: &Selector, receiver: Option<&Value>, arguments: &Arguments) -> Vec<Value> {
    let whole = Selector {
        base: selector.base.clone(),
        pick: Pick::Whole,
    };
    let start = match selector.pick {
        Pick::ElementsFrom(start) | Pick::Element(start) => start,
        _ => 0,
    };
    // the words before: what a builder was given so far
    let mut before: Option<Value> = match receiver.map(|value| &value.shape) {
        Some(Shape::List { items, .. }) => {
            if items.iter().any(|item| item.text().is_some_and(|text| text == "--")) {
                return Vec::new();
            }
            items.last().cloned()
        }
        _ => None,
    };
    let mut found = Vec::new();
    for (at, value) in arguments.select(&whole, receiver).into_iter().enumerate() {
        let (items, rest) = match &value.shape {
            Shape::List { items, rest } => ((**items).clone(), rest.clone()),
            _ if matches!(selector.pick, Pick::Whole) => (vec![value.clone()], None),
            _ => (Vec::new(), Some(value.clone()).filter(Value::is_tainted)),
        };
        let start = if at == 0 { start } else { 0 };
        for (index, item) in items.iter().enumerate() {
            if item.text().is_some_and(|text| text == "--") {
                return found;
            }
            let is_option_value = before.as_ref().is_some_and(condition::takes_value);
            if index >= start && !is_option_value {
                found.push(item.clone());
            }
            before = Some(item.clone());
        }
        found.extend(rest);
    }
    found
}

impl Engine<'_> {
    /// Checks the sink rows of a callee against a call.
    pub(super) fn check_sinks(
        &mut self,
        entry: &Entry,
        callee: Name,
        receiver: Option<&Value>,
        arguments: &Arguments,
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
            if !row.audit && row.access != Some(Access::Probe) {
                self.reach_of(row, state);
            }
            if row.access == Some(Access::Probe) {
                continue;
            }
            let built = receiver.filter(|value| matches!(value.shape, Shape::List { .. }));
            let mut values = if row.class == Class::Argument {
                dash_prone(&row.arg, receiver, arguments)
            } else {
                arguments.select(&row.arg, receiver)
            };
            if row.class == Class::Command
                && let Some(built) = built
                && row.when.iter().any(|condition| condition.is == Is::ShellVector)
            {
                values = condition::scripts(built, &values);
            }
            for value in values {
                self.check_value(row, callee, &value, place, state);
            }
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

    fn check_value(&mut self, row: &SinkRow, callee: Name, value: &Value, place: Place, state: &State) {
        let Some(entry) = self.entry else { return };
        let taints = if row.class == Class::Path && matches!(value.shape, Shape::Record(_)) {
            Vec::new()
        } else {
            value.all_taints()
        };
        for (taint, holder) in taints {
            let (cleared, flaws) = self.standing(&taint, holder, state);
            if marks::is_cleared(cleared, row.class) {
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
                        .cloned()
                        .collect()
                })
                .unwrap_or_default();
            let key = (place, row.class, row.audit);
            let mut hit = Hit {
                class: row.class,
                access: row.access,
                place,
                callee,
                origin: taint.origin,
                trace: Rc::clone(&taint.step),
                flaws,
                tool: state.tool,
                function,
                whole: taint.whole && holder == value.id,
                help: row.help.clone(),
                audit: row.audit,
                also: BTreeSet::from([(entry, state.tool)]),
            };
            match self.hits.get_mut(&key) {
                None => {
                    self.hits.insert(key, hit);
                }
                Some(have) => {
                    have.also.insert((entry, state.tool));
                    // the unchecked way is the one to tell; otherwise the first found stays
                    if !have.flaws.is_empty() && hit.flaws.is_empty() || have.whole && !hit.whole {
                        hit.also.append(&mut have.also);
                        *have = hit;
                    }
                }
            }
        }
    }
}
