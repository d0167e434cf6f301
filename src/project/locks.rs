//! The versions that lock files settle on, found by the names of the packages: a lock file may be large, and of all that it
//! says a handful of versions is asked for.

use aho_corasick::{AhoCorasick, MatchKind};

use super::paths::{base_of, dir_of, join};
use super::versions::{Ecosystem, Version, version};

/// How far behind a name its version stands at most.
const WINDOW: usize = 2_000;

/// How far before a name the key that it ends begins at most.
const KEY: usize = 400;

/// A version that a lock file settles on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pin {
    /// The folder for whose packages it does.
    pub(super) dir: String,
    /// The lock file.
    pub(super) file: String,
    /// Whose package it is.
    pub(super) ecosystem: Ecosystem,
    /// The package.
    pub(super) package: String,
    /// The version.
    pub(super) version: Version,
    /// The same as it is written.
    pub(super) text: String,
}

/// Finds packages in lock files.
pub(super) struct Locks<'p> {
    packages: &'p [&'p str],
    finder: AhoCorasick,
}

/// The folder below that of the lock file for which a version is settled, and the version as it is written.
type Found = (Option<String>, String);

/// How a format is read at a name: the bytes, the package, where the name begins and ends.
type Format = fn(&[u8], &str, usize, usize) -> Option<Found>;

impl<'p> Locks<'p> {
    /// Looks for these packages.
    pub(super) fn new(packages: &'p [&'p str]) -> Option<Self> {
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(packages)
            .ok()?;
        Some(Self { packages, finder })
    }

    /// What one lock file settles.
    pub(super) fn read(&self, path: &str, bytes: &[u8]) -> Vec<Pin> {
        let (ecosystem, at): (Ecosystem, Format) = match base_of(path) {
            "package-lock.json" | "npm-shrinkwrap.json" => (Ecosystem::Npm, npm),
            "yarn.lock" => (Ecosystem::Npm, yarn),
            "pnpm-lock.yaml" => (Ecosystem::Npm, pnpm),
            "bun.lock" => (Ecosystem::Npm, bun),
            "uv.lock" | "poetry.lock" | "pdm.lock" | "pylock.toml" => (Ecosystem::Python, table),
            "Pipfile.lock" => (Ecosystem::Python, npm),
            "Cargo.lock" => (Ecosystem::Cargo, table),
            _ => return Vec::new(),
        };
        let dir = dir_of(path);
        let mut found = Vec::new();
        for hit in self.finder.find_iter(bytes) {
            let Some(package) = self.packages.get(hit.pattern().as_usize()) else {
                continue;
            };
            let Some((below, text)) = at(bytes, package, hit.start(), hit.end()) else {
                continue;
            };
            let text = text.trim_start_matches('=').to_owned();
            let (Some((version, _)), Some(dir)) = (version(&text), join(dir, below.as_deref().unwrap_or("."))) else {
                continue;
            };
            found.push(Pin {
                dir,
                file: path.to_owned(),
                ecosystem,
                package: (*package).to_owned(),
                version,
                text,
            });
        }
        found
    }
}

/// The text from a place on, as far as is looked.
fn after(bytes: &[u8], from: usize) -> String {
    let end = bytes.len().min(from.saturating_add(WINDOW));
    String::from_utf8_lossy(bytes.get(from..end).unwrap_or_default()).into_owned()
}

/// The text before a place, as far as is looked.
fn before(bytes: &[u8], to: usize) -> String {
    String::from_utf8_lossy(bytes.get(to.saturating_sub(KEY)..to).unwrap_or_default()).into_owned()
}

/// What stands between the next two quotes, or up to the end of the line.
fn value(text: &str) -> Option<String> {
    let text = text.trim_start_matches([':', ' ', '=']);
    let found = match text.strip_prefix(['"', '\'']) {
        Some(rest) => rest.split(['"', '\'']).next()?,
        None => text.split([' ', '\r', '\n', '(', ',']).next()?,
    };
    Some(found.split('(').next().unwrap_or(found).to_owned())
}

