//! What a change brings in: the findings of a report that have to do with what changed since another revision.
//!
//! The lines that changed say most of it, but not all: a guard that was weakened, or taken out, lets a flow through whose lines are all
//! old. So the tree of the merge base is analysed as well, from memory, and what is found now at a line that is old, but was not found there
//! then, is told too.

mod git;
mod lines;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use crate::config::Config;
use crate::finding::{Finding, Hidden, Location, Report, Why};
use crate::scan::{ScanError, analyse};
use crate::workspace::{self, LoadError, Relative, SourceFile, Workspace};
use git::Git;
use lines::{Bag, Lines};

pub use git::GitError;

/// Longer stretches than this hold more than what is spoken of: their first line stands for them.
const MAX_LINES: usize = 10;
/// Submodules within submodules are followed this deep.
const MAX_SUBMODULES: usize = 4;
/// More pairs of new and gone files that differ are not compared.
const MAX_PAIRS: usize = 10_000;

const ELSEWHERE: &str = "no line of this flow changed: a change elsewhere lets it through";

/// Why a report could not be narrowed.
#[derive(Debug)]
pub enum DiffError {
    /// Git could not answer.
    Git(GitError),
    /// The old tree could not be read.
    Load(LoadError),
    /// The old tree could not be analysed.
    Scan(ScanError),
}

