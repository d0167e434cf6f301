//! What one module declares, by name.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{
    ClassId, ClassKind, ExportKind, ExprId, ExprKind, FuncId, FuncKind, Function, Imported, Language, Module, Name,
    Pattern, PatternKind, Stmt, StmtKind, walk,
};

/// What a name is declared as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Local {
    /// A function.
    Function(FuncId),
    /// A class.
    Class(ClassId),
    /// An import, by its position.
    Import(u32),
    /// A variable.
    Variable,
}

/// The names of one module.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Functions, classes and variables of the top level.
    pub(super) values: FxHashMap<Name, Local>,
    /// Classes, interfaces, enums, traits and aliases of the top level.
    pub(super) types: FxHashMap<Name, ClassId>,
    /// Imports of the top level.
    pub(super) imports: FxHashMap<Name, u32>,
    /// Glob imports of the top level.
    pub(super) globs: Vec<u32>,
    /// Declared exports.
    pub(super) exports: FxHashMap<Name, ExportKind>,
    /// Top-level variables with a single value.
    pub(super) single: FxHashMap<Name, ExprId>,
    /// Functions, classes and imports declared inside functions.
    pub(super) nested: FxHashMap<(FuncId, Name), Local>,
    /// Glob imports inside functions.
    pub(super) nested_globs: FxHashMap<FuncId, Vec<u32>>,
    /// Functions in inline modules (Rust).
    pub(super) inline: FxHashMap<Name, Vec<FuncId>>,
    /// Names of inline modules (Rust).
    pub(super) inline_modules: FxHashSet<Name>,
    /// Methods of classes; the last definition with a body stands.
    pub(super) methods: FxHashMap<(ClassId, Name), FuncId>,
    /// Classes written in the body of another class (Python).
    pub(super) inner: FxHashMap<(ClassId, Name), ClassId>,
    /// The variables and parameters of each function, collected when first asked for.
    locals: Vec<OnceLock<FxHashSet<Name>>>,
    /// Names that some function assigns, collected when first asked for.
    reassigned: OnceLock<FxHashSet<Name>>,
}

impl Table {
    /// Collects what a module declares.
    pub(super) fn new(module: &Module) -> Self {
        let mut table = Self {
            locals: module.functions.iter().map(|_| OnceLock::new()).collect(),
            ..Self::default()
        };
        table.declare_imports(module);
        table.declare_variables(module);
        table.declare_functions(module);
        table.declare_classes(module);
        for export in &module.exports {
            table.exports.entry(export.name).or_insert(export.kind);
        }
        table
    }

    /// Whether `name` is a parameter or variable of function `scope` (not of those around it).
    pub(super) fn is_local(&self, module: &Module, scope: FuncId, name: Name) -> bool {
        let Some(cell) = self.locals.get(scope.0 as usize) else {
            return false;
        };
        cell.get_or_init(|| locals(module, scope)).contains(&name)
    }

    /// Whether some function assigns a variable of that name, so that its top-level value is not its only one.
    pub(super) fn is_reassigned(&self, module: &Module, name: Name) -> bool {
        let names = self.reassigned.get_or_init(|| {
            let mut names = FxHashSet::default();
            for expr in &module.exprs {
                if let ExprKind::Assign { target, .. } = &expr.kind {
                    walk::names_of_pattern(target, &mut |name| _ = names.insert(name));
                }
            }
            for function in module.functions.iter().skip(1) {
                names_extend(&mut names, function, module.language);
            }
            names
        });
        names.contains(&name)
    }

