//! `network-exposure` of containers: a port of the host, open to everybody, is handed on to a server or to its data.

use super::{about, at, capital, containers, serves, title};
use crate::deploy::knowledge::{Store, store};
use crate::deploy::{Container, Form, Port, with_defaults};
use crate::finding::{Finding, Severity, Tier};
use crate::rules::{Context, Draft};

const RULE: &str = "network-exposure";
/// Web servers and proxies, by a part of their names.
const PROXIES: &[&str] = &["nginx", "caddy", "traefik", "haproxy", "envoy", "cloudflared"];

pub(in crate::rules) fn exposed_port(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for container in containers(context) {
        let store = container
            .image
            .as_ref()
            .and_then(|image| store(&with_defaults(&image.text)));
        let mut first = true;
        for port in container.ports.iter().filter(|port| is_open(port)) {
            let Some((message, severity, tier)) = judge(context, container, port, store) else {
                continue;
            };
            // One finding for a service: its other ports are named along.
            if first {
                let others = container.ports.iter().filter(|other| is_open(other) && *other != port);
                let draft = others.fold(
                    about(context, RULE, container, port.span, message, severity).tier(tier),
                    |draft, other| draft.related(at(container.file, other.span), "so is this port"),
                );
                findings.push(
                    draft
                        .label("open on every interface of the host")
                        .help(help(port))
                        .build(),
                );
            }
            first = false;
        }
        origins(context, container, findings);
    }
    listeners(context, findings);
}

fn is_open(port: &Port) -> bool {
    matches!(port.host.as_str(), "" | "0.0.0.0" | "::" | "*")
}

fn judge(
    context: &Context<'_>,
    container: &Container,
    port: &Port,
    store: Option<&Store>,
) -> Option<(String, Severity, Tier)> {
    let name = title(container);
    let number = if port.published.is_empty() {
        format!("a free port of the host is handed on to `{}`", port.target)
    } else {
        format!("`{}` of the host is handed on", port.published)
    };
    if let Some(store) = store {
        return Some(match has_password(container, store) {
            true => (
                format!(
                    "{} ({name}) can be reached from other machines: {number}",
                    capital(&store.what)
                ),
                Severity::Low,
                Tier::Default,
            ),
            false => (
                format!(
                    "{} ({name}) can be reached from other machines and asks nobody for a password: {number}",
                    capital(&store.what)
                ),
                Severity::High,
                Tier::Default,
            ),
        });
    }
    if !serves(context, container) || is_proxy(container) {
        return Some((
            format!("{} can be reached from other machines: {number}", capital(&name)),
            Severity::Low,
            Tier::Strict,
        ));
    }
    let is_stdio = container
        .command
        .windows(2)
        .any(|pair| matches!(pair, [_, value] if value.text == "stdio"))
        || container.environment.iter().any(|(name, value)| {
            name.text.to_ascii_uppercase().contains("TRANSPORT")
                && with_defaults(&value.text).eq_ignore_ascii_case("stdio")
        });
    let message = if is_stdio {
        format!("{} speaks over its standard input, and yet {number}", capital(&name))
    } else {
        format!("The server ({name}) can be reached from other machines: {number}")
    };
    let is_low = is_stdio || has_callers_credential(container);
    Some((
        message,
        if is_low { Severity::Low } else { Severity::Medium },
        Tier::Default,
    ))
}

/// Whether a container is given what its callers have to present: `MCP_AUTH_TOKEN`.
fn has_callers_credential(container: &Container) -> bool {
    container.environment.iter().any(|(name, value)| {
        let name = name.text.to_ascii_uppercase();
        let words: Vec<&str> = name.split('_').collect();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
        has(&["AUTH", "AUTHORIZATION", "BEARER", "MCP"])
            && has(&["TOKEN", "TOKENS", "KEY", "KEYS", "SECRET", "PASSWORD", "AUTHORIZATION"])
            && !value.text.is_empty()
            && !value.text.ends_with(":-}")
    })
}

