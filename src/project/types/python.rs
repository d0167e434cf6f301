//! Python's own types and well-known ones.

use super::{At, optional, union, with_pattern};
use crate::ir::{ArgKind, BinaryOp, ExprId, ExprKind, Literal, Name, TypeId};
use crate::project::symbols::Trail;
use crate::project::{Project, Symbol, Ty};

impl Project {
    pub(super) fn outside_python(&self, at: At<'_>, name: Name, args: &[TypeId]) -> Ty {
        let text = name.as_str();
        let (module, last) = text.rsplit_once('.').unwrap_or(("", text));
        if let Some(plain) = plain(module, last) {
            return plain;
        }
        match (module, last) {
            (_, "None") => Ty::Enum(Box::new([Literal::Null])),
            ("" | "typing" | "collections" | "collections.abc" | "typing_extensions", _) => match last {
                "list" | "List" | "set" | "Set" | "frozenset" | "FrozenSet" | "Sequence" | "MutableSequence"
                | "Iterable" | "Iterator" | "AsyncIterator" | "AsyncIterable" | "AsyncGenerator" | "Generator"
                | "Collection" | "deque" | "Deque" => self.list_of(at, args),
                "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "DefaultDict" | "OrderedDict" => {
                    self.map_of(at, args)
                }
                "tuple" | "Tuple" => match args {
                    [] => Ty::List(Box::new(Ty::Unknown)),
                    _ => self.tuple_of(at, args),
                },
                "Optional" => optional(self.arg(at, args, 0)),
                "Union" => union(args.iter().map(|arg| self.ty_at(at, *arg)).collect()),
                "Annotated" | "Required" | "NotRequired" | "ReadOnly" | "Final" | "ClassVar" | "Awaitable"
                | "Coroutine" | "Type" | "type"
                    if !args.is_empty() =>
                {
                    let which = if last == "Coroutine" { args.len() - 1 } else { 0 };
                    self.arg(at, args, which)
                }
                "Callable" => Ty::Function,
                "LiteralString" | "AnyStr" | "Text" => Ty::Str,
                "Any" | "object" | "Self" | "type" | "Type" | "Literal" | "Final" | "Never" | "NoReturn" => Ty::Unknown,
                _ if super::typescript::is_parameter(last) => Ty::Unknown,
                _ => Ty::External(name),
            },
            _ => Ty::External(name),
        }
    }

    /// A value in the place of a type: `Literal["a"]`, `Optional[X]`, `A | B`, `NewType("N", str)`, `constr(pattern=…)`, `"Name"`.
    pub(super) fn alias_value(&self, at: At<'_>, expr: ExprId) -> Ty {
        let Some(ir) = self.ir(at.module).filter(|_| at.spend()) else {
            return Ty::Unknown;
        };
        let next = at.deeper();
        match ir.exprs.get(expr.0 as usize).map(|expr| &expr.kind) {
            Some(ExprKind::Literal(Literal::Null)) => Ty::Enum(Box::new([Literal::Null])),
            Some(ExprKind::Literal(Literal::Str(text))) => {
                let path: Vec<Name> = text.split('.').map(Name::new).collect();
                self.named(next, ir.language, &path, &[])
            }
            Some(ExprKind::Binary {
                op: BinaryOp::Bits,
                left,
                right,
            }) => union(vec![self.alias_value(next, *left), self.alias_value(next, *right)]),
            Some(ExprKind::Call(call)) => self.constructed(next, call),
            Some(ExprKind::Index { base, index }) => self.subscripted(next, *base, *index),
            Some(ExprKind::Name(_) | ExprKind::Field { .. }) => {
                match self.expression(at.module, at.scope, expr, &mut Trail::default()) {
                    Some(Symbol::Class(class)) => self.class_ty(next, class, &[]),
                    Some(Symbol::External(name)) => self.outside_python(next, name, &[]),
                    Some(Symbol::Variable(module, name)) => self.variable_ty(next, module, name),
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }

    fn constructed(&self, at: At<'_>, call: &crate::ir::Call) -> Ty {
        let Some(Symbol::External(name)) = self.expression(at.module, at.scope, call.callee, &mut Trail::default())
        else {
            return Ty::Unknown;
        };
        match name.rsplit('.').next() {
            Some("NewType" | "TypeAliasType") => call
                .args
                .get(1)
                .map_or(Ty::Unknown, |arg| self.alias_value(at, arg.value)),
            Some("constr") => match self.pattern_argument(at, call) {
                Some(pattern) => Ty::Pattern(pattern),
                None => Ty::Str,
            },
            Some("conint") => Ty::Int,
            Some("confloat" | "condecimal") => Ty::Float,
            Some("conlist" | "conset") => Ty::List(Box::new(
                call.args
                    .first()
                    .map_or(Ty::Unknown, |arg| self.alias_value(at, arg.value)),
            )),
            _ => Ty::Unknown,
        }
    }

    fn subscripted(&self, at: At<'_>, base: ExprId, index: ExprId) -> Ty {
        let Some(ir) = self.ir(at.module) else {
            return Ty::Unknown;
        };
        let Some(Symbol::External(name)) = self.expression(at.module, at.scope, base, &mut Trail::default()) else {
            return self.alias_value(at, base);
        };
        let items: Vec<ExprId> = match ir.exprs.get(index.0 as usize).map(|expr| &expr.kind) {
            Some(ExprKind::List { elements, .. }) => elements
                .iter()
                .map(|element| match element {
                    crate::ir::Element::Item(item) | crate::ir::Element::Spread(item) => *item,
                })
                .collect(),
            _ => vec![index],
        };
        let value = |at_index: usize| {
            items
                .get(at_index)
                .map_or(Ty::Unknown, |item| self.alias_value(at, *item))
        };
        match name.rsplit('.').next().unwrap_or(&name) {
            "Literal" => {
                let literals: Vec<Literal> = items.iter().filter_map(|item| self.literal(at.module, *item)).collect();
                if literals.len() == items.len() {
                    Ty::Enum(literals.into())
                } else {
                    Ty::Unknown
                }
            }
            "Optional" => optional(value(0)),
            "Union" => union((0..items.len()).map(value).collect()),
            "list" | "List" | "set" | "Set" | "Sequence" | "Iterable" | "frozenset" => Ty::List(Box::new(value(0))),
            "dict" | "Dict" | "Mapping" => Ty::Map(Box::new(value(1))),
            "tuple" | "Tuple" => Ty::Tuple((0..items.len()).map(value).collect()),
            "Annotated" => match self.pattern_in(at, items.get(1..).unwrap_or_default()) {
                Some(pattern) => with_pattern(value(0), pattern),
                None => value(0),
            },
            "Callable" => Ty::Function,
            _ => Ty::Unknown,
        }
    }

    /// The pattern that the metadata of `Annotated` enforces.
    pub(super) fn pattern_in(&self, at: At<'_>, metadata: &[ExprId]) -> Option<Name> {
        let ir = self.ir(at.module)?;
        metadata
            .iter()
            .find_map(|expr| match &ir.exprs.get(expr.0 as usize)?.kind {
                ExprKind::Call(call) => {
                    let callee = match &ir.exprs.get(call.callee.0 as usize)?.kind {
                        ExprKind::Name(name) | ExprKind::Field { name, .. } => *name,
                        _ => return None,
                    };
                    let enforced = matches!(
                        callee.as_str(),
                        "Field" | "StringConstraints" | "constr" | "Meta" | "Path" | "Query"
                    );
                    self.pattern_argument(at, call).filter(|_| enforced)
                }
                _ => None,
            })
    }

    fn pattern_argument(&self, at: At<'_>, call: &crate::ir::Call) -> Option<Name> {
        let pattern = call.args.iter().find(|arg| match arg.kind {
            ArgKind::Named(name) => name == "pattern" || name == "regex",
            _ => false,
        })?;
        self.text_of(at.module, at.scope, pattern.value, &mut Trail::default())
    }
}

fn plain(module: &str, last: &str) -> Option<Ty> {
    Some(match (module, last) {
        ("", "str") => Ty::Str,
        ("", "int") => Ty::Int,
        ("", "float" | "complex") => Ty::Float,
        ("", "bool") => Ty::Bool,
        ("", "bytes" | "bytearray" | "memoryview") => Ty::Bytes,
        ("pathlib", "Path" | "PurePath" | "PosixPath" | "WindowsPath" | "PurePosixPath") | ("os", "PathLike") => {
            Ty::Path
        }
        ("uuid", "UUID")
        | ("datetime", "datetime" | "date" | "time" | "timedelta" | "timezone")
        | ("decimal", "Decimal")
        | ("fractions", "Fraction")
        | ("ipaddress", _) => Ty::Scalar,
        (module, _) if module == "pydantic" || module.starts_with("pydantic.") => match last {
            "AnyUrl" | "HttpUrl" | "AnyHttpUrl" | "FileUrl" | "AnyWebsocketUrl" | "WebsocketUrl" | "PostgresDsn" => {
                Ty::Url
            }
            "FilePath" | "DirectoryPath" | "NewPath" => Ty::Path,
            "UUID1" | "UUID3" | "UUID4" | "UUID5" | "AwareDatetime" | "NaiveDatetime" | "PastDate" | "FutureDate"
            | "IPvAnyAddress" | "condate" => Ty::Scalar,
            "StrictStr" | "SecretStr" | "EmailStr" | "NameEmail" => Ty::Str,
            "StrictInt" | "PositiveInt" | "NonNegativeInt" | "NegativeInt" | "NonPositiveInt" | "ByteSize" => Ty::Int,
            "StrictFloat" | "PositiveFloat" | "NonNegativeFloat" | "NegativeFloat" | "FiniteFloat" => Ty::Float,
            "StrictBool" => Ty::Bool,
            "StrictBytes" => Ty::Bytes,
            "JsonValue" | "Json" => Ty::Unknown,
            _ => return None,
        },
        _ => return None,
    })
}
