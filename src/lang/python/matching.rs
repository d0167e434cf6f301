//! The patterns of `match`.

use tree_sitter::Node;

use super::syntax::{Field, Kid, Kind, kind};
use super::{Lower, MAX_DEPTH, number};
use crate::ir::{Arm, ExprId, ExprKind, Literal, Name, Pattern, PatternKind, Stmt, StmtKind};

impl<'t> Lower<'t> {
    pub(super) fn match_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let span = self.span(node);
        let kids = self.kids(node);
        let subjects: Vec<_> = kids.fields(Field::Subject).collect();
        let subject = match subjects.as_slice() {
            [single] if !kids.has_token(",") => self.expr(*single),
            many => {
                let elements = many.iter().map(|subject| self.element(*subject)).collect();
                let kind = crate::ir::CollectionKind::Tuple;
                self.b.expr(ExprKind::List { kind, elements }, span)
            }
        };
        let mut arms = Vec::new();
        if let Some(body) = kids.field(Field::Body) {
            let clauses = self.kids(body);
            for clause in clauses.named().filter(|kid| kid.kind == Kind::CaseClause) {
                arms.push(self.arm(clause.node));
            }
        }
        out.push(Stmt {
            kind: StmtKind::Match { subject, arms },
            span,
        });
    }

    fn arm(&mut self, node: Node<'t>) -> Arm {
        let span = self.span(node);
        let kids = self.kids(node);
        let patterns: Vec<_> = kids.named().filter(|kid| kid.kind == Kind::CasePattern).collect();
        let pattern = match patterns.as_slice() {
            [single] if !kids.has_token(",") => self.case(single.node),
            many => self.sequence(many, node),
        };
        let guard = kids.field(Field::Guard).map(|guard| {
            let inner = self.kids(guard);
            self.expr_or_nothing(inner.first(), guard)
        });
        let body = kids
            .field(Field::Consequence)
            .map(|body| self.block(body))
            .unwrap_or_default();
        Arm {
            pattern,
            guard,
            body,
            span,
        }
    }

    /// `a, *rest, b`.
    fn sequence(&mut self, parts: &[Kid<'t>], node: Node<'t>) -> Pattern {
        let rest = parts.iter().position(|part| self.is_star(part.node));
        let items = parts.iter().map(|part| self.case(part.node)).collect();
        Pattern {
            kind: PatternKind::List { items, rest },
            span: self.span(node),
        }
    }

    fn is_star(&mut self, node: Node<'t>) -> bool {
        let splat = match kind(node) {
            Kind::SplatPattern => Some(node),
            Kind::CasePattern => self.kids(node).kind(Kind::SplatPattern),
            _ => None,
        };
        splat.is_some()
    }

    /// One pattern.
    fn case(&mut self, node: Node<'t>) -> Pattern {
        let span = self.span(node);
        if self.depth >= MAX_DEPTH {
            let expr = self.cut(node);
            return Pattern {
                kind: PatternKind::Value(expr),
                span,
            };
        }
        self.depth += 1;
        let kind = self.case_inner(node);
        self.depth -= 1;
        Pattern { kind, span }
    }

    fn case_inner(&mut self, node: Node<'t>) -> PatternKind {
        match kind(node) {
            Kind::CasePattern => {
                let kids = self.kids(node);
                match kids.first() {
                    Some(number) if kids.has_token("-") => PatternKind::Literal(self.negative(number)),
                    Some(inner) => self.case(inner).kind,
                    None => PatternKind::Wild,
                }
            }
            Kind::AsPattern => {
                let kids = self.kids(node);
                let inner = kids.first().map(|inner| self.case(inner));
                match kids.named().skip(1).last() {
                    Some(name) => {
                        let inner = inner.filter(|inner| inner.kind != PatternKind::Wild);
                        PatternKind::Bind(self.name(name.node), inner.map(Box::new))
                    }
                    None => inner.map_or(PatternKind::Wild, |inner| inner.kind),
                }
            }
            Kind::UnionPattern => self.alternatives(node),
            Kind::ListPattern | Kind::TuplePattern => {
                let kids = self.kids(node);
                let parts: Vec<_> = kids.named().collect();
                match parts.as_slice() {
                    [single]
                        if kind(node) == Kind::TuplePattern && !kids.has_token(",") && !self.is_star(single.node) =>
                    {
                        self.case(single.node).kind
                    }
                    parts => self.sequence(parts, node).kind,
                }
            }
            Kind::DictPattern => self.mapping(node),
            Kind::ClassPattern => self.class_pattern(node),
            // A keyword outside a class pattern is broken syntax: its pattern alone is left.
            Kind::KeywordPattern => {
                let kids = self.kids(node);
                kids.named()
                    .last()
                    .map_or(PatternKind::Wild, |last| self.case(last.node).kind)
            }
            Kind::SplatPattern => {
                let kids = self.kids(node);
                kids.first()
                    .map_or(PatternKind::Wild, |name| PatternKind::Bind(self.name(name), None))
            }
            Kind::DottedName => {
                let kids = self.kids(node);
                let mut names = kids.named();
                match (names.next(), names.next()) {
                    (Some(single), None) if self.text(single.node) == "_" => PatternKind::Wild,
                    (Some(single), None) => PatternKind::Bind(self.name(single.node), None),
                    _ => PatternKind::Value(self.dotted_value(node)),
                }
            }
            Kind::Identifier if self.text(node) == "_" => PatternKind::Wild,
            Kind::Identifier => PatternKind::Bind(self.name(node), None),
            _ => {
                let expr = self.expr(node);
                match &self.b.module.expr(expr).kind {
                    ExprKind::Literal(literal) => PatternKind::Literal(literal.clone()),
                    _ => PatternKind::Value(expr),
                }
            }
        }
    }

    fn negative(&mut self, node: Node<'t>) -> Literal {
        match number::integer(self.text(node)) {
            Literal::Int(value) => Literal::Int(value.saturating_neg()),
            _ => Literal::Float(Name::new(&format!("-{}", self.text(node)))),
        }
    }

    /// `a | -1 | "s"`: a minus is a token before its number.
    fn alternatives(&mut self, node: Node<'t>) -> PatternKind {
        let kids = self.kids(node);
        let mut patterns = Vec::new();
        let mut minus = false;
        let mut wild = false;
        for kid in kids.iter() {
            match kid.kind {
                Kind::Token => {
                    minus = kid.node.kind() == "-";
                    wild |= kid.node.kind() == "_";
                }
                Kind::Error => {}
                _ if std::mem::take(&mut minus) => {
                    let literal = self.negative(kid.node);
                    patterns.push(Pattern {
                        kind: PatternKind::Literal(literal),
                        span: self.span(kid.node),
                    });
                }
                _ => patterns.push(self.case(kid.node)),
            }
        }
        if wild {
            patterns.push(Pattern {
                kind: PatternKind::Wild,
                span: self.span(node),
            });
        }
        PatternKind::Or(patterns)
    }

    fn mapping(&mut self, node: Node<'t>) -> PatternKind {
        let kids = self.kids(node);
        let mut fields = Vec::new();
        let mut rest = None;
        let mut key: Option<Name> = None;
        for kid in kids.named() {
            match kid.field {
                Field::Key => key = Some(self.mapping_key(kid.node)),
                Field::Value => {
                    let pattern = self.case(kid.node);
                    if let Some(key) = key.take() {
                        fields.push((key, pattern));
                    }
                }
                _ if kid.kind == Kind::SplatPattern => rest = Some(Box::new(self.case(kid.node))),
                _ => {}
            }
        }
        PatternKind::Record { ty: None, fields, rest }
    }

    fn mapping_key(&mut self, node: Node<'t>) -> Name {
        match kind(node) {
            Kind::String | Kind::ConcatenatedString => match self.string(node) {
                ExprKind::Literal(Literal::Str(text)) => text,
                _ => self.name(node),
            },
            _ => self.name(node),
        }
    }

    /// `Point(x, y)` is a variant; with keywords it is a record whose positional parts are called `0`, `1`, ….
    fn class_pattern(&mut self, node: Node<'t>) -> PatternKind {
        let kids = self.kids(node);
        let path: Box<[Name]> = match kids.kind(Kind::DottedName) {
            Some(path) => {
                let names = self.kids(path);
                names.named().map(|name| self.name(name.node)).collect()
            }
            None => Box::default(),
        };
        let mut items = Vec::new();
        let mut fields = Vec::new();
        for kid in kids.named().filter(|kid| kid.kind == Kind::CasePattern) {
            match self.kids(kid.node).kind(Kind::KeywordPattern) {
                Some(keyword) => {
                    let parts = self.kids(keyword);
                    let name = parts.first().map(|name| self.name(name));
                    let minus = parts.has_token("-");
                    let pattern = match parts.named().nth(1) {
                        Some(number) if minus => Pattern {
                            kind: PatternKind::Literal(self.negative(number.node)),
                            span: self.span(number.node),
                        },
                        Some(value) => self.case(value.node),
                        None => Pattern {
                            kind: PatternKind::Wild,
                            span: self.span(keyword),
                        },
                    };
                    fields.extend(name.map(|name| (name, pattern)));
                }
                None => items.push(self.case(kid.node)),
            }
        }
        if fields.is_empty() {
            return PatternKind::Variant { path, items };
        }
        let positional = items.into_iter().enumerate();
        let mut all: Vec<_> = positional
            .map(|(index, item)| (Name::new(&index.to_string()), item))
            .collect();
        all.append(&mut fields);
        PatternKind::Record {
            ty: Some(path),
            fields: all,
            rest: None,
        }
    }

    /// `a.b.c` as an expression, from a `dotted_name`.
    fn dotted_value(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        if kids.named().count() > MAX_DEPTH {
            return self.cut(node);
        }
        let mut value: Option<ExprId> = None;
        for kid in kids.named() {
            value = Some(match value {
                None => self.variable(kid.node),
                Some(base) => {
                    let (name, name_span) = (self.name(kid.node), self.span(kid.node));
                    let span = self.b.module.expr(base).span.to(name_span);
                    self.b.expr(ExprKind::Field { base, name, name_span }, span)
                }
            });
        }
        match value {
            Some(value) => value,
            None => self.expr_or_nothing(None, node),
        }
    }
}
