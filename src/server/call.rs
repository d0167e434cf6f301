//! Registration by call: `server.tool("name", …, handler)`, `new Server({ … })`, `add_tool(fn)`; and transports.

use super::annotations;
use super::entry::{EntryKind, Handler, Transport, TransportKind};
use super::locals::Binding;
use super::read::{Reader, called, has_prefix};
use super::schema::{self, Schema};
use super::sources;
use super::value::{At, FUEL};
use crate::ir::{ArgKind, Call, CallForm, ExprId, ExprKind, Language, Literal, Name};
use crate::models::{FrameworkRow, RowTransport, Selector};
use crate::project::{FuncRef, ModuleId, Symbol};

/// The element of a table that a loop variable stands for in one round.
struct Round {
    /// The function that binds the variable.
    name: Name,
    /// The element.
    element: At,
    /// The key, when the loop runs over a record's entries.
    key: Option<Name>,
}

impl<'a> Reader<'a> {
    /// Reads one call.
    pub(super) fn read_call(&mut self, id: ExprId) {
        let module = self.module;
        let ExprKind::Call(call) = &module.expr(id).kind else {
            return;
        };
        let at = self.place(id);
        if self.in_test(at.scope) {
            return;
        }
        let Some(last) = called(module, call) else {
            return;
        };
        let frameworks = self.values.frameworks;
        for row in frameworks.calls(module.language, last) {
            if !row.transport.is_empty() {
                if row
                    .transport
                    .iter()
                    .any(|pattern| self.callee_fits(at, call.callee, pattern))
                {
                    self.read_transport(row, at, call);
                }
                continue;
            }
            let receiver = self.receiver_name(at, call.callee);
            if !self.open_for(row, receiver)
                || !row
                    .call
                    .iter()
                    .any(|pattern| self.callee_fits(at, call.callee, pattern))
            {
                continue;
            }
            if !row.keys.is_empty() && !self.key_fits(row, at, call) {
                continue;
            }
            if self.register(row, at, call) {
                return;
            }
        }
        if self.is_record_type(last) && self.values.module(self.id).language == Language::Python {
            self.read_typed_record(id, last);
        }
    }

    /// Whether a callee is what a row's pattern names.
    pub(super) fn callee_fits(&self, at: At, callee: ExprId, pattern: &str) -> bool {
        let kind = &self.module.expr(callee).kind;
        if let Some(pattern) = pattern.strip_suffix("()") {
            return match kind {
                ExprKind::Call(inner) => self.callee_fits(at, inner.callee, pattern),
                _ => false,
            };
        }
        if let Some(method) = pattern.strip_prefix("*.") {
            let ExprKind::Field { base, name, .. } = kind else {
                return false;
            };
            // `*.Tool.from_function` asks for the last segment of the receiver too.
            let (owner, method) = match method.rsplit_once('.') {
                Some((owner, method)) => (Some(owner), method),
                None => (None, method),
            };
            let owned =
                owner.is_none_or(|owner| self.values.last_name(at.with(*base)).is_some_and(|last| last == *owner));
            return *name == *method && owned && self.receiver_fits(at.with(*base));
        }
        if let Some(tail) = pattern.strip_prefix("*::") {
            let ExprKind::Path(path) = kind else { return false };
            let wanted: Vec<&str> = tail.split("::").collect();
            return path.len() >= wanted.len()
                && path[path.len() - wanted.len()..]
                    .iter()
                    .zip(&wanted)
                    .all(|(have, want)| *have == **want);
        }
        let place = at.with(callee);
        if !pattern.contains(['.', ':', '/']) {
            return match kind {
                ExprKind::Name(name) => {
                    *name == pattern
                        && self.values.local(at.module, at.scope, *name).is_none()
                        && !matches!(
                            self.values.project.resolve_name(at.module, at.scope, *name),
                            Symbol::Function(_) | Symbol::Variable(..)
                        )
                }
                ExprKind::Path(path) => {
                    self.module.language == Language::Rust && path.last().is_some_and(|last| *last == pattern)
                }
                _ => false,
            };
        }
        let Some(name) = self.values.external(place) else {
            return false;
        };
        let Some(cut) = pattern.rfind(['.', ':']) else {
            return false;
        };
        let (head, last) = (pattern.get(..cut).unwrap_or(""), pattern.get(cut + 1..).unwrap_or(""));
        let head = head.trim_end_matches(':');
        has_prefix(&name, head) && name.strip_suffix(last).is_some_and(|rest| rest.ends_with(['.', ':']))
    }

