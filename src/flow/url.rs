//! URLs: who decides the host, and which tests of it hold.

use super::engine::Engine;
use super::fact::Facts;
use super::value::{Derived, ENDS_WITH_SEPARATOR, Flaw, Place, Shape, Value, ValueId};
use crate::ir::{Literal, Name};
use crate::models::{Class, ClassSet, Property};

/// What a part of a URL says of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum UrlPart {
    /// Host, host with port, or origin.
    Host,
    /// `https:`.
    Scheme,
    /// The addresses that the host's name stands for.
    Addresses,
}

const SCHEME: &str = "the scheme alone says nothing about the host";
const PREFIX: &str =
    "a prefix test on a URL is passed by `https://good.example.attacker.net` and `https://good.example@attacker.net`";
const SUFFIX: &str = "a suffix test without a leading dot is passed by `attackergood.example`";
const HOLDS: &str = "a text that only has to occur somewhere in the URL can stand in the attacker's path or host name";
const DENIED: &str =
    "a list of refused hosts leaves out names that resolve to them, redirects and other spellings of an address";
pub(super) const LITERALS: &str =
    "only literal addresses are tested: a name that resolves to an internal address passes";
const OPEN_PATTERN: &str = "the pattern does not fix the end of the host, so `good.example.attacker.net` passes";

/// The part of a URL that a field or method of that name yields.
pub(super) fn part_named(name: &str) -> Option<UrlPart> {
    match name {
        "hostname" | "host" | "origin" | "netloc" | "host_str" | "domain" | "raw_host" | "authority" => {
            Some(UrlPart::Host)
        }
        "protocol" | "scheme" | "scheme_str" => Some(UrlPart::Scheme),
        _ => None,
    }
}

/// Whether a text that goes on after `before` can no longer choose the host: the authority part is closed, or what comes first is a
/// relative path. A control character stands for trusted text that is not known.
pub(super) fn closes_host(before: &str) -> bool {
    if let Some((_, rest)) = before.split_once("://") {
        return rest.contains(['/', '?', '#', '\\']);
    }
    let Some(first) = before.chars().next() else {
        return false;
    };
    match first {
        // a base of the owner's: with nothing between, it is taken to end its host itself
        UNKNOWN => true,
        '/' => before.len() > 1 || before == "/",
        '?' | '#' => true,
        _ => before.contains(['/', '?', '#']) && !before.contains(':'),
    }
}

/// Trusted text that is not known.
pub(super) const UNKNOWN: char = '\u{1}';

/// The text of a string's parts so far, as [`closes_host`] reads it.
pub(super) fn push_part(before: &mut String, part: &Value) {
    if before.len() > 512 {
        return;
    }
    match &part.shape {
        Shape::Text(parts) => parts.iter().for_each(|part| push_part(before, part)),
        Shape::Constant(Literal::Int(number)) => before.push_str(&number.to_string()),
        _ => match part.text() {
            Some(text) => before.push_str(text.as_str()),
            // the host of an untrusted start stays untrusted, what follows it does not
            None if before.is_empty() && part.is_tainted() => before.push_str("://"),
            None => before.push(UNKNOWN),
        },
    }
}

/// The URL of which a value is a part, and which part.
pub(super) fn part_of(value: &Value) -> Option<(&Value, UrlPart)> {
    let mut current = value;
    for _ in 0..8 {
        match current.derived.as_deref()? {
            Derived::UrlPart(url, part) => return Some((url, *part)),
            Derived::PartOf(whole) => current = whole,
            _ => return None,
        }
    }
    None
}

/// The part, if the value is that part whole, but for case and blanks.
fn whole_part(value: &Value) -> Option<(&Value, UrlPart)> {
    let mut current = value;
    for _ in 0..8 {
        match current.derived.as_deref()? {
            Derived::UrlPart(url, part) => return Some((url, *part)),
            Derived::PartOf(whole) if current.has(Property::Folded) => current = whole,
            _ => return None,
        }
    }
    None
}

