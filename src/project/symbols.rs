//! Names to symbols.

use super::imports::Target;
use super::imports::python::Found;
use super::table::Local;
use super::{ClassRef, FuncRef, ModuleId, Project, Symbol, builtins};
use crate::ir::{ClassKind, ExportKind, ExprId, ExprKind, FuncId, Imported, Language, Name, PassKind};

/// How many names one question may go through: enough for any real chain of re-exports.
const TRAIL: usize = 256;

/// How deep one question may nest.
const DEPTH: usize = 48;

/// Which kind of thing is asked for; languages let a type and a value share a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Space {
    /// What an expression names.
    Value,
    /// What a type names, or the first part of a path.
    Type,
}

/// What a trail remembers of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Name(Space),
    Import,
}

/// The names that a question went through, so that cycles end.
#[derive(Debug, Default)]
pub(super) struct Trail {
    seen: Vec<(ModuleId, Name, Asked)>,
    depth: usize,
}

impl Trail {
    /// Runs a question about one name, unless it is being asked already or was in vain before.
    fn visit(
        &mut self,
        module: ModuleId,
        name: Name,
        asked: Asked,
        ask: impl FnOnce(&mut Self) -> Option<Symbol>,
    ) -> Option<Symbol> {
        let step = (module, name, asked);
        if self.seen.len() >= TRAIL || self.seen.contains(&step) {
            return None;
        }
        self.seen.push(step);
        let answer = ask(self);
        if answer.is_some() {
            self.seen.retain(|seen| *seen != step);
        }
        answer
    }

    /// Runs a nested question unless there are too many of them.
    pub(super) fn deeper<T>(&mut self, ask: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= DEPTH {
            return None;
        }
        self.depth += 1;
        let answer = ask(self);
        self.depth -= 1;
        answer
    }
}

impl Project {
    /// What a name means in a scope; `None` when nothing in the project or its imports says.
    pub(super) fn name_in(
        &self,
        module: ModuleId,
        scope: FuncId,
        name: Name,
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        let language = ir.language;
        for at in self.scopes(module, scope).take_while(|at| *at != FuncId::MODULE) {
            if let Some(local) = table.nested.get(&(at, name)) {
                let found = match local {
                    Local::Import(index) => trail.deeper(|trail| self.import(module, *index, space, trail)),
                    other => declared(module, *other, name),
                };
                if found.is_some() {
                    return found;
                }
            }
            for glob in table.nested_globs.get(&at).into_iter().flatten() {
                if let Some(found) = trail.deeper(|trail| self.through_glob(module, *glob, name, space, trail)) {
                    return Some(found);
                }
            }
        }
        if language == Language::Rust && space == Space::Value {
            let inside = ir
                .functions
                .get(scope.0 as usize)
                .map(|function| function.module_path.as_slice());
            if let Some(found) = self.inline_function(module, inside.unwrap_or_default(), name) {
                return Some(found);
            }
        }
        self.lookup(module, name, space, trail)
    }

    /// What the top level of a module means by a name.
    pub(super) fn lookup(&self, module: ModuleId, name: Name, space: Space, trail: &mut Trail) -> Option<Symbol> {
        trail.visit(module, name, Asked::Name(space), |trail| {
            self.lookup_step(module, name, space, trail)
        })
    }

