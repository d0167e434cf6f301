//! Functions, methods, closures and `impl` blocks.

use super::attrs::{doc, only_for_tests};
use super::context::{Dest, Lowerer, name_of};
use crate::ir::{Block, FuncId, FuncKind, ImplBlock, Name, Param, ParamKind, Pattern, PatternKind, TypeId};
use crate::workspace::Span;
use syn::{
    Attribute, Expr, ExprClosure, FnArg, ImplItem, ItemFn, ItemImpl, ItemTrait, Pat, ReceiverKind, Signature,
    TraitItem, Visibility,
};

impl Lowerer<'_> {
    pub(super) fn free_function(&mut self, item: &ItemFn) -> FuncId {
        let vis = self.vis_start(&item.vis);
        self.function(&item.attrs, vis, &item.sig, &item.block, FuncKind::Function)
    }

    /// A function with a body.
    fn function(
        &mut self,
        attrs: &[Attribute],
        start: Option<Span>,
        sig: &Signature,
        block: &syn::Block,
        kind: FuncKind,
    ) -> FuncId {
        let span = self.item_span(
            attrs,
            start.unwrap_or_else(|| self.signature_start(sig)),
            self.closing(&block.brace_token.span),
        );
        let parent = self.func;
        let id = self.b.reserve_function(parent, span);
        let outside = self.test;
        self.test = outside || only_for_tests(attrs);
        let decorators = self.decorators(attrs);
        self.func = id;
        let params: Vec<Param> = sig.inputs.iter().map(|input| self.param(input)).collect();
        let returns = self.returns(&sig.output);
        let body = self.body_of(block);
        self.func = parent;
        let is_test = self.test;
        self.test = outside;
        let name_span = self.span(sig.ident.span());
        let module_path = self.module_path.clone();
        let function = self.b.function_mut(id);
        function.is_static = kind == FuncKind::Method && !params.iter().any(|param| param.kind == ParamKind::Receiver);
        function.name = Some(name_of(&sig.ident));
        function.name_span = name_span;
        function.params = params;
        function.body = body;
        function.kind = kind;
        function.decorators = decorators;
        function.returns = returns;
        function.doc = doc(attrs);
        function.is_async = sig.asyncness.is_some();
        function.is_test = is_test;
        function.module_path = module_path;
        id
    }

    fn body_of(&mut self, block: &syn::Block) -> Block {
        let frames = std::mem::take(&mut self.frames);
        let mut body = Vec::new();
        let at = self.delimited(&block.brace_token.span);
        self.deeper(
            1,
            at,
            |this| this.statements(&block.stmts, Dest::Return, &mut body),
            |_| {},
        );
        self.frames = frames;
        body
    }

    fn param(&mut self, input: &FnArg) -> Param {
        match input {
            FnArg::Receiver(receiver) => {
                let span = self.span(receiver.self_token.span);
                Param {
                    pattern: Pattern {
                        kind: PatternKind::Bind(Name::new("self"), None),
                        span,
                    },
                    ty: match &receiver.kind {
                        ReceiverKind::Typed(_, ty) => Some(self.ty(ty)),
                        _ => None,
                    },
                    default: None,
                    kind: ParamKind::Receiver,
                    decorators: self.decorators(&receiver.attrs),
                    is_property: false,
                }
            }
            FnArg::Typed(typed) => {
                let ty = self.ty(&typed.ty);
                let decorators = self.decorators(&typed.attrs);
                self.plain_param(&typed.pat, Some(ty), decorators)
            }
        }
    }

    fn plain_param(&mut self, pat: &Pat, ty: Option<TypeId>, decorators: Vec<crate::ir::ExprId>) -> Param {
        Param {
            pattern: self.pattern(pat),
            ty,
            default: None,
            kind: ParamKind::Normal,
            decorators,
            is_property: false,
        }
    }

    /// A closure. One that returns an async block is taken for an async closure, which is what callers make of it.
    pub(super) fn closure(&mut self, closure: &ExprClosure) -> (FuncId, Span) {
        let head = self
            .span(closure.inputs_begin.span)
            .to(self.span(closure.inputs_end.span));
        let parent = self.func;
        let id = self.b.reserve_function(parent, head);
        self.func = id;
        let params: Vec<Param> = closure
            .inputs
            .iter()
            .map(|input| match input {
                Pat::Type(typed) => {
                    let ty = self.ty(&typed.ty);
                    self.plain_param(&typed.pat, Some(ty), Vec::new())
                }
                pat => self.plain_param(pat, None, Vec::new()),
            })
            .collect();
        let returns = self.returns(&closure.output);
        let frames = std::mem::take(&mut self.frames);
        let mut body = Vec::new();
        let inner = async_body(&closure.body);
        let end = match inner {
            Some(block) => {
                self.statements(&block.stmts, Dest::Return, &mut body);
                self.closing(&block.brace_token.span)
            }
            None => {
                self.branch(&closure.body, Dest::Return, &mut body);
                match closure.body.as_ref() {
                    Expr::Block(block) => self.closing(&block.block.brace_token.span),
                    _ => body.last().map_or(head, |last| last.span),
                }
            }
        };
        self.frames = frames;
        self.func = parent;
        let span = head.to(end);
        let (is_test, module_path) = (self.test, self.module_path.clone());
        let function = self.b.function_mut(id);
        function.span = span;
        function.name_span = head;
        function.params = params;
        function.body = body;
        function.returns = returns;
        function.is_async = closure.asyncness.is_some() || inner.is_some();
        function.is_test = is_test;
        function.module_path = module_path;
        (id, span)
    }

    pub(super) fn impl_block(&mut self, block: &ItemImpl, out: &mut Block) {
        let start = self.span(block.impl_token.span);
        let span = self.item_span(&block.attrs, start, self.closing(&block.brace_token.span));
        let decorators = self.decorators(&block.attrs);
        let target = self.ty(&block.self_ty);
        let of_trait = block.trait_.as_ref().map(|(path, _)| self.named(None, path));
        let mut methods = Vec::new();
        for item in &block.items {
            match item {
                ImplItem::Fn(method) => {
                    let vis = self.vis_start(&method.vis);
                    methods.push(self.function(&method.attrs, vis, &method.sig, &method.block, FuncKind::Method));
                }
                ImplItem::Const(constant) => {
                    self.constant(&constant.ident, Some(&constant.ty), &constant.expr, out);
                }
                ImplItem::Macro(mac) => {
                    let id = self.macro_value(&mac.mac);
                    let span = self.span_of(id);
                    out.push(crate::ir::Stmt {
                        kind: crate::ir::StmtKind::Expr(id),
                        span,
                    });
                }
                _ => {}
            }
        }
        self.push_impl(target, of_trait, methods, decorators, span);
    }

    /// A trait's methods with a body, as an `impl` whose target is the trait.
    pub(super) fn default_methods(&mut self, item: &ItemTrait, span: Span) {
        let mut methods = Vec::new();
        for item in &item.items {
            if let TraitItem::Fn(method) = item
                && let Some(block) = &method.default
            {
                methods.push(self.function(&method.attrs, None, &method.sig, block, FuncKind::Method));
            }
        }
        if methods.is_empty() {
            return;
        }
        let name_span = self.span(item.ident.span());
        let target = self.b.ty(
            crate::ir::TypeKind::Named {
                path: Box::new([name_of(&item.ident)]),
                args: Box::new([]),
            },
            name_span,
        );
        self.push_impl(target, None, methods, Vec::new(), span);
    }

    fn push_impl(
        &mut self,
        target: TypeId,
        of_trait: Option<TypeId>,
        methods: Vec<FuncId>,
        decorators: Vec<crate::ir::ExprId>,
        span: Span,
    ) {
        let module_path = self.module_path.clone();
        self.b.module.impls.push(ImplBlock {
            target,
            of_trait,
            methods,
            decorators,
            span,
            is_test: self.test,
            module_path,
        });
    }

    /// An item's whole span, from its first attribute on.
    pub(super) fn item_span(&self, attrs: &[Attribute], start: Span, end: Span) -> Span {
        let span = start.to(end);
        attrs
            .first()
            .map_or(span, |attr| self.span(attr.pound_token.span).to(span))
    }

    pub(super) fn vis_start(&self, vis: &Visibility) -> Option<Span> {
        match vis {
            Visibility::Public(token) => Some(self.span(token.span)),
            Visibility::Restricted(restricted) => Some(self.span(restricted.pub_token.span)),
            Visibility::Inherited => None,
        }
    }

    fn signature_start(&self, sig: &Signature) -> Span {
        let first = sig
            .constness
            .map(|token| token.span)
            .or(sig.asyncness.map(|token| token.span));
        self.span(first.unwrap_or(sig.fn_token.span))
    }
}

/// The block of a closure's body that is an async block and nothing else.
fn async_body(mut body: &Expr) -> Option<&syn::Block> {
    loop {
        body = match body {
            Expr::Paren(paren) => &paren.expr,
            Expr::Async(block) => return Some(&block.block),
            Expr::Block(block) if block.label.is_none() => match block.block.stmts.as_slice() {
                [syn::Stmt::Expr(only, None)] => only,
                _ => return None,
            },
            _ => return None,
        };
    }
}
