//! Patterns: binding, and what a match proves.

use std::rc::Rc;

use super::confinement;
use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::names;
use super::state::State;
use super::value::{Shape, StepKind, Truth, Value, mix};
use crate::ir::{ExprId, ExprKind, FuncId, Language, Literal, Module, Name, Pattern, PatternKind};
use crate::models::ClassSet;
use crate::project::{FuncRef, Symbol, Ty};

impl<'a> Engine<'a> {
    /// Binds a declaration: the names belong to the running function.
    pub(super) fn bind_new(&mut self, cx: Cx<'a>, pattern: &'a Pattern, value: Value, state: &mut State) {
        self.bind_pattern(cx, pattern, value, true, state);
    }

    /// Assigns: a name belongs to the nearest enclosing function that has it.
    pub(super) fn bind(&mut self, cx: Cx<'a>, pattern: &'a Pattern, value: Value, state: &mut State) {
        self.bind_pattern(cx, pattern, value, false, state);
    }

    fn bind_pattern(&mut self, cx: Cx<'a>, pattern: &'a Pattern, value: Value, new: bool, state: &mut State) {
        match &pattern.kind {
            PatternKind::Wild | PatternKind::Literal(_) | PatternKind::Value(_) => {}
            PatternKind::Bind(name, inner) => {
                if let Some(inner) = inner {
                    self.bind_pattern(cx, inner, value.clone(), new, state);
                }
                self.set_name(cx, *name, value, new, state);
            }
            PatternKind::Place(expr) => self.store(cx, *expr, value, state),
            PatternKind::Record { fields, rest, ty } => {
                let place = cx.place(pattern.span);
                let value = match ty {
                    Some(path) => self.variant_body(cx, path, value),
                    None => value,
                };
                for (name, field) in fields {
                    let part = self.field(&value, *name, place, state);
                    let part = match ty {
                        Some(path) => self.payload_type(&value, path, name, part),
                        None => part,
                    };
                    self.bind_pattern(cx, field, part, new, state);
                }
                if let Some(rest) = rest {
                    self.bind_pattern(cx, rest, value, new, state);
                }
            }
            PatternKind::List { items, rest } => {
                let place = cx.place(pattern.span);
                for (index, item) in items.iter().enumerate() {
                    let part = match rest {
                        Some(at) if *at == index => self.slice_from(&value, index, place, state),
                        Some(at) if index > *at => self.element_of(&value, place, state),
                        _ => self.item(&value, index, place, state),
                    };
                    self.bind_pattern(cx, item, part, new, state);
                }
            }
            PatternKind::Variant { path, items } => {
                let body = self.variant_body(cx, path, value);
                for (index, item) in items.iter().enumerate() {
                    let part = match &body.shape {
                        Shape::Record(fields) if path.last().is_some_and(|name| *name == "Err") => {
                            fields.get(&names::failure()).cloned()
                        }
                        Shape::Record(fields) => fields.get(&Name::new(&index.to_string())).cloned(),
                        _ => None,
                    };
                    // a variant of something unknown (`Value::String(s)`, `Some(x)`) hands the value on
                    let part = part.unwrap_or_else(|| body.clone());
                    let part = self.payload_type(&body, path, &index.to_string(), part);
                    let part = if path.last().is_some_and(|name| *name == "Err") {
                        let place = cx.place(item.span);
                        self.with_detail(part, super::detail::Detail::Object, None, place)
                    } else {
                        part
                    };
                    self.bind_pattern(cx, item, part, new, state);
                }
            }
            PatternKind::Or(alternatives) => {
                for alternative in alternatives {
                    self.bind_pattern(cx, alternative, value.clone(), new, state);
                }
            }
            PatternKind::Default { pattern, default } => {
                let value = if value.is_null() {
                    self.eval(cx, *default, state)
                } else {
                    let default = self.eval(cx, *default, state);
                    if value.truth == Truth::True || (value.is_tainted() && !default.is_tainted()) {
                        value
                    } else {
                        value.join(&default)
                    }
                };
                self.bind_pattern(cx, pattern, value, new, state);
            }
        }
    }

    /// The payload of a variant whose type is an enum of the project: fields keep their declared types.
    fn variant_body(&mut self, cx: Cx<'a>, path: &[Name], value: Value) -> Value {
        let symbol = match path {
            [name] => self.project.resolve_name(cx.func.module, cx.func.func, *name),
            _ => self.project.resolve_path(cx.func.module, cx.func.func, path),
        };
        if let Symbol::Class(class) = symbol
            && value.ty == crate::project::Ty::Unknown
        {
            return self.typed(value, crate::project::Ty::Class(class));
        }
        value
    }

