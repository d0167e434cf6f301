//! What names and symbols stand for.

use std::rc::Rc;

use super::engine::Engine;
use super::exec::Cx;
use super::names;
use super::state::State;
use super::value::{Callable, Shape, Truth, Value, mix, name_bits};
use crate::ir::{FuncId, Literal, Name};
use crate::project::{FuncRef, ModuleId, Symbol, Ty};

impl<'a> Engine<'a> {
    pub(super) fn variable(&mut self, cx: Cx<'a>, name: Name, state: &mut State) -> Value {
        if let Some(owner) = self.owner_of(cx, name, state)
            && let Some(value) = state.variable(owner, name)
        {
            return value.clone();
        }
        let symbol = self.project.resolve_name(cx.func.module, cx.func.func, name);
        self.symbol_value(cx, symbol, state)
    }

    pub(super) fn callable(&mut self, cx: Cx<'a>, func: FuncRef, state: &State) -> Value {
        let module = self.module(func.module);
        let mut captured = Vec::new();
        let mut current = module.function(func.func).parent;
        while let Some(parent) = current {
            if parent == FuncId::MODULE {
                break;
            }
            let owner = FuncRef {
                module: func.module,
                func: parent,
            };
            if let Some(frame) = state.frames.get(&owner) {
                captured.push((owner, Rc::clone(frame)));
            }
            current = module.function(parent).parent;
        }
        let fresh = if captured.is_empty() {
            mix(48, [u64::from(func.module.0), u64::from(func.func.0)])
        } else {
            // what it captures may have changed since it was made last: a closure is like no other
            self.closures += 1;
            mix(49, [u64::from(func.module.0), u64::from(func.func.0), self.closures])
        };
        let this = (func.module == cx.func.module)
            .then(|| {
                self.owner_of(cx, names::this(), state)
                    .and_then(|owner| state.variable(owner, names::this()).cloned())
            })
            .flatten();
        let this = if self.project.class_of(func).is_some() {
            None
        } else {
            this
        };
        Value::new(fresh).with(|data| {
            data.shape = Shape::Functions(Rc::new(vec![Callable {
                func,
                captured: Rc::new(captured),
                this,
                bound: Rc::from([]),
                label: None,
            }]));
            data.truth = Truth::True;
            data.ty = Ty::Function;
        })
    }

    /// The value that a symbol stands for.
    pub(super) fn symbol_value(&mut self, cx: Cx<'a>, symbol: Symbol, state: &mut State) -> Value {
        match symbol {
            Symbol::Function(func) => self.callable(cx, func, state),
            Symbol::Variable(module, name) => self.module_variable(module, name, state),
            Symbol::Variant(class, name) => {
                let project = self.project;
                let literal = project.field(class, name).and_then(|(owner, field)| {
                    field
                        .value
                        .and_then(|value| project.constant_text(owner.module, FuncId::MODULE, value))
                });
                match literal {
                    Some(text) => Value::constant(Literal::Str(text)),
                    None => Value::constant(Literal::Str(name)).with(|data| {
                        data.shape = Shape::Symbol(symbol);
                        data.truth = Truth::True;
                    }),
                }
            }
            Symbol::External(name) => {
                if matches!(name.as_str(), "None" | "null" | "undefined") {
                    return Value::constant(Literal::Null);
                }
                let language = cx.module.language;
                let name = self.models.canonical(language, name);
                if name == "path.sep" || name == "os.sep" || name == "std::path::MAIN_SEPARATOR" {
                    return Value::constant(Literal::Str(Name::new("/")));
                }
                Value::new(mix(50, [name_bits(name)])).with(|data| {
                    data.shape = Shape::Symbol(Symbol::External(name));
                    data.truth = Truth::Unknown;
                })
            }
            Symbol::Class(_) | Symbol::Module(_) => {
                let bits = match symbol {
                    Symbol::Class(class) => [u64::from(class.module.0), u64::from(class.class.0)],
                    Symbol::Module(module) => [u64::from(module.0), u64::MAX],
                    _ => [0, 0],
                };
                Value::new(mix(51, bits)).with(|data| {
                    data.shape = Shape::Symbol(symbol);
                    data.truth = Truth::True;
                })
            }
        }
    }

    pub(super) fn module_variable(&mut self, module: ModuleId, name: Name, state: &State) -> Value {
        let owner = FuncRef {
            module,
            func: FuncId::MODULE,
        };
        let initial = match state.variable(owner, name) {
            Some(value) => Some(value.clone()),
            None => self.module_frame(module).and_then(|frame| frame.get(&name).cloned()),
        };
        let written = self.globals.get(&(module, name)).cloned();
        match (initial, written) {
            (Some(a), Some(b)) => a.join(&b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => Value::new(mix(52, [u64::from(module.0), name_bits(name)])),
        }
    }
}
