//! Rules on what builds, starts and exposes a server: images, containers, web servers in front.

mod broad_mount;
mod disabled_tls;
mod exposed_port;
mod privileged_container;
mod remote_script;
mod root_container;
mod settings;
mod unhardened_container;
mod unpinned_image;
mod weak_tls;
mod web_front;

pub(super) use broad_mount::broad_mount;
pub(super) use disabled_tls::disabled_tls;
pub(super) use exposed_port::exposed_port;
pub(super) use privileged_container::privileged_container;
pub(super) use remote_script::remote_script;
pub(super) use root_container::root_container;
pub(super) use unhardened_container::unhardened_container;
pub(super) use unpinned_image::unpinned_image;
pub(super) use weak_tls::weak_tls;
pub(super) use web_front::web_front;

use super::{Context, Draft};
use crate::deploy::{ConfigKind, Container, Form};
use crate::finding::{Location, Severity};
use crate::workspace::{FileId, FileKind, Role, Span};

/// A place in a file of settings.
fn at(file: FileId, span: Span) -> Location {
    Location { file, span }
}

/// Whether a text speaks of MCP.
fn says_mcp(text: &str) -> bool {
    text.to_ascii_lowercase().contains("mcp")
}

/// Whether the files that deploy something deploy a server of MCP: there is one in the source, or a manifest or one of these files
/// speaks of it. Servers in other languages have no source that is read.
fn has_server(context: &Context<'_>) -> bool {
    !context.server.entries.is_empty()
        || context.workspace.files.iter().any(|file| {
            file.kind == FileKind::Manifest && says_mcp(&file.text) || says_mcp(&file.path) && file.syntax().is_none()
        })
        || context
            .deploy
            .files
            .iter()
            .filter(|(_, kind)| !matches!(kind, ConfigKind::Client | ConfigKind::ClientSettings))
            .any(|(file, _)| says_mcp(&context.workspace.file(*file).text))
}

/// Whether a file is judged: tests and their data are not, nor is what sets up an editor.
fn judges(context: &Context<'_>, file: FileId) -> bool {
    let source = context.workspace.file(file);
    let is_test = matches!(source.role, Role::Test | Role::Fixture | Role::Bench);
    let has = |names: &[&str]| source.path.split('/').any(|part| names.contains(&part));
    let is_test = is_test || has(&["testing", "fuzz", "fuzzer", "benchmarks"]);
    !has(&[".devcontainer"]) && (context.include_tests || !is_test)
}

/// The images that are built, each with what is read of it.
fn images<'a>(context: &Context<'a>) -> Vec<(FileId, &'a crate::document::Dockerfile)> {
    if !has_server(context) {
        return Vec::new();
    }
    context
        .configs(ConfigKind::Dockerfile)
        .filter(|(file, _)| judges(context, *file))
        .filter_map(|(file, document)| Some((file, document.dockerfile()?)))
        .collect()
}

/// The containers that are judged. What a client starts belongs to a server, whatever else there is.
fn containers<'a>(context: &Context<'a>) -> Vec<&'a Container> {
    let has_server = has_server(context);
    context
        .deploy
        .containers
        .iter()
        .filter(|container| {
            let is_client = container.form == Form::Run;
            (is_client || has_server) && judges(context, container.file)
        })
        .collect()
}

/// The containers that are judged for what they reach of the host: those of a project that tells clients to start servers, too, since
/// what these are talked into happens beside them.
fn reaching<'a>(context: &Context<'a>) -> Vec<&'a Container> {
    if context.deploy.servers.is_empty() {
        return containers(context);
    }
    let all = context.deploy.containers.iter();
    all.filter(|container| judges(context, container.file)).collect()
}

/// Whether a container is the server of MCP itself, and not something that it needs.
fn serves(context: &Context<'_>, container: &Container) -> bool {
    let texts = container
        .command
        .iter()
        .chain(&container.image)
        .map(|text| text.text.as_str());
    let names = container.environment.iter().map(|(name, _)| name.text.as_str());
    let says_so = [container.name.as_str()]
        .into_iter()
        .chain(container.context.as_deref())
        .chain(texts)
        .chain(names)
        .any(says_mcp);
    if says_so || container.form == Form::Run {
        return true;
    }
    // The only thing that is built beside the file is what the project is.
    if context.deploy.lone_builds.get(&container.file) != Some(&container.place) {
        return false;
    }
    let path = &context.workspace.file(container.file).path;
    let folder = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default());
    context.server.entries.iter().any(|entry| {
        let file = context.project.module(entry.module).file;
        context.workspace.file(file).path.starts_with(folder)
    })
}

/// How a message names a container.
fn title(container: &Container) -> String {
    let what = match container.form {
        Form::Service => "service",
        Form::Pod | Form::Values => "container",
        Form::Run => "the container of",
    };
    if container.name.is_empty() {
        "the container".to_owned()
    } else {
        format!("{what} `{}`", container.name)
    }
}

/// A text with a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A finding in a file, no worse than low where the file is there to be copied or tried.
fn draft(context: &Context<'_>, rule: &str, file: FileId, span: Span, message: String, severity: Severity) -> Draft {
    let draft = Draft::new(rule, at(file, span), message).severity(severity);
    if context.is_sample(file) {
        draft.severity(Severity::Low)
    } else {
        draft
    }
}

/// A finding about a container; those that start on demand alone are a step less bad.
fn about(
    context: &Context<'_>,
    rule: &str,
    container: &Container,
    span: Span,
    message: String,
    severity: Severity,
) -> Draft {
    let severity = if container.profiles.is_empty() {
        severity
    } else {
        one_less(severity)
    };
    let draft = draft(context, rule, container.file, span, message, severity).scope(container.name.as_str());
    match container.profiles.as_slice() {
        [] => draft,
        profiles => draft.note(format!("it starts with the profile `{}` alone", profiles.join("`, `"))),
    }
}

fn one_less(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}
