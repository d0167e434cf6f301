//! Abstract values: what is known of a value besides its text.

pub use super::taint::{Flaw, Origin, Place, StepKind, TraceStep};
pub(crate) use super::taint::{Step, Taint, join_taints};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::fact::Facts;
use super::state::Frame;
use crate::ir::{Literal, Name};
use crate::models::{ClassSet, Property};
use crate::project::{ClassRef, FuncRef, Symbol, Ty};

/// The identity of a value: copies keep it, every computation yields another, the same computation on the same values
/// yields the same. A guard clears an identity, and with it every variable and field that holds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ValueId(pub(crate) u64);

/// Stands for every value: what is proven of it holds for all.
pub(crate) const ANY: ValueId = ValueId(0);

/// A function as a value.
#[derive(Clone, Debug)]
pub(crate) struct Callable {
    pub(crate) func: FuncRef,
    /// The variables of the enclosing functions when it was made.
    pub(crate) captured: Rc<Vec<(FuncRef, Frame)>>,
    /// The bound receiver.
    pub(crate) this: Option<Value>,
    /// Arguments bound in front (`functools.partial`, `.bind(this, x)`).
    pub(crate) bound: Rc<[Value]>,
    /// The name of the tool under which a table holds it.
    pub(crate) label: Option<Name>,
}

/// What a value looks like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Unknown,
    Constant(Literal),
    Record(Rc<BTreeMap<Name, Value>>),
    List {
        items: Rc<Vec<Value>>,
        rest: Option<Value>,
    },
    Functions(Rc<Vec<Callable>>),
    Symbol(Symbol),
    /// A string built of parts.
    Text(Rc<Vec<Value>>),
    /// A callback that collects what it is given (`resolve` of a promise): index into the engine's collectors.
    Collector(u32),
}

/// Whether a value counts as true.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Truth {
    Unknown,
    True,
    False,
}

/// What a value was computed from, where a later test of it proves something about that.
#[derive(Clone, Debug)]
pub(crate) enum Derived {
    /// `path.relative(root, x)`.
    Relative(Value),
    /// `os.path.commonpath([root, x])`.
    CommonPath(Vec<Value>),
    /// `os.path.commonprefix([root, x])`.
    CommonPrefix(Vec<Value>),
    /// `typeof x`, `type(x)`.
    TypeOf(ValueId),
    /// `p.parents`.
    Parents(Value),
    /// First word, lower-cased or trimmed text, a character: a part or folding of the value.
    PartOf(Value),
    /// A compiled pattern.
    Pattern(Name),
    /// `url.hostname` and its like.
    UrlPart(Value, super::url::UrlPart),
    /// One of several constants.
    OneOf(Rc<Vec<Value>>),
    /// `getattr(object, name)`: where it was looked up.
    Attribute(Place),
    /// A method of a library's type, taken off this value and not called yet.
    MethodOf(Value),
}

#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) id: ValueId,
    pub(crate) taints: Rc<[Taint]>,
    pub(crate) ty: Ty,
    /// The type was enforced on it by an SDK or the language.
    pub(crate) enforced: bool,
    /// The structure in `shape` is one of two possible values; the other is untrusted and of unknown structure, so that what is taken
    /// out may be untrusted whatever stands in the structure.
    pub(crate) mixed: bool,
    pub(crate) shape: Shape,
    pub(crate) properties: u16,
    /// The field that it was read from: what `*guard = x` writes to.
    pub(crate) home: Option<(ClassRef, Name)>,
    pub(crate) truth: Truth,
    pub(crate) when_true: Facts,
    pub(crate) when_false: Facts,
    pub(crate) derived: Option<Rc<Derived>>,
}

/// An abstract value; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Value(pub(super) Rc<Data>);

impl std::ops::Deref for Value {
    type Target = Data;
    fn deref(&self) -> &Data {
        &self.0
    }
}

/// A bit of [`Data::properties`] besides [`Property`]: the text ends with a path separator.
pub(crate) const ENDS_WITH_SEPARATOR: u16 = 1 << 7;

