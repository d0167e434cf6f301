//! What tests of SQL text prove, and what they only seem to: first words, forbidden words, patterns that look at a part.

use super::args::Arguments;
use super::condition;
use super::fact::Facts;
use super::marks;
use super::value::{ANY, Derived, Flaw, Place, Shape, StepKind, Taint, Value, ValueId};
use crate::ir::{Literal, Name};
use crate::models::{Class, ClassSet, Entry};

const FIRST_WORD: &str = "the first word says little: a CTE can write (`WITH x AS (DELETE …) SELECT …`), functions read files or change state, \
     and a driver that takes several statements runs what follows a `;`";
const WORD_IN_IT: &str = "a word that occurs in the text says nothing about what else is in it";
const FORBIDDEN: &str = "a list of forbidden words leaves out others (`ALTER`, `ATTACH`, `COPY`, functions), and refuses harmless \
     statements that hold such a word in a text";
const FORBIDDEN_CHARACTER: &str =
    "refusing single characters leaves subqueries, `UNION`, functions and free conditions open";

/// How rows of parsers begin what they say: the kind of a statement was read off its tree.
const PARSER: &str = "a parser";

/// Whether a remark speaks of a parser that read the statement: a limit, no filter on text.
pub fn statement_parser(why: &str) -> bool {
    why.starts_with(PARSER)
}

/// Words that statements begin with, and those that lists of forbidden words hold.
const KEYWORDS: &[&str] = &[
    "select",
    "with",
    "show",
    "describe",
    "desc",
    "explain",
    "pragma",
    "values",
    "table",
    "insert",
    "update",
    "delete",
    "drop",
    "create",
    "alter",
    "truncate",
    "replace",
    "merge",
    "grant",
    "revoke",
    "attach",
    "detach",
    "copy",
    "call",
    "exec",
    "execute",
    "vacuum",
    "reindex",
    "load",
    "install",
    "set",
    "use",
    "begin",
    "commit",
    "rollback",
    "union",
    "match",
    "optional",
    "return",
    "detach delete",
    "remove",
    "into",
    "into outfile",
    "load_file",
    "xp_cmdshell",
    "--",
    "/*",
    "sleep",
    "benchmark",
    "lock",
];

/// Whether a constant is a word of SQL, as tests of statements name it.
fn is_keyword(text: &str) -> bool {
    let text = text.trim().trim_end_matches('(').to_ascii_lowercase();
    // `DROP TABLE`, `delete from`
    let first = text.split_whitespace().next().unwrap_or("");
    KEYWORDS.contains(&text.as_str()) || KEYWORDS.contains(&first) && text.len() <= 24
}

/// Whether a collection of constants is a list of words of SQL.
fn holds_keywords(collection: &Value) -> bool {
    match &collection.shape {
        Shape::List { items, .. } => {
            let words = items
                .iter()
                .filter(|item| item.text().is_some_and(|text| is_keyword(text.as_str())))
                .count();
            words > 0 && words * 2 >= items.len()
        }
        Shape::Record(fields) => fields.keys().any(|key| is_keyword(key.as_str())),
        _ => false,
    }
}

/// The remark on a value and on all that it is a part or folding of.
fn remark(value: &Value, why: &str, place: Place) -> Facts {
    let note = || Flaw {
        classes: ClassSet::of(Class::Sql).union(ClassSet::of(Class::Nosql)),
        why: Name::new(why),
        place,
    };
    let mut facts = Facts::flawed(value.id, note());
    let mut current = value.clone();
    for _ in 0..16 {
        let next = match current.derived.as_deref() {
            Some(Derived::PartOf(whole) | Derived::Relative(whole)) => whole.clone(),
            _ => break,
        };
        facts = facts.and(&Facts::flawed(next.id, note()));
        current = next;
    }
    facts
}

/// `sql.startsWith("select")`: what is to be said where it does, and where it does not.
pub(super) fn prefix(text: &Value, prefix: &Value, place: Place) -> Option<(Facts, Facts)> {
    let constant = prefix.text()?;
    (text.is_tainted() && is_keyword(constant.as_str()))
        .then(|| (remark(text, FIRST_WORD, place), remark(text, FORBIDDEN, place)))
}

/// A part of a text equals a constant.
pub(super) fn first_word(value: &Value, known: &Value, place: Place) -> (Facts, Facts) {
    let part = matches!(value.derived.as_deref(), Some(Derived::PartOf(_)));
    if !part || !known.text().is_some_and(|text| is_keyword(text.as_str())) {
        return (Facts::none(), Facts::none());
    }
    (remark(value, FIRST_WORD, place), remark(value, FORBIDDEN, place))
}

