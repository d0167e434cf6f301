//! Rust crates and their module trees.

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{Language, Module, Name};
use crate::project::ModuleId;
use crate::project::manifests::{Cargo, Manifests};
use crate::project::paths::{base_of, dir_of, join, shared, under, upward};

/// Where each Rust module stands.
#[derive(Debug, Default)]
pub(in crate::project) struct Crates {
    /// The crate root of each module that stands in a tree.
    root: FxHashMap<ModuleId, ModuleId>,
    parent: FxHashMap<ModuleId, ModuleId>,
    children: FxHashMap<(ModuleId, Name), ModuleId>,
    /// The libraries by name, with their folders.
    libraries: FxHashMap<Name, Vec<(String, ModuleId)>>,
    /// The manifest of each folder that has one.
    manifests: FxHashMap<String, Dependencies>,
}

#[derive(Debug)]
struct Dependencies {
    own: Option<(Name, ModuleId)>,
    names: FxHashMap<String, String>,
}

impl Crates {
    /// Builds the module trees.
    pub(in crate::project) fn new(modules: &[Module], paths: &[String], manifests: &Manifests) -> Self {
        let mut by_path: FxHashMap<&str, ModuleId> = FxHashMap::default();
        for (index, (module, path)) in modules.iter().zip(paths).enumerate() {
            if module.language == Language::Rust {
                by_path.insert(path, ModuleId(u32::try_from(index).unwrap_or(u32::MAX)));
            }
        }
        let mut all = Self::default();
        if by_path.is_empty() {
            return all;
        }
        let mut roots: Vec<ModuleId> = Vec::new();
        for (dir, cargo) in &manifests.cargo {
            all.add_package(dir, cargo, &by_path, &mut roots);
        }
        // What Cargo finds by itself, and crates whose manifest was not read; libraries first, as a file that both
        // `lib.rs` and `main.rs` declare belongs to the library.
        let mut found: Vec<(&str, ModuleId)> = by_path.iter().map(|(path, module)| (*path, *module)).collect();
        found.sort();
        for wanted in ["lib.rs", "main.rs"] {
            roots.extend(
                found
                    .iter()
                    .filter(|(path, _)| base_of(path) == wanted)
                    .map(|(_, module)| *module),
            );
        }
        for (path, module) in &found {
            let dir = dir_of(path);
            let inside = base_of(dir);
            if base_of(path) == "build.rs" || (inside == "bin" && base_of(dir_of(dir)) == "src") {
                roots.push(*module);
            }
        }
        for root in roots {
            all.plant(root, modules, paths, &by_path);
        }
        for (path, module) in &found {
            let above = dir_of(dir_of(path));
            if matches!(base_of(dir_of(path)), "examples" | "tests" | "benches")
                && manifests.cargo.iter().any(|(dir, _)| dir == above)
            {
                all.plant(*module, modules, paths, &by_path);
            }
        }
        all
    }

    fn add_package(
        &mut self,
        dir: &str,
        cargo: &Cargo,
        by_path: &FxHashMap<&str, ModuleId>,
        roots: &mut Vec<ModuleId>,
    ) {
        let path = cargo.lib_path.clone().unwrap_or_else(|| under(dir, "src/lib.rs"));
        let library = by_path.get(path.as_str()).copied();
        let mut own = None;
        if let Some(module) = library {
            roots.push(module);
            let name = Name::new(&cargo.lib_name);
            own = Some((name, module));
            let mut names = vec![name, Name::new(&cargo.package)];
            names.dedup();
            for name in names.into_iter().filter(|name| !name.is_empty()) {
                self.libraries.entry(name).or_default().push((dir.to_owned(), module));
            }
        }
        roots.extend(
            cargo
                .roots
                .iter()
                .filter_map(|path| by_path.get(path.as_str()).copied()),
        );
        let names = cargo.dependencies.clone();
        self.manifests.insert(dir.to_owned(), Dependencies { own, names });
    }

