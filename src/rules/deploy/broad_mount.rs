//! `broad-mount`: a container sees files of the host that reach far beyond its task.

use std::collections::BTreeSet;

use super::{about, capital, one_less, reaching, title};
use crate::deploy::knowledge::{HostPath, host_path};
use crate::deploy::{Container, Mount};
use crate::finding::{Finding, Severity, Tier};
use crate::rules::Context;

const RULE: &str = "broad-mount";

/// Endings of files that say how something runs.
const SETTINGS: &[&str] = &[
    ".conf", ".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".env", ".pem", ".crt", ".key", ".sql",
];

pub(in crate::rules) fn broad_mount(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // Containers of one pod, and services that share an anchor, see the same place.
    let mut told = BTreeSet::new();
    for container in reaching(context) {
        for mount in &container.mounts {
            if !told.insert((container.file, mount.span)) {
                continue;
            }
            match host_path(&mount.source) {
                Some(row) => findings.extend(broad(context, container, mount, row)),
                None => findings.extend(writable(context, container, mount)),
            }
        }
    }
}

fn broad(context: &Context<'_>, container: &Container, mount: &Mount, row: &HostPath) -> Option<Finding> {
    if mount.read_only && has_purpose(container, row) {
        return None;
    }
    let level = row.reading.filter(|_| mount.read_only).unwrap_or(row.severity);
    let severity = level.severity()?;
    let severity = if has_purpose(container, row) {
        one_less(severity)
    } else {
        severity
    };
    let how = if mount.read_only { "may read" } else { "may change" };
    let message = format!("{} {how} {}: `{}`", capital(&title(container)), row.what, mount.source);
    let draft = about(context, RULE, container, mount.span, message, severity)
        .label(row.gives.as_str())
        .help("mount the one folder that the server works on, for reading alone (`:ro`) where it does not write, or a named volume");
    Some(draft.build())
}

/// Whether the container is there for what it sees.
fn has_purpose(container: &Container, row: &HostPath) -> bool {
    let image = container.image.iter().map(|image| image.text.as_str());
    let texts = std::iter::once(container.name.as_str()).chain(image);
    texts
        .map(str::to_ascii_lowercase)
        .any(|text| row.unless.iter().any(|word| text.contains(word.as_str())))
}

/// Settings and keys of the project that the container may change.
fn writable(context: &Context<'_>, container: &Container, mount: &Mount) -> Option<Finding> {
    let is_settings = SETTINGS.iter().any(|ending| mount.source.ends_with(ending));
    if mount.read_only || !is_settings || !mount.source.starts_with('.') {
        return None;
    }
    let message = format!(
        "{} may change its own settings: `{}`",
        capital(&title(container)),
        mount.source
    );
    Some(
        about(context, RULE, container, mount.span, message, Severity::Low)
            .tier(Tier::Strict)
            .help("mount it for reading alone: `:ro`")
            .build(),
    )
}
