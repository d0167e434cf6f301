//! Registration by decorator or attribute, on functions and on classes.

use super::annotations;
use super::call::template_params;
use super::entry::{EntryKind, Handler, InnerSource, SourceShape};
use super::held::Through;
use super::read::{Reader, last_segment};
use super::registrar::{Form, Supplied, Use};
use super::schema;
use super::sources;
use super::value::At;
use crate::ir::{Call, ClassId, ExprId, ExprKind, FuncId, Language, Literal, Name, ParamKind, walk};
use crate::models::{Base, FrameworkRow, Selector, Shape};
use crate::project::{ClassRef, FuncRef, Symbol};

impl<'a> Reader<'a> {
    /// Reads all decorators of the module.
    pub(super) fn read_decorators(&mut self) {
        let module = self.module;
        for (index, function) in module.functions.iter().enumerate() {
            let func = FuncId(u32::try_from(index).unwrap_or(u32::MAX));
            for decorator in &function.decorators {
                if self.in_test(func) {
                    break;
                }
                let at = At {
                    module: self.id,
                    scope: function.parent.unwrap_or(FuncId::MODULE),
                    expr: *decorator,
                };
                if self.read_decorator(at, func) {
                    break;
                }
            }
        }
        for (index, class) in module.classes.iter().enumerate() {
            if class.is_test {
                continue;
            }
            let id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            for decorator in &class.decorators {
                let at = At {
                    module: self.id,
                    scope: class.parent,
                    expr: *decorator,
                };
                if self.read_class_decorator(
                    at,
                    ClassRef {
                        module: self.id,
                        class: id,
                    },
                ) {
                    break;
                }
            }
        }
    }

    /// The callee of a decorator, and its call when it has arguments.
    fn decorator_parts(&self, at: At) -> (ExprId, Option<&'a Call>) {
        match &self.module.expr(at.expr).kind {
            ExprKind::Call(call) => (call.callee, Some(call)),
            _ => (at.expr, None),
        }
    }

    fn read_decorator(&mut self, at: At, func: FuncId) -> bool {
        let (callee, call) = self.decorator_parts(at);
        let Some(last) = last_segment(self.module, callee) else {
            return false;
        };
        let frameworks = self.values.frameworks;
        for row in frameworks.decorators(self.module.language, last) {
            if !row.method.is_empty() || !self.decorator_fits(row, at, callee) {
                continue;
            }
            if !row.keys.is_empty() && !call.is_some_and(|call| self.key_fits(row, at, call)) {
                continue;
            }
            if !row.within.is_empty() && !self.stands_within(func, &row.within) {
                continue;
            }
            if row.declares {
                return true;
            }
            let held = self.decorated_held(row, at, call, func);
            let known = self.entry_count();
            self.register_decorated(row, at, callee, call, func, None);
            if let Some(held) = held {
                let fallback = self.take_entries(known);
                self.add_registrar(vec![row], Form::Decorator(at, func), held, fallback);
            }
            return true;
        }
        false
    }

    fn decorator_fits(&self, row: &FrameworkRow, at: At, callee: ExprId) -> bool {
        let receiver = match &self.module.expr(callee).kind {
            ExprKind::Field { base, .. } => self.values.last_name(at.with(*base)),
            ExprKind::Name(name) => Some(*name),
            _ => None,
        };
        self.open_for(row, receiver)
            && row.decorator.iter().any(|pattern| {
                if pattern.contains(['.', ':']) {
                    return self.callee_fits(at, callee, pattern);
                }
                match &self.module.expr(callee).kind {
                    ExprKind::Name(name) => *name == pattern.as_str() && self.receiver_fits_name(at, *name),
                    ExprKind::Path(path) => path.last().is_some_and(|last| *last == pattern.as_str()),
                    _ => false,
                }
            })
    }

    /// Whether a bare decorator's name may be an MCP one: not when it is imported from something else.
    fn receiver_fits_name(&self, at: At, name: Name) -> bool {
        if self.module.language == Language::Rust {
            return true;
        }
        match self.values.project.resolve_name(at.module, at.scope, name) {
            Symbol::External(_) => self.receiver_fits(At {
                expr: self.decorator_parts(at).0,
                ..at
            }),
            _ => true,
        }
    }

    /// Whether a function's class or `impl` block carries one of these attributes.
    fn stands_within(&self, func: FuncId, attributes: &[String]) -> bool {
        let module = self.module;
        let has = |decorators: &[ExprId]| {
            decorators.iter().any(|decorator| {
                let at = At {
                    module: self.id,
                    scope: FuncId::MODULE,
                    expr: *decorator,
                };
                self.values
                    .last_name(at)
                    .is_some_and(|name| attributes.iter().any(|attribute| attribute == name.as_str()))
            })
        };
        if let Some(class) = module.function(func).class
            && has(&module.class(class).decorators)
        {
            return true;
        }
        module
            .impls
            .iter()
            .any(|block| block.methods.contains(&func) && has(&block.decorators))
    }

    /// Registers the function that a use of a helper puts in the place of a decorated wrapper.
    pub(super) fn register_wrapped(&mut self, row: &FrameworkRow, at: At, supplied: &Supplied, used: &Use) {
        let (callee, call) = self.decorator_parts(at);
        self.register_decorated(row, at, callee, call, supplied.func.func, Some((supplied, used)));
    }

