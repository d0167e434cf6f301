//! Calls out of the project: what the rows say, and the functions whose meaning the engine itself knows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::condition;
use super::engine::Engine;
use super::exec::Cx;
use super::fact::Facts;
use super::state::State;
use super::value::{
    Callable, Derived, Flaw, Place, Shape, StepKind, Taint, Truth, Value, mix, name_bits, property_bit,
};
use crate::ir::{Call, ExprId, Language, Literal, Name};
use crate::models::{Base, ClassSet, Entry, On, Pick, PropagatorRow, Property, SanitizerRow, Selector};
use crate::project::{Symbol, Ty};

impl<'a> Engine<'a> {
    /// A call of something outside the project, by its qualified name (or `*.method`).
    #[allow(clippy::too_many_arguments)]
    pub(super) fn external_call(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        callee: Name,
        receiver: Option<(&Value, ExprId)>,
        method: Option<Name>,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let language = cx.module.language;
        let callee = self.models.canonical(language, callee);
        let this = receiver.map(|(value, _)| value);
        if let Some(value) = self.known_function(cx, callee, this, &arguments, place, state) {
            return value;
        }
        let models = self.models;
        let mut entry = models.entry(language, callee);
        let short = method.unwrap_or_else(|| last_segment(callee));
        if entry.is_none()
            && let (Some(method), Some((value, _))) = (method, receiver)
            && matches!(
                value.shape,
                Shape::Unknown | Shape::List { .. } | Shape::Record(_) | Shape::Text(_) | Shape::Constant(_)
            )
        {
            entry = models.entry(language, Name::new(&format!("*.{method}")));
        }
        let Some(entry) = entry else {
            // the whole of `x.y.z(..)` on something imported
            if let (Some((value, base)), Some(method)) = (receiver, method)
                && let Some(result) = self.symbol_method(cx, value, base, method, &arguments, place, state)
            {
                return result;
            }
            return self.unknown_external(cx, call, callee, short, this, arguments, place, state);
        };
        if let Some(alias) = &entry.alias
            && let Some(selector) = &alias.arg
        {
            let mut found = arguments.select(selector, this);
            if let Some(value) = found.pop() {
                return value;
            }
        }
        self.check_sinks(entry, callee, this, &arguments, place, state);
        let mut result = self.propagated(cx, entry, callee, short, receiver, &arguments, place, state);
        for row in &entry.sanitizers {
            result = self.sanitized(row, this, &arguments, result, place, state);
        }
        if let Some(row) = entry.sources.first()
            && let Some(running) = self.entry
        {
            let untrusted = self.source_value(
                running,
                crate::server::SourceShape::Text(Name::new(&row.what)),
                &Ty::Unknown,
                place,
            );
            result = result.join(&untrusted);
        }
        result
    }

    /// `object.name` where rows say what that is.
    pub(super) fn read_property(
        &mut self,
        cx: Cx<'a>,
        qualified: Name,
        object: &Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some(entry) = self.models.entry(cx.module.language, qualified) else {
            return Value::new(Self::field_id(object.id, qualified));
        };
        let receiver = Some((object, ExprId(0)));
        let arguments = Arguments::default();
        let mut value = self.propagated(
            cx,
            entry,
            qualified,
            last_segment(qualified),
            receiver,
            &arguments,
            place,
            state,
        );
        for row in &entry.sanitizers {
            value = self.sanitized(row, Some(object), &arguments, value, place, state);
        }
        value
    }

