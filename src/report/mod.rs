//! One file a format. A format shows the whole report; it leaves nothing out that another one shows.

mod clean;
mod concise;
mod document;
mod excerpt;
mod files;
mod github;
mod gitlab;
mod json;
mod line_hash;
mod markdown;
mod page;
mod problem;
mod remarks;
mod sarif;
mod screen;
mod statistics;
mod summary;
mod surface;
mod text;
mod uri;
mod wrap;

use std::fmt;
use std::str::FromStr;

use crate::finding::{Finding, Report, RuleMeta};
use crate::workspace::{SourceFile, Workspace};

pub use clean::{clean, clean_block};
pub use files::files;
pub use github::without_commands;
pub use line_hash::line_hashes;
pub use page::{page, rules_json, rules_text};
pub use problem::{Problem, nearest, problems};
pub use remarks::remarks;
pub use statistics::statistics;
pub use summary::{closing_line, warnings};
pub use surface::{surface_json, surface_text};
pub use wrap::count;

/// The formats of a report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// For people: the flow in its source, what is wrong and what would help.
    Text,
    /// One line a finding.
    Concise,
    /// Everything, for programs; see docs/json.md.
    Json,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Workflow commands of GitHub Actions: annotations beside the lines, as many as GitHub shows.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// A table with the flows folded below it, for a job summary or a comment.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Markdown,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|format| format.as_str() == word);
        found.ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|format| format.as_str()).collect();
            format!("unknown format `{word}`; one of: {}", known.join(", "))
        })
    }
}

/// How text for people is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Use colours.
    pub color: bool,
    /// Make paths links, by the escape sequence OSC 8.
    pub links: bool,
    /// Somebody reads it as it comes, on a terminal.
    pub terminal: bool,
    /// How many columns there are.
    pub width: usize,
}

impl Default for Style {
    /// What a file or a pipe gets.
    fn default() -> Self {
        Self {
            color: false,
            links: false,
            terminal: false,
            width: 120,
        }
    }
}

impl Style {
    /// A file's path, as a link to the file where that is wanted.
    fn path(self, file: &SourceFile) -> String {
        let path = clean(&file.path);
        if self.links {
            format!(
                "\u{1B}]8;;{}\u{1B}\\{path}\u{1B}]8;;\u{1B}\\",
                uri::file(&file.absolute)
            )
        } else {
            path.into_owned()
        }
    }
}

/// The findings, the worst first; among equals in their order.
fn by_severity(report: &Report) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = report.findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    sorted
}

/// A file's path as the forge that hosts the repository knows it.
fn forge_path(workspace: &Workspace, file: &SourceFile) -> String {
    format!("{}{}", workspace.below_repository, file.path)
}

/// The same for a path of the run, if it is one of the files that were read; settings may lie elsewhere.
fn forge_path_of(workspace: &Workspace, path: &str) -> String {
    let file = workspace.find(path).and_then(|id| workspace.get(id));
    file.map_or_else(|| path.to_owned(), |file| forge_path(workspace, file))
}

/// Writes a report in a format. It ends in a newline unless it is empty.
pub fn render(format: Format, report: &Report, rules: &[RuleMeta], style: Style) -> String {
    match format {
        Format::Text => text::render(report, style),
        Format::Concise => concise::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report, rules),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Markdown => markdown::render(report),
    }
}
