//! Whether the callers of a listener are authenticated: always, never, or when a setting is there.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::locals::{Binding, each_stmt};
use super::super::value::At;
use super::graph::{Graph, Node, Reach, Stretch};
use super::setting::Settled;
use crate::ir::{BinaryOp, Block, ExprId, ExprKind, FuncId, Literal, Name, PatternKind, StmtKind, UnaryOp, walk};
use crate::models::AuthRow;
use crate::project::{FuncRef, ModuleId};
use crate::workspace::Span;

/// Whether callers are authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nothing does it.
    None,
    /// This does it; nothing is known where too much is reached to say.
    Some(Option<(ModuleId, Span)>),
    /// Something does it where a setting is there, and nothing where it is not.
    When {
        /// The setting.
        setting: Name,
        /// Where the check hangs on it.
        module: ModuleId,
        /// The condition.
        span: Span,
    },
    /// Something does it for calls that bring a token, and lets those without one pass.
    Lax {
        /// What does.
        call: Name,
        /// Where it is called.
        module: ModuleId,
        /// The call.
        span: Span,
    },
}

/// What is known of the surroundings of a listener.
pub(super) struct Scene<'s> {
    /// Where its reach begins.
    pub(super) seeds: &'s [Node],
    /// What is reached from it.
    pub(super) reach: &'s Reach,
    /// What stands around it: its callers.
    pub(super) around: &'s [At],
    /// The listening call.
    pub(super) listener: At,
    /// Handlers of routes that do not serve MCP.
    pub(super) beside: &'s FxHashSet<FuncRef>,
    /// What runs only where the listener does not.
    pub(super) instead: &'s [Stretch],
}

/// Stretches of a function that run only where a setting is there.
type Regions = Vec<(Span, Auth)>;

impl Graph<'_, '_> {
    /// Whether callers of a listener are authenticated.
    pub(super) fn auth(&self, row: &AuthRow, scene: &Scene<'_>) -> Auth {
        if !scene.reach.whole {
            return Auth::Some(None);
        }
        let mut all = scene.reach.exprs.iter().chain(scene.around);
        let lax = all.clone().find_map(|at| self.lax(row, *at));
        // what such a call is given checks tokens that are brought
        let given: Vec<(ModuleId, Span)> = all
            .clone()
            .filter(|at| self.lax(row, **at).is_some())
            .flat_map(|at| self.behind_first(*at))
            .collect();
        // nor does what runs only where this listener does not
        let given: Vec<(ModuleId, Span)> = given.into_iter().chain(scene.instead.iter().copied()).collect();
        let within = |module: ModuleId, span: Span| {
            let inside = |(of, inside): &(ModuleId, Span)| *of == module && inside.contains(span);
            given.iter().any(inside)
        };
        let skipped = |at: At| within(at.module, self.values.expr(at).span);
        let apart = |node: Node| match node {
            Node::Func(func) => scene.beside.contains(&func) || within(func.module, self.values.function(func).span),
            _ => false,
        };
        // a handler that asks whom it serves may refuse by itself
        let asks = |at: &At| matches!(&self.values.expr(*at).kind, ExprKind::Field { name, .. } if name.as_str() == "authInfo");
        if lax.is_some() && all.clone().any(asks) {
            return Auth::Some(None);
        }
        let none = lax.unwrap_or(Auth::None);
        if !all.any(|at| self.speaks(row, *at)) {
            return none;
        }
        let refused = self.refused(scene);
        let mut regions: FxHashMap<FuncRef, Regions> = FxHashMap::default();
        let mut condition = |at: At| {
            let func = FuncRef {
                module: at.module,
                func: at.scope,
            };
            let known = regions
                .entry(func)
                .or_insert_with(|| self.regions(func, scene.listener, &refused));
            let span = self.values.expr(at).span;
            known
                .iter()
                .find(|(region, _)| region.contains(span))
                .map(|(_, when)| when.clone())
        };
        let sure = |at: At| Auth::Some(Some((at.module, self.values.expr(at).span)));
        let mut held: Vec<(At, Auth)> = Vec::new();
        for at in scene.around {
            let func = FuncRef {
                module: at.module,
                func: at.scope,
            };
            if scene.beside.contains(&func) {
                continue;
            }
            let speaks = self.speaks(row, *at);
            match condition(*at).or_else(|| if speaks { self.chosen(*at, &refused) } else { None }) {
                Some(when) => held.push((*at, when)),
                None if speaks => return sure(*at),
                None => {}
            }
        }
        // all over again, past what hangs on a setting
        let mut seen: FxHashSet<Node> = FxHashSet::default();
        let mut open: Vec<Node> = scene.seeds.to_vec();
        while let Some(node) = open.pop() {
            if !seen.insert(node) || apart(node) {
                continue;
            }
            for at in self.own(node) {
                let func = FuncRef {
                    module: at.module,
                    func: at.scope,
                };
                if skipped(at) || scene.beside.contains(&func) {
                    continue;
                }
                if let Some(when) = condition(at) {
                    held.push((at, when));
                } else if !self.speaks(row, at) {
                    self.mention(at, &mut open);
                } else if let Some(when) = self.chosen(at, &refused) {
                    held.push((at, when));
                } else {
                    return sure(at);
                }
            }
            self.members(node, &mut open);
        }
        let leads = |at: At| {
            let mut nodes = Vec::new();
            self.mention(at, &mut nodes);
            !nodes.is_empty() && self.reach(&nodes).exprs.iter().any(|at| self.speaks(row, *at))
        };
        held.into_iter()
            .find(|(at, _)| self.speaks(row, *at) || leads(*at))
            .map_or(none, |(_, when)| when)
    }

