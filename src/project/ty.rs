//! The lattice of types: what a declared type or schema can say about a value.

use super::ClassRef;
use crate::ir::{Literal, Name};

/// A type. A type counts as a guard only where the SDK enforces it; that is decided in `server`.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// Nothing is known.
    Unknown,
    /// Any text.
    Str,
    /// An integer.
    Int,
    /// A number.
    Float,
    /// A boolean.
    Bool,
    /// Scalars whose text form is harmless: UUID, date, time, duration, decimal, version.
    Scalar,
    /// One of these constants.
    Enum(Box<[Literal]>),
    /// Text that a pattern admits, as written; `search` says that the pattern is searched for, not matched against the whole.
    Pattern(Name),
    /// A file system path (`PathBuf`, `pathlib.Path`): no guard, but methods hang on it.
    Path,
    /// A URL type: format only.
    Url,
    /// Bytes.
    Bytes,
    /// An instance of a class of the project.
    Class(ClassRef),
    /// An instance of a class outside the project, by its qualified name (`std::process::Command`, `pg.Client`).
    External(Name),
    /// A collection of one type.
    List(Box<Ty>),
    /// Keys are text; the values' type.
    Map(Box<Ty>),
    /// Possibly missing.
    Optional(Box<Ty>),
    /// Fixed positions.
    Tuple(Vec<Ty>),
    /// Named fields.
    Record(Vec<(Name, Ty)>),
    /// Any of these.
    Union(Vec<Ty>),
    /// Something callable.
    Function,
}

impl Ty {
    /// Whether no value of the type can carry text of the caller's choosing.
    pub fn is_harmless(&self) -> bool {
        match self {
            Self::Int | Self::Float | Self::Bool | Self::Scalar | Self::Enum(_) | Self::Function => true,
            Self::List(inner) | Self::Optional(inner) => inner.is_harmless(),
            Self::Tuple(all) | Self::Union(all) => all.iter().all(Self::is_harmless),
            Self::Record(fields) => fields.iter().all(|(_, ty)| ty.is_harmless()),
            _ => false,
        }
    }
}
