//! `auto-approve`: tools that change or run something are called without anybody being asked.

use super::{at, draft, lowered, title};
use crate::deploy::{Weight, risky_tool};
use crate::finding::{Finding, Severity};
use crate::rules::{Context, Draft};

const RULE: &str = "auto-approve";
const HELP: &str = "approve tools one by one when they are called, or name here only those that read";

pub(in crate::rules) fn auto_approve(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for server in &context.deploy.servers {
        for approval in &server.approvals {
            let (severity, message) = match approval.weight {
                Weight::Tool => match risky_tool(&approval.what) {
                    Some(act) => (
                        Severity::Medium,
                        format!(
                            "tool `{}` of {} {act}, and is called without asking",
                            approval.what,
                            title(server)
                        ),
                    ),
                    None => continue,
                },
                _ => (
                    Severity::Medium,
                    format!(
                        "every tool of {} is called without asking, also those that it adds later",
                        title(server)
                    ),
                ),
            };
            let found = draft(context, RULE, server, approval.span, message)
                .label("approved beforehand")
                .help(HELP);
            let found = match approval.weight {
                Weight::Tool => found.tool(approval.what.as_str()),
                _ => found,
            };
            let found = if context.is_sample(server.file) {
                found
            } else {
                found.severity(severity)
            };
            findings.push(found.build());
        }
    }
    for (file, approval) in &context.deploy.approvals {
        let severity = match approval.weight {
            Weight::All => Severity::High,
            Weight::Server | Weight::Tool => Severity::Medium,
            Weight::Edit => Severity::Low,
        };
        let message = format!("settings of the client say that {}", approval.what);
        let found = Draft::new(RULE, at(*file, approval.span), message)
            .label("approved beforehand")
            .help(HELP)
            .severity(severity);
        findings.push(lowered(context, *file, found).build());
    }
}
