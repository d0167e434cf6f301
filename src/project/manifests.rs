//! The files that steer resolution, read as far as resolution needs them.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::paths::{base_of, dir_of, join, normal};

/// All manifests of the project.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    /// The `package.json` of each folder.
    pub(super) packages: FxHashMap<String, Package>,
    /// The folders of the packages of each name, sorted.
    pub(super) package_dirs: FxHashMap<String, Vec<String>>,
    /// The path mappings of each folder's `tsconfig.json`.
    pub(super) mappings: FxHashMap<String, Vec<Mapping>>,
    /// Folders with a `pyproject.toml`, sorted.
    pub(super) python_roots: Vec<String>,
    /// The `Cargo.toml` of each folder, sorted.
    pub(super) cargo: Vec<(String, Cargo)>,
}

/// A `package.json`.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: String,
    /// `exports`.
    pub(super) exports: Value,
    /// `imports`.
    pub(super) imports: Value,
    /// `source`, `module`, `main`, `types` in this order.
    pub(super) entries: Vec<String>,
    /// The major version that each dependency is asked for in, where it says one.
    pub(super) majors: FxHashMap<String, u32>,
}

/// `baseUrl` and `paths` of one `tsconfig.json`.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    /// The folder that bare names are relative to.
    pub(super) base_url: Option<String>,
    /// Patterns and the paths (from the root) they stand for.
    pub(super) paths: Vec<(String, Vec<String>)>,
}

/// A `Cargo.toml`.
#[derive(Debug, Default)]
pub(super) struct Cargo {
    /// The package's name as an identifier; empty for a virtual workspace.
    pub(super) package: String,
    /// The library's name as an identifier.
    pub(super) lib_name: String,
    /// The library's root, from the project's root.
    pub(super) lib_path: Option<String>,
    /// The roots of binaries, examples and tests that have a `path`.
    pub(super) roots: Vec<String>,
    /// The name in the source and the package of each dependency.
    pub(super) dependencies: FxHashMap<String, String>,
}

impl Manifests {
    /// Reads what it can; a broken manifest is as good as none.
    pub(super) fn read(texts: &[(String, String)]) -> Self {
        let mut all = Self::default();
        let mut configs: FxHashMap<String, Value> = FxHashMap::default();
        let mut sorted: Vec<(String, &str)> = texts.iter().map(|(path, text)| (normal(path), text.as_str())).collect();
        sorted.sort();
        for (path, text) in &sorted {
            let dir = dir_of(path).to_owned();
            match base_of(path) {
                "package.json" => {
                    if let Some(package) = package(text) {
                        if !package.name.is_empty() {
                            all.package_dirs
                                .entry(package.name.clone())
                                .or_default()
                                .push(dir.clone());
                        }
                        all.packages.insert(dir, package);
                    }
                }
                "pyproject.toml" | "setup.py" | "setup.cfg" => all.python_roots.push(dir),
                "Cargo.toml" => {
                    if let Some(cargo) = cargo(&dir, text) {
                        all.cargo.push((dir, cargo));
                    }
                }
                name if name.ends_with(".json") => {
                    if let Some(value) = jsonc(text) {
                        configs.insert(path.clone(), value);
                    }
                }
                _ => {}
            }
        }
        all.python_roots.dedup();
        for (path, _) in &sorted {
            let base = base_of(path);
            if configs.contains_key(path) && (base.starts_with("tsconfig") || base.starts_with("jsconfig")) {
                let mapping = mapping(path, &configs, &mut FxHashSet::default());
                if mapping.base_url.is_some() || !mapping.paths.is_empty() {
                    let list = all.mappings.entry(dir_of(path).to_owned()).or_default();
                    // The plain name is what tools read; the others (`tsconfig.app.json`) help when it has nothing.
                    let at = if base == "tsconfig.json" { 0 } else { list.len() };
                    list.insert(at, mapping);
                }
            }
        }
        all
    }
}

fn package(text: &str) -> Option<Package> {
    let value = jsonc(text)?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let majors = ["peerDependencies", "devDependencies", "dependencies"]
        .iter()
        .filter_map(|kind| value.get(kind).and_then(Value::as_object))
        .flatten()
        .filter_map(|(name, range)| Some((name.clone(), major(range.as_str()?)?)))
        .collect();
    Some(Package {
        majors,
        name: text("name").unwrap_or_default(),
        exports: value.get("exports").cloned().unwrap_or(Value::Null),
        imports: value.get("imports").cloned().unwrap_or(Value::Null),
        entries: ["source", "module", "main", "types", "typings"]
            .into_iter()
            .filter_map(text)
            .collect(),
    })
}

