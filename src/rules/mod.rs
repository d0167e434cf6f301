//! The rules.

use crate::finding::RuleMeta;

/// Every rule, sorted by id.
pub fn all() -> &'static [RuleMeta] {
    &[]
}
