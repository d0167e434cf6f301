//! Configs of clients: finds the entries of servers and reads them, whatever the dialect.

use super::path::{at, first};
use super::program::{is_launcher, name_of, programs};
use super::server::{Approval, Launch, Remote, ServerConfig};
use super::table::{CLIENTS, Client, Weight};
use super::words::{Text, joins, split};
use crate::document::{Document, Key, Node, Value};
use crate::workspace::FileId;

/// How deep below the root servers are looked for in a file of any name.
const MAX_SHAPE_DEPTH: usize = 5;

/// The client that keeps its servers in a file of this path.
pub(super) fn of_path(path: &str) -> Option<&'static Client> {
    CLIENTS
        .client
        .iter()
        .find(|client| client.files.iter().any(|file| file.fit(path)))
}

/// Whether a text may hold servers.
pub(super) fn may_hold_servers(text: &str) -> bool {
    CLIENTS.shape.servers.iter().any(|key| text.contains(key.as_str()))
}

/// Whether settings in a file of this path may let a client act without asking.
pub(super) fn has_settings(path: &str) -> bool {
    CLIENTS
        .approval
        .iter()
        .any(|row| row.files.iter().any(|file| file.fit(path)))
}

/// The servers of a config; `None` if it is none.
pub(super) fn servers(file: FileId, path: &str, document: &Document) -> Option<Vec<ServerConfig>> {
    let client = of_path(path);
    let origin = client.map_or("an MCP client", |client| client.name.as_str());
    let mut found = false;
    let mut out = Vec::new();
    for root in document.roots() {
        let mut places: Vec<&Node> = Vec::new();
        for servers in client.iter().flat_map(|client| &client.servers) {
            for (_, node) in at(root, servers) {
                // A file of MCP may have no servers yet; elsewhere the key may mean anything.
                let is_one = match servers.as_str() {
                    "." => holds_servers_alone(node),
                    _ => holds_servers(node) || is_named(servers) && is_empty(node),
                };
                if is_one && !places.iter().any(|known| std::ptr::eq(*known, node)) {
                    places.push(node);
                }
            }
            if !places.is_empty() {
                break;
            }
        }
        if places.is_empty() {
            by_shape(root, 0, &mut places);
        }
        found |= !places.is_empty();
        for place in places {
            entries(place, |name, span, node| {
                out.extend(server(file, origin, name, span, node))
            });
        }
    }
    found.then_some(out)
}

fn is_named(path: &str) -> bool {
    CLIENTS.shape.servers.iter().any(|key| path.ends_with(key.as_str()))
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::Map(entries) if entries.is_empty())
}

fn by_shape<'a>(node: &'a Node, depth: usize, places: &mut Vec<&'a Node>) {
    for (key, below) in node.entries() {
        if CLIENTS.shape.servers.contains(&key.text) && (holds_servers(below) || is_empty(below)) {
            places.push(below);
        } else if depth < MAX_SHAPE_DEPTH {
            by_shape(below, depth + 1, places);
        }
    }
}

fn holds_servers(node: &Node) -> bool {
    let mut any = false;
    entries(node, |_, _, entry| any |= is_server(entry));
    any
}

fn holds_servers_alone(node: &Node) -> bool {
    let mut entries = node.entries().filter(|(key, _)| !key.text.starts_with('$')).peekable();
    entries.peek().is_some() && entries.all(|(_, entry)| is_server(entry))
}

/// The entries of a map of servers, or of a list in which each has a name.
fn entries<'a>(node: &'a Node, mut each: impl FnMut(&'a str, crate::workspace::Span, &'a Node)) {
    for (key, entry) in node.entries() {
        each(&key.text, key.span, entry);
    }
    for item in node.items() {
        let name = ["name", "id", "server_name"].iter().find_map(|key| item.get(key));
        match name.and_then(|name| Some((name.as_str()?, name.span))) {
            Some((name, span)) => each(name, span, item),
            None => each("", item.span, item),
        }
    }
}

/// The entry itself, and maps in it that hold keys of the entry as well.
fn layers(entry: &Node) -> Vec<&Node> {
    let nested = CLIENTS
        .keys
        .nested
        .iter()
        .filter_map(|key| entry.get(key))
        .filter(|node| node.is_map());
    std::iter::once(entry).chain(nested).collect()
}

