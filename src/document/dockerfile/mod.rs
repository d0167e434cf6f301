//! The instructions of a container image: logical lines, stages, here-documents, and what `ARG` and `ENV` put into them.
//!
//! `lines.rs` joins what continues and knows where each part stands, `words.rs` splits, `expand.rs` replaces variables.

mod expand;
mod lines;
mod words;

use rustc_hash::FxHashMap;

use self::expand::Scope;
use self::lines::{Line, Lines};
use super::{Content, Document, Gaps, json};
use crate::workspace::Span;

/// An image, stage by stage.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Dockerfile {
    /// What stands before the first stage: `ARG` as a rule.
    pub before: Vec<Instruction>,
    /// The stages in order; the last one is the image, unless somebody asks for another.
    pub stages: Vec<Stage>,
}

/// A stage: a `FROM` and what follows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// The instruction that begins it.
    pub from: Instruction,
    /// What it builds on, with variables replaced where they are known: an image, or the name of a stage.
    pub image: Word,
    /// Its name.
    pub name: Option<Word>,
    /// The stage that it builds on, by its number.
    pub parent: Option<usize>,
    /// Its instructions, without the `FROM`.
    pub instructions: Vec<Instruction>,
}

/// An instruction: one logical line, with its here-documents.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// What it is, in capitals: `RUN`.
    pub keyword: String,
    /// All of it.
    pub span: Span,
    /// Its options: `--from=build`.
    pub flags: Vec<Flag>,
    /// What follows the options.
    pub arguments: Arguments,
    /// Texts that follow it.
    pub heredocs: Vec<Heredoc>,
    /// Its arguments on one line, as they are written, without what continues a line.
    pub text: String,
    /// Where each stretch of `text` stands.
    stretches: Vec<(usize, usize)>,
}

/// The arguments of an instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arguments {
    /// A command whose words stand in a JSON list: no shell reads it.
    Exec(Vec<Word>),
    /// A command that a shell reads, the one of [`Instruction::text`].
    Shell,
    /// Names with values, of `ENV`, `ARG` and `LABEL`; an `ARG` may have none.
    Pairs(Vec<(Word, Option<Word>)>),
    /// Anything else.
    Words(Vec<Word>),
}

impl Default for Arguments {
    fn default() -> Self {
        Self::Words(Vec::new())
    }
}

/// A word without its quotes, with variables replaced where they are known; others stay as `$NAME` or `${NAME}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Its text.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// An option of an instruction: `--name=value` or `--name`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flag {
    /// Its name without the dashes.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// A text between `<<NAME` and `NAME`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heredoc {
    /// The text.
    pub text: String,
    /// Where the text stands.
    pub span: Span,
}

impl Instruction {
    /// Its words; none for what a shell reads.
    pub fn words(&self) -> &[Word] {
        match &self.arguments {
            Arguments::Exec(words) | Arguments::Words(words) => words,
            Arguments::Shell | Arguments::Pairs(_) => &[],
        }
    }

    /// Its names and values; none but for `ENV`, `ARG` and `LABEL`.
    pub fn pairs(&self) -> &[(Word, Option<Word>)] {
        match &self.arguments {
            Arguments::Pairs(pairs) => pairs,
            _ => &[],
        }
    }

    /// An option by its name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Where a stretch of [`Instruction::text`] stands.
    pub fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        let place = |offset: usize| {
            let after = self.stretches.partition_point(|(start, _)| *start <= offset);
            match after.checked_sub(1).and_then(|index| self.stretches.get(index)) {
                Some((start, source)) => source + (offset - start),
                None => self.span.start as usize,
            }
        };
        let start = place(range.start);
        let end = range
            .end
            .checked_sub(1)
            .filter(|last| *last >= range.start)
            .map_or(start, |last| place(last) + 1);
        Span::new(start, end)
    }
}

