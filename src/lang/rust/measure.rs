//! How much stack a text may cost, estimated from its bytes before anything recurses over it.
//!
//! `syn` recurses over brackets and prefix operators while parsing, and over whole operator and method chains when it
//! drops a tree. Nothing here has to be exact: strings, comments and character literals are skipped as a lexer would,
//! everything else is weighed generously.

/// Where a text is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stack {
    /// On the caller's stack.
    Given,
    /// On a thread with a stack of this many bytes.
    Own(usize),
    /// Nowhere.
    Refused,
}

/// Bytes of stack for a level of brackets. This and the next hold, with room to spare, in an unoptimised build.
const PER_BRACKET: usize = 48 * 1024;
/// Bytes for a token that may open a level of recursion by itself: prefix operators, `<`, `else`, closures' bars.
const PER_PREFIX: usize = 16 * 1024;
/// Bytes for any other token of a statement: a link of a chain is some of these.
const PER_TOKEN: usize = 1024;
/// What may run on the caller's stack, of which rayon's threads have 2 MB.
const GIVEN: usize = 1024 * 1024;
/// More than this is refused.
const LIMIT: usize = 512 * 1024 * 1024;
/// More brackets than this are refused.
const MAX_BRACKETS: usize = 1000;

/// Chooses the stack for a text.
pub(super) fn stack_for(text: &str) -> Stack {
    let mut scan = Scan::default();
    scan.run(text.as_bytes());
    if scan.levels_seen > MAX_BRACKETS || scan.worst > LIMIT {
        Stack::Refused
    } else if scan.worst > GIVEN {
        Stack::Own((scan.worst * 2).max(8 * 1024 * 1024))
    } else {
        Stack::Given
    }
}

/// What the current statement at one level of brackets has gathered.
#[derive(Default, Clone, Copy)]
struct Level {
    tokens: usize,
    prefixes: usize,
    /// Those prefixes that a comma does not end: `<` of generic arguments and bars of closures.
    through_commas: usize,
}

#[derive(Default)]
struct Scan {
    levels: Vec<Level>,
    current: Level,
    /// Sums over all outer levels.
    outer: Level,
    levels_seen: usize,
    worst: usize,
    /// Whether the last token was a closing brace, which ends a statement unless it goes on with `.`, `?`, `else` or
    /// an operator.
    after_brace: bool,
}

impl Scan {
    fn run(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            at = match byte {
                b'/' if next == b'/' => skip_line(bytes, at),
                b'/' if next == b'*' => skip_block_comment(bytes, at),
                b'"' => {
                    self.token(false);
                    skip_string(bytes, at + 1)
                }
                b'\'' => {
                    self.token(false);
                    skip_char_or_lifetime(bytes, at)
                }
                b'(' | b'[' | b'{' => {
                    self.open();
                    at + 1
                }
                b')' | b']' | b'}' => {
                    self.close(byte == b'}');
                    at + 1
                }
                b';' => {
                    self.end_statement();
                    at + 1
                }
                b',' => {
                    self.after_brace = false;
                    self.current = Level {
                        tokens: 0,
                        prefixes: self.current.through_commas,
                        through_commas: self.current.through_commas,
                    };
                    at + 1
                }
                b'=' if next == b'>' => {
                    self.end_statement();
                    at + 2
                }
                b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(bytes, at),
                byte if byte.is_ascii_whitespace() => at + 1,
                _ => {
                    self.operator(byte, next);
                    at + 1
                }
            };
        }
    }

    fn word(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut end = start;
        while bytes
            .get(end)
            .is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80)
        {
            end += 1;
        }
        let word = bytes.get(start..end).unwrap_or(&[]);
        let hashes = bytes
            .get(end..)
            .unwrap_or(&[])
            .iter()
            .take_while(|&&byte| byte == b'#')
            .count();
        if matches!(word, b"r" | b"br" | b"cr") && bytes.get(end + hashes) == Some(&b'"') {
            self.token(false);
            return skip_raw_string(bytes, end + hashes + 1, hashes);
        }
        if matches!(word, b"b" | b"c") && bytes.get(end) == Some(&b'"') {
            return end;
        }
        if self.after_brace && !matches!(word, b"else" | b"as") {
            self.end_statement();
        }
        let recursive = matches!(
            word,
            b"return"
                | b"break"
                | b"yield"
                | b"if"
                | b"else"
                | b"while"
                | b"match"
                | b"for"
                | b"let"
                | b"box"
                | b"move"
        );
        self.token(recursive);
        end
    }

    fn operator(&mut self, byte: u8, next: u8) {
        if self.after_brace && matches!(byte, b'#' | b'!' | b'$' | b'~') {
            self.end_statement();
        }
        if matches!(byte, b'<' | b'|') {
            self.current.through_commas += 1;
        } else if byte == b'>' {
            self.current.through_commas = self.current.through_commas.saturating_sub(1);
        }
        let recursive =
            matches!(byte, b'!' | b'&' | b'*' | b'-' | b'|' | b'<' | b'=' | b'@') || (byte == b'.' && next == b'.');
        self.token(recursive);
    }

    fn token(&mut self, recursive: bool) {
        self.after_brace = false;
        self.current.tokens += 1;
        self.current.prefixes += usize::from(recursive);
        let cost = (self.levels.len()) * PER_BRACKET
            + (self.outer.prefixes + self.current.prefixes) * PER_PREFIX
            + (self.outer.tokens + self.current.tokens) * PER_TOKEN;
        self.worst = self.worst.max(cost);
    }

    fn open(&mut self) {
        self.token(false);
        self.outer.tokens += self.current.tokens;
        self.outer.prefixes += self.current.prefixes;
        self.levels.push(self.current);
        self.current = Level::default();
        self.levels_seen = self.levels_seen.max(self.levels.len());
    }

    fn close(&mut self, brace: bool) {
        if let Some(level) = self.levels.pop() {
            self.outer.tokens -= level.tokens;
            self.outer.prefixes -= level.prefixes;
            self.current = level;
        }
        self.after_brace = brace;
    }

    fn end_statement(&mut self) {
        self.after_brace = false;
        self.current = Level::default();
    }
}

fn skip_line(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or(&[]);
    rest.iter()
        .position(|&byte| byte == b'\n')
        .map_or(bytes.len(), |length| start + length)
}

fn skip_block_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'/'), Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (Some(b'*'), Some(b'/')) => {
                depth = depth.saturating_sub(1);
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn skip_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn skip_raw_string(bytes: &[u8], mut at: usize, hashes: usize) -> usize {
    while at < bytes.len() {
        let closed = bytes.get(at) == Some(&b'"')
            && bytes
                .get(at + 1..at + 1 + hashes)
                .is_some_and(|tail| tail.iter().all(|&byte| byte == b'#'));
        if closed {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}

/// `'x'`, `'\n'`, `'é'` or a lifetime.
fn skip_char_or_lifetime(bytes: &[u8], start: usize) -> usize {
    match bytes.get(start + 1) {
        Some(b'\\') => {
            let rest = bytes.get(start + 3..).unwrap_or(&[]);
            rest.iter()
                .take(12)
                .position(|&byte| byte == b'\'')
                .map_or(start + 3, |length| start + 4 + length)
        }
        Some(&first) => {
            let width = match first {
                0xF0.. => 4,
                0xE0.. => 3,
                0xC0.. => 2,
                _ => 1,
            };
            if bytes.get(start + 1 + width) == Some(&b'\'') {
                start + 2 + width
            } else {
                start + 1
            }
        }
        None => start + 1,
    }
}
