//! `missing-rate-limit`: a server on the network whose costly tools may be called as often as anybody likes.

use super::names::{self, Known};
use super::{Package, packages};
use crate::finding::Finding;
use crate::flow::Capability;
use crate::ir::Language;
use crate::project::ModuleId;
use crate::rules::{Context, Draft};
use crate::server::{Bind, TransportKind};
use crate::workspace::Span;

/// What costs somebody something.
const COSTLY: &[Capability] = &[
    Capability::RunsCommands,
    Capability::EvaluatesCode,
    Capability::Network,
    Capability::Database,
];

pub(in crate::rules) fn missing_rate_limit(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for package in packages(context) {
        let Some((module, span)) = on_network(context, &package) else {
            continue;
        };
        let costly: Vec<_> = package.called.iter().filter(|called| called.can_any(COSTLY)).collect();
        let Some(first) = costly.first() else { continue };
        if has_limiter(context, &package) {
            continue;
        }
        let help = match context.project.module(module).language {
            Language::TypeScript => {
                "put `express-rate-limit` (or the limiter of your framework) in front of the route, with a stricter limit for what is expensive"
            }
            Language::Python => {
                "add `RateLimitingMiddleware` of the `fastmcp` package, or `slowapi` to the application that serves it"
            }
            Language::Rust => "put `tower_governor` (or a `tower` layer of your own) in front of the service",
        };
        let draft = Draft::new(
            "missing-rate-limit",
            context.location(module, span),
            format!(
                "nothing limits how often the tools of this server are called over the network. `{}` and {} more cost something",
                first.name,
                costly.len() - 1
            )
            .replace(" and 0 more cost something", " costs something"),
        )
        .label("whoever reaches this may call as often as it likes")
        .help(help)
        .scope("server");
        let others = costly
            .iter()
            .map(|called| (called.module, called.span, format!("`{}` costs something", called.name)));
        findings.push(Package::and_others(context, draft, others).build());
    }
}

/// Where a server takes calls over the network: what the rules on listeners judge, the widest first, else a transport of which no listener
/// is seen.
fn on_network(context: &Context<'_>, package: &Package<'_>) -> Option<(ModuleId, Span)> {
    let own = context.server.listeners.iter().filter(|listener| {
        let serves = !listener.serves.is_empty() && package.modules.contains(&listener.module);
        serves && context.judges(listener.module)
    });
    // one on this machine alone most often stands behind a proxy
    if let Some(widest) = own.min_by_key(|listener| listener.bind == Bind::Loopback) {
        return Some((widest.module, widest.span));
    }
    let transport = package
        .transports
        .iter()
        .find(|transport| transport.kind != TransportKind::Stdio && context.judges(transport.module))?;
    Some((transport.module, transport.span))
}

fn has_limiter(context: &Context<'_>, package: &Package<'_>) -> bool {
    let practices = context.models.practices();
    let mut known = Known::new(&practices.limiters);
    package.imports(context, &practices.limiter_modules)
        || package
            .modules
            .iter()
            .any(|id| names::in_module(context.project.module(*id), &mut known))
}
