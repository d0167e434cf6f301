//! One model of a configured server, whatever the dialect.

use super::program::Program;
use super::table::Weight;
use super::words::Text;
use crate::workspace::{FileId, Span};

/// A server that a file of settings tells somebody to start or to call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerConfig {
    /// The file.
    pub file: FileId,
    /// Who reads it: `Cursor`.
    pub origin: String,
    /// The server's name.
    pub name: String,
    /// Where the name stands.
    pub place: Span,
    /// All that is said of it.
    pub span: Span,
    /// It is switched off: nothing is started, but what is written there is written.
    pub disabled: bool,
    /// How it is started.
    pub launch: Option<Launch>,
    /// Where it is called.
    pub remote: Option<Remote>,
    /// What it may do without asking.
    pub approvals: Vec<Approval>,
    /// The address that it is told to listen on.
    pub listen: Option<Text>,
}

/// How a server is started.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Launch {
    /// The command line, word by word.
    pub words: Vec<Text>,
    /// Names and values of its environment.
    pub environment: Vec<(Text, Text)>,
    /// The folder it is started in.
    pub folder: Option<Text>,
    /// What the command line starts, from the outside to the inside.
    pub programs: Vec<Program>,
}

/// Where a server is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remote {
    /// Its address.
    pub url: Text,
    /// Names and values of what is sent along.
    pub headers: Vec<(Text, Text)>,
    /// The client presents a credential, or asks the user for one.
    pub credentials: bool,
}

/// Something that is done without asking the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// Where it says so.
    pub span: Span,
    /// How much it approves.
    pub weight: Weight,
    /// The tool, or the setting with what it means.
    pub what: String,
}

/// A command line in a file that is no config of a client: a script of a package, a step of a workflow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// The file.
    pub file: FileId,
    /// The script or job.
    pub name: String,
    /// All of it.
    pub span: Span,
    /// What it starts.
    pub programs: Vec<Program>,
}
