//! `unbounded-input`: text of any length is stored, or sent to what is paid by its length.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Called, Package, count, names, packages};
use crate::finding::Finding;
use crate::flow::{Act, words_of};
use crate::ir::{BinaryOp, ExprId, ExprKind, Language, Module, Name};
use crate::models::ActKind;
use crate::project::{ModuleId, Ty};
use crate::rules::{Context, Draft};
use crate::server::{Handler, Parameter};
use crate::workspace::Span;

pub(in crate::rules) fn unbounded_input(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for package in packages(context) {
        let mut checked = Checked::default();
        let mut open: BTreeMap<(ModuleId, Span, Name), (&Called<'_>, &Act)> = BTreeMap::new();
        for called in &package.called {
            let Some(declared) = called.declared else { continue };
            for act in called.acts.iter().filter(|act| act.does == ActKind::Takes) {
                let Some(name) = act.argument else { continue };
                let param = declared.params.iter().find(|param| param.name == name);
                if !param.is_some_and(is_open_text) || !context.judges(act.place.module) {
                    continue;
                }
                let handler = match &called.entry.handler {
                    Handler::Function { func, .. } => func.module,
                    Handler::None => called.entry.module,
                };
                if [handler, act.place.module]
                    .iter()
                    .any(|id| checked.has(context, *id, name))
                {
                    continue;
                }
                open.entry((called.module, called.span, name)).or_insert((called, act));
            }
        }
        let all: Vec<_> = open.iter().collect();
        let Some(((_, _, name), (called, act))) = all.first() else {
            continue;
        };
        let callee = act.callee.as_str().trim_start_matches("*.");
        let mut message = format!(
            "argument `{name}` of tool `{}` may be of any length and reaches `{callee}`",
            called.name
        );
        if all.len() > 1 {
            message.push_str(&format!(
                ". {} of this server are like that",
                count(all.len(), "argument")
            ));
        }
        let help = match context.project.module(called.module).language {
            Language::TypeScript => "say a maximum in the schema: `z.string().max(1000)`, `maxLength` in JSON Schema",
            Language::Python => "say a maximum in the signature: `Annotated[str, Field(max_length=1000)]`",
            Language::Rust => {
                "refuse what is longer than the handler expects: `if args.text.len() > 1000 { return Err(..) }`"
            }
        };
        let draft = Draft::new("unbounded-input", context.location(called.module, called.span), message)
            .label("takes text of any length")
            .help(help)
            .tool(called.name.clone())
            .parameter(name.as_str())
            .scope("server")
            .related(
                context.location(act.place.module, act.place.span),
                format!("`{name}` arrives here"),
            );
        let others = all
            .iter()
            .skip(1)
            .map(|((module, span, name), (called, _))| (*module, *span, format!("`{name}` of `{}`, too", called.name)));
        findings.push(Package::and_others(context, draft, others).build());
    }
}

/// Text without a maximum.
fn is_open_text(param: &Parameter) -> bool {
    let is_text = match &param.ty {
        Ty::Str => true,
        Ty::Optional(inner) => **inner == Ty::Str,
        _ => false,
    };
    is_text && !param.bounded
}

/// Names whose length a module looks at, or that it cuts.
#[derive(Default)]
struct Checked {
    modules: BTreeMap<ModuleId, FxHashSet<Name>>,
}

impl Checked {
    fn has(&mut self, context: &Context<'_>, module: ModuleId, name: Name) -> bool {
        let names = self
            .modules
            .entry(module)
            .or_insert_with(|| measured(context.project.module(module)));
        names.contains(&name)
    }
}

fn measured(module: &Module) -> FxHashSet<Name> {
    let mut found = FxHashSet::default();
    for expr in &module.exprs {
        match &expr.kind {
            ExprKind::Binary {
                op: BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq,
                left,
                right,
            } => {
                found.extend([*left, *right].into_iter().filter_map(|side| length_of(module, side)));
            }
            ExprKind::Call(call) => {
                let Some(last) = names::last(module, call.callee) else {
                    continue;
                };
                let base = match &module.expr(call.callee).kind {
                    ExprKind::Field { base, .. } => Some(*base),
                    _ => None,
                };
                if matches!(last.as_str(), "slice" | "substring" | "substr" | "truncate" | "take") {
                    found.extend(base.and_then(|base| names::meant(module, base)));
                }
                let words = words_of(&last);
                let limits = |word: &String| matches!(word.as_str(), "length" | "limit" | "max" | "truncate" | "size");
                if words.len() > 1 && words.iter().any(limits) || last == "truncate" {
                    found.extend(call.args.iter().filter_map(|arg| names::meant(module, arg.value)));
                }
            }
            // a slice
            ExprKind::Index { base, index } if matches!(module.expr(*index).kind, ExprKind::Opaque(_)) => {
                found.extend(names::meant(module, *base));
            }
            _ => {}
        }
    }
    found
}

/// What an expression is the length of: `x.length`, `len(x)`, `x.chars().count()`.
fn length_of(module: &Module, expr: ExprId) -> Option<Name> {
    match &module.expr(expr).kind {
        ExprKind::Field { base, name, .. } if matches!(name.as_str(), "length" | "byteLength") => {
            names::meant(module, *base)
        }
        ExprKind::Call(call) => match names::last(module, call.callee)?.as_str() {
            "len" | "count" | "length" | "byteLength" => match &module.expr(call.callee).kind {
                ExprKind::Field { base, .. } if call.args.is_empty() => names::meant(module, *base),
                _ => names::meant(module, call.args.first()?.value),
            },
            _ => None,
        },
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => length_of(module, *inner),
        _ => None,
    }
}
