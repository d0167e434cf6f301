//! The classes of harm that a sink row names, a sanitizer row clears and a flow rule reports.

use serde::Deserialize;

/// What a sink does with text: the classes that taint is tracked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Class {
    /// A string that a shell parses, or the program to start.
    Command,
    /// One element of an argument vector, which may start with `-`.
    Argument,
    /// A file system path.
    Path,
    /// SQL text.
    Sql,
    /// A query object or text of another query language.
    Nosql,
    /// A URL, host or address to connect to.
    Url,
    /// Program text, or a name looked up and called.
    Code,
    /// Serialized data that can run code when read.
    Deserialize,
    /// Template text.
    Template,
    /// An archive that is unpacked, or an entry name in one.
    Archive,
    /// Text that is returned to the client.
    Output,
    /// Text that is logged.
    Log,
}

/// A set of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ClassSet(u32);

impl ClassSet {
    /// No class.
    pub const NONE: Self = Self(0);
    /// Every class.
    pub const ALL: Self = Self(u32::MAX);

    /// A set that holds one bit besides the classes; `flow` keeps partial proofs there.
    pub const fn bit(bit: u32) -> Self {
        Self(1 << bit)
    }

    /// The bits, for hashing.
    pub fn raw(self) -> u32 {
        self.0
    }

    /// Whether all of `other` is in it.
    pub fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Just one.
    pub fn of(class: Class) -> Self {
        Self(1 << class as u32)
    }
    /// Whether `class` is in it.
    pub fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u32) != 0
    }
    /// In either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// In both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// In `self` but not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Class> for ClassSet {
    fn from_iter<I: IntoIterator<Item = Class>>(classes: I) -> Self {
        classes
            .into_iter()
            .fold(Self::NONE, |set, class| set.union(Self::of(class)))
    }
}
