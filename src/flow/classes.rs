//! Objects: fields, elements, instances.

use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::state::State;
use super::taint::cleared_further;
use super::value::{Callable, Derived, Place, Shape, StepKind, Taint, Truth, Value, mix, name_bits};
use crate::ir::{FuncId, FuncKind, Language, Literal, Name, ParamKind};
use crate::project::{ClassRef, FuncRef, Symbol, Ty};

/// Fields of an access path that an origin keeps.
const PATH_LENGTH: usize = 3;

/// Members of libraries' types that are no methods.
const PROPERTIES: &[&str] = &[
    "name", "stem", "suffix", "suffixes", "parent", "parents", "parts", "anchor", "git", "stdin",
];

impl<'a> Engine<'a> {
    /// Some instance of a class: the receiver of a method that is run on its own.
    pub(super) fn instance(&mut self, class: ClassRef) -> Value {
        let id = mix(70, [u64::from(class.module.0), u64::from(class.class.0)]);
        Value::new(id).with(|data| {
            data.ty = Ty::Class(class);
            data.truth = Truth::True;
        })
    }

    /// Runs what gives a class's fields their values: initialisers, the constructor, in Rust the functions that make one.
    fn prepare(&mut self, class: ClassRef) {
        if !self.prepared.insert(class) {
            return;
        }
        let budget = self.budget.clamp(4_000, 20_000);
        let place = Place {
            module: class.module,
            span: self.module(class.module).class(class.class).name_span,
        };
        self.set_up(place, budget, |engine| engine.prepare_class(class));
    }

    fn prepare_class(&mut self, class: ClassRef) {
        let module = self.module(class.module);
        let definition = module.class(class.class);
        let cx = super::exec::Cx {
            module,
            func: FuncRef {
                module: class.module,
                func: definition.parent,
            },
        };
        let this = self.instance(class);
        let mut state = State::default();
        if definition.parent != FuncId::MODULE {
            self.install_frames_of(cx.func, &mut state);
        }
        state.set_variable(cx.func, super::names::this(), this.clone());
        for field in &definition.fields {
            if let Some(value) = field.value {
                let value = self.eval(cx, value, &mut state);
                self.store_class_field(class, field.name, &value);
            }
        }
        self.exec_block(cx, &definition.body, &mut state);
        let mut makers: Vec<FuncRef> = self.project.constructor(class).into_iter().collect();
        if module.language == Language::Rust {
            for name in [
                "new",
                "default",
                "create",
                "build",
                "from_env",
                "with_config",
                "try_new",
            ] {
                makers.extend(
                    self.project
                        .method(class, Name::new(name))
                        .filter(|func| self.module(func.module).function(func.func).is_static),
                );
            }
        }
        for maker in makers {
            let function = self.module(maker.module).function(maker.func);
            let values: Vec<Value> = (0..function.params.len())
                .map(|at| self.unknown_param(maker, at))
                .collect();
            let mut values = values;
            if let Some(at) = function
                .params
                .iter()
                .position(|param| param.kind == ParamKind::Receiver)
                && let Some(slot) = values.get_mut(at)
            {
                *slot = this.clone();
            }
            let callable = Callable {
                func: maker,
                captured: Rc::new(Vec::new()),
                this: Some(this.clone()),
                bound: Rc::from([]),
                label: None,
            };
            let mut inner = state.clone();
            self.invoke(
                &callable,
                Arguments::exact(values),
                &mut inner,
                Place {
                    module: maker.module,
                    span: function.name_span,
                },
            );
        }
    }

    fn install_frames_of(&mut self, func: FuncRef, state: &mut State) {
        if let Some(frame) = self.left.get(&func) {
            Rc::make_mut(&mut state.frames).insert(func, Rc::clone(frame));
        }
    }

