//! Which of a handler's parameters are untrusted.

use super::entry::{Parameter, SourceParam, SourceShape};
use super::schema::{self, Schema, typed_param};
use super::value::{At, Values};
use crate::ir::{ArgKind, ExprId, ExprKind, Function, Language, Name, Param, ParamKind, PatternKind, TypeId, TypeKind};
use crate::models::Shape;
use crate::project::{FuncRef, Ty};

/// What reading a handler's parameters gave.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// The untrusted parameters.
    pub(super) params: Vec<SourceParam>,
    /// The tool's parameters, where the function's own declare them.
    pub(super) declared: Vec<Parameter>,
}

impl Sources {
    /// Takes out the parameters that `partial(f, a, key=b)` has given already.
    pub(super) fn leave_out_bound(&mut self, values: &Values<'_>, place: At, func: FuncRef) {
        let place = values.follow(place);
        let ExprKind::Call(call) = &values.expr(place).kind else {
            return;
        };
        if values
            .last_name(place)
            .is_none_or(|name| !matches!(name.as_str(), "partial" | "partialmethod"))
        {
            return;
        }
        let params = &values.function(func).params;
        let receivers = params.iter().filter(|param| param.kind == ParamKind::Receiver).count();
        let positional = call.args.iter().filter(|arg| arg.kind == ArgKind::Positional).count();
        let bound = receivers + positional.saturating_sub(1);
        let given = |index: usize| {
            let name = params.get(index).and_then(param_name);
            let by_name = |kind: ArgKind| matches!((kind, name), (ArgKind::Named(have), Some(name)) if have == name);
            index < bound || call.args.iter().any(|arg| by_name(arg.kind))
        };
        let names: Vec<Name> = (0..params.len())
            .filter(|index| given(*index))
            .filter_map(|index| params.get(index).and_then(param_name))
            .collect();
        self.params.retain(|source| !given(source.index));
        self.declared.retain(|declared| !names.contains(&declared.name));
    }
}

/// Reads a handler's parameters by the shapes that a row gives; `enforced` says whether types count.
pub(super) fn read(
    values: &Values<'_>,
    func: FuncRef,
    shapes: &[Shape],
    schema: Option<&Schema>,
    enforced: bool,
) -> Sources {
    let function = values.function(func);
    let mut sources = Sources::default();
    let mut position = 0;
    let schema_type = || {
        schema
            .filter(|_| enforced)
            .map_or(Ty::Unknown, |schema| schema.ty.clone())
    };
    for (index, param) in function.params.iter().enumerate() {
        if param.kind == ParamKind::Receiver {
            if shapes.contains(&Shape::Receiver) {
                let ty = values.project.class_of(func).map_or(Ty::Unknown, Ty::Class);
                sources.params.push(SourceParam {
                    index,
                    shape: SourceShape::Arguments,
                    ty,
                });
            }
            continue;
        }
        let shape = match shapes
            .get(position)
            .or_else(|| shapes.last().filter(|last| matches!(last, Shape::Each | Shape::Auto)))
        {
            Some(shape) => *shape,
            None => break,
        };
        position += 1;
        let mut push = |shape: SourceShape, ty: Ty| sources.params.push(SourceParam { index, shape, ty });
        match shape {
            Shape::Arguments => push(SourceShape::Arguments, schema_type()),
            Shape::Request => push(SourceShape::Request, schema_type()),
            Shape::Params => push(SourceShape::Params, schema_type()),
            Shape::Name => push(SourceShape::ToolName, Ty::Unknown),
            Shape::Uri => push(SourceShape::Uri, Ty::Unknown),
            Shape::Text => push(
                SourceShape::Text(param_name(param).unwrap_or_else(|| Name::new("text"))),
                Ty::Unknown,
            ),
            Shape::Context => push(SourceShape::Context, Ty::Unknown),
            Shape::Receiver => {}
            Shape::Each => each(values, func, index, param, enforced, &mut sources),
            Shape::Auto => {
                if let Some((shape, ty)) = automatic(values, func, param) {
                    push(shape, ty);
                }
            }
        }
    }
    sources
}

