//! What a value looks like: a reference, something to be filled in, words, a well-known password, or a key.

use super::ROWS;

/// What stands for a value that comes from elsewhere.
pub(super) fn is_reference(value: &str) -> bool {
    const PARTS: &[&str] = &[
        "${",
        "{{",
        "}}",
        "<%",
        "$(",
        "#{",
        "%(",
        "process.env",
        "os.environ",
        "getenv",
        "$env:",
        "GetEnvironmentVariable",
        "ENV[",
        "@secret",
    ];
    const STARTS: &[&str] = &[
        "env:",
        "env.",
        "secrets.",
        "secret:",
        "vault:",
        "op://",
        "arn:",
        "file:",
        "keyring:",
        "ref+",
        "ssm:",
        "sm://",
        "var.",
        "local.",
        "config.",
        "settings.",
        "self.",
        "this.",
        "!",
    ];
    if PARTS.iter().any(|part| value.contains(part)) || STARTS.iter().any(|start| value.starts_with(start)) {
        return true;
    }
    if has_variable(value) {
        return true;
    }
    let inner = value.trim_matches(|c: char| matches!(c, '<' | '>' | '[' | ']' | '{' | '}' | '(' | ')'));
    if inner.len() + 2 <= value.len() && !value.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return true;
    }
    let named = |sign: char| {
        value
            .strip_prefix(sign)
            .is_some_and(|rest| !rest.is_empty() && is_identifier(rest.trim_end_matches('%')))
    };
    named('$') || named('%') || named('@') || is_path(value)
}

/// What stands for the name in a reference, if that is no name but a key that was pasted there: `${env:…}`, `${…}`.
pub(super) fn pasted(value: &str) -> Option<&str> {
    let inner = value
        .strip_prefix("${")
        .or_else(|| value.strip_prefix('{'))?
        .strip_suffix('}')?;
    let inner = inner.strip_prefix("env:").unwrap_or(inner);
    (is_random(inner) && !is_placeholder(inner)).then_some(inner)
}

/// What a value says that is a text in base64, as secrets of a cluster are written; `None` for anything else.
pub(super) fn in_base64(value: &str) -> Option<String> {
    let fits = value.len() >= 8 && value.len().is_multiple_of(4);
    let text = String::from_utf8(base64(value).filter(|_| fits)?).ok()?;
    text.bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ')
        .then_some(text)
}

/// Whether a variable of a shell stands somewhere in it: `$NAME`.
fn has_variable(value: &str) -> bool {
    value.split('$').skip(1).any(|rest| {
        let name: usize = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_uppercase() || *byte == b'_')
            .count();
        name >= 3
    })
}

/// Whether it could be the name of a variable.
pub(super) fn is_identifier(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_path(value: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".pem", ".key", ".json", ".txt", ".crt", ".env", ".yaml", ".yml", ".toml", ".pub", ".p12", ".ts", ".js", ".py",
        ".rs", ".md",
    ];
    let starts = ["/", "./", "../", "~/", "~\\", ".\\"]
        .iter()
        .any(|start| value.starts_with(start));
    let drive = value
        .as_bytes()
        .get(1..3)
        .is_some_and(|rest| rest == b":\\" || rest == b":/");
    (starts && value.matches('/').count() + value.matches('\\').count() > 0 && !is_base64_shaped(value))
        || drive
        || ENDINGS.iter().any(|ending| value.ends_with(ending))
}

/// A `/` at the beginning may be a digit of base64.
fn is_base64_shaped(value: &str) -> bool {
    value.len() >= 40 && value.len().is_multiple_of(4) && value.ends_with('=')
}

/// Whether a value is there to be replaced.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ROWS.words.placeholders.iter().any(|part| lower.contains(part.as_str()))
        || value.len() > 4 && value.starts_with("**") && value.ends_with("**")
        || matches!(
            lower.as_str(),
            "none"
                | "null"
                | "nil"
                | "true"
                | "false"
                | "string"
                | "test"
                | "tbd"
                | "n/a"
                | "foo"
                | "bar"
                | "value"
                | "xxx"
                | "..."
        )
        || has_sequence(value)
        || is_monotonous(value)
        || is_published(&lower)
}