/// `"node_modules/NAME": { "version": "1.2.3"`, in older files `"NAME": { "version": "1.2.3"`.
fn npm(bytes: &[u8], _: &str, start: usize, end: usize) -> Option<Found> {
    let rest = after(bytes, end);
    let body = rest.strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start();
    let body = body.strip_prefix('{')?.split('}').next()?;
    let (_, version) = body.split_once("\"version\"")?;
    let head = before(bytes, start);
    let key = head.rsplit('"').next()?;
    let below = match key.strip_suffix("node_modules/") {
        // what another package brings along for itself
        Some(above) if above.contains("node_modules/") => return None,
        Some(above) => above.trim_end_matches('/'),
        None if key.is_empty() => "",
        None => return None,
    };
    let below = (!below.is_empty()).then(|| below.to_owned());
    Some((below, value(version)?))
}

/// `"NAME@^1.0.0", "NAME@npm:^1.2.0":` at the beginning of a line, then `version "1.2.3"` or `version: 1.2.3`.
fn yarn(bytes: &[u8], _: &str, start: usize, end: usize) -> Option<Found> {
    let rest = after(bytes, end);
    if !rest.starts_with('@') || !matches!(bytes.get(start.checked_sub(1)?), Some(b'"' | b'\n' | b' ')) {
        return None;
    }
    let head = before(bytes, start);
    if head.rsplit('\n').next()?.starts_with(' ') {
        return None;
    }
    let (_, body) = rest.split_once('\n')?;
    let line = body.lines().map(str::trim).find(|line| line.starts_with("version"))?;
    Some((None, value(line.strip_prefix("version")?)?))
}

/// `'NAME':` with `specifier:` and `version:` below it, in older files `'NAME': 1.2.3`, each below the folder of `importers`.
fn pnpm(bytes: &[u8], _: &str, start: usize, end: usize) -> Option<Found> {
    let rest = after(bytes, end);
    let rest = rest.strip_prefix('\'').unwrap_or(&rest).strip_prefix(':')?;
    let line_start = bytes.get(..start)?.iter().rposition(|byte| *byte == b'\n')? + 1;
    let lead = String::from_utf8_lossy(bytes.get(line_start..start)?).into_owned();
    let indent = lead.len() - lead.trim_start_matches(' ').len();
    if !matches!(lead.trim_start_matches(' '), "" | "'") {
        return None;
    }
    // from here up: what it is listed as, for which folder, in which section
    let (mut listed, mut importer, mut section) = (None, None, None);
    let mut depth = indent;
    for line in bytes.get(..line_start)?.rsplit(|byte| *byte == b'\n') {
        let spaces = line.iter().take_while(|byte| **byte == b' ').count();
        if spaces >= depth || line.get(spaces).is_none() {
            continue;
        }
        depth = spaces;
        let name = String::from_utf8_lossy(line);
        let name = name.trim().trim_end_matches(':').trim_matches('\'').to_owned();
        if listed.is_none() {
            listed = Some(name.clone());
        }
        if spaces == 0 {
            section = Some(name);
            break;
        }
        importer = Some(name);
    }
    let (listed, section) = (listed?, section?);
    let of_project = matches!(section.as_str(), "importers" | "dependencies" | "devDependencies");
    if !of_project || !matches!(listed.as_str(), "dependencies" | "devDependencies") {
        return None;
    }
    let text = match value(rest.split('\n').next()?).filter(|text| !text.is_empty()) {
        Some(text) => text,
        None => {
            let lines = rest.split('\n').skip(1).take(2).map(str::trim);
            value(lines.filter_map(|line| line.strip_prefix("version:")).next()?)?
        }
    };
    let importer = importer.filter(|name| section == "importers" && name != ".");
    Some((importer, text))
}

/// `"NAME": ["NAME@1.2.3", …]`.
fn bun(bytes: &[u8], package: &str, start: usize, end: usize) -> Option<Found> {
    if bytes.get(start.checked_sub(1)?) != Some(&b'"') {
        return None;
    }
    let rest = after(bytes, end);
    let list = rest.strip_prefix("\":")?.trim_start().strip_prefix('[')?;
    let text = list
        .trim_start()
        .strip_prefix('"')?
        .strip_prefix(package)?
        .strip_prefix('@')?;
    Some((None, text.split('"').next()?.to_owned()))
}

/// `name = "NAME"` and `version = "1.2.3"` of one table.
fn table(bytes: &[u8], _: &str, start: usize, end: usize) -> Option<Found> {
    if !before(bytes, start).ends_with("\nname = \"") {
        return None;
    }
    let rest = after(bytes, end);
    let body = rest.strip_prefix('"')?;
    let body = body.split("\n[").next()?;
    let (_, text) = body.split_once("\nversion = ")?;
    Some((None, value(text)?))
}

