//! `switch`, whose cases may share bodies and fall through: the IR's arms do neither.

use tree_sitter::Node;

use super::context::{Lower, span, stmt};
use super::grammar::{Field, Kind};
use crate::ir::{Arm, Block, ExprKind, Pattern, PatternKind, StmtKind, walk};
use crate::workspace::Span;

/// Cases in a row that share a body.
struct Group {
    patterns: Vec<Pattern>,
    is_default: bool,
    body: Block,
    span: Span,
}

impl<'t> Lower<'t, '_> {
    pub(super) fn switch(&mut self, node: Node<'t>, out: &mut Block) {
        let subject = self.field_expr(node, Field::Value);
        let mut groups = match self.field(node, Field::Body) {
            Some(body) => self.groups(body),
            None => Vec::new(),
        };
        self.fall_through(&mut groups, node);
        let mut arms = Vec::with_capacity(groups.len());
        let mut default = None;
        for mut group in groups {
            strip_break(&mut group.body);
            let pattern = match (group.is_default, group.patterns.len()) {
                (true, _) => Pattern {
                    kind: PatternKind::Wild,
                    span: group.span,
                },
                (false, 1) => group.patterns.remove(0),
                (false, _) => Pattern {
                    kind: PatternKind::Or(group.patterns),
                    span: group.span,
                },
            };
            let arm = Arm {
                pattern,
                guard: None,
                body: group.body,
                span: group.span,
            };
            if group.is_default {
                default = Some(arm);
            } else {
                arms.push(arm);
            }
        }
        arms.extend(default);
        out.push(stmt(StmtKind::Match { subject, arms }, span(node)));
    }

    fn groups(&mut self, body: Node<'t>) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut shares = false;
        let kids = self.open(body);
        for index in kids.range() {
            let kid = self.kid(index);
            let is_default = match kid.kind {
                Kind::SwitchCase => false,
                Kind::SwitchDefault => true,
                _ => continue,
            };
            let pattern = match self.field(kid.node, Field::Value) {
                Some(value) if !is_default => Some(self.case_pattern(value)),
                _ => None,
            };
            let mut statements = Vec::new();
            self.case_body(kid.node, &mut statements);
            let is_empty = statements.is_empty();
            if !shares {
                groups.push(Group {
                    patterns: Vec::new(),
                    is_default: false,
                    body: Vec::new(),
                    span: span(kid.node),
                });
            }
            if let Some(group) = groups.last_mut() {
                group.patterns.extend(pattern);
                group.is_default |= is_default;
                group.body = statements;
                group.span = group.span.to(span(kid.node));
            }
            shares = is_empty;
        }
        self.close(kids);
        groups
    }

    fn case_pattern(&mut self, value: Node<'t>) -> Pattern {
        let id = self.expr(value);
        let kind = match &self.build.module.expr(id).kind {
            ExprKind::Literal(literal) => PatternKind::Literal(literal.clone()),
            _ => PatternKind::Value(id),
        };
        Pattern {
            kind,
            span: span(value),
        }
    }

    fn case_body(&mut self, case: Node<'t>, out: &mut Block) {
        let kids = self.open(case);
        for index in kids.range() {
            let kid = self.kid(index);
            if self.is_field(kid, Field::Body) && kid.kind != Kind::Comment || kid.kind == Kind::Error {
                self.statement(kid.node, None, out);
            }
        }
        self.close(kids);
    }

    /// Copies the bodies that a case runs into behind its own.
    fn fall_through(&mut self, groups: &mut [Group], node: Node<'t>) {
        for index in (0..groups.len().saturating_sub(1)).rev() {
            if leaves(&groups[index].body) {
                continue;
            }
            // What follows has itself been completed already, as this goes from the last case to the first.
            let cost = size(&groups[index + 1].body);
            if cost > self.copies_left {
                if std::mem::take(&mut self.copies_left) > 0 {
                    self.build.gap(
                        span(node),
                        "too many cases fall through into each other: the later ones are left out",
                    );
                }
                continue;
            }
            self.copies_left -= cost;
            let following = groups[index + 1].body.clone();
            groups[index].body.extend(following);
        }
    }
}

/// Whether control never runs past the end of a case's body.
fn leaves(block: &Block) -> bool {
    let Some(last) = block.last() else {
        return false;
    };
    match &last.kind {
        StmtKind::Break | StmtKind::Continue | StmtKind::Return(_) | StmtKind::Throw(_) => true,
        StmtKind::Block(body) => leaves(body),
        StmtKind::If { then, otherwise, .. } => leaves(then) && leaves(otherwise),
        StmtKind::Try {
            body,
            handlers,
            finally,
            ..
        } => leaves(finally) || leaves(body) && handlers.iter().all(|handler| leaves(&handler.body)),
        _ => false,
    }
}

/// Takes the `break` that ends a case's body away.
fn strip_break(block: &mut Block) {
    match block.last_mut().map(|last| &mut last.kind) {
        Some(StmtKind::Break) => {
            block.pop();
        }
        Some(StmtKind::Block(body)) => strip_break(body),
        _ => {}
    }
}

/// How much a block holds: what a copy of it costs.
fn size(block: &Block) -> usize {
    let mut count = block.len();
    walk::exprs_of_block(block, &mut |_| count += 1);
    count
}
