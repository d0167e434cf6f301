//! zod schemas and libraries that read alike.

use super::Field;
use crate::ir::{Arg, ArgKind, Call, ClassKind, ExprKind, Literal, Name};
use crate::project::{Symbol, Ty};
use crate::server::value::{At, Values};

/// The type that a schema expression describes; `None` when it is no such expression.
pub(super) fn field(values: &Values<'_>, at: At, depth: u32) -> Option<Field> {
    if depth == 0 || !values.schema_step() {
        return Some(Field::of(Ty::Unknown));
    }
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Call(call) => {
            let ExprKind::Field { base, name, .. } = &values.module(at.module).expr(call.callee).kind else {
                // `completable(z.string(), …)`.
                let first = call.args.first().filter(|_| call.args.len() == 2)?;
                return field(values, at.with(first.value), depth - 1);
            };
            let base = at.with(*base);
            match namespace(values, base) {
                Some(Namespace::Plain) => Some(construct(values, at, *name, call, depth - 1)),
                Some(Namespace::Coerce) => Some(match construct(values, at, *name, call, depth - 1) {
                    Field { ty: Ty::Unknown, .. } => Field::of(Ty::Scalar),
                    other => other,
                }),
                Some(Namespace::Iso) => Some(Field::of(Ty::Scalar)),
                None => {
                    let inner = field(values, base, depth - 1)?;
                    Some(modify(values, at, inner, *name, call, depth - 1))
                }
            }
        }
        // `Schema.shape.field`, `Schema.shape`.
        ExprKind::Field { base, name, .. } => {
            if name.as_str() == "shape" {
                return field(values, at.with(*base), depth - 1);
            }
            let Field {
                ty: Ty::Record(fields), ..
            } = field(values, at.with(*base), depth - 1)?
            else {
                return None;
            };
            fields
                .into_iter()
                .find(|(field, _)| field == name)
                .map(|(_, ty)| Field::of(ty))
        }
        _ => None,
    }
}

/// The fields of an object schema or shape, with their descriptions.
pub(super) fn object_fields(values: &Values<'_>, at: At, depth: u32) -> Option<Vec<(Name, Field)>> {
    if depth == 0 || !values.schema_step() {
        return None;
    }
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Record { .. } => Some(shape(values, at, depth - 1)),
        ExprKind::Field { base, name, .. } if name.as_str() == "shape" => {
            object_fields(values, at.with(*base), depth - 1)
        }
        ExprKind::Call(call) => {
            let ExprKind::Field { base, name, .. } = &values.module(at.module).expr(call.callee).kind else {
                return None;
            };
            let first = call.args.first().map(|arg| at.with(arg.value));
            if namespace(values, at.with(*base)).is_some() {
                let objects = matches!(name.as_str(), "object" | "strictObject" | "looseObject" | "Object");
                return objects
                    .then(|| first.map_or_else(Vec::new, |first| shape(values, values.follow(first), depth - 1)));
            }
            let mut fields = object_fields(values, at.with(*base), depth - 1)?;
            match name.as_str() {
                "extend" | "safeExtend" | "merge" | "and" | "augment" => {
                    for (name, field) in object_fields(values, first?, depth - 1)? {
                        fields.retain(|(other, _)| *other != name);
                        fields.push((name, field));
                    }
                }
                "pick" | "omit" => {
                    let keys: Vec<Name> = values
                        .entries(values.follow(first?))
                        .into_iter()
                        .map(|(name, _)| name)
                        .collect();
                    let keep = name.as_str() == "pick";
                    fields.retain(|(name, _)| keys.contains(name) == keep);
                }
                "partial" | "deepPartial" => fields.iter_mut().for_each(|(_, field)| field.required = false),
                "required" => fields.iter_mut().for_each(|(_, field)| field.required = true),
                _ => {}
            }
            Some(fields)
        }
        _ => None,
    }
}

fn shape(values: &Values<'_>, at: At, depth: u32) -> Vec<(Name, Field)> {
    values
        .entries(at)
        .into_iter()
        .map(|(name, value)| {
            (
                name,
                field(values, value, depth).unwrap_or_else(|| Field::of(Ty::Unknown)),
            )
        })
        .collect()
}

/// `z`, `z.coerce`, `z.iso`.
enum Namespace {
    Plain,
    Coerce,
    Iso,
}

