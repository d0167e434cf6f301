//! Following an expression to what defines it: through wrappers, names, fields and records, without running anything.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::locals::{Binding, Locals};
use crate::ir::{
    Arg, ArgKind, Call, CallForm, Expr, ExprId, ExprKind, FuncId, FuncKind, Function, Key, Language, Literal, Module,
    Name, RecordEntry,
};
use crate::models::{Base, Frameworks, Pick, Selector};
use crate::project::{ClassRef, FuncRef, ModuleId, Project, Symbol};

/// How many steps a resolution may take.
pub(super) const FUEL: u32 = 24;

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
    locals: RefCell<FxHashMap<(ModuleId, FuncId), Rc<Locals>>>,
}

impl<'a> Values<'a> {
    /// A reader of one project.
    pub(super) fn new(project: &'a Project, frameworks: &'a Frameworks) -> Self {
        Self {
            project,
            frameworks,
            locals: RefCell::default(),
        }
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
            (ExprKind::Field { base, name, .. }, [_]) if language == Language::Rust && name.as_str() == "expect" => {
                Some(*base)
            }
            _ => None,
        }
    }

    /// The expression that defines a value, as far as names and fields lead.
    pub(super) fn follow(&self, at: At) -> At {
        self.follow_with(at, FUEL)
    }

    fn follow_with(&self, at: At, fuel: u32) -> At {
        let at = self.peel(at);
        if fuel == 0 {
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

    /// A member of a value: the entry of a record, the field of an instance.
    pub(super) fn member(&self, at: At, name: Name) -> Option<At> {
        self.member_with(self.follow(at), name, FUEL)
    }

    fn member_with(&self, at: At, name: Name, fuel: u32) -> Option<At> {
        if fuel == 0 {
            return None;
        }
        match &self.expr(at).kind {
            ExprKind::Record { entries, .. } => {
                for entry in entries.iter().rev() {
                    match entry {
                        RecordEntry::Pair { key, value, .. } => {
                            let same = match key {
                                Key::Name(key) => *key == name,
                                Key::Computed(key) => self.text_with(at.with(*key), fuel / 2) == Some(name),
                            };
                            if same {
                                return Some(at.with(*value));
                            }
                        }
                        RecordEntry::Spread(value) => {
                            let inner = self.follow_with(at.with(*value), fuel / 2);
                            if inner != at
                                && let Some(found) = self.member_with(inner, name, fuel / 2)
                            {
                                return Some(found);
                            }
                        }
                    }
                }
                None
            }
            ExprKind::Call(call) => {
                // `new X().field`, Python `X(field=…)`.
                if let Some(found) = call.args.iter().find(|arg| arg.kind == ArgKind::Named(name)) {
                    return Some(at.with(found.value));
                }
                match self.project.resolve_expr(at.module, at.scope, call.callee)? {
                    Symbol::Class(class) => self
                        .positional_member(at, call, class, name)
                        .or_else(|| self.class_member(class, name)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What `Entry("name", handler)` gives a field by its position: the constructor's parameter of that name, or the field in the
    /// order of declaration where the class has no constructor of its own (a dataclass, a named tuple).
    fn positional_member(&self, at: At, call: &Call, class: ClassRef, name: Name) -> Option<At> {
        let position = match self.project.constructor(class) {
            Some(constructor) => self
                .function(constructor)
                .params
                .iter()
                .filter(|param| param.kind != crate::ir::ParamKind::Receiver)
                .position(|param| super::sources::param_name(param) == Some(name))?,
            None if self.module(class.module).language == Language::Python => self
                .module(class.module)
                .class(class.class)
                .fields
                .iter()
                .position(|field| field.name == name)?,
            None => return None,
        };
        call.args
            .iter()
            .take(position + 1)
            .all(|arg| arg.kind == ArgKind::Positional)
            .then(|| call.args.get(position))
            .flatten()
            .map(|arg| at.with(arg.value))
    }

    /// The entries of a record, spreads followed: name, value and the key's expression.
    pub(super) fn entries(&self, at: At) -> Vec<(Name, At)> {
        let mut found = Vec::new();
        self.entries_into(at, FUEL, &mut found);
        found
    }

    fn entries_into(&self, at: At, fuel: u32, found: &mut Vec<(Name, At)>) {
        let ExprKind::Record { entries, .. } = &self.expr(at).kind else {
            return;
        };
        if fuel == 0 {
            return;
        }
        for entry in entries {
            match entry {
                RecordEntry::Pair { key, value, .. } => {
                    let name = match key {
                        Key::Name(name) => Some(*name),
                        Key::Computed(key) => self.text(at.with(*key)),
                    };
                    if let Some(name) = name {
                        found.retain(|(other, _)| *other != name);
                        found.push((name, at.with(*value)));
                    }
                }
                RecordEntry::Spread(value) => {
                    let inner = self.follow(at.with(*value));
                    if inner.expr != at.expr || inner.module != at.module {
                        self.entries_into(inner, fuel / 2, found);
                    }
                }
            }
        }
    }

    /// The constant text of an expression.
    pub(super) fn text(&self, at: At) -> Option<Name> {
        self.text_with(at, FUEL)
    }

    fn text_with(&self, at: At, fuel: u32) -> Option<Name> {
        let at = self.peel(at);
        if fuel == 0 {
            return None;
        }
        if let Some(text) = self.project.constant_text(at.module, at.scope, at.expr) {
            return Some(text);
        }
        match &self.expr(at).kind {
            ExprKind::Literal(Literal::Str(text)) => Some(*text),
            ExprKind::Concat(parts) => {
                let mut text = String::new();
                for part in parts {
                    match &self.expr(self.peel(at.with(*part))).kind {
                        ExprKind::Literal(Literal::Int(number)) => text.push_str(&number.to_string()),
                        _ => text.push_str(self.text_with(at.with(*part), fuel / 2)?.as_str()),
                    }
                }
                Some(Name::new(&text))
            }
            // An enum member's `.value`.
            ExprKind::Field { base, name, .. } if name.as_str() == "value" => self
                .text_with(at.with(*base), fuel - 1)
                .or_else(|| self.followed_text(at, fuel)),
            ExprKind::Name(_) | ExprKind::Field { .. } | ExprKind::Path(_) | ExprKind::Index { .. } => {
                self.followed_text(at, fuel)
            }
            ExprKind::Call(call) => self.text_of_call(at, call, fuel),
            _ => None,
        }
    }

    fn followed_text(&self, at: At, fuel: u32) -> Option<Name> {
        let followed = self.follow_with(at, fuel - 1);
        (followed != at).then(|| self.text_with(followed, fuel - 1)).flatten()
    }

    /// `dedent("…")`, `"…".strip()`, `[…].join("\n")`.
    fn text_of_call(&self, at: At, call: &Call, fuel: u32) -> Option<Name> {
        match (&self.module(at.module).expr(call.callee).kind, &*call.args) {
            (ExprKind::Field { base, name, .. }, [])
                if matches!(name.as_str(), "strip" | "trim" | "toString" | "rstrip" | "lstrip") =>
            {
                Some(Name::new(self.text_with(at.with(*base), fuel - 1)?.trim()))
            }
            (ExprKind::Field { base, name, .. }, [separator]) if name.as_str() == "join" => {
                let separator = self.text_with(at.with(separator.value), fuel - 1)?;
                let list = self.peel(at.with(*base));
                let ExprKind::List { elements, .. } = &self.expr(list).kind else {
                    return None;
                };
                let parts: Option<Vec<_>> = elements
                    .iter()
                    .map(|element| match element {
                        crate::ir::Element::Item(item) => self.text_with(list.with(*item), fuel / 2),
                        crate::ir::Element::Spread(_) => None,
                    })
                    .collect();
                let parts = parts?;
                let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
                Some(Name::new(&parts.join(separator.as_str())))
            }
            (_, [only])
                if self
                    .last_name(at.with(call.callee))
                    .is_some_and(|name| matches!(name.as_str(), "dedent" | "cleandoc" | "from" | "String" | "str")) =>
            {
                self.text_with(at.with(only.value), fuel - 1)
            }
            _ => None,
        }
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

    /// The argument of a call that a selector names.
    pub(super) fn select(&self, at: At, call: &Call, selector: &Selector) -> Option<At> {
        let positional = |index: usize| {
            call.args
                .iter()
                .take_while(|arg| !matches!(arg.kind, ArgKind::Spread))
                .filter(|arg| arg.kind == ArgKind::Positional)
                .nth(index)
                .map(|arg| at.with(arg.value))
        };
        let named = |keyword: &str| {
            call.args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == keyword))
                .map(|arg| at.with(arg.value))
        };
        let base = match &selector.base {
            Base::Argument { index, keyword } => keyword
                .as_deref()
                .and_then(named)
                .or_else(|| index.and_then(positional))
                .or_else(|| {
                    let keyword = keyword.as_deref().filter(|_| index.is_none())?;
                    let last = call.args.last().filter(|arg| arg.kind == ArgKind::Positional)?;
                    self.member(at.with(last.value), Name::new(keyword))
                })?,
            Base::Last => at.with(call.args.iter().rfind(|arg| arg.kind == ArgKind::Positional)?.value),
            _ => return None,
        };
        match &selector.pick {
            Pick::Whole => Some(base),
            Pick::Option(name) => self.member(base, Name::new(name)),
            Pick::Element(index) => self.elements(base).get(*index).copied(),
            Pick::ElementsFrom(_) => None,
        }
    }

    /// The elements of a list, spreads and names followed; `Object.values(record)` gives the record's values.
    pub(super) fn elements(&self, at: At) -> Vec<At> {
        let mut found = Vec::new();
        self.elements_into(at, 8, &mut found);
        found
    }

    fn elements_into(&self, at: At, fuel: u32, found: &mut Vec<At>) {
        if fuel == 0 {
            return;
        }
        let at = self.follow(at);
        match &self.expr(at).kind {
            ExprKind::List { elements, .. } => {
                for element in elements {
                    match element {
                        crate::ir::Element::Item(item) => found.push(at.with(*item)),
                        crate::ir::Element::Spread(spread) => self.elements_into(at.with(*spread), fuel - 1, found),
                    }
                }
            }
            ExprKind::Call(call) => {
                let callee = &self.module(at.module).expr(call.callee).kind;
                match (callee, &*call.args) {
                    (ExprKind::Field { name, .. }, [only]) if matches!(name.as_str(), "values" | "list" | "tuple") => {
                        let record = self.follow(at.with(only.value));
                        found.extend(self.entries(record).into_iter().map(|(_, value)| value));
                    }
                    (ExprKind::Field { base, name, .. }, []) if name.as_str() == "values" => {
                        let record = self.follow(at.with(*base));
                        found.extend(self.entries(record).into_iter().map(|(_, value)| value));
                    }
                    (ExprKind::Field { base, name, .. }, args) if name.as_str() == "concat" => {
                        self.elements_into(at.with(*base), fuel - 1, found);
                        for arg in args {
                            self.elements_into(at.with(arg.value), fuel - 1, found);
                        }
                    }
                    (ExprKind::Name(name), [only]) if matches!(name.as_str(), "list" | "tuple" | "vec") => {
                        self.elements_into(at.with(only.value), fuel - 1, found);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The function that an expression stands for: written in place, named, bound, wrapped, or held by a record.
    pub(super) fn function_of(&self, at: At) -> Option<FuncRef> {
        self.function_with(at, FUEL)
    }

    fn function_with(&self, at: At, fuel: u32) -> Option<FuncRef> {
        let at = self.peel(at);
        if fuel == 0 {
            return None;
        }
        match &self.expr(at).kind {
            ExprKind::Lambda(func) => Some(FuncRef {
                module: at.module,
                func: *func,
            }),
            ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Field { .. } | ExprKind::Index { .. } => {
                self.named_function(at, fuel)
            }
            ExprKind::Conditional { then, otherwise, .. } => self
                .function_with(at.with(*then), fuel / 2)
                .or_else(|| self.function_with(at.with(*otherwise), fuel / 2)),
            ExprKind::Call(call) => self.wrapped_function(at, call, fuel),
            ExprKind::Binary { left, right, .. } => self
                .function_with(at.with(*left), fuel / 2)
                .or_else(|| self.function_with(at.with(*right), fuel / 2)),
            _ => None,
        }
    }

    fn named_function(&self, at: At, fuel: u32) -> Option<FuncRef> {
        let resolved = match &self.expr(at).kind {
            ExprKind::Name(name) if self.local(at.module, at.scope, *name).is_none() => {
                Some(self.project.resolve_name(at.module, at.scope, *name))
            }
            ExprKind::Name(_) => None,
            ExprKind::Path(path) => Some(self.project.resolve_path(at.module, at.scope, path)),
            _ => self.project.resolve_expr(at.module, at.scope, at.expr),
        };
        if let Some(Symbol::Function(func)) = resolved {
            return Some(func);
        }
        if let ExprKind::Field { base, name, .. } = &self.expr(at).kind
            && let Some(func) = self.method_of(at.with(*base), *name, fuel)
        {
            return Some(func);
        }
        let followed = self.follow_with(at, fuel - 1);
        (followed != at)
            .then(|| self.function_with(followed, fuel - 1))
            .flatten()
    }

    /// A method of `this`, of an instance made in sight, or of a parameter with a declared class.
    fn method_of(&self, base: At, name: Name, fuel: u32) -> Option<FuncRef> {
        let class = self.class_of_value(base, fuel)?;
        self.project.method(class, name)
    }

    /// The class of the project of which a value is an instance.
    pub(super) fn class_of_value(&self, at: At, fuel: u32) -> Option<ClassRef> {
        let at = self.peel(at);
        if matches!(self.expr(at).kind, ExprKind::This) {
            return self.class_around(at.module, at.scope);
        }
        let value = self.follow_with(at, fuel.saturating_sub(1));
        match &self.expr(value).kind {
            ExprKind::Call(call) => match self.project.resolve_expr(value.module, value.scope, call.callee)? {
                Symbol::Class(class) => Some(class),
                Symbol::Function(func) => self.project.class_of(func),
                _ => None,
            },
            ExprKind::Name(name) => {
                let (scope, binding) = self.local(value.module, value.scope, *name)?;
                let Binding::Param { index, path } = binding else {
                    return None;
                };
                let param = self.module(value.module).function(scope).params.get(index)?;
                match self
                    .project
                    .type_of(value.module, scope, param.ty.filter(|_| path.is_empty())?)
                {
                    crate::project::Ty::Class(class) => Some(class),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `f.bind(this)`, `partial(f, …)`, `withErrors(f)`, `wrap("name", f)`, and a factory that returns a closure.
    fn wrapped_function(&self, at: At, call: &Call, fuel: u32) -> Option<FuncRef> {
        if let ExprKind::Field { base, name, .. } = &self.module(at.module).expr(call.callee).kind
            && name.as_str() == "bind"
        {
            return self.function_with(at.with(*base), fuel - 1);
        }
        let in_arguments = |arg: &Arg| self.function_with(at.with(arg.value), fuel / 2);
        if let Some(found) = call.args.iter().rev().find_map(in_arguments) {
            return Some(found);
        }
        let factory = self.function_with(at.with(call.callee), fuel / 2)?;
        self.returned_function(factory)
    }

    /// The closure that a function returns.
    pub(super) fn returned_function(&self, func: FuncRef) -> Option<FuncRef> {
        let locals = self.locals(func.module, func.func);
        locals.returns().find_map(|expr| {
            let at = At {
                module: func.module,
                scope: func.func,
                expr,
            };
            match &self.expr(self.follow(at)).kind {
                ExprKind::Lambda(inner) => Some(FuncRef {
                    module: func.module,
                    func: *inner,
                }),
                _ => None,
            }
        })
    }

    /// The first text that a function returns as its only value.
    pub(super) fn returned_text(&self, func: FuncRef) -> Option<Name> {
        let locals = self.locals(func.module, func.func);
        let mut returns = locals.returns();
        let expr = returns.next()?;
        if returns.next().is_some() {
            return None;
        }
        self.text(At {
            module: func.module,
            scope: func.func,
            expr,
        })
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

    /// Whether a function is a method (its first declared parameter may be a receiver).
    pub(super) fn is_method(function: &Function) -> bool {
        matches!(
            function.kind,
            FuncKind::Method | FuncKind::Constructor | FuncKind::Getter | FuncKind::Setter
        )
    }
}
