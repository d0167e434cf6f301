//! Attributes: decorator expressions, documentation, and whether something is only compiled for tests.

use super::context::{Lowerer, name_of};
use crate::ir::{Arg, ArgKind, Call, CallForm, ExprId, ExprKind, Name};
use crate::workspace::Span;
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, Lit, MacroDelimiter, Meta, Path, Token};

/// One argument of an attribute.
enum AttrArg {
    /// `name = value`.
    Named(Path, Expr),
    /// `name(…)`.
    Nested(Path, MacroDelimiter, TokenStream),
    /// Anything else.
    Value(Expr),
}

impl Lowerer<'_> {
    /// The attributes other than documentation, as expressions.
    pub(super) fn decorators(&mut self, attrs: &[Attribute]) -> Vec<ExprId> {
        let mut decorators = Vec::new();
        for attr in attrs.iter().filter(|attr| !attr.path().is_ident("doc")) {
            let span = self
                .span(attr.pound_token.span)
                .to(self.delimited(&attr.bracket_token.span));
            let id = match &attr.meta {
                Meta::Path(path) => self.attr_path(path),
                Meta::List(list) => {
                    let callee = self.attr_path(&list.path);
                    self.attr_call(callee, list.tokens.clone(), span)
                }
                Meta::NameValue(pair) => {
                    let callee = self.attr_path(&pair.path);
                    let value = self.expr(&pair.value);
                    self.call(callee, vec![value], CallForm::Decorator, span)
                }
            };
            decorators.push(id);
        }
        decorators
    }

    fn attr_path(&mut self, path: &Path) -> ExprId {
        let span = self.path_span(None, path);
        let names = self.path_names(None, path);
        self.path_expr(names, span)
    }

    fn attr_call(&mut self, callee: ExprId, tokens: TokenStream, span: Span) -> ExprId {
        let too_deep = |this: &mut Self| this.opaque(vec![callee], span);
        self.deeper(
            1,
            span,
            |this| {
                let args = match attr_args.parse2(tokens.clone()) {
                    Ok(args) => args.into_iter().map(|arg| this.attr_arg(arg)).collect(),
                    Err(_) => {
                        let value = this.opaque_tokens(tokens, span);
                        vec![positional(value)]
                    }
                };
                let call = Call {
                    callee,
                    args: args.into(),
                    form: CallForm::Decorator,
                    type_args: Box::new([]),
                };
                this.b.expr(ExprKind::Call(Box::new(call)), span)
            },
            too_deep,
        )
    }

    fn attr_arg(&mut self, arg: AttrArg) -> Arg {
        match arg {
            AttrArg::Named(path, value) => Arg {
                kind: ArgKind::Named(joined(&path)),
                value: self.expr(&value),
            },
            AttrArg::Nested(path, delimiter, tokens) => {
                let callee = self.attr_path(&path);
                let span = self.span_of(callee).to(self.delimited(delimiter.span()));
                positional(self.attr_call(callee, tokens, span))
            }
            AttrArg::Value(value) => positional(self.expr(&value)),
        }
    }
}

fn positional(value: ExprId) -> Arg {
    Arg {
        kind: ArgKind::Positional,
        value,
    }
}

fn joined(path: &Path) -> Name {
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.unraw().to_string())
        .collect();
    Name::new(&names.join("::"))
}

fn attr_args(input: ParseStream<'_>) -> syn::Result<Vec<AttrArg>> {
    let mut args = Vec::new();
    while !input.is_empty() {
        args.push(attr_arg(input)?);
        if input.is_empty() {
            break;
        }
        if input.parse::<Option<Token![,]>>()?.is_none() {
            input.parse::<Token![;]>()?;
        }
    }
    Ok(args)
}

fn attr_arg(input: ParseStream<'_>) -> syn::Result<AttrArg> {
    let ahead = input.fork();
    if let Ok(path) = Path::parse_mod_style(&ahead).or_else(|_| keyword_path(&ahead)) {
        if ahead.peek(Token![=]) && !ahead.peek(Token![==]) {
            ahead.parse::<Token![=]>()?;
            input.advance_to(&ahead);
            return Ok(AttrArg::Named(path, input.parse()?));
        }
        if ahead.peek(syn::token::Paren) {
            let (delimiter, tokens) = group(&ahead)?;
            if ahead.is_empty() || ahead.peek(Token![,]) {
                input.advance_to(&ahead);
                return Ok(AttrArg::Nested(path, delimiter, tokens));
            }
        }
    }
    // `aggr` and the like are paths, which are expressions; `type` alone is none.
    if let Ok(value) = input.parse::<Expr>() {
        return Ok(AttrArg::Value(value));
    }
    Ok(AttrArg::Value(Expr::Path(syn::ExprPath {
        attrs: Vec::new(),
        qself: None,
        path: keyword_path(input)?,
    })))
}

/// A single word, keywords included.
fn keyword_path(input: ParseStream<'_>) -> syn::Result<Path> {
    Ok(Ident::parse_any(input)?.into())
}

fn group(input: ParseStream<'_>) -> syn::Result<(MacroDelimiter, TokenStream)> {
    let content;
    let paren = syn::parenthesized!(content in input);
    Ok((MacroDelimiter::Paren(paren), content.parse()?))
}

/// The documentation of an item.
pub(super) fn doc(attrs: &[Attribute]) -> Option<Name> {
    let mut text = String::new();
    let mut any = false;
    for attr in attrs {
        let Meta::NameValue(pair) = &attr.meta else { continue };
        let Expr::Lit(value) = &pair.value else { continue };
        if let (true, Lit::Str(line)) = (pair.path.is_ident("doc"), &value.lit) {
            if any {
                text.push('\n');
            }
            any = true;
            let line = line.value();
            text.push_str(line.strip_prefix(' ').unwrap_or(&line));
        }
    }
    any.then(|| Name::new(text.trim_end()))
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test]` and the like.
pub(super) fn only_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let path = attr.path();
        if path.is_ident("cfg") {
            return match &attr.meta {
                Meta::List(list) => requires_test(list.tokens.clone()),
                _ => false,
            };
        }
        path.segments.last().is_some_and(|last| {
            let name = name_of(&last.ident);
            matches!(
                name.as_str(),
                "test" | "bench" | "rstest" | "test_case" | "wasm_bindgen_test" | "quickcheck"
            )
        })
    })
}

/// Whether a `cfg` predicate can hold only in tests: `test` itself, or `all(…, test, …)`, or `any` of nothing else.
fn requires_test(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Ident(word)) = tokens.next() else {
        return false;
    };
    match (word.to_string().as_str(), tokens.next()) {
        ("test", None) => true,
        ("all", Some(TokenTree::Group(group))) => split(group.stream()).into_iter().any(requires_test),
        ("any", Some(TokenTree::Group(group))) => {
            let all = split(group.stream());
            !all.is_empty() && all.into_iter().all(requires_test)
        }
        _ => false,
    }
}

fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.push(token);
                }
            }
        }
    }
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| part.into_iter().collect())
        .collect()
}

/// The `#[path = "…"]` of a `mod` declaration.
pub(super) fn path_attr(attrs: &[Attribute]) -> Option<Name> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => Some(Name::new(&text.value())),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}
