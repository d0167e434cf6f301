//! The Rust front end: text to tokens (`proc_macro2`), tokens to a syntax tree (`syn`), the tree to the IR.
//!
//! The rooms: `measure` says how much stack a text may cost before anything recurses, `recover` reads items one by
//! one so that a broken one costs itself alone, `context` holds the state of a lowering, and the others each lower
//! one kind of thing.

mod arguments;
mod attrs;
mod calls;
mod classes;
mod context;
mod control;
mod exprs;
mod format;
mod functions;
mod items;
mod json;
mod literals;
mod macros;
mod measure;
mod patterns;
mod recover;
mod select;
mod statement_macros;
mod stmts;
mod tokens;
mod types;

#[cfg(test)]
mod tests;

use crate::ir::{Builder, Language, Module};
use crate::workspace::{FileId, Span};
use measure::Stack;

/// Parses and lowers one file.
pub fn lower(file: FileId, text: &str) -> Module {
    match measure::stack_for(text) {
        Stack::Given => recover::read(file, text),
        Stack::Own(bytes) => on_own_thread(file, text, bytes),
        Stack::Refused => unread(file, text, "nested too deeply"),
    }
}

/// Reads a file that could overflow the caller's stack on a thread with a stack of its own.
fn on_own_thread(file: FileId, text: &str, stack: usize) -> Module {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(stack)
            .spawn_scoped(scope, || recover::read(file, text));
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(module)) => module,
            Ok(Err(_)) => unread(file, text, "the reader failed"),
            Err(_) => unread(file, text, "nested too deeply for the memory at hand"),
        }
    })
}

/// A module that says only that nothing of the file was read.
fn unread(file: FileId, text: &str, why: &str) -> Module {
    let span = Span::new(0, text.len());
    let mut builder = Builder::new(file, Language::Rust, span);
    builder.gap(span, why);
    builder.module
}
