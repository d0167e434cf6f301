//! What the names of one function are bound to, by declaration.

use rustc_hash::FxHashMap;

use crate::ir::{Block, ExprId, ExprKind, FuncId, LoopKind, Module, Name, Pattern, PatternKind, Stmt, StmtKind, walk};

/// What a local name is.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// A parameter, or a part of one.
    Param {
        /// Which.
        index: usize,
        /// The fields that lead to it.
        path: Vec<Name>,
    },
    /// A declared value, or a part of one.
    Value {
        /// The value.
        value: ExprId,
        /// The fields that lead to the name.
        path: Vec<Name>,
    },
    /// An element of a collection.
    Element {
        /// The collection.
        of: ExprId,
        /// The fields of the element that lead to the name.
        path: Vec<Name>,
    },
}

/// The names of one function.
#[derive(Debug, Default)]
pub(super) struct Locals {
    names: FxHashMap<Name, Binding>,
    fields: Vec<(Name, ExprId)>,
    returns: Vec<ExprId>,
}

impl Locals {
    /// Reads a function; nested functions are not entered.
    pub(super) fn read(module: &Module, func: FuncId) -> Self {
        let mut locals = Self::default();
        let function = module.function(func);
        for (index, param) in function.params.iter().enumerate() {
            each_name(&param.pattern, &mut Vec::new(), &mut |name, path| {
                locals.names.entry(name).or_insert(Binding::Param {
                    index,
                    path: path.to_vec(),
                });
            });
        }
        each_stmt(module, &function.body, &mut |stmt| locals.note(module, stmt));
        locals
    }

    fn note(&mut self, module: &Module, stmt: &Stmt) {
        let mut bind = |pattern: &Pattern, value: ExprId| {
            each_name(pattern, &mut Vec::new(), &mut |name, path| {
                self.names.entry(name).or_insert(Binding::Value {
                    value,
                    path: path.to_vec(),
                });
            });
        };
        match &stmt.kind {
            StmtKind::Let {
                pattern,
                value: Some(value),
                ..
            } => bind(pattern, *value),
            StmtKind::Assign {
                target,
                value,
                op: None,
                ..
            } => {
                if let PatternKind::Place(place) = &target.kind
                    && let ExprKind::Field { base, name, .. } = &module.expr(*place).kind
                    && matches!(module.expr(*base).kind, ExprKind::This)
                {
                    self.fields.push((*name, *value));
                } else {
                    bind(target, *value);
                }
            }
            StmtKind::Loop {
                kind: LoopKind::For { pattern, iter },
                ..
            } => {
                each_name(pattern, &mut Vec::new(), &mut |name, path| {
                    self.names.entry(name).or_insert(Binding::Element {
                        of: *iter,
                        path: path.to_vec(),
                    });
                });
            }
            StmtKind::Match { subject, arms } => {
                for arm in arms {
                    bind(&arm.pattern, *subject);
                }
            }
            StmtKind::If { test, .. }
            | StmtKind::Loop {
                kind: LoopKind::While(test),
                ..
            } => {
                let mut found = Vec::new();
                walk::descend(module, *test, &mut |expr| {
                    if let ExprKind::Matches { pattern, value } = &module.expr(expr).kind {
                        found.push(((**pattern).clone(), *value));
                    }
                });
                for (pattern, value) in &found {
                    bind(pattern, *value);
                }
            }
            StmtKind::Return(Some(value)) => self.returns.push(*value),
            StmtKind::Expr(expr) => {
                // `this.x = v` may be an expression statement.
                if let ExprKind::Assign {
                    target,
                    op: None,
                    value,
                } = &module.expr(*expr).kind
                    && let PatternKind::Place(place) = &target.kind
                    && let ExprKind::Field { base, name, .. } = &module.expr(*place).kind
                    && matches!(module.expr(*base).kind, ExprKind::This)
                {
                    self.fields.push((*name, *value));
                }
            }
            _ => {}
        }
    }

    /// What a name is bound to; the first binding counts.
    pub(super) fn get(&self, name: Name) -> Option<&Binding> {
        self.names.get(&name)
    }

