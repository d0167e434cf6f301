//! Reads a text item by item, so that a syntax error costs its own item, method or statement.

use super::context::Lowerer;
use crate::ir::{Builder, Language, Module};
use crate::workspace::{FileId, Span};
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use std::str::FromStr;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Item, Stmt, Token};

/// Tokens that could not be read.
pub(super) struct Broken {
    pub(super) first: proc_macro2::Span,
    pub(super) last: proc_macro2::Span,
    pub(super) message: String,
}

/// Parses and lowers a whole text.
pub(super) fn read(file: FileId, text: &str) -> Module {
    // Positions are kept by the thread; what an earlier file left there must not count.
    proc_macro2::extra::invalidate_current_thread_spans();
    let builder = Builder::new(file, Language::Rust, Span::new(0, text.len()));
    let mut lowerer = Lowerer::new(builder, text);
    let start = code_start(text);
    let code = text.get(start..).unwrap_or("");
    match TokenStream::from_str(code) {
        Ok(tokens) => read_tokens(&mut lowerer, tokens, start),
        Err(_) => read_pieces(&mut lowerer, code, start),
    }
    let top = std::mem::take(&mut lowerer.top);
    lowerer.b.set_top_level(top);
    proc_macro2::extra::invalidate_current_thread_spans();
    lowerer.b.module
}

/// Where the code starts, behind a byte order mark and a `#!` line.
fn code_start(text: &str) -> usize {
    let bom = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let rest = text.get(bom..).unwrap_or("");
    let shebang = rest
        .strip_prefix("#!")
        .is_some_and(|behind| !behind.trim_start().starts_with('['));
    if shebang {
        bom + rest.find('\n').unwrap_or(rest.len())
    } else {
        bom
    }
}

fn read_tokens(lowerer: &mut Lowerer<'_>, tokens: TokenStream, base: usize) {
    lowerer.set_base(base);
    let mut broken = Vec::new();
    let (attrs, items) = parse_items(tokens, &mut broken);
    lowerer.note(&broken);
    lowerer.file(&attrs, &items);
}

/// A text that is no sequence of tokens as a whole: it is cut where lines start like items, and each piece read alone.
fn read_pieces(lowerer: &mut Lowerer<'_>, code: &str, start: usize) {
    let mut from = 0;
    for to in cuts(code) {
        let piece = code.get(from..to).unwrap_or("");
        match TokenStream::from_str(piece) {
            Ok(tokens) => read_tokens(lowerer, tokens, start + from),
            Err(_) => {
                let length = piece.trim_end().len();
                let span = Span::new(start + from, start + from + length);
                lowerer
                    .b
                    .gap(span, "not a sequence of tokens: a bracket or a quote does not match");
            }
        }
        from = to;
    }
}

/// Offsets at which to cut, the end of the text included.
fn cuts(code: &str) -> Vec<usize> {
    const STARTS: [&str; 19] = [
        "fn ",
        "pub ",
        "pub(",
        "impl ",
        "impl<",
        "struct ",
        "enum ",
        "trait ",
        "mod ",
        "use ",
        "const ",
        "static ",
        "type ",
        "async ",
        "unsafe ",
        "extern ",
        "#[",
        "///",
        "macro_rules!",
    ];
    let mut cuts = Vec::new();
    let mut at = 0;
    let mut attached = true;
    for line in code.split_inclusive('\n') {
        if STARTS.iter().any(|start| line.starts_with(start)) {
            if !attached {
                cuts.push(at);
            }
            attached = line.starts_with("#[") || line.starts_with("///");
        } else if !line.trim().is_empty() {
            // The lines of an attribute that spans several stay with it.
            attached = attached && !line.starts_with('}') && line.trim_end().ends_with([',', '(', ')', ']']);
        }
        at += line.len();
    }
    cuts.push(code.len());
    cuts
}

/// The items of a file or inline module, and its inner attributes.
fn parse_items(tokens: TokenStream, broken: &mut Vec<Broken>) -> (Vec<Attribute>, Vec<Item>) {
    parse_each(tokens, broken, |input| input.parse::<Item>(), item_by_parts)
}

