//! What handlers do to the world, whoever decided about it: places and the calls that lead there.

use super::args::Arguments;
use super::condition;
use super::engine::{Activation, Engine};
use super::state::State;
use super::value::{Place, Shape, Value};
use crate::ir::{Language, Literal, Name};
use crate::models::{Access, Class, Does, Is, SinkRow};
use crate::project::FuncRef;

/// Effects that are kept for one tool of an entry point.
const MAX_DEEDS: usize = 64;

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// Something that lasts is removed: a file, rows of a table, a thing of some service.
    Delete,
    /// Something that lasts is created or changed.
    Write,
    /// The caller's own command or program text is run.
    Execute,
    /// A message is sent to somebody.
    Send,
    /// Money is moved.
    Pay,
    /// The client's user is asked.
    Ask,
    /// Text is printed to standard output.
    Print,
    /// Input that is not as expected ends the handler by a panic.
    Panic,
    /// Input is checked against a schema.
    Validate,
}

/// Something that a handler does.
#[derive(Clone, Debug)]
pub struct Deed {
    /// What.
    pub effect: Effect,
    /// The call that does it.
    pub place: Place,
    /// What is called there, by its qualified name.
    pub callee: Name,
    /// The calls that lead there from the handler, outermost first: where each stands and what it calls.
    pub way: Vec<(Place, FuncRef)>,
    /// The caller decides what it is done to: which file, which row.
    pub chosen: bool,
    /// Something of the caller's goes into it.
    pub carries: bool,
    /// Beginning of the statement, command or path, as far as it is constant, in lower case; for panics the argument, if the origin does not name it.
    pub text: String,
    /// Index into [`super::Analysis::origins`] of the input that does it, for panics.
    pub origin: Option<u32>,
}

