//! Patterns, and the left sides of assignments.

use super::context::{Lowerer, name_of};
use super::literals::literal;
use crate::ir::{ExprKind, Name, Pattern, PatternKind};
use crate::workspace::Span;
use syn::{Expr, Member, Pat};

impl Lowerer<'_> {
    pub(super) fn pattern(&mut self, pat: &Pat) -> Pattern {
        let at = self.pattern_start(pat);
        self.deeper(1, at, |this| this.pattern_within(pat, at), |_| wild(at))
    }

    fn pattern_within(&mut self, pat: &Pat, at: Span) -> Pattern {
        match pat {
            Pat::Ident(ident) => {
                let name = name_of(&ident.ident);
                let name_span = self.span(ident.ident.span());
                if let Some((_, inner)) = &ident.subpat {
                    let inner = self.pattern(inner);
                    let span = at.to(inner.span);
                    return Pattern {
                        kind: PatternKind::Bind(name, Some(Box::new(inner))),
                        span,
                    };
                }
                // `None` and `CONSTANT` look like bindings; by convention, which rustc warns about, they are not.
                let constant = ident.by_ref.is_none() && ident.mutability.is_none() && starts_upper(&name);
                let kind = if constant {
                    PatternKind::Value(self.b.expr(ExprKind::Name(name), name_span))
                } else {
                    PatternKind::Bind(name, None)
                };
                Pattern {
                    kind,
                    span: at.to(name_span),
                }
            }
            Pat::Path(path) => {
                let names = self.path_names(path.qself.as_ref(), &path.path);
                value(self.path_expr(names, at), at)
            }
            Pat::Lit(lit) => Pattern {
                kind: PatternKind::Literal(literal(&lit.lit)),
                span: at,
            },
            Pat::Range(range) => {
                let id = self.range(range);
                value(id, self.span_of(id))
            }
            Pat::Const(block) => {
                let id = self.const_block(block);
                value(id, at)
            }
            Pat::Macro(mac) => {
                let id = self.macro_value(&mac.mac);
                value(id, at)
            }
            Pat::Guard(guard) => self.pattern(&guard.pat),
            Pat::Paren(paren) => self.pattern(&paren.pat),
            Pat::Reference(reference) => self.pattern(&reference.pat),
            Pat::Type(typed) => self.pattern(&typed.pat),
            Pat::Or(or) => {
                let cases: Vec<Pattern> = or.cases.iter().map(|case| self.pattern(case)).collect();
                let span = span_of_all(&cases).unwrap_or(at);
                Pattern {
                    kind: PatternKind::Or(cases),
                    span,
                }
            }
            Pat::Tuple(tuple) => self.sequence(&tuple.elems, at),
            Pat::Slice(slice) => self.sequence(&slice.elems, at),
            Pat::TupleStruct(variant) => {
                let path = self.path_names(variant.qself.as_ref(), &variant.path);
                let mut items: Vec<Pattern> = variant.elems.iter().map(|item| self.pattern(item)).collect();
                if matches!(variant.elems.last(), Some(Pat::Rest(_))) {
                    items.pop();
                }
                let end = self.closing(&variant.paren_token.span);
                Pattern {
                    kind: PatternKind::Variant { path, items },
                    span: at.to(end),
                }
            }
            Pat::Struct(record) => {
                let ty = Some(self.path_names(record.qself.as_ref(), &record.path));
                let fields = record
                    .fields
                    .iter()
                    .map(|field| (member_name(&field.member), self.pattern(&field.pat)))
                    .collect();
                let rest = record.rest.as_ref().map(|rest| {
                    let span = rest.dot2_token.spans.first().map_or(at, |dot| self.span(*dot));
                    Box::new(wild(span))
                });
                let end = self.closing(&record.brace_token.span);
                Pattern {
                    kind: PatternKind::Record { ty, fields, rest },
                    span: at.to(end),
                }
            }
            _ => wild(at),
        }
    }

    fn sequence<'a>(&mut self, elements: impl IntoIterator<Item = &'a Pat>, span: Span) -> Pattern {
        let mut items = Vec::new();
        let mut rest = None;
        for element in elements {
            if takes_rest(element) {
                rest = Some(items.len());
            }
            items.push(self.pattern(element));
        }
        Pattern {
            kind: PatternKind::List { items, rest },
            span,
        }
    }

    /// The left side of an assignment.
    pub(super) fn place(&mut self, expr: &Expr) -> Pattern {
        match expr {
            Expr::Paren(paren) => self.place(&paren.expr),
            Expr::Infer(infer) => wild(self.span(infer.underscore_token.span)),
            Expr::Path(path)
                if path.qself.is_none() && path.path.segments.len() == 1 && !path.path.is_ident("self") =>
            {
                let span = self.path_span(None, &path.path);
                let name = path
                    .path
                    .segments
                    .first()
                    .map_or_else(|| Name::new(""), |one| name_of(&one.ident));
                Pattern {
                    kind: PatternKind::Bind(name, None),
                    span,
                }
            }
            Expr::Tuple(tuple) => {
                let span = self.delimited(&tuple.paren_token.span);
                self.places(&tuple.elems, span)
            }
            Expr::Array(array) => {
                let span = self.delimited(&array.bracket_token.span);
                self.places(&array.elems, span)
            }
            _ => {
                let id = self.expr(expr);
                Pattern {
                    kind: PatternKind::Place(id),
                    span: self.span_of(id),
                }
            }
        }
    }

    fn places<'a>(&mut self, elements: impl IntoIterator<Item = &'a Expr>, span: Span) -> Pattern {
        let items = elements
            .into_iter()
            .map(|element| self.deeper(1, span, |this| this.place(element), |_| wild(span)))
            .collect();
        Pattern {
            kind: PatternKind::List { items, rest: None },
            span,
        }
    }

    /// Where a pattern starts; for the simple ones all of it.
    fn pattern_start(&self, pat: &Pat) -> Span {
        match pat {
            Pat::Ident(ident) => {
                let first = ident
                    .by_ref
                    .map(|token| token.span)
                    .or(ident.mutability.map(|token| token.span));
                self.span(first.unwrap_or_else(|| ident.ident.span()))
            }
            Pat::Path(path) => self.path_span(path.qself.as_ref(), &path.path),
            Pat::Struct(record) => self.path_span(record.qself.as_ref(), &record.path),
            Pat::TupleStruct(variant) => self.path_span(variant.qself.as_ref(), &variant.path),
            Pat::Lit(lit) => self.span(lit.lit.span()),
            Pat::Macro(mac) => self.path_span(None, &mac.mac.path),
            Pat::Paren(paren) => self.delimited(&paren.paren_token.span),
            Pat::Tuple(tuple) => self.delimited(&tuple.paren_token.span),
            Pat::Slice(slice) => self.delimited(&slice.bracket_token.span),
            Pat::Reference(reference) => self.span(reference.and_token.span),
            Pat::Wild(wild) => self.span(wild.underscore_token.span),
            Pat::Rest(rest) => rest
                .dot2_token
                .spans
                .first()
                .map_or_else(Span::default, |dot| self.span(*dot)),
            Pat::Const(block) => self.span(block.const_token.span),
            _ => Span::default(),
        }
    }
}

pub(super) fn member_name(member: &Member) -> Name {
    match member {
        Member::Named(ident) => name_of(ident),
        Member::Unnamed(index) => Name::new(&index.index.to_string()),
    }
}

pub(super) fn wild(span: Span) -> Pattern {
    Pattern {
        kind: PatternKind::Wild,
        span,
    }
}

fn value(id: crate::ir::ExprId, span: Span) -> Pattern {
    Pattern {
        kind: PatternKind::Value(id),
        span,
    }
}

fn starts_upper(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// `..`, `rest @ ..`.
fn takes_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Ident(ident) => ident
            .subpat
            .as_ref()
            .is_some_and(|(_, inner)| matches!(**inner, Pat::Rest(_))),
        _ => false,
    }
}

fn span_of_all(patterns: &[Pattern]) -> Option<Span> {
    Some(patterns.first()?.span.to(patterns.last()?.span))
}
