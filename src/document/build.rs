//! Builds a tree of what a parser meets, without recursion and to a bounded depth.

use super::Content;
use super::{Document, Gaps, Key, MAX_DEPTH, Node, Value};
use crate::workspace::Span;

enum Frame {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

/// Lists and maps are opened and closed; a value in a map that waits for a key is the next key.
#[derive(Default)]
pub(super) struct Builder {
    frames: Vec<(usize, Frame)>,
    /// How many open lists and maps were too deep to be kept.
    skipped: usize,
    roots: Vec<Node>,
    pub(super) gaps: Gaps,
    /// Entries under the key `<<` are taken over into the map that holds it, as in YAML.
    merges: bool,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn merging() -> Self {
        Self {
            merges: true,
            ..Self::default()
        }
    }

    /// How many lists and maps are open.
    pub(super) fn depth(&self) -> usize {
        self.frames.len() + self.skipped
    }

    /// Whether the innermost open value is a map; `None` if none is open or it was too deep to be kept.
    pub(super) fn in_map(&self) -> Option<bool> {
        match self.frames.last() {
            Some((_, frame)) if self.skipped == 0 => Some(matches!(frame, Frame::Map(..))),
            _ => None,
        }
    }

    /// Whether the innermost open value is a map whose next value is a key.
    pub(super) fn awaits_key(&self) -> bool {
        self.skipped == 0 && matches!(self.frames.last(), Some((_, Frame::Map(_, None))))
    }

    /// Whether the innermost open value is a map with a key that has no value yet.
    pub(super) fn awaits_value(&self) -> bool {
        self.skipped == 0 && matches!(self.frames.last(), Some((_, Frame::Map(_, Some(_)))))
    }

    /// Where the innermost open list or map starts.
    pub(super) fn open_at(&self) -> Option<usize> {
        self.frames.last().map(|(start, _)| *start)
    }

    /// How many values stand beside each other at the top.
    pub(super) fn roots(&self) -> usize {
        self.roots.len()
    }

    pub(super) fn open_list(&mut self, start: usize) {
        self.open(start, Frame::List(Vec::new()));
    }

    pub(super) fn open_map(&mut self, start: usize) {
        self.open(start, Frame::Map(Vec::new(), None));
    }

    fn open(&mut self, start: usize, frame: Frame) {
        if self.skipped > 0 || self.frames.len() >= MAX_DEPTH {
            if self.skipped == 0 {
                self.gaps.push(Span::new(start, start), "nested too deeply");
            }
            self.skipped += 1;
        } else {
            self.frames.push((start, frame));
        }
    }

    /// Closes the innermost list or map, if one is open.
    pub(super) fn close(&mut self, end: usize) {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.value(Node {
                    span: Span::new(end, end),
                    value: Value::Null,
                });
            }
            return;
        }
        let Some((start, frame)) = self.frames.pop() else {
            return;
        };
        let value = match frame {
            Frame::List(items) => Value::List(items),
            Frame::Map(mut entries, key) => {
                if let Some(key) = key {
                    let value = empty(key.span.end as usize);
                    entries.push((key, value));
                }
                Value::Map(if self.merges { merge(entries) } else { entries })
            }
        };
        let span = Span::new(start, end);
        self.value(Node { span, value });
    }

    /// A value, or the next key.
    pub(super) fn value(&mut self, node: Node) {
        if self.skipped > 0 {
            return;
        }
        match self.frames.last_mut() {
            None => self.roots.push(node),
            Some((_, Frame::List(items))) => items.push(node),
            Some((_, Frame::Map(entries, key))) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    *key = Some(Key {
                        span: node.span,
                        text: match node.value {
                            Value::String(text) | Value::Number(text) => text,
                            Value::Bool(value) => value.to_string(),
                            Value::Null | Value::List(_) | Value::Map(_) => String::new(),
                        },
                    });
                }
            },
        }
    }

    /// Gives the key that waits for its value an empty one.
    pub(super) fn no_value(&mut self, at: usize) {
        if self.awaits_value() {
            self.value(empty(at));
        }
    }

    /// Closes everything that is open.
    pub(super) fn close_all(&mut self, end: usize) {
        while self.depth() > 0 {
            self.close(end);
        }
    }

    pub(super) fn finish(mut self, end: usize) -> Document {
        self.close_all(end);
        Document {
            content: Content::Values(self.roots),
            gaps: self.gaps.finish(),
        }
    }
}

fn empty(at: usize) -> Node {
    Node {
        span: Span::new(at, at),
        value: Value::Null,
    }
}

/// Takes the entries of what stands under `<<` over, where the map has none of that key.
fn merge(entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    if !entries.iter().any(|(key, _)| key.text == "<<") {
        return entries;
    }
    let (merged, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key.text == "<<");
    let mut known: rustc_hash::FxHashSet<String> = own.iter().map(|(key, _)| key.text.clone()).collect();
    for (_, node) in merged {
        let maps = match node.value {
            Value::List(items) => items,
            value => vec![Node { span: node.span, value }],
        };
        for map in maps {
            if let Value::Map(entries) = map.value {
                own.extend(entries.into_iter().filter(|(key, _)| known.insert(key.text.clone())));
            }
        }
    }
    own
}
