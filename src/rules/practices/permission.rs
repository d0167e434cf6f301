//! `wildcard-permission`: a role that may do everything, also what is added later.

use super::names::Known;
use super::packages;
use crate::finding::Finding;
use crate::ir::{CollectionKind, Element, ExprId, ExprKind, Key, Literal, Module, Name, RecordEntry, StmtKind, walk};
use crate::models::Practices;
use crate::rules::{Context, Draft};

pub(in crate::rules) fn wildcard_permission(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let practices = context.models.practices();
    for package in packages(context) {
        let found = package.modules.iter().find_map(|id| {
            let module = context.project.module(*id);
            wildcard(module, practices).map(|(role, value)| (*id, role, module.expr(value).span))
        });
        let Some((module, role, span)) = found else { continue };
        findings.push(
            Draft::new(
                "wildcard-permission",
                context.location(module, span),
                format!("role `{role}` may call everything, also tools that are added later"),
            )
            .label("all there is, and all there will be")
            .help("name the tools that the role may call, and let a tool that no list names be refused")
            .scope(role.as_str())
            .build(),
        );
    }
}

/// The first role of a table that has `*`, and where that stands.
fn wildcard(module: &Module, practices: &Practices) -> Option<(Name, ExprId)> {
    let mut roles = Known::new(&practices.roles);
    let mut tables = Known::new(&practices.permission_tables);
    (0_u32..).map(ExprId).zip(&module.exprs).find_map(|(id, expr)| {
        let pairs = match &expr.kind {
            ExprKind::Record { entries, .. } => record_pairs(entries),
            ExprKind::List {
                kind: CollectionKind::List,
                elements,
            } => tuple_pairs(module, elements),
            _ => return None,
        };
        let (role, value) = *pairs
            .iter()
            .find(|(key, value)| roles.has(*key) && is_wildcard(module, *value, 3))?;
        // a list of names beside it says as much as the table's own name
        let listed = pairs
            .iter()
            .any(|(key, value)| *key != role && roles.has(*key) && is_list_of_names(module, *value));
        (listed || holder(module, id).is_some_and(|name| tables.has(name))).then_some((role, value))
    })
}

fn record_pairs(entries: &[RecordEntry]) -> Vec<(Name, ExprId)> {
    let pair = |entry: &RecordEntry| match entry {
        RecordEntry::Pair {
            key: Key::Name(name),
            value,
            ..
        } => Some((*name, *value)),
        _ => None,
    };
    entries.iter().filter_map(pair).collect()
}

/// `[("admin", vec!["*"]), …]`.
fn tuple_pairs(module: &Module, elements: &[Element]) -> Vec<(Name, ExprId)> {
    let pair = |element: &Element| {
        let Element::Item(item) = element else { return None };
        let ExprKind::List {
            kind: CollectionKind::Tuple,
            elements,
        } = &module.expr(*item).kind
        else {
            return None;
        };
        match &**elements {
            [Element::Item(key), Element::Item(value)] => match &module.expr(*key).kind {
                ExprKind::Literal(Literal::Str(text)) => Some((*text, *value)),
                _ => None,
            },
            _ => None,
        }
    };
    elements.iter().filter_map(pair).collect()
}

/// `"*"`, or a collection or record that has it.
fn is_wildcard(module: &Module, value: ExprId, depth: u32) -> bool {
    if depth == 0 {
        return false;
    }
    match &module.expr(value).kind {
        ExprKind::Literal(Literal::Str(text)) => text == "*",
        ExprKind::List { elements, .. } => elements
            .iter()
            .any(|element| matches!(element, Element::Item(item) if is_wildcard(module, *item, depth - 1))),
        ExprKind::Record { entries, .. } => record_pairs(entries)
            .iter()
            .any(|(_, value)| is_wildcard(module, *value, depth - 1)),
        ExprKind::Call(call) => call.args.iter().any(|arg| is_wildcard(module, arg.value, depth - 1)),
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => is_wildcard(module, *inner, depth),
        _ => false,
    }
}

fn is_list_of_names(module: &Module, value: ExprId) -> bool {
    match &module.expr(value).kind {
        ExprKind::List { elements, .. } => elements.iter().any(|element| {
            matches!(element, Element::Item(item) if matches!(module.expr(*item).kind, ExprKind::Literal(Literal::Str(_))))
        }),
        _ => false,
    }
}

/// The variable or field whose value an expression is part of.
fn holder(module: &Module, of: ExprId) -> Option<Name> {
    let span = module.expr(of).span;
    let holds = |value: ExprId| {
        let mut found = false;
        if module.expr(value).span.contains(span) {
            walk::descend(module, value, &mut |at| found |= at == of);
        }
        found
    };
    let fields = module.classes.iter().flat_map(|class| &class.fields);
    for field in fields {
        if field.value.is_some_and(holds) {
            return Some(field.name);
        }
    }
    module
        .functions
        .iter()
        .flat_map(|function| &function.body)
        .find_map(|stmt| {
            let (pattern, value) = match &stmt.kind {
                StmtKind::Let {
                    pattern,
                    value: Some(value),
                    ..
                } => (pattern, *value),
                StmtKind::Assign { target, value, .. } => (target, *value),
                _ => return None,
            };
            if !holds(value) {
                return None;
            }
            let mut name = None;
            walk::names_of_pattern(pattern, &mut |bound| name = name.or(Some(bound)));
            name
        })
}
