//! `unvalidated-config`: a configuration file is read and used as whatever stands in it.

use super::names::{self, Known};
use super::packages;
use crate::finding::Finding;
use crate::flow::words_of;
use crate::ir::{
    ArgKind, Call, ExprId, ExprKind, FuncId, Language, Literal, Module, Name, PatternKind, StmtKind, TypeKind, UnaryOp,
    walk,
};
use crate::models::Practices;
use crate::project::{ModuleId, Symbol};
use crate::rules::{Context, Draft};
use crate::workspace::Span;

/// Readers of whole files, by their last name.
const READERS: &[&str] = &[
    "readFile",
    "readFileSync",
    "read_text",
    "read_to_string",
    "open",
    "text",
    "read",
    "readTextFile",
    "file",
    "readTextFileSync",
];

pub(in crate::rules) fn unvalidated_config(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let practices = context.models.practices();
    for package in packages(context) {
        let raw: Vec<(ModuleId, Span, String)> = package
            .modules
            .iter()
            .filter_map(|id| raw_config(context, *id, practices).map(|(call, what)| (*id, call, what)))
            .collect();
        if raw.is_empty() {
            continue;
        }
        let running = package.running(context);
        let Some((id, call, what)) = raw.into_iter().find(|(id, ..)| running.contains(id)) else {
            continue;
        };
        let checked = package
            .modules
            .iter()
            .any(|id| checks_config(context.project.module(*id), practices));
        if checked {
            continue;
        }
        let help = match context.project.module(id).language {
            Language::TypeScript => {
                "describe it with a schema and use what that returns: `configSchema.parse(JSON.parse(text))`"
            }
            Language::Python => {
                "describe it with a pydantic model and use what that returns: `Config.model_validate_json(text)`"
            }
            Language::Rust => {
                "describe it with a struct that derives `serde::Deserialize`, with `#[serde(deny_unknown_fields)]`"
            }
        };
        findings.push(
            Draft::new(
                "unvalidated-config",
                context.location(id, call),
                format!("{what} from a file and used as whatever stands in it"),
            )
            .label("no schema between the file and its use")
            .help(help)
            .scope("server")
            .build(),
        );
    }
}

/// Whether a call parses text or a file into values without types.
fn parses(context: &Context<'_>, id: ModuleId, call: &Call) -> bool {
    let module = context.project.module(id);
    let scope = FuncId::MODULE;
    let callee = match context.project.resolve_expr(id, scope, call.callee) {
        Some(Symbol::External(name)) => name,
        _ => return false,
    };
    match module.language {
        Language::TypeScript => matches!(
            callee.as_str(),
            "JSON.parse"
                | "yaml.parse"
                | "yaml.load"
                | "js-yaml.load"
                | "toml.parse"
                | "@iarna/toml.parse"
                | "smol-toml.parse"
                | "json5.parse"
        ),
        Language::Python => matches!(
            callee.as_str(),
            "json.load"
                | "json.loads"
                | "yaml.safe_load"
                | "yaml.load"
                | "tomllib.load"
                | "tomllib.loads"
                | "toml.load"
                | "tomli.load"
        ),
        Language::Rust => {
            let parser = matches!(
                callee.as_str(),
                "serde_json::from_str" | "serde_json::from_reader" | "toml::from_str" | "serde_yaml::from_str"
            );
            // into a struct is into a schema
            let untyped = call.type_args.first().is_some_and(|ty| {
                matches!(&module.ty(*ty).kind, TypeKind::Named { path, .. } if path.last().is_some_and(|last| last == "Value"))
            });
            parser && untyped
        }
    }
}

/// The first place where a configuration file becomes values, and what is read there, for people.
fn raw_config(context: &Context<'_>, id: ModuleId, practices: &Practices) -> Option<(Span, String)> {
    let module = context.project.module(id);
    let mut known = Known::new(&practices.configurations);
    (0_u32..).map(ExprId).zip(&module.exprs).find_map(|(at, expr)| {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let first = call.args.first().filter(|arg| arg.kind == ArgKind::Positional)?;
        if !parses(context, id, call) {
            return None;
        }
        let within = enclosing(module, expr.span);
        let bindings = bindings(module, within);
        let mut parts = vec![first.value];
        // where the text came from, one step back
        if let ExprKind::Name(name) = &module.expr(peeled(module, first.value)).kind {
            parts.extend(
                bindings
                    .iter()
                    .filter(|(bound, _)| bound == name)
                    .map(|(_, value)| *value),
            );
        }
        let is_load =
            names::last(module, call.callee).is_some_and(|last| matches!(last.as_str(), "load" | "from_reader"));
        let reads = is_load && module.language != Language::TypeScript
            || parts
                .iter()
                .any(|part| mentions(module, *part, &mut |kind| reads_file(module, kind)));
        if !reads {
            return None;
        }
        let mut name = None;
        let mut meant = |found: Name| {
            if known.has(found) {
                name = Some(found);
            }
        };
        for part in &parts {
            walk::descend(module, *part, &mut |at| match &module.expr(at).kind {
                ExprKind::Name(found) | ExprKind::Field { name: found, .. } => meant(*found),
                ExprKind::Literal(Literal::Str(text)) => {
                    // the file's name, not its folder's
                    let file = text.rsplit(['/', '\\']).next().unwrap_or_default();
                    if !matches!(file, "package.json" | "tsconfig.json") && file.contains('.') {
                        meant(Name::new(file));
                    }
                }
                _ => {}
            });
        }
        for (bound, value) in &bindings {
            if module.expr(*value).span.contains(expr.span) {
                let mut inside = false;
                walk::descend(module, *value, &mut |below| inside |= below == at);
                if inside {
                    meant(*bound);
                }
            }
        }
        if let Some(name) = name {
            return Some((expr.span, format!("`{name}` is read")));
        }
        let function = module.function(within).name.filter(|name| known.has(*name))?;
        Some((expr.span, format!("what `{function}` returns is read")))
    })
}

