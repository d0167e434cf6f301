//! `unpinned-package`: whatever is published under a name is run as soon as the server starts.

use std::collections::{BTreeMap, BTreeSet};

use super::{at, draft, lowered, title};
use crate::deploy::pin::{self, Pin};
use crate::deploy::{ConfigKind, Ecosystem, Package, Program, Text, programs};
use crate::document::{Arguments, Node};
use crate::finding::Finding;
use crate::rules::surface::without_credentials;
use crate::rules::{Context, Draft};
use crate::workspace::FileId;

const RULE: &str = "unpinned-package";

pub(in crate::rules) fn unpinned_package(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let local = local_packages(context);
    let is_local = |file: FileId, package: &Package| {
        // A tag (`@latest`) is asked for at the registry, whatever is installed.
        if matches!(pin::of_package(package), Pin::Moving(tag) if tag.starts_with(|c: char| c.is_ascii_alphabetic())) {
            return false;
        }
        let path = &context.workspace.file(file).path;
        local.iter().any(|(folder, names)| {
            let above = folder.is_empty() || path.starts_with(&format!("{folder}/"));
            above && names.contains(pin::name_of_package(package))
        })
    };
    for server in &context.deploy.servers {
        for program in server.launch.iter().flat_map(|launch| &launch.programs) {
            let Program::Package(package) = program else { continue };
            if let Some(what) = loose(package).filter(|_| !is_local(server.file, package)) {
                let message = format!("{} runs {what}", title(server));
                let draft = draft(context, RULE, server, package.spec.span, message);
                findings.push(finish(draft, package));
            }
        }
    }
    for (file, name, programs) in images(context).into_iter().chain(workflows(context)) {
        for program in programs {
            let Program::Package(package) = program else { continue };
            if let Some(what) = loose(&package).filter(|_| !is_local(file, &package)) {
                let message = format!("{name} runs {what}");
                let draft = Draft::new(RULE, at(file, package.spec.span), message).scope(name);
                findings.push(finish(lowered(context, file, draft), &package));
            }
        }
    }
}

fn finish(draft: Draft, package: &Package) -> Finding {
    let name = pin::name_of_package(package);
    let help = match package.ecosystem {
        _ if package.spec.text.contains("://") || package.spec.text.contains("git") => {
            "name the commit, or a tag that you trust not to move".to_owned()
        }
        Ecosystem::Npm | Ecosystem::Deno | Ecosystem::Nuget => {
            format!("name the version that you looked at: `{name}@1.2.3`")
        }
        Ecosystem::Pypi => format!("name the version that you looked at: `{name}==1.2.3`"),
        Ecosystem::Go => format!("name the version that you looked at: `{name}@v1.2.3`"),
        Ecosystem::Maven | Ecosystem::Nix | Ecosystem::Oci => "name the version that you looked at".to_owned(),
    };
    draft.label("what is fetched").help(help).build()
}

/// What is run, if that is whatever stands under a name today.
fn loose(package: &Package) -> Option<String> {
    let name = pin::name_of_package(package);
    if is_placeholder(name) || name.is_empty() {
        return None;
    }
    match pin::of_package(package) {
        Pin::Missing => Some(format!("whatever version of `{name}` is published when it starts")),
        Pin::Moving(version) => Some(format!("`{name}` in a version that moves: `{version}`")),
        Pin::Unversioned => Some(format!(
            "`{}` as it is when it starts: no revision is named",
            without_credentials(&package.spec.text)
        )),
        Pin::Exact | Pin::Unknown => None,
    }
}

/// Names that are to be replaced.
fn is_placeholder(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("your")
        || ["your-", "your_", "/your", "<", "{", "package-name", "…", "..."]
            .iter()
            .any(|part| name.contains(part))
}

/// The packages that the packages of the workspace depend on, by folder: a runner takes those from there, in the version of
/// their lock file.
fn local_packages(context: &Context<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut out = BTreeMap::new();
    for (id, file) in context.workspace.iter() {
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", file.path.as_str()));
        if name != "package.json" {
            continue;
        }
        let Some(root) = context.documents.get(id).and_then(|document| document.root()) else {
            continue;
        };
        let names: BTreeSet<String> = ["dependencies", "devDependencies", "optionalDependencies"]
            .iter()
            .filter_map(|key| root.get(key))
            .flat_map(Node::entries)
            .map(|(key, _)| key.text.clone())
            .collect();
        out.insert(folder.to_owned(), names);
    }
    out
}

type Started = (FileId, &'static str, Vec<Program>);

/// What images start when they run: an image is built once, but such a command fetches anew each time.
fn images(context: &Context<'_>) -> Vec<Started> {
    let mut out = Vec::new();
    for (file, document) in context.configs(ConfigKind::Dockerfile) {
        let Some(stage) = document.dockerfile().and_then(|dockerfile| dockerfile.stages.last()) else {
            continue;
        };
        for keyword in ["ENTRYPOINT", "CMD"] {
            let last = stage
                .instructions
                .iter()
                .rev()
                .find(|instruction| instruction.keyword == keyword);
            let Some(instruction) = last else { continue };
            let words: Vec<Text> = match &instruction.arguments {
                Arguments::Exec(words) => words.iter().map(|word| Text::new(&word.text, word.span)).collect(),
                _ => {
                    let whole = 0..instruction.text.len();
                    let line = Text::new(&instruction.text, instruction.span_of(whole));
                    crate::deploy::commands(&line).into_iter().flatten().collect()
                }
            };
            out.push((file, "the image", programs(&words)));
        }
    }
    for (file, document) in context.configs(ConfigKind::Compose) {
        let services = document.roots().iter().filter_map(|root| root.get("services"));
        for (_, service) in services.flat_map(Node::entries) {
            for node in ["entrypoint", "command"].iter().filter_map(|key| service.get(key)) {
                let words: Vec<Text> = match node.as_str() {
                    Some(line) => crate::deploy::commands(&Text::new(line, node.span))
                        .into_iter()
                        .flatten()
                        .collect(),
                    None => node
                        .items()
                        .iter()
                        .filter_map(|item| Some(Text::new(item.text()?, item.span)))
                        .collect(),
                };
                out.push((file, "the service", programs(&words)));
            }
        }
    }
    out
}

fn workflows(context: &Context<'_>) -> Vec<Started> {
    let is_workflow = |file: FileId| context.deploy.files.contains(&(file, ConfigKind::Workflow));
    context
        .deploy
        .commands
        .iter()
        .filter(|command| is_workflow(command.file))
        .map(|command| {
            let says_mcp = |program: &&Program| matches!(program, Program::Package(package) if package.spec.text.to_lowercase().contains("mcp"));
            (command.file, "the workflow", command.programs.iter().filter(says_mcp).cloned().collect())
        })
        .collect()
}
