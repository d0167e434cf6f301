//! Keys that can be told by their shape: one pass over the bytes looks for what stands in all of them, a regular
//! expression decides.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::value;
use crate::finding::Severity;
use crate::models::{Check, ProviderRow};

/// No key is longer, in bytes; private keys are cut here.
const LONGEST: usize = 4096;
/// The same for keys that start in front of their literal: they are searched for, so that more would cost much.
const LONGEST_AROUND: usize = 300;
/// Two characters behind this many belong to the same record.
const NEIGHBOURS: usize = 400;

/// The rows, ready to be looked for.
#[derive(Debug)]
pub(super) struct Providers {
    finder: AhoCorasick,
    /// The row of each literal, and the literal's length.
    owners: Vec<(usize, usize)>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    row: ProviderRow,
    severity: Option<Severity>,
    /// Compiled when a literal of the row was met for the first time.
    regex: OnceLock<Option<Regex>>,
}

/// A key of a known provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found<'a> {
    /// What it is.
    pub(super) name: &'a str,
    /// How bad, where the row says so.
    pub(super) severity: Option<Severity>,
    /// All of it.
    pub(super) whole: Range<usize>,
    /// What is never shown.
    pub(super) hidden: Range<usize>,
    /// It is the password of a URI, which need not be random.
    pub(super) is_uri: bool,
}

impl Providers {
    /// Prepares the rows.
    ///
    /// # Errors
    /// When the rows cannot be searched for, which a test excludes.
    pub(super) fn new(rows: Vec<ProviderRow>) -> Result<Self, String> {
        let mut literals = Vec::new();
        let mut owners = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            for literal in &row.literals {
                literals.push(literal.clone());
                owners.push((index, literal.len()));
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .map_err(|error| error.to_string())?;
        let rows = rows
            .into_iter()
            .map(|row| Row {
                severity: row.severity.as_deref().and_then(|word| word.parse().ok()),
                row,
                regex: OnceLock::new(),
            })
            .collect();
        Ok(Self { finder, owners, rows })
    }

    /// The keys in a text, in order; none overlaps another.
    pub(super) fn find(&self, text: &str) -> Vec<Found<'_>> {
        let mut found: Vec<Found<'_>> = Vec::new();
        let (mut taken, mut by) = (0, 0);
        for hit in self.finder.find_overlapping_iter(text.as_bytes()) {
            let Some((row, length)) = self.owners.get(hit.pattern().as_usize()).copied() else {
                continue;
            };
            // of rows that know the same key the first one counts
            let overlaps = hit.start() < taken;
            if overlaps && row >= by {
                continue;
            }
            if let Some(one) = self.rows.get(row).and_then(|row| row.at(text, hit.start(), length)) {
                if overlaps {
                    found.pop();
                }
                (taken, by) = (one.whole.end, row);
                found.push(one);
            }
        }
        found
    }
}

impl Row {
    /// The key around a literal that stands at `at`.
    fn at(&self, text: &str, at: usize, length: usize) -> Option<Found<'_>> {
        let bytes = text.as_bytes();
        let row = &self.row;
        if row.before == 0 && !starts_word(bytes, at)
            || row.check == Check::Uri && row.before > 0 && !has_user(bytes, at + length)
        {
            return None;
        }
        let from = at.saturating_sub(row.before);
        let longest = if row.before == 0 { LONGEST } else { LONGEST_AROUND };
        let window = bytes.get(from..bytes.len().min(at + longest))?;
        let captures = self.regex()?.captures(window)?;
        let matched = captures.get(0)?;
        let whole = from + matched.start()..from + matched.end();
        let hidden = match captures.get(1) {
            Some(group) => from + group.start()..from + group.end(),
            None => at + length..whole.end,
        };
        if !whole.contains(&at) || !starts_word(bytes, whole.start) {
            return None;
        }
        if row.check != Check::Form && row.check != Check::Uri && !ends_word(bytes, whole.end) {
            return None;
        }
        let secret = text.get(hidden.clone())?;
        let mut severity = self.severity;
        match row.check {
            Check::Form => {}
            Check::Random if !value::is_live(secret) || is_browser_key(row, text, &whole) => return None,
            Check::Random => {}
            Check::Jwt => severity = jwt(secret)?.or(severity),
            Check::Uri if value::is_reference(secret) || value::is_placeholder(secret) => return None,
            Check::Uri => {}
        }
        Some(Found {
            name: &row.name,
            severity,
            whole,
            hidden,
            is_uri: row.check == Check::Uri,
        })
    }

    fn regex(&self) -> Option<&Regex> {
        let compile = || {
            let row = &self.row;
            let pattern = if row.before == 0 {
                format!(r"\A(?:{})", row.pattern)
            } else {
                row.pattern.clone()
            };
            RegexBuilder::new(&pattern).unicode(false).build().ok()
        };
        self.regex.get_or_init(compile).as_ref()
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a key may start here: not in the middle of a word.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    let first = bytes.get(at).copied().unwrap_or(b' ');
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    if !is_word(first) || !(is_word(before) || before == b'-') {
        return true;
    }
    // `\n` and `\t` in a text that is quoted twice
    matches!(before, b'n' | b't' | b'r') && at.checked_sub(2).and_then(|at| bytes.get(at)) == Some(&b'\\')
}

fn ends_word(bytes: &[u8], end: usize) -> bool {
    let last = end.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let next = bytes.get(end).copied().unwrap_or(b' ');
    !is_word(last) || !(is_word(next) || next == b'-')
}