    /// Whether an object may be an MCP server: not when it is known to come from elsewhere.
    pub(super) fn receiver_fits(&self, base: At) -> bool {
        let value = self.values.follow(base);
        let origin = match &self.values.expr(value).kind {
            ExprKind::Call(call) => self.values.external(value.with(call.callee)),
            ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Field { .. } => self.values.external(value),
            _ => None,
        };
        let Some(origin) = origin else { return true };
        if !origin.contains(['.', '/', ':']) {
            return true;
        }
        origin.to_ascii_lowercase().contains("mcp")
            || self
                .values
                .frameworks
                .sdks(self.module.language)
                .any(|sdk| sdk.modules.iter().any(|prefix| has_prefix(&origin, prefix)))
    }

    /// The name that the receiver of a callee starts with or ends with, for judging whether it speaks of MCP.
    fn receiver_name(&self, at: At, callee: ExprId) -> Option<Name> {
        match &self.module.expr(callee).kind {
            ExprKind::Field { base, .. } => self.values.last_name(at.with(*base)),
            ExprKind::Name(name) => Some(*name),
            ExprKind::Call(inner) => self.receiver_name(at, inner.callee),
            _ => None,
        }
    }

    /// Whether the row's key argument is one of its keys.
    fn key_fits(&self, row: &FrameworkRow, at: At, call: &Call) -> bool {
        let Some(value) = row
            .key
            .as_ref()
            .and_then(|selector| self.values.select(at, call, selector))
        else {
            return false;
        };
        let name = self.values.last_name(value);
        let text = self.values.text(value);
        name.into_iter()
            .chain(text)
            .any(|found| row.keys.iter().any(|key| key == found.as_str()))
    }

    /// Registers what a call names; false when it is no such registration after all.
    fn register(&mut self, row: &FrameworkRow, at: At, call: &Call) -> bool {
        let rounds = self.rounds(row, at, call);
        if rounds.is_empty() {
            return self.register_once(row, at, call, None);
        }
        let mut any = false;
        for round in &rounds {
            any |= self.register_once(row, at, call, Some(round));
        }
        any
    }

