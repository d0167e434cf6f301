//! Whether a value under a name is a secret.

use super::code::Use;
use super::name::Purpose;
use super::place::Place;
use super::{Candidate, Evidence, name, value};
use crate::finding::Severity;

/// Whether a value under a name is a secret, by what, and how bad where that differs from the usual.
pub(super) fn judge(candidate: &Candidate<'_>, place: Place) -> Option<(Evidence, Option<Severity>)> {
    let value = candidate.value.trim();
    let decoded = (place == Place::Deployment).then(|| value::in_base64(value)).flatten();
    let value = decoded.as_deref().unwrap_or(value);
    if value.len() < 3 || value.eq_ignore_ascii_case(candidate.name) {
        return None;
    }
    if candidate.purpose == Purpose::Phrase {
        return is_phrase(value).then_some((Evidence::Phrase, None));
    }
    if let Some(pasted) = value::pasted(value) {
        return (pasted != candidate.name).then_some((Evidence::Random, None));
    }
    if value::is_reference(value) || value::is_hash(value) {
        return None;
    }
    let is_placeholder = value::is_placeholder(value);
    if candidate.purpose == Purpose::Header || value.contains(' ') {
        return header(value, candidate.purpose);
    }
    let is_used = match place {
        Place::Deployment => true,
        Place::Source | Place::Client => candidate.how == Use::Fallback,
        Place::Settings | Place::Template | Place::Prose => false,
    };
    // the name of another secret, as in a table of options
    if place != Place::Deployment && !is_used && value::is_identifier(value) && name::purpose(value).is_some() {
        return None;
    }
    // `secretKey: api-key`: where an object of a cluster finds the secret, not what it is.
    let names = is_name(value) || name::purpose(value).is_some() && !value.contains(|c: char| c.is_ascii_digit());
    if place == Place::Deployment && name::is_pointer(candidate.name) && names {
        return None;
    }
    let is_random = value::is_random(value) && !is_placeholder;
    match candidate.purpose {
        Purpose::Key if is_random && value.len() >= 20 => Some((Evidence::Random, None)),
        Purpose::Key | Purpose::Header | Purpose::Phrase => None,
        _ if is_random => Some((Evidence::Random, None)),
        Purpose::Credential if (place == Place::Client || place == Place::Deployment) && value::is_uuid(value) => {
            (!is_placeholder).then_some((Evidence::Random, None))
        }
        Purpose::Credential
            if place == Place::Deployment && candidate.how == Use::Fallback && name::is_own(candidate.name) =>
        {
            signing(value, candidate.how, is_used, is_placeholder)
        }
        Purpose::Credential => None,
        Purpose::Password => password(candidate, value, place, is_used, is_placeholder),
        Purpose::Signing => signing(value, candidate.how, is_used, is_placeholder),
    }
}

fn password(
    candidate: &Candidate<'_>,
    value: &str,
    place: Place,
    is_used: bool,
    is_placeholder: bool,
) -> Option<(Evidence, Option<Severity>)> {
    if value.contains(['(', '{', '[', '<']) || value.contains("://") {
        return None;
    }
    if value::is_well_known(value) {
        let counts = is_used || place == Place::Client;
        return counts.then_some((Evidence::WellKnown, Some(Severity::Medium)));
    }
    if is_placeholder {
        return None;
    }
    let is_chosen = value::is_chosen(value);
    let counts = match place {
        // A variable of the environment holds the password itself, even if it reads like a name; the name of another variable is none.
        Place::Deployment => {
            let holds = name::is_variable(candidate.name) && !name::is_variable(value);
            value.len() >= 4 && (is_chosen || !is_name(value) || holds)
        }
        Place::Client => is_chosen || value.len() >= 6,
        Place::Template => is_chosen && (!value::is_wordy(value) || value.contains(['$', '!', '@', '#', '%', '&'])),
        Place::Source | Place::Settings => {
            is_chosen && candidate.how != Use::Compared && !is_name(value) && !is_trial(value)
        }
        Place::Prose => false,
    };
    counts.then_some((Evidence::Chosen, None))
}

/// Whether a password says that it is for tests.
fn is_trial(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["test", "wrong", "invalid", "bad", "demo"]
        .iter()
        .any(|word| lower.contains(word))
}

/// Whether a text reads like a name of something: `user_password`, `Password1Field`.
fn is_name(value: &str) -> bool {
    let plain = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    plain && (value.contains(['_', '.', '-']) || digits == 0) && value::is_wordy(value)
}

fn signing(value: &str, how: Use, is_used: bool, is_placeholder: bool) -> Option<(Evidence, Option<Severity>)> {
    let bare = value.bytes().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'-' | b'.' | b'!' | b'@' | b'#' | b'$' | b'+' | b'/' | b'='
            )
    });
    if !bare || how == Use::Compared || is_placeholder && name::is_issued(value) {
        return None;
    }
    let shouts = value
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
    if is_used && !(shouts && is_placeholder) {
        return Some((Evidence::Effective, Some(Severity::Medium)));
    }
    (value::is_chosen(value) && !is_placeholder && !is_name(value)).then_some((Evidence::Chosen, None))
}

/// `Bearer …` and `Basic …`.
fn header(value: &str, purpose: Purpose) -> Option<(Evidence, Option<Severity>)> {
    let (scheme, rest) = match value.split_once(' ') {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.trim()),
        None if purpose == Purpose::Header => (String::new(), value),
        None => return None,
    };
    if rest.contains(' ') || value::is_reference(rest) || value::is_placeholder(rest) {
        return None;
    }
    match scheme.as_str() {
        "basic" => {
            let pair = String::from_utf8(value::base64(rest)?).ok()?;
            let (_, password) = pair.split_once(':')?;
            let fits = password.len() >= 4 && !password.contains(char::is_control) && !value::is_placeholder(password);
            fits.then_some((Evidence::Random, None))
        }
        "bearer" | "token" | "apikey" | "api-key" | "key" | "" => {
            (value::is_random(rest) || value::is_uuid(rest)).then_some((Evidence::Random, None))
        }
        _ => None,
    }
}

/// Twelve or more small words.
fn is_phrase(value: &str) -> bool {
    let words: Vec<&str> = value.split(' ').collect();
    let distinct: std::collections::BTreeSet<&str> = words.iter().copied().collect();
    matches!(words.len(), 12 | 15 | 18 | 21 | 24)
        && distinct.len() * 3 >= words.len() * 2
        && words
            .iter()
            .all(|word| (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}
