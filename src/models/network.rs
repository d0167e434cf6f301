//! Rows that say how network servers listen and what authenticates their callers: `rules/models/network.toml`.

use serde::Deserialize;

use super::RowLanguage;
use crate::ir::Language;

/// One file of such rows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkRows {
    /// Calls that start to listen.
    #[serde(default)]
    pub listener: Vec<ListenerRow>,
    /// What authenticates callers, one block for each language.
    #[serde(default)]
    pub auth: Vec<AuthRow>,
    /// What checks host and origin, one block for each language.
    #[serde(default)]
    pub origin: Vec<OriginRow>,
    /// Transports and servers of the SDKs, by whether they check host and origin.
    #[serde(default)]
    pub transport: Vec<TransportRow>,
}

/// A call that starts to listen. Places within its arguments are written as `0` (position), `host` (keyword, or member of the last record), `0|host`, and
/// `0.httpStream.host` (members of one).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenerRow {
    /// Names the form.
    pub id: String,
    /// The language.
    pub language: RowLanguage,
    /// Functions and classes called, by qualified name.
    #[serde(default)]
    pub call: Vec<String>,
    /// Methods, of what `of`, `types` or `names` say.
    #[serde(default)]
    pub method: Vec<String>,
    /// What made the receiver: prefixes of qualified names.
    #[serde(default)]
    pub of: Vec<String>,
    /// Its declared type, last segment.
    #[serde(default)]
    pub types: Vec<String>,
    /// How its name ends where neither is known; it must serve MCP then.
    #[serde(default)]
    pub names: Vec<String>,
    /// Arguments that must be there.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Keywords that must not be there.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Where the host stands; the first that is given counts.
    #[serde(default)]
    pub host: Vec<String>,
    /// Where it stands in the call that made the receiver.
    #[serde(default)]
    pub made: Vec<String>,
    /// Fields of the receiver's `settings` that hold it when they are assigned.
    #[serde(default)]
    pub settings: Vec<String>,
    /// The argument that is a bound socket (`axum::serve(listener, app)`): the call that made it is the one that listens, and its
    /// first argument the address.
    #[serde(default)]
    pub through: Vec<String>,
    /// Where the transport is named; standard streams, said or by default, do not listen.
    #[serde(default)]
    pub transport: Vec<String>,
    /// Where it stands in the call that made the receiver.
    #[serde(default)]
    pub transport_made: Vec<String>,
    /// Where an object is given of which this field, assigned elsewhere, holds the host: `1.bind`.
    #[serde(default)]
    pub assigned: String,
    /// Names that the call that made the receiver must mention.
    #[serde(default)]
    pub with_made: Vec<String>,
    /// Calls of which one must be in its reach.
    #[serde(default)]
    pub beside: Vec<String>,
    /// There is nothing to bind: a platform takes connections and calls what this makes.
    #[serde(default)]
    pub hosted: bool,
    /// What a module exports by default so that a platform calls it: what made it, or `{fetch}`.
    #[serde(default)]
    pub exported: Vec<String>,
    /// What it listens on when no host is given.
    pub default: DefaultHost,
    /// What versions older than `since` of `package` listen on then.
    pub older: Option<DefaultHost>,
    /// The package whose version decides.
    #[serde(default)]
    pub package: String,
    /// The version that brought the default: `0.2.20`.
    #[serde(default)]
    pub since: String,
    /// What listens, for messages.
    #[serde(default)]
    pub name: String,
    /// How its callers are authenticated, where the language's own way does not fit.
    #[serde(default)]
    pub authenticate: String,
    /// How it is made to listen on this machine alone, likewise.
    #[serde(default)]
    pub loopback: String,
    /// What is spoken.
    #[serde(default)]
    pub kind: ListenerKind,
    /// Whether it serves MCP by its nature.
    #[serde(default)]
    pub serves: bool,
}

/// What a framework listens on by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultHost {
    /// Every interface.
    All,
    /// This machine alone.
    Loopback,
    /// There is no default.
    Unknown,
}

/// What a listener speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListenerKind {
    /// HTTP.
    #[default]
    Http,
    /// WebSocket without a server of its own before it.
    Websocket,
}

