//! Tests whose meaning lies in how values relate: containment, membership, equality, patterns.

use std::rc::Rc;

use super::confinement::{component_kind, component_test, contained, folded_from_resolved, inside_root};
use super::engine::Engine;
use super::fact::Facts;
use super::marks;
use super::settings::is_optional_setting;
use super::value::{ANY, Derived, ENDS_WITH_SEPARATOR, Flaw, Place, Shape, Truth, Value};
use crate::ir::{Language, Literal, Name};
use crate::models::{Class, ClassSet, Property};
use crate::project::Ty;

const NO_SEPARATOR: &str =
    "the prefix test has no separator at its end, so a sibling such as `/data-other` passes for `/data`";
pub(super) const NOT_RESOLVED: &str =
    "the path is tested before `..` and links are resolved, so `root/../other` passes";
const DENY_LIST: &str = "a list of forbidden texts leaves out newlines, `$(…)`, backquotes and more";
const FIRST_WORD: &str = "only a part of the text is tested, the rest goes on unchecked";
pub(super) const NO_ABSOLUTE_TEST: &str = "refusing `..` lets absolute paths through";
const BY_CHARACTERS: &str =
    "`commonprefix` compares characters, not path components: `/data-evil` passes for `/data`; use `commonpath`";
const CALLERS_ROOT: &str = "the root that it is compared with comes from the caller as well";

/// Facts of a test turned into the remark that the test does not count.
pub(super) fn as_flaws(facts: &Facts, why: &str, place: Place) -> Facts {
    let Some(list) = facts.list() else { return Facts::none() };
    list.clears.iter().fold(Facts::none(), |all, (id, classes)| {
        all.and(&Facts::flawed(
            *id,
            Flaw {
                classes: *classes,
                why: Name::new(why),
                place,
            },
        ))
    })
}

/// A returned value knows what was proven on the way to its `return`: for itself and for what it is made of.
pub(super) fn on_return(value: &Value, facts: &Facts) -> Value {
    let with_facts = |value: &Value| {
        value.clone().with(|data| {
            if data.truth != Truth::False {
                data.when_true = data.when_true.and(facts);
            }
            if data.truth != Truth::True {
                data.when_false = data.when_false.and(facts);
            }
        })
    };
    let outer = with_facts(value);
    match &value.shape {
        Shape::List { items, rest } if items.len() <= 8 => {
            let items: Vec<Value> = items.iter().map(with_facts).collect();
            let rest = rest.clone();
            outer.with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(items),
                    rest,
                }
            })
        }
        Shape::Record(fields) if fields.len() <= 12 => {
            let fields = fields.iter().map(|(name, field)| (*name, with_facts(field))).collect();
            outer.with(|data| data.shape = Shape::Record(Rc::new(fields)))
        }
        _ => outer,
    }
}

pub(super) fn flaw(value: &Value, class: Class, why: &str, place: Place) -> Facts {
    let note = Flaw {
        classes: ClassSet::of(class),
        why: crate::ir::Name::new(why),
        place,
    };
    let mut facts = Facts::flawed(value.id, note.clone());
    if let Some(Derived::PartOf(whole) | Derived::Relative(whole)) = value.derived.as_deref() {
        facts = facts.and(&Facts::flawed(whole.id, note.clone()));
    }
    // the check that was meant for what this was made from, too
    if why == NOT_RESOLVED || why == NO_SEPARATOR {
        for id in same_text(value) {
            facts = facts.and(&Facts::flawed(id, note.clone()));
        }
    }
    facts
}

/// The values that a value was resolved, normalised or otherwise made from alone.
pub(super) fn same_text(value: &Value) -> Vec<super::value::ValueId> {
    let mut found = Vec::new();
    for taint in value.taints.iter() {
        let mut step = Some(&taint.step);
        while let Some(current) = step {
            found.push(current.value);
            if !current.unary {
                break;
            }
            step = current.previous.as_ref();
            found.extend(step.map(|before| before.value));
        }
    }
    found
}

/// Clears a value, and the whole that it is a folding of.
pub(super) fn clear(value: &Value, classes: ClassSet) -> Facts {
    let facts = Facts::clearing(value.id, classes);
    match value.derived.as_deref() {
        Some(Derived::PartOf(whole)) if value.has(Property::Folded) => facts.and(&clear(whole, classes)),
        Some(Derived::Relative(whole)) => facts.and(&Facts::clearing(whole.id, classes)),
        _ => facts,
    }
}

