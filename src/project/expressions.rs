//! Expressions of names and fields, and members of what they name.

use super::symbols::{Space, Trail, external_member, joined};
use super::table::Local;
use super::{ClassRef, FuncRef, ModuleId, Project, Symbol};
use crate::ir::{ClassKind, ExprId, ExprKind, FuncId, Language, Name, PassKind, Stmt, StmtKind};

impl Project {
    /// An expression of names and fields alone.
    pub(super) fn expression(
        &self,
        module: ModuleId,
        scope: FuncId,
        expr: ExprId,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let ir = self.ir(module)?;
        match &ir.exprs.get(expr.0 as usize)?.kind {
            ExprKind::Name(name) => {
                if self.is_local(module, scope, *name) {
                    return None;
                }
                let found = self.name_in(module, scope, *name, Space::Value, trail);
                Some(found.unwrap_or_else(|| self.unknown(module, *name)))
            }
            ExprKind::Path(path) => {
                let found = self.path_in(module, scope, path, Space::Value, trail);
                Some(found.unwrap_or_else(|| Symbol::External(joined(path))))
            }
            ExprKind::Lambda(func) => Some(Symbol::Function(FuncRef { module, func: *func })),
            ExprKind::Field { base, name, .. } => {
                if ir.language == Language::Python
                    && let Some(found) = self.dotted(module, scope, expr, trail)
                {
                    return Some(found);
                }
                let base = trail.deeper(|trail| self.expression(module, scope, *base, trail))?;
                self.member_in(base, *name, Space::Value, trail)
            }
            ExprKind::Pass {
                kind: PassKind::Plain | PassKind::NonNull,
                inner,
            }
            | ExprKind::Cast { inner, .. } => trail.deeper(|trail| self.expression(module, scope, *inner, trail)),
            // A class expression: its declaration, then its name.
            ExprKind::Block { body, .. } => match body.as_slice() {
                [
                    Stmt {
                        kind: StmtKind::Class(class),
                        ..
                    },
                ] => Some(Symbol::Class(ClassRef { module, class: *class })),
                _ => None,
            },
            _ => None,
        }
    }

    /// `a.b.c` through `import a.b`.
    fn dotted(&self, module: ModuleId, scope: FuncId, expr: ExprId, trail: &mut Trail) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        let mut names = Vec::new();
        let mut at = expr;
        loop {
            match &ir.exprs.get(at.0 as usize)?.kind {
                ExprKind::Field { base, name, .. } => {
                    names.push(*name);
                    at = *base;
                }
                ExprKind::Name(name) => {
                    names.push(*name);
                    break;
                }
                _ => return None,
            }
            if names.len() > 12 {
                return None;
            }
        }
        names.reverse();
        let first = *names.first()?;
        if self.is_local(module, scope, first) {
            return None;
        }
        let in_import = |text: &str| {
            let name = Name::new(text);
            let nested = self
                .scopes(module, scope)
                .find_map(|at| match table.nested.get(&(at, name)) {
                    Some(Local::Import(index)) => Some(*index),
                    _ => None,
                });
            nested.or_else(|| table.imports.get(&name).copied())
        };
        in_import(&first)?;
        for length in (2..names.len()).rev() {
            let Some(index) = in_import(&dots(names.get(..length)?)) else {
                continue;
            };
            let mut found = trail.deeper(|trail| self.import(module, index, Space::Value, trail))?;
            for name in names.get(length..)? {
                found = self.member_in(found, *name, Space::Value, trail)?;
            }
            return Some(found);
        }
        None
    }

    /// A member of a symbol.
    pub(super) fn member_in(&self, of: Symbol, name: Name, space: Space, trail: &mut Trail) -> Option<Symbol> {
        match of {
            Symbol::Module(module) if self.ir(module)?.language == Language::Rust => {
                let found = self.lookup(module, name, space, trail);
                found.or_else(|| {
                    let table = self.table(module)?;
                    if table.inline_modules.contains(&name) {
                        return Some(Symbol::Module(module));
                    }
                    self.inline_function(module, &[], name).or_else(|| {
                        let func = *table.inline.get(&name)?.first()?;
                        Some(Symbol::Function(FuncRef { module, func }))
                    })
                })
            }
            Symbol::Module(module) => self.exported(module, name, space, trail),
            Symbol::Class(class) => self.class_member(class, name, trail),
            Symbol::External(base) => Some(Symbol::External(external_member(base, name))),
            // The default export of a module that was taken whole.
            Symbol::Function(_) if name == "default" => Some(of),
            Symbol::Function(_) | Symbol::Variant(..) | Symbol::Variable(..) => None,
        }
    }

    fn class_member(&self, class: ClassRef, name: Name, trail: &mut Trail) -> Option<Symbol> {
        let ir = self.ir(class.module)?;
        let decl = ir.classes.get(class.class.0 as usize)?;
        if let Some(alias) = decl.alias
            && let Some(target) = trail.deeper(|trail| self.type_symbol(class.module, decl.parent, alias, trail))
            && target != Symbol::Class(class)
        {
            return trail.deeper(|trail| self.member_in(target, name, Space::Value, trail));
        }
        if decl.variants.iter().any(|variant| variant.name == name) {
            return Some(Symbol::Variant(class, name));
        }
        let is_enum = decl.kind == ClassKind::Enum || self.is_python_enum(class);
        if is_enum
            && decl
                .fields
                .iter()
                .any(|field| field.name == name && field.value.is_some() | field.ty.is_none())
        {
            return Some(Symbol::Variant(class, name));
        }
        if let Some(func) = self.method(class, name) {
            return Some(Symbol::Function(func));
        }
        let table = self.table(class.module)?;
        if ir.language == Language::Rust && table.single.contains_key(&name) {
            // Constants of `impl` blocks stand among the file's own.
            return Some(Symbol::Variable(class.module, name));
        }
        let inner = *table.inner.get(&(class.class, name))?;
        Some(Symbol::Class(ClassRef {
            module: class.module,
            class: inner,
        }))
    }
}

fn dots(path: &[Name]) -> String {
    let parts: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
    parts.join(".")
}
