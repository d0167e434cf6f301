//! TOML. Tables are gathered as they are named, so that `[a.b]` and `a.b = 1` end in one tree; keys that come twice stay.

use rustc_hash::FxHashMap;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Raw, Source};

use super::{Content, Document, Gaps, Key, MAX_DEPTH, Node, Value};
use crate::workspace::Span;

pub(super) fn parse(text: &str) -> Document {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut gaps = Gaps::default();
    let mut reader = Reader::new(source);
    let mut errors = |error: ParseError| {
        let span = error.unexpected().or(error.context());
        let span = span.map_or(Span::default(), |span| Span::new(span.start(), span.end()));
        gaps.push(span, format!("not valid TOML: {}", error.description()));
    };
    let mut receive = |event: Event| reader.event(event);
    let mut guard = RecursionGuard::new(&mut receive, u32::try_from(MAX_DEPTH).unwrap_or(u32::MAX));
    parse_document(&tokens, &mut guard, &mut errors);
    for (span, message) in reader.errors.drain(..) {
        gaps.push(span, format!("not valid TOML: {message}"));
    }
    if reader.too_deep {
        gaps.push(Span::default(), "nested too deeply");
    }
    let root = reader.tree(text.len());
    Document {
        content: Content::Values(vec![root]),
        gaps: gaps.finish(),
    }
}

/// A value under construction. Tables and lists hold the numbers of others.
enum Slot {
    Done(Value),
    Table(Table),
    List(Vec<usize>),
}

#[derive(Default)]
struct Table {
    entries: Vec<(Key, usize)>,
    /// The last entry of a key.
    known: FxHashMap<String, usize>,
}

struct Reader<'a> {
    source: Source<'a>,
    slots: Vec<(Span, Slot)>,
    /// The table that the last header named.
    table: usize,
    /// The lists and inline tables that are open, each with the table or list that values go to, and the keys before it.
    open: Vec<(usize, Vec<Key>)>,
    /// Keys of the header or entry that is being read.
    keys: Vec<Key>,
    /// Where the header that is being read starts.
    header: Option<usize>,
    too_deep: bool,
    /// What is wrong inside of keys and values; the first few.
    errors: Vec<(Span, String)>,
}

const ROOT: usize = 0;

