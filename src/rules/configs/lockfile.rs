//! `missing-lockfile`: a server that runs with whatever its dependencies are on the day of its installation.

use std::collections::BTreeMap;

use super::at;
use crate::document::Node;
use crate::finding::Finding;
use crate::rules::{Context, Draft};
use crate::workspace::{FileId, Role, SourceFile, Span};

/// An ecosystem's manifest, and the files that pin what it asks for.
struct Manifest {
    name: &'static str,
    locks: &'static [&'static str],
    tool: &'static str,
}

const MANIFESTS: &[Manifest] = &[
    Manifest {
        name: "package.json",
        locks: &[
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "bun.lockb",
            "deno.lock",
        ],
        tool: "npm install",
    },
    Manifest {
        name: "pyproject.toml",
        locks: &["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"],
        tool: "uv lock",
    },
    Manifest {
        name: "Cargo.toml",
        locks: &["Cargo.lock"],
        tool: "cargo generate-lockfile",
    },
];

pub(in crate::rules) fn missing_lockfile(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // One finding for a package, however many of its files register something.
    let mut packages: BTreeMap<&str, (FileId, &Manifest)> = BTreeMap::new();
    for entry in &context.server.entries {
        let file = context.project.module(entry.module).file;
        let source = context.workspace.file(file);
        if context.judges(entry.module)
            && source.role == Role::Source
            && let Some((path, found)) = manifest_of(context, source)
        {
            packages.insert(path, found);
        }
    }
    for (path, (file, manifest)) in packages {
        let Some(dependencies) = dependencies(context, file, manifest) else {
            continue;
        };
        if is_pinned(context, path, manifest) {
            continue;
        }
        let message = format!("`{path}` names dependencies, but no lock file says which versions the server runs with");
        findings.push(
            Draft::new("missing-lockfile", at(file, dependencies), message)
                .label("resolved anew by each installation")
                .help(format!("run `{}` and check its lock file in", manifest.tool))
                .build(),
        );
    }
}

/// The manifest of the package that a file belongs to.
fn manifest_of<'a>(context: &Context<'a>, source: &SourceFile) -> Option<(&'a str, (FileId, &'static Manifest))> {
    let names: &[&str] = match source.kind.language()? {
        "typescript" => &["package.json"],
        "python" => &["pyproject.toml"],
        _ => &["Cargo.toml"],
    };
    let mut folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    loop {
        for manifest in MANIFESTS.iter().filter(|manifest| names.contains(&manifest.name)) {
            let path = join(folder, manifest.name);
            if let Some(file) = context.workspace.find(&path) {
                return Some((context.workspace.file(file).path.as_str(), (file, manifest)));
            }
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// Where an application names its dependencies; `None` for a library, and where there are none.
fn dependencies(context: &Context<'_>, file: FileId, manifest: &Manifest) -> Option<Span> {
    let root = context.documents.get(file)?.root()?;
    let is_empty = |node: &Node| node.entries().len() == 0 && node.items().is_empty();
    let (key, node) = match manifest.name {
        "package.json" => {
            let is_application = ["bin", "private"].iter().any(|key| root.get(key).is_some())
                || root.path(&["scripts", "start"]).is_some();
            root.entry("dependencies").filter(|_| is_application)?
        }
        "pyproject.toml" => match root.get("project").and_then(|project| project.entry("dependencies")) {
            Some(found) => found,
            None => root.path(&["tool", "poetry"])?.entry("dependencies")?,
        },
        _ => {
            let path = &context.workspace.file(file).path;
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let is_application = root.get("bin").is_some()
                || ["src/main.rs", "main.rs"]
                    .iter()
                    .any(|main| context.workspace.find(&join(folder, main)).is_some());
            root.entry("dependencies").filter(|_| is_application)?
        }
    };
    (!is_empty(node)).then_some(key.span)
}

/// Whether a lock file stands beside a manifest or above it.
fn is_pinned(context: &Context<'_>, path: &str, manifest: &Manifest) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let covers = |lock: &str| {
        let (place, name) = lock.rsplit_once('/').unwrap_or(("", lock));
        let above = place == ".." || place.is_empty() || folder == place || folder.starts_with(&format!("{place}/"));
        above && manifest.locks.contains(&name)
    };
    if context.workspace.lock_files.iter().any(|lock| covers(lock)) {
        return true;
    }
    // `pip freeze` is a lock file of its own kind.
    manifest.name == "pyproject.toml"
        && context
            .workspace
            .find(&join(folder, "requirements.txt"))
            .is_some_and(|file| is_frozen(&context.workspace.file(file).text))
}

fn is_frozen(requirements: &str) -> bool {
    let mut lines = requirements
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '-']))
        .peekable();
    lines.peek().is_some() && lines.all(|line| line.contains("=="))
}