/// The text may name a shell or interpreter.
pub(crate) const INTERPRETER: u16 = 1 << 6;
/// The text may be the flag that makes an interpreter run the next argument.
pub(crate) const SHELL_FLAG: u16 = 1 << 5;
/// The text may be an option that takes the next word as its value.
pub(crate) const OPTION: u16 = 1 << 8;
/// The text begins with a dot.
pub(crate) const BEGINS_WITH_DOT: u16 = 1 << 9;
/// What a text was split into at its slashes: none of it holds one.
pub(crate) const SEGMENTS: u16 = 1 << 10;
/// The text may name a program that can hand text to the shell of a device.
pub(crate) const DEVICE: u16 = 1 << 11;
/// Properties that one of several possible values is enough for.
pub(super) const POSSIBLE: u16 = ENDS_WITH_SEPARATOR | INTERPRETER | SHELL_FLAG | OPTION | DEVICE;

pub(crate) fn property_bit(property: Property) -> u16 {
    1 << property as u8
}

/// Hashes identities together.
pub(crate) fn mix(tag: u64, parts: impl IntoIterator<Item = u64>) -> ValueId {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ tag.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for part in parts {
        hash = (hash.rotate_left(23) ^ part).wrapping_mul(0x2127_599b_f432_5c37);
        hash ^= hash >> 29;
    }
    ValueId(hash)
}

/// A stable number for a name.
pub(crate) fn name_bits(name: Name) -> u64 {
    mix(1, [name.precomputed_hash()]).0
}

thread_local! {
    static NO_TAINTS: Rc<[Taint]> = Rc::from([]);
}

fn no_taints() -> Rc<[Taint]> {
    NO_TAINTS.with(Rc::clone)
}

impl Value {
    pub(crate) fn new(id: ValueId) -> Self {
        Self(Rc::new(Data {
            id,
            taints: no_taints(),
            ty: Ty::Unknown,
            enforced: false,
            mixed: false,
            shape: Shape::Unknown,
            properties: 0,
            home: None,
            truth: Truth::Unknown,
            when_true: Facts::none(),
            when_false: Facts::none(),
            derived: None,
        }))
    }

    /// Changes a value in the making.
    pub(crate) fn with(self, change: impl FnOnce(&mut Data)) -> Self {
        let mut data = Rc::try_unwrap(self.0).unwrap_or_else(|shared| Data {
            id: shared.id,
            taints: Rc::clone(&shared.taints),
            ty: shared.ty.clone(),
            enforced: shared.enforced,
            mixed: shared.mixed,
            shape: shared.shape.clone(),
            properties: shared.properties,
            home: shared.home,
            truth: shared.truth,
            when_true: shared.when_true.clone(),
            when_false: shared.when_false.clone(),
            derived: shared.derived.clone(),
        });
        change(&mut data);
        Self(Rc::new(data))
    }

    pub(crate) fn constant(literal: Literal) -> Self {
        let (tag, bits) = match &literal {
            Literal::Str(text) | Literal::Bytes(text) | Literal::Float(text) | Literal::Regex(text, _) => {
                (2, name_bits(*text))
            }
            Literal::Int(number) => (3, number.cast_unsigned()),
            Literal::Bool(value) => (4, u64::from(*value)),
            Literal::Null => (5, 0),
            Literal::Char(c) => (2, name_bits(Name::new(c.encode_utf8(&mut [0; 4])))),
        };
        let truth = match &literal {
            Literal::Null | Literal::Bool(false) | Literal::Int(0) => Truth::False,
            Literal::Str(text) | Literal::Bytes(text) => {
                if text.is_empty() {
                    Truth::False
                } else {
                    Truth::True
                }
            }
            _ => Truth::True,
        };
        let ty = match &literal {
            Literal::Str(_) => Ty::Str,
            Literal::Bytes(_) => Ty::Bytes,
            Literal::Int(_) => Ty::Int,
            Literal::Float(_) => Ty::Float,
            Literal::Bool(_) => Ty::Bool,
            _ => Ty::Unknown,
        };
        let separator = matches!(&literal, Literal::Str(text) if text.ends_with(['/', '\\']))
            || matches!(&literal, Literal::Char('/' | '\\'));
        let mut properties = 0;
        if let Literal::Str(text) = &literal {
            if super::condition::names_interpreter(text.as_str()) {
                properties |= INTERPRETER;
            }
            if super::condition::names_device(text.as_str()) {
                properties |= DEVICE;
            }
            if super::condition::is_option(text.as_str()) && !super::condition::is_switch(text.as_str()) {
                properties |= OPTION;
            }
            if text.starts_with('.') {
                properties |= BEGINS_WITH_DOT;
            }
            if super::condition::names_flag(text.as_str()) {
                properties |= SHELL_FLAG;
            }
        }
        Self::new(mix(tag, [bits])).with(|data| {
            data.properties = properties;
            data.shape = Shape::Constant(literal);
            data.truth = truth;
            data.ty = ty;
            if separator {
                data.properties |= ENDS_WITH_SEPARATOR;
            }
        })
    }

