//! Classes: bases, methods, `impl` blocks.

use rustc_hash::{FxHashMap, FxHashSet};

use super::symbols::{Trail, joined};
use super::{ClassRef, FuncRef, ModuleId, Project, Symbol, paths};
use crate::ir::{ClassId, ClassKind, FieldDecl, FuncId, FuncKind, Language, Name, TypeKind};

/// How many classes one question about inheritance may go through.
const LINEAGE: usize = 128;

/// What is known of classes across modules.
#[derive(Debug, Default)]
pub(super) struct Classes {
    bases: FxHashMap<ClassRef, Vec<Symbol>>,
    subclasses: FxHashMap<ClassRef, Vec<ClassRef>>,
    impl_methods: FxHashMap<(ClassRef, Name), FuncRef>,
    impls: FxHashMap<FuncRef, ImplOf>,
    by_name: FxHashMap<(Language, Name), Vec<FuncRef>>,
}

/// Which `impl` block a Rust function stands in.
#[derive(Clone, Copy, Debug)]
pub(super) struct ImplOf {
    /// The type it is for.
    pub(super) target: Option<Symbol>,
    /// The trait it implements.
    pub(super) of_trait: Option<Symbol>,
}

impl Classes {
    /// Joins the classes of a project whose names resolve already.
    pub(super) fn new(project: &Project) -> Self {
        let mut all = Self::default();
        for (id, module) in project.modules() {
            for (index, class) in module.classes.iter().enumerate() {
                let at = ClassRef {
                    module: id,
                    class: ClassId(u32::try_from(index).unwrap_or(u32::MAX)),
                };
                for base in &class.bases {
                    let found = project.type_symbol(id, class.parent, *base, &mut Trail::default());
                    if let Some(found) = found.filter(|found| *found != Symbol::Class(at)) {
                        all.add_base(at, found);
                    }
                }
            }
            for block in &module.impls {
                let scope = block.methods.first().copied().unwrap_or(FuncId::MODULE);
                let scope = module.functions.get(scope.0 as usize).and_then(|first| {
                    // The block's own names are looked up where it stands, not inside its first method; inline modules
                    // are told by that method's path all the same.
                    if first.module_path.is_empty() {
                        first.parent
                    } else {
                        Some(scope)
                    }
                });
                let scope = scope.unwrap_or(FuncId::MODULE);
                let target = project.type_symbol(id, scope, block.target, &mut Trail::default());
                let of_trait = block
                    .of_trait
                    .and_then(|of| project.type_symbol(id, scope, of, &mut Trail::default()));
                let class = match target {
                    Some(Symbol::Class(class)) => Some(class),
                    _ => None,
                };
                if let (Some(class), Some(of_trait)) = (class, of_trait) {
                    all.add_base(class, of_trait);
                }
                for func in &block.methods {
                    let func = FuncRef {
                        module: id,
                        func: *func,
                    };
                    all.impls.insert(func, ImplOf { target, of_trait });
                    let name = module.function(func.func).name;
                    if let (Some(class), Some(name)) = (class, name) {
                        // An inherent method goes before a trait's of the same name.
                        if of_trait.is_none() {
                            all.impl_methods.insert((class, name), func);
                        } else {
                            all.impl_methods.entry((class, name)).or_insert(func);
                        }
                    }
                }
            }
            let test_file = paths::is_test(project.path(id));
            if test_file {
                continue;
            }
            let in_impl: FxHashSet<FuncId> = module
                .impls
                .iter()
                .flat_map(|block| block.methods.iter().copied())
                .collect();
            for (index, function) in module.functions.iter().enumerate() {
                let func = FuncId(u32::try_from(index).unwrap_or(u32::MAX));
                let method = function.class.is_some() || in_impl.contains(&func) || function.kind == FuncKind::Method;
                if let Some(name) = function.name.filter(|_| method && !function.is_test) {
                    let list = all.by_name.entry((module.language, name)).or_default();
                    list.push(FuncRef { module: id, func });
                }
            }
        }
        for list in all.subclasses.values_mut() {
            list.sort();
            list.dedup();
        }
        all
    }

    fn add_base(&mut self, class: ClassRef, base: Symbol) {
        let list = self.bases.entry(class).or_default();
        if list.contains(&base) {
            return;
        }
        list.push(base);
        if let Symbol::Class(base) = base {
            self.subclasses.entry(base).or_default().push(class);
        }
    }
}

impl Project {
    pub(super) fn impl_of(&self, func: FuncRef) -> Option<ImplOf> {
        self.classes.impls.get(&func).copied()
    }

    /// A class and its project bases, depth first, left to right.
    pub(super) fn lineage(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut order = Vec::new();
        let mut seen: FxHashSet<ClassRef> = FxHashSet::default();
        let mut open = vec![class];
        while let Some(at) = open.pop() {
            if order.len() >= LINEAGE || !seen.insert(at) {
                continue;
            }
            order.push(at);
            let bases = self.classes.bases.get(&at).map(Vec::as_slice).unwrap_or_default();
            open.extend(bases.iter().rev().filter_map(|base| match base {
                Symbol::Class(base) => Some(*base),
                _ => None,
            }));
        }
        order
    }

    fn own_method(&self, class: ClassRef, name: Name) -> Option<FuncRef> {
        if let Some(found) = self.classes.impl_methods.get(&(class, name)) {
            return Some(*found);
        }
        let func = *self.table(class.module)?.methods.get(&(class.class, name))?;
        Some(FuncRef {
            module: class.module,
            func,
        })
    }

