//! Services of compose files.

use super::{Container, Form, GrantKind, Mount, Port, with_defaults, words};
use crate::deploy::words::Text;
use crate::document::Node;
use crate::workspace::{FileId, Span};

pub(super) fn services(file: FileId, roots: &[Node]) -> Vec<Container> {
    let mut out = Vec::new();
    for services in roots.iter().filter_map(|root| root.get("services")) {
        for (key, node) in services.entries().filter(|(_, node)| node.is_map()) {
            out.push(service(Container::new(file, Form::Service, &key.text, key.span), node));
        }
    }
    out
}

fn service(mut out: Container, node: &Node) -> Container {
    out.image = node.get("image").and_then(Text::of);
    let build = node.get("build");
    let pull = node.get("pull_policy").and_then(Node::as_str);
    out.built = build.is_some() || matches!(pull, Some("never" | "build"));
    out.context = build.and_then(|build| {
        let context = build.text().or_else(|| build.get("context")?.text())?;
        Some(context.to_owned())
    });
    out.user = node.get("user").and_then(Text::of);
    out.environment = node.get("environment").map(environment).unwrap_or_default();
    for key in ["entrypoint", "command"] {
        out.command.extend(node.get(key).map(words).unwrap_or_default());
    }
    out.ports = items(node, "ports").iter().filter_map(port).collect();
    out.mounts = items(node, "volumes").iter().filter_map(mount).collect();
    out.profiles = items(node, "profiles")
        .iter()
        .filter_map(|item| Some(item.text()?.to_owned()))
        .collect();
    grants(&mut out, node);
    let limits = node.path(&["deploy", "resources", "limits"]);
    out.hardening.limits = ["mem_limit", "pids_limit", "cpus"]
        .iter()
        .any(|key| node.get(key).is_some())
        || limits.is_some_and(|limits| limits.entries().len() > 0);
    out
}

fn items<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).map_or(&[], Node::items)
}

fn grants(out: &mut Container, node: &Node) {
    let is_true = |key: &str| node.entry(key).filter(|(_, value)| value.as_bool() == Some(true));
    if let Some((key, value)) = is_true("privileged") {
        out.grant(key.span.to(value.span), GrantKind::Privileged);
    }
    out.hardening.read_only = is_true("read_only").is_some();
    for (key, kind) in [
        ("network_mode", GrantKind::HostNetwork),
        ("pid", GrantKind::HostProcesses),
        ("ipc", GrantKind::HostIpc),
        ("userns_mode", GrantKind::HostUsers),
    ] {
        if let Some((key, value)) = node.entry(key).filter(|(_, value)| value.as_str() == Some("host")) {
            out.grant(key.span.to(value.span), kind);
        }
    }
    for item in items(node, "cap_add") {
        out.capability(item.span, item.text().unwrap_or_default());
    }
    for item in items(node, "security_opt") {
        out.security_option(item.span, item.text().unwrap_or_default());
    }
    out.hardening.drops_all = items(node, "cap_drop")
        .iter()
        .any(|item| item.text().is_some_and(|text| text.eq_ignore_ascii_case("all")));
}

/// A map, or a list of `NAME=value`.
pub(super) fn environment(node: &Node) -> Vec<(Text, Text)> {
    let entries = node
        .entries()
        .filter_map(|(key, value)| Some((Text::new(&key.text, key.span), Text::of(value)?)));
    let items = node.items().iter().filter_map(Text::of).filter_map(|item| item.pair());
    entries.chain(items).collect()
}

fn port(node: &Node) -> Option<Port> {
    if let Some(text) = node.text() {
        return short_port(text, node.span);
    }
    let text = |key: &str| node.get(key).and_then(Node::text).map(with_defaults);
    Some(Port {
        span: node.get("published").map_or(node.span, |published| published.span),
        host: text("host_ip").unwrap_or_default(),
        published: text("published").unwrap_or_default(),
        target: text("target")?,
    })
}

/// `[[address:]port:]port[/protocol]`.
pub(super) fn short_port(text: &str, span: Span) -> Option<Port> {
    let text = with_defaults(text);
    let text = text.split('/').next()?.trim();
    let (rest, target) = text.rsplit_once(':').unwrap_or(("", text));
    let (host, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    let is_port = |text: &str| text.starts_with('$') || text.starts_with(|c: char| c.is_ascii_digit());
    is_port(target).then(|| Port {
        span,
        host: host.trim_matches(['[', ']']).to_owned(),
        published: published.to_owned(),
        target: target.to_owned(),
    })
}

fn mount(node: &Node) -> Option<Mount> {
    if let Some(text) = node.text() {
        return short_mount(text, node.span);
    }
    let text = |key: &str| node.get(key).and_then(Node::text);
    if text("type") != Some("bind") {
        return None;
    }
    Some(Mount {
        span: node.get("source").map_or(node.span, |source| source.span),
        source: with_defaults(text("source")?),
        target: text("target").unwrap_or_default().to_owned(),
        read_only: node.get("read_only").and_then(Node::as_bool) == Some(true),
    })
}

/// `source:target[:options]`; `None` for volumes, which have a name and no path.
pub(super) fn short_mount(text: &str, span: Span) -> Option<Mount> {
    let text = with_defaults(text);
    // `C:\Users:/data`
    let is_drive = matches!(text.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let from = if is_drive { 2 } else { 0 };
    let at = from + text.get(from..)?.find(':')?;
    let (source, rest) = (text.get(..at)?, text.get(at + 1..)?);
    if !is_drive && !source.starts_with(['.', '/', '~', '$', '%']) {
        return None;
    }
    let (target, options) = rest.split_once(':').unwrap_or((rest, ""));
    Some(Mount {
        span,
        source: source.to_owned(),
        target: target.to_owned(),
        read_only: options.split(',').any(|option| option == "ro" || option == "readonly"),
    })
}
