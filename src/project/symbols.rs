//! Names to symbols.

use super::imports::Target;
use super::imports::python::Found;
use super::table::Local;
use super::{ClassRef, FuncRef, ModuleId, Project, Symbol, builtins};
use crate::ir::{FuncId, Imported, Language, Name};

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
pub(super) enum Asked {
    /// A name in a module.
    Name(Space),
    /// A name in a module, as far as it is public.
    FromOutside(Space),
    /// The import of that local name.
    Import,
}

/// The names that a question went through, so that cycles end.
#[derive(Debug, Default)]
pub(super) struct Trail {
    seen: Vec<(ModuleId, Name, Asked)>,
    depth: usize,
    globs: usize,
}

impl Trail {
    /// Runs a question about a module that may well not have what is sought.
    fn within_glob(&mut self, ask: impl FnOnce(&mut Self) -> Option<Symbol>) -> Option<Symbol> {
        self.globs += 1;
        let answer = ask(self);
        self.globs -= 1;
        answer
    }

    /// Runs a question about one name, unless it is being asked already or was in vain before.
    pub(super) fn visit(
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
            self.lookup_step(module, name, space, false, trail)
        })
    }

    fn lookup_step(
        &self,
        module: ModuleId,
        name: Name,
        space: Space,
        from_outside: bool,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        let class = table
            .types
            .get(&name)
            .map(|class| Symbol::Class(ClassRef { module, class: *class }));
        let value = table.values.get(&name).copied();
        let firm = match (value, space) {
            (_, Space::Type) if class.is_some() => class,
            (None, _) => None,
            // Elsewhere an import may stand behind a variable: `const { exec } = require(…)`, `try: import x … except: x = None`.
            (Some(Local::Variable), _) if ir.language != Language::Rust => None,
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
        let open = |index: &u32| !from_outside || ir.imports.get(*index as usize).is_some_and(|one| one.is_reexport);
        if let Some(index) = table.imports.get(&name)
            && open(index)
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
            .filter(|glob| open(glob))
            .find_map(|glob| trail.deeper(|trail| self.through_glob(module, *glob, name, space, trail)))
    }

    /// A name that a glob import may bring in.
    pub(super) fn through_glob(
        &self,
        module: ModuleId,
        import: u32,
        name: Name,
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        match self.targets.get(module.0 as usize)?.get(import as usize)? {
            Target::Module(target) if self.ir(module)?.language == Language::Rust => {
                // A glob takes what is public; a module inside another sees all that the other one has.
                if self.crates.is_inside(module, *target) {
                    return trail.within_glob(|trail| self.lookup(*target, name, space, trail));
                }
                trail.within_glob(|trail| {
                    trail.visit(*target, name, Asked::FromOutside(space), |trail| {
                        self.lookup_step(*target, name, space, true, trail)
                    })
                })
            }
            Target::Module(target) => trail.within_glob(|trail| self.exported(*target, name, space, trail)),
            Target::Path(path) => match self.path_in(module, FuncId::MODULE, path, Space::Type, trail)? {
                Symbol::External(_) => None,
                of => self.member_in(of, name, space, trail),
            },
            Target::Folder(_) | Target::External(_) => None,
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
                // In search of a name through globs, an import that leads nowhere in the project does not end the search.
                let inside = path
                    .first()
                    .is_some_and(|first| matches!(first.as_str(), "crate" | "self" | "super"));
                let missed = inside && trail.globs > 0;
                found.or_else(|| (!missed).then(|| Symbol::External(joined(path))))
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
                            let missed = trail.globs > 0 || self.is_python_cycle(module, *target, name);
                            (!missed).then_some(outside)
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
