//! Whether a call is one that starts to listen: by its name, or by what made its receiver.

use super::super::locals::Binding;
use super::super::read::has_prefix;
use super::super::value::At;
use super::listen::{Finder, Made, is_network, last};
use crate::ir::{ArgKind, Call, ExprId, ExprKind, Name, walk};
use crate::models::ListenerRow;
use crate::project::{ClassRef, Symbol, Ty};

/// How deep what an app is made of is followed.
const APP: usize = 6;

impl Finder<'_, '_> {
    /// Whether a call is what a row speaks of, and then what made its receiver.
    pub(super) fn fits(&self, row: &ListenerRow, at: At, call: &Call) -> Option<Made> {
        let values = self.graph.values;
        if !row.needs.iter().all(|place| self.pick(at, call, place).is_some()) {
            return None;
        }
        let lacking = |keyword: &String| {
            call.args
                .iter()
                .any(|arg| matches!(arg.kind, ArgKind::Named(name) if name == *keyword.as_str()))
        };
        if row.lacks.iter().any(lacking) {
            return None;
        }
        if !row.call.is_empty() {
            let name = values.external(at.with(call.callee))?;
            return row.call.iter().any(|known| same(&name, known)).then_some(Made::Nothing);
        }
        let ExprKind::Field { base, .. } = &values.expr(at.with(call.callee)).kind else {
            return None;
        };
        match self.origin(row, at.with(*base)) {
            Origin::Fits(made) => Some(made),
            Origin::Other => None,
            Origin::Unknown => self.fits_unknown(row, at, call, *base),
        }
    }

