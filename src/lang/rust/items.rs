//! Items other than functions and types: modules, imports, constants, macros.

use super::attrs::{only_for_tests, path_attr};
use super::context::{Lowerer, name_of};
use crate::ir::{Block, CallForm, ExprKind, FuncId, Import, Imported, Name, Pattern, PatternKind, Stmt, StmtKind};
use crate::workspace::Span;
use proc_macro2::TokenTree;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, Item, ItemMacro, Token, Type, UseTree, Visibility};

impl Lowerer<'_> {
    /// A file, or a stretch of one.
    pub(super) fn file(&mut self, attrs: &[Attribute], items: &[Item]) {
        self.test = only_for_tests(attrs);
        let mut body = Vec::new();
        for item in items {
            self.item(item, &mut body);
        }
        self.top.append(&mut body);
    }

    /// Lowers an item. What it binds where it stands goes to `out`: constants, and inside of functions also functions
    /// and types.
    pub(super) fn item(&mut self, item: &Item, out: &mut Block) {
        let outside = self.test;
        self.test = outside || only_for_tests(attrs_of(item));
        if self.test && !outside && self.func == FuncId::MODULE {
            self.test_item(item);
        } else {
            self.item_within(item, out);
        }
        self.test = outside;
    }

    /// What a test-only item would run or bind at the top level goes to a function of its own, so that it counts as
    /// test code.
    fn test_item(&mut self, item: &Item) {
        let mut body = Vec::new();
        self.item_within(item, &mut body);
        let Some(span) = body
            .first()
            .zip(body.last())
            .map(|(first, last)| first.span.to(last.span))
        else {
            return;
        };
        let id = self.b.reserve_function(FuncId::MODULE, span);
        let module_path = self.module_path.clone();
        let function = self.b.function_mut(id);
        function.body = body;
        function.is_test = true;
        function.module_path = module_path;
    }

    fn item_within(&mut self, item: &Item, out: &mut Block) {
        match item {
            Item::Fn(function) => {
                let id = self.free_function(function);
                self.bind_nested_function(id, out);
            }
            Item::Struct(_) | Item::Enum(_) | Item::Union(_) | Item::Trait(_) | Item::Type(_) => {
                let Some(id) = self.class(item) else { return };
                if self.func != FuncId::MODULE {
                    let span = self.b.module.class(id).span;
                    out.push(Stmt {
                        kind: StmtKind::Class(id),
                        span,
                    });
                }
            }
            Item::Impl(block) => self.impl_block(block, out),
            Item::Const(constant) => self.constant(&constant.ident, Some(&constant.ty), &constant.expr, out),
            Item::Static(constant) => self.constant(&constant.ident, Some(&constant.ty), &constant.expr, out),
            Item::Mod(module) => {
                let name = name_of(&module.ident);
                match &module.content {
                    Some((_, items)) => {
                        let at = self.span(module.ident.span());
                        self.module_path.push(name);
                        self.deeper(1, at, |this| items.iter().for_each(|item| this.item(item, out)), |_| {});
                        self.module_path.pop();
                    }
                    None => {
                        let path = path_attr(&module.attrs);
                        let within: Vec<&str> = self
                            .module_path
                            .iter()
                            .map(|name| name.as_str())
                            .chain([name.as_str()])
                            .collect();
                        let name = Name::new(&within.join("::"));
                        self.b.module.submodules.push((name, path, self.test));
                    }
                }
            }
            Item::Use(item) => {
                let span = self.span(item.use_token.span).to(self.span(item.semi_token.span));
                let reexport = !matches!(item.vis, Visibility::Inherited);
                self.use_tree(&item.tree, span, reexport);
            }
            Item::ExternCrate(item) => {
                let span = self.span(item.extern_token.span).to(self.span(item.semi_token.span));
                let name = name_of(&item.ident);
                let local = item.rename.as_ref().map_or(name, |(_, rename)| name_of(rename));
                self.import(
                    local,
                    &[],
                    Imported::Named(name),
                    span,
                    !matches!(item.vis, Visibility::Inherited),
                );
            }
            Item::Macro(item) => self.item_macro(item, out),
            Item::Verbatim(tokens) => {
                let span = self.tokens_span(tokens);
                self.b.gap(span, "an item of a form that is not understood");
            }
            _ => {}
        }
    }

    pub(super) fn constant(&mut self, ident: &Ident, ty: Option<&Type>, value: &Expr, out: &mut Block) {
        let name_span = self.span(ident.span());
        let ty = ty.map(|ty| self.ty(ty));
        let value = self.expr(value);
        let span = name_span.to(self.span_of(value));
        out.push(Stmt {
            kind: StmtKind::Let {
                pattern: Pattern {
                    kind: PatternKind::Bind(name_of(ident), None),
                    span: name_span,
                },
                ty,
                value: Some(value),
                otherwise: None,
            },
            span,
        });
    }

    /// Binds a function written inside of another one to its name.
    fn bind_nested_function(&mut self, id: FuncId, out: &mut Block) {
        if self.func == FuncId::MODULE {
            return;
        }
        let function = self.b.module.function(id);
        let (Some(name), name_span, span) = (function.name, function.name_span, function.span) else {
            return;
        };
        let value = self.b.expr(ExprKind::Lambda(id), span);
        out.push(Stmt {
            kind: StmtKind::Let {
                pattern: Pattern {
                    kind: PatternKind::Bind(name, None),
                    span: name_span,
                },
                ty: None,
                value: Some(value),
                otherwise: None,
            },
            span,
        });
    }

    /// Unfolds a `use`. A worklist, because a tree of groups may be as deep as it likes.
    fn use_tree(&mut self, tree: &UseTree, span: Span, reexport: bool) {
        let mut work = vec![(tree, Vec::<Name>::new())];
        while let Some((tree, mut prefix)) = work.pop() {
            match tree {
                UseTree::Path(path) => {
                    prefix.push(name_of(&path.ident));
                    work.push((&path.tree, prefix));
                }
                UseTree::Group(group) => work.extend(group.items.iter().rev().map(|item| (item, prefix.clone()))),
                UseTree::Glob(_) => self.import(Name::new(""), &prefix, Imported::Glob, span, reexport),
                UseTree::Name(name) => self.use_name(prefix, name_of(&name.ident), None, span, reexport),
                UseTree::Rename(name) => {
                    let rename = name_of(&name.rename);
                    self.use_name(prefix, name_of(&name.ident), Some(rename), span, reexport);
                }
            }
        }
    }

    fn use_name(&mut self, mut prefix: Vec<Name>, name: Name, rename: Option<Name>, span: Span, reexport: bool) {
        let name = if name == "self" {
            prefix.pop().unwrap_or(name)
        } else {
            name
        };
        self.import(rename.unwrap_or(name), &prefix, Imported::Named(name), span, reexport);
    }

    fn import(&mut self, local: Name, prefix: &[Name], imported: Imported, span: Span, is_reexport: bool) {
        // What only tests import must not shadow, in this file, what the program imports under the same name.
        if self.test && self.func == FuncId::MODULE {
            return;
        }
        let prefix = self.seen_from_file(prefix);
        let source: Vec<&str> = prefix.iter().map(|name| name.as_str()).collect();
        self.b.module.imports.push(Import {
            local,
            source: Name::new(&source.join("::")),
            imported,
            scope: self.func,
            is_reexport,
            is_type_only: false,
            span,
        });
    }

    /// A path as it reads in the file's own module: in an inline module, `self` and `super` mean others than there.
    fn seen_from_file(&self, path: &[Name]) -> Vec<Name> {
        let relative = path.first().is_some_and(|first| *first == "self" || *first == "super");
        if self.module_path.is_empty() || !relative {
            return path.to_vec();
        }
        let ups = path
            .iter()
            .skip_while(|name| **name == "self")
            .take_while(|name| **name == "super")
            .count();
        let rest = path.iter().skip_while(|name| **name == "self" || **name == "super");
        let kept = self.module_path.len().saturating_sub(ups);
        let above = ups.saturating_sub(self.module_path.len());
        let mut seen = if above > 0 {
            vec![Name::new("super"); above]
        } else {
            vec![Name::new("self")]
        };
        seen.extend(self.module_path.iter().take(kept).chain(rest));
        seen
    }

    /// A macro where items stand. What it holds is lowered as the items, or else the expression, that it parses as.
    fn item_macro(&mut self, item: &ItemMacro, out: &mut Block) {
        let name = item.mac.path.segments.last().map(|last| name_of(&last.ident));
        let name = name.map_or("", Name::as_str);
        match name {
            "macro_rules" => return,
            "cfg_if" => {
                // All branches: which one is compiled is not known.
                for token in item.mac.tokens.clone() {
                    if let TokenTree::Group(group) = token
                        && let Ok(file) = syn::parse2::<syn::File>(group.stream())
                    {
                        file.items.iter().for_each(|item| self.item(item, out));
                    }
                }
                return;
            }
            "lazy_static" | "thread_local" | "task_local" => {
                if let Ok(statics) = statics.parse2(item.mac.tokens.clone()) {
                    for (ident, ty, value) in statics {
                        match value {
                            Some(value) => self.constant(&ident, Some(&ty), &value, out),
                            None => {
                                self.ty(&ty);
                            }
                        }
                    }
                    return;
                }
            }
            _ => {
                let at = self.span(item.mac.bang_token.span);
                if let Ok(file) = syn::parse2::<syn::File>(item.mac.tokens.clone())
                    && !file.items.is_empty()
                {
                    self.deeper(
                        1,
                        at,
                        |this| file.items.iter().for_each(|item| this.item(item, out)),
                        |_| {},
                    );
                    return;
                }
            }
        }
        let id = self.macro_value(&item.mac);
        let span = self.span_of(id);
        out.push(Stmt {
            kind: StmtKind::Expr(id),
            span,
        });
    }

    /// A macro call whose arguments are what leaves its tokens have.
    pub(super) fn token_call(&mut self, mac: &syn::Macro, span: Span) -> crate::ir::ExprId {
        let callee = self.macro_callee(mac);
        let tokens = self.opaque_tokens(mac.tokens.clone(), span);
        self.call(callee, vec![tokens], CallForm::Macro, span)
    }
}

/// The content of `lazy_static!` and `thread_local!`.
fn statics(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, Type, Option<Expr>)>> {
    let mut all = Vec::new();
    while !input.is_empty() {
        Attribute::parse_outer(input)?;
        input.parse::<Visibility>()?;
        input.parse::<Token![static]>()?;
        input.parse::<Option<Token![ref]>>()?;
        let ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            Some(input.parse()?)
        } else {
            None
        };
        all.push((ident, ty, value));
        if input.parse::<Option<Token![;]>>()?.is_none() {
            break;
        }
    }
    if input.is_empty() {
        Ok(all)
    } else {
        Err(input.error("expected `static`"))
    }
}

pub(super) fn attrs_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
