//! What is known of images, paths of a host and capabilities: `rules/models/containers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::finding::Severity;

/// The table.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    user: Vec<Images>,
    store: Vec<Store>,
    path: Vec<HostPath>,
    capability: Vec<Capability>,
}

/// Images that do not run as root.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Images {
    images: Vec<String>,
    /// Only with these tags; with all of them if there are none.
    #[serde(default)]
    tags: Vec<String>,
}

/// A store of data, which is not for everybody.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    images: Vec<String>,
    /// What it is: `a cache`.
    pub what: String,
    /// It does not start without a password.
    #[serde(default)]
    pub asks: bool,
    /// Names of variables and options that make it ask for a password.
    pub secrets: Vec<String>,
    /// Settings that make it ask for none.
    #[serde(default)]
    pub open: Vec<String>,
}

/// A path of a host that a container should not see.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostPath {
    paths: Vec<String>,
    /// What lies below counts too.
    #[serde(default)]
    within: bool,
    /// The home of each user counts too.
    #[serde(default)]
    homes: bool,
    /// What is there.
    pub what: String,
    /// What whoever sees it has won.
    pub gives: String,
    /// How bad it is.
    pub severity: Level,
    /// How bad it is for reading alone, if that makes a difference.
    pub reading: Option<Level>,
    /// Words in the name or the image of a container that has it for a purpose.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Names of files below that say nothing.
    #[serde(default)]
    harmless: Vec<String>,
}

/// A capability.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    names: Vec<String>,
    /// What it gives.
    pub gives: String,
    /// How bad it is.
    pub severity: Level,
}

/// A severity in a row; some things are none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing to tell.
    None,
    /// [`Severity::Low`].
    Low,
    /// [`Severity::Medium`].
    Medium,
    /// [`Severity::High`].
    High,
}

impl Level {
    /// The severity, if there is something to tell.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::None => None,
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
        }
    }
}

const TEXT: &str = include_str!("../../rules/models/containers.toml");

// A broken table is an empty one; a test excludes that it is embedded.
static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// An image's name without tag, digest and the registry that is asked by default, and its tag.
pub fn name_of_image(image: &str) -> (String, &str) {
    let bare = image.split('@').next().unwrap_or(image);
    let last = bare.rfind('/').map_or(0, |at| at + 1);
    let colon = bare.get(last..).and_then(|rest| rest.find(':')).map(|at| last + at);
    let (name, tag) = match colon {
        Some(at) => (bare.get(..at).unwrap_or(bare), bare.get(at + 1..).unwrap_or_default()),
        None => (bare, ""),
    };
    let name = [
        "docker.io/library/",
        "docker.io/",
        "index.docker.io/",
        "library/",
        "public.ecr.aws/docker/library/",
        "mirror.gcr.io/library/",
    ]
    .iter()
    .find_map(|registry| name.strip_prefix(registry))
    .unwrap_or(name);
    (name.to_ascii_lowercase(), tag)
}

/// Whether an image is known to run as another user than root.
pub fn drops_root(image: &str) -> bool {
    let (name, tag) = name_of_image(image);
    TABLE.user.iter().any(|row| {
        let is_named = row.images.iter().any(|pattern| matches(pattern, &name));
        is_named && (row.tags.is_empty() || row.tags.iter().any(|pattern| matches(pattern, tag)))
    })
}

/// The store that an image is.
pub fn store(image: &str) -> Option<&'static Store> {
    let (name, _) = name_of_image(image);
    TABLE
        .store
        .iter()
        .find(|row| row.images.iter().any(|pattern| matches(pattern, &name)))
}

/// What is known of a path of a host, however its home folder is written.
pub fn host_path(path: &str) -> Option<&'static HostPath> {
    let path = normal(path);
    TABLE.path.iter().find(|row| {
        let file = path.rsplit('/').next().unwrap_or_default();
        let is_at = row.paths.iter().any(|candidate| {
            path == *candidate
                || row.within
                    && path
                        .strip_prefix(candidate.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
        });
        is_at && !row.harmless.iter().any(|name| name == file) || row.homes && is_home(&path)
    })
}

/// What is known of a capability.
pub fn capability(name: &str) -> Option<&'static Capability> {
    TABLE
        .capability
        .iter()
        .find(|row| row.names.iter().any(|known| known == name))
}

/// `$HOME/x`, `/home/somebody/x` and `C:\Users\somebody\x` as `~/x`, without a slash at the end.
fn normal(path: &str) -> String {
    let path = path.trim().trim_matches(['"', '\'']).replace('\\', "/");
    let bare = path.trim_end_matches('/');
    let path = if bare.is_empty() && !path.is_empty() { "/" } else { bare };
    for home in [
        "${env:HOME}",
        "${localEnv:HOME}",
        "${HOME}",
        "$HOME",
        "${USERPROFILE}",
        "$USERPROFILE",
        "%USERPROFILE%",
        "${userHome}",
        "${user_home}",
        "/root",
    ] {
        if let Some(rest) = path
            .strip_prefix(home)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            return format!("~{rest}");
        }
    }
    for homes in [
        "/home/",
        "/Users/",
        "C:/Users/",
        "c:/Users/",
        "/c/Users/",
        "/mnt/c/Users/",
    ] {
        if let Some((_, rest)) = path.strip_prefix(homes).and_then(|rest| rest.split_once('/')) {
            return format!("~/{rest}");
        }
    }
    if path == "C:" {
        "C:/".to_owned()
    } else {
        path.to_owned()
    }
}

fn is_home(path: &str) -> bool {
    [
        "/home/",
        "/Users/",
        "C:/Users/",
        "c:/Users/",
        "/c/Users/",
        "/mnt/c/Users/",
    ]
    .iter()
    .any(|homes| {
        path.strip_prefix(homes)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
    })
}

/// Whether a text is what a pattern says; `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let table: Table = toml::from_str(TEXT).unwrap();
        assert!(!table.user.is_empty() && !table.path.is_empty());
    }

    #[test]
    fn images_that_drop_root() {
        for image in [
            "gcr.io/distroless/nodejs22-debian12:nonroot",
            "cgr.dev/chainguard/python:latest",
            "docker:dind-rootless",
            "docker.io/library/postgres:16",
            "nginxinc/nginx-unprivileged:1",
        ] {
            assert!(drops_root(image), "{image}");
        }
        for image in ["node:22", "gcr.io/distroless/base-debian12", "docker:dind", "scratch"] {
            assert!(!drops_root(image), "{image}");
        }
    }

    #[test]
    fn paths_of_a_host() {
        let what = |path: &str| host_path(path).map(|row| row.what.as_str());
        assert_eq!(what("/var/run/docker.sock"), Some("the socket of the container engine"));
        assert_eq!(what("/"), Some("all files of the host"));
        assert_eq!(what("${HOME}/.ssh/id_rsa"), Some("private keys of the user"));
        for home in ["~", "$HOME/", "/home/somebody", "C:\\Users\\somebody", "/root"] {
            assert_eq!(what(home), Some("whole home folders"), "{home}");
        }
        for path in [
            "~/.ssh/known_hosts",
            "~/project",
            "/data",
            "./x",
            "/tmp/.X11-unix",
            "/home/somebody/project",
        ] {
            assert_eq!(what(path), None, "{path}");
        }
    }
}
