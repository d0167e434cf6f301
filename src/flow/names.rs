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

/// Methods whose result is the receiver itself, for what matters here.
pub(super) const IDENTITY: &[&str] = &[
    "clone",
    "to_owned",
    "as_ref",
    "as_mut",
    "as_str",
    "as_deref",
    "as_deref_mut",
    "as_path",
    "as_os_str",
    "into",
    "to_path_buf",
    "into_owned",
    "to_vec",
    "borrow",
    "borrow_mut",
    "cloned",
    "copied",
    "deref",
    "by_ref",
    "iter",
    "iter_mut",
    "into_iter",
    "into_inner",
    "boxed",
    "lock",
    "read",
    "write",
    "as_slice",
    "as_bytes",
    "to_str",
    "to_string_lossy",
    "to_string",
    "display",
    "into_string",
    "into_boxed_str",
    "as_string",
    "as_array",
    "as_object",
    "as_path_buf",
    "toString",
    "valueOf",
    "encode",
    "decode",
    "as_posix",
    "__str__",
    "copy",
    "values",
    "entries",
];

/// Those of them that yield text.
pub(super) const TO_TEXT: &[&str] = &[
    "to_str",
    "to_string_lossy",
    "to_string",
    "display",
    "as_str",
    "toString",
    "as_posix",
    "__str__",
    "into_string",
];

/// Methods that leave `Ok`/`Some` behind, or stop.
pub(super) const UNWRAP: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_unchecked",
    "ok",
    "ok_or",
    "ok_or_else",
    "map_err",
    "context",
    "with_context",
    "unwrap_or_default",
];

/// Methods that fold text: case, blanks.
pub(super) const FOLD: &[&str] = &[
    "trim",
    "trimStart",
    "trimEnd",
    "toLowerCase",
    "toUpperCase",
    "strip",
    "lower",
    "upper",
    "casefold",
    "lstrip",
    "rstrip",
    "to_lowercase",
    "to_uppercase",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "trim_start",
    "trim_end",
    "normalize",
    "toLocaleLowerCase",
];

/// Methods that yield parts of a text.
pub(super) const PARTS: &[&str] = &[
    "split",
    "split_whitespace",
    "chars",
    "bytes",
    "splitlines",
    "lines",
    "rsplit",
    "splitn",
    "components",
    "char_indices",
    "split_ascii_whitespace",
];
