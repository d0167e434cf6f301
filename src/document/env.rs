//! `NAME=value` in lines, as `.env` files have it: `export`, quotes, comments, texts of several lines in quotes.

use super::{Content, Document, Gaps, Key, Node, Value};
use crate::workspace::Span;

pub(super) fn parse(text: &str) -> Document {
    let mut gaps = Gaps::default();
    let mut entries = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line_end = line_end(text, at);
        let line = text.get(at..line_end).unwrap_or_default();
        let start = at + (line.len() - line.trim_start().len());
        let rest = line.trim_start();
        at = line_end + 1;
        if rest.trim_end().is_empty() || rest.starts_with('#') {
            continue;
        }
        let (start, rest) = match rest.strip_prefix("export") {
            Some(after) if after.starts_with([' ', '\t']) => {
                let after_space = after.trim_start();
                (start + rest.len() - after_space.len(), after_space)
            }
            _ => (start, rest),
        };
        let name_length = rest
            .find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_length);
        let before_value = after.trim_start();
        let Some(value) = before_value.strip_prefix(['=', ':']).filter(|_| !name.is_empty()) else {
            gaps.push(Span::new(start, line_end), "no `NAME=value`");
            continue;
        };
        let key = Key {
            text: name.to_owned(),
            span: Span::new(start, start + name_length),
        };
        let value_start = line_end - value.trim_start().len();
        let (node, end) = value_at(text, value_start, line_end, &mut gaps);
        if end > line_end {
            at = self::line_end(text, end) + 1;
        }
        entries.push((key, node));
    }
    let span = Span::new(0, text.len());
    let value = Value::Map(entries);
    Document {
        content: Content::Values(vec![Node { span, value }]),
        gaps: gaps.finish(),
    }
}

fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find('\n').unwrap_or(rest.len())
}

/// The value that starts at `start`, and where it ends.
fn value_at(text: &str, start: usize, line_end: usize, gaps: &mut Gaps) -> (Node, usize) {
    let rest = text.get(start..).unwrap_or_default();
    if let Some(quote) = rest.chars().next().filter(|first| "\"'`".contains(*first)) {
        if let Some((value, length)) = quoted(rest, quote) {
            let span = Span::new(start, start + length);
            let value = Value::String(value);
            return (Node { span, value }, start + length);
        }
        gaps.push(Span::new(start, line_end), "a quote that is not closed");
    }
    let line = text.get(start..line_end).unwrap_or_default();
    // A `#` begins a comment only after white space: passwords hold it too.
    let comment = line
        .char_indices()
        .find(|(at, c)| *c == '#' && (*at == 0 || line.get(..*at).is_some_and(|before| before.ends_with([' ', '\t']))));
    let value = line
        .get(..comment.map_or(line.len(), |(at, _)| at))
        .unwrap_or_default()
        .trim_end();
    let span = Span::new(start, start + value.len());
    let value = Value::String(value.to_owned());
    (Node { span, value }, line_end)
}

/// The text in quotes at the beginning of `rest` and how long it is with them.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return Some((value, at + 1)),
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            _ => value.push(c),
        }
    }
    None
}