#[cfg(test)]
mod tests {
    use super::Locks;

    /// `folder version` of what is found of the packages `sdk`, `@mcp/sdk` and `mcp`.
    fn pins(path: &str, text: &str) -> Vec<String> {
        let locks = Locks::new(&["sdk", "@mcp/sdk", "mcp", "fastmcp"]).unwrap();
        let found = locks.read(path, text.as_bytes());
        found
            .iter()
            .map(|pin| format!("{} {} {}", pin.dir, pin.package, pin.text))
            .collect()
    }

    #[test]
    fn npm_names_folders() {
        let text = r#"{ "packages": {
            "": { "dependencies": { "@mcp/sdk": "^1.0.0" } },
            "node_modules/@mcp/sdk": { "version": "1.10.2", "resolved": "https://registry.npmjs.org/@mcp/sdk/-/sdk-1.10.2.tgz" },
            "node_modules/other/node_modules/@mcp/sdk": { "version": "0.5.0" },
            "apps/a/node_modules/@mcp/sdk": { "version": "1.4.0" } } }"#;
        assert_eq!(
            pins("web/package-lock.json", text),
            ["web @mcp/sdk 1.10.2", "web/apps/a @mcp/sdk 1.4.0"]
        );
        assert_eq!(
            pins(
                "Pipfile.lock",
                r#"{"default": {"mcp": {"hashes": ["a"], "version": "==1.9.4"}}}"#
            ),
            [" mcp 1.9.4"]
        );
    }

    #[test]
    fn yarn_in_both_forms() {
        assert_eq!(
            pins(
                "yarn.lock",
                "\n\"@mcp/sdk@^1.0.0\", \"@mcp/sdk@^1.2.0\":\n  version \"1.10.2\"\n  resolved \"x\"\n\nx@1:\n  dependencies:\n    \"@mcp/sdk\" \"^1\"\n"
            ),
            [" @mcp/sdk 1.10.2", " @mcp/sdk 1.10.2"]
        );
        assert_eq!(
            pins(
                "yarn.lock",
                "\n\"@mcp/sdk@npm:^1.0.0\":\n  version: 1.10.2\n  resolution: \"@mcp/sdk@npm:1.10.2\"\n"
            ),
            [" @mcp/sdk 1.10.2"]
        );
    }

    #[test]
    fn pnpm_names_importers() {
        let text = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n      sdk:\n        specifier: ^1.0.0\n        version: 1.2.0\n\n  packages/a:\n    dependencies:\n      '@mcp/sdk':\n        specifier: ^1.0.0\n        version: 1.10.2(zod@3.25.0)\n\npackages:\n\n  '@mcp/sdk@1.10.2':\n    resolution: {}\n\nsnapshots:\n\n  other@1.0.0:\n    dependencies:\n      '@mcp/sdk': 0.5.0\n";
        assert_eq!(
            pins("pnpm-lock.yaml", text),
            [" sdk 1.2.0", "packages/a @mcp/sdk 1.10.2"]
        );
        let old = "lockfileVersion: 5.4\n\nspecifiers:\n  sdk: ^1.0.0\n\ndependencies:\n  sdk: 1.2.0\n";
        assert_eq!(pins("pnpm-lock.yaml", old), [" sdk 1.2.0"]);
    }

    #[test]
    fn bun_and_tables() {
        assert_eq!(
            pins(
                "bun.lock",
                "{ \"workspaces\": { \"\": { \"dependencies\": { \"@mcp/sdk\": \"^1\", } } },\n \"packages\": { \"@mcp/sdk\": [\"@mcp/sdk@1.10.2\", \"\", {}] } }"
            ),
            [" @mcp/sdk 1.10.2"]
        );
        let uv = "version = 1\n\n[[package]]\nname = \"fastmcp\"\nversion = \"2.10.0\"\ndependencies = [\n    { name = \"mcp\" },\n]\n\n[[package]]\nname = \"mcp\"\nversion = \"1.9.4\"\nsource = { registry = \"x\" }\n";
        assert_eq!(pins("uv.lock", uv), [" fastmcp 2.10.0", " mcp 1.9.4"]);
        assert_eq!(
            pins(
                "a/Cargo.lock",
                "\n[[package]]\nname = \"mcp\"\nversion = \"0.8.1\"\ndependencies = [\n \"sdk\",\n]\n"
            ),
            ["a mcp 0.8.1"]
        );
    }
}
