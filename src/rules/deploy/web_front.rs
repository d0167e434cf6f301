//! Web servers in front of a server: credentials that come over an open line (`insecure-transport`), and answers that any website may read
//! (`network-exposure`).

use super::{at, draft, has_server, judges};
use crate::deploy::ConfigKind;
use crate::document::Directive;
use crate::finding::{Finding, Severity};
use crate::rules::Context;

/// Methods that change something.
const CHANGES: &[&str] = &["DELETE", "PUT", "PATCH"];

pub(in crate::rules) fn web_front(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !has_server(context) {
        return;
    }
    for (file, document) in context.configs(ConfigKind::Nginx) {
        if !judges(context, file) {
            continue;
        }
        let directives = Directive::with_blocks(document.directives());
        for server in directives.iter().filter(|directive| directive.name == "server") {
            let inside = Directive::with_blocks(&server.block);
            if !inside.iter().any(|directive| directive.name.ends_with("_pass")) {
                continue;
            }
            if let Some((listen, credential)) = open_line(&inside) {
                let name = text(credential, 0);
                let message = format!(
                    "Callers send `{name}` over plain HTTP: this server has no TLS, and sends nobody to one that has"
                );
                let found = draft(
                    context,
                    "insecure-transport",
                    file,
                    credential.span,
                    message,
                    Severity::Medium,
                );
                findings.push(
                    found
                        .label("read by whoever is on the way")
                        .related(at(file, listen.span), "it listens here")
                        .help("listen on 443 with a certificate, and let port 80 only redirect: `return 301 https://$host$request_uri;`")
                        .build(),
                );
            }
        }
        for block in directives
            .iter()
            .filter(|directive| matches!(directive.name.as_str(), "server" | "location"))
        {
            if let Some(origin) = any_origin(block) {
                let message =
                    "Any website may call what is behind, and change it: `Access-Control-Allow-Origin` is `*`"
                        .to_owned();
                let found = draft(context, "network-exposure", file, origin.span, message, Severity::Low);
                findings.push(
                    found
                        .help("name the origins that may call it, or leave the header to the server behind")
                        .build(),
                );
            }
        }
    }
}

fn text(directive: &Directive, index: usize) -> &str {
    directive
        .arguments
        .get(index)
        .map_or("", |argument| argument.text.as_str())
}

/// Where a server without TLS listens for everybody, and the credential that it hands on.
fn open_line<'a>(inside: &[&'a Directive]) -> Option<(&'a Directive, &'a Directive)> {
    let named = |name: &'static str| inside.iter().copied().filter(move |directive| directive.name == name);
    let has_tls = named("listen").any(|listen| {
        listen
            .arguments
            .iter()
            .any(|argument| argument.text == "ssl" || argument.text.ends_with("443"))
    }) || inside.iter().any(|directive| directive.name == "ssl_certificate");
    let redirects = named("return").chain(named("rewrite")).any(|directive| {
        directive
            .arguments
            .iter()
            .any(|argument| argument.text.starts_with("https://"))
    });
    if has_tls || redirects {
        return None;
    }
    // Any other port is one inside of a container, or behind another web server.
    let listen = named("listen").find(|listen| matches!(text(listen, 0), "80" | "*:80" | "0.0.0.0:80" | "[::]:80"))?;
    let credential = named("proxy_set_header").find(|header| {
        let name = text(header, 0).to_ascii_lowercase();
        let is_credential = matches!(
            name.as_str(),
            "authorization" | "x-api-key" | "x-auth-token" | "api-key" | "x-access-token"
        );
        is_credential && text(header, 1).starts_with("$http_")
    })?;
    Some((listen, credential))
}

/// The header with which a block lets any website change what is behind it.
fn any_origin(block: &Directive) -> Option<&Directive> {
    let header = |name: &str| {
        let headers = block
            .block
            .iter()
            .rev()
            .filter(|directive| directive.name == "add_header");
        let mut headers = headers.filter(|directive| text(directive, 0).eq_ignore_ascii_case(name));
        headers.next()
    };
    let origin = header("Access-Control-Allow-Origin").filter(|origin| text(origin, 1) == "*")?;
    let methods = header("Access-Control-Allow-Methods")?;
    let changes = text(methods, 1)
        .split([',', ' '])
        .any(|method| CHANGES.contains(&method) || method == "*");
    let hands_on = Directive::with_blocks(&block.block)
        .iter()
        .any(|directive| directive.name.ends_with("_pass"));
    (changes && hands_on).then_some(origin)
}
