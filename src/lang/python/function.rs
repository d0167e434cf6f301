//! Functions, methods, lambdas and their parameters.

use tree_sitter::Node;

use super::syntax::{Field, Kind, kind};
use super::{Lower, Place};
use crate::ir::{
    Block, ExprId, ExprKind, FuncKind, Name, Param, ParamKind, Pattern, PatternKind, Stmt, StmtKind, TypeId, walk,
};
use crate::workspace::Span;

impl<'t> Lower<'t> {
    /// A `def`: a method of the class whose body this is, else a function bound to its name in the block.
    pub(super) fn function_statement(&mut self, node: Node<'t>, decorators: Vec<ExprId>, span: Span, out: &mut Block) {
        let kids = self.compound(node);
        let name_node = kids.field(Field::Name);
        let name = name_node.map(|name| self.name(name));
        let class = self.place.class;
        let traits = Traits::of(self, class.is_some(), name, &decorators);
        let id = self.b.reserve_function(self.place.func, span);
        let params = match kids.field(Field::Parameters) {
            Some(params) => self.params(params, class.is_some() && !traits.is_static),
            None => Vec::new(),
        };
        let returns = kids.field(Field::ReturnType).map(|ty| self.ty(ty));
        let place = Place {
            func: id,
            class: None,
            receiver: self.receiver(&params),
        };
        let before = std::mem::replace(&mut self.place, place);
        let (doc, mut body) = match kids.field(Field::Body) {
            Some(body) => self.body(body),
            None => (None, Vec::new()),
        };
        self.salvage_between(&kids, &mut body);
        self.place = before;
        let head = Span {
            start: span.start,
            end: span.start,
        };
        let name_span = name_node.map_or(head, |name| self.span(name));
        let function = self.b.function_mut(id);
        function.name = name;
        function.name_span = name_span;
        function.params = params;
        function.body = body;
        function.class = class;
        function.kind = traits.kind;
        function.decorators = decorators;
        function.returns = returns;
        function.doc = doc;
        function.is_async = kids.has_token("async");
        function.is_static = traits.is_static;
        match (class, name) {
            (Some(class), _) => self.b.module.classes[class.0 as usize].methods.push(id),
            (None, Some(name)) => {
                let value = self.b.expr(ExprKind::Lambda(id), span);
                let pattern = Pattern {
                    kind: PatternKind::Bind(name, None),
                    span: name_span,
                };
                let kind = StmtKind::Let {
                    pattern,
                    ty: None,
                    value: Some(value),
                    otherwise: None,
                };
                out.push(Stmt { kind, span });
            }
            (None, None) => {
                let value = self.b.expr(ExprKind::Lambda(id), span);
                out.push(Stmt {
                    kind: StmtKind::Expr(value),
                    span,
                });
            }
        }
    }

    pub(super) fn lambda(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let kids = self.kids(node);
        let id = self.b.reserve_function(self.place.func, span);
        let params = match kids.field(Field::Parameters) {
            Some(params) => self.params(params, false),
            None => Vec::new(),
        };
        let place = Place {
            func: id,
            class: None,
            receiver: self.receiver(&params),
        };
        let before = std::mem::replace(&mut self.place, place);
        let value = kids.field(Field::Body).map(|body| self.expr(body));
        self.place = before;
        let function = self.b.function_mut(id);
        function.params = params;
        function.body = vec![Stmt {
            kind: StmtKind::Return(value),
            span,
        }];
        self.b.expr(ExprKind::Lambda(id), span)
    }

    /// What the receiver is called inside a function with these parameters.
    fn receiver(&self, params: &[Param]) -> Option<Name> {
        let mut names = Vec::new();
        for param in params {
            let before = names.len();
            walk::names_of_pattern(&param.pattern, &mut |name| names.push(name));
            if param.kind == ParamKind::Receiver {
                return names.get(before).copied();
            }
        }
        self.place.receiver.filter(|receiver| !names.contains(receiver))
    }

    /// Parameters; the first plain one of a method is its receiver.
    fn params(&mut self, node: Node<'t>, is_method: bool) -> Vec<Param> {
        let kids = self.kids(node);
        let mut params: Vec<Param> = Vec::new();
        let mut keyword_only = false;
        for kid in kids.named() {
            if kid.kind == Kind::KeywordSeparator {
                keyword_only = true;
            }
            if matches!(kid.kind, Kind::KeywordSeparator | Kind::PositionalSeparator) {
                continue;
            }
            let mut param = self.param(kid.node, keyword_only);
            if is_method && params.is_empty() && param.kind == ParamKind::Normal {
                param.kind = ParamKind::Receiver;
            }
            keyword_only |= param.kind == ParamKind::Rest;
            params.push(param);
        }
        params
    }

    fn param(&mut self, node: Node<'t>, keyword_only: bool) -> Param {
        let (mut target, mut ty, mut default) = (node, None::<TypeId>, None);
        match kind(node) {
            Kind::TypedParameter | Kind::DefaultParameter | Kind::TypedDefaultParameter => {
                let kids = self.kids(node);
                ty = kids.field(Field::Type).map(|ty| self.ty(ty));
                default = kids.field(Field::Value).map(|value| self.expr(value));
                let name = kids
                    .field(Field::Name)
                    .or_else(|| kids.first().filter(|first| kind(*first) != Kind::Type));
                target = name.unwrap_or(node);
            }
            _ => {}
        }
        let kind = match kind(target) {
            Kind::ListSplatPattern | Kind::ListSplat => ParamKind::Rest,
            Kind::DictionarySplatPattern | Kind::DictionarySplat => ParamKind::KeywordRest,
            _ if keyword_only => ParamKind::KeywordOnly,
            _ => ParamKind::Normal,
        };
        let pattern = self.target(target);
        Param {
            pattern,
            ty,
            default,
            kind,
            decorators: Vec::new(),
            is_property: false,
        }
    }
}

/// What a function's name and decorators make of it.
struct Traits {
    kind: FuncKind,
    is_static: bool,
}

impl Traits {
    fn of(lower: &Lower<'_>, is_method: bool, name: Option<Name>, decorators: &[ExprId]) -> Self {
        if !is_method {
            return Self {
                kind: FuncKind::Function,
                is_static: false,
            };
        }
        let last_names = decorators
            .iter()
            .filter_map(|decorator| match &lower.b.module.expr(*decorator).kind {
                ExprKind::Name(name) | ExprKind::Field { name, .. } => Some(name.as_str()),
                _ => None,
            });
        let mut traits = Self {
            kind: FuncKind::Method,
            is_static: false,
        };
        if name.is_some_and(|name| name == "__init__") {
            traits.kind = FuncKind::Constructor;
        }
        for last in last_names {
            match last {
                "staticmethod" | "abstractstaticmethod" => traits.is_static = true,
                "property" | "cached_property" | "abstractproperty" | "getter" | "computed_field" => {
                    traits.kind = FuncKind::Getter
                }
                "setter" => traits.kind = FuncKind::Setter,
                _ => {}
            }
        }
        traits
    }
}
