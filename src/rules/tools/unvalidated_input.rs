//! `unvalidated-input`: arguments that reach a handler as whatever the caller sent.

use std::collections::BTreeSet;

use super::language;
use crate::finding::{Confidence, Finding};
use crate::flow::Effect;
use crate::ir::{ExprKind, Key, Language, Module, Name, RecordEntry, TypeId, TypeKind};
use crate::project::Ty;
use crate::rules::context::{Context, Draft};
use crate::rules::surface::display_name;
use crate::server::{EntryKind, EntryPoint, Handler, Parameter, SourceShape};

const RULE: &str = "unvalidated-input";

/// Schemas that take anything, as they begin.
const OPEN: &[&str] = &[
    "z.any(",
    "z.unknown(",
    "z.record(",
    "z.looseObject(",
    "z.object({}).passthrough(",
];
/// Types that take anything, by their last segment.
const ANY: &[&str] = &["Any", "dict", "Dict", "object", "Mapping", "Value", "JsonObject"];

/// Judges tools whose SDK checks what the schema says, and dispatchers for which nobody does.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, entry) in (0_u32..).zip(&context.server.entries) {
        if !context.judges(entry.module) {
            continue;
        }
        match entry.kind {
            EntryKind::Tool if matches!(entry.handler, Handler::Function { .. }) => {
                findings.extend(of_tool(context, entry))
            }
            EntryKind::Handler if !entry.schema_enforced && !context.models.frameworks().is_bridge(entry.style) => {
                findings.extend(of_dispatcher(context, index, entry));
            }
            _ => {}
        }
    }
}

/// Parameters that are declared as anything.
fn of_tool(context: &Context<'_>, entry: &EntryPoint) -> Option<Finding> {
    let open: Vec<&Parameter> = entry
        .params
        .iter()
        .filter(|param| is_open(context, entry, param))
        .collect();
    let first = open.first()?;
    let names: Vec<String> = open.iter().map(|param| format!("`{}`", param.name)).collect();
    let plural = if open.len() == 1 { "is" } else { "are" };
    let name = display_name(context.project, entry);
    let help = match language(context, entry) {
        Language::TypeScript => "Give it a schema: `z.string()`, `z.enum([…])`, `z.object({ … }).strict()`.",
        Language::Python => {
            "Annotate it with a type that says what is accepted: `str`, `Literal[…]`, a pydantic model."
        }
        Language::Rust => "Give it a type of its own that derives `Deserialize` and `JsonSchema`.",
    };
    Some(
        Draft::new(
            RULE,
            context.location(entry.module, entry.span),
            format!("{} of tool `{name}` {plural} accepted as anything", names.join(", ")),
        )
        .label("the SDK checks nothing here")
        .help(help)
        .tool(name)
        .parameter(first.name.as_str())
        .build(),
    )
}

fn is_open(context: &Context<'_>, entry: &EntryPoint, param: &Parameter) -> bool {
    let Handler::Function { func, sources } = &entry.handler else {
        return false;
    };
    let module = context.project.module(func.module);
    match module.language {
        Language::Python => module.function(func.func).params.iter().any(|declared| {
            let named = matches!(&declared.pattern.kind, crate::ir::PatternKind::Bind(name, _) if *name == param.name);
            named && declared.ty.is_none_or(|ty| takes_anything(module, ty))
        }),
        Language::Rust => sources.iter().any(|source| {
            let Ty::Class(class) = &source.ty else { return false };
            context.project.field(*class, param.name).is_some_and(|(owner, field)| {
                let module = context.project.module(owner.module);
                field.ty.is_some_and(|ty| takes_anything(module, ty))
            })
        }),
        Language::TypeScript => {
            let declares = |module: &Module| {
                let file = context.workspace.file(module.file);
                module.exprs.iter().any(|expr| match &expr.kind {
                    ExprKind::Record { entries, .. } => entries.iter().any(|pair| match pair {
                        RecordEntry::Pair {
                            key: Key::Name(key),
                            value,
                            ..
                        } if *key == param.name => {
                            let written = file.slice(module.expr(*value).span);
                            OPEN.iter().any(|open| written.starts_with(open))
                        }
                        _ => false,
                    }),
                    _ => false,
                })
            };
            matches!(param.ty, Ty::Unknown | Ty::Map(_)) && declares(context.project.module(entry.module))
        }
    }
}

/// Whether a declared type says nothing.
fn takes_anything(module: &Module, ty: TypeId) -> bool {
    match &module.ty(ty).kind {
        TypeKind::Named { path, args } if path.last().is_some_and(|last| last.as_str() == "Option") => {
            args.first().is_some_and(|inner| takes_anything(module, *inner))
        }
        TypeKind::Named { path, .. } => path.last().is_some_and(|last| ANY.contains(&last.as_str())),
        TypeKind::Optional(inner) | TypeKind::Annotated { base: inner, .. } => takes_anything(module, *inner),
        TypeKind::Unknown => true,
        _ => false,
    }
}

/// A dispatcher that hands arguments to its tools without looking at them.
fn of_dispatcher(context: &Context<'_>, index: u32, entry: &EntryPoint) -> Option<Finding> {
    let Handler::Function { sources, .. } = &entry.handler else {
        return None;
    };
    let takes = sources.iter().any(|source| {
        matches!(
            source.shape,
            SourceShape::Arguments | SourceShape::Request | SourceShape::Params
        )
    });
    if !takes {
        return None;
    }
    let package = context.project.package(entry.module);
    let deeds = &context.analysis.deeds;
    let checks = |tool: Option<Name>| {
        deeds
            .get(&(index, tool))
            .is_some_and(|deeds| deeds.iter().any(|deed| deed.effect == Effect::Validate))
    };
    if checks(None) {
        return None;
    }
    // tools that take something, as they are declared, and that this dispatcher was seen to serve
    let unchecked: BTreeSet<Name> = context
        .server
        .entries
        .iter()
        .filter(|tool| tool.kind == EntryKind::Tool && tool.handler == Handler::None && !tool.params.is_empty())
        .filter(|tool| context.project.package(tool.module) == package)
        .filter_map(|tool| tool.name)
        .filter(|name| {
            deeds.contains_key(&(index, Some(*name))) || context.analysis.reaches.contains_key(&(index, Some(*name)))
        })
        .filter(|name| !checks(Some(*name)))
        .collect();
    let first = unchecked.first()?;
    let which = match unchecked.len() {
        1 => format!("tool `{first}`"),
        count => format!("{count} tools (`{first}`, …)"),
    };
    let help = match language(context, entry) {
        Language::TypeScript => {
            "Parse them first: `const args = Schema.parse(request.params.arguments)`, or register tools with `registerTool`."
        }
        Language::Python => {
            "Make a model of them first: `Model(**arguments)`, or register functions with `@mcp.tool()`."
        }
        Language::Rust => "Read them into a type first: `serde_json::from_value::<T>(…)`, or take `Parameters<T>`.",
    };
    Some(
        Draft::new(
            RULE,
            context.location(entry.module, entry.span),
            format!("arguments of {which} reach their handlers unchecked"),
        )
        .label("the SDK does not hold them against the declared schema")
        .help(help)
        .confidence(Confidence::Medium)
        .scope("dispatcher")
        .build(),
    )
}
