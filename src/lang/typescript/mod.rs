//! The TypeScript and JavaScript front end.
//!
//! `repair` parses (and blanks type text that the grammar misreads), the other rooms turn the tree into IR, one room
//! for each part of the language. Nothing here knows what a call means.

mod chain;
mod class;
mod commonjs;
mod context;
mod doc;
mod expr;
mod function;
mod grammar;
mod jsx;
mod literal;
mod module;
mod object;
mod operator;
mod pattern;
mod repair;
mod stmt;
mod switch;
#[cfg(test)]
mod tests;
mod types;

use crate::ir::{Builder, Language, Module};
use crate::workspace::{FileId, Span};

/// Parses and lowers one file; `jsx` selects the grammar with JSX.
pub fn lower(file: FileId, text: &str, jsx: bool) -> Module {
    let whole = Span::new(0, text.len());
    let mut build = Builder::new(file, Language::TypeScript, whole);
    let Some(parsed) = repair::parse(text, jsx) else {
        build.gap(whole, "could not be parsed: the parser gave up on this text");
        return build.module;
    };
    let (module, misread) = lowered(file, text, jsx, &parsed.tree);
    if misread && let Some(parsed) = repair::without_bangs(&parsed, text, jsx) {
        return lowered(file, text, jsx, &parsed.tree).0;
    }
    module
}

/// The comments of a text.
pub(super) fn comments(text: &str, jsx: bool) -> Vec<Span> {
    repair::parse(text, jsx).map_or_else(Vec::new, |parsed| super::comments::of_tree(&parsed.tree))
}

fn lowered(file: FileId, text: &str, jsx: bool, tree: &tree_sitter::Tree) -> (Module, bool) {
    let mut build = Builder::new(file, Language::TypeScript, Span::new(0, text.len()));
    repair::report(tree, &mut build);
    context::Lower::new(text, jsx, tree, build).run(tree)
}
