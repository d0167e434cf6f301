//! Which programs, packages and images a command line starts: what stands behind launchers, shells and wrappers.

use super::table::{Container, Ecosystem, LAUNCHERS, Runner, ScriptLanguage, Shell, Wrapper};
use super::words::{Text, joins, split};

/// Something that a command line starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Program {
    /// A package that is fetched where it is not there yet.
    Package(Package),
    /// An image.
    Image(Image),
    /// A text that is read as a program.
    Script(Script),
    /// Any other program, with its arguments.
    Other(Vec<Text>),
}

/// A package that a launcher fetches and runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    /// The program that fetches it: `npx`.
    pub runner: Text,
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// The package as it is written, with its version.
    pub spec: Text,
    /// A version that stands in an option of its own.
    pub version: Option<Text>,
    /// The runner was told not to ask, or never asks.
    pub unasked: bool,
    /// What it is given.
    pub arguments: Vec<Text>,
}

/// An image that is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// The program that runs it: `docker`.
    pub engine: Text,
    /// The image as it is written.
    pub image: Text,
    /// Its options, by name with the dashes, each with its value.
    pub options: Vec<(Text, Option<Text>)>,
    /// The command inside of it.
    pub command: Vec<Text>,
}

/// A text that an interpreter runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Script {
    /// The interpreter: `bash`.
    pub interpreter: Text,
    /// What the text is written in.
    pub language: ScriptLanguage,
    /// The text.
    pub code: Text,
}

/// How many programs may stand one in another.
const MAX_NESTED: usize = 8;

/// What the words of a command line start, from the outside to the inside: `bash -c "npx x"` starts a script, and a package.
pub fn programs(words: &[Text]) -> Vec<Program> {
    let mut out = Vec::new();
    let mut waiting: Vec<(Vec<Text>, usize)> = vec![(words.to_vec(), 0)];
    while let Some((words, depth)) = waiting.pop() {
        let (program, inner) = one(&words);
        out.extend(program);
        if depth < MAX_NESTED && out.len() < 4 * MAX_NESTED {
            waiting.extend(inner.into_iter().rev().map(|words| (words, depth + 1)));
        }
    }
    out
}

/// A program's name without folder and ending.
pub fn name_of(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
    for ending in [".exe", ".cmd", ".bat", ".ps1"] {
        if let Some(stem) = name.strip_suffix(ending) {
            return stem.to_owned();
        }
    }
    name
}

/// Whether a program is known to start others.
pub(super) fn is_launcher(name: &str) -> bool {
    let has = |names: &[String]| names.iter().any(|known| known == name);
    LAUNCHERS.runner.iter().any(|row| has(&row.names))
        || LAUNCHERS.wrapper.iter().any(|row| has(&row.names))
        || LAUNCHERS.shell.iter().any(|row| has(&row.names))
        || LAUNCHERS.container.iter().any(|row| has(&row.names))
}

/// The program that the first word names, and the command lines inside of it.
fn one(words: &[Text]) -> (Option<Program>, Vec<Vec<Text>>) {
    let Some((first, rest)) = words.split_first() else {
        return (None, Vec::new());
    };
    // `NAME=value program`
    if is_assignment(&first.text) {
        return (None, vec![rest.to_vec()]);
    }
    let name = name_of(&first.text);
    let has = |names: &[String]| names.contains(&name);
    if let Some(found) = LAUNCHERS
        .runner
        .iter()
        .filter(|row| has(&row.names))
        .find_map(|row| package(row, first, rest))
    {
        return found;
    }
    if let Some(found) = LAUNCHERS
        .container
        .iter()
        .filter(|row| has(&row.names))
        .find_map(|row| image(row, first, rest))
    {
        return (Some(Program::Image(found)), Vec::new());
    }
    if let Some(found) = LAUNCHERS
        .shell
        .iter()
        .filter(|row| has(&row.names))
        .find_map(|row| script(row, first, rest))
    {
        return found;
    }
    if name == "cmd" {
        return windows(first, rest);
    }
    if let Some(inner) = LAUNCHERS
        .wrapper
        .iter()
        .filter(|row| has(&row.names))
        .find_map(|row| wrapped(row, rest))
    {
        return (None, vec![inner]);
    }
    (Some(Program::Other(words.to_vec())), nested(rest))
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Command lines that a bridge is given as one argument: `supergateway --stdio "npx -y pkg"`.
fn nested(arguments: &[Text]) -> Vec<Vec<Text>> {
    arguments
        .iter()
        .filter(|argument| argument.text.contains(' '))
        .filter_map(|argument| {
            let words = split(argument);
            let first = words.first()?;
            (is_launcher(&name_of(&first.text)) && words.len() > 1 && !words.iter().any(joins)).then_some(words)
        })
        .collect()
}

/// The commands of a script that a shell reads, each by itself.
pub fn commands(code: &Text) -> Vec<Vec<Text>> {
    split(code)
        .split(joins)
        .filter(|words| !words.is_empty())
        .map(<[Text]>::to_vec)
        .collect()
}

/// An option and its value, and how many words that takes.
fn option<'a>(words: &'a [Text], values: &[String]) -> (&'a str, Option<Text>, usize) {
    let Some((word, rest)) = words.split_first() else {
        return ("", None, 0);
    };
    if word.text.starts_with("--")
        && let Some((name, value)) = word.text.split_once('=')
    {
        return (name, Some(word.after(word.text.len() - value.len())), 1);
    }
    let takes_value = values.contains(&word.text);
    match rest.first().filter(|_| takes_value) {
        Some(value) => (word.text.as_str(), Some(value.clone()), 2),
        None => (word.text.as_str(), None, 1),
    }
}

