//! Which files of settings are known, by name and by shape.

use rustc_hash::FxHashSet;

use crate::document::{Content, Documents, Node};
use crate::workspace::{FileId, Role, Syntax, Workspace};

/// What a known file of settings is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConfigKind {
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

/// The kind of a file; `None` if it is not known.
pub(super) fn of(
    file: FileId,
    workspace: &Workspace,
    documents: &Documents<'_>,
    layout: &Layout<'_>,
) -> Option<ConfigKind> {
    let source = workspace.get(file)?;
    if matches!(source.role, Role::Vendored | Role::Compiled) {
        return None;
    }
    let syntax = source.syntax()?;
    match syntax {
        Syntax::Env => Some(ConfigKind::Environment),
        Syntax::Dockerfile => {
            let is_one = |dockerfile: &crate::document::Dockerfile| !dockerfile.stages.is_empty();
            documents
                .get(file)?
                .dockerfile()
                .is_some_and(is_one)
                .then_some(ConfigKind::Dockerfile)
        }
        Syntax::Nginx => {
            let Content::Nginx(directives) = &documents.get(file)?.content else {
                return None;
            };
            let is_known = directives
                .iter()
                .any(|directive| NGINX.contains(&directive.name.as_str()));
            is_known.then_some(ConfigKind::Nginx)
        }
        Syntax::Yaml => yaml(file, &source.path, &source.text, documents, layout),
        Syntax::Json | Syntax::Toml => None,
    }
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

fn yaml(file: FileId, path: &str, text: &str, documents: &Documents<'_>, layout: &Layout<'_>) -> Option<ConfigKind> {
    let (folder, name) = split(path);
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
