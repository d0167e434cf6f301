//! Running a function of the project: parameters, remembered calls, what comes back.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::args::Arguments;
use super::engine::{Activation, Engine, MAX_DEPTH, MAX_QUIET_DEPTH, Memo};
use super::exec::Cx;
use super::names;
use super::state::{Frame, State};
use super::value::{ANY, Callable, Place, Shape, StepKind, Taint, Value, ValueId, mix, name_bits};
use crate::ir::{FuncId, Literal, Name, ParamKind};
use crate::project::ClassRef;

impl<'a> Engine<'a> {
    /// Runs a function of the project with the given values.
    pub(super) fn run_body(
        &mut self,
        callable: &Callable,
        arguments: Arguments,
        state: &mut State,
        site: Place,
    ) -> Value {
        let func = callable.func;
        let module = self.module(func.module);
        let function = module.function(func.func);
        let nested = self.activations.iter().filter(|running| running.func == func).count();
        let quiet = if arguments.all().chain(&callable.this).any(Value::is_tainted) {
            0
        } else {
            self.activations.last().map_or(0, |caller| caller.quiet + 1)
        };
        if quiet > MAX_QUIET_DEPTH || nested >= 2 || self.activations.len() >= MAX_DEPTH || self.budget == 0 {
            let id = mix(
                82,
                [u64::from(func.module.0), u64::from(func.func.0)]
                    .into_iter()
                    .chain(arguments.all().map(|value| value.id.0)),
            );
            let all: Vec<Value> = arguments.all().cloned().collect();
            let name = function.name.unwrap_or_else(|| Name::new("itself"));
            let taints = self.flow_on(
                &all.iter().collect::<Vec<_>>(),
                state,
                id,
                site,
                StepKind::Through(name),
            );
            return Value::new(id).with(|data| data.taints = taints);
        }
        let key = self.memo_key(callable, &arguments, state);
        if let Some(key) = key
            && let Some(memo) = self.memo.get(&key)
            && memo.writes == self.writes
        {
            let (value, facts, dead) = (memo.value.clone(), memo.facts.clone(), memo.dead);
            let reaches = memo.reaches.clone();
            for (tool, capability) in reaches {
                self.note_reach(tool, capability);
            }
            state.learn(&facts);
            state.dead |= dead;
            return value;
        }
        let log_start = self.reach_log.len();

        let cx = Cx { module, func };
        let before_frame = state.frames.get(&func).cloned();
        {
            let frames = Rc::make_mut(&mut state.frames);
            frames.insert(func, Frame::default());
            for (owner, frame) in callable.captured.iter() {
                frames.entry(*owner).or_insert_with(|| Rc::clone(frame));
            }
        }
        if callable.captured.is_empty() && function.parent.is_some_and(|parent| parent != FuncId::MODULE) {
            self.install_enclosing(func, state);
        }
        let before = state.clone();
        self.activations.push(Activation {
            func,
            site,
            quiet,
            exit: None,
            returned: None,
            yielded: None,
            before: before.clone(),
            tries: Vec::new(),
            breaks: Vec::new(),
        });
        if let Some(this) = &callable.this {
            state.set_variable(func, names::this(), this.clone());
        }
        self.bind_params(cx, arguments, state);
        self.exec_block(cx, &function.body, state);
        if !state.dead {
            let end = Value::constant(Literal::Null);
            self.leave(end, state);
        }
        let Some(activation) = self.activations.pop() else {
            return Value::new(mix(83, []));
        };
        let tool = before.tool;
        let (exit, mut value) = match (activation.exit, activation.returned) {
            (Some(exit), Some(value)) => (exit, value),
            _ => {
                // never comes back: it throws whatever it gets
                let mut after = before.clone();
                after.dead = true;
                (after, Value::new(mix(84, [u64::from(func.func.0)])))
            }
        };
        if let Some(yielded) = activation.yielded {
            value = Value::new(mix(85, [yielded.id.0])).with(|data| {
                data.shape = Shape::List {
                    items: Rc::new(Vec::new()),
                    rest: Some(yielded),
                };
            });
        }
        *state = exit;
        state.forget(ANY, &before.proven);
        state.tool = tool;
        if let Some(frame) = state.frames.get(&func).cloned() {
            let joined = match self.left.remove(&func) {
                Some(have) if func.func != FuncId::MODULE => join_frames(&have, &frame),
                _ => frame,
            };
            self.left.insert(func, joined);
        }
        {
            let frames = Rc::make_mut(&mut state.frames);
            match before_frame {
                Some(frame) => {
                    frames.insert(func, frame);
                }
                None => {
                    frames.remove(&func);
                }
            }
        }
        value = self.returned(value, state, site);
        if !value.when_true.is_none() || !value.when_false.is_none() {
            value = value.with(|data| {
                data.when_true = data.when_true.without_any();
                data.when_false = data.when_false.without_any();
            });
        }
        if let Some(ty) = function.returns {
            value = self.declare(cx, value, ty);
        }
        value = self.as_normalized(func, value);
        value = self.cleaned(function.name, value);
        if let Some(key) = key {
            let facts = state.facts_beyond(&before);
            let reaches = self.reach_log.get(log_start..).map(<[_]>::to_vec).unwrap_or_default();
            self.memo.insert(
                key,
                Memo {
                    value: value.clone(),
                    facts,
                    reaches,
                    dead: state.dead,
                    writes: self.writes,
                },
            );
        }
        value
    }

