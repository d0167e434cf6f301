//! Expressions.

use super::{Block, ExprId, FuncId, Name, Pattern, TypeId};
use crate::workspace::Span;

/// An expression with its place in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant written in the source.
    Literal(Literal),
    /// An identifier, not yet resolved: a local, a captured variable, a module-level name, an import or a global.
    /// Rust single-segment paths too.
    Name(Name),
    /// `this`, or the receiver parameter (`self`; in Python whatever the first parameter of a method is called).
    This,
    /// `super` / `super()`.
    Super,
    /// A Rust path of two or more segments as written (`std::process::Command::new`, `Self::helper`, `crate::x::f`),
    /// generic arguments left out.
    Path(Box<[Name]>),
    /// `base.name`, `base?.name`; Rust tuple fields are named `0`, `1`, …
    Field {
        /// The object.
        base: ExprId,
        /// The property.
        name: Name,
        /// Where the property's name stands.
        name_span: Span,
    },
    /// `base[index]`; a Python slice is an `Index` whose index is `Opaque` of its bounds.
    Index {
        /// The collection.
        base: ExprId,
        /// The key.
        index: ExprId,
    },
    /// A call, construction, macro or tagged template.
    Call(Box<Call>),
    /// Every way to build a string, parts in order, literal pieces as `Literal::Str`: template literal, f-string, `%`,
    /// `.format(..)`, `+` chains, `format!`. (`join` and `push_str` stay calls: rows describe them.)
    Concat(Box<[ExprId]>),
    /// Object literal, Python dict, Rust struct literal (then `ty` names the struct).
    Record {
        /// The struct's path as written, Rust only.
        ty: Option<Box<[Name]>>,
        /// The entries in order.
        entries: Box<[RecordEntry]>,
    },
    /// Array, list, tuple, set, `vec!`.
    List {
        /// Which collection.
        kind: CollectionKind,
        /// Elements in order.
        elements: Box<[Element]>,
    },
    /// List, set, dict comprehension or generator expression.
    Comprehension {
        /// What it builds.
        kind: CollectionKind,
        /// The `for … in … if …` clauses, outermost first.
        clauses: Box<[Clause]>,
        /// The element; for a dict the key.
        element: ExprId,
        /// The value of a dict comprehension.
        value: Option<ExprId>,
    },
    /// A function written as an expression, closure, lambda; also a nested `def`/`function` bound by a `Let`.
    Lambda(FuncId),
    /// `test ? a : b`, `a if test else b`.
    Conditional {
        /// The condition.
        test: ExprId,
        /// Value when it holds.
        then: ExprId,
        /// Value when it does not.
        otherwise: ExprId,
    },
    /// Comparison, logic, arithmetic except string building.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// Prefix operators.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: ExprId,
    },
    /// `x = v`, `x += v` used as an expression, Python's walrus.
    Assign {
        /// What is assigned.
        target: Box<Pattern>,
        /// The operator of a compound assignment (`+=` is `Add`).
        op: Option<BinaryOp>,
        /// The new value.
        value: ExprId,
    },
    /// Rust `let PATTERN = value` inside a condition, `matches!(value, PATTERN)`, Python `match` as a test: true when it matches, and binds.
    Matches {
        /// The pattern.
        pattern: Box<Pattern>,
        /// The value tested.
        value: ExprId,
    },
    /// A block used as a value: Rust blocks, `if`/`match` in expression position are lowered to a block whose
    /// branches assign a temporary (a name starting with `$`) that `value` then reads.
    Block {
        /// The statements.
        body: Block,
        /// The value, if any.
        value: Option<ExprId>,
    },
    /// A wrapper that hands its operand through.
    Pass {
        /// Which wrapper.
        kind: PassKind,
        /// The operand.
        inner: ExprId,
    },
    /// A cast or annotation that says a type: `x as T`, `<T>x`, `x satisfies T`, Rust `x as T`, `cast(T, x)`.
    Cast {
        /// The operand.
        inner: ExprId,
        /// The type named.
        ty: TypeId,
    },
    /// Not modelled: lets everything through, never loses a child.
    Opaque(Box<[ExprId]>),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Text with escapes resolved (as well as cheaply possible).
    Str(Name),
    /// Bytes, shown as text.
    Bytes(Name),
    /// An integer; one that does not fit stands as `Float`.
    Int(i64),
    /// A float, by its text.
    Float(Name),
    /// Boolean.
    Bool(bool),
    /// `null`, `undefined`, `None`, `()`.
    Null,
    /// A regular expression literal: the pattern and its flags.
    Regex(Name, Name),
    /// One character.
    Char(char),
}

