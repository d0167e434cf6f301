//! Text to IR, one room a language; the only code that knows a syntax tree. Decides nothing about danger.

mod comments;
pub mod python;
pub mod rust;
pub mod typescript;

use crate::ir::Module;
use crate::workspace::FileId;

pub use comments::comments;

/// Which dialect a text is to be read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `.ts .mts .cts`
    TypeScript,
    /// `.tsx`, and all JavaScript (`.js .jsx .mjs .cjs`): the grammar with JSX.
    TypeScriptJsx,
    /// `.py .pyi`
    Python,
    /// `.rs`
    Rust,
}

/// Parses and lowers one file. Never fails: what could not be read stands in [`Module::gaps`].
pub fn lower(file: FileId, dialect: Dialect, text: &str) -> Module {
    match dialect {
        Dialect::TypeScript => typescript::lower(file, text, false),
        Dialect::TypeScriptJsx => typescript::lower(file, text, true),
        Dialect::Python => python::lower(file, text),
        Dialect::Rust => rust::lower(file, text),
    }
}
