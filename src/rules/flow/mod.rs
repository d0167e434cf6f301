//! Findings of what reached sinks. Which rule a hit falls under, and in what words, is decided in one file a class.

mod archive;
mod code;
mod command;
mod leak;
mod path;
mod sql;
mod url;

use std::collections::BTreeSet;

use super::surface::{display_name, tools_by_name};
use crate::finding::{Confidence, Finding, Severity, Step, Tier};
use crate::flow::{Analysis, Hit, Origin, StepKind};
use crate::ir::Name;
use crate::models::Class;
use crate::project::{ModuleId, Project};
use crate::rules::location;
use crate::server::{EntryKind, EntryPoint, Server};

const READ_ONLY: &str = "the transaction was made read-only: that limits the damage, but everything can be read, functions run, and where the driver \
     takes several statements a `COMMIT` in front leaves it";

/// What a rule says of a hit.
struct Verdict {
    /// The rule's id.
    rule: &'static str,
    severity: Severity,
    confidence: Confidence,
    tier: Tier,
    /// Between the argument and the sink: `argument x of tool t` … `sink`.
    verb: &'static str,
    /// At the sink.
    label: &'static str,
    /// The remedy, where the sink's row names none.
    help: &'static str,
    /// Told once for each tool, not for each sink.
    once: bool,
    /// The remedy that the sink's row names is for another rule.
    own_help: bool,
}

impl Verdict {
    fn new(
        rule: &'static str,
        severity: Severity,
        verb: &'static str,
        label: &'static str,
        help: &'static str,
    ) -> Self {
        Self {
            rule,
            severity,
            confidence: Confidence::High,
            tier: Tier::Default,
            verb,
            label,
            help,
            once: false,
            own_help: false,
        }
    }

    fn once(self) -> Self {
        Self { once: true, ..self }
    }

    fn own_help(self) -> Self {
        Self { own_help: true, ..self }
    }

    fn audit(self) -> Self {
        Self {
            confidence: Confidence::Low,
            tier: Tier::Audit,
            ..self
        }
    }
}

/// A hit with what is known around it.
struct Case<'a> {
    hit: &'a Hit,
    origin: &'a Origin,
    /// The entry point whose input it is.
    entry: Option<&'a EntryPoint>,
}

/// Whether a value was taken out of what some other service or library made of the caller's text: its choice, not the caller's.
fn second_hand(case: &Case<'_>) -> bool {
    let mut through = false;
    for step in &case.hit.trace {
        match step.kind {
            StepKind::Through(name) => through = !HANDS_ON.contains(&name.as_str()),
            StepKind::Taken(name) if through && name != "[]" && name != "key" && name.parse::<usize>().is_err() => {
                return true;
            }
            StepKind::Built => through = false,
            _ => {}
        }
    }
    false
}

/// Calls whose result still is the caller's text, or parts of it.
const HANDS_ON: &[&str] = &[
    "URL",
    "assign",
    "b64decode",
    "camelCase",
    "decode",
    "decodeURIComponent",
    "entries",
    "exec",
    "findall",
    "fromEntries",
    "from_str",
    "from_value",
    "from_slice",
    "get",
    "groupdict",
    "groups",
    "items",
    "join",
    "json",
    "load",
    "loads",
    "match",
    "model_dump",
    "model_validate",
    "model_validate_json",
    "parse",
    "parseAsync",
    "parse_obj",
    "parse_qs",
    "pop",
    "read",
    "safeParse",
    "safeParseAsync",
    "safe_load",
    "search",
    "split",
    "strip",
    "trim",
    "unquote",
    "urlparse",
    "urlsplit",
    "validate",
    "validate_python",
];

fn judge(case: &Case<'_>) -> Option<Verdict> {
    match case.hit.class {
        Class::Command => Some(command::command(case)),
        Class::Argument => Some(command::argument(case)),
        Class::Path => Some(path::path(case)),
        Class::Code => Some(command::code(case).unwrap_or_else(|| code::code(case))),
        Class::Sql => Some(sql::sql(case)),
        Class::Nosql => Some(sql::nosql(case)),
        Class::Url => Some(url::url(case)),
        Class::Template => Some(code::template(case)),
        Class::Deserialize => Some(code::deserialize(case)),
        Class::Archive => Some(archive::archive(case)),
        Class::Output => leak::output(case),
        Class::Log => leak::log(case),
    }
}

