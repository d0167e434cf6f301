//! Comments of configuration.

use super::Scanner;
use crate::workspace::{Span, Syntax};

/// The comments of a text in the dialect that its path tells; none where the dialect has none or is not known.
pub(super) fn comments(path: &str, text: &str) -> Vec<Span> {
    match Syntax::of_path(path) {
        Some(Syntax::Json) => return slashes(text),
        Some(Syntax::Toml) => return toml(text),
        Some(Syntax::Yaml) => return yaml(text),
        Some(Syntax::Dockerfile) => return line_starts(text),
        Some(Syntax::Env | Syntax::Nginx) => return hashes(text),
        None => {}
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "c" | "cc" | "cpp" | "cs" | "css" | "dart" | "go" | "gradle" | "groovy" | "h" | "hpp" | "java" | "kt"
        | "kts" | "php" | "proto" | "scala" | "scss" | "swift" => slashes(text),
        "md" | "mdx" | "html" | "htm" | "xml" | "svg" | "vue" => markup(text),
        "bash" | "cfg" | "conf" | "ex" | "exs" | "fish" | "ini" | "properties" | "ps1" | "r" | "rb" | "sh" | "tf"
        | "txt" | "zsh" => hashes(text),
        _ if name == "makefile" || name == "caddyfile" || text.starts_with("#!") => hashes(text),
        _ => Vec::new(),
    }
}

/// `//` and `/* */`, outside of texts.
fn slashes(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    while let Some(byte) = scanner.here() {
        match byte {
            b'/' if scanner.starts("//") => scanner.line_comment(),
            b'/' if scanner.starts("/*") => scanner.block_comment("/*", "*/"),
            b'"' | b'\'' => scanner.quoted(byte, true, false),
            _ => scanner.at += 1,
        }
    }
    scanner.found
}

fn toml(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    while let Some(byte) = scanner.here() {
        match byte {
            b'#' => scanner.line_comment(),
            b'"' if scanner.starts("\"\"\"") => {
                scanner.at += 3;
                while scanner.here().is_some() && !scanner.starts("\"\"\"") {
                    scanner.at += if scanner.here() == Some(b'\\') { 2 } else { 1 };
                }
                scanner.at += 3;
            }
            b'\'' if scanner.starts("'''") => {
                scanner.at += 3;
                scanner.skip_past("'''");
            }
            b'"' => scanner.quoted(byte, true, false),
            b'\'' => scanner.quoted(byte, false, false),
            _ => scanner.at += 1,
        }
    }
    scanner.found
}

/// `#` after a blank, outside of texts and of blocks of text.
fn yaml(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    // The indentation of the line that a block of text hangs on.
    let mut block: Option<usize> = None;
    while scanner.here().is_some() {
        let line = scanner
            .text
            .get(scanner.at..)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let in_block = block.is_some_and(|outer| line.trim().is_empty() || indent > outer);
        if in_block {
            scanner.skip_past("\n");
            continue;
        }
        let end = scanner.at + line.len();
        let comments_before = scanner.found.len();
        yaml_line(&mut scanner, end);
        let code_end = match scanner.found.get(comments_before) {
            Some(comment) => comment.start as usize,
            None => end,
        };
        let code = scanner
            .text
            .get(end - line.len()..code_end)
            .unwrap_or_default()
            .trim_end();
        let header = code.trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
        let opens = header.ends_with(['|', '>']) && header.len() < code.len() + 1;
        let opens = opens
            && matches!(
                header.trim_end_matches(['|', '>']).trim_end().chars().last(),
                Some(':' | '-')
            );
        block = opens.then_some(indent);
        scanner.skip_past("\n");
    }
    scanner.found
}

/// What stands up to `end`, or further where a text goes over lines.
fn yaml_line(scanner: &mut Scanner<'_>, end: usize) {
    let mut may_open = true;
    while scanner.at < end {
        match scanner.here() {
            Some(b'#') if scanner.is_after_blank() => return scanner.line_comment(),
            Some(quote @ (b'"' | b'\'')) if may_open => {
                scanner.quoted(quote, quote == b'"', true);
                may_open = false;
            }
            Some(byte) => {
                may_open = match byte {
                    b' ' | b'\t' => may_open,
                    b':' | b'-' | b'[' | b'{' | b',' => true,
                    _ => false,
                };
                scanner.at += 1;
            }
            None => return,
        }
    }
}

/// `#` at the beginning of a line.
fn line_starts(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    while let Some(byte) = scanner.here() {
        match byte {
            b'#' if scanner.is_at_line_start() => scanner.line_comment(),
            _ => scanner.skip_past_or_line(byte),
        }
    }
    scanner.found
}

/// `#` at the beginning of a line or after a blank, outside of quotes.
fn hashes(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    while let Some(byte) = scanner.here() {
        match byte {
            b'#' if scanner.is_after_blank() => scanner.line_comment(),
            b'"' | b'\'' => scanner.quoted(byte, true, false),
            _ => scanner.at += 1,
        }
    }
    scanner.found
}

fn markup(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::new(text);
    while scanner.here().is_some() {
        if scanner.starts("<!--") {
            scanner.block_comment("<!--", "-->");
        } else {
            scanner.at += 1;
        }
    }
    scanner.found
}

impl Scanner<'_> {
    /// Goes over the blank that begins a line, or over all of the line.
    fn skip_past_or_line(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' if self.is_at_line_start() => self.at += 1,
            _ => self.skip_past("\n"),
        }
    }
}
