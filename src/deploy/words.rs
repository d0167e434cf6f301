//! Words of a command line, each with its place.

use crate::document::Node;
use crate::workspace::Span;

/// A text and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Whether each byte of the text is one of the file, after one for the quote if there is one.
    offset: Option<u32>,
}

impl Text {
    /// The text of a scalar; `None` for lists and maps.
    pub(super) fn of(node: &Node) -> Option<Self> {
        Some(Self::new(node.text()?, node.span))
    }

    /// A text that stands at `span`, in quotes if it is two bytes longer.
    pub fn new(text: &str, span: Span) -> Self {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let offset = match (span.end - span.start).checked_sub(length) {
            Some(0) => Some(0),
            Some(2) => Some(1),
            // What is escaped, or written over several lines, has no bytes of its own in the file.
            _ => None,
        };
        Self {
            text: text.to_owned(),
            span,
            offset,
        }
    }

    /// Where a stretch of the text stands; all of it, where that cannot be said.
    pub fn part(&self, range: std::ops::Range<usize>) -> Span {
        match self.offset {
            Some(offset) => {
                let base = (self.span.start + offset) as usize;
                Span::new(base + range.start, base + range.end)
            }
            None => self.span,
        }
    }

    /// A stretch of the text as a text of its own.
    fn slice(&self, range: std::ops::Range<usize>, text: String) -> Self {
        let span = self.part(range);
        let mut slice = Self::new(&text, span);
        if self.offset.is_none() {
            slice.offset = None;
        }
        slice
    }

    /// Another text for the same place.
    #[must_use]
    pub(super) fn called(&self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            span: self.span,
            offset: None,
        }
    }

    /// Name and value of `NAME=value`.
    pub fn pair(&self) -> Option<(Self, Self)> {
        let at = self.text.find('=')?;
        let name = self.text.get(..at)?.to_owned();
        Some((self.slice(0..at, name), self.after(at + 1)))
    }

    /// The stretch after the first `at` bytes.
    pub fn after(&self, at: usize) -> Self {
        let rest = self.text.get(at..).unwrap_or_default();
        self.slice(at..self.text.len(), rest.to_owned())
    }
}

/// Splits a command line as a shell does; what a shell would replace stays as it is written. The signs that join commands
/// (`&&`, `|`, `;`) are words of their own.
pub fn split(line: &Text) -> Vec<Text> {
    let mut words = Vec::new();
    let mut word: Option<(usize, String)> = None;
    let mut quote = None;
    let text = line.text.as_str();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() && quote.is_none() {
            if let Some((start, word)) = word.take() {
                words.push(line.slice(start..at, word));
            }
            if c == '\n' {
                words.push(line.slice(at..at + 1, ";".to_owned()));
            }
            continue;
        }
        if quote.is_none() && matches!(c, '&' | '|' | ';') {
            if let Some((start, word)) = word.take() {
                words.push(line.slice(start..at, word));
            }
            let doubled = chars.next_if(|(_, next)| *next == c && c != ';').is_some();
            let end = at + if doubled { 2 } else { 1 };
            words.push(line.slice(at..end, text.get(at..end).unwrap_or_default().to_owned()));
            continue;
        }
        let (_, word) = word.get_or_insert_with(|| (at, String::new()));
        match c {
            _ if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            // A backslash that escapes nothing is the one of a path on Windows.
            '\\' if quote != Some('\'') => {
                match chars.next_if(|(_, next)| matches!(next, '"' | '\'' | '\\' | ' ' | '$' | '\n')) {
                    Some((_, '\n')) => {}
                    Some((_, next)) => word.push(next),
                    None => word.push('\\'),
                }
            }
            _ => word.push(c),
        }
    }
    if let Some((start, word)) = word {
        words.push(line.slice(start..text.len(), word));
    }
    words
}

/// Whether a word joins commands.
pub fn joins(word: &Text) -> bool {
    matches!(word.text.as_str(), "&&" | "||" | "|" | ";" | "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, Span)> {
        let line = Text::new(text, Span::new(10, 12 + text.len()));
        split(&line).into_iter().map(|word| (word.text, word.span)).collect()
    }

    #[test]
    fn splits_as_a_shell_does() {
        let texts = |text: &str| words(text).into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(texts("npx -y 'a b' \"c\\\"d\""), ["npx", "-y", "a b", "c\"d"]);
        assert_eq!(
            texts("cd x&&node y;z | w"),
            ["cd", "x", "&&", "node", "y", ";", "z", "|", "w"]
        );
        assert_eq!(texts("C:\\a\\npx.cmd $(x)"), ["C:\\a\\npx.cmd", "$(x)"]);
        assert_eq!(texts(""), Vec::<String>::new());
    }

    #[test]
    fn words_know_their_place() {
        assert_eq!(
            words("a 'b'"),
            [("a".to_owned(), Span::new(11, 12)), ("b".to_owned(), Span::new(13, 16))]
        );
        let escaped = Text::new("a b", Span::new(0, 9));
        assert_eq!(split(&escaped)[1].span, Span::new(0, 9));
    }
}