    /// Whether a receiver of which nothing is known may be meant: by its name, or by what the call says.
    fn fits_unknown(&self, row: &ListenerRow, at: At, call: &Call, base: ExprId) -> Option<Made> {
        let values = self.graph.values;
        if !row.transport.is_empty() {
            let named = call
                .args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "transport"))?;
            let text = values.text(at.with(named.value))?;
            return is_network(&text).then_some(Made::Unknown);
        }
        let name = values.last_name(at.with(base))?.to_ascii_lowercase();
        let first = at.with(call.args.first()?.value);
        let function = matches!(values.expr(values.peel(first)).kind, ExprKind::Lambda(_));
        (!function && row.names.iter().any(|end| name.ends_with(end.as_str()))).then_some(Made::Unknown)
    }

    /// What made a receiver.
    fn origin(&self, row: &ListenerRow, base: At) -> Origin {
        let values = self.graph.values;
        let mut value = values.follow(base);
        // a class itself: `MyAgent.serve("/mcp")`
        if let Some(Symbol::Class(class)) = values.project.resolve_expr(value.module, value.scope, value.expr) {
            return match self.derives(row, class) {
                true => Origin::Fits(Made::Nothing),
                false => Origin::Other,
            };
        }
        for _ in 0..APP {
            let ExprKind::Call(call) = &values.expr(value).kind else {
                break;
            };
            if let Some(name) = values.external(value.with(call.callee)) {
                if row
                    .of
                    .iter()
                    .any(|known| same(&name, known) || has_prefix(&name, known))
                    && self.mentions(value, call, &row.with_made)
                {
                    return Origin::Fits(Made::Call(value));
                }
                return Origin::Other;
            }
            // a builder: `HttpServer::new(…).workers(2)`
            if let ExprKind::Field { base, .. } = &values.expr(value.with(call.callee)).kind
                && values.function_of(value.with(call.callee)).is_none()
            {
                value = values.follow(value.with(*base));
                continue;
            }
            // a function or class of the project
            match values.project.resolve_expr(value.module, value.scope, call.callee) {
                Some(Symbol::Function(func)) => {
                    let locals = values.locals(func.module, func.func);
                    let Some(expr) = locals.returns().last() else { break };
                    value = values.follow(At {
                        module: func.module,
                        scope: func.func,
                        expr,
                    });
                    continue;
                }
                Some(Symbol::Class(class)) => {
                    return match self.derives(row, class) {
                        true => Origin::Fits(Made::Call(value)),
                        false => Origin::Other,
                    };
                }
                _ => break,
            }
        }
        match self.declared(base) {
            Some(name) if row.types.iter().any(|known| last(&name) == known) => Origin::Fits(Made::Unknown),
            Some(name) if row.of.iter().any(|known| has_prefix(&name, known)) => Origin::Fits(Made::Unknown),
            Some(_) => Origin::Other,
            None => Origin::Unknown,
        }
    }

    /// Whether a class is derived from what a row speaks of.
    fn derives(&self, row: &ListenerRow, class: ClassRef) -> bool {
        let bases = self.graph.values.project.bases(class);
        bases.into_iter().any(|of| match of {
            Symbol::External(name) => row.of.iter().any(|known| has_prefix(&name, known)),
            _ => false,
        })
    }

    /// Whether the arguments of a call mention one of these names; with none asked for they do.
    fn mentions(&self, at: At, call: &Call, names: &[String]) -> bool {
        let module = self.graph.values.module(at.module);
        let mut found = names.is_empty();
        for arg in &call.args {
            walk::descend(module, arg.value, &mut |inner| {
                if let ExprKind::Name(name) = &module.expr(inner).kind {
                    found |= names.iter().any(|known| *name == *known.as_str());
                }
            });
        }
        found
    }

    /// The declared type of a parameter or field outside of the project.
    fn declared(&self, at: At) -> Option<Name> {
        let values = self.graph.values;
        let at = values.peel(at);
        let (module, scope, ty) = match &values.expr(at).kind {
            ExprKind::Name(name) => {
                let (scope, Binding::Param { index, path }) = values.local(at.module, at.scope, *name)? else {
                    return None;
                };
                let param = values.module(at.module).function(scope).params.get(index)?;
                (at.module, scope, param.ty.filter(|_| path.is_empty())?)
            }
            ExprKind::Field { base, name, .. } => {
                let class = values.class_of_value(at.with(*base), super::super::value::FUEL)?;
                let (owner, field) = values.project.field(class, *name)?;
                (
                    owner.module,
                    values.module(owner.module).class(owner.class).parent,
                    field.ty?,
                )
            }
            _ => return None,
        };
        let mut ty = values.project.type_of(module, scope, ty);
        for _ in 0..3 {
            ty = match ty {
                Ty::External(name) => return Some(name),
                Ty::Optional(inner) => *inner,
                Ty::Union(all) => all.into_iter().find(|one| matches!(one, Ty::External(_)))?,
                _ => return None,
            };
        }
        None
    }

    /// The value at a place of a call: `0`, `host`, `0|host`, `0.httpStream.host`.
    pub(super) fn pick(&self, at: At, call: &Call, place: &str) -> Option<At> {
        let values = self.graph.values;
        let mut parts = place.split('.');
        let first = parts.next()?;
        let start = first.split('|').find_map(|word| match word.parse::<usize>() {
            Ok(index) => call
                .args
                .iter()
                .filter(|arg| arg.kind == ArgKind::Positional)
                .nth(index)
                .map(|arg| at.with(arg.value)),
            Err(_) => call
                .args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name == *word))
                .map(|arg| at.with(arg.value)),
        })?;
        parts.try_fold(start, |place, member| {
            values.member(values.follow(place), Name::new(member))
        })
    }
}

/// What is known of a receiver.
enum Origin {
    Fits(Made),
    Other,
    Unknown,
}

/// Whether a qualified name is the one of a row: the same head up to a separator, the same last segment.
pub(super) fn same(name: &str, known: &str) -> bool {
    if name == known {
        return true;
    }
    let Some(cut) = known.rfind(['.', ':']) else {
        return false;
    };
    let (head, tail) = (known.get(..cut).unwrap_or(""), known.get(cut + 1..).unwrap_or(""));
    has_prefix(name, head.trim_end_matches(':')) && last(name) == tail
}