impl Engine<'_> {
    /// `a == b`: what holds when they are equal, and when not.
    pub(super) fn equality(&mut self, a: &Value, b: &Value, place: Place) -> (Facts, Facts) {
        for (one, other) in [(a, b), (b, a)] {
            if let Some(Derived::CommonPath(values)) = one.derived.as_deref() {
                let mut facts = Facts::none();
                for value in values {
                    if value.is_tainted() {
                        facts = facts.and(&contained(value, place));
                    }
                }
                return (facts, Facts::none());
            }
            if let Some(Derived::CommonPrefix(values)) = one.derived.as_deref() {
                let facts = values
                    .iter()
                    .filter(|value| value.is_tainted())
                    .fold(Facts::none(), |all, value| {
                        all.and(&flaw(value, Class::Path, BY_CHARACTERS, place))
                    });
                return (facts, Facts::none());
            }
            if let Some(told) = super::addresses::range_test(one, other) {
                return told;
            }
            if let Some(Derived::TypeOf(_)) = one.derived.as_deref() {
                return self.equal_to_constant(one, other);
            }
        }
        let (value, known) = match (
            a.is_tainted() || self.tool_names.contains(&a.id),
            b.is_tainted() || self.tool_names.contains(&b.id),
        ) {
            (true, false) => (a, b),
            (false, true) => (b, a),
            (false, false) => {
                // the outcome of an earlier test against `true`, `false`, nothing
                let (value, known) = if b.is_constant() { (a, b) } else { (b, a) };
                // where the root is the whole file system, every path lies inside
                if !value.is_constant() && known.text().is_some_and(|text| matches!(text.as_str(), "/" | "\\")) {
                    return (Facts::clearing(ANY, ClassSet::of(Class::Path)), Facts::none());
                }
                if known.is_null() && is_optional_setting(value) {
                    return (
                        value.when_false.and(&Facts::clearing(ANY, marks::NO_ROOT)),
                        value.when_true.clone(),
                    );
                }
                return match &known.shape {
                    Shape::Constant(Literal::Bool(true)) => (value.when_true.clone(), value.when_false.clone()),
                    Shape::Constant(Literal::Bool(false) | Literal::Null | Literal::Int(0)) => {
                        (value.when_false.clone(), value.when_true.clone())
                    }
                    // a character brings no taint, but what is known of all characters of a text is known of the text
                    Shape::Constant(Literal::Char(_) | Literal::Int(_) | Literal::Bytes(_)) if !value.is_constant() => {
                        (Facts::clearing(value.id, ClassSet::ALL), Facts::none())
                    }
                    _ => (Facts::none(), Facts::none()),
                };
            }
            (true, true) => return (Facts::none(), Facts::none()),
        };
        let (host, other_host) = super::url::chosen(value, place);
        if let Shape::Symbol(crate::project::Symbol::External(name)) = &known.shape
            && let Some(kind) = component_kind(&name.split("::").collect::<Vec<_>>())
        {
            return component_test(value, kind);
        }
        let (mut same, mut different) = self.equal_to_constant(value, known);
        let (word, other) = super::guards_sql::first_word(value, known, place);
        (same, different) = (same.and(&word), different.and(&other));
        match value.derived.as_deref() {
            Some(Derived::PartOf(whole)) if !value.has(Property::Folded) => {
                let mut same = same;
                if !known.is_null() && known.text().is_none_or(|text| !text.is_empty()) {
                    same = same.and(&flaw(whole, Class::Command, FIRST_WORD, place));
                }
                // `relative.split(sep)[0] === ".."`, `x[0] === "-"`
                match known.text().map(|text| text.as_str()) {
                    Some("..") => {
                        if let Some(Derived::Relative(_)) = whole.derived.as_deref() {
                            different = different.and(&inside_root(whole));
                        } else {
                            // one component of many, or all of them where a loop looks at each
                            different = different.and(&Facts::clearing(whole.id, marks::NO_PARENT));
                        }
                    }
                    Some("-") => different = different.and(&Facts::clearing(whole.id, ClassSet::of(Class::Argument))),
                    Some("/") => different = different.and(&Facts::clearing(whole.id, marks::NOT_ABSOLUTE)),
                    _ => {}
                }
                (same.and(&host), different.and(&other_host))
            }
            _ => (same.and(&host), different.and(&other_host)),
        }
    }

    /// `a in b`, `b.includes(a)`, `b.has(a)`: what holds inside, and outside.
    pub(super) fn membership(&mut self, item: &Value, collection: &Value, place: Place) -> (Facts, Facts) {
        if let Some(Derived::Parents(path)) = collection.derived.as_deref() {
            return (contained(path, place), Facts::none());
        }
        if let Some(told) = super::addresses::range_among(item, collection) {
            return told;
        }
        let text = matches!(collection.ty, Ty::Str | Ty::Path | Ty::Pattern(_))
            || matches!(collection.shape, Shape::Text(_))
            || matches!(&collection.shape, Shape::Constant(Literal::Str(_)));
        let known_collection = matches!(
            collection.shape,
            Shape::List { .. } | Shape::Record(_) | Shape::Symbol(_)
        );
        if !known_collection && (text || collection.is_tainted()) && !item.is_tainted() {
            return self.substring(item, collection, place);
        }
        if item.is_tainted() || self.tool_names.contains(&item.id) {
            if matches!(&collection.shape, Shape::Constant(Literal::Str(_)))
                || collection.is_tainted() && !matches!(collection.shape, Shape::List { .. })
            {
                return (Facts::none(), Facts::none());
            }
            let mut inside = clear(item, ClassSet::ALL);
            // of a name with a constant beginning or end, the rest is one of the known names' rests
            if let Some(only) = only_part(item) {
                inside = inside.and(&clear(only, ClassSet::ALL));
            }
            if let Some(Derived::PartOf(whole)) = item.derived.as_deref()
                && !item.has(Property::Folded)
            {
                inside = inside.and(&flaw(whole, Class::Command, FIRST_WORD, place));
            }
            let outside = match item.derived.as_deref() {
                Some(Derived::PartOf(whole)) => flaw(whole, Class::Command, DENY_LIST, place),
                _ => Facts::none(),
            };
            let (word, other) = super::guards_sql::one_of(item, collection, place);
            let (host, other_host) = super::url::chosen(item, place);
            return (inside.and(&word).and(&host), outside.and(&other).and(&other_host));
        }
        (Facts::none(), Facts::none())
    }

    /// A text holds another: proofs where it does not.
    fn substring(&mut self, needle: &Value, text: &Value, place: Place) -> (Facts, Facts) {
        if !text.is_tainted() {
            return (Facts::none(), Facts::none());
        }
        let outside = match needle.text().map(|text| text.as_str()) {
            Some(".." | "../" | "/.." | "..\\" | "..%2f") => {
                clear(text, marks::NO_PARENT).and(&flaw(text, Class::Path, NO_ABSOLUTE_TEST, place))
            }
            Some("/") => clear(text, ClassSet::of(Class::Path).union(marks::NOT_ABSOLUTE)),
            Some("\0" | "") => Facts::none(),
            _ => flaw(text, Class::Command, DENY_LIST, place),
        };
        let (inside, without) = super::guards_sql::substring(needle, text, place);
        let (found, missing) = super::url::substring(needle, text, place);
        (inside.and(&found), outside.and(&without).and(&missing))
    }

    /// `text.startsWith(prefix)`.
    pub(super) fn prefix_test(
        &mut self,
        text: &Value,
        prefix: &Value,
        language: Language,
        place: Place,
    ) -> (Facts, Facts) {
        if !text.is_tainted() {
            return (Facts::none(), Facts::none());
        }
        if prefix.is_tainted() {
            return (flaw(text, Class::Path, CALLERS_ROOT, place), Facts::none());
        }
        if let Some(told) = super::guards_sql::prefix(text, prefix, place) {
            return told;
        }
        if let Some(constant) = prefix.text() {
            match constant.as_str() {
                "-" | "--" => return (Facts::none(), clear(text, ClassSet::of(Class::Argument))),
                ".." | "../" | "..\\" | "./.." => {
                    let outside = if matches!(text.derived.as_deref(), Some(Derived::Relative(_))) {
                        inside_root(text)
                    } else if text.has(Property::Normalized) || text.has(Property::Canonical) {
                        clear(text, marks::NO_PARENT)
                    } else {
                        flaw(text, Class::Path, NO_ABSOLUTE_TEST, place)
                    };
                    return (Facts::none(), outside);
                }
                "/" | "\\" => return (Facts::none(), clear(text, marks::NOT_ABSOLUTE)),
                "" => return (Facts::none(), Facts::none()),
                _ => {}
            }
            if constant.trim_start().ends_with(char::is_whitespace) {
                return (clear(text, marks::FIXED_WORD), Facts::none());
            }
        }
        if let Some(facts) = super::url::prefix_test(text, prefix, place) {
            return facts;
        }
        // a prefix that names no folder asks for something else: `~`, `.`, `temp_`
        if prefix.text().is_some_and(|text| !text.contains(['/', '\\', ':'])) {
            return (Facts::none(), Facts::none());
        }
        let by_component = language == Language::Rust
            && !matches!(text.ty, Ty::Str)
            && (matches!(text.ty, Ty::Path) || matches!(prefix.ty, Ty::Path) || text.has(Property::Canonical));
        let resolved = text.has(Property::Canonical) || text.has(Property::Normalized) || folded_from_resolved(text);
        if !resolved {
            let mut facts = flaw(text, Class::Path, NOT_RESOLVED, place);
            // only `..` leads out of there again
            if by_component || prefix.properties & ENDS_WITH_SEPARATOR != 0 {
                facts = facts.and(&clear(text, marks::NOT_ABSOLUTE));
            }
            return (facts, Facts::none());
        }
        if by_component || prefix.properties & ENDS_WITH_SEPARATOR != 0 {
            return (inside_root(text), Facts::none());
        }
        // whoever goes on with what was resolved for the test has passed the same flawed test
        let facts = inside_root(text)
            .ids()
            .fold(flaw(text, Class::Path, NO_SEPARATOR, place), |all, id| {
                all.and(&Facts::flawed(
                    id,
                    Flaw {
                        classes: ClassSet::of(Class::Path),
                        why: Name::new(NO_SEPARATOR),
                        place,
                    },
                ))
            });
        (facts, Facts::none())
    }

    /// `path.is_relative_to(root)` and its like.
    pub(super) fn containment(&mut self, path: &Value, root: Option<&Value>, place: Place) -> Facts {
        if root.is_some_and(Value::is_tainted) {
            return flaw(path, Class::Path, CALLERS_ROOT, place);
        }
        contained(path, place)
    }

    /// `x.is_absolute()` and its like: what holds where it is not.
    pub(super) fn not_absolute(&self, path: &Value) -> Facts {
        match path.derived.as_deref() {
            Some(Derived::Relative(_)) => Facts::none(),
            _ => clear(path, marks::NOT_ABSOLUTE),
        }
    }

    /// A regular expression applied to a value.
    pub(super) fn pattern_test(
        &mut self,
        value: &Value,
        pattern: &str,
        flags: &str,
        how: super::pattern::Match,
        language: Language,
        place: Place,
    ) -> (Facts, Facts) {
        if !value.is_tainted() {
            return (Facts::none(), Facts::none());
        }
        if let Some(told) = super::addresses::pattern_test(value, pattern, place) {
            return told;
        }
        let (matched, missed) = super::pattern::judge(pattern, flags, how, language == Language::Python);
        let (yes, no) = super::guards_sql::pattern(value, pattern, place);
        let whole = how == super::pattern::Match::Whole;
        let host = super::url::pattern_test(value, pattern, whole, how == super::pattern::Match::Prefix, place);
        (
            clear(value, matched).and(&yes).and(&host),
            clear(value, missed).and(&no),
        )
    }

    /// What is proven of each element of a value is proven of the value: `text.chars().all(..)`, `all(c.isalnum() for c in text)`.
    pub(super) fn lift_from_element(&self, collection: &Value, element: &Value, facts: &Facts) -> Facts {
        let Some(list) = facts.list() else { return Facts::none() };
        let mut lifted = Facts::none();
        for (id, classes) in &list.clears {
            if *id == element.id {
                lifted = lifted.and(&clear(collection, *classes));
                if let Some(Derived::PartOf(whole)) = collection.derived.as_deref() {
                    lifted = lifted.and(&clear(whole, *classes));
                }
                if let Some(Derived::PartOf(whole)) = element.derived.as_deref() {
                    lifted = lifted.and(&clear(whole, *classes));
                }
            }
        }
        lifted
    }
}

