//! Reading one module: what in it registers handlers.

use rustc_hash::{FxHashMap, FxHashSet};

use super::entry::{EntryKind, EntryPoint, Handler, InnerSource, Transport};
use super::held::Held;
use super::registrar::{Form, Registrar};
use super::schema::Schema;
use super::value::{At, Values};
use crate::ir::{
    Call, CallForm, ExprId, ExprKind, FuncId, Import, Imported, Key, Language, Literal, Module, Name, RecordEntry, walk,
};
use crate::models::{FrameworkKind, FrameworkRow, Frameworks, Gate};
use crate::project::{FuncRef, ModuleId, Project};
use crate::workspace::Span;

/// What was found in one module.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// Registrations by helpers of the project.
    pub(super) registrars: Vec<Registrar<'a>>,
    /// Entry points.
    pub(super) entries: Vec<EntryPoint>,
    /// Transports.
    pub(super) transports: Vec<Transport>,
}

/// How a module uses MCP SDKs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SdkUse {
    /// It imports one.
    pub(super) any: bool,
    /// It imports what servers are written with.
    pub(super) server: bool,
    /// It speaks the protocol by hand.
    pub(super) raw: bool,
}

/// What a module imports of MCP SDKs.
pub(super) fn sdk_use(frameworks: &Frameworks, module: &Module) -> SdkUse {
    let mut used = SdkUse::default();
    for sdk in frameworks.sdks(module.language) {
        for import in &module.imports {
            let name = qualified(module.language, import);
            let hits = |prefixes: &[String]| prefixes.iter().any(|prefix| has_prefix(&name, prefix));
            used.any |= hits(&sdk.modules);
            used.server |= !import.is_type_only && hits(&sdk.servers) && !hits(&sdk.clients);
        }
    }
    let texts = raw_texts(frameworks, module.language);
    used.raw = !used.any && !texts.is_empty() && speaks(module, &texts);
    used
}

/// The texts of hand-rolled dispatch.
fn raw_texts(frameworks: &Frameworks, language: Language) -> Vec<&str> {
    frameworks
        .rows(language)
        .flat_map(|row| row.literal.iter().map(String::as_str))
        .collect()
}

/// Whether a module dispatches on one of these texts: as a literal, a key or a pattern.
fn speaks(module: &Module, texts: &[&str]) -> bool {
    let in_exprs = module.exprs.iter().any(|expr| match &expr.kind {
        ExprKind::Literal(Literal::Str(text)) => texts.contains(&text.as_str()),
        ExprKind::Record { entries, .. } => entries.iter().any(
            |entry| matches!(entry, RecordEntry::Pair { key: Key::Name(name), .. } if texts.contains(&name.as_str())),
        ),
        _ => false,
    });
    // A literal of a pattern is no expression.
    in_exprs
        || module
            .functions
            .iter()
            .any(|function| super::raw::matches_text(module, function, texts))
}

fn qualified(language: Language, import: &Import) -> String {
    let separator = if language == Language::Rust { "::" } else { "." };
    match import.imported {
        Imported::Named(name) if !import.source.is_empty() => format!("{}{separator}{name}", import.source),
        Imported::Named(name) => name.to_string(),
        _ => import.source.to_string(),
    }
}

/// Whether `name` is `prefix` or goes on behind it with a separator. A trailing `*` of the prefix stands for any text.
pub(super) fn has_prefix(name: &str, prefix: &str) -> bool {
    match prefix.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', ':'])),
    }
}

/// Whether `text` fits a pattern in which `*` stands for any text.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    match last {
        None => rest.is_empty(),
        Some(part) => text.ends_with(part),
    }
}

/// Reads one module.
pub(super) struct Reader<'a> {
    /// Looks values up.
    pub(super) values: Values<'a>,
    /// The module's index.
    pub(super) id: ModuleId,
    /// The module.
    pub(super) module: &'a Module,
    /// Whether some module of the project in this language imports an SDK.
    project_gate: bool,
    /// Whether this one does.
    module_gate: bool,
    scopes: Vec<FuncId>,
    keys: FxHashMap<ExprId, Name>,
    seen: FxHashSet<(FuncRef, EntryKind)>,
    found: Found<'a>,
}

