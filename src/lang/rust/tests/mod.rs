//! Tests of the Rust front end.

mod hostile;
mod items;
mod leaves;
mod macros;
mod statements;

use crate::ir::dump::{dump, dump_body};
use crate::ir::{FuncId, Module};
use crate::workspace::FileId;

/// Lowers a text and checks that every place in it is one.
fn lower(text: &str) -> Module {
    let module = super::lower(FileId(0), text);
    for expr in &module.exprs {
        assert!(text.get(expr.span.range()).is_some(), "{:?} of {text}", expr.span);
    }
    for function in &module.functions {
        assert!(text.get(function.span.range()).is_some());
        assert!(text.get(function.name_span.range()).is_some());
    }
    module
}

/// The print of a whole module without its empty top level.
fn module(text: &str) -> String {
    let module = lower(text);
    assert_eq!(module.gaps, [], "{text}");
    dump(&module).replace("fn 0 Module\n", "").trim_end().to_owned()
}

/// The print of the body of a function with these statements.
fn body(stmts: &str) -> String {
    let module = lower(&format!("fn f() {{ {stmts} }}"));
    assert_eq!(module.gaps, [], "{stmts}");
    let lines = dump_body(&module, FuncId(1));
    let lines: Vec<&str> = lines
        .lines()
        .map(|line| line.strip_prefix("  ").unwrap_or(line))
        .collect();
    lines.join("\n")
}

/// Compares what texts are lowered to with what they should be.
fn check(lowered: fn(&str) -> String, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(lowered(text), *expected, "{text}");
    }
}

/// The source of the first expression whose print is this.
fn source_of<'t>(module: &Module, text: &'t str, print: &str) -> &'t str {
    (0..module.exprs.len())
        .map(|index| crate::ir::ExprId(u32::try_from(index).unwrap()))
        .find(|id| crate::ir::dump::dump_expr(module, *id) == print)
        .map(|id| &text[module.expr(id).span.range()])
        .unwrap_or_else(|| panic!("no {print}"))
}
