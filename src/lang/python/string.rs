//! Strings: prefixes, escapes, f-strings, adjacent pieces, docstrings.

use std::borrow::Cow;

use tree_sitter::Node;

use super::Lower;
use super::syntax::{Field, Kind, kind};
use crate::ir::{ExprId, ExprKind, Literal, Name};
use crate::workspace::Span;

/// A stretch of a string being put together.
pub(super) enum Piece<'t> {
    /// Known text.
    Text(Cow<'t, str>, Span),
    /// A value put in.
    Value(ExprId),
}

/// What the letters before the quote say.
#[derive(Clone, Copy)]
struct Prefix {
    raw: bool,
    bytes: bool,
    formatted: bool,
}

impl Prefix {
    fn of(start: &str) -> Self {
        let has = |letter: u8| start.bytes().any(|b| b.eq_ignore_ascii_case(&letter));
        Self {
            raw: has(b'r'),
            bytes: has(b'b'),
            formatted: has(b'f') || has(b't'),
        }
    }
}

impl<'t> Lower<'t> {
    /// A string or several adjacent ones: one literal, or a `Concat` when values are put in.
    pub(super) fn string(&mut self, node: Node<'t>) -> ExprKind {
        let mut pieces = Vec::new();
        let mut bytes = false;
        let mut formatted = false;
        if kind(node) == Kind::ConcatenatedString {
            let kids = self.kids(node);
            for kid in kids.named() {
                let prefix = self.pieces(kid.node, &mut pieces);
                bytes |= prefix.bytes;
                formatted |= prefix.formatted;
            }
        } else {
            let prefix = self.pieces(node, &mut pieces);
            bytes = prefix.bytes;
            formatted = prefix.formatted;
        }
        if formatted && pieces.iter().any(|piece| matches!(piece, Piece::Value(_))) {
            return ExprKind::Concat(self.join(pieces).into());
        }
        let mut texts = pieces.into_iter().filter_map(|piece| match piece {
            Piece::Text(text, _) => Some(text),
            Piece::Value(_) => None,
        });
        let mut whole = texts.next().unwrap_or(Cow::Borrowed(""));
        for text in texts {
            whole.to_mut().push_str(&text);
        }
        let name = Name::new(&whole);
        ExprKind::Literal(if bytes {
            Literal::Bytes(name)
        } else {
            Literal::Str(name)
        })
    }

