//! `disabled-tls-verification` in settings: variables and options by which programs believe any certificate.

use super::settings::settings;
use super::{containers, draft, images};
use crate::deploy::{Program, Text, joins, program_name, split, with_defaults};
use crate::finding::{Finding, Severity};
use crate::rules::Context;
use crate::workspace::{FileId, Span};

const RULE: &str = "disabled-tls-verification";
const HELP: &str = "take it out; where a server has a certificate of its own authority, name that authority: `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`, `--cacert`";

/// Variables of runtimes and tools that are off with these values.
const KNOWN: &[(&str, &[&str])] = &[
    ("NODE_TLS_REJECT_UNAUTHORIZED", &["0"]),
    ("PYTHONHTTPSVERIFY", &["0"]),
    ("GIT_SSL_NO_VERIFY", &["1", "true"]),
    ("NPM_CONFIG_STRICT_SSL", &["false", "0"]),
    ("YARN_STRICT_SSL", &["false", "0"]),
    ("AWS_NO_VERIFY_SSL", &["1", "true"]),
    ("CONDA_SSL_VERIFY", &["false", "0"]),
];
/// Options of programs that mean nothing else.
const OPTIONS: &[&str] = &[
    "--insecure-skip-tls-verify",
    "--no-check-certificate",
    "--no-verify-ssl",
    "--no-ssl-verify",
    "--ssl-no-verify",
    "--skip-tls-verify",
    "--skip-ssl-verify",
    "--no-tls-verify",
    "--tls-skip-verify",
    "--insecure-ssl",
    "--insecure-tls",
    "--unsafely-ignore-certificate-errors",
];

pub(in crate::rules) fn disabled_tls(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for setting in settings(context) {
        let value = with_defaults(&setting.value.text).to_ascii_lowercase();
        if turns_off(&setting.name.text, &value) {
            let message = format!("Certificates are not checked: `{}` is `{value}`", setting.name.text);
            findings.push(tell(
                context,
                setting.file,
                setting.name.span.to(setting.value.span),
                message,
                &setting.owner,
            ));
        }
    }
    for (file, words, owner) in lines(context) {
        for command in words.split(joins) {
            if let Some((span, option)) = option(command) {
                let message = format!("Certificates are not checked: `{option}`");
                findings.push(tell(context, file, span, message, &owner));
            }
        }
    }
    built(context, findings);
}

fn tell(context: &Context<'_>, file: FileId, span: Span, message: String, owner: &str) -> Finding {
    draft(context, RULE, file, span, message, Severity::High)
        .label("whoever stands between can answer, read and change what is sent")
        .help(HELP)
        .scope(owner)
        .build()
}

/// Whether a variable with this value says that certificates are not checked.
fn turns_off(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    if let Some((_, values)) = KNOWN.iter().find(|(known, _)| *known == upper) {
        return values.contains(&value);
    }
    let words: Vec<&str> = upper.split('_').collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    // `HTTPS_HEALTH_CHECK`, `CERT_EXPIRY_CHECK`
    if has(&["HEALTH", "EXPIRY", "EXPIRATION", "RENEW", "RENEWAL"]) {
        return false;
    }
    let is_tls = has(&["TLS", "SSL", "CERT", "CERTS", "CERTIFICATE", "CERTIFICATES", "HTTPS"]);
    let is_verify = has(&["VERIFY", "VERIFICATION", "VALIDATE", "VALIDATION", "REJECT", "CHECK"])
        || has(&["STRICT"]) && has(&["TLS", "SSL", "CERT", "CERTS"]);
    let is_negative = has(&[
        "SKIP", "NO", "DISABLE", "DISABLED", "IGNORE", "INSECURE", "WITHOUT", "BYPASS", "ALLOW",
    ]);
    let is_false = matches!(value, "false" | "0" | "no" | "off" | "none");
    let is_true = matches!(value, "true" | "1" | "yes" | "on");
    is_tls
        && (is_verify && !is_negative && is_false
            || is_negative && (is_verify || has(&["INSECURE", "ERRORS"])) && is_true)
        || upper.ends_with("INSECURE_SKIP_VERIFY") && is_true
}

/// The command lines that are started.
fn lines(context: &Context<'_>) -> Vec<(FileId, Vec<Text>, String)> {
    let mut out = Vec::new();
    for container in containers(context) {
        out.push((container.file, container.command.clone(), container.name.clone()));
    }
    for server in &context.deploy.servers {
        let Some(launch) = &server.launch else { continue };
        let has_image = launch
            .programs
            .iter()
            .any(|program| matches!(program, Program::Image(_)));
        if !has_image {
            out.push((server.file, launch.words.clone(), server.name.clone()));
        }
    }
    out
}

/// What images run while they are built, and start.
fn built(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (file, dockerfile) in images(context) {
        for instruction in dockerfile.stages.iter().flat_map(|stage| &stage.instructions) {
            if !matches!(instruction.keyword.as_str(), "RUN" | "CMD" | "ENTRYPOINT") {
                continue;
            }
            // A word of a list stands where it stands, those of a line where the line does.
            let listed: Vec<Text> = instruction
                .words()
                .iter()
                .map(|word| Text::new(&word.text, word.span))
                .collect();
            let line = split(&Text::new(&instruction.text, Span::new(0, instruction.text.len())));
            let (words, is_listed) = if listed.is_empty() {
                (line, false)
            } else {
                (listed, true)
            };
            for command in words.split(joins) {
                if let Some((span, option)) = option(command) {
                    let place = if is_listed {
                        span
                    } else {
                        instruction.span_of(span.range())
                    };
                    let message = format!("Certificates are not checked: `{option}`");
                    findings.push(tell(context, file, place, message, ""));
                }
            }
        }
    }
}

/// An option by which a command believes any certificate. What it fetches from this machine needs none.
fn option(command: &[Text]) -> Option<(Span, String)> {
    let is_local = command.iter().any(|word| {
        ["//localhost", "//127.", "//[::1]", "//0.0.0.0"]
            .iter()
            .any(|host| word.text.contains(host))
    });
    if is_local {
        return None;
    }
    let name_at = command
        .iter()
        .position(|word| matches!(program_name(&word.text).as_str(), "curl" | "wget" | "npm" | "git"));
    let name = name_at
        .and_then(|at| command.get(at))
        .map(|word| program_name(&word.text))
        .unwrap_or_default();
    command.iter().enumerate().find_map(|(index, word)| {
        let text = word.text.split('=').next().unwrap_or(&word.text);
        let is_off = word.text.split_once('=').is_some_and(|(_, value)| value == "false");
        let next = command.get(index + 1).map(|word| word.text.to_ascii_lowercase());
        let is_short = text.starts_with('-') && !text.starts_with("--") && text.contains('k');
        let found = OPTIONS.contains(&text) && !is_off
            || name == "curl"
                && (text == "--insecure" || is_short && text.chars().skip(1).all(|c| c.is_ascii_alphabetic()))
            || name.is_empty() && text == "--insecure" && !is_off
            || name == "npm" && text == "strict-ssl" && (next.as_deref() == Some("false") || is_off)
            || name == "git"
                && text.eq_ignore_ascii_case("http.sslVerify")
                && (next.as_deref() == Some("false") || is_off);
        found.then(|| (word.span, word.text.clone()))
    })
}
