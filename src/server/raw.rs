//! Hand-rolled JSON-RPC: code that compares the method of a message with `tools/call`.

use super::entry::{Handler, InnerSource, SourceParam, SourceShape};
use super::locals::{Binding, each_stmt};
use super::read::Reader;
use super::sources;
use super::value::At;
use crate::ir::{
    BinaryOp, ExprId, ExprKind, FuncId, Function, Key, Literal, Module, Name, Pattern, PatternKind, RecordEntry,
    StmtKind,
};
use crate::models::{FrameworkRow, Shape};
use crate::project::{FuncRef, Ty};
use crate::workspace::Span;

/// Where the untrusted message comes from.
enum Origin {
    /// Parameters of a function.
    Params(FuncRef, Vec<SourceParam>),
    /// An expression inside a function.
    Inner(FuncRef, ExprId, SourceShape),
}

/// Whether some pattern of a function is one of these texts.
pub(super) fn matches_text(module: &Module, function: &Function, texts: &[&str]) -> bool {
    let mut found = false;
    each_stmt(module, &function.body, &mut |stmt| {
        if let StmtKind::Match { arms, .. } = &stmt.kind {
            found |= arms.iter().any(|arm| pattern_has(&arm.pattern, texts).is_some());
        }
    });
    found
}

fn pattern_has(pattern: &Pattern, texts: &[&str]) -> Option<Span> {
    match &pattern.kind {
        PatternKind::Literal(Literal::Str(text)) => texts.contains(&text.as_str()).then_some(pattern.span),
        PatternKind::Or(items) | PatternKind::Variant { items, .. } | PatternKind::List { items, .. } => {
            items.iter().find_map(|item| pattern_has(item, texts))
        }
        PatternKind::Bind(_, Some(inner)) => pattern_has(inner, texts),
        _ => None,
    }
}

impl<'a> Reader<'a> {
    /// Reads all hand-rolled dispatch of the module.
    pub(super) fn read_raw(&mut self) {
        let module = self.module;
        let frameworks = self.values.frameworks;
        for row in frameworks.rows(module.language).filter(|row| !row.literal.is_empty()) {
            if !self.open(row) {
                continue;
            }
            let texts: Vec<&str> = row.literal.iter().map(String::as_str).collect();
            let mut subjects: Vec<(At, Span)> = Vec::new();
            let mut handlers: Vec<(At, Span)> = Vec::new();
            let is_text = |expr: ExprId| matches!(&module.expr(expr).kind, ExprKind::Literal(Literal::Str(text)) if texts.contains(&text.as_str()));
            for (index, expr) in module.exprs.iter().enumerate() {
                let at = self.place(ExprId(u32::try_from(index).unwrap_or(u32::MAX)));
                match &expr.kind {
                    ExprKind::Binary {
                        op: BinaryOp::Eq,
                        left,
                        right,
                    } => {
                        if is_text(*right) {
                            subjects.push((at.with(*left), module.expr(*right).span));
                        } else if is_text(*left) {
                            subjects.push((at.with(*right), module.expr(*left).span));
                        }
                    }
                    ExprKind::Record { entries, .. } => {
                        for entry in entries {
                            if let RecordEntry::Pair {
                                key: Key::Name(key),
                                value,
                                key_span,
                            } = entry
                                && texts.contains(&key.as_str())
                            {
                                handlers.push((at.with(*value), *key_span));
                            }
                        }
                    }
                    ExprKind::Matches { pattern, value } => {
                        if let Some(span) = pattern_has(pattern, &texts) {
                            subjects.push((at.with(*value), span));
                        }
                    }
                    ExprKind::Call(call) => {
                        if let Some(text) = call.args.iter().find(|arg| is_text(arg.value)) {
                            let span = module.expr(text.value).span;
                            handlers.extend(
                                call.args
                                    .iter()
                                    .filter(|arg| arg.value != text.value)
                                    .map(|arg| (at.with(arg.value), span)),
                            );
                        }
                    }
                    _ => {}
                }
            }
            for (index, function) in module.functions.iter().enumerate() {
                let func = FuncId(u32::try_from(index).unwrap_or(u32::MAX));
                each_stmt(module, &function.body, &mut |stmt| {
                    let StmtKind::Match { subject, arms } = &stmt.kind else {
                        return;
                    };
                    if let Some(span) = arms.iter().find_map(|arm| pattern_has(&arm.pattern, &texts)) {
                        subjects.push((
                            At {
                                module: self.id,
                                scope: func,
                                expr: *subject,
                            },
                            span,
                        ));
                    }
                });
            }
            for (subject, span) in subjects {
                if !self.in_test(subject.scope)
                    && let Some(origin) = self.origin(subject, 12)
                {
                    self.add_raw(row, span, origin);
                }
            }
            for (value, span) in handlers {
                if self.in_test(value.scope) {
                    continue;
                }
                if let Some(func) = self.values.function_of(value) {
                    let params = sources::read(&self.values, func, &[Shape::Auto], None, false).params;
                    let params = if params.is_empty() {
                        self.first_as(func, SourceShape::Params)
                    } else {
                        params
                    };
                    if !params.is_empty() {
                        self.add_raw(row, span, Origin::Params(func, params));
                    }
                }
            }
        }
    }

