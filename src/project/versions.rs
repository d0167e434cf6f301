//! Which versions of a package the manifests admit.

use super::paths::{base_of, dir_of, normal};

/// A version, as far as it is compared.
type Version = (u32, u32, u32);

/// The newest versions of packages that manifests admit.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Folder of the manifest, package, and the bound.
    rows: Vec<(String, String, Bound)>,
}

/// What a manifest says of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// This one.
    Exact(Version),
    /// Older than this.
    Below(Version),
    /// Any, as far as is known.
    Open,
}

impl Versions {
    /// Reads manifests.
    pub(super) fn read(texts: &[(String, String)]) -> Self {
        let mut rows = Vec::new();
        let mut sorted: Vec<(String, &str)> = texts.iter().map(|(path, text)| (normal(path), text.as_str())).collect();
        sorted.sort();
        for (path, text) in &sorted {
            let mut add = |package: &str, bound: Bound| {
                rows.push((
                    dir_of(path).to_owned(),
                    package.to_ascii_lowercase().replace('_', "-"),
                    bound,
                ));
            };
            match base_of(path) {
                "package.json" => npm(text, &mut add),
                "pyproject.toml" => pyproject(text, &mut add),
                "Cargo.toml" => cargo(text, &mut add),
                name if name.starts_with("requirements") => {
                    text.lines()
                        .filter_map(requirement)
                        .for_each(|(name, bound)| add(name, bound));
                }
                _ => {}
            }
        }
        Self { rows }
    }

    /// Whether the nearest manifest above a file that names the package admits only versions older than this one.
    pub(super) fn older(&self, path: &str, package: &str, than: Version) -> bool {
        let package = package.to_ascii_lowercase().replace('_', "-");
        let above = |dir: &str| dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
        let nearest = self
            .rows
            .iter()
            .filter(|(dir, name, _)| *name == package && above(dir))
            .max_by_key(|(dir, ..)| dir.len());
        match nearest {
            Some((_, _, Bound::Exact(version))) => *version < than,
            Some((_, _, Bound::Below(version))) => *version <= than,
            _ => false,
        }
    }
}

/// `1.2.3` and its shorter forms; `None` when it begins with no number.
fn version(text: &str) -> Option<(Version, usize)> {
    let text = text.trim().trim_start_matches('v');
    let mut parts = text
        .split(['.', '-', '+', ' '])
        .map_while(|part| part.parse::<u32>().ok());
    let first = parts.next()?;
    let (second, third) = (parts.next(), parts.next());
    let given = 1 + usize::from(second.is_some()) + usize::from(third.is_some());
    Some(((first, second.unwrap_or(0), third.unwrap_or(0)), given))
}

/// The versions that are compatible with one in the sense of semantic versioning.
fn caret(text: &str) -> Bound {
    match version(text) {
        Some(((0, 0, patch), 3)) => Bound::Below((0, 0, patch + 1)),
        Some(((0, minor, _), given)) if given > 1 => Bound::Below((0, minor + 1, 0)),
        Some(((major, ..), _)) => Bound::Below((major + 1, 0, 0)),
        None => Bound::Open,
    }
}

fn tilde(text: &str) -> Bound {
    match version(text) {
        Some(((major, ..), 1)) => Bound::Below((major + 1, 0, 0)),
        Some(((major, minor, _), _)) => Bound::Below((major, minor + 1, 0)),
        None => Bound::Open,
    }
}

/// A range of npm's or Cargo's; `bare` says what a version without an operator means.
fn range(text: &str, bare: fn(&str) -> Bound) -> Bound {
    let text = text.trim();
    if text.contains("||") {
        return Bound::Open;
    }
    let parts: Vec<&str> = text.split(',').flat_map(str::split_whitespace).collect();
    let mut found = Bound::Open;
    for part in parts {
        let bound = if let Some(rest) = part.strip_prefix('^') {
            caret(rest)
        } else if let Some(rest) = part.strip_prefix('~') {
            tilde(rest)
        } else if let Some(rest) = part.strip_prefix("<=") {
            version(rest).map_or(Bound::Open, |(version, _)| {
                Bound::Below((version.0, version.1, version.2 + 1))
            })
        } else if let Some(rest) = part.strip_prefix('<') {
            version(rest).map_or(Bound::Open, |(version, _)| Bound::Below(version))
        } else if let Some(rest) = part.strip_prefix('=') {
            version(rest).map_or(Bound::Open, |(version, _)| Bound::Exact(version))
        } else if part.starts_with(|first: char| first.is_ascii_digit()) {
            bare(part)
        } else {
            continue;
        };
        if bound != Bound::Open {
            found = bound;
        }
    }
    found
}

