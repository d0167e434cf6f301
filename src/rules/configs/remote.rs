//! `insecure-transport` and `missing-auth` for servers that a config calls over the network.

use super::{draft, title};
use crate::deploy::{Program, ServerConfig, Text};
use crate::finding::{Finding, Severity, Tier};
use crate::rules::Context;
use crate::rules::surface::without_credentials;

pub(in crate::rules) fn insecure_transport(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for server in &context.deploy.servers {
        for (address, severity, what) in open_lines(server) {
            let message = format!(
                "{} {what} over plain HTTP: `{}`",
                title(server),
                without_credentials(&address.text)
            );
            let found = draft(context, "insecure-transport", server, address.span, message)
                .label("read and changed by whoever is on the way")
                .help("use https; for a server in a closed network, a tunnel or a proxy that ends TLS");
            let found = if context.is_sample(server.file) {
                found
            } else {
                found.severity(severity)
            };
            findings.push(found.build());
        }
    }
}

/// The addresses that a server is called at, or told to call with credentials, and that are not encrypted.
fn open_lines(server: &ServerConfig) -> Vec<(Text, Severity, &'static str)> {
    let mut out = Vec::new();
    if let Some(remote) = &server.remote {
        let severity = match Host::of(&remote.url.text) {
            Some(Host::Public) if remote.credentials => Some(Severity::High),
            Some(Host::Public) => Some(Severity::Medium),
            Some(Host::Private) => Some(Severity::Low),
            Some(Host::Here | Host::Open) | None => None,
        };
        let what = if remote.credentials {
            "is called with credentials"
        } else {
            "is called"
        };
        out.extend(severity.map(|severity| (remote.url.clone(), severity, what)));
    }
    let Some(launch) = &server.launch else {
        return out;
    };
    let has_credentials = launch
        .environment
        .iter()
        .any(|(name, value)| is_credential(&name.text) && !value.text.is_empty())
        || launch
            .words
            .iter()
            .any(|word| word.text.to_lowercase().starts_with("authorization:"));
    let is_bridge = launch.programs.iter().any(bridges);
    if !has_credentials && !is_bridge {
        return out;
    }
    let arguments = launch.words.iter().map(address_in);
    let values = launch.environment.iter().map(|(_, value)| value.clone());
    let addresses = arguments
        .chain(values)
        .filter(|address| Host::of(&address.text) == Some(Host::Public));
    let what = if has_credentials {
        "is given credentials for an address that it calls"
    } else {
        "is called"
    };
    out.extend(addresses.map(|address| (address, Severity::Medium, what)));
    out
}

/// The value of `--option=value`, or the word itself.
fn address_in(word: &Text) -> Text {
    match word.text.split_once('=') {
        Some((option, value)) if option.starts_with('-') => word.after(word.text.len() - value.len()),
        _ => word.clone(),
    }
}

/// Whether a program only hands on to a server elsewhere.
fn bridges(program: &Program) -> bool {
    let name = match program {
        Program::Package(package) => package.spec.text.as_str(),
        Program::Image(image) => image.image.text.as_str(),
        Program::Other(words) => words.first().map_or("", |word| word.text.as_str()),
        Program::Script(_) => "",
    };
    ["mcp-remote", "mcp-proxy", "supergateway", "mcp-bridge", "mcp-client"]
        .iter()
        .any(|bridge| name.contains(bridge))
}

/// Whether a variable's name promises something that must not be read on the way.
fn is_credential(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    has(&[
        "token",
        "secret",
        "password",
        "passwd",
        "pass",
        "apikey",
        "auth",
        "credential",
        "credentials",
        "bearer",
    ]) || has(&["key"]) && has(&["api", "access", "secret", "private", "auth"])
}

