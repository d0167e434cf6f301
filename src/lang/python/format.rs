//! `"…" % values` and `"…".format(values)` as concatenations.

use std::borrow::Cow;

use tree_sitter::Node;

use rustc_hash::FxHashMap;

use super::Lower;
use super::share::Uses;
use super::string::Piece;
use crate::ir::{Arg, ArgKind, Element, ExprId, ExprKind, Key, Literal, Name, RecordEntry, walk};
use crate::workspace::Span;

/// How many attributes and keys of a replacement field are followed.
const MAX_PATH: usize = 8;

/// A place in a `%` format.
enum Slot<'a> {
    Text(&'a str),
    /// The next value.
    Next,
    /// The value under a key.
    Key(&'a str),
}

/// What a `%` format is filled with.
enum Values {
    /// A tuple: one after the other.
    Listed(Vec<ExprId>),
    /// A dict literal: by key, and what is spread into it.
    Keyed(FxHashMap<Name, ExprId>, Vec<ExprId>),
    /// A single value, or a tuple or dict that is not written here.
    Single(ExprId),
}

impl<'t> Lower<'t> {
    /// `left % right` with text on the left.
    pub(super) fn percent(&mut self, left: ExprId, right: Node<'t>, span: Span) -> ExprId {
        let before = self.shares;
        let right = self.expr(right);
        let mut uses = Uses::since(self, before);
        let values = self.values(right);
        let mut taken = 0;
        let mut pieces = Vec::new();
        for part in self.text_parts(left) {
            let Some(text) = self.literal_text(part) else {
                pieces.push(Piece::Value(part));
                continue;
            };
            let at = self.b.module.expr(part).span;
            for slot in slots(text) {
                let value = match (&slot, &values) {
                    (Slot::Text(text), _) => {
                        pieces.push(Piece::Text(Cow::Borrowed(*text), at));
                        continue;
                    }
                    (Slot::Next, Values::Listed(values)) => {
                        taken += 1;
                        values.get(taken - 1).copied()
                    }
                    (Slot::Key(key), Values::Keyed(entries, spread)) => {
                        entries.get(&Name::new(key)).or(spread.first()).copied()
                    }
                    (Slot::Next, Values::Keyed(..)) => Some(right),
                    (Slot::Key(_), Values::Listed(_)) => None,
                    (_, Values::Single(value)) => Some(*value),
                };
                if let Some(value) = value
                    && uses.take(self, value)
                {
                    pieces.push(Piece::Value(value));
                }
            }
        }
        if !uses.has(right) {
            let rest = self.children(right).into_iter().filter(|value| !uses.has(*value));
            pieces.extend(rest.map(Piece::Value));
        }
        let parts = self.join(pieces);
        self.b.expr(ExprKind::Concat(parts.into()), span)
    }

    /// What a tuple or dict literal holds; another value is itself.
    fn children(&self, id: ExprId) -> Vec<ExprId> {
        let kind = &self.b.module.expr(id).kind;
        if !matches!(kind, ExprKind::List { .. } | ExprKind::Record { .. }) {
            return vec![id];
        }
        let mut found = Vec::new();
        walk::children(&self.b.module, id, |child| found.push(child));
        found
    }

    fn values(&self, right: ExprId) -> Values {
        match &self.b.module.expr(right).kind {
            ExprKind::List {
                kind: crate::ir::CollectionKind::Tuple,
                elements,
            } => Values::Listed(
                elements
                    .iter()
                    .map(|element| match element {
                        Element::Item(value) | Element::Spread(value) => *value,
                    })
                    .collect(),
            ),
            ExprKind::Record { entries, .. } => {
                let mut keyed = FxHashMap::default();
                let mut spread = Vec::new();
                for entry in entries {
                    match entry {
                        RecordEntry::Pair {
                            key: Key::Name(name),
                            value,
                            ..
                        } => {
                            keyed.insert(*name, *value);
                        }
                        RecordEntry::Pair {
                            key: Key::Computed(key),
                            value,
                            ..
                        } => spread.extend([*key, *value]),
                        RecordEntry::Spread(value) => spread.push(*value),
                    }
                }
                Values::Keyed(keyed, spread)
            }
            _ => Values::Single(right),
        }
    }

    /// The parts of a string that is written here.
    fn text_parts(&self, id: ExprId) -> Vec<ExprId> {
        match &self.b.module.expr(id).kind {
            ExprKind::Concat(parts) => parts.to_vec(),
            _ => vec![id],
        }
    }

    fn literal_text(&self, id: ExprId) -> Option<&'static str> {
        match &self.b.module.expr(id).kind {
            ExprKind::Literal(Literal::Str(text) | Literal::Bytes(text)) => Some(text.as_str()),
            _ => None,
        }
    }

    /// `text.format(args)` with text written here.
    pub(super) fn format(&mut self, text: ExprId, args: &[Arg], uses: Uses, span: Span) -> ExprId {
        let of_kind = |wanted: ArgKind| args.iter().filter(move |arg| arg.kind == wanted).map(|arg| arg.value);
        let mut named = FxHashMap::default();
        for arg in args {
            if let ArgKind::Named(name) = arg.kind {
                named.insert(name, arg.value);
            }
        }
        let mut fill = Fill {
            positional: of_kind(ArgKind::Positional).collect(),
            named,
            spread: of_kind(ArgKind::Spread).next(),
            keywords: of_kind(ArgKind::KeywordSpread).next(),
            next: 0,
            uses,
        };
        let mut pieces = Vec::new();
        for part in self.text_parts(text) {
            match self.literal_text(part) {
                Some(text) => {
                    let at = self.b.module.expr(part).span;
                    self.fill(text, at, &mut fill, &mut pieces);
                }
                None => pieces.push(Piece::Value(part)),
            }
        }
        let rest = args.iter().map(|arg| arg.value).filter(|value| !fill.uses.has(*value));
        pieces.extend(rest.map(Piece::Value));
        let parts = self.join(pieces);
        self.b.expr(ExprKind::Concat(parts.into()), span)
    }

    fn fill(&mut self, text: &'static str, at: Span, fill: &mut Fill, pieces: &mut Vec<Piece<'t>>) {
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            let (before, tail) = rest.split_at(brace);
            pieces.push(Piece::Text(Cow::Borrowed(before), at));
            let doubled = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}"));
            if let Some(after) = doubled {
                pieces.push(Piece::Text(Cow::Borrowed(tail.get(..1).unwrap_or("")), at));
                rest = after;
                continue;
            }
            let Some((field, after)) = replacement(tail) else {
                pieces.push(Piece::Text(Cow::Borrowed(tail), at));
                return;
            };
            rest = after;
            let (path, spec) = field.split_once([':', '!']).unwrap_or((field, ""));
            if let Some(value) = self.formatted(path, at, fill) {
                pieces.push(Piece::Value(value));
            }
            // A spec may hold fields of its own (`{:>{width}}`); it does not nest further.
            let mut inner = spec;
            while let Some((_, tail)) = inner.split_once('{') {
                let (path, after) = tail.split_once('}').unwrap_or((tail, ""));
                if let Some(value) = self.formatted(path, at, fill) {
                    pieces.push(Piece::Value(value));
                }
                inner = after;
            }
        }
        pieces.push(Piece::Text(Cow::Borrowed(rest), at));
    }

    /// The value of `name.attribute[key]` in a replacement field.
    fn formatted(&mut self, path: &str, at: Span, fill: &mut Fill) -> Option<ExprId> {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (name, mut rest) = path.split_at(end);
        let mut value = fill.value(name.trim())?;
        if !fill.uses.take(self, value) {
            return None;
        }
        for _ in 0..MAX_PATH {
            if rest.is_empty() {
                break;
            }
            if let Some(tail) = rest.strip_prefix('.') {
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                let (name, after) = tail.split_at(end);
                let kind = ExprKind::Field {
                    base: value,
                    name: Name::new(name),
                    name_span: at,
                };
                value = self.b.expr(kind, at);
                rest = after;
            } else {
                let (key, after) = rest.trim_start_matches('[').split_once(']').unwrap_or((rest, ""));
                let index = match key.parse() {
                    Ok(number) => self.b.expr(ExprKind::Literal(Literal::Int(number)), at),
                    Err(_) => self.b.string(key, at),
                };
                value = self.b.expr(ExprKind::Index { base: value, index }, at);
                rest = after.trim_start_matches(|c| c != '.' && c != '[');
            }
        }
        Some(value)
    }
}

