//! `unhardened-container`: nothing keeps a server in its container from more than it needs.

use super::{about, capital, containers, serves, title};
use crate::deploy::{Container, Form};
use crate::finding::{Finding, Severity};
use crate::rules::Context;

const RULE: &str = "unhardened-container";

pub(in crate::rules) fn unhardened_container(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for container in containers(context) {
        // What is there to try it on a developer's machine is left alone; values of a chart say nothing of what the chart sets itself.
        let is_judged = matches!(container.form, Form::Service | Form::Pod)
            && !container.init
            && !context.is_sample(container.file)
            && serves(context, container);
        if !is_judged {
            continue;
        }
        let missing = missing(container);
        if missing.is_empty() {
            continue;
        }
        let (what, settings): (Vec<&str>, Vec<&str>) = missing.into_iter().unzip();
        let message = format!("{} {}", capital(&title(container)), what.join(", "));
        findings.push(
            about(context, RULE, container, container.place, message, Severity::Low)
                .help(format!("add {}", settings.join(", ")))
                .build(),
        );
    }
}

/// What is open, each with the setting that closes it.
fn missing(container: &Container) -> Vec<(&'static str, &'static str)> {
    let hardening = container.hardening;
    let is_pod = container.form == Form::Pod;
    let all = [
        (
            hardening.read_only,
            "may change the files of its image",
            if is_pod {
                "`readOnlyRootFilesystem: true`"
            } else {
                "`read_only: true` with a `tmpfs` for what it writes"
            },
        ),
        (
            hardening.drops_all,
            "keeps capabilities that a server has no use for",
            if is_pod {
                "`capabilities: {drop: [ALL]}`"
            } else {
                "`cap_drop: [ALL]`"
            },
        ),
        (
            hardening.no_new_privileges,
            "may gain rights by programs of its image",
            if is_pod {
                "`allowPrivilegeEscalation: false`"
            } else {
                "`security_opt: [no-new-privileges:true]`"
            },
        ),
        (
            hardening.limits,
            "may take all memory and processes of the host",
            if is_pod {
                "`resources.limits`"
            } else {
                "`mem_limit` and `pids_limit`"
            },
        ),
    ];
    // A limit alone makes no fence, and what has all the others is not told for the want of one.
    if hardening.read_only && hardening.drops_all && hardening.no_new_privileges {
        return Vec::new();
    }
    all.into_iter()
        .filter(|(is_set, _, _)| !is_set)
        .map(|(_, what, setting)| (what, setting))
        .collect()
}
