//! Annotations and other types.

use tree_sitter::Node;

use super::syntax::{Field, Kind, kind};
use super::{Lower, MAX_DEPTH, number};
use crate::ir::{ExprKind, Literal, Name, TypeId, TypeKind};
use crate::workspace::Span;

impl<'t> Lower<'t> {
    /// A type, written as a `type` node or as an expression.
    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeId {
        if self.depth >= MAX_DEPTH {
            let (cut, span) = (self.cut(node), self.span(node));
            return self.b.ty(TypeKind::Of(cut), span);
        }
        self.depth += 1;
        let id = self.ty_inner(node);
        self.depth -= 1;
        id
    }

    fn ty_inner(&mut self, node: Node<'t>) -> TypeId {
        let span = self.span(node);
        let kind = match kind(node) {
            Kind::Type | Kind::Parenthesized => {
                let kids = self.kids(node);
                return match kids.first() {
                    Some(inner) => self.ty(inner),
                    None => self.b.ty(TypeKind::Unknown, span),
                };
            }
            Kind::Identifier | Kind::None => named(vec![self.name(node)]),
            Kind::Attribute | Kind::MemberType => match self.type_path(node) {
                Some(path) => named(path),
                None => TypeKind::Of(self.expr(node)),
            },
            Kind::GenericType => {
                let kids = self.kids(node);
                let head = kids.first();
                let path = head.and_then(|head| self.type_path(head)).unwrap_or_default();
                let args = kids.kind(Kind::TypeParameter).map(|list| self.kids(list));
                let args = args.map_or_else(Vec::new, |args| args.named().map(|kid| kid.node).collect());
                self.generic(path, &args)
            }
            Kind::Subscript => {
                let kids = self.kids(node);
                match kids.field(Field::Value).and_then(|head| self.type_path(head)) {
                    Some(path) => {
                        let args: Vec<_> = kids.fields(Field::Subscript).collect();
                        self.generic(path, &args)
                    }
                    None => TypeKind::Of(self.expr(node)),
                }
            }
            Kind::Binary if self.kids(node).operators().next() == Some("|") => self.union(node),
            Kind::UnionType => self.union(node),
            Kind::String | Kind::ConcatenatedString => match self.string(node) {
                ExprKind::Literal(Literal::Str(text)) => match self.quoted(&text, span) {
                    Some(id) => return id,
                    None => TypeKind::Of(self.b.string(&text, span)),
                },
                other => TypeKind::Of(self.b.expr(other, span)),
            },
            Kind::Ellipsis => TypeKind::Unknown,
            // The parameter list of a `Callable`.
            Kind::List | Kind::Tuple | Kind::ExpressionList => {
                let kids = self.kids(node);
                TypeKind::Tuple(kids.named().map(|kid| self.ty(kid.node)).collect())
            }
            Kind::ConstrainedType | Kind::SplatType | Kind::ListSplat => {
                let kids = self.kids(node);
                let parts: Vec<_> = kids.named().map(|kid| self.ty(kid.node)).collect();
                match parts.as_slice() {
                    [single] => return *single,
                    _ => TypeKind::Tuple(parts.into()),
                }
            }
            _ => TypeKind::Of(self.expr(node)),
        };
        self.b.ty(kind, span)
    }

    /// `A | B | C`, in one.
    fn union(&mut self, node: Node<'t>) -> TypeKind {
        let mut members = Vec::new();
        let mut at = node;
        loop {
            let kids = self.kids(at);
            let parts: Vec<_> = kids.named().collect();
            let is_union = match kind(at) {
                Kind::Type if parts.len() == 1 => {
                    at = parts[0].node;
                    continue;
                }
                Kind::UnionType => true,
                Kind::Binary => kids.operators().next() == Some("|"),
                _ => false,
            };
            match parts.as_slice() {
                [left, right] if is_union => {
                    members.push(right.node);
                    at = left.node;
                }
                _ => {
                    members.push(at);
                    break;
                }
            }
        }
        TypeKind::Union(members.into_iter().rev().map(|member| self.ty(member)).collect())
    }

