//! What decides where execution goes: `if`, `match`, loops, `return`, `break`.
//!
//! These are lowered towards a [`Dest`]: as a function's last expression their branches return, as a value their
//! branches assign a temporary.

use super::context::{Dest, Frame, FrameKind, Lowerer};
use crate::ir::{Arm, Block, ExprId, ExprKind, LoopKind, Name, Stmt, StmtKind};
use crate::workspace::Span;
use syn::{Expr, ExprAsync, ExprBreak, ExprIf, ExprMatch, Label, Lifetime, Pat};

impl Lowerer<'_> {
    /// Lowers an expression to statements that hand its value to `dest`.
    pub(super) fn expr_to(&mut self, expr: &Expr, dest: Dest, out: &mut Block) {
        let at = self.head_span(expr);
        self.deeper(1, at, |this| this.expr_to_within(expr, dest, &mut *out), |_| {});
    }

    fn expr_to_within(&mut self, expr: &Expr, dest: Dest, out: &mut Block) {
        match expr {
            Expr::Paren(paren) => self.expr_to(&paren.expr, dest, out),
            Expr::Group(group) => self.expr_to(&group.expr, dest, out),
            Expr::If(branch) => self.if_to(branch, dest, out),
            Expr::Match(found) => self.match_to(found, dest, out),
            Expr::Block(block) => match &block.label {
                None => self.block_to(&block.block, dest, out),
                Some(label) => {
                    let span = self.delimited(&block.block.brace_token.span);
                    self.left_block_to(&block.block, Some(label), dest, span, out);
                }
            },
            Expr::Unsafe(block) => self.block_to(&block.block, dest, out),
            Expr::Loop(item) => {
                let start = self.loop_start(item.label.as_ref(), item.loop_token.span);
                self.loop_to(LoopKind::Infinite, item.label.as_ref(), &item.body, dest, start, out);
            }
            Expr::While(item) => {
                let start = self.loop_start(item.label.as_ref(), item.while_token.span);
                let test = self.expr(&item.cond);
                self.loop_to(
                    LoopKind::While(test),
                    item.label.as_ref(),
                    &item.body,
                    Dest::Discard,
                    start,
                    out,
                );
            }
            Expr::ForLoop(item) => {
                let start = self.loop_start(item.label.as_ref(), item.for_token.span);
                let iter = self.expr(&item.expr);
                let pattern = self.pattern(&item.pat);
                let kind = LoopKind::For { pattern, iter };
                self.loop_to(kind, item.label.as_ref(), &item.body, Dest::Discard, start, out);
            }
            Expr::Return(item) => {
                let start = self.span(item.return_token.span);
                let value = item.expr.as_ref().map(|value| self.expr(value));
                let span = value.map_or(start, |value| start.to(self.span_of(value)));
                self.leave(value, span, out);
            }
            Expr::Break(item) => self.break_to(item, out),
            Expr::Continue(item) => {
                let span = self.span(item.continue_token.span);
                let own = self
                    .loop_target(item.label.as_ref())
                    .is_none_or(|at| at == self.innermost_loop());
                // Going on with an outer loop leaves the inner one.
                let kind = if own { StmtKind::Continue } else { StmtKind::Break };
                out.push(Stmt { kind, span });
            }
            Expr::Macro(mac) => self.macro_to(&mac.mac, dest, out),
            Expr::Assign(item) if dest == Dest::Discard => {
                let value = self.expr(&item.right);
                let target = self.place(&item.left);
                let span = target.span.to(self.span_of(value));
                out.push(Stmt {
                    kind: StmtKind::Assign {
                        target,
                        ty: None,
                        op: None,
                        value,
                    },
                    span,
                });
            }
            Expr::Binary(item) if dest == Dest::Discard && super::exprs::compound(&item.op).is_some() => {
                let value = self.expr(&item.right);
                let target = self.place(&item.left);
                let span = target.span.to(self.span_of(value));
                out.push(Stmt {
                    kind: StmtKind::Assign {
                        target,
                        ty: None,
                        op: super::exprs::compound(&item.op),
                        value,
                    },
                    span,
                });
            }
            Expr::Verbatim(tokens) if tokens.is_empty() => {}
            _ => {
                let value = self.expr(expr);
                let span = self.span_of(value);
                self.deliver(value, dest, span, out);
            }
        }
    }

    /// One of the above as a value.
    pub(super) fn control_value(&mut self, expr: &Expr) -> ExprId {
        let result = self.b.temporary();
        let mut body = Vec::new();
        self.expr_to(expr, Dest::Assign(result), &mut body);
        let span = body
            .first()
            .zip(body.last())
            .map_or_else(|| self.head_span(expr), |(first, last)| first.span.to(last.span));
        // A plain block's statements need no second block around them.
        if let [
            Stmt {
                kind: StmtKind::Block(_),
                ..
            },
        ] = body.as_slice()
            && let Some(Stmt {
                kind: StmtKind::Block(inner),
                ..
            }) = body.pop()
        {
            return self.block_of(inner, result, span);
        }
        self.block_of(body, result, span)
    }

    fn block_to(&mut self, block: &syn::Block, dest: Dest, out: &mut Block) {
        let span = self.delimited(&block.brace_token.span);
        let mut body = Vec::new();
        self.nested(block, dest, &mut body);
        out.push(Stmt {
            kind: StmtKind::Block(body),
            span,
        });
    }

    fn if_to(&mut self, item: &ExprIf, dest: Dest, out: &mut Block) {
        let start = self.span(item.if_token.span);
        let test = self.expr(&item.cond);
        let mut then = Vec::new();
        self.nested(&item.then_branch, dest, &mut then);
        let mut otherwise = Vec::new();
        let mut end = self.closing(&item.then_branch.brace_token.span);
        if let Some((_, branch)) = &item.else_branch {
            self.branch(branch, dest, &mut otherwise);
            end = match branch.as_ref() {
                Expr::Block(block) => self.closing(&block.block.brace_token.span),
                _ => otherwise.last().map_or(end, |last| last.span),
            };
        }
        out.push(Stmt {
            kind: StmtKind::If { test, then, otherwise },
            span: start.to(end),
        });
    }

    fn match_to(&mut self, item: &ExprMatch, dest: Dest, out: &mut Block) {
        let span = self
            .span(item.match_token.span)
            .to(self.closing(&item.brace_token.span));
        let subject = self.expr(&item.expr);
        let mut arms = Vec::with_capacity(item.arms.len());
        for arm in &item.arms {
            let (pat, guard) = match &arm.pat {
                Pat::Guard(guarded) => (guarded.pat.as_ref(), Some(guarded.guard.as_ref())),
                pat => (pat, None),
            };
            let pattern = self.pattern(pat);
            let guard = guard.map(|guard| self.expr(guard));
            let mut body = Vec::new();
            self.branch(&arm.body, dest, &mut body);
            let arrow = arm
                .fat_arrow_token
                .spans
                .first()
                .map_or(pattern.span, |span| self.span(*span));
            let end = match arm.body.as_ref() {
                Expr::Block(block) => self.closing(&block.block.brace_token.span),
                _ => body.last().map_or(arrow, |last| last.span),
            };
            let span = pattern.span.to(end);
            arms.push(Arm {
                pattern,
                guard,
                body,
                span,
            });
        }
        out.push(Stmt {
            kind: StmtKind::Match { subject, arms },
            span,
        });
    }

    fn loop_start(&self, label: Option<&Label>, token: proc_macro2::Span) -> Span {
        let start = self.span(token);
        label.map_or(start, |label| self.span(label.name.apostrophe).to(start))
    }

    fn loop_to(
        &mut self,
        kind: LoopKind,
        label: Option<&Label>,
        body: &syn::Block,
        dest: Dest,
        start: Span,
        out: &mut Block,
    ) {
        let result = self.result_for(dest);
        self.frames.push(Frame {
            label: label.map(|label| label_name(&label.name)),
            result,
            kind: FrameKind::Loop,
            used: false,
            passed: None,
        });
        let mut inner = Vec::new();
        self.nested(body, Dest::Discard, &mut inner);
        let span = start.to(self.closing(&body.brace_token.span));
        out.push(Stmt {
            kind: StmtKind::Loop {
                kind,
                body: inner,
                otherwise: Vec::new(),
            },
            span,
        });
        self.finish_frame(dest, true, span, out);
    }

    /// The temporary in which a frame leaves its value.
    fn result_for(&mut self, dest: Dest) -> Option<Name> {
        match dest {
            Dest::Discard => None,
            Dest::Return => Some(self.b.temporary()),
            Dest::Assign(name) => Some(name),
        }
    }

    /// Ends a frame. What leaves frames around it, too, leaves them behind it; what it was left with is returned where
    /// that is asked for.
    fn finish_frame(&mut self, dest: Dest, is_loop: bool, span: Span, out: &mut Block) {
        let Some(frame) = self.frames.pop() else { return };
        if is_loop && frame.passed.is_some() {
            let test = self.opaque(Vec::new(), span);
            let leave = Stmt {
                kind: StmtKind::Break,
                span,
            };
            out.push(Stmt {
                kind: StmtKind::If {
                    test,
                    then: vec![leave],
                    otherwise: Vec::new(),
                },
                span,
            });
        }
        if let (Dest::Return, Some(result)) = (dest, frame.result)
            && self.is_assigned(result)
        {
            let value = self.b.expr(ExprKind::Name(result), span);
            self.leave(Some(value), span, out);
        }
    }

    /// A block that can be left early: with a label, or an async one. If something does leave it, it becomes a loop
    /// that runs once.
    fn left_block_to(&mut self, block: &syn::Block, label: Option<&Label>, dest: Dest, span: Span, out: &mut Block) {
        let result = self.result_for(dest);
        self.frames.push(Frame {
            label: label.map(|label| label_name(&label.name)),
            result,
            kind: if label.is_some() {
                FrameKind::Block
            } else {
                FrameKind::Async
            },
            used: false,
            passed: None,
        });
        let inner_dest = result.map_or(Dest::Discard, Dest::Assign);
        let mut body = Vec::new();
        self.nested(block, inner_dest, &mut body);
        let used = self.frames.last().is_some_and(|frame| frame.used);
        if used {
            body.push(Stmt {
                kind: StmtKind::Break,
                span: self.closing(&block.brace_token.span),
            });
            out.push(Stmt {
                kind: StmtKind::Loop {
                    kind: LoopKind::Infinite,
                    body,
                    otherwise: Vec::new(),
                },
                span,
            });
        } else {
            out.push(Stmt {
                kind: StmtKind::Block(body),
                span,
            });
        }
        self.finish_frame(dest, used, span, out);
    }

    /// An async block, in the place where it stands: there it is awaited, spawned or handed on.
    pub(super) fn async_block(&mut self, item: &ExprAsync) -> ExprId {
        let span = self
            .span(item.async_token.span)
            .to(self.closing(&item.block.brace_token.span));
        let result = self.b.temporary();
        let mut body = Vec::new();
        self.left_block_to(&item.block, None, Dest::Assign(result), span, &mut body);
        if let [
            Stmt {
                kind: StmtKind::Block(_),
                ..
            },
        ] = body.as_slice()
            && let Some(Stmt {
                kind: StmtKind::Block(inner),
                ..
            }) = body.pop()
        {
            return self.block_of(inner, result, span);
        }
        self.block_of(body, result, span)
    }

    fn break_to(&mut self, item: &ExprBreak, out: &mut Block) {
        let start = self.span(item.break_token.span);
        let value = item.expr.as_ref().map(|value| self.expr(value));
        let span = value.map_or(start, |value| start.to(self.span_of(value)));
        match self.loop_target(item.label.as_ref()) {
            Some(frame) => self.exit(frame, value, span, out),
            None => {
                out.extend(value.map(|value| Stmt {
                    kind: StmtKind::Expr(value),
                    span,
                }));
                out.push(Stmt {
                    kind: StmtKind::Break,
                    span,
                });
            }
        }
    }

    /// The frame that a `break` or `continue` speaks of.
    fn loop_target(&self, label: Option<&Lifetime>) -> Option<usize> {
        match label {
            Some(label) => {
                let name = label_name(label);
                self.frames.iter().rposition(|frame| frame.label == Some(name))
            }
            None => self.frames.iter().rposition(|frame| frame.kind == FrameKind::Loop),
        }
    }

    fn innermost_loop(&self) -> usize {
        self.frames
            .iter()
            .rposition(|frame| frame.kind == FrameKind::Loop)
            .unwrap_or(0)
    }

    /// A place for an expression before it is lowered: its first token or so.
    pub(super) fn head_span(&self, expr: &Expr) -> Span {
        match expr {
            Expr::Path(path) => self.path_span(path.qself.as_ref(), &path.path),
            Expr::Lit(lit) => self.span(lit.lit.span()),
            Expr::Paren(paren) => self.delimited(&paren.paren_token.span),
            Expr::Tuple(tuple) => self.delimited(&tuple.paren_token.span),
            Expr::Array(array) => self.delimited(&array.bracket_token.span),
            Expr::Block(block) => self.delimited(&block.block.brace_token.span),
            Expr::Unsafe(block) => self.delimited(&block.block.brace_token.span),
            Expr::Async(block) => self.delimited(&block.block.brace_token.span),
            Expr::If(item) => self.span(item.if_token.span),
            Expr::Match(item) => self.span(item.match_token.span),
            Expr::Loop(item) => self.span(item.loop_token.span),
            Expr::While(item) => self.span(item.while_token.span),
            Expr::ForLoop(item) => self.span(item.for_token.span),
            Expr::Return(item) => self.span(item.return_token.span),
            Expr::Break(item) => self.span(item.break_token.span),
            Expr::Continue(item) => self.span(item.continue_token.span),
            Expr::Closure(closure) => self.span(closure.inputs_begin.span),
            Expr::Macro(mac) => self.path_span(None, &mac.mac.path),
            Expr::MethodCall(call) => self.span(call.method.span()),
            Expr::Call(call) => self.delimited(&call.paren_token.span),
            Expr::Field(field) => field
                .dot_token
                .spans
                .first()
                .map_or_else(Span::default, |dot| self.span(*dot)),
            Expr::Index(index) => self.delimited(&index.bracket_token.span),
            Expr::Await(item) => self.span(item.await_token.span),
            Expr::Try(item) => self.span(item.question_token.span),
            Expr::Struct(item) => self.delimited(&item.brace_token.span),
            Expr::Reference(item) => self.span(item.and_token.span),
            Expr::Unary(item) => match &item.op {
                syn::UnOp::Deref(token) => self.span(token.span),
                syn::UnOp::Not(token) => self.span(token.span),
                syn::UnOp::Neg(token) => self.span(token.span),
                _ => Span::default(),
            },
            _ => Span::default(),
        }
    }
}

fn label_name(label: &Lifetime) -> Name {
    Name::new(&label.ident.to_string())
}
