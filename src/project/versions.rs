//! Which versions of a package a project runs with: what its lock file settles on, else what its manifests promise.

use std::sync::Arc;

use super::locks::{Locks, Pin};
use super::paths::{base_of, dir_of, normal};
use crate::ir::{Language, Name};

/// A version, as far as it is compared.
pub(super) type Version = (u32, u32, u32);

/// Whose packages they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ecosystem {
    Npm,
    Python,
    Cargo,
}

impl Ecosystem {
    fn of(language: Language) -> Self {
        match language {
            Language::TypeScript => Self::Npm,
            Language::Python => Self::Python,
            Language::Rust => Self::Cargo,
        }
    }
}

/// How a package stands to a version from which on something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It is that version or a newer one, or nothing is known of it.
    Newer,
    /// It is older: the lock file says so, or the manifest admits nothing else.
    Older(Told),
    /// The manifest promises no more than an older one; without a lock file an installation takes the newest that it admits.
    Promised(Told),
}

/// What says which version a package has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The package.
    pub package: Name,
    /// The version, or the range as it is written.
    pub version: Name,
    /// The path of the file that says it.
    pub file: Name,
}

/// The versions of packages that manifests and lock files name.
#[derive(Debug, Default)]
pub(super) struct Versions {
    rows: Vec<Row>,
    pins: Vec<Pin>,
}

/// What a manifest says of a package.
#[derive(Debug)]
struct Row {
    dir: String,
    file: String,
    ecosystem: Ecosystem,
    package: String,
    range: Range,
}

/// What a range admits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Range {
    /// As it is written.
    text: String,
    /// Nothing older.
    from: Option<Version>,
    /// This and nothing newer.
    below: Option<Version>,
}

impl Range {
    fn admits(&self, version: Version) -> bool {
        self.from.is_none_or(|from| version >= from) && self.below.is_none_or(|below| version < below)
    }
}

impl Versions {
    /// Reads manifests.
    pub(super) fn read(texts: &[(String, String)]) -> Self {
        let mut rows = Vec::new();
        let mut sorted: Vec<(String, &str)> = texts.iter().map(|(path, text)| (normal(path), text.as_str())).collect();
        sorted.sort();
        for (path, text) in &sorted {
            let mut add = |ecosystem: Ecosystem, package: &str, range: Range| {
                rows.push(Row {
                    dir: dir_of(path).to_owned(),
                    file: path.clone(),
                    ecosystem,
                    package: flat(package),
                    range,
                });
            };
            match base_of(path) {
                "package.json" => npm(text, &mut |name, range| add(Ecosystem::Npm, name, range)),
                "pyproject.toml" => pyproject(text, &mut |name, range| add(Ecosystem::Python, name, range)),
                "Cargo.toml" => cargo(text, &mut |name, range| add(Ecosystem::Cargo, name, range)),
                name if name.starts_with("requirements") => {
                    for (name, range) in text.lines().filter_map(requirement) {
                        add(Ecosystem::Python, name, range);
                    }
                }
                _ => {}
            }
        }
        Self { rows, pins: Vec::new() }
    }

    /// Adds what lock files say of these packages.
    pub(super) fn lock(&mut self, texts: &[(String, Arc<[u8]>)], packages: &[&str]) {
        let Some(locks) = Locks::new(packages).filter(|_| !packages.is_empty()) else {
            return;
        };
        for (path, bytes) in texts {
            // a lock file above the root holds for all below it
            let (path, above) = match path.strip_prefix("../") {
                Some(name) => (name.to_owned(), true),
                None => (normal(path), false),
            };
            let mut pins = locks.read(&path, bytes);
            if above {
                for pin in &mut pins {
                    pin.file = format!("../{}", pin.file);
                }
                pins.retain(|pin| pin.dir.is_empty());
            }
            self.pins.extend(pins);
        }
    }

    /// The version that the nearest lock file above a file settles on.
    fn pinned(&self, path: &str, ecosystem: Ecosystem, package: &str) -> Option<&Pin> {
        let fits = |pin: &&Pin| pin.ecosystem == ecosystem && flat(&pin.package) == package && above(&pin.dir, path);
        let nearest = self.pins.iter().filter(fits).map(|pin| pin.dir.len()).max()?;
        let all: Vec<&Pin> = self
            .pins
            .iter()
            .filter(fits)
            .filter(|pin| pin.dir.len() == nearest)
            .collect();
        // of several the newest that the manifest admits
        let admitted = all.iter().copied().filter(|pin| {
            self.row(path, ecosystem, package)
                .is_none_or(|row| row.range.admits(pin.version))
        });
        let newest = |pins: &mut dyn Iterator<Item = &'_ Pin>| -> Option<Version> { pins.map(|pin| pin.version).max() };
        let version = newest(&mut admitted.clone()).or_else(|| newest(&mut all.iter().copied()))?;
        all.into_iter().find(|pin| pin.version == version)
    }