impl fmt::Display for DiffError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git(error) => error.fmt(out),
            Self::Load(error) => error.fmt(out),
            Self::Scan(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for DiffError {}

/// The old tree, and how the files of the new one come from it.
struct Base {
    workspace: Workspace,
    /// Of each file of the new tree: where its text was, and its lines. A file that is missing here is the same as it was.
    changes: BTreeMap<String, (Option<String>, Lines)>,
}

/// Keeps in a report what the change since the merge base with `revision` brings in and hides the rest. Uncommitted changes and new files
/// that git does not know yet are part of it.
///
/// # Errors
/// If the analysed folder lies in no repository, or the revision means nothing there.
pub fn narrow(report: &mut Report, config: &Config, revision: &str) -> Result<(), DiffError> {
    let base = base(report, config, revision)?;
    let touched: Vec<bool> = report
        .findings
        .iter()
        .map(|finding| is_touched(finding, &report.workspace, &base))
        .collect();
    let is_settled = base.changes.is_empty() || touched.iter().all(|touched| *touched);
    let old = match is_settled {
        true => BTreeSet::new(),
        false => old_findings(config, base.workspace)?,
    };
    let findings = std::mem::take(&mut report.findings);
    for (mut finding, touched) in findings.into_iter().zip(touched) {
        let is_old =
            !touched && (base.changes.is_empty() || was_there(&finding, &report.workspace, &base.changes, &old));
        if is_old {
            report.hidden.push(Hidden {
                finding,
                why: Why::Unchanged,
            });
            continue;
        }
        if !touched {
            finding.notes.push(ELSEWHERE.to_owned());
        }
        report.findings.push(finding);
    }
    Ok(())
}

/// Rule, path, line and column of what is told of the old tree.
type Old = BTreeSet<(String, String, usize, usize)>;

fn old_findings(config: &Config, workspace: Workspace) -> Result<Old, DiffError> {
    let report = config.run(|| analyse(config, workspace)).map_err(DiffError::Scan)?;
    let places = report.findings.iter().filter_map(|finding| {
        let file = report.workspace.get(finding.primary.file)?;
        let at = file.position(finding.primary.span.start);
        Some((finding.rule.clone(), file.path.clone(), at.line - 1, at.column))
    });
    Ok(places.collect())
}

/// Whether the same was found at the place that a finding's unchanged line had in the old tree.
fn was_there(
    finding: &Finding,
    workspace: &Workspace,
    changes: &BTreeMap<String, (Option<String>, Lines)>,
    old: &Old,
) -> bool {
    let Some(file) = workspace.get(finding.primary.file) else {
        return false;
    };
    let at = file.position(finding.primary.span.start);
    let (path, line) = match changes.get(&file.path) {
        None => (Some(file.path.clone()), Some(at.line - 1)),
        Some((path, lines)) => (path.clone(), lines.old(at.line - 1)),
    };
    match (path, line) {
        (Some(path), Some(line)) => old.contains(&(finding.rule.clone(), path, line, at.column)),
        _ => false,
    }
}

/// Whether the sink, the source, a step or another tool that reaches it stands on a changed line.
fn is_touched(finding: &Finding, workspace: &Workspace, base: &Base) -> bool {
    let steps = finding.trace.iter().chain(&finding.related).map(|step| step.location);
    std::iter::once(finding.primary).chain(steps).any(|location| {
        let Some(file) = workspace.get(location.file) else {
            return false;
        };
        let change = base.changes.get(&file.path);
        change.is_some_and(|(_, lines)| lines.touches(lines_of(file, location)))
    })
}

/// The lines of a location, counted from 0.
fn lines_of(file: &SourceFile, location: Location) -> Range<usize> {
    let span = location.span;
    let first = file.lines().line_of(span.start as usize);
    let last = file
        .lines()
        .line_of(span.end.saturating_sub(1).max(span.start) as usize);
    match last - first < MAX_LINES {
        true => first..last + 1,
        false => first..first + 1,
    }
}

fn base(report: &Report, config: &Config, revision: &str) -> Result<Base, DiffError> {
    let now = &report.workspace;
    let git = Git::open(&now.root).map_err(DiffError::Git)?;
    let commit = git.merge_base(revision).map_err(DiffError::Git)?;
    let options = config.workspace_options();
    let mut texts = Vec::new();
    let mut pending = vec![(git, commit, 0)];
    while let Some((git, commit, depth)) = pending.pop() {
        let top = workspace::root(std::slice::from_ref(&git.top)).map_err(DiffError::Load)?;
        let relative = Relative::new(&now.root, &top);
        let tree = git.tree(&commit).map_err(DiffError::Git)?;
        let mut blobs: Vec<(String, git::Blob)> = Vec::new();
        for blob in tree.files {
            if blob.size <= config.max_file_size
                && let Some(path) = relative.back(&blob.path)
            {
                blobs.push((path, blob));
            }
        }
        let names = blobs.iter().map(|(path, _)| path.as_str());
        let wanted = workspace::wanted(&options, now, names).map_err(DiffError::Load)?;
        blobs.retain(|(path, _)| wanted.contains(path));
        let ids: BTreeSet<String> = blobs.iter().map(|(_, blob)| blob.id.clone()).collect();
        let contents = git
            .contents(&ids.into_iter().collect::<Vec<_>>())
            .map_err(DiffError::Git)?;
        texts.extend(
            blobs
                .into_iter()
                .filter_map(|(path, blob)| Some((path, contents.get(&blob.id)?.clone()))),
        );
        if depth < MAX_SUBMODULES {
            let inner = tree.submodules.into_iter();
            pending.extend(inner.filter_map(|(path, id)| Some((git.submodule(&path, &id)?, id, depth + 1))));
        }
    }
    let then = workspace::assemble(&options, now, texts).map_err(DiffError::Load)?;
    let changes = changes(now, &then);
    Ok(Base {
        workspace: then,
        changes,
    })
}

/// Compares the files of two trees.
fn changes(now: &Workspace, then: &Workspace) -> BTreeMap<String, (Option<String>, Lines)> {
    let mut changes = BTreeMap::new();
    let mut new: Vec<&SourceFile> = Vec::new();
    for file in &now.files {
        match then.find(&file.path).and_then(|id| then.get(id)) {
            Some(old) if old.text == file.text => {}
            Some(old) => {
                let lines = Lines::new(&old.text, &file.text);
                if !lines.is_same() {
                    changes.insert(file.path.clone(), (Some(old.path.clone()), lines));
                }
            }
            None => new.push(file),
        }
    }
    let mut gone: Vec<&SourceFile> = then
        .files
        .iter()
        .filter(|file| now.find(&file.path).is_none())
        .collect();
    for file in &gone {
        // A file that is gone may have held a guard.
        changes.insert(file.path.clone(), (None, Lines::all()));
    }
    // Moved as they are, as when a folder is renamed: these need no closer look.
    new.retain(|file| {
        let same = gone
            .iter()
            .position(|old| old.text == file.text && !file.text.is_empty());
        let Some(index) = same else { return true };
        let old = gone.remove(index);
        let lines = Lines::new(&old.text, &file.text);
        changes.insert(file.path.clone(), (Some(old.path.clone()), lines));
        false
    });
    let is_small = new.len().saturating_mul(gone.len()) <= MAX_PAIRS;
    let mut gone: Vec<(&SourceFile, Bag)> = match is_small {
        true => gone.into_iter().map(|file| (file, Bag::new(&file.text))).collect(),
        false => Vec::new(),
    };
    for file in new {
        let bag = Bag::new(&file.text);
        let nearest = gone
            .iter()
            .enumerate()
            .filter(|(_, (old, _))| old.kind == file.kind)
            .filter_map(|(index, (_, old))| Some((old.shares(&bag)?, index)))
            .max_by_key(|(shared, index)| (*shared, std::cmp::Reverse(*index)));
        let change = match nearest {
            Some((_, index)) => {
                let (old, _) = gone.remove(index);
                (Some(old.path.clone()), Lines::new(&old.text, &file.text))
            }
            None => (None, Lines::all()),
        };
        changes.insert(file.path.clone(), change);
    }
    changes
}
