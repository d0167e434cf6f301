//! Chains of calls, fields, indices, `?`, `.await` and `as`.
//!
//! A chain is walked in a loop from its head outwards, because builders and generated code have chains of thousands
//! of links.

use super::context::Lowerer;
use super::patterns::member_name;
use crate::ir::{Arg, ArgKind, Call, CallForm, ExprId, ExprKind, PassKind, TypeId};
use crate::workspace::Span;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

impl Lowerer<'_> {
    pub(super) fn postfix(&mut self, expr: &Expr) -> ExprId {
        let mut links = Vec::new();
        let mut head = expr;
        while let Some(inner) = inner_of(head) {
            links.push(head);
            head = inner;
        }
        // A method call is two levels of the IR: the call and the field. Some room is left for the arguments.
        let kept = links.len().min(self.room() * 2 / 5);
        let (outer, folded) = links.split_at_checked(kept).unwrap_or((&links, &[]));
        let at = self.head_span(head);
        let levels = outer.len() * 2;
        self.deeper(
            levels,
            at,
            |this| {
                let mut current = this.expr(head);
                if !folded.is_empty() {
                    current = this.fold(current, folded, at);
                }
                for (index, link) in outer.iter().rev().enumerate() {
                    let args = if index == 0 && folded.is_empty() {
                        this.head_type_args(head)
                    } else {
                        Vec::new()
                    };
                    current = this.link(current, link, args);
                }
                current
            },
            |this| this.opaque(Vec::new(), at),
        )
    }

    /// The type arguments of a path that is called, `T` of `f::<T>(..)`; an expression has no place for them.
    fn head_type_args(&mut self, head: &Expr) -> Vec<TypeId> {
        match head {
            Expr::Path(path) => self.type_args_of(&path.path),
            _ => Vec::new(),
        }
    }

    /// What is too much of a chain: all that stands in it, in order.
    fn fold(&mut self, head: ExprId, links: &[&Expr], at: Span) -> ExprId {
        self.tell_deep(at);
        let mut children = vec![head];
        for link in links.iter().rev() {
            match link {
                Expr::MethodCall(call) => children.extend(call.args.iter().map(|arg| self.expr(arg))),
                Expr::Call(call) => children.extend(call.args.iter().map(|arg| self.expr(arg))),
                Expr::Index(index) => children.push(self.expr(&index.index)),
                _ => {}
            }
        }
        let span = children
            .last()
            .map_or(at, |last| self.span_of(head).to(self.span_of(*last)));
        self.opaque(children, span)
    }

    /// One link around what stands before it.
    fn link(&mut self, base: ExprId, link: &Expr, head_args: Vec<TypeId>) -> ExprId {
        let start = self.span_of(base);
        match link {
            Expr::MethodCall(item) => {
                let name_span = self.span(item.method.span());
                let callee = ExprKind::Field {
                    base,
                    name: self.name_of(&item.method),
                    name_span,
                };
                let callee = self.b.expr(callee, start.to(name_span));
                let type_args = item
                    .turbofish
                    .as_ref()
                    .map_or_else(Vec::new, |generic| self.generic_args(generic));
                let span = start.to(self.closing(&item.paren_token.span));
                self.plain_call(callee, &item.args, type_args, span)
            }
            Expr::Call(item) => {
                let span = start.to(self.closing(&item.paren_token.span));
                self.plain_call(base, &item.args, head_args, span)
            }
            Expr::Field(item) => {
                let name_span = match &item.member {
                    syn::Member::Named(ident) => self.span(ident.span()),
                    syn::Member::Unnamed(index) => self.span(index.span),
                };
                let name = member_name(&item.member);
                self.b
                    .expr(ExprKind::Field { base, name, name_span }, start.to(name_span))
            }
            Expr::Index(item) => {
                let index = self.expr(&item.index);
                let span = start.to(self.closing(&item.bracket_token.span));
                self.b.expr(ExprKind::Index { base, index }, span)
            }
            Expr::Await(item) => {
                let span = start.to(self.span(item.await_token.span));
                self.pass_link(PassKind::Await, base, span)
            }
            Expr::Try(item) => {
                let span = start.to(self.span(item.question_token.span));
                self.pass_link(PassKind::Try, base, span)
            }
            Expr::Cast(item) => {
                let ty = self.ty(&item.ty);
                let span = start.to(self.b.module.ty(ty).span);
                self.b.expr(ExprKind::Cast { inner: base, ty }, span)
            }
            _ => base,
        }
    }

    fn pass_link(&mut self, kind: PassKind, inner: ExprId, span: Span) -> ExprId {
        self.b.expr(ExprKind::Pass { kind, inner }, span)
    }

    fn plain_call(
        &mut self,
        callee: ExprId,
        args: &Punctuated<Expr, Token![,]>,
        type_args: Vec<TypeId>,
        span: Span,
    ) -> ExprId {
        let args: Vec<Arg> = args
            .iter()
            .map(|arg| Arg {
                kind: ArgKind::Positional,
                value: self.expr(arg),
            })
            .collect();
        let call = Call {
            callee,
            args: args.into(),
            form: CallForm::Plain,
            type_args: type_args.into(),
        };
        self.b.expr(ExprKind::Call(Box::new(call)), span)
    }
}

/// What a link stands behind.
fn inner_of(expr: &Expr) -> Option<&Expr> {
    Some(match expr {
        Expr::MethodCall(item) => &item.receiver,
        Expr::Call(item) => &item.func,
        Expr::Field(item) => &item.base,
        Expr::Index(item) => &item.expr,
        Expr::Await(item) => &item.base,
        Expr::Try(item) => &item.expr,
        Expr::Cast(item) => &item.expr,
        _ => return None,
    })
}
