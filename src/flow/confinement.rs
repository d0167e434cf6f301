//! What is proven of a path by where it lies, of its parts and of its characters.

use super::fact::Facts;
use super::guards::{NOT_RESOLVED, clear, flaw, same_text};
use super::marks;
use super::value::{Derived, Place, StepKind, Value, ValueId, property_bit};
use crate::models::{Class, ClassSet, Property};

/// What holds of a path that turned out to name nothing, and of what it was made from.
pub(super) fn absent(path: &Value) -> Facts {
    let marks = marks::ABSENT.union(marks::RESOLVED);
    same_text(path)
        .into_iter()
        .fold(Facts::clearing(path.id, marks), |all, id| {
            all.and(&Facts::clearing(id, marks))
        })
}

/// The tests of a path's component: what holds when it is of that kind, and when not.
pub(super) fn component_test(value: &Value, kind: &str) -> (Facts, Facts) {
    if !value.is_tainted() {
        return (Facts::none(), Facts::none());
    }
    let refused = |mark: ClassSet| {
        let facts = Facts::clearing(value.id, mark);
        match value.derived.as_deref() {
            Some(Derived::PartOf(whole)) => facts.and(&Facts::clearing(whole.id, mark)),
            _ => facts,
        }
    };
    let harmless = ClassSet::of(Class::Path)
        .union(marks::NO_PARENT)
        .union(marks::NOT_ABSOLUTE);
    match kind {
        "ParentDir" => (Facts::none(), refused(marks::NO_PARENT)),
        "RootDir" | "Prefix" => (Facts::none(), refused(marks::NOT_ABSOLUTE)),
        _ => (Facts::clearing(value.id, harmless), Facts::none()),
    }
}

/// The kind of path component that a path of names means.
pub(super) fn component_kind(path: &[&str]) -> Option<&'static str> {
    let (last, before) = path.split_last()?;
    let kind = ["ParentDir", "RootDir", "Prefix", "Normal", "CurDir"]
        .into_iter()
        .find(|kind| kind == last)?;
    let named = before.last().is_some_and(|name| name.ends_with("Component"));
    (named || before.is_empty() && matches!(kind, "ParentDir" | "RootDir" | "CurDir")).then_some(kind)
}

pub(super) fn folded_from_resolved(value: &Value) -> bool {
    match value.derived.as_deref() {
        Some(Derived::PartOf(whole)) if value.has(Property::Folded) => {
            whole.has(Property::Canonical) || whole.has(Property::Normalized) || folded_from_resolved(whole)
        }
        _ => false,
    }
}

pub(super) fn contained(path: &Value, place: Place) -> Facts {
    if path.has(Property::Canonical) || path.has(Property::Normalized) || folded_from_resolved(path) {
        inside_root(path)
    } else {
        flaw(path, Class::Path, NOT_RESOLVED, place)
    }
}

/// A resolved path that equals a trusted one: what it was resolved from names that file, too.
pub(super) fn same_file(path: &Value) -> Facts {
    // a constant way from the root (`""`: the root itself) leads nowhere else
    let relative = matches!(path.derived.as_deref(), Some(Derived::Relative(_)));
    if relative || path.has(Property::Canonical) || path.has(Property::Normalized) {
        inside_root(path)
    } else {
        Facts::none()
    }
}

/// Whether a folder, as it is or resolved, and a name are the two parts of one path: joined they are that path again.
pub(super) fn rejoins(folder: &Value, name: &Value) -> bool {
    let taken = |value: &Value, by: &[&str]| -> Vec<ValueId> {
        let mut found = Vec::new();
        for taint in value.taints.iter() {
            let mut step = Some(&taint.step);
            while let Some(current) = step.filter(|current| current.unary) {
                step = current.previous.as_ref();
                if matches!(current.kind, StepKind::Through(name) if by.contains(&name.as_str())) {
                    found.extend(step.map(|before| before.value));
                    break;
                }
            }
        }
        found
    };
    let below = taken(name, &["basename", "file_name", "name"]);
    !below.is_empty()
        && taken(folder, &["dirname", "parent"])
            .iter()
            .any(|id| below.contains(id))
}

/// The properties of a path that was resolved.
pub(super) fn resolution(path: &Value) -> u16 {
    path.properties & (property_bit(Property::Canonical) | property_bit(Property::Normalized))
}

/// A path lies inside its root, and so does what it was normalised or resolved from.
pub(super) fn inside_root(path: &Value) -> Facts {
    let classes = marks::confined();
    let mut facts = clear(path, classes);
    let target = match path.derived.as_deref() {
        Some(Derived::Relative(target)) => target,
        _ => path,
    };
    for id in same_text(target) {
        facts = facts.and(&Facts::clearing(id, classes));
    }
    facts
}

/// What holds when all characters of a text are of a class, written as in a pattern.
pub(super) fn of_characters(value: &Value, class: &str) -> Facts {
    let pattern = format!("^[{class}]*$");
    let (matched, _) = super::pattern::judge(&pattern, "", super::pattern::Match::Whole, false);
    clear(value, matched)
}

/// A character as it is written in a class of a pattern.
pub(super) fn class_of_character(c: char) -> String {
    if c.is_alphanumeric() {
        c.to_string()
    } else {
        format!("\\x{{{:x}}}", u32::from(c))
    }
}
