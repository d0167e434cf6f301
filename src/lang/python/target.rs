//! What assignments, loops and `with` bind.

use tree_sitter::Node;

use super::syntax::{Kind, kind};
use super::{Lower, MAX_DEPTH};
use crate::ir::{ExprKind, Pattern, PatternKind};

impl<'t> Lower<'t> {
    /// An assignment target.
    pub(super) fn target(&mut self, node: Node<'t>) -> Pattern {
        let span = self.span(node);
        if self.depth >= MAX_DEPTH {
            let expr = self.cut(node);
            return Pattern {
                kind: PatternKind::Place(expr),
                span,
            };
        }
        self.depth += 1;
        let pattern = self.target_inner(node);
        self.depth -= 1;
        pattern
    }

    fn target_inner(&mut self, node: Node<'t>) -> Pattern {
        let span = self.span(node);
        let kind = match kind(node) {
            Kind::Identifier => PatternKind::Bind(self.name(node), None),
            Kind::TuplePattern
            | Kind::ListPattern
            | Kind::PatternList
            | Kind::Tuple
            | Kind::List
            | Kind::ExpressionList => {
                let kids = self.kids(node);
                let parts: Vec<_> = kids.named().collect();
                // `(a) = 1`: brackets, not a tuple.
                if let [single] = parts.as_slice()
                    && kind(node) == Kind::TuplePattern
                    && !kids.has_token(",")
                {
                    return self.target(single.node);
                }
                let is_rest =
                    |kid: &super::syntax::Kid<'_>| matches!(kid.kind, Kind::ListSplat | Kind::ListSplatPattern);
                let rest = parts.iter().position(is_rest);
                let items = parts.iter().map(|kid| self.target(kid.node)).collect();
                PatternKind::List { items, rest }
            }
            Kind::ListSplat
            | Kind::ListSplatPattern
            | Kind::DictionarySplatPattern
            | Kind::Parenthesized
            | Kind::AsPatternTarget => {
                let kids = self.kids(node);
                return match kids.first() {
                    Some(inner) => self.target(inner),
                    None => Pattern {
                        kind: PatternKind::Wild,
                        span,
                    },
                };
            }
            _ => {
                let expr = self.expr(node);
                PatternKind::Place(expr)
            }
        };
        Pattern { kind, span }
    }

    /// The targets of `for … in`, `with … as`, or nothing when broken syntax left none.
    pub(super) fn target_or_wild(&mut self, node: Option<Node<'t>>, at: Node<'t>) -> Pattern {
        match node {
            Some(node) => self.target(node),
            None => Pattern {
                kind: PatternKind::Wild,
                span: self.span(at),
            },
        }
    }

    /// An expression that may be absent in broken syntax.
    pub(super) fn expr_or_nothing(&mut self, node: Option<Node<'t>>, at: Node<'t>) -> crate::ir::ExprId {
        match node {
            Some(node) => self.expr(node),
            None => {
                let span = self.span(at);
                self.b.expr(ExprKind::Opaque(Box::default()), span)
            }
        }
    }
}
