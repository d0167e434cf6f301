//! Number literals.

use crate::ir::{Literal, Name};

/// An integer literal; one that does not fit, or is complex, stands as a float.
pub(super) fn integer(text: &str) -> Literal {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let digits = plain.trim_end_matches(['l', 'L']);
    let (radix, body) = match digits.get(..2) {
        Some("0x" | "0X") => (16, digits.get(2..).unwrap_or("")),
        Some("0o" | "0O") => (8, digits.get(2..).unwrap_or("")),
        Some("0b" | "0B") => (2, digits.get(2..).unwrap_or("")),
        // Python 2 wrote octal with a leading zero.
        _ if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| matches!(b, b'0'..=b'7')) => {
            (8, digits)
        }
        _ => (10, digits),
    };
    i64::from_str_radix(body, radix).map_or_else(|_| Literal::Float(Name::new(text)), Literal::Int)
}