    /// The arguments of a call behind the first.
    fn behind_first(&self, at: At) -> Vec<(ModuleId, Span)> {
        let module = self.values.module(at.module);
        match &module.expr(at.expr).kind {
            ExprKind::Call(call) => {
                let rest = call.args.iter().skip(1);
                rest.map(|arg| (at.module, module.expr(arg.value).span)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The stretches of a function that run only where a setting is there.
    fn regions(&self, func: FuncRef, listener: At, refused: &FxHashSet<Name>) -> Regions {
        let module = self.values.module(func.module);
        let body = &module.function(func.func).body;
        let listens = (listener.module == func.module).then(|| module.expr(listener.expr).span);
        let place = |expr: ExprId| At {
            module: func.module,
            scope: func.func,
            expr,
        };
        let when = |test: ExprId, wanted: bool| {
            let setting = self.wanted(place(test), wanted)?;
            (!refused.contains(&setting)).then(|| Auth::When {
                setting,
                module: func.module,
                span: module.expr(test).span,
            })
        };
        let whole = |block: &Block| Some(block.first()?.span.to(block.last()?.span));
        let mut found = Vec::new();
        each_stmt(module, body, &mut |stmt| {
            let StmtKind::If { test, then, otherwise } = &stmt.kind else {
                return;
            };
            // what is listened on hangs on the setting as well
            if listens.is_some_and(|span| stmt.span.contains(span)) {
                return;
            }
            if let Some(span) = whole(then)
                && !self.ends(func.module, otherwise)
                && let Some(when) = when(*test, true)
            {
                found.push((span, when));
            }
            if let Some(span) = whole(otherwise)
                && !self.ends(func.module, then)
                && let Some(when) = when(*test, false)
            {
                found.push((span, when));
            }
        });
        // `Verifier(…) if TOKEN else None`
        for at in self.own(Node::Func(func)) {
            let ExprKind::Conditional { test, then, otherwise } = &module.expr(at.expr).kind else {
                continue;
            };
            let null = |expr: ExprId| matches!(module.expr(expr).kind, ExprKind::Literal(Literal::Null));
            let (branch, wanted) = match (null(*then), null(*otherwise)) {
                (false, true) => (*then, true),
                (true, false) => (*otherwise, false),
                _ => continue,
            };
            if let Some(when) = when(*test, wanted) {
                found.push((module.expr(branch).span, when));
            }
        }
        // `if (!TOKEN) return next();` before the check
        if func.func != FuncId::MODULE {
            for stmt in body {
                if let StmtKind::If { test, then, .. } = &stmt.kind
                    && matches!(then.last().map(|last| &last.kind), Some(StmtKind::Return(_)))
                    && !self.ends(func.module, then)
                    && let Some(when) = when(*test, false)
                    && let Some(last) = body.last()
                {
                    let rest = Span {
                        start: stmt.span.end,
                        end: last.span.end,
                    };
                    if !listens.is_some_and(|span| rest.contains(span)) {
                        found.push((rest, when));
                    }
                }
            }
        }
        found
    }

    /// Settings without which the program ends or refuses: by name.
    fn refused(&self, scene: &Scene<'_>) -> FxHashSet<Name> {
        let mut found = FxHashSet::default();
        let mut funcs: Vec<FuncRef> = scene.reach.funcs.iter().copied().collect();
        funcs.extend(scene.around.iter().map(|at| FuncRef {
            module: at.module,
            func: at.scope,
        }));
        funcs.sort_unstable();
        funcs.dedup();
        for func in funcs {
            let module = self.values.module(func.module);
            each_stmt(module, &module.function(func.func).body, &mut |stmt| {
                if let StmtKind::If { test, then, .. } = &stmt.kind
                    && self.ends(func.module, then)
                {
                    let at = At {
                        module: func.module,
                        scope: func.func,
                        expr: *test,
                    };
                    self.settings(at, &mut found);
                }
            });
        }
        found
    }

    /// Whether a block ends the program, throws, or refuses a request.
    fn ends(&self, id: ModuleId, block: &Block) -> bool {
        let module = self.values.module(id);
        block.iter().any(|stmt| match &stmt.kind {
            StmtKind::Throw(_) => true,
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => {
                let mut found = false;
                walk::descend(module, *expr, &mut |inner| {
                    let at = self.place(id, inner);
                    found |= match &module.expr(inner).kind {
                        ExprKind::Call(call) => {
                            let last = self.values.last_name(at.with(call.callee));
                            last.is_some_and(|name| {
                                matches!(
                                    name.as_str(),
                                    "exit" | "abort" | "bail" | "panic" | "Err" | "fatal" | "die"
                                )
                            }) || call.args.iter().any(|arg| {
                                self.refuses(at.with(arg.value), arg.kind)
                                    || matches!(module.expr(arg.value).kind, ExprKind::Literal(Literal::Int(500 | 503)))
                            })
                        }
                        _ => false,
                    };
                });
                found
            }
            _ => false,
        })
    }

    /// The settings that a condition asks.
    fn settings(&self, at: At, found: &mut FxHashSet<Name>) {
        let module = self.values.module(at.module);
        walk::descend(module, at.expr, &mut |expr| {
            if let Some(setting) = self.setting(at.with(expr)) {
                found.insert(setting);
            }
        });
    }

    /// The setting that an expression reads: something that is not there by default.
    fn setting(&self, at: At) -> Option<Name> {
        let values = self.values;
        let at = values.peel(at);
        let name = match &values.expr(at).kind {
            ExprKind::Name(name) => {
                if let Some((_, Binding::Param { .. })) = values.local(at.module, at.scope, *name) {
                    return None;
                }
                *name
            }
            ExprKind::Field { name, .. } => *name,
            ExprKind::Call(_) | ExprKind::Index { .. } | ExprKind::Path(_) => values.last_name(at)?,
            _ => return None,
        };
        match self.settle(at) {
            Settled::Unset => Some(self.variable(values.follow(at)).unwrap_or(name)),
            Settled::Text(text) if text.is_empty() => Some(self.variable(values.follow(at)).unwrap_or(name)),
            _ => None,
        }
    }

    /// The environment variable that an expression reads.
    fn variable(&self, at: At) -> Option<Name> {
        let values = self.values;
        match &values.expr(at).kind {
            ExprKind::Field { base, name, .. } if self.environment(at.with(*base)) => Some(*name),
            ExprKind::Index { base, index } if self.environment(at.with(*base)) => values.text(at.with(*index)),
            ExprKind::Call(call) => call.args.first().and_then(|arg| values.text(at.with(arg.value))),
            ExprKind::Binary { left, .. } => self.variable(values.follow(at.with(*left))),
            _ => None,
        }
    }

    /// The setting that must be there for a test to come out as wanted.
    fn wanted(&self, test: At, wanted: bool) -> Option<Name> {
        let values = self.values;
        let test = values.peel(test);
        match &values.expr(test).kind {
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.wanted(test.with(*operand), !wanted),
            ExprKind::Binary {
                op: BinaryOp::And,
                left,
                right,
            } if wanted => self
                .wanted(test.with(*left), true)
                .or_else(|| self.wanted(test.with(*right), true)),
            ExprKind::Binary {
                op: op @ (BinaryOp::Eq | BinaryOp::NotEq),
                left,
                right,
            } => match values.expr(test.with(*right)).kind {
                ExprKind::Literal(Literal::Null) => self.wanted(test.with(*left), wanted == (*op == BinaryOp::NotEq)),
                _ => None,
            },
            ExprKind::Field { base, name, .. } if name.as_str() == "length" => self.wanted(test.with(*base), wanted),
            ExprKind::Matches { pattern, value } if matches!(pattern.kind, PatternKind::Variant { .. }) => {
                self.wanted(test.with(*value), wanted)
            }
            _ if wanted => self.setting(test),
            _ => None,
        }
    }

    /// Whether the value of an option is chosen by a setting.
    fn chosen(&self, at: At, refused: &FxHashSet<Name>) -> Option<Auth> {
        let values = self.values;
        let ExprKind::Call(call) = &values.expr(at).kind else {
            return None;
        };
        call.args.iter().find_map(|arg| {
            let value = values.follow(at.with(arg.value));
            let ExprKind::Conditional { test, then, otherwise } = &values.expr(value).kind else {
                return None;
            };
            let null = |expr| matches!(values.expr(value.with(expr)).kind, ExprKind::Literal(Literal::Null));
            let setting = match (null(*then), null(*otherwise)) {
                (false, true) => self.wanted(value.with(*test), true),
                (true, false) => self.wanted(value.with(*test), false),
                _ => None,
            }?;
            (!refused.contains(&setting)).then(|| Auth::When {
                setting,
                module: value.module,
                span: values.expr(value).span,
            })
        })
    }
}
