//! Pods of a cluster, and the values of a chart that pods are made of.

use super::{Container, Form, GrantKind, Mount, Port, words};
use crate::deploy::words::Text;
use crate::document::{Key, Node};
use crate::workspace::{FileId, Span};

/// How many maps of one file are looked at.
const MAX_MAPS: usize = 20_000;

/// The containers of all pods in the objects of a file.
pub(super) fn pods(file: FileId, roots: &[Node]) -> Vec<Container> {
    let mut out = Vec::new();
    for (_, pod) in maps(roots).into_iter().filter(|(_, node)| is_pod(node)) {
        for (key, init) in [("initContainers", true), ("containers", false)] {
            let items = pod.get(key).map_or(&[][..], Node::items);
            for (index, item) in items.iter().filter(|item| item.is_map()).enumerate() {
                let mut found = container(file, pod, item, init);
                // What the pod shares with its host is said once.
                if index == 0 && !init {
                    host(&mut found, pod);
                }
                out.push(found);
            }
        }
    }
    out
}

fn is_pod(node: &Node) -> bool {
    let items = node.get("containers").map_or(&[][..], Node::items);
    items
        .iter()
        .any(|item| item.get("image").is_some() || item.get("name").is_some())
}

/// All maps in some values, each with its key.
fn maps(roots: &[Node]) -> Vec<(Option<&Key>, &Node)> {
    let mut out = Vec::new();
    let mut rest: Vec<(Option<&Key>, &Node)> = roots.iter().rev().map(|root| (None, root)).collect();
    while let Some((key, node)) = rest.pop() {
        if out.len() >= MAX_MAPS {
            break;
        }
        rest.extend(node.items().iter().rev().map(|item| (key, item)));
        if node.is_map() {
            out.push((key, node));
            rest.extend(node.entries().rev().map(|(key, value)| (Some(key), value)));
        }
    }
    out
}

fn container(file: FileId, pod: &Node, node: &Node, init: bool) -> Container {
    let name = node.get("name");
    let mut out = Container::new(
        file,
        Form::Pod,
        name.and_then(Node::text).unwrap_or_default(),
        name.map_or(node.span, |name| name.span),
    );
    out.init = init;
    out.image = node.get("image").and_then(Text::of);
    out.built = node.get("imagePullPolicy").and_then(Node::as_str) == Some("Never");
    for key in ["command", "args"] {
        out.command.extend(node.get(key).map(words).unwrap_or_default());
    }
    out.environment = environment(node);
    let ports = node.get("ports").map_or(&[][..], Node::items);
    out.ports = ports.iter().filter_map(port).collect();
    for context in [pod, node].iter().filter_map(|node| node.get("securityContext")) {
        security(&mut out, context);
    }
    out.mounts = mounts(pod, node);
    let limits = node.path(&["resources", "limits"]);
    out.hardening.limits = limits.is_some_and(|limits| limits.entries().len() > 0);
    out
}

fn environment(node: &Node) -> Vec<(Text, Text)> {
    let items = node.get("env").map_or(&[][..], Node::items);
    items
        .iter()
        .filter_map(|item| Some((Text::of(item.get("name")?)?, Text::of(item.get("value")?)?)))
        .collect()
}

/// A port that the node hands on; others are reached through services.
fn port(node: &Node) -> Option<Port> {
    let published = node.get("hostPort")?;
    let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
    Some(Port {
        span: published.span,
        host: text("hostIP"),
        published: published.text()?.to_owned(),
        target: text("containerPort"),
    })
}

fn is_true(node: &Node, key: &str) -> Option<Span> {
    let (key, value) = node.entry(key)?;
    (value.as_bool() == Some(true)).then(|| key.span.to(value.span))
}

