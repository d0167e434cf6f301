//! Schemas of arguments: zod and its like, JSON Schema, classes.

mod class;
mod json;
mod show;
mod zod;

pub(super) use class::{class_params, typed_param};
pub(super) use show::show;

use super::entry::Parameter;
use super::value::{At, Values};
use crate::ir::{ArgKind, Element, ExprKind, Name};
use crate::project::{FuncRef, Symbol, Ty};

/// Nested schemas deeper than this are not read.
const DEPTH: u32 = 24;

/// A schema read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Schema {
    /// The type of the whole record of arguments.
    pub(super) ty: Ty,
    /// Its fields, for people.
    pub(super) params: Vec<Parameter>,
}

/// One field of a schema.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    ty: Ty,
    required: bool,
    description: Option<Name>,
    checks: Vec<FuncRef>,
    bounded: bool,
}

impl Field {
    fn of(ty: Ty) -> Self {
        Self {
            ty,
            required: true,
            description: None,
            checks: Vec::new(),
            bounded: false,
        }
    }
}

impl Schema {
    /// A schema of named fields.
    fn of_fields(values: &Values<'_>, fields: Vec<(Name, Field)>) -> Self {
        let params = fields
            .iter()
            .map(|(name, field)| Parameter {
                name: *name,
                ty: field.ty.clone(),
                type_text: show(values.project, &field.ty),
                description: field.description,
                required: field.required,
                checks: field.checks.clone(),
                bounded: field.bounded,
            })
            .collect();
        Self {
            ty: Ty::Record(fields.into_iter().map(|(name, field)| (name, field.ty)).collect()),
            params,
        }
    }

    /// A schema that is known by its type alone.
    fn of_type(values: &Values<'_>, ty: Ty) -> Self {
        let params = match &ty {
            Ty::Class(class) => class_params(values, *class),
            Ty::Record(fields) => fields
                .iter()
                .map(|(name, ty)| Parameter {
                    name: *name,
                    ty: ty.clone(),
                    type_text: show(values.project, ty),
                    description: None,
                    required: !matches!(ty, Ty::Optional(_)),
                    checks: Vec::new(),
                    bounded: false,
                })
                .collect(),
            _ => Vec::new(),
        };
        Self { ty, params }
    }
}

/// Reads a schema, whatever its kind. `None` when the expression is none (a text, an annotations record, a function).
pub(super) fn read(values: &Values<'_>, at: At) -> Option<Schema> {
    if !values.schema_step() {
        return None;
    }
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Record { ty: None, .. } => read_record(values, at),
        ExprKind::List { elements, .. } => read_list(values, at, elements),
        ExprKind::Name(_) | ExprKind::Path(_) => class_schema(values, at),
        ExprKind::Field { base, name, .. }
            if matches!(name.as_str(), "shape" | "def" | "_def" | "schema" | "input") =>
        {
            class_schema(values, at).or_else(|| read(values, at.with(*base)))
        }
        ExprKind::Field { .. } => class_schema(values, at),
        ExprKind::Call(call) => {
            if let Some(field) = zod::field(values, at, DEPTH) {
                return Some(of_zod(values, field.ty, at));
            }
            if let Some(first) = call.type_args.first() {
                return Some(Schema::of_type(
                    values,
                    values.project.type_of(at.module, at.scope, *first),
                ));
            }
            // `Tool(name=…, inputSchema=…)`.
            for key in ["inputSchema", "input_schema"] {
                if let Some(arg) = call
                    .args
                    .iter()
                    .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == key))
                {
                    return read(values, at.with(arg.value));
                }
            }
            // A conversion (`zodToJsonSchema(S)`), or a method of the schema (`Model.model_json_schema()`).
            let converted = call.args.first().and_then(|arg| {
                (values.follow(at.with(arg.value)) != at)
                    .then(|| read(values, at.with(arg.value)))
                    .flatten()
            });
            converted.or_else(|| match &values.module(at.module).expr(call.callee).kind {
                ExprKind::Field { base, .. } => class_schema(values, at.with(*base)).or_else(|| {
                    matches!(
                        values.expr(values.follow(at.with(*base))).kind,
                        ExprKind::Call(_) | ExprKind::Record { .. }
                    )
                    .then(|| zod::field(values, at.with(*base), DEPTH).map(|field| of_zod(values, field.ty, at)))
                    .flatten()
                }),
                ExprKind::Path(path) => {
                    let (_, head) = path.split_last()?;
                    let symbol = match head {
                        [] => return None,
                        [only] => values.project.resolve_name(at.module, at.scope, *only),
                        _ => values.project.resolve_path(at.module, at.scope, head),
                    };
                    match symbol {
                        Symbol::Class(class) => Some(Schema::of_type(values, Ty::Class(class))),
                        _ => None,
                    }
                }
                _ => None,
            })
        }
        _ => None,
    }
}