    /// A function of a library as a value is called: a method that was taken off its receiver has that as receiver.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_symbol(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        function: &Value,
        name: Name,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        match function.derived.as_deref() {
            Some(Derived::MethodOf(object)) => {
                let object = object.clone();
                let receiver = Some((&object, ExprId(0)));
                self.external_call(
                    cx,
                    call,
                    name,
                    receiver,
                    Some(last_segment(name)),
                    arguments,
                    place,
                    state,
                )
            }
            _ => self.external_call(cx, call, name, None, None, arguments, place, state),
        }
    }

    /// Methods of namespaces that look like methods of values: `Promise.resolve(x)`.
    #[allow(clippy::too_many_arguments)]
    fn symbol_method(
        &mut self,
        cx: Cx<'a>,
        receiver: &Value,
        base: ExprId,
        method: Name,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Option<Value> {
        let _ = (cx, base, place, state);
        let Shape::Symbol(Symbol::External(name)) = &receiver.shape else {
            return None;
        };
        match (name.as_str(), method.as_str()) {
            ("Promise", "resolve") => arguments.get(0).cloned(),
            ("Promise", "all" | "allSettled") => arguments.get(0).cloned(),
            _ => None,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn unknown_external(
        &mut self,
        cx: Cx<'a>,
        call: Option<&'a Call>,
        callee: Name,
        short: Name,
        receiver: Option<&Value>,
        arguments: Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let is_new = Self::is_new(call);
        let symbolic = receiver.filter(|value| !matches!(value.shape, Shape::Symbol(_)));
        let value = self.unknown_call(cx, short, symbolic, arguments, place, state);
        // `new Client()` and `Client()` of something imported make an instance of it
        let class_like = last_segment(callee).chars().next().is_some_and(char::is_uppercase);
        if value.ty == Ty::Unknown && (is_new || class_like) && !callee.starts_with('*') {
            return value.with(|data| {
                data.ty = Ty::External(callee);
                data.truth = Truth::True;
            });
        }
        if cx.module.language == Language::Rust
            && value.ty == Ty::Unknown
            && let Some((ty, _)) = callee.rsplit_once("::")
            && ty
                .rsplit("::")
                .next()
                .is_some_and(|name| name.starts_with(char::is_uppercase))
        {
            return value.with(|data| data.ty = Ty::External(Name::new(ty)));
        }
        value
    }

    /// What the propagator rows make of a call; without any, all arguments and the receiver reach the result.
    #[allow(clippy::too_many_arguments)]
    fn propagated(
        &mut self,
        cx: Cx<'a>,
        entry: &'a Entry,
        callee: Name,
        short: Name,
        receiver: Option<(&Value, ExprId)>,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let this = receiver.map(|(value, _)| value);
        let mut rows = entry.propagators.iter().filter(|row| {
            row.when
                .iter()
                .all(|condition| condition::holds(condition, this, arguments))
        });
        let row = rows
            .next()
            .map(|first| rows.fold(Cow::Borrowed(first), |all, row| Cow::Owned(together(&all, row))));
        let Some(row) = row else {
            let symbolic = this.filter(|value| !matches!(value.shape, Shape::Symbol(_)));
            let value = self.unknown_call(cx, short, symbolic, arguments.clone(), place, state);
            // a row without a return type says nothing about methods on the result, the constructor form does
            let class_like = last_segment(callee).chars().next().is_some_and(char::is_uppercase);
            return if class_like && value.ty == Ty::Unknown && !callee.starts_with('*') && !callee.contains("::") {
                value.with(|data| data.ty = Ty::External(callee))
            } else {
                value
            };
        };
        let row = &*row;
        if let Some(selector) = &row.calls {
            return self.higher_order(cx, row, selector, short, receiver, arguments, place, state);
        }
        let language = cx.module.language;
        // builders: a method that hands its receiver on
        if let (Some(this), Some(returns), Some([only])) = (this, &row.returns, row.from.as_deref())
            && only.base == Base::This
            && row.to.is_none()
            && matches!(this.ty, Ty::External(_))
            && named_type(returns, language) == this.ty
        {
            return this.clone();
        }
        let from: Vec<Value> = match &row.from {
            Some(selectors) => selectors
                .iter()
                .flat_map(|selector| arguments.select(selector, this))
                .collect(),
            None => arguments
                .all()
                .cloned()
                .chain(this.filter(|value| !matches!(value.shape, Shape::Symbol(_))).cloned())
                .collect(),
        };
        let id = mix(
            110,
            [name_bits(callee), this.map_or(0, |value| value.id.0)]
                .into_iter()
                .chain(arguments.all().map(|value| value.id.0)),
        );
        if let Some(target) = &row.to
            && target.base != Base::Result
        {
            return self.fill(cx, row, target, &from, short, receiver, arguments, place, state);
        }
        let mut taints = self.flow_on(
            &from.iter().collect::<Vec<_>>(),
            state,
            id,
            place,
            StepKind::Through(short),
        );
        // `path.join(root, x)` puts `x` below `root` even when it is absolute
        if callee == "path.join" {
            let later: Vec<&Value> = arguments.positional.iter().skip(1).chain(&arguments.rest).collect();
            let first = arguments.get(0).is_some_and(Value::is_tainted);
            if !first {
                let below = self.flow_on(&later, state, id, place, StepKind::Through(short));
                taints = below
                    .iter()
                    .map(|taint| Taint {
                        cleared: taint.cleared.union(super::marks::NOT_ABSOLUTE),
                        ..taint.clone()
                    })
                    .collect();
            }
        }
        let returns = row.returns.as_deref().map(|ty| named_type(ty, language));
        let gives = row
            .gives
            .iter()
            .fold(0, |bits, property| bits | property_bit(*property));
        // a canonical path stays one through what keeps it whole
        let single = match from.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let derived = match callee.as_str() {
            "path.relative" => arguments.get(1).cloned().map(Derived::Relative),
            "os.path.relpath" => arguments.get(0).cloned().map(Derived::Relative),
            "os.path.commonpath" => arguments.get(0).map(|list| Derived::CommonPath(listed(list))),
            "os.path.commonprefix" => arguments.get(0).map(|list| Derived::CommonPrefix(listed(list))),
            "pathlib.Path.parents" => this.cloned().map(Derived::Parents),
            "re.split" => from.first().cloned().map(Derived::PartOf),
            _ => None,
        };
        let shape = if callee == "std::process::Command::new" {
            Some(Shape::List {
                items: Rc::new(arguments.positional.iter().take(1).cloned().collect()),
                rest: None,
            })
        } else {
            None
        };
        let canonical = gives & property_bit(Property::Canonical) != 0;
        let fails = canonical
            .then_some(single.as_ref())
            .flatten()
            .map_or_else(Facts::none, super::guards::absent);
        Value::new(id).with(|data| {
            data.taints = taints;
            if canonical {
                data.when_false = fails;
                data.taints = data
                    .taints
                    .iter()
                    .map(|taint| Taint {
                        cleared: taint.cleared.union(super::marks::RESOLVED),
                        ..taint.clone()
                    })
                    .collect();
            }
            data.properties = gives;
            if let Some(returns) = returns {
                if returns.is_harmless() {
                    data.taints = Rc::from([]);
                }
                data.ty = returns;
                data.truth = if matches!(data.ty, Ty::External(_)) {
                    Truth::True
                } else {
                    Truth::Unknown
                };
            } else if let Some(single) = &single
                && matches!(single.ty, Ty::Str | Ty::Path)
            {
                data.ty = single.ty.clone();
            }
            data.derived = derived.map(Rc::new);
            if let Some(shape) = shape {
                data.shape = shape;
            }
        })
    }

    /// A call that changes its receiver or an argument: `list.append(x)`, `command.arg(x)`, `dict.update(y)`.
    #[allow(clippy::too_many_arguments)]
    fn fill(
        &mut self,
        cx: Cx<'a>,
        row: &PropagatorRow,
        target: &Selector,
        from: &[Value],
        short: Name,
        receiver: Option<(&Value, ExprId)>,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some((old, base)) = receiver.filter(|_| target.base == Base::This) else {
            let _ = arguments;
            let id = mix(111, from.iter().map(|value| value.id.0));
            let taints = self.flow_on(
                &from.iter().collect::<Vec<_>>(),
                state,
                id,
                place,
                StepKind::Through(short),
            );
            return Value::new(id).with(|data| data.taints = taints);
        };
        let spreads = matches!(
            short.as_str(),
            "extend" | "args" | "update" | "concat" | "extend_from_slice" | "envs" | "push_all" | "assign"
        );
        let mut changed = old.clone();
        for value in from {
            changed = match (&changed.shape, spreads) {
                (Shape::List { items, rest }, true) => {
                    let (items, rest) = (Rc::clone(items), rest.clone());
                    self.extend_list(&changed, &items, rest.as_ref(), value)
                }
                (Shape::Record(fields), true) => {
                    let mut fields = (**fields).clone();
                    if let Shape::Record(more) = &value.shape {
                        for (name, value) in more.iter() {
                            fields.insert(*name, value.clone());
                        }
                    }
                    let taints = Rc::clone(&value.taints);
                    changed.clone().with(|data| {
                        data.id = mix(112, [data.id.0, value.id.0]);
                        data.shape = Shape::Record(Rc::new(fields));
                        data.taints = super::value::join_taints(&data.taints, &taints);
                    })
                }
                (Shape::Unknown | Shape::Text(_) | Shape::Constant(_), _) if matches!(changed.ty, Ty::Path) => {
                    self.join_path(&[changed.clone(), value.clone()], place, state)
                }
                (Shape::Text(_) | Shape::Constant(Literal::Str(_)), _) => {
                    self.built(&[changed.clone(), value.clone()], place, state)
                }
                _ if matches!(changed.ty, Ty::Str) => self.built(&[changed.clone(), value.clone()], place, state),
                _ => self.add_element(&changed, value),
            };
        }
        let _ = row;
        if matches!(changed.ty, Ty::Unknown)
            && let Ty::External(name) = &old.ty
        {
            let name = *name;
            changed = changed.with(|data| data.ty = Ty::External(name));
        }
        self.replace(cx, base, changed.clone(), state);
        // builders hand themselves on; lists answer with a length
        if matches!(old.ty, Ty::External(_)) {
            changed
        } else {
            Value::new(mix(113, [changed.id.0]))
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn higher_order(
        &mut self,
        cx: Cx<'a>,
        row: &PropagatorRow,
        selector: &Selector,
        short: Name,
        receiver: Option<(&Value, ExprId)>,
        arguments: &Arguments,
        place: Place,
        state: &mut State,
    ) -> Value {
        let this = receiver.map(|(value, _)| value.clone());
        let mut values: Vec<Value> = Vec::new();
        match &row.with {
            Some(selectors) => {
                for selector in selectors {
                    match (&selector.base, &selector.pick, &this) {
                        (Base::This, Pick::ElementsFrom(0), Some(this)) => {
                            values.push(self.element_of(this, place, state))
                        }
                        _ => values.extend(arguments.select(selector, this.as_ref())),
                    }
                }
            }
            None => match &this {
                Some(this) if !matches!(this.shape, Shape::Symbol(_)) => {
                    values.push(self.element_of(this, place, state))
                }
                _ => {
                    // `map(f, xs)`: the collection is the other argument
                    let other = arguments
                        .positional
                        .iter()
                        .find(|value| !matches!(value.shape, Shape::Functions(_) | Shape::Symbol(_)))
                        .cloned();
                    if let Some(other) = other {
                        values.push(self.element_of(&other, place, state));
                    }
                }
            },
        }
        let Some(callback) = arguments.select(selector, this.as_ref()).pop() else {
            return self.unknown_call(cx, short, this.as_ref(), arguments.clone(), place, state);
        };
        let given = values.first().cloned();
        let returned = match &callback.shape {
            Shape::Functions(_) => {
                let mut branch = state.clone();
                let value = self.call_now(cx, &callback, values, place, &mut branch);
                if !branch.dead {
                    let proven = Rc::clone(&state.proven);
                    *state = std::mem::take(state).join(branch);
                    state.proven = proven;
                }
                value
            }
            _ => self.call_now(cx, &callback, values, place, state),
        };
        let returned = returned.unwrap_or_else(|| Value::new(mix(114, [callback.id.0])));
        let collection = this
            .as_ref()
            .is_some_and(|this| !matches!(this.shape, Shape::Symbol(_)))
            && matches!(
                short.as_str(),
                "map" | "flatMap" | "flat_map" | "filter_map" | "filter" | "forEach" | "sort" | "sorted"
            );
        match short.as_str() {
            "filter" => {
                let mut kept = this.unwrap_or_else(|| Value::new(mix(115, [returned.id.0])));
                if let Some(element) = given {
                    // what the test proves of each element, the elements that stay have
                    let facts = returned.when_true.clone();
                    if !facts.is_none() {
                        let mut inner = state.clone();
                        inner.learn(&facts);
                        let (id, shape) = (mix(116, [kept.id.0, returned.id.0]), element.shape.clone());
                        let taints = self.flow_on(&[&element], &inner, id, place, StepKind::Through(short));
                        let item = Value::new(id).with(|data| {
                            data.taints = taints;
                            data.shape = shape;
                        });
                        kept = Value::new(mix(117, [id.0])).with(|data| {
                            data.shape = Shape::List {
                                items: Rc::new(Vec::new()),
                                rest: Some(item),
                            }
                        });
                    }
                }
                kept
            }
            "find" | "find_map" if !row.yields => given.unwrap_or(returned),
            "forEach" | "for_each" => Value::constant(Literal::Null),
            _ if row.yields && collection => Value::new(mix(118, [returned.id.0])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(returned),
                };
            }),
            _ if row.yields => returned,
            _ => given.unwrap_or(returned),
        }
    }

    fn sanitized(
        &mut self,
        row: &SanitizerRow,
        this: Option<&Value>,
        arguments: &Arguments,
        result: Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        if !row
            .when
            .iter()
            .all(|condition| condition::holds(condition, this, arguments))
        {
            return result;
        }
        let classes: ClassSet = row.clears.iter().copied().collect();
        let note = |why: &str| Flaw {
            classes,
            why: Name::new(why),
            place,
        };
        if row.on == On::Result {
            return match (&row.flaw, row.needs) {
                (Some(why), None) => {
                    let flaw = note(why);
                    result.with(|data| {
                        data.taints = data
                            .taints
                            .iter()
                            .map(|taint| {
                                let mut flaws = taint.flaws.as_deref().cloned().unwrap_or_default();
                                if !flaws.contains(&flaw) {
                                    flaws.push(flaw.clone());
                                }
                                Taint {
                                    flaws: Some(Rc::new(flaws)),
                                    ..taint.clone()
                                }
                            })
                            .collect();
                    })
                }
                _ => {
                    let harmless = classes.holds(
                        ClassSet::of(crate::models::Class::Command)
                            .union(ClassSet::of(crate::models::Class::Path))
                            .union(ClassSet::of(crate::models::Class::Sql))
                            .union(ClassSet::of(crate::models::Class::Code)),
                    );
                    result.with(|data| {
                        data.taints = if harmless {
                            Rc::from([])
                        } else {
                            data.taints
                                .iter()
                                .map(|taint| Taint {
                                    cleared: taint.cleared.union(classes),
                                    ..taint.clone()
                                })
                                .collect()
                        };
                    })
                }
            };
        }
        let proven: Vec<Value> = match &row.arg {
            Some(selector) => arguments.select(selector, this),
            None => this
                .filter(|value| !matches!(value.shape, Shape::Symbol(_)))
                .cloned()
                .or_else(|| arguments.get(0).cloned())
                .into_iter()
                .collect(),
        };
        let mut facts = Facts::none();
        for value in &proven {
            let missing = row.needs.is_some_and(|property| !value.has(property));
            facts = facts.and(&match &row.flaw {
                Some(why) if row.needs.is_none() || missing => Facts::flawed(value.id, note(why)),
                _ if missing => Facts::none(),
                _ => {
                    let mut facts = Facts::clearing(value.id, classes);
                    if let Some(Derived::PartOf(whole)) = value.derived.as_deref()
                        && value.has(crate::models::Property::Folded)
                    {
                        facts = facts.and(&Facts::clearing(whole.id, classes));
                    }
                    facts
                }
            });
        }
        match row.on {
            On::Return => {
                state.learn(&facts);
                result
            }
            On::True => result.with(|data| {
                data.when_true = data.when_true.and(&facts);
                data.taints = Rc::from([]);
            }),
            On::False => result.with(|data| {
                data.when_false = data.when_false.and(&facts);
                data.taints = Rc::from([]);
            }),
            On::Result => result,
        }
    }

    /// Functions that are part of a language more than of a library.
    fn known_function(
        &mut self,
        cx: Cx<'a>,
        callee: Name,
        this: Option<&Value>,
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
                let facts = super::guards::of_characters(&first?, "A-Za-z0-9");
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
                self.run_callback(cx, &executor, vec![resolve], place, state);
                let value = self.collectors.get(index as usize).cloned().flatten();
                Some(value.unwrap_or_else(|| Value::new(id())))
            }
            (Language::TypeScript, "Object.assign") => {
                let mut all = arguments.positional.iter();
                let mut target = all.next()?.clone();
                for source in all {
                    target = target.join(source);
                }
                Some(target)
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
                let text = pattern.text().or(match pattern.derived.as_deref() {
                    Some(Derived::Pattern(text)) => Some(*text),
                    _ => None,
                })?;
                let (yes, no) = self.pattern_test(&value, text.as_str(), "", how, language);
                let taints = self.flow_on(&[&value], state, id(), place, StepKind::Through(callee));
                Some(self.test(id(), yes, no).with(|data| {
                    data.ty = Ty::Unknown;
                    data.taints = taints;
                }))
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
                    (self.lifted_from(element, &element.when_true), Facts::none())
                } else {
                    (
                        element.when_true.clone(),
                        self.lifted_from(element, &element.when_false),
                    )
                };
                Some(self.test(id(), yes, no))
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
                let yes = if harmless {
                    Facts::clearing(value.id, ClassSet::ALL)
                } else {
                    Facts::none()
                };
                Some(self.test(id(), yes, Facts::none()))
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
                let _ = this;
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
    fn words(&mut self, text: &Value, id: super::value::ValueId, callee: Name, place: Place, state: &State) -> Value {
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
    fn lifted_from(&self, element: &Value, facts: &Facts) -> Facts {
        let Some(list) = facts.list() else { return Facts::none() };
        let mut all = facts.clone();
        for (id, classes) in &list.clears {
            let _ = id;
            // the tested part hangs on the element: `c.isalnum() for c in text`
            if let Some(whole) = self.parts.get(id) {
                all = all.and(&Facts::clearing(*whole, *classes));
            }
        }
        let _ = element;
        all
    }
}

/// The elements of a list that is written out; anything else stands for itself.
fn listed(list: &Value) -> Vec<Value> {
    match &list.shape {
        Shape::List { items, .. } => (**items).clone(),
        _ => vec![list.clone()],
    }
}

/// What several rows of one callee say together.
fn together(first: &PropagatorRow, second: &PropagatorRow) -> PropagatorRow {
    let mut all = first.clone();
    all.from = match (all.from, &second.from) {
        (Some(mut have), Some(more)) => {
            have.extend(more.iter().cloned());
            Some(have)
        }
        (Some(have), None) => Some(have),
        (None, more) => more.clone(),
    };
    all.to = all.to.or_else(|| second.to.clone());
    all.gives.extend(second.gives.iter().copied());
    all.returns = all.returns.or_else(|| second.returns.clone());
    all.calls = all.calls.or_else(|| second.calls.clone());
    all.with = all.with.or_else(|| second.with.clone());
    all.yields |= second.yields;
    all
}

fn last_segment(callee: Name) -> Name {
    let text = callee.as_str();
    Name::new(text.rsplit(['.', ':', '/']).next().unwrap_or(text))
}

/// The type that a row names as a call's result.
fn named_type(name: &str, language: Language) -> Ty {
    match (name, language) {
        ("pathlib.Path", Language::Python) | ("std::path::Path" | "std::path::PathBuf", Language::Rust) => Ty::Path,
        ("String", Language::TypeScript) | ("str", _) => Ty::Str,
        ("number" | "int" | "float" | "usize", _) => Ty::Int,
        ("bool" | "boolean", _) => Ty::Bool,
        _ => Ty::External(Name::new(name)),
    }
}
