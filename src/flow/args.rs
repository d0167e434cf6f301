//! The arguments of a call.

use super::value::Value;
use crate::ir::Name;
use crate::models::{Base, Pick, Selector};

use super::value::Shape;

/// Evaluated arguments.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Value>,
    pub(super) named: Vec<(Name, Value)>,
    /// Elements of a spread list of unknown length, behind the positional ones.
    pub(super) rest: Option<Value>,
    /// A spread mapping.
    pub(super) keywords: Option<Value>,
    /// One value for each parameter, the receiver's place included: an entry point's own values.
    pub(super) exact: bool,
}

impl Arguments {
    pub(super) fn exact(values: Vec<Value>) -> Self {
        Self {
            positional: values,
            exact: true,
            ..Self::default()
        }
    }

    pub(super) fn of(values: Vec<Value>) -> Self {
        Self {
            positional: values,
            ..Self::default()
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&Value> {
        self.positional.get(index).or(self.rest.as_ref())
    }

    pub(super) fn keyword(&self, name: &str) -> Option<&Value> {
        self.named
            .iter()
            .find(|(have, _)| *have == name)
            .map(|(_, value)| value)
    }

    /// Every value given.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.positional
            .iter()
            .chain(self.named.iter().map(|(_, value)| value))
            .chain(&self.rest)
            .chain(&self.keywords)
    }

    pub(super) fn count(&self) -> usize {
        self.positional.len() + self.named.len()
    }

    /// The values that a selector means. `this` is the receiver, if any.
    pub(super) fn select(&self, selector: &Selector, this: Option<&Value>) -> Vec<Value> {
        let base: Vec<Value> = match &selector.base {
            Base::Argument { index, keyword } => {
                let by_name = keyword.as_deref().and_then(|name| {
                    self.keyword(name).cloned().or_else(|| {
                        // an options object as the last argument
                        index
                            .is_none()
                            .then(|| self.positional.last().and_then(|last| option(last, name)))
                            .flatten()
                    })
                });
                by_name
                    .or_else(|| index.and_then(|index| self.get(index).cloned()))
                    .into_iter()
                    .collect()
            }
            Base::From(start) => self.positional.iter().skip(*start).chain(&self.rest).cloned().collect(),
            Base::All => self.all().cloned().collect(),
            Base::Last => self.positional.last().cloned().into_iter().collect(),
            Base::This => this.cloned().into_iter().collect(),
            Base::Result => Vec::new(),
        };
        match &selector.pick {
            Pick::Whole => base,
            Pick::Option(name) => base.iter().filter_map(|value| option(value, name)).collect(),
            Pick::Element(index) => base.iter().filter_map(|value| element(value, *index)).collect(),
            Pick::ElementsFrom(start) => base.iter().flat_map(|value| elements_from(value, *start)).collect(),
        }
    }
}

fn option(value: &Value, name: &str) -> Option<Value> {
    match &value.shape {
        Shape::Record(fields) => fields.get(&Name::new(name)).cloned(),
        _ => None,
    }
}

fn element(value: &Value, index: usize) -> Option<Value> {
    match &value.shape {
        Shape::List { items, rest } => items.get(index).or(rest.as_ref()).cloned(),
        _ => value.is_tainted().then(|| value.clone()),
    }
}

fn elements_from(value: &Value, start: usize) -> Vec<Value> {
    match &value.shape {
        Shape::List { items, rest } => items.iter().skip(start).chain(rest).cloned().collect(),
        _ => {
            if value.is_tainted() {
                vec![value.clone()]
            } else {
                Vec::new()
            }
        }
    }
}
