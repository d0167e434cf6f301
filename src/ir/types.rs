//! Type expressions as written. What they prove is decided in `project`, by language and SDK.

use super::{ExprId, Literal, Name};
use crate::workspace::Span;

/// A type expression with its place in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of type expression.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `T`, `a.b.T<X, Y>`, `List[int]`, `std::path::PathBuf`, `string`.
    Named {
        /// The path as written.
        path: Box<[Name]>,
        /// Type arguments.
        args: Box<[super::TypeId]>,
    },
    /// `A | B`, `Union[A, B]`.
    Union(Box<[super::TypeId]>),
    /// `'a' | 'b'` members, `Literal["a", "b"]`.
    Literals(Box<[Literal]>),
    /// `T[]`, `&[T]`, `[T; n]`.
    Array(super::TypeId),
    /// `{ a: T; b?: U }`.
    Record(Box<[(Name, super::TypeId)]>),
    /// `[A, B]`, `(A, B)`.
    Tuple(Box<[super::TypeId]>),
    /// `Optional[T]`, `T | None` stays a union; `T?`.
    Optional(super::TypeId),
    /// `&T`, `&mut T`, `*const T`.
    Reference(super::TypeId),
    /// `Annotated[T, x, y]`: the metadata as expressions.
    Annotated {
        /// The base type.
        base: super::TypeId,
        /// The metadata.
        metadata: Box<[ExprId]>,
    },
    /// A function type.
    Function,
    /// `typeof x`, `z.infer<typeof S>`, `keyof` and whatever else names a value: the expression.
    Of(ExprId),
    /// Anything else.
    Unknown,
}