/// A part of a text, or a folding of it, is one of a list.
pub(super) fn one_of(value: &Value, collection: &Value, place: Place) -> (Facts, Facts) {
    let part = matches!(value.derived.as_deref(), Some(Derived::PartOf(_)));
    if !part || !holds_keywords(collection) {
        return (Facts::none(), Facts::none());
    }
    (remark(value, FIRST_WORD, place), remark(value, FORBIDDEN, place))
}

/// A text holds another: what is to be said where it does, and where it does not.
pub(super) fn substring(needle: &Value, text: &Value, place: Place) -> (Facts, Facts) {
    let Some(constant) = needle.text() else {
        return (Facts::none(), remark(text, FORBIDDEN, place));
    };
    if is_keyword(constant.as_str()) {
        return (remark(text, WORD_IN_IT, place), remark(text, FORBIDDEN, place));
    }
    if matches!(constant.as_str(), ";" | "'" | "\"" | "`" | "#") {
        return (Facts::none(), remark(text, FORBIDDEN_CHARACTER, place));
    }
    (Facts::none(), Facts::none())
}

/// A pattern applied to a text that it does not clear.
pub(super) fn pattern(text: &Value, pattern: &str, place: Place) -> (Facts, Facts) {
    let lower = pattern.to_ascii_lowercase();
    let named = KEYWORDS.iter().filter(|word| word.len() > 3).any(|word| {
        lower.match_indices(word).any(|(at, found)| {
            let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let before = lower.get(..at).unwrap_or("");
            let after = lower.get(at + found.len()..).unwrap_or("");
            // the `b` of `\bdrop`, the `s` of `\sinto` belong to the pattern
            let before = before
                .strip_suffix(['b', 's', 'w', 'n', 't'])
                .filter(|rest| rest.ends_with('\\'))
                .unwrap_or(before);
            !before.ends_with(inside) && !after.starts_with(inside)
        })
    });
    if !named {
        return (Facts::none(), Facts::none());
    }
    let yes = if lower.trim_start_matches("(?i)").starts_with('^') {
        remark(text, FIRST_WORD, place)
    } else {
        remark(text, WORD_IN_IT, place)
    };
    (yes, remark(text, FORBIDDEN, place))
}

/// What a statement that runs now says of those after it: in a read-only transaction they do less harm.
pub(super) fn limits(entry: &Entry, this: Option<&Value>, arguments: &Arguments) -> Facts {
    for row in entry.sinks.iter().filter(|row| row.class == Class::Sql) {
        if !row
            .when
            .iter()
            .all(|condition| condition::holds(condition, this, arguments))
        {
            continue;
        }
        for value in arguments.select(&row.arg, this) {
            let Some(text) = value.text() else { continue };
            let text = text.to_ascii_lowercase();
            if text.contains("read only") || text.contains("read_only") || text.contains("query_only") {
                return Facts::clearing(ANY, marks::READ_ONLY);
            }
            if text.starts_with("rollback") || text.starts_with("commit") {
                return Facts::none();
            }
        }
    }
    Facts::none()
}

/// Whether a text that is built begins like a statement.
pub(super) fn reads_like_sql(value: &Value) -> bool {
    let head = |value: &Value| value.text().map(|text| text.trim_start().to_ascii_lowercase());
    let first = match &value.shape {
        Shape::Text(parts) => parts.first().and_then(head),
        Shape::Constant(Literal::Str(_)) => head(value),
        _ => None,
    };
    first.is_some_and(|text| {
        [
            "select ",
            "insert ",
            "update ",
            "delete from",
            "create ",
            "alter ",
            "drop ",
            "with ",
            "pragma ",
            "show ",
            "describe ",
            "explain ",
            "truncate ",
            "replace into",
            "select\n",
            "use ",
            "merge into",
        ]
        .iter()
        .any(|word| text.starts_with(word))
    })
}

/// Whether a variable of that name holds a connection to a database, as far as names tell.
pub(super) fn names_a_database(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.trim_start_matches('_').trim_end_matches('_');
    name.split('_').any(|part| {
        matches!(
            part,
            "cursor"
                | "cur"
                | "curs"
                | "conn"
                | "connection"
                | "db"
                | "database"
                | "sqlite"
                | "pg"
                | "postgres"
                | "mysql"
                | "pool"
                | "dbconn"
                | "knex"
                | "sequelize"
                | "prisma"
                | "datasource"
                | "trx"
                | "tx"
                | "duckdb"
                | "con"
        )
    }) || name.ends_with("cursor")
        || name.ends_with("connection")
        || name.ends_with("database")
        || name.ends_with("pool")
}

