//! Expressions.

use super::context::Lowerer;
use super::patterns::member_name;
use crate::ir::{BinaryOp, CollectionKind, Element, ExprId, ExprKind, Key, Literal, PassKind, RecordEntry, UnaryOp};
use crate::workspace::Span;
use syn::{BinOp, Expr, ExprConst, ExprRange, ExprStruct, Pat, RangeLimits, UnOp};

impl Lowerer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> ExprId {
        let at = self.head_span(expr);
        self.deeper(1, at, |this| this.expr_within(expr), |this| this.opaque(Vec::new(), at))
    }

    fn expr_within(&mut self, expr: &Expr) -> ExprId {
        match expr {
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Group(group) => self.expr(&group.expr),
            Expr::Lit(lit) => self.literal_expr(&lit.lit),
            Expr::Path(path) => {
                let span = self.path_span(path.qself.as_ref(), &path.path);
                let names = self.path_names(path.qself.as_ref(), &path.path);
                self.path_expr(names, span)
            }
            Expr::MethodCall(_)
            | Expr::Call(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Await(_)
            | Expr::Try(_)
            | Expr::Cast(_) => self.postfix(expr),
            Expr::Binary(item) => match compound(&item.op) {
                Some(op) => self.assignment(&item.left, Some(op), &item.right),
                None => self.binary(expr),
            },
            Expr::Assign(item) => self.assignment(&item.left, None, &item.right),
            Expr::Reference(item) => {
                let start = self.span(item.and_token.span);
                self.pass(PassKind::Reference, start, &item.expr)
            }
            Expr::RawAddr(item) => {
                let start = self.span(item.and_token.span);
                self.pass(PassKind::Reference, start, &item.expr)
            }
            Expr::Yield(item) => {
                let start = self.span(item.yield_token.span);
                match &item.expr {
                    Some(inner) => self.pass(PassKind::Yield, start, inner),
                    None => self.opaque(Vec::new(), start),
                }
            }
            Expr::Unary(item) => self.unary(&item.op, &item.expr),
            Expr::Closure(closure) => {
                let (id, span) = self.closure(closure);
                self.b.expr(ExprKind::Lambda(id), span)
            }
            Expr::Macro(mac) => self.macro_value(&mac.mac),
            Expr::Struct(item) => self.record(item),
            Expr::Array(item) => {
                let span = self.delimited(&item.bracket_token.span);
                self.list(CollectionKind::List, &item.elems, span)
            }
            Expr::Tuple(item) => {
                let span = self.delimited(&item.paren_token.span);
                if item.elems.is_empty() {
                    return self.null(span);
                }
                self.list(CollectionKind::Tuple, &item.elems, span)
            }
            Expr::Repeat(item) => {
                let span = self.delimited(&item.bracket_token.span);
                self.repeated(&item.expr, &item.len, span)
            }
            Expr::Range(range) => self.range(range),
            Expr::Let(item) => {
                let start = self.span(item.let_token.span);
                let value = self.expr(&item.expr);
                let span = start.to(self.span_of(value));
                self.matches(&item.pat, value, span)
            }
            Expr::Async(item) => self.async_block(item),
            Expr::Const(item) => self.const_block(item),
            Expr::TryBlock(item) => {
                let span = self.delimited(&item.block.brace_token.span);
                self.block_value(&item.block.stmts, span)
            }
            Expr::Block(_)
            | Expr::Unsafe(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::Loop(_)
            | Expr::While(_)
            | Expr::ForLoop(_)
            | Expr::Return(_)
            | Expr::Break(_)
            | Expr::Continue(_) => self.control_value(expr),
            Expr::Infer(item) => {
                let span = self.span(item.underscore_token.span);
                self.opaque(Vec::new(), span)
            }
            Expr::Verbatim(tokens) => {
                let span = self.tokens_span(tokens);
                self.opaque_tokens(tokens.clone(), span)
            }
            _ => self.opaque(Vec::new(), Span::default()),
        }
    }

    fn pass(&mut self, kind: PassKind, start: Span, inner: &Expr) -> ExprId {
        let inner = self.expr(inner);
        let span = start.to(self.span_of(inner));
        self.b.expr(ExprKind::Pass { kind, inner }, span)
    }

    fn unary(&mut self, op: &UnOp, operand: &Expr) -> ExprId {
        let (start, op) = match op {
            UnOp::Deref(token) => return self.pass(PassKind::Reference, self.span(token.span), operand),
            UnOp::Not(token) => (self.span(token.span), UnaryOp::Not),
            UnOp::Neg(token) => (self.span(token.span), UnaryOp::Negate),
            _ => (Span::default(), UnaryOp::Other),
        };
        let operand = self.expr(operand);
        let span = start.to(self.span_of(operand));
        if let (UnaryOp::Negate, ExprKind::Literal(Literal::Int(int))) = (op, &self.b.module.expr(operand).kind) {
            let negative = ExprKind::Literal(Literal::Int(int.wrapping_neg()));
            return self.b.expr(negative, span);
        }
        self.b.expr(ExprKind::Unary { op, operand }, span)
    }

    fn assignment(&mut self, left: &Expr, op: Option<BinaryOp>, right: &Expr) -> ExprId {
        let value = self.expr(right);
        let target = Box::new(self.place(left));
        let span = target.span.to(self.span_of(value));
        self.b.expr(ExprKind::Assign { target, op, value }, span)
    }

    pub(super) fn matches(&mut self, pat: &Pat, value: ExprId, span: Span) -> ExprId {
        let pattern = Box::new(self.pattern(pat));
        self.b.expr(ExprKind::Matches { pattern, value }, span)
    }

    fn record(&mut self, item: &ExprStruct) -> ExprId {
        let start = self.path_span(item.qself.as_ref(), &item.path);
        let span = start.to(self.closing(&item.brace_token.span));
        let ty = Some(self.path_names(item.qself.as_ref(), &item.path));
        let mut entries = Vec::with_capacity(item.fields.len() + 1);
        for field in &item.fields {
            let key_span = match &field.member {
                syn::Member::Named(ident) => self.span(ident.span()),
                syn::Member::Unnamed(index) => self.span(index.span),
            };
            let value = self.expr(&field.expr);
            entries.push(RecordEntry::Pair {
                key: Key::Name(member_name(&field.member)),
                value,
                key_span,
            });
        }
        if let Some(rest) = &item.rest {
            let rest = self.expr(rest);
            entries.push(RecordEntry::Spread(rest));
        }
        self.b.expr(
            ExprKind::Record {
                ty,
                entries: entries.into(),
            },
            span,
        )
    }

    pub(super) fn list<'a>(
        &mut self,
        kind: CollectionKind,
        elements: impl IntoIterator<Item = &'a Expr>,
        span: Span,
    ) -> ExprId {
        let elements: Vec<Element> = elements
            .into_iter()
            .map(|element| Element::Item(self.expr(element)))
            .collect();
        self.b.expr(
            ExprKind::List {
                kind,
                elements: elements.into(),
            },
            span,
        )
    }

    /// `[value; length]`: a list of the value. A length that is no constant is evaluated before it.
    pub(super) fn repeated(&mut self, value: &Expr, length: &Expr, span: Span) -> ExprId {
        let list = self.list(CollectionKind::List, [value], span);
        if matches!(length, Expr::Lit(_)) {
            return list;
        }
        let length = self.expr(length);
        let stmt = crate::ir::Stmt {
            kind: crate::ir::StmtKind::Expr(length),
            span: self.span_of(length),
        };
        self.b.expr(
            ExprKind::Block {
                body: vec![stmt],
                value: Some(list),
            },
            span,
        )
    }

    pub(super) fn range(&mut self, range: &ExprRange) -> ExprId {
        let dots = match &range.limits {
            RangeLimits::HalfOpen(token) => token.spans.first().copied(),
            RangeLimits::Closed(token) => token.spans.first().copied(),
        };
        let dots = dots.map_or_else(Span::default, |dots| self.span(dots));
        let side = |this: &mut Self, side: &Option<Box<Expr>>| match side {
            Some(side) => this.expr(side),
            None => this.null(dots),
        };
        let left = side(self, &range.start);
        let right = side(self, &range.end);
        let span = self.span_of(left).to(self.span_of(right));
        self.b.expr(
            ExprKind::Binary {
                op: BinaryOp::Range,
                left,
                right,
            },
            span,
        )
    }

    pub(super) fn const_block(&mut self, item: &ExprConst) -> ExprId {
        let span = self
            .span(item.const_token.span)
            .to(self.closing(&item.block.brace_token.span));
        self.block_value(&item.block.stmts, span)
    }

    /// Operators that bind to the left are walked in a loop: generated code has chains of thousands of them. A run of
    /// `+` is one `Concat`.
    fn binary(&mut self, expr: &Expr) -> ExprId {
        let mut links = Vec::new();
        let mut first = expr;
        while let Expr::Binary(item) = first {
            if compound(&item.op).is_some() {
                break;
            }
            links.push((&item.op, item.right.as_ref()));
            first = &item.left;
        }
        links.reverse();
        let levels = 1 + links
            .windows(2)
            .filter(|pair| !matches!(pair, [(BinOp::Add(_), _), (BinOp::Add(_), _)]))
            .count();
        let at = self.head_span(first);
        let flat = |this: &mut Self| {
            let mut children = vec![this.expr(first)];
            children.extend(links.iter().map(|(_, right)| this.expr(right)));
            let span = children.last().map_or(at, |last| at.to(this.span_of(*last)));
            this.opaque(children, span)
        };
        if levels > self.room() / 2 {
            self.tell_deep(at);
            return flat(self);
        }
        self.deeper(
            levels,
            at,
            |this| {
                let mut left = this.expr(first);
                let start = this.span_of(left);
                let mut parts = Vec::new();
                for (op, right) in &links {
                    let right = this.expr(right);
                    if matches!(op, BinOp::Add(_)) {
                        if parts.is_empty() {
                            parts.push(left);
                        }
                        parts.push(right);
                    } else {
                        left = this.concat(std::mem::take(&mut parts), left, start);
                        let span = start.to(this.span_of(right));
                        let op = operator(op);
                        left = this.b.expr(ExprKind::Binary { op, left, right }, span);
                    }
                }
                this.concat(parts, left, start)
            },
            |this| this.opaque(Vec::new(), at),
        )
    }

    /// A `Concat` of the parts, if there are any.
    fn concat(&mut self, parts: Vec<ExprId>, otherwise: ExprId, start: Span) -> ExprId {
        let Some(last) = parts.last() else { return otherwise };
        let span = start.to(self.span_of(*last));
        self.b.expr(ExprKind::Concat(parts.into()), span)
    }
}

