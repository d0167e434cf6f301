//! `select!`: one of several futures.

use super::context::{Dest, Lowerer};
use crate::ir::{Block, ExprId, ExprKind, PassKind, Stmt, StmtKind};
use crate::workspace::Span;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Macro, Pat, Token};

/// `pattern = future, if condition => body`.
struct Arm {
    head: Option<(Pat, Expr)>,
    condition: Option<Expr>,
    body: Expr,
}

impl Lowerer<'_> {
    /// The arms as a chain of `if let`: one of them runs, with what its future gave.
    pub(super) fn select(&mut self, mac: &Macro, dest: Dest, span: Span, out: &mut Block) -> bool {
        let Ok(arms) = arms.parse2(mac.tokens.clone()) else {
            return false;
        };
        let mut tests: Vec<(Option<ExprId>, Block)> = Vec::with_capacity(arms.len());
        for arm in &arms {
            let test = arm.head.as_ref().map(|(pat, future)| {
                let inner = self.expr(future);
                let at = self.span_of(inner);
                let kind = PassKind::Await;
                let value = self.b.expr(ExprKind::Pass { kind, inner }, at);
                let test = self.matches(pat, value, at);
                match &arm.condition {
                    Some(condition) => {
                        let left = self.expr(condition);
                        let op = crate::ir::BinaryOp::And;
                        let at = at.to(self.span_of(left));
                        self.b.expr(ExprKind::Binary { op, left, right: test }, at)
                    }
                    None => test,
                }
            });
            let mut body = Vec::new();
            self.branch(&arm.body, dest, &mut body);
            tests.push((test, body));
        }
        let mut chain = Vec::new();
        for (test, body) in tests.into_iter().rev() {
            match test {
                Some(test) => {
                    chain = vec![Stmt {
                        kind: StmtKind::If {
                            test,
                            then: body,
                            otherwise: chain,
                        },
                        span,
                    }];
                }
                None => chain = body,
            }
        }
        out.append(&mut chain);
        true
    }
}

fn arms(input: ParseStream<'_>) -> syn::Result<Vec<Arm>> {
    let ahead = input.fork();
    if ahead.parse::<Ident>().is_ok_and(|word| word == "biased") && ahead.parse::<Token![;]>().is_ok() {
        input.advance_to(&ahead);
    }
    let mut all = Vec::new();
    while !input.is_empty() {
        let mut arm = if input.parse::<Option<Token![else]>>()?.is_some() {
            Arm {
                head: None,
                condition: None,
                body: Expr::PLACEHOLDER,
            }
        } else if input.peek(Ident) && input.peek2(Token![=>]) {
            // `default =>`, `complete =>` of the futures crate.
            input.parse::<Ident>()?;
            Arm {
                head: None,
                condition: None,
                body: Expr::PLACEHOLDER,
            }
        } else {
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            let future = input.parse()?;
            let condition = if input.peek(Token![,]) && input.peek2(Token![if]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                Some(input.parse()?)
            } else {
                None
            };
            Arm {
                head: Some((pat, future)),
                condition,
                body: Expr::PLACEHOLDER,
            }
        };
        input.parse::<Token![=>]>()?;
        arm.body = if input.peek(syn::token::Brace) {
            block(input)?
        } else {
            input.parse()?
        };
        input.parse::<Option<Token![,]>>()?;
        all.push(arm);
    }
    Ok(all)
}

/// A block that ends its arm, whatever follows; `{ .. }.method()` goes on.
fn block(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.peek2(Token![.]) || input.peek2(Token![?]) {
        return input.parse();
    }
    Ok(Expr::Block(syn::ExprBlock {
        attrs: Vec::new(),
        label: None,
        block: input.parse()?,
    }))
}
