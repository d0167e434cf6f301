//! Where imports lead: one room an ecosystem.

pub(super) mod python;
pub(super) mod rust;
pub(super) mod typescript;

use super::ModuleId;
use crate::ir::Name;

/// What an import's source is.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A module of the project.
    Module(ModuleId),
    /// A Python folder without `__init__.py`.
    Folder(Name),
    /// Something outside: the qualified name of what is taken from it.
    External(Name),
    /// A Rust path, to be followed when asked for.
    Path(Box<[Name]>),
}
