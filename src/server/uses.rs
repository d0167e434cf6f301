//! Finding the uses of a project's own registration helpers.

use rustc_hash::{FxHashMap, FxHashSet};

use super::entry::{EntryKind, EntryPoint, Handler};
use super::read::{Reader, last_segment};
use super::registrar::{Given, Registrar, Use};
use super::value::{At, Values};
use crate::ir::{Arg, Call, CallForm, ExprId, ExprKind, FuncId, Imported, Language, Module, Name, ParamKind};
use crate::models::Frameworks;
use crate::project::{FuncRef, ModuleId, Project};

/// How many helpers may stand between a function and its registration.
const LEVELS: usize = 2;

/// How many uses of helpers are read in one project.
const USES: usize = 4096;

/// A mention of a helper.
#[derive(Clone, Copy, Debug)]
enum Mention {
    /// A call of it, or of what it returns.
    Call(ExprId),
    /// As decorator of a function.
    Decorator(ExprId, FuncId),
}

/// A helper and how it takes what it registers.
#[derive(Clone, Copy, Debug)]
struct Target {
    /// Which registrar.
    registrar: usize,
    /// The function whose parameter is registered.
    inner: FuncRef,
    /// It is returned by the function mentioned.
    returned: bool,
}

/// Registers what the uses of all helpers give; a helper without uses stays what it is by itself.
pub(super) fn resolve<'a>(
    project: &'a Project,
    frameworks: &'a Frameworks,
    modules: &[ModuleId],
    registrars: Vec<Registrar<'a>>,
    entries: &mut Vec<EntryPoint>,
) {
    let mut finder = Finder {
        project,
        frameworks,
        readers: FxHashMap::default(),
        left: USES,
    };
    let mut known: FxHashSet<(FuncRef, EntryKind, Option<Name>)> = entries.iter().filter_map(identity).collect();
    let mut functions: FxHashSet<(FuncRef, EntryKind)> = entries
        .iter()
        .filter_map(identity)
        .map(|(func, kind, _)| (func, kind))
        .collect();
    let mut level = registrars;
    let mut fallbacks: Vec<(Vec<EntryPoint>, bool)> = level
        .iter_mut()
        .map(|registrar| (std::mem::take(&mut registrar.fallback), false))
        .collect();
    let mut origins: Vec<usize> = (0..level.len()).collect();
    let mut tried: FxHashSet<(usize, FuncRef, usize)> = FxHashSet::default();
    for _ in 0..LEVELS {
        let uses = finder.uses(modules, &level);
        let mut next = Vec::new();
        let mut next_origins = Vec::new();
        for (index, used) in uses {
            let (Some(registrar), Some(origin)) = (level.get(index), origins.get(index)) else {
                continue;
            };
            let reader = finder.reader(registrar.module, registrar.imports);
            if let Some(held) = reader.values.handed_further(&registrar.held, &used.given) {
                if tried.insert((*origin, held.func, held.index)) {
                    next.push(Registrar {
                        rows: registrar.rows.clone(),
                        form: registrar.form,
                        held,
                        given: used.given,
                        fallback: Vec::new(),
                        module: registrar.module,
                        imports: registrar.imports,
                    });
                    next_origins.push(*origin);
                }
                continue;
            }
            let before = reader.entry_count();
            reader.register_use(registrar, &used);
            for entry in reader.take_entries(before) {
                if let Some((_, resolved)) = fallbacks.get_mut(*origin) {
                    *resolved = true;
                }
                let Some(id) = identity(&entry) else { continue };
                let own = project.module(id.0.module).function(id.0.func).name;
                // Under its own name or none it is the entry known already.
                let again = !functions.insert((id.0, id.1)) && (id.2.is_none() || id.2 == own);
                if !again && known.insert(id) {
                    entries.push(entry);
                }
            }
        }
        level = next;
        origins = next_origins;
        if level.is_empty() {
            break;
        }
    }
    entries.extend(
        fallbacks
            .into_iter()
            .filter(|(_, resolved)| !resolved)
            .flat_map(|(fallback, _)| fallback),
    );
}

