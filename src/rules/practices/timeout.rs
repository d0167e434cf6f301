//! `missing-timeout`: a tool waits for a host, a process or a database, for as long as that takes.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::{Called, Package, count, packages};
use crate::finding::Finding;
use crate::flow::{Act, Place};
use crate::ir::Name;
use crate::models::{ActKind, ActRow};
use crate::project::ModuleId;
use crate::rules::{Context, Draft};

pub(in crate::rules) fn missing_timeout(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let servers = packages(context);
    let owned: FxHashSet<ModuleId> = servers.iter().flat_map(|server| &server.modules).copied().collect();
    let mut told: FxHashSet<Place> = FxHashSet::default();
    for package in &servers {
        let limited = limited_libraries(context, package);
        let mut waits: BTreeMap<Place, (&Act, &Called<'_>)> = BTreeMap::new();
        for called in &package.called {
            // what ends one wait of a tool, as a rule ends them all
            if called
                .acts
                .iter()
                .any(|act| act.does == ActKind::Bounds && act.library.is_none())
            {
                continue;
            }
            for act in called.acts.iter().filter(|act| act.does == ActKind::Waits) {
                let own = act.library.is_some_and(|library| limited.contains(&library));
                // another server's code is told there, what several share only once
                let theirs =
                    owned.contains(&act.place.module) && package.modules.binary_search(&act.place.module).is_err();
                if !own && !theirs && !told.contains(&act.place) && context.judges(act.place.module) {
                    // one wait that several tools reach is one place to fix
                    waits.entry(act.place).or_insert((act, called));
                }
            }
        }
        waits.retain(|_, (act, _)| !is_told_the_limit(context, package, act));
        if waits.is_empty() || package.does_anywhere(context, ActKind::Bounds) {
            continue;
        }
        told.extend(waits.keys().copied());
        let all: Vec<_> = waits.values().collect();
        let Some((act, called)) = all.first() else { continue };
        let mut message = format!(
            "{} waits for `{}` without a time limit",
            called.what(),
            callee(context, act)
        );
        if all.len() > 1 {
            message.push_str(&format!(". {} of this server wait like that", count(all.len(), "call")));
        }
        let help = row(context, act)
            .and_then(|row| row.help.clone())
            .unwrap_or_else(|| "give it a time limit".to_owned());
        let draft = Draft::new(
            "missing-timeout",
            context.location(act.place.module, act.place.span),
            message,
        )
        .label("waits as long as the other side likes")
        .help(help)
        .tool(called.name.clone())
        .scope("server");
        let others = all.iter().skip(1).map(|(act, called)| {
            let label = format!("`{}` of {}, too", callee(context, act), called.what());
            (act.place.module, act.place.span, label)
        });
        findings.push(Package::and_others(context, draft, others).build());
    }
}

/// What is called, for people: rows know drivers by one name, which the source may not use.
fn callee<'a>(context: &Context<'_>, act: &'a Act) -> &'a str {
    let name = act.callee.as_str();
    let package = name.split(['.', ':', '/']).next().unwrap_or(name);
    let text = &context
        .workspace
        .file(context.project.module(act.place.module).file)
        .text;
    if text.contains(package) {
        name
    } else {
        name.rsplit(['.', ':']).next().unwrap_or(name)
    }
}

/// Libraries whose clients are made with a limit, wherever that is.
fn limited_libraries(context: &Context<'_>, package: &Package<'_>) -> BTreeSet<Name> {
    let of_package = |act: &&Act| package.modules.binary_search(&act.place.module).is_ok();
    let acts = context.analysis.acts.values().flatten().filter(of_package);
    acts.filter(|act| act.does == ActKind::Bounds)
        .filter_map(|act| act.library)
        .collect()
}

/// The row that says that a call waits.
fn row<'a>(context: &Context<'a>, act: &Act) -> Option<&'a ActRow> {
    let language = context.project.module(act.place.module).language;
    let rows = context.models.acts(language, act.callee).iter();
    rows.filter(|row| row.does == ActKind::Waits)
        .find(|row| row.library.as_deref() == act.library.as_ref().map(|name| name.as_str()))
}

/// Whether the server's source tells the library or the other side its limit in words that the row names.
fn is_told_the_limit(context: &Context<'_>, package: &Package<'_>, act: &Act) -> bool {
    let Some(row) = row(context, act).filter(|row| !row.words.is_empty()) else {
        return false;
    };
    package.modules.iter().any(|id| {
        let text = &context.workspace.file(context.project.module(*id).file).text;
        row.words.iter().any(|word| text.contains(word.as_str()))
    })
}
