//! The kinds of row.

use serde::Deserialize;

use super::{Class, EffectRow, FrameworkRow, ProgramRow, SdkRow, Selector};

/// What APIs of one language mean.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RowFile {
    /// Calls whose arguments do harm.
    #[serde(default)]
    pub sink: Vec<SinkRow>,
    /// Calls that make values harmless or prove them so.
    #[serde(default)]
    pub sanitizer: Vec<SanitizerRow>,
    /// What a call's result is made of.
    #[serde(default)]
    pub propagator: Vec<PropagatorRow>,
    /// Untrusted values other than the parameters of entry points.
    #[serde(default)]
    pub source: Vec<SourceRow>,
    /// Other names for the same thing.
    #[serde(default)]
    pub alias: Vec<AliasRow>,
    /// What calls do that a practice asks about.
    #[serde(default)]
    pub act: Vec<ActRow>,
    /// What calls do to the world.
    #[serde(default)]
    pub effect: Vec<EffectRow>,
    /// What programs do.
    #[serde(default)]
    pub program: Vec<ProgramRow>,
}

/// How SDKs register what a server offers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrations {
    /// What holds for all MCP SDKs of a language.
    #[serde(default)]
    pub sdk: Vec<SdkRow>,
    /// How handlers are registered.
    #[serde(default)]
    pub framework: Vec<FrameworkRow>,
}

/// Rows that a project adds to those that ship, in the same grammar.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnRows {
    /// Rows for TypeScript and JavaScript.
    #[serde(default)]
    pub typescript: RowFile,
    /// Rows for Python.
    #[serde(default)]
    pub python: RowFile,
    /// Rows for Rust.
    #[serde(default)]
    pub rust: RowFile,
    /// More modules, context types and the like of a language.
    #[serde(default)]
    pub sdk: Vec<SdkRow>,
    /// More ways to register handlers.
    #[serde(default, deserialize_with = "registering")]
    pub framework: Vec<FrameworkRow>,
}

/// Rows that look for something. One that looks for nothing would silently do nothing.
fn registering<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<FrameworkRow>, D::Error> {
    struct Looking(FrameworkRow);

    impl<'de> Deserialize<'de> for Looking {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let row = FrameworkRow::deserialize(from)?;
            if row.looks_for_nothing() {
                return Err(serde::de::Error::custom(
                    "the row looks for nothing: it needs `call`, `decorator`, `method`, `function`, `record`, `literal`, `export` or `transport`",
                ));
            }
            Ok(Self(row))
        }
    }

    let rows = Vec::<Looking>::deserialize(from)?;
    Ok(rows.into_iter().map(|Looking(row)| row).collect())
}

/// Names of a row. A row without one would silently do nothing.
fn names<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
        return Err(serde::de::Error::custom(
            "a row needs at least one name, and none that is empty",
        ));
    }
    Ok(names)
}

/// A call whose argument does harm.
///
/// `callee` is a qualified name (`child_process.exec`, `subprocess.run`, `std::fs::read`), a method on a type
/// (`pathlib.Path.read_text`, `std::process::Command.arg`: the type's qualified name, a dot, the method, in all languages), or
/// `*.name`: a method on a receiver of unknown type.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SinkRow {
    /// What is called, any of these.
    #[serde(deserialize_with = "names")]
    pub callee: Vec<String>,
    /// Which argument.
    pub arg: Selector,
    /// What it does with it.
    pub class: Class,
    /// What it does to files, for [`Class::Path`].
    #[serde(default)]
    pub access: Option<Access>,
    /// All must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The remedy in this library, one sentence.
    #[serde(default)]
    pub help: Option<String>,
    /// Only in tier audit (names that merely look the part).
    #[serde(default)]
    pub audit: bool,
    /// Only with a version of the package before this one, as the manifest says.
    #[serde(default)]
    pub below: Option<Below>,
    /// Of what a value may be known to do no harm here, though it does in others of the class.
    #[serde(default)]
    pub spared: Option<Spared>,
    /// A `*.name` that tells enough to be meant where the function is one of the project's own, too: it is asked before it is run.
    #[serde(default)]
    pub own: bool,
}