    fn lookup_step(&self, module: ModuleId, name: Name, space: Space, trail: &mut Trail) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        let class = table
            .types
            .get(&name)
            .map(|class| Symbol::Class(ClassRef { module, class: *class }));
        let value = table.values.get(&name).copied();
        let firm = match (value, space) {
            (_, Space::Type) if class.is_some() => class,
            (Some(Local::Variable) | None, _) => None,
            (Some(_), Space::Type) if ir.language == Language::Rust => None,
            (Some(local), _) => declared(module, local, name),
        };
        if firm.is_some() {
            return firm;
        }
        if ir.language == Language::Rust
            && let Some(child) = self.crates.child(module, name)
        {
            return Some(Symbol::Module(child));
        }
        if let Some(index) = table.imports.get(&name)
            && let Some(found) = trail.deeper(|trail| self.import(module, *index, space, trail))
        {
            return Some(found);
        }
        let variable = value.filter(|_| space == Space::Value || ir.language != Language::Rust);
        if let Some(found) = variable.and_then(|local| declared(module, local, name)).or(class) {
            return Some(found);
        }
        table
            .globs
            .iter()
            .find_map(|glob| trail.deeper(|trail| self.through_glob(module, *glob, name, space, trail)))
    }

    /// A name that a glob import may bring in.
    fn through_glob(
        &self,
        module: ModuleId,
        import: u32,
        name: Name,
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        match self.targets.get(module.0 as usize)?.get(import as usize)? {
            Target::Module(target) => self.exported(*target, name, space, trail),
            Target::Path(path) => match self.path_in(module, FuncId::MODULE, path, Space::Type, trail)? {
                Symbol::External(_) => None,
                of => self.member_in(of, name, space, trail),
            },
            Target::Folder(_) | Target::External(_) => None,
        }
    }

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

    /// What an import brings in.
    pub(super) fn import(&self, module: ModuleId, index: u32, space: Space, trail: &mut Trail) -> Option<Symbol> {
        let import = self.ir(module)?.imports.get(index as usize)?;
        match self.targets.get(module.0 as usize)?.get(index as usize)? {
            Target::External(name) => Some(Symbol::External(*name)),
            Target::Path(path) => {
                // The first part of `use anyhow::anyhow` is the crate, not the name that the import itself makes.
                if trail.seen.contains(&(module, import.local, Asked::Import)) {
                    return None;
                }
                let found = trail.visit(module, import.local, Asked::Import, |trail| {
                    self.path_in(module, import.scope, path, space, trail)
                });
                found.or_else(|| Some(Symbol::External(joined(path))))
            }
            Target::Module(target) => match import.imported {
                Imported::Namespace => Some(self.namespace(*target, trail)),
                Imported::Default => {
                    let default = self.exported(*target, Name::new("default"), space, trail);
                    Some(default.unwrap_or(Symbol::Module(*target)))
                }
                Imported::Named(name) => {
                    let found = self.exported(*target, name, space, trail);
                    found
                        .or_else(|| self.through_outside_glob(*target, name, 0))
                        .or_else(|| {
                            let outside = Symbol::External(beneath(import.source, name));
                            (!self.is_python_cycle(module, *target, name)).then_some(outside)
                        })
                }
                Imported::Glob | Imported::SideEffect => None,
            },
            Target::Folder(folder) => match import.imported {
                Imported::Named(name) => match self.python.inside(folder, &name) {
                    Some(Found::Module(found)) => Some(Symbol::Module(found)),
                    _ => Some(Symbol::External(beneath(import.source, name))),
                },
                _ => Some(Symbol::External(import.source)),
            },
        }
    }

    /// `from . import x` in `__init__.py`, where `x` was not found: not an import of something else.
    fn is_python_cycle(&self, module: ModuleId, target: ModuleId, name: Name) -> bool {
        module == target && self.table(module).is_some_and(|table| table.values.contains_key(&name))
    }

    /// A module as a value. `require` of a module whose whole is one function or class gives that.
    fn namespace(&self, target: ModuleId, trail: &mut Trail) -> Symbol {
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
                let (dir, base) = (super::paths::dir_of(path), super::paths::base_of(path));
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

    /// An expression of names and fields alone.
    pub(super) fn expression(
        &self,
        module: ModuleId,
        scope: FuncId,
        expr: ExprId,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
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
            ExprKind::Record { .. } | ExprKind::Call(_) | ExprKind::Literal(_) => None,
            _ => {
                // A class expression has no expression of its own: its name or place says which it is.
                let span = ir.exprs.get(expr.0 as usize)?.span;
                let class = table.types.values().find(|class| ir.class(**class).span == span)?;
                Some(Symbol::Class(ClassRef { module, class: *class }))
            }
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

    /// A Rust path, or a dotted type name, in a scope.
    pub(super) fn path_in(
        &self,
        module: ModuleId,
        scope: FuncId,
        path: &[Name],
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        trail.deeper(|trail| self.path_steps(module, scope, path, space, trail))
    }

    fn path_steps(
        &self,
        module: ModuleId,
        scope: FuncId,
        path: &[Name],
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let ir = self.ir(module)?;
        let rust = ir.language == Language::Rust;
        let first = *path.first()?;
        let mut rest = path.get(1..)?;
        let mut inline: Vec<Name> = ir
            .functions
            .get(scope.0 as usize)
            .map(|f| f.module_path.clone())
            .unwrap_or_default();
        let mut at = match first.as_str() {
            "crate" | "$crate" if rust => {
                inline.clear();
                Symbol::Module(self.crates.root(module, self.path(module)))
            }
            "self" if rust => Symbol::Module(module),
            "super" if rust => {
                let mut at = module;
                let mut more = true;
                while more {
                    if inline.pop().is_none() {
                        at = self.crates.parent(at).unwrap_or(at);
                    }
                    more = rest.first().is_some_and(|name| name == "super");
                    if more {
                        rest = rest.get(1..)?;
                    }
                }
                Symbol::Module(at)
            }
            "Self" if rust => self.self_type(module, scope)?,
            "" if rust => {
                let name = *rest.first()?;
                rest = rest.get(1..)?;
                inline.clear();
                self.crate_named(module, name)
            }
            _ => {
                let space = if rest.is_empty() { space } else { Space::Type };
                match self.name_in(module, scope, first, space, trail) {
                    Some(found) => {
                        inline.clear();
                        found
                    }
                    None if !rust => self.unknown(module, first),
                    None => match self.table(module)?.inline_modules.contains(&first) {
                        true => {
                            inline.push(first);
                            Symbol::Module(module)
                        }
                        false if rest.is_empty() => return None,
                        false => {
                            let found = self.crate_named(module, first);
                            if matches!(found, Symbol::External(_)) && self.crates.is_no_crate(self.path(module), first)
                            {
                                // An inline module of types alone leaves no other trace than the types.
                                let last = *path.last()?;
                                if let Some(class) = self.table(module)?.types.get(&last).filter(|_| rest.len() == 1) {
                                    return Some(Symbol::Class(ClassRef { module, class: *class }));
                                }
                            }
                            inline.clear();
                            match (found, self.unknown(module, first)) {
                                (Symbol::External(_), through_glob) => through_glob,
                                _ => found,
                            }
                        }
                    },
                }
            }
        };
        for (index, name) in rest.iter().enumerate() {
            let last = index + 1 == rest.len();
            let space = if last { space } else { Space::Type };
            if *name == "self" && rust {
                continue;
            }
            if last
                && space == Space::Value
                && let (Symbol::Module(inner), false) = (at, inline.is_empty())
                && let Some(found) = self.inline_function(inner, &inline, *name)
            {
                return Some(found);
            }
            let next = match at {
                Symbol::External(base) if rust => Some(Symbol::External(joined(&[base, *name]))),
                _ => self.member_in(at, *name, space, trail),
            };
            if let (Symbol::Module(_), true) = (at, next == Some(at)) {
                inline.push(*name);
            } else {
                inline.clear();
            }
            at = match (next, at) {
                (Some(next), _) => next,
                (None, Symbol::Variant(..)) => return None,
                (None, _) => {
                    // `super::x` of an inline module is an item of this very file.
                    let own =
                        matches!(first.as_str(), "super" | "crate") && rest.len() == 1 && at != Symbol::Module(module);
                    return if own {
                        self.lookup(module, *name, space, trail)
                    } else {
                        None
                    };
                }
            };
        }
        Some(at)
    }

    /// A function of an inline module.
    fn inline_function(&self, module: ModuleId, inside: &[Name], name: Name) -> Option<Symbol> {
        if inside.is_empty() {
            return None;
        }
        let candidates = self.table(module)?.inline.get(&name)?;
        let ir = self.ir(module)?;
        let func = *candidates
            .iter()
            .find(|func| ir.function(**func).module_path == inside)?;
        Some(Symbol::Function(FuncRef { module, func }))
    }

    fn crate_named(&self, module: ModuleId, name: Name) -> Symbol {
        match self.crates.extern_crate(self.path(module), name) {
            Some(root) => Symbol::Module(root),
            None => Symbol::External(name),
        }
    }

    /// What `Self` is in a function, or in a function around it.
    pub(super) fn self_type(&self, module: ModuleId, scope: FuncId) -> Option<Symbol> {
        self.scopes(module, scope).find_map(|func| {
            let func = FuncRef { module, func };
            match self.impl_of(func) {
                Some(found) => found.target,
                None => self.class_of(func).map(Symbol::Class),
            }
        })
    }

    /// Whether a name is a parameter or variable of a scope, seen from inside out.
    pub(super) fn is_local(&self, module: ModuleId, scope: FuncId, name: Name) -> bool {
        let (Some(ir), Some(table)) = (self.ir(module), self.table(module)) else {
            return false;
        };
        for at in self.scopes(module, scope).take_while(|at| *at != FuncId::MODULE) {
            // `const { exec } = require("child_process")` in a function binds a variable too; the import says more.
            if table.nested.contains_key(&(at, name)) {
                return false;
            }
            if table.is_local(ir, at, name) {
                return true;
            }
        }
        false
    }

    /// A scope and those around it, inside out.
    pub(super) fn scopes(&self, module: ModuleId, scope: FuncId) -> impl Iterator<Item = FuncId> {
        let ir = self.ir(module);
        std::iter::successors(Some(scope), move |at| {
            let parent = ir?.functions.get(at.0 as usize)?.parent?;
            // Parents come first in the arena; anything else would be a circle.
            (parent < *at).then_some(parent)
        })
    }

    /// A name that nothing declares: a builtin or global, or what a glob import from outside brings in.
    pub(super) fn unknown(&self, module: ModuleId, name: Name) -> Symbol {
        let bare = Symbol::External(name);
        let (Some(ir), Some(table)) = (self.ir(module), self.table(module)) else {
            return bare;
        };
        if table.globs.is_empty() || builtins::is_builtin(ir.language, &name) {
            return bare;
        }
        self.through_outside_glob(module, name, 0).unwrap_or(bare)
    }

    /// A name that can only come from outside, through the one glob import of a module that leads there.
    fn through_outside_glob(&self, module: ModuleId, name: Name, depth: usize) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        if builtins::is_builtin(ir.language, &name) && ir.language != Language::TypeScript {
            return None;
        }
        let mut outside = table.globs.iter().filter_map(|glob| self.glob_source(module, *glob));
        match (outside.next(), outside.next()) {
            (Some(source), None) if ir.language == Language::Rust => Some(Symbol::External(joined(&[source, name]))),
            (Some(source), None) => Some(Symbol::External(external_member(source, name))),
            (None, _) if depth < 4 => {
                table
                    .globs
                    .iter()
                    .find_map(|glob| match self.targets.get(module.0 as usize)?.get(*glob as usize)? {
                        Target::Module(inner) if *inner != module => self.through_outside_glob(*inner, name, depth + 1),
                        _ => None,
                    })
            }
            _ => None,
        }
    }

    /// The qualified name of what a glob import opens when that is outside.
    fn glob_source(&self, module: ModuleId, import: u32) -> Option<Name> {
        let ir = self.ir(module)?;
        match self.targets.get(module.0 as usize)?.get(import as usize)? {
            // A whole crate is too much to guess from.
            Target::External(name) => Some(*name).filter(|name| ir.language != Language::Rust || name.contains("::")),
            _ => None,
        }
    }
}