/// Whether a container stands in front of others, and is meant to be reached.
fn is_proxy(container: &Container) -> bool {
    let image = container.image.iter().map(|image| image.text.as_str());
    let mut texts = std::iter::once(container.name.as_str()).chain(image);
    texts.any(|text| PROXIES.iter().any(|name| text.contains(name)))
}

fn has_password(container: &Container, store: &Store) -> bool {
    let variables = || {
        container
            .environment
            .iter()
            .map(|(name, value)| (name.text.as_str(), with_defaults(&value.text)))
    };
    let is_off = variables().any(|(name, value)| {
        let setting = format!("{name}={value}");
        store.open.iter().any(|open| setting.starts_with(open.as_str()))
    });
    let is_named = |text: &str| store.secrets.iter().any(|secret| text.contains(secret.as_str()));
    let is_set = variables().any(|(name, value)| is_named(name) && !value.is_empty() && value != "false")
        || container.command.iter().any(|word| is_named(&word.text));
    !is_off && (store.asks || is_set)
}

fn help(port: &Port) -> String {
    let published = if port.published.is_empty() {
        &port.target
    } else {
        &port.published
    };
    format!(
        "hand it on to this machine alone, `127.0.0.1:{published}:{}`, or leave it out: containers of one network reach each other without",
        port.target
    )
}

/// Variables that let any website call a service, where nobody sets them otherwise.
fn origins(context: &Context<'_>, container: &Container, findings: &mut Vec<Finding>) {
    for (name, value) in &container.environment {
        let upper = name.text.to_ascii_uppercase();
        let names_origins = upper.contains("ORIGIN") && (upper.contains("CORS") || upper.contains("ALLOW"));
        let list = with_defaults(&value.text);
        let is_any = list.trim_matches(['[', ']', '"', '\'', ' ']) == "*";
        if names_origins && is_any && container.form != Form::Run {
            let message = format!(
                "{} takes calls from any website: `{}` is `*`",
                capital(&title(container)),
                name.text
            );
            let message = if value.text.contains("${") {
                message + " where nobody sets it"
            } else {
                message
            };
            findings.push(
                about(context, RULE, container, value.span, message, Severity::Low)
                    .help("name the origins that may call it, and let it refuse to start without them")
                    .build(),
            );
        }
    }
}

/// Servers that a client starts on every interface.
fn listeners(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for server in &context.deploy.servers {
        let Some(launch) = &server.launch else { continue };
        // What listens inside a container is not open yet.
        if launch
            .programs
            .iter()
            .any(|program| matches!(program, crate::deploy::Program::Image(_)))
        {
            continue;
        }
        let words = launch.words.windows(2).filter_map(|pair| match pair {
            [option, value] if names_host(&option.text) => Some(value.clone()),
            _ => None,
        });
        let joined = launch.words.iter().filter_map(|word| {
            let (name, value) = word.pair()?;
            names_host(&name.text).then_some(value)
        });
        let variables = launch.environment.iter().filter_map(|(name, value)| {
            let name = name.text.to_ascii_uppercase();
            (name == "HOST" || name.ends_with("_HOST") || name.ends_with("BIND_ADDRESS")).then(|| value.clone())
        });
        let listen = server.listen.iter().cloned();
        let found = words
            .chain(joined)
            .chain(variables)
            .chain(listen)
            .find(|value| matches!(with_defaults(&value.text).as_str(), "0.0.0.0" | "::" | "[::]"));
        if let Some(value) = found {
            let message = format!(
                "The client starts server `{}` on every interface: other machines can call it, `{}`",
                server.name, value.text
            );
            let draft = Draft::new(RULE, at(server.file, value.span), message).scope(server.name.as_str());
            let draft = if context.is_sample(server.file) {
                draft.severity(Severity::Low)
            } else {
                draft
            };
            findings.push(
                draft
                    .help("let it listen on `127.0.0.1`: the client is on this machine")
                    .build(),
            );
        }
    }
}

fn names_host(option: &str) -> bool {
    matches!(
        option,
        "--host"
            | "--hostname"
            | "--bind"
            | "--bind-address"
            | "--listen"
            | "--address"
            | "--http-host"
            | "--server-host"
            | "--sse-host"
    )
}
