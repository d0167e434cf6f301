//! Logical lines: what continues is joined, comments are left out, here-documents are taken off.

use rustc_hash::FxHashMap;

use super::super::Gaps;
use super::Heredoc;
use crate::workspace::Span;

/// A logical line.
pub(super) struct Line {
    /// What is written on it, joined, without comments and blanks before it.
    pub(super) text: String,
    /// All of it, here-documents included.
    pub(super) span: Span,
    pub(super) heredocs: Vec<Heredoc>,
    /// What continues a line and takes a character's meaning.
    pub(super) escape: char,
    /// Offsets in `text`, and where they stand in the file.
    stretches: Vec<(usize, usize)>,
}

impl Line {
    /// Where a stretch of the text stands.
    pub(super) fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        let place = |offset: usize| {
            let after = self.stretches.partition_point(|(start, _)| *start <= offset);
            let found = after.checked_sub(1).and_then(|index| self.stretches.get(index));
            found.map_or(0, |(start, source)| source + (offset - start))
        };
        Span::new(place(range.start), place(range.end.saturating_sub(1)) + 1)
    }

    /// Where the stretches of the text from `offset` on stand, counted from there.
    pub(super) fn stretches_from(&self, offset: usize) -> Vec<(usize, usize)> {
        let first = self
            .stretches
            .partition_point(|(start, _)| *start <= offset)
            .saturating_sub(1);
        let rest = self.stretches.get(first..).unwrap_or_default();
        rest.iter()
            .map(|(start, source)| match start.checked_sub(offset) {
                Some(start) => (start, *source),
                None => (0, source + (offset - start)),
            })
            .collect()
    }
}

/// The logical lines of a file.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    /// Where each line stands last, as it is and without tabs before it; made when a here-document is met.
    last: Option<FxHashMap<(bool, &'a str), usize>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = Self {
            text,
            at: 0,
            escape: '\\',
            last: None,
        };
        lines.directives();
        lines
    }

    /// `# escape=` and other directives stand before everything else.
    fn directives(&mut self) {
        for line in self.text.lines() {
            let Some((name, value)) = line.trim().strip_prefix('#').and_then(|line| line.split_once('=')) else {
                return;
            };
            if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
                self.escape = '`';
            }
        }
    }

    /// The next line of the file, without its end, and where it starts.
    fn physical(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at += length + 1;
        self.at = self.at.min(self.text.len());
        let line = rest.get(..length)?;
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }

    /// Whether the line that ends a here-document comes at all.
    fn ends(&mut self, mark: &Mark) -> bool {
        let text = self.text;
        let last = self.last.get_or_insert_with(|| {
            let mut last = FxHashMap::default();
            let mut at = 0;
            for line in text.split('\n') {
                let whole = line.strip_suffix('\r').unwrap_or(line);
                last.insert((false, whole), at);
                last.insert((true, whole.trim_start_matches('\t')), at);
                at += line.len() + 1;
            }
            last
        });
        last.get(&(mark.strips_tabs, mark.name.as_str()))
            .is_some_and(|last| *last >= self.at)
    }

    /// The texts of here-documents, which follow in the order of their marks.
    fn heredocs(&mut self, marks: Vec<Mark>, span: Span, gaps: &mut Gaps) -> Vec<Heredoc> {
        let mut out = Vec::new();
        for mark in marks {
            if !self.ends(&mark) {
                gaps.push(span, format!("a here-document without its `{}`", mark.name));
                continue;
            }
            let start = self.at;
            while let Some((end, line)) = self.physical() {
                let line = if mark.strips_tabs {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                if line == mark.name {
                    out.push(Heredoc {
                        text: self.text.get(start..end).unwrap_or_default().to_owned(),
                        span: Span::new(start, end),
                    });
                    break;
                }
            }
        }
        out
    }

    /// The next logical line.
    pub(super) fn next(&mut self, gaps: &mut Gaps) -> Option<Line> {
        let mut text = String::new();
        let mut stretches = Vec::new();
        let mut first = None;
        let mut end = self.at;
        while let Some((start, line)) = self.physical() {
            let trimmed = line.trim_start();
            // Comments and empty lines may stand between the lines of one instruction.
            if trimmed.starts_with('#') || trimmed.trim_end().is_empty() {
                continue;
            }
            let (start, line) = if first.is_none() {
                (start + line.len() - trimmed.len(), trimmed)
            } else {
                (start, line)
            };
            first.get_or_insert(start);
            let (line, goes_on) = match line.trim_end().strip_suffix(self.escape) {
                Some(line) => (line, true),
                None => (line.trim_end(), false),
            };
            stretches.push((text.len(), start));
            text.push_str(line);
            end = start + line.len();
            if !goes_on {
                break;
            }
        }
        let start = first?;
        let marks = marks(&text);
        let heredocs = self.heredocs(marks, Span::new(start, end), gaps);
        let end = heredocs.last().map_or(end, |_| self.at);
        Some(Line {
            text,
            span: Span::new(start, end),
            heredocs,
            escape: self.escape,
            stretches,
        })
    }
}

/// The beginning of a here-document.
struct Mark {
    name: String,
    strips_tabs: bool,
}

/// The here-documents that an instruction asks for: `RUN`, `COPY` and `ADD` may.
fn marks(text: &str) -> Vec<Mark> {
    let keyword = text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    if !matches!(keyword.as_str(), "ADD" | "COPY" | "RUN") {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (at, _) in text.match_indices("<<") {
        let is_word = text
            .get(..at)
            .is_some_and(|before| before.ends_with([' ', '\t']) || before.ends_with(|c: char| c.is_ascii_digit()));
        let rest = text.get(at + 2..).unwrap_or_default();
        let (strips_tabs, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (quote, rest) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => (Some(quote), rest.get(1..).unwrap_or_default()),
            _ => (None, rest),
        };
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let closed = quote.is_none_or(|quote| after.starts_with(quote));
        // A shell shifts numbers with the same sign.
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if is_word && closed && is_name {
            out.push(Mark {
                name: name.to_owned(),
                strips_tabs,
            });
        }
    }
    out
}