fn declared(module: ModuleId, local: Local, name: Name) -> Option<Symbol> {
    match local {
        Local::Function(func) => Some(Symbol::Function(FuncRef { module, func })),
        Local::Class(class) => Some(Symbol::Class(ClassRef { module, class })),
        Local::Variable => Some(Symbol::Variable(module, name)),
        Local::Import(_) => None,
    }
}

/// The value under a key of an object literal.
pub(super) fn record_entry(ir: &crate::ir::Module, expr: ExprId, name: Name) -> Option<ExprId> {
    use crate::ir::{Key, RecordEntry};
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

/// A name in a source as written; the dots of a relative one suffice.
pub(super) fn beneath(source: Name, name: Name) -> Name {
    let between = if source.ends_with('.') { "" } else { "." };
    Name::new(&format!("{source}{between}{name}"))
}

/// A Rust path as written.
pub(super) fn joined(path: &[Name]) -> Name {
    let parts: Vec<&str> = path
        .iter()
        .map(|name| name.as_str())
        .filter(|part| !part.is_empty())
        .collect();
    Name::new(&parts.join("::"))
}

fn dots(path: &[Name]) -> String {
    let parts: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
    parts.join(".")
}

/// A member of something outside.
pub(super) fn external_member(base: Name, name: Name) -> Name {
    match base.as_str() {
        "globalThis" | "window" | "global" | "builtins" | "__builtins__" => name,
        base_text if name == "default" && !base_text.contains("::") => base,
        base_text => {
            let between = if base_text.contains("::") { "::" } else { "." };
            Name::new(&format!("{base_text}{between}{name}"))
        }
    }
}
