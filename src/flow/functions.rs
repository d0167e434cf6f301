//! Functions that are part of a language more than of a library.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::state::State;
use super::value::{Callable, Derived, Place, Shape, StepKind, Truth, Value, mix, name_bits};
use crate::ir::{Language, Literal, Name};
use crate::models::{Class, ClassSet};
use crate::project::{Symbol, Ty};

impl<'a> Engine<'a> {
    /// Functions that are part of a language more than of a library.
    pub(super) fn known_function(
        &mut self,
        cx: Cx<'a>,
        callee: Name,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let language = cx.module.language;
        let first = arguments.get(0).cloned();
        let id = || {
            mix(
                120,
                [name_bits(callee)]
                    .into_iter()
                    .chain(arguments.all().map(|value| value.id.0)),
            )
        };
        match (language, callee.as_str()) {
            (Language::Rust, "Ok" | "Some" | "Result::Ok" | "Option::Some") => {
                Some(self.wrap(callee, arguments.clone(), Ty::Unknown))
            }
            (Language::Rust, test)
                if test.rsplit_once("::").is_some_and(|(of, name)| {
                    matches!(of, "char" | "u8" | "std::char")
                        && (name.ends_with("alphanumeric")
                            || name.ends_with("alphabetic")
                            || name.ends_with("digit")
                            || name.ends_with("numeric"))
                }) =>
            {
                let facts = super::confinement::of_characters(&first?, "A-Za-z0-9");
                Some(self.test(id(), facts, Facts::none()))
            }
            (Language::Rust, "Err" | "Result::Err") => {
                let held = first.unwrap_or_else(|| Value::new(id()));
                Some(self.wrap(callee, arguments.clone(), Ty::Unknown).with(|data| {
                    data.truth = Truth::False;
                    data.shape = Shape::Record(Rc::new(BTreeMap::from([(super::names::failure(), held)])));
                }))
            }
            (
                Language::Python,
                "str" | "list" | "tuple" | "set" | "dict" | "iter" | "reversed" | "sorted" | "frozenset" | "copy.copy"
                | "copy.deepcopy" | "os.fspath" | "typing.cast" | "repr",
            ) if arguments.count() >= 1 && callee != "repr" => {
                let value = if callee == "typing.cast" {
                    arguments.get(1).cloned()?
                } else {
                    first?
                };
                Some(
                    if matches!(callee.as_str(), "str" | "os.fspath") && value.is_tainted() {
                        value.with(|data| data.ty = Ty::Str)
                    } else {
                        value
                    },
                )
            }
            (Language::Python, "shlex.join") => {
                let space = Value::constant(Literal::Str(Name::new(" ")));
                let text = self.join_method(&space, first.as_ref(), language, place, state)?;
                let taints = super::taint::cleared_further(&text.taints, ClassSet::of(Class::Command));
                Some(text.with(|data| data.taints = taints))
            }
            (
                Language::TypeScript,
                "String" | "Object.freeze" | "structuredClone" | "Object.values" | "Object.entries" | "Array.from"
                | "Promise.all" | "Promise.resolve" | "Promise.allSettled",
            ) if arguments.count() >= 1 => {
                let value = first?;
                if callee == "Object.values"
                    && let Shape::Record(fields) = &value.shape
                {
                    let items: Vec<Value> = fields.values().cloned().collect();
                    return Some(Value::new(id()).with(|data| {
                        data.shape = Shape::List {
                            items: Rc::new(items),
                            rest: None,
                        }
                    }));
                }
                Some(value)
            }
            (Language::TypeScript, "Map" | "Set" | "WeakMap" | "Array") => {
                let from = first.filter(|value| !value.is_null());
                match from {
                    Some(value) if callee == "Map" => {
                        // entries: pairs of key and value
                        let mut map = Value::new(id()).with(|data| {
                            data.shape = Shape::Record(Rc::new(BTreeMap::new()));
                            data.truth = Truth::True;
                        });
                        if let Shape::List { items, .. } = &value.shape {
                            for item in items.iter() {
                                if let Shape::List { items, .. } = &item.shape
                                    && let [key, value, ..] = items.as_slice()
                                {
                                    map = self.with_entry(&map, key, value.clone());
                                }
                            }
                        }
                        Some(map)
                    }
                    Some(value) => Some(value),
                    None => Some(Value::new(id()).with(|data| {
                        data.truth = Truth::True;
                        data.shape = if callee.ends_with("Map") {
                            Shape::Record(Rc::new(BTreeMap::new()))
                        } else {
                            Shape::List {
                                items: Rc::new(Vec::new()),
                                rest: None,
                            }
                        };
                    })),
                }
            }
            (Language::TypeScript, "Promise") => {
                let executor = first?;
                let index = u32::try_from(self.collectors.len()).unwrap_or(u32::MAX);
                self.collectors.push(None);
                let resolve =
                    Value::new(mix(121, [u64::from(index)])).with(|data| data.shape = Shape::Collector(index));
                self.run_callback(&executor, vec![resolve], place, state);
                let value = self.collectors.get(index as usize).cloned().flatten();
                Some(value.unwrap_or_else(|| Value::new(id())))
            }
            (Language::TypeScript, "RegExp")
            | (Language::Python, "re.compile")
            | (Language::Rust, "regex::Regex::new" | "Regex::new") => {
                let pattern = first?;
                let text = pattern.text()?;
                Some(Value::new(id()).with(|data| {
                    data.derived = Some(Rc::new(Derived::Pattern(text)));
                    data.truth = Truth::True;
                }))
            }
            (Language::Python, "re.match" | "re.fullmatch" | "re.search") => {
                let pattern = first?;
                let value = arguments.get(1)?.clone();
                let how = match callee.as_str() {
                    "re.match" => super::pattern::Match::Prefix,
                    "re.fullmatch" => super::pattern::Match::Whole,
                    _ => super::pattern::Match::Search,
                };
                let patterns: Vec<Name> = match pattern.derived.as_deref() {
                    Some(Derived::Pattern(text)) => vec![*text],
                    Some(Derived::OneOf(all)) => all.iter().filter_map(Value::text).collect(),
                    _ => pattern.text().into_iter().collect(),
                };
                // one of several: what all of them say
                let (yes, no) = patterns
                    .iter()
                    .map(|text| self.pattern_test(&value, text.as_str(), "", how, language, place))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .reduce(|(yes, no), (also, nor)| (yes.intersect(&also), no.intersect(&nor)))?;
                let taints = self.flow_on(&[&value], state, id(), place, StepKind::Through(callee));
                Some(self.test(id(), yes, no).with(|data| {
                    data.ty = Ty::Unknown;
                    data.taints = taints;
                }))
            }
            (Language::Python, "len" | "bool" | "any")
                if first
                    .as_ref()
                    .is_some_and(|first| !first.when_true.is_none() && !first.is_tainted()) =>
            {
                // some were found: as good as the finding itself
                let (yes, no) = (first.as_ref()?.when_true.clone(), first.as_ref()?.when_false.clone());
                Some(self.test(id(), yes, no))
            }
            (Language::Python, "re.sub" | "re.subn") => {
                let (pattern, by, text) = (first?, arguments.get(1)?.clone(), arguments.get(2)?.clone());
                if matches!(by.shape, Shape::Functions(_)) {
                    // the callback gets what was found, its results stand in the text
                    let found = self.flow_on(&[&text], state, id(), place, StepKind::Through(callee));
                    let found = Value::new(id()).with(|data| data.taints = found);
                    let mut branch = state.clone();
                    let made = self.call_now(cx, &by, vec![found], place, &mut branch)?;
                    return Some(self.built(&[text, made], place, state));
                }
                let pattern = match pattern.text() {
                    Some(source) => {
                        Value::new(pattern.id).with(|data| data.derived = Some(Rc::new(Derived::Pattern(source))))
                    }
                    None => pattern,
                };
                if !text.is_tainted() && !by.is_tainted() {
                    return None;
                }
                self.replaced(&text, &pattern, &by, "sub", place, state)
            }
            (Language::Python, "shlex.split")
            | (Language::Rust, "shlex::split" | "shell_words::split" | "shellwords::split") => {
                let text = first.filter(Value::is_tainted)?;
                Some(self.words(&text, id(), callee, place, state))
            }
            (Language::Python, "any" | "all") => {
                // a generator: what its element proves
                let list = first?;
                let Shape::List {
                    items,
                    rest: Some(element),
                } = &list.shape
                else {
                    return None;
                };
                if !items.is_empty() {
                    return None;
                }
                let (yes, no) = if callee == "all" {
                    (self.lifted_from(&element.when_true), Facts::none())
                } else {
                    (element.when_true.clone(), self.lifted_from(&element.when_false))
                };
                Some(self.test(id(), yes, no))
            }
            // called later: an attribute of the caller's choice
            (Language::Python, "getattr") if arguments.get(1).is_some_and(Value::is_tainted) => {
                let name = arguments.get(1)?.clone();
                if let Some(entry) = self.models.entry(language, callee) {
                    self.check_sinks(entry, callee, None, arguments, None, place, state);
                }
                let taints = self.flow_on(&[&name], state, id(), place, StepKind::Through(callee));
                Some(Value::new(id()).with(|data| {
                    data.taints = taints;
                    data.derived = Some(Rc::new(Derived::Attribute(place)));
                }))
            }
            (Language::Python, "isinstance") => {
                let value = first?;
                let classes = arguments.get(1)?;
                let names: Vec<Value> = match &classes.shape {
                    Shape::List { items, .. } => (**items).clone(),
                    _ => vec![classes.clone()],
                };
                let harmless = !names.is_empty()
                    && names.iter().all(|name| matches!(&name.shape, Shape::Symbol(Symbol::External(name)) if matches!(name.as_str(), "int" | "float" | "bool" | "complex")));
                let attribute = matches!(value.derived.as_deref(), Some(Derived::Attribute(..)));
                let yes = if harmless || attribute {
                    Facts::clearing(value.id, ClassSet::ALL)
                } else {
                    Facts::none()
                };
                let mut answer = self.test(id(), yes, Facts::none());
                let is_text = matches!(names.as_slice(), [only] if matches!(&only.shape, Shape::Symbol(Symbol::External(name)) if *name == "str"));
                if is_text && matches!(value.shape, Shape::List { .. } | Shape::Record(_)) {
                    answer = answer.with(|data| data.truth = Truth::False);
                }
                Some(answer)
            }
            (Language::Python, "getattr") if arguments.get(1).and_then(Value::text).is_some() => {
                let (object, name) = (first?, arguments.get(1)?.text()?);
                Some(self.field(&object, name, place, state))
            }
            (Language::Python, "functools.partial" | "partial") => {
                let function = first?;
                let bound: Rc<[Value]> = arguments.positional.iter().skip(1).cloned().collect();
                match &function.shape {
                    Shape::Functions(callables) => {
                        let all: Vec<Callable> = callables
                            .iter()
                            .map(|callable| Callable {
                                bound: Rc::clone(&bound),
                                ..callable.clone()
                            })
                            .collect();
                        Some(
                            function
                                .clone()
                                .with(|data| data.shape = Shape::Functions(Rc::new(all))),
                        )
                    }
                    _ => Some(function),
                }
            }
            (Language::TypeScript, "path.isAbsolute") | (Language::Python, "os.path.isabs") => {
                let facts = self.not_absolute(&first?);
                Some(self.test(id(), Facts::none(), facts))
            }
            (Language::TypeScript, "Number.isInteger" | "Number.isFinite" | "Number.isSafeInteger") => {
                let value = first?;
                Some(self.test(id(), Facts::clearing(value.id, ClassSet::ALL), Facts::none()))
            }
            (Language::TypeScript, "process.env" | "process.exit") => None,
            (Language::Python, "sys.exit" | "exit" | "quit" | "os._exit") | (Language::Rust, "std::process::exit") => {
                state.dead = true;
                Some(Value::constant(Literal::Null))
            }
            (Language::Python, "os.getenv" | "os.environ.get")
            | (Language::Rust, "std::env::var" | "std::env::vars" | "std::env::var_os") => {
                self.reach(super::engine::Capability::Environment, state);
                None
            }
            (
                Language::Rust,
                "serde_json::from_value"
                | "serde_json::from_str"
                | "serde_json::from_slice"
                | "String::from"
                | "Box::new"
                | "Arc::new"
                | "Rc::new"
                | "Cow::from"
                | "std::sync::Arc::new"
                | "serde_json::to_value"
                | "std::path::Path::new"
                | "PathBuf::from"
                | "std::mem::take"
                | "std::borrow::Cow::Borrowed"
                | "Some::<_>",
            ) if arguments.count() >= 1 => {
                let value = first?;
                let call_ty = if callee.contains("path::Path") || callee.starts_with("PathBuf") {
                    Some(Ty::Path)
                } else if callee == "String::from" {
                    Some(Ty::Str)
                } else {
                    None
                };
                Some(match call_ty {
                    Some(ty) => value.with(|data| data.ty = ty),
                    None => value,
                })
            }
            _ => None,
        }
    }