    /// `a.b.C` as a path.
    fn type_path(&mut self, node: Node<'t>) -> Option<Vec<Name>> {
        let mut path = Vec::new();
        let mut at = node;
        loop {
            match kind(at) {
                Kind::Identifier => {
                    path.push(self.name(at));
                    path.reverse();
                    return Some(path);
                }
                Kind::Attribute => {
                    let kids = self.kids(at);
                    path.push(self.name(kids.field(Field::Attribute)?));
                    at = kids.field(Field::Object)?;
                }
                Kind::MemberType => {
                    let kids = self.kids(at);
                    path.push(self.name(kids.kind(Kind::Identifier)?));
                    at = kids.kind(Kind::Type)?;
                }
                Kind::Type | Kind::Parenthesized => at = self.kids(at).first()?,
                _ => return None,
            }
        }
    }

    fn generic(&mut self, path: Vec<Name>, args: &[Node<'t>]) -> TypeKind {
        let last = path.last().map_or("", |name| name.as_str());
        match (last, args) {
            ("Optional", [inner]) => TypeKind::Optional(self.ty(*inner)),
            ("Union", _) => TypeKind::Union(args.iter().map(|arg| self.ty(*arg)).collect()),
            ("Annotated", [base, metadata @ ..]) => TypeKind::Annotated {
                base: self.ty(*base),
                metadata: metadata.iter().map(|item| self.expr(*item)).collect(),
            },
            ("Literal", _) => {
                let literals: Option<Box<[_]>> = args.iter().map(|arg| self.literal(*arg)).collect();
                match literals {
                    Some(literals) => TypeKind::Literals(literals),
                    // `Literal[Color.RED]`: the members name values.
                    None => {
                        let of = |this: &mut Self, arg: &Node<'t>| {
                            let (expr, span) = (this.expr(*arg), this.span(*arg));
                            this.b.ty(TypeKind::Of(expr), span)
                        };
                        let args = args.iter().map(|arg| of(self, arg)).collect();
                        TypeKind::Named {
                            path: path.into(),
                            args,
                        }
                    }
                }
            }
            ("Callable", _) => {
                // The IR has no room for its parts, but lambdas or calls in them are still lowered.
                TypeKind::Function
            }
            _ => TypeKind::Named {
                path: path.into(),
                args: args.iter().map(|arg| self.ty(*arg)).collect(),
            },
        }
    }

    fn literal(&mut self, node: Node<'t>) -> Option<Literal> {
        match kind(node) {
            Kind::Type | Kind::Parenthesized => {
                let inner = self.kids(node).first()?;
                if self.depth >= MAX_DEPTH {
                    return None;
                }
                self.depth += 1;
                let literal = self.literal(inner);
                self.depth -= 1;
                literal
            }
            Kind::Integer => Some(number::integer(self.text(node))),
            Kind::Unary => {
                let inner = self.kids(node).field(Field::Argument)?;
                match number::integer(self.text(inner)) {
                    Literal::Int(value) => Some(Literal::Int(value.saturating_neg())),
                    _ => None,
                }
            }
            Kind::True => Some(Literal::Bool(true)),
            Kind::False => Some(Literal::Bool(false)),
            Kind::None => Some(Literal::Null),
            Kind::String | Kind::ConcatenatedString => match self.string(node) {
                ExprKind::Literal(literal) => Some(literal),
                _ => None,
            },
            _ => None,
        }
    }

    /// A type written in a string; `None` when it is more than names, subscripts and unions.
    fn quoted(&mut self, text: &str, span: Span) -> Option<TypeId> {
        let mut reader = Quoted {
            rest: text.trim(),
            depth: self.depth,
        };
        let ty = reader.union()?;
        if !reader.rest.is_empty() {
            return None;
        }
        Some(self.build(ty, span))
    }

