//! Settings by which the owner of a server does without the check of a path or host.

use super::fact::Facts;
use super::marks;
use super::value::{ANY, Flaw, Place, Value};
use crate::ir::Name;
use crate::models::{Class, ClassSet};
use crate::project::Ty;

/// How remarks begin on what a setting of the owner's decides.
const BY_SETTING: &str = "nothing confines the path";
/// The same of hosts.
const HOSTS_BY_SETTING: &str = "no host is refused";

/// Whether a remark speaks of a setting that does without a check which is otherwise there.
pub fn lifted_by_setting(why: &str) -> bool {
    why.starts_with(BY_SETTING) || why.starts_with(HOSTS_BY_SETTING)
}

/// What a setting named for it does to all paths.
pub(super) fn lifted(name: Name, place: Place) -> Facts {
    Facts::clearing(ANY, marks::NO_ROOT.union(marks::LIFTED)).and(&setting_remark(Some(name), true, place))
}

/// What a setting named for it does to all hosts: no address is refused.
pub(super) fn hosts_lifted(name: Name, place: Place) -> Facts {
    let note = Flaw {
        classes: ClassSet::of(Class::Url),
        why: Name::new(&format!("{HOSTS_BY_SETTING} where `{name}` is set")),
        place,
    };
    Facts::clearing(ANY, ClassSet::of(Class::Url)).and(&Facts::flawed(ANY, note))
}

/// A setting by which the owner of a server lets it reach internal hosts: `ALLOW_PRIVATE_IPS`, `allowLocalhost`, `skipSsrfCheck`.
pub(super) fn lifts_hosts(name: &str) -> bool {
    let words = super::secrets::words_of(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if has(&["ssrf"]) {
        return has(&["allow", "skip", "disable", "disabled", "bypass", "unsafe", "no"]);
    }
    // `allow_private_repositories` speaks of something else
    let internal = words.iter().enumerate().any(|(at, word)| {
        word == "localhost"
            || matches!(
                word.as_str(),
                "private" | "internal" | "local" | "loopback" | "intranet"
            ) && words.get(at + 1).is_none_or(|next| HOST_WORDS.contains(&next.as_str()))
    });
    internal && has(&["allow", "allowed", "permit", "permitted", "unsafe"])
}

/// What follows `private` or `local` in the name of a setting on hosts.
const HOST_WORDS: &[&str] = &[
    "address",
    "addresses",
    "host",
    "hosts",
    "ip",
    "ips",
    "net",
    "nets",
    "network",
    "networks",
    "range",
    "ranges",
    "target",
    "targets",
    "url",
    "urls",
];

/// What a setting of that name that is unset does to the paths that are used without it.
pub(super) fn by_setting(facts: &Facts, name: Option<Name>, place: Place) -> Facts {
    let free = facts.list().is_some_and(|list| {
        list.clears
            .iter()
            .any(|(id, classes)| *id == ANY && classes.holds(marks::NO_ROOT))
    });
    if !free {
        return facts.clone();
    }
    facts.and(&setting_remark(name, false, place))
}

/// The remark that a setting decides whether there is a check.
pub(super) fn setting_remark(name: Option<Name>, lifts: bool, place: Place) -> Facts {
    let why = match (name, lifts) {
        (Some(name), true) => format!("{BY_SETTING} where `{name}` is set"),
        (Some(name), false) => format!("{BY_SETTING} while `{name}` is unset"),
        (None, _) => format!("{BY_SETTING} while no root is set"),
    };
    let note = Flaw {
        classes: ClassSet::of(Class::Path),
        why: Name::new(&why),
        place,
    };
    Facts::flawed(ANY, note)
}

/// A path or text that the server's owner may set or leave out.
pub(super) fn is_optional_setting(value: &Value) -> bool {
    let optional = match &value.ty {
        Ty::Optional(inner) => matches!(**inner, Ty::Path | Ty::Str),
        Ty::Union(members) => members.iter().any(|member| matches!(member, Ty::Path | Ty::Str)),
        Ty::Path => true,
        _ => false,
    };
    optional && !value.is_tainted() && !value.is_constant() && value.when_true.is_none() && value.when_false.is_none()
}

/// A setting by which the owner of a server does without confinement (`policy.unrestricted_access`).
pub(super) fn lifts_all(name: &str) -> bool {
    [
        "unrestricted",
        "allow_all",
        "allow_any",
        "full_access",
        "no_sandbox",
        "allowall",
        "allowany",
        "fullaccess",
    ]
    .iter()
    .any(|word| name.to_ascii_lowercase().contains(word))
}