fn is_server(entry: &Node) -> bool {
    let keys = &CLIENTS.keys;
    let layers = layers(entry);
    let has_command = first(&layers, &keys.command).is_some_and(|(_, node)| match &node.value {
        Value::String(text) => !text.is_empty(),
        Value::List(items) => items.iter().all(|item| item.as_str().is_some()),
        Value::Map(_) => node.get("path").is_some_and(|path| path.as_str().is_some()),
        _ => false,
    });
    let has_url = || {
        let url = first(&layers, &keys.url).and_then(|(_, node)| node.as_str());
        url.is_some_and(|url| url.contains("://") || url.contains("${"))
    };
    entry.is_map() && (has_command || has_url())
}

/// Reads the entry of a server; `None` if it is none.
pub(super) fn server(
    file: FileId,
    origin: &str,
    name: &str,
    place: crate::workspace::Span,
    entry: &Node,
) -> Option<ServerConfig> {
    if !is_server(entry) {
        return None;
    }
    let keys = &CLIENTS.keys;
    let layers = layers(entry);
    let is = |keys: &[String], wanted: bool| first(&layers, keys).and_then(|(_, node)| node.as_bool()) == Some(wanted);
    Some(ServerConfig {
        file,
        origin: origin.to_owned(),
        name: name.to_owned(),
        place,
        span: entry.span,
        disabled: is(&keys.disabled, true) || is(&keys.enabled, false),
        launch: launch(&layers),
        remote: remote(&layers),
        approvals: approvals(&layers),
        listen: None,
    })
}

fn launch(layers: &[&Node]) -> Option<Launch> {
    let keys = &CLIENTS.keys;
    let (_, command) = first(layers, &keys.command)?;
    // Some clients nest the command line once more: `command: {path, args, env}`.
    let mut all = layers.to_vec();
    let mut words: Vec<Text> = match &command.value {
        Value::Map(_) => {
            all.insert(0, command);
            command.get("path").and_then(Text::of).into_iter().collect()
        }
        Value::List(items) => items.iter().filter_map(Text::of).collect(),
        _ => Text::of(command).into_iter().collect(),
    };
    let arguments: Vec<Text> = match first(&all, &keys.arguments) {
        Some((_, node)) if node.is_list() => node.items().iter().filter_map(Text::of).collect(),
        Some((_, node)) => Text::of(node).map(|line| split(&line)).unwrap_or_default(),
        None => Vec::new(),
    };
    if let [line] = words.as_slice()
        && is_command_line(line, arguments.is_empty())
    {
        words = split(line);
    }
    words.extend(arguments);
    let programs = programs(&words);
    Some(Launch {
        words,
        environment: first(&all, &keys.environment)
            .map(|(_, node)| pairs(node))
            .unwrap_or_default(),
        folder: first(&all, &keys.folder).and_then(|(_, node)| Text::of(node)),
        programs,
    })
}

/// Whether a command holds its arguments as well. A path with blanks in it does not.
fn is_command_line(command: &Text, alone: bool) -> bool {
    let text = command.text.trim();
    if !text.contains(char::is_whitespace) {
        return false;
    }
    let words = split(command);
    let Some(program) = words.first() else {
        return false;
    };
    is_launcher(&name_of(&program.text))
        || text.starts_with(['"', '\''])
        || alone
            && (!program.text.contains(['/', '\\'])
                || words.iter().any(|word| word.text.starts_with('-') || joins(word)))
}

/// Names and values of a map, of a list of `NAME=value`, or of a list of `{name, value}`.
pub(super) fn pairs(node: &Node) -> Vec<(Text, Text)> {
    let of_key = |key: &Key| Text::new(&key.text, key.span);
    let mut out: Vec<(Text, Text)> = node
        .entries()
        .filter_map(|(key, value)| Some((of_key(key), Text::of(value)?)))
        .collect();
    for item in node.items() {
        if let Some(line) = item.as_str() {
            let text = Text::new(line, item.span);
            if let Some((name, _)) = line.split_once('=') {
                out.push((text.called(name), text.after(name.len() + 1)));
            }
        } else if let (Some(name), Some(value)) = (
            item.get("name").and_then(Text::of),
            item.get("value").or_else(|| item.get("default")).and_then(Text::of),
        ) {
            out.push((name, value));
        }
    }
    out
}

