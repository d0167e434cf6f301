//! What a test proves, and the running set of what has been proven.

use std::rc::Rc;

use super::value::{ANY, Flaw, ValueId};
use crate::ir::Name;
use crate::models::ClassSet;

/// What holds when a test comes out one way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts(Option<Rc<FactList>>);

#[derive(Clone, Debug, Default)]
pub(crate) struct FactList {
    /// Values that can do no harm in these classes.
    pub(crate) clears: Vec<(ValueId, ClassSet)>,
    /// Checks that these values have passed and that do not hold.
    pub(crate) flaws: Vec<(ValueId, Flaw)>,
    /// The tool that is being called.
    pub(crate) tool: Option<Name>,
}

/// More flawed checks than these on one value help nobody.
const FLAWS: usize = 12;

fn add_flaws(into: &mut Vec<(ValueId, Flaw)>, more: &[(ValueId, Flaw)]) {
    for flaw in more {
        if into.len() >= FLAWS {
            return;
        }
        if !into.contains(flaw) {
            into.push(flaw.clone());
        }
    }
}

impl Facts {
    pub(crate) fn none() -> Self {
        Self(None)
    }

    pub(crate) fn list(&self) -> Option<&FactList> {
        self.0.as_deref()
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn from_list(mut list: FactList) -> Self {
        list.flaws.truncate(FLAWS);
        if list.clears.is_empty() && list.flaws.is_empty() && list.tool.is_none() {
            return Self::none();
        }
        Self(Some(Rc::new(list)))
    }

    pub(crate) fn clearing(id: ValueId, classes: ClassSet) -> Self {
        if classes.is_empty() {
            return Self::none();
        }
        Self(Some(Rc::new(FactList {
            clears: vec![(id, classes)],
            ..FactList::default()
        })))
    }

    pub(crate) fn flawed(id: ValueId, flaw: Flaw) -> Self {
        Self(Some(Rc::new(FactList {
            flaws: vec![(id, flaw)],
            ..FactList::default()
        })))
    }

    pub(crate) fn tool(name: Name) -> Self {
        Self(Some(Rc::new(FactList {
            tool: Some(name),
            ..FactList::default()
        })))
    }

    /// The same but for what is said of every value.
    pub(crate) fn without_any(&self) -> Self {
        match &self.0 {
            Some(list)
                if list.clears.iter().any(|(id, _)| *id == ANY) || list.flaws.iter().any(|(id, _)| *id == ANY) =>
            {
                let mut list = (**list).clone();
                list.clears.retain(|(id, _)| *id != ANY);
                list.flaws.retain(|(id, _)| *id != ANY);
                Self::from_list(list)
            }
            _ => self.clone(),
        }
    }

    /// The values of which something is proven.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ValueId> {
        self.0.iter().flat_map(|list| list.clears.iter().map(|(id, _)| *id))
    }

    /// Both hold.
    pub(crate) fn and(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(a), Some(b)) if Rc::ptr_eq(a, b) => self.clone(),
            (Some(a), Some(b)) => {
                let mut all = (**a).clone();
                for (id, classes) in &b.clears {
                    match all.clears.iter_mut().find(|(have, _)| have == id) {
                        Some((_, have)) => *have = have.union(*classes),
                        None => all.clears.push((*id, *classes)),
                    }
                }
                add_flaws(&mut all.flaws, &b.flaws);
                all.tool = all.tool.or(b.tool);
                Self(Some(Rc::new(all)))
            }
        }
    }

    /// One of them holds, it is not known which. A flaw is only worth telling, so both sides' flaws are kept.
    pub(crate) fn intersect(&self, other: &Self) -> Self {
        let (a, b) = match (&self.0, &other.0) {
            (Some(a), Some(b)) if Rc::ptr_eq(a, b) => return self.clone(),
            (Some(a), Some(b)) => (a, b),
            (Some(a), None) | (None, Some(a)) => {
                if a.flaws.is_empty() {
                    return Self::none();
                }
                return Self(Some(Rc::new(FactList {
                    flaws: a.flaws.clone(),
                    ..FactList::default()
                })));
            }
            (None, None) => return Self::none(),
        };
        let mut clears: Vec<(ValueId, ClassSet)> = Vec::new();
        let everything = |list: &FactList| {
            list.clears
                .iter()
                .find(|(id, _)| *id == ANY)
                .map_or(ClassSet::NONE, |(_, classes)| *classes)
        };
        let (all_a, all_b) = (everything(a), everything(b));
        for (id, classes) in &a.clears {
            let other = b
                .clears
                .iter()
                .find(|(have, _)| have == id)
                .map_or(ClassSet::NONE, |(_, other)| *other);
            let both = classes.intersection(other.union(all_b));
            if !both.is_empty() {
                clears.push((*id, both));
            }
        }
        for (id, classes) in &b.clears {
            let both = classes.intersection(all_a);
            if !both.is_empty() && !clears.iter().any(|(have, _)| have == id) {
                clears.push((*id, both));
            }
        }
        let mut flaws = a.flaws.clone();
        add_flaws(&mut flaws, &b.flaws);
        // what holds of a value only because it holds of all has their flaws
        for (one, other, all) in [(a, b, all_b), (b, a, all_a)] {
            for (id, classes) in &one.clears {
                if *id != ANY && !classes.intersection(all).is_empty() {
                    let of_all = other.flaws.iter().filter(|(of, _)| *of == ANY);
                    let told: Vec<(ValueId, Flaw)> = of_all.map(|(_, flaw)| (*id, flaw.clone())).collect();
                    add_flaws(&mut flaws, &told);
                }
            }
        }
        let tool = if a.tool == b.tool { a.tool } else { None };
        if clears.is_empty() && flaws.is_empty() && tool.is_none() {
            return Self::none();
        }
        Self(Some(Rc::new(FactList { clears, flaws, tool })))
    }
}
