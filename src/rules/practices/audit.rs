//! `missing-audit-log`: what tools did to the outside cannot be told afterwards.

use super::names;
use super::{Called, Package, at, packages};
use crate::finding::{Finding, Severity};
use crate::flow::{Capability, Effect, words_of};
use crate::ir::Language;
use crate::models::ActKind;
use crate::rules::{Context, Draft};
use crate::server::Handler;

/// What should leave a record each time, and how it is told of.
const CHANGES: &[(Capability, &str)] = &[
    (Capability::EvaluatesCode, "runs programs"),
    (Capability::RunsCommands, "runs programs"),
    (Capability::WritesFiles, "changes files"),
];
const DEEDS: &[(Effect, &str)] = &[
    (Effect::Delete, "deletes"),
    (Effect::Pay, "moves money"),
    (Effect::Send, "sends messages"),
];
/// What some record should be left of.
const REACHES: &[Capability] = &[Capability::Database, Capability::Network, Capability::ReadsFiles];

pub(in crate::rules) fn missing_audit_log(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for package in packages(context) {
        let silent = |called: &&Called<'_>| !called.does(ActKind::Records) && !is_instrumented(context, called);
        let changing: Vec<_> = package
            .called
            .iter()
            .filter(|called| change(called).is_some())
            .filter(silent)
            .collect();
        let none = package.called.iter().all(|called| silent(&called));
        let reaching: Vec<_> = package
            .called
            .iter()
            .filter(|called| none && called.can_any(REACHES))
            .collect();
        let told = if changing.is_empty() { &reaching } else { &changing };
        let Some(first) = told.first() else { continue };
        if has_middleware(context, &package) {
            continue;
        }
        let (message, severity) = if changing.is_empty() {
            (
                "no tool of this server leaves a record of its calls".to_owned(),
                Severity::Low,
            )
        } else {
            let what = change(first).unwrap_or("acts");
            let message = match changing.len() - 1 {
                0 => format!("{} {what} and leaves no record of it", first.what()),
                more => format!(
                    "{} {what} and leaves no record of it. {more} more leave none either",
                    first.what()
                ),
            };
            (message, Severity::Medium)
        };
        let help = match context.project.module(first.module).language {
            Language::TypeScript => {
                "log tool, caller and outcome of every call on standard error or to a file, best in one wrapper around all handlers"
            }
            Language::Python => {
                "log tool, caller and outcome of every call with `logging`, or add `LoggingMiddleware` of the `fastmcp` package"
            }
            Language::Rust => {
                "log tool, caller and outcome of every call with `tracing`, or put `#[tracing::instrument]` on the handlers"
            }
        };
        let draft = Draft::new("missing-audit-log", at(context, first), message)
            .label("no call of a logger on its way")
            .help(help)
            .severity(severity)
            .tool(first.name.clone())
            .scope("server");
        let others = told.iter().skip(1).map(|called| {
            (
                called.module,
                called.span,
                format!("`{}` leaves no record", called.name),
            )
        });
        findings.push(Package::and_others(context, draft, others).build());
    }
}

/// What a tool does of which a record should be left, for people.
fn change(called: &Called<'_>) -> Option<&'static str> {
    let deed = DEEDS.iter().find(|(effect, _)| called.effects.contains(effect));
    let change = CHANGES.iter().find(|(capability, _)| called.can.contains(capability));
    deed.map(|(_, words)| *words).or(change.map(|(_, words)| *words))
}

/// A decorator or attribute of the handler records its calls.
fn is_instrumented(context: &Context<'_>, called: &Called<'_>) -> bool {
    let Handler::Function { func, .. } = &called.entry.handler else {
        return false;
    };
    let module = context.project.module(func.module);
    let recorders = &context.models.practices().recorders;
    module.function(func.func).decorators.iter().any(|decorator| {
        let callee = match &module.expr(*decorator).kind {
            crate::ir::ExprKind::Call(call) => call.callee,
            _ => *decorator,
        };
        names::last(module, callee).is_some_and(|name| name == "instrument" || recorders.matches(&words_of(&name)))
    })
}

/// Something that records every call stands in front of all tools.
fn has_middleware(context: &Context<'_>, package: &Package<'_>) -> bool {
    let is_middleware = |name: &str| {
        let words = words_of(name);
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        has(&["audit", "auditing", "auditor"])
            || has(&["log", "logging", "logger", "tracing", "telemetry"])
                && has(&["middleware", "interceptor", "hook", "layer"])
    };
    package.modules.iter().any(|id| {
        let module = context.project.module(*id);
        let classes = module.classes.iter().filter_map(|class| class.name);
        let functions = module.functions.iter().filter_map(|function| function.name);
        classes.chain(functions).any(|name| is_middleware(&name))
    }) || package.does_anywhere(context, ActKind::Records)
}
