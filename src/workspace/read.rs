//! Bytes to text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A file's text and what was done to get it.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) had_bom: bool,
    /// Bytes were replaced.
    pub(super) lossy: bool,
    /// It was UTF-16.
    pub(super) utf16: bool,
}

/// What reading a file came to.
pub(super) enum Outcome {
    /// Text.
    Read(Text),
    /// Larger than the limit.
    TooLarge,
    /// Not text at all, though it is called like a file that is.
    Binary,
}

/// How many bytes are looked at to tell text from other files.
const HEAD: u64 = 8 * 1024;

/// Reads a file of at most `limit` bytes. Where the name promises nothing (`sniff`), a NUL byte near the beginning says
/// that it is no text.
pub(super) fn read(path: &Path, limit: u64, sniff: bool) -> io::Result<Outcome> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit {
        return Ok(Outcome::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
    if sniff {
        file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
        let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
        if bytes.contains(&0) && !is_utf16 {
            return Ok(Outcome::Binary);
        }
    }
    // The file may grow while it is read, and some file systems tell no size.
    let rest = limit.saturating_add(1).saturating_sub(bytes.len() as u64);
    file.take(rest).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Ok(Outcome::TooLarge);
    }
    if is_mpeg(&bytes) {
        return Ok(Outcome::Binary);
    }
    Ok(Outcome::Read(decode(bytes)))
}

/// MPEG transport streams are called `.ts` too: packets of 188 bytes, each starting with `G`.
fn is_mpeg(bytes: &[u8]) -> bool {
    let starts = |packet: usize| bytes.get(packet * 188) == Some(&b'G');
    bytes.len() > 2 * 188 && (0..3).all(starts) && bytes.contains(&0)
}

/// Decodes UTF-8, with or without byte order mark, and UTF-16 with one. What is neither is read as UTF-8 with
/// replacement characters.
pub(super) fn decode(mut bytes: Vec<u8>) -> Text {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return decode_utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return decode_utf16(rest, u16::from_be_bytes);
    }
    let had_bom = bytes.starts_with(b"\xEF\xBB\xBF");
    if had_bom {
        bytes.drain(..3);
    }
    let (text, lossy) = match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    Text {
        text,
        had_bom,
        lossy,
        utf16: false,
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Text {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut lossy = !rest.is_empty();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|decoded| {
            decoded.unwrap_or_else(|_| {
                lossy = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    Text {
        text,
        had_bom: true,
        lossy,
        utf16: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_byte_order_marks_off() {
        let text = decode(b"\xEF\xBB\xBFabc".to_vec());
        assert_eq!((text.text.as_str(), text.had_bom, text.lossy), ("abc", true, false));
    }

    #[test]
    fn decodes_utf16_of_both_orders() {
        let little: Vec<u8> = [0xFEFF_u16]
            .into_iter()
            .chain("a😀".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = [0xFEFF_u16]
            .into_iter()
            .chain("a😀".encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        for bytes in [little, big] {
            let text = decode(bytes);
            assert_eq!((text.text.as_str(), text.utf16, text.lossy), ("a😀", true, false));
        }
        assert!(decode(b"\xFF\xFEa".to_vec()).lossy);
        assert!(decode(b"\xFF\xFE\x00\xD8".to_vec()).lossy);
    }

    #[test]
    fn replaces_what_is_not_utf8() {
        let text = decode(b"caf\xE9 = 1".to_vec());
        assert_eq!((text.text.as_str(), text.lossy), ("caf\u{FFFD} = 1", true));
    }

    #[test]
    fn a_video_is_no_typescript() {
        let mut packet = [0; 188];
        packet[0] = b'G';
        assert!(is_mpeg(&packet.repeat(3)));
        assert!(!is_mpeg(b"G"));
    }
}
