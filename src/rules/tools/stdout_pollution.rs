//! `stdout-pollution`: text on the stream that carries the protocol of a stdio server.

use std::collections::{BTreeMap, BTreeSet};

use super::holds;
use super::startup::{Start, printed_at_start};
use super::{callee, verb};
use crate::finding::{Confidence, Finding, Tier};
use crate::flow::{Deed, Effect, Place};
use crate::ir::{Language, Name, StmtKind, walk};
use crate::models::words;
use crate::project::ModuleId;
use crate::rules::context::{Context, Draft};
use crate::rules::surface::display_name;
use crate::server::{EntryPoint, Handler, Transport, TransportKind};

const RULE: &str = "stdout-pollution";

/// What takes standard output away from whoever prints, as it is written.
const REBOUND: &[&str] = &[
    "console.log =",
    "console.log=",
    "console['log'] =",
    "console = ",
    "sys.stdout =",
    "sys.stdout=",
    "redirect_stdout",
    "builtins.print",
    "os.dup2",
    "process.stdout.write =",
];

/// What tests speak of that ask for surroundings in which no server runs, or whether this is the other transport.
const ELSEWHERE: &[&str] = &["electron", "browser", "typeof window", "isatty", "istty", "http", "sse"];

/// Words in the names of logs.
const LOGS: &[&str] = &["log", "logs", "logger", "logging", "debug", "verbose"];

/// Further places of a file that a finding names.
const MAX_RELATED: usize = 20;

/// Judges what handlers print, and what is printed on the way to the transport.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let starts: Vec<&Transport> = context
        .server
        .transports
        .iter()
        .filter(|transport| transport.kind == TransportKind::Stdio && context.judges(transport.module))
        .collect();
    if starts.is_empty() {
        return;
    }
    let mut reach = Reach::default();
    let mut told: BTreeSet<Place> = BTreeSet::new();
    // what one file prints is one finding
    let mut by_module: BTreeMap<ModuleId, Vec<(&Deed, &EntryPoint, &Transport)>> = BTreeMap::new();
    for ((of, _), deeds) in &context.analysis.deeds {
        let Some(entry) = context.server.entries.get(*of as usize) else {
            continue;
        };
        // a route is served by HTTP, whatever else the program can start
        if context.models.frameworks().is_bridge(entry.style) {
            continue;
        }
        for deed in deeds {
            if deed.effect != Effect::Print || !context.judges(deed.place.module) || told.contains(&deed.place) {
                continue;
            }
            if is_elsewhere(context, deed.place) {
                continue;
            }
            let Some(start) = starts.iter().find(|start| reach.serves(context, start, entry)) else {
                continue;
            };
            told.insert(deed.place);
            by_module
                .entry(deed.place.module)
                .or_default()
                .push((deed, entry, start));
        }
    }
    for (module, mut deeds) in by_module {
        deeds.sort_by_key(|(deed, ..)| deed.place);
        if let Some((first, others)) = deeds.split_first()
            && !is_rebound(context, module)
        {
            findings.push(in_handler(context, *first, others));
        }
    }
    let mut started: BTreeMap<ModuleId, Vec<(Start, &Transport)>> = BTreeMap::new();
    for start in starts {
        for printed in printed_at_start(context, start) {
            if told.insert(printed.place) {
                started.entry(printed.place.module).or_default().push((printed, start));
            }
        }
    }
    for (module, mut printed) in started {
        printed.sort_by_key(|(printed, _)| printed.place);
        if let Some(((first, start), others)) = printed.split_first()
            && !is_rebound(context, module)
        {
            findings.push(at_start(context, start, first, others));
        }
    }
}

/// Which modules take from which, as far as asked.
#[derive(Default)]
struct Reach {
    known: BTreeMap<ModuleId, BTreeSet<ModuleId>>,
}

impl Reach {
    /// Whether an entry point is served by a transport: its module, or that of its handler, is taken in by the module that starts the
    /// transport, or takes that in.
    fn serves(&mut self, context: &Context<'_>, start: &Transport, entry: &EntryPoint) -> bool {
        let handler = match &entry.handler {
            Handler::Function { func, .. } => func.module,
            Handler::None => entry.module,
        };
        [entry.module, handler].into_iter().any(|module| {
            module == start.module
                || self.from(context, start.module).contains(&module)
                || self.from(context, module).contains(&start.module)
        })
    }

    /// All that a module takes in.
    fn from(&mut self, context: &Context<'_>, module: ModuleId) -> &BTreeSet<ModuleId> {
        self.known.entry(module).or_insert_with(|| {
            let mut found = BTreeSet::new();
            let mut open = vec![module];
            while let Some(next) = open.pop() {
                for id in context.project.dependencies(next) {
                    if found.insert(id) {
                        open.push(id);
                    }
                }
            }
            found
        })
    }
}

