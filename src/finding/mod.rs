//! What a rule has to say: finding, trace, severity, rule metadata, and the report they are gathered in.

pub mod baseline;
mod fingerprint;
mod hidden;
mod level;
mod report;
mod rule;
pub mod suppression;

use std::cmp::Ordering;

use crate::workspace::{FileId, Span, Workspace};

pub use fingerprint::{assign_fingerprints, fingerprints, identity, normalise_sink};
pub use hidden::{Hidden, Remark, RemarkKind, Why};
pub use level::{Confidence, FailOn, ParseLevelError, Precision, Severity, Tier};
pub use report::{Coverage, Report, SurfaceEntry, SurfaceKind, SurfaceParam};
pub use rule::RuleMeta;

/// A stretch of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

/// A location and what happens there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Where.
    pub location: Location,
    /// What, in a few words: `joined to the base folder`.
    pub label: String,
}

/// Something that a rule found, with its evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How bad it is here.
    pub severity: Severity,
    /// How sure it is here.
    pub confidence: Confidence,
    /// The tier that it is told in.
    pub tier: Tier,
    /// What is wrong. The first sentence stands alone as a title and names tool, argument and sink.
    pub message: String,
    /// The sink, or the place that a rule without flow speaks of.
    pub primary: Location,
    /// What happens at the primary location.
    pub primary_label: String,
    /// The path, source first, sink last; empty for rules without flow.
    pub trace: Vec<Step>,
    /// Other places that belong to it, such as other tools that reach the same sink.
    pub related: Vec<Step>,
    /// Why an existing check is not enough, and the like.
    pub notes: Vec<String>,
    /// What would clear it.
    pub help: Option<String>,
    /// The tool, resource or prompt whose argument it is.
    pub tool: Option<String>,
    /// The argument.
    pub parameter: Option<String>,
    /// The tool or function that encloses the primary location; part of the fingerprint.
    pub scope: String,
    /// What stays the same when the lines move; set by [`assign_fingerprints`].
    pub fingerprint: String,
}

impl Finding {
    /// A finding of a rule that is sure of it and tells it in the default tier, with nothing around it yet.
    pub fn new(rule: impl Into<String>, severity: Severity, primary: Location, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            severity,
            confidence: Confidence::High,
            tier: Tier::Default,
            message: message.into(),
            primary,
            primary_label: String::new(),
            trace: Vec::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            tool: None,
            parameter: None,
            scope: String::new(),
            fingerprint: String::new(),
        }
    }
}

/// Puts findings into their one order: path, place, rule, message. Two runs over the same input agree on it whatever
/// the threads did.
pub fn sort(findings: &mut [Finding], workspace: &Workspace) {
    findings.sort_by(|left, right| compare(left, right, workspace));
}

/// The order of [`sort`].
pub fn compare(left: &Finding, right: &Finding, workspace: &Workspace) -> Ordering {
    let path = |finding: &Finding| workspace.get(finding.primary.file).map(|file| file.path.as_str());
    path(left)
        .cmp(&path(right))
        .then_with(|| left.primary.cmp(&right.primary))
        .then_with(|| left.rule.cmp(&right.rule))
        .then_with(|| left.message.cmp(&right.message))
        .then_with(|| left.tool.cmp(&right.tool))
        .then_with(|| left.parameter.cmp(&right.parameter))
        .then_with(|| left.scope.cmp(&right.scope))
        .then_with(|| trace_key(left).cmp(trace_key(right)))
}

fn trace_key(finding: &Finding) -> impl Iterator<Item = Location> {
    finding.trace.iter().map(|step| step.location)
}
