//! Walks over statements, patterns and expressions, in source order.

use super::{
    Block, Element, ExprId, ExprKind, Key, LoopKind, Module, Pattern, PatternKind, RecordEntry, Stmt, StmtKind,
};
use crate::workspace::Span;

/// The direct children of an expression. A `Block` expression's statements are not expressions: see [`exprs_of_block`].
/// A `Lambda` has no children here: its body belongs to its own function.
pub fn children(module: &Module, id: ExprId, mut visit: impl FnMut(ExprId)) {
    match &module.expr(id).kind {
        ExprKind::Literal(_)
        | ExprKind::Name(_)
        | ExprKind::This
        | ExprKind::Super
        | ExprKind::Path(_)
        | ExprKind::Lambda(_) => {}
        ExprKind::Field { base, .. } => visit(*base),
        ExprKind::Index { base, index } => {
            visit(*base);
            visit(*index);
        }
        ExprKind::Call(call) => {
            visit(call.callee);
            call.args.iter().for_each(|arg| visit(arg.value));
        }
        ExprKind::Concat(parts) | ExprKind::Opaque(parts) => parts.iter().copied().for_each(visit),
        ExprKind::Record { entries, .. } => {
            for entry in entries {
                match entry {
                    RecordEntry::Pair { key, value, .. } => {
                        if let Key::Computed(key) = key {
                            visit(*key);
                        }
                        visit(*value);
                    }
                    RecordEntry::Spread(value) => visit(*value),
                }
            }
        }
        ExprKind::List { elements, .. } => {
            for element in elements {
                match element {
                    Element::Item(value) | Element::Spread(value) => visit(*value),
                }
            }
        }
        ExprKind::Comprehension {
            clauses,
            element,
            value,
            ..
        } => {
            for clause in clauses {
                exprs_of_pattern(&clause.pattern, &mut visit);
                visit(clause.iter);
                clause.conditions.iter().copied().for_each(&mut visit);
            }
            visit(*element);
            if let Some(value) = value {
                visit(*value);
            }
        }
        ExprKind::Conditional { test, then, otherwise } => {
            visit(*test);
            visit(*then);
            visit(*otherwise);
        }
        ExprKind::Binary { left, right, .. } => {
            visit(*left);
            visit(*right);
        }
        ExprKind::Unary { operand, .. } => visit(*operand),
        ExprKind::Assign { target, value, .. } => {
            exprs_of_pattern(target, &mut visit);
            visit(*value);
        }
        ExprKind::Matches { pattern, value } => {
            exprs_of_pattern(pattern, &mut visit);
            visit(*value);
        }
        ExprKind::Block { body, value } => {
            exprs_of_block(body, &mut visit);
            if let Some(value) = value {
                visit(*value);
            }
        }
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => visit(*inner),
    }
}

/// The outermost expressions in a pattern (defaults, places, constants).
pub fn exprs_of_pattern(pattern: &Pattern, visit: &mut dyn FnMut(ExprId)) {
    match &pattern.kind {
        PatternKind::Wild | PatternKind::Literal(_) | PatternKind::Bind(_, None) => {}
        PatternKind::Bind(_, Some(inner)) => exprs_of_pattern(inner, visit),
        PatternKind::Place(expr) | PatternKind::Value(expr) => visit(*expr),
        PatternKind::Record { fields, rest, .. } => {
            fields.iter().for_each(|(_, field)| exprs_of_pattern(field, visit));
            if let Some(rest) = rest {
                exprs_of_pattern(rest, visit);
            }
        }
        PatternKind::List { items, .. } | PatternKind::Variant { items, .. } | PatternKind::Or(items) => {
            items.iter().for_each(|item| exprs_of_pattern(item, visit));
        }
        PatternKind::Default { pattern, default } => {
            exprs_of_pattern(pattern, visit);
            visit(*default);
        }
    }
}

/// The names that a pattern binds, in order.
pub fn names_of_pattern(pattern: &Pattern, visit: &mut dyn FnMut(super::Name)) {
    match &pattern.kind {
        PatternKind::Wild | PatternKind::Literal(_) | PatternKind::Place(_) | PatternKind::Value(_) => {}
        PatternKind::Bind(name, inner) => {
            visit(*name);
            if let Some(inner) = inner {
                names_of_pattern(inner, visit);
            }
        }
        PatternKind::Record { fields, rest, .. } => {
            fields.iter().for_each(|(_, field)| names_of_pattern(field, visit));
            if let Some(rest) = rest {
                names_of_pattern(rest, visit);
            }
        }
        PatternKind::List { items, .. } | PatternKind::Variant { items, .. } | PatternKind::Or(items) => {
            items.iter().for_each(|item| names_of_pattern(item, visit));
        }
        PatternKind::Default { pattern, .. } => names_of_pattern(pattern, visit),
    }
}

/// The outermost expressions of a block's statements, in source order, nested statements included.
pub fn exprs_of_block(block: &Block, visit: &mut dyn FnMut(ExprId)) {
    for stmt in block {
        exprs_of_stmt(stmt, visit);
    }
}

