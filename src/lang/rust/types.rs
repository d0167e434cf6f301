//! Types and paths.

use super::context::{Lowerer, name_of};
use crate::ir::{Name, TypeId, TypeKind};
use crate::workspace::Span;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Path, PathArguments, QSelf, ReturnType, Type, TypeParamBound,
};

impl Lowerer<'_> {
    pub(super) fn ty(&mut self, ty: &Type) -> TypeId {
        let at = self.type_start(ty);
        self.deeper(
            1,
            at,
            |this| this.ty_within(ty, at),
            |this| this.b.ty(TypeKind::Unknown, at),
        )
    }

    fn ty_within(&mut self, ty: &Type, at: Span) -> TypeId {
        match ty {
            Type::Array(array) => {
                let element = self.ty(&array.elem);
                self.b
                    .ty(TypeKind::Array(element), self.delimited(&array.bracket_token.span))
            }
            Type::Slice(slice) => {
                let element = self.ty(&slice.elem);
                self.b
                    .ty(TypeKind::Array(element), self.delimited(&slice.bracket_token.span))
            }
            Type::Group(group) => self.ty(&group.elem),
            Type::Paren(paren) => self.ty(&paren.elem),
            Type::Reference(reference) => self.reference(&reference.elem, at),
            Type::Ptr(pointer) => self.reference(&pointer.elem, at),
            Type::Tuple(tuple) => {
                let items: Vec<TypeId> = tuple.elems.iter().map(|item| self.ty(item)).collect();
                self.b.ty(TypeKind::Tuple(items.into()), at)
            }
            Type::FnPtr(pointer) => {
                let end = self.closing(&pointer.paren_token.span);
                self.b.ty(TypeKind::Function, at.to(end))
            }
            Type::ImplTrait(bounds) => self.bounds(&bounds.bounds, at),
            Type::TraitObject(bounds) => self.bounds(&bounds.bounds, at),
            Type::Path(path) => self.named(path.qself.as_ref(), &path.path),
            _ => self.b.ty(TypeKind::Unknown, at),
        }
    }

    fn reference(&mut self, target: &Type, at: Span) -> TypeId {
        let target = self.ty(target);
        let end = self.b.module.ty(target).span;
        self.b.ty(TypeKind::Reference(target), at.to(end))
    }

    /// `impl A + B`, `dyn A + B`: the first trait says what can be done with it.
    fn bounds<'a>(&mut self, bounds: impl IntoIterator<Item = &'a TypeParamBound>, at: Span) -> TypeId {
        let first = bounds.into_iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(&bound.path),
            _ => None,
        });
        match first {
            Some(path) => self.named(None, path),
            None => self.b.ty(TypeKind::Unknown, at),
        }
    }

    pub(super) fn named(&mut self, qself: Option<&QSelf>, path: &Path) -> TypeId {
        let span = self.path_span(qself, path);
        if path
            .segments
            .iter()
            .any(|segment| matches!(segment.arguments, PathArguments::Parenthesized(_)))
        {
            return self.b.ty(TypeKind::Function, span);
        }
        let args = self.type_args_of(path);
        let path = self.path_names(qself, path);
        self.b.ty(
            TypeKind::Named {
                path,
                args: args.into(),
            },
            span,
        )
    }

    pub(super) fn returns(&mut self, output: &ReturnType) -> Option<TypeId> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.ty(ty)),
        }
    }

    /// The type arguments of all segments.
    pub(super) fn type_args_of(&mut self, path: &Path) -> Vec<TypeId> {
        let mut args = Vec::new();
        for segment in &path.segments {
            if let PathArguments::AngleBracketed(generic) = &segment.arguments {
                args.extend(self.generic_args(generic));
            }
        }
        args
    }

    pub(super) fn generic_args(&mut self, generic: &AngleBracketedGenericArguments) -> Vec<TypeId> {
        generic
            .args
            .iter()
            .filter_map(|arg| match arg {
                GenericArgument::Type(ty) => Some(self.ty(ty)),
                GenericArgument::AssocType(assoc) => Some(self.ty(&assoc.ty)),
                GenericArgument::Constraint(constraint) => {
                    let at = self.span(constraint.ident.span());
                    Some(self.bounds(&constraint.bounds, at))
                }
                _ => None,
            })
            .collect()
    }

    /// The segments of a path. `<T as Trait>::f` and `<T>::f` are `T::f` where `T` is itself a path.
    pub(super) fn path_names(&self, qself: Option<&QSelf>, path: &Path) -> Box<[Name]> {
        let names = |path: &Path| {
            path.segments
                .iter()
                .map(|segment| name_of(&segment.ident))
                .collect::<Vec<_>>()
        };
        match qself {
            Some(QSelf { ty, position, .. }) => match ty.as_ref() {
                Type::Path(of) if of.qself.is_none() => {
                    let mut all = names(&of.path);
                    all.extend(
                        path.segments
                            .iter()
                            .skip(*position)
                            .map(|segment| name_of(&segment.ident)),
                    );
                    all.into()
                }
                _ => names(path).into(),
            },
            None => names(path).into(),
        }
    }

    pub(super) fn path_span(&self, qself: Option<&QSelf>, path: &Path) -> Span {
        let start = match qself {
            Some(qself) => Some(self.span(qself.lt_token.span)),
            None => path.segments.first().map(|segment| self.span(segment.ident.span())),
        };
        let end = path.segments.last().map(|segment| match &segment.arguments {
            PathArguments::None => self.span(segment.ident.span()),
            PathArguments::AngleBracketed(generic) => self.span(generic.gt_token.span),
            PathArguments::Parenthesized(generic) => self.closing(&generic.paren_token.span),
        });
        match (start, end) {
            (Some(start), Some(end)) => start.to(end),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => Span::default(),
        }
    }

    /// Where a type starts; for the simple ones all of it.
    fn type_start(&self, ty: &Type) -> Span {
        match ty {
            Type::Array(array) => self.delimited(&array.bracket_token.span),
            Type::Slice(slice) => self.delimited(&slice.bracket_token.span),
            Type::Paren(paren) => self.delimited(&paren.paren_token.span),
            Type::Tuple(tuple) => self.delimited(&tuple.paren_token.span),
            Type::Reference(reference) => self.span(reference.and_token.span),
            Type::Ptr(pointer) => self.span(pointer.star_token.span),
            Type::FnPtr(pointer) => self.span(pointer.fn_token.span),
            Type::ImplTrait(bounds) => self.span(bounds.impl_token.span),
            Type::TraitObject(bounds) => bounds
                .dyn_token
                .map_or_else(Span::default, |token| self.span(token.span)),
            Type::Path(path) => self.path_span(path.qself.as_ref(), &path.path),
            Type::Infer(infer) => self.span(infer.underscore_token.span),
            Type::Never(never) => self.span(never.bang_token.span),
            Type::Macro(mac) => self.path_span(None, &mac.mac.path),
            _ => Span::default(),
        }
    }
}
