//! `root-container`: a server runs as root in its container.

use super::{about, containers, draft, images, says_mcp, serves, title};
use crate::deploy::knowledge::{drops_root, name_of_image};
use crate::deploy::{Form, Text};
use crate::document::{Arguments, Dockerfile, Instruction, Stage};
use crate::finding::{Confidence, Finding, Severity};
use crate::rules::Context;
use crate::workspace::{FileId, Span};

const RULE: &str = "root-container";
const HELP: &str = "create a user and name it before CMD or ENTRYPOINT: `USER 10001`";

/// Programs that drop root before they start another.
const DROPPERS: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "runuser",
    "s6-setuidgid",
    "chpst",
    "setuser",
    "dropprivs",
];

pub(in crate::rules) fn root_container(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (file, dockerfile) in images(context) {
        findings.extend(image(context, file, dockerfile));
    }
    for container in containers(context).into_iter().filter(|container| !container.init) {
        let severity = if serves(context, container) {
            Severity::Medium
        } else {
            Severity::Low
        };
        let named = container.user.as_ref().filter(|user| is_root(&user.text));
        let (span, why) = match (named, container.non_root) {
            (Some(user), _) => (user.span, format!("is told to run as root, `{}`", user.text)),
            (None, Some((false, span))) if container.user.is_none() => (span, "may run as root, it says".to_owned()),
            _ => continue,
        };
        let name = title(container);
        let help = match container.form {
            Form::Pod | Form::Values => "set `runAsNonRoot: true` and a `runAsUser` that the image's files belong to",
            Form::Service | Form::Run => "name a user that is not root, or leave it to an image that has one",
        };
        let message = format!("The process of {name} {why}");
        findings.push(
            about(context, RULE, container, span, message, severity)
                .help(help)
                .build(),
        );
    }
}

fn image(context: &Context<'_>, file: FileId, dockerfile: &Dockerfile) -> Option<Finding> {
    let last = dockerfile.stages.last()?;
    let chain = chain(dockerfile, last);
    let base = &chain.last()?.image.text;
    if is_windows(base) {
        return None;
    }
    let all = || chain.iter().flat_map(|stage| stage.instructions.iter().rev());
    let start = all().find(|instruction| matches!(instruction.keyword.as_str(), "CMD" | "ENTRYPOINT"));
    // What starts nothing and has nothing below it is a parcel of files.
    if start.is_none() && base.eq_ignore_ascii_case("scratch") {
        return None;
    }
    let named = all().find(|instruction| instruction.keyword == "USER");
    let is_server = holds_server(context, file);
    let (span, why) = match named {
        Some(user) => {
            let word = user.words().first()?;
            if is_root(&word.text) {
                (user.span, "The image ends as root: the last USER says so")
            } else {
                (
                    powerful(&chain, &word.text)?,
                    "The user of the image may become root without a password",
                )
            }
        }
        None if drops_root(base) => return None,
        None => (
            start.map_or(last.from.span, |start| start.span),
            if is_server {
                "The server runs as root in its container: no USER is named"
            } else {
                "What the image starts runs as root in its container: no USER is named"
            },
        ),
    };
    let is_drop = named.is_none_or(|user| user.words().first().is_some_and(|word| is_root(&word.text)));
    if is_drop && chain.iter().any(|stage| drops_at_start(context, stage)) {
        return None;
    }
    let (name, _) = name_of_image(base);
    let is_known = !name.contains('/') && !name.contains('$');
    let severity = if is_server { Severity::Medium } else { Severity::Low };
    let draft = draft(context, RULE, file, span, why.to_owned(), severity)
        .help(HELP)
        .confidence(if is_known { Confidence::High } else { Confidence::Medium });
    let draft = if named.is_none() && !is_known {
        draft.note(format!("unless its base `{base}` names a user that is not root"))
    } else {
        draft
    };
    Some(draft.build())
}

/// Whether an image may hold the server: it speaks of MCP, or a server lies in its folder or below.
fn holds_server(context: &Context<'_>, file: FileId) -> bool {
    let source = context.workspace.file(file);
    let folder = source
        .path
        .rfind('/')
        .map_or("", |at| source.path.get(..=at).unwrap_or_default());
    says_mcp(&source.path)
        || says_mcp(&source.text)
        || context.server.entries.iter().any(|entry| {
            let file = context.project.module(entry.module).file;
            context.workspace.file(file).path.starts_with(folder)
        })
        // A server in a language that is not read.
        || context.server.entries.is_empty() && folder.is_empty()
}

