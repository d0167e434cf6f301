//! Making instances.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::taint::cleared_further;
use super::value::{Callable, Place, Shape, Taint, Truth, Value, mix, name_bits};
use crate::ir::{FuncKind, Language, Name};
use crate::project::{ClassRef, Symbol, Ty};

impl<'a> Engine<'a> {
    /// `Ok(x)`, `Some(x)`, a tuple struct, a variant.
    pub(super) fn wrap(&mut self, name: Name, arguments: Arguments, ty: Ty) -> Value {
        let mut fields = BTreeMap::new();
        let mut taints: Rc<[Taint]> = Rc::from([]);
        let mut bits = vec![name_bits(name)];
        for (index, value) in arguments.positional.iter().enumerate() {
            bits.push(value.id.0);
            taints = super::value::join_taints(&taints, &value.taints);
            fields.insert(Name::new(&index.to_string()), value.clone());
        }
        Value::new(mix(90, bits)).with(|data| {
            data.shape = Shape::Record(Rc::new(fields));
            data.truth = Truth::True;
            data.taints = taints;
            data.ty = ty;
        })
    }

    /// Whether a class checks what it is made of: a pydantic model.
    fn is_model(&self, class: ClassRef) -> bool {
        let mut open = vec![class];
        for _ in 0..8 {
            let Some(next) = open.pop() else { return false };
            for base in self.project.bases(next) {
                match base {
                    Symbol::External(name) if name.ends_with("BaseModel") || name.ends_with("RootModel") => {
                        return true;
                    }
                    Symbol::Class(base) => open.push(base),
                    _ => {}
                }
            }
        }
        false
    }

    /// Makes an instance of a class of the project.
    pub(super) fn construct(
        &mut self,
        cx: Cx<'a>,
        class: ClassRef,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let id = mix(
            91,
            [
                u64::from(class.module.0),
                u64::from(class.class.0),
                u64::from(place.module.0),
                u64::from(place.span.start),
            ]
            .into_iter()
            .chain(arguments.all().map(|value| value.id.0)),
        );
        let mut instance = Value::new(id).with(|data| {
            data.ty = Ty::Class(class);
            data.truth = Truth::True;
        });
        if let Some(given) = arguments.keywords.as_ref().or(arguments.get(0))
            && cx.module.language == Language::Python
            && self.is_model(class)
        {
            let given = given.clone();
            self.note_validation(&given, place, state);
        }
        if let Some(constructor) = self.project.constructor(class) {
            let function = self.module(constructor.module).function(constructor.func);
            debug_assert!(matches!(
                function.kind,
                FuncKind::Constructor | FuncKind::Method | FuncKind::Function
            ));
            let callable = Callable {
                func: constructor,
                captured: Rc::new(Vec::new()),
                this: Some(instance.clone()),
                bound: Rc::from([]),
                label: None,
            };
            let arguments = self.passing(std::slice::from_ref(&callable), arguments, place);
            self.invoke(&callable, arguments, state, place);
            return instance;
        }
        let definition = self.module(class.module).class(class.class);
        if cx.module.language == Language::Rust {
            return self.wrap(
                definition.name.unwrap_or_else(|| Name::new("?")),
                arguments,
                Ty::Class(class),
            );
        }
        // records: dataclasses, models
        let validated = self.is_validated_model(class);
        let mut fields = BTreeMap::new();
        for (field, value) in definition.fields.iter().zip(&arguments.positional) {
            fields.insert(field.name, value.clone());
        }
        for (name, value) in &arguments.named {
            fields.insert(*name, value.clone());
        }
        if validated {
            for (name, value) in &mut fields {
                let ty = self.project.field(class, *name).and_then(|(owner, field)| {
                    field.ty.map(|ty| {
                        self.project
                            .type_of(owner.module, self.module(owner.module).class(owner.class).parent, ty)
                    })
                });
                if let Some(ty) = ty {
                    let cleared = self.cleared_by_type(&ty);
                    if ty.is_harmless() {
                        *value = value.clone().with(|data| data.taints = Rc::from([]));
                    } else if !cleared.is_empty() {
                        *value = value.clone().with(|data| {
                            data.taints = cleared_further(&data.taints, cleared);
                        });
                    }
                }
            }
        }
        if let Some(spread) = arguments.keywords.as_ref().or(arguments.rest.as_ref()) {
            let spread = spread.clone();
            instance = instance.with(|data| {
                data.taints = Rc::clone(&spread.taints);
                data.enforced = validated;
            });
        }
        if !fields.is_empty() {
            for (name, value) in &fields {
                self.store_class_field(class, *name, value);
            }
            instance = instance.with(|data| data.shape = Shape::Record(Rc::new(fields)));
        }
        instance
    }

    pub(super) fn call_super(&mut self, cx: Cx<'a>, arguments: Arguments, place: Place, state: &mut State) -> Value {
        let Some(class) = self.project.class_of(cx.func) else {
            return Value::new(mix(92, []));
        };
        let this = self.this_value(cx, state);
        for base in self.project.bases(class) {
            if let Symbol::Class(base) = base
                && let Some(constructor) = self.project.constructor(base)
            {
                let callable = Callable {
                    func: constructor,
                    captured: Rc::new(Vec::new()),
                    this: Some(this.clone()),
                    bound: Rc::from([]),
                    label: None,
                };
                if cx.module.language == Language::TypeScript {
                    self.invoke(&callable, arguments, state, place);
                }
                break;
            }
        }
        this
    }
}