/// What a `securityContext` says. Those of containers come after those of pods, and go first.
fn security(out: &mut Container, node: &Node) {
    if let Some(user) = node.get("runAsUser").and_then(Text::of) {
        out.user = Some(user);
    }
    if let Some((key, value)) = node.entry("runAsNonRoot")
        && let Some(is_set) = value.as_bool()
    {
        out.non_root = Some((is_set, key.span.to(value.span)));
    }
    if let Some(span) = is_true(node, "privileged") {
        out.grant(span, GrantKind::Privileged);
    }
    out.hardening.read_only |= is_true(node, "readOnlyRootFilesystem").is_some();
    let escalates = node.get("allowPrivilegeEscalation").and_then(Node::as_bool);
    out.hardening.no_new_privileges |= escalates == Some(false);
    let list = |path: &[&str]| node.path(path).map_or(&[][..], Node::items);
    for item in list(&["capabilities", "add"]) {
        out.capability(item.span, item.text().unwrap_or_default());
    }
    out.hardening.drops_all |= list(&["capabilities", "drop"])
        .iter()
        .any(|item| item.text().is_some_and(|text| text.eq_ignore_ascii_case("all")));
    for key in ["seccompProfile", "appArmorProfile"] {
        if let Some((key, value)) = node.get(key).and_then(|profile| profile.entry("type"))
            && value.as_str() == Some("Unconfined")
        {
            out.grant(
                key.span.to(value.span),
                GrantKind::Unconfined("seccomp or AppArmor".to_owned()),
            );
        }
    }
}

fn host(out: &mut Container, pod: &Node) {
    for (key, kind) in [
        ("hostNetwork", GrantKind::HostNetwork),
        ("hostPID", GrantKind::HostProcesses),
        ("hostIPC", GrantKind::HostIpc),
    ] {
        if let Some(span) = is_true(pod, key) {
            out.grant(span, kind);
        }
    }
}

/// The paths of the host among a pod's volumes that a container sees.
fn mounts(pod: &Node, node: &Node) -> Vec<Mount> {
    let volumes = pod.get("volumes").map_or(&[][..], Node::items);
    let seen = node.get("volumeMounts").map_or(&[][..], Node::items);
    seen.iter()
        .filter_map(|mount| {
            let name = mount.get("name")?.text()?;
            let volume = volumes
                .iter()
                .find(|volume| volume.get("name").and_then(Node::text) == Some(name))?;
            let path = volume.path(&["hostPath", "path"])?;
            Some(Mount {
                span: path.span,
                source: path.text()?.to_owned(),
                target: mount
                    .get("mountPath")
                    .and_then(Node::text)
                    .unwrap_or_default()
                    .to_owned(),
                read_only: is_true(mount, "readOnly").is_some(),
            })
        })
        .collect()
}

/// The containers that the values of a chart speak of: what has an image.
pub(super) fn values(file: FileId, roots: &[Node]) -> Vec<Container> {
    let mut out = Vec::new();
    for (key, node) in maps(roots) {
        let Some((image_key, image)) = node.entry("image") else {
            continue;
        };
        let place = key.map_or(image_key.span, |key| key.span);
        let mut found = Container::new(file, Form::Values, key.map_or("", |key| &key.text), place);
        found.image = match Text::of(image) {
            Some(text) => Some(text),
            None => chart_image(image),
        };
        let policy = image.get("pullPolicy").and_then(Node::as_str);
        found.built = policy == Some("Never");
        for context in ["podSecurityContext", "securityContext", "containerSecurityContext"]
            .iter()
            .filter_map(|key| node.get(key))
        {
            security(&mut found, context);
        }
        host(&mut found, node);
        out.push(found);
    }
    out
}

/// Repository and tag, which stand apart; an empty tag is the chart's version.
fn chart_image(node: &Node) -> Option<Text> {
    let repository = node.get("repository")?.text()?;
    let tag = node
        .get("tag")
        .filter(|tag| tag.text().is_some_and(|tag| !tag.is_empty()))?;
    let digest = ["digest", "sha"]
        .iter()
        .any(|key| node.get(key).and_then(Node::text).is_some_and(|text| !text.is_empty()));
    (!digest).then(|| Text::new(&format!("{repository}:{}", tag.text().unwrap_or_default()), tag.span))
}
