//! Look-ups in the catalogue of a database: a name that was found there is the name of something that exists.

use std::rc::Rc;

use super::args::Arguments;
use super::fact::Facts;
use super::state::State;
use super::value::{Shape, StepKind, Value, mix};
use crate::ir::Name;
use crate::models::{Class, ClassSet};

/// Where databases list what they hold.
const CATALOGUES: &[&str] = &[
    "sqlite_master",
    "sqlite_schema",
    "information_schema",
    "pg_tables",
    "pg_class",
    "pg_catalog",
    "pg_namespace",
    "sys.tables",
    "sys.objects",
    "sys.columns",
    "duckdb_tables",
    "all_tables",
    "user_tables",
    "show tables like",
    "show databases like",
];

/// Methods that hand out what a statement found.
const FETCHES: &[&str] = &[
    "fetchone",
    "fetchall",
    "fetchmany",
    "fetch_one",
    "fetch_all",
    "scalar",
    "scalar_one_or_none",
    "first",
    "one_or_none",
    "all",
    "get",
    "rows",
    "exists",
    "query_row",
    "fetch_optional",
    "next",
    "pluck",
    "optional",
    "mappings",
    "scalars",
    "raw",
];

/// What is found under a statement, or a cursor that ran one.
fn slot() -> Name {
    Name::new("$catalogue")
}

/// What holds where a call finds something: `None` when it asks no catalogue.
pub(super) fn question(
    receiver: Option<&Value>,
    method: Option<Name>,
    arguments: &Arguments,
    state: &mut State,
) -> Option<Facts> {
    let first = arguments.get(0);
    if let Some(text) = first.and_then(Value::text) {
        let text = text.to_ascii_lowercase();
        if CATALOGUES.iter().any(|name| text.contains(name)) {
            return Some(named(arguments, 1));
        }
    }
    let receiver = receiver?;
    let earlier = state.heap.get(&(receiver.id, slot()))?.when_true.clone();
    if method.is_some_and(|method| FETCHES.contains(&method.as_str())) {
        return Some(earlier.and(&named(arguments, 0)));
    }
    if first.is_some_and(|first| first.text().is_some() || matches!(first.shape, Shape::Text(_))) {
        // the cursor runs another statement now
        Rc::make_mut(&mut state.heap).remove(&(receiver.id, slot()));
    }
    None
}

/// The result of such a call; the cursor or statement remembers what was asked.
pub(super) fn answer(result: Value, facts: Facts, receiver: Option<&Value>, state: &mut State) -> Value {
    let heap = Rc::make_mut(&mut state.heap);
    for id in receiver.map(|value| value.id).into_iter().chain([result.id]) {
        let kept = Value::new(mix(170, [id.0])).with(|data| data.when_true = facts.clone());
        heap.insert((id, slot()), kept);
    }
    result.with(|data| data.when_true = data.when_true.and(&facts))
}

/// The untrusted values that are bound.
fn named(arguments: &Arguments, from: usize) -> Facts {
    fn add(value: &Value, depth: u32, facts: &mut Facts) {
        if !value.taints.is_empty() {
            *facts = facts.and(&Facts::clearing(value.id, ClassSet::of(Class::Sql)));
            // `params![name]` holds the name
            for taint in value.taints.iter() {
                let mut step = Some(&taint.step);
                while let Some(current) = step {
                    *facts = facts.and(&Facts::clearing(current.value, ClassSet::of(Class::Sql)));
                    step = current
                        .previous
                        .as_ref()
                        .filter(|_| matches!(current.kind, StepKind::Through(_)));
                }
            }
        }
        if depth == 0 {
            return;
        }
        match &value.shape {
            Shape::List { items, .. } => items.iter().take(16).for_each(|item| add(item, depth - 1, facts)),
            Shape::Record(fields) => fields.values().take(16).for_each(|field| add(field, depth - 1, facts)),
            _ => {}
        }
    }
    let mut facts = Facts::none();
    for value in arguments.all().skip(from) {
        add(value, 2, &mut facts);
    }
    facts
}

/// How many there are of something, or the first of them: as good as the thing itself where that is asked for.
pub(super) fn counts(name: &str) -> bool {
    matches!(name, "length" | "rows" | "rowCount" | "recordset" | "rowcount" | "size")
}
