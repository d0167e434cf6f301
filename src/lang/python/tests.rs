//! What each form lowers to.

mod definitions;
mod expressions;
mod robust;
mod statements;

use crate::ir::{Module, dump};
use crate::workspace::FileId;

fn lower(text: &str) -> Module {
    super::lower(FileId(0), text)
}

/// The print of a whole module.
fn module(text: &str) -> String {
    dump::dump(&lower(text))
}

/// The print of the top-level statements.
fn body(text: &str) -> String {
    let module = lower(text);
    assert_eq!(module.gaps, [], "{text}");
    dump::dump_body(&module, crate::ir::FuncId::MODULE).trim().to_owned()
}

/// The print of one expression.
fn expr(text: &str) -> String {
    body(&format!("_ = {text}\n")).trim_start_matches("_ = ").to_owned()
}

/// Compares each source with its print.
fn check(print: fn(&str) -> String, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(&print(source), expected, "{source}");
    }
}
