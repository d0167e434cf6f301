//! TypeScript's own types and well-known ones.

use super::{At, optional};
use crate::ir::{Name, TypeId};
use crate::project::{Project, Ty};

impl Project {
    pub(super) fn outside_typescript(&self, at: At<'_>, name: Name, args: &[TypeId]) -> Ty {
        match name.as_str() {
            "string" | "String" => Ty::Str,
            "number" | "Number" => Ty::Float,
            "bigint" => Ty::Int,
            "boolean" | "Boolean" => Ty::Bool,
            "Date" => Ty::Scalar,
            "URL" | "url.URL" => Ty::Url,
            "Buffer" | "buffer.Buffer" | "Uint8Array" | "ArrayBuffer" | "Blob" | "DataView" => Ty::Bytes,
            "Array"
            | "ReadonlyArray"
            | "Set"
            | "ReadonlySet"
            | "Iterable"
            | "AsyncIterable"
            | "AsyncGenerator"
            | "Generator"
            | "IterableIterator"
            | "AsyncIterableIterator" => self.list_of(at, args),
            "Record" | "Map" | "ReadonlyMap" | "WeakMap" => self.map_of(at, args),
            "Promise" | "PromiseLike" | "Awaited" | "Readonly" | "Required" | "NonNullable" | "Partial" | "Omit"
            | "Pick" | "Exclude" | "Extract" | "Const" | "DeepReadonly" => self.arg(at, args, 0),
            "Function" => Ty::Function,
            "any" | "unknown" | "object" | "Object" | "never" | "void" | "symbol" | "this" | "const" => Ty::Unknown,
            "null" | "undefined" => Ty::Enum(Box::new([crate::ir::Literal::Null])),
            "Optional" => optional(self.arg(at, args, 0)),
            "ReturnType" | "InstanceType" | "Parameters" => Ty::Unknown,
            "&" => self.intersection(at, args),
            text if is_parameter(text) => Ty::Unknown,
            // What a schema's type is, the schema says.
            text if text.starts_with('z') && (text.ends_with(".infer") || text.ends_with("put")) => Ty::Unknown,
            _ => Ty::External(name),
        }
    }
}

impl Project {
    /// `A & B`: fields of records joined, else the first part that says something.
    fn intersection(&self, at: At<'_>, args: &[TypeId]) -> Ty {
        let parts: Vec<Ty> = args.iter().take(super::WIDTH).map(|arg| self.ty_at(at, *arg)).collect();
        if parts.iter().all(|part| matches!(part, Ty::Record(_))) {
            let fields = parts.into_iter().flat_map(|part| match part {
                Ty::Record(fields) => fields,
                _ => Vec::new(),
            });
            return Ty::Record(fields.collect());
        }
        let telling = |part: &Ty| !matches!(part, Ty::Unknown | Ty::Record(_));
        let found = parts
            .iter()
            .find(|part| telling(part))
            .or_else(|| parts.iter().find(|part| **part != Ty::Unknown));
        found.cloned().unwrap_or(Ty::Unknown)
    }
}

/// A generic parameter by its look: `T`, `K1`.
pub(super) fn is_parameter(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.all(|c| c.is_ascii_digit())
}