    fn build(&mut self, ty: QuotedType, span: Span) -> TypeId {
        let kind = match ty {
            QuotedType::Literal(literal) => TypeKind::Literals(Box::new([literal])),
            QuotedType::Unknown => TypeKind::Unknown,
            QuotedType::Tuple(members) => {
                TypeKind::Tuple(members.into_iter().map(|member| self.build(member, span)).collect())
            }
            QuotedType::Union(members) => {
                TypeKind::Union(members.into_iter().map(|member| self.build(member, span)).collect())
            }
            QuotedType::Named(path, args) => {
                let last = path.last().map_or("", |name| name.as_str());
                let literals = || {
                    args.iter()
                        .map(|arg| match arg {
                            QuotedType::Literal(literal) => Some(literal.clone()),
                            QuotedType::Named(path, args) if args.is_empty() && path.len() == 1 => {
                                match path[0].as_str() {
                                    "None" => Some(Literal::Null),
                                    "True" => Some(Literal::Bool(true)),
                                    "False" => Some(Literal::Bool(false)),
                                    _ => None,
                                }
                            }
                            _ => None,
                        })
                        .collect::<Option<Box<[_]>>>()
                };
                match (last, args.len()) {
                    ("Literal", _) if let Some(literals) = literals() => TypeKind::Literals(literals),
                    ("Callable", _) => TypeKind::Function,
                    _ => {
                        let args: Vec<_> = args.into_iter().map(|arg| self.build(arg, span)).collect();
                        match (last, args.as_slice()) {
                            ("Optional", [inner]) => TypeKind::Optional(*inner),
                            ("Union", _) => TypeKind::Union(args.into()),
                            _ => TypeKind::Named {
                                path: path.into(),
                                args: args.into(),
                            },
                        }
                    }
                }
            }
        };
        self.b.ty(kind, span)
    }
}

fn named(path: Vec<Name>) -> TypeKind {
    TypeKind::Named {
        path: path.into(),
        args: Box::default(),
    }
}

/// A type read from a string annotation.
enum QuotedType {
    Named(Vec<Name>, Vec<QuotedType>),
    Union(Vec<QuotedType>),
    Tuple(Vec<QuotedType>),
    Literal(Literal),
    Unknown,
}

/// Reads a type from the text of a string annotation.
struct Quoted<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Quoted<'a> {
    fn eat(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn union(&mut self) -> Option<QuotedType> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let first = self.single()?;
        let mut members = vec![first];
        while self.eat('|') {
            members.push(self.single()?);
        }
        self.depth -= 1;
        Some(if members.len() == 1 {
            members.remove(0)
        } else {
            QuotedType::Union(members)
        })
    }

    fn single(&mut self) -> Option<QuotedType> {
        if self.eat('[') {
            return self.list().map(QuotedType::Tuple);
        }
        if let Some(rest) = self.rest.strip_prefix("...") {
            self.rest = rest.trim_start();
            return Some(QuotedType::Unknown);
        }
        for quote in ['"', '\''] {
            if self.eat(quote) {
                let (text, rest) = self.rest.split_once(quote)?;
                self.rest = rest.trim_start();
                return Some(QuotedType::Literal(Literal::Str(Name::new(text))));
            }
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let end = self
                .rest
                .find(|c: char| !c.is_ascii_digit() && c != '-')
                .unwrap_or(self.rest.len());
            let (digits, rest) = self.rest.split_at(end);
            self.rest = rest.trim_start();
            return digits
                .parse()
                .ok()
                .map(|value| QuotedType::Literal(Literal::Int(value)));
        }
        let mut path = vec![self.word()?];
        while self.eat('.') {
            path.push(self.word()?);
        }
        let args = if self.eat('[') { self.list()? } else { Vec::new() };
        Some(QuotedType::Named(path, args))
    }

    /// The rest of a bracketed list.
    fn list(&mut self) -> Option<Vec<QuotedType>> {
        let mut items = Vec::new();
        while !self.eat(']') {
            items.push(self.union()?);
            if !self.eat(',') && !self.rest.starts_with(']') {
                return None;
            }
        }
        Some(items)
    }

    fn word(&mut self) -> Option<Name> {
        let end = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        (!word.is_empty()).then(|| Name::new(word))
    }
}
