//! Settings given by command-line options and by callers.

use super::super::value::At;
use super::graph::Graph;
use super::setting::Settled;
use crate::ir::{ArgKind, Call, ExprId, ExprKind, FuncId, Literal, Name};
use crate::project::FuncRef;

/// How many callers are asked.
const CALLERS: usize = 12;

impl Graph<'_, '_> {
    /// The default of a command-line option of that name: argparse, click, commander, yargs.
    pub(super) fn option(&self, at: At, name: Name, fuel: u32) -> Settled {
        let package = self.values.project.package(at.module);
        let mut modules = vec![at.module];
        modules.extend(self.package(package).filter(|id| *id != at.module));
        for id in modules {
            let module = self.values.module(id);
            let mut found = Vec::new();
            for (index, expr) in (0_u32..).zip(&module.exprs) {
                let ExprKind::Call(call) = &expr.kind else { continue };
                let is = |text: &Name| option_name(text) == name.as_str().replace('_', "-");
                let speaks = call.args.iter().any(|arg| {
                    matches!(&module.expr(arg.value).kind, ExprKind::Literal(Literal::Str(text)) if is(text) && (text.starts_with('-') || call.args.len() > 1))
                });
                if !speaks {
                    continue;
                }
                let place = self.place(id, ExprId(index));
                let adds = self.values.last_name(place.with(call.callee)).is_some_and(|name| {
                    matches!(
                        name.as_str(),
                        "add_argument" | "option" | "requiredOption" | "add_option" | "Option" | "arg"
                    )
                });
                if adds {
                    found.push(self.option_default(place, call, fuel));
                }
            }
            if !found.is_empty() {
                return self.agreed(found);
            }
        }
        Settled::Unknown
    }

    fn option_default(&self, at: At, call: &Call, fuel: u32) -> Settled {
        let values = self.values;
        let named = call
            .args
            .iter()
            .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "default"));
        if let Some(default) = named {
            return self.settled(at.with(default.value), fuel - 1);
        }
        let last = call.args.iter().rfind(|arg| arg.kind == ArgKind::Positional);
        if let Some(last) = last {
            let place = values.follow(at.with(last.value));
            if let Some(default) = values.member(place, Name::new("default")) {
                return self.settled(default, fuel - 1);
            }
            // commander: flags, description, default
            let positions = call.args.iter().filter(|arg| arg.kind == ArgKind::Positional).count();
            if positions >= 3 && !matches!(values.expr(place).kind, ExprKind::Record { .. }) {
                return self.settled(at.with(last.value), fuel - 1);
            }
        }
        Settled::Unset
    }

    /// A parameter: what callers give it, else its default.
    pub(super) fn param(&self, func: FuncRef, index: usize, path: &[Name], name: Name, fuel: u32) -> Settled {
        let values = self.values;
        let function = values.function(func);
        let Some(param) = function.params.get(index) else {
            return Settled::Unknown;
        };
        let mut all = Vec::new();
        for at in self.callers(func).into_iter().take(CALLERS) {
            let ExprKind::Call(call) = &values.expr(at).kind else {
                continue;
            };
            let Some(given) = values.argument(at, &call.args, func, index) else {
                continue;
            };
            let given = path.iter().try_fold(given, |place, field| values.member(place, *field));
            all.push(given.map_or(Settled::Unset, |given| self.settled(given, fuel / 2)));
        }
        // someone lets it listen to all: that is what counts
        if let Some(open) = all
            .iter()
            .find(|one| matches!(one, Settled::Text(text) if super::host::is_all(text)))
        {
            return *open;
        }
        let given = self.agreed(all.iter().copied());
        if let Settled::Text(_) = given {
            return given;
        }
        let default = default_of(param, path, func, self);
        if let Some(default) = default {
            return self.settled(default, fuel - 1);
        }
        // click: `@click.option("--host", default=…)`
        for decorator in &function.decorators {
            let at = At {
                module: func.module,
                scope: function.parent.unwrap_or(FuncId::MODULE),
                expr: *decorator,
            };
            if let ExprKind::Call(call) = &values.expr(at).kind
                && call.args.iter().any(|arg| {
                    matches!(&values.expr(at.with(arg.value)).kind, ExprKind::Literal(Literal::Str(text)) if option_name(text) == name.as_str().replace('_', "-"))
                })
            {
                return self.option_default(at, call, fuel);
            }
        }
        given
    }
}

/// The default of a parameter, or of the part of it that a path leads to.
fn default_of(param: &crate::ir::Param, path: &[Name], func: FuncRef, graph: &Graph<'_, '_>) -> Option<At> {
    let place = |expr| At {
        module: func.module,
        scope: func.func,
        expr,
    };
    if path.is_empty() {
        return param.default.or_else(|| pattern_default(&param.pattern)).map(place);
    }
    let field = path.last()?;
    if let crate::ir::PatternKind::Record { fields, .. } = &param.pattern.kind
        && let Some((_, pattern)) = fields.iter().find(|(name, _)| name == field)
        && let Some(default) = pattern_default(pattern)
    {
        return Some(place(default));
    }
    let whole = param.default.or_else(|| pattern_default(&param.pattern)).map(place)?;
    graph.values.member(whole, *field)
}

fn pattern_default(pattern: &crate::ir::Pattern) -> Option<ExprId> {
    match &pattern.kind {
        crate::ir::PatternKind::Default { default, .. } => Some(*default),
        _ => None,
    }
}

/// `--host <addr>`, `-h, --host`, `host`: the option's long name.
fn option_name(text: &str) -> String {
    let long = text
        .split([' ', ',', '=', '<', '['])
        .rfind(|word| word.starts_with("--"))
        .unwrap_or(text);
    long.trim_start_matches('-').to_owned()
}
