//! Taints: where untrusted text began, what it went through, in which classes it can do no harm.

use std::rc::Rc;

use super::value::ValueId;
use crate::ir::Name;
use crate::models::ClassSet;
use crate::project::ModuleId;
use crate::workspace::Span;

/// A place in the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The module.
    pub module: ModuleId,
    /// Where in it.
    pub span: Span,
}

/// Where a taint began: the entry point, and which part of its input.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin {
    /// Index into the server's entry points.
    pub entry: u32,
    /// The tool argument and the fields below it, at most three.
    pub path: Vec<Name>,
    /// What it is, in words, where it is no argument: an answer that is asked for while the entry point runs.
    pub what: Option<Name>,
    /// Where it enters.
    pub place: Place,
}

impl Origin {
    /// Stands for an entry point where a value is nobody's input: a secret, an error.
    pub const NOBODY: u32 = u32::MAX;
}

/// One step of the way from a source to a sink, as reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraceStep {
    /// Where.
    pub place: Place,
    /// What happens there.
    pub kind: StepKind,
}

/// One step of a taint's way.
#[derive(Debug)]
pub(crate) struct Step {
    /// Where.
    pub(crate) place: Place,
    /// What happens there.
    pub(crate) kind: StepKind,
    /// The value that the step yields.
    pub(crate) value: ValueId,
    /// The step's value names the same thing as the one before, or a part of it, by nothing but that one: what a check of it
    /// proves of a path holds for the one before, too.
    pub(crate) unary: bool,
    /// The step before.
    pub(crate) previous: Option<Rc<Step>>,
}

impl Step {
    /// The way up to here, source first.
    pub(crate) fn way(&self) -> Vec<TraceStep> {
        let mut steps = vec![TraceStep {
            place: self.place,
            kind: self.kind,
        }];
        let mut current = self.previous.as_ref();
        while let Some(step) = current {
            steps.push(TraceStep {
                place: step.place,
                kind: step.kind,
            });
            current = step.previous.as_ref();
        }
        steps.reverse();
        steps
    }
}

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The untrusted value enters.
    Source,
    /// It is handed to a function of the project.
    Passed(Name),
    /// It goes through a call whose body is not seen.
    Through(Name),
    /// It becomes part of a string or another value.
    Built,
    /// It is joined to a path.
    Joined,
    /// It is taken out of a structure.
    Taken(Name),
    /// It is put into an object that is written out.
    Placed,
}

/// Why a check that was seen does not protect.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Flaw {
    /// For which classes it looks like protection.
    pub(crate) classes: ClassSet,
    /// Why it is not enough.
    pub why: Name,
    /// Where the check stands.
    pub place: Place,
}

/// Untrusted text in a value.
#[derive(Clone, Debug)]
pub(crate) struct Taint {
    /// Index into the engine's origins.
    pub(crate) origin: u32,
    /// Classes in which it can do no harm any more.
    pub(crate) cleared: ClassSet,
    /// Checks that it passed and that do not hold.
    pub(crate) flaws: Option<Rc<Vec<Flaw>>>,
    /// How it came here.
    pub(crate) step: Rc<Step>,
    /// Whether taking a field of the value extends the origin's path: true for the untrusted object itself.
    pub(crate) opens: bool,
    /// Whether the value is the whole argument, not a string built with it.
    pub(crate) whole: bool,
    /// Set where it is no text of the caller's, but something that the caller should not see.
    pub(crate) detail: Option<super::detail::Detail>,
}

pub(crate) fn join_taints(left: &Rc<[Taint]>, right: &Rc<[Taint]>) -> Rc<[Taint]> {
    if right.is_empty() || Rc::ptr_eq(left, right) {
        return Rc::clone(left);
    }
    if left.is_empty() {
        return Rc::clone(right);
    }
    let mut joined: Vec<Taint> = left.to_vec();
    for taint in right.iter() {
        match joined.iter_mut().find(|have| have.origin == taint.origin) {
            Some(have) if have.detail.is_some() => have.meet(taint),
            Some(have) => {
                // the worse of the two ways is the one worth telling
                if taint.cleared != have.cleared && taint.cleared.intersection(have.cleared) == taint.cleared {
                    have.step = Rc::clone(&taint.step);
                    have.flaws.clone_from(&taint.flaws);
                }
                have.cleared = have.cleared.intersection(taint.cleared);
                have.whole |= taint.whole;
                have.opens &= taint.opens;
            }
            None => joined.push(taint.clone()),
        }
    }
    Rc::from(joined)
}

/// The same taints, cleared in more classes.
pub(crate) fn cleared_further(taints: &[Taint], classes: ClassSet) -> Rc<[Taint]> {
    taints
        .iter()
        .map(|taint| Taint {
            cleared: taint.cleared.union(classes),
            ..taint.clone()
        })
        .collect()
}
