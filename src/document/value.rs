//! The tree of values.

use crate::workspace::Span;

/// A value and where it stands, quotes and brackets included. A value that YAML repeats by an alias stands where its
/// anchor is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// The key of an entry and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Its text, unescaped.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Nothing: `null`, `~`, an empty place.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number or date as it is written.
    Number(String),
    /// Text, unescaped.
    String(String),
    /// Values in order.
    List(Vec<Node>),
    /// Entries in order; a key may come twice.
    Map(Vec<(Key, Node)>),
}

/// A value that holds no others, with the key it stands under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scalar<'a> {
    /// The nearest key above it; lists have none of their own.
    pub key: Option<&'a Key>,
    /// The value.
    pub node: &'a Node,
}

impl Node {
    /// The value under a key. Of several the last counts, as in most programs that read such files.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Key and value under a key; of several the last.
    pub fn entry(&self, key: &str) -> Option<(&Key, &Node)> {
        self.entries().rev().find(|(candidate, _)| candidate.text == key)
    }

    /// The value under a key of a value under a key, and so on.
    pub fn path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a map, in order; none for other values.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&Key, &Node)> + ExactSizeIterator {
        let entries: &[(Key, Node)] = match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        };
        entries.iter().map(|(key, node)| (key, node))
    }

    /// The values of a list, in order; none for other values.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Its text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Its text, if it holds no other values; `null` has none.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Whether it is true, if it is a boolean or the word for one.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// All values in it that hold no others, in order, itself if it is one.
    pub fn scalars(&self) -> impl Iterator<Item = Scalar<'_>> {
        let mut rest: Vec<(Option<&Key>, &Node)> = vec![(None, self)];
        std::iter::from_fn(move || {
            while let Some((key, node)) = rest.pop() {
                match &node.value {
                    Value::List(items) => rest.extend(items.iter().rev().map(|item| (key, item))),
                    Value::Map(entries) => rest.extend(entries.iter().rev().map(|(key, node)| (Some(key), node))),
                    _ => return Some(Scalar { key, node }),
                }
            }
            None
        })
    }
}
