//! Modules joined: imports, names, classes and types across files.
//!
//! Answers by name and declaration alone; what a variable holds at run time is the business of `flow`.

mod builtins;
mod classes;
mod constants;
mod exports;
mod expressions;
mod imports;
mod join;
mod locks;
mod manifests;
mod paths;
mod sdk;
mod steps;
mod symbols;
mod table;
#[cfg(test)]
mod tests;
mod ty;
mod types;
mod versions;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use ty::Ty;
pub use versions::{Age, Told};

use crate::ir::{ClassId, ExprId, ExprKind, FieldDecl, FuncId, Language, Module, Name, ParamKind, TypeId};
use crate::workspace::FileId;
use symbols::{Space, Trail, joined};

/// Index of a lowered module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModuleId(pub u32);

/// A function of some module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FuncRef {
    /// Its module.
    pub module: ModuleId,
    /// Which function there.
    pub func: FuncId,
}

/// A class of some module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClassRef {
    /// Its module.
    pub module: ModuleId,
    /// Which class there.
    pub class: ClassId,
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Symbol {
    /// A function of the project.
    Function(FuncRef),
    /// A class of the project.
    Class(ClassRef),
    /// A variant of an enum of the project.
    Variant(ClassRef, Name),
    /// A module of the project, as a namespace.
    Module(ModuleId),
    /// A module-level variable of the project.
    Variable(ModuleId, Name),
    /// Something outside the project, by its qualified name in the language's own spelling: `child_process.exec` (a leading
    /// `node:` is dropped), `@modelcontextprotocol/sdk/server/mcp.js.McpServer`, `subprocess.run`, `std::process::Command::new`; a
    /// global or builtin by its bare name (`fetch`, `open`).
    External(Name),
}

/// All modules of a run and what joins them.
#[derive(Debug)]
pub struct Project {
    modules: Vec<Module>,
    /// Each module's path relative to the root.
    paths: Vec<String>,
    /// Each module's package, by number.
    packages: Vec<u32>,
    tables: Vec<table::Table>,
    /// Where each module's imports lead.
    targets: Vec<Vec<imports::Target>>,
    by_file: FxHashMap<FileId, ModuleId>,
    /// The major versions of dependencies, by the folder of the manifest.
    majors: FxHashMap<String, FxHashMap<String, u32>>,
    python: imports::python::Files,
    crates: imports::rust::Crates,
    classes: classes::Classes,
    versions: versions::Versions,
}

impl Project {
    /// Joins modules. `manifests` are the texts of the files that steer resolution (`package.json`, `tsconfig*.json`,
    /// `pyproject.toml`, `Cargo.toml`) by path relative to the root; `paths` gives each module's path relative to the root.
    pub fn new(modules: Vec<Module>, paths: &[String], manifests: &[(String, String)]) -> Self {
        Self::join(modules, paths, manifests)
    }

