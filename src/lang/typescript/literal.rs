//! Strings, templates, numbers and regular expressions.

use tree_sitter::Node;

use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{ExprId, ExprKind, Literal, Name};
use crate::workspace::Span;

impl<'t> Lower<'t, '_> {
    /// The text of a string literal (or of a template without interpolations), escapes resolved.
    pub(super) fn string_text(&self, node: Node<'t>) -> Name {
        let text = self.text(node);
        let inner = text
            .strip_prefix(['"', '\'', '`'])
            .map_or(text, |rest| rest.strip_suffix(['"', '\'', '`']).unwrap_or(rest));
        unescaped(inner)
    }

    pub(super) fn string(&mut self, node: Node<'t>) -> ExprId {
        let text = self.string_text(node);
        self.build.expr(ExprKind::Literal(Literal::Str(text)), span(node))
    }

    /// The constant text of a string or of a template without interpolations.
    pub(super) fn constant_text(&mut self, node: Node<'t>) -> Option<Name> {
        match self.kind(node) {
            Kind::String => Some(self.string_text(node)),
            Kind::TemplateString if !self.has_token(node, Kind::TemplateSubstitution) => Some(self.string_text(node)),
            _ => None,
        }
    }

    /// The parts of a template in order, and the interpolations alone.
    pub(super) fn template_parts(&mut self, node: Node<'t>) -> (Vec<ExprId>, Vec<ExprId>) {
        let mut parts = Vec::new();
        let mut interpolations = Vec::new();
        let mut from = node.start_byte() + 1;
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            if !matches!(kid.kind, Kind::TemplateSubstitution | Kind::Error) {
                continue;
            }
            self.piece(from, kid.node.start_byte(), &mut parts);
            from = kid.node.end_byte();
            if let Some(inner) = self.first(kid.node) {
                let value = self.expr(inner);
                parts.push(value);
                interpolations.push(value);
            }
        }
        self.close(kids);
        let end = node.end_byte();
        let closed = self.text(node).len() > 1 && self.text(node).ends_with('`');
        self.piece(from, if closed { end - 1 } else { end }, &mut parts);
        (parts, interpolations)
    }

    fn piece(&mut self, from: usize, to: usize, parts: &mut Vec<ExprId>) {
        if let Some(text) = self.source.get(from..to).filter(|text| !text.is_empty()) {
            let literal = Literal::Str(unescaped(text));
            parts.push(self.build.expr(ExprKind::Literal(literal), Span::new(from, to)));
        }
    }

    pub(super) fn template(&mut self, node: Node<'t>) -> ExprId {
        if let Some(text) = self.constant_text(node) {
            return self.build.expr(ExprKind::Literal(Literal::Str(text)), span(node));
        }
        let (parts, _) = self.template_parts(node);
        self.build.expr(ExprKind::Concat(parts.into()), span(node))
    }

    pub(super) fn regex(&mut self, node: Node<'t>) -> ExprId {
        let part = |node: Option<Node<'t>>| Name::new(node.map_or("", |node| self.text(node)));
        let literal = Literal::Regex(
            part(self.field(node, Field::Pattern)),
            part(self.field(node, Field::Flags)),
        );
        self.build.expr(ExprKind::Literal(literal), span(node))
    }

    pub(super) fn number(&mut self, node: Node<'t>) -> ExprId {
        let literal = number(self.text(node));
        self.build.expr(ExprKind::Literal(literal), span(node))
    }
}

/// A number by its text.
pub(super) fn number(text: &str) -> Literal {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let digits = plain.strip_suffix('n').unwrap_or(&plain);
    let radix = |prefix: [&str; 2], radix| {
        let rest = digits
            .strip_prefix(prefix[0])
            .or_else(|| digits.strip_prefix(prefix[1]))?;
        i64::from_str_radix(rest, radix).ok()
    };
    let legacy_octal = || {
        let octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| (b'0'..b'8').contains(&b));
        octal.then(|| i64::from_str_radix(digits, 8).ok()).flatten()
    };
    radix(["0x", "0X"], 16)
        .or_else(|| radix(["0o", "0O"], 8))
        .or_else(|| radix(["0b", "0B"], 2))
        .or_else(legacy_octal)
        .or_else(|| digits.parse().ok())
        .map_or_else(|| Literal::Float(Name::new(digits)), Literal::Int)
}

/// Text with JavaScript's escapes resolved.
fn unescaped(text: &str) -> Name {
    if !text.contains('\\') {
        return Name::new(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        rest = escape(rest, &mut out);
    }
    out.push_str(rest);
    Name::new(&out)
}

/// Resolves one escape, whose backslash is already gone; returns what follows it.
fn escape<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return text;
    };
    let after = chars.as_str();
    match first {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        'v' => out.push('\u{b}'),
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        '\n' | '\u{2028}' | '\u{2029}' => {}
        'x' => return hex(after, 2, out),
        'u' => return unicode(after, out),
        '0'..='7' => {
            let len = text.bytes().take(3).take_while(|b| (b'0'..b'8').contains(b)).count();
            let (digits, after) = text.split_at_checked(len).unwrap_or((text, ""));
            let code = u32::from_str_radix(digits, 8).ok().and_then(char::from_u32);
            out.extend(code);
            return after;
        }
        other => out.push(other),
    }
    after
}

fn hex<'a>(text: &'a str, len: usize, out: &mut String) -> &'a str {
    match hex_digits(text, len) {
        Some((code, after)) => {
            out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            after
        }
        None => text,
    }
}

fn hex_digits(text: &str, len: usize) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(len)?;
    Some((u32::from_str_radix(digits, 16).ok()?, after))
}

fn unicode<'a>(text: &'a str, out: &mut String) -> &'a str {
    if let Some(rest) = text.strip_prefix('{') {
        let Some((digits, after)) = rest.split_once('}') else {
            return text;
        };
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    let Some((high, after)) = hex_digits(text, 4) else {
        return text;
    };
    if (0xD800..0xDC00).contains(&high)
        && let Some((low, after)) = after.strip_prefix("\\u").and_then(|rest| hex_digits(rest, 4))
        && (0xDC00..0xE000).contains(&low)
    {
        let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    out.push(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
    after
}
