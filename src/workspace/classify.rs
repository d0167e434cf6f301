//! What a file is, by its name, its first lines and what stands beside it.

use rustc_hash::FxHashSet;

use super::syntax::kind_of_plain;
use super::{FileKind, Role};

/// Names of folders that package managers fill. They are left out unless asked for.
const PACKAGE_TREES: &[&str] = &[
    "node_modules",
    "bower_components",
    "jspm_packages",
    "site-packages",
    "dist-packages",
    "__pypackages__",
];
const VENDORED: &[&str] = &["vendor", "vendored", "third_party", "third-party", "thirdparty"];
const FIXTURES: &[&str] = &[
    "fixtures",
    "fixture",
    "__fixtures__",
    "testdata",
    "test-data",
    "test_data",
    "__snapshots__",
];
const TESTS: &[&str] = &[
    "tests",
    "__test__",
    "__tests__",
    "__mocks__",
    "mocks",
    "e2e",
    "e2e-tests",
    "integration-tests",
    "integration_tests",
    "unit-tests",
    "unit_tests",
    "test-utils",
    "test_utils",
];
const BENCHES: &[&str] = &["bench", "benches", "benchmark", "benchmarks"];
const EXAMPLES: &[&str] = &["example", "examples", "sample", "samples", "demo", "demos"];
/// Where compilers and bundlers for JavaScript put what they make.
const OUTPUTS: &[&str] = &["dist", "build", "out", "lib", "esm", "cjs", "umd"];
const JS_EXTENSIONS: &[&str] = &["js", "mjs", "cjs"];
const TS_EXTENSIONS: &[&str] = &["ts", "tsx", "mts", "cts"];

/// Whether a folder of this name holds installed packages.
pub(super) fn is_package_tree(name: &str) -> bool {
    PACKAGE_TREES.contains(&name)
}

/// The kind by path; `None` for a name without extension that may be a script, which its shebang decides.
pub(super) fn kind_of_path(path: &str) -> Option<FileKind> {
    let (_, name) = split(path);
    if is_manifest(name) {
        return Some(FileKind::Manifest);
    }
    match extension(name) {
        "ts" | "mts" | "cts" => Some(FileKind::TypeScript),
        "tsx" | "jsx" | "js" | "mjs" | "cjs" => Some(FileKind::TypeScriptJsx),
        "py" | "pyi" => Some(FileKind::Python),
        "rs" => Some(FileKind::Rust),
        _ => kind_of_plain(path),
    }
}

/// The kind of a file below a folder whose name starts with a dot, or with such a name itself: settings and text count,
/// source code is some tool's own.
pub(super) fn kind_of_hidden(path: &str) -> FileKind {
    match kind_of_path(path) {
        Some(FileKind::Config(syntax)) => FileKind::Config(syntax),
        Some(FileKind::Manifest) => kind_of_plain(path).unwrap_or(FileKind::Text),
        Some(FileKind::Text) | None => FileKind::Text,
        Some(_) => FileKind::Other,
    }
}

fn is_manifest(name: &str) -> bool {
    match name {
        "package.json"
        | "jsconfig.json"
        | "deno.json"
        | "deno.jsonc"
        | "pnpm-workspace.yaml"
        | "pyproject.toml"
        | "setup.cfg"
        | "Pipfile"
        | "Cargo.toml" => true,
        _ => {
            (name.starts_with("tsconfig") && name.ends_with(".json"))
                || (name.starts_with("requirements") && name.ends_with(".txt"))
        }
    }
}

/// The kind that a shebang names; `Other` if it names none that is read.
pub(super) fn kind_of_shebang(text: &str) -> FileKind {
    let Some(line) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) else {
        return FileKind::Other;
    };
    for word in line.split_whitespace() {
        let program = word.rsplit('/').next().unwrap_or(word);
        // `env -S uv run --script` names uv; a version follows as in `python3.12`.
        let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        match program {
            "node" | "nodejs" | "bun" | "zx" => return FileKind::TypeScriptJsx,
            "deno" | "ts-node" | "ts-node-esm" | "tsx" => return FileKind::TypeScript,
            "python" | "pypy" | "uv" | "uvx" | "pipx" => return FileKind::Python,
            _ => {}
        }
    }
    FileKind::Other
}