    /// What a variant of an enum of the project holds has the type that the enum declares.
    fn payload_type(&self, body: &Value, path: &[Name], field: &str, part: Value) -> Value {
        let (Ty::Class(class), Some(variant)) = (&body.ty, path.last()) else {
            return part;
        };
        let definition = self.module(class.module).class(class.class);
        let declared = definition
            .variants
            .iter()
            .find(|known| known.name == *variant)
            .and_then(|variant| variant.fields.iter().find(|known| known.name == *field))
            .and_then(|field| field.ty);
        let Some(declared) = declared else { return part };
        let ty = self.project.type_of(class.module, definition.parent, declared);
        part.with(|data| {
            if ty.is_harmless() {
                data.taints = Rc::from([]);
            }
            data.ty = ty;
        })
    }

    fn set_name(&mut self, cx: Cx<'a>, name: Name, value: Value, new: bool, state: &mut State) {
        let owner = if new || cx.module.language == Language::Python && !self.is_outer(cx, name, state) {
            cx.func
        } else {
            self.owner_of(cx, name, state).unwrap_or_else(|| {
                if cx.func.func != FuncId::MODULE && self.is_module_variable(cx, name) {
                    FuncRef {
                        module: cx.func.module,
                        func: FuncId::MODULE,
                    }
                } else {
                    cx.func
                }
            })
        };
        if owner.func == FuncId::MODULE && cx.func.func != FuncId::MODULE {
            self.store_global(owner.module, name, &value, cx.place(crate::workspace::Span::default()));
        }
        state.set_variable(owner, name, value);
    }

    fn is_module_variable(&self, cx: Cx<'a>, name: Name) -> bool {
        matches!(self.project.resolve_name(cx.func.module, cx.func.func, name), Symbol::Variable(module, _) if module == cx.func.module)
    }

    /// Whether a Python assignment writes an outer variable: declared `global` or `nonlocal`.
    fn is_outer(&self, cx: Cx<'a>, name: Name, _state: &State) -> bool {
        cx.module.function(cx.func.func).globals.contains(&name)
    }

    pub(super) fn store_global(
        &mut self,
        module: crate::project::ModuleId,
        name: Name,
        value: &Value,
        _place: super::value::Place,
    ) {
        let had = self.globals.get(&(module, name));
        let adds = brings_taint(value, had);
        let joined = had.map_or_else(|| value.clone(), |had| had.join(value));
        self.globals.insert((module, name), joined);
        if adds {
            self.writes += 1;
        }
    }

    /// Assigns to `x.y` or `x[i]`.
    pub(super) fn store(&mut self, cx: Cx<'a>, target: ExprId, value: Value, state: &mut State) {
        match &cx.module.expr(target).kind {
            ExprKind::Name(name) => self.set_name(cx, *name, value, false, state),
            ExprKind::Field { base, name, .. } => {
                let object = self.eval(cx, *base, state);
                self.store_field(cx, *base, &object, *name, value, state);
            }
            ExprKind::Index { base, index } => {
                let object = self.eval(cx, *base, state);
                let key = self.eval(cx, *index, state);
                match key.text() {
                    Some(name) => self.store_field(cx, *base, &object, name, value, state),
                    None => {
                        // an element under a key that is not known
                        let mixed = self.add_element(&object, &value);
                        let mixed = if key.is_tainted() {
                            let taints = self.flow_on(
                                &[&key],
                                state,
                                mixed.id,
                                cx.place(cx.module.expr(target).span),
                                StepKind::Built,
                            );
                            mixed.with(|data| data.taints = super::value::join_taints(&data.taints, &taints))
                        } else {
                            mixed
                        };
                        self.replace(cx, *base, mixed, state);
                    }
                }
            }
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => {
                // `*guard = x` writes to the field that the guard was taken of
                if let ExprKind::Name(name) = &cx.module.expr(*inner).kind
                    && let Some((class, field)) = self.variable(cx, *name, state).home
                {
                    self.store_class_field(class, field, &value);
                }
                self.store(cx, *inner, value, state);
            }
            _ => {}
        }
    }

