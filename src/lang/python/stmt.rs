//! Statements.

use tree_sitter::Node;

use super::syntax::{Field, Kids, Kind, kind};
use super::{Lower, MAX_DEPTH};
use crate::ir::{
    Arg, ArgKind, Block, Call, CallForm, Element, ExprId, ExprKind, FuncId, Handler, LoopKind, Name, PassKind, Stmt,
    StmtKind, UnaryOp,
};
use crate::workspace::Span;

impl<'t> Lower<'t> {
    /// The whole file.
    pub(super) fn module(&mut self, root: Node<'t>) {
        let (doc, body) = self.body(root);
        self.b.function_mut(FuncId::MODULE).doc = doc;
        self.b.set_top_level(body);
    }

    /// A block's statements.
    pub(super) fn block(&mut self, node: Node<'t>) -> Block {
        let mut out = Vec::new();
        self.statements(node, &mut out);
        out
    }

    /// A function's or the module's block: its docstring and the statements behind.
    pub(super) fn body(&mut self, node: Node<'t>) -> (Option<Name>, Block) {
        let kids = Kids::of(&mut self.cursor, node);
        let mut out = Vec::new();
        let mut doc = None;
        for (index, kid) in kids.named_or_broken().enumerate() {
            if index == 0 {
                doc = self.docstring(kid);
                if doc.is_some() {
                    continue;
                }
            }
            self.stmt(kid, &mut out);
        }
        (doc, out)
    }

    fn statements(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = Kids::of(&mut self.cursor, node);
        for kid in kids.named_or_broken() {
            self.stmt(kid, out);
        }
    }

    /// One statement; `with` and simple forms may become several.
    pub(super) fn stmt(&mut self, node: Node<'t>, out: &mut Block) {
        if self.depth >= MAX_DEPTH {
            let cut = self.cut(node);
            self.push(StmtKind::Expr(cut), node, out);
            return;
        }
        self.depth += 1;
        self.stmt_inner(node, out);
        self.depth -= 1;
        if !self.strays.is_empty() {
            let strays = std::mem::take(&mut self.strays);
            let span = self.span(node);
            let kept = self.opaque(strays, span);
            self.push(StmtKind::Expr(kept), node, out);
        }
    }

    pub(super) fn push(&self, kind: StmtKind, node: Node<'t>, out: &mut Block) {
        out.push(Stmt {
            kind,
            span: self.span(node),
        });
    }

