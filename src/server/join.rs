//! Putting together what the modules registered.

use rustc_hash::{FxHashMap, FxHashSet};

use super::entry::{EntryKind, Handler, Server, SourceShape};
use super::read::SdkUse;
use crate::ir::{Language, Name};
use crate::models::Frameworks;
use crate::project::{ModuleId, Project, Ty};

/// Sorts, drops declarations that a registration with handler repeats, gives dispatchers the types that the SDK enforces for them,
/// and finds modules that import an SDK for nothing that was understood.
pub(super) fn join(project: &Project, frameworks: &Frameworks, server: &mut Server, uses: &[(ModuleId, SdkUse)]) {
    server
        .entries
        .sort_by_key(|entry| (entry.module, entry.span, entry.kind));
    server
        .transports
        .sort_by_key(|transport| (transport.module, transport.span));
    let package = |module: ModuleId| project.package(module);

    let mut handled: FxHashSet<(u32, EntryKind, Name)> = FxHashSet::default();
    for entry in &server.entries {
        if let (Handler::Function { .. }, Some(name)) = (&entry.handler, entry.name) {
            handled.insert((package(entry.module), entry.kind, name));
        }
    }
    let mut declared: FxHashSet<(u32, EntryKind, Name)> = FxHashSet::default();
    let repeated = &mut server.repeated;
    server.entries.retain(|entry| match (&entry.handler, entry.name) {
        (Handler::None, Some(name)) => {
            let key = (package(entry.module), entry.kind, name);
            let first = !handled.contains(&key) && declared.insert(key);
            if !first && declared.contains(&key) {
                repeated.push(entry.clone());
            }
            first
        }
        _ => true,
    });
    enforce(project, server);

    let languages = [Language::TypeScript, Language::Python, Language::Rust];
    let bridges: FxHashSet<&str> = languages
        .into_iter()
        .flat_map(|language| frameworks.rows(language))
        .filter(|row| row.bridge)
        .map(|row| row.id.as_str())
        .collect();
    let with_entry: FxHashSet<u32> = server
        .entries
        .iter()
        .filter(|entry| !bridges.contains(entry.style.as_str()))
        .map(|entry| package(entry.module))
        .collect();
    server.sdk_modules_without_entry = uses
        .iter()
        .filter(|(id, used)| used.server && !with_entry.contains(&package(*id)))
        .map(|(id, _)| *id)
        .collect();
}

/// A dispatcher whose SDK checks arguments by the schema that the server lists: a field has the types that all tools of the
/// dispatcher's module (else of its package) give it.
fn enforce(project: &Project, server: &mut Server) {
    let mut by_module: FxHashMap<ModuleId, Vec<(Name, Ty)>> = FxHashMap::default();
    let mut by_package: FxHashMap<u32, Vec<(Name, Ty)>> = FxHashMap::default();
    for entry in &server.entries {
        if entry.kind != EntryKind::Tool || entry.handler != Handler::None {
            continue;
        }
        for param in &entry.params {
            by_module
                .entry(entry.module)
                .or_default()
                .push((param.name, param.ty.clone()));
            by_package
                .entry(project.package(entry.module))
                .or_default()
                .push((param.name, param.ty.clone()));
        }
    }
    for entry in &mut server.entries {
        if entry.kind != EntryKind::Handler
            || !entry.schema_enforced
            || project.module(entry.module).language != Language::Python
        {
            continue;
        }
        let fields = by_module
            .get(&entry.module)
            .or_else(|| by_package.get(&project.package(entry.module)));
        let Some(fields) = fields else { continue };
        if let Handler::Function { sources, .. } = &mut entry.handler {
            for source in sources {
                if source.shape == SourceShape::Arguments && source.ty == Ty::Unknown {
                    source.ty = Ty::Record(united(fields));
                }
            }
        }
    }
}

/// One type a field: the union of all that are declared under its name.
fn united(fields: &[(Name, Ty)]) -> Vec<(Name, Ty)> {
    let mut order: Vec<(Name, Vec<Ty>)> = Vec::new();
    for (name, ty) in fields {
        match order.iter_mut().find(|(known, _)| known == name) {
            Some((_, types)) => {
                if !types.contains(ty) {
                    types.push(ty.clone());
                }
            }
            None => order.push((*name, vec![ty.clone()])),
        }
    }
    order
        .into_iter()
        .map(|(name, mut types)| {
            let ty = if types.len() == 1 {
                types.remove(0)
            } else {
                Ty::Union(types)
            };
            (name, ty)
        })
        .collect()
}