    fn store_field(&mut self, cx: Cx<'a>, base: ExprId, object: &Value, name: Name, value: Value, state: &mut State) {
        if let crate::project::Ty::Class(class) = object.ty
            && !matches!(object.shape, Shape::Record(_))
        {
            self.store_class_field(class, name, &value);
            Rc::make_mut(&mut state.heap).insert((object.id, name), value);
            return;
        }
        match &object.shape {
            Shape::Record(fields) => {
                let mut fields = (**fields).clone();
                fields.insert(name, value);
                let id = mix(
                    26,
                    [
                        object.id.0,
                        super::value::name_bits(name),
                        fields.get(&name).map_or(0, |value| value.id.0),
                    ],
                );
                let changed = object.clone().with(|data| {
                    data.id = id;
                    data.shape = Shape::Record(Rc::new(fields));
                });
                self.replace(cx, base, changed, state);
            }
            Shape::Symbol(Symbol::Class(class)) => self.store_class_field(*class, name, &value),
            Shape::Symbol(Symbol::Module(module)) => {
                self.store_global(*module, name, &value, cx.place(cx.module.expr(base).span))
            }
            _ => {
                Rc::make_mut(&mut state.heap).insert((object.id, name), value);
            }
        }
    }

    pub(super) fn store_class_field(&mut self, class: crate::project::ClassRef, name: Name, value: &Value) {
        let class = self.project.field(class, name).map_or(class, |(owner, _)| owner);
        let had = self.fields.get(&(class, name));
        let adds = brings_taint(value, had);
        let joined = had.map_or_else(|| value.clone(), |had| had.join(value));
        self.fields.insert((class, name), joined);
        if adds {
            self.writes += 1;
        }
    }

    /// Puts a changed value back where an expression took the old one from.
    pub(super) fn replace(&mut self, cx: Cx<'a>, target: ExprId, value: Value, state: &mut State) {
        match &cx.module.expr(target).kind {
            // what changes inside of a variable's value changes where the variable is declared, in Python as well
            ExprKind::Name(name) => match self.project.resolve_name(cx.func.module, cx.func.func, *name) {
                Symbol::Variable(module, variable)
                    if self
                        .owner_of(cx, *name, state)
                        .is_none_or(|owner| owner.func == FuncId::MODULE) =>
                {
                    if cx.func.func != FuncId::MODULE {
                        self.store_global(module, variable, &value, cx.place(crate::workspace::Span::default()));
                    }
                    let owner = FuncRef {
                        module,
                        func: FuncId::MODULE,
                    };
                    state.set_variable(owner, variable, value);
                }
                _ => {
                    let owner = self.owner_of(cx, *name, state).unwrap_or(cx.func);
                    state.set_variable(owner, *name, value);
                }
            },
            ExprKind::Field { .. } | ExprKind::Index { .. } => self.store(cx, target, value, state),
            ExprKind::This => {
                let owner = self.owner_of(cx, names::this(), state).unwrap_or(cx.func);
                state.set_variable(owner, names::this(), value);
            }
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => self.replace(cx, *inner, value, state),
            ExprKind::Call(call) => {
                // builders: `x.a().b()` changes what `x` holds, where that is of the same type
                if let ExprKind::Field { base, .. } = &cx.module.expr(call.callee).kind
                    && self.is_builder(cx, *base, &value, state)
                {
                    self.replace(cx, *base, value, state);
                }
            }
            _ => {}
        }
    }

    /// Whether what stands in a place may be an earlier stage of a value: a variable of the same type, or a further call.
    fn is_builder(&self, cx: Cx<'a>, target: ExprId, value: &Value, state: &State) -> bool {
        match &cx.module.expr(target).kind {
            ExprKind::Name(name) => self
                .owner_of(cx, *name, state)
                .and_then(|owner| state.variable(owner, *name))
                .is_some_and(|have| have.ty == value.ty),
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => self.is_builder(cx, *inner, value, state),
            ExprKind::Call(_) => true,
            _ => false,
        }
    }

