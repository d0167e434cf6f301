//! Classes as schemas: pydantic models, serde structs; and single typed parameters.

use super::show;
use crate::ir::{ArgKind, ExprId, ExprKind, FuncId, Literal, Name, Param, PatternKind, TypeId, TypeKind};
use crate::project::{ClassRef, ModuleId, Symbol, Ty};
use crate::server::entry::Parameter;
use crate::server::value::{At, Values};

/// The fields of a class as parameters, inherited ones first.
pub(in crate::server) fn class_params(values: &Values<'_>, class: ClassRef) -> Vec<Parameter> {
    let mut found = Vec::new();
    fields_into(values, class, 8, &mut found);
    found
}

fn fields_into(values: &Values<'_>, class: ClassRef, fuel: u32, found: &mut Vec<Parameter>) {
    if fuel == 0 {
        return;
    }
    for base in values.project.bases(class) {
        if let Symbol::Class(base) = base {
            fields_into(values, base, fuel - 1, found);
        }
    }
    let module = values.module(class.module);
    let declared = module.class(class.class);
    let camel = declared.decorators.iter().any(|at| renames(values, class.module, *at));
    for field in &declared.fields {
        if field.is_static || field.name.starts_with('_') || matches!(field.name.as_str(), "model_config" | "Config") {
            continue;
        }
        let place = At {
            module: class.module,
            scope: declared.parent,
            expr: ExprId(0),
        };
        let mut param = described(values, place, field.name, field.ty, field.value);
        if param.description.is_none() {
            param.description = field.doc;
        }
        if camel {
            param.name = Name::new(&camel_case(&param.name));
        }
        for decorator in &field.decorators {
            if let Some(text) = named_text(values, place.with(*decorator), "rename") {
                param.name = text;
            }
            if let Some(text) = named_text(values, place.with(*decorator), "description") {
                param.description = Some(text);
            }
            // `#[validate(length(max = …))]`, `#[garde(length(max = …))]`
            param.bounded |= bounds(values, place.with(*decorator));
        }
        found.retain(|other: &Parameter| other.name != param.name);
        found.push(param);
    }
}

/// Whether an attribute says `rename_all = "camelCase"`.
fn renames(values: &Values<'_>, module: ModuleId, decorator: ExprId) -> bool {
    let at = At {
        module,
        scope: FuncId::MODULE,
        expr: decorator,
    };
    named_text(values, at, "rename_all").is_some_and(|style| style.as_str() == "camelCase")
}

fn camel_case(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// The text of a named argument of a decorator.
pub(in crate::server) fn named_text(values: &Values<'_>, at: At, name: &str) -> Option<Name> {
    let ExprKind::Call(call) = &values.expr(at).kind else {
        return None;
    };
    let arg = call
        .args
        .iter()
        .find(|arg| matches!(arg.kind, ArgKind::Named(other) if other.as_str() == name))?;
    values.text(at.with(arg.value))
}

/// A function's parameter as declared to the client.
pub(in crate::server) fn typed_param(values: &Values<'_>, at: At, param: &Param) -> Option<Parameter> {
    let name = match &param.pattern.kind {
        PatternKind::Bind(name, _) => *name,
        PatternKind::Default { pattern, .. } => match &pattern.kind {
            PatternKind::Bind(name, _) => *name,
            _ => return None,
        },
        _ => return None,
    };
    let mut found = described(values, at, name, param.ty, param.default);
    for decorator in &param.decorators {
        if let Some(text) = named_text(values, at.with(*decorator), "description") {
            found.description = Some(text);
        }
    }
    Some(found)
}

/// A name with its type, default and what `Field(…)` says about it.
fn described(values: &Values<'_>, at: At, name: Name, ty: Option<TypeId>, default: Option<ExprId>) -> Parameter {
    let mut proven = ty.map_or(Ty::Unknown, |ty| values.project.type_of(at.module, at.scope, ty));
    let mut description = ty.and_then(|ty| annotated_text(values, at, ty));
    let mut required = default.is_none() && !matches!(proven, Ty::Optional(_));
    if let Some(default) = default {
        let place = at.with(default);
        if let ExprKind::Call(call) = &values.expr(place).kind
            && values
                .last_name(place)
                .is_some_and(|name| matches!(name.as_str(), "Field" | "Query" | "Body" | "Path"))
        {
            description = named_text(values, place, "description").or(description);
            if let Some(pattern) = named_text(values, place, "pattern").or_else(|| named_text(values, place, "regex"))
                && proven == Ty::Str
            {
                proven = Ty::Pattern(pattern);
            }
            let given = call.args.iter().find(|arg| match arg.kind {
                ArgKind::Positional => true,
                ArgKind::Named(name) => matches!(name.as_str(), "default" | "default_factory"),
                _ => false,
            });
            required = given.is_none_or(|arg| is_ellipsis(values, at.with(arg.value)));
        }
    }
    Parameter {
        name,
        type_text: show(values.project, &proven),
        ty: proven,
        description,
        required,
        checks: Vec::new(),
        bounded: ty.is_some_and(|ty| bounded_type(values, at, ty))
            || default.is_some_and(|expr| bounds(values, at.with(expr))),
    }
}

/// Whether a call such as `Field(max_length=…)`, `StringConstraints(max_length=…)`, `length(max = …)` says a maximum.
fn bounds(values: &Values<'_>, at: At) -> bool {
    let ExprKind::Call(call) = &values.expr(at).kind else {
        return false;
    };
    call.args.iter().any(|arg| match arg.kind {
        ArgKind::Named(name) => matches!(name.as_str(), "max_length" | "max" | "equal" | "max_len"),
        _ => bounds(values, at.with(arg.value)),
    })
}

/// Whether the type says a maximum: `Annotated[str, Field(max_length=…)]`, `constr(max_length=…)`.
fn bounded_type(values: &Values<'_>, at: At, ty: TypeId) -> bool {
    match &values.module(at.module).ty(ty).kind {
        TypeKind::Annotated { base, metadata } => {
            metadata.iter().any(|item| bounds(values, at.with(*item))) || bounded_type(values, at, *base)
        }
        TypeKind::Optional(inner) => bounded_type(values, at, *inner),
        TypeKind::Union(members) => members.iter().any(|member| bounded_type(values, at, *member)),
        TypeKind::Of(expr) => bounds(values, at.with(*expr)),
        _ => false,
    }
}

/// `...` as a default says that there is none.
fn is_ellipsis(values: &Values<'_>, at: At) -> bool {
    match &values.expr(at).kind {
        ExprKind::Name(name) => matches!(name.as_str(), "..." | "Ellipsis"),
        ExprKind::Opaque(children) => children.is_empty(),
        ExprKind::Literal(Literal::Str(text)) => text.as_str() == "...",
        _ => false,
    }
}

/// The description in `Annotated[T, "…"]` or `Annotated[T, Field(description="…")]`.
fn annotated_text(values: &Values<'_>, at: At, ty: TypeId) -> Option<Name> {
    let module = values.module(at.module);
    match &module.ty(ty).kind {
        TypeKind::Annotated { metadata, .. } => metadata.iter().find_map(|item| {
            let place = at.with(*item);
            match &values.expr(place).kind {
                ExprKind::Literal(Literal::Str(text)) => Some(*text),
                ExprKind::Concat(_) => values.text(place),
                _ => named_text(values, place, "description"),
            }
        }),
        TypeKind::Optional(inner) => annotated_text(values, at, *inner),
        _ => None,
    }
}