fn namespace(values: &Values<'_>, at: At) -> Option<Namespace> {
    let at = values.peel(at);
    match &values.expr(at).kind {
        ExprKind::Name(name) => {
            let known = values.schema_roots().any(|root| root == name.as_str())
                || values
                    .external(at)
                    .is_some_and(|external| external.split(['.', '/']).next() == Some("zod"));
            known.then_some(Namespace::Plain)
        }
        ExprKind::Field { base, name, .. } => {
            namespace(values, at.with(*base))?;
            match name.as_str() {
                "coerce" => Some(Namespace::Coerce),
                "iso" => Some(Namespace::Iso),
                "z" | "default" | "schema" => Some(Namespace::Plain),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `z.string()` and the like.
fn construct(values: &Values<'_>, at: At, name: Name, call: &Call, depth: u32) -> Field {
    let arg = |index: usize| call.args.get(index).map(|arg: &Arg| at.with(arg.value));
    let inner = |index: usize| {
        arg(index)
            .and_then(|at| field(values, at, depth))
            .unwrap_or_else(|| Field::of(Ty::Unknown))
    };
    let all = |at: Option<At>| -> Vec<Ty> {
        at.map(|at| values.elements(at))
            .unwrap_or_default()
            .into_iter()
            .map(|item| field(values, item, depth).map_or(Ty::Unknown, |field| field.ty))
            .collect()
    };
    Field::of(match name.as_str() {
        "string" | "String" | "email" | "base64" | "base64url" | "jwt" | "emoji" | "templateLiteral" | "e164"
        | "hostname" => Ty::Str,
        "url" | "httpUrl" => Ty::Url,
        "uuid" | "uuidv4" | "uuidv6" | "uuidv7" | "guid" | "cuid" | "cuid2" | "ulid" | "nanoid" | "ksuid" | "xid"
        | "ipv4" | "ipv6" | "cidrv4" | "cidrv6" | "date" | "null" | "undefined" | "void" | "never" | "hex" | "hash" => {
            Ty::Scalar
        }
        "int" | "int32" | "uint32" | "int64" | "uint64" | "bigint" | "integer" | "Integer" => Ty::Int,
        "number" | "Number" | "float32" | "float64" | "nan" => Ty::Float,
        "boolean" | "Boolean" | "stringbool" => Ty::Bool,
        "literal" | "Literal" => arg(0).map_or(Ty::Unknown, |at| constants(values, at)),
        "enum" | "nativeEnum" | "picklist" | "Enum" => {
            arg(0).map_or(Ty::Enum(Box::default()), |at| constants(values, at))
        }
        "array" | "set" | "Array" => Ty::List(Box::new(inner(0).ty)),
        "tuple" | "Tuple" => Ty::Tuple(all(arg(0))),
        "record" | "Record" | "partialRecord" | "map" => Ty::Map(Box::new(inner(call.args.len().saturating_sub(1)).ty)),
        "object" | "strictObject" | "looseObject" | "Object" => Ty::Record(
            arg(0)
                .map(|at| shape(values, values.follow(at), depth))
                .unwrap_or_default()
                .into_iter()
                .map(|(name, field)| (name, field.ty))
                .collect(),
        ),
        "union" | "Union" | "xor" | "variant" => merged(all(call.args.iter().find_map(|arg| list_of(values, at, arg)))),
        "discriminatedUnion" => merged(all(arg(1))),
        "intersection" | "Intersect" => both(inner(0).ty, inner(1).ty),
        "optional" | "nullish" | "Optional" | "_default" => {
            return Field {
                required: false,
                ..inner(0)
            };
        }
        "nullable" | "readonly" | "Readonly" | "pipe" => return inner(0),
        "preprocess" => return inner(1),
        _ => Ty::Unknown,
    })
}

fn list_of(values: &Values<'_>, at: At, arg: &Arg) -> Option<At> {
    let list = values.follow(at.with(arg.value));
    matches!(values.expr(list).kind, ExprKind::List { .. }).then_some(list)
}

/// What a method does to the schema it is called on.
fn modify(values: &Values<'_>, at: At, mut inner: Field, name: Name, call: &Call, depth: u32) -> Field {
    let first = call
        .args
        .first()
        .filter(|arg| arg.kind == ArgKind::Positional)
        .map(|arg| at.with(arg.value));
    match name.as_str() {
        "optional" | "nullish" | "default" | "catch" | "prefault" | "exactOptional" => inner.required = false,
        "describe" => inner.description = first.and_then(|at| values.text(at)).or(inner.description),
        "meta" => {
            let text = first.and_then(|at| values.member(at, Name::new("description")));
            inner.description = text.and_then(|at| values.text(at)).or(inner.description);
        }
        "max" | "length" | "maxLength" => inner.bounded = true,
        "refine" => inner.checks.extend(first.and_then(|at| values.function_of(at))),
        "regex" if inner.ty == Ty::Str => {
            if let Some(pattern) = first.and_then(|at| regex(values, at)) {
                inner.ty = Ty::Pattern(pattern);
            }
        }
        "uuid" | "uuidv4" | "guid" | "cuid" | "cuid2" | "ulid" | "nanoid" | "datetime" | "date" | "time"
        | "duration" | "ip" | "ipv4" | "ipv6" | "cidr"
            if inner.ty == Ty::Str =>
        {
            inner.ty = Ty::Scalar;
        }
        "url" if inner.ty == Ty::Str => inner.ty = Ty::Url,
        "int" if inner.ty == Ty::Float => inner.ty = Ty::Int,
        "array" => inner.ty = Ty::List(Box::new(inner.ty)),
        "or" => {
            let other = first
                .and_then(|at| field(values, at, depth))
                .map_or(Ty::Unknown, |field| field.ty);
            inner.ty = merged(vec![inner.ty, other]);
        }
        "keyof" => {
            inner.ty = match inner.ty {
                Ty::Record(fields) => Ty::Enum(fields.into_iter().map(|(name, _)| Literal::Str(name)).collect()),
                _ => Ty::Enum(Box::default()),
            }
        }
        "pipe" => {
            if let Some(next) = first.and_then(|at| field(values, at, depth)) {
                inner.ty = next.ty;
            }
        }
        "extend" | "safeExtend" | "merge" | "and" | "augment" | "pick" | "omit" => {
            if let Some(fields) = object_fields(values, at, depth) {
                inner.ty = Ty::Record(fields.into_iter().map(|(name, field)| (name, field.ty)).collect());
            } else if matches!(name.as_str(), "merge" | "and") {
                let other = first
                    .and_then(|at| field(values, at, depth))
                    .map_or(Ty::Unknown, |field| field.ty);
                inner.ty = both(inner.ty, other);
            }
        }
        // A transformation may do anything: numbers stay harmless only by luck.
        "transform" | "overwrite" if !inner.ty.is_harmless() => inner.ty = widened(inner.ty),
        _ => {}
    }
    inner
}

/// What is left of a type after a function has changed the value: no proof by pattern.
fn widened(ty: Ty) -> Ty {
    match ty {
        Ty::Pattern(_) => Ty::Str,
        other => other,
    }
}

fn regex(values: &Values<'_>, at: At) -> Option<Name> {
    let at = values.follow(at);
    match &values.expr(at).kind {
        ExprKind::Literal(Literal::Regex(pattern, flags)) => {
            // Under `m` the anchors match at every line.
            (!flags.contains('m')).then_some(*pattern)
        }
        ExprKind::Call(call) => call
            .args
            .first()
            .filter(|_| call.args.len() == 1)
            .and_then(|arg| values.text(at.with(arg.value))),
        _ => None,
    }
}

/// The constants of an enumeration: a list, an object, a TypeScript enum, a single value. Empty when they are not in sight:
/// the set is closed all the same.
fn constants(values: &Values<'_>, at: At) -> Ty {
    let at = values.follow(at);
    let literal = |at: At| match &values.expr(values.follow(at)).kind {
        ExprKind::Literal(literal) => Some(literal.clone()),
        _ => values.text(at).map(Literal::Str),
    };
    let found: Vec<Literal> = match &values.expr(at).kind {
        ExprKind::Literal(only) => vec![only.clone()],
        ExprKind::List { .. } => values.elements(at).into_iter().filter_map(literal).collect(),
        ExprKind::Record { .. } => values
            .entries(at)
            .into_iter()
            .filter_map(|(_, value)| literal(value))
            .collect(),
        _ => match values.project.resolve_expr(at.module, at.scope, at.expr) {
            Some(Symbol::Class(class)) => {
                let class = values.module(class.module).class(class.class);
                let texts = class.variants.iter().map(|variant| Literal::Str(variant.name));
                if class.kind == ClassKind::Enum {
                    texts.collect()
                } else {
                    Vec::new()
                }
            }
            _ => Vec::new(),
        },
    };
    Ty::Enum(found.into())
}

/// Any of these, enumerations put together.
fn merged(all: Vec<Ty>) -> Ty {
    if all.is_empty() {
        return Ty::Unknown;
    }
    if all.iter().all(|ty| matches!(ty, Ty::Enum(_))) {
        let literals = all.into_iter().flat_map(|ty| match ty {
            Ty::Enum(literals) => literals.into_vec(),
            _ => Vec::new(),
        });
        return Ty::Enum(literals.collect());
    }
    Ty::Union(all)
}

/// Both at once.
fn both(left: Ty, right: Ty) -> Ty {
    match (left, right) {
        (Ty::Record(mut left), Ty::Record(right)) => {
            for (name, ty) in right {
                left.retain(|(other, _)| *other != name);
                left.push((name, ty));
            }
            Ty::Record(left)
        }
        (left @ Ty::Record(_), _) => left,
        (_, right) => right,
    }
}