fn exact(text: &str) -> Bound {
    version(text).map_or(Bound::Open, |(version, _)| Bound::Exact(version))
}

fn npm(text: &str, add: &mut dyn FnMut(&str, Bound)) {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    for key in ["dependencies", "devDependencies", "peerDependencies"] {
        for (name, spec) in value
            .get(key)
            .and_then(serde_json::Value::as_object)
            .into_iter()
            .flatten()
        {
            if let Some(spec) = spec.as_str() {
                add(name, range(spec, exact));
            }
        }
    }
}

fn cargo(text: &str, add: &mut dyn FnMut(&str, Bound)) {
    let Ok(value) = text.parse::<toml::Table>() else { return };
    let workspace = value.get("workspace").and_then(toml::Value::as_table);
    for table in std::iter::once(&value).chain(workspace) {
        for (name, spec) in table
            .get("dependencies")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
        {
            let text = spec.as_str().or_else(|| spec.get("version")?.as_str());
            // without a version of its own the workspace's holds
            if let Some(text) = text {
                add(name, range(text, caret));
            }
        }
    }
}

fn pyproject(text: &str, add: &mut dyn FnMut(&str, Bound)) {
    let Ok(value) = text.parse::<toml::Table>() else { return };
    let listed = value.get("project").and_then(|project| project.get("dependencies"));
    for line in listed.and_then(toml::Value::as_array).into_iter().flatten() {
        if let Some((name, bound)) = line.as_str().and_then(requirement) {
            add(name, bound);
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
fn requirement(line: &str) -> Option<(&str, Bound)> {
    let line = line.split('#').next()?.split(';').next()?.trim();
    let end = line.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))?;
    let (name, rest) = line.split_at(end);
    let rest = match rest.split_once(']') {
        Some((_, rest)) if rest.len() < line.len() && line.contains('[') => rest,
        _ => rest,
    };
    let mut bound = Bound::Open;
    for part in rest.split(',').map(str::trim) {
        let one = if let Some(text) = part.strip_prefix("==") {
            exact(text.trim_end_matches(".*"))
        } else if let Some(text) = part.strip_prefix("~=") {
            match version(text) {
                Some(((major, ..), 2)) => Bound::Below((major + 1, 0, 0)),
                Some(((major, minor, _), 3)) => Bound::Below((major, minor + 1, 0)),
                _ => Bound::Open,
            }
        } else if part.starts_with('<') {
            range(part, exact)
        } else {
            Bound::Open
        };
        if one != Bound::Open {
            bound = one;
        }
    }
    (!name.is_empty()).then_some((name, bound))
}

#[cfg(test)]
mod tests {
    use super::Versions;

    fn older(file: &str, text: &str, package: &str, than: (u32, u32, u32)) -> bool {
        Versions::read(&[(file.to_owned(), text.to_owned())]).older("src/server", package, than)
    }

    #[test]
    fn ranges_are_judged_by_the_newest_they_admit() {
        let npm = |spec: &str| format!(r#"{{ "dependencies": {{ "sdk": "{spec}" }} }}"#);
        assert!(!older("package.json", &npm("^1.10.0"), "sdk", (1, 24, 0)));
        assert!(older("package.json", &npm("~1.10.0"), "sdk", (1, 24, 0)));
        assert!(older("package.json", &npm("1.10.0"), "sdk", (1, 24, 0)));
        assert!(older("package.json", &npm("^0.7.0"), "sdk", (1, 0, 0)));
        assert!(!older("package.json", &npm("latest"), "sdk", (1, 24, 0)));
        assert!(older("requirements.txt", "mcp[cli]==1.9.0\n", "mcp", (1, 23, 0)));
        assert!(!older("requirements.txt", "mcp>=1.9.0\n", "mcp", (1, 23, 0)));
        assert!(older(
            "pyproject.toml",
            "[project]\ndependencies = [\"mcp>=1.2,<1.20\"]\n",
            "mcp",
            (1, 23, 0)
        ));
        assert!(older(
            "Cargo.toml",
            "[dependencies]\nrmcp = \"0.8\"\n",
            "rmcp",
            (1, 4, 0)
        ));
        assert!(!older(
            "Cargo.toml",
            "[dependencies]\nrmcp = { version = \"1.2\" }\n",
            "rmcp",
            (1, 4, 0)
        ));
        assert!(!older(
            "Cargo.toml",
            "[dependencies]\nrmcp = { workspace = true }\n",
            "rmcp",
            (1, 4, 0)
        ));
    }
}