/// The arguments of `format`, being used up.
struct Fill {
    positional: Vec<ExprId>,
    named: FxHashMap<Name, ExprId>,
    /// `*xs`, for positions past the arguments written.
    spread: Option<ExprId>,
    /// `**kw`, for names not written.
    keywords: Option<ExprId>,
    next: usize,
    uses: Uses,
}

impl Fill {
    fn value(&mut self, name: &str) -> Option<ExprId> {
        let index = if name.is_empty() {
            self.next += 1;
            Some(self.next - 1)
        } else {
            name.parse::<usize>().ok()
        };
        match index {
            Some(index) => self.positional.get(index).copied().or(self.spread),
            None => self.named.get(&Name::new(name)).copied().or(self.keywords),
        }
    }
}

/// The inside of the replacement field that `text` begins with, and what follows it.
fn replacement(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix('{')?;
    let mut depth = 0usize;
    for (at, letter) in body.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some((body.get(..at)?, body.get(at + 1..)?)),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Takes a `%` format apart.
fn slots(text: &'static str) -> Vec<Slot<'static>> {
    let mut slots = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, tail) = rest.split_at(at);
        if !before.is_empty() {
            slots.push(Slot::Text(before));
        }
        let mut spec = tail.get(1..).unwrap_or("");
        let mut key = None;
        if let Some(inner) = spec.strip_prefix('(')
            && let Some((name, after)) = inner.split_once(')')
        {
            key = Some(name);
            spec = after;
        }
        let flags = spec.find(|c: char| !matches!(c, '#' | '0'..='9' | '-' | ' ' | '+' | '.' | '*' | 'h' | 'l' | 'L'));
        let (flags, after) = spec.split_at(flags.unwrap_or(spec.len()));
        slots.extend(flags.bytes().filter(|b| *b == b'*').map(|_| Slot::Next));
        let mut letters = after.chars();
        match letters.next() {
            Some('%') => slots.push(Slot::Text("%")),
            Some(
                'd' | 'i' | 'o' | 'u' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'c' | 'r' | 's' | 'a' | 'b',
            ) => {
                slots.push(key.map_or(Slot::Next, Slot::Key));
            }
            // No format at all: the text stands for itself.
            _ => {
                slots.push(Slot::Text("%"));
                rest = tail.get(1..).unwrap_or("");
                continue;
            }
        }
        rest = letters.as_str();
    }
    if !rest.is_empty() {
        slots.push(Slot::Text(rest));
    }
    slots
}
