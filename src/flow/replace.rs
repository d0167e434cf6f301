//! `text.replace(a, b)` of Python and Rust, which replaces every occurrence: what can't be in the text any more, and what only seems so.

use std::rc::Rc;

use super::engine::Engine;
use super::guards::NO_ABSOLUTE_TEST;
use super::marks;
use super::state::State;
use super::value::{Flaw, Place, Shape, StepKind, Taint, Value, ValueId};
use crate::ir::Name;
use crate::models::{Class, ClassSet};
use crate::project::Ty;

const LEFT_BEHIND: &str = "taking `../` out of `....//` leaves `../`";

impl Engine<'_> {
    /// The text without what was replaced; `None` where that says nothing.
    pub(super) fn replaced(
        &mut self,
        text: &Value,
        needle: &Value,
        replacement: &Value,
        id: ValueId,
        place: Place,
        state: &State,
    ) -> Option<Value> {
        let replacement = replacement.text()?;
        if !text.is_tainted() {
            return None;
        }
        let needles: Vec<Name> = match &needle.shape {
            Shape::List { items, .. } => items.iter().filter_map(Value::text).collect(),
            _ => needle.text().into_iter().collect(),
        };
        let mut cleared = ClassSet::NONE;
        let mut why = None;
        for needle in needles {
            match needle.as_str() {
                "/" if !replacement.contains(['/', '\\']) => {
                    cleared = cleared.union(ClassSet::of(Class::Path)).union(marks::NOT_ABSOLUTE);
                }
                ".." if !replacement.contains('.') => {
                    cleared = cleared.union(marks::NO_PARENT);
                    why = why.or(Some(NO_ABSOLUTE_TEST));
                }
                "../" | "..\\" | "/.." => why = why.or(Some(LEFT_BEHIND)),
                _ => {}
            }
        }
        if cleared.is_empty() && why.is_none() {
            return None;
        }
        let flaw = why.map(|why| Flaw {
            classes: ClassSet::of(Class::Path),
            why: Rc::from(why),
            place,
        });
        let taints = self.flow_on(&[text], state, id, place, StepKind::Through(Name::new("replace")));
        Some(Value::new(id).with(|data| {
            data.ty = Ty::Str;
            data.taints = taints
                .iter()
                .map(|taint| {
                    let mut flaws = taint.flaws.as_deref().cloned().unwrap_or_default();
                    flaws.extend(flaw.clone());
                    Taint {
                        cleared: taint.cleared.union(cleared),
                        flaws: (!flaws.is_empty()).then(|| Rc::new(flaws)),
                        ..taint.clone()
                    }
                })
                .collect();
        }))
    }
}
