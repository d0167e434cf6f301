//! Assignments and type aliases.

use tree_sitter::Node;

use super::Lower;
use super::expr::operator;
use super::share::MAX_USES;
use super::syntax::{Field, Kind, kind};
use crate::ir::{Block, Class, ClassKind, ExprId, ExprKind, Name, PatternKind, StmtKind, TypeId};
use crate::workspace::Span;

/// The parts of `a = b: T = value`.
pub(super) struct Assigned<'t> {
    /// The targets from left to right, each with its annotation.
    pub(super) targets: Vec<(Node<'t>, Option<Node<'t>>)>,
    /// What is assigned; nothing in `x: T`.
    pub(super) value: Option<Node<'t>>,
}

impl<'t> Lower<'t> {
    /// Takes an assignment apart, chained ones included.
    pub(super) fn assigned(&mut self, node: Node<'t>) -> Assigned<'t> {
        let mut targets = Vec::new();
        let mut at = node;
        loop {
            let kids = self.kids(at);
            if let Some(left) = kids.field(Field::Left) {
                targets.push((left, kids.field(Field::Type)));
            }
            match kids.field(Field::Right) {
                Some(right) if kind(right) == Kind::Assignment => at = right,
                value => return Assigned { targets, value },
            }
        }
    }

    pub(super) fn assignment(&mut self, node: Node<'t>, out: &mut Block) {
        let Assigned { targets, value } = self.assigned(node);
        let value_node = value;
        let Some(value) = value.map(|value| self.expr(value)) else {
            for (left, ty) in targets {
                self.declare(left, ty, node, out);
            }
            return;
        };
        if let [(left, ty)] = targets.as_slice()
            && kind(*left) == Kind::Identifier
        {
            self.name_closure(value, *left);
            self.alias(*left, *ty, value_node, self.span(node));
        }
        let small = self.is_small(value);
        for (index, (left, ty)) in targets.into_iter().enumerate() {
            let ty = ty.map(|ty| self.ty(ty));
            let target = self.target(left);
            let value = match index {
                ..MAX_USES => value,
                _ if small => value,
                _ => self.expr_or_nothing(None, left),
            };
            self.push(
                StmtKind::Assign {
                    target,
                    ty,
                    op: None,
                    value,
                },
                node,
                out,
            );
        }
    }

    /// `x: T` without a value.
    fn declare(&mut self, left: Node<'t>, ty: Option<Node<'t>>, node: Node<'t>, out: &mut Block) {
        let pattern = self.target(left);
        let ty = ty.map(|ty| self.ty(ty));
        let kind = match pattern.kind {
            PatternKind::Place(place) if ty.is_none() => StmtKind::Expr(place),
            _ => StmtKind::Let {
                pattern,
                ty,
                value: None,
                otherwise: None,
            },
        };
        self.push(kind, node, out);
    }

    pub(super) fn augmented(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.kids(node);
        let target = self.target_or_wild(kids.field(Field::Left), node);
        let op = kids.operators().next().map(operator);
        let value = self.expr_or_nothing(kids.field(Field::Right), node);
        self.push(
            StmtKind::Assign {
                target,
                ty: None,
                op,
                value,
            },
            node,
            out,
        );
    }

    /// `f = lambda: …` gives the closure its name.
    pub(super) fn name_closure(&mut self, value: ExprId, left: Node<'t>) {
        let ExprKind::Lambda(id) = self.b.module.expr(value).kind else {
            return;
        };
        let (name, name_span) = (self.name(left), self.span(left));
        let function = self.b.function_mut(id);
        if function.name.is_none() {
            function.name = Some(name);
            function.name_span = name_span;
        }
    }

    /// `X = Annotated[str, …]`, `X: TypeAlias = …`: a variable for the program, and a type for its annotations.
    fn alias(&mut self, left: Node<'t>, ty: Option<Node<'t>>, value: Option<Node<'t>>, span: Span) {
        let Some(value) = value else { return };
        let declared = ty.is_some_and(|ty| self.text(ty).ends_with("TypeAlias"));
        if !declared && (ty.is_some() || !self.is_typing_form(value)) {
            return;
        }
        let alias = self.ty(value);
        self.add_alias(left, alias, span);
    }

    fn is_typing_form(&mut self, value: Node<'t>) -> bool {
        if kind(value) != Kind::Subscript {
            return false;
        }
        let head = self.kids(value).field(Field::Value).map_or("", |head| self.text(head));
        matches!(
            head.rsplit('.').next().unwrap_or(""),
            "Annotated"
                | "Literal"
                | "Union"
                | "Optional"
                | "Callable"
                | "List"
                | "Dict"
                | "Tuple"
                | "Set"
                | "Sequence"
                | "Iterable"
                | "Mapping"
                | "Type"
                | "list"
                | "dict"
                | "tuple"
                | "set"
        )
    }

    fn add_alias(&mut self, left: Node<'t>, alias: TypeId, span: Span) -> crate::ir::ClassId {
        let (name, name_span) = (self.name(left), self.span(left));
        let class = self.empty_class(Some(name), name_span, span);
        self.b.class(Class {
            kind: ClassKind::Alias,
            alias: Some(alias),
            ..class
        })
    }

    /// `type X[T] = …`.
    pub(super) fn type_alias(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.kids(node);
        let (Some(left), Some(right)) = (kids.field(Field::Left), kids.field(Field::Right)) else {
            return;
        };
        let mut name = left;
        while kind(name) != Kind::Identifier {
            match self.kids(name).first() {
                Some(inner) => name = inner,
                None => break,
            }
        }
        let alias = self.ty(right);
        let span = self.span(node);
        let id = self.add_alias(name, alias, span);
        self.push(StmtKind::Class(id), node, out);
    }

    /// A class without contents.
    pub(super) fn empty_class(&self, name: Option<Name>, name_span: Span, span: Span) -> Class {
        Class {
            name,
            name_span,
            span,
            kind: ClassKind::Class,
            bases: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            variants: Vec::new(),
            alias: None,
            params: Vec::new(),
            decorators: Vec::new(),
            doc: None,
            parent: self.place.func,
            is_test: false,
            body: Vec::new(),
        }
    }
}