    fn stmt_inner(&mut self, node: Node<'t>, out: &mut Block) {
        let span = self.span(node);
        match kind(node) {
            Kind::ExpressionStatement => self.expression_statement(node, out),
            Kind::Return => {
                let kids = self.kids(node);
                let value = kids.first().map(|value| self.expr(value));
                self.push(StmtKind::Return(value), node, out);
            }
            Kind::If => self.if_statement(node, out),
            Kind::For | Kind::While => self.loop_statement(node, out),
            Kind::Try => self.try_statement(node, out),
            Kind::With => self.with_statement(node, out),
            Kind::Match => self.match_statement(node, out),
            Kind::Function => {
                self.function_statement(node, Vec::new(), span, out);
            }
            Kind::Class => self.class(node, Vec::new(), span, out),
            Kind::Decorated => {
                let kids = self.kids(node);
                let decorators = kids.named().filter(|kid| kid.kind == Kind::Decorator);
                let decorators = decorators.filter_map(|kid| self.decorator(kid.node)).collect();
                match kids.field(Field::Definition) {
                    Some(inner) if kind(inner) == Kind::Class => self.class(inner, decorators, span, out),
                    Some(inner) => self.function_statement(inner, decorators, span, out),
                    None => {
                        let kept = self.opaque(decorators, span);
                        self.push(StmtKind::Expr(kept), node, out);
                    }
                }
            }
            Kind::Import => self.import(node),
            Kind::ImportFrom | Kind::FutureImport => self.import_from(node),
            Kind::Raise => self.raise(node, out),
            Kind::Assert => {
                let kids = self.kids(node);
                let mut parts = kids.named();
                let test = parts.next().map(|kid| kid.node);
                let test = self.expr_or_nothing(test, node);
                let message = parts.next().map(|kid| self.expr(kid.node));
                // `python -O` leaves it out.
                self.push(
                    StmtKind::Assert {
                        test,
                        message,
                        debug: true,
                    },
                    node,
                    out,
                );
            }
            Kind::Delete => self.delete(node, out),
            Kind::Break => self.push(StmtKind::Break, node, out),
            Kind::Continue => self.push(StmtKind::Continue, node, out),
            Kind::Pass | Kind::Token | Kind::Comment => {}
            Kind::Global | Kind::Nonlocal => {
                let kids = self.kids(node);
                let func = self.place.func;
                for kid in kids.named() {
                    let name = self.name(kid.node);
                    self.b.function_mut(func).globals.push(name);
                }
            }
            Kind::Print | Kind::Exec => {
                let callee = if kind(node) == Kind::Print { "print" } else { "exec" };
                let callee = self.b.expr(
                    ExprKind::Name(Name::new(callee)),
                    Span {
                        start: span.start,
                        end: span.start,
                    },
                );
                let kids = self.kids(node);
                let args = kids
                    .named()
                    .map(|kid| Arg {
                        kind: ArgKind::Positional,
                        value: self.expr(kid.node),
                    })
                    .collect();
                let call = Call {
                    callee,
                    args,
                    form: CallForm::Plain,
                    type_args: Box::default(),
                };
                let call = self.b.expr(ExprKind::Call(Box::new(call)), span);
                self.push(StmtKind::Expr(call), node, out);
            }
            Kind::TypeAlias => self.type_alias(node, out),
            Kind::Block | Kind::Module => self.statements(node, out),
            Kind::Error => self.salvage(node, out),
            _ => {
                let value = self.expr(node);
                self.push(StmtKind::Expr(value), node, out);
            }
        }
    }

    /// The children of a compound statement. What stands in broken syntax between them may be statements:
    /// [`Lower::salvage_between`] takes it up.
    pub(super) fn compound(&mut self, node: Node<'t>) -> Kids<'t> {
        Kids::of(&mut self.cursor, node)
    }

    pub(super) fn salvage_between(&mut self, kids: &Kids<'t>, out: &mut Block) {
        for kid in kids.iter().filter(|kid| kid.kind == Kind::Error) {
            self.stmt(kid.node, out);
        }
    }

    /// What makes sense inside broken syntax: whole statements as they are, the rest as one expression.
    fn salvage(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = Kids::of(&mut self.cursor, node);
        let mut loose = Vec::new();
        for kid in kids.named_or_broken() {
            if is_statement(kind(kid)) {
                self.stmt(kid, out);
            } else {
                loose.push(self.expr(kid));
            }
        }
        if !loose.is_empty() {
            let span = self.span(node);
            let kept = self.opaque(loose, span);
            self.push(StmtKind::Expr(kept), node, out);
        }
    }

    fn expression_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.kids(node);
        let parts: Vec<_> = kids.named().collect();
        let value = match parts.as_slice() {
            [] => return,
            [single] if single.kind == Kind::Assignment => return self.assignment(single.node, out),
            [single] if single.kind == Kind::AugmentedAssignment => return self.augmented(single.node, out),
            [single] if !kids.has_token(",") => self.expr(single.node),
            many => {
                let elements = many.iter().map(|part| self.element(part.node)).collect();
                let span = self.span(node);
                let kind = crate::ir::CollectionKind::Tuple;
                self.b.expr(ExprKind::List { kind, elements }, span)
            }
        };
        self.push(StmtKind::Expr(value), node, out);
    }