/// Seven letters or digits in the order of the alphabet or of the numbers.
fn has_sequence(value: &str) -> bool {
    // `00010203`
    let counted = value
        .as_bytes()
        .chunks(2)
        .filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
        .collect::<Vec<u8>>();
    if counted.windows(6).any(|six| {
        six.windows(2)
            .all(|two| two[1] == two[0].wrapping_add(1) || two[1] == two[0].wrapping_add(0x11))
    }) {
        return true;
    }
    let mut run = 1;
    let mut last = 0_u8;
    for byte in value.bytes().map(|byte| byte.to_ascii_lowercase()) {
        let next = byte == last.wrapping_add(1) || (last == b'9' && byte == b'0') || (last == b'9' && byte == b'a');
        run = if byte.is_ascii_alphanumeric() && next {
            run + 1
        } else {
            1
        };
        if run >= 7 {
            return true;
        }
        last = byte;
    }
    false
}

/// Few different characters, or one of them again and again.
fn is_monotonous(value: &str) -> bool {
    let mut run = 0;
    let mut last = 0_u8;
    for byte in value.bytes() {
        run = if byte == last { run + 1 } else { 1 };
        if run >= 5 && byte != b'A' && byte != b'=' {
            return true;
        }
        last = byte;
    }
    value.len() >= 12 && distinct(value) < 6
}

fn distinct(value: &str) -> u32 {
    value
        .bytes()
        .fold(0_u128, |seen, byte| {
            seen | 1_u128.checked_shl(u32::from(byte)).unwrap_or(0)
        })
        .count_ones()
}

/// Bits for each character, by how often each occurs.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX).max(1));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

/// Pairs of letters that follow one another in words, one row for each first letter, one bit for each second.
const PAIRS: [u32; 26] = [
    0x13E_B94E, 0x016_4911, 0x01E_CD95, 0x016_4919, 0x0EF_F97F, 0x012_4931, 0x016_4191, 0x008_4111, 0x22E_F87F,
    0x000_0010, 0x004_0110, 0x11C_491D, 0x004_D115, 0x03C_E17D, 0x07E_FD6F, 0x01E_C911, 0x010_0000, 0x13E_FD5D,
    0x11C_C195, 0x11E_D99D, 0x00E_B957, 0x000_0111, 0x000_4111, 0x008_8000, 0x004_A000, 0x000_0010,
];

/// Whether a value is made of words: letters follow one another as in words nearly everywhere.
pub(super) fn is_wordy(value: &str) -> bool {
    let (mut usual, mut all) = (0_u32, 0_u32);
    for pair in value.as_bytes().windows(2) {
        let (first, second) = (pair[0], pair[1]);
        let letters = first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
        if !letters || (first.is_ascii_lowercase() && second.is_ascii_uppercase()) {
            continue;
        }
        all += 1;
        let row = PAIRS
            .get(usize::from(first.to_ascii_lowercase() - b'a'))
            .copied()
            .unwrap_or(0);
        usual += row >> (second.to_ascii_lowercase() - b'a') & 1;
    }
    if all < 4 {
        // hardly a letter beside another: digits decide
        return value.bytes().filter(u8::is_ascii_digit).count() < 4 && value.len() < 16;
    }
    f64::from(usual) >= 0.72 * f64::from(all)
}

/// Whether a value is a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Texts that start like a hash, a digest or a version.
pub(super) fn is_hash(value: &str) -> bool {
    const STARTS: &[&str] = &[
        "sha1-",
        "sha256",
        "sha384",
        "sha512",
        "md5",
        "$2a$",
        "$2b$",
        "$2y$",
        "$argon2",
        "$pbkdf2",
        "pbkdf2",
        "$6$",
        "$5$",
        "scrypt:",
        "ssh-rsa ",
        "ssh-ed25519",
    ];
    STARTS.iter().any(|start| value.starts_with(start))
}

