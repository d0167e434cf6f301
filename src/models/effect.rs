//! Rows that say what a call does to the world, whoever decided about its arguments.

use serde::Deserialize;

use super::{Condition, Selector};

/// A call that changes something, or speaks to somebody. Rows of sinks tell most of it already: files that are written or deleted,
/// commands, statements; these rows say the rest.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EffectRow {
    /// What is called, as for [`super::SinkRow`].
    pub callee: Vec<String>,
    /// What it does.
    pub does: Does,
    /// What it is done to; for [`Does::Request`] the argument that names the method. Left out: nothing in particular.
    #[serde(default)]
    pub arg: Option<Selector>,
    /// All must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// A method that takes it back when the same function calls it.
    #[serde(default)]
    pub unless: Option<String>,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// Creates or changes something that lasts.
    Write,
    /// Removes something.
    Delete,
    /// Sends a message to somebody.
    Send,
    /// Moves money.
    Pay,
    /// Asks a service by HTTP, by the method that an argument names.
    Request,
    /// Starts the program that its receiver describes.
    Start,
    /// Asks the client's user.
    Ask,
    /// Prints to standard output.
    Print,
    /// Checks data against a schema.
    Validate,
}

/// What programs do that others start, by their first words.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProgramRow {
    /// The programs, without folder and extension.
    pub program: Vec<String>,
    /// Their subcommands that do it; left out: all they do.
    #[serde(default)]
    pub command: Vec<String>,
    /// What that is: `write`, `delete` or `send`.
    pub does: Does,
}