    fn if_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.compound(node);
        let mut branches = vec![self.branch(node, &kids)];
        let mut otherwise = Vec::new();
        for kid in kids.named() {
            match kid.kind {
                Kind::Elif => {
                    let inner = self.kids(kid.node);
                    branches.push(self.branch(kid.node, &inner));
                }
                Kind::Else => otherwise = self.else_block(kid.node),
                _ => {}
            }
        }
        // `elif` nests in the IR; past the depth that whoever walks it can bear, the branches stand side by side.
        let room = MAX_DEPTH.saturating_sub(self.depth).max(1);
        if branches.len() > room {
            let rest = branches.split_off(room);
            let side = rest.into_iter().map(|(test, then, at)| Stmt {
                kind: StmtKind::If {
                    test,
                    then,
                    otherwise: Vec::new(),
                },
                span: self.span(at),
            });
            otherwise = side.chain(otherwise).collect();
        }
        let end = node.end_byte();
        for (test, then, at) in branches.into_iter().rev() {
            let span = Span::new(at.start_byte(), end);
            otherwise = vec![Stmt {
                kind: StmtKind::If { test, then, otherwise },
                span,
            }];
        }
        out.append(&mut otherwise);
        self.salvage_between(&kids, out);
    }

    fn branch(&mut self, node: Node<'t>, kids: &Kids<'t>) -> (ExprId, Block, Node<'t>) {
        let condition = kids.field(Field::Condition);
        let text = condition.map_or("", |condition| self.text(condition));
        let type_only = text == "TYPE_CHECKING" || text.ends_with(".TYPE_CHECKING");
        let test = self.expr_or_nothing(condition, node);
        let before = self.type_only;
        self.type_only |= type_only;
        let then = kids
            .field(Field::Consequence)
            .map(|body| self.block(body))
            .unwrap_or_default();
        self.type_only = before;
        (test, then, node)
    }

    /// The block of an `else` or `finally`.
    fn else_block(&mut self, node: Node<'t>) -> Block {
        let kids = self.kids(node);
        kids.kind(Kind::Block).map(|body| self.block(body)).unwrap_or_default()
    }

    fn loop_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.compound(node);
        let kind = if kind(node) == Kind::For {
            let pattern = self.target_or_wild(kids.field(Field::Left), node);
            let iter = self.expr_or_nothing(kids.field(Field::Right), node);
            LoopKind::For { pattern, iter }
        } else {
            match kids.field(Field::Condition) {
                Some(condition) if matches!(self.text(condition), "True" | "1") => LoopKind::Infinite,
                condition => LoopKind::While(self.expr_or_nothing(condition, node)),
            }
        };
        let body = kids.field(Field::Body).map(|body| self.block(body)).unwrap_or_default();
        let otherwise = kids
            .kind(Kind::Else)
            .map(|clause| self.else_block(clause))
            .unwrap_or_default();
        self.push(StmtKind::Loop { kind, body, otherwise }, node, out);
        self.salvage_between(&kids, out);
    }

    fn try_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.compound(node);
        let body = kids.field(Field::Body).map(|body| self.block(body)).unwrap_or_default();
        let mut handlers = Vec::new();
        let (mut otherwise, mut finally) = (Vec::new(), Vec::new());
        for kid in kids.named() {
            match kid.kind {
                Kind::Except => handlers.push(self.handler(kid.node)),
                Kind::Else => otherwise = self.else_block(kid.node),
                Kind::Finally => finally = self.else_block(kid.node),
                _ => {}
            }
        }
        self.push(
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            },
            node,
            out,
        );
        self.salvage_between(&kids, out);
    }

    fn handler(&mut self, node: Node<'t>) -> Handler {
        let kids = self.kids(node);
        let mut types = Vec::new();
        let mut pattern = kids.field(Field::Alias).map(|alias| self.target(alias));
        for value in kids.fields(Field::Value) {
            let mut named = value;
            if kind(value) == Kind::AsPattern {
                let inner = self.kids(value);
                pattern = inner.field(Field::Alias).map(|alias| self.target(alias));
                match inner.first() {
                    Some(first) => named = first,
                    None => continue,
                }
            }
            let named = self.unwrapped(named);
            if kind(named) == Kind::Tuple {
                let members = self.kids(named);
                types.extend(members.named().map(|member| match self.element(member.node) {
                    Element::Item(value) | Element::Spread(value) => value,
                }));
            } else {
                types.push(self.expr(named));
            }
        }
        let body = kids.kind(Kind::Block).map(|body| self.block(body)).unwrap_or_default();
        let span = self.span(node);
        Handler {
            types,
            pattern,
            body,
            span,
        }
    }

    /// `with` opens no scope: what it enters and its body stand in the block around it.
    fn with_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.compound(node);
        if let Some(clause) = kids.kind(Kind::WithClause) {
            let items = self.kids(clause);
            for item in items.named() {
                let inner = self.kids(item.node);
                if let Some(value) = inner.field(Field::Value) {
                    self.enter(value, out);
                }
            }
        }
        if let Some(body) = kids.field(Field::Body) {
            self.statements(body, out);
        }
        self.salvage_between(&kids, out);
    }

    fn enter(&mut self, node: Node<'t>, out: &mut Block) {
        let inner = self.unwrapped(node);
        let kids = self.kids(inner);
        // `with (a as b, c as d):` may be read as a tuple.
        if kind(inner) == Kind::Tuple && kids.kind(Kind::AsPattern).is_some() {
            for kid in kids.named() {
                self.enter_one(kid.node, out);
            }
        } else {
            self.enter_one(inner, out);
        }
    }

    fn enter_one(&mut self, node: Node<'t>, out: &mut Block) {
        let (value, alias) = if kind(node) == Kind::AsPattern {
            let kids = self.kids(node);
            (kids.first(), kids.field(Field::Alias))
        } else {
            (Some(node), None)
        };
        let inner = self.expr_or_nothing(value, node);
        let span = self.b.module.expr(inner).span;
        let value = self.b.expr(
            ExprKind::Pass {
                kind: PassKind::Enter,
                inner,
            },
            span,
        );
        let kind = match alias {
            Some(alias) => StmtKind::Let {
                pattern: self.target(alias),
                ty: None,
                value: Some(value),
                otherwise: None,
            },
            None => StmtKind::Expr(value),
        };
        self.push(kind, node, out);
    }

    /// `raise x from y`: the cause is evaluated too.
    fn raise(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.kids(node);
        let cause = kids.field(Field::Cause);
        let value = kids
            .named()
            .find(|kid| kid.field != Field::Cause)
            .map(|kid| self.expr(kid.node));
        if let Some(cause) = cause.filter(|cause| kind(*cause) != Kind::None) {
            let value = self.expr(cause);
            self.push(StmtKind::Expr(value), cause, out);
        }
        self.push(StmtKind::Throw(value), node, out);
    }

    fn delete(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.kids(node);
        let mut targets: Vec<_> = kids.named().map(|kid| kid.node).collect();
        if let [list] = targets.as_slice()
            && matches!(kind(*list), Kind::ExpressionList | Kind::Tuple)
        {
            let members = self.kids(*list);
            targets = members.named().map(|kid| kid.node).collect();
        }
        for target in targets {
            let operand = self.expr(target);
            let span = self.span(node);
            let value = self.b.expr(
                ExprKind::Unary {
                    op: UnaryOp::Delete,
                    operand,
                },
                span,
            );
            self.push(StmtKind::Expr(value), node, out);
        }
    }
}

/// Whether a node is a statement by itself.
fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Assert
            | Kind::Block
            | Kind::Break
            | Kind::Class
            | Kind::Continue
            | Kind::Decorated
            | Kind::Delete
            | Kind::Error
            | Kind::Exec
            | Kind::ExpressionStatement
            | Kind::For
            | Kind::Function
            | Kind::FutureImport
            | Kind::Global
            | Kind::If
            | Kind::Import
            | Kind::ImportFrom
            | Kind::Match
            | Kind::Module
            | Kind::Nonlocal
            | Kind::Pass
            | Kind::Print
            | Kind::Raise
            | Kind::Return
            | Kind::Try
            | Kind::TypeAlias
            | Kind::While
            | Kind::With
    )
}