/// Whether a value looks drawn by a machine: a key, a token, the digest of something.
pub(super) fn is_random(value: &str) -> bool {
    let length = value.len();
    if !(16..=600).contains(&length) || is_hash(value) || is_uuid(value) || value.contains("://") {
        return false;
    }
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'+' | b'/'
                    | b'='
                    | b'_'
                    | b'.'
                    | b'~'
                    | b'-'
                    | b':'
                    | b'!'
                    | b'@'
                    | b'#'
                    | b'$'
                    | b'%'
                    | b'^'
                    | b'&'
                    | b'*'
                    | b'|'
            )
    };
    if !value.bytes().all(allowed) || value.bytes().filter(|byte| *byte == b':').count() > 1 {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let upper = value.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = value.bytes().filter(u8::is_ascii_lowercase).count();
    let letters = upper + lower;
    // a token or its beginning, which its shape tells
    if letters < 3 || value.starts_with("eyJ") || has_sequence(value) || is_monotonous(value) {
        return false;
    }
    if value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return length >= 20 && digits > 2 && distinct(value) >= 8 && !(upper > 0 && lower > 0);
    }
    let long_enough = if digits > 1 {
        true
    } else {
        length >= 24 && upper > length / 5 && lower > length / 5
    };
    let needed = match length {
        16..=19 => 3.3,
        20..=31 => 3.6,
        _ => 3.9,
    };
    long_enough && entropy(value) >= needed && !is_wordy(value) && !is_segmented(value)
}

/// Whether its pieces between separators are words, numbers and short codes: `claude-3-5-sonnet-20241022`, `us-east-1`.
fn is_segmented(value: &str) -> bool {
    let pieces: Vec<&str> = value
        .split(['-', '_', '.', '/', ':'])
        .filter(|piece| !piece.is_empty())
        .collect();
    if pieces.len() < 2 {
        return false;
    }
    let plain = |piece: &&str| {
        piece.len() <= 4
            || piece.bytes().all(|byte| byte.is_ascii_digit())
            || (piece.bytes().all(|byte| byte.is_ascii_alphabetic()) && is_wordy(piece))
    };
    let covered: usize = pieces
        .iter()
        .filter(|piece| plain(piece))
        .map(|piece| piece.len())
        .sum();
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    covered * 10 >= total * 7
}

fn is_published(lower: &str) -> bool {
    ROWS.words.published.iter().any(|part| lower.contains(part.as_str()))
}

/// Whether the secret part of a provider's key is one: not filled with letters to be replaced.
pub(super) fn is_live(hidden: &str) -> bool {
    const FAKES: &[&str] = &[
        "example",
        "your",
        "xxxx",
        "fake",
        "dummy",
        "sample",
        "placeholder",
        "redacted",
        "replace",
    ];
    let lower = hidden.to_ascii_lowercase();
    let needed = match hidden.len() {
        0..=11 => 4,
        12..=19 => 6,
        _ => 8,
    };
    let has_digit = hidden.bytes().any(|byte| byte.is_ascii_digit());
    let mixed =
        hidden.bytes().any(|byte| byte.is_ascii_uppercase()) && hidden.bytes().any(|byte| byte.is_ascii_lowercase());
    // Long enough to be drawn from small letters alone.
    let long = hidden.len() >= 40 && distinct(hidden) >= 14;
    (has_digit || mixed || long)
        && distinct(hidden) >= needed
        && !has_sequence(hidden)
        && !is_monotonous(hidden)
        && !FAKES.iter().any(|fake| lower.contains(fake))
        && !is_published(&lower)
        && (has_digit || !is_wordy(hidden))
}

/// Whether it is one of the passwords that everybody tries first.
pub(super) fn is_well_known(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let folded: String = lower.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    let folded = folded.trim_end_matches(['!', '1', '2', '3']);
    ROWS.words.passwords.iter().any(|word| *word == lower || word == folded)
}

/// Whether a value looks like a password that a person chose: letters with digits or signs, no name and no word.
pub(super) fn is_chosen(value: &str) -> bool {
    let length = value.len();
    if !(8..=64).contains(&length)
        || !value.is_ascii()
        || value.contains(|c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '{' | '}' | '<' | '>' | '"' | '\'' | '`' | '\\')
        })
    {
        return false;
    }
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let sign = |byte: &u8| {
        matches!(
            byte,
            b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'?'
        )
    };
    if !has(u8::is_ascii_alphabetic) || value.contains("://") {
        return false;
    }
    (has(u8::is_ascii_digit) || has(sign)) && !value.starts_with(['.', '/', '#', '@', '&', '*', '?', '%'])
}

/// Bytes of base64 in the usual or the URL alphabet, padding not needed; `None` for anything else.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xFF).unwrap_or(0));
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests;
