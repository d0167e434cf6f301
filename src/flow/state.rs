//! The state at a point of the program: variables, fields, what has been proven.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::fact::{FactList, Facts};
use super::value::{ANY, Flaw, Taint, Value, ValueId};
use crate::ir::Name;
use crate::models::ClassSet;
use crate::project::FuncRef;

/// The variables of one function's activation.
pub(crate) type Frame = Rc<FxHashMap<Name, Value>>;

/// What is known at a point.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Variables by the function that declares them. A function that calls itself has its latest activation here.
    pub(crate) frames: Rc<FxHashMap<FuncRef, Frame>>,
    /// Fields assigned on the way here, by object.
    pub(crate) heap: Rc<FxHashMap<(ValueId, Name), Value>>,
    /// What has been proven of which value.
    pub(crate) proven: Rc<FxHashMap<ValueId, Proof>>,
    /// The tool whose arm of a dispatcher this is.
    pub(crate) tool: Option<Name>,
    /// False behind a `return`, `throw`, `break` or `continue`.
    pub(crate) dead: bool,
}

/// What has been proven of a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proof {
    pub(crate) cleared: ClassSet,
    pub(crate) flaws: Vec<Flaw>,
}

impl State {
    pub(crate) fn variable(&self, owner: FuncRef, name: Name) -> Option<&Value> {
        self.frames.get(&owner)?.get(&name)
    }

    pub(crate) fn set_variable(&mut self, owner: FuncRef, name: Name, value: Value) {
        let frame = Rc::make_mut(&mut self.frames).entry(owner).or_default();
        Rc::make_mut(frame).insert(name, value);
    }

    pub(crate) fn cleared(&self, id: ValueId) -> ClassSet {
        self.proven.get(&id).map_or(ClassSet::NONE, |proof| proof.cleared)
    }

    pub(crate) fn learn(&mut self, facts: &Facts) {
        let Some(FactList { clears, flaws, tool }) = facts.list() else {
            return;
        };
        if !clears.is_empty() || !flaws.is_empty() {
            let proven = Rc::make_mut(&mut self.proven);
            for (id, classes) in clears {
                let proof = proven.entry(*id).or_default();
                proof.cleared = super::marks::together(proof.cleared.union(*classes));
            }
            for (id, flaw) in flaws {
                let proof = proven.entry(*id).or_default();
                if !proof.flaws.contains(flaw) {
                    proof.flaws.push(flaw.clone());
                }
            }
        }
        if tool.is_some() {
            self.tool = *tool;
        }
    }

    /// Goes back to what was known of one value before.
    pub(crate) fn forget(&mut self, id: ValueId, before: &Rc<FxHashMap<ValueId, Proof>>) {
        if !self.proven.contains_key(&id) {
            return;
        }
        let proven = Rc::make_mut(&mut self.proven);
        match before.get(&id) {
            Some(proof) => {
                proven.insert(id, proof.clone());
            }
            None => {
                proven.remove(&id);
            }
        }
    }

    /// What this state knows beyond `before`, as facts.
    pub(crate) fn facts_beyond(&self, before: &Self) -> Facts {
        if Rc::ptr_eq(&self.proven, &before.proven) {
            return Facts::none();
        }
        let mut list = FactList::default();
        for (id, proof) in self.proven.iter() {
            let old = before.proven.get(id);
            let new = proof.cleared.without(old.map_or(ClassSet::NONE, |old| old.cleared));
            if !new.is_empty() {
                list.clears.push((*id, new));
            }
            let told: &[Flaw] = old.map_or(&[], |old| &old.flaws);
            list.flaws.extend(
                proof
                    .flaws
                    .iter()
                    .filter(|flaw| !told.contains(flaw))
                    .map(|flaw| (*id, flaw.clone())),
            );
        }
        // the map has no order, what is said of it must have
        list.clears.sort_unstable();
        list.flaws.sort_unstable();
        Facts::from_list(list)
    }