impl<'a> Reader<'a> {
    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            slots: vec![(Span::default(), Slot::Table(Table::default()))],
            table: ROOT,
            open: Vec::new(),
            keys: Vec::new(),
            header: None,
            too_deep: false,
            errors: Vec::new(),
        }
    }

    fn event(&mut self, event: Event) {
        let span = Span::new(event.span().start(), event.span().end());
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.open.clear();
                self.keys.clear();
                self.header = Some(span.start as usize);
            }
            EventKind::StdTableClose => self.header_ends(span, false),
            EventKind::ArrayTableClose => self.header_ends(span, true),
            EventKind::InlineTableOpen => self.open(span, Slot::Table(Table::default())),
            EventKind::ArrayOpen => self.open(span, Slot::List(Vec::new())),
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                if let Some((slot, keys)) = self.open.pop() {
                    if let Some((whole, _)) = self.slots.get_mut(slot) {
                        whole.end = span.end;
                    }
                    self.keys = keys;
                    self.keys.clear();
                }
            }
            EventKind::SimpleKey => {
                let mut text = String::new();
                let raw = self.raw(&event);
                raw.decode_key(&mut text, &mut self.errors_at(span));
                self.keys.push(Key { text, span });
            }
            EventKind::Scalar => {
                let mut text = std::borrow::Cow::Borrowed("");
                let raw = self.raw(&event);
                let kind = raw.decode_scalar(&mut text, &mut self.errors_at(span));
                let value = match kind {
                    toml_parser::decoder::ScalarKind::String => Value::String(text.into_owned()),
                    toml_parser::decoder::ScalarKind::Boolean(value) => Value::Bool(value),
                    _ => Value::Number(text.into_owned()),
                };
                self.put(span, Slot::Done(value));
            }
            EventKind::ValueSep | EventKind::Newline if self.open.is_empty() && self.header.is_none() => {
                self.keys.clear();
            }
            _ => {}
        }
    }

    fn raw(&self, event: &Event) -> Raw<'a> {
        let span = event.span();
        let text = self.source.input().get(span.start()..span.end()).unwrap_or_default();
        Raw::new_unchecked(text, event.encoding(), span)
    }

    fn errors_at(&mut self, span: Span) -> impl FnMut(ParseError) {
        move |error| {
            if self.errors.len() < Gaps::MOST {
                self.errors.push((span, error.description().to_owned()));
            }
        }
    }

    /// The table of the keys that a header gave.
    fn header_ends(&mut self, span: Span, is_list: bool) {
        let start = self.header.take().unwrap_or(span.start as usize);
        let whole = Span::new(start, span.end as usize);
        let mut keys = std::mem::take(&mut self.keys);
        let Some(last) = keys.pop() else {
            return;
        };
        let above = self.descend(ROOT, keys);
        self.table = if is_list {
            let list = match self.find(above, &last.text) {
                Some(slot) if matches!(self.slots.get(slot), Some((_, Slot::List(_)))) => slot,
                _ => self.add(above, last, whole, Slot::List(Vec::new())),
            };
            let table = self.slots.len();
            self.slots.push((whole, Slot::Table(Table::default())));
            if let Some((_, Slot::List(items))) = self.slots.get_mut(list) {
                items.push(table);
            }
            table
        } else {
            self.descend_one(above, last, whole)
        };
    }

    /// The table below `table` that the keys lead to; it is made where there is none. Deep keys end at the limit.
    fn descend(&mut self, mut table: usize, keys: Vec<Key>) -> usize {
        for (depth, key) in keys.into_iter().enumerate() {
            if depth >= MAX_DEPTH {
                self.too_deep = true;
                break;
            }
            let span = key.span;
            table = self.descend_one(table, key, span);
        }
        table
    }

    fn descend_one(&mut self, table: usize, key: Key, span: Span) -> usize {
        let found = self.find(table, &key.text).and_then(|slot| match self.slots.get(slot) {
            Some((_, Slot::Table(_))) => Some(slot),
            // `[a.b]` below `[[a]]` speaks of the last.
            Some((_, Slot::List(items))) => items
                .last()
                .copied()
                .filter(|item| matches!(self.slots.get(*item), Some((_, Slot::Table(_))))),
            _ => None,
        });
        found.unwrap_or_else(|| self.add(table, key, span, Slot::Table(Table::default())))
    }

    fn find(&self, table: usize, key: &str) -> Option<usize> {
        match self.slots.get(table) {
            Some((_, Slot::Table(table))) => table.known.get(key).copied(),
            _ => None,
        }
    }

    fn add(&mut self, table: usize, key: Key, span: Span, slot: Slot) -> usize {
        let number = self.slots.len();
        self.slots.push((span, slot));
        if let Some((_, Slot::Table(table))) = self.slots.get_mut(table) {
            table.known.insert(key.text.clone(), number);
            table.entries.push((key, number));
        }
        number
    }

    /// A value: an item of the open list, or what the keys name in the open table.
    fn put(&mut self, span: Span, slot: Slot) -> usize {
        let into = self.open.last().map_or(self.table, |(slot, _)| *slot);
        if let Some((_, Slot::List(_))) = self.slots.get(into) {
            let number = self.slots.len();
            self.slots.push((span, slot));
            if let Some((_, Slot::List(items))) = self.slots.get_mut(into) {
                items.push(number);
            }
            return number;
        }
        let mut keys = std::mem::take(&mut self.keys);
        let Some(last) = keys.pop() else {
            let key = Key {
                text: String::new(),
                span: Span::new(span.start as usize, span.start as usize),
            };
            return self.add(into, key, span, slot);
        };
        let table = self.descend(into, keys);
        self.add(table, last, span, slot)
    }

    fn open(&mut self, span: Span, slot: Slot) {
        let number = self.put(span, slot);
        let keys = std::mem::take(&mut self.keys);
        self.open.push((number, keys));
    }

    /// The tree of all slots. A slot's children were made after it, so taking them from the end needs no recursion.
    fn tree(mut self, end: usize) -> Node {
        if let Some((span, _)) = self.slots.first_mut() {
            *span = Span::new(0, end);
        }
        let mut done: Vec<Option<Node>> = (0..self.slots.len()).map(|_| None).collect();
        for (number, (span, slot)) in self.slots.into_iter().enumerate().rev() {
            let value = match slot {
                Slot::Done(value) => value,
                Slot::List(items) => Value::List(
                    items
                        .into_iter()
                        .filter_map(|item| done.get_mut(item).and_then(Option::take))
                        .collect(),
                ),
                Slot::Table(table) => Value::Map(
                    table
                        .entries
                        .into_iter()
                        .filter_map(|(key, item)| Some((key, done.get_mut(item).and_then(Option::take)?)))
                        .collect(),
                ),
            };
            if let Some(place) = done.get_mut(number) {
                *place = Some(Node { span, value });
            }
        }
        done.into_iter().next().flatten().unwrap_or(Node {
            span: Span::new(0, end),
            value: Value::Null,
        })
    }
}
