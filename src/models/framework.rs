//! Rows that say how an SDK registers handlers.

use serde::Deserialize;

/// How an SDK registers handlers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkRow {
    /// Names the style in reports.
    pub id: String,
}