/// Those facts about the elements of a collection that are facts about all of it.
pub(super) fn about_whole(collection: &Value, element: &Value, facts: &Facts) -> Facts {
    let Some(list) = facts.list() else { return Facts::none() };
    let mut wholes = vec![collection.id];
    for value in [collection, element] {
        if let Some(Derived::PartOf(whole)) = value.derived.as_deref() {
            wholes.push(whole.id);
        }
        // every address of a host was looked at
        if let Some(Derived::UrlPart(..)) = value.derived.as_deref() {
            wholes.extend(super::url::same_url(value));
        }
    }
    if let Some(Derived::PartOf(whole)) = element.derived.as_deref()
        && let Some(Derived::UrlPart(..)) = whole.derived.as_deref()
    {
        wholes.extend(super::url::same_url(whole));
    }
    list.clears
        .iter()
        .filter(|(id, _)| wholes.contains(id))
        .fold(Facts::none(), |all, (id, classes)| {
            all.and(&Facts::clearing(*id, *classes))
        })
}

/// The one part of a text that is not constant.
fn only_part(text: &Value) -> Option<&Value> {
    let Shape::Text(parts) = &text.shape else {
        return None;
    };
    let mut free = parts.iter().filter(|part| !part.is_constant());
    free.next().filter(|_| free.next().is_none())
}
