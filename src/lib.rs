//! mcp-lint: a static analyzer and linter for Model Context Protocol servers.
//!
//! The pipeline on one page: [`workspace`] reads files, [`lang`] lowers each to the common language of [`ir`], [`project`] joins the
//! modules, [`server`] reads off it what the MCP server offers, [`flow`] follows untrusted arguments through it by the rows of
//! [`models`]; [`document`] reads files of settings and [`deploy`] knows those that launch, expose or contain a server; [`rules`]
//! turn what was met into findings, [`report`] formats them.
//!
//! Invariants: `lang` never decides what is dangerous; `flow` and `rules` never see a syntax tree, a file or a colour; parsing never
//! fails, it returns what it got and the gaps; no rule does I/O; `report` never filters; the order of findings is total and
//! deterministic; the same input gives the same fingerprints on every system.

pub mod config;
pub mod deploy;
pub mod diff;
pub mod document;
pub mod finding;
pub mod flow;
pub mod ir;
pub mod lang;
pub mod models;
pub mod project;
pub mod report;
pub mod rules;
mod scan;
pub mod secrets;
pub mod server;
pub mod workspace;

pub use scan::{ScanError, analyse, scan};
