//! Classes and functions.

use std::fmt::Write as _;

use super::Printer;
use crate::ir::{ClassId, FieldDecl, FuncId, Param, ParamKind};

impl Printer<'_> {
    pub(super) fn class(&mut self, id: ClassId) {
        let class = self.module.class(id);
        let _ = write!(self.text, "class {} {:?}", id.0, class.kind);
        if let Some(name) = class.name {
            let _ = write!(self.text, " {name}");
        }
        self.decorators(&class.decorators);
        for base in &class.bases {
            self.text.push_str(" : ");
            self.ty(*base);
        }
        if let Some(alias) = class.alias {
            self.text.push_str(" = ");
            self.ty(alias);
        }
        for field in &class.fields {
            self.field(field);
        }
        for variant in &class.variants {
            let _ = write!(self.text, " (variant {}", variant.name);
            self.decorators(&variant.decorators);
            for field in &variant.fields {
                self.field(field);
            }
            self.text.push(')');
        }
        if !class.methods.is_empty() {
            let methods: Vec<u32> = class.methods.iter().map(|id| id.0).collect();
            let _ = write!(self.text, " methods {methods:?}");
        }
        if class.parent != FuncId::MODULE {
            let _ = write!(self.text, " in {}", class.parent.0);
        }
        self.flag(class.is_test, " test");
        if let Some(doc) = class.doc {
            let _ = write!(self.text, " doc {:?}", doc.as_str());
        }
        self.text.push('\n');
        self.lines(&class.body);
    }

    pub(super) fn field(&mut self, field: &FieldDecl) {
        self.text.push_str(" (field ");
        self.flag(field.is_static, "static ");
        self.text.push_str(&field.name);
        self.decorators(&field.decorators);
        if let Some(ty) = field.ty {
            self.text.push_str(": ");
            self.ty(ty);
        }
        if let Some(value) = field.value {
            self.text.push_str(" = ");
            self.expr(value);
        }
        if let Some(doc) = field.doc {
            let _ = write!(self.text, " doc {:?}", doc.as_str());
        }
        self.text.push(')');
    }

    pub(super) fn function(&mut self, id: FuncId) {
        let function = self.module.function(id);
        let _ = write!(self.text, "fn {} {:?}", id.0, function.kind);
        self.flag(function.is_async, " async");
        self.flag(function.is_static, " static");
        self.flag(function.is_test, " test");
        if let Some(name) = function.name {
            let _ = write!(self.text, " {name}");
        }
        self.decorators(&function.decorators);
        if !function.params.is_empty() {
            self.text.push_str(" (");
            for (index, param) in function.params.iter().enumerate() {
                self.flag(index > 0, ", ");
                self.param(param);
            }
            self.text.push(')');
        }
        if let Some(ty) = function.returns {
            self.text.push_str(" -> ");
            self.ty(ty);
        }
        if let Some(class) = function.class {
            let _ = write!(self.text, " of {}", class.0);
        }
        if let Some(parent) = function.parent.filter(|parent| *parent != FuncId::MODULE) {
            let _ = write!(self.text, " in {}", parent.0);
        }
        if !function.module_path.is_empty() {
            let _ = write!(self.text, " at {:?}", function.module_path);
        }
        if let Some(doc) = function.doc {
            let _ = write!(self.text, " doc {:?}", doc.as_str());
        }
        self.text.push('\n');
        self.lines(&function.body);
    }

    pub(super) fn param(&mut self, param: &Param) {
        for decorator in &param.decorators {
            self.text.push('@');
            self.expr(*decorator);
            self.text.push(' ');
        }
        self.flag(param.is_property, "property ");
        self.text.push_str(match param.kind {
            ParamKind::Normal => "",
            ParamKind::KeywordOnly => "kw ",
            ParamKind::Rest => "...",
            ParamKind::KeywordRest => "**",
            ParamKind::Receiver => "self ",
        });
        self.pattern(&param.pattern);
        if let Some(ty) = param.ty {
            self.text.push_str(": ");
            self.ty(ty);
        }
        if let Some(default) = param.default {
            self.text.push_str(" = ");
            self.expr(default);
        }
    }
}
