//! What is left to do with tokens that parse as nothing: keep their names and strings.

use super::context::{Lowerer, name_of};
use super::literals::literal;
use crate::ir::{ExprId, ExprKind, Literal};
use crate::workspace::Span;
use proc_macro2::{TokenStream, TokenTree};
use syn::Lit;

impl Lowerer<'_> {
    /// The names and string literals among tokens, in order.
    pub(super) fn leaves(&mut self, tokens: TokenStream) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut stack = vec![tokens.into_iter()];
        while let Some(last) = stack.last_mut() {
            match last.next() {
                None => {
                    stack.pop();
                }
                Some(TokenTree::Group(group)) => stack.push(group.stream().into_iter()),
                Some(TokenTree::Ident(ident)) => {
                    let span = self.span(ident.span());
                    let name = name_of(&ident);
                    if name == "self" {
                        found.push(self.b.expr(ExprKind::This, span));
                    } else if !is_keyword(&name) {
                        found.push(self.b.expr(ExprKind::Name(name), span));
                    }
                }
                Some(TokenTree::Literal(token)) => {
                    let lit = literal(&Lit::new(token.clone()));
                    if matches!(lit, Literal::Str(_) | Literal::Bytes(_)) {
                        let span = self.span(token.span());
                        found.push(self.b.expr(ExprKind::Literal(lit), span));
                    }
                }
                Some(TokenTree::Punct(_)) => {}
            }
        }
        found
    }

    /// The place of tokens.
    pub(super) fn tokens_span(&self, tokens: &TokenStream) -> Span {
        let mut spans = tokens.clone().into_iter().map(|token| self.span(token.span()));
        let Some(first) = spans.next() else {
            return Span::default();
        };
        spans.last().map_or(first, |last| first.to(last))
    }

    pub(super) fn opaque_tokens(&mut self, tokens: TokenStream, span: Span) -> ExprId {
        let leaves = self.leaves(tokens);
        self.opaque(leaves, span)
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "_" | "as"
            | "async"
            | "await"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "dyn"
            | "else"
            | "enum"
            | "false"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "pub"
            | "ref"
            | "return"
            | "static"
            | "struct"
            | "trait"
            | "true"
            | "type"
            | "unsafe"
            | "use"
            | "where"
            | "while"
    )
}
