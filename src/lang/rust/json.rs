//! `json!`: objects and lists with expressions in them.

use super::context::Lowerer;
use crate::ir::{CollectionKind, Element, ExprId, ExprKind, Key, Name, RecordEntry};
use crate::workspace::Span;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Expr;
use syn::parse::{ParseStream, Parser};

/// What a token tree of JSON is.
enum Json {
    Object(Vec<(JsonKey, Json)>, Span),
    Array(Vec<Json>, Span),
    Null(Span),
    Value(Box<Expr>),
}

enum JsonKey {
    Literal(Name, Span),
    Value(Box<Expr>),
}

impl Lowerer<'_> {
    /// The value of the tokens, if they are JSON with expressions.
    pub(super) fn json(&mut self, tokens: TokenStream, span: Span) -> Option<ExprId> {
        let json = {
            let this: &Self = self;
            (|input: ParseStream<'_>| this.json_value(input)).parse2(tokens).ok()?
        };
        Some(self.json_expr(json, span))
    }

    fn json_expr(&mut self, json: Json, at: Span) -> ExprId {
        let too_deep = |this: &mut Self| this.opaque(Vec::new(), at);
        self.deeper(1, at, |this| this.json_within(json), too_deep)
    }

    fn json_within(&mut self, json: Json) -> ExprId {
        match json {
            Json::Object(pairs, span) => {
                let mut entries = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let (key, key_span) = match key {
                        JsonKey::Literal(name, span) => (Key::Name(name), span),
                        JsonKey::Value(expr) => {
                            let id = self.expr(&expr);
                            (Key::Computed(id), self.span_of(id))
                        }
                    };
                    let value = self.json_expr(value, span);
                    entries.push(RecordEntry::Pair { key, value, key_span });
                }
                let entries = entries.into();
                self.b.expr(ExprKind::Record { ty: None, entries }, span)
            }
            Json::Array(items, span) => {
                let elements: Vec<Element> = items
                    .into_iter()
                    .map(|item| Element::Item(self.json_expr(item, span)))
                    .collect();
                let kind = CollectionKind::List;
                self.b.expr(
                    ExprKind::List {
                        kind,
                        elements: elements.into(),
                    },
                    span,
                )
            }
            Json::Null(span) => self.null(span),
            Json::Value(expr) => self.expr(&expr),
        }
    }

    fn json_value(&self, input: ParseStream<'_>) -> syn::Result<Json> {
        let ahead = input.fork();
        if let Ok(token) = ahead.parse::<TokenTree>()
            && (ahead.is_empty() || ahead.peek(syn::Token![,]))
        {
            match &token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let span = self.span(group.span());
                    if let Ok(pairs) = (|input: ParseStream<'_>| self.json_pairs(input)).parse2(group.stream()) {
                        input.parse::<TokenTree>()?;
                        return Ok(Json::Object(pairs, span));
                    }
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                    let span = self.span(group.span());
                    if let Ok(items) = (|input: ParseStream<'_>| self.json_items(input)).parse2(group.stream()) {
                        input.parse::<TokenTree>()?;
                        return Ok(Json::Array(items, span));
                    }
                }
                TokenTree::Ident(word) if *word == "null" => {
                    let span = self.span(word.span());
                    input.parse::<TokenTree>()?;
                    return Ok(Json::Null(span));
                }
                _ => {}
            }
        }
        input.parse().map(|value| Json::Value(Box::new(value)))
    }

    fn json_items(&self, input: ParseStream<'_>) -> syn::Result<Vec<Json>> {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(self.json_value(input)?);
            if input.is_empty() {
                break;
            }
            input.parse::<syn::Token![,]>()?;
        }
        Ok(items)
    }

    fn json_pairs(&self, input: ParseStream<'_>) -> syn::Result<Vec<(JsonKey, Json)>> {
        let mut pairs = Vec::new();
        while !input.is_empty() {
            let key = match input.parse::<Expr>()? {
                Expr::Lit(lit) => match super::literals::literal(&lit.lit) {
                    crate::ir::Literal::Str(name) => JsonKey::Literal(name, self.span(lit.lit.span())),
                    _ => JsonKey::Value(Box::new(Expr::Lit(lit))),
                },
                other => JsonKey::Value(Box::new(other)),
            };
            input.parse::<syn::Token![:]>()?;
            pairs.push((key, self.json_value(input)?));
            if input.is_empty() {
                break;
            }
            input.parse::<syn::Token![,]>()?;
        }
        Ok(pairs)
    }
}