/// A URL, the text it was parsed from, and the addresses asked for: all that a proof about its host is about.
pub(super) fn same_url(url: &Value) -> Vec<ValueId> {
    let mut all = vec![url.id];
    let mut current = url;
    for _ in 0..4 {
        all.extend(super::guards::same_text(current));
        match current.derived.as_deref() {
            Some(Derived::UrlPart(whole, _)) => current = whole,
            _ => break,
        }
        all.push(current.id);
    }
    all
}

pub(super) fn clear(url: &Value) -> Facts {
    same_url(url).into_iter().fold(Facts::none(), |all, id| {
        all.and(&Facts::clearing(id, ClassSet::of(Class::Url)))
    })
}

/// The scheme alone is known.
fn scheme(url: &Value, place: Place) -> Facts {
    same_url(url).into_iter().fold(flaw(url, SCHEME, place), |all, id| {
        all.and(&Facts::clearing(id, super::marks::SCHEME))
    })
}

pub(super) fn flaw(url: &Value, why: &str, place: Place) -> Facts {
    let note = Flaw {
        classes: ClassSet::of(Class::Url),
        why: Name::new(why),
        place,
    };
    same_url(url)
        .into_iter()
        .fold(Facts::none(), |all, id| all.and(&Facts::flawed(id, note.clone())))
}

/// A value was found equal to trusted ones, or among them: what that says of the URL it is a part of, and what the opposite says.
pub(super) fn chosen(value: &Value, place: Place) -> (Facts, Facts) {
    match whole_part(value) {
        Some((url, UrlPart::Host)) => (clear(url), flaw(url, DENIED, place)),
        Some((url, UrlPart::Scheme)) => (scheme(url, place), Facts::none()),
        Some((url, UrlPart::Addresses)) => (Facts::none(), flaw(url, DENIED, place)),
        None => (Facts::none(), Facts::none()),
    }
}

/// `host.endswith(suffix)`; also of the whole URL.
pub(super) fn suffix_test(text: &Value, suffix: &Value, place: Place) -> (Facts, Facts) {
    let Some((url, UrlPart::Host)) = whole_part(text) else {
        return (Facts::none(), Facts::none());
    };
    if suffix.is_tainted() {
        return (Facts::none(), Facts::none());
    }
    if begins_with_dot(suffix) {
        (clear(url), flaw(url, DENIED, place))
    } else {
        (flaw(url, SUFFIX, place), flaw(url, DENIED, place))
    }
}

fn begins_with_dot(suffix: &Value) -> bool {
    match &suffix.shape {
        Shape::List { items, rest } => !items.is_empty() && rest.is_none() && items.iter().all(begins_with_dot),
        Shape::Text(parts) => parts.first().is_some_and(begins_with_dot),
        _ => match suffix.derived.as_deref() {
            Some(Derived::OneOf(all)) => all.iter().all(begins_with_dot),
            _ => suffix.properties & super::value::BEGINS_WITH_DOT != 0,
        },
    }
}

/// `url.startsWith(prefix)` as far as it concerns hosts; nothing where the prefix names no URL.
pub(super) fn prefix_test(text: &Value, prefix: &Value, place: Place) -> Option<(Facts, Facts)> {
    if let Some(told) = super::addresses::prefix_test(text, prefix) {
        return Some(told);
    }
    if let Some((url, part)) = whole_part(text) {
        return Some(match part {
            UrlPart::Scheme => (scheme(url, place), Facts::none()),
            // `host.startswith("10.")`
            UrlPart::Host
                if prefix
                    .text()
                    .is_some_and(|prefix| super::addresses::is_internal(prefix.as_str())) =>
            {
                (flaw(url, PREFIX, place), super::addresses::not_internal(url, place))
            }
            UrlPart::Host => (flaw(url, PREFIX, place), flaw(url, LITERALS, place)),
            UrlPart::Addresses => (Facts::none(), flaw(url, DENIED, place)),
        });
    }
    let Some(constant) = prefix.text() else {
        // an origin that is configured
        if text.has(Property::Canonical) || text.has(Property::Normalized) {
            return None;
        }
        let ends = prefix.properties & ENDS_WITH_SEPARATOR != 0;
        let known_url = matches!(&prefix.shape, Shape::Text(parts) if parts.first().and_then(Value::text).is_some_and(|text| text.contains("://")));
        return (ends && known_url).then(|| (clear(text), Facts::none()));
    };
    if matches!(
        constant.as_str(),
        "http" | "https" | "http:" | "https:" | "ftp" | "www."
    ) {
        return Some((scheme(text, place), Facts::none()));
    }
    let (_, after) = constant.split_once("://")?;
    Some(if after.contains('/') {
        (clear(text), Facts::none())
    } else if after.is_empty() {
        (scheme(text, place), Facts::none())
    } else {
        (flaw(text, PREFIX, place), Facts::none())
    })
}

