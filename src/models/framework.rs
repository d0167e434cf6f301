//! Rows that say how an SDK registers handlers: `[[sdk]]` and `[[framework]]` of `rules/models/sources.toml`.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::Selector;
use crate::ir::{Language, Name};

/// What holds for all registrations of one language.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SdkRow {
    /// The language.
    pub language: RowLanguage,
    /// Modules whose import says that a project has to do with MCP: prefixes of qualified names, up to a separator.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Those (or names in them) with which a *server* is written.
    #[serde(default)]
    pub servers: Vec<String>,
    /// Exceptions from `servers`: clients, types.
    #[serde(default)]
    pub clients: Vec<String>,
    /// Parameter types that the SDK fills in itself (last segment of the type's path).
    #[serde(default)]
    pub context_types: Vec<String>,
    /// Calls as default value or annotation that mark a parameter as filled in by the SDK (last segment).
    #[serde(default)]
    pub injected: Vec<String>,
    /// Types whose type argument is the record of arguments (`Parameters<T>`).
    #[serde(default)]
    pub wrappers: Vec<String>,
    /// Names under which schema libraries are commonly imported (`z`).
    #[serde(default)]
    pub schema_roots: Vec<String>,
}

/// One way to register handlers. Exactly one of `call`, `decorator`, `method`, `export`, `record`, `literal`, `class` and
/// `transport` says what is looked for; the other keys say which of its parts mean what.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FrameworkRow {
    /// Names the style in reports.
    pub id: String,
    /// The language.
    pub language: RowLanguage,
    /// What is registered.
    #[serde(default)]
    pub kind: FrameworkKind,

    /// Calls. `*.tool` is a method on an object not known to come from a library that has nothing to do with MCP, `any.post` on any
    /// object, `*.Tool.make` on one whose own name ends in `Tool`; `tool` is a bare name that is no function of the project, `own.tool`
    /// one that is; `fastmcp.tools.tool` a qualified name (of any module below `fastmcp.tools`); `*.tool()` a call of what `*.tool(…)`
    /// returns. Rust names have `::`, and `*::Tool::new` matches the last segments.
    #[serde(default)]
    pub call: Vec<String>,
    /// Decorators and attributes, as `call`.
    #[serde(default)]
    pub decorator: Vec<String>,
    /// Methods by name (`*`: every public one; `call_*`); see `of` and `within`.
    #[serde(default)]
    pub method: Vec<String>,
    /// Functions and inherent methods by name, when one of their parameters holds arguments, params or a request.
    #[serde(default)]
    pub function: Vec<String>,
    /// Keys of a record literal that hold the handler (`[]` with `has`: a declaration without handler).
    #[serde(default)]
    pub record: Vec<String>,
    /// Texts of hand-rolled dispatch (`tools/call`) that the method of a message is compared with.
    #[serde(default)]
    pub literal: Vec<String>,
    /// Names that a module must export together (`schema`, `metadata`): the handler is its default export.
    #[serde(default)]
    pub export: Vec<String>,
    /// Calls that start a transport, as `call`; see `starts`.
    #[serde(default)]
    pub transport: Vec<String>,
    /// Which transport.
    #[serde(default)]
    pub starts: Option<RowTransport>,

    /// Calls that give a message which came in over a connection, as `call`; see `beside`.
    #[serde(default)]
    pub message: Vec<String>,
    /// For `message`: calls of which one must stand in the same module, lest it be a client that gets an answer.
    #[serde(default)]
    pub beside: Vec<String>,

    /// For `method`: base classes or traits, by last segment (`*` stands for any text). Empty: none needed.
    #[serde(default)]
    pub of: Vec<String>,
    /// For `method` and `decorator`: an attribute that must stand on the class or `impl` block.
    #[serde(default)]
    pub within: Vec<String>,
    /// For `method` and `record`: other members that must be there; `a|b` is either.
    #[serde(default)]
    pub has: Vec<String>,
    /// For `record`: members that must not be there.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// For `record`: the last segment of the struct's name, or of the class called with keywords; empty: an anonymous record.
    #[serde(default)]
    pub record_type: Vec<String>,
    /// For `call` and `decorator`: an argument …
    #[serde(default)]
    pub key: Option<Selector>,
    /// … that must be one of these: a constant text, or the last segment of a name; `/*` is any text that starts with `/`.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Whether the project must import an SDK (default), or the very module, or nothing is asked.
    #[serde(default)]
    pub gate: Gate,

    /// Where the name stands: the first that gives a constant text. For methods and records: member names.
    #[serde(default)]
    pub name: Vec<Selector>,
    /// The description.
    #[serde(default)]
    pub description: Vec<Selector>,
    /// The schema.
    #[serde(default)]
    pub schema: Vec<Selector>,
    /// The annotations record.
    #[serde(default)]
    pub annotations: Vec<Selector>,
    /// The URI or template of a resource.
    #[serde(default)]
    pub uri: Vec<Selector>,
    /// The handler function.
    #[serde(default)]
    pub handler: Vec<Selector>,

    /// What the handler's parameters hold, in order (receiver not counted).
    #[serde(default)]
    pub params: Vec<Shape>,
    /// The same when the registration has no schema.
    #[serde(default)]
    pub bare: Option<Vec<Shape>>,
    /// Whether the SDK checks arguments before the handler runs.
    #[serde(default)]
    pub enforced: bool,
    /// Not an entry point of the protocol itself (an HTTP route beside a server): finding one says nothing about coverage.
    #[serde(default)]
    pub bridge: bool,
    /// Whether a handler must be found, lest it be something else of that name.
    #[serde(default)]
    pub needs_handler: bool,
    /// Only declared: what runs is joined by name.
    #[serde(default)]
    pub declares: bool,
}

