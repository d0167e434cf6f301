//! What sanitizer rows make of a call.

use std::rc::Rc;

use super::args::Arguments;
use super::condition;
use super::engine::Engine;
use super::fact::Facts;
use super::state::State;
use super::taint::cleared_further;
use super::value::{Derived, Flaw, Place, Shape, Taint, Value};
use crate::ir::Name;
use crate::models::{ClassSet, On, SanitizerRow};

impl<'a> Engine<'a> {
    pub(super) fn sanitized(
        &mut self,
        row: &SanitizerRow,
        this: Option<&Value>,
        arguments: &Arguments,
        result: Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        if !row
            .when
            .iter()
            .all(|condition| condition::holds(condition, this, arguments))
        {
            return result;
        }
        let classes: ClassSet = row.clears.iter().copied().collect();
        let note = |why: &str| Flaw {
            classes,
            why: Name::new(why),
            place,
        };
        if row.on == On::Result {
            return match (&row.flaw, row.needs) {
                (Some(why), None) => {
                    let flaw = note(why);
                    result.with(|data| {
                        data.taints = data
                            .taints
                            .iter()
                            .map(|taint| {
                                let mut flaws = taint.flaws.as_deref().cloned().unwrap_or_default();
                                if !flaws.contains(&flaw) {
                                    flaws.push(flaw.clone());
                                }
                                Taint {
                                    flaws: Some(Rc::new(flaws)),
                                    ..taint.clone()
                                }
                            })
                            .collect();
                    })
                }
                _ => {
                    let harmless = classes.holds(
                        ClassSet::of(crate::models::Class::Command)
                            .union(ClassSet::of(crate::models::Class::Path))
                            .union(ClassSet::of(crate::models::Class::Sql))
                            .union(ClassSet::of(crate::models::Class::Code)),
                    );
                    result.with(|data| {
                        data.taints = if harmless {
                            Rc::from([])
                        } else {
                            cleared_further(&data.taints, classes)
                        };
                    })
                }
            };
        }
        let proven: Vec<Value> = match &row.arg {
            Some(selector) => arguments.select(selector, this),
            None => this
                .filter(|value| !matches!(value.shape, Shape::Symbol(_)))
                .cloned()
                .or_else(|| arguments.get(0).cloned())
                .into_iter()
                .collect(),
        };
        let mut facts = Facts::none();
        for value in &proven {
            let missing = row.needs.is_some_and(|property| !value.has(property));
            facts = facts.and(&match &row.flaw {
                Some(why) if row.needs.is_none() || missing => Facts::flawed(value.id, note(why)),
                _ if missing => Facts::none(),
                _ => {
                    let mut facts = Facts::clearing(value.id, classes);
                    if let Some(Derived::PartOf(whole)) = value.derived.as_deref()
                        && value.has(crate::models::Property::Folded)
                    {
                        facts = facts.and(&Facts::clearing(whole.id, classes));
                    }
                    facts
                }
            });
        }
        match row.on {
            On::Return => {
                state.learn(&facts);
                result
            }
            On::True => result.with(|data| {
                data.when_true = data.when_true.and(&facts);
                data.taints = Rc::from([]);
            }),
            On::False => result.with(|data| {
                data.when_false = data.when_false.and(&facts);
                data.taints = Rc::from([]);
            }),
            On::Result => result,
        }
    }
}
