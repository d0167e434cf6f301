//! Untrusted values.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::engine::Engine;
use super::state::State;
use super::value::{Origin, Place, Shape, Step, StepKind, Taint, Truth, Value, ValueId, mix, name_bits};
use crate::ir::Name;
use crate::models::ClassSet;
use crate::project::Ty;
use crate::server::SourceShape;

impl Engine<'_> {
    /// The value of an untrusted parameter or expression.
    pub(super) fn source_value(&mut self, entry: u32, shape: SourceShape, ty: &Ty, place: Place) -> Value {
        let id = |tag: u64, name: &str| {
            mix(
                tag,
                [
                    u64::from(entry),
                    name_bits(Name::new(name)),
                    u64::from(place.module.0),
                    u64::from(place.span.start),
                ],
            )
        };
        match shape {
            SourceShape::Arguments => self.tainted(entry, id(30, ""), Vec::new(), place, ty.clone()),
            SourceShape::Argument(name) | SourceShape::Text(name) => {
                self.tainted(entry, id(31, &name), vec![name], place, ty.clone())
            }
            SourceShape::Uri => self.tainted(entry, id(31, "uri"), vec![Name::new("uri")], place, ty.clone()),
            SourceShape::ToolName => {
                let value = self.tainted(entry, id(31, "name"), vec![Name::new("name")], place, ty.clone());
                self.tool_names.insert(value.id);
                value
            }
            SourceShape::Params => self.params_value(entry, id(32, ""), ty, place),
            SourceShape::Request => {
                let params = self.params_value(entry, id(32, ""), ty, place);
                let inner = self.params_value(entry, id(32, ""), ty, place);
                let mut fields = match &inner.shape {
                    Shape::Record(fields) => (**fields).clone(),
                    _ => BTreeMap::new(),
                };
                let rest = self.tainted(entry, id(34, ""), Vec::new(), place, Ty::Unknown);
                fields.insert(Name::new("params"), params.clone());
                let mut body = BTreeMap::new();
                body.insert(Name::new("params"), params);
                for name in ["method", "id", "jsonrpc"] {
                    let value = Value::new(id(35, name));
                    fields.insert(Name::new(name), value.clone());
                    body.insert(Name::new(name), value);
                }
                let body_value = Value::new(id(36, "")).with(|data| {
                    data.shape = Shape::Record(Rc::new(body));
                    data.taints = Rc::clone(&rest.taints);
                });
                fields.insert(Name::new("body"), body_value);
                Value::new(id(37, "")).with(|data| {
                    data.shape = Shape::Record(Rc::new(fields));
                    data.truth = Truth::True;
                    data.taints = Rc::clone(&rest.taints);
                })
            }
            SourceShape::Context => Value::new(id(38, "")),
        }
    }

    fn params_value(&mut self, entry: u32, id: ValueId, ty: &Ty, place: Place) -> Value {
        let mut fields = BTreeMap::new();
        let arguments = self.tainted(entry, mix(30, [id.0]), Vec::new(), place, ty.clone());
        fields.insert(Name::new("arguments"), arguments);
        let name = self.tainted(entry, mix(31, [id.0, 1]), vec![Name::new("name")], place, Ty::Str);
        self.tool_names.insert(name.id);
        fields.insert(Name::new("name"), name);
        let uri = self.tainted(entry, mix(31, [id.0, 2]), vec![Name::new("uri")], place, Ty::Str);
        fields.insert(Name::new("uri"), uri);
        let rest = self.tainted(entry, mix(33, [id.0]), Vec::new(), place, Ty::Unknown);
        Value::new(id).with(|data| {
            data.shape = Shape::Record(Rc::new(fields));
            data.truth = Truth::True;
            data.taints = Rc::clone(&rest.taints);
        })
    }

    /// Untrusted text that is no argument: what somebody answers while the entry point runs.
    pub(super) fn answered(&mut self, entry: u32, what: Name, place: Place) -> Value {
        let at = [u64::from(place.module.0), u64::from(place.span.start)];
        let origin = Origin {
            entry,
            path: Vec::new(),
            what: Some(what),
            place,
        };
        self.entering(origin, mix(39, at), Ty::Unknown)
    }

    /// An untrusted value of an enforced type; one of a harmless type brings no taint.
    fn tainted(&mut self, entry: u32, id: ValueId, path: Vec<Name>, place: Place, ty: Ty) -> Value {
        let origin = Origin {
            entry,
            path,
            what: None,
            place,
        };
        self.entering(origin, id, ty)
    }

    fn entering(&mut self, origin: Origin, id: ValueId, ty: Ty) -> Value {
        let place = origin.place;
        let value = Value::new(id).with(|data| {
            data.enforced = true;
            data.ty = ty.clone();
        });
        if ty.is_harmless() {
            return value;
        }
        let cleared = self.cleared_by_type(&ty);
        let origin = self.origin(origin);
        value.with(|data| {
            data.taints = Rc::from([Taint {
                origin,
                cleared,
                flaws: None,
                step: Rc::new(Step {
                    place,
                    kind: StepKind::Source,
                    value: id,
                    unary: false,
                    previous: None,
                }),
                opens: true,
                whole: true,
                detail: None,
            }]);
        })
    }

    /// What the schema's own checks (`.refine(f)`) prove of the arguments, or seem to.
    pub(super) fn refined(
        &mut self,
        handler: crate::project::FuncRef,
        arguments: &Value,
        params: &[crate::server::Parameter],
        place: Place,
        state: &mut State,
    ) {
        let cx = super::exec::Cx {
            module: self.module(handler.module),
            func: handler,
        };
        for param in params.iter().filter(|param| !param.checks.is_empty()) {
            let value = self.field(arguments, param.name, place, state);
            if !value.is_tainted() {
                continue;
            }
            for check in &param.checks {
                let callback = self.callable(cx, *check, state);
                let mut inner = state.clone();
                if let Some(passes) = self.call_now(cx, &callback, vec![value.clone()], place, &mut inner) {
                    state.learn(&passes.when_true.without_any());
                }
            }
        }
    }

    /// The classes that an enforced type rules out.
    pub(super) fn cleared_by_type(&self, ty: &Ty) -> ClassSet {
        match ty {
            Ty::Pattern(pattern) => super::pattern::judge(pattern, "", super::pattern::Match::Search, true).0,
            Ty::Optional(inner) | Ty::List(inner) => self.cleared_by_type(inner),
            _ if ty.is_harmless() => ClassSet::ALL,
            _ => ClassSet::NONE,
        }
    }

    /// Gives a value a declared type. Where the language or an SDK enforces it, harmless types end the flow.
    pub(super) fn typed(&self, value: Value, ty: Ty) -> Value {
        if ty == Ty::Unknown || (value.ty != Ty::Unknown && matches!(ty, Ty::Str | Ty::Record(_) | Ty::Union(_))) {
            return value;
        }
        value.with(|data| {
            if data.ty == Ty::Unknown || matches!(ty, Ty::Class(_) | Ty::External(_) | Ty::Path) {
                data.ty = ty;
            }
        })
    }
}
