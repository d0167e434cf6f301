//! Lowering tests: one small snippet a form, the IR asserted through its print.

mod classes;
mod expressions;
mod hostile;
mod kept;
mod modules;
mod repairs;
mod statements;
mod types;

use crate::ir::{FuncId, Module, dump};
use crate::workspace::FileId;

fn module(text: &str) -> Module {
    super::lower(FileId(0), text, false)
}

fn module_jsx(text: &str) -> Module {
    super::lower(FileId(0), text, true)
}

/// The statements of the top level.
fn top(text: &str) -> String {
    let module = module(text);
    assert_eq!(module.gaps, [], "{text}");
    dump::dump_body(&module, FuncId::MODULE)
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Everything, without the line of the top level itself.
fn all(text: &str) -> String {
    let module = module(text);
    assert_eq!(module.gaps, [], "{text}");
    dump::dump(&module)
        .lines()
        .map(str::trim)
        .filter(|line| *line != "fn 0 Module")
        .collect::<Vec<_>>()
        .join("\n")
}

/// The imports and exports.
fn linked(text: &str) -> String {
    all(text)
        .lines()
        .filter(|line| line.starts_with("import") || line.starts_with("export"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn check(got: &str, want: &[&str]) {
    assert_eq!(got, want.join("\n"));
}
