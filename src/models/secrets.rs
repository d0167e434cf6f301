//! The rows of `rules/models/secrets.toml`: what the keys of providers look like.

use serde::Deserialize;
use serde::de::IgnoredAny;

const TEXT: &str = include_str!("../../rules/models/secrets.toml");

/// The shape of one kind of key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderRow {
    /// What it is, for people: `GitHub token`.
    pub name: String,
    /// Texts of which one stands in every such key, in this case.
    pub literals: Vec<String>,
    /// A regular expression over bytes that decides. Its group 1 is the part that is never shown.
    pub pattern: String,
    /// At most so many bytes of a key stand in front of the literal.
    #[serde(default)]
    pub before: usize,
    /// `critical`, `high`, `medium` or `low`, where it is not the rule's.
    pub severity: Option<String>,
    /// How what is hidden is judged.
    #[serde(default)]
    pub check: Check,
    /// Samples of keys; read by tests alone.
    #[serde(rename = "yes")]
    _yes: IgnoredAny,
    /// Samples of what only looks like one; read by tests alone.
    #[serde(rename = "no")]
    _no: IgnoredAny,
}

/// How the hidden part of a key is judged after the pattern has matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// It must look random.
    #[default]
    Random,
    /// The pattern says it all.
    Form,
    /// It is a JSON web token: what it says of itself counts.
    Jwt,
    /// It is the password of a connection URI.
    Uri,
}

/// Texts that say what a value is, in lower case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretWords {
    /// What stands in values that are there to be replaced.
    pub placeholders: Vec<String>,
    /// Pieces of keys that emulators and documents print.
    pub published: Vec<String>,
    /// Passwords that everybody tries first.
    pub passwords: Vec<String>,
}

/// All that the file holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRows {
    /// The shapes of keys.
    pub provider: Vec<ProviderRow>,
    /// What values say of themselves.
    pub words: SecretWords,
}

/// The rows that ship with the program.
///
/// # Errors
/// When the embedded file is broken, which a test excludes.
pub fn secret_rows() -> Result<SecretRows, String> {
    toml::from_str(TEXT).map_err(|error| format!("rules/models/secrets.toml: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_load_and_none_stands_twice() {
        let rows = secret_rows().unwrap().provider;
        for (index, row) in rows.iter().enumerate() {
            assert!(!row.literals.is_empty(), "{}", row.name);
            let twin = rows[..index].iter().find(|other| other.pattern == row.pattern);
            assert!(twin.is_none(), "{}: the pattern stands twice", row.name);
        }
        let names: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert!(names.len() >= 60, "{} providers", names.len());
    }
}