/// The outermost expressions of one statement, nested statements included.
pub fn exprs_of_stmt(stmt: &Stmt, visit: &mut dyn FnMut(ExprId)) {
    match &stmt.kind {
        StmtKind::Let {
            pattern,
            value,
            otherwise,
            ..
        } => {
            exprs_of_pattern(pattern, visit);
            value.iter().copied().for_each(&mut *visit);
            if let Some(otherwise) = otherwise {
                exprs_of_block(otherwise, visit);
            }
        }
        StmtKind::Assign { target, value, .. } => {
            exprs_of_pattern(target, visit);
            visit(*value);
        }
        StmtKind::If { test, then, otherwise } => {
            visit(*test);
            exprs_of_block(then, visit);
            exprs_of_block(otherwise, visit);
        }
        StmtKind::Loop { kind, body, otherwise } => {
            match kind {
                LoopKind::For { pattern, iter } | LoopKind::ForKeys { pattern, iter } => {
                    exprs_of_pattern(pattern, visit);
                    visit(*iter);
                }
                LoopKind::While(test) => visit(*test),
                LoopKind::Infinite => {}
            }
            exprs_of_block(body, visit);
            exprs_of_block(otherwise, visit);
        }
        StmtKind::Match { subject, arms } => {
            visit(*subject);
            for arm in arms {
                exprs_of_pattern(&arm.pattern, visit);
                arm.guard.iter().copied().for_each(&mut *visit);
                exprs_of_block(&arm.body, visit);
            }
        }
        StmtKind::Try {
            body,
            handlers,
            otherwise,
            finally,
        } => {
            exprs_of_block(body, visit);
            for handler in handlers {
                handler.types.iter().copied().for_each(&mut *visit);
                exprs_of_block(&handler.body, visit);
            }
            exprs_of_block(otherwise, visit);
            exprs_of_block(finally, visit);
        }
        StmtKind::Return(value) | StmtKind::Throw(value) => value.iter().copied().for_each(visit),
        StmtKind::Assert { test, message, .. } => {
            visit(*test);
            message.iter().copied().for_each(visit);
        }
        StmtKind::Break | StmtKind::Continue | StmtKind::Class(_) => {}
        StmtKind::Expr(value) => visit(*value),
        StmtKind::Block(body) => exprs_of_block(body, visit),
    }
}

/// Every expression below `id`, itself included, parents first. Functions nested in it are not entered.
pub fn descend(module: &Module, id: ExprId, visit: &mut dyn FnMut(ExprId)) {
    visit(id);
    children(module, id, |child| descend(module, child, visit));
}

/// Every statement of a block, nested ones included, parents first.
pub fn each_stmt<'m>(block: &'m [Stmt], visit: &mut dyn FnMut(&'m Stmt)) {
    for stmt in block {
        visit(stmt);
        match &stmt.kind {
            StmtKind::Let {
                otherwise: Some(body), ..
            }
            | StmtKind::Block(body) => each_stmt(body, visit),
            StmtKind::If { then, otherwise, .. } => {
                each_stmt(then, visit);
                each_stmt(otherwise, visit);
            }
            StmtKind::Loop { body, otherwise, .. } => {
                each_stmt(body, visit);
                each_stmt(otherwise, visit);
            }
            StmtKind::Match { arms, .. } => arms.iter().for_each(|arm| each_stmt(&arm.body, visit)),
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                each_stmt(body, visit);
                handlers.iter().for_each(|handler| each_stmt(&handler.body, visit));
                each_stmt(otherwise, visit);
                each_stmt(finally, visit);
            }
            _ => {}
        }
    }
}
/// The part of a statement in which its own code stands: up to the first statement inside of it (the body of an `if`, of a callback).
/// Of the statements around a byte the innermost is taken; `None` outside of all.
pub fn statement_around(module: &Module, at: u32) -> Option<Span> {
    let mut all: Vec<Span> = Vec::new();
    for function in &module.functions {
        spans_of_block(&function.body, &mut all);
    }
    for expr in &module.exprs {
        if let ExprKind::Block { body, .. } = &expr.kind {
            spans_of_block(body, &mut all);
        }
    }
    let around = all
        .iter()
        .filter(|span| span.start <= at && at < span.end)
        .min_by_key(|span| span.end - span.start)
        .copied()?;
    let inner = all
        .iter()
        .filter(|span| around.contains(**span) && **span != around)
        .map(|span| span.start)
        .min();
    Some(Span {
        start: around.start,
        end: inner.map_or(around.end, |start| start.max(at)),
    })
}

/// The spans of a block's statements, nested ones included.
fn spans_of_block(block: &Block, out: &mut Vec<Span>) {
    for stmt in block {
        out.push(stmt.span);
        for inner in blocks(stmt) {
            spans_of_block(inner, out);
        }
    }
}

/// The blocks of a statement.
fn blocks(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::Let { otherwise, .. } => otherwise.iter().collect(),
        StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
        StmtKind::Loop { body, otherwise, .. } => vec![body, otherwise],
        StmtKind::Match { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
        StmtKind::Try {
            body,
            handlers,
            otherwise,
            finally,
        } => {
            let handlers = handlers.iter().map(|handler| &handler.body);
            [body, otherwise, finally].into_iter().chain(handlers).collect()
        }
        StmtKind::Block(body) => vec![body],
        _ => Vec::new(),
    }
}
