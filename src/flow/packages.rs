//! The packages of a repository, analysed side by side.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::effects::Deed;
use super::engine::{Analysis, Capability, Deeds, Engine, Limit};
use super::sinks::{Hit, HitKey};
use super::value::Origin;
use crate::ir::Name;
use crate::models::Models;
use crate::project::{ModuleId, Project};
use crate::server::Server;

/// Runs every entry point and collects what reaches sinks. Findings in modules for which `quiet` holds are left out.
///
/// Packages share no state and are run side by side; the result does not depend on the number of threads.
pub fn analyze(
    project: &Project,
    models: &Models,
    server: &Server,
    quiet: &(dyn Fn(ModuleId) -> bool + Sync),
) -> Analysis {
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, entry) in (0_u32..).zip(&server.entries) {
        groups.entry(project.package(entry.module)).or_default().push(index);
    }
    // routes beside a server come last: they are many, and what is left of the budget is theirs
    let is_route = |index: &u32| {
        server
            .entries
            .get(*index as usize)
            .is_some_and(|entry| models.frameworks().is_bridge(entry.style))
    };
    let groups: Vec<Vec<u32>> = groups
        .into_values()
        .map(|mut entries| {
            entries.sort_by_key(is_route);
            entries
        })
        .collect();
    let parts: Vec<Part> = groups
        .par_iter()
        .map(|entries| {
            let mut engine = Engine::new(project, models, server);
            engine.run(entries);
            engine.finish()
        })
        .collect();
    merge(parts, quiet)
}

/// What one engine found, free of shared pointers.
pub(super) struct Part {
    pub(super) hits: BTreeMap<HitKey, Hit>,
    pub(super) origins: Vec<Origin>,
    pub(super) reaches: BTreeMap<(u32, Option<Name>), BTreeSet<Capability>>,
    pub(super) acts: super::acts::Acts,
    pub(super) deeds: Deeds,
    pub(super) limits: BTreeSet<Limit>,
}

fn merge(parts: Vec<Part>, quiet: &(dyn Fn(ModuleId) -> bool + Sync)) -> Analysis {
    let mut hits: BTreeMap<HitKey, Hit> = BTreeMap::new();
    let mut all = Analysis::default();
    for part in parts {
        let offset = u32::try_from(all.origins.len()).unwrap_or(u32::MAX);
        all.origins.extend(part.origins);
        for (key, mut hit) in part.hits {
            if quiet(hit.place.module) {
                continue;
            }
            hit.origin += offset;
            match hits.get_mut(&key) {
                Some(have) => have.also.append(&mut hit.also),
                None => {
                    hits.insert(key, hit);
                }
            }
        }
        for (key, capabilities) in part.reaches {
            all.reaches.entry(key).or_default().extend(capabilities);
        }
        for (key, acts) in part.acts {
            all.acts.entry(key).or_default().extend(acts);
        }
        for (key, deeds) in part.deeds {
            let deeds = deeds.into_values().map(|deed| Deed {
                origin: deed.origin.map(|origin| origin + offset),
                ..deed
            });
            all.deeds.entry(key).or_default().extend(deeds);
        }
        all.limits.extend(part.limits);
    }
    all.hits = hits.into_values().collect();
    all.limits.sort();
    all.limits.dedup();
    all
}
