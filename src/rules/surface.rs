//! What a server offers, for the `surface` report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::deploy::{Deploy, Program, ServerConfig, Weight, program_name};
use crate::finding::{Coverage, SurfaceEntry, SurfaceKind, SurfaceParam};
use crate::flow::Analysis;
use crate::ir::{Literal, Name};
use crate::project::Project;
use crate::server::{EntryKind, EntryPoint, Handler, Server};

/// The entries in the order of files and places; also counts them into the coverage.
pub fn entries(project: &Project, server: &Server, analysis: &Analysis, coverage: &mut Coverage) -> Vec<SurfaceEntry> {
    let mut all = Vec::new();
    for (index, entry) in (0_u32..).zip(&server.entries) {
        let kind = match entry.kind {
            EntryKind::Tool => SurfaceKind::Tool,
            EntryKind::Resource => SurfaceKind::Resource,
            EntryKind::Prompt => SurfaceKind::Prompt,
            EntryKind::Completion | EntryKind::Handler => SurfaceKind::Handler,
        };
        match kind {
            SurfaceKind::Tool => coverage.tools += 1,
            SurfaceKind::Resource => coverage.resources += 1,
            SurfaceKind::Prompt => coverage.prompts += 1,
            SurfaceKind::Handler => coverage.handlers += 1,
            SurfaceKind::Server => coverage.servers += 1,
        }
        all.push(SurfaceEntry {
            kind,
            name: display_name(project, entry),
            description: entry.description.map(|text| text.as_str().to_owned()),
            file: project.module(entry.module).file,
            span: entry.span,
            params: entry
                .params
                .iter()
                .map(|param| SurfaceParam {
                    name: param.name.as_str().to_owned(),
                    ty: param.type_text.clone(),
                })
                .collect(),
            annotations: entry
                .annotations
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), json(value)))
                .collect(),
            reaches: reaches(index, entry, analysis),
        });
    }
    for module in &server.sdk_modules_without_entry {
        coverage.sdk_files_without_entry.push(project.path(*module).to_owned());
    }
    all
}

/// The servers that files of settings start or call; also counts them into the coverage.
pub fn configured(deploy: &Deploy, coverage: &mut Coverage) -> Vec<SurfaceEntry> {
    coverage.servers = deploy.servers.len();
    deploy
        .servers
        .iter()
        .map(|server| SurfaceEntry {
            kind: SurfaceKind::Server,
            name: server.name.clone(),
            description: Some(launch(server)),
            file: server.file,
            span: server.place,
            params: Vec::new(),
            annotations: BTreeMap::new(),
            reaches: Vec::new(),
        })
        .collect()
}

/// How a server is started or where it is called, and who does. Arguments are left out: people keep secrets there.
fn launch(server: &ServerConfig) -> String {
    let mut parts: Vec<String> = Vec::new();
    for program in server.launch.iter().flat_map(|launch| &launch.programs) {
        parts.push(match program {
            Program::Package(package) => {
                let version = package
                    .version
                    .as_ref()
                    .map_or(String::new(), |version| format!(" {}", version.text));
                format!(
                    "{} {}{version}",
                    program_name(&package.runner.text),
                    without_credentials(&package.spec.text)
                )
            }
            Program::Image(image) => format!("{} {}", program_name(&image.engine.text), image.image.text),
            Program::Script(script) => format!("a line for {}", program_name(&script.interpreter.text)),
            Program::Other(words) => {
                let mut words = words.iter().map(|word| word.text.as_str());
                let first = words.next().unwrap_or_default();
                let file = words
                    .take_while(|word| !word.starts_with('-'))
                    .find(|word| word.contains(['/', '.', '\\']));
                file.map_or_else(|| first.to_owned(), |file| format!("{first} {file}"))
            }
        });
    }
    if let Some(remote) = &server.remote {
        parts.push(without_credentials(&remote.url.text));
    }
    let mut out = match parts.is_empty() {
        true => server.origin.clone(),
        false => format!("{}: {}", server.origin, parts.join(", then ")),
    };
    if server.disabled {
        out.push_str(" (switched off)");
    }
    if server.approvals.iter().any(|approval| approval.weight > Weight::Tool) {
        out.push_str(" (every tool without asking)");
    } else if !server.approvals.is_empty() {
        let count = server.approvals.len();
        let _ = write!(
            out,
            " ({count} tool{} without asking)",
            if count == 1 { "" } else { "s" }
        );
    }
    out
}

/// An address without what may be secret in it.
pub(super) fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or(rest);
    let host_end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}{path}")
}

/// The name of an entry point for people: its own, or that of its handler.
pub(crate) fn display_name(project: &Project, entry: &EntryPoint) -> String {
    if let Some(name) = entry.name {
        return name.as_str().to_owned();
    }
    if let Handler::Function { func, .. } = &entry.handler
        && let Some(name) = project.module(func.module).function(func.func).name
    {
        return name.as_str().to_owned();
    }
    "(handler)".to_owned()
}

/// What an entry reaches: by its own handler, or by the arm of a dispatcher that bears its name.
fn reaches(index: u32, entry: &EntryPoint, analysis: &Analysis) -> Vec<String> {
    let mut words: BTreeSet<&'static str> = BTreeSet::new();
    for ((of, tool), capabilities) in &analysis.reaches {
        let own = *of == index;
        let by_arm = entry.handler == Handler::None && tool.is_some() && *tool == entry.name;
        if own || by_arm {
            words.extend(capabilities.iter().map(|capability| capability.word()));
        }
    }
    words.into_iter().map(str::to_owned).collect()
}

fn json(value: &Literal) -> serde_json::Value {
    match value {
        Literal::Bool(value) => (*value).into(),
        Literal::Int(value) => (*value).into(),
        Literal::Null => serde_json::Value::Null,
        Literal::Str(text) | Literal::Bytes(text) | Literal::Float(text) | Literal::Regex(text, _) => {
            text.as_str().into()
        }
        Literal::Char(c) => c.to_string().into(),
    }
}

/// Descriptions of tools by name, for rules that ask what a tool is for.
pub(crate) fn tools_by_name(server: &Server) -> BTreeMap<Name, &EntryPoint> {
    server
        .entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Tool)
        .filter_map(|entry| Some((entry.name?, entry)))
        .collect()
}
