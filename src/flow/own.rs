//! Functions of the project of which rows speak: `own.name`, `own.Class.method`.
//!
//! They are run like any other, so what happens inside of them is still told. What the rows say comes on top: a project may know that
//! its own helper makes a value harmless although nothing in its body proves it.

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Callable, Place, Value};
use crate::ir::{ExprId, Name};
use crate::models::{Base, Entry, SourceKind};
use crate::project::FuncRef;

impl<'a> Engine<'a> {
    /// Calls a function of the project, as its body and the rows say.
    pub(super) fn invoke(
        &mut self,
        callable: &Callable,
        mut arguments: Arguments,
        state: &mut State,
        site: Place,
    ) -> Value {
        if !callable.bound.is_empty() {
            let mut all = callable.bound.to_vec();
            all.append(&mut arguments.positional);
            arguments.positional = all;
        }
        let Some((name, entry)) = self.own_rows(callable.func) else {
            if !super::addresses::among(&arguments) {
                return self.run_body(callable, arguments, state, site);
            }
            let result = self.run_body(callable, arguments.clone(), state, site);
            return self.told_apart(callable, &arguments, result, site, state);
        };
        let this = callable.this.as_ref();
        self.check_sinks(entry, name, this, &arguments, None, site, state);
        let mut result = self.run_body(callable, arguments.clone(), state, site);
        if state.dead {
            return result;
        }
        if !entry.propagators.is_empty() {
            let module = self.module(callable.func.module);
            let cx = Cx {
                module,
                func: callable.func,
            };
            let short = super::external::last_segment(name);
            let mut writes = entry.propagators.iter().filter_map(|row| row.to.as_ref());
            let own = writes.all(|target| target.base == Base::This);
            let receiver = this.filter(|_| own).map(|value| (value, ExprId(0)));
            result = self.propagated(cx, entry, name, short, receiver, &arguments, site, state);
        }
        for row in &entry.sanitizers {
            result = self.sanitized(row, this, &arguments, result, site, state);
        }
        self.sourced(entry, &arguments, result, site, state)
    }

    /// What the rows of a function say of it, with the name under which they do.
    fn own_rows(&self, func: FuncRef) -> Option<(Name, &'a Entry)> {
        let module = self.module(func.module);
        if !self.models.has_own(module.language) {
            return None;
        }
        let name = module.function(func.func).name?;
        let class = self
            .project
            .class_of(func)
            .and_then(|class| self.module(class.module).class(class.class).name);
        let qualified = class.map(|class| Name::new(&format!("own.{class}.{name}")));
        let short = Name::new(&format!("own.{name}"));
        qualified.into_iter().chain([short]).find_map(|name| {
            let entry = self.models.entry(module.language, name)?;
            Some((name, entry))
        })
    }

    /// A call's result, with what source rows say of it.
    pub(super) fn sourced(
        &mut self,
        entry: &Entry,
        arguments: &Arguments,
        result: Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some(row) = entry.sources.first() else {
            return result;
        };
        if row.kind != SourceKind::Caller {
            return self.revealed(row.kind, arguments.get(0), result, place, state);
        }
        let Some(running) = self.entry else {
            return result;
        };
        let untrusted = self.answered(running, Name::new(&row.what), place);
        result.join(&untrusted)
    }
}
