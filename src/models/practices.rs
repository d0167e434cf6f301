//! Words and names by which practices are recognised: `rules/models/practices.toml`.

use serde::Deserialize;

/// What is recognised by how it is called, in all languages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Practices {
    /// Modules and crates that limit how often something is done.
    pub limiter_modules: Vec<String>,
    /// Names of what limits.
    pub limiters: NamePhrases,
    /// Names of functions that leave a record.
    pub recorders: NamePhrases,
    /// Modules, crates and programs that keep what they run apart.
    pub sandbox_modules: Vec<String>,
    /// The same, as programs that are started.
    pub sandbox_programs: Vec<String>,
    /// Names of what keeps apart.
    pub sandboxes: NamePhrases,
    /// Names of tables of permissions.
    pub permission_tables: NamePhrases,
    /// Names of roles in such tables.
    pub roles: NamePhrases,
    /// Names of fields that nobody but their owner should see.
    pub sensitive_fields: NamePhrases,
    /// Names of functions that take such fields out.
    pub cleaners: NamePhrases,
    /// Names of configuration files and of what is read from them.
    pub configurations: NamePhrases,
    /// Names of calls that check what they get.
    pub validators: NamePhrases,
}

/// Phrases that a name may hold: one or more of its words, in this order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NamePhrases {
    /// Any of these in the name.
    pub any: Vec<String>,
    /// These at its beginning.
    #[serde(default)]
    pub first: Vec<String>,
    /// These are the whole name.
    #[serde(default)]
    pub whole: Vec<String>,
    /// None of these in it.
    #[serde(default)]
    pub none: Vec<String>,
}

impl NamePhrases {
    /// Whether a name, split into its words in lower case, is one of those meant.
    pub fn matches(&self, words: &[String]) -> bool {
        let is = |phrase: &str, words: &[String]| phrase.split(' ').eq(words.iter().map(String::as_str));
        let holds = |phrase: &String| {
            let length = phrase.split(' ').count();
            words.windows(length).any(|part| is(phrase, part))
        };
        let begins = |phrase: &String| {
            let length = phrase.split(' ').count();
            words.len() > length && words.get(..length).is_some_and(|part| is(phrase, part))
        };
        let meant = self.any.iter().any(holds)
            || self.first.iter().any(begins)
            || self.whole.iter().any(|phrase| is(phrase, words));
        meant && !self.none.iter().any(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn phrases_are_found_in_names() {
        let phrases = NamePhrases {
            any: words("audit"),
            first: vec!["log".to_owned()],
            whole: vec!["note down".to_owned()],
            none: vec!["in".to_owned()],
        };
        for name in ["write audit entry", "log call", "note down"] {
            assert!(phrases.matches(&words(name)), "{name}");
        }
        for name in ["log", "git log", "log in", "note down more", "auditor"] {
            assert!(!phrases.matches(&words(name)), "{name}");
        }
    }
}
