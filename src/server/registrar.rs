//! A project's own registration helpers: functions that register what they are given, and what each use of them gives.

use super::annotations;
use super::entry::EntryPoint;
use super::held::{Held, Through};
use super::read::Reader;
use super::value::{At, FUEL, Values};
use crate::ir::{ArgKind, Call, ExprKind, FuncId, Language, Name};
use crate::models::{Base, FrameworkRow, Pick, Selector};
use crate::project::{FuncRef, ModuleId};
use crate::workspace::Span;

/// A registration whose handler is a parameter of a function around it.
#[derive(Debug)]
pub(super) struct Registrar<'a> {
    /// The rows that the registration fits, in order.
    pub(super) rows: Vec<&'a FrameworkRow>,
    /// The registration.
    pub(super) form: Form,
    /// The parameter that becomes the handler.
    pub(super) held: Held,
    /// What helpers between that function and the registration give already.
    pub(super) given: Vec<(FuncRef, usize, Given)>,
    /// What the registration is when no use of the helper is found.
    pub(super) fallback: Vec<EntryPoint>,
    /// The module of the registration.
    pub(super) module: ModuleId,
    /// Whether that module imports an SDK.
    pub(super) imports: bool,
}

/// How a registrar registers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// By a call.
    Call(At),
    /// By a decorator on a wrapper.
    Decorator(At, FuncId),
}

/// What a parameter of a helper is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given {
    /// An expression.
    Place(At),
    /// The function decorated.
    Function(FuncRef),
}

/// One use of a helper.
#[derive(Clone, Debug)]
pub(super) struct Use {
    /// What its parameters are given.
    pub(super) given: Vec<(FuncRef, usize, Given)>,
    /// The calls that use it: their keywords may go on to the registration.
    pub(super) calls: Vec<At>,
    /// Where.
    pub(super) module: ModuleId,
    /// The span of the helper's name there.
    pub(super) span: Span,
}

/// A handler found for one use.
pub(super) struct Supplied {
    /// The function.
    pub(super) func: FuncRef,
    /// The argument that names it.
    pub(super) place: Option<At>,
    /// How the helper hands it on.
    pub(super) held: Held,
}

impl Values<'_> {
    fn given(&self, held: &Held, given: &[(FuncRef, usize, Given)]) -> Option<Given> {
        let (.., found) = given
            .iter()
            .find(|(func, index, _)| *func == held.func && *index == held.index)?;
        held.path.iter().try_fold(*found, |value, field| {
            let Given::Place(place) = value else { return None };
            self.member(place, *field).map(Given::Place).or_else(|| {
                let class = self.class_of_value(place, FUEL)?;
                self.project.method(class, *field).map(Given::Function)
            })
        })
    }

    /// An expression of a helper, as one use of it gives it.
    fn substituted(&self, at: At, through: Through, given: &[(FuncRef, usize, Given)]) -> Option<At> {
        let mut found = None;
        let mut current = at;
        for _ in 0..4 {
            let Some(held) = self.held(current, through) else { break };
            let Some(Given::Place(place)) = self.given(&held, given) else {
                break;
            };
            found = Some(place);
            current = place;
        }
        found
    }

    /// The function that a helper's expression is in one use.
    fn supplied(&self, at: At, through: Through, given: &[(FuncRef, usize, Given)]) -> Option<Supplied> {
        let held = self.held(at, through)?;
        let mut current = held.clone();
        for _ in 0..4 {
            match self.given(&current, given)? {
                Given::Function(func) => {
                    return Some(Supplied {
                        func,
                        place: None,
                        held,
                    });
                }
                Given::Place(place) => match self.held(place, Through::Closures) {
                    Some(next) if self.given(&next, given).is_some() => current = next,
                    _ => {
                        return self.function_of(place).map(|func| Supplied {
                            func,
                            place: Some(place),
                            held,
                        });
                    }
                },
            }
        }
        None
    }

    /// The parameter of another helper that is handed to this one.
    pub(super) fn handed_further(&self, held: &Held, given: &[(FuncRef, usize, Given)]) -> Option<Held> {
        let Some(Given::Place(place)) = self.given(held, given) else {
            return None;
        };
        let next = self.held(place, Through::Closures)?;
        let known = given.iter().any(|(func, ..)| *func == next.func);
        (!known).then_some(next)
    }
}

/// The selector's argument as a whole.
fn whole(selector: &Selector) -> Selector {
    Selector {
        base: selector.base.clone(),
        pick: Pick::Whole,
    }
}

impl<'a> Reader<'a> {
    /// Through what the handler of a registration may be held: a registration under a constant name registers the closure that stands
    /// there, whatever that closure calls.
    fn through(&self, row: &FrameworkRow, at: At, call: Option<&Call>) -> Through {
        let text = |selector: &Selector| {
            let place = self.values.select(at, call?, selector)?;
            self.values.text(place)
        };
        if row.name.iter().find_map(text).is_some() {
            Through::Names
        } else {
            Through::Closures
        }
    }

