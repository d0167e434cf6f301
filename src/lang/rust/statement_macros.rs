//! Macros that act as statements: they leave the function, check something or choose between branches.

use super::arguments::{MacroArg, macro_args};
use super::context::{Dest, Lowerer};
use crate::ir::{BinaryOp, Block, CallForm, ExprId, ExprKind, Name, Stmt, StmtKind, UnaryOp};
use crate::workspace::Span;
use proc_macro2::{Delimiter, TokenTree};
use syn::Macro;
use syn::parse::Parser;

impl Lowerer<'_> {
    /// The branches of `cfg_if!` one after the other: which one is compiled is not known.
    pub(super) fn all_branches(&mut self, mac: &Macro, dest: Dest, out: &mut Block) -> bool {
        let mut branches = Vec::new();
        for token in mac.tokens.clone() {
            if let TokenTree::Group(group) = token
                && group.delimiter() == Delimiter::Brace
            {
                let Ok(stmts) = syn::Block::parse_within.parse2(group.stream()) else {
                    return false;
                };
                branches.push((stmts, self.span(group.span())));
            }
        }
        for (stmts, span) in &branches {
            let mut body = Vec::new();
            self.deeper(1, *span, |this| this.statements(stmts, dest, &mut body), |_| {});
            let test = self.opaque(Vec::new(), *span);
            out.push(Stmt {
                kind: StmtKind::If {
                    test,
                    then: body,
                    otherwise: Vec::new(),
                },
                span: *span,
            });
        }
        true
    }

    /// Lowers one of the macros that act as a statement; `false` if its arguments are not as expected.
    pub(super) fn statement_macro(&mut self, mac: &Macro, name: &str, dest: Dest, span: Span, out: &mut Block) -> bool {
        if name == "select" {
            return self.select(mac, dest, span, out);
        }
        let Ok(args) = macro_args.parse2(mac.tokens.clone()) else {
            return false;
        };
        let inner = self.inside(mac);
        match (name, args.as_slice()) {
            ("bail" | "try_bail", args) => self.bail(mac, args, span, out),
            ("ensure", [test, message @ ..]) => {
                let operand = self.expr(&test.value);
                let op = UnaryOp::Not;
                let test_span = self.span_of(operand);
                let test = self.b.expr(ExprKind::Unary { op, operand }, test_span);
                let mut then = Vec::new();
                self.bail(mac, message, span, &mut then);
                out.push(Stmt {
                    kind: StmtKind::If {
                        test,
                        then,
                        otherwise: Vec::new(),
                    },
                    span,
                });
            }
            ("panic" | "unreachable" | "todo" | "unimplemented", args) => {
                let value = if args.is_empty() {
                    None
                } else {
                    let message = self.message(args, inner);
                    Some(self.opaque(vec![message], inner))
                };
                out.push(Stmt {
                    kind: StmtKind::Throw(value),
                    span,
                });
            }
            ("assert" | "debug_assert", [test, message @ ..]) => {
                let test = self.expr(&test.value);
                self.assert(test, message, name, inner, span, out);
            }
            ("assert_eq" | "debug_assert_eq" | "assert_ne" | "debug_assert_ne", [left, right, message @ ..]) => {
                let left = self.expr(&left.value);
                let right = self.expr(&right.value);
                let op = if name.ends_with("eq") {
                    BinaryOp::Eq
                } else {
                    BinaryOp::NotEq
                };
                let test_span = self.span_of(left).to(self.span_of(right));
                let test = self.b.expr(ExprKind::Binary { op, left, right }, test_span);
                self.assert(test, message, name, inner, span, out);
            }
            _ => return false,
        }
        true
    }

    fn assert(&mut self, test: ExprId, message: &[MacroArg], name: &str, inner: Span, span: Span, out: &mut Block) {
        let message = if message.is_empty() {
            None
        } else {
            Some(self.message(message, inner))
        };
        let debug = name.starts_with("debug");
        out.push(Stmt {
            kind: StmtKind::Assert { test, message, debug },
            span,
        });
    }

    /// `return Err(anyhow!(..))`.
    fn bail(&mut self, mac: &Macro, args: &[MacroArg], span: Span, out: &mut Block) {
        let callee_span = self.path_span(None, &mac.path);
        let inner = self.inside(mac);
        let message: Vec<ExprId> = if args.is_empty() {
            Vec::new()
        } else {
            vec![self.message(args, inner)]
        };
        let anyhow = self.b.expr(ExprKind::Name(Name::new("anyhow")), callee_span);
        let error = self.call(anyhow, message, CallForm::Macro, span);
        let callee = self.b.expr(ExprKind::Name(Name::new("Err")), callee_span);
        let value = self.call(callee, vec![error], CallForm::Plain, span);
        self.leave(Some(value), span, out);
    }
}