/// Whether an `@` follows before the host of a URI can have ended.
fn has_user(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..bytes.len().min(at + 200)).unwrap_or_default();
    let stop = rest.iter().find(|byte| {
        matches!(
            byte,
            b'@' | b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\'
        ) || byte.is_ascii_whitespace()
    });
    stop == Some(&b'@')
}

/// Keys that browsers are given anyway: those of web apps of Firebase.
fn is_browser_key(row: &ProviderRow, text: &str, whole: &Range<usize>) -> bool {
    if row.name != "Google API key" {
        return false;
    }
    let bytes = text.as_bytes();
    let around = bytes
        .get(whole.start.saturating_sub(NEIGHBOURS)..bytes.len().min(whole.end + NEIGHBOURS))
        .unwrap_or_default();
    let has = |needle: &[u8]| around.windows(needle.len()).any(|window| window == needle);
    has(b"authDomain") || has(b"messagingSenderId")
}

/// What a token says of itself: `None` for the samples that everybody copies, a low severity for a role that is public.
fn jwt(payload_and_signature: &str) -> Option<Option<Severity>> {
    let (payload, signature) = payload_and_signature.split_once('.')?;
    let payload = value::base64(payload)?;
    let has = |needle: &str| payload.windows(needle.len()).any(|window| window == needle.as_bytes());
    if has("John Doe") || has("supabase-demo") || has("example") || !value::is_live(signature) {
        return None;
    }
    Some(if has("\"anon\"") { Some(Severity::Low) } else { None })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct File {
        provider: Vec<Samples>,
    }

    #[derive(Deserialize)]
    struct Samples {
        name: String,
        yes: Vec<String>,
        no: Vec<String>,
    }

    /// Fills the placeholders of a sample; the same every time.
    fn expand(sample: &str) -> String {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = |alphabet: &str| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let bytes = alphabet.as_bytes();
            char::from(bytes[usize::try_from(state >> 20).unwrap() % bytes.len()])
        };
        let mut out = String::new();
        let mut rest = sample;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (inner, tail) = after.split_once('}').unwrap();
            rest = tail;
            let parts: Vec<(&str, usize)> = match inner {
                "uuid" => vec![
                    ("x", 8),
                    ("-", 1),
                    ("x", 4),
                    ("-", 1),
                    ("4", 1),
                    ("x", 3),
                    ("-", 1),
                    ("a", 1),
                    ("x", 3),
                    ("-", 1),
                    ("x", 12),
                ],
                _ => match inner
                    .split_once(':')
                    .and_then(|(kind, count)| Some((kind, count.parse().ok()?)))
                {
                    Some(part) => vec![part],
                    None => {
                        out.push_str(&format!("{{{inner}}}"));
                        continue;
                    }
                },
            };
            for (kind, count) in parts {
                let alphabet = match kind {
                    "w" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                    "x" => "0123456789abcdef",
                    "d" => "0123456789",
                    "a" if inner == "uuid" => "89ab",
                    "a" => "abcdefghijklmnopqrstuvwxyz0123456789",
                    "a7" => "abcdefghijklmnopqrstuvwxyz234567",
                    "u" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
                    "b" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                    other => other,
                };
                (0..count).for_each(|_| out.push(next(alphabet)));
            }
        }
        out.push_str(rest);
        out
    }

    #[test]
    fn every_row_knows_its_samples() {
        let text = include_str!("../../rules/models/secrets.toml");
        let file: File = toml::from_str(text).unwrap();
        let providers = Providers::new(crate::models::secret_rows().unwrap().provider).unwrap();
        for (index, row) in file.provider.iter().enumerate() {
            assert!(!row.yes.is_empty() && !row.no.is_empty(), "{}: samples", row.name);
            assert!(
                providers.rows[index].regex().is_some(),
                "{}: the pattern compiles",
                row.name
            );
            for sample in &row.yes {
                for text in [
                    expand(sample),
                    format!("key = \"{}\"\n", expand(sample)),
                    format!("https://x/?k={} ", expand(sample)),
                ] {
                    let found = providers.find(&text);
                    let hit = found.iter().find(|one| one.name == row.name);
                    let hit = hit.unwrap_or_else(|| panic!("{}: `{text}` is not found, but {found:?}", row.name));
                    assert!(
                        !text[hit.whole.start..hit.hidden.start].is_empty() || hit.hidden.len() > 20,
                        "{}: {hit:?}",
                        row.name
                    );
                    assert!(hit.hidden.len() >= 13, "{}: too little of `{text}` is hidden", row.name);
                }
            }
            for sample in &row.no {
                let text = format!("key = \"{}\"\n", expand(sample));
                let found = providers.find(&text);
                let hit = found.iter().find(|one| one.name == row.name);
                assert!(hit.is_none(), "{}: `{text}` is found", row.name);
            }
        }
    }

    #[test]
    fn keys_do_not_start_or_end_in_words() {
        let providers = Providers::new(crate::models::secret_rows().unwrap().provider).unwrap();
        let key = expand("ghp_{w:36}");
        for (text, count) in [
            (format!("x{key}"), 0),
            (format!("_{key}"), 0),
            (format!("({key})"), 1),
            (format!("{key}-tail"), 0),
            (format!("\\n{key}\\n"), 1),
            (format!("{key} {key}"), 2),
        ] {
            assert_eq!(providers.find(&text).len(), count, "{text}");
        }
    }

    #[test]
    fn texts_made_of_literals_cost_little() {
        let providers = Providers::new(crate::models::secret_rows().unwrap().provider).unwrap();
        for piece in ["-us", " sk-", " ://a:b@", "-----BEGIN ", " :AA", "eyJ.", " Q~"] {
            assert!(providers.find(&piece.repeat(50_000)).len() < 60_000, "{piece}");
        }
    }
}