    /// `object.name`.
    pub(super) fn field(&mut self, object: &Value, name: Name, place: Place, state: &mut State) -> Value {
        if let Some(value) = state.heap.get(&(object.id, name)) {
            return value.clone();
        }
        if let Some(other) = object.unstructured() {
            let untrusted = self.field(&other, name, place, state);
            let structured = object.clone().with(|data| data.mixed = false);
            return self.field(&structured, name, place, state).join(&untrusted);
        }
        match &object.shape {
            Shape::Record(fields) => {
                if let Some(value) = fields.get(&name) {
                    return value.clone();
                }
                if !matches!(object.ty, Ty::Class(_))
                    && let Some(value) = fields.get(&Name::new("*"))
                {
                    return value.clone();
                }
            }
            Shape::List { items, .. } => {
                if name == "length" {
                    return Value::new(Self::field_id(object.id, name)).with(|data| data.ty = Ty::Int);
                }
                if let Ok(index) = name.parse::<usize>()
                    && let Some(value) = items.get(index)
                {
                    return value.clone();
                }
            }
            Shape::Symbol(symbol) => {
                let language = self.language_at(place);
                let symbol = *symbol;
                if let Symbol::Class(class) = symbol
                    && let Some(value) = self.fields.get(&(class, name))
                {
                    return value.clone();
                }
                if let Some(member) = self.project.member(symbol, name) {
                    let cx = super::exec::Cx {
                        module: self.module(place.module),
                        func: FuncRef {
                            module: place.module,
                            func: FuncId::MODULE,
                        },
                    };
                    let value = self.symbol_value(cx, member, state);
                    if language == Language::Python && name == "environ" {
                        self.reach(super::engine::Capability::Environment, state);
                    }
                    return self.environment(cx, value, place);
                }
                if let Symbol::Class(class) = symbol {
                    return self.class_member(class, object, name, place, state);
                }
            }
            _ => {}
        }
        if let Some(value) = self.library_member(object, name, place, state) {
            return value;
        }
        if matches!(name.as_str(), "length" | "size" | "byteLength")
            && !matches!(object.ty, Ty::Class(_) | Ty::Record(_))
        {
            return Value::new(Self::field_id(object.id, name)).with(|data| data.ty = Ty::Int);
        }
        if let Ty::Class(class) = object.ty {
            // the newtype around tool arguments is seen through
            return self.class_member(class, object, name, place, state);
        }
        self.unknown_field(object, name, place, state)
    }

    /// A member of a value of a library's type of which rows tell: a property is read like a method called without arguments, a
    /// method that is not called yet keeps its receiver.
    fn library_member(&mut self, object: &Value, name: Name, place: Place, state: &mut State) -> Option<Value> {
        let module = self.module(place.module);
        let type_name = super::methods::type_name(&object.ty, module.language)?;
        let models = self.models;
        let qualified = models.canonical(module.language, Name::new(&format!("{type_name}.{name}")));
        let entry = models.entry(module.language, qualified)?;
        if PROPERTIES.contains(&name.as_str()) {
            let cx = super::exec::Cx {
                module,
                func: FuncRef {
                    module: place.module,
                    func: FuncId::MODULE,
                },
            };
            let value = self.read_property(cx, qualified, object, place, state);
            return Some(value);
        }
        (module.language == Language::Python && entry.propagators.iter().all(|row| row.to.is_none())).then(|| {
            Value::new(mix(78, [object.id.0, name_bits(name)])).with(|data| {
                data.shape = Shape::Symbol(Symbol::External(qualified));
                data.derived = Some(Rc::new(Derived::MethodOf(object.clone())));
                data.truth = Truth::True;
            })
        })
    }

    fn language_at(&self, place: Place) -> Language {
        self.module(place.module).language
    }