fn of_zod(values: &Values<'_>, ty: Ty, at: At) -> Schema {
    match &ty {
        Ty::Record(_) => zod::object_fields(values, at, DEPTH)
            .map(|fields| Schema::of_fields(values, fields))
            .unwrap_or_else(|| Schema::of_type(values, ty)),
        _ => Schema::of_type(values, ty),
    }
}

fn class_schema(values: &Values<'_>, at: At) -> Option<Schema> {
    let symbol = match &values.expr(at).kind {
        ExprKind::Name(name) if values.local(at.module, at.scope, *name).is_none() => {
            values.project.resolve_name(at.module, at.scope, *name)
        }
        ExprKind::Path(path) => values.project.resolve_path(at.module, at.scope, path),
        ExprKind::Field { .. } => values.project.resolve_expr(at.module, at.scope, at.expr)?,
        _ => return None,
    };
    match symbol {
        Symbol::Class(class) => Some(Schema::of_type(values, Ty::Class(class))),
        _ => None,
    }
}

/// A record: JSON Schema, a shape of zod types, or fields each described by a small record.
fn read_record(values: &Values<'_>, at: At) -> Option<Schema> {
    let entries = values.entries(at);
    let has = |key: &str| entries.iter().any(|(name, _)| name.as_str() == key);
    if has("properties")
        || (has("type")
            && values
                .member(at, Name::new("type"))
                .and_then(|ty| values.text(ty))
                .is_some())
    {
        return json::object(values, at, DEPTH).map(|fields| Schema::of_fields(values, fields));
    }
    let mut fields = Vec::new();
    for (name, value) in &entries {
        if let Some(field) = shape_field(values, *value) {
            fields.push((*name, field));
        } else if let Some(field) = class_name_field(values, *value) {
            fields.push((*name, field));
        } else if unresolved(values, *value) {
            fields.push((*name, Field::of(Ty::Unknown)));
        }
    }
    (entries.is_empty() || !fields.is_empty()).then(|| Schema::of_fields(values, fields))
}

/// One entry of a shape.
fn shape_field(values: &Values<'_>, at: At) -> Option<Field> {
    if let Some(field) = zod::field(values, at, DEPTH) {
        return Some(field);
    }
    let at = values.follow(at);
    let ExprKind::Record { .. } = &values.expr(at).kind else {
        return None;
    };
    let ty = values.member(at, Name::new("type"))?;
    let mut field = match zod::field(values, ty, DEPTH) {
        Some(field) => field,
        None => json::field(values, at, DEPTH)?,
    };
    if let Some(text) = values
        .member(at, Name::new("description"))
        .and_then(|text| values.text(text))
    {
        field.description = Some(text);
    }
    if let Some(required) = values.member(at, Name::new("required"))
        && matches!(
            values.expr(required).kind,
            ExprKind::Literal(crate::ir::Literal::Bool(false))
        )
    {
        field.required = false;
    }
    Some(field)
}

/// `{"a": str}`: a type of the language as value.
fn class_name_field(values: &Values<'_>, at: At) -> Option<Field> {
    let ExprKind::Name(name) = &values.expr(values.peel(at)).kind else {
        return None;
    };
    Some(Field::of(match name.as_str() {
        "str" => Ty::Str,
        "int" => Ty::Int,
        "float" => Ty::Float,
        "bool" => Ty::Bool,
        "list" => Ty::List(Box::new(Ty::Unknown)),
        "dict" => Ty::Map(Box::new(Ty::Unknown)),
        _ => return None,
    }))
}

/// Whether a value comes from elsewhere, so that it may well be a schema.
fn unresolved(values: &Values<'_>, at: At) -> bool {
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Name(_) | ExprKind::Field { .. } | ExprKind::Path(_) => true,
        ExprKind::Call(call) => matches!(values.expr(values.root(at.with(call.callee))).kind, ExprKind::Name(_)),
        _ => false,
    }
}

/// `[{name, description, required}]`: arguments of prompts, inputs of some frameworks.
fn read_list(values: &Values<'_>, at: At, elements: &[Element]) -> Option<Schema> {
    let mut fields = Vec::new();
    for item in values.elements(at) {
        let record = values.follow(item);
        let Some(name) = values
            .member(record, Name::new("name"))
            .and_then(|name| values.text(name))
        else {
            continue;
        };
        let mut field = Field::of(Ty::Str);
        if let Some(ty) = values.member(record, Name::new("type")).and_then(|ty| values.text(ty)) {
            field.ty = json::of_name(ty.as_str());
        }
        field.description = values
            .member(record, Name::new("description"))
            .and_then(|text| values.text(text));
        field.required = values.member(record, Name::new("required")).is_some_and(|value| {
            matches!(
                values.expr(values.peel(value)).kind,
                ExprKind::Literal(crate::ir::Literal::Bool(true))
            )
        });
        fields.push((name, field));
    }
    (elements.is_empty() || !fields.is_empty()).then(|| Schema::of_fields(values, fields))
}
