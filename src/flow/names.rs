//! Names that the engine itself speaks of.

use std::sync::LazyLock;

use crate::ir::Name;

static THIS: LazyLock<Name> = LazyLock::new(|| Name::new("$this"));
static ZERO: LazyLock<Name> = LazyLock::new(|| Name::new("0"));

/// The variable that holds the receiver.
pub(super) fn this() -> Name {
    *THIS
}

/// The first field of a tuple struct or variant.
pub(super) fn zero() -> Name {
    *ZERO
}

/// Where an `Err` keeps what it holds: apart from what an `Ok` holds that it may meet.
pub(super) fn failure() -> Name {
    Name::new("Err.0")
}
