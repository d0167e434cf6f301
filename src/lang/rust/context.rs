//! The state of a lowering.

use super::recover::Broken;
use crate::ir::{
    Arg, ArgKind, Block, Builder, Call, CallForm, ExprId, ExprKind, FuncId, Literal, Name, Pattern, PatternKind, Stmt,
    StmtKind,
};
use crate::workspace::Span;
use proc_macro2::extra::DelimSpan;
use rustc_hash::FxHashSet;

/// Levels of nesting that the IR may have; what lies deeper becomes opaque.
pub(super) const MAX_DEPTH: usize = 400;

/// What becomes of the value of an expression that is lowered to statements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dest {
    /// Nothing.
    Discard,
    /// The function returns it.
    Return,
    /// It is assigned to a temporary.
    Assign(Name),
}

/// Something that `break` or `return` can leave short of the function.
pub(super) struct Frame {
    /// Its label.
    pub(super) label: Option<Name>,
    /// The temporary that takes the value it is left with.
    pub(super) result: Option<Name>,
    /// What it is.
    pub(super) kind: FrameKind,
    /// Whether something in it leaves it.
    pub(super) used: bool,
    /// The outermost of the frames around that something in it leaves.
    pub(super) passed: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameKind {
    Loop,
    /// A labelled block: `break 'label` leaves it.
    Block,
    /// An async block, lowered in place: `return` leaves it.
    Async,
}

pub(super) struct Lowerer<'t> {
    pub(super) b: Builder,
    text: &'t str,
    /// Where in the text the tokens' own positions start.
    base: usize,
    /// The function under construction.
    pub(super) func: FuncId,
    /// Whether what is being lowered stands under `#[cfg(test)]` or the like.
    pub(super) test: bool,
    /// The inline modules around.
    pub(super) module_path: Vec<Name>,
    pub(super) frames: Vec<Frame>,
    /// The statements of the top level.
    pub(super) top: Block,
    depth: usize,
    deepest_told: bool,
    assigned: FxHashSet<Name>,
}

impl<'t> Lowerer<'t> {
    pub(super) fn new(b: Builder, text: &'t str) -> Self {
        Self {
            b,
            text,
            base: 0,
            func: FuncId::MODULE,
            test: false,
            module_path: Vec::new(),
            frames: Vec::new(),
            top: Vec::new(),
            depth: 0,
            deepest_told: false,
            assigned: FxHashSet::default(),
        }
    }

    /// Says where in the text the tokens that follow were cut from.
    pub(super) fn set_base(&mut self, base: usize) {
        self.base = base;
    }

    /// A token's place in the file.
    pub(super) fn span(&self, span: proc_macro2::Span) -> Span {
        let range = span.byte_range();
        Span::new(self.base + range.start, self.base + range.end)
    }

    /// The place of a pair of brackets and what stands between.
    pub(super) fn delimited(&self, span: &DelimSpan) -> Span {
        self.span(span.join())
    }

    /// The place of the closing one of a pair of brackets.
    pub(super) fn closing(&self, span: &DelimSpan) -> Span {
        self.span(span.close())
    }