    pub(super) fn find_method(&self, class: ClassRef, name: Name) -> Option<FuncRef> {
        if let Some(found) = self.own_method(class, name) {
            return Some(found);
        }
        let lineage = self.lineage(class);
        let with_body = |func: &FuncRef| !self.module(func.module).function(func.func).body.is_empty();
        let mut found = lineage.iter().filter_map(|class| self.own_method(*class, name));
        let first = found.next()?;
        if with_body(&first) {
            return Some(first);
        }
        found.find(with_body).or(Some(first))
    }

    pub(super) fn find_overrides(&self, class: ClassRef, name: Name) -> Vec<FuncRef> {
        let mut found = Vec::new();
        let mut seen: FxHashSet<ClassRef> = FxHashSet::default();
        let mut open = vec![class];
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            found.extend(self.own_method(at, name));
            open.extend(self.direct_subclasses(at));
        }
        found.sort();
        found.dedup();
        found
    }

    pub(super) fn direct_subclasses(&self, class: ClassRef) -> &[ClassRef] {
        self.classes
            .subclasses
            .get(&class)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) fn direct_bases(&self, class: ClassRef) -> &[Symbol] {
        self.classes.bases.get(&class).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn find_methods_named(&self, language: Language, name: Name) -> &[FuncRef] {
        self.classes
            .by_name
            .get(&(language, name))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) fn find_constructor(&self, class: ClassRef) -> Option<FuncRef> {
        let name = match self.ir(class.module)?.language {
            Language::TypeScript => "constructor",
            Language::Python => "__init__",
            Language::Rust => return None,
        };
        self.find_method(class, Name::new(name))
    }

    pub(super) fn find_field(&self, class: ClassRef, name: Name) -> Option<(ClassRef, &FieldDecl)> {
        self.lineage(class).into_iter().find_map(|at| {
            let own = &self.ir(at.module)?.classes.get(at.class.0 as usize)?.fields;
            own.iter().find(|field| field.name == name).map(|field| (at, field))
        })
    }

    /// Fields of a class and its bases, the derived class's own definition of each first.
    pub fn fields(&self, class: ClassRef) -> Vec<(ClassRef, &FieldDecl)> {
        let mut seen: FxHashSet<Name> = FxHashSet::default();
        let mut fields = Vec::new();
        for at in self.lineage(class) {
            let Some(decl) = self.ir(at.module).and_then(|ir| ir.classes.get(at.class.0 as usize)) else {
                continue;
            };
            for field in &decl.fields {
                if seen.insert(field.name) {
                    fields.push((at, field));
                }
            }
        }
        fields
    }

    /// Whether a Python class derives from `enum.Enum`.
    pub(super) fn is_python_enum(&self, class: ClassRef) -> bool {
        if self.ir(class.module).is_none_or(|ir| ir.language != Language::Python) {
            return false;
        }
        // While the joints are still being made, what stands in the declaration must do.
        let named = |symbol: &Symbol| match symbol {
            Symbol::External(name) => matches!(
                name.rsplit('.').next(),
                Some("Enum" | "StrEnum" | "IntEnum" | "Flag" | "IntFlag" | "ReprEnum")
            ),
            _ => false,
        };
        self.lineage(class)
            .iter()
            .any(|at| self.direct_bases(*at).iter().any(named))
    }

    /// The class, alias or outside name that a type names, its arguments left aside.
    pub(super) fn type_symbol(
        &self,
        module: ModuleId,
        scope: FuncId,
        ty: crate::ir::TypeId,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let ir = self.ir(module)?;
        match &ir.types.get(ty.0 as usize)?.kind {
            TypeKind::Named { path, args } => {
                let found = self.path_in(module, scope, path, super::symbols::Space::Type, trail);
                let found = found.unwrap_or_else(|| match path.as_ref() {
                    [one] => self.unknown(module, *one),
                    _ if ir.language == Language::Rust => Symbol::External(joined(path)),
                    _ => Symbol::External(Name::new(
                        &path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("."),
                    )),
                });
                // A method of `Arc<Server>` is one of `Server`; an alias of an alias leads on.
                match found {
                    Symbol::External(name) if is_transparent(&name) && args.len() == 1 => {
                        let inner = *args.first()?;
                        trail.deeper(|trail| self.type_symbol(module, scope, inner, trail))
                    }
                    Symbol::Class(class) => Some(self.behind_alias(class, trail)),
                    other => Some(other),
                }
            }
            TypeKind::Reference(inner) | TypeKind::Annotated { base: inner, .. } => {
                let inner = *inner;
                trail.deeper(|trail| self.type_symbol(module, scope, inner, trail))
            }
            TypeKind::Of(expr) => self.expression(module, scope, *expr, trail),
            _ => None,
        }
    }

    /// The class that an alias of a class stands for.
    fn behind_alias(&self, class: ClassRef, trail: &mut Trail) -> Symbol {
        let own = Symbol::Class(class);
        let decl = self
            .ir(class.module)
            .and_then(|ir| ir.classes.get(class.class.0 as usize));
        let Some((alias, parent)) = decl.and_then(|decl| Some((decl.alias?, decl.parent))) else {
            return own;
        };
        if decl.is_some_and(|decl| decl.kind != ClassKind::Alias) {
            return own;
        }
        match trail.deeper(|trail| self.type_symbol(class.module, parent, alias, trail)) {
            Some(found @ Symbol::Class(_)) => found,
            _ => own,
        }
    }
}

fn is_transparent(name: &str) -> bool {
    matches!(
        name,
        "Box"
            | "std::sync::Arc"
            | "std::rc::Rc"
            | "Arc"
            | "Rc"
            | "Readonly"
            | "Partial"
            | "Required"
            | "std::boxed::Box"
    )
}