    /// Fields of the receiver that the function assigns.
    pub(super) fn fields(&self) -> impl Iterator<Item = (Name, ExprId)> + '_ {
        self.fields.iter().copied()
    }

    /// The values that it returns.
    pub(super) fn returns(&self) -> impl Iterator<Item = ExprId> + '_ {
        self.returns.iter().copied()
    }
}

/// The names of a pattern with the fields that lead to each. Positions count as fields; the single field of a variant
/// (`Ok(x)`, `Some(x)`) as none.
pub(super) fn each_name(pattern: &Pattern, path: &mut Vec<Name>, visit: &mut dyn FnMut(Name, &[Name])) {
    match &pattern.kind {
        PatternKind::Wild | PatternKind::Place(_) | PatternKind::Literal(_) | PatternKind::Value(_) => {}
        PatternKind::Bind(name, inner) => {
            visit(*name, path);
            if let Some(inner) = inner {
                each_name(inner, path, visit);
            }
        }
        PatternKind::Record { fields, rest, .. } => {
            for (name, field) in fields {
                path.push(*name);
                each_name(field, path, visit);
                path.pop();
            }
            if let Some(rest) = rest {
                each_name(rest, path, visit);
            }
        }
        PatternKind::List { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                path.push(Name::new(&index.to_string()));
                each_name(item, path, visit);
                path.pop();
            }
        }
        PatternKind::Variant { items, .. } | PatternKind::Or(items) => {
            for item in items {
                each_name(item, path, visit);
            }
        }
        PatternKind::Default { pattern, .. } => each_name(pattern, path, visit),
    }
}

/// Every statement of a block, nested ones and those of block expressions included.
pub(super) fn each_stmt(module: &Module, block: &Block, visit: &mut dyn FnMut(&Stmt)) {
    for stmt in block {
        visit(stmt);
        let inside = |blocks: &[&Block], exprs: &[ExprId], visit: &mut dyn FnMut(&Stmt)| {
            for expr in exprs {
                blocks_of(module, *expr, visit);
            }
            for block in blocks {
                each_stmt(module, block, visit);
            }
        };
        match &stmt.kind {
            StmtKind::Let { value, otherwise, .. } => {
                inside(&[], value.as_slice(), visit);
                if let Some(otherwise) = otherwise {
                    each_stmt(module, otherwise, visit);
                }
            }
            StmtKind::Assign { value, .. } => inside(&[], &[*value], visit),
            StmtKind::If { test, then, otherwise } => inside(&[then, otherwise], &[*test], visit),
            StmtKind::Loop { kind, body, otherwise } => {
                let head = match kind {
                    LoopKind::For { iter, .. } | LoopKind::ForKeys { iter, .. } => Some(*iter),
                    LoopKind::While(test) => Some(*test),
                    LoopKind::Infinite => None,
                };
                inside(&[body, otherwise], head.as_slice(), visit);
            }
            StmtKind::Match { subject, arms } => {
                inside(&[], &[*subject], visit);
                for arm in arms {
                    each_stmt(module, &arm.body, visit);
                }
            }
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                each_stmt(module, body, visit);
                for handler in handlers {
                    each_stmt(module, &handler.body, visit);
                }
                inside(&[otherwise, finally], &[], visit);
            }
            StmtKind::Return(value) | StmtKind::Throw(value) => inside(&[], value.as_slice(), visit),
            StmtKind::Expr(value) => inside(&[], &[*value], visit),
            StmtKind::Block(body) => each_stmt(module, body, visit),
            StmtKind::Assert { .. } | StmtKind::Break | StmtKind::Continue | StmtKind::Class(_) => {}
        }
    }
}

/// The statements of the block expressions in an expression.
fn blocks_of(module: &Module, expr: ExprId, visit: &mut dyn FnMut(&Stmt)) {
    if let ExprKind::Block { body, value } = &module.expr(expr).kind {
        each_stmt(module, body, visit);
        if let Some(value) = value {
            blocks_of(module, *value, visit);
        }
        return;
    }
    walk::children(module, expr, |child| blocks_of(module, child, visit));
}
