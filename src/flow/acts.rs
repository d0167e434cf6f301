//! What calls do besides what they do to their arguments: what waits, what ends that, what leaves a record, what stores text.

use std::collections::{BTreeMap, BTreeSet};

use super::args::Arguments;
use super::condition;
use super::engine::Engine;
use super::secrets::words_of;
use super::state::State;
use super::taint::Origin;
use super::value::{Place, Shape, StepKind, Taint, Value};
use crate::ir::{Language, Name};
use crate::models::{ActKind, ActRow, Base, Class, Pick, Selector};
use crate::project::Ty;

/// Calls whose result is still the text they were given.
const KEEPS_TEXT: &[&str] = &[
    "stringify",
    "trim",
    "strip",
    "toString",
    "to_string",
    "join",
    "dumps",
    "encode",
    "format",
    "String",
    "str",
    "from",
    "clone",
    "json",
];

/// Something that a handler was seen to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Act {
    /// Where.
    pub place: Place,
    /// What.
    pub does: ActKind,
    /// What is called.
    pub callee: Name,
    /// The library whose calls share a limit.
    pub library: Option<Name>,
    /// The argument of the tool that is stored or paid for, for [`ActKind::Takes`].
    pub argument: Option<Name>,
}

/// Acts by entry point, and for dispatchers by tool; those of setting up stand under [`Origin::NOBODY`].
pub type Acts = BTreeMap<(u32, Option<Name>), BTreeSet<Act>>;

impl Engine<'_> {
    /// Notes what rows say that a call does.
    pub(super) fn note_acts(
        &mut self,
        language: Language,
        callee: Name,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
        state: &State,
    ) {
        let models = self.models;
        let mut callee = callee;
        let mut rows = models.acts(language, callee);
        // a method of a known type without rows of its own comes here as any method of that name
        if let (Some(method), Some(Ty::External(name))) = (callee.strip_prefix("*."), receiver.map(|value| &value.ty)) {
            let qualified = models.canonical(language, Name::new(&format!("{name}.{method}")));
            let typed = models.acts(language, qualified);
            if !typed.is_empty() {
                rows = typed;
                callee = qualified;
            }
        }
        for row in rows {
            let applies = row
                .when
                .iter()
                .all(|asked| condition::holds(asked, receiver, arguments))
                && !row.unless.iter().any(|given| is_given(given, arguments));
            if !applies {
                continue;
            }
            if row.does == ActKind::Takes {
                self.note_taken(row, callee, receiver, arguments, place, state);
            } else {
                let library = row.library.as_deref().map(Name::new);
                self.note_act(row.does, callee, library, None, place, state);
            }
        }
    }

    fn note_act(
        &mut self,
        does: ActKind,
        callee: Name,
        library: Option<Name>,
        argument: Option<Name>,
        place: Place,
        state: &State,
    ) {
        let act = Act {
            place,
            does,
            callee,
            library,
            argument,
        };
        let entry = self.entry.unwrap_or(Origin::NOBODY);
        self.acts.entry((entry, state.tool)).or_default().insert(act);
    }

    /// A logger is called, or a function that is named like one.
    pub(super) fn note_record(&mut self, callee: Name, place: Place, state: &State) {
        if self.entry.is_some() {
            self.note_act(ActKind::Records, callee, None, None, place, state);
        }
    }

    /// Whether a function's name says that it leaves a record.
    pub(super) fn is_recorder(&mut self, name: Name) -> bool {
        if let Some(known) = self.recorders.get(&name) {
            return *known;
        }
        let is = self.models.practices().recorders.matches(&words_of(&name));
        self.recorders.insert(name, is);
        is
    }

    fn note_taken(
        &mut self,
        row: &ActRow,
        callee: Name,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
        state: &State,
    ) {
        let Some(selector) = &row.arg else { return };
        for value in arguments.select(selector, receiver) {
            for (taint, holder) in value.all_taints() {
                // one of a few constants, or something else's text
                let free = taint.detail.is_none() && !self.standing(&taint, holder, state).0.has(Class::Output);
                if !free || !is_same_text(&taint) {
                    continue;
                }
                let Some(origin) = self.origins.get(taint.origin as usize) else {
                    continue;
                };
                if let [argument] = *origin.path.as_slice() {
                    self.note_act(ActKind::Takes, callee, None, Some(argument), place, state);
                }
            }
        }
    }
}

/// Whether an argument is given, or may be: what is not seen is not called missing.
fn is_given(selector: &Selector, arguments: &Arguments) -> bool {
    if arguments
        .select(selector, None)
        .first()
        .is_some_and(|value| !value.is_null())
    {
        return true;
    }
    if arguments.rest.is_some() {
        return true;
    }
    match (&selector.base, &selector.pick) {
        (Base::Argument { index: Some(index), .. }, Pick::Option(_)) => {
            arguments.get(*index).is_some_and(|options| match &options.shape {
                Shape::Record(fields) => fields.contains_key(&Name::new("*")),
                Shape::Unknown => !matches!(options.ty, Ty::Function | Ty::List(_) | Ty::Str),
                Shape::Symbol(_) => true,
                _ => false,
            })
        }
        (Base::Argument { keyword: Some(_), .. }, _) => arguments.keywords.is_some(),
        _ => false,
    }
}

/// Whether the value still is the caller's text, or has it in it.
fn is_same_text(taint: &Taint) -> bool {
    taint.step.way().iter().all(|step| match step.kind {
        StepKind::Through(name) => KEEPS_TEXT.contains(&name.as_str()),
        _ => true,
    })
}
