//! What `ARG` and `ENV` set, and the words that name it.

use rustc_hash::FxHashMap;

use super::Word;

/// How many bytes all replacements in one file may make. Variables can be made of variables, each twice as long as the
/// one before.
pub(super) const BUDGET: usize = 1024 * 1024;

/// The variables known at an instruction.
#[derive(Default)]
pub(super) struct Scope {
    /// Those of `ENV`; a stage hands them on to those that build on it.
    environment: FxHashMap<String, String>,
    /// Those of `ARG`, `None` where the builder must give the value. `ENV` goes first.
    arguments: FxHashMap<String, Option<String>>,
    /// `ARG` before the first stage, which `ARG NAME` without a value asks for.
    global: FxHashMap<String, Option<String>>,
}

impl Scope {
    /// The scope at the beginning of a stage.
    pub(super) fn of_stage(file: Option<&Self>, parent: Option<&Self>, budget: &mut usize) -> Self {
        if *budget == 0 {
            return Self::default();
        }
        let size = |name: &String, value: &str| name.len() + value.len();
        let global = file.map_or(0, |file| {
            file.arguments
                .iter()
                .map(|(name, value)| size(name, value.as_deref().unwrap_or_default()))
                .sum()
        });
        let inherited: usize = parent.map_or(0, |parent| {
            parent.environment.iter().map(|(name, value)| size(name, value)).sum()
        });
        let mut scope = Self::default();
        if take(budget, global) {
            scope.global = file.map(|file| file.arguments.clone()).unwrap_or_default();
        }
        if take(budget, inherited) {
            scope.environment = parent.map(|parent| parent.environment.clone()).unwrap_or_default();
        }
        scope
    }

    /// Takes the names and values of an `ENV` or `ARG` up.
    pub(super) fn learn(&mut self, pairs: &[(Word, Option<Word>)], is_environment: bool) {
        for (name, value) in pairs {
            let name = name.text.clone();
            let value = value.as_ref().map(|value| value.text.clone());
            if is_environment {
                self.environment.insert(name, value.unwrap_or_default());
            } else {
                let value = value.or_else(|| self.global.get(&name).cloned().flatten());
                self.arguments.insert(name, value);
            }
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        match self.environment.get(name) {
            Some(value) => Some(value),
            None => self.arguments.get(name)?.as_deref(),
        }
    }

    /// Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`. What is not known stays as it is written.
    pub(super) fn expand(&self, text: &str, budget: &mut usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let (written, value) = self.variable(after);
            match value.filter(|value| take(budget, value.len())) {
                Some(value) => out.push_str(value),
                None => {
                    out.push('$');
                    out.push_str(after.get(..written).unwrap_or_default());
                }
            }
            rest = after.get(written..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    /// How long what follows a dollar is, and what it stands for.
    fn variable<'a>(&'a self, after: &'a str) -> (usize, Option<&'a str>) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let Some(inner) = after.strip_prefix('{') else {
            let length = after.find(|c| !is_name(c)).unwrap_or(after.len());
            return (length, self.value(after.get(..length).unwrap_or_default()));
        };
        let Some(length) = inner.find('}') else {
            return (0, None);
        };
        let inner = inner.get(..length).unwrap_or_default();
        let (name, rest) = inner.split_at(inner.find(|c| !is_name(c)).unwrap_or(inner.len()));
        let value = self.value(name);
        let is_set = value.is_some_and(|value| !value.is_empty());
        let found = match rest.strip_prefix(':').unwrap_or(rest) {
            "" => value,
            rest if rest.starts_with('-') && !is_set => rest.get(1..).filter(|default| !default.contains('$')),
            rest if rest.starts_with('+') => is_set.then(|| rest.get(1..).unwrap_or_default()),
            rest if rest.starts_with(['-', '?']) => value,
            _ => None,
        };
        (length + 2, found)
    }
}

/// Takes `bytes` off what is left, if there is as much.
fn take(budget: &mut usize, bytes: usize) -> bool {
    match budget.checked_sub(bytes) {
        Some(rest) => {
            *budget = rest;
            true
        }
        None => {
            *budget = 0;
            false
        }
    }
}
