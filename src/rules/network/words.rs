//! What listeners are called, and the remedies in the SDK at hand.

use std::collections::BTreeSet;

use crate::flow::Capability;
use crate::project::Told;
use crate::rules::Context;
use crate::server::{Listener, Reason};

/// What the tools behind a listener can do that does harm in wrong hands, for a message; empty when nothing is known.
pub(super) fn powers(context: &Context<'_>, listener: &Listener) -> Vec<&'static str> {
    let package = context.project.package(listener.module);
    let mut found: BTreeSet<Capability> = BTreeSet::new();
    for ((index, _), capabilities) in &context.analysis.reaches {
        let near = listener.entries.contains(&(*index as usize))
            || context
                .server
                .entries
                .get(*index as usize)
                .is_some_and(|entry| context.project.package(entry.module) == package);
        if near {
            found.extend(capabilities);
        }
    }
    found
        .into_iter()
        .filter_map(|capability| match capability {
            Capability::RunsCommands => Some("run commands"),
            Capability::EvaluatesCode => Some("run code"),
            Capability::WritesFiles => Some("change files"),
            Capability::ReadsFiles => Some("read files"),
            Capability::Database => Some("query a database"),
            Capability::Network | Capability::Environment => None,
        })
        .collect()
}

/// `a, b and c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// How a listener comes to listen where it does.
pub(super) fn address(context: &Context<'_>, listener: &Listener) -> String {
    let named = context.models.network().named(&listener.form);
    let name = named.map(|row| row.name.as_str()).filter(|name| !name.is_empty());
    match &listener.reason {
        Reason::Given(text) if text.is_empty() => "an empty host means every interface".to_owned(),
        Reason::Given(text) => format!("`{text}` is every interface"),
        Reason::LeftOut => format!(
            "no host is given, and {} then listens on every interface",
            name.unwrap_or("it")
        ),
        Reason::Old(Told { package, version, file }) => format!(
            "no host is given, and {} before {} then listens on every interface (`{file}` says `{package}` {version})",
            name.unwrap_or("it"),
            named.map_or("this version", |row| row.since.as_str()),
        ),
        Reason::Hosted => "whoever knows its URL reaches it".to_owned(),
        Reason::Unknown => "the host is not known".to_owned(),
    }
}

/// How callers are authenticated with what the listener is written in.
pub(super) fn authenticate(context: &Context<'_>, listener: &Listener) -> String {
    let rows = context.models.network();
    let own = rows.named(&listener.form).map(|row| row.authenticate.as_str());
    let language = context.project.module(listener.module).language;
    let general = rows.auth(language).map_or("", |row| row.authenticate.as_str());
    own.filter(|text| !text.is_empty()).unwrap_or(general).to_owned()
}

/// How to listen on this machine alone.
pub(super) fn loopback(context: &Context<'_>, listener: &Listener) -> String {
    let rows = context.models.network();
    let own = rows.named(&listener.form).map(|row| row.loopback.as_str());
    let language = context.project.module(listener.module).language;
    let general = rows.auth(language).map_or("", |row| row.loopback.as_str());
    own.filter(|text| !text.is_empty()).unwrap_or(general).to_owned()
}
