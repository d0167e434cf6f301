//! Classes.

use tree_sitter::Node;

use super::assign::Assigned;
use super::share::MAX_USES;
use super::syntax::{Field, Kids, Kind, kind};
use super::{Lower, Place};
use crate::ir::{
    Arg, ArgKind, Block, Call, CallForm, ClassId, ExprId, ExprKind, FieldDecl, Name, Stmt, StmtKind, TypeKind,
};
use crate::workspace::Span;

impl<'t> Lower<'t> {
    pub(super) fn class(&mut self, node: Node<'t>, decorators: Vec<ExprId>, span: Span, out: &mut Block) {
        let kids = self.compound(node);
        let name = kids.field(Field::Name);
        let name_span = name.map_or(
            Span {
                start: span.start,
                end: span.start,
            },
            |name| self.span(name),
        );
        let name = name.map(|name| self.name(name));
        // The methods name their class, so it gets its id before they are lowered.
        let class = self.empty_class(name, name_span, span);
        let id = self.b.class(class);
        let mut body = Vec::new();
        if let Some(bases) = kids.field(Field::Superclasses) {
            self.bases(id, bases, &mut body);
        }
        let inside = Place {
            class: Some(id),
            ..self.place
        };
        let before = std::mem::replace(&mut self.place, inside);
        if let Some(block) = kids.field(Field::Body) {
            self.class_body(id, block, &mut body);
        }
        self.salvage_between(&kids, &mut body);
        self.place = before;
        let class = &mut self.b.module.classes[id.0 as usize];
        class.decorators = decorators;
        class.body = body;
        out.push(Stmt {
            kind: StmtKind::Class(id),
            span,
        });
    }

    /// Base classes are types; keywords go to `__init_subclass__` or the metaclass, which is what a call says.
    fn bases(&mut self, id: ClassId, node: Node<'t>, body: &mut Block) {
        let kids = self.kids(node);
        let mut keywords = Vec::new();
        for kid in kids.named() {
            let base = match kid.kind {
                Kind::KeywordArgument => {
                    let parts = self.kids(kid.node);
                    let value = self.expr_or_nothing(parts.field(Field::Value), kid.node);
                    let name = parts.field(Field::Name).map_or(Name::new(""), |name| self.name(name));
                    keywords.push(Arg {
                        kind: ArgKind::Named(name),
                        value,
                    });
                    continue;
                }
                Kind::DictionarySplat => {
                    let parts = self.kids(kid.node);
                    let value = self.expr_or_nothing(parts.first(), kid.node);
                    keywords.push(Arg {
                        kind: ArgKind::KeywordSpread,
                        value,
                    });
                    continue;
                }
                Kind::ListSplat => {
                    let (value, span) = (self.expr(kid.node), self.span(kid.node));
                    self.b.ty(TypeKind::Of(value), span)
                }
                _ => self.ty(kid.node),
            };
            self.b.module.classes[id.0 as usize].bases.push(base);
        }
        if keywords.is_empty() {
            return;
        }
        let span = self.span(node);
        let at = Span {
            start: span.start,
            end: span.start,
        };
        let callee = self.b.expr(ExprKind::Name(Name::new("__init_subclass__")), at);
        let call = Call {
            callee,
            args: keywords.into(),
            form: CallForm::Plain,
            type_args: Box::default(),
        };
        let call = self.b.expr(ExprKind::Call(Box::new(call)), span);
        body.push(Stmt {
            kind: StmtKind::Expr(call),
            span,
        });
    }

    fn class_body(&mut self, id: ClassId, node: Node<'t>, body: &mut Block) {
        let kids = Kids::of(&mut self.cursor, node);
        let mut fields_before = None;
        for (index, kid) in kids.named_or_broken().enumerate() {
            let count = self.b.module.classes[id.0 as usize].fields.len();
            // A string behind a field describes the field, the first one in the body the class.
            let describes = index == 0 || fields_before.is_some_and(|before| before < count);
            let doc = if describes { self.docstring(kid) } else { None };
            if let Some(doc) = doc {
                let class = &mut self.b.module.classes[id.0 as usize];
                match class.fields.last_mut() {
                    Some(field) if index > 0 => field.doc = Some(doc),
                    _ => class.doc = Some(doc),
                }
                fields_before = None;
                continue;
            }
            fields_before = Some(count);
            if !self.fields(id, kid) {
                self.stmt(kid, body);
            }
        }
    }

    /// Takes `x = v`, `x: T`, `x: T = v` and `x = y = v` as fields; anything else is a statement of the body.
    fn fields(&mut self, id: ClassId, node: Node<'t>) -> bool {
        if kind(node) != Kind::ExpressionStatement || node.has_error() {
            return false;
        }
        let kids = self.kids(node);
        let Some(assignment) = kids.first().filter(|first| kind(*first) == Kind::Assignment) else {
            return false;
        };
        let Assigned { targets, value } = self.assigned(assignment);
        if targets.is_empty() || targets.iter().any(|(left, _)| kind(*left) != Kind::Identifier) {
            return false;
        }
        let value = value.map(|value| self.expr(value));
        for (index, (left, ty)) in targets.into_iter().enumerate() {
            let value = value.filter(|_| index < MAX_USES);
            if let Some(value) = value {
                self.name_closure(value, left);
            }
            let ty = ty.map(|ty| self.ty(ty));
            let field = FieldDecl {
                name: self.name(left),
                ty,
                value,
                is_static: false,
                decorators: Vec::new(),
                doc: None,
                span: self.span(node),
            };
            self.b.module.classes[id.0 as usize].fields.push(field);
        }
        true
    }
}