    /// What the nearest manifest above a file that names the package says of it.
    fn row(&self, path: &str, ecosystem: Ecosystem, package: &str) -> Option<&Row> {
        self.rows
            .iter()
            .filter(|row| row.ecosystem == ecosystem && row.package == package && above(&row.dir, path))
            .max_by_key(|row| row.dir.len())
    }

    /// How the package that a file is given stands to a version.
    pub(super) fn age(&self, path: &str, language: Language, package: &str, since: Version) -> Age {
        let (ecosystem, package) = (Ecosystem::of(language), flat(package));
        let told = |version: &str, file: &str| Told {
            package: Name::new(&package),
            version: Name::new(version),
            file: Name::new(file),
        };
        if let Some(pin) = self.pinned(path, ecosystem, &package) {
            return match pin.version < since {
                true => Age::Older(told(&pin.text, &pin.file)),
                false => Age::Newer,
            };
        }
        let Some(row) = self.row(path, ecosystem, &package) else {
            return Age::Newer;
        };
        let told = told(&row.range.text, &row.file);
        match (row.range.from, row.range.below) {
            (_, Some(below)) if below <= since => Age::Older(told),
            (Some(from), _) if from < since => Age::Promised(told),
            _ => Age::Newer,
        }
    }

    /// The major version that a lock file settles on.
    pub(super) fn major(&self, path: &str, language: Language, package: &str) -> Option<u32> {
        let pin = self.pinned(path, Ecosystem::of(language), &flat(package))?;
        Some(pin.version.0)
    }
}

/// A package's name as it is compared: Python and Cargo do not tell `_` from `-`.
fn flat(package: &str) -> String {
    package.to_ascii_lowercase().replace('_', "-")
}