impl Engine<'_> {
    /// What the effect rows say of a call.
    pub(super) fn note_effects(
        &mut self,
        language: Language,
        callee: Name,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
        state: &State,
    ) {
        if self.entry.is_none() {
            return;
        }
        let models = self.models;
        for row in models.effects(language, callee) {
            let holds = row
                .when
                .iter()
                .all(|condition| condition::holds(condition, receiver, arguments));
            // what a whole function decides is nothing that a handler does
            if !holds || row.unless.is_some() {
                continue;
            }
            let targets: Vec<Value> = row
                .arg
                .as_ref()
                .map(|selector| arguments.select(selector, receiver))
                .unwrap_or_default();
            let effect = match row.does {
                Does::Write => Effect::Write,
                Does::Delete => Effect::Delete,
                Does::Send => Effect::Send,
                Does::Pay => Effect::Pay,
                Does::Ask => Effect::Ask,
                Does::Print => Effect::Print,
                Does::Validate if targets.iter().any(is_callers) => Effect::Validate,
                Does::Validate => continue,
                Does::Request => {
                    let method = targets.first().and_then(Value::text);
                    match method.map(|name| name.to_ascii_uppercase()).as_deref() {
                        Some("DELETE") => Effect::Delete,
                        Some("PUT" | "PATCH") => Effect::Write,
                        _ => continue,
                    }
                }
                Does::Start => {
                    self.started(callee, receiver, arguments, place, state);
                    continue;
                }
            };
            let targets = if row.does == Does::Request {
                arguments.positional.clone()
            } else {
                targets
            };
            let text = targets.first().map(beginning).unwrap_or_default();
            self.note(effect, callee, &targets, arguments, text, place, state);
        }
    }

    /// What a sink row says of a call.
    pub(super) fn effect_of(
        &mut self,
        row: &SinkRow,
        callee: Name,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
        state: &State,
    ) {
        if self.entry.is_none() || row.audit && row.class != Class::Sql {
            return;
        }
        match (row.class, row.access) {
            (Class::Path, Some(access @ (Access::Write | Access::Delete))) => {
                let effect = if access == Access::Delete {
                    Effect::Delete
                } else {
                    Effect::Write
                };
                let targets = arguments.select(&row.arg, receiver);
                let text = targets.first().map(beginning).unwrap_or_default();
                self.note(effect, callee, &targets, arguments, text, place, state);
            }
            (Class::Sql, _) => {
                let targets = arguments.select(&row.arg, receiver);
                let Some(text) = targets.first().map(beginning) else {
                    return;
                };
                if let Some(effect) = statement(&text) {
                    let mut all: Vec<Value> = arguments.all().cloned().collect();
                    all.extend(targets);
                    self.note(effect, callee, &all, arguments, text, place, state);
                }
            }
            (Class::Code, _) => {
                let targets = arguments.select(&row.arg, receiver);
                if targets.iter().any(is_callers_own) {
                    self.note(
                        Effect::Execute,
                        callee,
                        &targets,
                        arguments,
                        String::new(),
                        place,
                        state,
                    );
                }
            }
            // the vector of a builder is judged when it is started
            (Class::Command, _) if !is_builder(receiver) => {
                let on_device = row
                    .when
                    .iter()
                    .filter(|condition| condition.is == Is::ShellVector)
                    .find_map(|condition| condition::device_texts(condition, receiver, arguments));
                // behind the name of a program on the device stand its arguments
                let targets = match on_device {
                    Some(texts) => texts.into_iter().take(1).collect(),
                    None => arguments.select(&row.arg, receiver),
                };
                if targets.iter().any(is_callers_own) {
                    self.note(
                        Effect::Execute,
                        callee,
                        &targets,
                        arguments,
                        String::new(),
                        place,
                        state,
                    );
                } else {
                    self.started(callee, None, arguments, place, state);
                }
            }
            (Class::Command, _) => {
                let targets = arguments.select(&row.arg, receiver);
                if targets.iter().any(is_callers_own) {
                    self.note(
                        Effect::Execute,
                        callee,
                        &targets,
                        arguments,
                        String::new(),
                        place,
                        state,
                    );
                }
            }
            _ => {}
        }
    }

    /// A program is started: what it does by its first words.
    fn started(&mut self, callee: Name, receiver: Option<&Value>, arguments: &Arguments, place: Place, state: &State) {
        let mut all: Vec<Value> = receiver.cloned().into_iter().collect();
        all.extend(arguments.all().cloned());
        let words = words(&all);
        let mut commands = words.iter().map(String::as_str);
        let Some(program) = commands
            .by_ref()
            .find(|word| !matches!(*word, "sudo" | "env" | "npx" | "time"))
        else {
            return;
        };
        let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
        let program = program.strip_suffix(".exe").unwrap_or(program);
        let models = self.models;
        // a subcommand may stand behind a topic: `docker container rm`
        let does = commands
            .filter(|word| !word.starts_with('-'))
            .take(2)
            .find_map(|word| models.program(program, Some(word)))
            .or_else(|| models.program(program, None));
        let effect = match does {
            Some(Does::Write) => Effect::Write,
            Some(Does::Delete) => Effect::Delete,
            Some(Does::Send) => Effect::Send,
            _ => return,
        };
        let text = words.join(" ");
        self.note(effect, callee, &all, arguments, text, place, state);
    }

    #[allow(clippy::too_many_arguments)]
    fn note(
        &mut self,
        effect: Effect,
        callee: Name,
        targets: &[Value],
        arguments: &Arguments,
        text: String,
        place: Place,
        state: &State,
    ) {
        let Some(entry) = self.entry else { return };
        // what is bound to a prepared statement comes after it
        let prepared = arguments.count() <= 1 && arguments.rest.is_none() && picks(&text);
        let chosen = prepared || targets.iter().any(is_callers);
        let deeds = self.deeds.entry((entry, state.tool)).or_default();
        if deeds.len() >= MAX_DEEDS && !deeds.contains_key(&(effect, place)) {
            return;
        }
        if let Some(have) = deeds.get(&(effect, place))
            && (have.chosen || !chosen)
        {
            return;
        }
        let way = way(&self.activations);
        let carries = chosen || arguments.all().any(is_callers);
        deeds.insert(
            (effect, place),
            Deed {
                effect,
                place,
                callee,
                way,
                chosen,
                carries,
                text,
                origin: None,
            },
        );
    }

    /// A value is checked against a schema here.
    pub(super) fn note_validation(&mut self, value: &Value, place: Place, state: &State) {
        if is_callers(value) {
            let arguments = Arguments::of(vec![value.clone()]);
            self.note(
                Effect::Validate,
                Name::new("schema"),
                &[],
                &arguments,
                String::new(),
                place,
                state,
            );
        }
    }

    /// The input of a caller ends the handler here.
    pub(super) fn note_panic(&mut self, callee: Name, origin: u32, part: Option<Name>, place: Place, state: &State) {
        let Some(entry) = self.entry else { return };
        let deeds = self.deeds.entry((entry, state.tool)).or_default();
        if deeds.len() >= MAX_DEEDS {
            return;
        }
        let way = way(&self.activations);
        deeds.entry((Effect::Panic, place)).or_insert(Deed {
            effect: Effect::Panic,
            place,
            callee,
            way,
            chosen: true,
            carries: true,
            text: part.map_or_else(String::new, |part| part.as_str().to_owned()),
            origin: Some(origin),
        });
    }
}