    fn declare_imports(&mut self, module: &Module) {
        for (index, import) in module.imports.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            match (import.imported, import.scope) {
                (Imported::SideEffect, _) => {}
                (Imported::Glob, FuncId::MODULE) => self.globs.push(index),
                (Imported::Glob, scope) => self.nested_globs.entry(scope).or_default().push(index),
                (_, _) if import.local.is_empty() => {}
                (_, FuncId::MODULE) => {
                    // The first of several stands: in `try: import a … except ImportError: import b as a` it is the one meant.
                    self.imports.entry(import.local).or_insert(index);
                }
                (_, scope) => {
                    self.nested.entry((scope, import.local)).or_insert(Local::Import(index));
                }
            }
        }
    }

    fn declare_variables(&mut self, module: &Module) {
        let Some(top) = module.functions.first() else { return };
        let mut counts: FxHashMap<Name, (u32, Option<ExprId>)> = FxHashMap::default();
        walk::each_stmt(&top.body, &mut |stmt| {
            let mut note = |pattern: &Pattern, value: Option<ExprId>, operated: bool| {
                let plain = match &pattern.kind {
                    PatternKind::Bind(name, None) if !operated => Some(*name),
                    _ => None,
                };
                walk::names_of_pattern(pattern, &mut |name| {
                    let entry = counts.entry(name).or_default();
                    if let Some(value) = value {
                        entry.0 += 1;
                        entry.1 = plain.is_some().then_some(value);
                    }
                });
            };
            match &stmt.kind {
                StmtKind::Let { pattern, value, .. } => note(pattern, *value, false),
                StmtKind::Assign { target, value, op, .. } => note(target, Some(*value), op.is_some()),
                _ => {
                    let mut names = Vec::new();
                    patterns_of_stmt(stmt, &mut |pattern| {
                        walk::names_of_pattern(pattern, &mut |name| names.push(name))
                    });
                    for name in names {
                        counts.entry(name).or_default().0 += 2;
                    }
                }
            }
        });
        for (name, (count, value)) in counts {
            let mut local = Local::Variable;
            if let (1, Some(value)) = (count, value) {
                self.single.insert(name, value);
                if let Some(func) = lambda(module, value) {
                    local = Local::Function(func);
                }
            }
            self.values.insert(name, local);
        }
    }

    fn declare_functions(&mut self, module: &Module) {
        let in_impl: FxHashSet<FuncId> = module
            .impls
            .iter()
            .flat_map(|block| block.methods.iter().copied())
            .collect();
        for path in module.impls.iter().map(|block| &block.module_path) {
            self.inline_modules.extend(path.iter().copied());
        }
        for (index, function) in module.functions.iter().enumerate().skip(1) {
            let id = FuncId(u32::try_from(index).unwrap_or(u32::MAX));
            self.inline_modules.extend(function.module_path.iter().copied());
            let (Some(name), Some(parent)) = (function.name, function.parent) else {
                continue;
            };
            if function.kind != FuncKind::Function || function.class.is_some() || in_impl.contains(&id) {
                continue;
            }
            if parent != FuncId::MODULE {
                self.nested.insert((parent, name), Local::Function(id));
            } else if !function.module_path.is_empty() {
                self.inline.entry(name).or_default().push(id);
            } else {
                // A later definition replaces an earlier one, unless only the earlier has a body (overload signatures).
                match self.values.get(&name) {
                    Some(Local::Function(earlier))
                        if function.body.is_empty() && !module.function(*earlier).body.is_empty() => {}
                    _ => {
                        self.values.insert(name, Local::Function(id));
                    }
                }
            }
        }
    }

    fn declare_classes(&mut self, module: &Module) {
        let outer = outer_classes(module);
        for (index, class) in module.classes.iter().enumerate() {
            let id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            for field in &class.fields {
                // `handle = async () => …` is called like a method.
                if let Some(func) = field.value.and_then(|value| lambda(module, value)) {
                    self.methods.entry((id, field.name)).or_insert(func);
                }
            }
            for func in &class.methods {
                let function = module.function(*func);
                let Some(name) = function.name else { continue };
                let kept = self.methods.get(&(id, name)).map(|kept| module.function(*kept));
                let better = kept.is_none_or(|kept| {
                    function.kind != FuncKind::Setter && (!function.body.is_empty() || kept.body.is_empty())
                        || kept.kind == FuncKind::Setter
                });
                if better {
                    self.methods.insert((id, name), *func);
                }
            }
            let Some(name) = class.name else { continue };
            if let Some(outer) = outer.get(&id) {
                self.inner.insert((*outer, name), id);
                // Annotations in the body around it name it bare.
                self.types.entry(name).or_insert(id);
                continue;
            }
            if class.parent != FuncId::MODULE {
                self.nested.insert((class.parent, name), Local::Class(id));
                continue;
            }
            let kept = self.types.get(&name).map(|kept| module.class(*kept));
            // `class A` and `interface A` merge: the class has the code. Tests do not hide what they test.
            if kept.is_none_or(|kept| !class.is_test && (kept.is_test || class.kind == ClassKind::Class)) {
                self.types.insert(name, id);
            }
            let is_value = matches!(class.kind, ClassKind::Class | ClassKind::Enum)
                || (module.language == Language::Python && class.kind != ClassKind::Alias);
            if is_value {
                let taken = matches!(self.values.get(&name), Some(Local::Function(_)));
                if self.types.get(&name) == Some(&id) && (!taken || module.language == Language::Python) {
                    self.values.insert(name, Local::Class(id));
                }
            }
        }
    }
}

