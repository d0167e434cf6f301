//! JSX: elements are opaque, with their name, attributes and children as parts.

use tree_sitter::Node;

use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{ExprId, ExprKind, Literal, Name};

impl<'t> Lower<'t, '_> {
    pub(super) fn jsx(&mut self, node: Node<'t>) -> ExprId {
        let mut parts = Vec::new();
        if self.kind(node) == Kind::JsxSelfClosingElement {
            self.jsx_head(node, &mut parts);
        }
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::JsxOpeningElement => self.jsx_head(kid.node, &mut parts),
                Kind::JsxExpression => {
                    if let Some(inner) = self.first(kid.node) {
                        parts.push(self.expr(inner));
                    }
                }
                Kind::JsxText => self.jsx_text(kid.node, &mut parts),
                Kind::JsxElement | Kind::JsxSelfClosingElement | Kind::HtmlCharacterReference | Kind::Error
                    if self.kind(node) == Kind::JsxElement =>
                {
                    parts.push(self.expr(kid.node));
                }
                _ => {}
            }
        }
        self.close(kids);
        self.build.expr(ExprKind::Opaque(parts.into()), span(node))
    }

    fn jsx_text(&mut self, node: Node<'t>, parts: &mut Vec<ExprId>) {
        let text = self.text(node).trim();
        if !text.is_empty() {
            let literal = Literal::Str(Name::new(text));
            parts.push(self.build.expr(ExprKind::Literal(literal), span(node)));
        }
    }

    /// The name and the attributes. A component is a name, a tag of the page a string.
    fn jsx_head(&mut self, node: Node<'t>, parts: &mut Vec<ExprId>) {
        let name = self.field(node, Field::Name);
        if let Some(name) = name {
            let is_tag = self.kind(name) == Kind::Identifier && self.text(name).starts_with(char::is_lowercase);
            parts.push(if is_tag {
                let literal = Literal::Str(self.name(name));
                self.build.expr(ExprKind::Literal(literal), span(name))
            } else {
                self.expr(name)
            });
        }
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::JsxExpression => {
                    if let Some(inner) = self.first(kid.node) {
                        parts.push(self.expr(inner));
                    }
                }
                Kind::JsxAttribute => self.jsx_attribute(kid.node, parts),
                _ => {}
            }
        }
        self.close(kids);
    }

    fn jsx_attribute(&mut self, node: Node<'t>, parts: &mut Vec<ExprId>) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::PropertyIdentifier | Kind::JsxNamespaceName => {
                    let literal = Literal::Str(self.name(kid.node));
                    parts.push(self.build.expr(ExprKind::Literal(literal), span(kid.node)));
                }
                _ if kid.node.is_named() && kid.kind != Kind::Comment => parts.push(self.expr(kid.node)),
                _ => {}
            }
        }
        self.close(kids);
    }
}