fn operator(op: &BinOp) -> BinaryOp {
    match op {
        BinOp::Add(_) => BinaryOp::Add,
        BinOp::Sub(_) => BinaryOp::Sub,
        BinOp::Mul(_) => BinaryOp::Mul,
        BinOp::Div(_) => BinaryOp::Div,
        BinOp::Rem(_) => BinaryOp::Rem,
        BinOp::And(_) => BinaryOp::And,
        BinOp::Or(_) => BinaryOp::Or,
        BinOp::Eq(_) => BinaryOp::Eq,
        BinOp::Ne(_) => BinaryOp::NotEq,
        BinOp::Lt(_) => BinaryOp::Lt,
        BinOp::Le(_) => BinaryOp::LtEq,
        BinOp::Gt(_) => BinaryOp::Gt,
        BinOp::Ge(_) => BinaryOp::GtEq,
        _ => BinaryOp::Bits,
    }
}

/// The operator of a compound assignment.
pub(super) fn compound(op: &BinOp) -> Option<BinaryOp> {
    Some(match op {
        BinOp::AddAssign(_) => BinaryOp::Add,
        BinOp::SubAssign(_) => BinaryOp::Sub,
        BinOp::MulAssign(_) => BinaryOp::Mul,
        BinOp::DivAssign(_) => BinaryOp::Div,
        BinOp::RemAssign(_) => BinaryOp::Rem,
        BinOp::BitXorAssign(_)
        | BinOp::BitAndAssign(_)
        | BinOp::BitOrAssign(_)
        | BinOp::ShlAssign(_)
        | BinOp::ShrAssign(_) => BinaryOp::Bits,
        _ => return None,
    })
}
