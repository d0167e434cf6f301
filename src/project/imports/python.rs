//! Python modules by dotted name.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::project::ModuleId;
use crate::project::paths::{base_of, dir_of, shared, under, upward};

/// What a dotted name leads to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::project) enum Found {
    /// A file.
    Module(ModuleId),
    /// A folder without `__init__.py`.
    Folder(String),
}

/// The modules that dotted names can reach.
#[derive(Debug, Default)]
pub(in crate::project) struct Files {
    /// By path without extension and without `/__init__`.
    by_path: FxHashMap<String, ModuleId>,
    /// The same with hyphens and blanks as underscores, where that differs.
    by_identifier: FxHashMap<String, ModuleId>,
    /// Folders that hold a module somewhere below.
    folders: FxHashSet<String>,
    /// Folders with an `__init__.py`.
    packages: FxHashSet<String>,
    /// The folders, sorted, in which a first segment can be found without standing above the importer.
    roots_of: FxHashMap<String, Vec<String>>,
    /// All first segments there are.
    names: FxHashSet<String>,
}

impl Files {
    /// Collects the modules; `roots` are folders with a `pyproject.toml`.
    pub(in crate::project) fn new(files: &[(&str, ModuleId)], roots: &[String]) -> Self {
        let mut all = Self::default();
        let mut declared: FxHashSet<&str> = roots.iter().map(String::as_str).collect();
        declared.insert("");
        for (path, module) in files {
            let Some((stem, extension)) = path.rsplit_once('.') else {
                continue;
            };
            let package = stem == "__init__" || stem.ends_with("/__init__");
            let dir = dir_of(path);
            let key = if package { dir } else { stem };
            if package {
                all.packages.insert(dir.to_owned());
            }
            if base_of(stem) == "setup" {
                declared.insert(dir);
            }
            // A package goes before a module of its name, a module before its stub.
            let taken = all.by_path.contains_key(key);
            if !taken || (package && extension == "py") || (extension == "py" && !all.packages.contains(key)) {
                all.by_path.insert(key.to_owned(), *module);
                if key.contains(['-', ' ']) {
                    all.by_identifier.insert(identifier(key), *module);
                }
            }
            for above in upward(dir) {
                if !all.folders.insert(above.to_owned()) {
                    break;
                }
            }
        }
        let mut roots_of: FxHashMap<String, FxHashSet<&str>> = FxHashMap::default();
        for (path, _) in files {
            let mut below = path.rsplit_once('.').map_or(*path, |(stem, _)| stem);
            for above in upward(dir_of(path)) {
                let name = identifier(base_of(below));
                all.names.insert(name.clone());
                let top = all.packages.contains(below) && !all.packages.contains(above);
                if declared.contains(above) || base_of(above) == "src" || top {
                    roots_of.entry(name).or_default().insert(above);
                }
                below = above;
            }
        }
        all.roots_of = roots_of
            .into_iter()
            .map(|(name, roots)| {
                let mut roots: Vec<String> = roots.into_iter().map(str::to_owned).collect();
                roots.sort();
                (name, roots)
            })
            .collect();
        all
    }

