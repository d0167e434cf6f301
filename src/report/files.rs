//! What a run reads and what it does not, for people.

use std::fmt::Write as _;

use super::clean;
use crate::workspace::{FileKind, Listing, Role};

/// One line a path: what it is read as and the part it plays, or why it is not read.
pub fn files(listing: &Listing, include_tests: bool) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    for (path, kind, role) in &listing.read {
        let what = match kind {
            FileKind::TypeScript => "typescript",
            FileKind::TypeScriptJsx => "typescript or javascript",
            FileKind::Python => "python",
            FileKind::Rust => "rust",
            FileKind::Manifest => "manifest",
            FileKind::Config(_) => "configuration",
            FileKind::Text => "text",
            FileKind::Other => "other",
        };
        let is_code = kind.language().is_some();
        let part = match (is_code, role) {
            (false, _) => "",
            (true, Role::Source) => ", source",
            (true, Role::Test) => ", test",
            (true, Role::Example) => ", example",
            (true, Role::Generated) => ", generated",
            (true, Role::Compiled) => ", compiled from a source beside it",
            (true, Role::Vendored) => ", somebody else's",
            (true, Role::Bench) => ", benchmark",
            (true, Role::Fixture) => ", data of tests",
            (true, Role::BuildScript) => ", build script",
        };
        let judged = match is_code && !include_tests && !role.ships() {
            true => " (not judged without --include-tests)",
            false => "",
        };
        lines.push((path, format!("read: {what}{part}{judged}")));
    }
    for (path, reason) in &listing.left_out {
        let reason = reason.trim_end_matches(", not read");
        lines.push((path, format!("not read: {}", clean(reason))));
    }
    lines.sort();
    let mut out = String::new();
    for (path, what) in lines {
        let _ = writeln!(out, "{}: {what}", clean(path));
    }
    out
}
