//! Literals.

use super::context::Lowerer;
use crate::ir::{ExprId, ExprKind, Literal, Name};
use syn::Lit;

impl Lowerer<'_> {
    pub(super) fn literal_expr(&mut self, lit: &Lit) -> ExprId {
        let span = self.span(lit.span());
        self.b.expr(ExprKind::Literal(literal(lit)), span)
    }
}

pub(super) fn literal(lit: &Lit) -> Literal {
    match lit {
        Lit::Str(text) => Literal::Str(Name::new(&text.value())),
        Lit::ByteStr(bytes) => Literal::Bytes(Name::new(&String::from_utf8_lossy(&bytes.value()))),
        Lit::CStr(text) => Literal::Bytes(Name::new(&text.value().to_string_lossy())),
        Lit::Byte(byte) => Literal::Int(i64::from(byte.value())),
        Lit::Char(one) => Literal::Char(one.value()),
        Lit::Int(int) => int
            .base10_parse::<i64>()
            .map_or_else(|_| Literal::Float(Name::new(int.base10_digits())), Literal::Int),
        Lit::Float(float) => Literal::Float(Name::new(float.base10_digits())),
        Lit::Bool(truth) => Literal::Bool(truth.value),
        other => Literal::Str(Name::new(&verbatim(other))),
    }
}

fn verbatim(lit: &Lit) -> String {
    match lit {
        Lit::Verbatim(token) => token.to_string(),
        _ => String::new(),
    }
}
