//! Following an expression to what defines it: through wrappers, names, fields and records, without running anything.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::held::Held;
use super::locals::{Binding, Locals};
use crate::ir::{Call, CallForm, Expr, ExprId, ExprKind, FuncId, Function, Language, Module, Name};
use crate::models::Frameworks;
use crate::project::{ClassRef, FuncRef, ModuleId, Project, Symbol};

/// How many steps a resolution may take.
pub(super) const FUEL: u32 = 24;

/// How many steps all resolutions for one module may take together: shared parts would else multiply.
const STEPS: u32 = 4_000_000;

/// How many nodes all schemas of one module may have together.
const SCHEMA_STEPS: u32 = 200_000;

/// An expression and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    /// The module.
    pub(super) module: ModuleId,
    /// The function whose names it sees.
    pub(super) scope: FuncId,
    /// The expression.
    pub(super) expr: ExprId,
}

impl At {
    /// Another expression of the same place.
    pub(super) fn with(self, expr: ExprId) -> Self {
        Self { expr, ..self }
    }
}

/// What a name of a function stands for, with the function that binds it.
pub(super) type Local = (FuncId, Binding);

/// Looks values up.
pub(super) struct Values<'a> {
    /// The project.
    pub(super) project: &'a Project,
    /// How SDKs register handlers.
    pub(super) frameworks: &'a Frameworks,
    steps: Cell<u32>,
    schema_steps: Cell<u32>,
    locals: RefCell<FxHashMap<(ModuleId, FuncId), Rc<Locals>>>,
    /// The parameter that each closure asked about stands in for.
    pub(super) forwards: RefCell<FxHashMap<FuncRef, Option<Held>>>,
}

impl<'a> Values<'a> {
    /// A reader of one project.
    pub(super) fn new(project: &'a Project, frameworks: &'a Frameworks) -> Self {
        Self {
            project,
            frameworks,
            steps: Cell::new(STEPS),
            schema_steps: Cell::new(SCHEMA_STEPS),
            locals: RefCell::default(),
            forwards: RefCell::default(),
        }
    }

    /// Counts one step; false when all are spent, which only code written to that end brings about.
    pub(super) fn step(&self) -> bool {
        self.steps.replace(self.steps.get().saturating_sub(1)) > 0
    }

    /// Counts one node of a schema; false when all are spent.
    pub(super) fn schema_step(&self) -> bool {
        self.schema_steps.replace(self.schema_steps.get().saturating_sub(1)) > 0
    }

