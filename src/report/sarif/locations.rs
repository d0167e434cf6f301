//! Files and stretches of them as SARIF names them.

use std::collections::BTreeMap;

use serde_sarif::sarif::{Artifact, ArtifactLocation, Location as SarifLocation, Message, PhysicalLocation, Region};

use super::super::{clean, forge_path, line_hashes, uri};
use crate::finding::Location;
use crate::workspace::{FileId, Position, SourceFile, Workspace};

/// The name of the folder that all paths are relative to.
pub(super) const BASE: &str = "SRCROOT";

/// The files that the document speaks of, numbered as they are met.
pub(super) struct Files<'a> {
    workspace: &'a Workspace,
    indices: BTreeMap<FileId, usize>,
    order: Vec<&'a SourceFile>,
    hashes: BTreeMap<FileId, Vec<String>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            indices: BTreeMap::new(),
            order: Vec::new(),
            hashes: BTreeMap::new(),
        }
    }

    /// Where a result is. A pull request shows an alert only if all lines of its region changed, so it ends with its
    /// first line.
    pub(super) fn primary(&mut self, location: Location, label: &str) -> Option<SarifLocation> {
        let file = self.workspace.get(location.file)?;
        let region = region(file, location, true);
        Some(self.build(location.file, file, region, label))
    }

    /// A step of a flow, or a related place.
    pub(super) fn location(&mut self, location: Location, label: &str) -> Option<SarifLocation> {
        let file = self.workspace.get(location.file)?;
        let region = region(file, location, false);
        Some(self.build(location.file, file, region, label))
    }

    fn build(&mut self, id: FileId, file: &'a SourceFile, region: Region, label: &str) -> SarifLocation {
        let next = self.order.len();
        let index = *self.indices.entry(id).or_insert(next);
        if index == next {
            self.order.push(file);
        }
        let physical = PhysicalLocation::builder()
            .artifact_location(
                ArtifactLocation::builder()
                    .uri(uri::relative(&forge_path(self.workspace, file)))
                    .uri_base_id(BASE)
                    .index(number(index))
                    .build(),
            )
            .region(region)
            .build();
        let mut location = SarifLocation::builder().physical_location(physical).build();
        if !label.is_empty() {
            location.message = Some(Message::from(clean(label).as_ref()));
        }
        location
    }

    /// GitHub's hash of the line that a location starts on.
    pub(super) fn line_hash(&mut self, location: Location) -> Option<String> {
        let file = self.workspace.get(location.file)?;
        let hashes = self.hashes.entry(location.file).or_insert_with(|| {
            // The action hashes the file as it lies on disk, byte order mark included. A secret is blanked first: a hash of a
            // line with a short password gives the password away.
            let text = file.shown(0..file.text.len());
            if file.had_bom {
                line_hashes(&format!("\u{FEFF}{text}"))
            } else {
                line_hashes(&text)
            }
        });
        let line = file.position(location.span.start).line;
        hashes.get(line - 1).cloned()
    }

    /// The files met, in the order of their numbers.
    pub(super) fn artifacts(&self) -> Vec<Artifact> {
        self.order
            .iter()
            .map(|file| {
                let location = ArtifactLocation::builder()
                    .uri(uri::relative(&forge_path(self.workspace, file)))
                    .uri_base_id(BASE)
                    .build();
                let mut artifact = Artifact::builder().location(location).build();
                artifact.source_language = file.kind.language().map(str::to_owned);
                artifact
            })
            .collect()
    }
}

fn region(file: &SourceFile, location: Location, one_line: bool) -> Region {
    let start = file.position_utf16(location.span.start);
    let mut end = file.position_utf16(location.span.end.max(location.span.start));
    if one_line && end.line > start.line {
        let line = file.lines().range(start.line - 1, &file.text);
        end = file.position_utf16(u32::try_from(line.end).unwrap_or(u32::MAX));
    }
    if end <= start {
        // An empty region is shown nowhere.
        end = Position {
            line: start.line,
            column: start.column + 1,
        };
    }
    Region::builder()
        .start_line(number(start.line))
        .start_column(number(start.column))
        .end_line(number(end.line))
        .end_column(number(end.column))
        .build()
}

fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// `file:///…/` of the folder that paths are relative to: the repository's, or that of what was scanned.
pub(super) fn base_uri(workspace: &Workspace) -> String {
    let below = workspace.below_repository.matches('/').count();
    let folder = workspace.root.ancestors().nth(below);
    uri::folder(folder.unwrap_or(&workspace.root))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::workspace::{FileKind, Role, Span};

    #[test]
    fn the_primary_region_stays_on_one_line() {
        let text = "x(\r\n  y)";
        let file = SourceFile::new(
            "a.ts",
            PathBuf::new(),
            FileKind::TypeScript,
            Role::Source,
            text.to_owned(),
        );
        let location = Location {
            file: FileId(0),
            span: Span::new(0, text.len()),
        };
        let one = region(&file, location, true);
        assert_eq!((one.end_line, one.end_column), (Some(1), Some(3)));
        let all = region(&file, location, false);
        assert_eq!((all.end_line, all.end_column), (Some(2), Some(5)));
    }
}
