//! Characters that a reader does not see and a model reads.

/// What is hidden in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Tag characters: a second alphabet without glyphs.
    Tags,
    /// Variation selectors in a row, each of which can stand for a byte.
    Selectors,
    /// Text is shown in another order than it is read.
    Direction,
    /// Sequences that steer a terminal.
    Escape,
    /// So many characters without width that they can carry a text.
    Carrier,
    /// Some character without width.
    Stray,
}

/// What was found, and the first character of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Hidden {
    /// What.
    pub(super) kind: Kind,
    /// The first such character.
    pub(super) first: char,
    /// How many there are.
    pub(super) count: usize,
    /// What tag characters spell.
    pub(super) spelled: String,
}

/// Characters without width that make a text suspicious by their number.
const CARRIER: usize = 8;

/// Whether a text may hold anything of the kind: most do not.
pub(super) fn may_hide(text: &str) -> bool {
    text.bytes().any(|byte| byte >= 0x80 || byte == 0x1b)
}

/// The worst that is hidden in a text.
pub(super) fn hidden(text: &str) -> Option<Hidden> {
    if !may_hide(text) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let of = |kind, found: &[char], spelled: String| {
        found.first().map(|first| Hidden {
            kind,
            first: *first,
            count: found.len(),
            spelled,
        })
    };
    let tags = tags(&chars);
    let spelled = tags
        .iter()
        .filter_map(|c| char::from_u32(*c as u32 - 0xe0000))
        .filter(|c| !c.is_control())
        .collect();
    let right_to_left = chars.iter().any(|c| is_right_to_left(*c));
    let direction: Vec<char> = chars
        .iter()
        .copied()
        .filter(|c| match c {
            '\u{202d}' | '\u{202e}' => true,
            '\u{202a}' | '\u{202b}' | '\u{2066}'..='\u{2068}' => !right_to_left,
            _ => false,
        })
        .collect();
    let escapes: Vec<char> = chars
        .iter()
        .copied()
        .filter(|c| matches!(c, '\u{1b}' | '\u{9b}'))
        .collect();
    let widthless: Vec<char> = (0..chars.len())
        .filter(|at| is_widthless(&chars, *at, right_to_left))
        .map(|at| chars[at])
        .collect();
    of(Kind::Tags, &tags, spelled)
        .or_else(|| of(Kind::Selectors, &selectors(&chars), String::new()))
        .or_else(|| of(Kind::Direction, &direction, String::new()))
        .or_else(|| of(Kind::Escape, &escapes, String::new()))
        .or_else(|| {
            let kind = if widthless.len() >= CARRIER {
                Kind::Carrier
            } else {
                Kind::Stray
            };
            of(kind, &widthless, String::new())
        })
}

/// Tag characters outside of flags: a flag is a black flag, letters and an end.
fn tags(chars: &[char]) -> Vec<char> {
    let mut found = Vec::new();
    let mut in_flag = false;
    for c in chars {
        match c {
            '\u{1f3f4}' => in_flag = true,
            '\u{e007f}' if in_flag => in_flag = false,
            '\u{e0000}'..='\u{e007f}' if !in_flag => found.push(*c),
            '\u{e0000}'..='\u{e007f}' => {}
            _ => in_flag = false,
        }
    }
    found
}

/// Variation selectors behind variation selectors.
fn selectors(chars: &[char]) -> Vec<char> {
    let is = |c: char| matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    chars
        .windows(2)
        .filter(|pair| is(pair[0]) && is(pair[1]))
        .map(|pair| pair[1])
        .collect()
}

fn is_widthless(chars: &[char], at: usize, right_to_left: bool) -> bool {
    let plain = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_alphanumeric);
    match chars[at] {
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{180e}' | '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}' => true,
        // a mark of byte order at the beginning is no character
        '\u{feff}' => at > 0,
        // scripts and emoji are joined by these, letters of ours are not
        '\u{200c}' | '\u{200d}' => plain(at.checked_sub(1)) && plain(at.checked_add(1)),
        '\u{200e}' | '\u{200f}' | '\u{061c}' => !right_to_left && plain(at.checked_sub(1)) && plain(at.checked_add(1)),
        _ => false,
    }
}

/// Letters of Hebrew, Arabic and their neighbours.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && c != '\u{061c}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<Kind> {
        hidden(text).map(|found| found.kind)
    }

    #[test]
    fn what_nobody_sees_is_found() {
        let tagged: String = "read"
            .chars()
            .filter_map(|c| char::from_u32(0xe0000 + c as u32))
            .collect();
        assert_eq!(
            hidden(&format!("Adds{tagged}")).map(|found| found.spelled),
            Some("read".to_owned())
        );
        assert_eq!(kind("a\u{202e}b"), Some(Kind::Direction));
        assert_eq!(kind("\u{1b}[8mread\u{1b}[0m"), Some(Kind::Escape));
        assert_eq!(kind("read\u{200b}file"), Some(Kind::Stray));
        assert_eq!(
            kind(&format!("Adds{}", "\u{200b}\u{200c}".repeat(8))),
            Some(Kind::Carrier)
        );
        assert_eq!(kind("😀\u{fe01}\u{e0110}\u{e0120}"), Some(Kind::Selectors));
    }

    #[test]
    fn scripts_and_emoji_are_left_alone() {
        for text in [
            "Adds two numbers",
            "\u{feff}Adds",
            "👩\u{200d}💻 ❤\u{fe0f} ok",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "می\u{200c}خواهم",
            "שלום \u{2067}abc\u{2069} \u{200f}",
            "Größe – 10 µm…",
            "क\u{200d}ष",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }
}
