//! One run, from paths to a report.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use rayon::prelude::*;

use crate::config::Config;
use crate::finding::{Coverage, Finding, Location, Report, assign_fingerprints};
use crate::ir::{Builder, Language, Module};
use crate::lang::{Dialect, lower};
use crate::models::Models;
use crate::project::{ModuleId, Project};
use crate::rules;
use crate::secrets::{self, Secret};
use crate::server::Server;
use crate::workspace::{self, FileId, FileKind, LoadError, Role, SourceFile, Span, Workspace};

/// Why a run could not be made.
#[derive(Debug)]
pub enum ScanError {
    /// The paths or globs given are wrong.
    Load(LoadError),
    /// The rows that ship with the program are broken.
    Models(String),
}

impl fmt::Display for ScanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(out),
            Self::Models(error) => write!(out, "broken rows: {error}"),
        }
    }
}

impl std::error::Error for ScanError {}

impl From<LoadError> for ScanError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

/// Reads and analyses what `config` asks for.
///
/// # Errors
/// If a path of the configuration does not exist or a glob is malformed.
pub fn scan(config: &Config) -> Result<Report, ScanError> {
    config.run(|| scan_here(config))
}

fn scan_here(config: &Config) -> Result<Report, ScanError> {
    let start = Instant::now();
    let mut workspace = workspace::load(&config.workspace_options())?;
    let models = Models::embedded().map_err(ScanError::Models)?;
    let mut coverage = Coverage::of_files(&workspace);

    let modules = lower_all(&workspace, config.include_tests);
    for module in &modules {
        for gap in &module.gaps {
            let location = Location {
                file: module.file,
                span: gap.span,
            };
            coverage.gaps.push((location, gap.message.clone()));
        }
    }
    let paths: Vec<String> = modules
        .iter()
        .map(|module| workspace.file(module.file).path.clone())
        .collect();
    let manifests: Vec<(String, String)> = workspace
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Manifest)
        .map(|file| (file.path.clone(), file.text.clone()))
        .collect();
    let project = Project::new(modules, &paths, &manifests);
    let quiet = |module: ModuleId| !config.include_tests && !workspace.file(project.module(module).file).role.ships();
    let server = Server::read(&project, &models, &quiet);
    let (analysis, secrets) = rayon::join(
        || crate::flow::analyze(&project, &models, &server, &quiet),
        || secrets::find(&workspace, &project, config.include_tests),
    );
    for limit in &analysis.limits {
        coverage
            .gaps
            .push((rules::location(&project, limit.place), limit.message.clone()));
    }
    let mut findings: Vec<Finding> = rules::flow::findings(&project, &server, &analysis);
    findings.extend(rules::findings(&rules::Context {
        workspace: &workspace,
        project: &project,
        models: &models,
        server: &server,
        analysis: &analysis,
        secrets: &secrets,
        include_tests: config.include_tests,
    }));
    // also where the rule itself is switched off
    hide(&mut workspace, &secrets);
    findings.retain(|finding| config.enables(&finding.rule, finding.tier));
    crate::finding::sort(&mut findings, &workspace);
    assign_fingerprints(&mut findings, &workspace);
    coverage.gaps.sort();
    let mut surface = rules::surface::entries(&project, &server, &analysis, &mut coverage);
    secrets::scrub(&secrets, &workspace, &mut findings, &mut surface);
    Ok(Report {
        workspace,
        findings,
        coverage,
        surface,
        elapsed: start.elapsed(),
    })
}

/// Keeps secrets out of all that is shown of the files.
fn hide(workspace: &mut Workspace, secrets: &[Secret]) {
    let mut rest = secrets;
    while let Some(first) = rest.first() {
        let (same, others) = rest.split_at(rest.iter().take_while(|secret| secret.file == first.file).count());
        if let Some(file) = workspace.files.get_mut(first.file.index()) {
            file.hide(same.iter().map(|secret| secret.hidden).collect());
        }
        rest = others;
    }
}

/// Parses and lowers every source file; a panic in one costs that file alone.
fn lower_all(workspace: &Workspace, include_tests: bool) -> Vec<Module> {
    let files: Vec<(FileId, &SourceFile, Dialect)> = workspace
        .files
        .iter()
        .enumerate()
        .filter_map(|(index, file)| {
            let id = FileId(u32::try_from(index).ok()?);
            // what ships imports neither tests nor compiled twins of itself
            if matches!(file.role, Role::Compiled | Role::Test | Role::Bench | Role::Fixture) && !include_tests {
                return None;
            }
            Some((id, file, dialect(file.kind)?))
        })
        .collect();
    files
        .par_iter()
        .map(|(id, file, dialect)| {
            catch_unwind(AssertUnwindSafe(|| lower(*id, *dialect, &file.text)))
                .unwrap_or_else(|_| unreadable(*id, *dialect, file.text.len()))
        })
        .collect()
}

fn unreadable(file: FileId, dialect: Dialect, length: usize) -> Module {
    let language = match dialect {
        Dialect::TypeScript | Dialect::TypeScriptJsx => Language::TypeScript,
        Dialect::Python => Language::Python,
        Dialect::Rust => Language::Rust,
    };
    let span = Span::new(0, length);
    let mut builder = Builder::new(file, language, span);
    builder.gap(
        Span::new(0, 0),
        "an internal error ended the reading of this file: please report it",
    );
    builder.module
}

fn dialect(kind: FileKind) -> Option<Dialect> {
    match kind {
        FileKind::TypeScript => Some(Dialect::TypeScript),
        FileKind::TypeScriptJsx => Some(Dialect::TypeScriptJsx),
        FileKind::Python => Some(Dialect::Python),
        FileKind::Rust => Some(Dialect::Rust),
        FileKind::Manifest | FileKind::Config(_) | FileKind::Text | FileKind::Other => None,
    }
}
