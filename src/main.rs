//! The `mcp-lint` binary.

fn main() {}