    /// The first parameter that is no receiver, as one shape.
    fn first_as(&self, func: FuncRef, shape: SourceShape) -> Vec<SourceParam> {
        let function = self.values.function(func);
        let index = function
            .params
            .iter()
            .position(|param| param.kind != crate::ir::ParamKind::Receiver);
        index
            .map(|index| SourceParam {
                index,
                shape,
                ty: Ty::Unknown,
            })
            .into_iter()
            .collect()
    }

    fn add_raw(&mut self, row: &FrameworkRow, span: Span, origin: Origin) {
        let mut entry = self.blank(row, span);
        match origin {
            Origin::Params(func, sources) => entry.handler = Handler::Function { func, sources },
            Origin::Inner(func, expr, shape) => {
                entry.inner_sources.push(InnerSource { func, expr, shape });
                entry.handler = Handler::Function {
                    func,
                    sources: Vec::new(),
                };
            }
        }
        self.add(entry);
    }

    /// Where the value comes from whose method is compared.
    fn origin(&self, subject: At, fuel: u32) -> Option<Origin> {
        if fuel == 0 {
            return None;
        }
        let at = self.values.peel(subject);
        match &self.values.expr(at).kind {
            ExprKind::Field { base, name, .. } if is_method_key(*name) => self.message(at.with(*base), fuel - 1),
            ExprKind::Index { base, index } if self.values.text(at.with(*index)).is_some_and(is_method_key) => {
                self.message(at.with(*base), fuel - 1)
            }
            ExprKind::Call(call) => {
                let ExprKind::Field { base, name, .. } = &self.values.module(at.module).expr(call.callee).kind else {
                    return None;
                };
                let keyed = call
                    .args
                    .first()
                    .and_then(|arg| self.values.text(at.with(arg.value)))
                    .is_some_and(is_method_key);
                if name.as_str() == "get" && keyed || is_method_key(*name) {
                    return self.message(at.with(*base), fuel - 1);
                }
                self.origin(at.with(*base), fuel - 1)
            }
            ExprKind::Name(name) => {
                let (scope, binding) = self.values.local(at.module, at.scope, *name)?;
                match binding {
                    Binding::Param { index, path } => {
                        let func = FuncRef {
                            module: at.module,
                            func: scope,
                        };
                        if !path.is_empty() {
                            return Some(one(func, index, SourceShape::Request));
                        }
                        let others: Vec<SourceParam> = sources::read(&self.values, func, &[Shape::Auto], None, false)
                            .params
                            .into_iter()
                            .filter(|source| source.index != index)
                            .collect();
                        (!others.is_empty()).then_some(Origin::Params(func, others))
                    }
                    Binding::Value { value, path } => {
                        let value = At { scope, ..at }.with(value);
                        if path.is_empty() {
                            self.origin(value, fuel - 1)
                        } else {
                            self.message(value, fuel - 1)
                        }
                    }
                    Binding::Element { .. } => None,
                }
            }
            _ => None,
        }
    }

    /// Where a message comes from: a parameter, a chain on one (`req.body`, `await request.json()`), or a value parsed in place.
    fn message(&self, at: At, fuel: u32) -> Option<Origin> {
        if fuel == 0 {
            return None;
        }
        let at = self.values.peel(at);
        if let ExprKind::Name(name) = &self.values.expr(at).kind {
            let func = |scope: FuncId| FuncRef {
                module: at.module,
                func: scope,
            };
            return match self.values.local(at.module, at.scope, *name) {
                Some((scope, Binding::Param { index, .. })) => Some(one(func(scope), index, SourceShape::Request)),
                Some((scope, Binding::Value { value, .. })) => self.message(At { scope, ..at }.with(value), fuel - 1),
                Some((scope, Binding::Element { .. })) => {
                    Some(Origin::Inner(func(scope), at.expr, SourceShape::Request))
                }
                None => {
                    // The module's own variables: parsed at top level.
                    let value = self.values.follow(at);
                    let scope = if value == at { at.scope } else { value.scope };
                    (value.module == at.module).then(|| Origin::Inner(func(scope), value.expr, SourceShape::Request))
                }
            };
        }
        let root = self.values.root(at);
        if let ExprKind::Name(name) = &self.values.expr(root).kind
            && let Some((scope, Binding::Param { index, .. })) = self.values.local(root.module, root.scope, *name)
        {
            return Some(one(
                FuncRef {
                    module: at.module,
                    func: scope,
                },
                index,
                SourceShape::Request,
            ));
        }
        Some(Origin::Inner(
            FuncRef {
                module: at.module,
                func: at.scope,
            },
            at.expr,
            SourceShape::Request,
        ))
    }
}

fn one(func: FuncRef, index: usize, shape: SourceShape) -> Origin {
    Origin::Params(
        func,
        vec![SourceParam {
            index,
            shape,
            ty: Ty::Unknown,
        }],
    )
}

fn is_method_key(name: Name) -> bool {
    matches!(name.as_str(), "method" | "Method" | "action" | "method_name")
}
