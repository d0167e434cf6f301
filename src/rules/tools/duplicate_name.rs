//! `duplicate-tool-name`: two tools of one server under one name.

use std::collections::BTreeMap;

use super::{holds, places};
use crate::finding::{Confidence, Finding, Tier};
use crate::ir::{
    ArgKind, Call, ExprId, ExprKind, FuncId, Language, Literal, Module, Name, PatternKind, StmtKind, walk,
};
use crate::project::{ClassRef, FuncRef, ModuleId, Symbol};
use crate::rules::context::{Context, Draft};
use crate::server::{EntryKind, EntryPoint, Handler};
use crate::workspace::Span;

const RULE: &str = "duplicate-tool-name";

/// The object that tools are registered on.
#[derive(PartialEq, Eq)]
enum Owner {
    /// A variable of a module.
    Variable(ModuleId, Name),
    /// A variable or parameter of a function.
    Local(FuncRef, Name),
    /// A field of a class's instances.
    Member(ClassRef, Name),
    /// A block of methods.
    Methods(ModuleId, u32),
}

/// Where and on what a tool is registered.
struct Seat {
    owner: Owner,
    module: ModuleId,
    func: FuncId,
    branches: places::Branches,
}

/// Judges the tools of each package that share a name.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut by_name: BTreeMap<(u32, Name), Vec<&EntryPoint>> = BTreeMap::new();
    for entry in &context.server.entries {
        if let (EntryKind::Tool, Some(name), Handler::Function { .. }) = (entry.kind, entry.name, &entry.handler)
            && context.judges(entry.module)
            && is_call(context, entry)
        {
            by_name
                .entry((context.project.package(entry.module), name))
                .or_default()
                .push(entry);
        }
    }
    for ((_, name), entries) in by_name {
        if entries.len() < 2 {
            continue;
        }
        let seats: Vec<(&EntryPoint, Seat)> = entries
            .into_iter()
            .filter_map(|entry| Some((entry, seat(context, entry)?)))
            .collect();
        for (index, (entry, seat)) in seats.iter().enumerate() {
            let first = seats[..index].iter().find(|(_, other)| other.owner == seat.owner);
            let Some((first, other)) = first else { continue };
            let apart = other.module != seat.module;
            // in different branches only one of them may ever run
            if !apart && (other.func != seat.func || other.branches != seat.branches) {
                continue;
            }
            findings.push(finding(context, name, entry, first, apart));
        }
    }
    for entry in &context.server.repeated {
        if !context.judges(entry.module) {
            continue;
        }
        let first = context.server.entries.iter().find(|other| {
            other.name == entry.name
                && other.kind == EntryKind::Tool
                && other.module == entry.module
                && other.handler == Handler::None
                && share_a_list(context.project.module(entry.module), other.span, entry.span)
        });
        if let (Some(first), Some(name), EntryKind::Tool) = (first, entry.name, entry.kind) {
            findings.push(finding(context, name, entry, first, false));
        }
    }
}

/// Whether a tool is registered by a call or decorator, and so on some object.
fn is_call(context: &Context<'_>, entry: &EntryPoint) -> bool {
    let language = context.project.module(entry.module).language;
    context
        .models
        .frameworks()
        .rows(language)
        .any(|row| entry.style == row.id.as_str() && !(row.call.is_empty() && row.decorator.is_empty()))
}

/// The registration of an entry: its receiver, and where it stands.
fn seat(context: &Context<'_>, entry: &EntryPoint) -> Option<Seat> {
    let id = entry.module;
    let module = context.project.module(id);
    if module.language == Language::Rust {
        let index = module
            .impls
            .iter()
            .position(|block| block.of_trait.is_none() && holds(block.span, entry.span))?;
        return Some(Seat {
            owner: Owner::Methods(id, u32::try_from(index).ok()?),
            module: id,
            func: FuncId::MODULE,
            branches: Vec::new(),
        });
    }
    let (expr, callee, call) = registration(module, entry.span)?;
    // told apart by version, or not served at all
    if call.is_some_and(|call| is_apart(module, call)) {
        return None;
    }
    let ExprKind::Field { base, .. } = module.expr(callee).kind else {
        return None;
    };
    let span = module.expr(expr).span;
    let func = places::function_at(module, span, false);
    let owner = owner(context, id, func, base)?;
    let branches = places::branches(&module.function(func).body, span)?;
    Some(Seat {
        owner,
        module: id,
        func,
        branches,
    })
}