/// `{ address }` of what a lookup answers.
pub(super) fn field_of_answer(answer: &Value, field: Value) -> Value {
    match part_of(answer) {
        Some((_, UrlPart::Addresses)) if field.derived.is_none() => {
            field.with(|data| data.derived = Some(std::rc::Rc::new(Derived::PartOf(answer.clone()))))
        }
        _ => field,
    }
}

/// `needle in url`: what holds where it is there, and where it is not.
pub(super) fn substring(needle: &Value, text: &Value, place: Place) -> (Facts, Facts) {
    if let Some((url, UrlPart::Host)) = whole_part(text) {
        return (flaw(url, HOLDS, place), flaw(url, DENIED, place));
    }
    match needle.text() {
        Some(needle) if needle == "://" => (flaw(text, SCHEME, place), Facts::none()),
        Some(needle) if needle.len() > 3 && needle.contains(['.', '/']) => {
            (flaw(text, HOLDS, place), flaw(text, DENIED, place))
        }
        _ => (Facts::none(), Facts::none()),
    }
}

/// A pattern that a URL or its host matches.
pub(super) fn pattern_test(value: &Value, pattern: &str, whole: bool, start: bool, place: Place) -> Facts {
    if let Some((url, UrlPart::Host)) = whole_part(value) {
        let anchored = (whole || start || pattern.starts_with('^'))
            && (whole || pattern.ends_with('$') || pattern.ends_with(r"\z") || pattern.ends_with(r"\Z"));
        let named = pattern.contains(r"\.") || !pattern.contains(['.', '[', '*', '+']);
        let ending = pattern.trim_end_matches(['$', ')']);
        let open = ending.ends_with(['*', '+', ']']);
        return if anchored && named && !open {
            clear(url)
        } else {
            flaw(url, OPEN_PATTERN, place)
        };
    }
    if !(whole || start || pattern.starts_with('^')) {
        return Facts::none();
    }
    match fixes_host(pattern) {
        Some(true) => clear(value),
        Some(false) => flaw(
            value,
            if host_pattern(pattern).is_some_and(str::is_empty) {
                SCHEME
            } else {
                OPEN_PATTERN
            },
            place,
        ),
        None => Facts::none(),
    }
}

/// What stands for the host in a pattern that begins with a scheme.
fn host_pattern(pattern: &str) -> Option<&str> {
    let after = ["://", r":\/\/", r":/\/", r"\://"].iter().find_map(|mark| {
        let at = pattern.find(mark)?;
        pattern.get(at + mark.len()..)
    })?;
    Some(after)
}

/// Whether a pattern that begins with a scheme leaves the matched text no choice of host; nothing when it speaks of no scheme.
fn fixes_host(pattern: &str) -> Option<bool> {
    let rest = host_pattern(pattern)?;
    let mut host = String::new();
    let mut closed = false;
    let mut chars = rest.chars().peekable();
    let mut class = String::new();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        if in_class {
            if c == ']' {
                in_class = false;
                if class.starts_with('^') || class.contains(['/', '@']) {
                    return Some(false);
                }
                host.push('x');
            } else {
                class.push(c);
            }
            continue;
        }
        match c {
            '[' => {
                in_class = true;
                class.clear();
            }
            '\\' => match chars.next() {
                Some('/') => {
                    closed = true;
                    break;
                }
                Some('.') => host.push('.'),
                Some('d' | 'w') => host.push('x'),
                _ => return Some(false),
            },
            '/' => {
                closed = true;
                break;
            }
            '.' => {
                // any character, repeated: anything goes
                if matches!(chars.peek(), Some('*' | '+' | '{')) {
                    return Some(false);
                }
                host.push('.');
            }
            '$' if chars.peek().is_none() => closed = true,
            '(' | ')' | '?' | '*' | '+' | ':' | '|' => {}
            _ => host.push(c),
        }
    }
    let named = host
        .rsplit('.')
        .next()
        .is_some_and(|last| last.chars().any(char::is_alphanumeric) && !last.ends_with('x'));
    Some(closed && named && host.contains('.') || closed && host == "localhost")
}

