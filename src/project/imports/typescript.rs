//! TypeScript and JavaScript specifiers.

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::project::ModuleId;
use crate::project::manifests::{Manifests, Mapping, Package};
use crate::project::paths::{dir_of, join, shared, under, upward};

const EXTENSIONS: [&str; 9] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts"];

/// Folders that hold what a build made of `src`.
const BUILT: [&str; 13] = [
    "dist", "build", "lib", "out", "esm", "cjs", "es", "types", "node", "_esm", "_cjs", "output", "src",
];

/// How deep conditions in `exports` may nest.
const EXPORTS_DEPTH: usize = 8;

/// The files that specifiers can name.
#[derive(Debug, Default)]
pub(in crate::project) struct Files {
    by_path: FxHashMap<String, ModuleId>,
}

impl Files {
    /// Adds a file.
    pub(in crate::project) fn add(&mut self, path: &str, module: ModuleId) {
        self.by_path.entry(path.to_owned()).or_insert(module);
    }

    /// The module that `specifier` names in the file `importer`.
    pub(in crate::project) fn resolve(
        &self,
        manifests: &Manifests,
        importer: &str,
        specifier: &str,
    ) -> Option<ModuleId> {
        let specifier = specifier.split_once('?').map_or(specifier, |(path, _)| path);
        let dir = dir_of(importer);
        if specifier == "." || specifier == ".." || specifier.starts_with("./") || specifier.starts_with("../") {
            return self.file(manifests, &join(dir, specifier)?, 0);
        }
        if specifier.is_empty() || specifier.starts_with('/') || specifier.contains(':') {
            return None;
        }
        for above in upward(dir) {
            for mapping in manifests.mappings.get(above).into_iter().flatten() {
                if let Some(found) = self.mapped(manifests, mapping, specifier) {
                    return Some(found);
                }
            }
        }
        if specifier.starts_with('#') {
            let (above, package) = upward(dir).find_map(|above| Some((above, manifests.packages.get(above)?)))?;
            return self.conditional(manifests, above, &package.imports, specifier);
        }
        let (name, subpath) = package_name(specifier);
        let dirs = manifests.package_dirs.get(name)?;
        let nearest = dirs.iter().max_by(|left, right| {
            (shared(left, dir).cmp(&shared(right, dir))).then_with(|| right.len().cmp(&left.len()))
        })?;
        self.package(manifests, nearest, manifests.packages.get(nearest)?, subpath)
    }

    fn mapped(&self, manifests: &Manifests, mapping: &Mapping, specifier: &str) -> Option<ModuleId> {
        for (pattern, targets) in &mapping.paths {
            let Some(rest) = matched(pattern, specifier) else {
                continue;
            };
            for target in targets {
                if let Some(found) = self.source(manifests, "", &target.replacen('*', rest, 1)) {
                    return Some(found);
                }
            }
        }
        let base = mapping.base_url.as_ref()?;
        self.file(manifests, &join(base, specifier)?, 0)
    }

    fn package(&self, manifests: &Manifests, dir: &str, package: &Package, subpath: &str) -> Option<ModuleId> {
        let key = if subpath.is_empty() {
            ".".to_owned()
        } else {
            format!("./{subpath}")
        };
        if let Some(found) = self.conditional(manifests, dir, &package.exports, &key) {
            return Some(found);
        }
        if !subpath.is_empty() {
            let places = [subpath.to_owned(), format!("src/{subpath}")];
            return places.iter().find_map(|place| self.source(manifests, dir, place));
        }
        let own = package.entries.iter().map(String::as_str);
        own.chain(["src/index", "index", "src/main", "lib/index"])
            .find_map(|entry| self.source(manifests, dir, entry))
    }

    /// What a key of `exports` or `imports` leads to.
    fn conditional(&self, manifests: &Manifests, dir: &str, table: &Value, key: &str) -> Option<ModuleId> {
        let conditions =
            |entries: &serde_json::Map<String, Value>| entries.keys().any(|key| key.starts_with(['.', '#']));
        match table {
            Value::Object(entries) if conditions(entries) => {
                if let Some(value) = entries.get(key) {
                    return self.leaves(manifests, dir, value, "", 0);
                }
                entries.iter().find_map(|(pattern, value)| {
                    let rest = matched(pattern, key).filter(|_| pattern.contains('*'))?;
                    self.leaves(manifests, dir, value, rest, 0)
                })
            }
            value if key == "." => self.leaves(manifests, dir, value, "", 0),
            _ => None,
        }
    }