/// Whether a place lies behind a test for surroundings in which no server runs.
fn is_elsewhere(context: &Context<'_>, place: Place) -> bool {
    let module = context.project.module(place.module);
    let file = context.workspace.file(module.file);
    module
        .functions
        .iter()
        .filter(|function| holds(function.span, place.span))
        .any(|function| {
            let mut found = false;
            walk::each_stmt(&function.body, &mut |stmt| {
                if let StmtKind::If { test, then, .. } = &stmt.kind
                    && then.iter().any(|stmt| holds(stmt.span, place.span))
                {
                    let test = file.slice(module.expr(*test).span).to_ascii_lowercase();
                    found |= ELSEWHERE.iter().any(|word| test.contains(word));
                }
            });
            found
        })
}

/// Whether a place lies in a log of the project's own: where that writes to is a setting.
fn is_logger(context: &Context<'_>, place: Place) -> bool {
    let module = context.project.module(place.module);
    let names = |text: &str| words(text).any(|word| LOGS.contains(&word.as_str()));
    names(context.project.path(place.module))
        || module
            .functions
            .iter()
            .filter(|function| holds(function.span, place.span))
            .filter_map(|function| function.name)
            .any(|name| names(&name))
        || module
            .classes
            .iter()
            .filter(|class| holds(class.span, place.span))
            .filter_map(|class| class.name)
            .any(|name| names(&name))
}

/// Whether some module of a package gives printing another meaning.
fn is_rebound(context: &Context<'_>, module: ModuleId) -> bool {
    let package = context.project.package(module);
    context.modules().any(|(id, ir)| {
        context.project.package(id) == package && {
            let text = &context.workspace.file(ir.file).text;
            REBOUND.iter().any(|mark| text.contains(mark))
        }
    })
}

fn remedy(language: Language) -> &'static str {
    match language {
        Language::TypeScript => {
            "Use `console.error`, or `server.server.sendLoggingMessage(…)` for what the client should see."
        }
        Language::Python => {
            "Use `print(…, file=sys.stderr)` or `logging`, or `await ctx.info(…)` for what the client should see."
        }
        Language::Rust => "Use `eprintln!`, or `tracing` with a subscriber that has `.with_writer(std::io::stderr)`.",
    }
}

fn in_handler(
    context: &Context<'_>,
    (deed, entry, start): (&Deed, &EntryPoint, &Transport),
    others: &[(&Deed, &EntryPoint, &Transport)],
) -> Finding {
    let name = display_name(context.project, entry);
    let language = context.project.module(deed.place.module).language;
    let mut draft = Draft::new(
        RULE,
        context.location(deed.place.module, deed.place.span),
        format!(
            "`{}` {} to standard output, which carries the protocol of this server",
            callee(deed),
            verb(deed.effect)
        ),
    )
    .label(format!("runs when `{name}` is called"))
    .help(remedy(language))
    .tool(name);
    if is_logger(context, deed.place) {
        draft = draft.tier(Tier::Strict).confidence(Confidence::Medium);
    }
    if !deed.way.is_empty() {
        for (site, func) in &deed.way {
            let label = context
                .project
                .module(func.module)
                .function(func.func)
                .name
                .map_or_else(|| "runs a closure".to_owned(), |name| format!("calls `{name}`"));
            draft = draft.step(context.location(site.module, site.span), label);
        }
        draft = draft.step(context.location(deed.place.module, deed.place.span), "prints");
    }
    for (other, ..) in others.iter().take(MAX_RELATED) {
        draft = draft.related(context.location(other.place.module, other.place.span), "so does this");
    }
    draft
        .related(
            context.location(start.module, start.span),
            "the stdio transport starts here",
        )
        .build()
}

fn at_start(context: &Context<'_>, start: &Transport, printed: &Start, others: &[(Start, &Transport)]) -> Finding {
    let language = context.project.module(printed.place.module).language;
    let shown: Name = printed.callee;
    let mut draft = Draft::new(
        RULE,
        context.location(printed.place.module, printed.place.span),
        format!("`{shown}` prints to standard output, which carries the protocol of this server"),
    )
    .label("runs when the server starts")
    .help(remedy(language))
    .confidence(Confidence::High)
    .related(
        context.location(start.module, start.span),
        "the stdio transport starts here",
    )
    .scope(context.scope(printed.function));
    for (other, _) in others.iter().take(MAX_RELATED) {
        draft = draft.related(context.location(other.place.module, other.place.span), "so does this");
    }
    draft.build()
}
