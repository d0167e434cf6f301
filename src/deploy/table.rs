//! The tables of `rules/models/`: where clients keep servers, and which programs start others.

use std::sync::LazyLock;

use serde::Deserialize;

use super::path::Ends;

/// The clients; empty if the file is broken, which a test excludes.
pub(super) static CLIENTS: LazyLock<Clients> =
    LazyLock::new(|| toml::from_str(include_str!("../../rules/models/clients.toml")).unwrap_or_default());

/// The launchers; empty if the file is broken, which a test excludes.
pub(super) static LAUNCHERS: LazyLock<Launchers> =
    LazyLock::new(|| toml::from_str(include_str!("../../rules/models/launchers.toml")).unwrap_or_default());

/// `clients.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clients {
    pub(super) keys: Keys,
    pub(super) shape: Shape,
    pub(super) client: Vec<Client>,
    pub(super) approval: Vec<ApprovalRow>,
    pub(super) reading: Reading,
    pub(super) act: Vec<ActRow>,
}

/// Words with which the names of tools begin that only read.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reading {
    pub(super) words: Vec<String>,
}

/// Words in the name of a tool that say what it does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActRow {
    pub(super) words: Vec<String>,
    pub(super) what: String,
    #[serde(default)]
    pub(super) unless: Vec<String>,
}

/// What the parts of a server's entry are called.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) command: Vec<String>,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<String>,
    pub(super) folder: Vec<String>,
    pub(super) url: Vec<String>,
    pub(super) headers: Vec<String>,
    pub(super) credentials: Vec<String>,
    pub(super) approved: Vec<String>,
    pub(super) trusted: Vec<String>,
    pub(super) disabled: Vec<String>,
    pub(super) enabled: Vec<String>,
    pub(super) nested: Vec<String>,
}

/// What says that a file holds servers, whatever it is called.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shape {
    pub(super) servers: Vec<String>,
}

/// A client and its files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    pub(super) name: String,
    pub(super) files: Vec<Ends>,
    pub(super) servers: Vec<String>,
    pub(super) linux: Vec<String>,
    pub(super) macos: Vec<String>,
    pub(super) windows: Vec<String>,
}

/// A setting that lets a client act without asking.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalRow {
    pub(super) files: Vec<Ends>,
    pub(super) at: Vec<String>,
    pub(super) values: Vec<String>,
    pub(super) weight: Weight,
    pub(super) what: String,
}

/// How much is approved at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// One tool.
    Tool,
    /// Changes of files, or what the client holds to be harmless.
    Edit,
    /// All tools of a server, or all servers.
    Server,
    /// Every tool, or every action.
    All,
}

/// `launchers.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Launchers {
    pub(super) runner: Vec<Runner>,
    pub(super) wrapper: Vec<Wrapper>,
    pub(super) shell: Vec<Shell>,
    pub(super) container: Vec<Container>,
}

/// What runs a package.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Runner {
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) commands: Vec<String>,
    /// Words that must follow one of `commands`.
    #[serde(default)]
    pub(super) then: Vec<String>,
    pub(super) ecosystem: Ecosystem,
    #[serde(default)]
    pub(super) package: Vec<String>,
    #[serde(default)]
    pub(super) version: Vec<String>,
    #[serde(default)]
    pub(super) code: Vec<String>,
    pub(super) values: Vec<String>,
}

/// Where packages come from, which says how a version is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ecosystem {
    /// `name@1.2.3`
    Npm,
    /// `name==1.2.3`, `name@1.2.3`
    Pypi,
    /// `Name@1.2.3`, `--version 1.2.3`
    Nuget,
    /// `host/module@v1.2.3`
    Go,
    /// `npm:name@1.2.3`, `jsr:@scope/name@1.2.3`, addresses
    Deno,
    /// `group:artifact:1.2.3`, `alias@repository`, addresses
    Maven,
    /// `github:owner/name/revision`
    Nix,
    /// `image:1.2.3`
    Oci,
}

/// What runs another program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wrapper {
    pub(super) names: Vec<String>,
    /// One of these must follow; an empty one says that none has to.
    #[serde(default)]
    pub(super) commands: Vec<String>,
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// How an option starts, if not with a dash.
    #[serde(default)]
    pub(super) options: Option<String>,
    /// The command stands behind `--` alone.
    #[serde(default)]
    pub(super) dashes: bool,
    /// How many words stand between the options and the command.
    #[serde(default)]
    pub(super) skip: usize,
}

/// What runs a text as a program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shell {
    pub(super) names: Vec<String>,
    pub(super) code: Vec<String>,
    #[serde(default)]
    pub(super) letters: bool,
    #[serde(default)]
    pub(super) values: Vec<String>,
    pub(super) language: ScriptLanguage,
}

/// The language of a program that stands in a command line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScriptLanguage {
    /// A POSIX shell and its like.
    Shell,
    /// The command line of Windows.
    Cmd,
    /// PowerShell.
    Powershell,
    /// JavaScript.
    Javascript,
    /// Python.
    Python,
    /// AppleScript.
    Applescript,
    /// Perl, Ruby, PHP.
    Script,
}

/// What runs an image.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Container {
    pub(super) names: Vec<String>,
    pub(super) commands: Vec<String>,
    /// Words that may stand before one of `commands`.
    pub(super) before: Vec<String>,
    pub(super) values: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_read() {
        let clients: Result<Clients, _> = toml::from_str(include_str!("../../rules/models/clients.toml"));
        assert_eq!(clients.map(|clients| clients.client.is_empty()), Ok(false));
        let launchers: Result<Launchers, _> = toml::from_str(include_str!("../../rules/models/launchers.toml"));
        assert_eq!(launchers.map(|launchers| launchers.runner.is_empty()), Ok(false));
    }
}