    /// The words of a command line: the program, and some number of arguments.
    pub(super) fn words(
        &mut self,
        text: &Value,
        id: super::value::ValueId,
        callee: Name,
        place: Place,
        state: &State,
    ) -> Value {
        let word = |at: u64| {
            let id = mix(122, [id.0, at]);
            let taints = self.flow_on(&[text], state, id, place, StepKind::Through(callee));
            let whole = text.clone();
            Value::new(id).with(|data| {
                data.taints = taints;
                data.ty = Ty::Str;
                data.derived = Some(Rc::new(Derived::PartOf(whole)));
            })
        };
        let (program, argument) = (word(0), word(1));
        let program = program.with(|data| {
            data.taints = data
                .taints
                .iter()
                .filter(|taint| !taint.cleared.holds(super::marks::FIXED_WORD))
                .cloned()
                .collect();
        });
        Value::new(id).with(|data| {
            data.shape = Shape::List {
                items: Rc::new(vec![program]),
                rest: Some(argument),
            };
            data.derived = Some(Rc::new(Derived::PartOf(text.clone())));
        })
    }

    /// What holds of every element, of the whole that the elements are parts of.
    pub(super) fn lifted_from(&self, facts: &Facts) -> Facts {
        let Some(list) = facts.list() else { return Facts::none() };
        let mut all = facts.clone();
        for (id, classes) in &list.clears {
            // the tested part hangs on the element: `c.isalnum() for c in text`
            if let Some(whole) = self.parts.get(id) {
                all = all.and(&Facts::clearing(*whole, *classes));
            }
        }
        all
    }
}
