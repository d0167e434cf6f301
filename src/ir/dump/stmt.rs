//! Statements and patterns.

use std::fmt::Write as _;

use super::{DEPTH, Printer};
use crate::ir::{BinaryOp, Block, ExprId, LoopKind, Pattern, PatternKind, Stmt, StmtKind, TypeId};

impl Printer<'_> {
    pub(super) fn lines(&mut self, block: &Block) {
        for stmt in block {
            self.text.push_str("  ");
            self.stmt(stmt);
            self.text.push('\n');
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.text.push('{');
        for (index, stmt) in block.iter().enumerate() {
            self.flag(index > 0, "; ");
            self.stmt(stmt);
        }
        self.text.push('}');
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        if self.depth > DEPTH {
            self.text.push('…');
            return;
        }
        self.depth += 1;
        match &stmt.kind {
            StmtKind::Let {
                pattern,
                ty,
                value,
                otherwise,
            } => {
                self.text.push_str("let ");
                self.pattern(pattern);
                self.annotation(*ty);
                if let Some(value) = value {
                    self.text.push_str(" = ");
                    self.expr(*value);
                }
                if let Some(block) = otherwise {
                    self.text.push_str(" else ");
                    self.block(block);
                }
            }
            StmtKind::Assign { target, ty, op, value } => {
                self.pattern(target);
                self.annotation(*ty);
                self.assignment(*op, *value);
            }
            StmtKind::If { test, then, otherwise } => {
                self.text.push_str("if ");
                self.expr(*test);
                self.text.push(' ');
                self.block(then);
                self.otherwise("else", otherwise);
            }
            StmtKind::Loop { kind, body, otherwise } => {
                match kind {
                    LoopKind::For { pattern, iter } => self.for_head("of", pattern, *iter),
                    LoopKind::ForKeys { pattern, iter } => self.for_head("in", pattern, *iter),
                    LoopKind::While(test) => {
                        self.text.push_str("while ");
                        self.expr(*test);
                    }
                    LoopKind::Infinite => self.text.push_str("loop"),
                }
                self.text.push(' ');
                self.block(body);
                self.otherwise("else", otherwise);
            }
            StmtKind::Match { subject, arms } => {
                self.text.push_str("match ");
                self.expr(*subject);
                for arm in arms {
                    self.text.push_str(" | ");
                    self.pattern(&arm.pattern);
                    if let Some(guard) = arm.guard {
                        self.text.push_str(" if ");
                        self.expr(guard);
                    }
                    self.text.push_str(" => ");
                    self.block(&arm.body);
                }
            }
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                self.text.push_str("try ");
                self.block(body);
                for handler in handlers {
                    self.text.push_str(" catch");
                    for ty in &handler.types {
                        self.text.push(' ');
                        self.expr(*ty);
                    }
                    if let Some(pattern) = &handler.pattern {
                        self.text.push_str(" as ");
                        self.pattern(pattern);
                    }
                    self.text.push(' ');
                    self.block(&handler.body);
                }
                self.otherwise("else", otherwise);
                self.otherwise("finally", finally);
            }
            StmtKind::Return(value) => self.leave("return", *value),
            StmtKind::Throw(value) => self.leave("throw", *value),
            StmtKind::Assert { test, message, debug } => {
                self.text.push_str(if *debug { "debug_assert " } else { "assert " });
                self.expr(*test);
                if let Some(message) = message {
                    self.text.push_str(", ");
                    self.expr(*message);
                }
            }
            StmtKind::Break => self.text.push_str("break"),
            StmtKind::Continue => self.text.push_str("continue"),
            StmtKind::Expr(value) => self.expr(*value),
            StmtKind::Class(id) => {
                let _ = write!(self.text, "class {}", id.0);
            }
            StmtKind::Block(body) => self.block(body),
        }
        self.depth -= 1;
    }

    pub(super) fn annotation(&mut self, ty: Option<TypeId>) {
        if let Some(ty) = ty {
            self.text.push_str(": ");
            self.ty(ty);
        }
    }

    pub(super) fn assignment(&mut self, op: Option<BinaryOp>, value: ExprId) {
        self.text.push(' ');
        if let Some(op) = op {
            let _ = write!(self.text, "{op:?}");
        }
        self.text.push_str("= ");
        self.expr(value);
    }

    pub(super) fn otherwise(&mut self, word: &str, block: &Block) {
        if !block.is_empty() {
            let _ = write!(self.text, " {word} ");
            self.block(block);
        }
    }

    pub(super) fn leave(&mut self, word: &str, value: Option<ExprId>) {
        self.text.push_str(word);
        if let Some(value) = value {
            self.text.push(' ');
            self.expr(value);
        }
    }

    pub(super) fn for_head(&mut self, word: &str, pattern: &Pattern, iter: ExprId) {
        self.text.push_str("for ");
        self.pattern(pattern);
        let _ = write!(self.text, " {word} ");
        self.expr(iter);
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        if self.depth > DEPTH {
            self.text.push('…');
            return;
        }
        self.depth += 1;
        match &pattern.kind {
            PatternKind::Wild => self.text.push('_'),
            PatternKind::Bind(name, inner) => {
                self.text.push_str(name);
                if let Some(inner) = inner {
                    self.text.push('@');
                    self.pattern(inner);
                }
            }
            PatternKind::Place(expr) => {
                self.text.push_str("place ");
                self.expr(*expr);
            }
            PatternKind::Literal(literal) => self.literal(literal),
            PatternKind::Value(expr) => {
                self.text.push_str("value ");
                self.expr(*expr);
            }
            PatternKind::Record { ty, fields, rest } => {
                if let Some(path) = ty {
                    self.path(path);
                }
                self.text.push('{');
                for (index, (name, field)) in fields.iter().enumerate() {
                    self.flag(index > 0, ", ");
                    let _ = write!(self.text, "{name}: ");
                    self.pattern(field);
                }
                if let Some(rest) = rest {
                    self.flag(!fields.is_empty(), ", ");
                    self.text.push_str("...");
                    self.pattern(rest);
                }
                self.text.push('}');
            }
            PatternKind::List { items, rest } => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.flag(index > 0, ", ");
                    self.flag(*rest == Some(index), "...");
                    self.pattern(item);
                }
                self.text.push(']');
            }
            PatternKind::Variant { path, items } => {
                self.path(path);
                self.patterns("(", ", ", items);
            }
            PatternKind::Or(items) => self.patterns("(or ", " | ", items),
            PatternKind::Default { pattern, default } => {
                self.pattern(pattern);
                self.text.push_str(" = ");
                self.expr(*default);
            }
        }
        self.depth -= 1;
    }

    pub(super) fn patterns(&mut self, open: &str, separator: &str, items: &[Pattern]) {
        self.text.push_str(open);
        for (index, item) in items.iter().enumerate() {
            self.flag(index > 0, separator);
            self.pattern(item);
        }
        self.text.push(')');
    }
}
