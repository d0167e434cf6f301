//! Conditions of rows.

use std::rc::Rc;

use super::args::Arguments;
use super::value::{DEVICE, Derived, INTERPRETER, OPTION, SHELL_FLAG, Shape, Truth, Value};
use crate::ir::{Literal, Name};
use crate::models::{Base, Condition, Is, Property};

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
/// Shells that run one text and hand the elements behind it to that text as parameters.
const SCRIPT_THEN_PARAMETERS: &[&str] = &["sh", "bash", "zsh", "dash", "ksh", "ash"];
/// Options, of many programs, that stand alone.
const SWITCHES: &[&str] = &[
    "--recursive",
    "--quiet",
    "--verbose",
    "--bare",
    "--mirror",
    "--all",
    "--force",
    "--oneline",
    "--porcelain",
    "--single-branch",
    "--no-single-branch",
    "--no-checkout",
    "--no-pager",
    "--no-tags",
    "--no-color",
    "--refs",
    "--heads",
    "--hard",
    "--soft",
    "--cached",
    "--staged",
    "--stat",
    "--shallow-submodules",
    "--recurse-submodules",
    "--name-only",
    "--name-status",
    "--prune",
    "--tags",
    "--yes",
    "--json",
    "--rm",
    "--detach",
    "--silent",
    "--location",
    "--insecure",
    "-q",
    "-v",
    "-y",
    "-r",
    "-R",
    "-a",
    "-d",
    "-s",
    "-L",
    "-k",
    "-sS",
    "-sSL",
    "-fsSL",
    "-sL",
    "-l",
    "-la",
    "-rf",
    "-fr",
    "-it",
    "-i",
];
/// Programs with options that run programs, write files or connect elsewhere.
const OPTION_HUNGRY: &[&str] = &[
    "git", "hg", "svn", "ssh", "scp", "sftp", "rsync", "tar", "zip", "unzip", "find", "curl", "wget", "nmap", "sed",
    "awk", "xargs", "env", "tcpdump", "man", "less", "vim", "sqlmap",
];

/// Programs that hand what follows one of these words to the shell of a device, as one text whatever its elements.
const DEVICES: &[&str] = &["adb", "hdc"];
const DEVICE_SHELLS: &[&str] = &["shell", "exec-out", "exec-in"];

/// Programs that fetch the URLs they are given.
const FETCHERS: &[&str] = &[
    "curl",
    "wget",
    "yt-dlp",
    "youtube-dl",
    "aria2c",
    "httpie",
    "http",
    "lynx",
];

/// Whether a condition holds for a call.
pub(super) fn holds(condition: &Condition, receiver: Option<&Value>, arguments: &Arguments) -> bool {
    let values = arguments.select(&condition.arg, receiver);
    let vector = matches!(condition.is, Is::ShellVector | Is::NotShellVector)
        .then(|| whole_vector(condition, receiver, arguments))
        .flatten();
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
        Is::Words => first.is_some_and(|value| {
            value.is_tainted()
                && !matches!(value.shape, Shape::List { .. })
                && !value.has(Property::Folded)
                && matches!(value.derived.as_deref(), Some(Derived::PartOf(_)))
        }),
        Is::Fetcher => first.is_some_and(|value| program(value).is_some_and(|name| FETCHERS.contains(&name.as_str()))),
        Is::CodeCommand => first
            .and_then(Value::text)
            .is_some_and(|text| commands_code(text.as_str())),
        Is::UnsafeLoader => first.is_some_and(|value| {
            matches!(&value.shape, Shape::Symbol(crate::project::Symbol::External(name))
                if name.ends_with("UnsafeLoader") || name.ends_with(".Loader") || name.ends_with(".CLoader"))
        }),
        Is::WriteMode => first
            .and_then(Value::text)
            .is_some_and(|mode| mode.contains(['w', 'a', 'x', '+'])),
        Is::Null => first.is_some_and(Value::is_null),
        Is::Function => first.is_some_and(|value| matches!(value.shape, Shape::Functions(_))),
    }
}

