//! The parts that the JSON documents share.

use std::collections::BTreeMap;

use serde::Serialize;

use super::clean;
use crate::finding::{Coverage, Location, Report, Step};
use crate::workspace::{NoteKind, Workspace};

/// Version of the JSON formats; it changes when a program that reads them could break.
pub(super) const VERSION: u32 = 1;

#[derive(Serialize)]
pub(super) struct ToolDoc {
    name: &'static str,
    version: &'static str,
}

pub(super) const TOOL: ToolDoc = ToolDoc {
    name: "mcp-lint",
    version: env!("CARGO_PKG_VERSION"),
};

/// A stretch of a file; lines and columns count from 1, columns in characters, the end is exclusive.
#[derive(Serialize)]
pub(super) struct PlaceDoc {
    path: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl PlaceDoc {
    pub(super) fn new(workspace: &Workspace, location: Location) -> Option<Self> {
        let file = workspace.get(location.file)?;
        let start = file.position(location.span.start);
        let end = file.position(location.span.end.max(location.span.start));
        Some(Self {
            path: clean(&file.path).into_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        })
    }
}

#[derive(Serialize)]
pub(super) struct StepDoc {
    #[serde(flatten)]
    place: PlaceDoc,
    label: String,
}

pub(super) fn steps(workspace: &Workspace, steps: &[Step]) -> Vec<StepDoc> {
    steps
        .iter()
        .filter_map(|step| {
            Some(StepDoc {
                place: PlaceDoc::new(workspace, step.location)?,
                label: clean(&step.label).into_owned(),
            })
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct CoverageDoc {
    files_read: usize,
    by_language: BTreeMap<String, usize>,
    configs: BTreeMap<String, usize>,
    tools: usize,
    resources: usize,
    prompts: usize,
    handlers: usize,
    servers: usize,
    sdk_files_without_entry: Vec<String>,
    gaps: Vec<GapDoc>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct GapDoc {
    #[serde(flatten)]
    place: PlaceDoc,
    message: String,
}

impl CoverageDoc {
    pub(super) fn new(coverage: &Coverage, workspace: &Workspace) -> Self {
        let cleaned = |list: &[String]| list.iter().map(|text| clean(text).into_owned()).collect();
        Self {
            files_read: coverage.files_read,
            by_language: coverage.by_language.clone(),
            configs: coverage.configs.clone(),
            tools: coverage.tools,
            resources: coverage.resources,
            prompts: coverage.prompts,
            handlers: coverage.handlers,
            servers: coverage.servers,
            sdk_files_without_entry: cleaned(&coverage.sdk_files_without_entry),
            gaps: coverage
                .gaps
                .iter()
                .filter_map(|(location, message)| {
                    Some(GapDoc {
                        place: PlaceDoc::new(workspace, *location)?,
                        message: clean(message).into_owned(),
                    })
                })
                .collect(),
            notes: cleaned(&coverage.notes),
        }
    }
}

/// Something that was not read, or not as it stands.
#[derive(Serialize)]
pub(super) struct SkippedDoc {
    path: String,
    kind: &'static str,
    message: String,
}

pub(super) fn skipped(report: &Report) -> Vec<SkippedDoc> {
    report
        .workspace
        .notes
        .iter()
        .map(|note| SkippedDoc {
            path: clean(&note.path).into_owned(),
            kind: note_kind(note.kind),
            message: clean(&note.message).into_owned(),
        })
        .collect()
}

pub(super) fn note_kind(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Symlink => "symlink",
        NoteKind::Special => "special",
        NoteKind::Unreadable => "unreadable",
        NoteKind::TooLarge => "too-large",
        NoteKind::Vendored => "vendored",
        NoteKind::Lossy => "lossy",
    }
}

/// Writes a document; what is in it can always be written.
pub(super) fn write(document: &impl Serialize) -> String {
    let mut out = serde_json::to_string_pretty(document).unwrap_or_default();
    out.push('\n');
    out
}