/// A stage and those that it builds on, from the last to the first.
fn chain<'a>(dockerfile: &'a Dockerfile, last: &'a Stage) -> Vec<&'a Stage> {
    let mut out = vec![last];
    let mut stage = last;
    while let Some(parent) = stage.parent.and_then(|parent| dockerfile.stages.get(parent)) {
        if out.len() > dockerfile.stages.len() {
            break;
        }
        out.push(parent);
        stage = parent;
    }
    out
}

/// Whether a user is root: by name or number, whatever the group. What the builder gives is not known.
fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user).trim();
    name.eq_ignore_ascii_case("root") || !name.is_empty() && name.chars().all(|c| c == '0')
}

fn is_windows(image: &str) -> bool {
    let image = image.to_ascii_lowercase();
    image.contains("windows") || image.contains("nanoserver") || image.contains("servercore")
}

/// Where a user is allowed to become root without a password.
fn powerful(chain: &[&Stage], user: &str) -> Option<Span> {
    let user = user.split(':').next().unwrap_or(user);
    let runs = chain.iter().flat_map(|stage| &stage.instructions);
    for run in runs.filter(|instruction| instruction.keyword == "RUN") {
        let texts = std::iter::once((run.text.as_str(), None))
            .chain(run.heredocs.iter().map(|text| (text.text.as_str(), Some(text.span))));
        for (text, place) in texts {
            let Some(at) = text.find("NOPASSWD") else { continue };
            let line_start = text
                .get(..at)
                .and_then(|before| before.rfind(['"', '\'', '\n']))
                .map_or(0, |at| at + 1);
            let line = text.get(line_start..).unwrap_or_default();
            let whom = line.split_whitespace().next().unwrap_or_default();
            let is_meant = whom == user || whom.starts_with(['%', '$']) || user.starts_with('$') || whom == "ALL";
            if is_meant {
                return Some(place.unwrap_or_else(|| run.span_of(at..at + "NOPASSWD".len())));
            }
        }
    }
    None
}

/// Whether what a stage starts drops root by itself, in its command or in a script that is copied into it.
fn drops_at_start(context: &Context<'_>, stage: &Stage) -> bool {
    let starts = stage
        .instructions
        .iter()
        .filter(|instruction| matches!(instruction.keyword.as_str(), "CMD" | "ENTRYPOINT"));
    let words: Vec<String> = starts.flat_map(words_of).collect();
    let is_dropper = |word: &str| DROPPERS.contains(&word.rsplit('/').next().unwrap_or(word));
    if words.iter().any(|word| is_dropper(word)) {
        return true;
    }
    let scripts: Vec<&str> = words
        .iter()
        .filter_map(|word| word.rsplit('/').next())
        .filter(|name| name.contains("entrypoint") || name.ends_with(".sh"))
        .collect();
    let in_text = |text: &str| {
        text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '(' | ')' | '$'))
            .any(is_dropper)
    };
    // A script that is written in the image's own instructions.
    let written = stage
        .instructions
        .iter()
        .filter(|instruction| instruction.keyword == "RUN" || instruction.keyword == "COPY");
    let is_written = |instruction: &Instruction| {
        scripts.iter().any(|script| instruction.text.contains(script))
            && (in_text(&instruction.text) || instruction.heredocs.iter().any(|text| in_text(&text.text)))
    };
    let has_own = written.clone().any(is_written);
    has_own
        || context.workspace.files.iter().any(|file| {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            scripts.contains(&name) && in_text(&file.text)
        })
}

fn words_of(instruction: &Instruction) -> Vec<String> {
    match &instruction.arguments {
        Arguments::Exec(words) | Arguments::Words(words) => words.iter().map(|word| word.text.clone()).collect(),
        _ => {
            let line = Text::new(&instruction.text, instruction.span_of(0..instruction.text.len()));
            crate::deploy::split(&line).into_iter().map(|word| word.text).collect()
        }
    }
}
