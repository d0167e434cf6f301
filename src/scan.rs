//! One run, from paths to a report.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use rayon::prelude::*;

use crate::config::{Config, unknown_rule};
use crate::deploy::Deploy;
use crate::document::Documents;
use crate::finding::suppression::{self, Marker};
use crate::finding::{Coverage, Finding, Hidden, Location, Remark, Report, Why, assign_fingerprints};
use crate::ir::walk::statement_around;
use crate::ir::{Builder, Language, Module};
use crate::lang::{Dialect, comments, lower};
use crate::models::Models;
use crate::project::{ModuleId, Project};
use crate::rules;
use crate::secrets;
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
    let mut report = analyse(config, workspace::load(&config.workspace_options())?)?;
    report.elapsed = start.elapsed();
    Ok(report)
}

/// Said where there is source and no server in it, lest silence pass for a clean bill of health.
const NO_ENTRIES: &str = "no tool, resource or prompt was recognised in the source: no argument was followed";

/// Analyses what was read already, from wherever. Must be called within [`Config::run`].
///
/// # Errors
/// When an embedded file of rows is broken, which a test excludes.
pub fn analyse(config: &Config, mut workspace: Workspace) -> Result<Report, ScanError> {
    rayon::spawn(secrets::prepare);
    let mut models = Models::embedded().map_err(ScanError::Models)?;
    models.extend(&config.models);
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
    let documents = Documents::new(&workspace);
    let deploy = Deploy::read(&workspace, &documents);
    coverage.configs = deploy.counts();
    for (file, _) in &deploy.files {
        for gap in documents.get(*file).map_or(&[][..], |document| &document.gaps) {
            let location = Location {
                file: *file,
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
    let mut project = Project::new(modules, &paths, &manifests);
    project.read_locks(&workspace.locks, &models.versioned());
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
    let others = rules::findings(&rules::Context {
        workspace: &workspace,
        project: &project,
        models: &models,
        server: &server,
        analysis: &analysis,
        documents: &documents,
        deploy: &deploy,
        secrets: &secrets,
        found: &findings,
        include_tests: config.include_tests,
    });
    findings.extend(others);
    // also where the rule itself is switched off
    secrets::hide(&secrets, &mut workspace);
    for finding in &mut findings {
        if let Some(severity) = config.severities.get(&finding.rule) {
            finding.severity = *severity;
        }
    }
    crate::finding::sort(&mut findings, &workspace);
    // Before anything is taken out: a fingerprint must not depend on what a run is asked for.
    assign_fingerprints(&mut findings, &workspace);
    secrets::scrub(&secrets, &workspace, &mut findings);
    let mut report = Report::default();
    for finding in findings {
        match config.enables(&finding.rule, finding.tier) {
            true => report.findings.push(finding),
            false => report.hidden.push(Hidden {
                finding,
                why: Why::NotAsked,
            }),
        }
    }
    coverage.gaps.sort();
    report.surface = rules::surface::entries(&project, &server, &analysis, &mut coverage);
    report
        .surface
        .extend(rules::surface::configured(&deploy, &mut coverage));
    report.surface.sort_by_key(|entry| (entry.file, entry.span));
    let entries = coverage.tools + coverage.resources + coverage.prompts + coverage.handlers;
    if entries == 0 && coverage.files_read > 0 && coverage.sdk_files_without_entry.is_empty() {
        coverage.notes.push(NO_ENTRIES.to_owned());
    }
    secrets::scrub_surface(&secrets, &workspace, &mut report.surface);
    report.coverage = coverage;
    report.workspace = workspace;
    if !config.no_ignores {
        suppress(config, &project, &mut report);
    }
    Ok(report)
}

/// Takes out what comments and exceptions silence.
fn suppress(config: &Config, project: &Project, report: &mut Report) {
    let workspace = &report.workspace;
    let unknown = |id: &str| unknown_rule(id);
    let judged = |file: &SourceFile| config.include_tests || file.role.ships();
    let marked: Vec<(Vec<Marker>, Vec<Remark>)> = workspace
        .files
        .par_iter()
        .enumerate()
        .filter(|(_, file)| judged(file) && file.text.contains(suppression::MARKER))
        .filter_map(|(index, file)| {
            let id = FileId(u32::try_from(index).ok()?);
            let mut remarks = Vec::new();
            // What the parser cannot bear was told when the file was lowered.
            let comments = catch_unwind(|| comments(file.kind, &file.path, &file.text)).unwrap_or_default();
            let markers = suppression::markers(id, file, &comments, &unknown, &mut remarks);
            Some((markers, remarks))
        })
        .collect();
    let mut remarks = Vec::new();
    let mut markers = Vec::new();
    for (own, told) in marked {
        markers.extend(own);
        remarks.extend(told);
    }
    let lines = |finding: &Finding| lines_of(finding, project, workspace);
    suppression::suppress(
        &mut report.findings,
        &mut report.hidden,
        workspace,
        &markers,
        &config.exceptions,
        &lines,
        &mut remarks,
    );
    remarks.sort();
    report.remarks = remarks;
}

/// The lines on which a comment can silence a finding: where it is told, and those of the statement that it stands in.
fn lines_of(finding: &Finding, project: &Project, workspace: &Workspace) -> Vec<usize> {
    let Some(file) = workspace.get(finding.primary.file) else {
        return Vec::new();
    };
    let line = |at: u32| file.position(at).line;
    let span = finding.primary.span;
    let mut lines = vec![line(span.start), line(span.end.saturating_sub(1).max(span.start))];
    let module = project.module_of(finding.primary.file).map(|id| project.module(id));
    if let Some(own) = module.and_then(|module| statement_around(module, span.start)) {
        lines.extend(line(own.start)..=line(own.end.saturating_sub(1).max(own.start)));
    }
    lines
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