impl<'a> Reader<'a> {
    /// A reader of one module.
    pub(super) fn new(
        project: &'a Project,
        frameworks: &'a Frameworks,
        id: ModuleId,
        project_gate: bool,
        module_gate: bool,
    ) -> Self {
        Self {
            values: Values::new(project, frameworks),
            id,
            module: project.module(id),
            project_gate,
            module_gate,
            scopes: Vec::new(),
            keys: FxHashMap::default(),
            seen: FxHashSet::default(),
            found: Found::default(),
        }
    }

    /// Everything that the module registers.
    pub(super) fn read(mut self) -> Found<'a> {
        self.read_decorators();
        self.read_methods();
        self.read_exports();
        let module = self.module;
        let frameworks = self.values.frameworks;
        let mut calls = Vec::new();
        let mut records = Vec::new();
        for (index, expr) in module.exprs.iter().enumerate() {
            let id = ExprId(u32::try_from(index).unwrap_or(u32::MAX));
            match &expr.kind {
                ExprKind::Call(call) if call.form != CallForm::Decorator => {
                    if let Some(name) = called(module, call)
                        && (frameworks.calls(module.language, name).next().is_some() || self.is_record_type(name))
                    {
                        calls.push(id);
                    }
                }
                ExprKind::Record { entries, .. } if !entries.is_empty() => records.push(id),
                _ => {}
            }
        }
        let texts = raw_texts(frameworks, module.language);
        let raw = !texts.is_empty() && speaks(module, &texts);
        let records: Vec<ExprId> = records.into_iter().filter(|id| self.may_be_entry(*id)).collect();
        if calls.is_empty() && records.is_empty() && !raw {
            return self.found;
        }
        self.compute_scopes();
        for id in calls {
            self.read_call(id);
        }
        for id in records {
            self.read_record(id);
        }
        if raw {
            self.read_raw();
        }
        self.found
    }

    /// Which function each expression stands in, and under which key a value stands in a record.
    pub(super) fn compute_scopes(&mut self) {
        let module = self.module;
        self.scopes = scopes_of(module);
        for expr in &module.exprs {
            let ExprKind::Record { entries, .. } = &expr.kind else {
                continue;
            };
            for entry in entries {
                if let RecordEntry::Pair {
                    key: Key::Name(key),
                    value,
                    ..
                } = entry
                {
                    self.keys.insert(*value, *key);
                }
            }
        }
    }

    /// An expression of this module with its scope.
    pub(super) fn place(&self, expr: ExprId) -> At {
        At {
            module: self.id,
            scope: self.scopes.get(expr.0 as usize).copied().unwrap_or(FuncId::MODULE),
            expr,
        }
    }

    /// The key under which a value stands in a record of this module.
    pub(super) fn key_of(&self, expr: ExprId) -> Option<Name> {
        self.keys.get(&expr).copied()
    }

    /// Whether a function stands in test code.
    pub(super) fn in_test(&self, scope: FuncId) -> bool {
        let mut current = Some(scope);
        for _ in 0..64 {
            let Some(func) = current else { return false };
            let function = self.module.function(func);
            if function.is_test {
                return true;
            }
            current = function.parent;
        }
        false
    }

    /// Whether a row may be tried here.
    pub(super) fn open(&self, row: &FrameworkRow) -> bool {
        match row.gate {
            Gate::Project => self.project_gate,
            Gate::Module => self.module_gate,
            Gate::None => true,
        }
    }

    /// Whether a row with this gate may be tried when the receiver itself speaks of MCP.
    pub(super) fn open_for(&self, row: &FrameworkRow, receiver: Option<Name>) -> bool {
        self.open(row) || receiver.is_some_and(|name| name.to_ascii_lowercase().contains("mcp"))
    }

    /// Adds an entry point, unless the same function is one of that kind already.
    pub(super) fn add(&mut self, entry: EntryPoint) {
        if let Handler::Function { func, .. } = &entry.handler
            && !self.seen.insert((*func, entry.kind))
        {
            // A second registration under another name is another tool.
            let known = self.found.entries.iter().any(|other| {
                matches!(&other.handler, Handler::Function { func: same, .. } if same == func)
                    && (other.name == entry.name || entry.name.is_none())
            });
            if known {
                return;
            }
        }
        self.found.entries.push(entry);
    }

    /// How many entries were found.
    pub(super) fn entry_count(&self) -> usize {
        self.found.entries.len()
    }

    /// Takes the entries from that number on.
    pub(super) fn take_entries(&mut self, from: usize) -> Vec<EntryPoint> {
        self.found.entries.split_off(from.min(self.found.entries.len()))
    }

    /// Notes a registration whose handler others supply.
    pub(super) fn add_registrar(
        &mut self,
        rows: Vec<&'a FrameworkRow>,
        form: Form,
        held: Held,
        fallback: Vec<EntryPoint>,
    ) {
        self.found.registrars.push(Registrar {
            rows,
            form,
            held,
            given: Vec::new(),
            fallback,
            module: self.id,
            imports: self.module_gate,
        });
    }

    /// Adds a transport.
    pub(super) fn add_transport(&mut self, transport: Transport) {
        self.found.transports.push(transport);
    }

    /// An entry point of this module without anything but its row and place.
    pub(super) fn blank(&self, row: &FrameworkRow, span: Span) -> EntryPoint {
        EntryPoint {
            kind: kind_of(row.kind),
            name: None,
            description: None,
            annotations: std::collections::BTreeMap::new(),
            module: self.id,
            span,
            handler: Handler::None,
            params: Vec::new(),
            style: Name::new(&row.id),
            schema_enforced: row.enforced,
            inner_sources: Vec::<InnerSource>::new(),
        }
    }

    /// Gives an entry the parameters of a schema.
    pub(super) fn describe(entry: &mut EntryPoint, schema: Option<&Schema>) {
        if let Some(schema) = schema {
            entry.params.clone_from(&schema.params);
        }
    }
}

