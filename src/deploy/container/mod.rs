//! One model of a container that is started, whoever starts it: a compose service, a pod of a cluster, the values of a
//! chart, or a command line of docker in a client's config or a script.

mod cluster;
mod compose;
mod defaults;
mod run;

use super::words::Text;
use super::{ConfigKind, Deploy};
use crate::document::{Documents, Node};
use crate::workspace::{FileId, Span};

pub use defaults::with_defaults;

/// What says that a container is started.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Form {
    /// A service of a compose file.
    Service,
    /// A container of a pod.
    Pod,
    /// The values of a chart.
    Values,
    /// A command line: `docker run …`.
    Run,
}

/// A container that a file tells somebody to start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Container {
    /// The file.
    pub file: FileId,
    /// What says so.
    pub form: Form,
    /// What it is called there: the service, the container, the server of a client.
    pub name: String,
    /// Where that name stands, or what comes nearest.
    pub place: Span,
    /// The image as it is written. For values of a chart, the tag alone may stand at the place.
    pub image: Option<Text>,
    /// The image is made here (`build:`), or never fetched.
    pub built: bool,
    /// The folder that it is built in, as it is written.
    pub context: Option<String>,
    /// It runs before the others, to prepare something.
    pub init: bool,
    /// The user it is told to run as.
    pub user: Option<Text>,
    /// Whether it is said that it must not run as root, and where.
    pub non_root: Option<(bool, Span)>,
    /// Names and values of its environment.
    pub environment: Vec<(Text, Text)>,
    /// Its command and arguments.
    pub command: Vec<Text>,
    /// Ports that the host hands on to it.
    pub ports: Vec<Port>,
    /// Folders and files of the host that it sees.
    pub mounts: Vec<Mount>,
    /// What it may do beyond other containers.
    pub grants: Vec<Grant>,
    /// What it is kept from.
    pub hardening: Hardening,
    /// It is started only on demand: the names of its profiles.
    pub profiles: Vec<String>,
}

/// A port that the host hands on to a container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Port {
    /// Where it stands.
    pub span: Span,
    /// The address of the host, defaults put in; empty for all of them.
    pub host: String,
    /// The port of the host, defaults put in; empty if it is any free one.
    pub published: String,
    /// The port of the container.
    pub target: String,
}

/// A folder or file of the host that a container sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mount {
    /// Where it stands.
    pub span: Span,
    /// Where it lies on the host, defaults put in.
    pub source: String,
    /// Where the container sees it.
    pub target: String,
    /// The container may not change it.
    pub read_only: bool,
}

/// Something that a container may do and others may not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// Where it says so.
    pub span: Span,
    /// What it is.
    pub kind: GrantKind,
}

/// What a container may do and others may not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GrantKind {
    /// Everything.
    Privileged,
    /// It has the network of the host.
    HostNetwork,
    /// It sees and signals the processes of the host.
    HostProcesses,
    /// It shares memory with the processes of the host.
    HostIpc,
    /// Its users are those of the host.
    HostUsers,
    /// A capability, without `CAP_`.
    Capability(String),
    /// A fence that is taken away: `seccomp=unconfined`.
    Unconfined(String),
}

/// What a container is kept from.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Hardening {
    /// It cannot change its image's files.
    pub read_only: bool,
    /// It has no capabilities but those that are named.
    pub drops_all: bool,
    /// Its programs cannot gain rights.
    pub no_new_privileges: bool,
    /// Its memory or the number of its processes is limited.
    pub limits: bool,
}

impl Container {
    fn new(file: FileId, form: Form, name: &str, place: Span) -> Self {
        Self {
            file,
            form,
            name: name.to_owned(),
            place,
            image: None,
            built: false,
            context: None,
            init: false,
            user: None,
            non_root: None,
            environment: Vec::new(),
            command: Vec::new(),
            ports: Vec::new(),
            mounts: Vec::new(),
            grants: Vec::new(),
            hardening: Hardening::default(),
            profiles: Vec::new(),
        }
    }

    fn grant(&mut self, span: Span, kind: GrantKind) {
        self.grants.push(Grant { span, kind });
    }

    fn capability(&mut self, span: Span, name: &str) {
        let name = name.to_ascii_uppercase();
        let name = name.strip_prefix("CAP_").unwrap_or(&name).to_owned();
        self.grant(span, GrantKind::Capability(name));
    }

    /// `seccomp=unconfined` and `no-new-privileges`, with `=` or `:`.
    fn security_option(&mut self, span: Span, text: &str) {
        let text = text.to_ascii_lowercase().replace(':', "=");
        if text == "no-new-privileges" || text == "no-new-privileges=true" {
            self.hardening.no_new_privileges = true;
        } else if text.ends_with("=unconfined") || matches!(text.as_str(), "label=disable" | "systempaths=unconfined") {
            self.grant(span, GrantKind::Unconfined(text));
        }
    }
}

/// The containers of all known files, in the order of files and places.
pub(super) fn all(deploy: &Deploy, documents: &Documents<'_>) -> Vec<Container> {
    let mut out = Vec::new();
    for (file, kind) in &deploy.files {
        let roots = documents.get(*file).map_or(&[][..], |document| document.roots());
        match kind {
            ConfigKind::Compose => out.extend(compose::services(*file, roots)),
            ConfigKind::Kubernetes => out.extend(cluster::pods(*file, roots)),
            ConfigKind::HelmValues => out.extend(cluster::values(*file, roots)),
            _ => {}
        }
    }
    out.extend(run::launches(deploy));
    out.sort_by_key(|container| (container.file, container.place));
    out
}

/// The texts of a list, or of a command line that is one text.
fn words(node: &Node) -> Vec<Text> {
    match Text::of(node) {
        Some(line) => super::words::split(&line),
        None => node.items().iter().filter_map(Text::of).collect(),
    }
}

#[cfg(test)]
mod tests;
