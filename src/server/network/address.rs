//! Where a listener listens.

use super::super::locals::each_stmt;
use super::super::value::At;
use super::host::{Bind, bind};
use super::listen::{Finder, Made, Reason};
use super::setting::Settled;
use crate::ir::{ArgKind, Call, ExprKind, FuncId, PatternKind, StmtKind};
use crate::models::{DefaultHost, ListenerRow};
use crate::project::Age;

impl Finder<'_, '_> {
    /// The call that binds, and its address: `axum::serve(listener, app)` listens where `TcpListener::bind(addr)` says.
    pub(super) fn bound(&self, row: &ListenerRow, at: At, call: &Call) -> (At, Option<At>) {
        let values = self.graph.values;
        if let Some(place) = row.through.iter().find_map(|place| self.pick(at, call, place)) {
            let maker = values.follow(place);
            if let ExprKind::Call(inner) = &values.expr(maker).kind
                && values
                    .last_name(maker.with(inner.callee))
                    .is_some_and(|name| matches!(name.as_str(), "bind" | "from_std"))
            {
                let address = inner.args.first().map(|arg| maker.with(arg.value));
                return (maker, address);
            }
            return (at, Some(place));
        }
        (at, row.host.iter().find_map(|place| self.pick(at, call, place)))
    }

    pub(super) fn host(&self, row: &ListenerRow, at: At, address: Option<At>, made: Made) -> (Bind, Reason) {
        let values = self.graph.values;
        let left_out = |default: DefaultHost, reason: Reason| match default {
            DefaultHost::All => (Bind::All, reason),
            DefaultHost::Loopback => (Bind::Loopback, reason),
            DefaultHost::Unknown => (Bind::Other, Reason::Unknown),
        };
        let age = row
            .since()
            .map(|since| values.project.age(at.module, &row.package, since));
        let by_default = match (age, row.older) {
            (Some(Age::Older(told)), Some(older)) => left_out(older, Reason::Old(told)),
            _ => left_out(row.default, Reason::LeftOut),
        };
        let callback = |place: &At| {
            let place = values.peel(*place);
            matches!(values.expr(place).kind, ExprKind::Lambda(_)) || values.function_of(place).is_some()
        };
        let address = address
            .filter(|place| !callback(place))
            .or_else(|| self.assigned(row, at))
            .or_else(|| self.set(row, made))
            .or_else(|| self.made(row, made));
        let Some(address) = address else {
            // `listen(options)`, `run(**options)`: the host may be among them
            let hidden = match &values.expr(at).kind {
                ExprKind::Call(call) => call.args.iter().any(|arg| match arg.kind {
                    ArgKind::Spread | ArgKind::KeywordSpread => true,
                    ArgKind::Positional => {
                        row.host.iter().any(|place| place.contains('.')) && self.hides(at.with(arg.value))
                    }
                    ArgKind::Named(_) => false,
                }),
                _ => false,
            };
            return match hidden {
                true => (Bind::Other, Reason::Unknown),
                false => by_default,
            };
        };
        match self.graph.settle(address) {
            Settled::Text(text) => (bind(&text), Reason::Given(text)),
            Settled::Unset => by_default,
            Settled::Unknown => (Bind::Other, Reason::Unknown),
        }
    }

    /// `config.bind = ["0.0.0.0:8000"]`, where `config` is what the call is given.
    fn assigned(&self, row: &ListenerRow, at: At) -> Option<At> {
        let values = self.graph.values;
        let (given, field) = row.assigned.split_once('.')?;
        let ExprKind::Call(call) = &values.expr(at).kind else {
            return None;
        };
        let given = self.pick(at, call, given)?;
        let ExprKind::Name(name) = values.expr(values.peel(given)).kind else {
            return None;
        };
        let module = values.module(at.module);
        let mut found = None;
        for (index, function) in (0_u32..).zip(&module.functions) {
            each_stmt(module, &function.body, &mut |stmt| {
                if let StmtKind::Assign { target, value, .. } = &stmt.kind
                    && let PatternKind::Place(place) = target.kind
                    && let ExprKind::Field { base, name: of, .. } = &module.expr(place).kind
                    && *of == *field
                    && matches!(&module.expr(*base).kind, ExprKind::Name(base) if *base == name)
                {
                    found = Some(At {
                        module: at.module,
                        scope: FuncId(index),
                        expr: *value,
                    });
                }
            });
        }
        found
    }

    /// Whether an options argument cannot be seen through.
    fn hides(&self, at: At) -> bool {
        let values = self.graph.values;
        let value = values.follow(at);
        match &values.expr(value).kind {
            ExprKind::Record { entries, .. } => entries
                .iter()
                .any(|entry| matches!(entry, crate::ir::RecordEntry::Spread(_))),
            ExprKind::Name(name) => {
                name.to_ascii_lowercase().contains("opt") || name.to_ascii_lowercase().contains("config")
            }
            _ => false,
        }
    }

    /// `mcp.settings.host = …`.
    fn set(&self, row: &ListenerRow, made: Made) -> Option<At> {
        let Made::Call(made) = made else { return None };
        if row.settings.is_empty() {
            return None;
        }
        let values = self.graph.values;
        let package = values.project.package(made.module);
        for id in self.graph.package(package) {
            let module = values.module(id);
            for (index, function) in (0_u32..).zip(&module.functions) {
                let mut found = None;
                each_stmt(module, &function.body, &mut |stmt| {
                    if let StmtKind::Assign { target, value, .. } = &stmt.kind
                        && let PatternKind::Place(place) = target.kind
                        && let ExprKind::Field { base, name, .. } = &module.expr(place).kind
                        && row.settings.iter().any(|field| *name == *field.as_str())
                        && let ExprKind::Field { name: settings, .. } = &module.expr(*base).kind
                        && settings.as_str() == "settings"
                    {
                        found = Some(At {
                            module: id,
                            scope: FuncId(index),
                            expr: *value,
                        });
                    }
                });
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// The host given where the receiver was made.
    fn made(&self, row: &ListenerRow, made: Made) -> Option<At> {
        let Made::Call(made) = made else { return None };
        let ExprKind::Call(call) = &self.graph.values.expr(made).kind else {
            return None;
        };
        row.made.iter().find_map(|place| self.pick(made, call, place))
    }
}