/// The untrusted text of a statement: of `{ text, values }` the text, of a list of statements each.
pub(super) fn statements(value: &Value) -> Vec<(Taint, ValueId)> {
    match &value.shape {
        Shape::Record(fields) => ["sql", "text", "query", "sqlText", "statement"]
            .iter()
            .find_map(|key| fields.get(&Name::new(key)))
            .map(statements)
            .unwrap_or_default(),
        Shape::List { items, rest } => items.iter().chain(rest).take(16).flat_map(one_statement).collect(),
        _ => value.all_taints(),
    }
}

/// A statement in a list: no list again.
fn one_statement(value: &Value) -> Vec<(Taint, ValueId)> {
    match value.shape {
        Shape::List { .. } => Vec::new(),
        _ => statements(value),
    }
}

/// The untrusted parts of a query object that may hold operators: the object itself, stages and what certain operators take.
pub(super) fn operators(value: &Value) -> Vec<(Taint, ValueId)> {
    let mut found = Vec::new();
    collect_operators(value, 6, &mut found);
    found
}

fn collect_operators(value: &Value, depth: u32, into: &mut Vec<(Taint, ValueId)>) {
    into.extend(value.taints.iter().map(|taint| (taint.clone(), value.id)));
    if depth == 0 {
        return;
    }
    match &value.shape {
        Shape::Record(fields) => {
            for (name, field) in fields.iter() {
                if matches!(
                    name.as_str(),
                    "$where"
                        | "$function"
                        | "$accumulator"
                        | "$expr"
                        | "$match"
                        | "$and"
                        | "$or"
                        | "$nor"
                        | "$lookup"
                        | "$facet"
                ) {
                    collect_operators(field, depth - 1, into);
                }
            }
        }
        Shape::List { items, rest } => items
            .iter()
            .chain(rest)
            .for_each(|item| collect_operators(item, depth - 1, into)),
        _ => {}
    }
}

/// A tagged template hands its interpolations to the library apart from the text: as values, they are bound.
pub(super) fn bind(arguments: &mut Arguments, tag: &str) {
    if matches!(
        tag,
        "raw" | "dedent" | "outdent" | "stripIndent" | "stripIndents" | "oneLine" | "codeBlock" | "unindent" | "html"
    ) {
        return;
    }
    let bound = ClassSet::of(Class::Sql).union(ClassSet::of(Class::Nosql));
    for value in &mut arguments.positional {
        if value.is_tainted() {
            *value = value.clone().with(|data| {
                data.taints = data
                    .taints
                    .iter()
                    .map(|taint| Taint {
                        cleared: taint.cleared.union(bound),
                        ..taint.clone()
                    })
                    .collect();
            });
        }
    }
}

/// Whether a call that is known by its method's name alone speaks to a database: its receiver is called like one, or the text reads
/// like a statement.
pub(super) fn telling(class: Class, callee: &str, receiver: Option<&str>, value: &Value) -> bool {
    match class {
        Class::Sql => receiver.is_some_and(names_a_database) || reads_like_sql(value),
        Class::Nosql => receiver.is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            name.ends_with("collection") || matches!(name.as_str(), "coll" | "col")
        }),
        _ => !callee.starts_with("*."),
    }
}

/// Methods that half of all libraries have: without more to go by, not even worth a look.
pub(super) fn is_common(callee: &str) -> bool {
    matches!(
        callee,
        "*.all"
            | "*.run"
            | "*.each"
            | "*.exec"
            | "*.batch"
            | "*.prepare"
            | "*.fetch"
            | "*.find"
            | "*.command"
            | "*.sql"
            | "*.fetch_all"
            | "*.fetch_one"
            | "*.aggregate"
            | "*.findOne"
            | "*.query_map"
    )
}

/// Whether a library composed the text from values that it binds: a query builder's methods on the way.
pub(super) fn composed(taint: &Taint) -> bool {
    taint.step.way().iter().any(|step| {
        matches!(step.kind, StepKind::Through(name) if matches!(
            name.as_str(),
            "select" | "where" | "filter" | "filter_by" | "values" | "insert" | "update" | "delete" | "and_" | "or_" | "where_"
                | "order_by" | "orderBy" | "insertInto" | "selectFrom" | "insert_into" | "bindparams" | "eq" | "params"
        ))
    })
}