    /// A module.
    pub(super) fn module(&self, id: ModuleId) -> &'a Module {
        self.project.module(id)
    }

    /// Names under which schema libraries are commonly imported.
    pub(super) fn schema_roots(&self) -> impl Iterator<Item = &'a str> {
        let sdks = self.frameworks.sdks(Language::TypeScript);
        sdks.flat_map(|sdk| sdk.schema_roots.iter().map(String::as_str))
    }

    /// The function behind a reference.
    pub(super) fn function(&self, func: FuncRef) -> &'a Function {
        self.module(func.module).function(func.func)
    }

    /// The expression at a place.
    pub(super) fn expr(&self, at: At) -> &'a Expr {
        self.module(at.module).expr(at.expr)
    }

    /// Names bound in a function.
    pub(super) fn locals(&self, module: ModuleId, func: FuncId) -> Rc<Locals> {
        if let Some(found) = self.locals.borrow().get(&(module, func)) {
            return Rc::clone(found);
        }
        let built = Rc::new(Locals::read(self.module(module), func));
        self.locals.borrow_mut().insert((module, func), Rc::clone(&built));
        built
    }

    /// What a name stands for in the functions around a place, the top level not among them.
    pub(super) fn local(&self, module: ModuleId, scope: FuncId, name: Name) -> Option<Local> {
        let mut current = scope;
        for _ in 0..64 {
            if current == FuncId::MODULE {
                return None;
            }
            if let Some(found) = self.locals(module, current).get(name) {
                return Some((current, found.clone()));
            }
            current = self.module(module).function(current).parent?;
        }
        None
    }

    /// The operand behind wrappers that hand it through.
    pub(super) fn peel(&self, mut at: At) -> At {
        for _ in 0..64 {
            match &self.expr(at).kind {
                ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => at = at.with(*inner),
                ExprKind::Block {
                    value: Some(value),
                    body,
                } if body.is_empty() => at = at.with(*value),
                ExprKind::Call(call) => match self.transparent(at, call) {
                    Some(inner) => at = at.with(inner),
                    None => return at,
                },
                _ => return at,
            }
        }
        at
    }

    /// The operand of a call that changes nothing about what its argument declares.
    fn transparent(&self, at: At, call: &Call) -> Option<ExprId> {
        let module = self.module(at.module);
        let language = module.language;
        match (&module.expr(call.callee).kind, &*call.args) {
            (ExprKind::Name(name), [only])
                if call.form == CallForm::Macro && matches!(name.as_str(), "json" | "object") =>
            {
                Some(only.value)
            }
            (ExprKind::Path(path), [only])
                if call.form == CallForm::Macro
                    && path
                        .last()
                        .is_some_and(|name| matches!(name.as_str(), "json" | "object")) =>
            {
                Some(only.value)
            }
            (ExprKind::Field { name, .. }, [only])
                if language == Language::TypeScript && matches!(name.as_str(), "freeze" | "seal") =>
            {
                Some(only.value)
            }
            (ExprKind::Path(path), [only])
                if language == Language::Rust
                    && matches!(
                        path.last().map(|name| name.as_str()),
                        Some("new" | "from" | "Borrowed" | "Owned" | "pin" | "Some")
                    )
                    && matches!(
                        path.first().map(|name| name.as_str()),
                        Some("Arc" | "Box" | "Rc" | "Cow" | "String" | "Some" | "Value" | "std")
                    ) =>
            {
                Some(only.value)
            }
            (ExprKind::Name(name), [only]) if language == Language::Rust && matches!(name.as_str(), "Some" | "Ok") => {
                Some(only.value)
            }
            (ExprKind::Field { base, name, .. }, [])
                if language == Language::Rust
                    && matches!(
                        name.as_str(),
                        "into"
                            | "to_string"
                            | "to_owned"
                            | "clone"
                            | "as_str"
                            | "as_ref"
                            | "unwrap"
                            | "unwrap_or_default"
                            | "boxed"
                            | "as_object"
                            | "cloned"
                    ) =>
            {
                Some(*base)
            }
            // what is said when it fails does not change it
            (ExprKind::Field { base, name, .. }, [_])
                if language == Language::Rust
                    && matches!(
                        name.as_str(),
                        "expect"
                            | "map_err"
                            | "context"
                            | "with_context"
                            | "wrap_err"
                            | "wrap_err_with"
                            | "inspect_err"
                    ) =>
            {
                Some(*base)
            }
            _ => None,
        }
    }

    /// The expression that defines a value, as far as names and fields lead.
    pub(super) fn follow(&self, at: At) -> At {
        self.follow_with(at, FUEL)
    }

    /// The same within so many steps.
    pub(super) fn follow_with(&self, at: At, fuel: u32) -> At {
        let at = self.peel(at);
        if fuel == 0 || !self.step() {
            return at;
        }
        let next = match &self.expr(at).kind {
            ExprKind::Name(name) => match self.local(at.module, at.scope, *name) {
                Some((scope, Binding::Value { value, path })) => {
                    let start = At {
                        scope,
                        expr: value,
                        ..at
                    };
                    path.iter().try_fold(start, |place, field| {
                        self.member_with(self.follow_with(place, fuel - 1), *field, fuel - 1)
                    })
                }
                Some(_) => None,
                None => self.symbol_value(self.project.resolve_name(at.module, at.scope, *name)),
            },
            ExprKind::Path(path) => self.symbol_value(self.project.resolve_path(at.module, at.scope, path)),
            ExprKind::Field { base, name, .. } => self.field_value(at, *base, *name, fuel),
            ExprKind::Index { base, index } => self
                .text_with(at.with(*index), fuel - 1)
                .and_then(|key| self.member_with(self.follow_with(at.with(*base), fuel - 1), key, fuel - 1)),
            _ => None,
        };
        match next {
            Some(next) if next != at => self.follow_with(next, fuel - 1),
            _ => at,
        }
    }

    fn field_value(&self, at: At, base: ExprId, name: Name, fuel: u32) -> Option<At> {
        if let Some(symbol) = self.project.resolve_expr(at.module, at.scope, at.expr)
            && let Some(found) = self.symbol_value(symbol)
        {
            return Some(found);
        }
        if matches!(self.expr(self.peel(at.with(base))).kind, ExprKind::This) {
            return self
                .class_around(at.module, at.scope)
                .and_then(|class| self.class_member(class, name));
        }
        self.member_with(self.follow_with(at.with(base), fuel - 1), name, fuel - 1)
    }

    fn symbol_value(&self, symbol: Symbol) -> Option<At> {
        match symbol {
            Symbol::Variable(module, name) => self.project.variable(module, name).map(|expr| At {
                module,
                scope: FuncId::MODULE,
                expr,
            }),
            _ => None,
        }
    }

    /// The class whose method stands around a scope.
    pub(super) fn class_around(&self, module: ModuleId, scope: FuncId) -> Option<ClassRef> {
        let mut current = scope;
        for _ in 0..64 {
            let func = FuncRef { module, func: current };
            if let Some(class) = self.project.class_of(func) {
                return Some(class);
            }
            let function = self.function(func);
            if let Some(class) = function.class {
                return Some(ClassRef { module, class });
            }
            current = function.parent?;
        }
        None
    }

    /// The value of a class member: a field's initial value, or what its constructor assigns.
    pub(super) fn class_member(&self, class: ClassRef, name: Name) -> Option<At> {
        if let Some((owner, field)) = self.project.field(class, name)
            && let Some(expr) = field.value
        {
            let scope = self.module(owner.module).class(owner.class).parent;
            return Some(At {
                module: owner.module,
                scope,
                expr,
            });
        }
        let constructor = self.project.constructor(class)?;
        let locals = self.locals(constructor.module, constructor.func);
        locals.fields().find(|(field, _)| *field == name).map(|(_, expr)| At {
            module: constructor.module,
            scope: constructor.func,
            expr,
        })
    }

    /// The last segment of a name, path or field.
    pub(super) fn last_name(&self, at: At) -> Option<Name> {
        match &self.expr(at).kind {
            ExprKind::Name(name) | ExprKind::Field { name, .. } => Some(*name),
            ExprKind::Path(path) => path.last().copied(),
            ExprKind::Call(call) => self.last_name(at.with(call.callee)),
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => self.last_name(at.with(*inner)),
            _ => None,
        }
    }

    /// The name at the bottom of a chain of fields, calls and indexes.
    pub(super) fn root(&self, mut at: At) -> At {
        for _ in 0..64 {
            at = match &self.expr(at).kind {
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => at.with(*base),
                ExprKind::Call(call) => at.with(call.callee),
                ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => at.with(*inner),
                _ => return at,
            };
        }
        at
    }

    /// The qualified name of something outside the project that an expression names.
    pub(super) fn external(&self, at: At) -> Option<Name> {
        let symbol = match &self.expr(at).kind {
            ExprKind::Name(name) if self.local(at.module, at.scope, *name).is_none() => {
                Some(self.project.resolve_name(at.module, at.scope, *name))
            }
            ExprKind::Name(_) => None,
            ExprKind::Path(path) => Some(self.project.resolve_path(at.module, at.scope, path)),
            _ => self.project.resolve_expr(at.module, at.scope, at.expr),
        };
        match symbol {
            Some(Symbol::External(name)) => Some(name),
            _ => None,
        }
    }
}
