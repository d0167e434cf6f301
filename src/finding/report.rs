//! All that a run has to tell.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Finding, Hidden, Location, Remark, Why};
use crate::workspace::{FileId, Span, Workspace};

/// What a run saw and what it did not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Files of source code that were read.
    pub files_read: usize,
    /// The same by language (`typescript`, `python`, `rust`).
    pub by_language: BTreeMap<String, usize>,
    /// Known files of settings that were read, by kind (`dockerfile`, `compose`, …).
    pub configs: BTreeMap<String, usize>,
    /// Tools found.
    pub tools: usize,
    /// Resources found.
    pub resources: usize,
    /// Prompts found.
    pub prompts: usize,
    /// Handlers of other requests found.
    pub handlers: usize,
    /// Servers that files of settings start or call.
    pub servers: usize,
    /// Files that import an MCP SDK, of projects in which no entry point was recognised.
    pub sdk_files_without_entry: Vec<String>,
    /// Stretches that were not understood.
    pub gaps: Vec<(Location, String)>,
    /// Anything else about the analysis that the reader should know, such as limits that were reached.
    pub notes: Vec<String>,
}

impl Coverage {
    /// The part that is known once the files are read.
    pub fn of_files(workspace: &Workspace) -> Self {
        let mut coverage = Self::default();
        for language in workspace.files.iter().filter_map(|file| file.kind.language()) {
            coverage.files_read += 1;
            *coverage.by_language.entry(language.to_owned()).or_default() += 1;
        }
        coverage
    }
}

/// What an entry of the MCP surface is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SurfaceKind {
    /// A tool.
    Tool,
    /// A resource or resource template.
    Resource,
    /// A prompt.
    Prompt,
    /// A handler of another request, such as completions.
    Handler,
    /// A server that a file of settings starts or calls.
    Server,
}

impl SurfaceKind {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
            Self::Handler => "handler",
            Self::Server => "server",
        }
    }
}

/// A parameter of a tool, resource template or prompt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SurfaceParam {
    /// Its name.
    pub name: String,
    /// Its type as the server declares it, `unknown` if it does not.
    pub ty: String,
}

/// Something that a client can call or read.
#[derive(Clone, PartialEq, Debug)]
pub struct SurfaceEntry {
    /// What it is.
    pub kind: SurfaceKind,
    /// Its name or URI.
    pub name: String,
    /// What the server says about it; of a configured server, how it is started or where it is called.
    pub description: Option<String>,
    /// Where it is registered.
    pub file: FileId,
    /// The registration.
    pub span: Span,
    /// Its parameters in order.
    pub params: Vec<SurfaceParam>,
    /// Its annotations as written: `readOnlyHint`, …
    pub annotations: BTreeMap<String, serde_json::Value>,
    /// Capability words of the sinks that its handler reaches: `runs-commands`, `reads-files`, …; sorted.
    pub reaches: Vec<String>,
}

/// The outcome of a scan. It is complete: the formats show it, none leaves a finding out.
#[derive(Debug, Default)]
pub struct Report {
    /// What was read.
    pub workspace: Workspace,
    /// What was found, in the order of [`sort`](super::sort).
    pub findings: Vec<Finding>,
    /// What was found and is not told.
    pub hidden: Vec<Hidden>,
    /// Whether the formats show those of [`hidden`](Self::hidden) that somebody has declared harmless, marked as such.
    pub shows_suppressed: bool,
    /// What is to be said about suppressions and the baseline, sorted.
    pub remarks: Vec<Remark>,
    /// Whether the formats for people list the remarks.
    pub lists_remarks: bool,
    /// What was seen.
    pub coverage: Coverage,
    /// What the servers offer, sorted by path and place.
    pub surface: Vec<SurfaceEntry>,
    /// How long it took; told to people, never part of a report.
    pub elapsed: Duration,
}

impl Report {
    /// How many findings are left out for a reason that `is` holds of.
    pub fn count_hidden(&self, is: impl Fn(&Why) -> bool) -> usize {
        self.hidden.iter().filter(|hidden| is(&hidden.why)).count()
    }

    /// What somebody has declared harmless, if the formats are to show that.
    pub fn suppressed(&self) -> impl Iterator<Item = &Hidden> {
        let shown = if self.shows_suppressed { &self.hidden[..] } else { &[] };
        shown.iter().filter(|hidden| hidden.why.is_suppression())
    }
}
