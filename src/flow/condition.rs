//! Conditions of rows.

use super::args::Arguments;
use std::rc::Rc;

use super::value::{Shape, Truth, Value, mix};
use crate::ir::Literal;
use crate::models::{Base, Condition, Is};

/// Programs that run text given to them.
const INTERPRETERS: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "dash",
    "ksh",
    "fish",
    "ash",
    "csh",
    "tcsh",
    "cmd",
    "cmd.exe",
    "powershell",
    "powershell.exe",
    "pwsh",
    "pwsh.exe",
    "python",
    "python3",
    "python2",
    "node",
    "nodejs",
    "deno",
    "bun",
    "perl",
    "ruby",
    "php",
    "osascript",
    "lua",
    "ssh",
    "su",
    "env",
    "nsenter",
    "wsl",
    "wsl.exe",
];
/// Flags that make an interpreter run the next argument.
const FLAGS: &[&str] = &[
    "-c",
    "/c",
    "/C",
    "/k",
    "/K",
    "-Command",
    "-command",
    "-e",
    "-E",
    "-lc",
    "-ic",
    "-ec",
    "-r",
    "--eval",
    "-EncodedCommand",
    "-xc",
    "-cl",
    "-lic",
    "-p",
];
/// Programs with options that run other programs, write files or connect elsewhere, seen abused through a leading `-`.
const OPTION_HUNGRY: &[&str] = &[
    "git", "hg", "svn", "ssh", "scp", "sftp", "rsync", "tar", "zip", "unzip", "find", "curl", "wget", "nmap", "sed",
    "awk", "xargs", "env", "tcpdump", "man", "less", "vim", "sqlmap",
];

/// Whether a condition holds for a call.
pub(super) fn holds(condition: &Condition, receiver: Option<&Value>, arguments: &Arguments) -> bool {
    let values = arguments.select(&condition.arg, receiver);
    // the whole call as one vector: what the receiver holds, then the arguments, lists opened
    let vector = (condition.arg.base == Base::All).then(|| whole_vector(receiver, arguments));
    let first = vector.as_ref().or(values.first());
    match condition.is {
        Is::Present => first.is_some_and(|value| !value.is_null()),
        Is::Absent => first.is_none_or(Value::is_null),
        Is::Truthy => first.is_some_and(|value| value.truth != Truth::False),
        Is::Falsy => first.is_none_or(|value| value.truth == Truth::False),
        Is::Text => first.is_some_and(|value| !matches!(value.shape, Shape::List { .. })),
        Is::List => first.is_some_and(|value| matches!(value.shape, Shape::List { .. })),
        Is::Interpreter => first.is_some_and(is_interpreter),
        Is::NotInterpreter => !first.is_some_and(is_interpreter),
        Is::ShellVector => first.is_some_and(is_shell_vector),
        Is::NotShellVector => !first.is_some_and(is_shell_vector),
        Is::OptionHungry => {
            first.is_some_and(|value| program(value).is_some_and(|name| OPTION_HUNGRY.contains(&name.as_str())))
        }
        Is::WriteMode => first
            .and_then(Value::text)
            .is_some_and(|mode| mode.contains(['w', 'a', 'x', '+'])),
    }
}

fn whole_vector(receiver: Option<&Value>, arguments: &Arguments) -> Value {
    let mut items: Vec<Value> = Vec::new();
    for value in receiver.into_iter().chain(arguments.all()) {
        match &value.shape {
            Shape::List { items: inner, rest } => items.extend(inner.iter().chain(rest).cloned()),
            Shape::Symbol(_) | Shape::Record(_) => {}
            _ => items.push(value.clone()),
        }
    }
    Value::new(mix(130, items.iter().map(|item| item.id.0))).with(|data| {
        data.shape = Shape::List {
            items: Rc::new(items),
            rest: None,
        }
    })
}

/// The program that a constant names, without folder and `.exe`.
fn program(value: &Value) -> Option<String> {
    let text = match &value.shape {
        Shape::Constant(Literal::Str(text)) => text.as_str().to_owned(),
        // a list given where its program is meant
        Shape::List { items, .. } => items.first()?.text()?.as_str().to_owned(),
        _ => return None,
    };
    let name = text.rsplit(['/', '\\']).next().unwrap_or(&text).to_ascii_lowercase();
    Some(name.strip_suffix(".exe").map_or(name.clone(), str::to_owned))
}

fn is_interpreter(value: &Value) -> bool {
    program(value).is_some_and(|name| INTERPRETERS.contains(&name.as_str()) || name.starts_with("python"))
}

fn is_shell_vector(value: &Value) -> bool {
    let Shape::List { items, rest } = &value.shape else {
        return false;
    };
    let Some(first) = items.first() else { return false };
    if !is_interpreter(first) {
        return false;
    }
    // ssh takes the remote command as it is
    let name = program(first).unwrap_or_default();
    if name == "ssh" {
        return items.len() > 1 || rest.is_some();
    }
    items
        .iter()
        .skip(1)
        .any(|item| item.text().is_some_and(|text| FLAGS.contains(&text.as_str())))
        || rest
            .as_ref()
            .is_some_and(|rest| rest.text().is_some_and(|text| FLAGS.contains(&text.as_str())))
}