    /// The outermost package in which the file at `path` stands.
    pub(in crate::project) fn library<'a>(&self, path: &'a str) -> Option<&'a str> {
        upward(dir_of(path))
            .take_while(|dir| self.packages.contains(*dir))
            .last()
            .map(base_of)
    }

    /// What an absolute dotted name leads to from the file `importer`.
    pub(in crate::project) fn absolute(&self, importer: &str, dotted: &str) -> Option<Found> {
        let first = dotted.split('.').next().unwrap_or(dotted);
        if !self.names.contains(first) {
            return None;
        }
        let dir = dir_of(importer);
        let path = dotted.replace('.', "/");
        let outside = is_known_outside(first);
        let found = |root: &str| {
            // A folder without `__init__.py` never hides an installed package.
            if outside && !self.by_path.contains_key(&under(root, first)) {
                return None;
            }
            self.at(&under(root, &path))
        };
        let mut folder = None;
        for root in upward(dir).filter(|above| !self.packages.contains(*above)) {
            match found(root) {
                Some(Found::Module(module)) => return Some(Found::Module(module)),
                other => folder = folder.or(other),
            }
        }
        let mut roots: Vec<&String> = self.roots_of.get(first).into_iter().flatten().collect();
        roots.sort_by(|left, right| {
            let near = shared(right, dir).cmp(&shared(left, dir));
            near.then_with(|| left.len().cmp(&right.len()))
                .then_with(|| left.cmp(right))
        });
        for root in roots {
            match found(root) {
                Some(Found::Module(module)) => return Some(Found::Module(module)),
                other => folder = folder.or(other),
            }
        }
        // A file inside a package that is run as a script has its own folder in the path.
        if folder.is_none() && !outside {
            folder = found(dir);
        }
        folder
    }

    /// What a relative name (`.`, `..a.b`) leads to from the file `importer`.
    pub(in crate::project) fn relative(&self, importer: &str, dotted: &str) -> Option<Found> {
        let rest = dotted.trim_start_matches('.');
        let ups = dotted.len() - rest.len();
        let mut dir = dir_of(importer);
        for _ in 1..ups {
            if dir.is_empty() {
                return None;
            }
            dir = dir_of(dir);
        }
        self.at(&under(dir, &rest.replace('.', "/")))
    }

    /// The module `name` in a folder.
    pub(in crate::project) fn inside(&self, folder: &str, name: &str) -> Option<Found> {
        self.at(&under(folder, name))
    }

    fn at(&self, path: &str) -> Option<Found> {
        if let Some(module) = self.by_path.get(path) {
            return Some(Found::Module(*module));
        }
        if self.folders.contains(path) {
            return Some(Found::Folder(path.to_owned()));
        }
        if self.by_identifier.is_empty() {
            return None;
        }
        self.by_identifier.get(&identifier(path)).copied().map(Found::Module)
    }
}

fn identifier(text: &str) -> String {
    text.replace(['-', ' '], "_")
}

/// First segments that nearly always mean what is installed, though a project may hold a file of that name.
pub(in crate::project) fn is_known_outside(first: &str) -> bool {
    const NAMES: &[&str] = &[
        "abc",
        "argparse",
        "array",
        "ast",
        "asyncio",
        "base64",
        "bisect",
        "builtins",
        "calendar",
        "cmd",
        "code",
        "codecs",
        "collections",
        "concurrent",
        "configparser",
        "contextlib",
        "contextvars",
        "copy",
        "csv",
        "ctypes",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "email",
        "enum",
        "errno",
        "fnmatch",
        "fractions",
        "functools",
        "gc",
        "getpass",
        "glob",
        "gzip",
        "hashlib",
        "heapq",
        "hmac",
        "html",
        "http",
        "importlib",
        "inspect",
        "io",
        "ipaddress",
        "itertools",
        "json",
        "keyword",
        "locale",
        "logging",
        "math",
        "mimetypes",
        "multiprocessing",
        "numbers",
        "operator",
        "os",
        "pathlib",
        "pickle",
        "pkgutil",
        "platform",
        "pprint",
        "queue",
        "random",
        "re",
        "sched",
        "secrets",
        "select",
        "selectors",
        "shelve",
        "shlex",
        "shutil",
        "signal",
        "site",
        "socket",
        "sqlite3",
        "ssl",
        "stat",
        "statistics",
        "string",
        "struct",
        "subprocess",
        "sys",
        "sysconfig",
        "tarfile",
        "tempfile",
        "textwrap",
        "threading",
        "time",
        "timeit",
        "token",
        "tokenize",
        "tomllib",
        "traceback",
        "types",
        "typing",
        "typing_extensions",
        "unicodedata",
        "unittest",
        "urllib",
        "uuid",
        "venv",
        "warnings",
        "weakref",
        "webbrowser",
        "xml",
        "zipfile",
        "zlib",
        "zoneinfo",
        "mcp",
        "fastmcp",
        "fastapi",
        "flask",
        "pydantic",
        "requests",
        "httpx",
        "aiohttp",
        "anthropic",
        "openai",
        "starlette",
        "uvicorn",
    ];
    NAMES.contains(&first)
}
