//! Records with fields that are nobody's business, turned into text or spread as a whole.

use std::rc::Rc;

use super::detail::Detail;
use super::details::is_redaction;
use super::engine::Engine;
use super::secrets::words_of;
use super::value::{Place, Shape, Value};
use crate::ir::{ExprKind, FieldDecl, Module, Name, TypeKind};
use crate::project::{ClassRef, Ty};

/// Calls that make text, or a plain copy, of all that a record holds.
const WHOLE: &[&str] = &[
    "stringify",
    "dumps",
    "model_dump",
    "model_dump_json",
    "asdict",
    "to_dict",
    "dict",
    "to_string",
    "to_string_pretty",
    "to_value",
    "json",
    "structured",
    "Json",
    "jsonify",
    "vars",
    "safe_dump",
];

impl Engine<'_> {
    /// The result of a call that writes out all of a record, with what it should have left out.
    pub(super) fn written_out(
        &mut self,
        name: Name,
        receiver: Option<&Value>,
        first: Option<&Value>,
        result: Value,
        place: Place,
    ) -> Value {
        if !self.serves_client() || !WHOLE.contains(&name.as_str()) {
            return result;
        }
        let by_argument = first.and_then(|value| self.sensitive_field(value));
        match by_argument.or_else(|| receiver.and_then(|value| self.sensitive_field(value))) {
            Some(field) => self.with_detail(result, Detail::Record, Some(field), place),
            None => result,
        }
    }

    /// What a function returned that is there to take sensitive fields out.
    pub(super) fn cleaned(&mut self, function: Option<Name>, value: Value) -> Value {
        if !self.serves_client() || self.sensitive_in_type(&value.ty, 3).is_empty() {
            return value;
        }
        let cleaners = &self.models.practices().cleaners;
        match function {
            Some(name) if cleaners.matches(&words_of(&name)) => value.with(|data| data.ty = Ty::Unknown),
            _ => value,
        }
    }

    /// Whether what runs answers a client of the protocol: what a route beside a server shows is its own affair.
    pub(super) fn serves_client(&self) -> bool {
        let entry = self.entry.and_then(|index| self.server.entries.get(index as usize));
        entry.is_some_and(|entry| !self.models.frameworks().is_bridge(entry.style))
    }

    /// A field of a record, or of the records in a list, that nobody but its owner should see.
    pub(super) fn sensitive_field(&mut self, value: &Value) -> Option<Name> {
        let of_type = self.sensitive_in_type(&value.ty, 3);
        let kept = of_type.iter().find(|name| !is_replaced(value, **name)).copied();
        kept.or_else(|| match &value.shape {
            // all that its type says stands in it, or was replaced
            Shape::Record(_) if !of_type.is_empty() => None,
            Shape::Record(fields) => {
                // a word such as `present` says that there is one
                let tells = |text: Name| text.len() > 5 && text.contains(|c: char| !c.is_alphabetic());
                let shown =
                    |value: &Value| value.text().is_some_and(tells) && !value.has_details() && !is_redaction(value);
                let phrases = &self.models.practices().sensitive_fields;
                let found = fields
                    .iter()
                    .find(|(name, value)| shown(value) && phrases.matches(&words_of(name)));
                found.map(|(name, _)| *name)
            }
            Shape::List { items, rest } => {
                let first = items.first().or(rest.as_ref()).cloned();
                first.and_then(|item| self.sensitive_field(&item))
            }
            _ => None,
        })
    }

    fn sensitive_in_type(&mut self, ty: &Ty, depth: u32) -> Rc<[Name]> {
        let none = || Rc::from([]);
        if depth == 0 {
            return none();
        }
        match ty {
            Ty::Class(class) => self.sensitive_in_class(*class),
            Ty::Optional(inner) | Ty::List(inner) => self.sensitive_in_type(inner, depth - 1),
            Ty::Union(members) => members
                .iter()
                .map(|member| self.sensitive_in_type(member, depth - 1))
                .find(|found| !found.is_empty())
                .unwrap_or_else(none),
            Ty::Record(fields) => {
                let phrases = &self.models.practices().sensitive_fields;
                let text = |ty: &Ty| matches!(ty, Ty::Str | Ty::Unknown | Ty::Pattern(_) | Ty::Optional(_));
                let found = fields
                    .iter()
                    .filter(|(name, ty)| text(ty) && phrases.matches(&words_of(name)));
                found.map(|(name, _)| *name).collect()
            }
            _ => none(),
        }
    }

    fn sensitive_in_class(&mut self, class: ClassRef) -> Rc<[Name]> {
        if let Some(known) = self.sensitive.get(&class) {
            return Rc::clone(known);
        }
        let phrases = &self.models.practices().sensitive_fields;
        let fields = self.project.fields(class);
        let found: Rc<[Name]> = fields
            .iter()
            .filter(|(_, field)| !field.is_static && phrases.matches(&words_of(&field.name)))
            .filter(|(owner, field)| shows_itself(self.module(owner.module), field))
            .map(|(_, field)| field.name)
            .collect();
        self.sensitive.insert(class, Rc::clone(&found));
        found
    }
}

/// Whether a record that another one was spread into gives a field a value of its own.
fn is_replaced(value: &Value, name: Name) -> bool {
    match &value.shape {
        Shape::Record(fields) => fields
            .get(&name)
            .is_some_and(|value| value.is_null() || is_redaction(value) || !value.is_constant()),
        _ => false,
    }
}

/// Whether a field is written out with the others: its type does not mask itself, and nothing says that it is left out.
fn shows_itself(module: &Module, field: &FieldDecl) -> bool {
    let masked = field.ty.is_some_and(|ty| match &module.ty(ty).kind {
        TypeKind::Named { path, .. } => path.last().is_some_and(|last| {
            last.contains("Secret") || matches!(last.as_str(), "bool" | "boolean" | "number" | "int")
        }),
        _ => false,
    });
    let left_out = field.decorators.iter().copied().chain(field.value).any(|expr| {
        let mut found = false;
        crate::ir::walk::descend(module, expr, &mut |at| {
            found |= match &module.expr(at).kind {
                ExprKind::Name(name) => name.starts_with("skip") || matches!(name.as_str(), "Exclude" | "serialize_with"),
                ExprKind::Call(call) => call.args.iter().any(|arg| {
                    matches!(arg.kind, crate::ir::ArgKind::Named(name) if matches!(name.as_str(), "exclude" | "serialize_with" | "repr"))
                }),
                _ => false,
            };
        });
        found
    });
    !masked && !left_out
}
