//! The joints: modules by path and the target of each import.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::classes::Classes;
use super::imports::Target;
use super::imports::python::{Files as PythonFiles, Found, is_known_outside};
use super::imports::rust::Crates;
use super::imports::typescript::Files as TypeScriptFiles;
use super::manifests::Manifests;
use super::symbols::{Space, Trail, beneath, joined};
use super::table::Table;
use super::versions::Versions;
use super::{ModuleId, Project, Symbol, paths};
use crate::ir::{FuncId, Import, Imported, Language, Module, Name};

impl Project {
    pub(super) fn join(modules: Vec<Module>, given: &[String], manifests: &[(String, String)]) -> Self {
        let paths: Vec<String> = (0..modules.len())
            .map(|index| given.get(index).map(|path| paths::normal(path)).unwrap_or_default())
            .collect();
        let packages = packages(&paths, manifests);
        let versions = Versions::read(manifests);
        let manifests = Manifests::read(manifests);
        let mut typescript = TypeScriptFiles::default();
        let mut python = Vec::new();
        let mut by_file = FxHashMap::default();
        for (index, (module, path)) in modules.iter().zip(&paths).enumerate() {
            let id = ModuleId(u32::try_from(index).unwrap_or(u32::MAX));
            by_file.insert(module.file, id);
            match module.language {
                Language::TypeScript => typescript.add(path, id),
                Language::Python => python.push((path.as_str(), id)),
                Language::Rust => {}
            }
        }
        let python = PythonFiles::new(&python, &manifests.python_roots);
        let crates = Crates::new(&modules, &paths, &manifests);
        let tables: Vec<Table> = modules.par_iter().map(Table::new).collect();
        let targets: Vec<Vec<Target>> = modules
            .par_iter()
            .zip(&paths)
            .map(|(module, path)| {
                let target = |import: &Import| match module.language {
                    Language::TypeScript => match typescript.resolve(&manifests, path, &import.source) {
                        Some(found) => Target::Module(found),
                        None => Target::External(outside_typescript(import)),
                    },
                    Language::Python => python_target(&python, &tables, path, import),
                    Language::Rust => Target::Path(rust_path(module, import)),
                };
                module.imports.iter().map(target).collect()
            })
            .collect();
        let majors = manifests
            .packages
            .into_iter()
            .filter(|(_, package)| !package.majors.is_empty())
            .map(|(dir, package)| (dir, package.majors))
            .collect();
        let mut project = Self {
            majors,
            modules,
            paths,
            packages,
            tables,
            targets,
            by_file,
            versions,
            python,
            crates,
            classes: Classes::default(),
        };
        project.targets = project.with_globs_followed();
        project.classes = Classes::new(&project);
        project
    }

    /// The targets with each Rust glob followed to the module it opens, as nearly every name is asked of all globs.
    fn with_globs_followed(&self) -> Vec<Vec<Target>> {
        let follow = |(index, targets): (usize, &Vec<Target>)| {
            let module = ModuleId(u32::try_from(index).unwrap_or(u32::MAX));
            let one = |(import, target): (&Import, &Target)| match target {
                Target::Path(path) if import.imported == Imported::Glob => {
                    match self.path_in(module, import.scope, path, Space::Type, &mut Trail::default()) {
                        Some(Symbol::Module(found)) => Target::Module(found),
                        Some(Symbol::External(name)) => Target::External(name),
                        Some(_) => target.clone(),
                        None => Target::External(joined(path)),
                    }
                }
                _ => target.clone(),
            };
            match self.ir(module) {
                Some(ir) if ir.language == Language::Rust => ir.imports.iter().zip(targets).map(one).collect(),
                _ => targets.clone(),
            }
        };
        self.targets.par_iter().enumerate().map(follow).collect()
    }
}

/// The number of each path's package: that of the nearest folder above it with a package's manifest, 0 when there is none.
fn packages(of: &[String], manifests: &[(String, String)]) -> Vec<u32> {
    let mut dirs: Vec<&str> = manifests
        .iter()
        .filter(|(path, _)| {
            matches!(
                paths::base_of(path),
                "package.json" | "pyproject.toml" | "Cargo.toml" | "setup.py"
            )
        })
        .map(|(path, _)| paths::dir_of(path))
        .collect();
    dirs.sort_unstable();
    dirs.dedup();
    let number = |dir: &str| {
        dirs.binary_search(&dir)
            .ok()
            .and_then(|index| u32::try_from(index + 1).ok())
    };
    of.iter()
        .map(|path| paths::upward(paths::dir_of(path)).find_map(number).unwrap_or(0))
        .collect()
}

