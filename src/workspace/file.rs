//! One file that was read.

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;

use super::lines::floor_boundary;
use super::{ColumnUnit, LineIndex, Position, Span, Syntax};

/// What a file is written in, by its name or its shebang.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileKind {
    /// TypeScript in which `<T>x` is a cast: `.ts .mts .cts`, and scripts of deno, ts-node, tsx.
    TypeScript,
    /// TypeScript or JavaScript in which `<` may open an element: `.tsx .jsx .js .mjs .cjs`, and scripts of node, bun.
    TypeScriptJsx,
    /// Python: `.py .pyi`, and scripts of python and uv.
    Python,
    /// Rust: `.rs`.
    Rust,
    /// A file that says how a project is put together: `package.json`, `tsconfig.json`, `pyproject.toml`, `Cargo.toml`, …
    Manifest,
    /// A file of settings or data in a known syntax that is no manifest.
    Config(Syntax),
    /// Text of any other kind that a secret may stand in: notes, shell scripts, other languages.
    Text,
    /// Anything else; read only when it was named on the command line.
    Other,
}

impl FileKind {
    /// The language's name in reports; `None` for what is not source code.
    pub fn language(self) -> Option<&'static str> {
        match self {
            Self::TypeScript | Self::TypeScriptJsx => Some("typescript"),
            Self::Python => Some("python"),
            Self::Rust => Some("rust"),
            Self::Manifest | Self::Config(_) | Self::Text | Self::Other => None,
        }
    }
}

/// What part a file plays in its project, by its path below the scanned root and its first lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Code that ships; also whatever was named on the command line.
    Source,
    /// Tests and mocks.
    Test,
    /// Example servers. People copy them: they are judged like source.
    Example,
    /// Made by a tool: minified, bundled, `@generated`. It is what runs, so it is judged; nobody edits it by hand.
    Generated,
    /// Made of a source that stands beside it (`dist/` next to `src/`), and declarations (`.d.ts`): judging both would
    /// tell everything twice.
    Compiled,
    /// Somebody else's code, checked in.
    Vendored,
    /// Benchmarks.
    Bench,
    /// Data of tests, which may be code.
    Fixture,
    /// Runs when the project is built: `build.rs`, `setup.py`, `webpack.config.js`.
    BuildScript,
}

impl Role {
    /// Whether the code runs in the server that users install, so that rules speak of it without `--include-tests`.
    pub fn ships(self) -> bool {
        matches!(self, Self::Source | Self::Example | Self::Generated)
    }
}

/// A file's text with what is known of it before it is parsed.
#[derive(Debug)]
pub struct SourceFile {
    /// Path relative to the workspace's root, with `/` on every system.
    pub path: String,
    /// Where it lies on this machine.
    pub absolute: PathBuf,
    /// What it is written in.
    pub kind: FileKind,
    /// What part it plays.
    pub role: Role,
    /// Its text, without a byte order mark.
    pub text: String,
    /// Whether bytes that are not UTF-8 were replaced.
    pub lossy: bool,
    /// Whether a byte order mark was taken off.
    pub had_bom: bool,
    lines: OnceLock<LineIndex>,
    hidden: Vec<Span>,
    blank: Option<Arc<AhoCorasick>>,
}

impl SourceFile {
    /// A source file of known text.
    pub fn new(path: impl Into<String>, absolute: PathBuf, kind: FileKind, role: Role, text: String) -> Self {
        Self {
            path: path.into(),
            absolute,
            kind,
            role,
            text,
            lossy: false,
            had_bom: false,
            lines: OnceLock::new(),
            hidden: Vec::new(),
            blank: None,
        }
    }

    /// What its settings are written in; manifests have a syntax too, source code and text have none.
    pub fn syntax(&self) -> Option<Syntax> {
        match self.kind {
            FileKind::Config(syntax) => Some(syntax),
            FileKind::Manifest => Syntax::of_path(&self.path),
            _ => None,
        }
    }

    /// Where its lines start; built when first asked for.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset, columns in characters.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset as usize, ColumnUnit::Chars)
    }

    /// Line and column of a byte offset, columns in UTF-16 code units.
    pub fn position_utf16(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset as usize, ColumnUnit::Utf16)
    }

    /// A span's bounds, clamped to the file and to whole characters, so that the text can be sliced by them.
    pub fn range(&self, span: Span) -> Range<usize> {
        let start = floor_boundary(&self.text, span.start as usize);
        let end = floor_boundary(&self.text, span.end as usize);
        start..end.max(start)
    }

    /// The text of a span, clamped as by [`SourceFile::range`].
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(self.range(span)).unwrap_or_default()
    }

    /// Says which stretches hold secrets, and what else to look for wherever text of the file is shown.
    pub fn hide(&mut self, mut spans: Vec<Span>, elsewhere: Option<Arc<AhoCorasick>>) {
        spans.sort();
        self.hidden = spans;
        self.blank = elsewhere;
    }

    /// The stretches that hold secrets, in order.
    pub fn hidden(&self) -> &[Span] {
        &self.hidden
    }

    /// Those that lie in a range, or partly in it.
    pub fn hidden_in(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.hidden.partition_point(|span| span.range().end <= range.start);
        let rest = self.hidden.get(first..).unwrap_or_default().iter();
        let own = rest.take_while(move |span| span.range().start < range.end);
        own.map(|span| self.range(*span))
    }

    /// A stretch of the text as it may be shown: a star stands for each byte of a secret, so that offsets stay true.
    pub fn shown(&self, range: Range<usize>) -> Cow<'_, str> {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let mut secrets: Vec<Range<usize>> = Vec::new();
        for hidden in self.hidden_in(range.clone()) {
            let (start, end) = (hidden.start.max(range.start), hidden.end.min(range.end));
            if start < end {
                secrets.push(start - range.start..end - range.start);
            }
        }
        if let Some(finder) = &self.blank {
            secrets.extend(finder.find_iter(text).map(|found| found.range()));
        }
        if secrets.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut blanked = text.to_owned();
        for secret in secrets {
            if text.is_char_boundary(secret.start) && text.is_char_boundary(secret.end) {
                blanked.replace_range(secret.clone(), &"*".repeat(secret.len()));
            }
        }
        Cow::Owned(blanked)
    }
}
