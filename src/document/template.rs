//! Template tags (`{{ … }}`, `{% … %}`) in YAML, as Helm and Jinja have them. They are blanked before the text is parsed,
//! byte by byte, so that every offset stays; values that hold one are then taken from the text as it was written.

use crate::workspace::{Span, floor_boundary};

/// A text without its template tags.
pub(super) struct Masked {
    pub(super) text: String,
    /// Where tags stood that stand for a value, in order.
    tags: Vec<Span>,
}

impl Masked {
    /// Blanks the tags; `None` if there are none. A tag alone on its lines, or one that prints nothing, becomes spaces, any other
    /// becomes letters.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut bytes = text.as_bytes().to_vec();
        let mut tags = Vec::new();
        let mut from = 0;
        while let Some(tag) = next_tag(text, from) {
            from = tag.end as usize;
            let fill = if says_nothing(text, tag) || stands_alone(text, tag) {
                b' '
            } else {
                tags.push(tag);
                b'x'
            };
            for byte in bytes.get_mut(tag.range()).unwrap_or_default() {
                if *byte != b'\n' {
                    *byte = fill;
                }
            }
        }
        let text = String::from_utf8(bytes).ok()?;
        (from > 0).then_some(Self { text, tags })
    }

    /// Whether a tag that stands for a value begins in this stretch.
    pub(super) fn holds_tag(&self, span: Span) -> bool {
        let first = self.tags.partition_point(|tag| tag.start < span.start);
        self.tags.get(first).is_some_and(|tag| tag.start < span.end)
    }
}

fn next_tag(text: &str, from: usize) -> Option<Span> {
    let rest = text.get(from..)?;
    let mut offset = 0;
    loop {
        let brace = rest.get(offset..)?.find('{')? + offset;
        let close = match rest.as_bytes().get(brace + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => {
                offset = brace + 1;
                continue;
            }
        };
        let length = rest.get(brace + 2..)?.find(close)?;
        return Some(Span::new(from + brace, from + brace + 2 + length + close.len()));
    }
}

/// Whether a tag prints nothing by itself: `{{- }}`, `{{/* … */}}`, `{{ "" }}`, `{{ if … }}`, `{% … %}`. In a text it is a part of it.
fn says_nothing(text: &str, tag: Span) -> bool {
    const STATEMENTS: &[&str] = &[
        "block", "break", "continue", "define", "else", "end", "if", "range", "with",
    ];
    let start = floor_boundary(text, (tag.start as usize).saturating_sub(LINE));
    let before = text.get(start..tag.start as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or(before);
    if ['"', '\''].iter().any(|quote| line.matches(*quote).count() % 2 == 1) {
        return false;
    }
    let tag = text.get(tag.range()).unwrap_or_default();
    let inner = tag.get(2..tag.len().saturating_sub(2)).unwrap_or_default();
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner).trim();
    let first = inner.split_whitespace().next().unwrap_or_default();
    matches!(inner, "" | "\"\"" | "''")
        || inner.starts_with("/*") && inner.ends_with("*/")
        || tag.starts_with("{%")
        || STATEMENTS.contains(&first)
        || first.starts_with('$') && inner.contains(":=")
}

/// Whether nothing but other tags stands on the lines of a tag.
fn stands_alone(text: &str, tag: Span) -> bool {
    let start = floor_boundary(text, (tag.start as usize).saturating_sub(LINE));
    let end = floor_boundary(text, tag.end as usize + LINE);
    let before = text.get(start..tag.start as usize).unwrap_or_default();
    let after = text.get(tag.end as usize..end).unwrap_or_default();
    let before = match before.rsplit_once('\n') {
        Some((_, line)) => line,
        None if start == 0 => before,
        None => return false,
    };
    let after = match after.split_once('\n') {
        Some((line, _)) => line,
        None if end == text.len() => after,
        None => return false,
    };
    without_tags(before) && without_tags(after)
}

/// A line longer than this is no line of a template.
const LINE: usize = 500;

fn without_tags(line: &str) -> bool {
    let mut from = 0;
    let is_blank = |stretch: Option<&str>| stretch.is_some_and(|stretch| stretch.trim().is_empty());
    while let Some(tag) = next_tag(line, from) {
        if !is_blank(line.get(from..tag.start as usize)) {
            return false;
        }
        from = tag.end as usize;
    }
    is_blank(line.get(from..))
}
