//! Text of scanned files on its way to a terminal or a program.

use std::borrow::Cow;

/// Takes out of a text from a scanned file what could forge the output: terminal escape sequences, control characters,
/// bidirectional overrides and what shows nothing. Line breaks and tabs become spaces: the result is one line.
pub fn clean(text: &str) -> Cow<'_, str> {
    filter(text, false)
}

/// The same for a text of several lines: `\n` and tabs stay.
pub fn clean_block(text: &str) -> Cow<'_, str> {
    filter(text, true)
}

fn filter(text: &str, keep_lines: bool) -> Cow<'_, str> {
    let stays = |c: char| !is_hostile(c) || (keep_lines && matches!(c, '\n' | '\t'));
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' if keep_lines => out.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(if keep_lines { '\n' } else { ' ' }),
            '\u{1B}' | '\u{9B}' | '\u{9D}' | '\u{90}' => skip_escape(c, &mut chars),
            _ if is_hostile(c) => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Skips what follows the first character of an escape sequence, so that no `[31m` stays behind.
fn skip_escape(first: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let kind = match first {
        '\u{9B}' => Some('['),
        '\u{9D}' | '\u{90}' => Some(']'),
        _ => chars.next_if(|c| c.is_ascii_graphic() || *c == ' '),
    };
    match kind {
        // Parameters, then one final character.
        Some('[') => {
            while chars.next_if(|c| ('\u{20}'..='\u{3F}').contains(c)).is_some() {}
            chars.next_if(|c| ('\u{40}'..='\u{7E}').contains(c));
        }
        // A text up to BEL or ST. One that is not closed ends at its line: it must not swallow the rest.
        Some(']' | 'P' | '_' | '^' | 'X') => {
            while let Some(c) = chars.next_if(|c| *c != '\n') {
                if matches!(c, '\u{07}' | '\u{9C}') {
                    return;
                }
                if c == '\u{1B}' {
                    chars.next_if_eq(&'\\');
                    return;
                }
            }
        }
        // An intermediate character has one more behind it.
        Some('(' | ')' | '*' | '+' | '#' | '%' | ' ') => {
            chars.next_if(char::is_ascii_graphic);
        }
        _ => {}
    }
}

/// Whether a character can move the cursor, turn the text's direction or hide in it.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// One line of source with every hostile character replaced by something visible of the same length in bytes, so that
/// offsets into it stay true.
pub(super) fn show_line(line: &str) -> Cow<'_, str> {
    if line.chars().all(|c| c == '\t' || !is_hostile(c)) {
        return Cow::Borrowed(line);
    }
    let shown = line.chars().map(|c| match c {
        '\t' => Cow::Borrowed("\t"),
        _ if !is_hostile(c) => Cow::Owned(c.to_string()),
        _ => Cow::Borrowed(match c.len_utf8() {
            1 => "?",
            2 => "??",
            3 => "\u{FFFD}",
            _ => "\u{FFFD}?",
        }),
    });
    Cow::Owned(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(clean("naïve 😀 text"), Cow::Borrowed(_)));
        assert!(matches!(clean_block("two\nlines"), Cow::Borrowed(_)));
    }

    #[test]
    fn escape_sequences_leave_nothing_behind() {
        assert_eq!(clean("\u{1B}[31mred\u{1B}[0m"), "red");
        assert_eq!(clean("\u{1B}]8;;http://x\u{7}link\u{1B}]8;;\u{1B}\\"), "link");
        assert_eq!(clean("\u{1B}]0;title\nnext"), " next");
        assert_eq!(clean("\u{9B}2Jx"), "x");
        assert_eq!(clean("\u{1B}(Bx\u{1B}cy\u{1B}"), "xy");
        assert_eq!(clean("a\u{8}b\u{0}c\u{7F}d\u{85}e"), "abcde");
    }

    #[test]
    fn directions_and_hidden_characters_go() {
        assert_eq!(clean("a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}e\u{E0041}f"), "abcdef");
    }

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(clean("a\r\nb\nc\td\u{2028}e"), "a b c d e");
        assert_eq!(clean_block("a\r\nb\tc\u{1B}[1md"), "a\nb\tcd");
        assert!(!clean("::error::x\n::stop::").contains('\n'));
    }

    #[test]
    fn shown_lines_keep_their_length() {
        for line in ["a\u{1B}[31mb", "x\u{85}y", "p\u{202E}q", "r\u{E0041}s", "t\rx"] {
            let shown = show_line(line);
            assert_eq!(shown.len(), line.len());
            assert!(!shown.chars().any(is_hostile), "{shown:?}");
        }
    }
}
