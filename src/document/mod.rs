//! Text to values with spans, for files that hold settings. What a value means is no business of this room.
//!
//! Each syntax is read by the parser that gives spans, goes on after an error and bounds its own recursion:
//!
//! | Syntax | Read by | Why |
//! | --- | --- | --- |
//! | JSON | the scanner of `jsonc-parser` | knows comments, single quotes and JSON5 words; its own parser stops at the first error, drops duplicate keys and recurses |
//! | TOML | the events of `toml_parser` | the parser inside `toml`, which goes on after errors; `toml` itself drops duplicate keys |
//! | YAML | the events of `granit-parser` | byte offsets, limits on nesting, goes on with the next document; `saphyr-parser`, which it descends from, counts characters and ends at an error |
//! | Dockerfile | a reader of our own | `dockerfile-parser-rs` and `dockerfile-parser` give no spans inside an instruction and fail as a whole |
//! | `.env` | a reader of our own | the crates that read it give no spans, and set variables |
//! | nginx | a reader of our own | `nginx-config` knows a fixed list of directives and fails at any other |
//!
//! A text always yields a document: what was read, and the gaps. Nesting, repetition by aliases and the number of gaps
//! are bounded, so that no text costs more than a small multiple of its length.

mod all;
mod build;
mod dockerfile;
mod env;
mod json;
mod nginx;
mod template;
mod toml;
mod value;
mod yaml;

pub use all::Documents;
pub use dockerfile::{Arguments, Dockerfile, Flag, Heredoc, Instruction, Stage, Word};
pub use nginx::{Argument, Directive};
pub use value::{Key, Node, Scalar, Value};

use crate::ir::Gap;
use crate::workspace::Syntax;

/// Values nested deeper than this are told and left out.
pub const MAX_DEPTH: usize = 200;

/// A file of settings, read.
#[derive(Debug, Default)]
pub struct Document {
    /// What it holds.
    pub content: Content,
    /// Stretches that were not understood, in the order of the text.
    pub gaps: Vec<Gap>,
}

/// What a file of settings holds.
#[derive(Debug)]
pub enum Content {
    /// JSON, TOML, YAML and `.env`: values. YAML may hold several in one file, the others hold one or, where nothing
    /// was understood, none.
    Values(Vec<Node>),
    /// The instructions of a container image.
    Dockerfile(Dockerfile),
    /// Directives of nginx, each with its block.
    Nginx(Vec<Directive>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Values(Vec::new())
    }
}

impl Document {
    /// Reads `text`. It never fails: what was not understood is a gap.
    pub fn parse(syntax: Syntax, text: &str) -> Self {
        match syntax {
            Syntax::Json => json::parse(text),
            Syntax::Toml => toml::parse(text),
            Syntax::Yaml => yaml::parse(text),
            Syntax::Env => env::parse(text),
            Syntax::Dockerfile => dockerfile::parse(text),
            Syntax::Nginx => nginx::parse(text),
        }
    }

    /// The values; empty for a Dockerfile and for nginx.
    pub fn roots(&self) -> &[Node] {
        match &self.content {
            Content::Values(roots) => roots,
            Content::Dockerfile(_) | Content::Nginx(_) => &[],
        }
    }

    /// The first value.
    pub fn root(&self) -> Option<&Node> {
        self.roots().first()
    }

    /// The image's instructions, if it is a Dockerfile.
    pub fn dockerfile(&self) -> Option<&Dockerfile> {
        match &self.content {
            Content::Dockerfile(dockerfile) => Some(dockerfile),
            Content::Values(_) | Content::Nginx(_) => None,
        }
    }

    /// The directives, if it is of nginx.
    pub fn directives(&self) -> &[Directive] {
        match &self.content {
            Content::Nginx(directives) => directives,
            Content::Values(_) | Content::Dockerfile(_) => &[],
        }
    }
}

/// Gaps of one file. A broken file may hold one at every byte: a few say enough.
#[derive(Default)]
struct Gaps {
    gaps: Vec<Gap>,
    full: bool,
}

impl Gaps {
    const MOST: usize = 20;

    fn push(&mut self, span: crate::workspace::Span, message: impl Into<String>) {
        if self.gaps.len() < Self::MOST {
            self.gaps.push(Gap {
                span,
                message: message.into(),
            });
        } else if !self.full {
            self.full = true;
            self.gaps.push(Gap {
                span,
                message: "from here on, what was not understood is not told any more".to_owned(),
            });
        }
    }

    fn finish(mut self) -> Vec<Gap> {
        self.gaps.sort_by_key(|gap| gap.span);
        self.gaps
    }
}

#[cfg(test)]
mod tests;
