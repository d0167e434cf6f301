//! Values that must not leave the server: secrets, and what errors tell of its inside.
//!
//! They travel as taints, cleared from the start in every class but output and log, and change on the way: an error
//! object becomes its stack where that is read, and its bare message where it becomes part of a text.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::detail::Detail;
use super::engine::Engine;
use super::exec::Cx;
use super::secrets::is_secret_name;
use super::sinks::Hit;
use super::state::State;
use super::value::{Origin, Place, Shape, Step, StepKind, Taint, TraceStep, Value};
use crate::ir::{ExprId, ExprKind, Language, Name};
use crate::models::{Class, ClassSet, SourceKind};
use crate::project::{Symbol, Ty};

/// Names of the object that answers an HTTP request.
const RESPONSES: &[&str] = &["res", "response", "reply", "resp", "rsp", "ctx", "c"];
/// Names of loggers.
const LOGGERS: &[&str] = &[
    "logger", "log", "logging", "_logger", "LOG", "LOGGER", "winston", "pino", "console", "ctx",
];

/// The classes in which such a value does harm.
pub(super) fn leaks() -> ClassSet {
    ClassSet::of(Class::Output).union(ClassSet::of(Class::Log))
}

impl Taint {
    /// The taint after a step, cleared for good where nothing is left of it.
    pub(super) fn stepped(mut self, kind: StepKind) -> Self {
        if let Some(detail) = self.detail {
            match detail.after(kind) {
                Some(next) => self.detail = Some(next),
                None => self.cleared = ClassSet::ALL,
            }
        }
        self
    }

    /// Two of one origin in one value: the worse of the two is the one worth telling.
    pub(super) fn meet(&mut self, other: &Self) {
        if self.is_spent() {
            *self = other.clone();
            return;
        }
        if other.is_spent() {
            return;
        }
        self.cleared = self.cleared.intersection(other.cleared);
        if self.detail < other.detail {
            self.detail = other.detail;
            self.step = Rc::clone(&other.step);
        }
    }

    /// Whether it is one of another kind than the caller's text, of which nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.detail.is_some() && self.cleared.has(Class::Output) && self.cleared.has(Class::Log)
    }
}

impl Value {
    pub(super) fn has_details(&self) -> bool {
        self.taints.iter().any(|taint| taint.detail.is_some())
    }

    /// The message of an error, where a call turns its argument into a text.
    pub(super) fn worded(self) -> Self {
        if !self.has_details() {
            return self;
        }
        self.changed(|detail| match detail {
            Detail::Object => Some(Detail::Message),
            other => Some(other),
        })
    }

    /// Names and values of the environment as pairs.
    pub(super) fn itemised(self) -> Self {
        if !self.has_details() {
            return self;
        }
        let symbolic = matches!(self.shape, Shape::Symbol(_));
        let items = self.changed(|detail| {
            Some(match detail {
                Detail::Environment => Detail::EnvironmentItems,
                other => other,
            })
        });
        if symbolic {
            items.with(|data| data.shape = Shape::Unknown)
        } else {
            items
        }
    }

    /// The names in the environment, which are no secret.
    pub(super) fn names_only(self) -> Self {
        if !self.has_details() {
            return self;
        }
        self.changed(|detail| (detail != Detail::Environment).then_some(detail))
    }

    /// What is left of a text when something in it is replaced: in one with a secret, that is the secret.
    pub(super) fn without_secrets(self) -> Self {
        if !self.has_details() {
            return self;
        }
        self.changed(|detail| (!detail.is_secret()).then_some(detail))
    }

    /// Without what must not leave.
    pub(super) fn without_details(self) -> Self {
        if !self.has_details() {
            return self;
        }
        self.changed(|_| None)
    }

    fn changed(self, change: impl Fn(Detail) -> Option<Detail>) -> Self {
        let taints: Vec<Taint> = self
            .taints
            .iter()
            .filter_map(|taint| match taint.detail {
                None => Some(taint.clone()),
                Some(detail) => change(detail).map(|detail| Taint {
                    detail: Some(detail),
                    ..taint.clone()
                }),
            })
            .collect();
        self.with(|data| data.taints = Rc::from(taints))
    }
}

/// Whether a constant stands in for something that is left out.
pub(super) fn is_redaction(value: &Value) -> bool {
    value.text().is_some_and(|text| {
        let text = text.to_lowercase();
        ["redact", "mask", "hidden", "***", "•••", "xxxx"]
            .iter()
            .any(|word| text.contains(word))
    })
}

/// Where one of two values stands in for a secret, the other is not the secret: somebody has sorted them out.
pub(super) fn sorted_out(yes: Value, no: Value) -> (Value, Value) {
    if is_redaction(&yes) {
        (yes, no.without_details())
    } else if is_redaction(&no) {
        (yes.without_details(), no)
    } else {
        (yes, no)
    }
}

