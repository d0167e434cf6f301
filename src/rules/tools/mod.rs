//! Rules about tools: what they say of themselves, against what they do.

pub(super) mod annotation_mismatch;
pub(super) mod duplicate_name;
pub(super) mod hidden_text;
mod invisible;
pub(super) mod panic_on_input;
mod phrases;
mod places;
mod startup;
pub(super) mod stdout_pollution;
pub(super) mod unconfirmed_destructive;
pub(super) mod unvalidated_input;

use std::collections::BTreeMap;

use super::context::{Context, Draft};
use super::surface::display_name;
use crate::flow::{Deed, Effect, Place};
use crate::ir::{Language, Literal, Name, StmtKind, walk};
use crate::models::Wording;
use crate::server::{EntryKind, EntryPoint, Handler};
use crate::workspace::Span;

/// A tool with what it does.
pub(super) struct Conduct<'a> {
    /// The tool as it is registered or declared.
    pub(super) tool: &'a EntryPoint,
    /// Its name, for people.
    pub(super) name: String,
    /// What it does, in the order of effects and places.
    pub(super) deeds: Vec<&'a Deed>,
}

impl Conduct<'_> {
    /// What a boolean annotation says.
    pub(super) fn hint(&self, name: &str) -> Option<bool> {
        match self.tool.annotations.get(&Name::new(name)) {
            Some(Literal::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Name, title and description together.
    pub(super) fn words(&self) -> String {
        let title = match self.tool.annotations.get(&Name::new("title")) {
            Some(Literal::Str(title)) => title.as_str(),
            _ => "",
        };
        let description = self.tool.description.map_or("", |text| text.as_str());
        format!("{} {title} {description}", self.name)
    }

    /// Whether its name promises to read, and nothing that is said of it speaks of more.
    pub(super) fn only_reads(&self, wording: &Wording) -> bool {
        let words = self.words();
        Wording::leads(&wording.reads, &self.name)
            && ![&wording.changes, &wording.destroys, &wording.sends, &wording.pays]
                .into_iter()
                .any(|list| Wording::speaks(list, &words))
    }

    /// Whether its user is asked, or the caller has to say it twice.
    pub(super) fn is_confirmed(&self, wording: &Wording) -> bool {
        self.deeds.iter().any(|deed| deed.effect == Effect::Ask)
            || self
                .tool
                .params
                .iter()
                .any(|param| Wording::names(&wording.confirms, param.name.as_str()))
    }
}

/// The tools of judged modules with what they do, in the order of the server's entries.
pub(super) fn conducts<'a>(context: &Context<'a>) -> Vec<Conduct<'a>> {
    let server = context.server;
    let package = |entry: &EntryPoint| context.project.package(entry.module);
    // arms of dispatchers, by the names that they serve
    let mut arms: BTreeMap<(u32, Name), Vec<&Deed>> = BTreeMap::new();
    for ((of, tool), deeds) in &context.analysis.deeds {
        let Some(entry) = server.entries.get(*of as usize) else {
            continue;
        };
        if let (EntryKind::Handler, Some(name)) = (entry.kind, tool) {
            arms.entry((package(entry), *name)).or_default().extend(deeds);
        }
    }
    let mut found = Vec::new();
    for (index, tool) in (0_u32..).zip(&server.entries) {
        if tool.kind != EntryKind::Tool || !context.judges(tool.module) {
            continue;
        }
        let mut deeds: Vec<&Deed> = match (&tool.handler, tool.name) {
            (Handler::None, Some(name)) => arms.get(&(package(tool), name)).cloned().unwrap_or_default(),
            _ => context
                .analysis
                .deeds
                .range((index, None)..(index + 1, None))
                .flat_map(|(_, deeds)| deeds)
                .collect(),
        };
        deeds.sort_by_key(|deed| (deed.effect, !deed.chosen, deed.way.len(), deed.place));
        found.push(Conduct {
            tool,
            name: display_name(context.project, tool),
            deeds,
        });
    }
    found
}

/// What functions speak of that work on temporary files.
const TEMPORARY: &[&str] = &[
    "tempfile",
    "tmpdir",
    "mkdtemp",
    "mkstemp",
    "gettempdir",
    "temp_dir",
    "TemporaryDirectory",
];