/// Functions that ask for the addresses of a name.
pub(super) fn resolves(callee: &str) -> bool {
    let of_node = ["dns.promises.", "dns/promises.", "dns."]
        .iter()
        .find_map(|module| callee.strip_prefix(module));
    if of_node.is_some_and(|name| matches!(name, "lookup" | "resolve" | "resolve4" | "resolve6")) {
        return true;
    }
    matches!(
        callee,
        "socket.getaddrinfo"
            | "socket.gethostbyname"
            | "socket.gethostbyname_ex"
            | "*.getaddrinfo"
            | "dns.resolver.resolve"
            | "std::net::lookup_host"
            | "*.to_socket_addrs"
            | "*.lookup_ip"
    )
}

/// What a value made of a host by a call of that name still says of the URL.
pub(super) fn derived_by(callee: &str, from: &[Value]) -> Option<Derived> {
    let tainted = from.iter().find(|value| value.is_tainted())?;
    if resolves(callee) {
        // `(host, port)`
        let host = match &tainted.shape {
            Shape::List { items, .. } => items.iter().find(|item| part_of(item).is_some()),
            _ => None,
        };
        let asked = host.unwrap_or(tainted);
        let url = part_of(asked).map_or(asked, |(url, _)| url);
        return Some(Derived::UrlPart(url.clone(), UrlPart::Addresses));
    }
    let keeps = [
        "ip_address",
        "ip_network",
        "IPv4Address",
        "IPv6Address",
        "parse",
        "process",
        "isIP",
        "from",
    ]
    .iter()
    .any(|name| callee.ends_with(name));
    (keeps && part_of(tainted).is_some()).then(|| Derived::PartOf(tainted.clone()))
}

impl Engine<'_> {
    /// A field or method without arguments that yields a part of a URL.
    pub(super) fn url_part(&self, url: &Value, part: UrlPart, value: Value) -> Value {
        if !value.is_tainted() || value.derived.is_some() {
            return value;
        }
        let value = match part {
            UrlPart::Host | UrlPart::Scheme => self.own_host(url, value),
            UrlPart::Addresses => value,
        };
        value.with(|data| data.derived = Some(std::rc::Rc::new(Derived::UrlPart(url.clone(), part))))
    }
}

#[cfg(test)]
mod tests {
    use super::{closes_host, fixes_host};

    #[test]
    fn the_host_is_closed_by_what_follows_it() {
        for fixed in [
            "https://a.example/",
            "https://a.example?q=",
            "\u{1}/users/",
            "\u{1}?",
            "/users/",
            "users/x/",
            "https://\u{1}/x",
        ] {
            assert!(closes_host(fixed), "{fixed:?}");
        }
        for open in [
            "",
            "https://",
            "https://a.example",
            "https://a.example:",
            "http",
            "https:",
        ] {
            assert!(!closes_host(open), "{open:?}");
        }
    }

    #[test]
    fn patterns_that_fix_the_host() {
        for fixed in [
            r"^https?://docs\.example\.com/",
            r"^https://([a-z0-9-]+\.)*docs\.example\.com/",
            r"^https:\/\/example\.com\/",
            r"^https://example\.com$",
        ] {
            assert_eq!(fixes_host(fixed), Some(true), "{fixed}");
        }
        for open in [
            r"^https?://",
            r"^https?://.+",
            r"^https://example\.com",
            r"^https?://[^\s/]+\.com/",
        ] {
            assert_eq!(fixes_host(open), Some(false), "{open}");
        }
        assert_eq!(fixes_host("^[a-z]+$"), None);
    }
}