    fn register_decorated(
        &mut self,
        row: &FrameworkRow,
        at: At,
        callee: ExprId,
        call: Option<&Call>,
        func: FuncId,
        supplied: Option<(&Supplied, &Use)>,
    ) {
        let reference = supplied.map_or(FuncRef { module: self.id, func }, |(supplied, _)| supplied.func);
        let function = self.values.function(reference);
        let pick = |selector: &Selector| match supplied {
            Some((_, used)) => self.select_in(at, call?, selector, Through::Names, used),
            None => self.values.select(at, call?, selector),
        };
        let name_at = row
            .name
            .iter()
            .filter_map(pick)
            .find(|place| self.values.text(*place).is_some());
        let span = match name_at {
            Some(place) if place.module == self.id => self.values.expr(place).span,
            _ => self.module.expr(callee).span,
        };
        let mut entry = self.blank(row, span);
        if let Some((_, used)) = supplied {
            entry.module = used.module;
            entry.span = used.span;
            if let Some(place) = name_at {
                entry.module = place.module;
                entry.span = self.values.expr(place).span;
            }
            self.annotate_use(used, &mut entry);
        }
        if Self::is_named(entry.kind) {
            entry.name = name_at.and_then(|place| self.values.text(place)).or(function.name);
        }
        entry.description = row
            .description
            .iter()
            .filter_map(pick)
            .find_map(|place| self.values.text(place))
            .or(function.doc);
        if let Some(call) = call {
            annotations::read_call(&self.values, at, call, false, &mut entry.annotations);
        }
        let schema = row
            .schema
            .iter()
            .filter_map(pick)
            .find_map(|place| schema::read(&self.values, place));
        let template = row.uri.iter().filter_map(pick).find_map(|place| self.uri_of(place));
        if let Some((text, _)) = template {
            entry.annotations.insert(Name::new("uri"), Literal::Str(text));
        }
        let fixed = matches!(template, Some((_, false)));
        let shapes: &[Shape] = if fixed { &[] } else { &row.params };
        let handed = supplied.map(|(supplied, _)| supplied.held.shapes(shapes));
        let shapes = handed.as_deref().unwrap_or(shapes);
        let read = sources::read(&self.values, reference, shapes, schema.as_ref(), row.enforced);
        entry.params = read.declared;
        if entry.kind == EntryKind::Handler && self.module.language == Language::Python {
            entry.inner_sources = self.ambient_requests(reference);
        }
        entry.handler = Handler::Function {
            func: reference,
            sources: read.params,
        };
        Self::describe(&mut entry, schema.as_ref());
        if let Some((text, true)) = template
            && entry.params.is_empty()
        {
            entry.params = template_params(&text);
        }
        // A URI alone names a resource when the function has no better name.
        if entry.kind == EntryKind::Resource && entry.name.is_none() {
            entry.name = template.map(|(text, _)| text);
        }
        self.add(entry);
    }

    /// Members of a request that the framework provides as a global (`flask.request.json`).
    fn ambient_requests(&self, func: FuncRef) -> Vec<InnerSource> {
        let mut found = Vec::new();
        let module = self.values.module(func.module);
        let body = &module.function(func.func).body;
        walk::exprs_of_block(body, &mut |outer| {
            walk::descend(module, outer, &mut |expr| {
                let ExprKind::Field { base, .. } = &module.expr(expr).kind else {
                    return;
                };
                if !matches!(module.expr(*base).kind, ExprKind::Name(_)) {
                    return;
                }
                let at = At {
                    module: func.module,
                    scope: func.func,
                    expr: *base,
                };
                if self
                    .values
                    .external(at)
                    .is_some_and(|name| matches!(name.as_str(), "flask.request" | "quart.request" | "bottle.request"))
                {
                    found.push(InnerSource {
                        func,
                        expr,
                        shape: SourceShape::Arguments,
                    });
                }
            });
        });
        found
    }

    fn read_class_decorator(&mut self, at: At, class: ClassRef) -> bool {
        let (callee, call) = self.decorator_parts(at);
        let Some(last) = last_segment(self.module, callee) else {
            return false;
        };
        let frameworks = self.values.frameworks;
        for row in frameworks.decorators(self.module.language, last) {
            if row.method.is_empty() || !self.decorator_fits(row, at, callee) {
                continue;
            }
            let pick = |selector: &Selector| self.values.select(at, call?, selector);
            let declared = self.module.class(class.class);
            let name_at = row
                .name
                .iter()
                .filter_map(pick)
                .find(|place| self.values.text(*place).is_some());
            let span = name_at.map_or(declared.name_span, |place| self.values.expr(place).span);
            let mut entry = self.blank(row, span);
            entry.name = name_at.and_then(|place| self.values.text(place)).or(declared.name);
            entry.description = row
                .description
                .iter()
                .filter_map(pick)
                .find_map(|place| self.values.text(place))
                .or(declared.doc);
            if let Some(call) = call {
                annotations::read_call(&self.values, at, call, false, &mut entry.annotations);
            }
            let method = row
                .method
                .iter()
                .find_map(|name| self.values.project.method(class, Name::new(name)));
            if let Some(func) = method {
                let on_self = self
                    .values
                    .function(func)
                    .params
                    .iter()
                    .any(|param| param.kind == ParamKind::Receiver);
                let shapes: &[Shape] = if on_self { &row.params } else { &[Shape::Auto] };
                let read = sources::read(&self.values, func, shapes, None, row.enforced);
                entry.handler = Handler::Function {
                    func,
                    sources: read.params,
                };
            }
            entry.params = schema::class_params(&self.values, class);
            self.add(entry);
            return true;
        }
        false
    }

    /// Whether a selector names a member (not a position).
    pub(super) fn member_name(selector: &Selector) -> Option<Name> {
        match &selector.base {
            Base::Argument {
                keyword: Some(keyword), ..
            } => Some(Name::new(keyword)),
            _ => None,
        }
    }
}
