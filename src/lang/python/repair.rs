//! Brackets and quotes that are never closed.
//!
//! Between brackets Python has no lines and no indentation, so one that stays open takes the rest of the file with it.
//! Blanking it leaves an error in its own statement only. Byte offsets stay as they are.

/// The first bytes of lines that cannot stand between brackets.
const STARTERS: [&str; 17] = [
    "@",
    "assert ",
    "async def ",
    "break\n",
    "class ",
    "continue\n",
    "def ",
    "del ",
    "elif ",
    "except ",
    "finally:",
    "import ",
    "pass\n",
    "raise ",
    "return ",
    "try:",
    "while ",
];

/// The offsets of brackets that are not closed before the next statement that is surely one, and of quotes that are
/// not closed on their line.
pub(super) fn unclosed(text: &str) -> Vec<usize> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        unclosed: Vec::new(),
    };
    let mut line_start = true;
    while let Some(byte) = scan.peek() {
        if line_start && !matches!(byte, b' ' | b'\t') {
            line_start = false;
            if !scan.open.is_empty() && scan.starts_statement() {
                scan.unclosed.append(&mut scan.open);
            }
        }
        match byte {
            b'\n' => line_start = true,
            b'#' => {
                scan.skip_line();
                continue;
            }
            b'\\' => scan.at += 1,
            b'\'' | b'"' => {
                scan.string(byte);
                continue;
            }
            b'(' | b'[' | b'{' => scan.open.push(scan.at),
            b')' | b']' | b'}' => scan.close(byte),
            _ => {}
        }
        scan.at += 1;
    }
    let mut found = scan.unclosed;
    found.append(&mut scan.open);
    found.sort_unstable();
    found
}

/// The text with those brackets blanked.
pub(super) fn blanked(text: &str, brackets: &[usize]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for at in brackets {
        if let Some(byte) = bytes.get_mut(*at) {
            *byte = b' ';
        }
    }
    bytes
}

/// A scan that knows strings, comments and brackets.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<usize>,
    unclosed: Vec<usize>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    fn starts_statement(&self) -> bool {
        STARTERS
            .iter()
            .any(|starter| self.rest().starts_with(starter.as_bytes()))
    }

    fn skip_line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn close(&mut self, byte: u8) {
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let same = |at: &usize| self.bytes.get(*at) == Some(&opener);
        if let Some(index) = self.open.iter().rposition(same) {
            self.unclosed.extend(self.open.drain(index..).skip(1));
        }
    }

    /// Skips a string; the braces that an f-string leaves open are unclosed too.
    fn string(&mut self, quote: u8) {
        let is_prefix = |byte: &u8| byte.is_ascii_alphabetic();
        let before = self.bytes.get(..self.at).unwrap_or(&[]);
        let prefix = before.iter().rev().take_while(|byte| is_prefix(byte)).take(3);
        let formatted = prefix.clone().any(|byte| matches!(byte, b'f' | b'F')) && prefix.count() < 3;
        let triple = [quote; 3];
        let is_triple = self.rest().starts_with(&triple);
        let start = self.at;
        self.at += if is_triple { 3 } else { 1 };
        let mut braces = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => self.at += 1,
                b'\n' if !is_triple => {
                    braces.push(start);
                    break;
                }
                b'{' if formatted && self.rest().starts_with(b"{{") => self.at += 1,
                b'{' if formatted => braces.push(self.at),
                b'}' => {
                    braces.pop();
                }
                _ if byte != quote => {}
                _ if !is_triple => {
                    self.at += 1;
                    break;
                }
                _ if self.rest().starts_with(&triple) => {
                    self.at += 3;
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.unclosed.append(&mut braces);
    }
}