    /// Where ways meet.
    pub(crate) fn join(self, other: Self) -> Self {
        if self.dead {
            return other;
        }
        if other.dead {
            return self;
        }
        let frames = if Rc::ptr_eq(&self.frames, &other.frames) {
            self.frames
        } else {
            let mut joined = self.frames;
            {
                let into = Rc::make_mut(&mut joined);
                for (owner, frame) in other.frames.iter() {
                    match into.get_mut(owner) {
                        Some(have) if Rc::ptr_eq(have, frame) => {}
                        Some(have) => {
                            let have = Rc::make_mut(have);
                            for (name, value) in frame.iter() {
                                match have.get_mut(name) {
                                    Some(old) if old.id == value.id => *old = old.join(value),
                                    Some(old) => {
                                        *old = baked(old, &self.proven, 3).join(&baked(value, &other.proven, 3))
                                    }
                                    None => {
                                        have.insert(*name, value.clone());
                                    }
                                }
                            }
                        }
                        None => {
                            into.insert(*owner, Rc::clone(frame));
                        }
                    }
                }
            }
            joined
        };
        let (all_ours, all_theirs) = (cleared_in(&self.proven), cleared_in(&other.proven));
        let heap = if Rc::ptr_eq(&self.heap, &other.heap) {
            self.heap
        } else {
            let mut joined = self.heap;
            {
                let into = Rc::make_mut(&mut joined);
                for (key, value) in other.heap.iter() {
                    match into.get_mut(key) {
                        Some(old) => *old = old.join(value),
                        None => {
                            into.insert(*key, value.clone());
                        }
                    }
                }
            }
            joined
        };
        let proven = if Rc::ptr_eq(&self.proven, &other.proven) {
            self.proven
        } else {
            let mut joined: FxHashMap<ValueId, Proof> = FxHashMap::default();
            for (id, proof) in self.proven.iter() {
                let (cleared, theirs): (ClassSet, &[Flaw]) = other
                    .proven
                    .get(id)
                    .map_or((ClassSet::NONE, &[]), |other| (other.cleared, &other.flaws));
                let of_all = flaws_of_all(*id, proof.cleared.intersection(all_theirs), &other.proven);
                let cleared = proof.cleared.intersection(cleared.union(all_theirs));
                let mut flaws = proof.flaws.clone();
                for flaw in theirs.iter().chain(of_all) {
                    if !flaws.contains(flaw) {
                        flaws.push(flaw.clone());
                    }
                }
                if !cleared.is_empty() || !flaws.is_empty() {
                    joined.insert(*id, Proof { cleared, flaws });
                }
            }
            for (id, proof) in other.proven.iter() {
                let cleared = proof.cleared.intersection(all_ours);
                if !self.proven.contains_key(id) && (!proof.flaws.is_empty() || !cleared.is_empty()) {
                    let mut flaws = proof.flaws.clone();
                    for flaw in flaws_of_all(*id, cleared, &self.proven) {
                        if !flaws.contains(flaw) {
                            flaws.push(flaw.clone());
                        }
                    }
                    joined.insert(*id, Proof { cleared, flaws });
                }
            }
            Rc::new(joined)
        };
        Self {
            frames,
            heap,
            proven,
            tool: if self.tool == other.tool { self.tool } else { None },
            dead: false,
        }
    }
}

/// What is cleared of a taint by what has been proven, and which flawed checks it has passed: of the value that holds it and of all
/// it came from.
pub(crate) fn standing(
    taint: &Taint,
    holder: ValueId,
    proven: &FxHashMap<ValueId, Proof>,
) -> (ClassSet, Option<Rc<Vec<Flaw>>>) {
    let mut cleared = taint.cleared.union(cleared_in(proven));
    let mut flaws = taint.flaws.clone();
    if proven.is_empty() {
        return (cleared, flaws);
    }
    let mut add = |id: ValueId| {
        if let Some(proof) = proven.get(&id) {
            cleared = cleared.union(proof.cleared);
            for flaw in &proof.flaws {
                let list = Rc::make_mut(flaws.get_or_insert_with(Rc::default));
                if list.len() < 8 && !list.contains(flaw) {
                    list.push(flaw.clone());
                }
            }
        }
    };
    add(holder);
    add(ANY);
    // a chain longer than this was spun by a loop over itself
    let mut step = Some(&taint.step);
    for _ in 0..256 {
        let Some(current) = step else { break };
        if current.value != holder {
            add(current.value);
        }
        step = current.previous.as_ref();
    }
    (cleared, flaws)
}

/// The remarks on what holds of all values, for one that has a proof only by that.
fn flaws_of_all(id: ValueId, gained: ClassSet, proven: &FxHashMap<ValueId, Proof>) -> &[Flaw] {
    if id == ANY || gained.is_empty() {
        return &[];
    }
    proven.get(&ANY).map_or(&[], |proof| &proof.flaws)
}

/// What has been proven of every value.
fn cleared_in(proven: &FxHashMap<ValueId, Proof>) -> ClassSet {
    proven.get(&ANY).map_or(ClassSet::NONE, |proof| proof.cleared)
}

/// A value about to meet another keeps what was proven of it on its own way: the identity that the proof speaks of ends here.
pub(crate) fn baked(value: &Value, proven: &FxHashMap<ValueId, Proof>, depth: u32) -> Value {
    if depth == 0 || proven.is_empty() || !value.is_tainted() {
        return value.clone();
    }
    let mut changed = false;
    let taints: Vec<Taint> = value
        .taints
        .iter()
        .map(|taint| {
            let (cleared, flaws) = standing(taint, value.id, proven);
            changed |= cleared != taint.cleared || flaws.is_some() != taint.flaws.is_some();
            Taint {
                cleared,
                flaws,
                ..taint.clone()
            }
        })
        .collect();
    let outer = if changed {
        value.clone().with(|data| data.taints = Rc::from(taints))
    } else {
        value.clone()
    };
    outer.map_inner(&mut |inner| baked(inner, proven, depth - 1))
}
