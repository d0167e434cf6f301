//! The configuration of nginx: directives that end in `;` or hold a block. The names and their meaning are open; text in
//! a Lua block is passed over.

use super::{Content, Document, Gaps, MAX_DEPTH};
use crate::workspace::Span;

/// A directive: `listen 80;`, `location / { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Directive {
    /// Its name.
    pub name: String,
    /// All of it, with its block.
    pub span: Span,
    /// What follows the name.
    pub arguments: Vec<Argument>,
    /// What its block holds.
    pub block: Vec<Directive>,
}

impl Directive {
    /// Directives with those in their blocks, outer ones first. The reader bounds how deep they are.
    pub fn with_blocks(directives: &[Self]) -> Vec<&Self> {
        let mut out = Vec::new();
        let mut rest: Vec<&Self> = directives.iter().rev().collect();
        while let Some(directive) = rest.pop() {
            out.push(directive);
            rest.extend(directive.block.iter().rev());
        }
        out
    }
}

/// An argument of a directive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// Its text without quotes.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

impl Directive {
    /// The directives of this name in its block.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Directive> {
        self.block.iter().filter(move |directive| directive.name == name)
    }
}

pub(super) fn parse(text: &str) -> Document {
    let mut reader = Reader {
        text,
        at: 0,
        gaps: Gaps::default(),
        words: Vec::new(),
        open: Vec::new(),
        done: Vec::new(),
        skipped: 0,
    };
    reader.read();
    Document {
        content: Content::Nginx(reader.done),
        gaps: reader.gaps.finish(),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    gaps: Gaps,
    /// The words of the directive that is being read.
    words: Vec<Argument>,
    /// The blocks that are open, each with what stood before it.
    open: Vec<(Directive, Vec<Directive>)>,
    /// What was read of the innermost block.
    done: Vec<Directive>,
    /// How many open blocks were too deep to be kept.
    skipped: usize,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let start = self.at;
            match c {
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                ';' => {
                    self.at += 1;
                    self.directive_ends(self.at);
                }
                '{' => self.block_begins(),
                '}' => self.block_ends(),
                '"' | '\'' => {
                    let Some(length) = self.quoted(c) else {
                        self.gaps.push(
                            Span::new(start, start + 1),
                            "not valid for nginx: a quote that is not closed",
                        );
                        self.at += 1;
                        continue;
                    };
                    let inner = self.rest().get(1..length - 1).unwrap_or_default().to_owned();
                    self.at += length;
                    self.word(inner, start);
                }
                _ if c.is_whitespace() => self.at += c.len_utf8(),
                _ => {
                    let length = self.bare();
                    let text = self.rest().get(..length).unwrap_or_default().to_owned();
                    self.at += length;
                    self.word(text, start);
                }
            }
        }
        if let Some(word) = self.words.first() {
            self.gaps
                .push(word.span, "not valid for nginx: a directive that does not end");
        }
        self.directive_ends(self.at);
        while let Some((directive, _)) = self.open.last() {
            let start = directive.span.start as usize;
            self.gaps
                .push(Span::new(start, start + 1), "not valid for nginx: not closed");
            self.close();
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn word(&mut self, text: String, start: usize) {
        let span = Span::new(start, self.at);
        self.words.push(Argument { text, span });
    }

    /// How long the text in quotes is with them.
    fn quoted(&self, quote: char) -> Option<usize> {
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                chars.next();
            } else if c == quote {
                return Some(at + 1);
            }
        }
        None
    }

    /// How long the word is that starts here; `${name}` belongs to it.
    fn bare(&self) -> usize {
        let rest = self.rest();
        let mut chars = rest.char_indices();
        let mut in_name = false;
        let mut before = ' ';
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '{' if before == '$' => in_name = true,
                '}' if in_name => in_name = false,
                ';' | '{' | '}' => return at.max(1),
                _ if c.is_whitespace() => return at,
                _ => {}
            }
            before = c;
        }
        rest.len()
    }

    /// What the words gathered so far make up.
    fn take(&mut self, end: usize) -> Option<Directive> {
        let mut words = std::mem::take(&mut self.words).into_iter();
        let name = words.next()?;
        Some(Directive {
            span: Span::new(name.span.start as usize, end),
            name: name.text,
            arguments: words.collect(),
            block: Vec::new(),
        })
    }

    fn directive_ends(&mut self, end: usize) {
        let directive = self.take(end);
        if self.skipped == 0 {
            self.done.extend(directive);
        }
    }

    fn block_begins(&mut self) {
        let start = self.at;
        self.at += 1;
        let is_code = self
            .words
            .first()
            .is_some_and(|word| word.text.ends_with("_by_lua_block"));
        let directive = self.take(self.at).unwrap_or_else(|| {
            self.gaps.push(
                Span::new(start, start + 1),
                "not valid for nginx: a block without a name",
            );
            Directive {
                name: String::new(),
                span: Span::new(start, start + 1),
                arguments: Vec::new(),
                block: Vec::new(),
            }
        });
        if is_code {
            self.skip_code();
            self.done.push(directive);
        } else if self.skipped > 0 || self.open.len() >= MAX_DEPTH {
            if self.skipped == 0 {
                self.gaps.push(directive.span, "nested too deeply");
            }
            self.skipped += 1;
        } else {
            self.open.push((directive, std::mem::take(&mut self.done)));
        }
    }

    fn block_ends(&mut self) {
        let at = self.at;
        self.at += 1;
        if let Some(word) = self.words.first() {
            self.gaps
                .push(word.span, "not valid for nginx: a directive that does not end");
        }
        self.directive_ends(at);
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if self.open.is_empty() {
            self.gaps.push(
                Span::new(at, at + 1),
                "not valid for nginx: a bracket that closes nothing",
            );
        } else {
            self.close();
        }
    }

    fn close(&mut self) {
        if let Some((mut directive, before)) = self.open.pop() {
            directive.block = std::mem::replace(&mut self.done, before);
            directive.span = Span::new(directive.span.start as usize, self.at);
            self.done.push(directive);
        }
    }

    fn skip_code(&mut self) {
        let mut depth = 1_usize;
        for (at, byte) in self.rest().bytes().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at += at + 1;
                return;
            }
        }
        self.at = self.text.len();
    }
}