    fn class_member(&mut self, class: ClassRef, object: &Value, name: Name, place: Place, state: &mut State) -> Value {
        self.prepare(class);
        if let Some(method) = self.project.method(class, name) {
            let function = self.module(method.module).function(method.func);
            let this = if function.is_static { None } else { Some(object.clone()) };
            let callable = Callable {
                func: method,
                captured: Rc::new(Vec::new()),
                this,
                bound: Rc::from([]),
                label: None,
            };
            if function.kind == FuncKind::Getter {
                return self.invoke(&callable, Arguments::default(), state, place);
            }
            let mut all = vec![callable];
            if self.needs_dispatch(class, method) {
                for func in self.project.overrides(class, name) {
                    if func != method && all.len() < 24 {
                        all.push(Callable {
                            func,
                            captured: Rc::new(Vec::new()),
                            this: Some(self.as_owner(object, func)),
                            bound: Rc::from([]),
                            label: None,
                        });
                    }
                }
            }
            return Value::new(mix(71, [object.id.0, name_bits(name)])).with(|data| {
                data.shape = Shape::Functions(Rc::new(all));
                data.truth = Truth::True;
            });
        }
        let stored = self.fields.get(&(class, name)).cloned();
        let declared = self.project.field(class, name);
        let stored = match (&declared, stored) {
            (Some((owner, _)), None) if *owner != class => {
                let owner = *owner;
                self.prepare(owner);
                self.fields.get(&(owner, name)).cloned()
            }
            (_, stored) => stored,
        };
        let ty = declared
            .and_then(|(owner, field)| {
                field.ty.map(|ty| {
                    self.project
                        .type_of(owner.module, self.module(owner.module).class(owner.class).parent, ty)
                })
            })
            .unwrap_or(Ty::Unknown);
        // an untrusted object: the field is untrusted, unless its type was enforced
        if !object.taints.is_empty() {
            let value = self.unknown_field(object, name, place, state);
            let enforced = object.enforced
                || self.module(class.module).language == Language::Rust
                || self.is_validated_model(class);
            let value = if enforced && ty.is_harmless() {
                value.with(|data| data.taints = Rc::from([]))
            } else if enforced {
                let cleared = self.cleared_by_type(&ty);
                value.with(|data| {
                    data.enforced = true;
                    if !cleared.is_empty() {
                        data.taints = cleared_further(&data.taints, cleared);
                    }
                })
            } else {
                value
            };
            return self.typed(value, ty);
        }
        let home = (self.module(class.module).language == Language::Rust).then_some((class, name));
        match stored {
            Some(value) => {
                let value = if matches!(value.shape, Shape::Constant(_)) && !self.is_constant_field(class, name) {
                    value.with(|data| {
                        // other instances may hold something else
                        if !matches!(data.shape, Shape::Constant(Literal::Null)) {
                            data.truth = Truth::Unknown;
                        } else {
                            data.shape = Shape::Unknown;
                            data.truth = Truth::Unknown;
                        }
                    })
                } else {
                    value
                };
                self.typed(value.with(|data| data.home = home), ty)
            }
            None => {
                // a method that only subclasses have
                let overrides = self.project.overrides(class, name);
                if !overrides.is_empty() {
                    let all = overrides
                        .into_iter()
                        .take(24)
                        .map(|func| Callable {
                            func,
                            captured: Rc::new(Vec::new()),
                            this: Some(self.as_owner(object, func)),
                            bound: Rc::from([]),
                            label: None,
                        })
                        .collect();
                    return Value::new(mix(71, [object.id.0, name_bits(name)]))
                        .with(|data| data.shape = Shape::Functions(Rc::new(all)));
                }
                self.typed(
                    Value::new(Self::field_id(object.id, name)).with(|data| data.home = home),
                    ty,
                )
            }
        }
    }

    /// An object known by its trait or base, as a method of one of its classes sees it. Not where interfaces fit by their form alone.
    fn as_owner(&self, object: &Value, func: FuncRef) -> Value {
        match self.project.class_of(func) {
            Some(owner)
                if object.ty != Ty::Class(owner) && self.module(owner.module).language != Language::TypeScript =>
            {
                let id = mix(105, [object.id.0, u64::from(owner.module.0), u64::from(owner.class.0)]);
                object.clone().with(|data| {
                    data.id = id;
                    data.ty = Ty::Class(owner);
                })
            }
            _ => object.clone(),
        }
    }

    fn is_constant_field(&self, class: ClassRef, name: Name) -> bool {
        self.project
            .field(class, name)
            .is_some_and(|(_, field)| field.is_static)
    }

    /// Whether a method has no body of its own to speak of, so that its overrides are what runs.
    fn needs_dispatch(&self, class: ClassRef, method: FuncRef) -> bool {
        let kind = self.module(class.module).class(class.class).kind;
        matches!(kind, crate::ir::ClassKind::Trait | crate::ir::ClassKind::Interface)
            || !self.project.subclasses(class).is_empty()
                && self.module(method.module).function(method.func).body.len() <= 1
    }