    fn register_once(&mut self, row: &FrameworkRow, at: At, call: &Call, round: Option<&Round>) -> bool {
        let pick = |selector: &Selector| {
            let found = self.values.select(at, call, selector);
            match round {
                None => found,
                Some(round) => match (&selector.pick, found) {
                    (_, Some(found)) => self.in_round(found, round).or(Some(found)),
                    (crate::models::Pick::Option(member), None) => {
                        // `register(tool)`: the argument itself is the element.
                        let whole = Selector {
                            base: selector.base.clone(),
                            pick: crate::models::Pick::Whole,
                        };
                        let element = self.in_round(self.values.select(at, call, &whole)?, round)?;
                        self.values.member(element, Name::new(member))
                    }
                    _ => None,
                },
            }
        };
        let func = row
            .handler
            .iter()
            .filter_map(pick)
            .find_map(|place| self.values.function_of(place));
        // `tool(name=…)(handler)`: all but the handler stands in the first call.
        let head = match &self.module.expr(call.callee).kind {
            ExprKind::Call(inner) => inner,
            _ => call,
        };
        let pick = |selector: &Selector| {
            if std::ptr::eq(head, call) {
                pick(selector)
            } else {
                self.values.select(at, head, selector)
            }
        };
        let name_at = row
            .name
            .iter()
            .filter_map(pick)
            .find(|place| self.values.text(*place).is_some());
        let name = name_at
            .and_then(|place| self.values.text(place))
            .or_else(|| self.round_key(row, at, call, round));
        // In Python a name alone is a decorator or a lookup.
        let needs_function = name.is_none() || row.name.is_empty() || self.module.language == Language::Python;
        if !row.handler.is_empty() && func.is_none() && needs_function {
            return false;
        }
        if row.handler.is_empty() && name.is_none() {
            return false;
        }
        let span = match name_at {
            Some(place) if place.module == self.id => self.values.expr(place).span,
            _ => self.module.expr(head.callee).span,
        };
        let mut entry = self.blank(row, span);
        if let Some(place) = name_at {
            entry.module = place.module;
            entry.span = self.values.expr(place).span;
        }
        entry.name = name.or_else(|| {
            let own = func.and_then(|func| self.values.function(func).name);
            own.filter(|_| self.module.language == Language::Python && Self::is_named(entry.kind))
        });
        entry.description = row
            .description
            .iter()
            .filter_map(pick)
            .find_map(|place| self.values.text(place));
        let candidates: Vec<At> = row.schema.iter().filter_map(pick).collect();
        let schema = candidates
            .iter()
            .filter(|place| !annotations::is_annotations(&self.values, **place))
            .find_map(|place| schema::read(&self.values, *place));
        for place in row.annotations.iter().filter_map(pick) {
            annotations::read_record(&self.values, place, &mut entry.annotations);
        }
        let uri_at = row.uri.iter().filter_map(pick).next();
        let template = uri_at.and_then(|place| self.uri_of(place));
        if let Some((text, _)) = template {
            entry.annotations.insert(Name::new("uri"), Literal::Str(text));
            entry.name = entry.name.or(Some(text));
        }
        if let Some(func) = func {
            let has_schema = schema.is_some() || candidates.iter().any(|place| self.may_be_schema(*place));
            let fixed = !row.uri.is_empty() && matches!(template, Some((_, false)));
            let shapes = match &row.bare {
                Some(bare) if !has_schema || fixed => bare.as_slice(),
                _ if fixed => &[],
                _ => row.params.as_slice(),
            };
            let read = sources::read(&self.values, func, shapes, schema.as_ref(), row.enforced);
            entry.params = read.declared;
            if entry.description.is_none() && self.module.language == Language::Python {
                entry.description = self.values.function(func).doc;
            }
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

    /// Whether an argument that was not understood may be a schema: neither text nor function nor annotations.
    fn may_be_schema(&self, place: At) -> bool {
        if self.values.text(place).is_some() || annotations::is_annotations(&self.values, place) {
            return false;
        }
        let value = self.values.follow(place);
        match &self.values.expr(value).kind {
            ExprKind::Lambda(_) | ExprKind::Literal(_) | ExprKind::Concat(_) | ExprKind::Record { .. } => false,
            _ => self.values.function_of(place).is_none(),
        }
    }

    /// The URI of a resource, and whether it has variables.
    pub(super) fn uri_of(&self, place: At) -> Option<(Name, bool)> {
        let value = self.values.follow(place);
        let text = match &self.values.expr(value).kind {
            ExprKind::Call(call) if call.form == CallForm::New => {
                self.values.text(value.with(call.args.first()?.value))?
            }
            _ => self.values.text(value)?,
        };
        Some((text, text.contains('{')))
    }

    /// The elements that the arguments' loop variable runs through.
    fn rounds(&self, row: &FrameworkRow, at: At, call: &Call) -> Vec<Round> {
        let whole = |selector: &Selector| Selector {
            base: selector.base.clone(),
            pick: crate::models::Pick::Whole,
        };
        let mut heads = row
            .name
            .iter()
            .chain(&row.handler)
            .filter_map(|selector| self.values.select(at, call, &whole(selector)));
        heads.find_map(|head| self.rounds_of(head)).unwrap_or_default()
    }

    fn rounds_of(&self, head: At) -> Option<Vec<Round>> {
        let root = self.values.root(head);
        let ExprKind::Name(name) = self.values.expr(root).kind else {
            return None;
        };
        let (scope, binding) = self
            .values
            .local(root.module, root.scope, name)
            .or_else(|| self.top_level_element(name))?;
        let (collection, path) = match binding {
            Binding::Element { of, path } => (root.with(of), path),
            Binding::Param { index, path } if index < 2 => {
                let func = FuncRef {
                    module: root.module,
                    func: scope,
                };
                (self.iterated_by(func)?, path)
            }
            _ => return None,
        };
        let collection = At {
            scope: self.place(collection.expr).scope,
            ..collection
        };
        let elements = self.values.elements(collection);
        let rounds: Vec<Round> = if elements.is_empty() {
            let record = self.entries_argument(collection)?;
            let pairs = self.values.entries(self.values.follow(record));
            pairs
                .into_iter()
                .filter(|_| path.first().is_none_or(|first| matches!(first.as_str(), "0" | "1")))
                .map(|(key, element)| Round {
                    name,
                    element,
                    key: Some(key),
                })
                .collect()
        } else {
            elements
                .into_iter()
                .map(|element| Round {
                    name,
                    element,
                    key: None,
                })
                .collect()
        };
        (!rounds.is_empty() && rounds.len() <= 512).then_some(rounds)
    }

    /// A loop variable of the module's top level.
    fn top_level_element(&self, name: Name) -> Option<(crate::ir::FuncId, Binding)> {
        let locals = self.values.locals(self.id, crate::ir::FuncId::MODULE);
        match locals.get(name)? {
            found @ Binding::Element { .. } => Some((crate::ir::FuncId::MODULE, found.clone())),
            _ => None,
        }
    }

    /// The record of `Object.entries(record)` or `record.items()`.
    fn entries_argument(&self, at: At) -> Option<At> {
        let value = self.values.follow(at);
        let ExprKind::Call(call) = &self.values.expr(value).kind else {
            return None;
        };
        match (&self.values.module(value.module).expr(call.callee).kind, &*call.args) {
            (ExprKind::Field { name, .. }, [only]) if name.as_str() == "entries" => Some(value.with(only.value)),
            (ExprKind::Field { base, name, .. }, []) if matches!(name.as_str(), "items" | "iter" | "entries") => {
                Some(value.with(*base))
            }
            _ => None,
        }
    }

    /// The collection over whose elements a closure is called (`tools.forEach(t => …)`).
    fn iterated_by(&self, func: FuncRef) -> Option<At> {
        if func.module != self.id {
            return None;
        }
        self.module.exprs.iter().enumerate().find_map(|(index, expr)| {
            let ExprKind::Call(call) = &expr.kind else { return None };
            let ExprKind::Field { base, name, .. } = &self.module.expr(call.callee).kind else {
                return None;
            };
            if !matches!(name.as_str(), "forEach" | "map" | "for_each") {
                return None;
            }
            let holds = call
                .args
                .iter()
                .any(|arg| matches!(self.module.expr(arg.value).kind, ExprKind::Lambda(inner) if inner == func.func));
            holds.then(|| self.place(ExprId(u32::try_from(index).unwrap_or(u32::MAX))).with(*base))
        })
    }

    /// An expression over the loop variable, evaluated for one round.
    fn in_round(&self, at: At, round: &Round) -> Option<At> {
        let at = self.values.peel(at);
        match &self.values.expr(at).kind {
            ExprKind::Name(name) => {
                let path = match self
                    .values
                    .local(at.module, at.scope, *name)
                    .or_else(|| self.top_level_element(*name))
                {
                    Some((_, Binding::Element { path, .. } | Binding::Param { path, .. })) => path,
                    Some((_, Binding::Value { value, path })) => {
                        // `const { name, handler } = tool` inside the loop.
                        let start = self.in_round(at.with(value), round)?;
                        return path
                            .iter()
                            .try_fold(start, |place, field| self.values.member(place, *field));
                    }
                    None => return None,
                };
                let path = match (&round.key, path.split_first()) {
                    (Some(_), Some((first, rest))) if first.as_str() == "1" => rest.to_vec(),
                    (Some(_), Some((first, _))) if first.as_str() == "0" => return None,
                    _ => path,
                };
                let _ = round.name;
                path.iter()
                    .try_fold(round.element, |place, field| self.values.member(place, *field))
            }
            ExprKind::Field { base, name, .. } => {
                let base = self.in_round(at.with(*base), round)?;
                self.values.member(base, *name)
            }
            ExprKind::Call(call) => {
                // `wrap(tool.handler)`, `(args) => tool.handler(args)` is followed by the flow.
                call.args
                    .iter()
                    .find_map(|arg| self.in_round(at.with(arg.value), round))
            }
            ExprKind::Binary { left, .. } => self.in_round(at.with(*left), round),
            ExprKind::Lambda(func) => {
                // A closure that only hands over: the element's function is called inside.
                let locals = self.values.locals(at.module, *func);
                locals.returns().find_map(|expr| {
                    let inner = self.values.peel(At { scope: *func, ..at }.with(expr));
                    let ExprKind::Call(call) = &self.values.expr(inner).kind else {
                        return None;
                    };
                    self.in_round(inner.with(call.callee), round)
                })
            }
            _ => None,
        }
    }

    /// The key of a record's entry as name.
    fn round_key(&self, row: &FrameworkRow, at: At, call: &Call, round: Option<&Round>) -> Option<Name> {
        let key = round?.key?;
        let place = row
            .name
            .iter()
            .find_map(|selector| self.values.select(at, call, selector))?;
        matches!(self.values.expr(self.values.peel(place)).kind, ExprKind::Name(_)).then_some(key)
    }

    fn read_transport(&mut self, row: &FrameworkRow, at: At, call: &Call) {
        let Some(starts) = row.starts else { return };
        let kind = match starts {
            RowTransport::Stdio => TransportKind::Stdio,
            RowTransport::Http => TransportKind::Http,
            RowTransport::Sse => TransportKind::Sse,
            RowTransport::Other => TransportKind::Other,
            RowTransport::Argument => match self.transport_argument(at, call) {
                Some(kind) => kind,
                None => return,
            },
        };
        self.add_transport(Transport {
            kind,
            module: self.id,
            func: FuncRef {
                module: self.id,
                func: at.scope,
            },
            expr: at.expr,
            span: self.module.expr(at.expr).span,
        });
    }

    /// What `run(transport="…")` starts; standard streams when nothing is said about an object known to be an MCP server.
    fn transport_argument(&self, at: At, call: &Call) -> Option<TransportKind> {
        let named = call
            .args
            .iter()
            .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "transport"));
        let Some(arg) = named.or_else(|| call.args.iter().find(|arg| arg.kind == ArgKind::Positional)) else {
            let ExprKind::Field { base, .. } = &self.module.expr(call.callee).kind else {
                return None;
            };
            return self.is_mcp_value(at.with(*base)).then_some(TransportKind::Stdio);
        };
        let option = |key: &&str| {
            self.values
                .text(self.values.member(at.with(arg.value), Name::new(key))?)
        };
        let text = self
            .values
            .text(at.with(arg.value))
            .or_else(|| ["transportType", "transport"].iter().find_map(option));
        match text.as_deref() {
            Some("stdio") => Some(TransportKind::Stdio),
            Some("sse") => Some(TransportKind::Sse),
            Some("http" | "streamable-http" | "httpStream" | "streamable_http" | "http-stream") => {
                Some(TransportKind::Http)
            }
            _ => named.map(|_| TransportKind::Other),
        }
    }

