//! The marks in fixtures and examples.

use std::fmt;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Path relative to the server's folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is a finding.
    Expect,
    /// There is none: for the reader.
    Ok,
    /// There should be a finding.
    Missing,
    /// There is a finding, but there should be none.
    Spurious,
}

/// A mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The line it speaks of.
    pub place: Place,
    /// What it says.
    pub kind: Kind,
    /// The rule; empty for `ok`.
    pub rule: String,
    /// The parameter that the finding names.
    pub parameter: Option<String>,
}

/// The comment of a line that starts with a mark: where the comment starts and the text of the marks.
fn comment(line: &str) -> Option<(usize, &str)> {
    ["//", "#"].iter().find_map(|leader| {
        line.match_indices(leader).find_map(|(at, _)| {
            let text = line[at + leader.len()..].trim();
            let is_mark = text == "ok"
                || text.starts_with("ok:")
                || ["expect:", "missing:", "spurious:"]
                    .iter()
                    .any(|kind| text.starts_with(kind));
            is_mark.then_some((at, text))
        })
    })
}

/// Reads one mark.
fn parse(text: &str, place: &Place) -> Result<Mark, String> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    let kind = match kind.trim() {
        "ok" => {
            return Ok(Mark {
                place: place.clone(),
                kind: Kind::Ok,
                rule: String::new(),
                parameter: None,
            });
        }
        "expect" => Kind::Expect,
        "missing" => Kind::Missing,
        "spurious" => Kind::Spurious,
        other => return Err(format!("{place}: `{other}` is no mark")),
    };
    let mut words = rest.split_whitespace();
    let rule = words.next().ok_or_else(|| format!("{place}: the mark names no rule"))?;
    let parameter = match words.next() {
        Some("from") => Some(words.next().ok_or_else(|| format!("{place}: `from` what?"))?.to_owned()),
        _ => None,
    };
    Ok(Mark {
        place: place.clone(),
        kind,
        rule: rule.to_owned(),
        parameter,
    })
}

/// All marks of a file.
///
/// # Errors
/// When a mark is malformed, or stands above nothing.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Mark>, String> {
    let mut marks = Vec::new();
    let mut waiting: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = Place {
            file: file.to_owned(),
            line: index + 1,
        };
        let own = comment(line);
        let code = own.map_or(line, |(at, _)| &line[..at]).trim();
        let is_code = !(code.is_empty() || code.starts_with("//") || code.starts_with('#') && !code.starts_with("#["));
        match own {
            Some((_, text)) if !is_code => waiting.extend(text.split(';')),
            _ if !is_code => {}
            _ => {
                let here = own.into_iter().flat_map(|(_, text)| text.split(';'));
                for text in waiting.drain(..).chain(here) {
                    marks.push(parse(text.trim(), &place)?);
                }
            }
        }
    }
    match waiting.first() {
        Some(text) => Err(format!("{file}: the mark `{text}` stands above nothing")),
        None => Ok(marks),
    }
}

/// The marks of a file that has no room for them: `<line> <marks>` in lines.
///
/// # Errors
/// When a line is malformed.
pub(crate) fn read_beside(file: &str, text: &str) -> Result<Vec<Mark>, String> {
    let mut marks = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (number, rest) = line.split_once(' ').unwrap_or((line, ""));
        let place = Place {
            file: file.to_owned(),
            line: number
                .parse()
                .map_err(|_| format!("{file}.expect: `{line}` starts with no line"))?,
        };
        for mark in rest.split(';') {
            marks.push(parse(mark.trim(), &place)?);
        }
    }
    Ok(marks)
}
