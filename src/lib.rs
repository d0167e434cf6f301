//! mcp-lint: a static analyzer and linter for Model Context Protocol servers.

pub mod config;
pub mod finding;
pub mod ir;
pub mod lang;
pub mod models;
pub mod project;
pub mod server;
pub mod workspace;
