//! Functions of all kinds and their parameters.

use tree_sitter::Node;

use super::context::{Hint, Lower, span, stmt};
use super::grammar::{Field, Kind};
use crate::ir::{
    Block, ClassId, ExprId, ExprKind, FuncId, FuncKind, Name, Param, ParamKind, Pattern, PatternKind, StmtKind,
    TypeKind,
};

impl<'t> Lower<'t, '_> {
    /// `function f() { … }` as a statement: a `Let` of its name. An overload's signature says nothing at run time.
    pub(super) fn function_declaration(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        let name = self.field(node, Field::Name);
        let hint = Hint { name: None, doc };
        let function = self.function(node, FuncKind::Function, hint);
        let value = self.build.expr(ExprKind::Lambda(function), span(node));
        let kind = match name {
            Some(name) => StmtKind::Let {
                pattern: Pattern {
                    kind: PatternKind::Bind(self.name(name), None),
                    span: span(name),
                },
                ty: None,
                value: Some(value),
                otherwise: None,
            },
            None => StmtKind::Expr(value),
        };
        out.push(stmt(kind, span(node)));
    }

    /// An arrow function or function expression.
    pub(super) fn closure(&mut self, node: Node<'t>, hint: Hint) -> ExprId {
        let function = self.function(node, FuncKind::Closure, hint);
        self.build.expr(ExprKind::Lambda(function), span(node))
    }

    fn function(&mut self, node: Node<'t>, kind: FuncKind, hint: Hint) -> FuncId {
        let id = self.build.reserve_function(self.function, span(node));
        let own = self.field(node, Field::Name);
        let name = own.map(|name| (self.name(name), span(name))).or(hint.name);
        let is_async = self.has_token(node, Kind::Async);
        // In a field initialiser `this` of an arrow function is the instance.
        let class = match self.kind(node) {
            Kind::ArrowFunction => self.field_of,
            _ => None,
        };
        let function = self.build.function_mut(id);
        function.kind = kind;
        function.is_async = is_async;
        function.doc = hint.doc;
        function.class = class;
        if let Some((name, name_span)) = name {
            function.name = Some(name);
            function.name_span = name_span;
        }
        self.signature_and_body(id, node);
        id
    }

    /// A method of a class or an object literal; `decorators` stand before it in the class body.
    pub(super) fn method(
        &mut self,
        node: Node<'t>,
        class: Option<ClassId>,
        doc: Option<Name>,
        decorators: &[Node<'t>],
    ) -> FuncId {
        let start = decorators.first().map_or(node, |first| *first);
        let id = self.build.reserve_function(self.function, span(start).to(span(node)));
        let name = self.field(node, Field::Name);
        let text = name.map(|name| self.member_name(name));
        let mut kind = FuncKind::Method;
        let (mut is_async, mut is_static) = (false, false);
        let kids = self.open(node);
        for index in kids.range() {
            match self.kid(index).kind {
                Kind::Get => kind = FuncKind::Getter,
                Kind::Set => kind = FuncKind::Setter,
                Kind::Async => is_async = true,
                Kind::Static => is_static = true,
                _ => {}
            }
            if self.is_field(self.kid(index), Field::Name) {
                break;
            }
        }
        self.close(kids);
        if class.is_some() && !is_static && text.is_some_and(|text| text == "constructor") {
            kind = FuncKind::Constructor;
        }
        let decorators: Vec<ExprId> = decorators.iter().map(|node| self.decorator(*node)).collect();
        let function = self.build.function_mut(id);
        function.kind = kind;
        function.class = class;
        function.doc = doc;
        function.is_async = is_async;
        function.is_static = is_static;
        function.decorators = decorators;
        if let Some(name) = name {
            function.name = text;
            function.name_span = span(name);
        }
        self.signature_and_body(id, node);
        id
    }

    /// What a property is called: strings without quotes, computed names as written.
    pub(super) fn member_name(&self, node: Node<'t>) -> Name {
        match self.kind(node) {
            Kind::String => self.string_text(node),
            _ => self.name(node),
        }
    }

    fn signature_and_body(&mut self, id: FuncId, node: Node<'t>) {
        self.within(id, |lower| {
            let params = match lower.field(node, Field::Parameters) {
                Some(list) => lower.params(list),
                None => lower.single_param(node),
            };
            let returns = lower.field(node, Field::ReturnType).map(|ty| lower.annotation(ty));
            let mut body = Vec::new();
            if let Some(inner) = lower.field(node, Field::Body) {
                if lower.kind(inner) == Kind::StatementBlock {
                    lower.nested(inner, &mut body);
                } else {
                    let value = lower.expr(inner);
                    body.push(stmt(StmtKind::Return(Some(value)), span(inner)));
                }
            }
            let function = lower.build.function_mut(id);
            function.params = params;
            function.returns = returns;
            function.body = body;
        });
    }

    /// The parameter of `x => …`.
    fn single_param(&mut self, node: Node<'t>) -> Vec<Param> {
        let Some(name) = self.field(node, Field::Parameter) else {
            return Vec::new();
        };
        vec![Param {
            pattern: self.pattern(name),
            ty: None,
            default: None,
            kind: ParamKind::Normal,
            decorators: Vec::new(),
            is_property: false,
        }]
    }

    fn params(&mut self, list: Node<'t>) -> Vec<Param> {
        let kids = self.open(list);
        let mut params = Vec::with_capacity(kids.range().len() / 2);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::RequiredParameter | Kind::OptionalParameter => params.extend(self.param(kid.node)),
                Kind::Comment => {}
                _ if kid.node.is_named() => {
                    let pattern = self.pattern(kid.node);
                    params.push(Param {
                        pattern,
                        ty: None,
                        default: None,
                        kind: ParamKind::Normal,
                        decorators: Vec::new(),
                        is_property: false,
                    });
                }
                _ => {}
            }
        }
        self.close(kids);
        params
    }

    /// One parameter; `this: T` is only a type and has none.
    fn param(&mut self, node: Node<'t>) -> Option<Param> {
        let kids = self.open(node);
        let mut pattern = None;
        let mut kind = ParamKind::Normal;
        let mut decorators = Vec::new();
        let mut is_property = false;
        let mut is_this = false;
        let (mut ty, mut default) = (None, None);
        for index in kids.range() {
            let kid = self.kid(index);
            if self.is_field(kid, Field::Pattern) || self.is_field(kid, Field::Name) {
                is_this = kid.kind == Kind::This;
                if kid.kind == Kind::RestPattern {
                    kind = ParamKind::Rest;
                }
                pattern = Some(self.pattern(kid.node));
                continue;
            }
            match kid.kind {
                Kind::Decorator => decorators.push(self.decorator(kid.node)),
                Kind::AccessibilityModifier | Kind::OverrideModifier | Kind::ReadonlyWord => is_property = true,
                Kind::TypeAnnotation => ty = Some(self.annotation(kid.node)),
                _ if self.is_field(kid, Field::Value) => default = Some(self.expr(kid.node)),
                _ => {}
            }
        }
        self.close(kids);
        if is_this {
            return None;
        }
        if self.kind(node) == Kind::OptionalParameter {
            ty = ty.map(|inner| self.build.ty(TypeKind::Optional(inner), span(node)));
        }
        Some(Param {
            pattern: pattern.unwrap_or(Pattern {
                kind: PatternKind::Wild,
                span: span(node),
            }),
            ty,
            default,
            kind,
            decorators,
            is_property,
        })
    }
}
