//! What words say: `rules/models/wording.toml`.

use serde::Deserialize;

/// Words and phrases by what they mean.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// First words of names that promise to read.
    pub reads: Vec<String>,
    /// Beginnings of words that say that something is changed.
    pub changes: Vec<String>,
    /// Beginnings of words that say that something is removed.
    pub destroys: Vec<String>,
    /// Beginnings of words that say that a message goes out.
    pub sends: Vec<String>,
    /// Beginnings of words that say that money moves.
    pub pays: Vec<String>,
    /// Words for what a server keeps for itself.
    pub housekeeping: Vec<String>,
    /// Words of parameters that ask for a confirmation, or only try.
    pub confirms: Vec<String>,
    /// Phrases that speak to the model.
    pub phrases: Phrases,
}

/// Phrases that speak to the model behind the user's back, by what they want.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrases {
    /// Keep something from the user.
    pub conceal: Vec<String>,
    /// Put other instructions out of force.
    pub r#override: Vec<String>,
    /// Come first, whatever the task is.
    pub steer: Vec<String>,
    /// Fetch or hand over what is not the tool's business.
    pub lure: Vec<String>,
    /// Words for what is to be done with a lure.
    pub acts: Vec<String>,
    /// Words that turn a lure into a promise.
    pub denies: Vec<String>,
    /// Names of tags in which instructions are put.
    pub tags: Vec<String>,
}

impl Wording {
    /// Whether a word of a text begins with one of these.
    pub fn speaks(beginnings: &[String], text: &str) -> bool {
        words(text).any(|word| beginnings.iter().any(|beginning| word.starts_with(beginning.as_str())))
    }

    /// Whether one of these is a word of a text.
    pub fn names(list: &[String], text: &str) -> bool {
        words(text).any(|word| list.contains(&word))
    }

    /// Whether the first word of a name is one of these.
    pub fn leads(list: &[String], name: &str) -> bool {
        words(name).next().is_some_and(|word| list.contains(&word))
    }
}

/// The words of a name or text in any of the usual spellings, in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|part| {
        let mut cuts = vec![0];
        let mut before = None;
        for (at, c) in part.char_indices() {
            if c.is_uppercase() && before.is_some_and(|before: char| before.is_lowercase() || before.is_numeric()) {
                cuts.push(at);
            }
            before = Some(c);
        }
        cuts.push(part.len());
        cuts.windows(2)
            .filter_map(|cut| part.get(cut[0]..cut[1]))
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        let of = |text| words(text).collect::<Vec<_>>();
        assert_eq!(of("deleteFile"), ["delete", "file"]);
        assert_eq!(of("delete_file2"), ["delete", "file2"]);
        assert_eq!(of("Reads `HTTPServer`."), ["reads", "httpserver"]);
        assert!(of("  ").is_empty());
    }

    #[test]
    fn beginnings_fit_words_not_their_middle() {
        let list = vec!["delet".to_owned()];
        assert!(Wording::speaks(&list, "Deletes a file"));
        assert!(!Wording::speaks(&list, "undeletable"));
    }
}
