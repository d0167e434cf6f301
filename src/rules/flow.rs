//! Findings of what reached sinks.

use super::surface::{display_name, tools_by_name};
use crate::finding::{Confidence, Finding, Severity, Step, Tier};
use crate::flow::{Analysis, Hit, Origin, StepKind};
use crate::ir::Name;
use crate::models::{Access, Class};
use crate::project::Project;
use crate::scan::location;
use crate::server::{EntryKind, Server};

/// All findings of flow rules, unsorted.
pub fn findings(project: &Project, server: &Server, analysis: &Analysis) -> Vec<Finding> {
    let tools = tools_by_name(server);
    let mut findings: Vec<Finding> = Vec::new();
    let mut told: std::collections::BTreeSet<(Option<Name>, u32)> = std::collections::BTreeSet::new();
    for hit in &analysis.hits {
        let Some(origin) = analysis.origins.get(hit.origin as usize) else {
            continue;
        };
        let Some(rule) = rule_of(hit, origin) else { continue };
        if rule.id == "code-execution-tool" && !told.insert((hit.tool, origin.entry)) {
            continue;
        }
        let audit = hit.audit && !is_line_of_commands(hit, origin);
        let entry = server.entries.get(origin.entry as usize);
        let tool = hit
            .tool
            .map(|name| name.as_str().to_owned())
            .or_else(|| entry.map(|entry| display_name(project, entry)));
        let what = match entry.map(|entry| entry.kind) {
            Some(EntryKind::Resource) => "resource",
            Some(EntryKind::Prompt) => "prompt",
            Some(EntryKind::Completion) => "completion",
            Some(EntryKind::Handler) if hit.tool.is_none() => "handler",
            _ => "tool",
        };
        let parameter = parameter_of(origin).or_else(|| taken(hit).map(|name| name.as_str().to_owned()));
        let argument = parameter
            .as_deref()
            .map_or_else(|| "its arguments".to_owned(), |name| format!("argument `{name}`"));
        let callee = callee_text(hit);
        let subject = tool.as_deref().map_or_else(
            || format!("{argument} of a handler"),
            |tool| format!("{argument} of {what} `{tool}`"),
        );
        let message = format!("{subject} {} `{callee}`", rule.verb);
        let scope = tool.clone().unwrap_or_default();
        let function = project.module(hit.function.module).function(hit.function.func);
        let scope = function.name.map_or(scope.clone(), |name| format!("{scope}/{name}"));
        let mut related = Vec::new();
        for (index, name) in &hit.also {
            if (*index, *name) == (origin.entry, hit.tool) {
                continue;
            }
            let Some(other) = server.entries.get(*index as usize) else {
                continue;
            };
            let label = name.map_or_else(|| display_name(project, other), |name| name.as_str().to_owned());
            let place = name
                .and_then(|name| tools.get(&name))
                .map_or((other.module, other.span), |tool| (tool.module, tool.span));
            related.push(Step {
                location: location(
                    project,
                    crate::flow::Place {
                        module: place.0,
                        span: place.1,
                    },
                ),
                label: format!("`{label}` reaches it too"),
            });
        }
        let mut notes: Vec<String> = Vec::new();
        for flaw in &hit.flaws {
            let note = format!("a check is there, but {}", flaw.why);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        findings.push(Finding {
            rule: rule.id.to_owned(),
            severity: rule.severity,
            confidence: if audit { Confidence::Low } else { Confidence::High },
            tier: if audit { Tier::Audit } else { Tier::Default },
            message,
            primary: location(project, hit.place),
            primary_label: rule.label.to_owned(),
            trace: trace(project, hit, origin),
            related,
            notes,
            help: Some(hit.help.clone().unwrap_or_else(|| rule.help.to_owned())),
            tool,
            parameter,
            scope,
            fingerprint: String::new(),
        });
    }
    findings
}

struct Rule {
    id: &'static str,
    severity: Severity,
    verb: &'static str,
    label: &'static str,
    help: &'static str,
}

fn rule_of(hit: &Hit, origin: &Origin) -> Option<Rule> {
    Some(match hit.class {
        Class::Command
            if (hit.whole && hit.flaws.is_empty() && is_program_text(hit, origin))
                || is_line_of_commands(hit, origin) =>
        {
            Rule {
                id: "code-execution-tool",
                severity: Severity::Medium,
                verb: "is run as it is by",
                label: "runs the caller's text",
                help: "if running arbitrary commands is the purpose, say so in the description, set `destructiveHint`, ask for confirmation and isolate the process; otherwise offer fixed commands",
            }
        }
        Class::Command => Rule {
            id: "command-injection",
            severity: Severity::Critical,
            verb: "becomes part of a command run by",
            label: "a shell, or the choice of program, is in the caller's hands here",
            help: "start a fixed program with a list of arguments and no shell",
        },
        Class::Argument => Rule {
            id: "argument-injection",
            severity: Severity::Medium,
            verb: "may be taken for an option by the program that starts here:",
            label: "a value that begins with `-` is an option to this program",
            help: "put `--` before the value, or refuse values that begin with `-`",
        },
        Class::Path if hit.flaws.is_empty() => Rule {
            id: "path-traversal",
            severity: if hit.access == Some(Access::Read) {
                Severity::High
            } else {
                Severity::Critical
            },
            verb: "chooses the file in",
            label: "any file can be named here",
            help: "resolve the path, links included, and check that it lies below an allowed folder before it is used",
        },
        Class::Path => Rule {
            id: "weak-path-containment",
            severity: Severity::High,
            verb: "passes a check that does not contain it, and chooses the file in",
            label: "the check before does not keep the path inside",
            help: "resolve both paths, links included, and compare by components (or with a separator at the end of the root)",
        },
        _ => return None,
    })
}

/// Whether an argument that is called a command is written to the input of another program.
fn is_line_of_commands(hit: &Hit, origin: &Origin) -> bool {
    hit.class == Class::Command && hit.callee.ends_with(".stdin.write") && is_program_text(hit, origin)
}

/// The first field that is taken out of arguments which came as a whole and went through something on the way.
fn taken(hit: &Hit) -> Option<Name> {
    hit.trace.iter().find_map(|step| match step.kind {
        StepKind::Taken(name) if name != "[]" && name != "key" => Some(name),
        _ => None,
    })
}

/// Whether an argument is meant to be a command or program text.
fn is_program_text(hit: &Hit, origin: &Origin) -> bool {
    // the last part: `input["command"]` of a handler that takes all its arguments as `input`
    let Some(name) = origin.path.last().copied().or_else(|| taken(hit)) else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    [
        "command",
        "cmd",
        "script",
        "code",
        "shell",
        "commandline",
        "command_line",
        "bash",
        "expression",
    ]
    .iter()
    .any(|word| {
        name == *word
            || name.split(['_', '-']).any(|part| part == *word)
            || name.ends_with("command")
            || name.ends_with("script")
    })
}

fn parameter_of(origin: &Origin) -> Option<String> {
    if origin.path.is_empty() {
        return None;
    }
    Some(
        origin
            .path
            .iter()
            .map(|name| name.as_str())
            .collect::<Vec<_>>()
            .join("."),
    )
}

/// The callee for people: without the folder of an SDK's path.
fn callee_text(hit: &Hit) -> String {
    hit.callee.as_str().trim_start_matches("*.").to_owned()
}

fn trace(project: &Project, hit: &Hit, origin: &Origin) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for step in &hit.trace {
        let label = match step.kind {
            StepKind::Source => parameter_of(origin).map_or_else(
                || "untrusted input enters here".to_owned(),
                |name| format!("`{name}` comes from the caller"),
            ),
            StepKind::Passed(name) => format!("handed to `{name}`"),
            StepKind::Through(name) => format!("goes through `{name}`"),
            StepKind::Built => "becomes part of a string".to_owned(),
            StepKind::Taken(name) if name == "[]" => "an element is taken".to_owned(),
            StepKind::Taken(name) => format!("`{name}` is taken out"),
            StepKind::Stored(name) => format!("stored in `{name}`"),
            StepKind::Returned => "returned".to_owned(),
        };
        steps.push(Step {
            location: location(project, step.place),
            label,
        });
    }
    for flaw in &hit.flaws {
        steps.push(Step {
            location: location(project, flaw.place),
            label: format!("checked here, but {}", flaw.why),
        });
    }
    steps.dedup_by(|a, b| a.location == b.location && a.label == b.label);
    let sink = location(project, hit.place);
    steps.push(Step {
        location: sink,
        label: format!("reaches `{}`", callee_text(hit)),
    });
    steps
}