impl<'a> Engine<'a> {
    /// The same value, from here on also of another kind than the caller's text.
    pub(super) fn with_detail(&mut self, value: Value, detail: Detail, name: Option<Name>, place: Place) -> Value {
        let origin = self.origin(Origin {
            entry: Origin::NOBODY,
            path: name.into_iter().collect(),
            what: None,
            place,
        });
        value.with(|data| {
            let taint = Taint {
                origin,
                cleared: ClassSet::ALL.without(leaks()),
                flaws: None,
                step: Rc::new(Step {
                    place,
                    kind: StepKind::Source,
                    value: data.id,
                    unary: false,
                    previous: None,
                }),
                opens: false,
                whole: true,
                detail: Some(detail),
            };
            data.taints = super::value::join_taints(&data.taints, &Rc::from([taint]));
        })
    }

    /// What a row says of a call's result, when that is no text of the caller's.
    pub(super) fn revealed(
        &mut self,
        kind: SourceKind,
        first: Option<&Value>,
        result: Value,
        place: Place,
        state: &State,
    ) -> Value {
        let detail = match kind {
            SourceKind::Caller => return result,
            SourceKind::Variable => match first.and_then(Value::text) {
                Some(name) if is_secret_name(name.as_str()) => {
                    return self.with_detail(result, Detail::Secret, Some(name), place);
                }
                // whoever chooses the variable may choose a secret one
                None if first.is_some_and(|name| self.is_chosen(name, state)) => Detail::Environment,
                _ => return result,
            },
            SourceKind::Environment => Detail::Environment,
            SourceKind::EnvironmentItems => Detail::EnvironmentItems,
            SourceKind::Stack => Detail::Stack,
        };
        self.with_detail(result, detail, None, place)
    }

    /// A symbol of a library that rows call the environment, or a secret variable in it.
    pub(super) fn environment(&mut self, cx: Cx<'a>, value: Value, place: Place) -> Value {
        let Shape::Symbol(Symbol::External(name)) = value.shape else {
            return value;
        };
        if value.has_details() {
            return value;
        }
        let models = self.models;
        match models.property(cx.module.language, name) {
            Some((SourceKind::Variable, variable)) if is_secret_name(variable) => {
                self.with_detail(value, Detail::Secret, Some(Name::new(variable)), place)
            }
            Some((SourceKind::Environment, _)) => self.with_detail(value, Detail::Environment, None, place),
            _ => value,
        }
    }

    /// Whether the caller names the variable: all of its name, and no check has limited the choice.
    fn is_chosen(&self, name: &Value, state: &State) -> bool {
        name.taints.iter().any(|taint| {
            taint.detail.is_none() && taint.whole && !self.standing(taint, name.id, state).0.has(Class::Output)
        })
    }

    /// `object[key]` where the object is the environment: any variable, when the caller chooses.
    pub(super) fn variable_of(
        &mut self,
        object: &Value,
        key: &Value,
        value: Value,
        place: Place,
        state: &State,
    ) -> Value {
        let whole = object
            .taints
            .iter()
            .any(|taint| taint.detail == Some(Detail::Environment));
        if !whole {
            return value;
        }
        let value = value.without_details();
        if self.is_chosen(key, state) {
            self.with_detail(value, Detail::Environment, None, place)
        } else {
            value
        }
    }

    /// A field of an object that is written out: the place where a value is put into an answer.
    pub(super) fn placed(&self, cx: Cx<'a>, value: Value, at: ExprId) -> Value {
        if !value.has_details() {
            return value;
        }
        let place = cx.place(cx.module.expr(at).span);
        let id = value.id;
        value.with(|data| {
            data.taints = data
                .taints
                .iter()
                .map(|taint| match taint.detail {
                    None => taint.clone(),
                    Some(_) => Taint {
                        step: Rc::new(Step {
                            place,
                            kind: StepKind::Placed,
                            value: id,
                            unary: true,
                            previous: Some(Rc::clone(&taint.step)),
                        }),
                        ..taint.clone()
                    },
                })
                .collect();
        })
    }

    /// A handler answers with a value.
    pub(super) fn check_answer(&mut self, value: &Value, place: Place, state: &State) {
        // an object that the SDK writes out itself
        if self.module(place.module).language != Language::TypeScript
            && self.serves_client()
            && matches!(value.ty, Ty::Class(_) | Ty::List(_) | Ty::Optional(_))
            && let Some(field) = self.sensitive_field(value)
        {
            let value = self.with_detail(value.clone(), Detail::Record, Some(field), place);
            return self.check_leak(Class::Output, Name::new("the result"), &value, place, state, None);
        }
        self.check_leak(Class::Output, Name::new("the result"), value, place, state, None);
    }