impl FrameworkRow {
    /// Whether no key says what is looked for.
    pub fn looks_for_nothing(&self) -> bool {
        let lists = [
            &self.call,
            &self.decorator,
            &self.method,
            &self.function,
            &self.record,
            &self.literal,
            &self.export,
            &self.transport,
        ];
        lists.iter().all(|names| names.is_empty())
    }
}

/// A language, as rows write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum RowLanguage {
    Typescript,
    Python,
    Rust,
}

impl RowLanguage {
    /// The language meant.
    pub fn language(self) -> Language {
        match self {
            Self::Typescript => Language::TypeScript,
            Self::Python => Language::Python,
            Self::Rust => Language::Rust,
        }
    }
}

/// What is registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum FrameworkKind {
    #[default]
    Tool,
    Resource,
    Prompt,
    Completion,
    Handler,
}

/// A transport, as rows write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum RowTransport {
    Stdio,
    Http,
    Sse,
    Other,
    /// The call's `transport` argument says it; standard streams when there is none.
    Argument,
}

/// When a row is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Some module of the project in that language imports an SDK or speaks the protocol by hand.
    #[default]
    Project,
    /// This module imports an SDK.
    Module,
    /// Always.
    None,
}

/// What a parameter of a handler holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The record of arguments.
    Arguments,
    /// This and all following parameters are arguments by their own names; those that the SDK fills in are left out.
    Each,
    /// As the parameter's type and name say (`Value`, `CallToolRequest`, `params`, `uri`).
    Auto,
    /// A request object.
    Request,
    /// The `params` of a request.
    Params,
    /// The name of the tool.
    Name,
    /// A URI.
    Uri,
    /// Other text.
    Text,
    /// Filled in by the SDK.
    Context,
    /// The receiver itself holds the arguments (`self.path`).
    Receiver,
}

/// All framework rows, by what they are looked up with.
#[derive(Debug, Default)]
pub struct Frameworks {
    rows: Vec<FrameworkRow>,
    sdks: Vec<SdkRow>,
    calls: FxHashMap<(Language, Name), Vec<usize>>,
    decorators: FxHashMap<(Language, Name), Vec<usize>>,
}

impl Frameworks {
    /// Whether the row of that id recognises routes beside a server rather than entry points of the protocol.
    pub fn is_bridge(&self, id: Name) -> bool {
        self.rows.iter().any(|row| row.bridge && id == row.id.as_str())
    }

    /// Adds rows.
    pub fn add(&mut self, sdks: Vec<SdkRow>, rows: Vec<FrameworkRow>) {
        self.sdks.extend(sdks);
        for row in rows {
            let index = self.rows.len();
            let language = row.language.language();
            for name in row.call.iter().chain(&row.transport).chain(&row.message) {
                let rows = self.calls.entry((language, last(name))).or_default();
                if rows.last() != Some(&index) {
                    rows.push(index);
                }
            }
            for name in &row.decorator {
                let rows = self.decorators.entry((language, last(name))).or_default();
                if rows.last() != Some(&index) {
                    rows.push(index);
                }
            }
            self.rows.push(row);
        }
    }

    /// Rows of a language, in order.
    pub fn rows(&self, language: Language) -> impl Iterator<Item = &FrameworkRow> {
        self.rows.iter().filter(move |row| row.language.language() == language)
    }

    /// What holds for a language.
    pub fn sdks(&self, language: Language) -> impl Iterator<Item = &SdkRow> {
        self.sdks.iter().filter(move |row| row.language.language() == language)
    }

    /// Rows that look for calls whose callee ends with `name`.
    pub fn calls(&self, language: Language, name: Name) -> impl Iterator<Item = &FrameworkRow> {
        let found = self.calls.get(&(language, name)).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|index| self.rows.get(*index))
    }

    /// Rows that look for decorators whose name ends with `name`.
    pub fn decorators(&self, language: Language, name: Name) -> impl Iterator<Item = &FrameworkRow> {
        let found = self.decorators.get(&(language, name)).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|index| self.rows.get(*index))
    }
}

/// The last segment of a name.
fn last(name: &str) -> Name {
    let after = name.rfind(['.', ':', '/']).and_then(|at| name.get(at + 1..));
    Name::new(after.unwrap_or(name))
}
