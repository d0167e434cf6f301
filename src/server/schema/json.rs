//! JSON Schema written as a record literal.

use super::Field;
use crate::ir::{ExprKind, Literal, Name};
use crate::project::Ty;
use crate::server::value::{At, Values};

/// The properties of an object schema.
pub(super) fn object(values: &Values<'_>, at: At, depth: u32) -> Option<Vec<(Name, Field)>> {
    let Some(properties) = member(values, at, "properties") else {
        return Some(Vec::new());
    };
    let required: Vec<Name> = member(values, at, "required")
        .map(|list| values.elements(list))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|item| values.text(item))
        .collect();
    let properties = values.follow(properties);
    let fields = values
        .entries(properties)
        .into_iter()
        .map(|(name, value)| {
            let mut field = field(values, value, depth.saturating_sub(1)).unwrap_or_else(|| Field::of(Ty::Unknown));
            field.required = required.contains(&name);
            (name, field)
        })
        .collect();
    Some(fields)
}

/// One property.
pub(super) fn field(values: &Values<'_>, at: At, depth: u32) -> Option<Field> {
    if depth == 0 || !values.schema_step() {
        return None;
    }
    let at = values.follow(at);
    if !matches!(values.expr(at).kind, ExprKind::Record { .. }) {
        return None;
    }
    let mut field = Field::of(type_of(values, at, depth));
    field.description = member(values, at, "description").and_then(|text| values.text(text));
    field.bounded = member(values, at, "maxLength").is_some();
    Some(field)
}

fn member(values: &Values<'_>, at: At, name: &str) -> Option<At> {
    values.member(at, Name::new(name))
}

fn type_of(values: &Values<'_>, at: At, depth: u32) -> Ty {
    if let Some(list) = member(values, at, "enum") {
        return Ty::Enum(
            values
                .elements(list)
                .into_iter()
                .filter_map(|item| literal(values, item))
                .collect(),
        );
    }
    if let Some(only) = member(values, at, "const") {
        return Ty::Enum(literal(values, only).into_iter().collect());
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(list) = member(values, at, key) {
            let all = values.elements(list).into_iter();
            return Ty::Union(
                all.map(|item| field(values, item, depth - 1).map_or(Ty::Unknown, |field| field.ty))
                    .collect(),
            );
        }
    }
    let Some(ty) = member(values, at, "type") else {
        return Ty::Unknown;
    };
    if let Some(name) = values.text(ty) {
        return named(values, at, name.as_str(), depth);
    }
    let names: Vec<Name> = values
        .elements(ty)
        .into_iter()
        .filter_map(|item| values.text(item))
        .collect();
    let mut kinds: Vec<Ty> = names
        .iter()
        .filter(|name| name.as_str() != "null")
        .map(|name| named(values, at, name.as_str(), depth))
        .collect();
    match (kinds.len(), names.len()) {
        (0, _) => Ty::Unknown,
        (1, 1) => kinds.remove(0),
        (1, _) => Ty::Optional(Box::new(kinds.remove(0))),
        _ => Ty::Union(kinds),
    }
}

fn named(values: &Values<'_>, at: At, name: &str, depth: u32) -> Ty {
    match name {
        "string" => {
            if let Some(pattern) = member(values, at, "pattern").and_then(|text| values.text(text)) {
                return Ty::Pattern(pattern);
            }
            Ty::Str
        }
        "array" => {
            let items = member(values, at, "items").and_then(|items| field(values, items, depth - 1));
            Ty::List(Box::new(items.map_or(Ty::Unknown, |field| field.ty)))
        }
        "object" => match object(values, at, depth - 1) {
            Some(fields) if !fields.is_empty() => {
                Ty::Record(fields.into_iter().map(|(name, field)| (name, field.ty)).collect())
            }
            _ => Ty::Map(Box::new(Ty::Unknown)),
        },
        other => of_name(other),
    }
}

/// The type that a bare name says. `format` is not checked by validators by default, so it says nothing.
pub(super) fn of_name(name: &str) -> Ty {
    match name {
        "string" => Ty::Str,
        "integer" | "int" => Ty::Int,
        "number" | "float" => Ty::Float,
        "boolean" | "bool" => Ty::Bool,
        "null" => Ty::Scalar,
        "array" => Ty::List(Box::new(Ty::Unknown)),
        "object" => Ty::Map(Box::new(Ty::Unknown)),
        _ => Ty::Unknown,
    }
}

fn literal(values: &Values<'_>, at: At) -> Option<Literal> {
    match &values.expr(values.follow(at)).kind {
        ExprKind::Literal(literal) => Some(literal.clone()),
        _ => values.text(at).map(Literal::Str),
    }
}
