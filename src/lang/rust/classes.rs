//! Structs, enums, traits and type aliases.

use super::attrs::doc;
use super::context::{Lowerer, name_of};
use crate::ir::{Class, ClassId, ClassKind, ExprId, FieldDecl, Name, TypeId, Variant};
use crate::workspace::Span;
use syn::{Attribute, Field, Fields, Ident, Item, TraitItem, TypeParamBound};

/// What the kinds of class have in common.
struct Head<'a> {
    attrs: &'a [Attribute],
    ident: &'a Ident,
    start: Span,
    end: Span,
    kind: ClassKind,
}

impl Lowerer<'_> {
    /// Lowers a type definition; `None` for other items.
    pub(super) fn class(&mut self, item: &Item) -> Option<ClassId> {
        match item {
            Item::Struct(item) => {
                let end = match &item.fields {
                    Fields::Named(fields) => self.closing(&fields.brace_token.span),
                    Fields::Unnamed(fields) => self.closing(&fields.paren_token.span),
                    Fields::Unit => self.span(item.ident.span()),
                };
                let start = self
                    .vis_start(&item.vis)
                    .unwrap_or_else(|| self.span(item.struct_token.span));
                let mut class = self.head(Head {
                    attrs: &item.attrs,
                    ident: &item.ident,
                    start,
                    end,
                    kind: ClassKind::Class,
                });
                class.fields = self.fields(&item.fields);
                Some(self.b.class(class))
            }
            Item::Union(item) => {
                let start = self
                    .vis_start(&item.vis)
                    .unwrap_or_else(|| self.span(item.union_token.span));
                let mut class = self.head(Head {
                    attrs: &item.attrs,
                    ident: &item.ident,
                    start,
                    end: self.closing(&item.fields.brace_token.span),
                    kind: ClassKind::Class,
                });
                class.fields = item
                    .fields
                    .named
                    .iter()
                    .enumerate()
                    .map(|(at, field)| self.field(at, field))
                    .collect();
                Some(self.b.class(class))
            }
            Item::Enum(item) => {
                let start = self
                    .vis_start(&item.vis)
                    .unwrap_or_else(|| self.span(item.enum_token.span));
                let mut class = self.head(Head {
                    attrs: &item.attrs,
                    ident: &item.ident,
                    start,
                    end: self.closing(&item.brace_token.span),
                    kind: ClassKind::Enum,
                });
                class.variants = item.variants.iter().map(|variant| self.variant(variant)).collect();
                Some(self.b.class(class))
            }
            Item::Trait(item) => {
                let start = self
                    .vis_start(&item.vis)
                    .unwrap_or_else(|| self.span(item.trait_token.span));
                let mut class = self.head(Head {
                    attrs: &item.attrs,
                    ident: &item.ident,
                    start,
                    end: self.closing(&item.brace_token.span),
                    kind: ClassKind::Trait,
                });
                class.bases = item
                    .supertraits
                    .iter()
                    .filter_map(|bound| match bound {
                        TypeParamBound::Trait(bound) => Some(self.named(None, &bound.path)),
                        _ => None,
                    })
                    .collect::<Vec<TypeId>>();
                class.fields = item.items.iter().filter_map(|item| self.trait_constant(item)).collect();
                let span = class.span;
                let id = self.b.class(class);
                self.default_methods(item, span);
                Some(id)
            }
            Item::Type(item) => {
                let start = self
                    .vis_start(&item.vis)
                    .unwrap_or_else(|| self.span(item.type_token.span));
                let mut class = self.head(Head {
                    attrs: &item.attrs,
                    ident: &item.ident,
                    start,
                    end: self.span(item.semi_token.span),
                    kind: ClassKind::Alias,
                });
                class.alias = Some(self.ty(&item.ty));
                class.params = item.generics.type_params().map(|param| name_of(&param.ident)).collect();
                Some(self.b.class(class))
            }
            _ => None,
        }
    }

    fn head(&mut self, head: Head<'_>) -> Class {
        Class {
            name: Some(name_of(head.ident)),
            name_span: self.span(head.ident.span()),
            span: self.item_span(head.attrs, head.start, head.end),
            kind: head.kind,
            bases: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            variants: Vec::new(),
            alias: None,
            params: Vec::new(),
            decorators: self.decorators(head.attrs),
            doc: doc(head.attrs),
            parent: self.func,
            is_test: self.test,
            body: Vec::new(),
        }
    }

    fn trait_constant(&mut self, item: &TraitItem) -> Option<FieldDecl> {
        let TraitItem::Const(item) = item else { return None };
        let ty = Some(self.ty(&item.ty));
        let value: Option<ExprId> = item.default.as_ref().map(|(_, value)| self.expr(value));
        Some(FieldDecl {
            name: name_of(&item.ident),
            ty,
            value,
            is_static: true,
            decorators: self.decorators(&item.attrs),
            doc: doc(&item.attrs),
            span: self.span(item.ident.span()),
        })
    }

    fn fields(&mut self, fields: &Fields) -> Vec<FieldDecl> {
        fields
            .iter()
            .enumerate()
            .map(|(at, field)| self.field(at, field))
            .collect()
    }

    fn field(&mut self, at: usize, field: &Field) -> FieldDecl {
        let ty = self.ty(&field.ty);
        let type_span = self.b.module.ty(ty).span;
        let (name, span) = match &field.ident {
            Some(ident) => (name_of(ident), self.span(ident.span()).to(type_span)),
            None => (Name::new(&at.to_string()), type_span),
        };
        let value = field.default.as_ref().map(|(_, value)| self.expr(value));
        FieldDecl {
            name,
            ty: Some(ty),
            value,
            is_static: false,
            decorators: self.decorators(&field.attrs),
            doc: doc(&field.attrs),
            span,
        }
    }

    fn variant(&mut self, variant: &syn::Variant) -> Variant {
        let name_span = self.span(variant.ident.span());
        let end = match &variant.fields {
            Fields::Named(fields) => self.closing(&fields.brace_token.span),
            Fields::Unnamed(fields) => self.closing(&fields.paren_token.span),
            Fields::Unit => name_span,
        };
        Variant {
            name: name_of(&variant.ident),
            fields: self.fields(&variant.fields),
            decorators: self.decorators(&variant.attrs),
            span: name_span.to(end),
        }
    }
}
