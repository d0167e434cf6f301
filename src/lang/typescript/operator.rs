//! Operators, chains of them flattened without recursion.

use tree_sitter::Node;

use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Pattern, PatternKind, UnaryOp};
use crate::workspace::Span;

/// How many operators of a chain like `a - b - c` stand in each other before the rest is laid flat.
const MAX_CHAIN: usize = 100;

impl<'t> Lower<'t, '_> {
    /// `a op b op c …`: the grammar nests these to the left, as deep as the chain is long.
    pub(super) fn binary(&mut self, node: Node<'t>) -> ExprId {
        let mut links = Vec::new();
        let mut at = node;
        while self.kind(at) == Kind::BinaryExpression {
            let (Some(left), Some(right)) = (self.field(at, Field::Left), self.field(at, Field::Right)) else {
                break;
            };
            let op = self.field(at, Field::Operator).map_or("", |op| self.text(op));
            links.push((op, right, at));
            at = left;
        }
        let levels = links.len().min(MAX_CHAIN);
        self.deeper(levels, |lower| {
            let first = if lower.kind(at) == Kind::BinaryExpression {
                lower.opaque_children(at)
            } else {
                lower.expr(at)
            };
            lower.fold(first, links)
        })
    }

    /// Joins the links of a chain, the outermost of which stands first.
    fn fold(&mut self, first: ExprId, mut links: Vec<(&str, Node<'t>, Node<'t>)>) -> ExprId {
        let mut value = first;
        let mut nested = 0;
        while let Some((op, right, at)) = links.pop() {
            let start = self.build.module.expr(first).span.start as usize;
            let stretch = self.stretch(op, &mut links);
            let whole = Span::new(start, stretch.last().map_or(at, |(_, at)| *at).end_byte());
            let mut operands = Vec::with_capacity(stretch.len() + 2);
            operands.push(value);
            operands.push(self.expr(right));
            for (right, _) in &stretch {
                operands.push(self.expr(*right));
            }
            nested += 1;
            if nested > MAX_CHAIN {
                for (_, right, _) in links.drain(..).rev() {
                    operands.push(self.expr(right));
                }
                self.too_deep(at);
                return self.build.expr(ExprKind::Opaque(operands.into()), whole);
            }
            value = match (op, binary_op(op)) {
                ("+", _) => self.build.expr(ExprKind::Concat(operands.into()), whole),
                (_, Some(op)) => self.balanced(op, &operands),
                _ => self.build.expr(ExprKind::Opaque(operands.into()), whole),
            };
        }
        value
    }

    /// Takes the links that repeat an operator in which grouping does not matter.
    fn stretch(&self, op: &str, links: &mut Vec<(&str, Node<'t>, Node<'t>)>) -> Vec<(Node<'t>, Node<'t>)> {
        let mut taken = Vec::new();
        if !matches!(op, "+" | "&&" | "||" | "??" | "|" | "&" | "^") {
            return taken;
        }
        while let Some((next, right, at)) = links.pop_if(|(next, _, _)| *next == op) {
            debug_assert_eq!(next, op);
            taken.push((right, at));
        }
        taken
    }

    /// Nests to the left as written while that is shallow, in halves when it would be deep.
    fn balanced(&mut self, op: BinaryOp, operands: &[ExprId]) -> ExprId {
        let span = |lower: &Self, left: ExprId, right: ExprId| {
            let module = &lower.build.module;
            module.expr(left).span.to(module.expr(right).span)
        };
        if let [only] = operands {
            return *only;
        }
        if operands.len() > 16 {
            let (left, right) = operands.split_at(operands.len() / 2);
            let left = self.balanced(op, left);
            let right = self.balanced(op, right);
            let span = span(self, left, right);
            return self.build.expr(ExprKind::Binary { op, left, right }, span);
        }
        let mut operands = operands.iter().copied();
        let Some(mut left) = operands.next() else {
            return self.null(Span::default());
        };
        for right in operands {
            let span = span(self, left, right);
            left = self.build.expr(ExprKind::Binary { op, left, right }, span);
        }
        left
    }

    pub(super) fn unary(&mut self, node: Node<'t>) -> ExprId {
        let op = self.field(node, Field::Operator).map_or("", |op| self.text(op));
        let operand = self.field_expr(node, Field::Argument);
        let op = match op {
            "!" => UnaryOp::Not,
            "-" => UnaryOp::Negate,
            "+" => UnaryOp::Plus,
            "typeof" => UnaryOp::TypeOf,
            "void" => UnaryOp::Void,
            "delete" => UnaryOp::Delete,
            _ => UnaryOp::Other,
        };
        self.build.expr(ExprKind::Unary { op, operand }, span(node))
    }

    /// `x++` is `x += 1`.
    pub(super) fn update_parts(&mut self, node: Node<'t>) -> (Pattern, BinaryOp, ExprId) {
        let op = match self.field(node, Field::Operator).map_or("", |op| self.text(op)) {
            "--" => BinaryOp::Sub,
            _ => BinaryOp::Add,
        };
        let target = self.field_target(node, Field::Argument);
        let one = self.build.expr(ExprKind::Literal(Literal::Int(1)), span(node));
        (target, op, one)
    }

    /// The target, operator and value of `x += v`.
    pub(super) fn augmented_parts(&mut self, node: Node<'t>) -> (Pattern, Option<BinaryOp>, ExprId) {
        let op = self.field(node, Field::Operator).map_or("", |op| self.text(op));
        let op = match op.strip_suffix('=').unwrap_or(op) {
            "+" => Some(BinaryOp::Add),
            other => binary_op(other),
        };
        let target = self.field_target(node, Field::Left);
        let value = self.field_expr(node, Field::Right);
        (target, op, value)
    }

    /// The pattern in a field that is assigned to.
    pub(super) fn field_target(&mut self, node: Node<'t>, field: Field) -> Pattern {
        match self.field(node, field) {
            Some(target) => self.pattern(target),
            None => Pattern {
                kind: PatternKind::Wild,
                span: span(node),
            },
        }
    }
}

fn binary_op(text: &str) -> Option<BinaryOp> {
    Some(match text {
        "&&" => BinaryOp::And,
        "||" => BinaryOp::Or,
        "??" => BinaryOp::Coalesce,
        "==" | "===" => BinaryOp::Eq,
        "!=" | "!==" => BinaryOp::NotEq,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::LtEq,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::GtEq,
        "in" => BinaryOp::In,
        "instanceof" => BinaryOp::InstanceOf,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "**" => BinaryOp::Pow,
        "&" | "|" | "^" | "<<" | ">>" | ">>>" => BinaryOp::Bits,
        _ => return None,
    })
}