type Found = (Option<Program>, Vec<Vec<Text>>);

fn package(row: &Runner, runner: &Text, rest: &[Text]) -> Option<Found> {
    let mut rest = rest;
    let is = |list: &[String], word: Option<&Text>| word.is_some_and(|word| list.contains(&word.text));
    for expected in [&row.commands, &row.then] {
        if !expected.is_empty() {
            // `npm --silent exec` as well as `npm exec`.
            let at = rest.iter().position(|word| !word.text.starts_with('-'))?;
            if !is(expected, rest.get(at)) {
                return None;
            }
            rest = rest.get(at + 1..)?;
        }
    }
    let values: Vec<String> = [&row.values, &row.package, &row.version, &row.code]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut named = None;
    let mut version = None;
    let mut unasked = row.ecosystem != Ecosystem::Npm || name_of(&runner.text) != "npx";
    let mut inner = Vec::new();
    while let Some(word) = rest.first() {
        if word.text == "--" {
            rest = rest.get(1..)?;
            continue;
        }
        if !word.text.starts_with('-') {
            break;
        }
        let (name, value, width) = option(rest, &values);
        let name = name.to_owned();
        if matches!(name.as_str(), "-y" | "--yes") {
            unasked = true;
        }
        match value {
            Some(value) if row.package.contains(&name) => named = named.or(Some(value)),
            Some(value) if row.version.contains(&name) => version = Some(value),
            Some(value) if row.code.contains(&name) => inner.extend(commands(&value)),
            _ => {}
        }
        rest = rest.get(width..)?;
    }
    let spec = match named {
        // With `--from x y` the package is x, and y a program in it.
        Some(spec) => {
            rest = rest.get(1..).unwrap_or_default();
            spec
        }
        None => {
            let (spec, arguments) = rest.split_first()?;
            rest = arguments;
            spec.clone()
        }
    };
    inner.extend(nested(rest));
    // Options may stand behind the package, too.
    let late = row.version.iter().find_map(|name| {
        let at = rest.iter().position(|word| word.text == *name)?;
        rest.get(at + 1).cloned()
    });
    let package = Package {
        runner: runner.clone(),
        ecosystem: row.ecosystem,
        spec,
        version: version.or(late),
        unasked,
        arguments: rest.to_vec(),
    };
    Some((Some(Program::Package(package)), inner))
}

fn image(row: &Container, engine: &Text, rest: &[Text]) -> Option<Image> {
    let mut rest = rest;
    let mut before = true;
    loop {
        let word = rest.first()?;
        if word.text.starts_with('-') {
            let (_, _, width) = option(rest, &row.values);
            rest = rest.get(width..)?;
        } else if row.commands.contains(&word.text) {
            rest = rest.get(1..)?;
            break;
        } else if before && row.before.contains(&word.text) {
            before = false;
            rest = rest.get(1..)?;
        } else {
            return None;
        }
    }
    let mut options = Vec::new();
    while let Some(word) = rest.first().filter(|word| word.text.starts_with('-')) {
        if word.text == "--" {
            rest = rest.get(1..)?;
            break;
        }
        let (name, value, width) = option(rest, &row.values);
        let name = word.called(name);
        options.push((name, value.or_else(|| short(word))));
        rest = rest.get(width..)?;
    }
    let (image, command) = rest.split_first()?;
    Some(Image {
        engine: engine.clone(),
        image: image.clone(),
        options: options.into_iter().map(|(name, value)| normal(name, value)).collect(),
        command: command.to_vec(),
    })
}

