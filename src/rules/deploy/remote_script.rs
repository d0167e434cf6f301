//! `remote-script`: a script is fetched and run without anybody having looked at what came.

use super::{about, containers, draft, has_server, images, judges, title};
use crate::deploy::{Program, ScriptLanguage, Text, joins, split};
use crate::document::{Instruction, Node, Stage};
use crate::finding::{Finding, Severity};
use crate::rules::Context;
use crate::workspace::{FileId, Span};

const RULE: &str = "remote-script";
const HELP: &str = "fetch a named version, compare it with a checksum that stands in the file (`sha256sum -c`, `ADD --checksum=…`) and run it then, or take the package of a distribution";

/// Programs that run what they read from standard input or from a file.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "ash", "ksh", "fish"];
const INTERPRETERS: &[&str] = &[
    "python",
    "python3",
    "node",
    "perl",
    "ruby",
    "php",
    "pwsh",
    "powershell",
    "deno",
    "bun",
];
const FETCHERS: &[&str] = &["curl", "wget", "aria2c", "http", "fetch"];
/// Words in front of a program.
const BEFORE: &[&str] = &[
    "sudo",
    "env",
    "exec",
    "command",
    "time",
    "nohup",
    "then",
    "do",
    "else",
    "if",
    "!",
    "{",
    "(",
    "-E",
    "--preserve-env",
];
/// Commands that compare what came with what was expected.
const CHECKS: &[&str] = &[
    "sha256sum",
    "sha512sum",
    "sha1sum",
    "shasum",
    "sha384sum",
    "md5sum",
    "gpg",
    "gpgv",
    "cosign",
    "minisign",
    "openssl",
    "b2sum",
    "slsa-verifier",
];
const ENDINGS: &[&str] = &[".sh", ".bash", ".py", ".pl", ".rb", ".js", ".ps1", ".run"];

pub(in crate::rules) fn remote_script(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (file, dockerfile) in images(context) {
        for stage in &dockerfile.stages {
            for run in runs(stage).into_iter().filter(|run| !is_commit(&run.address)) {
                let severity = if is_versioned(&run.address) {
                    Severity::Low
                } else {
                    Severity::Medium
                };
                findings.push(
                    draft(context, RULE, file, run.span, message("The image runs", &run), severity)
                        .help(HELP)
                        .scope(stage.name.as_ref().map_or("", |name| name.text.as_str()))
                        .build(),
                );
            }
        }
    }
    for container in containers(context) {
        for text in container.command.iter().filter(|text| text.text.contains(' ')) {
            let mut shell = Shell::default();
            shell.read(text);
            for run in shell.runs.into_iter().filter(|run| !is_commit(&run.address)) {
                let begin = format!("Each time it starts, {} runs", title(container));
                findings.push(
                    about(
                        context,
                        RULE,
                        container,
                        run.span,
                        message(&begin, &run),
                        Severity::Medium,
                    )
                    .help(HELP)
                    .build(),
                );
            }
        }
    }
    for line in lines(context) {
        let mut shell = Shell::default();
        shell.read(&line.text);
        for run in shell.runs.into_iter().filter(|run| !is_commit(&run.address)) {
            let message = message(&line.owner, &run);
            findings.push(
                draft(context, RULE, line.file, run.span, message, Severity::Medium)
                    .help(HELP)
                    .scope(line.scope.as_str())
                    .build(),
            );
        }
    }
}

/// A line for a shell that settings hold.
struct Line {
    file: FileId,
    /// Who runs it, for people.
    owner: String,
    scope: String,
    text: Text,
}

/// The lines for a shell with which clients start servers, those of their hooks, and the scripts of packages.
fn lines(context: &Context<'_>) -> Vec<Line> {
    let mut out = Vec::new();
    for server in &context.deploy.servers {
        for program in server.launch.iter().flat_map(|launch| &launch.programs) {
            if let Program::Script(script) = program
                && script.language == ScriptLanguage::Shell
            {
                out.push(Line {
                    file: server.file,
                    owner: format!("Each time it starts, server `{}` runs", server.name),
                    scope: server.name.clone(),
                    text: script.code.clone(),
                });
            }
        }
    }
    for (file, source) in context.workspace.iter() {
        let name = source.path.rsplit('/').next().unwrap_or_default();
        let is_package = name == "package.json" && judges(context, file) && has_server(context);
        let is_settings = source.path.contains("claude/settings") && name.ends_with(".json");
        let root = (is_package || is_settings)
            .then(|| context.documents.get(file)?.root())
            .flatten();
        let Some(root) = root else { continue };
        if is_package {
            let scripts = root.get("scripts").into_iter().flat_map(Node::entries);
            out.extend(scripts.filter_map(|(key, node)| {
                Some(Line {
                    file,
                    owner: format!("Script `{}` of the package runs", key.text),
                    scope: key.text.clone(),
                    text: Text::new(node.as_str()?, node.span),
                })
            }));
            continue;
        }
        for (event, matchers) in root.get("hooks").into_iter().flat_map(Node::entries) {
            let hooks = matchers.items().iter().filter_map(|matcher| matcher.get("hooks"));
            let commands = hooks.flat_map(Node::items).filter_map(|hook| hook.get("command"));
            out.extend(commands.filter_map(|node| {
                Some(Line {
                    file,
                    owner: format!("The client's hook `{}` runs", event.text),
                    scope: event.text.clone(),
                    text: Text::new(node.as_str()?, node.span),
                })
            }));
        }
    }
    out
}

