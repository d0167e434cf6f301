//! `require`, `import()`, `module.exports` and `exports`: modules that are ordinary expressions.
//!
//! Each request for a module keeps its expression and is also an [`Import`], in the scope of the function it stands
//! in. One that is bound to names imports these; any other imports nothing but says that the module is loaded.

use tree_sitter::Node;

use super::context::{Lower, span};
use super::grammar::{Field, Kind};
use crate::ir::{
    Arg, Export, ExportKind, ExprId, ExprKind, Import, Imported, Key, Literal, Name, Pattern, PatternKind, RecordEntry,
    UnaryOp,
};
use crate::workspace::Span;

/// Helpers that compilers wrap around `require`.
const WRAPPERS: &[&str] = &[
    "__importStar",
    "__importDefault",
    "__toESM",
    "_interopRequireDefault",
    "_interopRequireWildcard",
    "tslib_1.__importStar",
    "tslib_1.__importDefault",
];

/// A request for a module inside an expression.
struct Request {
    source: Name,
    /// The property taken from it: `require("m").x`.
    property: Option<Name>,
    /// The call's node.
    call: usize,
}

impl<'t> Lower<'t, '_> {
    fn push_import(&mut self, local: Name, source: Name, imported: Imported, span: Span) {
        let scope = self.function;
        self.build.module.imports.push(Import {
            local,
            source,
            imported,
            scope,
            is_reexport: false,
            is_type_only: false,
            span,
        });
    }

    /// Makes the imports when `value`, about to be bound to `target`, requests a module.
    pub(super) fn assigned_request(&mut self, target: &Pattern, value: Node<'t>) {
        let Some(request) = self.find_request(value) else {
            return;
        };
        let found = taken(target, request.property);
        if found.is_empty() {
            return;
        }
        self.bound_request = Some(request.call);
        for (local, imported, place) in found {
            self.push_import(local, request.source, imported, place);
        }
    }

    /// The request that an expression is, behind `await`, parentheses, casts, compilers' helpers and one property.
    fn find_request(&mut self, node: Node<'t>) -> Option<Request> {
        let mut at = node;
        let mut property = None;
        for _ in 0..8 {
            at = match self.kind(at) {
                Kind::ParenthesizedExpression
                | Kind::AwaitExpression
                | Kind::AsExpression
                | Kind::NonNullExpression
                | Kind::SatisfiesExpression => self.first(at)?,
                Kind::MemberExpression if property.is_none() => {
                    property = Some(self.name(super::chain::property(at)?));
                    self.first(at)?
                }
                Kind::CallExpression => {
                    let callee = self.field(at, Field::Function)?;
                    let arguments = self.field(at, Field::Arguments)?;
                    let first = self.first(arguments)?;
                    let callee = self.text(callee);
                    if callee == "require" || callee == "import" {
                        let source = self.constant_text(first)?;
                        let call = arguments.id();
                        return Some(Request { source, property, call });
                    }
                    if !WRAPPERS.contains(&callee) {
                        return None;
                    }
                    first
                }
                _ => return None,
            };
        }
        None
    }

    /// Called for every call: a request that no binding has seen loads its module all the same.
    pub(super) fn request(&mut self, callee: ExprId, node: Node<'t>, arguments: Node<'t>) {
        let ExprKind::Name(name) = &self.build.module.expr(callee).kind else {
            return;
        };
        let imported = match name.as_str() {
            "require" | "import" => Imported::SideEffect,
            "__exportStar" => Imported::Glob,
            _ => return,
        };
        let first = self.first(arguments);
        if imported == Imported::Glob {
            let Some(request) = first.and_then(|first| self.find_request(first)) else {
                return;
            };
            self.bound_request = Some(request.call);
            self.push_import(Name::new(""), request.source, imported, span(node));
            if let Some(import) = self.build.module.imports.last_mut() {
                import.is_reexport = true;
            }
            return;
        }
        if self.bound_request == Some(arguments.id()) {
            return;
        }
        if let Some(source) = first.and_then(|first| self.constant_text(first)) {
            self.push_import(Name::new(""), source, imported, span(node));
        }
    }

    /// What an assignment to `module.exports`, `module.exports.x` or `exports.x` exports.
    pub(super) fn commonjs_export(&mut self, target: &Pattern, node: Node<'t>, value: ExprId) {
        let PatternKind::Place(place) = target.kind else {
            return;
        };
        let ExprKind::Field { base, name, .. } = self.build.module.expr(place).kind else {
            return;
        };
        if self.is_module_exports(place) {
            self.export_value("default", node, value);
            self.export_entries(value);
        } else if (self.is_module_exports(base) || self.is_name(base, "exports")) && !self.is_placeholder(value) {
            self.export_value(&name, node, value);
        }
    }

    /// `import("m").then((m) => …)` and `.then(({ a }) => …)`: the parameter is the module.
    pub(super) fn awaited_import(&mut self, callee: ExprId, args: &[Arg]) {
        let ExprKind::Field { base, name, .. } = &self.build.module.expr(callee).kind else {
            return;
        };
        let ExprKind::Call(call) = &self.build.module.expr(*base).kind else {
            return;
        };
        if *name != "then" || !self.is_name(call.callee, "import") {
            return;
        }
        let source = call.args.first().map(|arg| &self.build.module.expr(arg.value).kind);
        let handler = args.first().map(|arg| &self.build.module.expr(arg.value).kind);
        let (Some(ExprKind::Literal(Literal::Str(source))), Some(ExprKind::Lambda(handler))) = (source, handler) else {
            return;
        };
        let (source, scope) = (*source, *handler);
        let Some(param) = self.build.module.function(scope).params.first() else {
            return;
        };
        let found = taken(&param.pattern, None);
        self.within(scope, |lower| {
            for (local, imported, place) in found {
                lower.push_import(local, source, imported, place);
            }
        });
    }

    fn is_name(&self, id: ExprId, text: &str) -> bool {
        matches!(&self.build.module.expr(id).kind, ExprKind::Name(name) if *name == text)
    }

    fn is_module_exports(&self, id: ExprId) -> bool {
        match &self.build.module.expr(id).kind {
            ExprKind::Field { base, name, .. } => *name == "exports" && self.is_name(*base, "module"),
            _ => false,
        }
    }

    /// `exports.a = exports.b = void 0`, with which compilers announce names.
    fn is_placeholder(&self, value: ExprId) -> bool {
        let mut at = value;
        for _ in 0..1000 {
            match &self.build.module.expr(at).kind {
                ExprKind::Assign { value, .. } => at = *value,
                ExprKind::Unary { op: UnaryOp::Void, .. } => return true,
                _ => return false,
            }
        }
        false
    }

    fn export_value(&mut self, name: &str, node: Node<'t>, value: ExprId) {
        let mut value = value;
        for _ in 0..100 {
            match &self.build.module.expr(value).kind {
                ExprKind::Assign { value: inner, .. } => value = *inner,
                _ => break,
            }
        }
        let kind = match &self.build.module.expr(value).kind {
            ExprKind::Name(local) => ExportKind::Local(*local),
            _ => ExportKind::Expr(value),
        };
        self.add_export(Name::new(name), kind, span(node));
    }

    /// `module.exports = { a, b: c }` exports a and b.
    fn export_entries(&mut self, value: ExprId) {
        let ExprKind::Record { entries, .. } = &self.build.module.expr(value).kind else {
            return;
        };
        let named: Vec<(Name, ExprId)> = entries
            .iter()
            .filter_map(|entry| match entry {
                RecordEntry::Pair {
                    key: Key::Name(name),
                    value,
                    ..
                } => Some((*name, *value)),
                _ => None,
            })
            .collect();
        for (name, value) in named {
            let kind = match &self.build.module.expr(value).kind {
                ExprKind::Name(local) => ExportKind::Local(*local),
                _ => ExportKind::Expr(value),
            };
            self.build.module.exports.push(Export { name, kind });
        }
    }

    /// `Object.defineProperty(exports, "x", { get: function () { return m.x } })`: how compilers pass exports on.
    pub(super) fn defined_export(&mut self, callee: ExprId, args: &[Arg]) {
        let ExprKind::Field { base, name, .. } = &self.build.module.expr(callee).kind else {
            return;
        };
        let [target, key, descriptor] = args else { return };
        let (target, key, descriptor) = (target.value, key.value, descriptor.value);
        if *name != "defineProperty" || !self.is_name(*base, "Object") || !self.is_name(target, "exports") {
            return;
        }
        let ExprKind::Literal(Literal::Str(key)) = self.build.module.expr(key).kind else {
            return;
        };
        let ExprKind::Record { entries, .. } = &self.build.module.expr(descriptor).kind else {
            return;
        };
        let getter = entries.iter().find_map(|entry| match entry {
            RecordEntry::Pair {
                key: Key::Name(name),
                value,
                ..
            } if *name == "get" => Some(*value),
            _ => None,
        });
        let Some(ExprKind::Lambda(getter)) = getter.map(|getter| &self.build.module.expr(getter).kind) else {
            return;
        };
        if let [only] = &self.build.module.function(*getter).body[..]
            && let crate::ir::StmtKind::Return(Some(value)) = only.kind
        {
            let kind = ExportKind::Expr(value);
            self.build.module.exports.push(Export { name: key, kind });
        }
    }
}

/// The names that a pattern takes from a module, or from a property of it.
fn taken(target: &Pattern, property: Option<Name>) -> Vec<(Name, Imported, Span)> {
    match (&target.kind, property) {
        (PatternKind::Bind(local, _), None) => vec![(*local, Imported::Namespace, target.span)],
        (PatternKind::Bind(local, _), Some(property)) => vec![(*local, imported(property), target.span)],
        (PatternKind::Record { fields, rest, .. }, None) => {
            let mut found = Vec::new();
            for (name, field) in fields {
                let bound = match &field.kind {
                    PatternKind::Default { pattern, .. } => pattern,
                    _ => field,
                };
                if let PatternKind::Bind(local, None) = bound.kind {
                    found.push((local, imported(*name), field.span));
                }
            }
            if let Some(PatternKind::Bind(local, _)) = rest.as_ref().map(|rest| &rest.kind) {
                found.push((*local, Imported::Namespace, target.span));
            }
            found
        }
        _ => Vec::new(),
    }
}

pub(super) fn imported(name: Name) -> Imported {
    if name == "default" {
        Imported::Default
    } else {
        Imported::Named(name)
    }
}
