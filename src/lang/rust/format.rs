//! Format strings.

use super::arguments::MacroArg;
use super::context::Lowerer;
use crate::ir::{ExprId, ExprKind, Name};
use crate::workspace::Span;
use syn::LitStr;

/// A piece of a format string, with the bytes of the string that it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String, std::ops::Range<usize>),
    /// `{}`
    Next,
    /// `{0}`
    Index(usize),
    /// `{name}`
    Named(String, std::ops::Range<usize>),
}

impl Lowerer<'_> {
    /// A format string and its arguments as the parts of one text. Without a format string, all arguments are parts.
    pub(super) fn format(&mut self, args: &[MacroArg], span: Span) -> ExprId {
        let Some((template, rest)) = args.split_first().and_then(|(first, rest)| Some((first.text()?, rest))) else {
            let parts: Vec<ExprId> = args.iter().map(|arg| self.expr(&arg.value)).collect();
            return self.b.expr(ExprKind::Concat(parts.into()), span);
        };
        let values: Vec<ExprId> = rest.iter().map(|arg| self.expr(&arg.value)).collect();
        let mut used = vec![false; values.len()];
        let token = self.span(template.span());
        let content = self.content_of(template, token);
        let place = |range: &std::ops::Range<usize>| match content {
            Some(start) => Span::new(start + range.start, start + range.end),
            None => token,
        };
        let mut parts = Vec::new();
        let mut next = 0;
        for piece in pieces(&template.value()) {
            let index = match &piece {
                Piece::Text(text, range) => {
                    parts.push(self.b.string(text, place(range)));
                    continue;
                }
                Piece::Next => {
                    next += 1;
                    Some(next - 1)
                }
                Piece::Index(index) => Some(*index),
                Piece::Named(name, _) => rest
                    .iter()
                    .position(|arg| arg.name.is_some_and(|arg| arg == name.as_str())),
            };
            let value = index.and_then(|index| {
                if let Some(used) = used.get_mut(index) {
                    *used = true;
                }
                values.get(index).copied()
            });
            match (value, piece) {
                (Some(value), _) => parts.push(value),
                (None, Piece::Named(name, range)) => {
                    parts.push(self.path_expr(Box::new([Name::new(&name)]), place(&range)));
                }
                _ => {}
            }
        }
        // Widths, and arguments of macros that are only like `format!`.
        parts.extend(
            values
                .iter()
                .zip(&used)
                .filter(|(_, used)| !**used)
                .map(|(value, _)| *value),
        );
        self.b.expr(ExprKind::Concat(parts.into()), span)
    }

    /// Where the content of a string literal starts in the file, if the literal has no escapes that shift positions.
    fn content_of(&self, literal: &LitStr, token: Span) -> Option<usize> {
        let source = self.source(token);
        let opening = source.find('"')? + 1;
        let value = literal.value();
        source
            .get(opening..)?
            .starts_with(&value)
            .then_some(token.start as usize + opening)
    }
}

/// Whether a text looks like a format string whose holes so many arguments fill.
pub(super) fn is_template(text: &str, arguments: usize) -> bool {
    let mut next = 0;
    let mut holes = 0;
    for piece in pieces(text) {
        match piece {
            Piece::Text(..) => continue,
            Piece::Next => next += 1,
            Piece::Index(index) if index >= arguments => return false,
            Piece::Index(_) | Piece::Named(..) => {}
        }
        holes += 1;
    }
    holes > 0 && next <= arguments
}

/// Splits a format string. Braces that enclose no argument stay text.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, character)) = chars.next() {
        let doubled = matches!(character, '{' | '}') && chars.peek().is_some_and(|(_, next)| *next == character);
        if doubled {
            chars.next();
            literal.push(character);
            continue;
        }
        let hole = if character == '{' { hole(text, at + 1) } else { None };
        let Some((piece, end)) = hole else {
            literal.push(character);
            continue;
        };
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal), from..at));
        }
        pieces.extend(piece);
        while chars.peek().is_some_and(|(next, _)| *next < end) {
            chars.next();
        }
        from = end;
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal, from..text.len()));
    }
    pieces
}

/// Reads `name:spec}` from `start`: the arguments in it, and where it ends.
fn hole(text: &str, start: usize) -> Option<(Vec<Piece>, usize)> {
    let rest = text.get(start..)?;
    // Up to the next brace, which must close: a text of opening braces alone is not searched to its end for each.
    let length = rest.find(['{', '}'])?;
    let inner = rest.get(..length)?;
    if !rest.get(length..)?.starts_with('}') {
        return None;
    }
    let (argument, spec) = inner.split_once(':').unwrap_or((inner, ""));
    let name = argument.trim();
    let mut pieces = Vec::new();
    // `{:.*}` takes its precision from the argument before.
    if spec.contains(".*") {
        pieces.push(Piece::Next);
    }
    if name.is_empty() {
        pieces.push(Piece::Next);
    } else if let Ok(index) = name.parse() {
        pieces.push(Piece::Index(index));
    } else if is_identifier(name) {
        let offset = start + argument.find(name).unwrap_or(0);
        pieces.push(Piece::Named(name.to_owned(), offset..offset + name.len()));
    } else {
        return None;
    }
    Some((pieces, start + length + 1))
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|character| character == '_' || character.is_alphanumeric())
}