/// What authenticates callers in one language; all names are last segments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthRow {
    /// The language.
    pub language: RowLanguage,
    /// Calls that put something before a route: an argument whose name speaks of authentication counts.
    pub mounts: Vec<String>,
    /// What authenticates wherever it is mentioned.
    pub names: Vec<String>,
    /// What speaks of authentication and is none.
    pub not: Vec<String>,
    /// Calls that authenticate only with `required: true`: without it calls that bring no token pass.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Calls one of whose `options` authenticates.
    pub servers: Vec<String>,
    /// Those options.
    pub options: Vec<String>,
    /// Calls that answer a request: with 401 or 403 they refuse one.
    pub answers: Vec<String>,
    /// How callers are authenticated, for messages.
    pub authenticate: String,
    /// How a listener is made to listen on this machine alone.
    pub loopback: String,
}

impl ListenerRow {
    /// The version that brought the default.
    pub fn since(&self) -> Option<(u32, u32, u32)> {
        version(&self.since)
    }
}

/// What checks host and origin in one language, or switches the check off; all names are last segments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginRow {
    /// The language.
    pub language: RowLanguage,
    /// Calls that make an app which checks as long as its `host` is this machine, or with `lists`.
    #[serde(default)]
    pub apps: Vec<String>,
    /// The package that has them.
    #[serde(default)]
    pub apps_package: String,
    /// The version that brought them.
    #[serde(default)]
    pub apps_since: String,
    /// Options that list what is allowed. As a field of a configuration an empty one allows everything.
    #[serde(default)]
    pub lists: Vec<String>,
    /// Options that switch the check.
    #[serde(default)]
    pub switches: Vec<String>,
    /// Options that are a check when they are given at all.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Calls that switch the check off.
    #[serde(default)]
    pub off: Vec<String>,
    /// Calls that do so when they are given an empty list.
    #[serde(default)]
    pub emptied: Vec<String>,
}

/// A transport, or a server that brings its own, by whether it checks host and origin. Without `since` it checks nothing by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransportRow {
    /// The language.
    pub language: RowLanguage,
    /// Calls that make it, last segments; in Rust the type's name.
    #[serde(default)]
    pub call: Vec<String>,
    /// What made the receiver of the listening call: prefixes of qualified names.
    #[serde(default)]
    pub made: Vec<String>,
    /// The position of the options that may switch a check on.
    pub options: Option<usize>,
    /// The package whose version decides.
    #[serde(default)]
    pub package: String,
    /// The version since which it checks: `1.23.0`.
    #[serde(default)]
    pub since: String,
    /// It does so only where its host is this machine.
    #[serde(default)]
    pub loopback: bool,
}

impl TransportRow {
    /// The version since which it checks.
    pub fn since(&self) -> Option<(u32, u32, u32)> {
        version(&self.since)
    }
}

impl OriginRow {
    /// The version that brought the apps that check.
    pub fn apps_since(&self) -> Option<(u32, u32, u32)> {
        version(&self.apps_since)
    }
}

/// `1.23.0`.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

impl NetworkRows {
    /// What checks host and origin in a language.
    pub fn origin(&self, language: Language) -> Option<&OriginRow> {
        self.origin.iter().find(|row| row.language.language() == language)
    }

    /// The transports and servers of a language, in order.
    pub fn transports(&self, language: Language) -> impl Iterator<Item = &TransportRow> {
        self.transport
            .iter()
            .filter(move |row| row.language.language() == language)
    }

    /// The packages whose versions decide something.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        let apps = self.origin.iter().map(|row| row.apps_package.as_str());
        let transports = self.transport.iter().map(|row| row.package.as_str());
        let listeners = self.listener.iter().map(|row| row.package.as_str());
        let all = apps.chain(transports).chain(listeners);
        all.filter(|package| !package.is_empty())
    }

    /// Listeners of a language, in order.
    pub fn listeners(&self, language: Language) -> impl Iterator<Item = &ListenerRow> {
        self.listener
            .iter()
            .filter(move |row| row.language.language() == language)
    }

    /// The listener that an id names.
    pub fn named(&self, id: &str) -> Option<&ListenerRow> {
        self.listener.iter().find(|row| row.id == id)
    }

    /// What authenticates in a language.
    pub fn auth(&self, language: Language) -> Option<&AuthRow> {
        self.auth.iter().find(|row| row.language.language() == language)
    }
}
