//! What modules give to others.

use super::imports::python::Found;
use super::symbols::{Asked, Space, Trail};
use super::{ModuleId, Project, Symbol, paths};
use crate::ir::{ExportKind, ExprId, ExprKind, FuncId, Key, Language, Module, Name, RecordEntry};

impl Project {
    /// The value of a top-level variable, or of an export that has no name of its own.
    pub(super) fn variable_value(&self, module: ModuleId, name: Name) -> Option<ExprId> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        if table.values.contains_key(&name) {
            return table.single.get(&name).copied();
        }
        match table.exports.get(&name) {
            Some(ExportKind::Expr(expr)) => Some(*expr),
            Some(ExportKind::Local(local)) => table.single.get(local).copied(),
            None => match table.exports.get(&Name::new("default")) {
                Some(ExportKind::Expr(whole)) => record_entry(ir, *whole, name),
                _ => None,
            },
        }
    }

    /// A module as a value. `require` of a module whose whole is one function or class gives that.
    pub(super) fn namespace(&self, target: ModuleId, trail: &mut Trail) -> Symbol {
        let whole = Symbol::Module(target);
        let default = Name::new("default");
        let Some(table) = self.table(target).filter(|table| table.exports.len() == 1) else {
            return whole;
        };
        if !matches!(table.exports.get(&default), Some(ExportKind::Expr(_))) {
            return whole;
        }
        match self.exported(target, default, Space::Value, trail) {
            Some(found @ (Symbol::Function(_) | Symbol::Class(_))) => found,
            _ => whole,
        }
    }

    /// What a module exports by a name.
    pub(super) fn exported(&self, module: ModuleId, name: Name, space: Space, trail: &mut Trail) -> Option<Symbol> {
        let ir = self.ir(module)?;
        match ir.language {
            Language::TypeScript => self.exported_typescript(module, name, space, trail),
            Language::Python => {
                if let Some(found) = self.lookup(module, name, space, trail) {
                    return Some(found);
                }
                let path = self.path(module);
                let (dir, base) = (paths::dir_of(path), paths::base_of(path));
                match base.starts_with("__init__.").then(|| self.python.inside(dir, &name)) {
                    Some(Some(Found::Module(found))) => Some(Symbol::Module(found)),
                    _ => None,
                }
            }
            Language::Rust => self.lookup(module, name, space, trail),
        }
    }

    fn exported_typescript(&self, module: ModuleId, name: Name, space: Space, trail: &mut Trail) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        match table.exports.get(&name) {
            Some(ExportKind::Local(local)) => {
                if let Some(found) = self.lookup(module, *local, space, trail) {
                    return Some(found);
                }
            }
            Some(ExportKind::Expr(expr)) => {
                let found = self.expression(module, FuncId::MODULE, *expr, trail);
                return Some(found.unwrap_or(Symbol::Variable(module, name)));
            }
            None => {}
        }
        let named = table.imports.get(&name).filter(|index| {
            let import = ir.imports.get(**index as usize);
            import.is_some_and(|import| import.is_reexport)
        });
        if let Some(index) = named {
            return trail.deeper(|trail| self.import(module, *index, space, trail));
        }
        if name != "default" {
            // `module.exports = { a, b }`.
            if let Some(ExportKind::Expr(whole)) = table.exports.get(&Name::new("default"))
                && let Some(value) = record_entry(ir, *whole, name)
            {
                let found = self.expression(module, FuncId::MODULE, value, trail);
                return Some(found.unwrap_or(Symbol::Variable(module, name)));
            }
            let reexport = |glob: &&u32| ir.imports.get(**glob as usize).is_some_and(|import| import.is_reexport);
            for glob in table.globs.iter().filter(reexport) {
                let step = Name::new(&format!("{name}*{glob}"));
                let found = trail.visit(module, step, Asked::Name(space), |trail| {
                    trail.deeper(|trail| self.through_glob(module, *glob, name, space, trail))
                });
                if found.is_some() {
                    return found;
                }
            }
            // An export that the front end did not see is likelier than an import of nothing.
            return self.lookup(module, name, space, trail);
        }
        None
    }
}

/// The value under a key of an object literal.
pub(super) fn record_entry(ir: &Module, expr: ExprId, name: Name) -> Option<ExprId> {
    let ExprKind::Record { entries, .. } = &ir.exprs.get(expr.0 as usize)?.kind else {
        return None;
    };
    entries.iter().find_map(|entry| match entry {
        RecordEntry::Pair {
            key: Key::Name(key),
            value,
            ..
        } if *key == name => Some(*value),
        _ => None,
    })
}