    /// Expressions for pieces, neighbouring texts joined and empty ones left out.
    pub(super) fn join(&mut self, pieces: Vec<Piece<'t>>) -> Vec<ExprId> {
        let mut parts = Vec::with_capacity(pieces.len());
        let mut pending: Option<(Cow<'t, str>, Span)> = None;
        for piece in pieces {
            match piece {
                Piece::Text(text, span) => match &mut pending {
                    Some((before, at)) => {
                        before.to_mut().push_str(&text);
                        *at = at.to(span);
                    }
                    None => pending = Some((text, span)),
                },
                Piece::Value(value) => {
                    self.flush(&mut pending, &mut parts);
                    match &self.b.module.expr(value).kind {
                        ExprKind::Concat(inner) => parts.extend_from_slice(inner),
                        _ => parts.push(value),
                    }
                }
            }
        }
        self.flush(&mut pending, &mut parts);
        parts
    }

    fn flush(&mut self, pending: &mut Option<(Cow<'t, str>, Span)>, parts: &mut Vec<ExprId>) {
        if let Some((text, span)) = pending.take()
            && !text.is_empty()
        {
            parts.push(self.b.string(&text, span));
        }
    }

    /// The pieces of one string token.
    fn pieces(&mut self, node: Node<'t>, pieces: &mut Vec<Piece<'t>>) -> Prefix {
        let kids = self.kids(node);
        let start = kids.kind(Kind::StringStart);
        let prefix = Prefix::of(start.map_or("", |start| self.text(start)));
        let mut from = start.map_or(node.start_byte(), |start| start.end_byte());
        for kid in kids.named() {
            if kid.kind == Kind::Interpolation {
                self.text_piece(from, kid.node.start_byte(), prefix, pieces);
                self.interpolation(kid.node, pieces);
                from = kid.node.end_byte();
            }
        }
        let end = kids
            .kind(Kind::StringEnd)
            .map_or(node.end_byte(), |end| end.start_byte());
        self.text_piece(from, end, prefix, pieces);
        prefix
    }

    fn text_piece(&self, from: usize, to: usize, prefix: Prefix, pieces: &mut Vec<Piece<'t>>) {
        let text = self.slice(from, to);
        if !text.is_empty() {
            pieces.push(Piece::Text(unescape(text, prefix), Span::new(from, to)));
        }
    }

    /// `{value!r:spec}`; the spec's own values stand beside the value, which they shape.
    fn interpolation(&mut self, node: Node<'t>, pieces: &mut Vec<Piece<'t>>) {
        let kids = self.kids(node);
        if let Some(equals) = kids
            .iter()
            .find(|kid| kid.kind == Kind::Token && kid.node.kind() == "=")
        {
            let (from, to) = (node.start_byte() + 1, equals.node.end_byte());
            pieces.push(Piece::Text(Cow::Borrowed(self.slice(from, to)), Span::new(from, to)));
        }
        let value = self.expr_or_nothing(kids.field(Field::Expression), node);
        let mut parts = vec![value];
        if let Some(spec) = kids.field(Field::FormatSpecifier) {
            self.spec_values(spec, &mut parts);
        }
        let value = match parts.as_slice() {
            [single] => *single,
            _ => {
                let span = self.span(node);
                self.opaque(parts, span)
            }
        };
        pieces.push(Piece::Value(value));
    }

    fn spec_values(&mut self, spec: Node<'t>, parts: &mut Vec<ExprId>) {
        if self.depth >= super::MAX_DEPTH {
            parts.push(self.cut(spec));
            return;
        }
        self.depth += 1;
        let kids = self.kids(spec);
        for kid in kids.named().filter(|kid| kid.kind == Kind::FormatExpression) {
            let inner = self.kids(kid.node);
            parts.push(self.expr_or_nothing(inner.field(Field::Expression), kid.node));
            if let Some(nested) = inner.field(Field::FormatSpecifier) {
                self.spec_values(nested, parts);
            }
        }
        self.depth -= 1;
    }

    /// The docstring, when `node` is a statement that is only a plain string.
    pub(super) fn docstring(&mut self, node: Node<'t>) -> Option<Name> {
        if kind(node) != Kind::ExpressionStatement {
            return None;
        }
        let kids = self.kids(node);
        let inner = kids.first().filter(|_| kids.iter().count() == 1)?;
        if !matches!(kind(inner), Kind::String | Kind::ConcatenatedString) {
            return None;
        }
        // An f-string is none, and is to be lowered once only.
        if self.kids(inner).kind(Kind::Interpolation).is_some() {
            return None;
        }
        match self.string(inner) {
            ExprKind::Literal(Literal::Str(text)) => Some(Name::new(&dedent(&text))),
            _ => None,
        }
    }
}

/// Strips what all lines but the first are indented by, and blank lines around.
fn dedent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let margin = text
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or(0);
    let mut result = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            result.push('\n');
        }
        let line = if index == 0 {
            line.trim_start()
        } else {
            line.get(margin..).unwrap_or("")
        };
        result.push_str(line.trim_end());
    }
    result.trim_matches('\n').to_owned()
}

/// Resolves escapes, and the doubled braces of f-strings.
fn unescape(text: &str, prefix: Prefix) -> Cow<'_, str> {
    let escapes = !prefix.raw && text.contains('\\');
    let braces = prefix.formatted && text.contains(['{', '}']);
    if !escapes && !braces {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '{', '}']) {
        let (before, tail) = rest.split_at(at);
        result.push_str(before);
        let mut chars = tail.chars();
        let first = chars.next().unwrap_or('\\');
        rest = chars.as_str();
        if first != '\\' {
            result.push(first);
            if prefix.formatted {
                rest = rest.strip_prefix(first).unwrap_or(rest);
            }
        } else if escapes {
            rest = escape(rest, prefix.bytes, &mut result);
        } else {
            result.push(first);
        }
    }
    result.push_str(rest);
    Cow::Owned(result)
}

/// Resolves one escape whose backslash was read; returns what follows it.
fn escape<'a>(rest: &'a str, bytes: bool, result: &mut String) -> &'a str {
    let mut chars = rest.chars();
    let Some(letter) = chars.next() else {
        result.push('\\');
        return rest;
    };
    let tail = chars.as_str();
    let digits = match letter {
        'x' => 2,
        'u' if !bytes => 4,
        'U' if !bytes => 8,
        _ => 0,
    };
    if digits > 0 {
        let code = tail
            .get(..digits)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        if let Some(code) = code {
            result.push(code);
            return tail.get(digits..).unwrap_or("");
        }
        result.push('\\');
        return rest;
    }
    if letter.is_digit(8) {
        let length = rest.bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
        let (octal, tail) = rest.split_at(length);
        let code = u32::from_str_radix(octal, 8).ok().and_then(char::from_u32);
        result.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
        return tail;
    }
    let plain = match letter {
        '\n' => return tail,
        '\r' => return tail.strip_prefix('\n').unwrap_or(tail),
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' | '\'' | '"' => letter,
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        // An escape that is none keeps its backslash; so do character names, which need a table.
        _ => {
            result.push('\\');
            return rest;
        }
    };
    result.push(plain);
    tail
}
