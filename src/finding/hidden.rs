//! Findings that a run does not tell, and what it has to say about why.

use super::Finding;

/// A finding that is left out of the report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hidden {
    /// The finding.
    pub finding: Finding,
    /// Why it is left out.
    pub why: Why,
}

/// Why a finding is left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// Of a rule or a tier that was not asked for.
    NotAsked,
    /// A comment in the code silences it.
    Comment {
        /// The line of the comment, counted from 1, in the finding's file.
        line: usize,
        /// What it gives as the reason.
        reason: Option<String>,
    },
    /// An exception in the settings silences it.
    Settings {
        /// What it gives as the reason.
        reason: Option<String>,
    },
    /// The baseline has it.
    Baseline,
    /// The change that was asked for has nothing to do with it.
    Unchanged,
}

impl Why {
    /// Whether somebody has said that this very finding is no problem.
    pub fn is_suppression(&self) -> bool {
        matches!(self, Self::Comment { .. } | Self::Settings { .. })
    }
}

/// What a remark is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RemarkKind {
    /// A comment that nothing can be made of.
    Malformed,
    /// A rule that does not exist.
    UnknownRule,
    /// A suppression without a reason.
    NoReason,
    /// A suppression that silences nothing.
    Unused,
    /// An exception whose last day is over.
    Expired,
    /// An entry of the baseline whose finding is gone.
    Stale,
}

impl RemarkKind {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed-suppression",
            Self::UnknownRule => "unknown-rule",
            Self::NoReason => "suppression-without-reason",
            Self::Unused => "unused-suppression",
            Self::Expired => "expired-suppression",
            Self::Stale => "stale-baseline-entry",
        }
    }
}

/// Something about suppressions and the baseline that their owner should know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Remark {
    /// The file: source, settings or baseline.
    pub path: String,
    /// The line in it, counted from 1; 0 where there is none.
    pub line: usize,
    /// What it is about.
    pub kind: RemarkKind,
    /// What is wrong and what would help.
    pub message: String,
}

impl Remark {
    /// What tells it from others, for formats that ask for that.
    pub fn fingerprint(&self) -> String {
        let parts = [self.kind.as_str(), &self.path, &self.line.to_string(), &self.message];
        format!("{:016x}", super::fingerprint::hash(&parts))
    }
}