/// The name that a parameter binds.
pub(super) fn param_name(param: &Param) -> Option<Name> {
    match &param.pattern.kind {
        PatternKind::Bind(name, _) => Some(*name),
        PatternKind::Default { pattern, .. } => match &pattern.kind {
            PatternKind::Bind(name, _) => Some(*name),
            _ => None,
        },
        _ => None,
    }
}

/// The last segment of a type's path, seen through references, options and annotations.
pub(super) fn type_name(values: &Values<'_>, func: FuncRef, ty: TypeId) -> Option<Name> {
    let module = values.module(func.module);
    let mut ty = ty;
    for _ in 0..8 {
        match &module.ty(ty).kind {
            TypeKind::Named { path, args } => {
                let last = *path.last()?;
                match (&**args, last.as_str()) {
                    ([inner], "Option" | "Optional" | "Box" | "Arc" | "Json" | "Promise") => ty = *inner,
                    _ => return Some(last),
                }
            }
            TypeKind::Reference(inner) | TypeKind::Optional(inner) | TypeKind::Annotated { base: inner, .. } => {
                ty = *inner
            }
            TypeKind::Union(members) => {
                let named = members.iter().copied().find(|member| {
                    !matches!(&module.ty(*member).kind, TypeKind::Named { path, .. } if path.last().is_some_and(|name| matches!(name.as_str(), "None" | "null" | "undefined")))
                        && !matches!(module.ty(*member).kind, TypeKind::Unknown | TypeKind::Literals(_))
                })?;
                ty = named;
            }
            _ => return None,
        }
    }
    None
}

/// Whether the SDK fills a parameter in itself.
pub(super) fn is_injected(values: &Values<'_>, func: FuncRef, param: &Param) -> bool {
    let module = values.module(func.module);
    let function = values.function(func);
    let sdks = || values.frameworks.sdks(module.language);
    if let Some(name) = param.ty.and_then(|ty| type_name(values, func, ty))
        && sdks().any(|sdk| sdk.context_types.iter().any(|known| known == name.as_str()))
    {
        return true;
    }
    let call = |expr: ExprId| {
        let at = At {
            module: func.module,
            scope: function.parent.unwrap_or(func.func),
            expr,
        };
        matches!(values.expr(at).kind, ExprKind::Call(_))
            && values
                .last_name(at)
                .is_some_and(|name| sdks().any(|sdk| sdk.injected.iter().any(|known| known == name.as_str())))
    };
    if param.default.is_some_and(call) {
        return true;
    }
    match param.ty.map(|ty| &module.ty(ty).kind) {
        Some(TypeKind::Annotated { metadata, .. }) => metadata.iter().copied().any(call),
        _ => false,
    }
}

/// A parameter that is an argument by itself.
fn each(values: &Values<'_>, func: FuncRef, index: usize, param: &Param, enforced: bool, sources: &mut Sources) {
    if is_injected(values, func, param) {
        return;
    }
    let function = values.function(func);
    let language = values.module(func.module).language;
    if language == Language::Rust {
        if let Some((shape, ty)) = rust_param(values, func, function, param) {
            if shape == SourceShape::Arguments {
                sources.declared.extend(fields_of(values, &ty));
            }
            sources.params.push(SourceParam { index, shape, ty });
            if !matches!(shape, SourceShape::Argument(_)) {
                return;
            }
        } else {
            return;
        }
    }
    let at = At {
        module: func.module,
        scope: if language == Language::Rust {
            func.func
        } else {
            function.parent.unwrap_or(func.func)
        },
        expr: ExprId(0),
    };
    let declared = typed_param(values, at, param);
    if language != Language::Rust {
        let proven = declared
            .as_ref()
            .filter(|_| enforced)
            .map_or(Ty::Unknown, |declared| declared.ty.clone());
        let shape = match (param.kind, param_name(param)) {
            // a project's own way of calling: one mapping with all arguments
            (ParamKind::Normal, Some(name)) if !enforced && is_only_mapping(values, func, param, name) => {
                SourceShape::Arguments
            }
            (ParamKind::Normal | ParamKind::KeywordOnly, Some(name)) => SourceShape::Argument(name),
            _ => SourceShape::Arguments,
        };
        let ty = if shape == SourceShape::Arguments {
            Ty::Unknown
        } else {
            proven
        };
        sources.params.push(SourceParam { index, shape, ty });
    }
    if sources
        .params
        .last()
        .is_none_or(|last| last.shape != SourceShape::Arguments)
    {
        sources.declared.extend(declared);
    }
}