/// Adds the names of the module's variables that a function may assign.
fn names_extend(names: &mut FxHashSet<Name>, function: &Function, language: Language) {
    names.extend(function.globals.iter().copied());
    if language == Language::Python {
        return;
    }
    walk::each_stmt(&function.body, &mut |stmt| {
        if let StmtKind::Assign { target, .. } = &stmt.kind {
            walk::names_of_pattern(target, &mut |name| _ = names.insert(name));
        }
    });
}

/// For each class written in the body of another, that other one.
fn outer_classes(module: &Module) -> FxHashMap<ClassId, ClassId> {
    let mut outer = FxHashMap::default();
    if module.language != Language::Python {
        return outer;
    }
    let mut order: Vec<ClassId> = (0..module.classes.len())
        .filter_map(|index| u32::try_from(index).ok())
        .map(ClassId)
        .collect();
    order.sort_by_key(|id| {
        (
            module.class(*id).span.start,
            std::cmp::Reverse(module.class(*id).span.end),
        )
    });
    let mut open: Vec<ClassId> = Vec::new();
    for id in order {
        let class = module.class(id);
        while open
            .last()
            .is_some_and(|last| !module.class(*last).span.contains(class.span))
        {
            open.pop();
        }
        // A class inside a method has that method as its scope.
        if let Some(last) = open.last().filter(|last| module.class(**last).parent == class.parent) {
            outer.insert(id, *last);
        }
        if class.kind != ClassKind::Alias {
            open.push(id);
        }
    }
    outer
}

/// The function that an expression is, if it is one as written.
fn lambda(module: &Module, expr: ExprId) -> Option<FuncId> {
    match &module.expr(expr).kind {
        ExprKind::Lambda(func) => Some(*func),
        _ => None,
    }
}

/// The binding patterns of a statement other than `Let` and `Assign`, not those of nested statements.
fn patterns_of_stmt(stmt: &Stmt, visit: &mut dyn FnMut(&Pattern)) {
    use crate::ir::LoopKind;
    match &stmt.kind {
        StmtKind::Loop {
            kind: LoopKind::For { pattern, .. } | LoopKind::ForKeys { pattern, .. },
            ..
        } => visit(pattern),
        StmtKind::Match { arms, .. } => arms.iter().for_each(|arm| visit(&arm.pattern)),
        StmtKind::Try { handlers, .. } => handlers
            .iter()
            .filter_map(|handler| handler.pattern.as_ref())
            .for_each(visit),
        _ => {}
    }
}

fn locals(module: &Module, scope: FuncId) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    let function = module.function(scope);
    for param in &function.params {
        walk::names_of_pattern(&param.pattern, &mut |name| _ = names.insert(name));
    }
    let mut roots = Vec::new();
    collect_block(module, &function.body, &mut names, &mut roots);
    // Expressions may bind too: blocks, `if let`, walrus, comprehensions.
    while let Some(expr) = roots.pop() {
        match &module.expr(expr).kind {
            ExprKind::Block { body, value } => {
                collect_block(module, body, &mut names, &mut roots);
                roots.extend(*value);
                continue;
            }
            ExprKind::Matches { pattern, .. } => walk::names_of_pattern(pattern, &mut |name| _ = names.insert(name)),
            ExprKind::Assign { target, .. } if module.language == Language::Python => {
                walk::names_of_pattern(target, &mut |name| _ = names.insert(name));
            }
            ExprKind::Comprehension { clauses, .. } => {
                for clause in clauses {
                    walk::names_of_pattern(&clause.pattern, &mut |name| _ = names.insert(name));
                }
            }
            _ => {}
        }
        walk::children(module, expr, |child| roots.push(child));
    }
    for name in &function.globals {
        names.remove(name);
    }
    names
}

fn collect_block(module: &Module, block: &[Stmt], names: &mut FxHashSet<Name>, roots: &mut Vec<ExprId>) {
    walk::each_stmt(block, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pattern, value, .. } => {
            // A declared function or class is no plain variable: its name says what it is.
            let declared = value.is_some_and(|value| {
                lambda(module, value).is_some_and(|func| module.function(func).kind == FuncKind::Function)
            });
            if !declared {
                walk::names_of_pattern(pattern, &mut |name| _ = names.insert(name));
            }
        }
        StmtKind::Assign { target, .. } => {
            if module.language == Language::Python {
                walk::names_of_pattern(target, &mut |name| _ = names.insert(name));
            }
        }
        _ => patterns_of_stmt(stmt, &mut |pattern| {
            walk::names_of_pattern(pattern, &mut |name| _ = names.insert(name));
        }),
    });
    walk_roots(block, roots);
}

fn walk_roots(block: &[Stmt], roots: &mut Vec<ExprId>) {
    for stmt in block {
        walk::exprs_of_stmt(stmt, &mut |expr| roots.push(expr));
    }
}