/// Wrappers that hand their operand through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassKind {
    /// `await x`, `x.await`.
    Await,
    /// Rust `x?`: leaves the function when `x` is `Err`/`None`.
    Try,
    /// TypeScript `x!`.
    NonNull,
    /// `&x`, `&mut x`, `*x`.
    Reference,
    /// `yield x`, `yield* x`.
    Yield,
    /// Parentheses that matter to nothing, JSX containers and other transparent syntax.
    Plain,
    /// Python `with x as y`: the value entered.
    Enter,
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called. A method call has a `Field` callee. A macro has a `Name`/`Path` callee without the `!`.
    pub callee: ExprId,
    /// The arguments in order.
    pub args: Box<[Arg]>,
    /// How it is written.
    pub form: CallForm,
    /// Explicit type arguments (`from_value::<T>(..)`, `f<T>(..)`, `collect::<Vec<_>>()`).
    pub type_args: Box<[TypeId]>,
}

/// How a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallForm {
    /// `f(x)`.
    Plain,
    /// `new F(x)`.
    New,
    /// Rust `f!(x)`.
    Macro,
    /// `` tag`…${x}` ``: argument 0 is a `Concat` of the whole template, the others are the interpolations.
    Tagged,
    /// A decorator or Rust attribute seen as a call.
    Decorator,
}

/// An argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// How it is passed.
    pub kind: ArgKind,
    /// Its value.
    pub value: ExprId,
}

/// How an argument is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// By position.
    Positional,
    /// `name=value`.
    Named(Name),
    /// `...xs`, `*xs`.
    Spread,
    /// `**kw`.
    KeywordSpread,
}

/// An entry of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordEntry {
    /// `key: value`, shorthand, method (then the value is a `Lambda`).
    Pair {
        /// The key.
        key: Key,
        /// The value.
        value: ExprId,
        /// Where the key stands.
        key_span: Span,
    },
    /// `...x`, `**x`, Rust `..x`.
    Spread(ExprId),
}

/// A record's key.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A name or literal string known from the source.
    Name(Name),
    /// `[expr]: …`, a Python dict key that is not a literal string.
    Computed(ExprId),
}

/// An element of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// One value.
    Item(ExprId),
    /// `...xs`, `*xs`.
    Spread(ExprId),
}

/// A `for` clause of a comprehension.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Bound for each element.
    pub pattern: Pattern,
    /// What is iterated.
    pub iter: ExprId,
    /// Conditions that must hold.
    pub conditions: Box<[ExprId]>,
}

/// Which collection a literal or comprehension builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionKind {
    /// Array, list, `vec!`, slice.
    List,
    /// Tuple.
    Tuple,
    /// Set.
    Set,
    /// Dict (comprehensions only; a dict literal is a `Record`).
    Map,
    /// Generator expression.
    Generator,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    And,
    Or,
    /// `??`
    Coalesce,
    /// `==`, `===`, `is`
    Eq,
    /// `!=`, `!==`, `is not`
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    /// Python `in`, JavaScript `in`
    In,
    NotIn,
    /// `instanceof`
    InstanceOf,
    /// `+` in a compound assignment; elsewhere `+` is a `Concat`
    Add,
    Sub,
    Mul,
    /// `/`, also Python's path join
    Div,
    Rem,
    Pow,
    /// `&`, `|`, `^`, `<<`, `>>`
    Bits,
    /// A range `a..b`
    Range,
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Not,
    Negate,
    /// JavaScript unary plus: a conversion to number
    Plus,
    TypeOf,
    Void,
    Delete,
    /// `~`, `++`, `--`
    Other,
}