/// What makes an entry the same as another.
fn identity(entry: &EntryPoint) -> Option<(FuncRef, EntryKind, Option<Name>)> {
    match &entry.handler {
        Handler::Function { func, .. } => Some((*func, entry.kind, entry.name)),
        Handler::None => None,
    }
}

struct Finder<'a> {
    project: &'a Project,
    frameworks: &'a Frameworks,
    readers: FxHashMap<ModuleId, Reader<'a>>,
    left: usize,
}

impl<'a> Finder<'a> {
    /// The reader of a module.
    fn reader(&mut self, module: ModuleId, imports: bool) -> &mut Reader<'a> {
        let (project, frameworks) = (self.project, self.frameworks);
        self.readers.entry(module).or_insert_with(|| {
            let mut reader = Reader::new(project, frameworks, module, true, imports);
            reader.compute_scopes();
            reader
        })
    }

    /// The uses of helpers in all modules, in order.
    fn uses(&mut self, modules: &[ModuleId], registrars: &[Registrar<'a>]) -> Vec<(usize, Use)> {
        let mut targets: FxHashMap<FuncRef, Vec<Target>> = FxHashMap::default();
        let mut names: FxHashMap<Language, FxHashSet<Name>> = FxHashMap::default();
        for (index, registrar) in registrars.iter().enumerate() {
            let inner = registrar.held.func;
            let module = self.project.module(inner.module);
            let mut note = |func: FuncRef, returned: bool| {
                if let Some(name) = module.function(func.func).name {
                    names.entry(module.language).or_default().insert(name);
                    targets.entry(func).or_default().push(Target {
                        registrar: index,
                        inner,
                        returned,
                    });
                }
            };
            note(inner, false);
            let outer = module
                .function(inner.func)
                .parent
                .filter(|outer| *outer != FuncId::MODULE);
            if let Some(outer) = outer {
                let outer = FuncRef {
                    module: inner.module,
                    func: outer,
                };
                let reader = self.reader(inner.module, registrar.imports);
                if returns(&reader.values, outer, inner) {
                    note(outer, true);
                }
            }
        }
        let mut found = Vec::new();
        for id in modules {
            let module = self.project.module(*id);
            let Some(names) = names.get(&module.language) else {
                continue;
            };
            let mentions = mentions(module, names);
            if mentions.is_empty() {
                continue;
            }
            let reader = self.reader(*id, false);
            let mut uses = Vec::new();
            for mention in mentions {
                read_mention(reader, mention, &targets, registrars, &mut uses);
            }
            uses.truncate(self.left);
            self.left -= uses.len();
            found.extend(uses);
        }
        found
    }
}

/// Whether a function returns another that is written in it.
fn returns(values: &Values<'_>, outer: FuncRef, inner: FuncRef) -> bool {
    let locals = values.locals(outer.module, outer.func);
    locals.returns().any(|expr| {
        let at = At {
            module: outer.module,
            scope: outer.func,
            expr,
        };
        matches!(values.expr(values.follow(at)).kind, ExprKind::Lambda(func) if func == inner.func)
    })
}

/// Where a module mentions one of these names as something called or as decorator.
fn mentions(module: &Module, names: &FxHashSet<Name>) -> Vec<Mention> {
    let aliases: FxHashSet<Name> = module
        .imports
        .iter()
        .filter(|import| matches!(import.imported, Imported::Named(name) if names.contains(&name)))
        .map(|import| import.local)
        .collect();
    let wanted = |callee: ExprId| {
        let callee = match &module.expr(callee).kind {
            ExprKind::Call(inner) => inner.callee,
            _ => callee,
        };
        last_segment(module, callee).is_some_and(|name| names.contains(&name) || aliases.contains(&name))
    };
    let mut found = Vec::new();
    for (index, expr) in module.exprs.iter().enumerate() {
        if let ExprKind::Call(call) = &expr.kind
            && call.form != CallForm::Decorator
            && wanted(call.callee)
        {
            found.push(Mention::Call(ExprId(u32::try_from(index).unwrap_or(u32::MAX))));
        }
    }
    for (index, function) in module.functions.iter().enumerate() {
        for decorator in &function.decorators {
            if wanted(*decorator) {
                found.push(Mention::Decorator(
                    *decorator,
                    FuncId(u32::try_from(index).unwrap_or(u32::MAX)),
                ));
            }
        }
    }
    found
}