/// An expression without `&`, `await` and casts around it.
fn peeled(module: &Module, expr: ExprId) -> ExprId {
    match &module.expr(expr).kind {
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => peeled(module, *inner),
        _ => expr,
    }
}

fn reads_file(module: &Module, kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Call(call) => {
            // what comes over a pipe or the network is no file
            let from = match &module.expr(call.callee).kind {
                ExprKind::Field { base, .. } => names::last(module, *base),
                _ => None,
            };
            let elsewhere = |from: Name| {
                matches!(
                    from.as_str(),
                    "stdin" | "stdout" | "response" | "res" | "resp" | "request" | "req"
                )
            };
            names::last(module, call.callee).is_some_and(|last| READERS.contains(&last.as_str()))
                && !from.is_some_and(elsewhere)
        }
        _ => false,
    }
}

fn mentions(module: &Module, expr: ExprId, is: &mut dyn FnMut(&ExprKind) -> bool) -> bool {
    let mut found = false;
    walk::descend(module, expr, &mut |at| found = found || is(&module.expr(at).kind));
    found
}

/// The innermost function around a place.
fn enclosing(module: &Module, span: Span) -> FuncId {
    let around = (0_u32..)
        .map(FuncId)
        .zip(&module.functions)
        .skip(1)
        .filter(|(_, function)| function.span.contains(span));
    around
        .min_by_key(|(_, function)| function.span.end - function.span.start)
        .map_or(FuncId::MODULE, |(id, _)| id)
}

/// The variables that a function's statements bind or assign, with their values.
fn bindings(module: &Module, func: FuncId) -> Vec<(Name, ExprId)> {
    let mut found = Vec::new();
    let mut blocks = vec![&module.function(func).body];
    while let Some(block) = blocks.pop() {
        for stmt in block {
            match &stmt.kind {
                StmtKind::Let {
                    pattern,
                    value: Some(value),
                    ..
                } => walk::names_of_pattern(pattern, &mut |name| found.push((name, *value))),
                StmtKind::Assign { target, value, .. } => match &target.kind {
                    PatternKind::Place(place) => found.extend(names::meant(module, *place).map(|name| (name, *value))),
                    _ => walk::names_of_pattern(target, &mut |name| found.push((name, *value))),
                },
                StmtKind::If { then, otherwise, .. } => blocks.extend([then, otherwise]),
                StmtKind::Loop { body, .. } | StmtKind::Block(body) => blocks.push(body),
                StmtKind::Try {
                    body,
                    otherwise,
                    finally,
                    ..
                } => blocks.extend([body, otherwise, finally]),
                _ => {}
            }
        }
    }
    found
}

/// Whether a configuration, or what reads it, is handed to something that checks it, or looked at type by type.
fn checks_config(module: &Module, practices: &Practices) -> bool {
    let mut configs = Known::new(&practices.configurations);
    let mut validators = Known::new(&practices.validators);
    module.exprs.iter().any(|expr| {
        let asked: Vec<ExprId> = match &expr.kind {
            ExprKind::Call(call) if is_validator(module, call, &mut validators) => {
                call.args.iter().map(|arg| arg.value).collect()
            }
            ExprKind::Unary {
                op: UnaryOp::TypeOf,
                operand,
            } => vec![*operand],
            _ => return false,
        };
        let by_callee = match &expr.kind {
            // `ConfigSchema.parse(raw)`, `validateConfig(raw)`
            ExprKind::Call(call) => mentions(module, call.callee, &mut |kind| names_config(kind, &mut configs)),
            _ => false,
        };
        by_callee
            || asked
                .iter()
                .any(|arg| mentions(module, *arg, &mut |kind| names_config(kind, &mut configs)))
    })
}

fn names_config(kind: &ExprKind, configs: &mut Known<'_>) -> bool {
    match kind {
        ExprKind::Name(name) | ExprKind::Field { name, .. } => configs.has(*name),
        _ => false,
    }
}

/// A call that checks its argument: by its name, or because it makes an instance of a class of it.
fn is_validator(module: &Module, call: &Call, validators: &mut Known<'_>) -> bool {
    let Some(last) = names::last(module, call.callee) else {
        return false;
    };
    // the parsers themselves
    if let ExprKind::Field { base, .. } = &module.expr(call.callee).kind
        && names::last(module, *base).is_some_and(|base| {
            matches!(
                base.to_lowercase().as_str(),
                "json" | "yaml" | "toml" | "json5" | "path" | "date"
            )
        })
    {
        return false;
    }
    let spreads = call.args.iter().any(|arg| arg.kind == ArgKind::KeywordSpread);
    let is_class = last.starts_with(char::is_uppercase) && spreads;
    is_class || validators.has(last) || words_of(&last).first().is_some_and(|word| word == "isinstance")
}