/// What the whole listing says about its files: which folders are crates, what has its source beside it.
pub(super) struct Layout<'a> {
    paths: FxHashSet<&'a str>,
    crates: FxHashSet<&'a str>,
    script_sources: FxHashSet<&'a str>,
}

impl<'a> Layout<'a> {
    /// Reads the layout off the paths, which are relative to the root.
    pub(super) fn new(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut layout = Self {
            paths: FxHashSet::default(),
            crates: FxHashSet::default(),
            script_sources: FxHashSet::default(),
        };
        for path in paths {
            layout.paths.insert(path);
            let (folder, name) = split(path);
            if name == "Cargo.toml" {
                layout.crates.insert(folder);
            }
            let extension = extension(name);
            if !JS_EXTENSIONS.contains(&extension) && !TS_EXTENSIONS.contains(&extension) {
                continue;
            }
            let mut rest = folder;
            while !rest.is_empty() {
                let (above, segment) = split(rest);
                if segment == "src" {
                    layout.script_sources.insert(above);
                }
                rest = above;
            }
        }
        layout
    }

    /// The role of a file that was met in a folder named on the command line. `above` is how many bytes of the path
    /// name that folder: what it is called says nothing about what it holds.
    pub(super) fn role(&self, path: &str, above: usize, made: bool) -> Role {
        let inner = path.get(above..).unwrap_or(path).trim_start_matches('/');
        let (folder, name) = split(inner);
        let folders: Vec<String> = segments(folder).map(str::to_lowercase).collect();
        let under = |names: &[&str]| folders.iter().any(|folder| names.contains(&folder.as_str()));
        if under(VENDORED) || under(PACKAGE_TREES) {
            return Role::Vendored;
        }
        if self.is_compiled(path, name, above) {
            return Role::Compiled;
        }
        if under(FIXTURES) {
            return Role::Fixture;
        }
        if under(TESTS) || self.in_test_folder(path, above) || is_test_name(name) {
            return Role::Test;
        }
        if under(BENCHES) {
            return Role::Bench;
        }
        if self.is_build_script(path, name) {
            return Role::BuildScript;
        }
        if made || is_minified_name(name) {
            return Role::Generated;
        }
        if under(EXAMPLES) {
            return Role::Example;
        }
        Role::Source
    }

    /// Whether a folder called `test` above the file holds tests: beside a manifest, in `src` itself or where there is no
    /// `src`. Deeper in the source it may be what a tool or a route is called.
    fn in_test_folder(&self, path: &str, above: usize) -> bool {
        let mut folder = split(path).0;
        while folder.len() > above {
            let (parent, segment) = split(folder);
            if segment == "test" {
                let inner = parent.get(above..).unwrap_or_default();
                let in_source = segments(inner).any(|segment| segment == "src");
                let has_manifest = ["package.json", "pyproject.toml", "Cargo.toml", "setup.py"]
                    .iter()
                    .any(|manifest| self.paths.contains(join(parent, manifest).as_str()));
                if !in_source || has_manifest || split(parent).1 == "src" {
                    return true;
                }
            }
            folder = parent;
        }
        false
    }

    /// Whether it was made of a source that stands beside it, so that reading both would tell everything twice.
    fn is_compiled(&self, path: &str, name: &str, above: usize) -> bool {
        if name.ends_with(".d.ts") || name.ends_with(".d.mts") || name.ends_with(".d.cts") {
            return true;
        }
        let (folder, _) = split(path);
        if extension(name) == "py" {
            // setuptools copies packages to build/lib.
            let source = path
                .get(above..)
                .unwrap_or(path)
                .trim_start_matches('/')
                .strip_prefix("build/lib/");
            let root = path.get(..above).unwrap_or_default();
            return source.is_some_and(|rest| {
                self.paths.contains(join(root, rest).as_str())
                    || self.paths.contains(join(root, &format!("src/{rest}")).as_str())
            });
        }
        if !JS_EXTENSIONS.contains(&extension(name)) {
            return false;
        }
        let stem = name.split('.').next().unwrap_or(name);
        if self.has_typescript(&join(folder, stem)) {
            return true;
        }
        let mut output = folder;
        while output.len() > above {
            let (parent, segment) = split(output);
            if OUTPUTS.contains(&segment) {
                if matches!(segment, "dist" | "build" | "out") && self.script_sources.contains(parent) {
                    return true;
                }
                let rest = path.get(output.len() + 1..).unwrap_or_default();
                let rest = join(split(rest).0, stem);
                if self.has_typescript(&join(parent, &rest))
                    || self.has_typescript(&join(parent, &format!("src/{rest}")))
                {
                    return true;
                }
            }
            output = parent;
        }
        false
    }

