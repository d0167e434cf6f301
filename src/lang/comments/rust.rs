//! Comments of Rust, which its parser forgets.

use super::Scanner;
use crate::workspace::Span;

/// The comments of a text.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    let mut word = false;
    while let Some(byte) = scanner.here() {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        match byte {
            b'/' if scanner.starts("//") => scanner.line_comment(),
            b'/' if scanner.starts("/*") => nested(&mut scanner),
            b'"' => scanner.quoted(b'"', true, true),
            b'\'' => character(&mut scanner),
            b'r' | b'b' | b'c' if !word && raw(&mut scanner) => {}
            _ => scanner.at += 1,
        }
        word = is_word;
    }
    scanner.found
}

/// A block comment, which may hold others.
fn nested(scanner: &mut Scanner<'_>) {
    let start = scanner.at;
    let mut depth = 0_usize;
    while scanner.here().is_some() {
        if scanner.starts("/*") {
            depth += 1;
            scanner.at += 2;
        } else if scanner.starts("*/") {
            depth -= 1;
            scanner.at += 2;
            if depth == 0 {
                break;
            }
        } else {
            scanner.at += 1;
        }
    }
    scanner.at = scanner.at.min(scanner.text.len());
    scanner.found.push(Span::new(start, scanner.at));
}

/// A character, or only the quote of a lifetime.
fn character(scanner: &mut Scanner<'_>) {
    let rest = scanner.text.get(scanner.at + 1..).unwrap_or_default();
    let mut chars = rest.chars();
    match chars.next() {
        Some('\\') => scanner.quoted(b'\'', true, false),
        Some(c) if chars.next() == Some('\'') => scanner.at += 2 + c.len_utf8(),
        _ => scanner.at += 1,
    }
}

/// A raw text (`r"…"`, `br#"…"#`), if there is one here.
fn raw(scanner: &mut Scanner<'_>) -> bool {
    let rest = scanner.rest();
    let prefix = rest
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b'b' | b'c' | b'r'))
        .count();
    if rest.get(prefix.wrapping_sub(1)) != Some(&b'r') {
        return false;
    }
    let hashes = rest.iter().skip(prefix).take_while(|byte| **byte == b'#').count();
    if rest.get(prefix + hashes) != Some(&b'"') {
        return false;
    }
    scanner.at += prefix + hashes + 1;
    scanner.skip_past(&format!("\"{}", "#".repeat(hashes)));
    true
}