    /// The parameter that a registration by call takes its handler from.
    pub(super) fn handler_held(&self, rows: &[&'a FrameworkRow], at: At, call: &Call) -> Option<Held> {
        if at.scope == FuncId::MODULE {
            return None;
        }
        let head = self.head(call);
        let find = |is_whole: bool| {
            rows.iter().find_map(|row| {
                let through = self.through(row, at, Some(head));
                row.handler
                    .iter()
                    .filter(|selector| matches!(selector.pick, Pick::Whole) == is_whole)
                    .find_map(|selector| {
                        let place = self.values.select(at, call, &whole(selector))?;
                        self.values.held(place, if is_whole { through } else { Through::Names })
                    })
            })
        };
        find(true).or_else(|| find(false))
    }

    /// The parameter that a decorated wrapper stands in for.
    pub(super) fn decorated_held(
        &self,
        row: &FrameworkRow,
        at: At,
        call: Option<&Call>,
        wrapper: FuncId,
    ) -> Option<Held> {
        if self.through(row, at, call) != Through::Closures {
            return None;
        }
        self.values.forwarded(FuncRef {
            module: self.id,
            func: wrapper,
        })
    }

    /// `tool(name=…)(handler)`: all but the handler stands in the first call.
    pub(super) fn head<'c>(&self, call: &'c Call) -> &'c Call
    where
        'a: 'c,
    {
        match &self.module.expr(call.callee).kind {
            ExprKind::Call(inner) => inner,
            _ => call,
        }
    }

    /// What a selector names in one use of a helper.
    pub(super) fn select_in(
        &self,
        at: At,
        call: &Call,
        selector: &Selector,
        through: Through,
        used: &Use,
    ) -> Option<At> {
        let found = self.values.select(at, call, selector);
        if let Some(found) = found {
            return self.values.substituted(found, through, &used.given).or(Some(found));
        }
        if let Pick::Option(member) = &selector.pick {
            let argument = self.values.select(at, call, &whole(selector))?;
            let argument = self.values.substituted(argument, through, &used.given)?;
            return self.values.member(argument, Name::new(member));
        }
        // `mcp.tool(**options)`: a keyword of the use.
        let spreads = call.args.iter().any(|arg| arg.kind == ArgKind::KeywordSpread);
        let Base::Argument {
            keyword: Some(keyword), ..
        } = &selector.base
        else {
            return None;
        };
        used.calls.iter().filter(|_| spreads).find_map(|place| {
            let ExprKind::Call(call) = &self.values.expr(*place).kind else {
                return None;
            };
            let arg = call
                .args
                .iter()
                .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == keyword))?;
            Some(place.with(arg.value))
        })
    }

    /// The handler that a registration has in one use of its helper.
    pub(super) fn handler_in(&self, row: &FrameworkRow, at: At, call: &Call, used: &Use) -> Option<Supplied> {
        let through = self.through(row, at, Some(self.head(call)));
        row.handler.iter().find_map(|selector| {
            if let Some(place) = self.values.select(at, call, selector) {
                return self.values.supplied(place, through, &used.given);
            }
            let Pick::Option(member) = &selector.pick else {
                return None;
            };
            let argument = self.values.select(at, call, &whole(selector))?;
            let mut held = self.values.held(argument, Through::Names)?;
            held.path.push(Name::new(member));
            match self.values.given(&held, &used.given)? {
                Given::Function(func) => Some(Supplied {
                    func,
                    place: None,
                    held,
                }),
                Given::Place(place) => self.values.function_of(place).map(|func| Supplied {
                    func,
                    place: Some(place),
                    held,
                }),
            }
        })
    }

    /// Annotations among the keywords of a Python helper's use.
    pub(super) fn annotate_use(&self, used: &Use, entry: &mut EntryPoint) {
        for place in &used.calls {
            if let ExprKind::Call(call) = &self.values.expr(*place).kind
                && self.module.language == Language::Python
            {
                annotations::read_call(&self.values, *place, call, false, &mut entry.annotations);
            }
        }
    }

    /// Registers what one use of a helper gives.
    pub(super) fn register_use(&mut self, registrar: &Registrar<'a>, used: &Use) {
        match registrar.form {
            Form::Call(at) => {
                let ExprKind::Call(call) = &self.module.expr(at.expr).kind else {
                    return;
                };
                for row in &registrar.rows {
                    if self.register_once(row, at, call, super::call::Seat::Use(used)) {
                        return;
                    }
                }
            }
            Form::Decorator(at, wrapper) => {
                let held = self.values.forwarded(FuncRef {
                    module: self.id,
                    func: wrapper,
                });
                let supplied = held.and_then(|held| {
                    let func = match self.values.given(&held, &used.given)? {
                        Given::Function(func) => func,
                        Given::Place(place) => self.values.function_of(place)?,
                    };
                    Some(Supplied {
                        func,
                        place: None,
                        held,
                    })
                });
                if let (Some(supplied), Some(row)) = (supplied, registrar.rows.first()) {
                    self.register_wrapped(row, at, &supplied, used);
                }
            }
        }
    }
}