    /// Follows `mod` declarations from a crate root.
    fn plant(&mut self, root: ModuleId, modules: &[Module], paths: &[String], by_path: &FxHashMap<&str, ModuleId>) {
        let mut seen: FxHashSet<ModuleId> = FxHashSet::default();
        let mut open = vec![root];
        if self.root.contains_key(&root) {
            return;
        }
        self.root.insert(root, root);
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            let (Some(module), Some(path)) = (modules.get(at.0 as usize), paths.get(at.0 as usize)) else {
                continue;
            };
            let dir = dir_of(path);
            let stem = base_of(path).trim_end_matches(".rs");
            let owns = at == root || matches!(stem, "mod" | "lib" | "main");
            let home = if owns { dir.to_owned() } else { under(dir, stem) };
            for (name, explicit, _) in &module.submodules {
                // `a::b` is declared inside the inline module `a`, whose name is a folder then.
                let name_text = name.replace("r#", "").replace("::", "/");
                let name = Name::new(name.rsplit("::").next().unwrap_or(name));
                let mut places = Vec::new();
                if let Some(explicit) = explicit {
                    places.extend(join(dir, explicit));
                    places.extend(join(&home, explicit));
                }
                for base in [home.as_str(), dir] {
                    places.push(under(base, &format!("{name_text}.rs")));
                    places.push(under(base, &format!("{name_text}/mod.rs")));
                }
                let found = places.iter().find_map(|place| by_path.get(place.as_str()).copied());
                let Some(child) = found.filter(|child| *child != at) else {
                    continue;
                };
                self.children.entry((at, name)).or_insert(child);
                if let Entry::Vacant(free) = self.root.entry(child) {
                    free.insert(root);
                    self.parent.insert(child, at);
                    open.push(child);
                }
            }
        }
    }

    /// The root of the crate that a module belongs to.
    pub(in crate::project) fn root(&self, module: ModuleId, path: &str) -> ModuleId {
        if let Some(root) = self.root.get(&module) {
            return *root;
        }
        self.manifest(path)
            .and_then(|manifest| manifest.own)
            .map_or(module, |(_, root)| root)
    }

    /// The module that declares this one.
    pub(in crate::project) fn parent(&self, module: ModuleId) -> Option<ModuleId> {
        self.parent.get(&module).copied()
    }

    /// Whether `module` is `other` or stands somewhere below it.
    pub(in crate::project) fn is_inside(&self, module: ModuleId, other: ModuleId) -> bool {
        std::iter::successors(Some(module), |at| self.parent(*at))
            .take(64)
            .any(|at| at == other)
    }

    /// The file module that `mod name;` in `module` declares.
    pub(in crate::project) fn child(&self, module: ModuleId, name: Name) -> Option<ModuleId> {
        self.children.get(&(module, name)).copied()
    }

    /// The root of the crate of the project that `name` means in the file at `path`.
    pub(in crate::project) fn extern_crate(&self, path: &str, name: Name) -> Option<ModuleId> {
        let mut wanted = name;
        if let Some(manifest) = self.manifest(path) {
            if let Some((_, root)) = manifest.own.filter(|(own, _)| *own == name) {
                return Some(root);
            }
            if let Some(package) = manifest.names.get(name.as_str()) {
                wanted = Name::new(package);
            }
        }
        let found = self.libraries.get(&wanted)?;
        let nearest = found.iter().max_by(|(left, _), (right, _)| {
            shared(left, path)
                .cmp(&shared(right, path))
                .then_with(|| right.cmp(left))
        });
        nearest.map(|(_, module)| *module)
    }

    /// The name of the library of the package in which the file at `path` stands.
    pub(in crate::project) fn library(&self, path: &str) -> Option<Name> {
        self.manifest(path)?.own.map(|(name, _)| name)
    }

    /// Whether the package of the file at `path` surely has no crate `name` to refer to.
    pub(in crate::project) fn is_no_crate(&self, path: &str, name: Name) -> bool {
        !matches!(name.as_str(), "std" | "core" | "alloc" | "proc_macro" | "test")
            && self
                .manifest(path)
                .is_some_and(|manifest| !manifest.names.contains_key(name.as_str()))
    }

    fn manifest(&self, path: &str) -> Option<&Dependencies> {
        if self.manifests.is_empty() {
            return None;
        }
        upward(dir_of(path)).find_map(|dir| self.manifests.get(dir))
    }
}
