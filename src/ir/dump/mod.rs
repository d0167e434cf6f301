//! A compact print of the IR, for tests.
//!
//! One line for each import, export, submodule, class, impl, function and gap, statements indented below their
//! function. Expressions are S-expressions except for the leaves and `base.field`, `base[index]`.

mod expr;
mod item;
mod stmt;

use std::fmt::Write as _;

use super::{ClassId, ExportKind, ExprId, FuncId, Imported, Module, TypeId};

/// How deep the print goes before it writes `…`.
const DEPTH: usize = 200;

/// The whole module.
pub fn dump(module: &Module) -> String {
    let mut out = Printer::new(module);
    for import in &module.imports {
        let what = match import.imported {
            Imported::Namespace => "*".to_owned(),
            Imported::Default => "default".to_owned(),
            Imported::Named(name) => name.to_string(),
            Imported::Glob => "glob".to_owned(),
            Imported::SideEffect => "effect".to_owned(),
        };
        let _ = write!(
            out.text,
            "import {} = {:?} {what}",
            import.local,
            import.source.as_str()
        );
        out.flag(import.is_type_only, " type");
        out.flag(import.is_reexport, " reexport");
        if import.scope != FuncId::MODULE {
            let _ = write!(out.text, " in {}", import.scope.0);
        }
        out.text.push('\n');
    }
    for export in &module.exports {
        let _ = write!(out.text, "export {} = ", export.name);
        match export.kind {
            ExportKind::Local(name) => out.text.push_str(&name),
            ExportKind::Expr(id) => {
                out.text.push('=');
                out.expr(id);
            }
        }
        out.text.push('\n');
    }
    for (name, path, is_test) in &module.submodules {
        let _ = write!(out.text, "mod {name}");
        if let Some(path) = path {
            let _ = write!(out.text, " at {:?}", path.as_str());
        }
        out.flag(*is_test, " test");
        out.text.push('\n');
    }
    for index in 0..module.classes.len() {
        out.class(ClassId(u32::try_from(index).unwrap_or(u32::MAX)));
    }
    for block in &module.impls {
        out.text.push_str("impl ");
        if let Some(id) = block.of_trait {
            out.ty(id);
            out.text.push_str(" for ");
        }
        out.ty(block.target);
        out.decorators(&block.decorators);
        let methods: Vec<u32> = block.methods.iter().map(|id| id.0).collect();
        let _ = writeln!(out.text, " methods {methods:?}");
    }
    for index in 0..module.functions.len() {
        out.function(FuncId(u32::try_from(index).unwrap_or(u32::MAX)));
    }
    for gap in &module.gaps {
        let _ = writeln!(out.text, "gap {}..{} {}", gap.span.start, gap.span.end, gap.message);
    }
    out.text
}

/// The statements of one function, one a line.
pub fn dump_body(module: &Module, id: FuncId) -> String {
    let mut out = Printer::new(module);
    out.lines(&module.function(id).body);
    out.text
}

/// One expression.
pub fn dump_expr(module: &Module, id: ExprId) -> String {
    let mut out = Printer::new(module);
    out.expr(id);
    out.text
}

/// One type.
pub fn dump_type(module: &Module, id: TypeId) -> String {
    let mut out = Printer::new(module);
    out.ty(id);
    out.text
}

struct Printer<'a> {
    module: &'a Module,
    text: String,
    depth: usize,
}

impl<'a> Printer<'a> {
    fn new(module: &'a Module) -> Self {
        Self {
            module,
            text: String::new(),
            depth: 0,
        }
    }

    fn flag(&mut self, on: bool, text: &str) {
        if on {
            self.text.push_str(text);
        }
    }

    fn decorators(&mut self, ids: &[ExprId]) {
        for id in ids {
            self.text.push_str(" @");
            self.expr(*id);
        }
    }
}
