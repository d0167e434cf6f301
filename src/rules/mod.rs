//! The rules.

pub mod flow;
pub mod surface;

use crate::finding::RuleMeta;

/// Every rule, sorted by id.
pub fn all() -> &'static [RuleMeta] {
    &[]
}