    /// What was proven inside of a returned value stays with it outside.
    pub(super) fn returned(&self, value: Value, state: &State, _site: Place) -> Value {
        if value.taints.is_empty() || state.proven.is_empty() {
            return value;
        }
        let mut changed = false;
        let taints: Vec<Taint> = value
            .taints
            .iter()
            .map(|taint| {
                let (cleared, flaws) = self.standing(taint, value.id, state);
                changed |= cleared != taint.cleared || flaws.is_some() != taint.flaws.is_some();
                Taint {
                    cleared,
                    flaws,
                    ..taint.clone()
                }
            })
            .collect();
        if changed {
            value.with(|data| data.taints = Rc::from(taints))
        } else {
            value
        }
    }

    /// The identity of a call, where remembering it is sound: the function sees nothing but its arguments and shared state.
    pub(super) fn memo_key(&self, callable: &Callable, arguments: &Arguments, state: &State) -> Option<ValueId> {
        let func = callable.func;
        let function = self.module(func.module).function(func.func);
        if func.func == FuncId::MODULE || function.parent != Some(FuncId::MODULE) || !callable.captured.is_empty() {
            return None;
        }
        let mut bits = vec![
            u64::from(func.module.0),
            u64::from(func.func.0),
            self.entry.map_or(u64::MAX, u64::from),
        ];
        bits.push(state.tool.map_or(0, name_bits));
        let mut add = |value: &Value| {
            bits.push(value.id.0);
            bits.push(fingerprint_of(value, state));
        };
        if let Some(this) = &callable.this {
            add(this);
        }
        arguments.positional.iter().for_each(&mut add);
        for (_, value) in &arguments.named {
            add(value);
        }
        arguments.rest.iter().chain(&arguments.keywords).for_each(&mut add);
        for (name, _) in &arguments.named {
            bits.push(name_bits(*name));
        }
        bits.push(arguments.positional.len() as u64);
        // fields assigned on the way here, in no order
        let heap = state.heap.iter().fold(0_u64, |sum, ((object, name), value)| {
            sum.wrapping_add(mix(95, [object.0, name_bits(*name), value.id.0]).0)
        });
        bits.push(heap);
        Some(mix(86, bits))
    }

