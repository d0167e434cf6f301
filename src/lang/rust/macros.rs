//! Macro calls. What a macro's tokens mean is known for the common ones; others are tried as arguments, then as
//! statements, and keep at least their names and strings.

use super::context::{Dest, Lowerer, name_of};
use crate::ir::{
    Arg, ArgKind, BinaryOp, Block, Call, CallForm, CollectionKind, ExprId, ExprKind, Key, Literal, Name, PassKind,
    RecordEntry, Stmt, StmtKind, UnaryOp,
};
use crate::workspace::Span;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Lit, LitStr, Macro, Pat, Token};

/// An argument of a macro.
pub(super) struct MacroArg {
    /// `name = `, `name: `.
    pub(super) name: Option<Name>,
    pub(super) value: Expr,
    /// `value => this`.
    pub(super) pair: Option<Expr>,
    /// Whether it follows a `?` or `%`, as fields of tracing do.
    pub(super) sigil: bool,
}

impl MacroArg {
    /// The string literal that it is.
    pub(super) fn text(&self) -> Option<&LitStr> {
        match &self.value {
            Expr::Lit(lit) if self.name.is_none() && !self.sigil && self.pair.is_none() => match &lit.lit {
                Lit::Str(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

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
        "json" | "json_internal" => Family::Json,
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
        if let Ok(args) = macro_args.parse2(mac.tokens.clone()) {
            let callee = self.macro_callee(mac);
            // `hashmap! { k => v }` and its like.
            if !args.is_empty() && args.iter().all(|arg| arg.pair.is_some()) {
                let map = self.pairs(&args, span);
                return self.call(callee, vec![map], CallForm::Macro, span);
            }
            let text = args
                .iter()
                .position(|arg| arg.text().is_some_and(|text| super::format::has_holes(&text.value())));
            let (before, text) = args
                .split_at_checked(text.unwrap_or(args.len()))
                .unwrap_or((&args, &[]));
            let mut values = self.args(before);
            if !text.is_empty() {
                let inner = self.inside(mac);
                let value = self.format(text, inner);
                values.push(positional(value));
            }
            return self.macro_call(callee, values, span);
        }
        if let Ok(stmts) = syn::Block::parse_within.parse2(mac.tokens.clone()) {
            let callee = self.macro_callee(mac);
            let inner = self.inside(mac);
            let block = self.block_value(&stmts, inner);
            return self.call(callee, vec![block], CallForm::Macro, span);
        }
        self.token_call(mac, span)
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
        let value = self.macro_value(mac);
        self.deliver(value, dest, span, out);
    }

    /// Lowers one of the macros that act as a statement; `false` if its arguments are not as expected.
    fn statement_macro(&mut self, mac: &Macro, name: &str, dest: Dest, span: Span, out: &mut Block) -> bool {
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

fn positional(value: ExprId) -> Arg {
    Arg {
        kind: ArgKind::Positional,
        value,
    }
}

pub(super) fn arg_text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(lit) => match super::literals::literal(&lit.lit) {
            Literal::Str(text) => Some(text.as_str().to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// Arguments between commas, with the forms that macros add to expressions.
pub(super) fn macro_args(input: ParseStream<'_>) -> syn::Result<Vec<MacroArg>> {
    let mut args = Vec::new();
    while !input.is_empty() {
        let name = argument_name(input);
        let sigil = input.parse::<Option<Token![?]>>()?.is_some() || input.parse::<Option<Token![%]>>()?.is_some();
        let value: Expr = input.parse()?;
        let pair = if input.parse::<Option<Token![=>]>>()?.is_some() {
            Some(input.parse()?)
        } else {
            None
        };
        args.push(MacroArg {
            name,
            value,
            pair,
            sigil,
        });
        if input.is_empty() {
            break;
        }
        if input.parse::<Option<Token![;]>>()?.is_none() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(args)
}

/// `name =`, `name.part =`, `"name" =`, `name:`.
fn argument_name(input: ParseStream<'_>) -> Option<Name> {
    let ahead = input.fork();
    let mut name = match ahead.parse::<LitStr>() {
        Ok(text) => text.value(),
        Err(_) => Ident::parse_any(&ahead).ok()?.unraw().to_string(),
    };
    while ahead.parse::<Option<Token![.]>>().ok()?.is_some() {
        name.push('.');
        name.push_str(&Ident::parse_any(&ahead).ok()?.unraw().to_string());
    }
    let equals = ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>]);
    let colon = ahead.peek(Token![:]) && !ahead.peek(Token![::]);
    if equals {
        ahead.parse::<Token![=]>().ok()?;
    } else if colon {
        ahead.parse::<Token![:]>().ok()?;
    } else {
        return None;
    }
    input.advance_to(&ahead);
    Some(Name::new(&name))
}
