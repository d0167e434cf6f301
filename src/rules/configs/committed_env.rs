//! `committed-env-file`: an environment file with live values is part of the project.

use std::collections::BTreeMap;

use super::at;
use crate::deploy::ConfigKind;
use crate::finding::{Finding, Severity};
use crate::rules::{Context, Draft};
use crate::secrets::Secret;
use crate::workspace::FileId;

pub(in crate::rules) fn committed_env_file(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut by_file: BTreeMap<FileId, Vec<&Secret>> = BTreeMap::new();
    for secret in context.secrets.iter().filter(|secret| secret.counts) {
        by_file.entry(secret.file).or_default().push(secret);
    }
    let files = context
        .deploy
        .files
        .iter()
        .filter(|(_, kind)| *kind == ConfigKind::Environment);
    for (file, _) in files {
        let Some(secrets) = by_file.get(file) else { continue };
        // What is there for everybody to see, such as the key of anonymous users, is none that leaks.
        let counts = |secret: &&&Secret| !secret.is_fallback && secret.severity != Some(Severity::Low);
        let secrets: Vec<&Secret> = secrets.iter().filter(counts).copied().collect();
        let Some(first) = secrets.first() else {
            continue;
        };
        let path = context.workspace.file(*file).path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path);
        let (count, look) = match secrets.len() {
            1 => ("a credential".to_owned(), "looks"),
            more => (format!("{more} credentials"), "look"),
        };
        let is_template = is_template(name);
        let (message, help) = if is_template {
            (
                format!("`{name}` is there to be copied, and holds {count} that {look} real"),
                "replace the values by placeholders, and revoke what was real",
            )
        } else {
            (
                format!("`{name}` is part of the project, and holds {count}"),
                "name the file in `.gitignore`, take it out with `git rm --cached`, and revoke what was real: the history keeps it",
            )
        };
        let draft = Draft::new("committed-env-file", at(*file, first.span), message)
            .label("one of them")
            .help(help);
        let draft = if is_template || first.is_trial {
            draft.severity(Severity::Low)
        } else {
            draft
        };
        findings.push(draft.build());
    }
}

/// Files that a project ships so that others make their own of them.
fn is_template(name: &str) -> bool {
    let mut words = name.split(['.', '-', '_']);
    words.any(|word| {
        matches!(
            word,
            "default" | "defaults" | "dist" | "example" | "sample" | "template" | "tmpl" | "tpl"
        )
    })
}
