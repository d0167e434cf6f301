//! Registration by call: `server.tool("name", …, handler)`, `new Server({ … })`, `add_tool(fn)`; and transports.

use super::annotations;
use super::entry::{EntryKind, Handler, InnerSource, SourceShape};
use super::held::Through;
use super::read::{Reader, called, fits, has_prefix};
use super::registrar::{Form, Use};
use super::rounds::Round;
use super::schema;
use super::sources;
use super::value::At;
use crate::ir::{Call, CallForm, ExprId, ExprKind, Language, Literal, Name};
use crate::models::{FrameworkRow, Selector};
use crate::project::{FuncRef, Symbol};

/// For whom a registration is read.
#[derive(Clone, Copy)]
pub(super) enum Seat<'r> {
    /// As it stands.
    Plain,
    /// For one round of the loop around it.
    Round(&'r Round),
    /// For one use of the helper around it.
    Use(&'r Use),
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
        let mut rows = Vec::new();
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
            if !row.message.is_empty() {
                self.read_message(row, at, call);
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
            rows.push(row);
        }
        if !rows.is_empty() && self.note_registrar(&rows, at, call) {
            return;
        }
        for row in rows {
            if self.register(row, at, call) {
                return;
            }
        }
        if self.is_record_type(last) && self.values.module(self.id).language == Language::Python {
            self.read_typed_record(id, last);
        }
    }

    /// Notes a message that a call gives, where the module serves connections.
    fn read_message(&mut self, row: &FrameworkRow, at: At, call: &Call) {
        let module = self.module;
        let fits = |reader: &Self, patterns: &[String], call: &Call, at: At| {
            patterns
                .iter()
                .any(|pattern| reader.callee_fits(at, call.callee, pattern))
        };
        let serves = |reader: &Self| {
            module.exprs.iter().enumerate().any(|(index, expr)| {
                let ExprKind::Call(call) = &expr.kind else { return false };
                let at = reader.place(ExprId(u32::try_from(index).unwrap_or(u32::MAX)));
                fits(reader, &row.beside, call, at)
            })
        };
        if !self.open(row) || !fits(self, &row.message, call, at) || !serves(self) {
            return;
        }
        let func = FuncRef {
            module: self.id,
            func: at.scope,
        };
        let mut entry = self.blank(row, module.expr(at.expr).span);
        entry.inner_sources.push(InnerSource {
            func,
            expr: at.expr,
            shape: SourceShape::Text(Name::new("message")),
        });
        entry.handler = Handler::Function {
            func,
            sources: Vec::new(),
        };
        self.add(entry);
    }

    /// Notes a registration whose handler is a parameter of a function around it.
    fn note_registrar(&mut self, rows: &[&'a FrameworkRow], at: At, call: &Call) -> bool {
        let Some(held) = self.handler_held(rows, at, call) else {
            return false;
        };
        if rows.iter().any(|row| !self.rounds(row, at, call).is_empty()) {
            return false;
        }
        let known = self.entry_count();
        for row in rows {
            if self.register_once(row, at, call, Seat::Plain) {
                break;
            }
        }
        let fallback = self.take_entries(known);
        self.add_registrar(rows.to_vec(), Form::Call(at), held, fallback);
        true
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
        if let Some(method) = pattern.strip_prefix("any.") {
            return matches!(kind, ExprKind::Field { name, .. } if *name == *method);
        }
        if let Some(own) = pattern.strip_prefix("own.") {
            return match kind {
                ExprKind::Name(name) => {
                    *name == *own
                        && matches!(
                            self.values.project.resolve_name(at.module, at.scope, *name),
                            Symbol::Function(_) | Symbol::Variable(..)
                        )
                }
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
        let imported = || {
            let root = self.values.root(value);
            let module = self.values.module(root.module);
            matches!(self.values.expr(root).kind, ExprKind::Name(name) if module.imports.iter().any(|import| import.local == name))
        };
        if !origin.contains(['.', '/', ':']) && !imported() {
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
    pub(super) fn key_fits(&self, row: &FrameworkRow, at: At, call: &Call) -> bool {
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
            .any(|found| row.keys.iter().any(|key| fits(key, &found)))
    }

    /// Registers what a call names; false when it is no such registration after all.
    fn register(&mut self, row: &FrameworkRow, at: At, call: &Call) -> bool {
        let rounds = self.rounds(row, at, call);
        if rounds.is_empty() {
            return self.register_once(row, at, call, Seat::Plain);
        }
        let mut any = false;
        for round in &rounds {
            any |= self.register_once(row, at, call, Seat::Round(round));
        }
        any
    }

    pub(super) fn register_once(&mut self, row: &FrameworkRow, at: At, call: &Call, seat: Seat<'_>) -> bool {
        let round = match seat {
            Seat::Round(round) => Some(round),
            _ => None,
        };
        let head = self.head(call);
        let pick = |selector: &Selector| {
            let found = || self.values.select(at, call, selector);
            match seat {
                Seat::Plain => found(),
                // A call within the call holds no more than the handler's place: the rest stands in the first.
                Seat::Use(used) => self.select_in(at, head, selector, Through::Names, used),
                Seat::Round(round) => match (&selector.pick, found()) {
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
        // A row whose name is an option speaks of a record in that place.
        let by_option = |selector: &Selector| matches!(selector.pick, crate::models::Pick::Option(_));
        let key = self.key_of(at.expr);
        if key.is_none()
            && !row.name.is_empty()
            && row.name.iter().all(by_option)
            && row.name.iter().filter_map(pick).next().is_none()
        {
            return false;
        }
        let supplied = match seat {
            Seat::Use(used) => match self.handler_in(row, at, call, used) {
                Some(supplied) => Some(supplied),
                None => return false,
            },
            _ => None,
        };
        let (handler_at, func) = match &supplied {
            Some(supplied) => (supplied.place, Some(supplied.func)),
            None => row
                .handler
                .iter()
                .filter_map(pick)
                .find_map(|place| Some((place, self.values.function_of(place)?)))
                .unzip(),
        };
        let pick = |selector: &Selector| {
            if std::ptr::eq(head, call) || matches!(seat, Seat::Use(_)) {
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
        if !row.handler.is_empty() && func.is_none() && (needs_function || row.needs_handler) {
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
        if let Seat::Use(used) = seat {
            entry.module = used.module;
            entry.span = used.span;
        }
        if let Some(place) = name_at {
            entry.module = place.module;
            entry.span = self.values.expr(place).span;
        }
        // `{ run: tool({ … }) }`: the key names it.
        let name = name.or(key.filter(|_| func.is_some() && row.name.iter().all(by_option)));
        entry.name = name.or_else(|| {
            let own = func.and_then(|func| self.values.function(func).name);
            own.filter(|_| self.module.language == Language::Python && Self::is_named(entry.kind))
        });
        entry.description = row
            .description
            .iter()
            .filter_map(pick)
            .find_map(|place| self.values.text(place));
        let schema_of = |selector: &Selector| match seat {
            Seat::Use(used) => self.select_in(at, head, selector, Through::Calls, used),
            _ => pick(selector),
        };
        let candidates: Vec<At> = row.schema.iter().filter_map(schema_of).collect();
        let schema = candidates
            .iter()
            .filter(|place| !annotations::is_annotations(&self.values, **place))
            .find_map(|place| schema::read(&self.values, *place));
        for place in row.annotations.iter().filter_map(pick) {
            annotations::read_record(&self.values, place, &mut entry.annotations);
        }
        if row.declares && self.module.language == Language::Rust {
            annotations::read_behind(&self.values, at, &mut entry.annotations);
        }
        if let Seat::Use(used) = seat {
            self.annotate_use(used, &mut entry);
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
            let handed = supplied.as_ref().map(|supplied| supplied.held.shapes(shapes));
            let shapes = handed.as_deref().unwrap_or(shapes);
            let mut read = sources::read(&self.values, func, shapes, schema.as_ref(), row.enforced);
            if let Some(place) = handler_at {
                read.leave_out_bound(&self.values, place, func);
            }
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
                    checks: Vec::new(),
                    bounded: false,
                });
            }
        }
    }
    found
}
