//! What APIs mean: the rows of `rules/models/*.toml` and how they match.
//!
//! Rust code says how meaning spreads; a row says what one API means. `rules/README.md` documents the grammar for rule
//! authors; the structs here are its definition (unknown keys are errors).

mod class;
mod framework;
mod row;
mod secrets;
mod select;
mod table;
#[cfg(test)]
mod tests;

pub use class::{Class, ClassSet};
pub use framework::{FrameworkKind, FrameworkRow, Frameworks, Gate, RowLanguage, RowTransport, SdkRow, Shape};
pub use row::{
    Access, AliasRow, Condition, Is, On, PropagatorRow, Property, RowFile, SanitizerRow, SinkRow, SourceKind, SourceRow,
};
pub use secrets::{Check, ProviderRow, providers};
pub use select::{Base, Pick, Selector};
pub use table::{Entry, Models};
