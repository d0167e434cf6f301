//! Loops and matches.

use super::exec::Cx;

use super::engine::{Breaks, Engine};
use super::state::State;
use super::value::{Shape, Truth, Value};
use crate::ir::{Arm, Block, ExprKind, Language, Literal, LoopKind, Name, Pattern, PatternKind, StmtKind};

impl<'a> Engine<'a> {
    pub(super) fn with_breaks(&mut self, is_switch: bool, run: impl FnOnce(&mut Self)) -> Breaks {
        if let Some(activation) = self.activations.last_mut() {
            activation.breaks.push(Breaks {
                is_switch,
                ..Breaks::default()
            });
        }
        run(self);
        self.activations
            .last_mut()
            .and_then(|activation| activation.breaks.pop())
            .unwrap_or_default()
    }

    pub(super) fn exec_loop(
        &mut self,
        cx: Cx<'a>,
        kind: &'a LoopKind,
        body: &'a Block,
        otherwise: &'a Block,
        state: &mut State,
    ) {
        let endless = matches!(kind, LoopKind::Infinite);
        let mut left: Vec<State> = Vec::new();
        let mut none_left = true;
        for round in 0..2 {
            if state.dead {
                break;
            }
            let mut inside = state.clone();
            let mut skip = state.clone();
            let mut each: Option<(Value, Value)> = None;
            match kind {
                LoopKind::For { pattern, iter } => {
                    let collection = self.eval(cx, *iter, &mut inside);
                    skip = inside.clone();
                    let mut element = self.element_of(&collection, cx.place(cx.module.expr(*iter).span), &inside);
                    // a loop that picks shows what is picked, not all
                    if body.iter().any(|stmt| matches!(stmt.kind, StmtKind::If { .. })) {
                        element = element.without_details();
                    }
                    if let Shape::List { items, rest } = &collection.shape {
                        none_left = items.is_empty() && rest.is_none();
                    } else {
                        none_left = true;
                    }
                    self.bind_new(cx, pattern, element.clone(), &mut inside);
                    each = Some((collection, element));
                }
                LoopKind::ForKeys { pattern, iter } => {
                    let collection = self.eval(cx, *iter, &mut inside);
                    skip = inside.clone();
                    let key = self.key_of(&collection, cx.place(cx.module.expr(*iter).span), &inside);
                    self.bind_new(cx, pattern, key, &mut inside);
                }
                LoopKind::While(test) => {
                    let value = self.eval(cx, *test, &mut inside);
                    skip = inside.clone();
                    inside.learn(&value.when_true);
                    skip.learn(&value.when_false);
                    if value.is_constant() && value.truth == Truth::True {
                        skip.dead = true;
                    }
                }
                LoopKind::Infinite => {}
            }
            let breaks = self.with_breaks(false, |engine| engine.exec_scope(cx, body, &mut inside));
            left.extend(breaks.left);
            if let Some((collection, element)) = &each {
                self.lift_round(collection, element, &mut skip, &mut inside, breaks.continued);
            } else {
                for one in breaks.continued {
                    inside = inside.join(one);
                }
            }
            if endless {
                *state = inside.clone();
                if round == 0 && inside.dead {
                    break;
                }
                continue;
            }
            // a loop over a collection that is known to hold something runs at least once
            *state = if matches!(kind, LoopKind::For { .. }) && !none_left && round == 0 {
                inside
            } else {
                skip.join(inside)
            };
        }
        if endless {
            state.dead = true;
        } else {
            self.exec_scope(cx, otherwise, state);
        }
        for one in left {
            *state = std::mem::take(state).join(one);
        }
    }

