//! Which files of settings are known, by name and by shape.

use rustc_hash::FxHashSet;

use super::server::{Approval, Command, ServerConfig};
use super::{client, manifest};
use crate::document::{Documents, Node};
use crate::workspace::{FileId, FileKind, Role, SourceFile, Syntax, Workspace};

/// What a known file of settings is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConfigKind {
    /// Where a client of MCP keeps its servers: `.mcp.json`, `.cursor/mcp.json`, …
    Client,
    /// Settings of a client that hold no servers, but say what may be done without asking.
    ClientSettings,
    /// The manifest of the MCP registry: `server.json`.
    Registry,
    /// The manifest of a bundle (MCPB, DXT): `manifest.json`.
    Bundle,
    /// How FastMCP runs a server: `fastmcp.json`.
    FastMcp,
    /// How Smithery runs a server: `smithery.yaml`.
    Smithery,
    /// A workflow that starts a server.
    Workflow,
    /// How an image is built: `Dockerfile`, `Containerfile`.
    Dockerfile,
    /// Containers that run together: `compose.yaml`, and any YAML with `services` that have an image or a build.
    Compose,
    /// Objects of a cluster, plain or as templates of a chart.
    Kubernetes,
    /// The defaults of a Helm chart: `values.yaml` beside `Chart.yaml`.
    HelmValues,
    /// A web server in front of others.
    Nginx,
    /// Names and values for the environment of a program: `.env`.
    Environment,
}

impl ConfigKind {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::ClientSettings => "client-settings",
            Self::Registry => "registry",
            Self::Bundle => "bundle",
            Self::FastMcp => "fastmcp",
            Self::Smithery => "smithery",
            Self::Workflow => "workflow",
            Self::Dockerfile => "dockerfile",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::HelmValues => "helm-values",
            Self::Nginx => "nginx",
            Self::Environment => "environment",
        }
    }
}

/// What the whole listing says about its files.
pub(super) struct Layout<'a> {
    /// Folders that hold a Helm chart.
    charts: FxHashSet<&'a str>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        let charts = workspace.files.iter().filter_map(|file| {
            let (folder, name) = split(&file.path);
            matches!(name, "Chart.yaml" | "Chart.yml").then_some(folder)
        });
        Self {
            charts: charts.collect(),
        }
    }
}

/// A known file and what it says of servers.
pub(super) struct Known {
    /// `None` for a `package.json`, which is read for its scripts alone.
    pub(super) kind: Option<ConfigKind>,
    pub(super) servers: Vec<ServerConfig>,
    pub(super) approvals: Vec<Approval>,
    pub(super) commands: Vec<Command>,
}

impl Known {
    fn new(kind: ConfigKind) -> Self {
        Self {
            kind: Some(kind),
            servers: Vec::new(),
            approvals: Vec::new(),
            commands: Vec::new(),
        }
    }

    fn with_servers(kind: ConfigKind, servers: Vec<ServerConfig>) -> Self {
        Self {
            servers,
            ..Self::new(kind)
        }
    }
}

/// What a file is and says; `None` if it is not known.
pub(super) fn read(
    file: FileId,
    workspace: &Workspace,
    documents: &Documents<'_>,
    layout: &Layout<'_>,
) -> Option<Known> {
    let source = workspace.get(file)?;
    if matches!(source.role, Role::Vendored | Role::Compiled) {
        return None;
    }
    let syntax = source.syntax()?;
    match syntax {
        Syntax::Env => Some(Known::new(ConfigKind::Environment)),
        Syntax::Dockerfile => {
            let dockerfile = documents.get(file)?.dockerfile()?;
            (!dockerfile.stages.is_empty()).then(|| Known::new(ConfigKind::Dockerfile))
        }
        Syntax::Nginx => {
            let directives = documents.get(file)?.directives();
            let is_known = directives
                .iter()
                .any(|directive| NGINX.contains(&directive.name.as_str()));
            is_known.then(|| Known::new(ConfigKind::Nginx))
        }
        Syntax::Json | Syntax::Toml | Syntax::Yaml => values(file, source, documents).or_else(|| {
            let kind = (syntax == Syntax::Yaml)
                .then(|| containers(file, source, documents, layout))
                .flatten()?;
            Some(Known::new(kind))
        }),
    }
}

