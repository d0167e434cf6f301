//! The common language that the three front ends lower to.
//!
//! Structured, not a control-flow graph: a function's body is a list of statements, expressions live in one arena per
//! module, each with a span. Names are interned. What is not modelled becomes [`ExprKind::Opaque`], which never loses
//! a child. Nothing here knows a syntax tree, a file system or what is dangerous.

mod build;
pub mod dump;
mod expr;
mod item;
mod name;
mod stmt;
mod types;
pub mod walk;

pub use build::Builder;
pub use expr::{
    Arg, ArgKind, BinaryOp, Call, CallForm, Clause, CollectionKind, Element, Expr, ExprKind, Key, Literal, PassKind,
    RecordEntry, UnaryOp,
};
pub use item::{
    Class, ClassKind, Export, ExportKind, FieldDecl, FuncKind, Function, Gap, ImplBlock, Import, Imported, Language,
    Module, Param, ParamKind, Variant,
};
pub use name::Name;
pub use stmt::{Arm, Block, Handler, LoopKind, Pattern, PatternKind, Stmt, StmtKind};
pub use types::{Type, TypeKind};

/// Index of an expression in its module's arena.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExprId(pub u32);

/// Index of a function in its module; [`FuncId::MODULE`] is the module's own top-level body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FuncId(pub u32);

impl FuncId {
    /// The module's top-level statements, as a function without parameters.
    pub const MODULE: Self = Self(0);
}

/// Index of a class (struct, enum, trait, interface, type alias) in its module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClassId(pub u32);

/// Index of a type expression in its module's arena.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(pub u32);
