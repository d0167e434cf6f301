//! What APIs mean: the rows of `rules/models/*.toml` and how they match.
//!
//! Rust code says how meaning spreads; a row says what one API means. `rules/README.md` documents the grammar for rule
//! authors; the structs here are its definition (unknown keys are errors).

mod class;
mod effect;
mod framework;
mod network;
mod practices;
mod row;
mod secrets;
mod select;
mod table;
#[cfg(test)]
mod tests;
mod wording;

pub use class::{Class, ClassSet};
pub use effect::{Does, EffectRow, ProgramRow};
pub use framework::{FrameworkKind, FrameworkRow, Frameworks, Gate, RowLanguage, RowTransport, SdkRow, Shape};
pub use network::{AuthRow, DefaultHost, ListenerKind, ListenerRow, NetworkRows, OriginRow, TransportRow};
pub use practices::{NamePhrases, Practices};
pub use row::{
    Access, ActKind, ActRow, AliasRow, Below, Condition, Is, On, OwnRows, PropagatorRow, Property, Registrations,
    RowFile, SanitizerRow, SinkRow, SourceKind, SourceRow, Spared,
};
pub use secrets::{Check, ProviderRow, SecretRows, SecretWords, secret_rows};
pub use select::{Base, Pick, Selector};
pub use table::{Entry, Models};
pub use wording::{Phrases, Wording, words};