    pub(super) fn bind_params(&mut self, cx: Cx<'a>, arguments: Arguments, state: &mut State) {
        let function = cx.module.function(cx.func.func);
        if arguments.exact {
            for (param, value) in function.params.iter().zip(arguments.positional) {
                if param.kind == ParamKind::Receiver {
                    if state.variable(cx.func, names::this()).is_none() {
                        state.set_variable(cx.func, names::this(), value);
                    }
                } else {
                    self.bind_new(cx, &param.pattern, value, state);
                }
            }
            return;
        }
        let mut position = 0;
        let mut used: Vec<Name> = Vec::new();
        for param in &function.params {
            let name = match &param.pattern.kind {
                crate::ir::PatternKind::Bind(name, _) => Some(*name),
                crate::ir::PatternKind::Default { pattern, .. } => match &pattern.kind {
                    crate::ir::PatternKind::Bind(name, _) => Some(*name),
                    _ => None,
                },
                _ => None,
            };
            let place = cx.place(param.pattern.span);
            let value = match param.kind {
                ParamKind::Receiver => {
                    // `Type::method(receiver, ..)`, `Class.method(receiver, ..)`
                    if state.variable(cx.func, names::this()).is_none() {
                        let value = arguments
                            .get(position)
                            .cloned()
                            .unwrap_or_else(|| Value::new(mix(87, [u64::from(cx.func.func.0)])));
                        position += 1;
                        state.set_variable(cx.func, names::this(), value);
                    }
                    continue;
                }
                ParamKind::Rest => {
                    let items: Vec<Value> = arguments.positional.iter().skip(position).cloned().collect();
                    position = arguments.positional.len();
                    let id = mix(88, items.iter().map(|value| value.id.0));
                    Value::new(id).with(|data| {
                        data.shape = Shape::List {
                            items: Rc::new(items),
                            rest: arguments.rest.clone(),
                        }
                    })
                }
                ParamKind::KeywordRest => {
                    let fields: BTreeMap<Name, Value> = arguments
                        .named
                        .iter()
                        .filter(|(name, _)| !used.contains(name))
                        .map(|(name, value)| (*name, value.clone()))
                        .collect();
                    let id = mix(89, fields.values().map(|value| value.id.0));
                    let taints = arguments.keywords.as_ref().map(|value| Rc::clone(&value.taints));
                    Value::new(id).with(|data| {
                        data.shape = Shape::Record(Rc::new(fields));
                        if let Some(taints) = taints {
                            data.taints = taints;
                        }
                    })
                }
                ParamKind::Normal | ParamKind::KeywordOnly => {
                    let named = name.and_then(|name| {
                        used.push(name);
                        arguments.keyword(&name).cloned()
                    });
                    let given = match named {
                        Some(value) => Some(value),
                        None if param.kind == ParamKind::Normal => {
                            let value = arguments.get(position).cloned();
                            position += 1;
                            value
                        }
                        None => None,
                    };
                    let given = given.or_else(|| {
                        let (keywords, name) = (arguments.keywords.as_ref()?, name?);
                        keywords.is_tainted().then(|| self.field(keywords, name, place, state))
                    });
                    match given {
                        Some(value) => value,
                        None => match param.default {
                            Some(default) => self.eval(cx, default, state),
                            None => Value::constant(Literal::Null),
                        },
                    }
                }
            };
            let value = match param.ty {
                Some(ty) => self.declare(cx, value, ty),
                None => value,
            };
            if param.is_property
                && let (Some(class), Some(name)) = (function.class, name)
            {
                self.store_class_field(
                    ClassRef {
                        module: cx.func.module,
                        class,
                    },
                    name,
                    &value,
                );
            }
            self.bind_new(cx, &param.pattern, value, state);
        }
    }
}

/// What a remembered call depends on besides the identities of its arguments.
fn fingerprint_of(value: &Value, state: &State) -> u64 {
    let mut bits: Vec<u64> = Vec::new();
    for (taint, holder) in value.all_taints() {
        bits.push(u64::from(taint.origin));
        bits.push(u64::from(taint.cleared.raw()));
        bits.push(u64::from(taint.opens) << 1 | u64::from(taint.whole));
        bits.push(taint.flaws.as_ref().map_or(0, |flaws| flaws.len() as u64));
        let mut step = Some(&taint.step);
        bits.push(u64::from(state.cleared(holder).raw()));
        if !state.proven.is_empty() {
            while let Some(current) = step {
                bits.push(u64::from(state.cleared(current.value).raw()));
                step = current.previous.as_ref();
            }
        }
    }
    mix(94, bits).0
}

fn join_frames(left: &Frame, right: &Frame) -> Frame {
    if Rc::ptr_eq(left, right) {
        return Rc::clone(left);
    }
    let mut joined = (**left).clone();
    for (name, value) in right.iter() {
        match joined.get_mut(name) {
            Some(have) => *have = have.join(value),
            None => {
                joined.insert(*name, value.clone());
            }
        }
    }
    Rc::new(joined)
}