fn remote(layers: &[&Node]) -> Option<Remote> {
    let keys = &CLIENTS.keys;
    let (_, url) = first(layers, &keys.url)?;
    let url = Text::of(url).filter(|url| !url.text.is_empty())?;
    let headers = first(layers, &keys.headers)
        .map(|(_, node)| pairs(node))
        .unwrap_or_default();
    let is_used = |node: &Node| node.as_bool() != Some(false) && node.text() != Some("none") && node.text() != Some("");
    let credentials = first(layers, &keys.credentials).is_some_and(|(_, node)| is_used(node));
    Some(Remote {
        credentials: credentials || headers.iter().any(|(name, _)| is_credential(&name.text)),
        url,
        headers,
    })
}

/// Whether a header proves who calls.
fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["auth", "key", "token", "cookie", "secret", "password"]
        .iter()
        .any(|word| name.contains(word))
}

fn approvals(layers: &[&Node]) -> Vec<Approval> {
    let keys = &CLIENTS.keys;
    let mut out = Vec::new();
    if let Some((key, node)) = first(layers, &keys.approved) {
        for item in node.items() {
            if let Some(tool) = item.as_str() {
                let weight = if tool == "*" { Weight::Server } else { Weight::Tool };
                out.push(Approval {
                    span: item.span,
                    weight,
                    what: tool.to_owned(),
                });
            }
        }
        if node.as_bool() == Some(true) || node.as_str() == Some("*") {
            out.push(Approval {
                span: key.span.to(node.span),
                weight: Weight::Server,
                what: "*".to_owned(),
            });
        }
    }
    if let Some((key, node)) = first(layers, &keys.trusted)
        && node.as_bool() == Some(true)
    {
        out.push(Approval {
            span: key.span.to(node.span),
            weight: Weight::Server,
            what: "*".to_owned(),
        });
    }
    out
}

/// What the settings beside the servers approve.
pub(super) fn settings(path: &str, document: &Document) -> Vec<Approval> {
    let mut out = Vec::new();
    let rows = CLIENTS
        .approval
        .iter()
        .filter(|row| row.files.iter().any(|file| file.fit(path)));
    for row in rows {
        for root in document.roots() {
            for (key, node) in row.at.iter().flat_map(|path| at(root, path)) {
                let items = std::slice::from_ref(node)
                    .iter()
                    .filter(|node| !node.is_list())
                    .chain(node.items());
                for item in items {
                    let Some(text) = item.text() else {
                        continue;
                    };
                    if row.values.iter().any(|value| fits(value, text)) {
                        let span = if node.is_list() {
                            item.span
                        } else {
                            key.map_or(item.span, |key| key.span.to(item.span))
                        };
                        out.push(Approval {
                            span,
                            weight: row.weight,
                            what: row.what.clone(),
                        });
                    }
                }
            }
        }
    }
    out
}

/// Whether a setting has a value. `mcp__*` stands for all tools of a server, not for one of them.
fn fits(value: &str, text: &str) -> bool {
    if value == text {
        return true;
    }
    match value {
        "mcp__*" => {
            let server = text.strip_prefix("mcp__");
            server.is_some_and(|server| !server.contains("__") || server.ends_with("__*"))
        }
        "@*" => text
            .strip_prefix('@')
            .is_some_and(|server| !server.contains('/') && server != "builtin"),
        _ => false,
    }
}

/// What a tool does, if its name says that it changes or runs something.
pub fn risky_tool(name: &str) -> Option<&'static str> {
    // `mcp__server__tool`
    let name = name.rsplit("__").next().unwrap_or(name);
    let words = words_of(name);
    let reads = words.first().is_some_and(|first| CLIENTS.reading.words.contains(first));
    if reads && !words.iter().any(|word| word == "and") {
        return None;
    }
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    let row = CLIENTS.act.iter().find(|row| has(&row.words) && !has(&row.unless))?;
    Some(&row.what)
}

/// The words of a name in any style, in small letters.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}
