//! Macro calls. What a macro's tokens mean is known for the common ones; others are tried as arguments, then as
//! statements, and keep at least their names and strings.

use super::arguments::{MacroArg, arg_text, macro_args};
use super::context::{Dest, Lowerer, name_of};
use crate::ir::{
    Arg, ArgKind, BinaryOp, Block, Call, CallForm, CollectionKind, ExprId, ExprKind, Key, Name, PassKind, RecordEntry,
};
use crate::workspace::Span;
use proc_macro2::{Delimiter, Group, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Macro, MacroDelimiter, Pat, Token};

/// The families of macros that are understood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// The text itself.
    Format,
    /// The arguments joined to a text.
    Join,
    /// A call that takes a text; so many arguments stand before it.
    Text(usize),
    /// Named fields, then a text.
    Log,
    Vec,
    Json,
    /// The members of an object, without its braces.
    Document,
    Matches,
    Pass,
    /// The values of futures.
    Futures,
    /// Tokens that are no code of this place.
    Quote,
    /// Statements rather than a value.
    Statement,
    /// Arguments, none of which is a format string.
    Plain,
    Unknown,
}

fn family(name: &str) -> Family {
    match name {
        "format" | "format_args" | "formatdoc" | "format_compact" => Family::Format,
        "concat" => Family::Join,
        "print" | "println" | "eprint" | "eprintln" | "anyhow" | "eyre" | "format_err" | "cformat" | "run_cmd"
        | "run_fun" => Family::Text(0),
        "write" | "writeln" | "cmd" => Family::Text(1),
        "info" | "debug" | "warn" | "error" | "trace" | "log" | "event" | "span" | "info_span" | "debug_span"
        | "warn_span" | "error_span" | "trace_span" => Family::Log,
        "vec" | "smallvec" | "bytes_vec" => Family::Vec,
        "json" | "json_internal" | "json_schema" | "bson" => Family::Json,
        "object" | "doc" | "rawdoc" => Family::Document,
        "matches" | "assert_matches" => Family::Matches,
        "dbg" => Family::Pass,
        "join" | "try_join" => Family::Futures,
        "quote" | "quote_spanned" | "parse_quote" | "macro_rules" | "stringify" => Family::Quote,
        "bail" | "ensure" | "panic" | "unreachable" | "todo" | "unimplemented" | "assert" | "assert_eq"
        | "assert_ne" | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" | "select" | "try_bail" => {
            Family::Statement
        }
        "query"
        | "query_as"
        | "query_scalar"
        | "query_unchecked"
        | "query_as_unchecked"
        | "query_scalar_unchecked"
        | "query_file"
        | "query_file_as"
        | "include_str"
        | "include_bytes"
        | "include"
        | "env"
        | "option_env"
        | "regex" => Family::Plain,
        _ => Family::Unknown,
    }
}

fn family_of(mac: &Macro) -> (Family, Name) {
    let name = mac
        .path
        .segments
        .last()
        .map_or_else(|| Name::new(""), |last| name_of(&last.ident));
    (family(&name), name)
}