    /// A value is thrown and nothing catches it: what the SDK sends is the message, not the object.
    pub(super) fn check_thrown(&mut self, value: &Value, place: Place, state: &State) {
        if self.activations.iter().any(|running| !running.tries.is_empty()) {
            return;
        }
        self.check_leak(
            Class::Output,
            Name::new("the error"),
            value,
            place,
            state,
            Some(Detail::Secret),
        );
    }

    /// Whether rows of a method of an unknown receiver mean this call: answers and logs are told by their names.
    pub(super) fn means(&self, cx: Cx<'a>, class: Class, base: ExprId) -> bool {
        let names = match class {
            Class::Output => RESPONSES,
            Class::Log => LOGGERS,
            // files of another machine
            Class::Path => return !Self::named_on_the_way(cx, base, |name| name.to_ascii_lowercase().contains("sftp")),
            _ => return true,
        };
        Self::named_on_the_way(cx, base, |name| names.contains(&name))
    }

    /// Whether one of the names by which an expression gets at a value is of a kind.
    fn named_on_the_way(cx: Cx<'a>, base: ExprId, fits: impl Fn(&str) -> bool) -> bool {
        let mut current = base;
        for _ in 0..12 {
            match &cx.module.expr(current).kind {
                ExprKind::Name(name) => return fits(name.as_str()),
                ExprKind::Field { base, name, .. } => {
                    if fits(name.as_str()) {
                        return true;
                    }
                    current = *base;
                }
                ExprKind::Call(call) => current = call.callee,
                ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => current = *inner,
                _ => return false,
            }
        }
        false
    }

    /// Checks what is shown to a client or written to a log.
    pub(super) fn check_leak(
        &mut self,
        class: Class,
        callee: Name,
        value: &Value,
        place: Place,
        state: &State,
        from: Option<Detail>,
    ) {
        let (Some(entry), Some(function)) = (self.entry, self.activations.last().map(|running| running.func)) else {
            return;
        };
        let texts_only = self.module(place.module).language != Language::TypeScript;
        for (taint, holder) in value.all_taints() {
            let Some(mut detail) = taint.detail else { continue };
            let (cleared, _) = self.standing(&taint, holder, state);
            if cleared.has(class) || class == Class::Log && !detail.is_secret() {
                continue;
            }
            // where an error has no other form than its text
            if texts_only && detail == Detail::Object {
                detail = Detail::Text;
            }
            if from.is_some_and(|least| detail < least) {
                continue;
            }
            // symbols that merely pass by, such as a set-up that hands the environment on
            if class == Class::Output && matches!(value.shape, Shape::Functions(_)) {
                continue;
            }
            let trace = taint.step.way();
            let place = match trace.last() {
                _ if class == Class::Output => self.told_at(&trace, detail, place),
                // a wrapper around a logger writes what it is given
                Some(step) if matches!(step.kind, StepKind::Passed(_)) => step.place,
                _ => place,
            };
            let key = (place, class, detail <= Detail::Text, false);
            let mut hit = Hit {
                class,
                access: None,
                place,
                callee,
                origin: taint.origin,
                trace,
                flaws: Vec::new(),
                tool: state.tool,
                function,
                whole: taint.whole,
                help: None,
                audit: false,
                runs_at: None,
                by_setting: false,
                read_only: false,
                also: BTreeSet::from([(entry, state.tool)]),
                detail: Some(detail),
            };
            match self.hits.get_mut(&key) {
                None => {
                    self.hits.insert(key, hit);
                }
                Some(have) => {
                    have.also.insert((entry, state.tool));
                    if have.detail < hit.detail {
                        hit.also.append(&mut have.also);
                        *have = hit;
                    }
                }
            }
        }
    }

    /// Where a leak is told: at the reading of a stack, or where the value is first made part of an answer.
    fn told_at(&self, trace: &[TraceStep], detail: Detail, place: Place) -> Place {
        let reading = || {
            trace
                .iter()
                .rev()
                .find(|step| matches!(step.kind, StepKind::Taken(name) if matches!(name.as_str(), "stack" | "config" | "request" | "__traceback__")))
                .or_else(|| trace.first())
        };
        if matches!(detail, Detail::Stack | Detail::Request) {
            return reading().map_or(place, |step| step.place);
        }
        if detail == Detail::Record {
            return trace.first().map_or(place, |step| step.place);
        }
        let uses = |step: &&TraceStep| {
            matches!(
                step.kind,
                StepKind::Built | StepKind::Through(_) | StepKind::Placed | StepKind::Passed(_)
            )
        };
        let found = if detail.is_secret() {
            // settings are read far from the tool that shows them
            let here = |step: &&TraceStep| {
                step.place.module == place.module
                    && step.place.span.start >= place.span.start
                    && step.place.span.end <= place.span.end
            };
            let last = trace.iter().rev().find(uses);
            trace
                .iter()
                .find(|step| uses(step) && here(step))
                .or(last.filter(|step| here(step)))
        } else {
            trace.iter().find(uses)
        };
        found.map_or(place, |step| step.place)
    }
}
