//! Expressions and types.

use std::fmt::Write as _;

use super::{DEPTH, Printer};
use crate::ir::{
    ArgKind, CallForm, CollectionKind, Element, ExprId, ExprKind, Key, Literal, Name, RecordEntry, TypeId, TypeKind,
};

impl Printer<'_> {
    pub(super) fn path(&mut self, path: &[Name]) {
        for (index, name) in path.iter().enumerate() {
            self.flag(index > 0, "::");
            self.text.push_str(name);
        }
    }

    pub(super) fn literal(&mut self, literal: &Literal) {
        let _ = match literal {
            Literal::Str(text) => write!(self.text, "{:?}", text.as_str()),
            Literal::Bytes(text) => write!(self.text, "b{:?}", text.as_str()),
            Literal::Int(value) => write!(self.text, "{value}"),
            Literal::Float(text) => write!(self.text, "{text}f"),
            Literal::Bool(value) => write!(self.text, "{value}"),
            Literal::Null => write!(self.text, "null"),
            Literal::Regex(pattern, flags) => write!(self.text, "/{pattern}/{flags}"),
            Literal::Char(value) => write!(self.text, "{value:?}"),
        };
    }

    pub(super) fn list(&mut self, head: &str, ids: &[ExprId]) {
        let _ = write!(self.text, "({head}");
        for id in ids {
            self.text.push(' ');
            self.expr(*id);
        }
        self.text.push(')');
    }

    pub(super) fn expr(&mut self, id: ExprId) {
        if self.depth > DEPTH {
            self.text.push('…');
            return;
        }
        self.depth += 1;
        match &self.module.expr(id).kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(name) => self.text.push_str(name),
            ExprKind::This => self.text.push_str("this"),
            ExprKind::Super => self.text.push_str("super"),
            ExprKind::Path(path) => self.path(path),
            ExprKind::Field { base, name, .. } => {
                self.expr(*base);
                let _ = write!(self.text, ".{name}");
            }
            ExprKind::Index { base, index } => {
                self.expr(*base);
                self.text.push('[');
                self.expr(*index);
                self.text.push(']');
            }
            ExprKind::Call(call) => {
                self.text.push_str(match call.form {
                    CallForm::Plain => "(call ",
                    CallForm::New => "(new ",
                    CallForm::Macro => "(macro ",
                    CallForm::Tagged => "(tagged ",
                    CallForm::Decorator => "(decorator ",
                });
                self.expr(call.callee);
                if !call.type_args.is_empty() {
                    self.types("<", ", ", &call.type_args);
                    self.text.push('>');
                }
                for arg in &call.args {
                    match arg.kind {
                        ArgKind::Positional => self.text.push(' '),
                        ArgKind::Named(name) => {
                            let _ = write!(self.text, " {name}=");
                        }
                        ArgKind::Spread => self.text.push_str(" ..."),
                        ArgKind::KeywordSpread => self.text.push_str(" **"),
                    }
                    self.expr(arg.value);
                }
                self.text.push(')');
            }
            ExprKind::Concat(parts) => self.list("concat", parts),
            ExprKind::Record { ty, entries } => {
                self.text.push_str("(record");
                if let Some(path) = ty {
                    self.text.push(' ');
                    self.path(path);
                }
                for entry in entries {
                    self.text.push(' ');
                    self.entry(entry);
                }
                self.text.push(')');
            }
            ExprKind::List { kind, elements } => {
                let _ = write!(self.text, "({}", collection(*kind));
                for element in elements {
                    self.text.push(' ');
                    match element {
                        Element::Item(value) => self.expr(*value),
                        Element::Spread(value) => {
                            self.text.push_str("...");
                            self.expr(*value);
                        }
                    }
                }
                self.text.push(')');
            }
            ExprKind::Comprehension {
                kind,
                clauses,
                element,
                value,
            } => {
                let _ = write!(self.text, "(each-{} ", collection(*kind));
                self.expr(*element);
                if let Some(value) = value {
                    self.text.push_str(": ");
                    self.expr(*value);
                }
                for clause in clauses {
                    self.text.push(' ');
                    self.for_head("of", &clause.pattern, clause.iter);
                    for condition in &clause.conditions {
                        self.text.push_str(" if ");
                        self.expr(*condition);
                    }
                }
                self.text.push(')');
            }
            ExprKind::Lambda(id) => {
                let _ = write!(self.text, "(fn {})", id.0);
            }
            ExprKind::Conditional { test, then, otherwise } => self.list("?", &[*test, *then, *otherwise]),
            ExprKind::Binary { op, left, right } => self.list(&format!("{op:?}"), &[*left, *right]),
            ExprKind::Unary { op, operand } => self.list(&format!("{op:?}"), &[*operand]),
            ExprKind::Assign { target, op, value } => {
                self.text.push('(');
                self.pattern(target);
                self.assignment(*op, *value);
                self.text.push(')');
            }
            ExprKind::Matches { pattern, value } => {
                self.text.push_str("(matches ");
                self.pattern(pattern);
                self.text.push(' ');
                self.expr(*value);
                self.text.push(')');
            }
            ExprKind::Block { body, value } => {
                self.text.push_str("(block ");
                self.block(body);
                if let Some(value) = value {
                    self.text.push(' ');
                    self.expr(*value);
                }
                self.text.push(')');
            }
            ExprKind::Pass { kind, inner } => self.list(&format!("{kind:?}"), &[*inner]),
            ExprKind::Cast { inner, ty } => {
                self.text.push_str("(as ");
                self.expr(*inner);
                self.text.push(' ');
                self.ty(*ty);
                self.text.push(')');
            }
            ExprKind::Opaque(parts) => self.list("opaque", parts),
        }
        self.depth -= 1;
    }

    pub(super) fn entry(&mut self, entry: &RecordEntry) {
        match entry {
            RecordEntry::Pair { key, value, .. } => {
                match key {
                    Key::Name(name) => self.text.push_str(name),
                    Key::Computed(key) => {
                        self.text.push('[');
                        self.expr(*key);
                        self.text.push(']');
                    }
                }
                self.text.push_str(": ");
                self.expr(*value);
            }
            RecordEntry::Spread(value) => {
                self.text.push_str("...");
                self.expr(*value);
            }
        }
    }

    pub(super) fn types(&mut self, open: &str, separator: &str, ids: &[TypeId]) {
        self.text.push_str(open);
        for (index, id) in ids.iter().enumerate() {
            self.flag(index > 0, separator);
            self.ty(*id);
        }
    }

    pub(super) fn ty(&mut self, id: TypeId) {
        if self.depth > DEPTH {
            self.text.push('…');
            return;
        }
        self.depth += 1;
        match &self.module.ty(id).kind {
            TypeKind::Named { path, args } => {
                self.path(path);
                if !args.is_empty() {
                    self.types("<", ", ", args);
                    self.text.push('>');
                }
            }
            TypeKind::Union(members) => {
                self.types("(", " | ", members);
                self.text.push(')');
            }
            TypeKind::Literals(values) => {
                self.text.push_str("(one-of");
                for value in values {
                    self.text.push(' ');
                    self.literal(value);
                }
                self.text.push(')');
            }
            TypeKind::Array(element) => {
                self.ty(*element);
                self.text.push_str("[]");
            }
            TypeKind::Record(fields) => {
                self.text.push('{');
                for (index, (name, ty)) in fields.iter().enumerate() {
                    self.flag(index > 0, "; ");
                    let _ = write!(self.text, "{name}: ");
                    self.ty(*ty);
                }
                self.text.push('}');
            }
            TypeKind::Tuple(members) => {
                self.types("[", ", ", members);
                self.text.push(']');
            }
            TypeKind::Optional(inner) => {
                self.ty(*inner);
                self.text.push('?');
            }
            TypeKind::Reference(inner) => {
                self.text.push('&');
                self.ty(*inner);
            }
            TypeKind::Annotated { base, metadata } => {
                self.text.push_str("(annotated ");
                self.ty(*base);
                for id in metadata {
                    self.text.push(' ');
                    self.expr(*id);
                }
                self.text.push(')');
            }
            TypeKind::Function => self.text.push_str("(function)"),
            TypeKind::Of(expr) => {
                self.text.push_str("(of ");
                self.expr(*expr);
                self.text.push(')');
            }
            TypeKind::Unknown => self.text.push('?'),
        }
        self.depth -= 1;
    }
}

fn collection(kind: CollectionKind) -> &'static str {
    match kind {
        CollectionKind::List => "list",
        CollectionKind::Tuple => "tuple",
        CollectionKind::Set => "set",
        CollectionKind::Map => "map",
        CollectionKind::Generator => "generator",
    }
}
