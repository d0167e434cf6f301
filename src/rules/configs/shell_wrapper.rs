//! `shell-wrapper`: a client starts a line for a shell, or code for an interpreter, instead of a program.

use super::{draft, title};
use crate::deploy::{Program, Script, ScriptLanguage, ServerConfig, commands};
use crate::finding::{Finding, Severity};
use crate::rules::Context;

pub(in crate::rules) fn shell_wrapper(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for server in &context.deploy.servers {
        for program in server.launch.iter().flat_map(|launch| &launch.programs) {
            if let Program::Script(script) = program {
                findings.extend(judge(context, server, script));
            }
        }
    }
}

fn judge(context: &Context<'_>, server: &ServerConfig, script: &Script) -> Option<Finding> {
    let code = script.code.text.as_str();
    let (severity, what) = match script.language {
        ScriptLanguage::Shell | ScriptLanguage::Cmd | ScriptLanguage::Powershell => shell(script)?,
        _ => interpreter(code)?,
    };
    let interpreter = crate::deploy::program_name(&script.interpreter.text);
    let message = format!("{} starts a line for `{interpreter}` that {what}", title(server));
    let found = draft(context, "shell-wrapper", server, script.code.span, message)
        .label(format!("read by `{interpreter}`"))
        .help("name the program and its arguments, one by one; what else has to be done belongs into a script that can be read and reviewed");
    let found = if context.is_sample(server.file) {
        found
    } else {
        found.severity(severity)
    };
    Some(found.build())
}

/// Words that fetch something, or run what nobody can read.
const FETCHES: &[&str] = &[
    "curl",
    "wget",
    "iwr",
    "irm",
    "invoke-webrequest",
    "invoke-restmethod",
    "downloadstring",
    "downloadfile",
    "start-bitstransfer",
    "certutil",
    "bitsadmin",
];
const HIDES: &[&str] = &["base64", "iex", "invoke-expression", "frombase64string", "xxd"];
/// What only prepares a launch.
const PREPARES: &[&str] = &[
    ".",
    "[",
    "asdf",
    "cd",
    "chcp",
    "conda",
    "echo",
    "export",
    "fnm",
    "mise",
    "mkdir",
    "nvm",
    "pushd",
    "pyenv",
    "set",
    "set-location",
    "sleep",
    "source",
    "test",
    "true",
    "trap",
    "ulimit",
    "umask",
    "unset",
    "use",
    "title",
    "@echo",
    ":",
    "$env:path",
];

/// What a line for a shell does besides launching one program.
fn shell(script: &Script) -> Option<(Severity, String)> {
    let code = script.code.text.as_str();
    let lines = commands(&script.code);
    let has = |list: &'static [&'static str]| {
        lines.iter().flatten().find_map(|word| {
            let word = word.text.to_lowercase();
            let mut parts = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            parts.find_map(|part| list.iter().find(|known| **known == part))
        })
    };
    if let Some(word) = has(HIDES) {
        return Some((Severity::High, format!("runs what nobody can read here (`{word}`)")));
    }
    let flags = script.interpreter.text.to_lowercase();
    if script.language == ScriptLanguage::Powershell && flags.contains("-enc") {
        return Some((Severity::High, "is encoded".to_owned()));
    }
    if let Some(word) = has(FETCHES) {
        return Some((Severity::Medium, format!("fetches with `{word}`")));
    }
    let is_cmd = script.language == ScriptLanguage::Cmd;
    if !is_cmd && substitutes(code) {
        return Some((Severity::Low, "is built from what other commands print".to_owned()));
    }
    if lines.iter().flatten().any(|word| word.text == "eval") {
        return Some((Severity::Low, "builds further commands".to_owned()));
    }
    let launches = lines
        .iter()
        .filter(|words| {
            let first = words.first().map(|word| crate::deploy::program_name(&word.text));
            let is_variable = words.iter().all(|word| word.text.contains('='));
            !is_variable && first.is_some_and(|first| !PREPARES.contains(&first.as_str()))
        })
        .count();
    (launches > 1).then(|| (Severity::Low, format!("runs {launches} programs")))
}

/// Whether a command's output becomes part of the line; where one is, and the folder at hand, are no news.
fn substitutes(code: &str) -> bool {
    let harmless = [
        "pwd",
        "which ",
        "command -v ",
        "dirname ",
        "whoami",
        "id -u",
        "nproc",
        "uname",
    ];
    let tick = code.match_indices('`').count() >= 2;
    tick || code.match_indices("$(").any(|(at, _)| {
        let inner = code.get(at + 2..).unwrap_or_default();
        !harmless.iter().any(|start| inner.starts_with(start))
    })
}

/// What code for an interpreter does besides calling one module.
fn interpreter(code: &str) -> Option<(Severity, String)> {
    const RUNS: &[&str] = &[
        "exec(",
        "eval(",
        "execsync",
        "spawn(",
        "child_process",
        "os.system",
        "subprocess",
        "base64",
        "__import__",
        "compile(",
        "new function",
        "do shell script",
    ];
    const CALLS: &[&str] = &[
        "urllib",
        "requests.",
        "http.client",
        "fetch(",
        "https.get",
        "http.get",
        "urlopen",
        "net.connect",
        "socket.",
    ];
    let lower = code.to_lowercase();
    if let Some(word) = RUNS.iter().find(|word| lower.contains(**word)) {
        return Some((
            Severity::Medium,
            format!("runs other code or programs (`{}`)", word.trim_end_matches(['(', '.'])),
        ));
    }
    if let Some(word) = CALLS.iter().find(|word| lower.contains(**word)) {
        return Some((
            Severity::Medium,
            format!("fetches (`{}`)", word.trim_end_matches(['(', '.'])),
        ));
    }
    (code.len() > 300).then(|| (Severity::Low, "is a program of its own".to_owned()))
}
