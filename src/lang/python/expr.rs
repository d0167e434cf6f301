//! Expressions.

use tree_sitter::Node;

use super::syntax::{Field, Kind, kind};
use super::{Lower, MAX_DEPTH, number};
use crate::ir::{
    BinaryOp, Clause, CollectionKind, Element, ExprId, ExprKind, Key, Literal, Name, PassKind, RecordEntry, UnaryOp,
};

impl<'t> Lower<'t> {
    /// Any expression.
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        let node = self.unwrapped(node);
        if self.depth >= MAX_DEPTH {
            return self.cut(node);
        }
        self.depth += 1;
        let id = self.expr_inner(node);
        self.depth -= 1;
        id
    }

    /// What stands in the brackets, however many.
    pub(super) fn unwrapped(&mut self, mut node: Node<'t>) -> Node<'t> {
        while kind(node) == Kind::Parenthesized {
            match self.kids(node).first() {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    // Each arm is a call: what is on the stack between one level and the next is what bounds the nesting.
    fn expr_inner(&mut self, node: Node<'t>) -> ExprId {
        match kind(node) {
            Kind::Identifier => self.variable(node),
            Kind::Attribute => self.attribute(node),
            Kind::Call => self.call(node),
            Kind::String | Kind::ConcatenatedString => self.text_literal(node),
            Kind::Subscript => self.subscript(node),
            Kind::Binary => self.binary(node),
            Kind::Comparison => self.comparison(node),
            Kind::Integer | Kind::Float | Kind::True | Kind::False | Kind::None => self.constant(node),
            Kind::Ellipsis => self.ellipsis(node),
            Kind::Dictionary => self.dictionary(node),
            Kind::List => self.collection(node, CollectionKind::List),
            Kind::Set => self.collection(node, CollectionKind::Set),
            Kind::Tuple | Kind::ExpressionList | Kind::PatternList | Kind::TuplePattern => {
                self.collection(node, CollectionKind::Tuple)
            }
            Kind::ListPattern => self.collection(node, CollectionKind::List),
            Kind::ListComprehension => self.comprehension(node, CollectionKind::List),
            Kind::SetComprehension => self.comprehension(node, CollectionKind::Set),
            Kind::DictionaryComprehension => self.comprehension(node, CollectionKind::Map),
            Kind::Generator => self.comprehension(node, CollectionKind::Generator),
            Kind::Lambda => self.lambda(node),
            Kind::Boolean => self.boolean(node),
            Kind::Not => self.unary(node, UnaryOp::Not),
            Kind::Unary => self.signed(node),
            Kind::Conditional => self.conditional(node),
            Kind::Named => self.walrus(node),
            Kind::Await => self.pass(node, PassKind::Await),
            Kind::Yield => self.pass(node, PassKind::Yield),
            Kind::Slice => self.parts(node),
            Kind::ListSplat | Kind::ListSplatPattern => self.splat(node),
            Kind::Type | Kind::Chevron | Kind::AsPatternTarget => self.wrapped(node),
            // Only broken or very old code gets here: keep whatever has a value.
            _ => self.parts(node),
        }
    }

    fn text_literal(&mut self, node: Node<'t>) -> ExprId {
        let kind = self.string(node);
        let span = self.span(node);
        self.b.expr(kind, span)
    }

    fn ellipsis(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        self.b.expr(ExprKind::Name(Name::new("Ellipsis")), span)
    }

    fn wrapped(&mut self, node: Node<'t>) -> ExprId {
        let inner = self.kids(node).first();
        self.expr_or_nothing(inner, node)
    }

    /// The children, unexplained.
    fn parts(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let parts: Vec<_> = kids.named().map(|kid| self.expr(kid.node)).collect();
        let span = self.span(node);
        self.opaque(parts, span)
    }

    fn splat(&mut self, node: Node<'t>) -> ExprId {
        let inner = self.wrapped(node);
        let elements = Box::new([Element::Spread(inner)]);
        let kind = CollectionKind::Tuple;
        let span = self.span(node);
        self.b.expr(ExprKind::List { kind, elements }, span)
    }

    fn boolean(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let is_or = kids.operators().next() == Some("or");
        let op = if is_or { BinaryOp::Or } else { BinaryOp::And };
        let left = self.expr_or_nothing(kids.field(Field::Left), node);
        let right = self.expr_or_nothing(kids.field(Field::Right), node);
        let span = self.span(node);
        self.b.expr(ExprKind::Binary { op, left, right }, span)
    }

    fn signed(&mut self, node: Node<'t>) -> ExprId {
        let op = match self.kids(node).operators().next() {
            Some("-") => UnaryOp::Negate,
            Some("+") => UnaryOp::Plus,
            _ => UnaryOp::Other,
        };
        self.unary(node, op)
    }

    fn conditional(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let mut parts = kids.named().map(|kid| kid.node);
        let (then, test, otherwise) = (parts.next(), parts.next(), parts.next());
        let test = self.expr_or_nothing(test, node);
        let then = self.expr_or_nothing(then, node);
        let otherwise = self.expr_or_nothing(otherwise, node);
        let span = self.span(node);
        let kind = ExprKind::Conditional { test, then, otherwise };
        self.b.expr(kind, span)
    }

    fn walrus(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let target = Box::new(self.target_or_wild(kids.field(Field::Name), node));
        let value = self.expr_or_nothing(kids.field(Field::Value), node);
        let span = self.span(node);
        let op = None;
        self.b.expr(ExprKind::Assign { target, op, value }, span)
    }

    fn constant(&mut self, node: Node<'t>) -> ExprId {
        let literal = match kind(node) {
            Kind::Integer => number::integer(self.text(node)),
            Kind::Float => Literal::Float(self.name(node)),
            Kind::True => Literal::Bool(true),
            Kind::False => Literal::Bool(false),
            _ => Literal::Null,
        };
        let span = self.span(node);
        self.b.expr(ExprKind::Literal(literal), span)
    }

    fn attribute(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let base = self.expr_or_nothing(kids.field(Field::Object), node);
        self.field_of(base, kids.field(Field::Attribute), node)
    }

    /// `base.attribute`; the base alone when broken syntax has no attribute.
    pub(super) fn field_of(&mut self, base: ExprId, attribute: Option<Node<'t>>, node: Node<'t>) -> ExprId {
        let Some(attribute) = attribute else { return base };
        let (name, name_span, span) = (self.name(attribute), self.span(attribute), self.span(node));
        self.b.expr(ExprKind::Field { base, name, name_span }, span)
    }

    fn subscript(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let base = self.expr_or_nothing(kids.field(Field::Value), node);
        let keys: Vec<_> = kids.fields(Field::Subscript).collect();
        let index = match keys.as_slice() {
            [key] if !kids.has_token(",") => self.expr(*key),
            keys => {
                let elements = keys.iter().map(|key| self.element(*key)).collect();
                let span = match (keys.first(), keys.last()) {
                    (Some(first), Some(last)) => self.span(*first).to(self.span(*last)),
                    _ => self.span(node),
                };
                self.b.expr(
                    ExprKind::List {
                        kind: CollectionKind::Tuple,
                        elements,
                    },
                    span,
                )
            }
        };
        let span = self.span(node);
        self.b.expr(ExprKind::Index { base, index }, span)
    }

    /// `a + b + c` becomes one `Concat`, `"…" % x` too; the rest stays binary.
    fn binary(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let text = kids.operators().next().unwrap_or("");
        let span = self.span(node);
        if text == "+" {
            return self.sum(node);
        }
        let left = self.expr_or_nothing(kids.field(Field::Left), node);
        let Some(right) = kids.field(Field::Right) else {
            return left;
        };
        if text == "%" && self.is_text(left) {
            return self.percent(left, right, span);
        }
        let right = self.expr(right);
        let op = operator(text);
        self.b.expr(ExprKind::Binary { op, left, right }, span)
    }

    fn sum(&mut self, node: Node<'t>) -> ExprId {
        let mut terms = Vec::new();
        let mut at = node;
        loop {
            if kind(at) != Kind::Binary {
                terms.push(at);
                break;
            }
            let kids = self.kids(at);
            if kids.operators().next() != Some("+") {
                terms.push(at);
                break;
            }
            terms.extend(kids.field(Field::Right));
            match kids.field(Field::Left) {
                Some(left) => at = self.unwrapped(left),
                None => break,
            }
        }
        let mut parts = Vec::with_capacity(terms.len());
        for term in terms.into_iter().rev() {
            let part = self.expr(term);
            match &self.b.module.expr(part).kind {
                ExprKind::Concat(inner) => parts.extend_from_slice(inner),
                _ => parts.push(part),
            }
        }
        let span = self.span(node);
        self.b.expr(ExprKind::Concat(parts.into()), span)
    }

    /// Whether an expression is text written here: a literal or a string built on the spot around one.
    pub(super) fn is_text(&self, id: ExprId) -> bool {
        match &self.b.module.expr(id).kind {
            ExprKind::Literal(Literal::Str(_) | Literal::Bytes(_)) => true,
            ExprKind::Concat(parts) => parts
                .iter()
                .any(|part| matches!(self.b.module.expr(*part).kind, ExprKind::Literal(Literal::Str(_)))),
            _ => false,
        }
    }

    /// `a < b < c` is `a < b and b < c` with one `b`.
    fn comparison(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let mut operators = kids.operators();
        let mut result: Option<ExprId> = None;
        let mut previous: Option<ExprId> = None;
        let mut shared = false;
        let mut length = self.depth;
        let mut strays = Vec::new();
        for kid in kids.named() {
            if kid.field == Field::Operators {
                continue;
            }
            let before = self.shares;
            let right = self.expr(kid.node);
            let nested = std::mem::replace(&mut shared, self.shares != before);
            let Some(mut left) = previous.replace(right) else {
                continue;
            };
            if result.is_some() && !self.is_small(left) {
                self.shares += 1;
                if nested {
                    let span = self.b.module.expr(left).span;
                    left = self.opaque(Vec::new(), span);
                }
            }
            let op = comparison_operator(operators.next().unwrap_or(""));
            let span = self.b.module.expr(left).span.to(self.b.module.expr(right).span);
            let single = self.b.expr(ExprKind::Binary { op, left, right }, span);
            length += 1;
            result = Some(match result {
                None => single,
                // No program has such a chain: hand it through without depth.
                Some(_) if length > MAX_DEPTH => {
                    strays.push(single);
                    continue;
                }
                Some(left) => {
                    let span = self.b.module.expr(left).span.to(span);
                    self.b.expr(
                        ExprKind::Binary {
                            op: BinaryOp::And,
                            left,
                            right: single,
                        },
                        span,
                    )
                }
            });
        }
        if !strays.is_empty() {
            strays.extend(result);
            let span = self.span(node);
            return self.opaque(strays, span);
        }
        match result.or(previous) {
            Some(id) => id,
            None => self.expr_or_nothing(None, node),
        }
    }

    fn unary(&mut self, node: Node<'t>, op: UnaryOp) -> ExprId {
        let kids = self.kids(node);
        let operand = self.expr_or_nothing(kids.field(Field::Argument), node);
        let span = self.span(node);
        self.b.expr(ExprKind::Unary { op, operand }, span)
    }

    fn pass(&mut self, node: Node<'t>, kind: PassKind) -> ExprId {
        let kids = self.kids(node);
        let span = self.span(node);
        let inner = match kids.first() {
            Some(inner) => self.expr(inner),
            None => self.null(span),
        };
        self.b.expr(ExprKind::Pass { kind, inner }, span)
    }

    fn dictionary(&mut self, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let mut entries = Vec::new();
        for kid in kids.named() {
            let inner = self.kids(kid.node);
            if kid.kind != Kind::Pair {
                let value = self.expr_or_nothing(inner.first(), kid.node);
                entries.push(RecordEntry::Spread(value));
                continue;
            }
            let Some(key_node) = inner.field(Field::Key) else {
                continue;
            };
            let key = self.key(key_node);
            let value = self.expr_or_nothing(inner.field(Field::Value), kid.node);
            let key_span = self.span(key_node);
            entries.push(RecordEntry::Pair { key, value, key_span });
        }
        let span = self.span(node);
        self.b.expr(
            ExprKind::Record {
                ty: None,
                entries: entries.into(),
            },
            span,
        )
    }

    fn key(&mut self, node: Node<'t>) -> Key {
        if !matches!(kind(node), Kind::String | Kind::ConcatenatedString) {
            return Key::Computed(self.expr(node));
        }
        match self.string(node) {
            ExprKind::Literal(Literal::Str(name)) => Key::Name(name),
            other => {
                let span = self.span(node);
                Key::Computed(self.b.expr(other, span))
            }
        }
    }

    fn collection(&mut self, node: Node<'t>, kind: CollectionKind) -> ExprId {
        let kids = self.kids(node);
        let elements = kids.named().map(|kid| self.element(kid.node)).collect();
        let span = self.span(node);
        self.b.expr(ExprKind::List { kind, elements }, span)
    }

    pub(super) fn element(&mut self, node: Node<'t>) -> Element {
        let node = self.unwrapped(node);
        match kind(node) {
            Kind::ListSplat | Kind::ListSplatPattern => {
                let kids = self.kids(node);
                Element::Spread(self.expr_or_nothing(kids.first(), node))
            }
            _ => Element::Item(self.expr(node)),
        }
    }

    fn comprehension(&mut self, node: Node<'t>, kind: CollectionKind) -> ExprId {
        let kids = self.kids(node);
        let mut clauses: Vec<Clause> = Vec::new();
        for kid in kids.named() {
            let inner = match kid.kind {
                Kind::ForInClause | Kind::IfClause => self.kids(kid.node),
                _ => continue,
            };
            if kid.kind == Kind::IfClause {
                let condition = self.expr_or_nothing(inner.first(), kid.node);
                if let Some(clause) = clauses.last_mut() {
                    let mut conditions = std::mem::take(&mut clause.conditions).into_vec();
                    conditions.push(condition);
                    clause.conditions = conditions.into();
                }
                continue;
            }
            let pattern = self.target_or_wild(inner.field(Field::Left), kid.node);
            let sources: Vec<_> = inner.fields(Field::Right).collect();
            let iter = match sources.as_slice() {
                [] => self.expr_or_nothing(None, kid.node),
                [single] => self.expr(*single),
                many => {
                    let elements = many.iter().map(|source| self.element(*source)).collect();
                    let span = self.span(kid.node);
                    self.b.expr(
                        ExprKind::List {
                            kind: CollectionKind::Tuple,
                            elements,
                        },
                        span,
                    )
                }
            };
            clauses.push(Clause {
                pattern,
                iter,
                conditions: Box::default(),
            });
        }
        let body = kids.field(Field::Body);
        let (element, value) = match body {
            Some(pair) if super::syntax::kind(pair) == Kind::Pair => {
                let inner = self.kids(pair);
                let key = self.expr_or_nothing(inner.field(Field::Key), pair);
                (key, Some(self.expr_or_nothing(inner.field(Field::Value), pair)))
            }
            body => (self.expr_or_nothing(body, node), None),
        };
        let span = self.span(node);
        let clauses = clauses.into();
        self.b.expr(
            ExprKind::Comprehension {
                kind,
                clauses,
                element,
                value,
            },
            span,
        )
    }
}

fn comparison_operator(text: &str) -> BinaryOp {
    match text {
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::LtEq,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::GtEq,
        "!=" | "<>" | "is not" => BinaryOp::NotEq,
        "in" => BinaryOp::In,
        "not in" => BinaryOp::NotIn,
        _ => BinaryOp::Eq,
    }
}

/// The operator of `a op b`, or of `a op= b`.
pub(super) fn operator(text: &str) -> BinaryOp {
    match text.trim_end_matches('=') {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" | "@" => BinaryOp::Mul,
        "/" | "//" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "**" => BinaryOp::Pow,
        _ => BinaryOp::Bits,
    }
}