    /// A round of a loop that goes on to the next element has proven something of its own element, and with that of all of them;
    /// where there is none, that holds as well.
    pub(super) fn lift_round(
        &mut self,
        collection: &Value,
        element: &Value,
        skip: &mut State,
        inside: &mut State,
        continued: Vec<State>,
    ) {
        let mut round = State {
            dead: true,
            ..State::default()
        };
        for mut end in std::iter::once(std::mem::take(inside)).chain(continued) {
            if !end.dead {
                let facts = end.facts_beyond(skip);
                end.learn(&self.lift_from_element(collection, element, &facts));
                round = round.join(end);
            }
        }
        *inside = round;
        if !inside.dead {
            let facts = inside.facts_beyond(skip);
            skip.learn(&super::guards::about_whole(collection, element, &facts));
        }
    }

    pub(super) fn exec_match(&mut self, cx: Cx<'a>, subject: crate::ir::ExprId, arms: &'a [Arm], state: &mut State) {
        let value = self.eval(cx, subject, state);
        if state.dead {
            return;
        }
        let mut remaining = state.clone();
        let mut joined = State {
            dead: true,
            ..State::default()
        };
        // `break` leaves a `switch`, but not a `match`
        let is_switch = cx.module.language == Language::TypeScript;
        let mut run = |engine: &mut Self| {
            for arm in arms {
                if remaining.dead {
                    break;
                }
                if never_fits(cx, &arm.pattern, &value) {
                    continue;
                }
                let mut inside = remaining.clone();
                let (matched, missed) = engine.matching(cx, &arm.pattern, &value, &mut inside);
                inside.learn(&matched);
                engine.bind_new(cx, &arm.pattern, value.clone(), &mut inside);
                let mut unguarded = true;
                if let Some(guard) = arm.guard {
                    let test = engine.eval(cx, guard, &mut inside);
                    inside.learn(&test.when_true);
                    unguarded = false;
                }
                engine.exec_scope(cx, &arm.body, &mut inside);
                inside.learn(&counted(cx, arm, &value));
                joined = std::mem::take(&mut joined).join(inside);
                if unguarded {
                    remaining.learn(&missed);
                    remaining.dead |= matches!(arm.pattern.kind, PatternKind::Wild | PatternKind::Bind(_, None));
                }
            }
        };
        let breaks = if is_switch {
            self.with_breaks(true, run).left
        } else {
            run(self);
            Vec::new()
        };
        // Rust matches are exhaustive: one of the arms is taken
        if cx.module.language == Language::Rust && !arms.is_empty() {
            remaining.dead = true;
        }
        *state = joined.join(remaining);
        for one in breaks {
            *state = std::mem::take(state).join(one);
        }
    }
}

/// Whether a constant is known not to be any of a pattern's constants.
fn never_fits(cx: Cx<'_>, pattern: &Pattern, value: &Value) -> bool {
    let Shape::Constant(Literal::Str(have)) = &value.shape else {
        return false;
    };
    match &pattern.kind {
        PatternKind::Literal(Literal::Str(text)) => text != have,
        PatternKind::Value(expr) => {
            matches!(&cx.module.expr(*expr).kind, ExprKind::Literal(Literal::Str(text)) if text != have)
        }
        PatternKind::Or(alternatives) => alternatives.iter().all(|one| never_fits(cx, one, value)),
        _ => false,
    }
}

/// An arm for `..` that leaves the function under a condition counts how deep the path is: what passes stays below its start.
fn counted(cx: Cx<'_>, arm: &Arm, value: &Value) -> super::fact::Facts {
    let none = super::fact::Facts::none;
    let path: &[Name] = match &arm.pattern.kind {
        PatternKind::Value(expr) => match &cx.module.expr(*expr).kind {
            ExprKind::Path(path) => path,
            _ => return none(),
        },
        _ => return none(),
    };
    let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
    let leaves = |block: &Block| {
        block
            .iter()
            .any(|stmt| matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Throw(_)))
    };
    let refuses = arm.body.iter().any(|stmt| match &stmt.kind {
        StmtKind::If { then, otherwise, .. } => leaves(then) || leaves(otherwise),
        _ => false,
    });
    if refuses && super::confinement::component_kind(&names) == Some("ParentDir") {
        super::confinement::component_test(value, "ParentDir").1
    } else {
        none()
    }
}