/// A package before a major version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Below {
    /// The package's name, as in the manifest.
    pub package: String,
    /// The first major version to which the row does not apply.
    pub major: u32,
}

/// What makes a value harmless for one sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Spared {
    /// It is a URL whose scheme was found to be one of a few.
    WebScheme,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Its content or a directory's listing is read.
    Read,
    /// It is created or changed.
    Write,
    /// It is removed.
    Delete,
    /// Only its existence or metadata is asked: no finding by itself.
    Probe,
}

/// A condition on a call.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Which argument.
    pub arg: Selector,
    /// What must be so.
    pub is: Is,
}

/// What a condition asks of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Is {
    /// A constant that counts as true (`true`, a non-empty string), or not a constant at all but present.
    Truthy,
    /// Not given, or a constant that counts as false.
    Falsy,
    /// Given.
    Present,
    /// Not given.
    Absent,
    /// Not a list: one string.
    Text,
    /// A list.
    List,
    /// A constant text that names a shell or interpreter (`sh`, `/bin/bash`, `cmd.exe`, `powershell`, `python`, `node`, `osascript`).
    Interpreter,
    /// Not such a text (also when unknown).
    NotInterpreter,
    /// A list whose first element is an interpreter and which holds a flag that makes it run the next element (`-c`, `/c`, `-Command`, `-e`).
    ShellVector,
    /// A list that is no shell vector, or unknown.
    NotShellVector,
    /// Words that one text was split into: whoever gives the text says how many there are.
    Words,
    /// A constant text naming a program with dangerous options: git, ssh, scp, rsync, tar, zip, find, curl, wget, kubectl, docker, nmap, sed, awk, xargs, env, ffmpeg, tcpdump, psql, mysql, npm, pip …
    OptionHungry,
    /// A constant text naming a program that fetches URLs (curl, wget, yt-dlp), or a list that begins with one.
    Fetcher,
    /// A constant text that tells another program to run code (`execute_code`, `run_python`, `Runtime.evaluate`).
    CodeCommand,
    /// A loader of PyYAML that builds any object (`yaml.Loader`, `yaml.UnsafeLoader`).
    UnsafeLoader,
    /// A constant file mode that writes (`w`, `a`, `x`, `+`).
    WriteMode,
    /// A function that is seen.
    Function,
    /// Given as nothing: `None`, `null`.
    Null,
}

/// A call that makes a value harmless, or proves it so.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SanitizerRow {
    /// What is called, as for [`SinkRow`].
    #[serde(deserialize_with = "names")]
    pub callee: Vec<String>,
    /// The classes it clears.
    pub clears: Vec<Class>,
    /// When and for what.
    pub on: On,
    /// The value proven, for `on` other than `result`.
    #[serde(default)]
    pub arg: Option<Selector>,
    /// A property that the proven value must have; without it the check is flawed in the way that `flaw` says.
    #[serde(default)]
    pub needs: Option<Property>,
    /// All must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Why the check is not enough. With `needs`: when that property is missing. Without `needs`: always, nothing is cleared.
    #[serde(default)]
    pub flaw: Option<String>,
}

/// When a sanitizer clears, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// Its result is clean.
    Result,
    /// Its argument is clean where the result is truthy.
    True,
    /// Its argument is clean where the result is falsy.
    False,
    /// Its argument is clean when it returns at all (it throws otherwise).
    Return,
}

/// What is known of a path value besides taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Property {
    /// Symbolic links resolved, absolute, no `..`.
    Canonical,
    /// Absolute, no `..` (lexically).
    Normalized,
    /// Relative to a root: the result of `path.relative`.
    Relative,
    /// Parsed as a URL.
    Parsed,
    /// Lower-cased, trimmed or otherwise folded text of the value.
    Folded,
}

