//! Partial proofs about paths, kept beside the classes: only together do they clear [`Class::Path`].

use crate::models::{Class, ClassSet};

/// The text holds no `..`.
pub(crate) const NO_PARENT: ClassSet = ClassSet::bit(30);
/// The text is no absolute path, or can't act as one where it stands.
pub(crate) const NOT_ABSOLUTE: ClassSet = ClassSet::bit(31);

/// Kept for every value ([`super::value::ANY`]): no root was configured, and to check nothing is what its owner chose.
pub(crate) const NO_ROOT: ClassSet = ClassSet::bit(29);

/// Whether `class` is cleared, partial proofs taken together.
pub(crate) fn is_cleared(cleared: ClassSet, class: Class) -> bool {
    cleared.has(class) || (class == Class::Path && cleared.holds(NO_PARENT.union(NOT_ABSOLUTE)))
}