fn message(begin: &str, run: &Run) -> String {
    if run.address.is_empty() {
        format!("{begin} a script that it fetches, whatever it holds that day")
    } else {
        format!(
            "{begin} a script that it fetches, whatever `{}` holds that day",
            run.address
        )
    }
}

/// A script that was fetched and is run.
struct Run {
    span: Span,
    /// Where it comes from, if that is known.
    address: String,
}

/// A file that was fetched.
struct Fetched {
    name: String,
    address: String,
}

fn runs(stage: &Stage) -> Vec<Run> {
    let mut shell = Shell::default();
    for instruction in &stage.instructions {
        match instruction.keyword.as_str() {
            "ADD" => shell.add(instruction),
            "RUN" | "CMD" | "ENTRYPOINT" => {
                let base = shell.runs.len();
                let text = Text::new(&instruction.text, Span::new(0, instruction.text.len()));
                shell.read(&text);
                // Its places are those of the joined line so far.
                for run in shell.runs.iter_mut().skip(base) {
                    run.span = instruction.span_of(run.span.range());
                }
                for heredoc in &instruction.heredocs {
                    shell.read(&Text::new(&heredoc.text, heredoc.span));
                }
            }
            _ => {}
        }
    }
    shell.runs
}

/// What a row of commands fetched so far.
#[derive(Default)]
struct Shell {
    fetched: Vec<Fetched>,
    runs: Vec<Run>,
}

impl Shell {
    fn add(&mut self, instruction: &Instruction) {
        if instruction.flag("checksum").is_some() {
            return;
        }
        let [sources @ .., target] = instruction.words() else {
            return;
        };
        for source in sources.iter().filter(|source| is_address(&source.text)) {
            let name = if target.text.ends_with('/') || target.text == "." {
                file_of(&source.text)
            } else {
                file_of(&target.text)
            };
            self.fetched.push(Fetched {
                name,
                address: source.text.clone(),
            });
        }
    }

    fn read(&mut self, text: &Text) {
        self.substitutions(text);
        let words = split(text);
        for pipeline in words.split(|word| joins(word) && word.text != "|") {
            let commands: Vec<&[Text]> = pipeline.split(|word| word.text == "|").map(program).collect();
            self.pipeline(&commands);
        }
    }

    fn pipeline(&mut self, commands: &[&[Text]]) {
        let mut source: Option<(&Text, String)> = None;
        for command in commands {
            let Some(first) = command.first() else { continue };
            let name = name_of(&first.text);
            if CHECKS.contains(&name) {
                // What is checked is known: from here on it is what somebody looked at. `gpg --dearmor` checks nothing.
                let checks = command.iter().any(|word| {
                    matches!(
                        word.text.as_str(),
                        "-c" | "--check" | "--verify" | "verify" | "dgst" | "verify-blob" | "-V"
                    ) || word.text.starts_with("-c")
                });
                if checks || name == "gpgv" {
                    self.fetched.clear();
                }
            }
            if FETCHERS.contains(&name) {
                let address = address_of(command);
                self.fetched.extend(written(command, &address));
                source = Some((first, address));
                continue;
            }
            match &source {
                Some((start, address)) if reads_input(name, command) => {
                    self.runs.push(Run {
                        span: start.span.to(first.span),
                        address: address.clone(),
                    });
                }
                _ => self.file(name, command),
            }
        }
    }

    /// A file that was fetched is run: by itself, or by an interpreter.
    fn file(&mut self, name: &str, command: &[Text]) {
        let Some(first) = command.first() else { return };
        let is_interpreter = SHELLS.contains(&name) || INTERPRETERS.contains(&name) || name == "." || name == "source";
        let script = if is_interpreter {
            command.iter().skip(1).find(|word| !word.text.starts_with('-'))
        } else {
            Some(first)
        };
        let Some(script) = script else { return };
        let called = file_of(&script.text);
        let found = self.fetched.iter().rev().find(|fetched| {
            let is_script = is_interpreter || has_ending(&fetched.name) || has_ending(&fetched.address);
            fetched.name == called && is_script
        });
        if let Some(found) = found {
            let run = Run {
                span: first.span.to(script.span),
                address: found.address.clone(),
            };
            self.runs.push(run);
        }
    }

