//! The arguments of macros: expressions, and the forms that macros add to them.

use crate::ir::{Literal, Name};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, Ident, Lit, LitStr, Token};

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
        if input.peek(Token![let]) {
            return Err(input.error("expected an argument"));
        }
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