/// Keywords whose arguments are a command.
const COMMANDS: &[&str] = &["CMD", "ENTRYPOINT", "HEALTHCHECK", "ONBUILD", "RUN", "SHELL"];
/// Keywords whose arguments are names with values.
const PAIRS: &[&str] = &["ARG", "ENV", "LABEL"];
/// All others.
const OTHERS: &[&str] = &[
    "ADD",
    "COPY",
    "EXPOSE",
    "FROM",
    "MAINTAINER",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

pub(super) fn parse(text: &str) -> Document {
    let mut gaps = Gaps::default();
    let mut file = Dockerfile::default();
    let mut scope = Scope::default();
    let mut scopes: Vec<Scope> = Vec::new();
    let mut names: FxHashMap<String, usize> = FxHashMap::default();
    let mut budget = expand::BUDGET;
    let mut lines = Lines::new(text);
    while let Some(line) = lines.next(&mut gaps) {
        let is_from = line.text.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("from"));
        // What a stage sets is not known where the next one begins.
        let known = scopes.first_mut().filter(|_| is_from).unwrap_or(&mut scope);
        let Some(instruction) = instruction(&line, known, &mut budget) else {
            let (start, end) = (line.span.start as usize, line.span.end as usize);
            let first = line.text.split_whitespace().next().map_or(0, str::len);
            gaps.push(
                Span::new(start, end.min(start + first)),
                "not an instruction of a Dockerfile",
            );
            continue;
        };
        if instruction.keyword != "FROM" {
            match file.stages.last_mut() {
                Some(stage) => stage.instructions.push(instruction),
                None => file.before.push(instruction),
            }
            continue;
        }
        scopes.push(std::mem::take(&mut scope));
        let stage = stage(instruction, &names);
        if let Some(name) = &stage.name {
            names.insert(name.text.to_ascii_lowercase(), file.stages.len());
        }
        // The first scope is that of the file: it counts in `FROM` alone, and where `ARG` asks for it.
        let parent = stage.parent.and_then(|parent| scopes.get(parent + 1));
        scope = Scope::of_stage(scopes.first(), parent, &mut budget);
        file.stages.push(stage);
    }
    if budget == 0 {
        gaps.push(
            Span::default(),
            "variables make too much text: some are left as they are",
        );
    }
    Document {
        content: Content::Dockerfile(file),
        gaps: gaps.finish(),
    }
}

fn stage(from: Instruction, names: &FxHashMap<String, usize>) -> Stage {
    let words = from.words();
    let image = words.first().cloned().unwrap_or(Word {
        text: String::new(),
        span: from.span,
    });
    let name = match words {
        [_, word, name, ..] if word.text.eq_ignore_ascii_case("as") => Some(name.clone()),
        _ => None,
    };
    let parent = names.get(&image.text.to_ascii_lowercase()).copied();
    Stage {
        from,
        image,
        name,
        parent,
        instructions: Vec::new(),
    }
}

fn instruction(line: &Line, scope: &mut Scope, budget: &mut usize) -> Option<Instruction> {
    let text = line.text.trim_end();
    let length = text.find(char::is_whitespace).unwrap_or(text.len());
    let keyword = text.get(..length)?.to_ascii_uppercase();
    let is = |list: &[&str]| list.contains(&keyword.as_str());
    if !is(COMMANDS) && !is(PAIRS) && !is(OTHERS) {
        return None;
    }
    let mut rest = length + blanks(text.get(length..)?);
    let mut out = Instruction {
        span: line.span,
        heredocs: line.heredocs.clone(),
        ..Instruction::default()
    };
    let takes_flags = matches!(keyword.as_str(), "ADD" | "COPY" | "FROM" | "HEALTHCHECK" | "RUN");
    while let Some(flag) = text.get(rest..).filter(|rest| takes_flags && rest.starts_with("--")) {
        let end = rest + flag.find(char::is_whitespace).unwrap_or(flag.len());
        let written = text.get(rest + 2..end)?;
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (written, None),
        };
        out.flags.push(Flag {
            name: name.to_ascii_lowercase(),
            value,
            span: line.span_of(rest..end),
        });
        rest = end + blanks(text.get(end..)?);
    }
    out.text = text.get(rest..)?.to_owned();
    out.stretches = line.stretches_from(rest);
    out.arguments = if is(COMMANDS) {
        exec(&out).map_or(Arguments::Shell, Arguments::Exec)
    } else if is(PAIRS) {
        let pairs = words::pairs(&out, line.escape, |text| scope.expand(text, budget));
        if keyword != "LABEL" {
            scope.learn(&pairs, keyword == "ENV");
        }
        Arguments::Pairs(pairs)
    } else {
        let listed = exec(&out).filter(|_| keyword != "FROM");
        Arguments::Words(listed.unwrap_or_else(|| words::words(&out, line.escape, |text| scope.expand(text, budget))))
    };
    out.keyword = keyword;
    Some(out)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The words of a JSON list of texts.
fn exec(instruction: &Instruction) -> Option<Vec<Word>> {
    let text = instruction.text.as_str();
    // `HEALTHCHECK CMD […]`
    let start = match text.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("CMD") => 3 + blanks(text.get(3..)?),
        _ => 0,
    };
    let list = text.get(start..)?;
    if !list.starts_with('[') {
        return None;
    }
    let parsed = json::parse(list);
    if !parsed.gaps.is_empty() {
        return None;
    }
    let items = parsed.root()?.items();
    items
        .iter()
        .map(|item| {
            let range = item.span.range();
            Some(Word {
                text: item.as_str()?.to_owned(),
                span: instruction.span_of(start + range.start..start + range.end),
            })
        })
        .collect()
}
