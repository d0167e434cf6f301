//! Splits what is no command into words.

use super::{Instruction, Word};

/// A stretch of the text that holds no blanks but in quotes, by its bounds.
type Range = std::ops::Range<usize>;

/// The words of an instruction.
pub(super) fn words(instruction: &Instruction, escape: char, mut expand: impl FnMut(&str) -> String) -> Vec<Word> {
    let text = instruction.text.as_str();
    split(text, escape)
        .into_iter()
        .map(|range| word(instruction, range, escape, &mut expand))
        .collect()
}

/// The names and values of `ENV`, `ARG` and `LABEL`: `NAME=value …`, or `NAME value` to the end of the line.
pub(super) fn pairs(
    instruction: &Instruction,
    escape: char,
    mut expand: impl FnMut(&str) -> String,
) -> Vec<(Word, Option<Word>)> {
    let text = instruction.text.as_str();
    let ranges = split(text, escape);
    let first = ranges.first().cloned().unwrap_or(0..0);
    let is_old = !text.get(first.clone()).unwrap_or_default().contains('=') && ranges.len() > 1;
    if is_old {
        let value = text
            .get(first.end..)
            .map_or(0, |rest| rest.len() - rest.trim_start().len())
            + first.end;
        let name = word(instruction, first, escape, &mut expand);
        let value = word(instruction, value..text.len(), escape, &mut expand);
        return vec![(name, Some(value))];
    }
    ranges
        .into_iter()
        .map(|range| {
            let written = text.get(range.clone()).unwrap_or_default();
            match written.find('=') {
                Some(equals) => {
                    let equals = range.start + equals;
                    let name = word(instruction, range.start..equals, escape, &mut expand);
                    (
                        name,
                        Some(word(instruction, equals + 1..range.end, escape, &mut expand)),
                    )
                }
                None => (word(instruction, range, escape, &mut expand), None),
            }
        })
        .collect()
}

fn split(text: &str, escape: char) -> Vec<Range> {
    let mut out = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() && quote.is_none() {
            if let Some(start) = start.take() {
                out.push(start..at);
            }
            continue;
        }
        start.get_or_insert(at);
        if c == escape && quote != Some('\'') {
            chars.next();
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '"' | '\'') {
            quote = Some(c);
        }
    }
    if let Some(start) = start {
        out.push(start..text.len());
    }
    out
}

/// A word without its quotes and with its variables replaced, but in single quotes.
fn word(instruction: &Instruction, range: Range, escape: char, expand: &mut impl FnMut(&str) -> String) -> Word {
    let written = instruction.text.get(range.clone()).unwrap_or_default();
    let mut text = String::new();
    let mut open = String::new();
    let mut quote = None;
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        if c == escape && quote != Some('\'') {
            match chars.next() {
                // A dollar that is escaped names no variable.
                Some('$') => {
                    text.push_str(&expand(&open));
                    open.clear();
                    text.push('$');
                }
                Some(next) => open.push(next),
                None => {}
            }
        } else if quote == Some(c) {
            if c == '\'' {
                text.push_str(&open);
                open.clear();
            }
            quote = None;
        } else if quote.is_none() && matches!(c, '"' | '\'') {
            if c == '\'' {
                text.push_str(&expand(&open));
                open.clear();
            }
            quote = Some(c);
        } else {
            open.push(c);
        }
    }
    text.push_str(&expand(&open));
    Word {
        text,
        span: instruction.span_of(range),
    }
}