/// Whether a parameter is the only one and holds all arguments by its type or name.
fn is_only_mapping(values: &Values<'_>, func: FuncRef, param: &Param, name: Name) -> bool {
    let others = values
        .function(func)
        .params
        .iter()
        .filter(|other| {
            other.kind != ParamKind::Receiver
                && !is_injected(values, func, other)
                && param_name(other).is_none_or(|name| !matches!(name.as_str(), "ctx" | "context" | "session"))
        })
        .count();
    if others != 1 {
        return false;
    }
    match param.ty.and_then(|ty| type_name(values, func, ty)) {
        Some(ty) => matches!(ty.as_str(), "dict" | "Dict" | "Mapping" | "MutableMapping"),
        None => {
            param.ty.is_none() && matches!(name.as_str(), "args" | "arguments" | "params" | "parameters" | "kwargs")
        }
    }
}

/// The parameters that a type of arguments declares.
fn fields_of(values: &Values<'_>, ty: &Ty) -> Vec<Parameter> {
    match ty {
        Ty::Class(class) => schema::class_params(values, *class),
        _ => Vec::new(),
    }
}

/// Rust: `Parameters<T>`, `#[tool(aggr)]`, `#[tool(param)]`, maps, scalars.
fn rust_param(values: &Values<'_>, func: FuncRef, function: &Function, param: &Param) -> Option<(SourceShape, Ty)> {
    let module = values.module(func.module);
    let marked = |words: &[&str]| {
        param
            .decorators
            .iter()
            .any(|decorator| match &module.expr(*decorator).kind {
                ExprKind::Call(call) => call.args.iter().any(|arg| match &module.expr(arg.value).kind {
                    ExprKind::Name(name) => words.contains(&name.as_str()),
                    _ => false,
                }),
                _ => false,
            })
    };
    let ty = param.ty?;
    let proven = values.project.type_of(func.module, func.func, ty);
    if let Some(inner) = wrapped(values, func, ty) {
        return Some((SourceShape::Arguments, inner));
    }
    if marked(&["aggr", "req"]) {
        return Some((SourceShape::Arguments, proven));
    }
    // In rmcp 0.1 an unmarked parameter beside marked ones is an extractor.
    let any_marked = function.params.iter().any(|param| !param.decorators.is_empty());
    if any_marked && !marked(&["param"]) {
        return None;
    }
    match (type_name(values, func, ty).as_deref(), param_name(param)) {
        (Some("JsonObject" | "Map" | "Value"), _) => Some((SourceShape::Arguments, Ty::Unknown)),
        (_, Some(name)) => Some((SourceShape::Argument(name), proven)),
        (_, None) => Some((SourceShape::Arguments, proven)),
    }
}

/// The `T` of `Parameters<T>`.
fn wrapped(values: &Values<'_>, func: FuncRef, ty: TypeId) -> Option<Ty> {
    let module = values.module(func.module);
    let TypeKind::Named { path, args } = &module.ty(ty).kind else {
        return None;
    };
    let last = path.last()?;
    let known = values
        .frameworks
        .sdks(module.language)
        .any(|sdk| sdk.wrappers.iter().any(|name| name == last.as_str()));
    let inner = args.last()?;
    known.then(|| match values.project.type_of(func.module, func.func, *inner) {
        Ty::External(_) | Ty::Map(_) => Ty::Unknown,
        other => other,
    })
}