    pub(crate) fn text(&self) -> Option<Name> {
        match &self.shape {
            Shape::Constant(Literal::Str(text)) => Some(*text),
            Shape::Constant(Literal::Char(c)) => Some(Name::new(c.encode_utf8(&mut [0; 4]))),
            _ => None,
        }
    }

    pub(crate) fn is_constant(&self) -> bool {
        match &self.shape {
            Shape::Constant(_) => true,
            Shape::List { items, rest } => rest.is_none() && items.iter().all(Self::is_constant),
            Shape::Text(parts) => parts.iter().all(Self::is_constant),
            _ => false,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.shape, Shape::Constant(Literal::Null))
    }

    pub(crate) fn has(&self, property: Property) -> bool {
        self.properties & property_bit(property) != 0
    }

    /// The taints of the value and of what it holds, to a small depth.
    pub(crate) fn all_taints(&self) -> Vec<(Taint, ValueId)> {
        let mut found = Vec::new();
        self.collect_taints(4, &mut found);
        found
    }

    fn collect_taints(&self, depth: u32, into: &mut Vec<(Taint, ValueId)>) {
        for taint in self.taints.iter() {
            if !into
                .iter()
                .any(|(have, id)| have.origin == taint.origin && *id == self.id)
            {
                into.push((taint.clone(), self.id));
            }
        }
        if depth == 0 || into.len() > 64 {
            return;
        }
        match &self.shape {
            Shape::Record(fields) => fields.values().for_each(|field| field.collect_taints(depth - 1, into)),
            Shape::List { items, rest } => {
                items.iter().for_each(|item| item.collect_taints(depth - 1, into));
                if let Some(rest) = rest {
                    rest.collect_taints(depth - 1, into);
                }
            }
            _ => {}
        }
    }

    /// What holds where it counts as false: an empty text, or nothing, is no part of a statement.
    pub(crate) fn falsy(&self) -> Facts {
        if !self.is_tainted() || self.ty == Ty::Bool {
            return self.when_false.clone();
        }
        let empty = ClassSet::of(crate::models::Class::Sql).union(ClassSet::of(crate::models::Class::Nosql));
        self.when_false.and(&Facts::clearing(self.id, empty))
    }

    pub(crate) fn is_tainted(&self) -> bool {
        if self.taints.iter().any(|taint| taint.detail.is_none()) {
            return true;
        }
        match &self.shape {
            Shape::Record(fields) => fields.values().any(Self::is_tainted),
            Shape::List { items, rest } => {
                items.iter().any(Self::is_tainted) || rest.as_ref().is_some_and(Self::is_tainted)
            }
            _ => false,
        }
    }

    /// The same value with what it holds changed, for small lists and records; the change itself goes as deep as it likes.
    pub(crate) fn map_inner(self, change: &mut dyn FnMut(&Value) -> Value) -> Self {
        let shape = match &self.shape {
            Shape::List { items, rest } if items.len() <= 8 => Shape::List {
                items: Rc::new(items.iter().map(&mut *change).collect()),
                rest: rest.as_ref().map(&mut *change),
            },
            Shape::Record(fields) if fields.len() <= 12 => Shape::Record(Rc::new(
                fields.iter().map(|(name, value)| (*name, change(value))).collect(),
            )),
            _ => return self,
        };
        self.with(|data| data.shape = shape)
    }

    /// The part of a mixed value whose structure is not known.
    pub(crate) fn unstructured(&self) -> Option<Self> {
        self.mixed.then(|| {
            self.clone().with(|data| {
                data.shape = Shape::Unknown;
                data.mixed = false;
            })
        })
    }
}
