//! Where in a function a place stands, and in which branches.

use super::holds;
use crate::ir::{Block, FuncId, Module, Stmt, StmtKind};
use crate::workspace::Span;

/// The branches around a place: the statement that branches, and which of its blocks.
pub(super) type Branches = Vec<(u32, usize)>;

/// The innermost function that holds a span; one that begins with it (a decorated one) only counts if `inside`.
pub(super) fn function_at(module: &Module, span: Span, inside: bool) -> FuncId {
    let mut best = FuncId::MODULE;
    let mut size = u32::MAX;
    for (index, function) in (0_u32..).zip(&module.functions).skip(1) {
        let length = function.span.end.saturating_sub(function.span.start);
        let before_body = !inside && span.end <= function.name_span.start.max(function.span.start);
        if holds(function.span, span) && length < size && !before_body {
            best = FuncId(index);
            size = length;
        }
    }
    best
}

/// The branches around a span in a function's body, outermost first; `None` if it lies in a part that is no statement.
pub(super) fn branches(body: &Block, span: Span) -> Option<Branches> {
    let mut found = Vec::new();
    let mut block: Vec<&Block> = vec![body];
    // as deep as statements nest
    loop {
        let holder: Option<&Stmt> = block
            .iter()
            .flat_map(|block| block.iter())
            .find(|stmt| holds(stmt.span, span));
        let Some(stmt) = holder else {
            return Some(found);
        };
        let inner = blocks(stmt);
        if inner.is_empty() {
            return Some(found);
        }
        let within = inner
            .iter()
            .position(|block| block.iter().any(|stmt| holds(stmt.span, span)));
        match within {
            Some(index) => {
                let goes_on = match stmt.kind {
                    StmtKind::Block(_) => true,
                    StmtKind::Try { .. } => index == 0,
                    _ => false,
                };
                if !goes_on {
                    found.push((stmt.span.start, index));
                }
                block = vec![inner[index]];
            }
            // a condition, an iterator, or a definition that is no statement
            None => {
                let in_head = inner
                    .iter()
                    .all(|block| block.first().is_none_or(|first| span.end <= first.span.start));
                return in_head.then_some(found);
            }
        }
    }
}

/// The blocks of a statement.
fn blocks(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::Let {
            otherwise: Some(body), ..
        }
        | StmtKind::Block(body) => vec![body],
        StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
        StmtKind::Loop { body, otherwise, .. } => vec![body, otherwise],
        StmtKind::Match { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
        StmtKind::Try {
            body,
            handlers,
            otherwise,
            finally,
        } => {
            let mut all = vec![body];
            all.extend(handlers.iter().map(|handler| &handler.body));
            all.extend([otherwise, finally]);
            all
        }
        _ => Vec::new(),
    }
}
