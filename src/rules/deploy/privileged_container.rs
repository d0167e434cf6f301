//! `privileged-container`: a container may do what reaches beyond it.

use super::{about, at, capital, reaching, title};
use crate::deploy::knowledge::capability;
use crate::deploy::{Grant, GrantKind};
use crate::finding::{Finding, Severity};
use crate::rules::Context;

const RULE: &str = "privileged-container";

pub(in crate::rules) fn privileged_container(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for container in reaching(context) {
        let mut told: Vec<(&Grant, String, &str, Severity)> = container
            .grants
            .iter()
            .filter_map(|grant| {
                let (what, gives, severity) = judge(&grant.kind)?;
                Some((grant, what, gives, severity))
            })
            .collect();
        // The worst is told, what else there is stands beside it.
        told.sort_by_key(|(grant, _, _, severity)| (std::cmp::Reverse(*severity), grant.span));
        let Some(((grant, what, gives, severity), others)) = told.split_first() else {
            continue;
        };
        let message = format!("{} {what}: {gives}", capital(&title(container)));
        let draft = about(context, RULE, container, grant.span, message, *severity)
            .help("take it out, and give it the one device, folder or capability that it needs, if any");
        let draft = others.iter().fold(draft, |draft, (grant, what, _, _)| {
            draft.related(at(container.file, grant.span), format!("it {what}, too"))
        });
        findings.push(draft.build());
    }
}

/// What a grant is, what that gives, and how bad it is. Most capabilities are those that every container has.
fn judge(kind: &GrantKind) -> Option<(String, &'static str, Severity)> {
    Some(match kind {
        GrantKind::Privileged => (
            "is privileged".to_owned(),
            "it sees the devices of the host and is as good as root there",
            Severity::High,
        ),
        GrantKind::HostProcesses => (
            "shares the processes of the host".to_owned(),
            "it reads their environment and memory, and ends them",
            Severity::High,
        ),
        GrantKind::HostNetwork => (
            "shares the network of the host".to_owned(),
            "what it listens on is open where the host is, and it reaches what listens on the host's loopback alone",
            Severity::Medium,
        ),
        GrantKind::HostIpc => (
            "shares memory with the host".to_owned(),
            "it reads what programs of the host leave there",
            Severity::Low,
        ),
        GrantKind::HostUsers => (
            "shares the users of the host".to_owned(),
            "its root is the host's",
            Severity::Low,
        ),
        GrantKind::Capability(name) => {
            let row = capability(name)?;
            (
                format!("gets the capability {name}"),
                row.gives.as_str(),
                row.severity.severity()?,
            )
        }
        GrantKind::Unconfined(option) => (
            format!("runs without a fence ({option})"),
            "calls of the kernel that containers are kept from are open to it",
            Severity::Medium,
        ),
    })
}
