//! Records, lists, comprehensions and strings.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Callable, ENDS_WITH_SEPARATOR, Place, Shape, StepKind, Truth, Value, mix};
use crate::ir::{Clause, CollectionKind, Element, ExprId, Key, Literal, Name, RecordEntry};
use crate::models::{Class, ClassSet};
use crate::project::{Symbol, Ty};

use super::marks;

/// The quotes of a POSIX shell that are open where a text has got to.
#[derive(Default)]
struct Quotes {
    single: bool,
    double: bool,
}

impl Quotes {
    /// Goes on behind a part; what is not known is taken to leave quotes as they are.
    fn pass(&mut self, part: &Value, depth: u32) {
        if let Shape::Text(parts) = &part.shape
            && depth > 0
        {
            for part in parts.iter() {
                self.pass(part, depth - 1);
            }
            return;
        }
        let Some(text) = part.text() else { return };
        let mut characters = text.as_str().chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' if !self.single => {
                    characters.next();
                }
                '\'' if !self.double => self.single = !self.single,
                '"' if !self.single => self.double = !self.double,
                _ => {}
            }
        }
    }
}

impl<'a> Engine<'a> {
    /// A string built of parts.
    pub(super) fn built(&mut self, parts: &[Value], place: Place, state: &State) -> Value {
        if parts.iter().all(|part| part.text().is_some()) {
            let text: String = parts.iter().filter_map(Value::text).map(Name::as_str).collect();
            if text.len() < 4096 {
                return Value::constant(Literal::Str(Name::new(&text)));
            }
        }
        // lists, of which one may be unknown, make a list
        if let Some(at) = parts.iter().position(|part| matches!(part.shape, Shape::List { .. }))
            && parts
                .iter()
                .all(|part| matches!(part.shape, Shape::List { .. } | Shape::Unknown))
        {
            let start = Value::new(mix(63, [at as u64])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: None,
                };
            });
            return parts.iter().fold(start, |all, part| {
                let part = match part.shape {
                    Shape::List { .. } => part.clone(),
                    _ => self.element_of(part, place, state),
                };
                match &all.shape {
                    Shape::List { items, rest } => self.extend_list(&all, items, rest.as_ref(), &part),
                    _ => part,
                }
            });
        }
        // a string of one value is that value
        if let [only] = parts
            && only.is_tainted()
        {
            return only.clone();
        }
        let id = mix(53, parts.iter().map(|part| part.id.0));
        let mut taints: Vec<super::value::Taint> = Vec::new();
        let mut prefixed = false;
        let mut before = String::new();
        let mut quotes = Quotes::default();
        let mut beginning = String::new();
        begin(parts, &mut beginning, 8);
        let begins_with_word = beginning.trim_start().contains(char::is_whitespace);
        for part in parts {
            for (taint, holder) in part.all_taints() {
                let mut taint = self.derive(&taint, holder, state, id, place, StepKind::Built);
                if begins_with_word {
                    taint.cleared = taint.cleared.union(marks::FIXED_WORD);
                }
                if super::url::closes_host(&before) {
                    taint.cleared = taint.cleared.union(ClassSet::of(Class::Url));
                }
                if before.starts_with("http://") || before.starts_with("https://") {
                    taint.cleared = taint.cleared.union(marks::SCHEME);
                }
                if quotes.single && taint.cleared.holds(marks::SHELL_WORD) {
                    taint.cleared = taint.cleared.union(ClassSet::of(Class::Command));
                }
                if prefixed {
                    taint.cleared = taint
                        .cleared
                        .union(marks::NOT_ABSOLUTE)
                        .union(ClassSet::of(Class::Argument));
                }
                match taints.iter_mut().find(|have| have.origin == taint.origin) {
                    Some(have) => have.meet(&taint),
                    None => taints.push(taint),
                }
            }
            super::url::push_part(&mut before, part);
            quotes.pass(part, 4);
            prefixed |= match part.text() {
                Some(text) => !text.is_empty(),
                None => !part.is_tainted(),
            };
        }
        let separator = parts
            .last()
            .is_some_and(|last| last.properties & ENDS_WITH_SEPARATOR != 0);
        let truth = if parts
            .iter()
            .any(|part| part.text().is_some_and(|text| !text.is_empty()))
        {
            Truth::True
        } else {
            Truth::Unknown
        };
        let flat: Vec<Value> = parts
            .iter()
            .flat_map(|part| match &part.shape {
                Shape::Text(inner) if inner.len() < 16 => (**inner).clone(),
                _ => vec![part.clone()],
            })
            .take(64)
            .collect();
        let numeric = !parts.is_empty() && parts.iter().all(|part| matches!(part.ty, Ty::Int | Ty::Float));
        Value::new(id).with(|data| {
            data.taints = Rc::from(taints);
            data.ty = if numeric { Ty::Float } else { Ty::Str };
            data.shape = Shape::Text(Rc::new(flat));
            data.truth = truth;
            if separator {
                data.properties |= ENDS_WITH_SEPARATOR;
            }
        })
    }

    pub(super) fn record(
        &mut self,
        cx: Cx<'a>,
        id: ExprId,
        ty: Option<&[Name]>,
        entries: &'a [RecordEntry],
        state: &mut State,
    ) -> Value {
        let place = cx.place(cx.module.expr(id).span);
        let mut fields: BTreeMap<Name, Value> = BTreeMap::new();
        let mut loose: Vec<Value> = Vec::new();
        let mut spread: Option<Value> = None;
        let mut bits = vec![u64::from(cx.func.module.0), u64::from(id.0)];
        for entry in entries {
            match entry {
                RecordEntry::Pair {
                    key, value: value_expr, ..
                } => {
                    let key = match key {
                        Key::Name(name) => Some(*name),
                        Key::Computed(key) => {
                            let key = self.eval(cx, *key, state);
                            if key.is_tainted() {
                                loose.push(key.clone());
                            }
                            key.text()
                        }
                    };
                    let value = self.eval(cx, *value_expr, state);
                    let value = self.placed(cx, value, *value_expr);
                    let value = match (&value.shape, key) {
                        (Shape::Functions(functions), Some(key)) => label(&value, functions, key),
                        _ => value,
                    };
                    bits.push(value.id.0);
                    match key {
                        Some(name) => {
                            fields.insert(name, value);
                        }
                        None => loose.push(value),
                    }
                }
                RecordEntry::Spread(value) => {
                    let value = self.eval(cx, *value, state);
                    bits.push(value.id.0);
                    if let Shape::Record(inner) = &value.shape {
                        for (name, value) in inner.iter() {
                            fields.insert(*name, value.clone());
                        }
                    }
                    if !matches!(value.shape, Shape::Record(_)) && value.is_tainted() {
                        // what stands before may be replaced by the caller's
                        for (name, have) in &mut fields {
                            *have = have.join(&self.field(&value, *name, place, state));
                        }
                    }
                    if !matches!(value.shape, Shape::Record(_)) || !value.taints.is_empty() {
                        spread = Some(match spread {
                            Some(have) => have.join(&value),
                            None => value,
                        });
                    }
                }
            }
        }
        // entries under keys that are not known share one
        if let Some(first) = loose.first().cloned() {
            let all = loose.iter().skip(1).fold(first, |all, value| all.join(value));
            fields.insert(Name::new("*"), all);
        }
        let new = mix(54, bits);
        let mut value = Value::new(new).with(|data| {
            data.shape = Shape::Record(Rc::new(fields));
            data.truth = Truth::True;
        });
        if let Some(spread) = spread {
            let taints: Vec<_> = spread
                .taints
                .iter()
                .map(|taint| {
                    let mut on = self.derive(taint, spread.id, state, new, place, StepKind::Built);
                    on.opens = taint.opens;
                    on.whole = taint.whole;
                    on
                })
                .collect();
            value = value.with(|data| {
                data.taints = Rc::from(taints);
                data.ty = spread.ty.clone();
                data.enforced = spread.enforced;
            });
        }
        if let Some(path) = ty {
            let own = || self.project.class_of(cx.func).map(Symbol::Class);
            let symbol = match path {
                [name] if *name == "Self" => own().unwrap_or(Symbol::External(*name)),
                [name] => self.project.resolve_name(cx.func.module, cx.func.func, *name),
                _ => self.project.resolve_path(cx.func.module, cx.func.func, path),
            };
            if let Symbol::Class(class) = symbol {
                if let Shape::Record(fields) = &value.shape {
                    for (name, field) in fields.iter() {
                        self.store_class_field(class, *name, field);
                    }
                }
                value = value.with(|data| data.ty = Ty::Class(class));
            }
        }
        value
    }

    pub(super) fn list(&mut self, cx: Cx<'a>, id: ExprId, elements: &'a [Element], state: &mut State) -> Value {
        let mut items = Vec::new();
        let mut rest: Option<Value> = None;
        let mut bits = vec![u64::from(cx.func.module.0), u64::from(id.0)];
        for element in elements {
            match element {
                Element::Item(value) => {
                    let value = self.eval(cx, *value, state);
                    bits.push(value.id.0);
                    match &mut rest {
                        Some(rest) => *rest = rest.join(&value),
                        None => items.push(value),
                    }
                }
                Element::Spread(value) => {
                    let value = self.eval(cx, *value, state);
                    bits.push(value.id.0);
                    match (&value.shape, &mut rest) {
                        (
                            Shape::List {
                                items: inner,
                                rest: None,
                            },
                            None,
                        ) => items.extend(inner.iter().cloned()),
                        _ => {
                            let element = self.element_of(&value, cx.place(cx.module.expr(id).span), state);
                            rest = Some(match rest.take() {
                                Some(have) => have.join(&element),
                                None => element,
                            });
                        }
                    }
                }
            }
        }
        // long tables are kept whole, so that registries resolve, up to a bound
        if items.len() > 512 {
            let tail = items.split_off(512);
            rest = tail.into_iter().chain(rest).reduce(|all, value| all.join(&value));
        }
        Value::new(mix(55, bits)).with(|data| {
            data.truth = if items.is_empty() && rest.is_none() {
                Truth::Unknown
            } else {
                Truth::True
            };
            data.shape = Shape::List {
                items: Rc::new(items),
                rest,
            };
        })
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn comprehension(
        &mut self,
        cx: Cx<'a>,
        id: ExprId,
        kind: CollectionKind,
        clauses: &'a [Clause],
        element: ExprId,
        value: Option<ExprId>,
        state: &mut State,
    ) -> Value {
        let place = cx.place(cx.module.expr(id).span);
        let mut inside = state.clone();
        let mut chosen = false;
        for clause in clauses {
            let collection = self.eval(cx, clause.iter, &mut inside);
            let item = self.element_of(&collection, place, &inside);
            self.bind_new(cx, &clause.pattern, item, &mut inside);
            for condition in &clause.conditions {
                let test = self.eval(cx, *condition, &mut inside);
                inside.learn(&test.when_true);
                chosen = true;
            }
        }
        let made = self.eval(cx, element, &mut inside);
        let made = self.settle(made, &inside, place);
        let made = match value {
            Some(value) => {
                let value = self.eval(cx, value, &mut inside);
                let value = self.settle(value, &inside, place);
                if made.is_tainted() { value.join(&made) } else { value }
            }
            None => made,
        };
        // a selection is no whole: what is chosen may be what is harmless
        let made = if chosen { made.without_details() } else { made };
        let new = mix(56, [u64::from(cx.func.module.0), u64::from(id.0), made.id.0]);
        Value::new(new).with(|data| {
            data.shape = if kind == CollectionKind::Map {
                Shape::Record(Rc::new(BTreeMap::from([(Name::new("*"), made)])))
            } else {
                Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(made),
                }
            };
        })
    }

    /// A path joined of parts, where a later absolute part replaces the earlier ones (Python, Rust).
    pub(super) fn join_path(&mut self, parts: &[Value], place: Place, state: &State) -> Value {
        let id = mix(61, parts.iter().map(|part| part.id.0));
        let from: Vec<&Value> = match parts {
            [folder, name] if super::confinement::rejoins(folder, name) => vec![folder],
            _ => parts.iter().collect(),
        };
        let kind = if from.len() < parts.len() {
            StepKind::Through(Name::new("join"))
        } else {
            StepKind::Joined
        };
        let taints = self.flow_on(&from, state, id, place, kind);
        let resolved = match from.as_slice() {
            [folder] if parts.len() > 1 => super::confinement::resolution(folder),
            _ => 0,
        };
        Value::new(id).with(|data| {
            data.taints = taints;
            data.properties = resolved;
            data.ty = parts.first().map_or(Ty::Path, |first| match &first.ty {
                Ty::External(name) => Ty::External(*name),
                _ => Ty::Path,
            });
            data.truth = Truth::True;
        })
    }
}

/// Adds the constants with which a text begins; false when something else follows them.
fn begin(parts: &[Value], into: &mut String, depth: u32) -> bool {
    parts.iter().take(8).all(|part| match (&part.shape, part.text()) {
        (_, Some(text)) if into.len() < 80 => {
            into.push_str(&text);
            true
        }
        (Shape::Text(inner), _) if depth > 0 => begin(inner, into, depth - 1),
        _ => false,
    })
}

/// Functions in a table carry the key under which they stand: the name of the tool.
pub(super) fn label(value: &Value, functions: &Rc<Vec<Callable>>, key: Name) -> Value {
    let labelled: Vec<Callable> = functions
        .iter()
        .map(|callable| Callable {
            label: callable.label.or(Some(key)),
            ..callable.clone()
        })
        .collect();
    value
        .clone()
        .with(|data| data.shape = Shape::Functions(Rc::new(labelled)))
}