/// The function of the project that a mention's callee names: outright, or as the only method of that name.
fn mentioned(values: &Values<'_>, callee: At, targets: &FxHashMap<FuncRef, Vec<Target>>) -> Option<FuncRef> {
    if let Some(func) = values.callee_function(callee) {
        return Some(func);
    }
    let ExprKind::Field { name, .. } = &values.expr(callee).kind else {
        return None;
    };
    match values
        .project
        .methods_named(values.module(callee.module).language, *name)
    {
        [only] => targets.contains_key(only).then_some(*only),
        _ => None,
    }
}

fn read_mention(
    reader: &Reader<'_>,
    mention: Mention,
    targets: &FxHashMap<FuncRef, Vec<Target>>,
    registrars: &[Registrar<'_>],
    uses: &mut Vec<(usize, Use)>,
) {
    let values = &reader.values;
    let expr = match mention {
        Mention::Call(expr) | Mention::Decorator(expr, _) => expr,
    };
    let at = reader.place(expr);
    if reader.in_test(at.scope) {
        return;
    }
    let call = match &values.expr(at).kind {
        ExprKind::Call(call) => Some(&**call),
        _ => None,
    };
    let callee = call.map_or(expr, |call| call.callee);
    // `helper(…)(f)`: the helper is called first.
    let inner = match (&values.expr(at.with(callee)).kind, mention) {
        (ExprKind::Call(inner), Mention::Call(_)) => Some(&**inner),
        _ => None,
    };
    let named = at.with(inner.map_or(callee, |inner| inner.callee));
    let Some(func) = mentioned(values, named, targets) else {
        return;
    };
    let decorated = match mention {
        Mention::Decorator(_, func) => Some(FuncRef {
            module: at.module,
            func,
        }),
        Mention::Call(_) => None,
    };
    for target in targets.get(&func).into_iter().flatten() {
        let Some(registrar) = registrars.get(target.registrar) else {
            continue;
        };
        let mut given = registrar.given.clone();
        let mut calls = Vec::new();
        let mut give = |args: &[Arg], func: FuncRef| give(values, at, args, func, &mut given);
        match (decorated, call, inner, target.returned) {
            // `helper(…, f, …)`
            (None, Some(call), None, false) => {
                give(&call.args, func);
                calls.push(at);
            }
            // `helper(…)(f)`
            (None, Some(call), Some(first), true) => {
                give(&first.args, func);
                give(&call.args, target.inner);
                calls.push(at.with(call.callee));
            }
            // `@helper(…)`, `@helper`
            (Some(_), Some(Call { args, .. }), None, true) => {
                give(args, func);
                calls.push(at);
            }
            (Some(_), None, None, false) => {}
            _ => continue,
        }
        if let Some(decorated) = decorated {
            let params = &values.function(target.inner).params;
            let first = params.iter().position(|param| param.kind != ParamKind::Receiver);
            let Some(first) = first.filter(|_| decorated != target.inner) else {
                continue;
            };
            given.push((target.inner, first, Given::Function(decorated)));
        }
        uses.push((
            target.registrar,
            Use {
                given,
                calls,
                module: at.module,
                span: values.expr(named).span,
            },
        ));
    }
}

/// What a call gives the parameters of a function.
fn give(values: &Values<'_>, at: At, args: &[Arg], func: FuncRef, given: &mut Vec<(FuncRef, usize, Given)>) {
    for (index, param) in values.function(func).params.iter().enumerate() {
        if matches!(
            param.kind,
            ParamKind::Receiver | ParamKind::Rest | ParamKind::KeywordRest
        ) {
            continue;
        }
        let default = || {
            param.default.map(|expr| At {
                module: func.module,
                scope: func.func,
                expr,
            })
        };
        if let Some(place) = values.argument(at, args, func, index).or_else(default) {
            given.push((func, index, Given::Place(place)));
        }
    }
}