/// Whether a deed only concerns what the server keeps for itself: caches, logs, temporary files; or cleans up after a failure.
pub(super) fn is_housekeeping(context: &Context<'_>, deed: &Deed) -> bool {
    let list = &context.models.wording().housekeeping;
    if Wording::names(list, &deed.text) {
        return true;
    }
    let module = context.project.module(deed.place.module);
    let file = context.workspace.file(module.file);
    // the receiver stands before the name that is called
    let start = deed.place.span.start as usize;
    let line = file
        .text
        .get(..start)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    let statement = file.slice(Span::new(line, deed.place.span.end as usize));
    let head: String = statement.chars().take(240).collect();
    if Wording::names(list, &head) {
        return true;
    }
    let own = module
        .functions
        .iter()
        .skip(1)
        .filter(|function| holds(function.span, deed.place.span))
        .min_by_key(|function| function.span.end - function.span.start);
    if own.is_some_and(|function| {
        let text = file.slice(function.span);
        TEMPORARY.iter().any(|word| text.contains(word))
    }) {
        return true;
    }
    let of_functions = deed.way.iter().any(|(_, func)| {
        context
            .project
            .module(func.module)
            .function(func.func)
            .name
            .is_some_and(|name| Wording::names(list, name.as_str()))
    });
    of_functions || Wording::names(list, context.project.path(deed.place.module)) || is_cleanup(context, deed.place)
}

/// Whether a place lies in a `catch` or `finally`.
fn is_cleanup(context: &Context<'_>, place: Place) -> bool {
    let module = context.project.module(place.module);
    module
        .functions
        .iter()
        .filter(|function| holds(function.span, place.span))
        .any(|function| {
            let mut found = false;
            walk::each_stmt(&function.body, &mut |stmt| {
                if let StmtKind::Try { handlers, finally, .. } = &stmt.kind {
                    found |= handlers
                        .iter()
                        .flat_map(|handler| &handler.body)
                        .chain(finally)
                        .any(|stmt| holds(stmt.span, place.span));
                }
            });
            found
        })
}

/// Whether a span lies in another.
pub(super) fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The way from a tool to what it does, as steps of a finding.
pub(super) fn with_way(mut draft: Draft, context: &Context<'_>, deed: &Deed) -> Draft {
    for (site, func) in &deed.way {
        let name = context.project.module(func.module).function(func.func).name;
        let label = name.map_or_else(|| "runs a closure".to_owned(), |name| format!("calls `{name}`"));
        draft = draft.step(context.location(site.module, site.span), label);
    }
    let label = format!("{} with `{}`", verb(deed.effect), callee(deed));
    draft.step(context.location(deed.place.module, deed.place.span), label)
}

/// What an effect is, as a verb.
pub(super) fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Delete => "deletes",
        Effect::Write => "writes",
        Effect::Execute => "runs what the caller sends",
        Effect::Send => "sends a message",
        Effect::Pay => "moves money",
        Effect::Ask => "asks the user",
        Effect::Print => "prints",
        Effect::Panic => "panics",
        Effect::Validate => "checks its input",
    }
}

/// The callee for people.
pub(super) fn callee(deed: &Deed) -> String {
    deed.callee.as_str().trim_start_matches("*.").to_owned()
}

/// Annotations that say what a tool does, in the SDK at hand.
pub(super) fn annotations(language: Language, read_only: bool, destructive: bool) -> String {
    match language {
        Language::TypeScript => {
            format!("`annotations: {{ readOnlyHint: {read_only}, destructiveHint: {destructive} }}`")
        }
        Language::Python => {
            let word = |value: bool| if value { "True" } else { "False" };
            format!(
                "`annotations=ToolAnnotations(readOnlyHint={}, destructiveHint={})`",
                word(read_only),
                word(destructive)
            )
        }
        Language::Rust => {
            format!("`#[tool(annotations(read_only_hint = {read_only}, destructive_hint = {destructive}))]`")
        }
    }
}

/// The language that a tool is written in.
pub(super) fn language(context: &Context<'_>, tool: &EntryPoint) -> Language {
    context.project.module(tool.module).language
}
