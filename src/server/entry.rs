//! What an MCP server offers.

use std::collections::BTreeMap;

use super::network::{Fact, Listener};
use crate::ir::{ExprId, Literal, Name};
use crate::project::{FuncRef, ModuleId, Ty};
use crate::workspace::Span;

/// What was recognised in a project.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Server {
    /// Entry points, in the order of modules and places.
    pub entries: Vec<EntryPoint>,
    /// Where a transport is started, in the same order.
    pub transports: Vec<Transport>,
    /// Where something listens on the network, in the same order.
    pub listeners: Vec<Listener>,
    /// Declarations of a tool, resource or prompt that was declared before under the same name, in the same order.
    pub repeated: Vec<EntryPoint>,
    /// Places that weaken the server on the network, in the same order.
    pub facts: Vec<Fact>,
    /// Modules that import an MCP server SDK in a package in which no entry point was recognised.
    pub sdk_modules_without_entry: Vec<ModuleId>,
}

/// What an entry point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A tool.
    Tool,
    /// A resource or resource template.
    Resource,
    /// A prompt.
    Prompt,
    /// A completion of arguments.
    Completion,
    /// A handler that serves several names: a low-level dispatcher, hand-rolled JSON-RPC, an HTTP route.
    Handler,
}

/// Something that a client can call.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryPoint {
    /// What it is.
    pub kind: EntryKind,
    /// Its name as the client knows it (a resource's URI when it has no name); `None` when it is not a constant, and for handlers.
    pub name: Option<Name>,
    /// What the server says about it.
    pub description: Option<Name>,
    /// Its annotations (`readOnlyHint`, `destructiveHint`, `title`, …), keys as in the protocol. The URI of a resource stands here as `uri`.
    pub annotations: BTreeMap<Name, Literal>,
    /// The module of the registration.
    pub module: ModuleId,
    /// The registration: the name literal, or the decorator or attribute, or the function's name.
    pub span: Span,
    /// What runs.
    pub handler: Handler,
    /// Its parameters as declared to the client.
    pub params: Vec<Parameter>,
    /// The id of the framework row that recognised it.
    pub style: Name,
    /// Whether the SDK checks arguments against the declared types before the handler runs.
    pub schema_enforced: bool,
    /// Untrusted values inside functions that are no parameter (`JSON.parse(line)` in a hand-rolled loop).
    pub inner_sources: Vec<InnerSource>,
}

/// What runs when an entry point is called.
#[derive(Clone, Debug, PartialEq)]
pub enum Handler {
    /// A function of the project.
    Function {
        /// Which function.
        func: FuncRef,
        /// Its untrusted parameters.
        sources: Vec<SourceParam>,
    },
    /// Declared in a list and joined by name with a dispatcher, or not found.
    None,
}

/// An untrusted parameter of a handler function.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceParam {
    /// Index into [`crate::ir::Function::params`].
    pub index: usize,
    /// What the parameter holds.
    pub shape: SourceShape,
    /// What the SDK *enforces* about the value: for [`SourceShape::Arguments`] a `Record` or a `Class`. [`Ty::Unknown`] where nothing is.
    /// For [`SourceShape::Request`] and [`SourceShape::Params`] it is the type of the arguments inside.
    pub ty: Ty,
}

/// What an untrusted value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceShape {
    /// The record of tool arguments: its fields are the tool's parameters.
    Arguments,
    /// One named argument.
    Argument(Name),
    /// A request object: `.params.arguments`, `.params.name`, `.params.uri` are the untrusted parts (`body.params…` too for HTTP requests).
    Request,
    /// The `params` object itself: `.arguments`, `.name`, `.uri`.
    Params,
    /// The name of the tool called, used for dispatch.
    ToolName,
    /// The URI of a resource.
    Uri,
    /// Other text from the client.
    Text(Name),
    /// The SDK's context object: not untrusted as a whole.
    Context,
}

/// An untrusted value that is no parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct InnerSource {
    /// The function in which the expression stands.
    pub func: FuncRef,
    /// The expression.
    pub expr: ExprId,
    /// What its value is.
    pub shape: SourceShape,
}

/// A parameter as declared to the client.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its declared type, enforced or not.
    pub ty: Ty,
    /// The declared type for people (`string`, `int`, `"a" | "b"`).
    pub type_text: String,
    /// What the server says about it.
    pub description: Option<Name>,
    /// Whether it must be given.
    pub required: bool,
    /// Functions that the schema asks besides (`.refine(f)`): each answers whether the value passes.
    pub checks: Vec<FuncRef>,
    /// Whether the schema says how long it may be at most.
    pub bounded: bool,
}

/// A place where a transport is started.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// Which transport.
    pub kind: TransportKind,
    /// The module.
    pub module: ModuleId,
    /// The function in which the call stands.
    pub func: FuncRef,
    /// The call.
    pub expr: ExprId,
    /// Where it stands.
    pub span: Span,
}

/// Transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransportKind {
    /// Standard input and output.
    Stdio,
    /// HTTP, streamable.
    Http,
    /// Server-sent events.
    Sse,
    /// WebSocket, sockets and others.
    Other,
}
