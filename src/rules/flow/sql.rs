//! Databases: `sql-injection`, `sql-passthrough`, `weak-sql-filter`, `nosql-injection`.

use super::{Case, Verdict, taken};
use crate::finding::Severity;
use crate::flow::statement_parser;

pub(super) fn sql(case: &Case<'_>) -> Verdict {
    let verdict = if !is_statement(case) {
        Verdict::new(
            "sql-injection",
            Severity::High,
            "becomes part of SQL text run by",
            "the caller writes part of this statement",
            "bind values as parameters; take identifiers from a fixed list, or quote them with the driver's own function",
        )
    } else if case.hit.flaws.iter().any(|flaw| !statement_parser(flaw.why.as_str())) {
        Verdict::new(
            "weak-sql-filter",
            if case.hit.read_only { Severity::Medium } else { Severity::High },
            "passes a filter that other statements pass as well, and is run as SQL by",
            "the filter before does not keep other statements out",
            "let the database refuse: a role that may only read the tables meant, a read-only transaction, one prepared statement; a filter on \
             the text is no limit",
        )
        .once()
        .own_help()
    } else {
        Verdict::new(
            "sql-passthrough",
            Severity::Medium,
            "is run as SQL, as it came, by",
            "the caller's statement runs with all rights of this connection",
            "if running any SQL is the purpose, say so in the description and annotations and connect with a role that may do no more than \
             meant; otherwise offer fixed statements with bound values",
        )
        .once()
        .own_help()
    };
    if case.hit.audit { verdict.audit() } else { verdict }
}

pub(super) fn nosql(case: &Case<'_>) -> Verdict {
    let verdict = if case.hit.whole && names_a_query(case) {
        Verdict::new(
            "nosql-injection",
            Severity::Medium,
            "is run as a query, as it came, by",
            "the caller's query runs with all rights of this connection",
            "offer fixed queries with bound parameters, or connect with a role that may do no more than meant",
        )
        .once()
        .own_help()
    } else if case.hit.whole {
        Verdict::new(
            "nosql-injection",
            Severity::High,
            "is handed over whole as filter, update or query to",
            "operators such as `$where` and `$ne` are in the caller's hands",
            "build the object from named fields, each cast to the type meant (`{ name: { $eq: String(name) } }`)",
        )
    } else {
        Verdict::new(
            "nosql-injection",
            Severity::High,
            "becomes part of a query run by",
            "the caller writes part of this query",
            "bind values as parameters; take names from a fixed list",
        )
    };
    if case.hit.audit { verdict.audit() } else { verdict }
}

/// Whether the caller hands over a statement, not a part of one.
fn is_statement(case: &Case<'_>) -> bool {
    let words = words(case);
    let named = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if !case.hit.whole {
        // `EXPLAIN {sql}`, `SELECT * FROM ({sql}) LIMIT 10`
        return named(&["sql", "statement", "stmt"]) && !named(PARTS);
    }
    let callee = case.hit.callee.as_str();
    let fragment = FRAGMENTS.iter().any(|name| callee.ends_with(name));
    if !fragment {
        return !named(PARTS) || named(&["sql", "query", "statement"]);
    }
    named(&["sql", "query", "statement", "stmt", "script"]) && !named(PARTS)
}

/// Calls that take a piece of a statement as often as a whole one.
const FRAGMENTS: &[&str] = &[
    ".whereRaw",
    ".orderByRaw",
    ".havingRaw",
    ".joinRaw",
    ".fromRaw",
    ".selectRaw",
    ".groupByRaw",
    ".literal",
    ".literal_column",
    ".raw",
    ".push",
    "::cust",
    ".SQL",
    "RawSQL",
    "::sql",
    ".text",
    ".extra",
    ".where",
    ".andWhere",
    ".orWhere",
    ".orderBy",
    ".unsafe",
    "AssertSqlSafe",
];

/// What the parts of a statement are called.
const PARTS: &[&str] = &[
    "where",
    "order",
    "orderby",
    "sort",
    "table",
    "tables",
    "column",
    "columns",
    "field",
    "fields",
    "schema",
    "database",
    "condition",
    "conditions",
    "filter",
    "filters",
    "name",
    "id",
    "limit",
    "group",
    "having",
    "clause",
    "join",
    "dataset",
    "catalog",
    "index",
];

/// The words of the argument's name, lower-cased.
fn words(case: &Case<'_>) -> Vec<String> {
    let Some(name) = case.origin.path.last().copied().or_else(|| taken(case.hit)) else {
        return Vec::new();
    };
    let mut words = vec![String::new()];
    for c in name.as_str().chars() {
        if c == '_' || c == '-' || c == '.' {
            words.push(String::new());
        } else {
            if c.is_uppercase() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn names_a_query(case: &Case<'_>) -> bool {
    let words = words(case);
    let name = case.hit.callee.as_str();
    // an object of operators is no query text
    !name.starts_with("mongodb")
        && !name.starts_with("pymongo")
        && words.iter().any(|word| {
            matches!(
                word.as_str(),
                "query"
                    | "cypher"
                    | "statement"
                    | "surql"
                    | "surrealql"
                    | "script"
                    | "sparql"
                    | "cql"
                    | "code"
                    | "command"
                    | "aql"
            )
        })
}
