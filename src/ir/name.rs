//! Interned names.

use std::fmt;

/// An interned string: identifiers, property names, literal texts. Equality and hashing cost O(1); ordering is by text,
/// so that sorted output never depends on the order in which threads met the names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name(ustr::Ustr);

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Self {
        Self(ustr::ustr(text))
    }

    /// A hash of the text, the same in every run.
    pub fn precomputed_hash(self) -> u64 {
        self.0.precomputed_hash()
    }

    /// The text.
    pub fn as_str(self) -> &'static str {
        self.0.as_str()
    }
}

impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.as_str())
    }
}
