//! What the tests build projects with and read answers through.

use crate::ir::{FuncId, Name};
use crate::lang::{self, Dialect};
use crate::project::{ClassRef, FuncRef, ModuleId, Project, Symbol, Ty};
use crate::workspace::FileId;

/// A project of files; what no front end reads is a manifest.
pub(super) fn project(files: &[(&str, &str)]) -> Project {
    let (mut modules, mut paths, mut manifests) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files {
        let dialect = match path.rsplit('.').next().unwrap_or("") {
            "ts" | "mts" | "cts" => Dialect::TypeScript,
            "js" | "jsx" | "tsx" | "mjs" | "cjs" => Dialect::TypeScriptJsx,
            "py" => Dialect::Python,
            "rs" => Dialect::Rust,
            _ => {
                manifests.push(((*path).to_owned(), (*text).to_owned()));
                continue;
            }
        };
        let file = FileId(u32::try_from(modules.len()).unwrap());
        modules.push(lang::lower(file, dialect, text));
        paths.push((*path).to_owned());
    }
    Project::new(modules, &paths, &manifests)
}

/// The module of a path.
pub(super) fn at(project: &Project, path: &str) -> ModuleId {
    project
        .modules()
        .map(|(id, _)| id)
        .find(|id| project.path(*id) == path)
        .unwrap()
}

/// The function of that name in a module; `` is the top level.
pub(super) fn func(project: &Project, module: ModuleId, name: &str) -> FuncId {
    if name.is_empty() {
        return FuncId::MODULE;
    }
    let found = project
        .module(module)
        .functions
        .iter()
        .position(|function| function.name == Some(Name::new(name)));
    FuncId(u32::try_from(found.unwrap()).unwrap())
}

/// The class of that name in a module.
pub(super) fn class(project: &Project, path: &str, name: &str) -> ClassRef {
    let module = at(project, path);
    let found = project
        .module(module)
        .classes
        .iter()
        .position(|class| class.name == Some(Name::new(name)));
    ClassRef {
        module,
        class: crate::ir::ClassId(u32::try_from(found.unwrap()).unwrap()),
    }
}

/// A symbol in one line: `path#function`, `path#Class.method`, `path#Class`, `path`, `path:variable`, `=external`.
pub(super) fn show(project: &Project, symbol: Symbol) -> String {
    match symbol {
        Symbol::Function(func) => show_func(project, func),
        Symbol::Class(class) => show_class(project, class),
        Symbol::Variant(class, name) => format!("{}::{name}", show_class(project, class)),
        Symbol::Module(module) => project.path(module).to_owned(),
        Symbol::Variable(module, name) => format!("{}:{name}", project.path(module)),
        Symbol::External(name) => format!("={name}"),
    }
}

pub(super) fn show_func(project: &Project, func: FuncRef) -> String {
    let function = project.module(func.module).function(func.func);
    let name = function.name.map_or("?", |name| name.as_str());
    match project.class_of(func) {
        Some(class) => format!("{}.{name}", show_class(project, class)),
        None => format!("{}#{name}", project.path(func.module)),
    }
}

pub(super) fn show_class(project: &Project, class: ClassRef) -> String {
    let name = project.module(class.module).class(class.class).name;
    format!(
        "{}#{}",
        project.path(class.module),
        name.map_or("?", |name| name.as_str())
    )
}

/// What a name, dotted name or Rust path means in a function of a file.
pub(super) fn resolve(project: &Project, path: &str, scope: &str, text: &str) -> String {
    let module = at(project, path);
    let scope = func(project, module, scope);
    if text.contains("::") {
        let parts: Vec<Name> = text.split("::").map(Name::new).collect();
        return show(project, project.resolve_path(module, scope, &parts));
    }
    let mut parts = text.split('.').map(Name::new);
    let mut symbol = Some(project.resolve_name(module, scope, parts.next().unwrap()));
    for part in parts {
        symbol = symbol.and_then(|symbol| project.member(symbol, part));
    }
    symbol.map_or("-".to_owned(), |symbol| show(project, symbol))
}

/// What the callee of the call on the last line that holds `marker` means.
pub(super) fn callee(project: &Project, path: &str, name: &str) -> String {
    use crate::ir::ExprKind;
    let module = at(project, path);
    let ir = project.module(module);
    let scope = func(project, module, name);
    let mut found = None;
    crate::ir::walk::exprs_of_block(&ir.function(scope).body, &mut |expr| {
        crate::ir::walk::descend(ir, expr, &mut |expr| {
            if let ExprKind::Call(call) = &ir.expr(expr).kind {
                found = Some(call.callee);
            }
        });
    });
    match project.resolve_expr(module, scope, found.unwrap()) {
        Some(symbol) => show(project, symbol),
        None => "-".to_owned(),
    }
}

/// The types of a function's parameters.
pub(super) fn params(project: &Project, path: &str, name: &str) -> Vec<Ty> {
    let module = at(project, path);
    let scope = func(project, module, name);
    let function = project.module(module).function(scope);
    let ty = |ty: Option<crate::ir::TypeId>| ty.map_or(Ty::Unknown, |ty| project.type_of(module, scope, ty));
    function
        .params
        .iter()
        .filter(|param| param.kind != crate::ir::ParamKind::Receiver)
        .map(|param| ty(param.ty))
        .collect()
}