/// The major version that a range begins with: `^3.14.1`, `>=3`, `npm:js-yaml@3.1`, `3.x`.
fn major(range: &str) -> Option<u32> {
    let range = match range.rsplit_once('@') {
        Some((_, version)) if range.starts_with("npm:") => version,
        _ => range,
    };
    let range = range.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
    let digits = range.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn mapping(path: &str, configs: &FxHashMap<String, Value>, seen: &mut FxHashSet<String>) -> Mapping {
    let Some(value) = configs.get(path).filter(|_| seen.insert(path.to_owned())) else {
        return Mapping::default();
    };
    let dir = dir_of(path);
    let mut result = Mapping::default();
    let parents: Vec<&str> = match value.get("extends") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for parent in parents.into_iter().filter(|parent| parent.starts_with('.')) {
        let Some(at) = join(dir, parent) else { continue };
        let with_extension = format!("{at}.json");
        let inside = format!("{at}/tsconfig.json");
        let found = [at, with_extension, inside]
            .into_iter()
            .find(|path| configs.contains_key(path));
        if let Some(found) = found {
            let inherited = mapping(&found, configs, seen);
            result.base_url = inherited.base_url.or(result.base_url);
            if !inherited.paths.is_empty() {
                result.paths = inherited.paths;
            }
        }
    }
    let Some(options) = value.get("compilerOptions") else {
        return result;
    };
    if let Some(base) = options.get("baseUrl").and_then(Value::as_str) {
        result.base_url = join(dir, base);
    }
    if let Some(paths) = options.get("paths").and_then(Value::as_object) {
        let base = result.base_url.clone().unwrap_or_else(|| dir.to_owned());
        result.paths = paths
            .iter()
            .map(|(pattern, targets)| {
                let targets = targets.as_array().map(Vec::as_slice).unwrap_or_default();
                let texts = targets.iter().filter_map(Value::as_str);
                // Relative to `baseUrl`, as the compiler has it; an inherited one is often forgotten by bundlers.
                let targets = texts
                    .flat_map(|target| [join(&base, target), join(dir, target)])
                    .flatten();
                (pattern.clone(), targets.collect())
            })
            .collect();
        // The most specific pattern wins.
        result
            .paths
            .sort_by(|(left, _), (right, _)| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
    }
    result
}

fn cargo(dir: &str, text: &str) -> Option<Cargo> {
    let value: toml::Table = text.parse().ok()?;
    let identifier = |name: &str| name.replace('-', "_");
    let get = |table: &str, key: &str| {
        let found = value.get(table)?.as_table()?.get(key)?.as_str()?;
        Some(found.to_owned())
    };
    let package = get("package", "name").map(|name| identifier(&name)).unwrap_or_default();
    let mut result = Cargo {
        lib_name: get("lib", "name").map_or_else(|| package.clone(), |name| identifier(&name)),
        lib_path: get("lib", "path").and_then(|path| join(dir, &path)),
        package,
        ..Cargo::default()
    };
    for kind in ["bin", "example", "test", "bench"] {
        let listed = value
            .get(kind)
            .and_then(toml::Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let paths = listed
            .iter()
            .filter_map(|one| one.get("path").and_then(toml::Value::as_str));
        result.roots.extend(paths.filter_map(|path| join(dir, path)));
    }
    let mut add = |table: Option<&toml::Value>| {
        for (name, entry) in table.and_then(toml::Value::as_table).into_iter().flatten() {
            let package = entry.get("package").and_then(toml::Value::as_str).unwrap_or(name);
            result.dependencies.insert(identifier(name), identifier(package));
        }
    };
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        add(value.get(kind));
    }
    for target in value
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
    {
        add(target.1.get("dependencies"));
    }
    add(value
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies")));
    Some(result)
}

/// JSON with comments and trailing commas.
fn jsonc(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => {
                plain.push(c);
                plain.extend(chars.next());
            }
            '"' => {
                in_string = !in_string;
                plain.push(c);
            }
            '/' if !in_string && chars.peek() == Some(&'/') => {
                for skipped in chars.by_ref() {
                    if skipped == '\n' {
                        break;
                    }
                }
            }
            '/' if !in_string && chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for skipped in chars.by_ref() {
                    if last == '*' && skipped == '/' {
                        break;
                    }
                    last = skipped;
                }
            }
            '}' | ']' if !in_string => {
                let kept = plain.trim_end();
                if kept.ends_with(',') {
                    plain.truncate(kept.len() - 1);
                }
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    serde_json::from_str(&plain).ok()
}