    /// Whether a value is made by something that is known to be MCP.
    fn is_mcp_value(&self, base: At) -> bool {
        let value = self.values.follow(base);
        match &self.values.expr(value).kind {
            ExprKind::Call(call) => self
                .values
                .external(value.with(call.callee))
                .is_some_and(|origin| origin.to_ascii_lowercase().contains("mcp")),
            _ => false,
        }
    }

    /// The module that is read.
    pub(super) fn module_id(&self) -> ModuleId {
        self.id
    }

    /// The class of which an expression is an instance.
    pub(super) fn instance_class(&self, at: At) -> Option<crate::project::ClassRef> {
        self.values.class_of_value(at, FUEL)
    }

    /// A schema's parameters or none.
    pub(super) fn params_of(schema: Option<Schema>) -> Vec<super::entry::Parameter> {
        schema.map(|schema| schema.params).unwrap_or_default()
    }

    /// Whether an entry kind is served under a name of its own.
    pub(super) fn is_named(kind: EntryKind) -> bool {
        matches!(kind, EntryKind::Tool | EntryKind::Resource | EntryKind::Prompt)
    }
}

/// The variables of a URI template.
pub(super) fn template_params(template: &str) -> Vec<super::entry::Parameter> {
    let mut found = Vec::new();
    for part in template.split('{').skip(1) {
        let Some((inside, _)) = part.split_once('}') else {
            continue;
        };
        for name in inside
            .trim_start_matches(['+', '#', '?', '&', '/', '.', ';'])
            .split(',')
        {
            let name = name.trim_end_matches('*').split(':').next().unwrap_or("");
            if !name.is_empty() {
                found.push(super::entry::Parameter {
                    name: Name::new(name),
                    ty: crate::project::Ty::Str,
                    type_text: "string".to_owned(),
                    description: None,
                    required: true,
                });
            }
        }
    }
    found
}
