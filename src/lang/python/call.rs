//! Calls.

use tree_sitter::Node;

use super::Lower;
use super::share::Uses;
use super::syntax::{Field, Kind, kind};
use crate::ir::{Arg, ArgKind, Call, CallForm, ExprId, ExprKind};
use crate::workspace::Span;

impl<'t> Lower<'t> {
    pub(super) fn call(&mut self, node: Node<'t>) -> ExprId {
        self.call_as(node, CallForm::Plain)
    }

    /// A decorator's expression: with arguments it is a call of that form, bare it is a name.
    pub(super) fn decorator(&mut self, node: Node<'t>) -> Option<ExprId> {
        let inner = self.kids(node).first()?;
        Some(if kind(inner) == Kind::Call {
            self.call_as(inner, CallForm::Decorator)
        } else {
            self.expr(inner)
        })
    }

    fn call_as(&mut self, node: Node<'t>, form: CallForm) -> ExprId {
        let span = self.span(node);
        let kids = self.kids(node);
        let (Some(function), Some(arguments)) = (kids.field(Field::Function), kids.field(Field::Arguments)) else {
            return self.expr_or_nothing(kids.field(Field::Function), node);
        };
        if kind(function) == Kind::Identifier && self.text(function) == "super" {
            return self.b.expr(ExprKind::Super, span);
        }
        if let Some(cast) = self.cast(function, arguments, span) {
            return cast;
        }
        let callee = match self.callee(function) {
            Callee::Of(callee) => callee,
            Callee::Format(text) => return self.format_call(text, arguments, span),
        };
        self.finish(callee, arguments, form, span)
    }

    fn callee(&mut self, function: Node<'t>) -> Callee {
        if kind(function) != Kind::Attribute {
            return Callee::Of(self.expr(function));
        }
        let parts = self.kids(function);
        let base = self.expr_or_nothing(parts.field(Field::Object), function);
        let attribute = parts.field(Field::Attribute);
        if attribute.is_some_and(|name| self.text(name) == "format") && self.is_text(base) {
            return Callee::Format(base);
        }
        Callee::Of(self.field_of(base, attribute, function))
    }

    fn format_call(&mut self, text: ExprId, arguments: Node<'t>, span: Span) -> ExprId {
        let before = self.shares;
        let args = self.args(arguments);
        let uses = Uses::since(self, before);
        self.format(text, &args, uses, span)
    }

    fn finish(&mut self, callee: ExprId, arguments: Node<'t>, form: CallForm, span: Span) -> ExprId {
        let args = self.args(arguments).into();
        let type_args = Box::default();
        let call = Box::new(Call {
            callee,
            args,
            form,
            type_args,
        });
        self.b.expr(ExprKind::Call(call), span)
    }

    /// `cast(T, x)` of `typing`; the `cast` of others (SQLAlchemy's) takes the value first.
    fn cast(&mut self, function: Node<'t>, arguments: Node<'t>, span: Span) -> Option<ExprId> {
        match self.text(function) {
            "cast" if self.casts => {}
            "typing.cast" | "typing_extensions.cast" => {}
            _ => return None,
        }
        let kids = self.kids(arguments);
        let parts: Vec<_> = kids.named().collect();
        let [ty, value] = parts.as_slice() else { return None };
        if matches!(ty.kind, Kind::KeywordArgument | Kind::ListSplat) || value.kind == Kind::KeywordArgument {
            return None;
        }
        let ty = self.ty(ty.node);
        let inner = self.expr(value.node);
        Some(self.b.expr(ExprKind::Cast { inner, ty }, span))
    }

    pub(super) fn args(&mut self, node: Node<'t>) -> Vec<Arg> {
        if kind(node) == Kind::Generator {
            return vec![Arg {
                kind: ArgKind::Positional,
                value: self.expr(node),
            }];
        }
        let kids = self.kids(node);
        kids.named().map(|kid| self.arg(kid.node)).collect()
    }

    fn arg(&mut self, node: Node<'t>) -> Arg {
        match kind(node) {
            Kind::KeywordArgument => {
                let kids = self.kids(node);
                let value = self.expr_or_nothing(kids.field(Field::Value), node);
                let kind = match kids.field(Field::Name) {
                    Some(name) => ArgKind::Named(self.name(name)),
                    None => ArgKind::Positional,
                };
                Arg { kind, value }
            }
            Kind::DictionarySplat => {
                let kids = self.kids(node);
                Arg {
                    kind: ArgKind::KeywordSpread,
                    value: self.expr_or_nothing(kids.first(), node),
                }
            }
            _ => match self.element(node) {
                crate::ir::Element::Spread(value) => Arg {
                    kind: ArgKind::Spread,
                    value,
                },
                crate::ir::Element::Item(value) => Arg {
                    kind: ArgKind::Positional,
                    value,
                },
            },
        }
    }
}

/// What stands before the arguments.
enum Callee {
    /// Something to call.
    Of(ExprId),
    /// The `format` of text that is written here.
    Format(ExprId),
}
