//! `unpinned-image`: a container is built on or started from an image without a fixed version.

use std::collections::BTreeSet;

use super::{about, capital, containers, draft, images, title};
use crate::deploy::pin::{Pin, of_image};
use crate::deploy::{Container, Form, with_defaults};
use crate::document::{Dockerfile, Stage};
use crate::finding::{Finding, Severity, Tier};
use crate::rules::Context;
use crate::workspace::{FileId, Span};

const RULE: &str = "unpinned-image";

pub(in crate::rules) fn unpinned_image(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (file, dockerfile) in images(context) {
        for stage in &dockerfile.stages {
            let Some(image) = base(stage) else { continue };
            if let Some((what, tier)) = judge(image) {
                let message = format!("The image is built on {what}");
                findings.push(
                    draft(context, RULE, file, stage.image.span, message, Severity::Low)
                        .tier(tier)
                        .label("what is fetched")
                        .help(help(image, tier))
                        .scope(stage.name.as_ref().map_or("", |name| name.text.as_str()))
                        .build(),
                );
            }
        }
    }
    for (file, dockerfile) in images(context) {
        for (image, span) in copied(dockerfile) {
            if let Some((what, tier)) = judge(image) {
                let message = format!("The image takes files from {what}");
                findings.push(
                    draft(context, RULE, file, span, message, Severity::Low)
                        .tier(tier)
                        .label("what is fetched")
                        .help(help(image, tier))
                        .build(),
                );
            }
        }
    }
    let all = containers(context);
    let built = all.iter().filter(|container| container.built);
    let made = built.filter_map(|container| Some((container.file, with_defaults(&container.image.as_ref()?.text))));
    let made: BTreeSet<(FileId, String)> = made.collect();
    for container in &all {
        let Some((image, span)) = started(container, &made).filter(|(image, _)| !is_made(context, container, image))
        else {
            continue;
        };
        if let Some((what, tier)) = judge(&image) {
            let message = format!("{} runs {what}", capital(&title(container)));
            findings.push(
                about(context, RULE, container, span, message, Severity::Low)
                    .tier(tier)
                    .label("what is fetched")
                    .help(help(&image, tier))
                    .build(),
            );
        }
    }
}

/// The image that a stage fetches; `None` for a stage before it and for the empty image.
fn base(stage: &Stage) -> Option<&str> {
    let image = stage.image.text.as_str();
    (stage.parent.is_none() && !image.eq_ignore_ascii_case("scratch")).then_some(image)
}

/// The images from which files are copied: `COPY --from=image`, which may also be a stage, by name or number.
fn copied(dockerfile: &Dockerfile) -> Vec<(&str, Span)> {
    let is_stage = |name: &str| {
        let names = dockerfile.stages.iter().filter_map(|stage| stage.name.as_ref());
        name.chars().all(|c| c.is_ascii_digit()) || names.into_iter().any(|stage| stage.text.eq_ignore_ascii_case(name))
    };
    let instructions = dockerfile.stages.iter().flat_map(|stage| &stage.instructions);
    instructions
        .filter(|instruction| instruction.keyword == "COPY")
        .filter_map(|instruction| instruction.flag("from"))
        .filter_map(|flag| Some((flag.value.as_deref()?, flag.span)))
        // A name alone may be a context of the build.
        .filter(|(image, _)| !is_stage(image) && image.contains(['/', ':']))
        .collect()
}

/// The image that is fetched for a container; `None` for one that is made here.
fn started(container: &Container, made: &BTreeSet<(FileId, String)>) -> Option<(String, Span)> {
    let text = container.image.as_ref()?;
    let image = (container.file, with_defaults(&text.text));
    (!container.built && !made.contains(&image)).then_some((image.1, text.span))
}

/// Whether the file that starts an image makes it as well: `docker build -t image . && docker run image`.
fn is_made(context: &Context<'_>, container: &Container, image: &str) -> bool {
    let text = &context.workspace.file(container.file).text;
    let made = |option: &str| {
        text.match_indices(option).any(|(at, _)| {
            let rest = text
                .get(at + option.len()..)
                .unwrap_or_default()
                .trim_start_matches([' ', '=', '"', '\'']);
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ')'));
            rest.get(..end.unwrap_or(rest.len())) == Some(image.trim_end_matches(')'))
        })
    };
    container.form == Form::Run && ["-t ", "--tag", "tags:"].iter().any(|option| made(option))
}

/// What is fetched if that is not fixed, and who wants to know.
fn judge(image: &str) -> Option<(String, Tier)> {
    // A policy's pattern is no image.
    if image.contains(['*', '|', '!', ' ']) {
        return None;
    }
    let is_open = image.contains(['$', '<', '{']) || image.to_ascii_lowercase().starts_with("your");
    match of_image(image) {
        // A variable may hold the digest.
        _ if is_open && !matches!(of_image(image), Pin::Moving(_)) => None,
        Pin::Missing => Some((
            format!("whatever is published as `{image}` when it is fetched: without a tag that is `latest`"),
            Tier::Default,
        )),
        Pin::Moving(tag) => Some((format!("`{image}`, and the tag `{tag}` moves"), Tier::Default)),
        Pin::Exact if !image.contains("sha256:") => Some((
            format!("`{image}`, whose tag can be set to another image: no digest is named"),
            Tier::Strict,
        )),
        Pin::Exact | Pin::Unversioned | Pin::Unknown => None,
    }
}

fn help(image: &str, tier: Tier) -> String {
    let bare = crate::deploy::knowledge::name_of_image(image).0;
    if tier == Tier::Strict {
        format!("add the digest of what you looked at: `{image}@sha256:…`")
    } else {
        format!("name the version that you looked at, best with its digest: `{bare}:<version>@sha256:…`")
    }
}
