//! The hash of a line that GitHub's code scanning recognises an alert by. It is computed as the CodeQL action does, to
//! the bit, since uploads that do not go through that action get none.

use std::collections::HashMap;

const BLOCK: usize = 100;
const MULTIPLIER: u64 = 37;
const END_OF_FILE: u16 = 0xFFFF;
const LF: u16 = 0x0A;
const CR: u16 = 0x0D;
const TAB: u16 = 0x09;
const SPACE: u16 = 0x20;

/// The value of `primaryLocationLineHash` for each line of a text, in order: a rolling hash over the next 100 UTF-16
/// units from the start of the line, white space left out, then the ordinal among equal hashes. A lone `\r` ends a line
/// here.
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut hasher = Hasher::new();
    for unit in text.encode_utf16() {
        hasher.read(unit);
    }
    hasher.read(END_OF_FILE);
    hasher.flush();
    hasher.hashes
}

struct Hasher {
    /// The units that the hash covers, as a ring.
    window: [u16; BLOCK],
    /// Which of them start a line.
    starts: [bool; BLOCK],
    at: usize,
    hash: u64,
    /// The multiplier to the power of the block's length: what the oldest unit has grown to.
    oldest: u64,
    line_start: bool,
    after_cr: bool,
    seen: HashMap<u64, u32>,
    hashes: Vec<String>,
}

impl Hasher {
    fn new() -> Self {
        Self {
            window: [0; BLOCK],
            starts: [false; BLOCK],
            at: 0,
            hash: 0,
            oldest: (0..BLOCK).fold(1, |power: u64, _| power.wrapping_mul(MULTIPLIER)),
            line_start: true,
            after_cr: false,
            seen: HashMap::new(),
            hashes: Vec::new(),
        }
    }

    fn read(&mut self, unit: u16) {
        if unit == SPACE || unit == TAB || (self.after_cr && unit == LF) {
            self.after_cr = false;
            return;
        }
        self.after_cr = unit == CR;
        let unit = if unit == CR { LF } else { unit };
        self.emit();
        if self.line_start {
            self.line_start = false;
            self.starts[self.at] = true;
        }
        if unit == LF {
            self.line_start = true;
        }
        self.roll(unit);
    }

    fn flush(&mut self) {
        for _ in 0..BLOCK {
            self.emit();
            self.roll(0);
        }
    }

    /// The unit that leaves the window started a line: its block is complete.
    fn emit(&mut self) {
        if !std::mem::take(&mut self.starts[self.at]) {
            return;
        }
        let ordinal = self.seen.entry(self.hash).or_default();
        *ordinal += 1;
        self.hashes.push(format!("{:x}:{ordinal}", self.hash));
    }

    fn roll(&mut self, unit: u16) {
        let leaving = u64::from(std::mem::replace(&mut self.window[self.at], unit));
        self.hash = MULTIPLIER
            .wrapping_mul(self.hash)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.oldest.wrapping_mul(leaving));
        self.at = (self.at + 1) % BLOCK;
    }
}

/// The expected values are those of the action's own tests.
#[cfg(test)]
mod tests {
    use super::line_hashes;

    const GREETINGS: [&str; 7] = [
        "e9496ae3ebfced30:1",
        "fb7c023a8b9ccb3f:1",
        "ce8ba1a563dcdaca:1",
        "e20e36e16fcb0cc8:1",
        "b3edc88f2938467e:1",
        "c8e28b0b4002a3a0:1",
        "c129715d7a2bc9a3:1",
    ];

    #[test]
    fn an_empty_file_has_one_line() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
    }

    #[test]
    fn white_space_is_skipped() {
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
        assert_eq!(
            line_hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End"),
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1"
            ]
        );
    }

    #[test]
    fn line_ends_are_equal() {
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(line_hashes(text), GREETINGS);
        }
    }

    #[test]
    fn equal_lines_are_numbered() {
        let expected = [
            "a7f2ff13bc495cf2:1",
            "a7f2ff13bc495cf2:2",
            "a7f2ff13bc495cf2:3",
            "a7f2ff13bc495cf2:4",
            "a7f2ff13bc495cf2:5",
            "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10)), expected);
        assert_eq!(
            line_hashes("x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n"),
            [
                "e54938cc54b302f1:1",
                "bb609acbe9138d60:1",
                "1131fd5871777f34:1",
                "5c482a0f8b35ea28:1",
                "54517377da7028d2:1",
                "2c644846cb18d53e:1",
                "f1b89f20de0d133:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }
}