    /// The source text of a place, if it is one.
    pub(super) fn source(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    pub(super) fn span_of(&self, id: ExprId) -> Span {
        self.b
            .module
            .exprs
            .get(id.0 as usize)
            .map_or_else(Span::default, |expr| expr.span)
    }

    pub(super) fn name_of(&self, ident: &proc_macro2::Ident) -> Name {
        name_of(ident)
    }

    /// Notes what of the syntax could not be read.
    pub(super) fn note(&mut self, broken: &[Broken]) {
        for gap in broken {
            let span = self.span(gap.first).to(self.span(gap.last));
            self.b.gap(span, gap.message.clone());
        }
    }

    /// Goes `levels` deeper for the time of `lower`; past the limit the result is what `too_deep` makes of it.
    pub(super) fn deeper<T>(
        &mut self,
        levels: usize,
        at: Span,
        lower: impl FnOnce(&mut Self) -> T,
        too_deep: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.depth + levels > MAX_DEPTH {
            self.tell_deep(at);
            return too_deep(self);
        }
        self.depth += levels;
        let result = lower(self);
        self.depth -= levels;
        result
    }

    /// How many more levels fit.
    pub(super) fn room(&self) -> usize {
        MAX_DEPTH.saturating_sub(self.depth)
    }

    /// Notes, once a file, that something lies too deep.
    pub(super) fn tell_deep(&mut self, at: Span) {
        if !self.deepest_told {
            self.deepest_told = true;
            self.b.gap(at, "nested too deeply");
        }
    }

    /// A name or path as an expression.
    pub(super) fn path_expr(&mut self, path: Box<[Name]>, span: Span) -> ExprId {
        let kind = match path.as_ref() {
            [one] if *one == "self" => ExprKind::This,
            [one] => ExprKind::Name(*one),
            _ => ExprKind::Path(path),
        };
        self.b.expr(kind, span)
    }

    pub(super) fn null(&mut self, span: Span) -> ExprId {
        self.b.expr(ExprKind::Literal(Literal::Null), span)
    }

    pub(super) fn opaque(&mut self, children: Vec<ExprId>, span: Span) -> ExprId {
        self.b.expr(ExprKind::Opaque(children.into()), span)
    }

    pub(super) fn call(&mut self, callee: ExprId, args: Vec<ExprId>, form: CallForm, span: Span) -> ExprId {
        let args = args
            .into_iter()
            .map(|value| Arg {
                kind: ArgKind::Positional,
                value,
            })
            .collect();
        let call = Call {
            callee,
            args,
            form,
            type_args: Box::new([]),
        };
        self.b.expr(ExprKind::Call(Box::new(call)), span)
    }

    /// Hands a value to where it goes.
    pub(super) fn deliver(&mut self, value: ExprId, dest: Dest, span: Span, out: &mut Block) {
        let kind = match dest {
            Dest::Discard => StmtKind::Expr(value),
            Dest::Return => return self.leave(Some(value), span, out),
            Dest::Assign(name) => self.assign(name, value, span),
        };
        out.push(Stmt { kind, span });
    }

    fn assign(&mut self, name: Name, value: ExprId, span: Span) -> StmtKind {
        self.assigned.insert(name);
        StmtKind::Assign {
            target: Pattern {
                kind: PatternKind::Bind(name, None),
                span,
            },
            ty: None,
            op: None,
            value,
        }
    }

    /// `return`: out of the async block around, else out of the function.
    pub(super) fn leave(&mut self, value: Option<ExprId>, span: Span, out: &mut Block) {
        let Some(at) = self.frames.iter().rposition(|frame| frame.kind == FrameKind::Async) else {
            out.push(Stmt {
                kind: StmtKind::Return(value),
                span,
            });
            return;
        };
        self.exit(at, value, span, out);
    }

    /// Leaves a frame, with a value or without.
    pub(super) fn exit(&mut self, frame: usize, value: Option<ExprId>, span: Span, out: &mut Block) {
        for inner in self.frames.iter_mut().skip(frame + 1) {
            inner.passed = Some(inner.passed.map_or(frame, |outermost| outermost.min(frame)));
        }
        let result = self.frames.get_mut(frame).and_then(|frame| {
            frame.used = true;
            frame.result
        });
        if let Some(value) = value {
            let kind = match result {
                Some(name) => self.assign(name, value, span),
                None => StmtKind::Expr(value),
            };
            out.push(Stmt { kind, span });
        }
        out.push(Stmt {
            kind: StmtKind::Break,
            span,
        });
    }

    pub(super) fn is_assigned(&self, name: Name) -> bool {
        self.assigned.contains(&name)
    }

    /// The block expression made of statements that leave their value in `result`.
    pub(super) fn block_of(&mut self, mut body: Block, result: Name, span: Span) -> ExprId {
        let only = match body.last().map(|stmt| &stmt.kind) {
            Some(StmtKind::Assign { target, value, .. }) if target.kind == PatternKind::Bind(result, None) => {
                Some(*value)
            }
            _ => None,
        };
        let value = if let Some(value) = only {
            body.pop();
            if body.is_empty() {
                return value;
            }
            Some(value)
        } else if self.assigned.contains(&result) {
            Some(self.b.expr(ExprKind::Name(result), span))
        } else {
            None
        };
        self.b.expr(ExprKind::Block { body, value }, span)
    }
}

/// An identifier's name, raw identifiers without their prefix.
pub(super) fn name_of(ident: &proc_macro2::Ident) -> Name {
    let text = ident.to_string();
    Name::new(text.strip_prefix("r#").unwrap_or(&text))
}