/// Parses one after the other. What fails is handed, with its tokens, to `by_parts`, and lost only if that fails too.
fn parse_each<T>(
    tokens: TokenStream,
    broken: &mut Vec<Broken>,
    parse: fn(ParseStream<'_>) -> syn::Result<T>,
    by_parts: fn(Vec<TokenTree>, &mut Vec<Broken>) -> Option<T>,
) -> (Vec<Attribute>, Vec<T>) {
    let parser = |input: ParseStream<'_>| {
        let ahead = input.fork();
        let attrs = match Attribute::parse_inner(&ahead) {
            Ok(attrs) => {
                input.advance_to(&ahead);
                attrs
            }
            Err(_) => Vec::new(),
        };
        let mut all = Vec::new();
        while !input.is_empty() {
            let ahead = input.fork();
            match parse(&ahead) {
                Ok(one) => {
                    input.advance_to(&ahead);
                    all.push(one);
                }
                Err(error) => {
                    let tokens = take_broken(input)?;
                    let ends = tokens.first().zip(tokens.last()).map(|(a, b)| (a.span(), b.span()));
                    if let Some(one) = by_parts(tokens, broken) {
                        all.push(one);
                    } else if let Some((first, last)) = ends {
                        broken.push(Broken {
                            first,
                            last,
                            message: error.to_string(),
                        });
                    }
                }
            }
        }
        Ok((attrs, all))
    };
    parser.parse2(tokens).unwrap_or_default()
}

/// Takes the tokens of one item or statement: up to a `;`, or a braced group that nothing continues.
fn take_broken(input: ParseStream<'_>) -> syn::Result<Vec<TokenTree>> {
    let mut tokens = Vec::new();
    let mut assigned = false;
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        let mut ends = false;
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => ends = true,
            TokenTree::Punct(punct) if punct.as_char() == '=' && punct.spacing() == Spacing::Alone => assigned = true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let goes_on =
                    input.peek(Token![;]) || input.peek(Token![.]) || input.peek(Token![?]) || input.peek(Token![else]);
                ends = !goes_on && (!assigned || starts_item(input));
            }
            _ => {}
        }
        tokens.push(token);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

fn starts_item(input: ParseStream<'_>) -> bool {
    input.peek(Token![#])
        || input.peek(Token![pub])
        || input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(Token![impl])
        || input.peek(Token![struct])
        || input.peek(Token![enum])
        || input.peek(Token![mod])
        || input.peek(Token![use])
        || input.peek(Token![let])
        || input.peek(Token![const])
        || input.peek(Token![static])
        || input.peek(Token![trait])
        || input.peek(Token![type])
}

/// Reads the head of a broken item with an empty body, then its body part by part.
fn item_by_parts(tokens: Vec<TokenTree>, broken: &mut Vec<Broken>) -> Option<Item> {
    let (head, body) = behead::<Item>(tokens)?;
    match head {
        Item::Impl(mut item) => {
            let (attrs, items) = parse_each(
                body,
                broken,
                |input| input.parse(),
                |tokens, broken| {
                    let (head, body) = behead::<syn::ImplItem>(tokens)?;
                    let syn::ImplItem::Fn(mut method) = head else {
                        return None;
                    };
                    method.block.stmts = parse_statements(body, broken);
                    Some(syn::ImplItem::Fn(method))
                },
            );
            item.attrs.extend(attrs);
            item.items = items;
            Some(Item::Impl(item))
        }
        Item::Trait(mut item) => {
            let (_, items) = parse_each(
                body,
                broken,
                |input| input.parse(),
                |tokens, broken| {
                    let (head, body) = behead::<syn::TraitItem>(tokens)?;
                    let syn::TraitItem::Fn(mut method) = head else {
                        return None;
                    };
                    method.default.as_mut()?.stmts = parse_statements(body, broken);
                    Some(syn::TraitItem::Fn(method))
                },
            );
            item.items = items;
            Some(Item::Trait(item))
        }
        Item::Mod(mut item) => {
            let (attrs, items) = parse_items(body, broken);
            item.attrs.extend(attrs);
            item.content.as_mut()?.1 = items;
            Some(Item::Mod(item))
        }
        Item::Fn(mut item) => {
            item.block.stmts = parse_statements(body, broken);
            Some(Item::Fn(item))
        }
        _ => None,
    }
}

/// Parses a thing whose last token is a braced group as if that were empty; the group's content beside it.
fn behead<T: Parse>(mut tokens: Vec<TokenTree>) -> Option<(T, TokenStream)> {
    let Some(TokenTree::Group(group)) = tokens.pop() else {
        return None;
    };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let mut empty = Group::new(Delimiter::Brace, TokenStream::new());
    empty.set_span(group.span());
    tokens.push(TokenTree::Group(empty));
    let head = syn::parse2(tokens.into_iter().collect()).ok()?;
    Some((head, group.stream()))
}

fn parse_statements(body: TokenStream, broken: &mut Vec<Broken>) -> Vec<Stmt> {
    let parse = |input: ParseStream<'_>| {
        let ahead = input.fork();
        match ahead.parse::<Stmt>() {
            Ok(stmt) => {
                input.advance_to(&ahead);
                Ok(stmt)
            }
            Err(error) => {
                let tail = input.parse::<syn::Expr>()?;
                if input.is_empty() {
                    Ok(Stmt::Expr(tail, None))
                } else {
                    Err(error)
                }
            }
        }
    };
    parse_each(body, broken, parse, |_, _| None).1
}
