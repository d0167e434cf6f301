//! Statements.

use tree_sitter::Node;

use super::context::{Hint, Kid, Lower, span, stmt};
use super::grammar::{Field, Kind};
use crate::ir::{
    Block, ExprId, ExprKind, Handler, Literal, LoopKind, Name, PassKind, Pattern, PatternKind, Stmt, StmtKind,
};

impl<'t> Lower<'t, '_> {
    /// The statements among the children of a program or block.
    pub(super) fn statements(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.open(node);
        let mut doc = None;
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.kind == Kind::Comment {
                doc = self.doc(kid.node);
            } else if kid.node.is_named() {
                self.statement(kid.node, doc.take(), out);
            }
        }
        self.close(kids);
    }

    /// The statements of a nested block, or a single statement in a block's place.
    pub(super) fn nested(&mut self, node: Node<'t>, out: &mut Block) {
        if self.kind(node) == Kind::StatementBlock {
            if self.enter() {
                self.statements(node, out);
            } else {
                let value = self.flatten(node);
                out.push(stmt(StmtKind::Expr(value), span(node)));
            }
            self.leave();
        } else {
            self.statement(node, None, out);
        }
    }

    fn nested_field(&mut self, node: Node<'t>, field: Field) -> Block {
        let mut block = Vec::new();
        if let Some(inner) = self.field(node, field) {
            self.nested(inner, &mut block);
        }
        block
    }

    pub(super) fn statement(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        if self.enter() {
            self.statement_by_kind(node, doc, out);
        } else {
            let value = self.flatten(node);
            out.push(stmt(StmtKind::Expr(value), span(node)));
        }
        self.leave();
    }

    fn statement_by_kind(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        match self.kind(node) {
            Kind::ExpressionStatement => self.expression_statement(node, doc, out),
            Kind::LexicalDeclaration | Kind::VariableDeclaration => self.declarators(node, doc, out),
            Kind::FunctionDeclaration | Kind::GeneratorFunctionDeclaration => {
                self.function_declaration(node, doc, out);
            }
            Kind::FunctionSignature | Kind::EmptyStatement | Kind::DebuggerStatement | Kind::HashBangLine => {}
            Kind::ClassDeclaration | Kind::AbstractClassDeclaration | Kind::Class => {
                let (id, _) = self.class(node, Hint { name: None, doc }, false, &[]);
                out.push(stmt(StmtKind::Class(id), span(node)));
            }
            Kind::EnumDeclaration => {
                let id = self.enumeration(node, doc);
                out.push(stmt(StmtKind::Class(id), span(node)));
            }
            Kind::InterfaceDeclaration => self.interface(node, doc),
            Kind::TypeAliasDeclaration => self.type_alias(node, doc),
            Kind::ImportStatement => self.import(node, out),
            Kind::ImportAlias => self.import_alias(node, out),
            Kind::ExportStatement => self.export(node, doc, out),
            Kind::AmbientDeclaration => self.ambient_declaration(node, out),
            Kind::InternalModule | Kind::Module => self.namespace(node, out),
            Kind::ReturnStatement => self.leaving(node, StmtKind::Return, out),
            Kind::ThrowStatement => self.leaving(node, StmtKind::Throw, out),
            Kind::BreakStatement => out.push(stmt(StmtKind::Break, span(node))),
            Kind::ContinueStatement => out.push(stmt(StmtKind::Continue, span(node))),
            Kind::IfStatement => self.branch(node, out),
            Kind::ForStatement => self.counting_loop(node, out),
            Kind::ForInStatement => self.iterating_loop(node, out),
            Kind::WhileStatement => self.while_loop(node, out),
            Kind::DoStatement => self.do_loop(node, out),
            Kind::SwitchStatement => self.switch(node, out),
            Kind::TryStatement => self.attempt(node, out),
            Kind::StatementBlock => {
                let mut body = Vec::new();
                self.statements(node, &mut body);
                out.push(stmt(StmtKind::Block(body), span(node)));
            }
            Kind::LabeledStatement => {
                if let Some(body) = self.field(node, Field::Body) {
                    self.statement(body, doc, out);
                }
            }
            Kind::WithStatement => {
                let object = self.field_expr(node, Field::Object);
                out.push(stmt(StmtKind::Expr(object), span(node)));
                let body = self.nested_field(node, Field::Body);
                out.push(stmt(StmtKind::Block(body), span(node)));
            }
            Kind::ElseClause => {
                if let Some(body) = self.first(node) {
                    self.nested(body, out);
                }
            }
            Kind::Error => self.salvage(node, out),
            Kind::Comment => {}
            _ => {
                let value = self.expr(node);
                out.push(stmt(StmtKind::Expr(value), span(node)));
            }
        }
    }

    /// The statements and expressions inside source that could not be parsed.
    pub(super) fn salvage(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            self.salvage_one(kid, out);
        }
        self.close(kids);
    }

    pub(super) fn salvage_one(&mut self, kid: Kid<'t>, out: &mut Block) {
        if !kid.node.is_named() {
            return;
        }
        match kid.kind {
            Kind::MethodDefinition => {
                let function = self.method(kid.node, None, None, &[]);
                let value = self.build.expr(ExprKind::Lambda(function), span(kid.node));
                out.push(stmt(StmtKind::Expr(value), span(kid.node)));
            }
            Kind::FormalParameters | Kind::ClassBody | Kind::ClassHeritage | Kind::VariableDeclarator => {
                if self.enter() {
                    if kid.kind == Kind::VariableDeclarator {
                        self.declarator(kid.node, None, out);
                    } else {
                        self.salvage(kid.node, out);
                    }
                } else {
                    let value = self.flatten(kid.node);
                    out.push(stmt(StmtKind::Expr(value), span(kid.node)));
                }
                self.leave();
            }
            Kind::TypeAnnotation | Kind::TypeArguments | Kind::TypeParameters | Kind::AccessibilityModifier => {}
            _ => self.statement(kid.node, None, out),
        }
    }

    fn expression_statement(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        let Some(inner) = self.first(node) else {
            return;
        };
        match self.kind(inner) {
            Kind::InternalModule | Kind::FunctionExpression | Kind::Class => self.statement(inner, doc, out),
            Kind::SequenceExpression => {
                let kids = self.open(inner);
                for index in kids.range() {
                    let kid = self.kid(index);
                    if kid.node.is_named() && kid.kind != Kind::Comment {
                        self.effect(kid.node, span(kid.node), out);
                    }
                }
                self.close(kids);
            }
            _ => self.effect(inner, span(node), out),
        }
    }

    /// An expression run for its effect; an assignment becomes one as a statement.
    fn effect(&mut self, inner: Node<'t>, whole: crate::workspace::Span, out: &mut Block) {
        let assignment = match self.kind(inner) {
            Kind::AwaitExpression => self
                .first(inner)
                .filter(|inner| self.kind(*inner) == Kind::AssignmentExpression)
                .filter(|inner| self.has_token(*inner, Kind::Using)),
            Kind::AssignmentExpression | Kind::AugmentedAssignmentExpression | Kind::UpdateExpression => Some(inner),
            _ => None,
        };
        let Some(assignment) = assignment else {
            let value = self.expr(inner);
            out.push(stmt(StmtKind::Expr(value), whole));
            return;
        };
        let is_using = self.kind(assignment) == Kind::AssignmentExpression && self.has_token(assignment, Kind::Using);
        let (target, op, value) = self.assignment_parts(assignment);
        let kind = if is_using {
            StmtKind::Let {
                pattern: target,
                ty: None,
                value: Some(value),
                otherwise: None,
            }
        } else {
            let ty = None;
            StmtKind::Assign { target, ty, op, value }
        };
        out.push(stmt(kind, whole));
    }

    pub(super) fn declarators(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::VariableDeclarator => self.declarator(kid.node, doc, out),
                Kind::Error => self.salvage(kid.node, out),
                _ => {}
            }
        }
        self.close(kids);
    }

    fn declarator(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        let Some(name) = self.field(node, Field::Name) else {
            return;
        };
        let value = self.field(node, Field::Value);
        let is_name = self.kind(name) == Kind::Identifier;
        let hint = Hint {
            name: is_name.then(|| (self.name(name), span(name))),
            doc,
        };
        if is_name
            && let Some(class) = value
            && self.kind(class) == Kind::Class
        {
            // `const A = class { … }` declares A; with a name of its own, that is declared and A is another for it.
            let (id, own) = self.class(class, hint, false, &[]);
            out.push(stmt(StmtKind::Class(id), span(node)));
            let other = own.filter(|own| *own != self.name(name));
            if let Some(own) = other {
                let pattern = self.pattern(name);
                let value = Some(self.build.expr(ExprKind::Name(own), span(class)));
                let (ty, otherwise) = (None, None);
                let kind = StmtKind::Let {
                    pattern,
                    ty,
                    value,
                    otherwise,
                };
                out.push(stmt(kind, span(node)));
            }
            return;
        }
        let ty = self.field(node, Field::Type).map(|ty| self.annotation(ty));
        let pattern = self.pattern(name);
        if let Some(value) = value {
            self.assigned_request(&pattern, value);
        }
        let value = value.map(|value| self.hinted(value, hint));
        let kind = StmtKind::Let {
            pattern,
            ty,
            value,
            otherwise: None,
        };
        out.push(stmt(kind, span(node)));
    }

    fn leaving(&mut self, node: Node<'t>, kind: fn(Option<ExprId>) -> StmtKind, out: &mut Block) {
        let value = self.first(node).map(|inner| self.expr(inner));
        out.push(stmt(kind(value), span(node)));
    }

    /// `if … else if … else …`, the `else if`s of which may be many: they are walked, not descended into.
    fn branch(&mut self, node: Node<'t>, out: &mut Block) {
        let mut arms: Vec<(Node<'t>, ExprId, Block)> = Vec::new();
        let mut at = node;
        let mut otherwise = Vec::new();
        loop {
            let (test, then) = self.deeper(arms.len(), |lower| {
                let test = lower.field_expr(at, Field::Condition);
                (test, lower.nested_field(at, Field::Consequence))
            });
            arms.push((at, test, then));
            let Some(next) = self.field(at, Field::Alternative) else {
                break;
            };
            match self.first(next) {
                Some(inner) if self.kind(inner) == Kind::IfStatement && arms.len() < MAX_BRANCHES => at = inner,
                Some(inner) if arms.len() < MAX_BRANCHES => {
                    self.deeper(arms.len(), |lower| lower.nested(inner, &mut otherwise));
                    break;
                }
                Some(inner) => {
                    let value = self.flatten(inner);
                    otherwise.push(stmt(StmtKind::Expr(value), span(inner)));
                    break;
                }
                None => break,
            }
        }
        while let Some((at, test, then)) = arms.pop() {
            let kind = StmtKind::If { test, then, otherwise };
            otherwise = vec![stmt(kind, span(at))];
        }
        out.append(&mut otherwise);
    }

    /// Python's `else` has no like here.
    fn looping(node: Node<'t>, kind: LoopKind, body: Block) -> Stmt {
        let otherwise = Vec::new();
        stmt(StmtKind::Loop { kind, body, otherwise }, span(node))
    }

    fn is_always(&self, test: ExprId) -> bool {
        matches!(
            self.build.module.expr(test).kind,
            ExprKind::Literal(Literal::Bool(true) | Literal::Int(1))
        )
    }

    fn while_loop(&mut self, node: Node<'t>, out: &mut Block) {
        let test = self.field_expr(node, Field::Condition);
        let body = self.nested_field(node, Field::Body);
        let kind = if self.is_always(test) {
            LoopKind::Infinite
        } else {
            LoopKind::While(test)
        };
        out.push(Self::looping(node, kind, body));
    }

    /// `do … while (test)` runs until the test, at the end of its body, fails.
    fn do_loop(&mut self, node: Node<'t>, out: &mut Block) {
        let mut body = self.nested_field(node, Field::Body);
        let test = self.field_expr(node, Field::Condition);
        let place = self.field(node, Field::Condition).map_or(span(node), span);
        let leave = StmtKind::If {
            test,
            then: Vec::new(),
            otherwise: vec![stmt(StmtKind::Break, place)],
        };
        body.push(stmt(leave, place));
        out.push(Self::looping(node, LoopKind::Infinite, body));
    }

    fn counting_loop(&mut self, node: Node<'t>, out: &mut Block) {
        let mut before = Vec::new();
        let mut declares = false;
        if let Some(init) = self.field(node, Field::Initializer) {
            match self.kind(init) {
                Kind::LexicalDeclaration | Kind::VariableDeclaration => {
                    declares = self.kind(init) == Kind::LexicalDeclaration;
                    self.declarators(init, None, &mut before);
                }
                Kind::EmptyStatement => {}
                _ => self.effects(init, &mut before),
            }
        }
        let test = self
            .field(node, Field::Condition)
            .filter(|test| test.is_named() && self.kind(*test) != Kind::EmptyStatement)
            .map(|test| self.expr(test));
        let mut body = self.nested_field(node, Field::Body);
        if let Some(increment) = self.field(node, Field::Increment) {
            self.effects(increment, &mut body);
        }
        let kind = match test {
            Some(test) if !self.is_always(test) => LoopKind::While(test),
            _ => LoopKind::Infinite,
        };
        before.push(Self::looping(node, kind, body));
        if declares {
            out.push(stmt(StmtKind::Block(before), span(node)));
        } else {
            out.append(&mut before);
        }
    }

    fn effects(&mut self, node: Node<'t>, out: &mut Block) {
        if self.kind(node) != Kind::SequenceExpression {
            return self.effect(node, span(node), out);
        }
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.node.is_named() && kid.kind != Kind::Comment {
                self.effect(kid.node, span(kid.node), out);
            }
        }
        self.close(kids);
    }

    fn iterating_loop(&mut self, node: Node<'t>, out: &mut Block) {
        let mut awaits = false;
        let mut keys = false;
        let kids = self.open(node);
        for index in kids.range() {
            match self.kid(index).kind {
                Kind::AwaitWord => awaits = true,
                Kind::InWord => keys = true,
                _ => {}
            }
        }
        self.close(kids);
        let mut iter = self.field_expr(node, Field::Right);
        if awaits {
            let kind = PassKind::Await;
            let place = self.build.module.expr(iter).span;
            iter = self.build.expr(ExprKind::Pass { kind, inner: iter }, place);
        }
        let pattern = match self.field(node, Field::Left) {
            Some(left) => self.pattern(left),
            None => Pattern {
                kind: PatternKind::Wild,
                span: span(node),
            },
        };
        let body = self.nested_field(node, Field::Body);
        let kind = if keys {
            LoopKind::ForKeys { pattern, iter }
        } else {
            LoopKind::For { pattern, iter }
        };
        out.push(Self::looping(node, kind, body));
    }

    fn attempt(&mut self, node: Node<'t>, out: &mut Block) {
        let body = self.nested_field(node, Field::Body);
        let mut handlers = Vec::new();
        if let Some(handler) = self.field(node, Field::Handler) {
            let pattern = self
                .field(handler, Field::Parameter)
                .map(|parameter| self.pattern(parameter));
            let body = self.nested_field(handler, Field::Body);
            handlers.push(Handler {
                types: Vec::new(),
                pattern,
                body,
                span: span(handler),
            });
        }
        let finally = match self.field(node, Field::Finalizer) {
            Some(finalizer) => self.nested_field(finalizer, Field::Body),
            None => Vec::new(),
        };
        let kind = StmtKind::Try {
            body,
            handlers,
            otherwise: Vec::new(),
            finally,
        };
        out.push(stmt(kind, span(node)));
    }
}

/// How many `else if`s stand in each other before the rest is laid flat.
const MAX_BRANCHES: usize = 200;
