//! `unsandboxed-execution`: the caller's programs run where the server runs, with all it can reach.

use super::names::{self, Known};
use super::{MAX_RELATED, Package, packages};
use crate::finding::Finding;
use crate::ir::{ExprKind, Literal};
use crate::rules::{Context, Draft};

pub(in crate::rules) fn unsandboxed_execution(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let runs: Vec<&Finding> = context
        .found
        .iter()
        .filter(|finding| finding.rule == "code-execution-tool" && runs_here(context, finding))
        .collect();
    if runs.is_empty() {
        return;
    }
    for package in packages(context) {
        let files: Vec<_> = package
            .modules
            .iter()
            .map(|id| context.project.module(*id).file)
            .collect();
        let mut own: Vec<&&Finding> = runs.iter().filter(|run| files.contains(&run.primary.file)).collect();
        own.sort_by_key(|run| (run.primary.file, run.primary.span.start));
        let Some(first) = own.first() else { continue };
        if is_kept_apart(context, &package) {
            continue;
        }
        let tool = first.tool.clone().unwrap_or_default();
        let mut draft = Draft::new(
            "unsandboxed-execution",
            first.primary,
            format!("what tool `{tool}` runs for the caller runs with all that this server can reach"),
        )
        .label("runs as the server itself: its files, its network, its environment")
        .help(
            "run it in a container or virtual machine of its own (`docker run --rm --network none --read-only`), \
             with limits on memory and time and an environment without secrets",
        )
        .tool(tool)
        .scope("server");
        for other in own.iter().skip(1).take(MAX_RELATED) {
            let tool = other.tool.as_deref().unwrap_or("another tool");
            draft = draft.related(other.primary, format!("`{tool}` does, too"));
        }
        findings.push(draft.build());
    }
}

/// Whether the text runs on this machine: not in the page of a browser, on a device, or inside of a program that was started before.
fn runs_here(context: &Context<'_>, finding: &Finding) -> bool {
    let hits = &context.analysis.hits;
    hits.iter()
        .filter(|hit| context.location(hit.place.module, hit.place.span) == finding.primary)
        .all(|hit| {
            let callee = hit.callee.as_str();
            let elsewhere = [
                ".evaluate",
                ".evaluateHandle",
                ".addInitScript",
                ".execute_script",
                "stdin.write",
            ];
            !callee.starts_with("*.") && !elsewhere.iter().any(|end| callee.ends_with(end))
        })
}

/// Something in the server's source keeps programs apart: a library, a program that is started, a name that says so.
fn is_kept_apart(context: &Context<'_>, package: &Package<'_>) -> bool {
    let practices = context.models.practices();
    let mut known = Known::new(&practices.sandboxes);
    if package.imports(context, &practices.sandbox_modules) {
        return true;
    }
    package.modules.iter().any(|id| {
        let module = context.project.module(*id);
        let starts_one = module.exprs.iter().any(|expr| match &expr.kind {
            ExprKind::Literal(Literal::Str(text)) => {
                let program = text.split_whitespace().next().unwrap_or_default();
                practices.sandbox_programs.iter().any(|known| known == program)
            }
            _ => false,
        });
        starts_one || names::in_module(module, &mut known)
    })
}