    /// `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(wget …)"`.
    fn substitutions(&mut self, text: &Text) {
        let all = text.text.as_str();
        for open in ["$(", "<(", "`"] {
            for (at, _) in all.match_indices(open) {
                let inner = all.get(at + open.len()..).unwrap_or_default().trim_start();
                let end = inner.find([')', '`']).unwrap_or(inner.len());
                let inner = inner.get(..end).unwrap_or_default();
                let name = inner.split_whitespace().next().map(name_of).unwrap_or_default();
                if !FETCHERS.contains(&name) || inner.contains('|') {
                    continue;
                }
                let before = all.get(..at).unwrap_or_default();
                let start = before.rfind(['\n', ';', '&', '|']).map_or(0, |at| at + 1);
                let words: Vec<&str> = before.get(start..).unwrap_or_default().split_whitespace().collect();
                let mut words = words
                    .iter()
                    .map(|word| word.trim_matches(['"', '\'']))
                    .filter(|word| !BEFORE.contains(word));
                let runner = words.next().map(name_of).unwrap_or_default();
                let rest: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
                let runs = match runner {
                    "eval" | "source" | "." => true,
                    runner if SHELLS.contains(&runner) => {
                        open == "<("
                            || rest
                                .last()
                                .is_some_and(|word| word.starts_with('-') && word.ends_with('c'))
                    }
                    runner => INTERPRETERS.contains(&runner) && open == "<(",
                };
                if runs {
                    let address = inner.split_whitespace().map(unquoted).find(|word| is_address(word));
                    self.runs.push(Run {
                        span: text.part(at..at + open.len() + end),
                        address: address.unwrap_or_default().to_owned(),
                    });
                }
            }
        }
    }
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

/// A command from its program on.
fn program(words: &[Text]) -> &[Text] {
    let is_before = |word: &&Text| {
        let text = word.text.trim_start_matches('(');
        let is_assignment = text
            .split_once('=')
            .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        text.is_empty() || BEFORE.contains(&text) || is_assignment || text.starts_with("--mount=")
    };
    words
        .get(words.iter().take_while(is_before).count()..)
        .unwrap_or_default()
}

fn name_of(word: &str) -> &str {
    let word = word.trim_start_matches(['(', '"', '\'']);
    let name = word.rsplit('/').next().unwrap_or(word);
    if word == "." { "." } else { name }
}

fn file_of(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn has_ending(name: &str) -> bool {
    let name = name.split(['?', '#']).next().unwrap_or(name);
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://") || text.starts_with("ftp://")
}

fn address_of(command: &[Text]) -> String {
    let found = command.iter().find(|word| is_address(&word.text));
    found
        .map(|word| word.text.trim_end_matches(')').to_owned())
        .unwrap_or_default()
}

/// The file that a command writes what it fetches to.
fn written(command: &[Text], address: &str) -> Option<Fetched> {
    let is_wget = command.first().is_some_and(|word| name_of(&word.text) == "wget");
    let mut name = is_wget.then(|| file_of(address));
    for (index, word) in command.iter().enumerate() {
        let text = word.text.as_str();
        let next = || command.get(index + 1).map(|word| file_of(&word.text));
        let is_short = text.starts_with('-') && !text.starts_with("--");
        if text == ">"
            || text == "--output"
            || text == "--output-document"
            || is_short && text.ends_with(if is_wget { 'O' } else { 'o' })
        {
            name = next();
        } else if let Some(file) = text
            .strip_prefix("--output=")
            .or_else(|| text.strip_prefix("--output-document="))
            .or_else(|| text.strip_prefix('>'))
        {
            name = Some(file_of(file));
        } else if text == "--remote-name" || !is_wget && is_short && text.contains('O') {
            name = Some(file_of(address));
        }
    }
    Some(Fetched {
        name: name.filter(|name| !name.is_empty() && name != "-")?,
        address: address.to_owned(),
    })
}

/// Whether a command runs what it reads.
fn reads_input(name: &str, command: &[Text]) -> bool {
    let is_shell = SHELLS.contains(&name);
    if !is_shell && !INTERPRETERS.contains(&name) {
        return false;
    }
    for word in command.iter().skip(1) {
        match word.text.as_str() {
            "-" | "/dev/stdin" | "-s" => return true,
            // The program stands in the command, what is read is data.
            "-c" | "-e" | "-p" | "-pe" | "-ne" | "-m" | "--eval" => return false,
            text if text.starts_with('-') => {}
            text if text.starts_with(['>', '2', '<', ')']) => {}
            // A script of its own.
            _ => return false,
        }
    }
    true
}

/// Whether an address names a version, which its publisher may still change.
fn is_versioned(address: &str) -> bool {
    address.split('/').any(|part| {
        let numbers: Vec<&str> = part.trim_start_matches('v').split('.').collect();
        let is_number = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let is_variable = part.contains('$') && part.to_ascii_uppercase().contains("VERSION");
        is_variable || numbers.len() >= 3 && numbers.iter().all(is_number)
    })
}

/// Whether an address names a commit: what stands there stays.
fn is_commit(address: &str) -> bool {
    address
        .split('/')
        .any(|part| part.len() == 40 && part.chars().all(|c| c.is_ascii_hexdigit()))
}
