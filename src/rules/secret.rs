//! `hardcoded-secret`: credentials that stand in the files as they are.

use std::collections::BTreeMap;

use super::{Context, Draft};
use crate::finding::{Confidence, Finding, Location, Severity};
use crate::secrets::{Evidence, Secret};
use crate::workspace::{FileId, Span};

const RULE: &str = "hardcoded-secret";
/// The most secrets of one file that are told each for itself: a file that holds more is a list.
const PER_FILE: usize = 100;
/// The most places of one secret that are named.
const PLACES: usize = 20;

const REVOKE: &str = "Revoke it, since copies and the history of the repository keep it, and read the new one from the environment or a secret store.";
const REPLACE: &str = "Read it from the environment or a secret store, and refuse to start when it is missing.";

/// Tells each secret of a file once, at the first place where it stands.
pub(super) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut groups: BTreeMap<(FileId, &str, Option<&str>), Vec<&Secret>> = BTreeMap::new();
    for secret in context.secrets.iter().filter(|secret| secret.counts) {
        // keys are the same wherever they stand; words may be by chance
        let is_key = matches!(secret.evidence, Evidence::Shape(_) | Evidence::Random);
        let name = if is_key {
            None
        } else {
            Some(secret.name.as_deref().unwrap_or_default())
        };
        if let Some(file) = context.workspace.get(secret.file) {
            let text = file.slice(secret.hidden);
            groups.entry((secret.file, text, name)).or_default().push(secret);
        }
    }
    let mut groups: Vec<&Vec<&Secret>> = groups.values().collect();
    groups.sort_by_key(|group| group.first().map(|secret| (secret.file, secret.span)));
    for file in groups.chunk_by(|left, right| left.first().map(|one| one.file) == right.first().map(|one| one.file)) {
        let mut own: Vec<Finding> = file
            .iter()
            .take(PER_FILE)
            .filter_map(|group| tell(context, group))
            .collect();
        if let Some(last) = own.last_mut().filter(|_| file.len() > PER_FILE) {
            last.notes.push(format!(
                "{} more secrets in this file are not told",
                file.len() - PER_FILE
            ));
        }
        findings.extend(own);
    }
}

fn tell(context: &Context<'_>, group: &[&Secret]) -> Option<Finding> {
    let secret = group.first()?;
    let (title, why) = words(context, secret);
    let severity = match secret.severity {
        _ if secret.is_trial => Some(Severity::Low),
        severity => severity,
    };
    let help = match secret.evidence {
        Evidence::WellKnown | Evidence::Effective => REPLACE,
        _ => REVOKE,
    };
    let mut draft = Draft::new(RULE, location(secret), format!("{title} {why}"))
        .label(label(secret))
        .help(help)
        .confidence(confidence(secret))
        .scope(secret.name.clone().unwrap_or_default());
    if let Some(severity) = severity {
        draft = draft.severity(severity);
    }
    if secret.is_trial {
        draft =
            draft.note("the path says that this is an example, a test or a template; it is told because it looks real");
    }
    for other in group.iter().skip(1).take(PLACES) {
        draft = draft.related(location(other), "the same value again");
    }
    Some(draft.build())
}

fn location(secret: &Secret) -> Location {
    Location {
        file: secret.file,
        span: secret.span,
    }
}

/// The first sentence, and what follows from it.
fn words(context: &Context<'_>, secret: &Secret) -> (String, &'static str) {
    let verb = if secret.is_fallback {
        "falls back to"
    } else {
        "is set to"
    };
    let name = secret.name.as_deref();
    let holder = |what: &str| match name {
        Some(name) => format!("`{name}` {verb} {what}."),
        None => format!("{} stands in plain text.", capital(what)),
    };
    match &secret.evidence {
        Evidence::Shape(kind) => {
            let what = format!("{} {kind}{}", article(kind), shown(context, secret));
            (holder(&what), "Whoever can read this file can use it.")
        }
        Evidence::Random => (
            holder("what looks like a live credential"),
            "Whoever can read this file can use it.",
        ),
        Evidence::Chosen => (
            holder("a password in plain text"),
            "Whoever can read this file can use it.",
        ),
        Evidence::WellKnown => (
            holder("a password that everybody tries first"),
            "It protects nothing from whoever reaches the service.",
        ),
        Evidence::Effective => (
            holder("a text that is published with the file"),
            "That text is the key: whoever knows it can sign or decrypt as this server.",
        ),
        Evidence::Connection => (
            "A connection URI holds a password in plain text.".to_owned(),
            "Whoever can read this file can connect.",
        ),
        Evidence::Phrase => (
            holder("words that restore a wallet"),
            "Whoever can read this file owns the wallet.",
        ),
    }
}

/// The first characters of a key: those that every key of its provider starts with.
fn shown(context: &Context<'_>, secret: &Secret) -> String {
    let prefix = Span {
        start: secret.span.start,
        end: secret.hidden.start,
    };
    let text = context.workspace.get(secret.file).map_or("", |file| file.slice(prefix));
    let fits = (2..=16).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if fits { format!(" (`{text}…`)") } else { String::new() }
}

fn label(secret: &Secret) -> String {
    match &secret.evidence {
        Evidence::Shape(kind) => kind.clone(),
        Evidence::Random => "a credential".to_owned(),
        Evidence::Chosen => "a password".to_owned(),
        Evidence::WellKnown => "a well-known password".to_owned(),
        Evidence::Effective => "this is the key".to_owned(),
        Evidence::Connection => "a password before the host".to_owned(),
        Evidence::Phrase => "the words of a wallet".to_owned(),
    }
}

fn confidence(secret: &Secret) -> Confidence {
    match secret.evidence {
        _ if secret.is_trial => Confidence::Low,
        Evidence::Shape(_) => Confidence::High,
        _ => Confidence::Medium,
    }
}

fn article(word: &str) -> &'static str {
    // by sound: an AWS key, an npm token; a URI
    let vowel = word.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o'])
        || ["npm", "ngrok", "xAI", "NVIDIA"]
            .iter()
            .any(|start| word.starts_with(start));
    if vowel { "an" } else { "a" }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}