/// Whether the name of a command between two programs asks the other to run code: a verb, and what is run.
fn commands_code(text: &str) -> bool {
    let mut apart = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            apart.push(' ');
        }
        apart.push(c.to_ascii_lowercase());
    }
    let mut words = apart
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let runs = |word: &str| matches!(word, "execute" | "exec" | "run" | "eval" | "evaluate");
    let program = |word: &str| {
        matches!(
            word,
            "code"
                | "script"
                | "python"
                | "javascript"
                | "js"
                | "lua"
                | "luau"
                | "ruby"
                | "csharp"
                | "applescript"
                | "powershell"
                | "expression"
                | "shell"
                | "gdscript"
        )
    };
    match (words.next(), words.next()) {
        (Some(one), None) => matches!(one, "eval" | "evaluate"),
        (Some(verb), Some(what)) => runs(verb) && program(what) || verb == "runtime" && what == "evaluate",
        _ => false,
    }
}

/// Program and arguments as one list, where a row asks about all that a call gives: `spawn("sh", ["-c", x])`, `command.args([..])`.
fn whole_vector(condition: &Condition, receiver: Option<&Value>, arguments: &Arguments) -> Option<Value> {
    if condition.arg.base != Base::All {
        return None;
    }
    let mut items: Vec<Value> = Vec::new();
    let mut rest: Option<Value> = None;
    let built = receiver.filter(|value| matches!(value.shape, Shape::List { .. }));
    for value in built.into_iter().chain(&arguments.positional).chain(&arguments.rest) {
        let more = flattened(value);
        match &mut rest {
            Some(rest) => more.iter().for_each(|value| *rest = rest.join(value)),
            None => items.extend(more),
        }
        if let Shape::List { rest: Some(tail), .. } = &value.shape {
            items.retain(|item| item.id != tail.id);
            rest = Some(rest.map_or_else(|| tail.clone(), |rest| rest.join(tail)));
        }
    }
    let id = super::value::mix(130, items.iter().chain(&rest).map(|value| value.id.0));
    Some(Value::new(id).with(|data| {
        data.shape = Shape::List {
            items: Rc::new(items),
            rest,
        };
    }))
}

/// The elements of a list, those of unknown number as one at its end; anything else is its own only element.
fn flattened(value: &Value) -> Vec<Value> {
    match &value.shape {
        Shape::List { items, rest } => items.iter().chain(rest).cloned().collect(),
        // an options record that carries the vector
        Shape::Record(fields) => ["args", "cmd"]
            .iter()
            .filter_map(|name| fields.get(&Name::new(name)))
            .flat_map(flattened)
            .collect(),
        _ => vec![value.clone()],
    }
}

/// Which of the values that a call adds to an argument vector the program may take for options: none behind `--`,
/// none that is the value of the option before it.
pub(super) fn exposed(before: Option<&Value>, added: &[Value]) -> Vec<Value> {
    let mut previous: Option<Value> = None;
    for item in before.map(flattened).unwrap_or_default() {
        if item.text().is_some_and(|text| text == "--") {
            return Vec::new();
        }
        previous = Some(item);
    }
    let mut found = Vec::new();
    for item in added.iter().flat_map(flattened) {
        if item.text().is_some_and(|text| text == "--") {
            break;
        }
        if !previous.as_ref().is_some_and(takes_value) {
            found.push(item.clone());
        }
        previous = Some(item);
    }
    found
}

/// Which of the values that a call adds to the vector of a program that fetches are URLs: none that is the value of an option for
/// files, headers, data or formats.
pub(super) fn fetched(before: Option<&Value>, added: &[Value]) -> Vec<Value> {
    let mut previous = before.and_then(|before| flattened(before).pop());
    let mut found = Vec::new();
    for item in added.iter().flat_map(flattened) {
        let beside = previous
            .as_ref()
            .and_then(Value::text)
            .is_some_and(|text| BESIDE_URL.contains(&text.as_str()));
        if !beside {
            found.push(item.clone());
        }
        previous = Some(item);
    }
    found
}

/// Options of programs that fetch, whose value is no URL.
const BESIDE_URL: &[&str] = &[
    "-o",
    "--output",
    "-O",
    "--output-document",
    "-P",
    "--directory-prefix",
    "--paths",
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "-H",
    "--header",
    "-X",
    "--request",
    "-u",
    "--user",
    "-F",
    "--form",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-b",
    "--cookie",
    "--cookies",
    "-f",
    "--format",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-w",
    "--write-out",
    "--timeout",
    "--sub-langs",
    "--sub-lang",
    "--sub-format",
    "--audio-format",
    "--audio-quality",
    "--playlist-items",
    "--merge-output-format",
    "-T",
    "--download-sections",
    "-S",
    "--username",
    "--password",
    "--tries",
    "--ffmpeg-location",
    "--cookies-from-browser",
];

