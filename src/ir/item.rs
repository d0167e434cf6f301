//! Modules, functions, classes, imports and exports.

use super::{Block, ClassId, Expr, ExprId, FuncId, Name, Pattern, Type, TypeId};
use crate::workspace::{FileId, Span};

/// The language of a source file. JavaScript is [`Language::TypeScript`] too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// TypeScript and JavaScript.
    TypeScript,
    /// Python.
    Python,
    /// Rust.
    Rust,
}

/// One lowered source file.
#[derive(Debug)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Its language.
    pub language: Language,
    /// The arena of expressions.
    pub exprs: Vec<Expr>,
    /// The arena of types.
    pub types: Vec<Type>,
    /// All functions: index 0 is the top level, nested functions, methods and closures follow in source order.
    pub functions: Vec<Function>,
    /// All classes, structs, enums, traits, interfaces and type aliases.
    pub classes: Vec<Class>,
    /// Rust `impl` blocks.
    pub impls: Vec<ImplBlock>,
    /// Imports, function-local ones included.
    pub imports: Vec<Import>,
    /// Exports.
    pub exports: Vec<Export>,
    /// Rust `mod name;` declarations that name another file, with the `#[path]` if given, and whether the declaration
    /// stands under `#[cfg(test)]`.
    pub submodules: Vec<(Name, Option<Name>, bool)>,
    /// What could not be parsed.
    pub gaps: Vec<Gap>,
}

impl Module {
    /// The expression behind an id of this module.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
    /// The function behind an id of this module.
    pub fn function(&self, id: FuncId) -> &Function {
        &self.functions[id.0 as usize]
    }
    /// The class behind an id of this module.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }
    /// The type behind an id of this module.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }
}

/// A stretch of source that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where it stands.
    pub span: Span,
    /// What is wrong, for people.
    pub message: String,
}

/// A function, method, closure, or the module's top level.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name; closures have none unless bound by a declaration (`const f = () => …` gets `f`).
    pub name: Option<Name>,
    /// Where the name (or, lacking one, the head) stands.
    pub name_span: Span,
    /// The whole definition, decorators included.
    pub span: Span,
    /// Parameters in order, the receiver included for Python and Rust methods.
    pub params: Vec<Param>,
    /// The body. An expression body is one `Return`.
    pub body: Block,
    /// The function in which it is written; `None` only for the top level itself.
    pub parent: Option<FuncId>,
    /// The class whose method it is (Rust: through [`ImplBlock`], `None` here).
    pub class: Option<ClassId>,
    /// What it is.
    pub kind: FuncKind,
    /// Python and TypeScript decorators, Rust attributes other than `doc`, each as an expression:
    /// a bare one is a `Name`/`Field`/`Path`, one with arguments a `Call` with form `Decorator`.
    /// Rust attribute arguments: `name = "x"` is a named argument, nested lists (`annotations(read_only_hint = true)`) are calls.
    pub decorators: Vec<ExprId>,
    /// Declared return type.
    pub returns: Option<TypeId>,
    /// Doc comment or docstring.
    pub doc: Option<Name>,
    /// `async`.
    pub is_async: bool,
    /// `static` method, `@staticmethod`, Rust associated function without receiver.
    pub is_static: bool,
    /// Under `#[cfg(test)]`, `#[test]` and the like.
    pub is_test: bool,
    /// Rust: names of the inline `mod`s around it, outermost first.
    pub module_path: Vec<Name>,
    /// Python: names declared `global` or `nonlocal` in the body. Assigning one writes the variable of the module or of
    /// the function around, not a local.
    pub globals: Vec<Name>,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuncKind {
    /// The module's top level.
    Module,
    /// A declared function.
    Function,
    /// A method of a class or impl.
    Method,
    /// A constructor (`constructor`, `__init__`).
    Constructor,
    /// A property getter (`get x()`, `@property`).
    Getter,
    /// A property setter.
    Setter,
    /// An arrow function, lambda, closure, async block, function expression.
    Closure,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// What it binds; a plain parameter is a `Bind`.
    pub pattern: Pattern,
    /// Declared type.
    pub ty: Option<TypeId>,
    /// Default value.
    pub default: Option<ExprId>,
    /// How it is passed.
    pub kind: ParamKind,
    /// Decorators (TypeScript) or attributes (rmcp 0.1 `#[tool(param)]`) on it.
    pub decorators: Vec<ExprId>,
    /// TypeScript `constructor(private x: T)`: also a field of the class.
    pub is_property: bool,
}

/// How a parameter is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// By position or name.
    Normal,
    /// Only by name.
    KeywordOnly,
    /// `...rest`, `*args`.
    Rest,
    /// `**kwargs`.
    KeywordRest,
    /// `self`, `cls`.
    Receiver,
}

