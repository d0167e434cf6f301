//! mcp-lint: a static analyzer and linter for Model Context Protocol servers.

pub mod config;
pub mod finding;
pub mod ir;
pub mod lang;
pub mod report;
pub mod rules;
pub mod workspace;

use std::time::Instant;

use config::Config;
use finding::{Coverage, Report};
use workspace::LoadError;

/// Reads and analyses what `config` asks for.
///
/// # Errors
/// If a path of the configuration does not exist or a glob is malformed.
pub fn scan(config: &Config) -> Result<Report, LoadError> {
    config.run(|| analyse(config))
}

fn analyse(config: &Config) -> Result<Report, LoadError> {
    let start = Instant::now();
    let workspace = workspace::load(&config.workspace_options())?;
    let coverage = Coverage::of_files(&workspace);
    Ok(Report {
        workspace,
        coverage,
        elapsed: start.elapsed(),
        ..Report::default()
    })
}
