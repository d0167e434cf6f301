//! Partial proofs about paths, kept beside the classes: only together do they clear [`Class::Path`].

use std::rc::Rc;

use super::taint::Taint;
use crate::models::{Access, Class, ClassSet};

/// The text holds no `..`.
pub(crate) const NO_PARENT: ClassSet = ClassSet::bit(30);
/// The text is no absolute path, or can't act as one where it stands.
pub(crate) const NOT_ABSOLUTE: ClassSet = ClassSet::bit(31);

/// Kept for every value ([`super::value::ANY`]): no root was configured, and to check nothing is what its owner chose.
pub(crate) const NO_ROOT: ClassSet = ClassSet::bit(29);

/// Kept for every value: a setting named for it lifts all confinement.
pub(crate) const LIFTED: ClassSet = ClassSet::bit(21);

/// The text begins with a whole constant word: split into words, its first is not in the caller's hands.
pub(crate) const FIXED_WORD: ClassSet = ClassSet::bit(28);

/// The path was resolved, or else it names nothing that exists.
pub(crate) const RESOLVED: ClassSet = ClassSet::bit(27);
/// The path names nothing that exists: there is nothing to read.
pub(crate) const ABSENT: ClassSet = ClassSet::bit(26);

/// Kept for every value: the transaction or connection was made read-only.
pub(crate) const READ_ONLY: ClassSet = ClassSet::bit(25);

/// Every backslash is written twice.
pub(crate) const BACKSLASHES: ClassSet = ClassSet::bit(24);
/// After that, a backslash stands before every double quote: text for a string of AppleScript, JavaScript or Python.
pub(crate) const QUOTES: ClassSet = ClassSet::bit(23);

/// Every single quote ends, adds and begins a quoted word of a POSIX shell: inside of single quotes the text is one word.
pub(crate) const SHELL_WORD: ClassSet = ClassSet::bit(20);

/// The URL's scheme is one that the owner named.
pub(crate) const SCHEME: ClassSet = ClassSet::bit(22);

/// The host of the URL is an address, not a name.
pub(crate) const LITERAL: ClassSet = ClassSet::bit(19);
/// The host of the URL is no internal address, if it is an address.
pub(crate) const NOT_INTERNAL: ClassSet = ClassSet::bit(18);

/// What partial proofs come to: a host that is an address, and none that is internal, is a host that was looked at.
pub(crate) fn together(classes: ClassSet) -> ClassSet {
    if classes.holds(LITERAL) && classes.holds(NOT_INTERNAL) {
        classes.union(ClassSet::of(Class::Url))
    } else {
        classes
    }
}

/// What a path has about which nothing is left to prove.
pub(crate) fn confined() -> ClassSet {
    ClassSet::of(Class::Path)
        .union(NO_PARENT)
        .union(NOT_ABSOLUTE)
        .union(RESOLVED)
        .union(ABSENT)
}

/// Taints without what was proven in a class.
pub(crate) fn undone(taints: &[Taint], class: Class) -> Rc<[Taint]> {
    let lost = match class {
        Class::Path => confined(),
        other => ClassSet::of(other),
    };
    taints
        .iter()
        .map(|taint| Taint {
            cleared: taint.cleared.without(lost),
            ..taint.clone()
        })
        .collect()
}

/// Taints of what a path resolves to: where the text stood below a root says nothing any more, unless it could not leave that root.
pub(crate) fn of_resolved(taints: &[Taint]) -> Rc<[Taint]> {
    taints
        .iter()
        .map(|taint| match taint.cleared.holds(NO_PARENT) {
            true => taint.clone(),
            false => Taint {
                cleared: taint.cleared.without(NOT_ABSOLUTE),
                ..taint.clone()
            },
        })
        .collect()
}

/// Whether `class` is cleared, partial proofs taken together.
pub(crate) fn is_cleared(cleared: ClassSet, class: Class, access: Option<Access>) -> bool {
    cleared.has(class)
        || class == Class::Path
            && (cleared.holds(NO_PARENT.union(NOT_ABSOLUTE))
                || access == Some(Access::Read)
                    && (cleared.holds(ABSENT) || cleared.holds(RESOLVED.union(NOT_ABSOLUTE))))
}
