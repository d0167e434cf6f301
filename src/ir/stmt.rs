//! Statements and patterns.

use super::{BinaryOp, ClassId, ExprId, Literal, Name, TypeId};
use crate::workspace::Span;

/// Statements in order.
pub type Block = Vec<Stmt>;

/// A statement with its place in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands, its whole body included.
    pub span: Span,
}

/// The kinds of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `let`/`const`/`var`, Rust `let`, a Python `with … as` binding, a nested function declaration (value `Lambda`).
    Let {
        /// What is bound.
        pattern: Pattern,
        /// Declared type.
        ty: Option<TypeId>,
        /// Initial value.
        value: Option<ExprId>,
        /// Rust `let … else { … }`: runs, and leaves, when the pattern does not match.
        otherwise: Option<Block>,
    },
    /// An assignment to an existing place, or Python's first assignment of a name.
    Assign {
        /// What is assigned.
        target: Pattern,
        /// Declared type (Python annotation).
        ty: Option<TypeId>,
        /// The operator of a compound assignment (`+=` is `Add`).
        op: Option<BinaryOp>,
        /// The new value.
        value: ExprId,
    },
    /// `if`; `else if` nests.
    If {
        /// The condition.
        test: ExprId,
        /// Runs when it holds.
        then: Block,
        /// Runs when it does not.
        otherwise: Block,
    },
    /// All loops.
    Loop {
        /// Which loop.
        kind: LoopKind,
        /// The body.
        body: Block,
        /// Python's `else` after a loop.
        otherwise: Block,
    },
    /// `switch`, Rust and Python `match`. Arms do not fall through (front ends copy shared bodies).
    Match {
        /// What is matched.
        subject: ExprId,
        /// The arms in order. A JavaScript `default` is a `Wild` arm and stands last.
        arms: Vec<Arm>,
    },
    /// `try`.
    Try {
        /// The body.
        body: Block,
        /// The handlers in order.
        handlers: Vec<Handler>,
        /// Python's `else`.
        otherwise: Block,
        /// `finally`.
        finally: Block,
    },
    /// `return`, also the value that a Rust body or an arrow function ends with.
    Return(Option<ExprId>),
    /// `throw`, `raise`, Rust `panic!`-like macros (their arguments as an `Opaque`).
    Throw(Option<ExprId>),
    /// `assert`, Rust `assert!`/`debug_assert!` (`debug` says that release builds drop it; so is Python's under `-O`).
    Assert {
        /// The condition.
        test: ExprId,
        /// The message.
        message: Option<ExprId>,
        /// Whether optimised builds leave it out.
        debug: bool,
    },
    /// `break` (also out of a `switch`).
    Break,
    /// `continue`.
    Continue,
    /// An expression for its effect.
    Expr(ExprId),
    /// A class declared inside a function, bound to its name there.
    Class(ClassId),
    /// A plain nested block; its `Let`s end with it.
    Block(Block),
}

/// Loops.
#[derive(Clone, Debug, PartialEq)]
pub enum LoopKind {
    /// `for (const x of xs)`, `for x in xs`.
    For {
        /// Bound to each element.
        pattern: Pattern,
        /// What is iterated.
        iter: ExprId,
    },
    /// JavaScript `for (const k in xs)`: bound to each key.
    ForKeys {
        /// Bound to each key.
        pattern: Pattern,
        /// What is iterated.
        iter: ExprId,
    },
    /// `while`, C-style `for` (its initialiser stands before, its update ends the body).
    While(ExprId),
    /// `loop`, `while (true)`.
    Infinite,
}

/// An arm of a `Match`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// What must match; alternatives are an `Or` pattern.
    pub pattern: Pattern,
    /// `if …` behind the pattern.
    pub guard: Option<ExprId>,
    /// The body.
    pub body: Block,
    /// Where the arm stands.
    pub span: Span,
}

/// A `catch`/`except` clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// The exception classes, as expressions; empty catches all.
    pub types: Vec<ExprId>,
    /// The bound exception.
    pub pattern: Option<Pattern>,
    /// The body.
    pub body: Block,
    /// Where the clause stands.
    pub span: Span,
}

/// A binding or matching form.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// `_`, `default`, `..`.
    Wild,
    /// Binds a name to the value; `Some(inner)` for `name @ pattern`, `pattern as name`.
    Bind(Name, Option<Box<Pattern>>),
    /// An assignable place that is not a plain name: `x.y`, `x[i]`.
    Place(ExprId),
    /// Equal to a constant.
    Literal(Literal),
    /// Equal to a named constant, unit variant or computed value (`case Tool.Read:`, `Color::Red`, a range).
    Value(ExprId),
    /// `{ a, b: c }`, `Point { x, y }`, `{"k": v}`.
    Record {
        /// Rust struct or variant path, Python class.
        ty: Option<Box<[Name]>>,
        /// Property and pattern, in order.
        fields: Vec<(Name, Pattern)>,
        /// `...rest`, `**rest`.
        rest: Option<Box<Pattern>>,
    },
    /// `[a, b]`, `(a, b)`; `rest` is the position of a `...`/`*` element among `items`.
    List {
        /// The elements.
        items: Vec<Pattern>,
        /// Which of them takes the rest.
        rest: Option<usize>,
    },
    /// Rust tuple variant or tuple struct (`Ok(x)`, `Some(Value::String(s))`, `Parameters(p)`); Python `Class(a, b)`.
    Variant {
        /// The path as written.
        path: Box<[Name]>,
        /// The positional sub-patterns.
        items: Vec<Pattern>,
    },
    /// Alternatives.
    Or(Vec<Pattern>),
    /// `pattern = default`.
    Default {
        /// The pattern.
        pattern: Box<Pattern>,
        /// Its value when the matched one is undefined.
        default: ExprId,
    },
}
