//! What is known of a rule before it runs.

use super::{Precision, Severity, Tier};

/// A rule as its page in `rules/` describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleMeta {
    /// Kebab-case, names the problem: `command-injection`.
    pub id: String,
    /// The name for people: `Command injection`.
    pub title: String,
    /// One sentence: what is wrong when it fires.
    pub summary: String,
    /// How bad it usually is.
    pub severity: Severity,
    /// In which runs it speaks.
    pub tier: Tier,
    /// How seldom it is wrong.
    pub precision: Precision,
    /// Numbers of the Common Weakness Enumeration, the closest first.
    pub cwe: Vec<u32>,
    /// Ids of the OWASP MCP Top 10: `MCP05:2025`.
    pub owasp: Vec<String>,
    /// Ids of SAFE-MCP techniques: `SAFE-T1101`.
    pub safe_mcp: Vec<String>,
    /// What it reads: `typescript`, `python`, `rust`, or a kind of config.
    pub languages: Vec<String>,
    /// The page in Markdown, without its front matter.
    pub page: &'static str,
}
