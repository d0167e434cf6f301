//! `weak-tls`: versions of TLS and ciphers that are broken.

use super::{at, draft, has_server, judges};
use crate::deploy::{ConfigKind, Text, with_defaults};
use crate::document::Directive;
use crate::finding::{Finding, Severity};
use crate::rules::Context;
use crate::rules::deploy::settings::settings;

const RULE: &str = "weak-tls";
const HELP: &str = "allow TLS 1.2 and 1.3 alone: `ssl_protocols TLSv1.2 TLSv1.3;`";

/// Versions that are broken, as settings write them, without signs and in small letters.
const VERSIONS: &[&str] = &[
    "sslv2", "sslv3", "ssl2", "ssl3", "tlsv1", "tlsv10", "tlsv11", "tls10", "tls11", "tls1", "10", "11",
];
/// Parts of the names of ciphers that are broken.
const CIPHERS: &[&str] = &[
    "RC4", "DES", "3DES", "MD5", "NULL", "aNULL", "eNULL", "EXPORT", "EXP", "LOW", "ADH", "AECDH", "ALL",
];

pub(in crate::rules) fn weak_tls(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !has_server(context) {
        return;
    }
    for (file, document) in context
        .configs(ConfigKind::Nginx)
        .filter(|(file, _)| judges(context, *file))
    {
        for directive in Directive::with_blocks(document.directives()) {
            let is_ciphers = directive.name.ends_with("ssl_ciphers");
            if !is_ciphers && !directive.name.ends_with("ssl_protocols") {
                continue;
            }
            let weak: Vec<&str> = if is_ciphers {
                ciphers(directive)
            } else {
                protocols(directive)
            };
            let Some(first) = weak.first() else { continue };
            let message = if is_ciphers {
                format!("Connections may use ciphers that are broken: `{}`", weak.join("`, `"))
            } else {
                format!(
                    "Connections may use versions of TLS that are broken: `{}`",
                    weak.join("`, `")
                )
            };
            let help = if is_ciphers {
                "take them out, or leave the choice to the library: `ssl_protocols TLSv1.2 TLSv1.3;` is enough"
            } else {
                HELP
            };
            let span = directive
                .arguments
                .iter()
                .find(|argument| argument.text.contains(first))
                .map_or(directive.span, |argument| argument.span);
            findings.push(
                draft(context, RULE, file, span, message, Severity::Medium)
                    .help(help)
                    .build(),
            );
        }
    }
    for setting in settings(context) {
        if let Some(what) = lowers(&setting.name, &setting.value) {
            let message = format!("Connections may use versions of TLS that are broken: {what}");
            findings.push(
                draft(
                    context,
                    RULE,
                    setting.file,
                    setting.value.span,
                    message,
                    Severity::Medium,
                )
                .related(at(setting.file, setting.name.span), "this says which")
                .help("take TLS 1.2 as the oldest")
                .build(),
            );
        }
    }
}

fn is_weak_version(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    VERSIONS.contains(&plain.trim_start_matches("version"))
}

fn protocols(directive: &Directive) -> Vec<&str> {
    let words = directive.arguments.iter().map(|argument| argument.text.as_str());
    words.filter(|word| is_weak_version(word)).collect()
}

fn ciphers(directive: &Directive) -> Vec<&str> {
    let lists = directive.arguments.iter().map(|argument| argument.text.as_str());
    let names: Vec<&str> = lists.flat_map(|list| list.split([':', ',', ' '])).collect();
    // `ALL:!aNULL:…` is what a list takes out of all.
    let takes_out = names.iter().any(|name| name.starts_with('!'));
    names
        .into_iter()
        .filter(|name| !name.starts_with(['!', '-', '@', '+']))
        .filter(|name| name.split(['-', '_', '+']).any(|part| CIPHERS.contains(&part)))
        .filter(|name| !(takes_out && *name == "ALL"))
        .collect()
}

/// What a variable says, if it lets old versions in.
fn lowers(name: &Text, value: &Text) -> Option<String> {
    let upper = name.text.to_ascii_uppercase();
    let value = with_defaults(&value.text);
    if upper == "NODE_OPTIONS" {
        let option = value
            .split_whitespace()
            .find(|word| matches!(*word, "--tls-min-v1.0" | "--tls-min-v1.1"))?;
        return Some(format!("`{option}`"));
    }
    let words: Vec<&str> = upper.split('_').collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let is_lowest = has(&["TLS", "SSL"]) && has(&["MIN", "MINIMUM"]) && has(&["VERSION", "PROTOCOL"]);
    (is_lowest && is_weak_version(&value)).then(|| format!("`{}` is `{value}`", name.text))
}