/// The value of `-eNAME` and `-p80:80`, which stands in one word with its option.
fn short(word: &Text) -> Option<Text> {
    let letters = word.text.strip_prefix('-')?;
    let first = letters.chars().next()?;
    (matches!(first, 'e' | 'p' | 'v' | 'u' | 'w') && letters.len() > 1 && !word.text.starts_with("--"))
        .then(|| word.after(2))
}

fn normal(name: Text, value: Option<Text>) -> (Text, Option<Text>) {
    let is_short = name.text.starts_with('-') && !name.text.starts_with("--") && name.text.len() > 2;
    match value {
        Some(value) if is_short && name.text.ends_with(value.text.as_str()) => {
            let text: String = name.text.chars().take(2).collect();
            (name.called(text), Some(value))
        }
        value => (name, value),
    }
}

fn script(row: &Shell, interpreter: &Text, rest: &[Text]) -> Option<Found> {
    let mut rest = rest;
    let is_windows = row.language == ScriptLanguage::Powershell;
    while let Some(word) = rest.first().filter(|word| word.text.starts_with('-')) {
        let text = if is_windows {
            word.text.to_ascii_lowercase()
        } else {
            word.text.clone()
        };
        let letters = text
            .strip_prefix('-')
            .filter(|letters| row.letters && !letters.starts_with('-'));
        let is_code = row.code.contains(&text)
            || letters.is_some_and(|letters| letters.contains('c') && letters.chars().all(|c| c.is_ascii_lowercase()));
        if is_code {
            let code = rest.get(1)?;
            let inner = match row.language {
                ScriptLanguage::Shell | ScriptLanguage::Powershell => commands(code),
                _ => Vec::new(),
            };
            let script = Script {
                interpreter: interpreter.clone(),
                language: row.language,
                code: code.clone(),
            };
            return Some((Some(Program::Script(script)), inner));
        }
        let width = if row.values.contains(&text) { 2 } else { 1 };
        rest = rest.get(width..).unwrap_or_default();
    }
    None
}

/// `cmd /c …`: the command is one word or several.
fn windows(interpreter: &Text, rest: &[Text]) -> Found {
    let is_switch = |word: &&Text| word.text.starts_with('/') && word.text.len() <= 4;
    let switches = rest.iter().take_while(is_switch).count();
    let words = rest.get(switches..).unwrap_or_default();
    let lines: Vec<Vec<Text>> = match words {
        [] => return (Some(Program::Other(vec![interpreter.clone()])), Vec::new()),
        [line] => commands(line),
        words => words
            .split(joins)
            .filter(|words| !words.is_empty())
            .map(<[Text]>::to_vec)
            .collect(),
    };
    let code = match words {
        [first, .., last] => {
            let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            Text::new(&text.join(" "), first.span.to(last.span))
        }
        [line] => line.clone(),
        [] => interpreter.clone(),
    };
    let script = Script {
        interpreter: interpreter.clone(),
        language: ScriptLanguage::Cmd,
        code,
    };
    (Some(Program::Script(script)), lines)
}

fn wrapped(row: &Wrapper, rest: &[Text]) -> Option<Vec<Text>> {
    let mut rest = rest;
    let dashes = rest.iter().position(|word| word.text == "--");
    if row.dashes {
        return rest.get(dashes? + 1..).map(<[Text]>::to_vec);
    }
    let mut expected = !row.commands.is_empty();
    let may_lack = row.commands.iter().any(String::is_empty);
    let prefix = row.options.as_deref().unwrap_or("-");
    let mut skip = row.skip;
    while let Some(word) = rest.first() {
        if word.text == "--" {
            rest = rest.get(1..)?;
            break;
        }
        if word.text.starts_with(prefix) {
            let (_, _, width) = option(rest, &row.values);
            rest = rest.get(width..)?;
        } else if is_assignment(&word.text) {
            rest = rest.get(1..)?;
        } else if expected && row.commands.contains(&word.text) {
            expected = false;
            rest = rest.get(1..)?;
        } else if expected && !may_lack {
            return None;
        } else if skip > 0 {
            skip -= 1;
            rest = rest.get(1..)?;
        } else {
            break;
        }
    }
    (!rest.is_empty()).then(|| rest.to_vec())
}