/// Where a file lies, with the folders above the root: a config that was named itself is known by them.
fn place(source: &SourceFile) -> String {
    let absolute = source.absolute.to_string_lossy();
    if absolute.is_empty() {
        source.path.clone()
    } else {
        absolute.replace('\\', "/")
    }
}

/// What a file of values says of servers.
fn values(file: FileId, source: &SourceFile, documents: &Documents<'_>) -> Option<Known> {
    let path = place(source);
    let (folder, name) = split(&path);
    let name = name.to_lowercase();
    let bare = name.split('.').next().unwrap_or_default();
    let document = || documents.get(file);
    if name == "package.json" {
        let commands = manifest::scripts(file, document()?);
        return (!commands.is_empty()).then(|| Known {
            kind: None,
            servers: Vec::new(),
            approvals: Vec::new(),
            commands,
        });
    }
    if source.kind == FileKind::Manifest {
        return None;
    }
    let manifest = match bare {
        "server" => manifest::registry(file, document()?).map(|servers| (ConfigKind::Registry, servers)),
        "manifest" => manifest::bundle(file, document()?).map(|servers| (ConfigKind::Bundle, servers)),
        "smithery" => manifest::smithery(file, source, document()?).map(|servers| (ConfigKind::Smithery, servers)),
        _ if name.contains("fastmcp") => {
            manifest::fastmcp(file, document()?).map(|servers| (ConfigKind::FastMcp, servers))
        }
        _ => None,
    };
    if let Some((kind, servers)) = manifest {
        return Some(Known::with_servers(kind, servers));
    }
    if folder.ends_with(".github/workflows") {
        let commands = manifest::steps(file, source, document()?);
        return (!commands.is_empty()).then(|| Known {
            commands,
            ..Known::new(ConfigKind::Workflow)
        });
    }
    if client::of_path(&path).is_none() && !client::may_hold_servers(&source.text) && !client::has_settings(&path) {
        return None;
    }
    let servers = client::servers(file, &path, document()?);
    let approvals = client::settings(&path, document()?);
    let kind = match &servers {
        Some(_) => ConfigKind::Client,
        None if !approvals.is_empty() => ConfigKind::ClientSettings,
        None => return None,
    };
    Some(Known {
        servers: servers.unwrap_or_default(),
        approvals,
        ..Known::new(kind)
    })
}

/// Directives that stand at the top of a file of nginx, or of one that it includes.
const NGINX: &[&str] = &[
    "events",
    "http",
    "location",
    "server",
    "stream",
    "upstream",
    "map",
    "ssl_protocols",
];

fn containers(file: FileId, source: &SourceFile, documents: &Documents<'_>, layout: &Layout<'_>) -> Option<ConfigKind> {
    let (folder, name) = split(&source.path);
    let text = source.text.as_str();
    // Most YAML is data: only what may fit is read.
    if text.contains("services:") {
        let document = documents.get(file)?;
        if document.root().is_some_and(is_compose) {
            return Some(ConfigKind::Compose);
        }
    }
    if text.contains("apiVersion:") {
        let document = documents.get(file)?;
        if document.roots().iter().any(is_kubernetes) {
            return Some(ConfigKind::Kubernetes);
        }
    }
    let is_values = name.starts_with("values") && layout.charts.contains(folder);
    is_values.then_some(ConfigKind::HelmValues)
}

fn is_compose(root: &Node) -> bool {
    let Some(services) = root.get("services") else {
        return false;
    };
    services.entries().any(|(_, service)| {
        ["image", "build", "extends"]
            .iter()
            .any(|key| service.get(key).is_some())
    })
}

fn is_kubernetes(root: &Node) -> bool {
    let is_text = |key: &str| root.get(key).is_some_and(|node| node.as_str().is_some());
    // `Chart.yaml` has a version of its format too, but is no object.
    is_text("apiVersion") && is_text("kind")
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
