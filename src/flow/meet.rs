//! Values where ways meet.

use std::rc::Rc;

use super::fact::Facts;
use super::taint::join_taints;
use super::value::{Data, POSSIBLE, Shape, Truth, Value, mix};
use crate::project::Ty;

impl Value {
    /// Whether this one's structure would stand for an untrusted value of unknown structure, too.
    fn hides(&self, other: &Self) -> bool {
        matches!(self.shape, Shape::List { .. } | Shape::Record(_))
            && !matches!(other.shape, Shape::List { .. } | Shape::Record(_))
            && other.taints.iter().any(|taint| taint.detail.is_none())
    }

    /// Both at once, where ways meet.
    pub(crate) fn join(&self, other: &Self) -> Self {
        if Rc::ptr_eq(&self.0, &other.0) {
            return self.clone();
        }
        // a missing value brings nothing but doubt whether there is one
        if other.is_null() && !self.is_null() {
            // but what held where it is missing is still what being missing tells
            let when_false = join_facts(
                &self.when_false,
                self.truth,
                &other.when_false,
                Truth::False,
                Truth::True,
            );
            return self.clone().with(|data| {
                data.when_false = when_false;
                data.truth = if data.truth == Truth::False {
                    Truth::False
                } else {
                    Truth::Unknown
                }
            });
        }
        if self.is_null() && !other.is_null() {
            return other.join(self);
        }
        let id = if self.id == other.id {
            self.id
        } else {
            mix(6, [self.id.0.min(other.id.0), self.id.0.max(other.id.0)])
        };
        Self(Rc::new(Data {
            id,
            taints: join_taints(&self.taints, &other.taints),
            ty: if self.ty == other.ty {
                self.ty.clone()
            } else if let Some(either) = either_class(&self.ty, &other.ty) {
                either
            } else if self.ty == Ty::Unknown {
                other.ty.clone()
            } else if other.ty == Ty::Unknown {
                self.ty.clone()
            } else {
                Ty::Unknown
            },
            enforced: self.enforced && other.enforced,
            mixed: self.mixed || other.mixed || self.hides(other) || other.hides(self),
            shape: join_shapes(self, other),
            properties: (self.properties & other.properties) | ((self.properties | other.properties) & POSSIBLE),
            home: if self.home == other.home { self.home } else { None },
            truth: if self.truth == other.truth {
                self.truth
            } else {
                Truth::Unknown
            },
            when_true: join_facts(&self.when_true, self.truth, &other.when_true, other.truth, Truth::False),
            when_false: join_facts(
                &self.when_false,
                self.truth,
                &other.when_false,
                other.truth,
                Truth::True,
            ),
            derived: if self.id == other.id {
                self.derived.clone()
            } else {
                None
            },
        }))
    }
}

/// An instance of one class or of another.
fn either_class(left: &Ty, right: &Ty) -> Option<Ty> {
    let members = |ty: &Ty| match ty {
        Ty::Class(_) => Some(vec![ty.clone()]),
        Ty::Union(members) if members.iter().all(|member| matches!(member, Ty::Class(_))) => Some(members.clone()),
        _ => None,
    };
    let mut all = members(left)?;
    for one in members(right)? {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    (all.len() <= 8).then_some(Ty::Union(all))
}

/// Facts of two values that meet; a value that can't have the truth in question has no say.
fn join_facts(left: &Facts, left_truth: Truth, right: &Facts, right_truth: Truth, excluded: Truth) -> Facts {
    match (left_truth == excluded, right_truth == excluded) {
        (true, false) => right.clone(),
        (false, true) => left.clone(),
        _ => left.intersect(right),
    }
}

fn join_shapes(left: &Value, right: &Value) -> Shape {
    match (&left.shape, &right.shape) {
        (Shape::Constant(a), Shape::Constant(b)) if a == b => left.shape.clone(),
        (Shape::Symbol(a), Shape::Symbol(b)) if a == b => left.shape.clone(),
        (Shape::Record(a), Shape::Record(b)) => {
            if Rc::ptr_eq(a, b) {
                return left.shape.clone();
            }
            let mut joined = (**a).clone();
            for (name, value) in b.iter() {
                match joined.get_mut(name) {
                    Some(have) => *have = have.join(value),
                    None => {
                        joined.insert(*name, value.clone());
                    }
                }
            }
            Shape::Record(Rc::new(joined))
        }
        (Shape::List { items: a, rest: ra }, Shape::List { items: b, rest: rb }) => {
            let mut items = Vec::new();
            for index in 0..a.len().max(b.len()).min(64) {
                match (a.get(index), b.get(index)) {
                    (Some(x), Some(y)) => items.push(x.join(y)),
                    (Some(x), None) | (None, Some(x)) => items.push(x.clone()),
                    (None, None) => {}
                }
            }
            let rest = match (ra, rb) {
                (Some(x), Some(y)) => Some(x.join(y)),
                (Some(x), None) | (None, Some(x)) => Some(x.clone()),
                (None, None) => None,
            };
            Shape::List {
                items: Rc::new(items),
                rest,
            }
        }
        (Shape::Functions(a), Shape::Functions(b)) => {
            if Rc::ptr_eq(a, b) {
                return left.shape.clone();
            }
            let mut all = (**a).clone();
            for callable in b.iter() {
                if all.len() < 256
                    && !all
                        .iter()
                        .any(|have| have.func == callable.func && have.label == callable.label)
                {
                    all.push(callable.clone());
                }
            }
            Shape::Functions(Rc::new(all))
        }
        _ => match keep_structure(&left.shape) {
            Shape::Unknown => keep_structure(&right.shape),
            kept => kept,
        },
    }
}

/// What survives a meeting with something unknown: what can be called or looked into.
fn keep_structure(shape: &Shape) -> Shape {
    match shape {
        Shape::Record(_) | Shape::List { .. } | Shape::Functions(_) | Shape::Symbol(_) => shape.clone(),
        _ => Shape::Unknown,
    }
}