fn above(dir: &str, path: &str) -> bool {
    dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

/// `1.2.3` and its shorter forms; `None` when it begins with no number.
pub(super) fn version(text: &str) -> Option<(Version, usize)> {
    let text = text.trim().trim_start_matches('v');
    let mut parts = text
        .split(['.', '-', '+', ' '])
        .map_while(|part| part.parse::<u32>().ok());
    let first = parts.next()?;
    let (second, third) = (parts.next(), parts.next());
    let given = 1 + usize::from(second.is_some()) + usize::from(third.is_some());
    Some(((first, second.unwrap_or(0), third.unwrap_or(0)), given))
}

/// A bound from below and one from above.
type Bounds = (Option<Version>, Option<Version>);

fn next(version: Version) -> Version {
    (version.0, version.1, version.2.saturating_add(1))
}

/// The versions that are compatible with one in the sense of semantic versioning.
fn caret(text: &str) -> Bounds {
    let Some((from, given)) = version(text) else {
        return (None, None);
    };
    let below = match (from, given) {
        ((0, 0, patch), 3) => (0, 0, patch.saturating_add(1)),
        ((0, minor, _), 2..) => (0, minor.saturating_add(1), 0),
        ((major, ..), _) => (major.saturating_add(1), 0, 0),
    };
    (Some(from), Some(below))
}

fn tilde(text: &str) -> Bounds {
    match version(text) {
        Some((from @ (major, ..), 1)) => (Some(from), Some((major.saturating_add(1), 0, 0))),
        Some((from @ (major, minor, _), _)) => (Some(from), Some((major, minor.saturating_add(1), 0))),
        None => (None, None),
    }
}

/// `~=`: the last part given may grow.
fn compatible(text: &str) -> Bounds {
    match version(text) {
        Some((from @ (major, ..), 2)) => (Some(from), Some((major.saturating_add(1), 0, 0))),
        Some((from @ (major, minor, _), 3)) => (Some(from), Some((major, minor.saturating_add(1), 0))),
        _ => (None, None),
    }
}

/// `1.2.3` alone, `1.2.x`, `1`.
fn exact(text: &str) -> Bounds {
    match version(text) {
        Some((from, 3)) => (Some(from), Some(next(from))),
        Some(_) => tilde(text),
        None => (None, None),
    }
}

/// A range of npm's, Cargo's or Python's; `bare` says what a version without an operator means.
fn range(text: &str, bare: fn(&str) -> Bounds) -> Range {
    let text = text.trim();
    let mut found = Range {
        text: text.to_owned(),
        ..Range::default()
    };
    if text.contains("||") {
        return found;
    }
    let spaced = text
        .replace(", ", ",")
        .replace("= ", "=")
        .replace("> ", ">")
        .replace("< ", "<");
    let parts = spaced.split(',').flat_map(str::split_whitespace);
    for part in parts {
        let one = |text: &str| version(text).map(|(version, _)| version);
        let (from, below) = if let Some(rest) = part.strip_prefix('^') {
            caret(rest)
        } else if let Some(rest) = part.strip_prefix("~=") {
            compatible(rest)
        } else if let Some(rest) = part.strip_prefix('~') {
            tilde(rest)
        } else if let Some(rest) = part.strip_prefix("<=") {
            (None, one(rest).map(next))
        } else if let Some(rest) = part.strip_prefix('<') {
            (None, one(rest))
        } else if let Some(rest) = part.strip_prefix(">=") {
            (one(rest), None)
        } else if let Some(rest) = part.strip_prefix('>') {
            (one(rest).map(next), None)
        } else if let Some(rest) = part.strip_prefix('=') {
            exact(rest.trim_start_matches('='))
        } else if part.starts_with(|first: char| first.is_ascii_digit()) {
            bare(part)
        } else {
            continue;
        };
        found.from = from.or(found.from);
        found.below = below.or(found.below);
    }
    found
}

fn npm(text: &str, add: &mut dyn FnMut(&str, Range)) {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    for key in ["dependencies", "devDependencies", "peerDependencies"] {
        let listed = value.get(key).and_then(serde_json::Value::as_object);
        for (name, spec) in listed.into_iter().flatten() {
            if let Some(spec) = spec.as_str() {
                add(name, range(spec, exact));
            }
        }
    }
}

fn cargo(text: &str, add: &mut dyn FnMut(&str, Range)) {
    let Ok(value) = text.parse::<toml::Table>() else { return };
    let workspace = value.get("workspace").and_then(toml::Value::as_table);
    for table in std::iter::once(&value).chain(workspace) {
        let listed = table.get("dependencies").and_then(toml::Value::as_table);
        for (name, spec) in listed.into_iter().flatten() {
            let text = spec.as_str().or_else(|| spec.get("version")?.as_str());
            // without a version of its own the workspace's holds
            if let Some(text) = text {
                add(name, range(text, caret));
            }
        }
    }
}

fn pyproject(text: &str, add: &mut dyn FnMut(&str, Range)) {
    let Ok(value) = text.parse::<toml::Table>() else { return };
    let project = value.get("project");
    let optional = project.and_then(|project| project.get("optional-dependencies")?.as_table());
    let groups = value.get("dependency-groups").and_then(toml::Value::as_table);
    let lists = optional.into_iter().chain(groups).flat_map(toml::Table::values);
    let own = project.and_then(|project| project.get("dependencies"));
    // the project's own come last: they count where a group says something else
    for list in own.into_iter().chain(lists).filter_map(toml::Value::as_array) {
        for (name, range) in list.iter().filter_map(|line| requirement(line.as_str()?)) {
            add(name, range);
        }
    }
    let poetry = value
        .get("tool")
        .and_then(|tool| tool.get("poetry")?.get("dependencies")?.as_table());
    for (name, spec) in poetry.into_iter().flatten() {
        if let Some(text) = spec.as_str().or_else(|| spec.get("version")?.as_str()) {
            add(name, range(text, exact));
        }
    }
}

/// `mcp[cli]>=1.2,<1.10`.
fn requirement(line: &str) -> Option<(&str, Range)> {
    let line = line.split('#').next()?.split(';').next()?.trim();
    let end = line
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = match rest.split_once(']') {
        Some((_, rest)) if line.contains('[') => rest,
        _ => rest,
    };
    (!name.is_empty()).then(|| (name, range(rest.trim().trim_matches(['(', ')']), exact)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Age, Versions};
    use crate::ir::Language;

    const SINCE: (u32, u32, u32) = (1, 24, 0);

    /// `older`, `promised` or `newer`, and the file that says so.
    fn age(files: &[(&str, &str)], package: &str) -> String {
        let is_lock = |path: &str| path.contains("lock");
        let manifests: Vec<(String, String)> = files
            .iter()
            .filter(|(path, _)| !is_lock(path))
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let locks: Vec<(String, Arc<[u8]>)> = files
            .iter()
            .filter(|(path, _)| is_lock(path))
            .map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())))
            .collect();
        let mut versions = Versions::read(&manifests);
        versions.lock(&locks, &["sdk", "mcp", "rmcp"]);
        let language = match files[0].0 {
            path if path.contains("argo") => Language::Rust,
            path if path.contains("json") || path.contains("yarn") => Language::TypeScript,
            _ => Language::Python,
        };
        match versions.age("a/src/server", language, package, SINCE) {
            Age::Newer => "newer".to_owned(),
            Age::Older(told) => format!("older {} {}", told.version, told.file),
            Age::Promised(told) => format!("promised {} {}", told.version, told.file),
        }
    }

    #[test]
    fn manifests_promise_the_oldest_and_admit_the_newest() {
        let npm = |spec: &str| {
            let text = format!(r#"{{ "dependencies": {{ "sdk": "{spec}" }} }}"#);
            age(&[("package.json", &text)], "sdk")
        };
        assert_eq!(npm("^1.10.0"), "promised ^1.10.0 package.json");
        assert_eq!(npm("~1.10.0"), "older ~1.10.0 package.json");
        assert_eq!(npm("1.10.0"), "older 1.10.0 package.json");
        assert_eq!(npm("^0.7.0"), "older ^0.7.0 package.json");
        assert_eq!(npm(">= 1.2 < 1.10"), "older >= 1.2 < 1.10 package.json");
        assert_eq!(npm("^1.24.0"), "newer");
        assert_eq!(npm("latest"), "newer");
        assert_eq!(npm("1.24.0"), "newer");
        let pip = |line: &str| age(&[("requirements.txt", line)], "mcp");
        assert_eq!(pip("mcp[cli]==1.9.0\n"), "older ==1.9.0 requirements.txt");
        assert_eq!(pip("mcp>=1.9.0\n"), "promised >=1.9.0 requirements.txt");
        assert_eq!(pip("mcp ~= 1.9.1\n"), "older ~= 1.9.1 requirements.txt");
        assert_eq!(pip("mcp\n"), "newer");
        let project = "[project]\ndependencies = [\"mcp>=1.2,<1.20\"]\n";
        assert_eq!(
            age(&[("pyproject.toml", project)], "mcp"),
            "older >=1.2,<1.20 pyproject.toml"
        );
        let cargo = |text: &str| age(&[("Cargo.toml", &format!("[dependencies]\nrmcp = {text}\n"))], "rmcp");
        assert_eq!(cargo("\"0.8\""), "older 0.8 Cargo.toml");
        assert_eq!(cargo("{ version = \"1.2\" }"), "promised 1.2 Cargo.toml");
        assert_eq!(cargo("{ workspace = true }"), "newer");
    }

    #[test]
    fn lock_files_decide_and_the_nearest_first() {
        let manifest = ("a/package.json", r#"{ "dependencies": { "sdk": "^1.10.0" } }"#);
        let lock =
            |version: &str| format!("{{\"packages\": {{\"node_modules/sdk\": {{\"version\": \"{version}\"}}}}}}");
        assert_eq!(age(&[manifest, ("package-lock.json", &lock("1.30.1"))], "sdk"), "newer");
        assert_eq!(
            age(&[manifest, ("../package-lock.json", &lock("1.12.0"))], "sdk"),
            "older 1.12.0 ../package-lock.json"
        );
        assert_eq!(
            age(
                &[
                    manifest,
                    ("package-lock.json", &lock("1.30.1")),
                    ("a/package-lock.json", &lock("1.12.0"))
                ],
                "sdk"
            ),
            "older 1.12.0 a/package-lock.json"
        );
        // another project's lock file says nothing
        assert_eq!(
            age(&[manifest, ("b/package-lock.json", &lock("1.30.1"))], "sdk"),
            "promised ^1.10.0 a/package.json"
        );
        let yarn = "\nsdk@^0.9.0:\n  version \"0.9.1\"\n\nsdk@^1.10.0:\n  version \"1.12.0\"\n\nsdk@^2.0.0:\n  version \"2.0.0\"\n";
        assert_eq!(age(&[manifest, ("yarn.lock", yarn)], "sdk"), "older 1.12.0 yarn.lock");
    }
}