impl Lowerer<'_> {
    pub(super) fn macro_span(&self, mac: &Macro) -> Span {
        self.path_span(None, &mac.path).to(self.delimited(mac.delimiter.span()))
    }

    /// What is called, without the `!`.
    pub(super) fn macro_callee(&mut self, mac: &Macro) -> ExprId {
        let span = self.path_span(None, &mac.path);
        let names = self.path_names(None, &mac.path);
        self.path_expr(names, span)
    }

    /// A macro as a value.
    pub(super) fn macro_value(&mut self, mac: &Macro) -> ExprId {
        let span = self.macro_span(mac);
        self.deeper(
            2,
            span,
            |this| this.macro_value_within(mac, span),
            |this| this.opaque(Vec::new(), span),
        )
    }

    fn macro_value_within(&mut self, mac: &Macro, span: Span) -> ExprId {
        let (family, _) = family_of(mac);
        let known = match family {
            Family::Statement => {
                let result = self.b.temporary();
                let mut body = Vec::new();
                self.macro_to(mac, Dest::Assign(result), &mut body);
                return self.block_of(body, result, span);
            }
            Family::Quote => Some(self.token_call(mac, span)),
            Family::Vec => self.vec_value(mac, span),
            Family::Json => self.json(mac.tokens.clone(), span),
            Family::Document => {
                let mut document = Group::new(Delimiter::Brace, mac.tokens.clone());
                document.set_span(mac.delimiter.span().join());
                self.json(TokenTree::Group(document).into(), span)
            }
            Family::Matches => self.matches_value(mac, span),
            Family::Unknown => Some(self.unknown_macro(mac, span)),
            _ => macro_args
                .parse2(mac.tokens.clone())
                .ok()
                .map(|args| self.known_macro(mac, family, &args, span)),
        };
        known.unwrap_or_else(|| self.token_call(mac, span))
    }

    fn known_macro(&mut self, mac: &Macro, family: Family, args: &[MacroArg], span: Span) -> ExprId {
        match family {
            Family::Format => self.format(args, span),
            Family::Join => {
                let parts: Vec<ExprId> = args.iter().map(|arg| self.expr(&arg.value)).collect();
                self.b.expr(ExprKind::Concat(parts.into()), span)
            }
            Family::Text(before) => {
                let callee = self.macro_callee(mac);
                let (before, text) = args.split_at_checked(before).unwrap_or((args, &[]));
                let mut values: Vec<ExprId> = before.iter().map(|arg| self.expr(&arg.value)).collect();
                if !text.is_empty() {
                    let inner = self.inside(mac);
                    values.push(self.message(text, inner));
                }
                self.call(callee, values, CallForm::Macro, span)
            }
            Family::Log => {
                let callee = self.macro_callee(mac);
                let text = args.iter().position(|arg| arg.text().is_some()).unwrap_or(args.len());
                let (fields, text) = args.split_at_checked(text).unwrap_or((args, &[]));
                let mut values = self.args(fields);
                if !text.is_empty() {
                    let inner = self.inside(mac);
                    let value = self.format(text, inner);
                    values.push(positional(value));
                }
                self.macro_call(callee, values, span)
            }
            Family::Pass => match args {
                [only] => {
                    let inner = self.expr(&only.value);
                    self.b.expr(
                        ExprKind::Pass {
                            kind: PassKind::Plain,
                            inner,
                        },
                        span,
                    )
                }
                _ => self.list(CollectionKind::Tuple, args.iter().map(|arg| &arg.value), span),
            },
            Family::Futures => {
                let awaited: Vec<_> = args
                    .iter()
                    .map(|arg| {
                        let inner = self.expr(&arg.value);
                        let span = self.span_of(inner);
                        let kind = PassKind::Await;
                        crate::ir::Element::Item(self.b.expr(ExprKind::Pass { kind, inner }, span))
                    })
                    .collect();
                let kind = CollectionKind::Tuple;
                self.b.expr(
                    ExprKind::List {
                        kind,
                        elements: awaited.into(),
                    },
                    span,
                )
            }
            _ => {
                let callee = self.macro_callee(mac);
                let values = self.args(args);
                self.macro_call(callee, values, span)
            }
        }
    }

    fn macro_call(&mut self, callee: ExprId, args: Vec<Arg>, span: Span) -> ExprId {
        let call = Call {
            callee,
            args: args.into(),
            form: CallForm::Macro,
            type_args: Box::new([]),
        };
        self.b.expr(ExprKind::Call(Box::new(call)), span)
    }

    fn args(&mut self, args: &[MacroArg]) -> Vec<Arg> {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.expr(&arg.value);
            values.push(Arg {
                kind: arg.name.map_or(ArgKind::Positional, ArgKind::Named),
                value,
            });
            if let Some(pair) = &arg.pair {
                values.push(positional(self.expr(pair)));
            }
        }
        values
    }

    /// What stands between the macro's brackets.
    pub(super) fn inside(&self, mac: &Macro) -> Span {
        self.delimited(mac.delimiter.span())
    }

    /// The message of `bail!`, `anyhow!`, `panic!`: a format string with its arguments, or a single value.
    pub(super) fn message(&mut self, args: &[MacroArg], span: Span) -> ExprId {
        match args {
            [only] if only.text().is_none() => self.expr(&only.value),
            _ => self.format(args, span),
        }
    }

    fn vec_value(&mut self, mac: &Macro, span: Span) -> Option<ExprId> {
        let repeat = |input: ParseStream<'_>| {
            let value: Expr = input.parse()?;
            input.parse::<Token![;]>()?;
            Ok((value, input.parse::<Expr>()?))
        };
        if let Ok((value, length)) = repeat.parse2(mac.tokens.clone()) {
            return Some(self.repeated(&value, &length, span));
        }
        let args = macro_args.parse2(mac.tokens.clone()).ok()?;
        Some(self.list(CollectionKind::List, args.iter().map(|arg| &arg.value), span))
    }

    fn matches_value(&mut self, mac: &Macro, span: Span) -> Option<ExprId> {
        let parser = |input: ParseStream<'_>| {
            let value: Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            let guard = if input.parse::<Option<Token![if]>>()?.is_some() {
                Some(input.parse::<Expr>()?)
            } else {
                None
            };
            let _rest: proc_macro2::TokenStream = input.parse()?;
            Ok((value, pat, guard))
        };
        let (value, pat, guard) = parser.parse2(mac.tokens.clone()).ok()?;
        let value = self.expr(&value);
        let matches = self.matches(&pat, value, span);
        Some(match guard {
            Some(guard) => {
                let right = self.expr(&guard);
                self.b.expr(
                    ExprKind::Binary {
                        op: BinaryOp::And,
                        left: matches,
                        right,
                    },
                    span,
                )
            }
            None => matches,
        })
    }

    fn unknown_macro(&mut self, mac: &Macro, span: Span) -> ExprId {
        // Braces hold statements more often than arguments.
        let braced = matches!(mac.delimiter, MacroDelimiter::Brace(_));
        let known = if braced {
            self.macro_of_statements(mac, span)
                .or_else(|| self.macro_of_arguments(mac, span))
        } else {
            self.macro_of_arguments(mac, span)
                .or_else(|| self.macro_of_statements(mac, span))
        };
        known.unwrap_or_else(|| self.token_call(mac, span))
    }

    fn macro_of_arguments(&mut self, mac: &Macro, span: Span) -> Option<ExprId> {
        let args = macro_args.parse2(mac.tokens.clone()).ok()?;
        let callee = self.macro_callee(mac);
        // `hashmap! { k => v }` and its like.
        if !args.is_empty() && args.iter().all(|arg| arg.pair.is_some()) {
            let map = self.pairs(&args, span);
            return Some(self.call(callee, vec![map], CallForm::Macro, span));
        }
        let text = args.iter().enumerate().position(|(at, arg)| {
            let rest = args.len() - at - 1;
            arg.text()
                .is_some_and(|text| super::format::is_template(&text.value(), rest))
        });
        let (before, text) = args
            .split_at_checked(text.unwrap_or(args.len()))
            .unwrap_or((&args, &[]));
        let mut values = self.args(before);
        if !text.is_empty() {
            let inner = self.inside(mac);
            let value = self.format(text, inner);
            values.push(positional(value));
        }
        Some(self.macro_call(callee, values, span))
    }

    fn macro_of_statements(&mut self, mac: &Macro, span: Span) -> Option<ExprId> {
        let stmts = syn::Block::parse_within.parse2(mac.tokens.clone()).ok()?;
        if stmts.is_empty() {
            return None;
        }
        let callee = self.macro_callee(mac);
        let inner = self.inside(mac);
        let block = self.block_value(&stmts, inner);
        Some(self.call(callee, vec![block], CallForm::Macro, span))
    }

    fn pairs(&mut self, args: &[MacroArg], span: Span) -> ExprId {
        let mut entries = Vec::new();
        for arg in args {
            let key_span = self.head_span(&arg.value);
            let key = match arg_text(&arg.value) {
                Some(text) => Key::Name(Name::new(&text)),
                None => Key::Computed(self.expr(&arg.value)),
            };
            if let Some(pair) = &arg.pair {
                let value = self.expr(pair);
                entries.push(RecordEntry::Pair { key, value, key_span });
            }
        }
        let entries = entries.into();
        self.b.expr(ExprKind::Record { ty: None, entries }, span)
    }

    /// A macro as a statement, or where its value is handed on.
    pub(super) fn macro_to(&mut self, mac: &Macro, dest: Dest, out: &mut Block) {
        let span = self.macro_span(mac);
        let (family, name) = family_of(mac);
        if family == Family::Statement {
            let done = self.deeper(
                2,
                span,
                |this| this.statement_macro(mac, &name, dest, span, &mut *out),
                |_| true,
            );
            if !done {
                let value = self.token_call(mac, span);
                self.deliver(value, dest, span, out);
            }
            return;
        }
        if name == "cfg_if" && self.all_branches(mac, dest, out) {
            return;
        }
        let value = self.macro_value(mac);
        self.deliver(value, dest, span, out);
    }
}

fn positional(value: ExprId) -> Arg {
    Arg {
        kind: ArgKind::Positional,
        value,
    }
}
