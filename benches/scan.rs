//! How long a scan takes: of the fixtures, and of the folder that `MCP_LINT_BENCH` names.
//!
//! Prints the fastest and the median of some runs, with the files and findings that were met.

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mcp_lint::config::Config;

/// Runs that are timed, after one that fills the caches of the file system.
const RUNS: usize = 7;

fn time(folder: &Path, threads: Option<usize>) {
    let config = Config {
        paths: vec![folder.to_owned()],
        threads,
        ..Config::default()
    };
    let mut times: Vec<Duration> = Vec::new();
    let mut met = String::new();
    for _ in 0..=RUNS {
        let start = Instant::now();
        match mcp_lint::scan(&config) {
            Ok(report) => {
                met = format!(
                    "{} files, {} findings",
                    report.coverage.files_read,
                    report.findings.len()
                )
            }
            Err(error) => {
                println!("{}: {error}", folder.display());
                return;
            }
        }
        times.push(start.elapsed());
    }
    times.remove(0);
    times.sort();
    let threads = threads.map_or_else(|| "all threads".to_owned(), |number| format!("{number} thread"));
    println!(
        "{}, {threads}: {met}: fastest {:.1?}, median {:.1?}",
        folder.display(),
        times[0],
        times[RUNS / 2]
    );
}

fn main() {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = [Some(fixtures), std::env::var_os("MCP_LINT_BENCH").map(PathBuf::from)];
    for folder in folders.into_iter().flatten() {
        time(&folder, Some(1));
        time(&folder, None);
    }
}
