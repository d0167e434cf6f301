//! What stands around an entry point: enclosing functions, modules, receivers.

use super::engine::{Engine, Limit, STEPS_PER_MODULE};
use std::rc::Rc;

use super::args::Arguments;
use super::names;
use super::state::{Frame, State};
use super::value::{Callable, Place, Value, mix};
use crate::ir::FuncId;
use crate::project::{FuncRef, ModuleId};

impl<'a> Engine<'a> {
    /// Gives a handler the variables of the functions around it, running those functions with unknown arguments when
    /// nothing has run them yet.
    pub(super) fn install_enclosing(&mut self, func: FuncRef, state: &mut State) {
        let mut chain = Vec::new();
        let mut current = self.module(func.module).function(func.func).parent;
        while let Some(parent) = current {
            if parent == FuncId::MODULE {
                break;
            }
            chain.push(FuncRef {
                module: func.module,
                func: parent,
            });
            current = self.module(func.module).function(parent).parent;
        }
        for owner in chain.into_iter().rev() {
            if !self.left.contains_key(&owner)
                && self.attempted.insert(owner)
                && self.activations.iter().all(|running| running.func != owner)
            {
                let this = self.receiver_of(owner, state);
                let params = self.module(owner.module).function(owner.func).params.len();
                let values = (0..params)
                    .map(|position| self.unknown_param(owner, position))
                    .collect();
                let callable = Callable {
                    func: owner,
                    captured: Rc::new(Vec::new()),
                    this,
                    bound: Rc::from([]),
                    label: None,
                };
                let place = Place {
                    module: owner.module,
                    span: self.module(owner.module).function(owner.func).name_span,
                };
                let mut inner = state.clone();
                self.set_up(place, STEPS_PER_MODULE, |engine| {
                    engine.invoke(&callable, Arguments::exact(values), &mut inner, place);
                });
            }
            if let Some(frame) = self.left.get(&owner) {
                Rc::make_mut(&mut state.frames)
                    .entry(owner)
                    .or_insert_with(|| Rc::clone(frame));
            }
        }
    }

    /// The receiver of a method run on its own: some instance of its class.
    pub(super) fn receiver_of(&mut self, func: FuncRef, state: &State) -> Option<Value> {
        let mut current = Some(func.func);
        while let Some(id) = current {
            let owner = FuncRef {
                module: func.module,
                func: id,
            };
            if let Some(this) = state.variable(owner, names::this()) {
                return Some(this.clone());
            }
            if let Some(class) = self.project.class_of(owner) {
                return Some(self.instance(class));
            }
            current = self.module(func.module).function(id).parent;
        }
        None
    }

    /// Runs something that belongs to no entry point: what modules, classes and enclosing functions hold.
    pub(super) fn set_up(&mut self, place: Place, budget: u32, work: impl FnOnce(&mut Self)) {
        let entry = self.entry.take();
        let log = std::mem::take(&mut self.reach_log);
        let activations = std::mem::take(&mut self.activations);
        let outer = std::mem::replace(&mut self.budget, budget);
        work(self);
        if self.budget == 0 && self.total > 0 {
            self.limits.insert(Limit {
                place,
                message: "this took too many steps to set up: not all that it holds was seen".to_owned(),
            });
        }
        self.budget = outer;
        self.activations = activations;
        self.reach_log = log;
        self.entry = entry;
    }

    /// The top-level variables of a module, running it when nothing has; `None` while it runs.
    pub(super) fn module_frame(&mut self, module: ModuleId) -> Option<Frame> {
        if let Some(frame) = self.modules.get(&module) {
            return frame.clone();
        }
        self.modules.insert(module, None);
        let func = FuncRef {
            module,
            func: FuncId::MODULE,
        };
        let callable = Callable {
            func,
            captured: Rc::new(Vec::new()),
            this: None,
            bound: Rc::from([]),
            label: None,
        };
        let mut state = State::default();
        let span = self.module(module).function(FuncId::MODULE).name_span;
        let place = Place { module, span };
        self.set_up(place, STEPS_PER_MODULE, |engine| {
            engine.invoke(&callable, Arguments::default(), &mut state, place);
        });
        let frame = self.left.get(&func).cloned().unwrap_or_default();
        self.modules.insert(module, Some(Rc::clone(&frame)));
        Some(frame)
    }

    /// A parameter about which only its declaration is known.
    pub(super) fn unknown_param(&mut self, func: FuncRef, position: usize) -> Value {
        let id = mix(20, [u64::from(func.module.0), u64::from(func.func.0), position as u64]);
        let function = self.module(func.module).function(func.func);
        let declared = function.params.get(position).and_then(|param| param.ty);
        match declared {
            Some(ty) => {
                let ty = self.project.type_of(func.module, func.func, ty);
                self.typed(Value::new(id), ty)
            }
            None => Value::new(id),
        }
    }
}