/// The calls that are being run, without the handler itself.
fn way(running: &[Activation]) -> Vec<(Place, FuncRef)> {
    running
        .iter()
        .skip(1)
        .map(|running| (running.site, running.func))
        .collect()
}

/// Whether text of the caller's is in a value.
fn is_callers(value: &Value) -> bool {
    value.all_taints().iter().any(|(taint, _)| taint.detail.is_none())
}

/// Whether a value is text of the caller's as it came.
fn is_callers_own(value: &Value) -> bool {
    value
        .all_taints()
        .iter()
        .any(|(taint, holder)| taint.detail.is_none() && taint.whole && *holder == value.id)
        && !matches!(value.shape, Shape::Text(_))
}

fn is_builder(receiver: Option<&Value>) -> bool {
    receiver.is_some_and(|value| matches!(value.shape, Shape::List { .. }))
}

/// The constant beginning of a text, in lower case and without needless space.
fn beginning(value: &Value) -> String {
    let mut text = String::new();
    gather(value, &mut text, 8);
    text.split_whitespace()
        .take(24)
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// Adds the constant parts of a text; whether it was constant to the end.
fn gather(value: &Value, into: &mut String, depth: u32) -> bool {
    if depth == 0 || into.len() > 400 {
        return false;
    }
    match &value.shape {
        Shape::Constant(Literal::Str(text)) => {
            into.push_str(text.as_str());
            true
        }
        Shape::Text(parts) => {
            for part in parts.iter() {
                if !gather(part, into, depth - 1) {
                    into.push_str(" ? ");
                }
            }
            true
        }
        Shape::Record(fields) => ["text", "sql", "query"]
            .iter()
            .find_map(|name| fields.get(&Name::new(name)))
            .is_some_and(|text| gather(text, into, depth - 1)),
        _ => false,
    }
}

/// What a statement does, by its first words.
fn statement(text: &str) -> Option<Effect> {
    let text = text.trim_start_matches(['(', ';', ' ']);
    let mut words = text.split_whitespace();
    let (first, second) = (words.next()?, words.next()?);
    match (first, second) {
        ("delete", "from")
        | ("truncate", _)
        | ("drop", "table" | "database" | "schema" | "collection" | "keyspace") => Some(Effect::Delete),
        ("insert", "into" | "or" | "ignore")
        | ("replace" | "merge", "into")
        | ("alter", "table" | "database" | "role" | "user") => Some(Effect::Write),
        ("update", _) if text.contains(" set ") => Some(Effect::Write),
        _ => None,
    }
}

/// Whether a statement compares with a value that is bound to it.
fn picks(text: &str) -> bool {
    text.split_once(" where ").is_some_and(|(_, rest)| {
        ["= ?", "=?", "= $", "=$", "= :", "= @", "in (?"]
            .iter()
            .any(|mark| rest.contains(mark))
    })
}

/// The constant words at the beginning of a command or vector.
fn words(values: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for value in values {
        match &value.shape {
            Shape::Constant(Literal::Str(text)) => found.extend(text.split_whitespace().map(str::to_owned)),
            Shape::Text(parts) => match parts.first().and_then(Value::text) {
                Some(text) => found.extend(text.split_whitespace().map(str::to_owned)),
                None => break,
            },
            Shape::List { items, .. } => found.extend(
                items
                    .iter()
                    .map_while(|item| item.text())
                    .flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()),
            ),
            _ => break,
        }
        if found.len() > 8 {
            break;
        }
    }
    found.truncate(8);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_by_their_first_words() {
        assert_eq!(statement("delete from notes where id = ?"), Some(Effect::Delete));
        assert_eq!(statement("drop table notes"), Some(Effect::Delete));
        assert_eq!(statement("update notes set text = ?"), Some(Effect::Write));
        assert_eq!(statement("insert into notes values (?)"), Some(Effect::Write));
        assert_eq!(statement("select * from notes"), None);
        assert_eq!(statement("create table if not exists notes (id)"), None);
        assert_eq!(statement("delete the old notes"), None);
        assert!(picks("delete from notes where id = ?"));
        assert!(!picks("delete from notes where age > 3"));
    }
}
