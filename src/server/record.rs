//! Tools as records: `{ name, description, inputSchema, handler }`, `Tool(name=…, inputSchema=…)`, `Tool { name: … }`.

use super::annotations;
use super::call::template_params;
use super::entry::Handler;
use super::read::Reader;
use super::schema;
use super::sources;
use super::value::At;
use crate::ir::{ArgKind, ExprId, ExprKind, Key, Literal, Name, RecordEntry};
use crate::models::{FrameworkKind, FrameworkRow, Selector};

impl<'a> Reader<'a> {
    /// Rows that look for records.
    fn record_rows(&self) -> impl Iterator<Item = &'a FrameworkRow> + use<'a> {
        let frameworks = self.values.frameworks;
        frameworks.rows(self.module.language).filter(|row| {
            (!row.record.is_empty() || !row.has.is_empty())
                && row.method.is_empty()
                && row.call.is_empty()
                && row.decorator.is_empty()
        })
    }

    /// Whether some row speaks of records of this type.
    pub(super) fn is_record_type(&self, name: Name) -> bool {
        self.record_rows()
            .any(|row| row.record_type.iter().any(|known| known == name.as_str()))
    }

    /// The keys written in a record, or the keywords of a call.
    fn direct_keys(&self, id: ExprId) -> Vec<Name> {
        match &self.module.expr(id).kind {
            ExprKind::Record { entries, .. } => entries
                .iter()
                .filter_map(|entry| match entry {
                    RecordEntry::Pair {
                        key: Key::Name(name), ..
                    } => Some(*name),
                    _ => None,
                })
                .collect(),
            ExprKind::Call(call) => call
                .args
                .iter()
                .filter_map(|arg| match arg.kind {
                    ArgKind::Named(name) => Some(name),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn record_fits(&self, row: &FrameworkRow, keys: &[Name], ty: Option<Name>) -> bool {
        let typed = match ty {
            None => row.record_type.is_empty(),
            Some(ty) => row.record_type.iter().any(|known| known == ty.as_str()),
        };
        let present = |alternatives: &String| alternatives.split('|').any(|key| keys.iter().any(|have| *have == *key));
        typed
            && row.has.iter().all(present)
            && !row.lacks.iter().any(present)
            && (row.record.is_empty() || row.record.iter().any(present))
    }

    fn record_type_of(&self, id: ExprId) -> Option<Name> {
        match &self.module.expr(id).kind {
            ExprKind::Record { ty: Some(path), .. } => path.last().copied(),
            _ => None,
        }
    }

    /// Whether a record has the keys that some row asks for.
    pub(super) fn may_be_entry(&self, id: ExprId) -> bool {
        let keys = self.direct_keys(id);
        let ty = self.record_type_of(id);
        self.record_rows()
            .any(|row| self.open(row) && self.record_fits(row, &keys, ty))
    }

    /// Reads one record.
    pub(super) fn read_record(&mut self, id: ExprId) {
        let ty = self.record_type_of(id);
        self.read_members(id, ty);
    }

    /// Reads a call with keywords as a record.
    pub(super) fn read_typed_record(&mut self, id: ExprId, ty: Name) {
        self.read_members(id, Some(ty));
    }

    fn read_members(&mut self, id: ExprId, ty: Option<Name>) {
        let at = self.place(id);
        if self.in_test(at.scope) {
            return;
        }
        let keys = self.direct_keys(id);
        let rows: Vec<&FrameworkRow> = self
            .record_rows()
            .filter(|row| self.open(row) && self.record_fits(row, &keys, ty))
            .collect();
        for row in rows {
            if self.register_record(row, at) {
                return;
            }
        }
    }

    fn register_record(&mut self, row: &FrameworkRow, at: At) -> bool {
        let member = |name: &str| self.values.member(at, Name::new(name));
        let pick = |selector: &Selector| member(Self::member_name(selector)?.as_str());
        let func = row
            .record
            .iter()
            .flat_map(|keys| keys.split('|'))
            .filter_map(member)
            .find_map(|place| self.values.function_of(place));
        if !row.record.is_empty() && func.is_none() {
            return false;
        }
        let name_at = row
            .name
            .iter()
            .filter_map(pick)
            .find(|place| self.values.text(*place).is_some());
        let Some(name) = name_at
            .and_then(|place| self.values.text(place))
            .or_else(|| self.key_of(at.expr))
        else {
            return false;
        };
        // the protocol allows none in the name of a tool: it is the title of something else, a test's perhaps
        if row.kind == FrameworkKind::Tool && name.contains(char::is_whitespace) {
            return false;
        }
        let span = match name_at {
            Some(place) if place.module == self.id => self.values.expr(place).span,
            _ => self.module.expr(at.expr).span,
        };
        let mut entry = self.blank(row, span);
        entry.name = Some(name);
        entry.description = row
            .description
            .iter()
            .filter_map(pick)
            .find_map(|place| self.values.text(place));
        let schema = row
            .schema
            .iter()
            .filter_map(pick)
            .find_map(|place| schema::read(&self.values, place));
        for place in row.annotations.iter().filter_map(pick) {
            annotations::read_record(&self.values, place, &mut entry.annotations);
        }
        let template = row.uri.iter().filter_map(pick).find_map(|place| self.uri_of(place));
        if let Some((text, _)) = template {
            entry.annotations.insert(Name::new("uri"), Literal::Str(text));
        }
        if let Some(func) = func {
            let shapes = match &template {
                Some((_, false)) => &[][..],
                _ => &row.params,
            };
            let read = sources::read(&self.values, func, shapes, schema.as_ref(), row.enforced);
            entry.params = read.declared;
            entry.handler = Handler::Function {
                func,
                sources: read.params,
            };
        }
        Self::describe(&mut entry, schema.as_ref());
        if let Some((text, true)) = template
            && entry.params.is_empty()
        {
            entry.params = template_params(&text);
        }
        self.add(entry);
        true
    }

    /// Modules whose exports make a tool: the default export is its handler.
    pub(super) fn read_exports(&mut self) {
        let module = self.module;
        let frameworks = self.values.frameworks;
        for row in frameworks.rows(module.language).filter(|row| !row.export.is_empty()) {
            let export = |name: &str| module.exports.iter().find(|export| export.name == *name);
            if !self.open(row) || !row.export.iter().all(|name| export(name).is_some()) {
                continue;
            }
            let value = |name: &str| {
                let expr = match export(name)?.kind {
                    crate::ir::ExportKind::Expr(expr) => expr,
                    crate::ir::ExportKind::Local(local) => self.values.project.variable(self.id, local)?,
                };
                Some(At {
                    module: self.id,
                    scope: crate::ir::FuncId::MODULE,
                    expr,
                })
            };
            let func = match export("default").map(|export| export.kind) {
                Some(crate::ir::ExportKind::Local(local)) => {
                    match self
                        .values
                        .project
                        .resolve_name(self.id, crate::ir::FuncId::MODULE, local)
                    {
                        crate::project::Symbol::Function(func) => Some(func),
                        _ => value("default").and_then(|place| self.values.function_of(place)),
                    }
                }
                _ => value("default").and_then(|place| self.values.function_of(place)),
            };
            let Some(func) = func else { continue };
            let schema = value("schema").and_then(|place| schema::read(&self.values, place));
            let metadata = |name: &str| self.values.member(value("metadata")?, Name::new(name));
            let function = self.values.function(func);
            let mut entry = self.blank(row, function.name_span);
            entry.name = metadata("name")
                .and_then(|place| self.values.text(place))
                .or(function.name);
            entry.description = metadata("description").and_then(|place| self.values.text(place));
            if let Some(place) = metadata("annotations") {
                annotations::read_record(&self.values, place, &mut entry.annotations);
            }
            let read = sources::read(&self.values, func, &row.params, schema.as_ref(), row.enforced);
            entry.handler = Handler::Function {
                func,
                sources: read.params,
            };
            Self::describe(&mut entry, schema.as_ref());
            self.add(entry);
        }
    }
}
