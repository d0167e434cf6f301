//! Byte offsets to lines and columns.

/// A place as people and formats write it, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in the unit that was asked for.
    pub column: usize,
}

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnUnit {
    /// Unicode scalar values: what a person counts and editors show.
    Chars,
    /// UTF-16 code units: what SARIF viewers and the Language Server Protocol count.
    Utf16,
}

/// Where the lines of a text start. A line ends at `\n`; the `\r` of a CRLF belongs to its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        for (offset, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// How many lines there are; a text that ends in a newline has an empty last line.
    pub fn count(&self) -> usize {
        self.starts.len().max(1)
    }

    /// The line of a byte offset, counted from 0. Offsets past the end belong to the last line.
    pub fn line_of(&self, offset: usize) -> usize {
        let after = self.starts.partition_point(|start| *start as usize <= offset);
        after.saturating_sub(1)
    }

    /// The byte range of a line counted from 0, without its line break; empty past the end.
    pub fn range(&self, line: usize, text: &str) -> std::ops::Range<usize> {
        let start = self.starts.get(line).map_or(text.len(), |start| *start as usize);
        let next = self.starts.get(line + 1).map_or(text.len(), |start| *start as usize);
        let slice = text.get(start..next).unwrap_or_default();
        let trimmed = slice.strip_suffix('\n').unwrap_or(slice);
        let trimmed = trimmed.strip_suffix('\r').unwrap_or(trimmed);
        start..start + trimmed.len()
    }

    /// The position of a byte offset of `text`, the text this index was made of. Offsets past the end clamp to the end,
    /// offsets inside a character to its start.
    pub fn position(&self, text: &str, offset: usize, unit: ColumnUnit) -> Position {
        let offset = floor_boundary(text, offset);
        let line = self.line_of(offset);
        let start = self.starts.get(line).map_or(0, |start| *start as usize);
        let before = text.get(start..offset).unwrap_or_default();
        let column = match unit {
            ColumnUnit::Chars => before.chars().count(),
            ColumnUnit::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        Position {
            line: line + 1,
            column: column + 1,
        }
    }
}

/// The largest character boundary at or below `offset`.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize, unit: ColumnUnit) -> (usize, usize) {
        let position = LineIndex::new(text).position(text, offset, unit);
        (position.line, position.column)
    }

    #[test]
    fn counts_characters_and_utf16_units() {
        let text = "a😀b\nçx";
        assert_eq!(at(text, 0, ColumnUnit::Chars), (1, 1));
        assert_eq!(at(text, 5, ColumnUnit::Chars), (1, 3));
        assert_eq!(at(text, 5, ColumnUnit::Utf16), (1, 4));
        assert_eq!(at(text, 9, ColumnUnit::Chars), (2, 2));
        assert_eq!(at(text, 9, ColumnUnit::Utf16), (2, 2));
    }

    #[test]
    fn a_crlf_ends_one_line() {
        let text = "one\r\ntwo\r\n";
        let index = LineIndex::new(text);
        assert_eq!(index.count(), 3);
        assert_eq!(&text[index.range(0, text)], "one");
        assert_eq!(&text[index.range(1, text)], "two");
        assert_eq!(&text[index.range(2, text)], "");
        assert_eq!(at(text, 5, ColumnUnit::Chars), (2, 1));
        assert_eq!(at(text, 8, ColumnUnit::Chars), (2, 4));
        assert_eq!(at(text, 4, ColumnUnit::Chars), (1, 5));
    }

    #[test]
    fn clamps_offsets_past_the_end_and_inside_characters() {
        assert_eq!(at("ab", 99, ColumnUnit::Chars), (1, 3));
        assert_eq!(at("", 7, ColumnUnit::Utf16), (1, 1));
        assert_eq!(at("x😀", 3, ColumnUnit::Utf16), (1, 2));
        assert_eq!(LineIndex::new("").range(5, ""), 0..0);
        assert_eq!(LineIndex::default().count(), 1);
        assert_eq!(LineIndex::default().position("abc", 2, ColumnUnit::Chars).column, 3);
    }
}