fn outside_typescript(import: &Import) -> Name {
    let source = import.source.strip_prefix("node:").unwrap_or(&import.source);
    match import.imported {
        Imported::Named(name) if name != "default" => Name::new(&format!("{source}.{name}")),
        _ => Name::new(source),
    }
}

fn python_target(files: &PythonFiles, tables: &[Table], path: &str, import: &Import) -> Target {
    let source = import.source.as_str();
    // The front end may write `import a.b` as local `a` from `a.b`: what is bound is `a`.
    let source = match source.split_once('.') {
        Some((first, _)) if import.imported == Imported::Namespace && import.local == first => first,
        _ => source,
    };
    let found = if source.starts_with('.') {
        files.relative(path, source)
    } else {
        files.absolute(path, source)
    };
    match found {
        Some(Found::Module(module)) if !is_disguised(files, tables, path, module, source, import) => {
            Target::Module(module)
        }
        Some(Found::Folder(folder)) if has_inside(files, &folder, import) => Target::Folder(Name::new(&folder)),
        _ => Target::External(match import.imported {
            Imported::Named(name) => beneath(Name::new(source), name),
            _ => Name::new(source),
        }),
    }
}

/// Whether a file only has the name of something installed: it lacks what is taken from it.
fn is_disguised(
    files: &PythonFiles,
    tables: &[Table],
    importer: &str,
    module: ModuleId,
    source: &str,
    import: &Import,
) -> bool {
    let first = source.split('.').next().unwrap_or(source);
    if source.starts_with('.') || !is_known_outside(first) {
        return false;
    }
    let Some(table) = tables.get(module.0 as usize) else {
        return false;
    };
    match import.imported {
        Imported::Named(name) => {
            let declared =
                table.values.contains_key(&name) || table.imports.contains_key(&name) || !table.globs.is_empty();
            !declared && files.absolute(importer, &format!("{source}.{name}")).is_none()
        }
        // Whole modules of the standard library are not replaced by files beside the importer.
        _ => !source.contains('.') && !matches!(first, "mcp" | "fastmcp"),
    }
}

fn has_inside(files: &PythonFiles, folder: &str, import: &Import) -> bool {
    match import.imported {
        Imported::Named(name) => files.inside(folder, &name).is_some(),
        _ => false,
    }
}

fn rust_path(module: &Module, import: &Import) -> Box<[Name]> {
    let mut path: Vec<Name> = Vec::new();
    if !import.source.is_empty() {
        for (index, part) in import.source.split("::").enumerate() {
            // A leading `::` stays as an empty first segment: the path starts at the crates.
            if index == 0 || !part.is_empty() {
                path.push(Name::new(part.trim()));
            }
        }
    }
    if path.first().is_some_and(|first| first == "super") {
        // `super` of an inline module is this very file.
        let depth = inline_depth(module, import);
        let drop = path.iter().take(depth).take_while(|name| *name == "super").count();
        if drop > 0 {
            path.drain(..drop);
            if path.first().is_none_or(|first| first != "super") {
                path.insert(0, Name::new("self"));
            }
        }
    }
    if let Imported::Named(name) = import.imported
        && name != "self"
    {
        path.push(name);
    }
    path.into()
}

/// How many inline modules stand around an import, told by what follows it: imports come first in their module.
fn inline_depth(module: &Module, import: &Import) -> usize {
    let after = import.span.start;
    if let Some(around) = module
        .functions
        .get(import.scope.0 as usize)
        .filter(|_| import.scope != FuncId::MODULE)
    {
        return around.module_path.len();
    }
    let functions = module
        .functions
        .iter()
        .skip(1)
        .filter(|function| function.parent == Some(FuncId::MODULE));
    let functions = functions.map(|function| (function.span.start, function.module_path.len()));
    let impls = module
        .impls
        .iter()
        .map(|block| (block.span.start, block.module_path.len()));
    // A type does not say in which module it stands; one that is no test's is taken for the file's.
    let classes = module
        .classes
        .iter()
        .filter(|class| !class.is_test)
        .map(|class| (class.span.start, 0));
    let next = functions
        .chain(impls)
        .chain(classes)
        .filter(|(start, _)| *start > after)
        .min();
    next.map_or(0, |(_, depth)| depth)
}