    fn leaves(&self, manifests: &Manifests, dir: &str, value: &Value, rest: &str, depth: usize) -> Option<ModuleId> {
        if depth > EXPORTS_DEPTH {
            return None;
        }
        match value {
            Value::String(path) => self.source(manifests, dir, &path.replace('*', rest)),
            Value::Array(all) => all
                .iter()
                .find_map(|one| self.leaves(manifests, dir, one, rest, depth + 1)),
            Value::Object(all) => all
                .values()
                .find_map(|one| self.leaves(manifests, dir, one, rest, depth + 1)),
            _ => None,
        }
    }

    /// A path that a manifest names: the file, or the source that a build makes it from.
    fn source(&self, manifests: &Manifests, dir: &str, path: &str) -> Option<ModuleId> {
        let at = join(dir, path)?;
        if let Some(found) = self.file(manifests, &at, 1) {
            return Some(found);
        }
        let local = at.strip_prefix(dir).unwrap_or(&at).trim_start_matches('/');
        let (mut prefix, mut rest) = (String::new(), local);
        // `packages/a/dist/x.js` from a path mapping: the built folder need not come first.
        while let Some((first, after)) = rest.split_once('/') {
            if BUILT.contains(&first) {
                let mut inner = after;
                loop {
                    for source in ["src/", ""] {
                        let candidate = under(dir, &format!("{prefix}{source}{inner}"));
                        if let Some(found) = self.file(manifests, &candidate, 1) {
                            return Some(found);
                        }
                    }
                    match inner.split_once('/') {
                        Some((folder, deeper)) if BUILT.contains(&folder) => inner = deeper,
                        _ => break,
                    }
                }
            }
            prefix.push_str(first);
            prefix.push('/');
            rest = after;
        }
        None
    }

    /// The file at a path, its extension or `index` left out or written as the compiled one's.
    fn file(&self, manifests: &Manifests, path: &str, depth: usize) -> Option<ModuleId> {
        let get = |path: &str| self.by_path.get(path).copied();
        if let Some((stem, replaced)) = compiled(path)
            && let Some(found) = replaced.iter().find_map(|extension| get(&format!("{stem}{extension}")))
        {
            return Some(found);
        }
        if let Some(found) = get(path) {
            return Some(found);
        }
        if let Some(found) = EXTENSIONS
            .iter()
            .find_map(|extension| get(&format!("{path}{extension}")))
        {
            return Some(found);
        }
        if depth == 0
            && let Some(package) = manifests.packages.get(path)
            && let Some(found) = package
                .entries
                .iter()
                .find_map(|entry| self.source(manifests, path, entry))
        {
            return Some(found);
        }
        let index = under(path, "index");
        EXTENSIONS
            .iter()
            .find_map(|extension| get(&format!("{index}{extension}")))
    }
}

/// The extensions of the sources that a compiled file may come from.
fn compiled(path: &str) -> Option<(&str, &'static [&'static str])> {
    const FORMS: [(&str, &[&str]); 5] = [
        (".d.ts", &[".ts", ".tsx"]),
        (".js", &[".ts", ".tsx"]),
        (".jsx", &[".tsx"]),
        (".mjs", &[".mts", ".ts"]),
        (".cjs", &[".cts", ".ts"]),
    ];
    FORMS
        .iter()
        .find_map(|(extension, sources)| Some((path.strip_suffix(extension)?, *sources)))
}

/// What `*` stands for when `text` has the form of `pattern`.
fn matched<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    match pattern.split_once('*') {
        None => (pattern == text).then_some(""),
        Some((before, after)) => text.strip_prefix(before)?.strip_suffix(after),
    }
}

/// A package's name and the path inside it.
fn package_name(specifier: &str) -> (&str, &str) {
    let slashes = if specifier.starts_with('@') { 1 } else { 0 };
    match specifier.match_indices('/').nth(slashes) {
        Some((at, _)) => (
            specifier.get(..at).unwrap_or(specifier),
            specifier.get(at + 1..).unwrap_or(""),
        ),
        None => (specifier, ""),
    }
}
