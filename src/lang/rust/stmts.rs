//! Blocks and statements.

use super::context::{Dest, Lowerer};
use crate::ir::{Block, ExprId, Stmt, StmtKind};
use crate::workspace::Span;
use syn::{Expr, Local, Pat};

impl Lowerer<'_> {
    /// The statements of a block. Functions, types and constants are visible in the whole block: they stand first.
    pub(super) fn statements(&mut self, stmts: &[syn::Stmt], dest: Dest, out: &mut Block) {
        let mut hoisted = Vec::new();
        let mut body = Vec::new();
        for (at, stmt) in stmts.iter().enumerate() {
            let last = at + 1 == stmts.len();
            match stmt {
                syn::Stmt::Local(local) => self.local(local, &mut body),
                syn::Stmt::Item(item) => self.item(item, &mut hoisted),
                syn::Stmt::Expr(expr, semi) => {
                    let to = if last && semi.is_none() { dest } else { Dest::Discard };
                    self.expr_to(expr, to, &mut body);
                    if let (Some(semi), Some(stmt)) = (semi, body.last_mut()) {
                        stmt.span = stmt.span.to(self.span(semi.span));
                    }
                }
                syn::Stmt::Macro(mac) => {
                    let to = if last && mac.semi_token.is_none() {
                        dest
                    } else {
                        Dest::Discard
                    };
                    self.macro_to(&mac.mac, to, &mut body);
                }
            }
        }
        out.append(&mut hoisted);
        out.append(&mut body);
    }

    fn local(&mut self, local: &Local, out: &mut Block) {
        let span = self.span(local.let_token.span).to(self.span(local.semi_token.span));
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (typed.pat.as_ref(), Some(self.ty(&typed.ty))),
            pat => (pat, None),
        };
        let value = local.init.as_ref().map(|init| self.expr(&init.expr));
        let otherwise = local
            .init
            .as_ref()
            .and_then(|init| init.diverge.as_ref())
            .map(|(_, diverge)| {
                let mut block = Vec::new();
                self.branch(diverge, Dest::Discard, &mut block);
                block
            });
        let pattern = self.pattern(pat);
        out.push(Stmt {
            kind: StmtKind::Let {
                pattern,
                ty,
                value,
                otherwise,
            },
            span,
        });
    }

    /// The content of a block, without braces around it where it is one.
    pub(super) fn branch(&mut self, expr: &Expr, dest: Dest, out: &mut Block) {
        match expr {
            Expr::Block(block) if block.label.is_none() => self.nested(&block.block, dest, out),
            _ => self.expr_to(expr, dest, out),
        }
    }

    /// A block one level down.
    pub(super) fn nested(&mut self, block: &syn::Block, dest: Dest, out: &mut Block) {
        let at = self.delimited(&block.brace_token.span);
        self.deeper(1, at, |this| this.statements(&block.stmts, dest, out), |_| {});
    }

    /// A block as a value.
    pub(super) fn block_value(&mut self, stmts: &[syn::Stmt], span: Span) -> ExprId {
        let result = self.b.temporary();
        let mut body = Vec::new();
        self.deeper(
            1,
            span,
            |this| this.statements(stmts, Dest::Assign(result), &mut body),
            |_| {},
        );
        self.block_of(body, result, span)
    }
}
