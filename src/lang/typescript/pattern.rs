//! Patterns: destructuring, parameters' patterns, and targets of assignments.

use tree_sitter::Node;

use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{Key, Name, Pattern, PatternKind};

impl<'t> Lower<'t, '_> {
    pub(super) fn pattern(&mut self, node: Node<'t>) -> Pattern {
        let kind = if self.enter() {
            self.pattern_kind(node)
        } else {
            PatternKind::Place(self.flatten(node))
        };
        self.leave();
        Pattern { kind, span: span(node) }
    }

    fn pattern_kind(&mut self, node: Node<'t>) -> PatternKind {
        match self.kind(node) {
            Kind::Identifier
            | Kind::ShorthandPropertyIdentifierPattern
            | Kind::Undefined
            | Kind::PropertyIdentifier => PatternKind::Bind(self.name(node), None),
            Kind::ObjectPattern => self.object_pattern(node),
            Kind::ArrayPattern => self.array_pattern(node),
            Kind::AssignmentPattern | Kind::ObjectAssignmentPattern => {
                let pattern = Box::new(self.field_target(node, Field::Left));
                let default = self.field_expr(node, Field::Right);
                PatternKind::Default { pattern, default }
            }
            Kind::ParenthesizedExpression
            | Kind::AsExpression
            | Kind::SatisfiesExpression
            | Kind::NonNullExpression
            | Kind::RestPattern => match self.first(node) {
                Some(inner) => self.pattern(inner).kind,
                None => PatternKind::Wild,
            },
            _ => PatternKind::Place(self.expr(node)),
        }
    }

    fn object_pattern(&mut self, node: Node<'t>) -> PatternKind {
        let kids = self.open(node);
        let mut fields = Vec::with_capacity(kids.range().len() / 2);
        let mut rest = None;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::PairPattern => self.pair_pattern(kid.node, &mut fields),
                Kind::RestPattern => rest = Some(Box::new(self.pattern(kid.node))),
                Kind::ShorthandPropertyIdentifierPattern => {
                    let name = self.name(kid.node);
                    fields.push((name, self.pattern(kid.node)));
                }
                Kind::ObjectAssignmentPattern => {
                    let name = self.field(kid.node, Field::Left).map_or("", |left| self.text(left));
                    let name = Name::new(name);
                    fields.push((name, self.pattern(kid.node)));
                }
                Kind::Comment => {}
                _ if kid.node.is_named() => fields.push((Name::new(""), self.pattern(kid.node))),
                _ => {}
            }
        }
        self.close(kids);
        PatternKind::Record { ty: None, fields, rest }
    }

    /// `key: pattern`. A computed key is also an expression: it stands as a second entry that binds nothing.
    fn pair_pattern(&mut self, node: Node<'t>, fields: &mut Vec<(Name, Pattern)>) {
        let (Some(key), Some(value)) = (self.field(node, Field::Key), self.field(node, Field::Value)) else {
            return;
        };
        let name = match self.key(key) {
            Key::Name(name) => name,
            Key::Computed(computed) => {
                let name = self.name(key);
                let kind = PatternKind::Value(computed);
                fields.push((name, Pattern { kind, span: span(key) }));
                name
            }
        };
        let value = self.pattern(value);
        fields.push((name, value));
    }

    fn array_pattern(&mut self, node: Node<'t>) -> PatternKind {
        let kids = self.open(node);
        let mut items = Vec::with_capacity(kids.range().len() / 2);
        let mut rest = None;
        let mut filled = false;
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.kind == Kind::Comma {
                if !filled {
                    let kind = PatternKind::Wild;
                    let span = span(kid.node);
                    items.push(Pattern { kind, span });
                }
                filled = false;
            } else if kid.node.is_named() && kid.kind != Kind::Comment {
                if kid.kind == Kind::RestPattern {
                    rest = Some(items.len());
                }
                items.push(self.pattern(kid.node));
                filled = true;
            }
        }
        self.close(kids);
        PatternKind::List { items, rest }
    }
}
