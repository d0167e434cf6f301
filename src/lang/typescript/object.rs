//! Object literals.

use tree_sitter::Node;

use super::context::{Hint, Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{ExprId, ExprKind, Key, Literal, Name, RecordEntry};

impl<'t> Lower<'t, '_> {
    pub(super) fn object(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.open(node);
        let mut entries = Vec::with_capacity(kids.range().len() / 2);
        let mut doc = None;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Comment => {
                    doc = self.doc(kid.node);
                    continue;
                }
                Kind::Pair => entries.push(self.pair(kid.node, doc)),
                Kind::SpreadElement => entries.push(RecordEntry::Spread(self.expr(kid.node))),
                Kind::ShorthandPropertyIdentifier => {
                    let name = self.name(kid.node);
                    let value = self.expr(kid.node);
                    let key_span = span(kid.node);
                    entries.push(RecordEntry::Pair {
                        key: Key::Name(name),
                        value,
                        key_span,
                    });
                }
                Kind::MethodDefinition => entries.push(self.object_method(kid.node, doc)),
                Kind::Error => entries.push(RecordEntry::Spread(self.expr(kid.node))),
                _ if kid.node.is_named() => entries.push(RecordEntry::Spread(self.expr(kid.node))),
                _ => continue,
            }
            doc = None;
        }
        self.close(kids);
        let entries = entries.into();
        self.build.expr(ExprKind::Record { ty: None, entries }, span(node))
    }

    fn pair(&mut self, node: Node<'t>, doc: Option<Name>) -> RecordEntry {
        let (key, key_span) = match self.field(node, Field::Key) {
            Some(key) => (self.key(key), span(key)),
            None => (Key::Name(Name::new("")), span(node)),
        };
        let hint = Hint {
            name: match key {
                Key::Name(name) => Some((name, key_span)),
                Key::Computed(_) => None,
            },
            doc,
        };
        let value = match self.field(node, Field::Value) {
            Some(value) => self.hinted(value, hint),
            None => self.null(span(node)),
        };
        RecordEntry::Pair { key, value, key_span }
    }

    fn object_method(&mut self, node: Node<'t>, doc: Option<Name>) -> RecordEntry {
        let name = self.field(node, Field::Name);
        let key = match name {
            Some(name) => self.key(name),
            None => Key::Name(Name::new("")),
        };
        let function = self.method(node, None, doc, &[]);
        let value = self.build.expr(ExprKind::Lambda(function), span(node));
        let key_span = span(name.unwrap_or(node));
        RecordEntry::Pair { key, value, key_span }
    }

    /// A property's key; a computed one that is a constant string is known.
    pub(super) fn key(&mut self, node: Node<'t>) -> Key {
        match self.kind(node) {
            Kind::String => Key::Name(self.string_text(node)),
            Kind::ComputedPropertyName => {
                let value = self.expr(node);
                match &self.build.module.expr(value).kind {
                    ExprKind::Literal(Literal::Str(text)) => Key::Name(*text),
                    _ => Key::Computed(value),
                }
            }
            _ => Key::Name(self.name(node)),
        }
    }
}