/// The function in which each expression of a module stands.
pub(super) fn scopes_of(module: &Module) -> Vec<FuncId> {
    let mut scopes = vec![FuncId::MODULE; module.exprs.len()];
    let mut mark = |expr: ExprId, func: FuncId| {
        walk::descend(module, expr, &mut |inner| {
            if let Some(slot) = scopes.get_mut(inner.0 as usize) {
                *slot = func;
            }
        });
    };
    for (index, function) in module.functions.iter().enumerate() {
        let func = FuncId(u32::try_from(index).unwrap_or(u32::MAX));
        let outer = function.parent.unwrap_or(FuncId::MODULE);
        function.decorators.iter().for_each(|expr| mark(*expr, outer));
        for param in &function.params {
            param.default.iter().for_each(|expr| mark(*expr, func));
        }
        walk::exprs_of_block(&function.body, &mut |expr| mark(expr, func));
    }
    for class in &module.classes {
        for field in &class.fields {
            field.value.iter().for_each(|expr| mark(*expr, class.parent));
        }
        walk::exprs_of_block(&class.body, &mut |expr| mark(expr, class.parent));
    }
    scopes
}

/// The entry kind that a row names.
fn kind_of(kind: FrameworkKind) -> EntryKind {
    match kind {
        FrameworkKind::Tool => EntryKind::Tool,
        FrameworkKind::Resource => EntryKind::Resource,
        FrameworkKind::Prompt => EntryKind::Prompt,
        FrameworkKind::Completion => EntryKind::Completion,
        FrameworkKind::Handler => EntryKind::Handler,
    }
}

/// What a call's rows are found by: the last segment of its callee, with `()` behind it for `f(…)(…)`.
pub(super) fn called(module: &Module, call: &Call) -> Option<Name> {
    match &module.expr(call.callee).kind {
        ExprKind::Call(inner) => last_segment(module, inner.callee).map(|name| Name::new(&format!("{name}()"))),
        _ => last_segment(module, call.callee),
    }
}

/// The last segment of a callee.
pub(super) fn last_segment(module: &Module, callee: ExprId) -> Option<Name> {
    match &module.expr(callee).kind {
        ExprKind::Name(name) | ExprKind::Field { name, .. } => Some(*name),
        ExprKind::Path(path) => path.last().copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{fits, has_prefix};

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(fits("ServerHandler", "ServerHandler"));
        assert!(!fits("ServerHandler", "ServerHandlerCore"));
        assert!(fits("*Tool*", "McpToolHandler"));
        assert!(fits("*Tool", "ReadTool"));
        assert!(!fits("*Tool", "ToolBox"));
    }

    #[test]
    fn a_prefix_ends_at_a_separator() {
        assert!(has_prefix("mcp.server.Server", "mcp.server"));
        assert!(has_prefix("rmcp::tool", "rmcp"));
        assert!(!has_prefix("mcpcat", "mcp"));
    }
}