/// All findings of flow rules, unsorted.
pub fn findings(project: &Project, server: &Server, analysis: &Analysis) -> Vec<Finding> {
    let tools = tools_by_name(server);
    let mut findings: Vec<Finding> = Vec::new();
    let mut told: BTreeSet<(&str, Option<Name>, u32, ModuleId)> = BTreeSet::new();
    for hit in &analysis.hits {
        let Some(origin) = analysis.origins.get(hit.origin as usize) else {
            continue;
        };
        // a secret is nobody's input: it is told of the entry point that shows it
        let owner = match hit.also.first() {
            Some((entry, _)) if hit.detail.is_some() => *entry,
            _ => origin.entry,
        };
        let entry = server.entries.get(owner as usize);
        let Some(verdict) = judge(&Case { hit, origin, entry }) else {
            continue;
        };
        // statements go to one driver a file, as a rule; a file for each driver is one finding each
        let sink_module = match hit.class {
            Class::Sql | Class::Nosql => hit.place.module,
            _ => ModuleId(0),
        };
        if verdict.once && !told.insert((verdict.rule, hit.tool, owner, sink_module)) {
            continue;
        }
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
        let is_argument = hit.detail.is_none() && origin.what.is_none();
        let parameter = parameter_of(origin)
            .or_else(|| taken(hit).map(|name| name.as_str().to_owned()))
            .filter(|_| is_argument);
        let (argument, of) = match (origin.what, parameter.as_deref()) {
            (Some(answer), _) => (format!("the {answer}"), "in"),
            (None, Some(name)) => (format!("argument `{name}`"), "of"),
            (None, None) => ("its arguments".to_owned(), "of"),
        };
        let callee = callee_text(hit);
        let subject = tool.as_deref().map_or_else(
            || format!("{argument} {of} a handler"),
            |tool| format!("{argument} {of} {what} `{tool}`"),
        );
        let message = match hit.detail {
            None => format!("{subject} {} `{callee}`", verdict.verb),
            Some(detail) => {
                let what_leaks = leak::subject(detail, origin.path.first().copied());
                let by = tool
                    .as_deref()
                    .map_or_else(|| "a handler".to_owned(), |tool| format!("{what} `{tool}`"));
                format!("{what_leaks} {} by {by}", verdict.verb)
            }
        };
        let scope = tool.clone().unwrap_or_default();
        let function = project.module(hit.function.module).function(hit.function.func);
        let scope = function.name.map_or(scope.clone(), |name| format!("{scope}/{name}"));
        let mut related = Vec::new();
        for (index, name) in &hit.also {
            if (*index, *name) == (owner, hit.tool) {
                continue;
            }
            let Some(other) = server.entries.get(*index as usize) else {
                continue;
            };
            let label = name.map_or_else(|| display_name(project, other), |name| name.as_str().to_owned());
            if tool.as_ref() == Some(&label) {
                continue;
            }
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
        if let Some(place) = hit.runs_at {
            related.push(Step {
                location: location(project, place),
                label: format!("`{callee}` runs it"),
            });
        }
        let mut notes: Vec<String> = Vec::new();
        for flaw in &hit.flaws {
            let note = format!("a check is there, but {}", flaw.why);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        if hit.read_only {
            notes.push(READ_ONLY.to_owned());
        }
        findings.push(Finding {
            rule: verdict.rule.to_owned(),
            severity: verdict.severity,
            confidence: verdict.confidence,
            tier: verdict.tier,
            message,
            primary: location(project, hit.place),
            primary_label: verdict.label.to_owned(),
            trace: trace(project, hit, origin),
            related,
            notes,
            help: hit
                .help
                .clone()
                .filter(|_| !verdict.own_help)
                .or_else(|| Some(verdict.help.to_owned())),
            tool,
            parameter,
            scope,
            fingerprint: String::new(),
        });
    }
    findings
}

/// The first field that is taken out of arguments which came as a whole and went through something on the way.
fn taken(hit: &Hit) -> Option<Name> {
    hit.trace.iter().find_map(|step| match step.kind {
        StepKind::Taken(name) if name != "[]" && name != "key" => Some(name),
        _ => None,
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
            StepKind::Source if hit.detail == Some(crate::flow::Detail::Record) => {
                "all of the record is taken here".to_owned()
            }
            StepKind::Source if hit.detail.is_some_and(|detail| !detail.is_secret()) => {
                "the error is caught here".to_owned()
            }
            StepKind::Source if hit.detail.is_some() => "read here".to_owned(),
            StepKind::Source => match (origin.what, parameter_of(origin)) {
                (Some(answer), _) => format!("the {answer} comes in here"),
                (None, Some(name)) => format!("`{name}` comes from the caller"),
                (None, None) => "untrusted input enters here".to_owned(),
            },
            StepKind::Passed(name) => format!("handed to `{name}`"),
            StepKind::Through(name) => format!("goes through `{name}`"),
            StepKind::Built => "becomes part of a string".to_owned(),
            StepKind::Joined => "joined to a path".to_owned(),
            StepKind::Taken(name) if name == "[]" => "an element is taken".to_owned(),
            StepKind::Taken(name) => format!("`{name}` is taken out"),
            StepKind::Placed => "put into an object".to_owned(),
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
        label: match hit.detail {
            None => format!("reaches `{}`", callee_text(hit)),
            Some(_) if hit.class == Class::Output => "sent to the client".to_owned(),
            Some(_) => format!("written by `{}`", callee_text(hit)),
        },
    });
    steps
}
