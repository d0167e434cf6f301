//! Findings that a project has agreed to live with for now.
//!
//! An entry is a fingerprint, so it survives whatever moves lines about, and stands for one finding: a second of the same kind has another
//! ordinal and is told. Paths are relative to the baseline's own folder, so that it fits a run over any part of the project.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Finding, Hidden, Remark, RemarkKind, Report, Why, compare, fingerprints};
use crate::workspace::{Relative, Workspace, is_within};

/// The name under which a baseline is looked for.
pub const FILE_NAME: &str = "mcp-lint-baseline.json";
/// Version of the file's format.
const VERSION: u32 = 1;

/// A file of agreed findings.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

/// One finding of a baseline. Only the fingerprint counts, the rest is for its readers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The file, relative to the baseline's folder.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// The tool or function around it.
    pub scope: String,
    /// The fingerprint, with the path as it stands here.
    pub fingerprint: String,
}

/// What a baseline needs to know of a run.
pub struct Scope {
    /// How the baseline's folder calls the paths of the run.
    pub relative: Relative,
    /// What was analysed, as the root calls it; the empty text is the root itself.
    pub targets: Vec<String>,
    /// Whether tests and the like were judged.
    pub include_tests: bool,
    /// Whether there is a file, by its path below the root.
    pub exists: Box<dyn Fn(&str) -> bool>,
}

impl Scope {
    /// Whether the run would have told what is wrong in a file that the baseline names: it is one of those that were asked for, and judged
    /// or gone.
    fn covers(&self, path: &str, workspace: &Workspace) -> bool {
        let Some(path) = self.relative.back(path) else {
            return false;
        };
        let is_asked_for = self.targets.iter().any(|target| is_within(&path, target));
        let file = workspace.find(&path).and_then(|id| workspace.get(id));
        is_asked_for
            && match file {
                Some(file) => self.include_tests || file.role.ships(),
                None => !(self.exists)(&path),
            }
    }
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// If the text is no baseline, or one of a later version.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if baseline.version != VERSION {
            return Err(format!(
                "it has version {}, this program knows version {VERSION}; `mcp-lint baseline write` makes a new one",
                baseline.version
            ));
        }
        Ok(baseline)
    }

    /// The file's text: the same findings give the same bytes. Characters beyond ASCII are escaped, so that names from scanned files
    /// cannot disguise anything in a review.
    pub fn text(&self) -> String {
        let plain = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut out = String::with_capacity(plain.len() + 1);
        for c in plain.chars() {
            if c == '\n' || (' '..='~').contains(&c) {
                out.push(c);
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
        out.push('\n');
        out
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// A baseline of what a report tells, before any baseline took something out of it. Entries of `old` of which the run could say nothing
    /// are kept.
    pub fn of(report: &Report, old: Option<&Self>, scope: &Scope) -> Self {
        let kept = old.into_iter().flat_map(|old| &old.findings);
        let mut findings: Vec<Entry> = kept
            .filter(|entry| !scope.covers(&entry.path, &report.workspace))
            .cloned()
            .collect();
        for (finding, fingerprint, told) in all(report, scope) {
            if told.is_some() {
                findings.push(Entry {
                    path: path_of(finding, report, scope),
                    rule: finding.rule.clone(),
                    scope: finding.scope.clone(),
                    fingerprint,
                });
            }
        }
        findings.sort();
        findings.dedup();
        Self {
            version: VERSION,
            findings,
        }
    }

    /// The baseline without the entries whose findings are gone, and how many those were.
    #[must_use]
    pub fn pruned(&self, report: &Report, scope: &Scope) -> (Self, usize) {
        let stale = self.stale(report, scope);
        let mut kept = self.clone();
        kept.findings.retain(|entry| !stale.contains(&entry));
        (kept, stale.len())
    }

    /// Moves what the baseline has from the report's findings to its hidden ones. Entries whose findings are gone become remarks about
    /// the file called `name`.
    pub fn apply(&self, report: &mut Report, scope: &Scope, name: &str) {
        let have: BTreeSet<&str> = self.findings.iter().map(|entry| entry.fingerprint.as_str()).collect();
        let agreed: BTreeSet<usize> = all(report, scope)
            .into_iter()
            .filter(|(_, fingerprint, _)| have.contains(fingerprint.as_str()))
            .filter_map(|(_, _, told)| told)
            .collect();
        let remarks: Vec<Remark> = self
            .stale(report, scope)
            .into_iter()
            .map(|entry| Remark {
                kind: RemarkKind::Stale,
                path: name.to_owned(),
                line: 0,
                message: format!(
                    "the finding of `{}` in {} ({}) is gone: `mcp-lint baseline prune` takes its entry out",
                    entry.rule, entry.path, entry.scope
                ),
            })
            .collect();
        report.remarks.extend(remarks);
        let findings = std::mem::take(&mut report.findings);
        for (index, finding) in findings.into_iter().enumerate() {
            if agreed.contains(&index) {
                report.hidden.push(Hidden {
                    finding,
                    why: Why::Baseline,
                });
            } else {
                report.findings.push(finding);
            }
        }
    }

    /// The entries whose findings are gone. One that is only not told, because its rule was not asked for or a comment silences it, is not.
    fn stale(&self, report: &Report, scope: &Scope) -> Vec<&Entry> {
        let found: BTreeSet<String> = all(report, scope).into_iter().map(|(_, print, _)| print).collect();
        let gone = |entry: &&Entry| !found.contains(&entry.fingerprint) && scope.covers(&entry.path, &report.workspace);
        self.findings.iter().filter(gone).collect()
    }
}

fn path_of(finding: &Finding, report: &Report, scope: &Scope) -> String {
    let file = report.workspace.get(finding.primary.file);
    scope.relative.path(file.map_or("", |file| file.path.as_str()))
}

/// Everything that was found, with its fingerprint for the baseline's folder and its index if it is told.
///
/// All findings take part: ordinals must not depend on what is silenced.
fn all<'r>(report: &'r Report, scope: &Scope) -> Vec<(&'r Finding, String, Option<usize>)> {
    let told = report
        .findings
        .iter()
        .enumerate()
        .map(|(index, finding)| (finding, Some(index)));
    let hidden = report.hidden.iter().map(|hidden| (&hidden.finding, None));
    let mut all: Vec<(&Finding, Option<usize>)> = told.chain(hidden).collect();
    all.sort_by(|(left, _), (right, _)| -> Ordering { compare(left, right, &report.workspace) });
    let findings: Vec<&Finding> = all.iter().map(|(finding, _)| *finding).collect();
    let prints = fingerprints(&findings, &report.workspace, |path| scope.relative.path(path));
    all.into_iter()
        .zip(prints)
        .map(|((finding, told), print)| (finding, print, told))
        .collect()
}
