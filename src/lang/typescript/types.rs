//! Type annotations.

use tree_sitter::Node;

use super::chain::property;
use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use super::literal::number;
use crate::ir::{ExprKind, Literal, Name, TypeId, TypeKind};

impl<'t> Lower<'t, '_> {
    /// The type behind a colon. A predicate (`x is T`) is a boolean to its caller.
    pub(super) fn annotation(&mut self, node: Node<'t>) -> TypeId {
        match self.kind(node) {
            Kind::TypePredicateAnnotation | Kind::TypePredicate => self.named_type(&["boolean"], node),
            Kind::AssertsAnnotation | Kind::Asserts => self.named_type(&["void"], node),
            Kind::TypeAnnotation
            | Kind::OptingTypeAnnotation
            | Kind::OmittingTypeAnnotation
            | Kind::AddingTypeAnnotation => match self.first(node) {
                Some(inner) => self.ty(inner),
                None => self.unknown_type(node),
            },
            _ => self.ty(node),
        }
    }

    pub(super) fn named_type(&mut self, path: &[&str], node: Node<'t>) -> TypeId {
        let path = path.iter().map(|part| Name::new(part)).collect();
        let args = Box::default();
        self.build.ty(TypeKind::Named { path, args }, span(node))
    }

    fn unknown_type(&mut self, node: Node<'t>) -> TypeId {
        self.build.ty(TypeKind::Unknown, span(node))
    }

    /// The types among the children of a node.
    pub(super) fn type_list(&mut self, node: Node<'t>) -> Box<[TypeId]> {
        let kids = self.open(node);
        let mut types = Vec::new();
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.node.is_named() && kid.kind != Kind::Comment {
                types.push(self.ty(kid.node));
            }
        }
        self.close(kids);
        types.into()
    }

    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeId {
        let ty = if self.enter() {
            self.type_by_kind(node)
        } else {
            self.too_deep(node);
            self.unknown_type(node)
        };
        self.leave();
        ty
    }

    fn type_by_kind(&mut self, node: Node<'t>) -> TypeId {
        let kind = match self.kind(node) {
            // The repair puts an `any` over `typeof import("x")`, which the source does not say.
            Kind::PredefinedType if self.text(node).starts_with("typ") => TypeKind::Unknown,
            Kind::PredefinedType | Kind::TypeIdentifier | Kind::Identifier | Kind::ThisType | Kind::This => {
                TypeKind::Named {
                    path: [self.name(node)].into(),
                    args: Box::default(),
                }
            }
            Kind::ConstWord => return self.named_type(&["const"], node),
            Kind::NestedTypeIdentifier | Kind::NestedIdentifier => TypeKind::Named {
                path: self.type_path(node),
                args: Box::default(),
            },
            Kind::GenericType => {
                let path = match self.field(node, Field::Name) {
                    Some(name) => self.type_path(name),
                    None => Box::default(),
                };
                let args = match self.field(node, Field::TypeArguments) {
                    Some(list) => self.type_list(list),
                    None => Box::default(),
                };
                TypeKind::Named { path, args }
            }
            Kind::UnionType => return self.union(node),
            Kind::IntersectionType => return self.intersection(node),
            Kind::LiteralType | Kind::String | Kind::Null | Kind::Undefined | Kind::True | Kind::False => {
                match self.type_literal(node) {
                    Some(literal) => TypeKind::Literals([literal].into()),
                    None => TypeKind::Unknown,
                }
            }
            Kind::TemplateLiteralType => return self.named_type(&["string"], node),
            Kind::ArrayType => match self.first(node) {
                Some(element) => TypeKind::Array(self.ty(element)),
                None => TypeKind::Unknown,
            },
            Kind::TupleType => TypeKind::Tuple(self.type_list(node)),
            Kind::ReadonlyType | Kind::ParenthesizedType | Kind::RestType | Kind::TypeAnnotation => {
                return match self.first(node) {
                    Some(inner) => self.ty(inner),
                    None => self.unknown_type(node),
                };
            }
            Kind::RequiredParameter | Kind::OptionalParameter => {
                return match self.field(node, Field::Type) {
                    Some(inner) => self.annotation(inner),
                    None => self.unknown_type(node),
                };
            }
            Kind::OptionalType | Kind::FlowMaybeType => match self.first(node) {
                Some(inner) => TypeKind::Optional(self.ty(inner)),
                None => TypeKind::Unknown,
            },
            Kind::ObjectType | Kind::InterfaceBody => return self.object_type(node),
            Kind::FunctionType | Kind::ConstructorType => TypeKind::Function,
            Kind::TypeQuery => match self.first(node) {
                Some(value) => TypeKind::Of(self.expr(value)),
                None => TypeKind::Unknown,
            },
            Kind::IndexTypeQuery => return self.key_query(node),
            Kind::LookupType => return self.lookup(node),
            Kind::MemberExpression => match property(node) {
                // `import("x").T`
                Some(property) => TypeKind::Named {
                    path: [self.name(property)].into(),
                    args: Box::default(),
                },
                None => TypeKind::Unknown,
            },
            _ => TypeKind::Unknown,
        };
        self.build.ty(kind, span(node))
    }

    fn type_path(&self, node: Node<'t>) -> Box<[Name]> {
        self.text(node).split('.').map(|part| Name::new(part.trim())).collect()
    }

    /// The members of `A | B | C` in order: the grammar nests them to the left.
    fn members(&mut self, node: Node<'t>, of: Kind) -> Vec<Node<'t>> {
        let mut found = Vec::new();
        let mut at = Some(node);
        while let Some(here) = at.take() {
            if self.kind(here) != of {
                found.push(here);
                break;
            }
            let kids = self.open(here);
            let mut parts = kids
                .range()
                .map(|index| self.kid(index))
                .filter(|kid| kid.node.is_named() && kid.kind != Kind::Comment)
                .map(|kid| kid.node);
            let (first, second) = (parts.next(), parts.next());
            drop(parts);
            self.close(kids);
            match (first, second) {
                (Some(left), Some(right)) => {
                    found.push(right);
                    at = Some(left);
                }
                (only, _) => at = only,
            }
        }
        found.reverse();
        found
    }

    fn union(&mut self, node: Node<'t>) -> TypeId {
        let members = self.members(node, Kind::UnionType);
        let literals: Option<Box<[Literal]>> = members.iter().map(|member| self.type_literal(*member)).collect();
        let kind = match literals {
            Some(literals) => TypeKind::Literals(literals),
            None => TypeKind::Union(members.into_iter().map(|member| self.ty(member)).collect()),
        };
        self.build.ty(kind, span(node))
    }

    /// `A & B` is a named type `&`, except that object types are merged into one.
    fn intersection(&mut self, node: Node<'t>) -> TypeId {
        let members = self.members(node, Kind::IntersectionType);
        let args: Box<[TypeId]> = members.into_iter().map(|member| self.ty(member)).collect();
        let mut fields = Vec::new();
        for id in &args {
            match &self.build.module.ty(*id).kind {
                TypeKind::Record(own) => fields.extend(own.iter().copied()),
                _ => {
                    let path = [Name::new("&")].into();
                    return self.build.ty(TypeKind::Named { path, args }, span(node));
                }
            }
        }
        self.build.ty(TypeKind::Record(fields.into()), span(node))
    }

    /// The constant that a literal type allows.
    fn type_literal(&mut self, node: Node<'t>) -> Option<Literal> {
        let inner = match self.kind(node) {
            Kind::LiteralType => self.first(node)?,
            _ => node,
        };
        Some(match self.kind(inner) {
            Kind::String => Literal::Str(self.string_text(inner)),
            Kind::Number => number(self.text(inner)),
            Kind::UnaryExpression => match number(self.text(inner).trim_start_matches(['-', '+', ' '])) {
                Literal::Int(value) if self.text(inner).starts_with('-') => Literal::Int(value.wrapping_neg()),
                _ => Literal::Float(self.name(inner)),
            },
            Kind::True => Literal::Bool(true),
            Kind::False => Literal::Bool(false),
            Kind::Null | Kind::Undefined => Literal::Null,
            _ => return None,
        })
    }

    /// `{ a: T; b?: U; m(): V }`; `{ [key: string]: T }` alone is a `Record<string, T>`.
    fn object_type(&mut self, node: Node<'t>) -> TypeId {
        let kids = self.open(node);
        let mut fields = Vec::new();
        let mut index_type = None;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::PropertySignature => fields.extend(self.property_signature(kid.node)),
                Kind::MethodSignature => {
                    if let Some(name) = self.field(kid.node, Field::Name) {
                        let ty = self.build.ty(TypeKind::Function, span(kid.node));
                        fields.push((self.member_name(name), ty));
                    }
                }
                Kind::IndexSignature => index_type = self.index_signature(kid.node),
                _ => {}
            }
        }
        self.close(kids);
        let kind = match index_type {
            Some(args) if fields.is_empty() => TypeKind::Named {
                path: [Name::new("Record")].into(),
                args,
            },
            _ => TypeKind::Record(fields.into()),
        };
        self.build.ty(kind, span(node))
    }

    fn index_signature(&mut self, node: Node<'t>) -> Option<Box<[TypeId]>> {
        let value = self.field(node, Field::Type)?;
        let key = match self.field(node, Field::IndexType) {
            Some(key) => self.ty(key),
            None => {
                // `[K in Keys]`
                let kids = self.open(node);
                let clause = kids
                    .range()
                    .map(|index| self.kid(index))
                    .find(|kid| kid.kind == Kind::MappedTypeClause);
                self.close(kids);
                let keys = self.field(clause?.node, Field::Type)?;
                self.ty(keys)
            }
        };
        let value = self.annotation(value);
        Some([key, value].into())
    }

    /// A property of an object type or interface; an optional one is `Optional`.
    pub(super) fn property_signature(&mut self, node: Node<'t>) -> Option<(Name, TypeId)> {
        let name = self.field(node, Field::Name)?;
        let ty = match self.field(node, Field::Type) {
            Some(ty) => self.annotation(ty),
            None => self.unknown_type(node),
        };
        let name = self.member_name(name);
        let ty = if self.has_token(node, Kind::QuestionMark) {
            self.build.ty(TypeKind::Optional(ty), span(node))
        } else {
            ty
        };
        Some((name, ty))
    }

    /// `keyof typeof x`: the value is kept as an opaque part, since it is not the value's own type.
    fn key_query(&mut self, node: Node<'t>) -> TypeId {
        let inner = self.first(node).map(|inner| self.ty(inner));
        let value = inner.and_then(|ty| match self.build.module.ty(ty).kind {
            TypeKind::Of(value) => Some(value),
            _ => None,
        });
        let kind = match value {
            Some(value) => TypeKind::Of(self.build.expr(ExprKind::Opaque([value].into()), span(node))),
            None => TypeKind::Unknown,
        };
        self.build.ty(kind, span(node))
    }

    /// `(typeof XS)[number]`: an element of the value.
    fn lookup(&mut self, node: Node<'t>) -> TypeId {
        let types = self.type_list(node);
        let kind = match *types {
            [base, index] => match self.build.module.ty(base).kind {
                TypeKind::Of(base) => {
                    let index = match &self.build.module.ty(index).kind {
                        TypeKind::Literals(literals) => literals.first().cloned().map(ExprKind::Literal),
                        TypeKind::Named { path, .. } => path.last().copied().map(ExprKind::Name),
                        _ => None,
                    };
                    let index = index.unwrap_or(ExprKind::Literal(Literal::Null));
                    let index = self.build.expr(index, span(node));
                    TypeKind::Of(self.build.expr(ExprKind::Index { base, index }, span(node)))
                }
                _ => TypeKind::Unknown,
            },
            _ => TypeKind::Unknown,
        };
        self.build.ty(kind, span(node))
    }
}