    fn has_typescript(&self, stem: &str) -> bool {
        TS_EXTENSIONS
            .iter()
            .any(|extension| self.paths.contains(format!("{stem}.{extension}").as_str()))
    }

    fn is_build_script(&self, path: &str, name: &str) -> bool {
        match name {
            "build.rs" => self.crates.contains(split(path).0),
            "setup.py" | "noxfile.py" | "fabfile.py" | "gulpfile.js" | "Gruntfile.js" => true,
            _ => {
                let extension = extension(name);
                let stem = name.strip_suffix(extension).unwrap_or(name);
                (JS_EXTENSIONS.contains(&extension) || TS_EXTENSIONS.contains(&extension)) && stem.ends_with(".config.")
            }
        }
    }
}

/// Whether a file's name says that it holds tests. `test.rs` does not: servers have a tool of that name.
fn is_test_name(name: &str) -> bool {
    let extension = extension(name);
    let Some(stem) = name.strip_suffix(extension).and_then(|stem| stem.strip_suffix('.')) else {
        return false;
    };
    match extension {
        "py" | "pyi" => matches!(stem, "conftest" | "tests") || stem.starts_with("test_") || stem.ends_with("_test"),
        "rs" => stem == "tests" || stem.ends_with("_test") || stem.ends_with("_tests"),
        "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => {
            const ENDS: &[&str] = &[
                ".test", ".tests", ".spec", ".specs", ".e2e", ".test-d", ".stories", ".bench", "_test",
            ];
            ENDS.iter().any(|end| stem.ends_with(end)) || stem.starts_with("test-") || stem.starts_with("test_")
        }
        _ => false,
    }
}

fn is_minified_name(name: &str) -> bool {
    const ENDS: &[&str] = &[".min.js", ".min.mjs", ".min.cjs", ".bundle.js", ".chunk.js"];
    ENDS.iter().any(|end| name.ends_with(end)) || name.ends_with("_pb2.py") || name.ends_with("_pb2_grpc.py")
}