/// The innermost call or decorator around a place that has a method as callee.
fn registration(module: &Module, span: Span) -> Option<(ExprId, ExprId, Option<&Call>)> {
    let mut best: Option<(u32, ExprId, ExprId, Option<&Call>)> = None;
    for (index, expr) in (0_u32..).zip(&module.exprs) {
        let length = expr.span.end.saturating_sub(expr.span.start);
        if !holds(expr.span, span) || best.is_some_and(|(have, ..)| have <= length) {
            continue;
        }
        if let ExprKind::Call(call) = &expr.kind
            && matches!(module.expr(call.callee).kind, ExprKind::Field { .. })
        {
            best = Some((length, ExprId(index), call.callee, Some(call)));
        }
    }
    let bare = || {
        let decorators = module.functions.iter().flat_map(|function| &function.decorators);
        decorators
            .copied()
            .find(|decorator| module.expr(*decorator).span == span)
            .map(|decorator| (decorator, decorator, None))
    };
    best.map(|(_, expr, callee, call)| (expr, callee, call)).or_else(bare)
}

fn is_apart(module: &Module, call: &Call) -> bool {
    call.args.iter().any(|arg| match arg.kind {
        ArgKind::Named(name) if name.as_str() == "version" => true,
        ArgKind::Named(name) if name.as_str() == "enabled" => {
            matches!(module.expr(arg.value).kind, ExprKind::Literal(Literal::Bool(false)))
        }
        _ => false,
    })
}

fn owner(context: &Context<'_>, id: ModuleId, func: FuncId, base: ExprId) -> Option<Owner> {
    let project = context.project;
    let module = project.module(id);
    match project.resolve_expr(id, func, base) {
        Some(Symbol::Variable(of, name)) => project.variable(of, name).map(|_| Owner::Variable(of, name)),
        Some(_) => None,
        None => match &module.expr(base).kind {
            ExprKind::Name(name) => {
                let mut assigned = 0;
                walk::each_stmt(&module.function(func).body, &mut |stmt| {
                    if let StmtKind::Let { pattern, .. } | StmtKind::Assign { target: pattern, .. } = &stmt.kind
                        && matches!(&pattern.kind, PatternKind::Bind(bound, _) if bound == name)
                    {
                        assigned += 1;
                    }
                });
                (assigned <= 1).then_some(Owner::Local(FuncRef { module: id, func }, *name))
            }
            ExprKind::Field { base, name, .. } if matches!(module.expr(*base).kind, ExprKind::This) => {
                let class = project.class_of(FuncRef { module: id, func })?;
                Some(Owner::Member(class, *name))
            }
            _ => None,
        },
    }
}

/// Whether the innermost lists around two places are one.
fn share_a_list(module: &Module, left: Span, right: Span) -> bool {
    let around = |span: Span| {
        module
            .exprs
            .iter()
            .filter(|expr| matches!(expr.kind, ExprKind::List { .. }) && holds(expr.span, span))
            .map(|expr| expr.span)
            .min_by_key(|span| span.end - span.start)
    };
    around(left).is_some_and(|list| around(right) == Some(list))
}

fn finding(context: &Context<'_>, name: Name, entry: &EntryPoint, first: &EntryPoint, apart: bool) -> Finding {
    let language = context.project.module(entry.module).language;
    let outcome = match language {
        Language::TypeScript => "registering it again throws, and in a list clients keep only one of them",
        Language::Python => "one of them takes the other's place, with no more than a warning",
        Language::Rust => "one of them takes the other's place in the router",
    };
    Draft::new(
        RULE,
        context.location(entry.module, entry.span),
        format!("tool `{name}` is registered twice on one server"),
    )
    .label("the second")
    .related(context.location(first.module, first.span), "the first")
    .note(outcome)
    .help("Give each tool a name of its own; a prefix per area keeps them apart (`files_search`, `notes_search`).")
    .confidence(if apart { Confidence::Medium } else { Confidence::High })
    .tier(if apart { Tier::Strict } else { Tier::Default })
    .tool(name.as_str())
    .build()
}