    /// All modules, in the order of their files.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules
            .iter()
            .enumerate()
            .map(|(index, module)| (ModuleId(u32::try_from(index).unwrap_or(u32::MAX)), module))
    }

    /// One module.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// The package of a module: modules below the same nearest manifest have the same number.
    pub fn package(&self, module: ModuleId) -> u32 {
        self.packages.get(module.0 as usize).copied().unwrap_or(0)
    }

    /// The modules of the project that a module takes something from, sorted.
    pub fn dependencies(&self, module: ModuleId) -> Vec<ModuleId> {
        let (Some(ir), Some(targets)) = (self.ir(module), self.targets.get(module.0 as usize)) else {
            return Vec::new();
        };
        let mut found: Vec<ModuleId> = Vec::new();
        for (import, target) in ir.imports.iter().zip(targets) {
            if let imports::Target::Module(id) = target {
                found.push(*id);
            }
            if import.local.is_empty() {
                continue;
            }
            match self.resolve_name(module, import.scope, import.local) {
                Symbol::Function(func) => found.push(func.module),
                Symbol::Class(class) | Symbol::Variant(class, _) => found.push(class.module),
                Symbol::Module(id) | Symbol::Variable(id, _) => found.push(id),
                Symbol::External(_) => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|id| *id != module);
        found
    }

    /// The module of the project that a request for `specifier` in a module loads: `require("./x")`, `import("./x")`.
    pub fn requested(&self, module: ModuleId, specifier: Name) -> Option<ModuleId> {
        let imports = &self.ir(module)?.imports;
        let targets = self.targets.get(module.0 as usize)?;
        imports.iter().zip(targets).find_map(|(import, target)| match target {
            imports::Target::Module(id) if import.source == specifier => Some(*id),
            _ => None,
        })
    }

    /// The major version of a package that a lock file settles on, else that in which the nearest `package.json` that names it asks for it.
    pub fn major_of(&self, module: ModuleId, package: &str) -> Option<u32> {
        let language = self.module(module).language;
        if let Some(major) = self.versions.major(self.path(module), language, package) {
            return Some(major);
        }
        paths::upward(paths::dir_of(self.path(module)))
            .find_map(|dir| self.majors.get(dir).and_then(|majors| majors.get(package)))
            .copied()
    }

    /// The name under which other packages know a function of this one: `crate::Type.method`, `crate::Type::new`, `package.Class.method`,
    /// `package.function`; the modules in between are left out, as what others use is exported further up. Rust and Python only.
    pub fn published(&self, func: FuncRef) -> Option<Name> {
        let module = self.ir(func.module)?;
        let path = self.path(func.module);
        let (library, separator) = match module.language {
            Language::Rust => (self.crates.library(path)?.as_str(), "::"),
            Language::Python => (self.python.library(path)?, "."),
            Language::TypeScript => return None,
        };
        let function = module.function(func.func);
        let name = function.name?;
        let Some(class) = self.class_of(func) else {
            return Some(Name::new(&format!("{library}{separator}{name}")));
        };
        let class = self.ir(class.module)?.class(class.class).name?;
        let is_method = function
            .params
            .first()
            .is_some_and(|param| param.kind == ParamKind::Receiver);
        let between = if is_method { "." } else { separator };
        Some(Name::new(&format!("{library}{separator}{class}{between}{name}")))
    }

    /// Reads off lock files, which are given by path relative to the root (those above it start with `../`), the versions of these packages.
    pub fn read_locks(&mut self, locks: &[(String, Arc<[u8]>)], packages: &[&str]) {
        self.versions.lock(locks, packages);
    }

    /// How the version of a package that a module is given stands to the one since which something holds. The nearest lock file decides, else
    /// the nearest manifest.
    pub fn age(&self, module: ModuleId, package: &str, since: (u32, u32, u32)) -> Age {
        let language = self.module(module).language;
        self.versions.age(self.path(module), language, package, since)
    }

    /// The module lowered from a file.
    pub fn module_of(&self, file: FileId) -> Option<ModuleId> {
        self.by_file.get(&file).copied()
    }

    /// The path of a module relative to the root.
    pub fn path(&self, module: ModuleId) -> &str {
        self.paths.get(module.0 as usize).map_or("", String::as_str)
    }

    fn ir(&self, module: ModuleId) -> Option<&Module> {
        self.modules.get(module.0 as usize)
    }

    fn table(&self, module: ModuleId) -> Option<&table::Table> {
        self.tables.get(module.0 as usize)
    }

    /// What `name` stands for inside function `scope` when it is no local variable or parameter: nested functions and
    /// classes of the enclosing functions (also ones declared further down), function-local imports, the module's own
    /// functions, classes and variables, its imports (followed through re-exports to the definition), glob imports; else
    /// [`Symbol::External`] with the bare name. An import of something outside the project gives its qualified name.
    pub fn resolve_name(&self, module: ModuleId, scope: FuncId, name: Name) -> Symbol {
        let own = (name == "Self" && self.ir(module).is_some_and(|ir| ir.language == Language::Rust))
            .then(|| self.self_type(module, scope))
            .flatten();
        let found = own.or_else(|| self.name_in(module, scope, name, Space::Value, &mut Trail::default()));
        found.unwrap_or_else(|| self.unknown(module, name))
    }

    /// What a Rust path of two or more segments stands for (`Self::f`, `crate::a::f`, `super::f`, `Type::method`, `Enum::Variant`,
    /// `fs::read` through a `use`); outside the project its qualified name through the file's `use` declarations.
    pub fn resolve_path(&self, module: ModuleId, scope: FuncId, path: &[Name]) -> Symbol {
        let found = self.path_in(module, scope, path, Space::Value, &mut Trail::default());
        found.unwrap_or_else(|| Symbol::External(joined(path)))
    }

    /// A member of a symbol: an export of a module, a static method, class attribute or variant of a class (`None` when it has no such
    /// member), `External` with the name appended (`.` or, in Rust, `::`). `None` for variables and functions.
    pub fn member(&self, of: Symbol, name: Name) -> Option<Symbol> {
        self.member_in(of, name, Space::Value, &mut Trail::default())
    }

    /// What an expression made of names, paths and fields alone stands for, without looking at values.
    /// `None` for everything else, also when the first name is a local or parameter of `scope` or an enclosing function.
    pub fn resolve_expr(&self, module: ModuleId, scope: FuncId, expr: ExprId) -> Option<Symbol> {
        match self.ir(module)?.exprs.get(expr.0 as usize)?.kind {
            ExprKind::Lambda(_) => None,
            _ => self.expression(module, scope, expr, &mut Trail::default()),
        }
    }

    /// A method of a class by name: its own (Rust: any `impl` block of the type), then its bases', then trait defaults.
    pub fn method(&self, class: ClassRef, name: Name) -> Option<FuncRef> {
        self.find_method(class, name)
    }

    /// Methods with this name in all classes that derive from `class` or implement the trait or interface `class`, itself included, sorted.
    pub fn overrides(&self, class: ClassRef, name: Name) -> Vec<FuncRef> {
        self.find_overrides(class, name)
    }

    /// All methods of that name in modules of that language, sorted; tests excluded.
    pub fn methods_named(&self, language: Language, name: Name) -> &[FuncRef] {
        self.find_methods_named(language, name)
    }

    /// The constructor of a class, its own or inherited.
    pub fn constructor(&self, class: ClassRef) -> Option<FuncRef> {
        self.find_constructor(class)
    }

    /// The class whose method a function is (Rust: the `impl` block's type when it is of the project).
    pub fn class_of(&self, func: FuncRef) -> Option<ClassRef> {
        let module = func.module;
        if let Some(class) = self.ir(module)?.functions.get(func.func.0 as usize)?.class {
            return Some(ClassRef { module, class });
        }
        match self.impl_of(func)?.target? {
            Symbol::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The trait that a Rust method implements, as a qualified name (`rmcp::ServerHandler`) or the project's trait.
    pub fn trait_of(&self, func: FuncRef) -> Option<Symbol> {
        self.impl_of(func)?.of_trait
    }

    /// The base classes of a class, resolved (traits that a Rust type implements included).
    pub fn bases(&self, class: ClassRef) -> Vec<Symbol> {
        self.direct_bases(class).to_vec()
    }

    /// The classes that name `class` as a base, directly.
    pub fn subclasses(&self, class: ClassRef) -> &[ClassRef] {
        self.direct_subclasses(class)
    }

    /// A field of a class by name, own or inherited, with the class that declares it.
    pub fn field(&self, class: ClassRef, name: Name) -> Option<(ClassRef, &FieldDecl)> {
        self.find_field(class, name)
    }

    /// What a type expression means.
    pub fn type_of(&self, module: ModuleId, scope: FuncId, ty: TypeId) -> Ty {
        self.meaning(module, scope, ty)
    }

    /// The module-level statement value of a variable when it is assigned exactly once at top level: its expression.
    pub fn variable(&self, module: ModuleId, name: Name) -> Option<ExprId> {
        self.variable_value(module, name)
    }

    /// The text of an expression that is a string constant by declaration: a literal, a constant variable, an enum member with a
    /// literal value, a concatenation of such.
    pub fn constant_text(&self, module: ModuleId, scope: FuncId, expr: ExprId) -> Option<Name> {
        self.text_of(module, scope, expr, &mut Trail::default())
    }
}