/// Whether the text itself says that a tool made it, or has lines that no person writes.
pub(super) fn looks_made(kind: FileKind, text: &str) -> bool {
    let head: String = text.chars().take(1000).collect::<String>().to_lowercase();
    if head.contains("@generated") || (head.contains("generated") && head.contains("do not edit")) {
        return true;
    }
    let script = matches!(kind, FileKind::TypeScript | FileKind::TypeScriptJsx);
    if !script || text.len() < 5_000 {
        return false;
    }
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    text.len() / lines > 400
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn join(folder: &str, rest: &str) -> String {
    if folder.is_empty() {
        rest.to_owned()
    } else {
        format!("{folder}/{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Syntax;
    use super::*;

    fn role_in(paths: &[&str], path: &str) -> Role {
        let layout = Layout::new(paths.iter().copied().chain([path]));
        layout.role(path, 0, false)
    }

    fn role(path: &str) -> Role {
        role_in(&[], path)
    }

    #[test]
    fn kinds_by_name_and_shebang() {
        assert_eq!(kind_of_path("a.mts"), Some(FileKind::TypeScript));
        assert_eq!(kind_of_path("a.js"), Some(FileKind::TypeScriptJsx));
        assert_eq!(kind_of_path("a.pyi"), Some(FileKind::Python));
        assert_eq!(kind_of_path("tsconfig.build.json"), Some(FileKind::Manifest));
        assert_eq!(kind_of_path("requirements-dev.txt"), Some(FileKind::Manifest));
        assert_eq!(kind_of_path("data.json"), Some(FileKind::Config(Syntax::Json)));
        assert_eq!(kind_of_path("picture.png"), Some(FileKind::Other));
        assert_eq!(kind_of_path("server"), None);
        assert_eq!(kind_of_hidden(".github/scripts/a.py"), FileKind::Other);
        assert_eq!(kind_of_hidden(".x/package.json"), FileKind::Config(Syntax::Json));
        assert_eq!(kind_of_hidden(".claude/hooks/run"), FileKind::Text);
        assert_eq!(kind_of_shebang("#!/usr/bin/env node\n"), FileKind::TypeScriptJsx);
        assert_eq!(kind_of_shebang("#!/usr/bin/env -S uv run --script\n"), FileKind::Python);
        assert_eq!(kind_of_shebang("#!/usr/bin/python3.12\n"), FileKind::Python);
        assert_eq!(kind_of_shebang("#!/usr/bin/env -S deno run -A"), FileKind::TypeScript);
        assert_eq!(kind_of_shebang("#!/bin/sh\n# python"), FileKind::Other);
        assert_eq!(kind_of_shebang(""), FileKind::Other);
    }

    #[test]
    fn tests_fixtures_benches_and_examples() {
        for path in [
            "tests/a.py",
            "src/__tests__/a.ts",
            "a.test.ts",
            "a.spec.tsx",
            "test_a.py",
            "a_test.py",
            "conftest.py",
            "src/tests.rs",
        ] {
            assert_eq!(role(path), Role::Test, "{path}");
        }
        assert_eq!(role("tests/fixtures/server.ts"), Role::Fixture);
        assert_eq!(role("benches/a.rs"), Role::Bench);
        assert_eq!(role("examples/server.py"), Role::Example);
        assert_eq!(role("test/a.ts"), Role::Test);
        assert_eq!(role("src/test/setup.ts"), Role::Test);
        assert_eq!(role_in(&["src/fs/package.json"], "src/fs/test/a.ts"), Role::Test);
        assert_eq!(role("src/api/[id]/test/route.ts"), Role::Source);
        assert_eq!(role("src/tools/cargo/test.rs"), Role::Source);
        assert_eq!(role("src/testing.py"), Role::Source);
        assert_eq!(role("src/contest.py"), Role::Source);
        assert_eq!(role("src/latest.ts"), Role::Source);
        assert_eq!(role("third_party/x/a.py"), Role::Vendored);
        assert_eq!(role("vite.config.ts"), Role::BuildScript);
        assert_eq!(role("src/config.ts"), Role::Source);
    }

    #[test]
    fn the_named_folder_says_nothing() {
        let layout = Layout::new(["tests/server/a.ts", "tests/server/tests/b.ts"].into_iter());
        let above = "tests/server".len();
        assert_eq!(layout.role("tests/server/a.ts", above, false), Role::Source);
        assert_eq!(layout.role("tests/server/tests/b.ts", above, false), Role::Test);
    }

    #[test]
    fn examples_of_a_crate_are_examples() {
        assert_eq!(role_in(&["Cargo.toml"], "examples/server.rs"), Role::Example);
        let own = ["Cargo.toml", "examples/servers/Cargo.toml"];
        assert_eq!(role_in(&own, "examples/servers/src/main.rs"), Role::Example);
    }

    #[test]
    fn compiled_code_stands_beside_its_source() {
        assert_eq!(role_in(&["src/index.ts"], "dist/index.js"), Role::Compiled);
        assert_eq!(role_in(&["p/src/a.ts"], "p/lib/a.js"), Role::Compiled);
        assert_eq!(role_in(&["src/b.ts"], "lib/a.js"), Role::Source);
        assert_eq!(role_in(&["index.ts"], "build/index.js"), Role::Compiled);
        assert_eq!(role_in(&["a.ts"], "a.js"), Role::Compiled);
        assert_eq!(role("dist/index.js"), Role::Source);
        assert_eq!(role("types.d.ts"), Role::Compiled);
        assert_eq!(role("a.min.js"), Role::Generated);
        assert_eq!(role_in(&["src/pkg/a.py"], "build/lib/pkg/a.py"), Role::Compiled);
    }

    #[test]
    fn made_by_a_tool() {
        assert!(looks_made(FileKind::Python, "# @generated by protoc\n"));
        assert!(looks_made(
            FileKind::TypeScript,
            "// Code generated by x. DO NOT EDIT.\n"
        ));
        assert!(!looks_made(FileKind::TypeScript, "const a = 1;\n"));
        assert!(looks_made(FileKind::TypeScriptJsx, &"a();".repeat(3000)));
        assert!(!looks_made(FileKind::TypeScriptJsx, &"a();\n".repeat(3000)));
    }
}
