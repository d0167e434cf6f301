//! YAML: anchors, merge keys, flow style, several documents, templates of Helm and Jinja.
//!
//! The events of a text are gathered first; an alias plays the events of its anchor again. What is played again is
//! counted, so that a text in which each anchor repeats another ten times ends in time.

use granit_parser::{Event, Parser, ScalarStyle};
use rustc_hash::FxHashMap;

use super::build::Builder;
use super::template::Masked;
use super::{Document, MAX_DEPTH, Node, Value};
use crate::workspace::Span;

/// How many values aliases may repeat in one file.
const MAX_REPEATED: usize = 100_000;
/// How many bytes of text aliases may repeat in one file.
const MAX_REPEATED_BYTES: usize = 4 * 1024 * 1024;

pub(super) fn parse(text: &str) -> Document {
    // With tags of a template it is no YAML yet; but a tag in a text is a text, and one alone may pass for a map in a map.
    let is_template = text.contains(": {{") || text.contains("- {{");
    if !is_template {
        let plain = read(text, None);
        if plain.gaps.is_empty() {
            return plain;
        }
    }
    read(text, Masked::new(text).as_ref())
}

fn read(text: &str, masked: Option<&Masked>) -> Document {
    let mut reader = Reader {
        build: Builder::merging(),
        items: Vec::new(),
        anchors: FxHashMap::default(),
        open: Vec::new(),
        repeated: 0,
        repeated_bytes: 0,
    };
    let length = text.len();
    let parsed = masked.map_or(text, |masked| masked.text.as_str());
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(parsed, options);
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((Event::StreamEnd, _))) => break,
            Some(Ok((event, span))) => {
                let span = span
                    .byte_range()
                    .map_or(Span::default(), |range| Span::new(range.start, range.end));
                reader.event(event, span, text, masked);
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(length).min(length);
                reader.document_ends(at);
                let message = format!("not valid YAML: {}", error.kind());
                reader.build.gaps.push(Span::new(at, at), message);
                if reader.build.gaps.full || !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    reader.document_ends(length);
    reader.build.finish(length)
}

/// An event that builds the tree.
enum Item {
    Scalar(Node),
    List(usize),
    Map(usize),
    Close(usize),
    /// An alias of an anchor by its number.
    Alias(usize, Span),
}

struct Reader {
    build: Builder,
    /// The events of the document that is being read.
    items: Vec<Item>,
    /// The stretch of events that an anchor names; it is known once the anchored value ends.
    anchors: FxHashMap<usize, (usize, usize)>,
    /// The anchors of the open lists and maps, 0 where there is none, each with its first event.
    open: Vec<(usize, usize)>,
    repeated: usize,
    repeated_bytes: usize,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, span: Span, text: &str, masked: Option<&Masked>) {
        let start = self.items.len();
        match event {
            Event::DocumentEnd => self.document_ends(span.start as usize),
            Event::Alias(anchor) => self.items.push(Item::Alias(anchor, span)),
            Event::UnresolvedAlias(_) => {
                self.build.gaps.push(span, "an alias of no anchor");
                let value = Value::Null;
                self.items.push(Item::Scalar(Node { span, value }));
            }
            Event::Scalar(scalar, style, anchor, tag) => {
                let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let value = if masked.is_some_and(|masked| masked.holds_tag(span)) {
                    Value::String(unquoted(text.get(span.range()).unwrap_or_default()).to_owned())
                } else if style == ScalarStyle::Plain && !is_text {
                    plain(&scalar)
                } else {
                    Value::String(scalar.into_owned())
                };
                self.items.push(Item::Scalar(Node { span, value }));
                self.anchors.insert(anchor, (start, start + 1));
            }
            Event::SequenceStart(_, anchor, _) => {
                self.items.push(Item::List(span.start as usize));
                self.open.push((anchor, start));
            }
            Event::MappingStart(_, anchor, _) => {
                self.items.push(Item::Map(span.start as usize));
                self.open.push((anchor, start));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.items.push(Item::Close(span.end as usize));
                if let Some((anchor, first)) = self.open.pop() {
                    self.anchors.insert(anchor, (first, start + 1));
                }
            }
            _ => {}
        }
    }

    /// Builds the values of the document's events.
    fn document_ends(&mut self, end: usize) {
        let items = std::mem::take(&mut self.items);
        let anchors = std::mem::take(&mut self.anchors);
        self.open.clear();
        let mut stretches = vec![(0, items.len())];
        while let Some((next, last)) = stretches.pop() {
            let Some(item) = items.get(next).filter(|_| next < last) else {
                continue;
            };
            stretches.push((next + 1, last));
            let again = stretches.len() > 1;
            if again {
                self.repeated += 1;
            }
            match item {
                Item::Scalar(node) => {
                    if again {
                        self.repeated_bytes += node.text().map_or(0, str::len);
                    }
                    self.build.value(node.clone());
                }
                Item::List(start) => self.build.open_list(*start),
                Item::Map(start) => self.build.open_map(*start),
                Item::Close(end) => self.build.close(*end),
                Item::Alias(anchor, span) => {
                    let spent = self.repeated > MAX_REPEATED || self.repeated_bytes > MAX_REPEATED_BYTES;
                    let holds_itself = |(first, last): (usize, usize)| (first..last).contains(&next);
                    match anchors.get(anchor) {
                        Some(stretch) if !spent && !holds_itself(*stretch) => stretches.push(*stretch),
                        stretch => {
                            let message = match stretch {
                                Some(stretch) if !holds_itself(*stretch) => "aliases repeat too much",
                                _ => "an alias of what holds it",
                            };
                            self.build.gaps.push(*span, message);
                            let (span, value) = (*span, Value::Null);
                            self.build.value(Node { span, value });
                        }
                    }
                }
            }
        }
        self.build.close_all(end);
    }
}

/// A plain scalar by the core schema.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
            && text.parse::<f64>().is_ok() =>
        {
            Value::Number(text.to_owned())
        }
        _ => Value::String(text.to_owned()),
    }
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ["\"", "'"]
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}