    /// What holds when a value matches a pattern, and when it does not.
    pub(super) fn matching(
        &mut self,
        cx: Cx<'a>,
        pattern: &'a Pattern,
        value: &Value,
        state: &mut State,
    ) -> (Facts, Facts) {
        match &pattern.kind {
            PatternKind::Literal(literal) => self.equal_to_constant(value, &Value::constant(literal.clone())),
            PatternKind::Value(expr) => {
                if let ExprKind::Path(path) = &cx.module.expr(*expr).kind
                    && cx.module.language == Language::Rust
                {
                    let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
                    if let Some(kind) = confinement::component_kind(&names) {
                        return confinement::component_test(value, kind);
                    }
                }
                if let Some(class) = range_of_characters(cx.module, *expr) {
                    return (confinement::of_characters(value, &class), Facts::none());
                }
                let constant = self.eval(cx, *expr, state);
                if constant.is_tainted() {
                    return (Facts::none(), Facts::none());
                }
                if constant.is_null() {
                    return (value.when_false.clone(), value.when_true.clone());
                }
                self.equal_to_constant(value, &constant)
            }
            PatternKind::Or(alternatives) => {
                let mut all: Option<(Facts, Facts)> = None;
                for alternative in alternatives {
                    let (matched, missed) = self.matching(cx, alternative, value, state);
                    all = Some(match all {
                        Some((have, not)) => (have.intersect(&matched), not.and(&missed)),
                        None => (matched, missed),
                    });
                }
                all.unwrap_or_default()
            }
            PatternKind::Bind(_, Some(inner)) => self.matching(cx, inner, value, state),
            PatternKind::Variant { path, items } => {
                let name = path.last().map_or("", |name| name.as_str());
                let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
                if cx.module.language == Language::Rust
                    && let Some(kind) = confinement::component_kind(&names)
                {
                    return confinement::component_test(value, kind);
                }
                let (own, other) = match name {
                    "Ok" | "Some" => (value.when_true.clone(), value.when_false.clone()),
                    "Err" => (value.when_false.clone(), value.when_true.clone()),
                    _ => (Facts::none(), Facts::none()),
                };
                let mut matched = own;
                if let [item] = items.as_slice() {
                    let part = match &value.shape {
                        Shape::Record(fields) if name == "Err" => fields.get(&names::failure()).cloned(),
                        Shape::Record(fields) => fields.get(&names::zero()).cloned(),
                        _ => None,
                    };
                    let (inner, _) = self.matching(cx, item, &part.unwrap_or_else(|| value.clone()), state);
                    matched = matched.and(&inner);
                }
                (matched, other)
            }
            PatternKind::List { items, rest: None } => {
                let mut matched = Facts::none();
                for (index, item) in items.iter().enumerate() {
                    let part = match &value.shape {
                        Shape::List { items, .. } => items.get(index).cloned(),
                        _ => None,
                    };
                    if let Some(part) = part {
                        let (inner, _) = self.matching(cx, item, &part, state);
                        matched = matched.and(&inner);
                    }
                }
                (matched, Facts::none())
            }
            _ => (Facts::none(), Facts::none()),
        }
    }

    /// A value equals a constant: it is that constant, and can do no harm.
    pub(super) fn equal_to_constant(&mut self, value: &Value, constant: &Value) -> (Facts, Facts) {
        if let Some(super::value::Derived::TypeOf(of)) = value.derived.as_deref() {
            let harmless = constant
                .text()
                .is_some_and(|text| matches!(text.as_str(), "number" | "boolean" | "bigint"));
            return if harmless {
                (Facts::clearing(*of, ClassSet::ALL), Facts::none())
            } else {
                (Facts::none(), Facts::none())
            };
        }
        let mut matched = Facts::clearing(value.id, ClassSet::ALL).and(&super::confinement::same_file(value));
        if let Some(super::value::Derived::PartOf(whole)) = value.derived.as_deref()
            && value.has(crate::models::Property::Folded)
        {
            matched = matched.and(&Facts::clearing(whole.id, ClassSet::ALL));
        }
        if self.tool_names.contains(&value.id)
            && let Some(text) = constant.text()
        {
            matched = matched.and(&Facts::tool(text));
        }
        match &constant.shape {
            Shape::Constant(Literal::Bool(true)) => (matched.and(&value.when_true), value.when_false.clone()),
            Shape::Constant(Literal::Bool(false)) => (matched.and(&value.when_false), value.when_true.clone()),
            Shape::Constant(Literal::Null) => (matched.and(&value.when_false), value.when_true.clone()),
            _ => (matched, Facts::none()),
        }
    }
}

/// Whether a value holds untrusted text that what stands in its place so far does not.
fn brings_taint(value: &Value, had: Option<&Value>) -> bool {
    if !value.is_tainted() {
        return false;
    }
    let have = had.map(Value::all_taints).unwrap_or_default();
    value
        .all_taints()
        .iter()
        .any(|(taint, _)| !have.iter().any(|(have, _)| have.origin == taint.origin))
}

/// `'a'..='z'` and `b'a'..=b'z'`, as in a class of a pattern.
fn range_of_characters(module: &Module, expr: ExprId) -> Option<String> {
    let ExprKind::Binary {
        op: crate::ir::BinaryOp::Range,
        left,
        right,
    } = &module.expr(expr).kind
    else {
        return None;
    };
    let end = |id: ExprId| match &module.expr(id).kind {
        ExprKind::Literal(Literal::Char(c)) => Some(*c),
        ExprKind::Literal(Literal::Int(byte)) => u8::try_from(*byte).ok().map(char::from),
        _ => None,
    };
    let (from, to) = (end(*left)?, end(*right)?);
    (from <= to).then(|| {
        format!(
            "{}-{}",
            confinement::class_of_character(from),
            confinement::class_of_character(to)
        )
    })
}