/// Whether a word looks like an option whose value is another word.
pub(super) fn is_option(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1 && !text.contains('=')
}

/// An option that makes the next element its value, as far as its spelling tells.
fn takes_value(option: &Value) -> bool {
    option.properties & OPTION != 0
}

/// Whether a value is, or begins with, the program that runs AppleScript.
pub(super) fn is_applescript(value: &Value) -> bool {
    program(value).is_some_and(|name| name == "osascript")
}

/// Whether an option stands alone.
pub(super) fn is_switch(text: &str) -> bool {
    SWITCHES.contains(&text)
}

/// Which of the values that a call adds to the vector of an interpreter are text that it runs: for a shell the one behind its flag,
/// what follows are parameters of the script.
pub(super) fn scripts(before: &Value, added: &[Value]) -> Vec<Value> {
    let Shape::List { items, rest } = &before.shape else {
        return added.to_vec();
    };
    let all: Vec<Value> = items.iter().cloned().chain(added.iter().flat_map(flattened)).collect();
    if let Some(at) = device_script(&all) {
        return all.into_iter().skip(at.max(items.len())).collect();
    }
    let plain = items
        .first()
        .and_then(program)
        .is_some_and(|name| SCRIPT_THEN_PARAMETERS.contains(&name.as_str()));
    if !plain || rest.is_some() {
        return added.to_vec();
    }
    match all.iter().position(is_flag) {
        Some(at) if at + 1 < items.len() => Vec::new(),
        Some(at) => all.get(at + 1).cloned().into_iter().collect(),
        None => added.to_vec(),
    }
}

/// The texts of a whole vector that the shell of a device runs, where a device's shell is what it starts.
pub(super) fn device_texts(
    condition: &Condition,
    receiver: Option<&Value>,
    arguments: &Arguments,
) -> Option<Vec<Value>> {
    let vector = whole_vector(condition, receiver, arguments)
        .or_else(|| arguments.select(&condition.arg, receiver).into_iter().next())?;
    let all = flattened(&vector);
    device_script(&all).map(|at| all.into_iter().skip(at).collect())
}

/// Where in a vector that starts the shell of a device its text begins.
fn device_script(items: &[Value]) -> Option<usize> {
    if items.first()?.properties & DEVICE == 0 {
        return None;
    }
    let is_word = |item: &Value| item.text().is_some_and(|text| DEVICE_SHELLS.contains(&text.as_str()));
    items.iter().skip(1).position(is_word).map(|at| at + 2)
}

fn is_flag(value: &Value) -> bool {
    value.text().is_some_and(|text| FLAGS.contains(&text.as_str())) || value.properties & SHELL_FLAG != 0
}

/// Whether a text names a program that runs text given to it.
pub(super) fn names_interpreter(text: &str) -> bool {
    if text.len() > 40 {
        return false;
    }
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text).to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    INTERPRETERS.contains(&name) || name.starts_with("python")
}

/// Whether a text names a program that can hand text to the shell of a device.
pub(super) fn names_device(text: &str) -> bool {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    DEVICES.contains(&name.strip_suffix(".exe").unwrap_or(name))
}

/// Whether a text is a flag that makes an interpreter run the next argument.
pub(super) fn names_flag(text: &str) -> bool {
    FLAGS.contains(&text)
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
    // what a field of that name holds
    let kept = value.home.as_ref().is_some_and(|(_, name)| {
        matches!(
            name.as_str(),
            "shell" | "shell_path" | "shell_program" | "shell_command"
        )
    });
    kept || value.properties & INTERPRETER != 0
        || program(value).is_some_and(|name| INTERPRETERS.contains(&name.as_str()) || name.starts_with("python"))
}

fn is_shell_vector(value: &Value) -> bool {
    let Shape::List { items, rest } = &value.shape else {
        return false;
    };
    let Some(first) = items.first() else { return false };
    if let Some(at) = device_script(items) {
        return items.len() > at || rest.is_some();
    }
    if !is_interpreter(first) {
        // `docker exec box sh -c x`, `sudo bash -c x`
        return items.windows(2).any(|pair| {
            matches!(pair, [program, flag] if program.text().is_some() && is_interpreter(program) && is_flag(flag))
        });
    }
    // ssh takes the remote command as it is
    let name = program(first).unwrap_or_default();
    if name == "ssh" {
        return items.len() > 1 || rest.is_some();
    }
    items.iter().skip(1).any(is_flag) || rest.as_ref().is_some_and(is_flag)
}
