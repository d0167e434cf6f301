//! Replacing parts of a text: what is left is known when all of a kind are replaced by something harmless.

use std::rc::Rc;

use super::engine::Engine;
use super::marks;
use super::state::State;
use super::value::{Derived, Flaw, Place, Shape, StepKind, Taint, Value, mix};
use crate::ir::{Literal, Name};
use crate::models::{Class, ClassSet};
use crate::project::Ty;

const DOTS_REMOVED: &str = "removing `..` leaves `..` behind in `....//`, and lets absolute paths through";
const ESCAPED: &str =
    "replacing single characters is no shell quoting: what expands inside of quotes, or ends them, is more than that";

impl Engine<'_> {
    /// `text.replace(pattern, by)`, `re.sub(pattern, by, text)`: the text under another identity, with what the replacing proves.
    pub(super) fn replaced(
        &mut self,
        text: &Value,
        pattern: &Value,
        by: &Value,
        method: &str,
        place: Place,
        state: &State,
    ) -> Option<Value> {
        if matches!(by.shape, Shape::Functions(_)) {
            return None;
        }
        let id = mix(140, [text.id.0, pattern.id.0, by.id.0]);
        let through = StepKind::Through(Name::new(method));
        let from: Vec<&Value> = if by.is_tainted() { vec![text, by] } else { vec![text] };
        let taints = self.flow_on(&from, state, id, place, through);
        // in JavaScript a text replaces its first occurrence only
        let once = method == "replace"
            && pattern.derived.is_none()
            && self.module(place.module).language == crate::ir::Language::TypeScript;
        let (cleared, flaws) = match by.text() {
            Some(by) if !once && replaces(pattern, "'") && is_posix_quote(by.as_str()) => (ClassSet::NONE, Vec::new()),
            Some(by) if !once && doubles(pattern, by.as_str()) => (ClassSet::of(Class::Sql), Vec::new()),
            Some(by) => judge(pattern, by.as_str(), place),
            None => (ClassSet::NONE, Vec::new()),
        };
        let taints: Vec<Taint> = taints
            .iter()
            .map(|taint| {
                let mut all = taint.flaws.as_deref().cloned().unwrap_or_default();
                for flaw in &flaws {
                    if !all.contains(flaw) {
                        all.push(flaw.clone());
                    }
                }
                let mut cleared = cleared;
                if !once && let Some(by) = by.text() {
                    if replaces(pattern, "'") && is_posix_quote(by.as_str()) {
                        cleared = cleared.union(marks::SHELL_WORD);
                    } else if replaces(pattern, "\\") && by == "\\\\" {
                        cleared = cleared.union(marks::BACKSLASHES);
                    } else if replaces(pattern, "\"") && by == "\\\"" && taint.cleared.holds(marks::BACKSLASHES) {
                        cleared = cleared.union(marks::QUOTES);
                    }
                }
                Taint {
                    cleared: taint.cleared.union(cleared),
                    flaws: (!all.is_empty()).then(|| Rc::new(all)),
                    whole: taint.whole && text.is_tainted(),
                    ..taint.clone()
                }
            })
            .collect();
        Some(Value::new(id).with(|data| {
            data.taints = Rc::from(taints);
            data.ty = Ty::Str;
        }))
    }
}

/// What holds of a text in which `pattern` was replaced by a constant, and why it is less than it seems.
fn judge(pattern: &Value, by: &str, place: Place) -> (ClassSet, Vec<Flaw>) {
    let flaw = |class: Class, why: &str| {
        vec![Flaw {
            classes: ClassSet::of(class),
            why: Name::new(why),
            place,
        }]
    };
    if let Some(Derived::Pattern(source)) = pattern.derived.as_deref() {
        let flags = match &pattern.shape {
            Shape::Constant(Literal::Regex(_, flags)) => flags.as_str(),
            _ => "g",
        };
        if !flags.contains('g') {
            return (ClassSet::NONE, Vec::new());
        }
        if super::pattern::escapes(source.as_str(), by) {
            return (ClassSet::of(Class::Command), Vec::new());
        }
        if let Some(cleared) = super::pattern::left_after(source.as_str(), flags, by) {
            return (cleared, Vec::new());
        }
        if source.contains("\\.\\.") {
            return (ClassSet::NONE, flaw(Class::Path, DOTS_REMOVED));
        }
        return (ClassSet::NONE, Vec::new());
    }
    let Some(removed) = pattern.text() else {
        return (ClassSet::NONE, Vec::new());
    };
    match removed.as_str() {
        "/" if !by.contains('/') => (ClassSet::of(Class::Path).union(marks::NOT_ABSOLUTE), Vec::new()),
        text if text.contains("..") => {
            // one round over the text puts `..` together from its surroundings, when it only removes
            (ClassSet::NONE, flaw(Class::Path, DOTS_REMOVED))
        }
        "\"" | "'" | "`" | "$" | ";" | "|" | "&" | " " | "\\" => (ClassSet::NONE, flaw(Class::Command, ESCAPED)),
        _ => (ClassSet::NONE, Vec::new()),
    }
}

/// What a single quote becomes inside of single quotes, for a POSIX shell.
fn is_posix_quote(text: &str) -> bool {
    matches!(text, r"'\''" | "'\"'\"'")
}

/// Whether a pattern stands for one character and nothing else.
fn replaces(pattern: &Value, character: &str) -> bool {
    match pattern.derived.as_deref() {
        Some(Derived::Pattern(source)) => {
            let source = source.as_str();
            source == character || source.strip_prefix('\\') == Some(character)
        }
        _ => pattern.text().is_some_and(|text| text == character),
    }
}

/// Whether a quote is doubled wherever it stands: what SQL wants inside of quotes.
fn doubles(pattern: &Value, by: &str) -> bool {
    let quote = match pattern.derived.as_deref() {
        Some(Derived::Pattern(source)) => {
            if matches!(&pattern.shape, Shape::Constant(Literal::Regex(_, flags)) if !flags.contains('g')) {
                return false;
            }
            Some(Name::new(source.trim_start_matches('\\')))
        }
        _ => pattern.text(),
    };
    quote.is_some_and(|quote| {
        matches!(quote.as_str(), "\"" | "'" | "`" | "]") && by.strip_prefix(quote.as_str()) == Some(quote.as_str())
    })
}