/// What a call's result (or another place) is made of.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PropagatorRow {
    /// What is called, as for [`SinkRow`].
    #[serde(deserialize_with = "names")]
    pub callee: Vec<String>,
    /// The arguments that flow on; `[]` for none (a length, a boolean, a fixed answer). Left out: all arguments and the receiver.
    #[serde(default)]
    pub from: Option<Vec<Selector>>,
    /// Where to: `result` (default), `this` (the receiver), or an argument that is filled.
    #[serde(default)]
    pub to: Option<Selector>,
    /// Properties of the result.
    #[serde(default)]
    pub gives: Vec<Property>,
    /// What was proven of the argument in these classes says nothing of the result: decoding brings `..` back.
    #[serde(default)]
    pub undoes: Vec<Class>,
    /// The type of the result, by qualified name: its methods are then known.
    #[serde(default)]
    pub returns: Option<String>,
    /// A function argument that is called with elements of the receiver (or of argument 0): `map`, `forEach`, `then`, `to_thread`.
    #[serde(default)]
    pub calls: Option<Selector>,
    /// What the called function gets as its first parameter: an argument of the call, `this[*]` (elements of the receiver), `this`; default `this[*]`.
    /// Several: positional parameters in order.
    #[serde(default)]
    pub with: Option<Vec<Selector>>,
    /// Whether the function's result (not the arguments) is the call's result.
    #[serde(default)]
    pub yields: bool,
    /// All must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// An untrusted value that is no parameter of an entry point.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceRow {
    /// A call whose result it is, or what is read; `x.*` are the properties of `x`.
    #[serde(deserialize_with = "names")]
    pub callee: Vec<String>,
    /// What it is, for people (`answer of the client's user`).
    pub what: String,
    /// Whether it is untrusted, or something to keep.
    #[serde(default)]
    pub kind: SourceKind,
}

/// What a source yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Text of the caller's.
    #[default]
    Caller,
    /// A variable of the environment, named by the first argument or the property: a secret if the name says so.
    Variable,
    /// The whole environment.
    Environment,
    /// Pairs of names and values of the environment.
    EnvironmentItems,
    /// A stack trace.
    Stack,
}

/// Another name for the same thing.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AliasRow {
    /// The name, or prefix of names up to a `.`, `/` or `::`.
    #[serde(deserialize_with = "names")]
    pub name: Vec<String>,
    /// What it stands for: another name, or, for a function that hands one of its arguments through (`util.promisify`), that argument (`arg`).
    #[serde(default)]
    pub is: Option<String>,
    /// The argument that the call's result stands for.
    #[serde(default)]
    pub arg: Option<Selector>,
}

/// What a call does besides what it does to its arguments: rules about practices ask for it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActRow {
    /// What is called, as for [`SinkRow`].
    pub callee: Vec<String>,
    /// What it does.
    pub does: ActKind,
    /// The arguments that it keeps or pays for, for [`ActKind::Takes`].
    #[serde(default)]
    pub arg: Option<Selector>,
    /// All must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// With any of these arguments it does not, and where it cannot be seen whether one is given, neither.
    #[serde(default)]
    pub unless: Vec<Selector>,
    /// The library whose calls a client's own limit covers, for [`ActKind::Waits`] and [`ActKind::Bounds`].
    #[serde(default)]
    pub library: Option<String>,
    /// Words in the source or configuration of the server by which the other side is told the limit (`statement_timeout`).
    #[serde(default)]
    pub words: Vec<String>,
    /// Wherever the server's source calls it, it holds for the whole server.
    #[serde(default)]
    pub anywhere: bool,
    /// The remedy in this library, one sentence.
    #[serde(default)]
    pub help: Option<String>,
}

/// What an [`ActRow`] says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActKind {
    /// It waits for something outside of the process, for as long as that takes.
    Waits,
    /// It ends what takes too long.
    Bounds,
    /// It leaves a record.
    Records,
    /// It stores or pays for what it gets: `arg` says which argument.
    Takes,
}
