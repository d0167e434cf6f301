//! Reading a rule's page: TOML front matter between `+++` lines, then Markdown.

use serde::Deserialize;

use crate::finding::{ParseLevelError, RuleMeta};
use crate::models::Class;

/// A rule's page.
#[derive(Clone, Debug)]
pub struct RulePage {
    /// What is known of the rule.
    pub meta: RuleMeta,
    /// The classes of sink that a flow rule reports; empty for rules without flow.
    pub classes: Vec<Class>,
}

/// The front matter as written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Front {
    id: String,
    title: String,
    summary: String,
    severity: String,
    tier: String,
    precision: String,
    languages: Vec<String>,
    #[serde(default)]
    classes: Vec<Class>,
    #[serde(default)]
    cwe: Vec<u32>,
    #[serde(default)]
    owasp: Vec<String>,
    #[serde(default)]
    safe_mcp: Vec<String>,
}

/// Splits a page into front matter and text.
fn split(text: &'static str) -> Option<(&'static str, &'static str)> {
    let rest = text.strip_prefix("+++")?.trim_start_matches('\r').strip_prefix('\n')?;
    let (front, body) = rest.split_once("\n+++")?;
    Some((front, body.trim_start()))
}

/// Reads a page.
///
/// # Errors
/// When the front matter is missing or malformed; the message says how.
pub(super) fn parse(text: &'static str) -> Result<RulePage, String> {
    let (front, body) = split(text).ok_or("the page does not start with front matter between `+++` lines")?;
    let front: Front = toml::from_str(front).map_err(|error| error.to_string())?;
    let level = |error: ParseLevelError| error.to_string();
    Ok(RulePage {
        meta: RuleMeta {
            id: front.id,
            title: front.title,
            summary: front.summary,
            severity: front.severity.parse().map_err(level)?,
            tier: front.tier.parse().map_err(level)?,
            precision: front.precision.parse().map_err(level)?,
            cwe: front.cwe,
            owasp: front.owasp,
            safe_mcp: front.safe_mcp,
            languages: front.languages,
            page: body,
        },
        classes: front.classes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "+++\nid = \"a-rule\"\ntitle = \"A\"\nsummary = \"It is so.\"\nseverity = \"high\"\ntier = \"default\"\n\
                        precision = \"very-high\"\nlanguages = [\"rust\"]\nclasses = [\"path\"]\ncwe = [22]\n+++\n\n## What it does\n";

    #[test]
    fn front_matter_and_text_are_split() {
        let page = parse(PAGE).unwrap();
        assert_eq!(page.meta.id, "a-rule");
        assert_eq!(page.classes, [Class::Path]);
        assert_eq!(page.meta.page, "## What it does\n");
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(parse("# no front matter").unwrap_err().contains("+++"));
        let unknown: &str = "+++\nid = \"a\"\ncolour = \"red\"\n+++\n";
        assert!(parse(unknown).unwrap_err().contains("colour"));
    }
}
