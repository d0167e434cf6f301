//! One file a format. A format shows the whole report; it leaves nothing out that another one shows.

mod clean;
mod concise;
mod document;
mod excerpt;
mod files;
mod json;
mod line_hash;
mod page;
mod problem;
mod remarks;
mod sarif;
mod statistics;
mod summary;
mod surface;
mod text;
mod wrap;

use std::fmt;
use std::str::FromStr;

use crate::finding::{Report, RuleMeta};

pub use clean::{clean, clean_block};
pub use files::files;
pub use line_hash::line_hashes;
pub use page::{page, rules_json, rules_text};
pub use problem::{Problem, nearest, problems};
pub use remarks::remarks;
pub use statistics::statistics;
pub use summary::{closing_line, warnings};
pub use surface::{surface_json, surface_text};

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
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Text, Self::Concise, Self::Json, Self::Sarif];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
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
    /// How many columns there are.
    pub width: usize,
}

impl Default for Style {
    /// What a file or a pipe gets.
    fn default() -> Self {
        Self {
            color: false,
            width: 120,
        }
    }
}

/// Writes a report in a format. It ends in a newline unless it is empty.
pub fn render(format: Format, report: &Report, rules: &[RuleMeta], style: Style) -> String {
    match format {
        Format::Text => text::render(report, style),
        Format::Concise => concise::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report, rules),
    }
}
