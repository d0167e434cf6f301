//! Where comments stand, in every language that is read and in the dialects of configuration that have comments.
//!
//! TypeScript and Python ask the tree, which knows a comment from a text, a pattern and a template; the others are simple
//! enough to be scanned.

mod config;
mod rust;

use crate::workspace::{FileKind, Span};

/// The comments of a text, in order, delimiters included. `path` tells the dialect of what is no source code.
pub fn comments(kind: FileKind, path: &str, text: &str) -> Vec<Span> {
    match kind {
        FileKind::TypeScript => super::typescript::comments(text, false),
        FileKind::TypeScriptJsx => super::typescript::comments(text, true),
        FileKind::Python => super::python::comments(text),
        FileKind::Rust => rust::comments(text),
        FileKind::Manifest | FileKind::Config(_) | FileKind::Text | FileKind::Other => config::comments(path, text),
    }
}

/// The comments of a tree, without recursion.
pub(super) fn of_tree(tree: &tree_sitter::Tree) -> Vec<Span> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.kind() == "comment" {
            found.push(Span::new(node.start_byte(), node.end_byte()));
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// Walks over the bytes of a text.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    found: Vec<Span>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            found: Vec::new(),
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn here(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn starts(&self, with: &str) -> bool {
        self.rest().starts_with(with.as_bytes())
    }

    /// Goes behind the next `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        let found = self
            .rest()
            .windows(end.len().max(1))
            .position(|window| window == end.as_bytes());
        self.at = match found {
            Some(offset) => self.at + offset + end.len(),
            None => self.text.len(),
        };
    }

    /// A comment up to the end of the line.
    fn line_comment(&mut self) {
        let start = self.at;
        let length = self.rest().iter().position(|byte| *byte == b'\n');
        self.at = length.map_or(self.text.len(), |length| start + length);
        self.found.push(Span::new(start, self.at));
    }

    /// A comment up to `end`.
    fn block_comment(&mut self, open: &str, end: &str) {
        let start = self.at;
        self.at += open.len();
        self.skip_past(end);
        self.found.push(Span::new(start, self.at));
    }

    /// A text in quotes, the scanner standing on the first; `escapes` says whether `\` takes the next character with it, `lines` whether
    /// it may go over lines.
    fn quoted(&mut self, quote: u8, escapes: bool, lines: bool) {
        self.at += 1;
        while let Some(byte) = self.here() {
            match byte {
                b'\\' if escapes => self.at += 2,
                b'\n' if !lines => return,
                _ => {
                    self.at += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    fn is_at_line_start(&self) -> bool {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let blank = before
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        matches!(
            before.get(..before.len() - blank).and_then(<[u8]>::last),
            None | Some(b'\n')
        )
    }

    fn is_after_blank(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at));
        before.is_none_or(|byte| byte.is_ascii_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'t>(kind: FileKind, path: &str, text: &'t str) -> Vec<&'t str> {
        comments(kind, path, text)
            .into_iter()
            .map(|span| &text[span.range()])
            .collect()
    }

    #[test]
    fn typescript_texts_patterns_and_templates_are_no_comments() {
        let text =
            "const a = '// no'; // yes\nconst b = `/* no ${c /* in */} */`; /* two\nlines */\nconst d = /[/*]x\\//;\n";
        assert_eq!(
            read(FileKind::TypeScript, "a.ts", text),
            ["// yes", "/* in */", "/* two\nlines */"]
        );
        let jsx = "const e = <p>// no {/* yes */}</p>;\n";
        assert_eq!(read(FileKind::TypeScriptJsx, "a.tsx", jsx), ["/* yes */"]);
    }

    #[test]
    fn python_texts_are_no_comments() {
        let text = "a = '# no'  # yes\n\"\"\"\n# no\n\"\"\"\nb = f\"# {c} no\"\n# last";
        assert_eq!(read(FileKind::Python, "a.py", text), ["# yes", "# last"]);
    }

    #[test]
    fn rust_texts_and_characters_are_no_comments() {
        let text = "let a = \"// no\"; // yes\nlet b = r#\"/* no \" */\"#; /* a /* b */ c */\nlet c = '\"'; let d: &'a str = '\\''; // two\n\
                    let e = b'/'; let r#type = br\"// no\"; // three";
        assert_eq!(
            read(FileKind::Rust, "a.rs", text),
            ["// yes", "/* a /* b */ c */", "// two", "// three"]
        );
        assert_eq!(read(FileKind::Rust, "a.rs", "/* never closed"), ["/* never closed"]);
    }

    #[test]
    fn configuration_has_the_comments_of_its_dialect() {
        let other = |path, text| read(FileKind::Other, path, text);
        assert_eq!(
            other("a.jsonc", "{ \"a\": \"// no\", // yes\n /* two */ \"b\": 1 }"),
            ["// yes", "/* two */"]
        );
        assert_eq!(
            other("a.toml", "a = \"# no\" # yes\nb = '''\n# no\n''' # two\n"),
            ["# yes", "# two"]
        );
        assert_eq!(
            other(
                "a.yml",
                "a: it's # yes\nb: '# no' # two\nrun: |\n  # no\n\n  x\nc: d#no\n# three\n"
            ),
            ["# yes", "# two", "# three"]
        );
        assert_eq!(other("Dockerfile", "# yes\nRUN echo a # no\n"), ["# yes"]);
        assert_eq!(other(".env", "A=b#no\n# yes\nC='# no'\n"), ["# yes"]);
        assert_eq!(other("nginx.conf", "a \"# no\"; # yes\n"), ["# yes"]);
        assert_eq!(other("a.md", "# no\n<!-- yes\nit is -->"), ["<!-- yes\nit is -->"]);
        assert_eq!(other("data.bin", "# no"), [""; 0]);
    }
}