/// What a web framework takes from the request: `Json<T>`, `Query<T>`, `Path<T>`, `Form<T>`.
fn extracted(values: &Values<'_>, func: FuncRef, param: &Param) -> Option<(SourceShape, Ty)> {
    let module = values.module(func.module);
    let TypeKind::Named { path, args } = &module.ty(param.ty?).kind else {
        return None;
    };
    let inner = args.first()?;
    if module.language != Language::Rust || !matches!(path.last()?.as_str(), "Json" | "Query" | "Path" | "Form") {
        return None;
    }
    let ty = values.project.type_of(func.module, func.func, *inner);
    Some(match ty {
        Ty::Class(class) if values.project.field(class, Name::new("params")).is_some() => {
            (SourceShape::Request, Ty::Unknown)
        }
        Ty::External(_) | Ty::Map(_) => (SourceShape::Arguments, Ty::Unknown),
        other => (SourceShape::Arguments, other),
    })
}

/// What a parameter holds by its type and name.
pub(super) fn automatic(values: &Values<'_>, func: FuncRef, param: &Param) -> Option<(SourceShape, Ty)> {
    if is_injected(values, func, param) {
        return None;
    }
    if let Some(found) = extracted(values, func, param) {
        return Some(found);
    }
    let name = param_name(param);
    let type_name = param.ty.and_then(|ty| type_name(values, func, ty));
    let of = |names: &[&str]| name.is_some_and(|name| names.contains(&name.trim_start_matches('_')));
    if let Some(ty) = type_name.as_deref() {
        if ty.ends_with("RequestParam") || ty.ends_with("RequestParams") {
            return Some((SourceShape::Params, Ty::Unknown));
        }
        if ty.ends_with("Args") || ty.ends_with("Arguments") || ty.ends_with("Input") {
            let ty = param
                .ty
                .map_or(Ty::Unknown, |ty| values.project.type_of(func.module, func.func, ty));
            return Some((SourceShape::Arguments, ty));
        }
    }
    let proven = param
        .ty
        .map_or(Ty::Unknown, |ty| values.project.type_of(func.module, func.func, ty));
    if let Ty::Class(class) = &proven {
        let has = |field: &str| values.project.field(*class, Name::new(field)).is_some();
        if has("params") {
            return Some((SourceShape::Request, Ty::Unknown));
        }
        if has("arguments") {
            return Some((SourceShape::Params, Ty::Unknown));
        }
        let carries = of(&[
            "args",
            "arguments",
            "input",
            "parameters",
            "params",
            "request",
            "req",
            "payload",
            "tool",
        ]);
        return carries.then_some((SourceShape::Arguments, proven));
    }
    if type_name.is_some_and(|ty| ty.ends_with("Request") || ty.ends_with("RpcMessage")) {
        return Some((SourceShape::Request, Ty::Unknown));
    }
    if of(&["uri", "url", "resource_uri"]) {
        return Some((SourceShape::Uri, Ty::Unknown));
    }
    if of(&["name", "tool_name", "tool", "toolName", "method"]) {
        return Some((SourceShape::ToolName, Ty::Unknown));
    }
    if of(&["request", "req", "msg", "message", "rpc", "body", "payload"]) {
        return Some((SourceShape::Request, Ty::Unknown));
    }
    if of(&["params"]) {
        return Some((SourceShape::Params, Ty::Unknown));
    }
    if of(&["id", "ctx", "context", "state", "session", "extra"]) {
        return None;
    }
    if of(&["args", "arguments", "input", "parameters", "kwargs"])
        || matches!(
            type_name.as_deref(),
            Some("Value" | "Map" | "JsonObject" | "HashMap" | "dict" | "Dict" | "Mapping" | "Record")
        )
    {
        return Some((SourceShape::Arguments, Ty::Unknown));
    }
    match proven {
        Ty::Str => name.map(|name| (SourceShape::Text(name), Ty::Unknown)),
        _ => None,
    }
}
