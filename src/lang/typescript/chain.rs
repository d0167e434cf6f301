//! Member, index and call chains (`a.b(c).d[e]!`), walked without recursion: the grammar nests them to the left.

use smallvec::SmallVec;
use tree_sitter::Node;

use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use super::repair;
use crate::ir::{Arg, ArgKind, Call, CallForm, ExprId, ExprKind, PassKind, TypeId};

/// How many links stand in each other before the inner ones are laid flat.
const MAX_LINKS: usize = 200;

impl<'t> Lower<'t, '_> {
    pub(super) fn chain(&mut self, node: Node<'t>) -> ExprId {
        let mut links: SmallVec<[Node<'t>; 8]> = SmallVec::new();
        let mut at = node;
        loop {
            let inner = match self.kind(at) {
                Kind::MemberExpression => self.first(at),
                Kind::SubscriptExpression => self.field(at, Field::Object),
                Kind::CallExpression => self.field(at, Field::Function),
                Kind::NonNullExpression => {
                    let inner = self.first(at);
                    self.misread |= inner.is_some_and(|inner| repair::binds_too_far(inner));
                    inner
                }
                _ => break,
            };
            links.push(at);
            match inner {
                Some(inner) => at = inner,
                None => break,
            }
        }
        let levels = links.len().min(MAX_LINKS);
        self.deeper(levels, |lower| lower.links(at, links))
    }

    /// Puts the links, the outermost of which stands first, onto what they begin with.
    fn links(&mut self, at: Node<'t>, mut links: SmallVec<[Node<'t>; 8]>) -> ExprId {
        let mut value = if links.last() == Some(&at) {
            // A link without its inside: broken source.
            links.pop();
            self.opaque_children(at)
        } else {
            self.callee(at)
        };
        if links.len() > MAX_LINKS {
            self.too_deep(at);
            let mut parts = vec![value];
            for link in links.drain(MAX_LINKS..).rev() {
                self.link_parts(link, &mut parts);
            }
            value = self.build.expr(ExprKind::Opaque(parts.into()), span(at));
        }
        while let Some(link) = links.pop() {
            value = self.link(value, link);
        }
        value
    }

    /// The innermost part of a chain. `(0, x.f)` calls `x.f`: what compilers write to leave the receiver out.
    fn callee(&mut self, node: Node<'t>) -> ExprId {
        if self.kind(node) == Kind::ParenthesizedExpression
            && let Some(inner) = self.first(node)
            && self.kind(inner) == Kind::SequenceExpression
            && inner.named_child_count() == 2
            && let (Some(zero), Some(last)) = (inner.named_child(0), inner.named_child(1))
            && self.kind(zero) == Kind::Number
        {
            return self.expr(last);
        }
        self.expr(node)
    }

    fn link(&mut self, base: ExprId, node: Node<'t>) -> ExprId {
        let whole = span(node);
        match self.kind(node) {
            Kind::MemberExpression => {
                let Some(property) = property(node) else {
                    return self.build.expr(ExprKind::Opaque([base].into()), whole);
                };
                let (name, name_span) = (self.name(property), span(property));
                self.build.expr(ExprKind::Field { base, name, name_span }, whole)
            }
            Kind::SubscriptExpression => {
                let index = self.field_expr(node, Field::Index);
                self.build.expr(ExprKind::Index { base, index }, whole)
            }
            Kind::NonNullExpression => {
                let kind = PassKind::NonNull;
                self.build.expr(ExprKind::Pass { kind, inner: base }, whole)
            }
            _ => self.call(base, node, CallForm::Plain),
        }
    }

    /// The arguments and indices of a link, for chains that are laid flat.
    fn link_parts(&mut self, node: Node<'t>, parts: &mut Vec<ExprId>) {
        match self.kind(node) {
            Kind::SubscriptExpression => parts.push(self.field_expr(node, Field::Index)),
            Kind::CallExpression => {
                if let Some(arguments) = self.field(node, Field::Arguments) {
                    parts.extend(self.arguments(arguments).iter().map(|arg| arg.value));
                }
            }
            Kind::MemberExpression => {
                if let Some(property) = property(node) {
                    let name = ExprKind::Name(self.name(property));
                    parts.push(self.build.expr(name, span(property)));
                }
            }
            _ => {}
        }
    }

    /// A call of `callee` with the arguments of `node` (a call, a construction or a decorator's call).
    pub(super) fn call(&mut self, callee: ExprId, node: Node<'t>, form: CallForm) -> ExprId {
        let mut form = form;
        let type_args = self.type_arguments_of(node);
        let args: Box<[Arg]> = match self.field(node, Field::Arguments) {
            Some(template) if self.kind(template) == Kind::TemplateString => {
                form = CallForm::Tagged;
                self.tagged_arguments(template).into()
            }
            Some(arguments) => {
                self.request(callee, node, arguments);
                let args = self.arguments(arguments);
                self.defined_export(callee, &args);
                self.awaited_import(callee, &args);
                args.into()
            }
            None => Box::default(),
        };
        let call = Call {
            callee,
            args,
            form,
            type_args,
        };
        self.build.expr(ExprKind::Call(Box::new(call)), span(node))
    }

    fn type_arguments_of(&mut self, node: Node<'t>) -> Box<[TypeId]> {
        match self.field(node, Field::TypeArguments) {
            Some(list) => self.type_list(list),
            None => Box::default(),
        }
    }

    fn tagged_arguments(&mut self, template: Node<'t>) -> Vec<Arg> {
        let (parts, interpolations) = self.template_parts(template);
        let whole = self.build.expr(ExprKind::Concat(parts.into()), span(template));
        std::iter::once(whole)
            .chain(interpolations)
            .map(|value| Arg {
                kind: ArgKind::Positional,
                value,
            })
            .collect()
    }

    pub(super) fn arguments(&mut self, node: Node<'t>) -> Vec<Arg> {
        let kids = self.open(node);
        let mut args = Vec::with_capacity(kids.range().len() / 2);
        for index in kids.range() {
            let kid = self.kid(index);
            let kind = match kid.kind {
                Kind::SpreadElement => ArgKind::Spread,
                _ if !kid.node.is_named() || kid.kind == Kind::Comment => continue,
                _ => ArgKind::Positional,
            };
            let value = self.expr(kid.node);
            args.push(Arg { kind, value });
        }
        self.close(kids);
        args
    }
}

/// What stands behind the dot. Looked up by place: in the types' `typeof a.b.c` the grammar's field leads to the `b`.
pub(super) fn property(node: Node<'_>) -> Option<Node<'_>> {
    let last = node.child_count().checked_sub(1)?;
    node.child(last).filter(Node::is_named)
}