/// A class, struct, enum, trait, interface or type alias.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name; anonymous classes have none.
    pub name: Option<Name>,
    /// Where the name stands.
    pub name_span: Span,
    /// The whole definition.
    pub span: Span,
    /// What it is.
    pub kind: ClassKind,
    /// Base classes and implemented interfaces, as types (`Base<T>`); mixin calls are [`super::TypeKind::Of`].
    pub bases: Vec<TypeId>,
    /// Fields in order.
    pub fields: Vec<FieldDecl>,
    /// Methods in order (Rust: none; see [`ImplBlock`]).
    pub methods: Vec<FuncId>,
    /// Enum variants in order. Python `Enum` members are fields.
    pub variants: Vec<Variant>,
    /// The aliased type of a type alias.
    pub alias: Option<TypeId>,
    /// Names of the type parameters of a type alias, in order.
    pub params: Vec<Name>,
    /// Decorators or attributes, as for [`Function::decorators`]; a Rust `derive` is a call with positional names.
    pub decorators: Vec<ExprId>,
    /// Doc comment or docstring.
    pub doc: Option<Name>,
    /// The function in which it is written.
    pub parent: FuncId,
    /// Under `#[cfg(test)]`.
    pub is_test: bool,
    /// Statements of the class body that are not fields or methods (Python), run when the class is defined.
    pub body: Block,
}

/// What a class is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// Class, Rust struct.
    Class,
    /// Interface, record type.
    Interface,
    /// Rust enum, TypeScript `enum`.
    Enum,
    /// Rust trait.
    Trait,
    /// `type X = …`.
    Alias,
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDecl {
    /// Its name (`0`, `1` in tuple structs).
    pub name: Name,
    /// Declared type.
    pub ty: Option<TypeId>,
    /// Initial value; a TypeScript enum member's value, a Python class attribute's.
    pub value: Option<ExprId>,
    /// `static`.
    pub is_static: bool,
    /// Decorators or attributes.
    pub decorators: Vec<ExprId>,
    /// Doc comment.
    pub doc: Option<Name>,
    /// Where it stands.
    pub span: Span,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: Name,
    /// Its fields (`0`, `1` for tuple variants); empty for a unit variant.
    pub fields: Vec<FieldDecl>,
    /// Attributes.
    pub decorators: Vec<ExprId>,
    /// Where it stands.
    pub span: Span,
}

/// A Rust `impl` block.
#[derive(Clone, Debug, PartialEq)]
pub struct ImplBlock {
    /// The type it is for.
    pub target: TypeId,
    /// The implemented trait's path.
    pub of_trait: Option<TypeId>,
    /// Its functions.
    pub methods: Vec<FuncId>,
    /// Attributes on the block (`#[tool_router]`, `#[tool(tool_box)]`).
    pub decorators: Vec<ExprId>,
    /// Where it stands.
    pub span: Span,
    /// Under `#[cfg(test)]`.
    pub is_test: bool,
    /// Names of the inline `mod`s around it, outermost first.
    pub module_path: Vec<Name>,
}

/// An imported name.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The name it has here; empty for a bare side-effect import or a glob.
    pub local: Name,
    /// The module as written: `"./x.js"`, `"node:fs"`, `pkg.mod`, `..sibling` (leading dots kept), `std::process`, `crate::a`, `super::b`.
    pub source: Name,
    /// What is taken from it.
    pub imported: Imported,
    /// The function in which it is written (`MODULE` at the top).
    pub scope: FuncId,
    /// `pub use`, `export … from`: also an export.
    pub is_reexport: bool,
    /// `import type`: no value at run time.
    pub is_type_only: bool,
    /// Where it stands.
    pub span: Span,
}

/// What an import takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The module itself: `import * as x`, `import x`, `const x = require("m")`, Rust `use a::b` where `b` may be a module or an item:
    /// Rust always uses `Named`.
    Namespace,
    /// TypeScript's default export.
    Default,
    /// One name. (`const {a: b} = require("m")` is `Named(a)` with local `b`.)
    Named(Name),
    /// `from m import *`, `use m::*`, `export * from`.
    Glob,
    /// `import "m"`.
    SideEffect,
}

/// An exported name. Python and Rust export every top-level name (no entries here).
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The name outside; `default` for the default export. A CommonJS `module.exports = x` is `default` too.
    pub name: Name,
    /// What it is.
    pub kind: ExportKind,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// A name of this module (import, function, class, variable).
    Local(Name),
    /// An expression (`export default …`, `module.exports = …`, `exports.x = …`).
    Expr(ExprId),
}
