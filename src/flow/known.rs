//! Methods whose meaning the engine itself knows.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::names::{FOLD, IDENTITY, PARTS, TO_TEXT, UNWRAP};
use super::pattern::Match;
use super::state::State;
use super::value::{Derived, Place, SEGMENTS, Shape, StepKind, Truth, Value, mix, name_bits};
use crate::ir::{ExprId, Language, Literal, Name};
use crate::models::Property;
use crate::project::{Symbol, Ty};

impl<'a> Engine<'a> {
    /// Methods whose meaning is not a matter of rows.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn known_method(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        base: ExprId,
        name: Name,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let language = cx.module.language;
        let method = name.as_str();
        let first = arguments.get(0).cloned();
        let id = || {
            mix(
                100,
                [name_bits(name), receiver.id.0]
                    .into_iter()
                    .chain(arguments.all().map(|value| value.id.0)),
            )
        };
        if IDENTITY.contains(&method)
            && arguments.count() <= 1
            && (first.is_none() || matches!(method, "encode" | "decode" | "toString"))
        {
            if TO_TEXT.contains(&method) && !matches!(receiver.ty, Ty::Str) && receiver.is_tainted() {
                return Some(receiver.clone().with(|data| {
                    data.ty = Ty::Str;
                }));
            }
            return Some(receiver.clone());
        }
        if UNWRAP.contains(&method) && language == Language::Rust {
            if matches!(method, "unwrap" | "expect") {
                self.note_unwrap(cx, base, name, place, state);
                state.learn(&receiver.when_true);
                return Some(self.payload_of_all(receiver, state));
            }
            return Some(receiver.clone());
        }
        if language == Language::Rust
            && arguments.count() == 1
            && matches!(method, "unwrap_or" | "unwrap_or_else" | "or_else" | "or")
        {
            return Some(self.or_else(cx, receiver, method, &first?, place, state));
        }
        // characters, words or components gathered again
        if language == Language::Rust
            && matches!(method, "collect" | "peekable" | "rev" | "fuse")
            && arguments.count() == 0
            && (matches!(receiver.shape, Shape::List { .. })
                || matches!(receiver.derived.as_deref(), Some(Derived::PartOf(_))))
        {
            return Some(receiver.clone());
        }
        if let Some(text) = receiver.text().and_then(|text| in_case(method, text.as_str())) {
            return Some(Value::constant(Literal::Str(Name::new(&text))));
        }
        if FOLD.contains(&method)
            && (arguments.count() == 0 || matches!(method, "strip" | "lstrip" | "rstrip" | "normalize"))
        {
            let new = id();
            let taints = self.flow_on(&[receiver], state, new, place, StepKind::Through(name));
            let properties = receiver.properties;
            let folded = receiver.clone();
            return Some(Value::new(new).with(|data| {
                data.taints = taints;
                data.ty = Ty::Str;
                data.properties = properties | super::value::property_bit(Property::Folded);
                data.derived = Some(Rc::new(Derived::PartOf(folded)));
            }));
        }
        if PARTS.contains(&method) && receiver.is_tainted() {
            let new = id();
            let taints = self.flow_on(&[receiver], state, new, place, StepKind::Through(name));
            let whole = receiver.clone();
            let at_slashes = first
                .as_ref()
                .and_then(Value::text)
                .is_some_and(|separator| matches!(separator.as_str(), "/"));
            return Some(Value::new(new).with(|data| {
                data.taints = taints;
                data.derived = Some(Rc::new(Derived::PartOf(whole)));
                if at_slashes && matches!(method, "split" | "rsplit") {
                    data.properties |= SEGMENTS;
                }
            }));
        }
        if language == Language::Rust && arguments.count() == 0 && receiver.is_tainted() {
            if let Some(part) = super::url::part_named(method) {
                let value = self.unchanged(receiver, id(), name, place, state);
                return Some(self.url_part(receiver, part, value));
            }
            if let Some((yes, no)) = super::addresses::method_test(receiver, method, place) {
                return Some(self.test(id(), yes, no));
            }
        }
        // the range of an address; the address of one with a port
        if matches!(method, "range" | "ip") && arguments.count() == 0 && super::addresses::is_address(receiver) {
            let range = self.unchanged(receiver, id(), name, place, state);
            let whole = receiver.clone();
            return Some(range.with(|data| data.derived = Some(Rc::new(Derived::PartOf(whole)))));
        }
        match method {
            "endsWith" | "endswith" | "ends_with" if receiver.is_tainted() => {
                let (yes, no) = super::url::suffix_test(receiver, &first?, place);
                Some(self.test(id(), yes, no))
            }
            "startsWith" | "startswith" | "starts_with" => {
                let prefix = first?;
                // several prefixes at once
                let prefixes: Vec<Value> = match &prefix.shape {
                    Shape::List { items, .. } if !items.is_empty() => (**items).clone(),
                    _ => match prefix.derived.as_deref() {
                        Some(Derived::OneOf(all)) => (**all).clone(),
                        _ => vec![prefix],
                    },
                };
                let mut all: Option<(super::fact::Facts, super::fact::Facts)> = None;
                for prefix in &prefixes {
                    let (yes, no) = self.prefix_test(receiver, prefix, language, place);
                    all = Some(match all {
                        Some((have, not)) => (have.intersect(&yes), not.and(&no)),
                        None => (yes, no),
                    });
                }
                let (yes, no) = all?;
                Some(self.test(id(), yes, no))
            }
            "includes" | "contains" | "has" | "hasOwnProperty" | "contains_key" | "__contains__" | "indexOf"
            | "find" | "get"
                if matches!(
                    method,
                    "includes" | "contains" | "has" | "hasOwnProperty" | "contains_key" | "__contains__"
                ) =>
            {
                let item = first?;
                let (inside, outside) = self.membership(&item, receiver, place);
                Some(self.test(id(), inside, outside))
            }
            "is_alphanumeric"
            | "is_alphabetic"
            | "is_numeric"
            | "is_lowercase"
            | "is_uppercase"
            | "is_digit"
            | "is_ascii_alphanumeric"
            | "is_ascii_alphabetic"
            | "is_ascii_digit"
            | "is_ascii_hexdigit"
            | "is_ascii_lowercase"
            | "is_ascii_uppercase"
                if language == Language::Rust =>
            {
                Some(self.test(
                    id(),
                    super::confinement::of_characters(receiver, "A-Za-z0-9"),
                    super::fact::Facts::none(),
                ))
            }
            "is_relative_to" => {
                let facts = self.containment(receiver, first.as_ref(), place);
                Some(self.test(id(), facts, super::fact::Facts::none()))
            }
            "relative_to" if language == Language::Python => {
                let facts = self.containment(receiver, first.as_ref(), place);
                state.learn(&facts);
                Some(self.unchanged(receiver, id(), name, place, state))
            }
            // of a text it takes a scheme or marker off, and tests nothing
            "strip_prefix"
                if language == Language::Rust && first.as_ref().is_none_or(|prefix| prefix.text().is_none()) =>
            {
                let facts = self.containment(receiver, first.as_ref(), place);
                let value = self.unchanged(receiver, id(), name, place, state);
                Some(value.with(|data| {
                    data.when_true = facts;
                }))
            }
            "then_some" if language == Language::Rust => {
                let (yes, no) = (receiver.when_true.clone(), receiver.when_false.clone());
                Some(self.wrap(name, arguments.clone(), Ty::Unknown).with(|data| {
                    data.truth = Truth::Unknown;
                    data.when_true = yes;
                    data.when_false = no;
                }))
            }
            "is_relative" if language == Language::Rust => {
                let facts = self.not_absolute(receiver);
                Some(self.test(id(), facts, super::fact::Facts::none()))
            }
            "exists" if language == Language::Rust && receiver.is_tainted() => {
                let facts = super::confinement::absent(receiver);
                Some(self.test(id(), super::fact::Facts::none(), facts))
            }
            "is_absolute" | "has_root" => {
                let facts = self.not_absolute(receiver);
                Some(self.test(id(), super::fact::Facts::none(), facts))
            }
            "is_ok" | "is_some" => Some(self.test(id(), receiver.when_true.clone(), receiver.when_false.clone())),
            "is_err" | "is_none" => Some(self.test(id(), receiver.when_false.clone(), receiver.when_true.clone())),
            "test" | "is_match" | "match" | "fullmatch" | "search" | "exec" | "matches" | "find_iter" => {
                self.match_method(receiver, method, first.as_ref(), language, id(), place)
            }
            "parents" | "ancestors" => None,
            "some" | "any" | "every" | "all" => self.quantified(cx, receiver, method, first.as_ref()?, place, state),
            "parse" | "parseAsync" | "safeParse" | "safeParseAsync" | "model_validate" | "validate" | "assert"
            | "check"
                if matches!(method, "parse" | "parseAsync" | "safeParse" | "safeParseAsync")
                    && language == Language::TypeScript =>
            {
                let value = first?;
                if matches!(receiver.shape, Shape::Symbol(Symbol::External(name)) if matches!(name.as_str(), "JSON" | "path" | "Date" | "url" | "qs" | "querystring"))
                {
                    return None;
                }
                self.note_validation(&value, place, state);
                let ty = self.schema_type(cx, base);
                let parsed = match &ty {
                    Some(ty) => self.enforce(&value, ty),
                    None => value.clone(),
                };
                if !method.starts_with("safe") {
                    return Some(parsed);
                }
                let success = self.test(id(), super::fact::Facts::none(), super::fact::Facts::none());
                let fields = BTreeMap::from([(Name::new("success"), success), (Name::new("data"), parsed)]);
                Some(Value::new(id()).with(|data| {
                    data.shape = Shape::Record(Rc::new(fields));
                    data.truth = Truth::True;
                }))
            }
            "get" | "pop" | "get_mut" | "setdefault" | "getlist" | "at" if arguments.count() > 0 => {
                self.get_method(receiver, method, arguments, place, state)
            }
            "pop" | "last" | "next_back"
                if arguments.count() == 0 && receiver.properties & SEGMENTS != 0 && receiver.is_tainted() =>
            {
                let last = self.index(receiver, &Value::constant(Literal::Int(-1)), place, state);
                Some(last)
            }
            "set" | "insert" if arguments.count() == 2 => {
                let (key, value) = (arguments.get(0)?.clone(), arguments.get(1)?.clone());
                let receiver_changes = matches!(receiver.shape, Shape::Record(_)) || receiver.taints.is_empty();
                if receiver_changes {
                    let changed = self.with_entry(receiver, &key, value);
                    self.replace(cx, base, changed.clone(), state);
                    return Some(changed);
                }
                None
            }
            "then" | "finally" | "and_then"
                if first
                    .as_ref()
                    .is_some_and(|first| matches!(first.shape, Shape::Functions(_))) =>
            {
                let callback = first?;
                let given = self.payload(receiver);
                let callbacks = callback.clone();
                let result = self.call_now(cx, &callbacks, vec![given], place, state)?;
                if let Some(rejected) = arguments.get(1) {
                    let rejected = rejected.clone();
                    self.run_callback(&rejected, Vec::new(), place, state);
                }
                Some(if method == "finally" { receiver.clone() } else { result })
            }
            "join" if language != Language::Rust || matches!(receiver.shape, Shape::List { .. }) => {
                self.join_method(receiver, first.as_ref(), language, place, state)
            }
            "replace" | "replaceAll" | "replacen" if receiver.is_tainted() && arguments.count() >= 2 => {
                let (pattern, by) = (first?, arguments.get(1)?.clone());
                self.replaced(receiver, &pattern, &by, method, place, state)
            }
            "joinpath" => {
                let mut parts = vec![receiver.clone()];
                parts.extend(arguments.positional.iter().cloned());
                Some(self.join_path(&parts, place, state))
            }
            "safe_join" => None,
            _ => None,
        }
    }

    /// The same text under another identity.
    pub(super) fn unchanged(
        &mut self,
        value: &Value,
        id: super::value::ValueId,
        name: Name,
        place: Place,
        state: &State,
    ) -> Value {
        let taints = self.flow_on(&[value], state, id, place, StepKind::Through(name));
        let ty = value.ty.clone();
        Value::new(id).with(|data| {
            data.taints = taints;
            data.ty = ty;
        })
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn match_method(
        &mut self,
        receiver: &Value,
        method: &str,
        first: Option<&Value>,
        language: Language,
        id: super::value::ValueId,
        place: Place,
    ) -> Option<Value> {
        let first = first?;
        let pattern_of = |value: &Value| match value.derived.as_deref() {
            Some(Derived::Pattern(pattern)) => Some((
                *pattern,
                if matches!(&value.shape, Shape::Constant(Literal::Regex(_, flags)) if flags.contains('m')) {
                    "m"
                } else {
                    ""
                },
            )),
            _ => None,
        };
        let how = match (language, method) {
            (Language::Python, "match") => Match::Prefix,
            (Language::Python, "fullmatch") => Match::Whole,
            _ => Match::Search,
        };
        let (value, (pattern, flags)) = match pattern_of(receiver) {
            Some(pattern) => (first.clone(), pattern),
            // `text.match(/…/)`
            None => (receiver.clone(), pattern_of(first)?),
        };
        let (yes, no) = self.pattern_test(&value, pattern.as_str(), flags, how, language, place);
        let taints = Rc::clone(&value.taints);
        Some(self.test(id, yes, no).with(|data| {
            // the matched groups are text of the caller
            if matches!(method, "match" | "exec" | "search" | "fullmatch") {
                data.ty = Ty::Unknown;
                data.taints = taints;
            }
        }))
    }

    /// `list.some(f)`, `list.every(f)`, `iter.any(f)`, `iter.all(f)`.
    pub(super) fn quantified(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        method: &str,
        callback: &Value,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let (Shape::Functions(_) | Shape::Symbol(Symbol::External(_))) = &callback.shape else {
            return None;
        };
        let element = self.element_of(receiver, place, state);
        let mut inner = state.clone();
        let result = self.call_now(cx, callback, vec![element.clone()], place, &mut inner)?;
        let id = mix(101, [receiver.id.0, result.id.0]);
        let universal = matches!(method, "every" | "all");
        // about the captured value: one element suffices; about the elements: all of them
        let mut yes = result.when_true.clone();
        let mut no = super::fact::Facts::none();
        if universal {
            yes = yes.and(&self.lift_from_element(receiver, &element, &result.when_true));
        } else {
            no = result
                .when_false
                .and(&self.lift_from_element(receiver, &element, &result.when_false));
        }
        Some(self.test(id, yes, no))
    }
}

/// A constant in upper or lower case.
fn in_case(method: &str, text: &str) -> Option<String> {
    match method {
        "toLowerCase" | "lower" | "to_lowercase" | "to_ascii_lowercase" => Some(text.to_lowercase()),
        "toUpperCase" | "upper" | "to_uppercase" | "to_ascii_uppercase" => Some(text.to_uppercase()),
        _ => None,
    }
}
