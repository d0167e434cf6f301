//! Expressions: the switchboard, and the kinds that need no room of their own.

use tree_sitter::Node;

use super::context::{Hint, Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{
    Block, CallForm, ClassKind, CollectionKind, Element, ExprId, ExprKind, Literal, Name, PassKind, Pattern,
    PatternKind, StmtKind, TypeKind,
};

impl<'t> Lower<'t, '_> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        self.hinted(node, Hint::default())
    }

    /// An expression in a place that gives a function or class written there its name.
    pub(super) fn hinted(&mut self, node: Node<'t>, hint: Hint) -> ExprId {
        let value = if self.enter() {
            self.by_kind(node, hint)
        } else {
            self.flatten(node)
        };
        self.leave();
        value
    }

    fn by_kind(&mut self, node: Node<'t>, hint: Hint) -> ExprId {
        match self.kind(node) {
            Kind::Identifier
            | Kind::ShorthandPropertyIdentifier
            | Kind::ShorthandPropertyIdentifierPattern
            | Kind::PropertyIdentifier
            | Kind::PrivatePropertyIdentifier
            | Kind::TypeIdentifier
            | Kind::StatementIdentifier
            | Kind::PredefinedType
            | Kind::Import
            | Kind::JsxNamespaceName => {
                let name = self.name(node);
                self.build.expr(ExprKind::Name(name), span(node))
            }
            Kind::String => self.string(node),
            Kind::TemplateString => self.template(node),
            Kind::StringFragment | Kind::JsxText | Kind::HtmlCharacterReference | Kind::EscapeSequence => {
                let text = Literal::Str(self.name(node));
                self.build.expr(ExprKind::Literal(text), span(node))
            }
            Kind::MemberExpression | Kind::SubscriptExpression | Kind::CallExpression | Kind::NonNullExpression => {
                self.chain(node)
            }
            Kind::Number => self.number(node),
            Kind::This | Kind::ThisType => self.build.expr(ExprKind::This, span(node)),
            Kind::Super => self.build.expr(ExprKind::Super, span(node)),
            Kind::Null | Kind::Undefined => self.null(span(node)),
            Kind::True => self.boolean(node, true),
            Kind::False => self.boolean(node, false),
            Kind::Regex => self.regex(node),
            Kind::Object => self.object(node),
            Kind::Array => self.array(node),
            Kind::ArrowFunction
            | Kind::FunctionExpression
            | Kind::FunctionDeclaration
            | Kind::GeneratorFunction
            | Kind::GeneratorFunctionDeclaration => self.closure(node, hint),
            Kind::Class | Kind::ClassDeclaration | Kind::AbstractClassDeclaration => self.class_value(node, hint),
            Kind::BinaryExpression => self.binary(node),
            Kind::UnaryExpression => self.unary(node),
            Kind::ParenthesizedExpression => match self.first(node) {
                Some(inner) => self.hinted(inner, hint),
                None => self.opaque_children(node),
            },
            Kind::NewExpression => self.construction(node),
            Kind::AwaitExpression => self.pass(PassKind::Await, node),
            Kind::YieldExpression => self.pass(PassKind::Yield, node),
            Kind::SpreadElement
            | Kind::JsxExpression
            | Kind::TemplateSubstitution
            | Kind::ExpressionStatement
            | Kind::ComputedPropertyName => match self.first(node) {
                Some(inner) => self.expr(inner),
                None => self.null(span(node)),
            },
            Kind::TernaryExpression => self.ternary(node),
            Kind::AsExpression | Kind::SatisfiesExpression | Kind::TypeAssertion => self.cast(node, hint),
            Kind::InstantiationExpression => self.instantiation(node),
            Kind::AssignmentExpression | Kind::AugmentedAssignmentExpression | Kind::UpdateExpression => {
                self.assignment_value(node)
            }
            Kind::MetaProperty => self.meta_property(node),
            Kind::JsxElement | Kind::JsxSelfClosingElement => self.jsx(node),
            Kind::Decorator => self.decorator(node),
            Kind::Error => self.broken(node),
            _ => self.opaque_children(node),
        }
    }

    /// The expression in a field, or nothing there.
    pub(super) fn field_expr(&mut self, node: Node<'t>, field: Field) -> ExprId {
        match self.field(node, field) {
            Some(child) => self.expr(child),
            None => self.null(span(node)),
        }
    }

    fn boolean(&mut self, node: Node<'t>, value: bool) -> ExprId {
        self.build.expr(ExprKind::Literal(Literal::Bool(value)), span(node))
    }

    /// Every named child of something that is not modelled.
    pub(super) fn opaque_children(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.open(node);
        let mut parts = Vec::new();
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.node.is_named() && kid.kind != Kind::Comment {
                parts.push(self.expr(kid.node));
            }
        }
        self.close(kids);
        self.build.expr(ExprKind::Opaque(parts.into()), span(node))
    }

    /// What can be made out inside source that could not be parsed.
    fn broken(&mut self, node: Node<'t>) -> ExprId {
        let mut body = Vec::new();
        self.salvage(node, &mut body);
        self.build.expr(ExprKind::Block { body, value: None }, span(node))
    }

    fn pass(&mut self, kind: PassKind, node: Node<'t>) -> ExprId {
        let inner = match self.first(node) {
            Some(inner) => self.expr(inner),
            None => self.null(span(node)),
        };
        self.build.expr(ExprKind::Pass { kind, inner }, span(node))
    }

    fn array(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.open(node);
        let mut elements = Vec::with_capacity(kids.range().len() / 2);
        let mut filled = false;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Comma => {
                    if !filled {
                        let hole = self.null(span(kid.node));
                        elements.push(Element::Item(hole));
                    }
                    filled = false;
                }
                _ if !kid.node.is_named() || kid.kind == Kind::Comment => {}
                Kind::SpreadElement => {
                    elements.push(Element::Spread(self.expr(kid.node)));
                    filled = true;
                }
                _ => {
                    elements.push(Element::Item(self.expr(kid.node)));
                    filled = true;
                }
            }
        }
        self.close(kids);
        let kind = CollectionKind::List;
        let elements = elements.into();
        self.build.expr(ExprKind::List { kind, elements }, span(node))
    }

    fn construction(&mut self, node: Node<'t>) -> ExprId {
        let callee = self.field_expr(node, Field::Constructor);
        self.call(callee, node, CallForm::New)
    }

    fn ternary(&mut self, node: Node<'t>) -> ExprId {
        let test = self.field_expr(node, Field::Condition);
        let then = self.field_expr(node, Field::Consequence);
        let otherwise = self.field_expr(node, Field::Alternative);
        self.build
            .expr(ExprKind::Conditional { test, then, otherwise }, span(node))
    }

    fn cast(&mut self, node: Node<'t>, hint: Hint) -> ExprId {
        let kids = self.open(node);
        let mut inner = None;
        let mut ty = None;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Comment => {}
                Kind::ConstWord => ty = Some(self.named_type(&["const"], kid.node)),
                Kind::TypeArguments => {
                    ty = self.type_list(kid.node).first().copied();
                    if ty.is_none() {
                        ty = Some(self.named_type(&["const"], kid.node));
                    }
                }
                _ if !kid.node.is_named() => {}
                _ if inner.is_none() => inner = Some(self.hinted(kid.node, hint)),
                _ => ty = Some(self.ty(kid.node)),
            }
        }
        self.close(kids);
        let inner = inner.unwrap_or_else(|| self.null(span(node)));
        let ty = ty.unwrap_or_else(|| self.build.ty(TypeKind::Unknown, span(node)));
        self.build.expr(ExprKind::Cast { inner, ty }, span(node))
    }

    /// `f<T>` without a call.
    fn instantiation(&mut self, node: Node<'t>) -> ExprId {
        let inner = self
            .field(node, Field::Function)
            .or_else(|| self.first(node))
            .map(|inner| self.expr(inner));
        let inner = inner.unwrap_or_else(|| self.null(span(node)));
        let kind = PassKind::Plain;
        self.build.expr(ExprKind::Pass { kind, inner }, span(node))
    }

    fn assignment_value(&mut self, node: Node<'t>) -> ExprId {
        let (target, op, value) = self.assignment_parts(node);
        let target = Box::new(target);
        self.build.expr(ExprKind::Assign { target, op, value }, span(node))
    }

    /// The target, operator and value of any assignment.
    pub(super) fn assignment_parts(&mut self, node: Node<'t>) -> (Pattern, Option<crate::ir::BinaryOp>, ExprId) {
        match self.kind(node) {
            Kind::UpdateExpression => {
                let (target, op, value) = self.update_parts(node);
                (target, Some(op), value)
            }
            Kind::AugmentedAssignmentExpression => self.augmented_parts(node),
            _ => {
                let target = self.field_target(node, Field::Left);
                let hint = match &target.kind {
                    PatternKind::Bind(name, _) => Hint::named(*name, target.span),
                    PatternKind::Place(place) => match &self.build.module.expr(*place).kind {
                        ExprKind::Field { name, name_span, .. } if *name != "exports" => Hint::named(*name, *name_span),
                        _ => Hint::default(),
                    },
                    _ => Hint::default(),
                };
                let Some(right) = self.field(node, Field::Right) else {
                    let value = self.null(span(node));
                    return (target, None, value);
                };
                self.assigned_request(&target, right);
                let value = self.hinted(right, hint);
                self.commonjs_export(&target, right, value);
                (target, None, value)
            }
        }
    }

    fn meta_property(&mut self, node: Node<'t>) -> ExprId {
        let text = self.text(node);
        let (object, property) = text.split_once('.').unwrap_or((text, ""));
        let whole = span(node);
        let base = self.build.expr(ExprKind::Name(Name::new(object.trim())), whole);
        let name = Name::new(property.trim());
        let name_span = whole;
        self.build.expr(ExprKind::Field { base, name, name_span }, whole)
    }

    /// A class written as an expression: its definition, then its name.
    fn class_value(&mut self, node: Node<'t>, hint: Hint) -> ExprId {
        let (id, name) = self.class(node, hint, true, &[]);
        debug_assert_eq!(self.build.module.class(id).kind, ClassKind::Class);
        let body: Block = vec![super::context::stmt(StmtKind::Class(id), span(node))];
        let value = name.map(|name| self.build.expr(ExprKind::Name(name), span(node)));
        self.build.expr(ExprKind::Block { body, value }, span(node))
    }

    /// The expression behind an `@`: one with arguments is a call of the form `Decorator`.
    pub(super) fn decorator(&mut self, node: Node<'t>) -> ExprId {
        let Some(mut inner) = self.first(node) else {
            return self.opaque_children(node);
        };
        if self.kind(inner) == Kind::ParenthesizedExpression
            && let Some(bare) = self.first(inner)
        {
            inner = bare;
        }
        if self.kind(inner) == Kind::CallExpression
            && let Some(function) = self.field(inner, Field::Function)
        {
            let callee = self.expr(function);
            return self.call(callee, inner, CallForm::Decorator);
        }
        self.expr(inner)
    }
}