pub(in crate::rules) fn missing_auth(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for server in &context.deploy.servers {
        let Some(remote) = server.remote.as_ref().filter(|remote| !remote.credentials) else {
            continue;
        };
        let url = remote.url.text.as_str();
        // Over TLS most servers ask for credentials when they are called first, which no config shows.
        let tier = match Host::of(url) {
            Some(Host::Public | Host::Private) => Tier::Strict,
            None if url.starts_with("https://") && !has_secret(url) => Tier::Audit,
            _ => continue,
        };
        let message = format!(
            "{} is called without credentials: `{}`",
            title(server),
            without_credentials(url)
        );
        let found = draft(context, "missing-auth", server, remote.url.span, message)
            .label("whoever reaches it may call its tools, unless it asks for a sign-in")
            .help("let the server ask for a token, and send it from a variable of the environment")
            .tier(tier)
            .severity(Severity::Low);
        findings.push(found.build());
    }
}

/// Whether an address holds a credential itself.
fn has_secret(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let host = url
        .split_once("://")
        .map_or("", |(_, rest)| rest.split('/').next().unwrap_or(rest));
    host.contains('@')
        || query
            .split('&')
            .any(|pair| is_credential(pair.split('=').next().unwrap_or(pair)))
}

/// Where an unencrypted address leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Host {
    /// This machine.
    Here,
    /// A network of one's own.
    Private,
    /// Anywhere; a name to be filled in as well.
    Public,
    /// What a variable says.
    Open,
}

impl Host {
    /// Where `http://…` and `ws://…` lead; `None` for everything else.
    fn of(address: &str) -> Option<Self> {
        let address = address.trim();
        let rest = ["http://", "ws://"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let host = authority.rsplit('@').next().unwrap_or(authority).to_lowercase();
        if host.is_empty() || host.starts_with(['$', '%']) || host.starts_with("{{") || host.starts_with("{env") {
            return Some(Self::Open);
        }
        let host = match host.strip_prefix('[') {
            Some(address) => address.split(']').next().unwrap_or(address),
            None => host.split(':').next().unwrap_or(&host),
        };
        Some(Self::named(host))
    }

    fn named(host: &str) -> Self {
        let is_here = matches!(
            host,
            "localhost" | "0.0.0.0" | "::1" | "::" | "host.docker.internal" | "gateway.docker.internal"
        ) || host.starts_with("127.")
            || host.ends_with(".localhost");
        let numbers: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
        let is_placeholder = host.contains(['<', '{', '_'])
            || ["your", "example", "hostname", "server-ip", "remote"]
                .iter()
                .any(|word| host.contains(word));
        match numbers.as_slice() {
            _ if is_here => Self::Here,
            [10, _, _, _] | [192, 168, _, _] | [172, 16..=31, _, _] | [100, 64..=127, _, _] | [169, 254, _, _] => {
                Self::Private
            }
            [_, _, _, _] => Self::Public,
            _ if is_placeholder => Self::Public,
            // A name without a dot is one of a container or of the local network.
            _ if !host.contains('.') => Self::Private,
            _ if [
                ".local",
                ".internal",
                ".lan",
                ".home",
                ".svc",
                ".cluster",
                ".intranet",
                ".test",
            ]
            .iter()
            .any(|end| host.ends_with(end) || host.contains(&format!("{end}."))) =>
            {
                Self::Private
            }
            _ => Self::Public,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (address, host) in [
            ("http://localhost:3000/mcp", Some(Host::Here)),
            ("http://[::1]:3000", Some(Host::Here)),
            ("http://127.0.0.1", Some(Host::Here)),
            ("http://user:pw@host.docker.internal/x", Some(Host::Here)),
            ("http://192.168.1.5/mcp", Some(Host::Private)),
            ("http://server:3000/mcp", Some(Host::Private)),
            ("http://nas.local", Some(Host::Private)),
            ("http://YOUR_SERVER_IP:3010/sse", Some(Host::Public)),
            ("http://<host>:3010/sse", Some(Host::Public)),
            ("http://8.8.8.8/mcp", Some(Host::Public)),
            ("ws://mcp.tools.com/mcp", Some(Host::Public)),
            ("http://${HOST}/mcp", Some(Host::Open)),
            ("https://mcp.tools.com/mcp", None),
            ("${URL}", None),
        ] {
            assert_eq!(Host::of(address), host, "{address}");
        }
    }
}