    /// Whether making an instance checks its fields against their types: pydantic models.
    pub(super) fn is_validated_model(&self, class: ClassRef) -> bool {
        let mut pending = vec![class];
        for _ in 0..16 {
            let Some(current) = pending.pop() else { return false };
            for base in self.project.bases(current) {
                match base {
                    Symbol::External(name)
                        if name.starts_with("pydantic") || name == "BaseModel" || name.starts_with("sqlmodel.") =>
                    {
                        return true;
                    }
                    Symbol::Class(base) => pending.push(base),
                    _ => {}
                }
            }
        }
        false
    }

    fn unknown_field(&mut self, object: &Value, name: Name, place: Place, state: &State) -> Value {
        let id = Self::field_id(object.id, name);
        let ty = match &object.ty {
            Ty::Record(fields) => fields
                .iter()
                .find(|(have, _)| *have == name)
                .map_or(Ty::Unknown, |(_, ty)| ty.clone()),
            Ty::Map(inner) => (**inner).clone(),
            Ty::Optional(inner) => match &**inner {
                Ty::Record(fields) => fields
                    .iter()
                    .find(|(have, _)| *have == name)
                    .map_or(Ty::Unknown, |(_, ty)| ty.clone()),
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        };
        if let Some((yes, no)) = super::addresses::method_test(object, name.as_str(), place) {
            return self.test(id, yes, no);
        }
        if object.taints.is_empty() {
            return self.typed(Value::new(id), ty);
        }
        if object.enforced && ty.is_harmless() {
            return Value::new(id).with(|data| data.ty = ty);
        }
        let is_url = matches!(&object.ty, Ty::Url) || matches!(&object.ty, Ty::External(name) if *name == "URL");
        if is_url && name == "href" {
            return object.clone().with(|data| data.ty = Ty::Str);
        }
        // `p.0` of a newtype around untrusted arguments is those arguments
        if name == "0" && object.taints.iter().any(|taint| taint.opens) && self.language_at(place) == Language::Rust {
            return object.clone();
        }
        let type_cleared = if object.enforced {
            self.cleared_by_type(&ty)
        } else {
            crate::models::ClassSet::NONE
        };
        let mut taints = Vec::new();
        for taint in object.taints.iter() {
            let (cleared, flaws) = self.standing(taint, object.id, state);
            let mut origin = taint.origin;
            let mut step = Rc::clone(&taint.step);
            if taint.opens {
                let mut path = self
                    .origins
                    .get(origin as usize)
                    .cloned()
                    .unwrap_or_else(|| super::value::Origin {
                        entry: 0,
                        path: Vec::new(),
                        what: None,
                        place,
                    });
                if path.what.is_none() && path.path.len() < PATH_LENGTH {
                    path.path.push(name);
                    // the place where the argument is taken out is the best place to show as its source
                    if path.path.len() == 1 {
                        path.place = taint.step.place;
                    }
                    origin = self.origin(path);
                }
            }
            let of_request = if taint.opens {
                self.part_of_request(origin)
            } else {
                Some(crate::models::ClassSet::NONE)
            };
            let Some(of_request) = of_request else { continue };
            step = Rc::new(super::value::Step {
                place,
                kind: StepKind::Taken(name),
                value: id,
                unary: false,
                previous: Some(step),
            });
            let taken = Taint {
                origin,
                cleared: cleared.union(type_cleared).union(of_request),
                flaws,
                step,
                opens: taint.opens,
                whole: taint.whole,
                detail: taint.detail,
            };
            let taken = taken.stepped(StepKind::Taken(name));
            if !taken.is_spent() {
                taints.push(taken);
            }
        }
        let value = Value::new(id).with(|data| {
            data.taints = Rc::from(taints);
            data.enforced = object.enforced;
            data.ty = ty;
            // parsing resolves the `..` of a URL
            if is_url && name == "pathname" {
                data.taints = super::taint::cleared_further(&data.taints, super::marks::NO_PARENT);
            }
        });
        // a field called `host` of the caller's own object is an argument like any other
        if !is_url && object.taints.iter().any(|taint| taint.opens) {
            return value;
        }
        match super::url::part_named(name.as_str()) {
            Some(part) => self.url_part(object, part, value),
            None => super::url::field_of_answer(object, value),
        }
    }
}
