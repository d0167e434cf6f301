//! What people have said about findings: comments in the code, and exceptions in the settings.
//!
//! `mcp-lint: ignore[rule, other-rule] reason` stands in a comment on the line or on lines of its own above the statement,
//! `mcp-lint: ignore-file[rule] reason` at the beginning of a file. What does not work, or works on nothing, is told.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;

use super::{Finding, Hidden, Remark, RemarkKind, Why};
use crate::workspace::{FileId, Relative, SourceFile, Span, Workspace};

/// How each comment of this program begins.
pub const MARKER: &str = "mcp-lint:";
/// A comment about the whole file stands among these lines, or above all code.
const FIRST_LINES: usize = 10;

/// A comment that silences rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marker {
    file: FileId,
    /// Where the comment stands, counted from 1.
    line: usize,
    /// The line it speaks of; `None` for the whole file.
    target: Option<usize>,
    rules: Vec<String>,
    reason: Option<String>,
}

/// An exception in the settings.
#[derive(Clone, Debug)]
pub struct Exception {
    /// The rule.
    pub rule: String,
    /// The files, by their path below the settings' folder; `None`: all.
    pub paths: Option<GlobSet>,
    /// Why.
    pub reason: Option<String>,
    /// The day on which it ended, if it has.
    pub expired: Option<String>,
    /// The settings' path, for people.
    pub name: String,
    /// The line in it, counted from 1.
    pub line: usize,
    /// Whether this run would have met what it speaks of.
    pub in_scope: bool,
}

/// Exceptions with what they need to know of the run.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// In the order of the settings.
    pub list: Vec<Exception>,
    /// How the settings' folder calls the paths of the run.
    pub relative: Relative,
}

/// Tells an unknown rule: what was probably meant.
pub type Unknown<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads the markers off a file's comments.
pub fn markers(
    file: FileId,
    source: &SourceFile,
    comments: &[Span],
    unknown: Unknown<'_>,
    remarks: &mut Vec<Remark>,
) -> Vec<Marker> {
    let mut found = Vec::new();
    let layout = Layout::new(source, comments);
    for comment in comments {
        for (at, body) in directives(source.slice(*comment)) {
            let line = source.position(comment.start).line + at;
            let mut remark = |kind, message: String| {
                remarks.push(Remark {
                    kind,
                    path: source.path.clone(),
                    line,
                    message,
                });
            };
            let Some((whole_file, ids, reason)) = parse(body) else {
                let word = body.split([' ', '[']).next().unwrap_or_default();
                let help = "write `mcp-lint: ignore[rule] reason` or `mcp-lint: ignore-file[rule] reason`";
                remark(
                    RemarkKind::Malformed,
                    format!("`mcp-lint: {word}` means nothing: {help}"),
                );
                continue;
            };
            let target = match whole_file {
                true if line > FIRST_LINES && comment.start > layout.code => {
                    remark(
                        RemarkKind::Malformed,
                        format!("`ignore-file` works in the first {FIRST_LINES} lines or above all code only"),
                    );
                    continue;
                }
                true => None,
                false => Some(layout.target(source, *comment)),
            };
            let mut rules = Vec::new();
            for id in ids {
                match unknown(id) {
                    Some(help) => remark(RemarkKind::UnknownRule, format!("unknown rule `{id}`: {help}")),
                    None => rules.push(id.to_owned()),
                }
            }
            if reason.is_none() {
                remark(
                    RemarkKind::NoReason,
                    "no reason is given: write behind the bracket why this is no problem".to_owned(),
                );
            }
            found.push(Marker {
                file,
                line,
                target,
                rules,
                reason: reason.map(str::to_owned),
            });
        }
    }
    found
}

/// What follows the marker on the lines of a comment, with the line's number in it. Only what begins a line or stands behind another
/// comment sign counts: prose may speak of markers.
fn directives(comment: &str) -> impl Iterator<Item = (usize, &str)> {
    comment.lines().enumerate().flat_map(|(number, line)| {
        line.match_indices(MARKER).filter_map(move |(at, _)| {
            let before = line.get(..at)?.trim_end();
            let begins = before.is_empty() || before.ends_with(['#', '/', '*', '!']) || before.ends_with("<!--");
            if !begins {
                return None;
            }
            let body = line.get(at + MARKER.len()..)?;
            let body = body.split(" # ").next().unwrap_or(body);
            let body = body.trim().trim_end_matches("*/").trim_end_matches("-->");
            Some((number, body.trim()))
        })
    })
}

/// Whether it is about the whole file, the rules, and the reason.
fn parse(body: &str) -> Option<(bool, Vec<&str>, Option<&str>)> {
    let (whole_file, rest) = match body.strip_prefix("ignore-file") {
        Some(rest) => (true, rest),
        None => (false, body.strip_prefix("ignore")?),
    };
    let (ids, reason) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    let reason = reason.trim().trim_start_matches([':', '-', '–', '—']).trim();
    (!ids.is_empty()).then_some((whole_file, ids, Some(reason).filter(|reason| !reason.is_empty())))
}

/// Where the code of a file is.
struct Layout {
    /// Where it begins: before it there are only comments, blanks and a shebang.
    code: u32,
    /// For each line, counted from 0, whether more than comments and blanks stands there.
    has_code: Vec<bool>,
    /// For each line the next, itself included, on which code stands.
    next: Vec<usize>,
}

impl Layout {
    /// `comments` are in order.
    fn new(source: &SourceFile, comments: &[Span]) -> Self {
        let lines = source.lines();
        let mut has_code = vec![false; lines.count()];
        let mut code: Option<usize> = None;
        let mut at = 0;
        let end = Span::new(source.text.len(), source.text.len());
        for comment in comments.iter().chain([&end]) {
            let between = source.text.get(at..comment.start as usize).unwrap_or_default();
            let mut offset = at;
            for piece in between.split_inclusive('\n') {
                let blank = piece.len() - piece.trim_start().len();
                if !piece.trim().is_empty() {
                    if let Some(line) = has_code.get_mut(lines.line_of(offset + blank)) {
                        *line = true;
                    }
                    let is_shebang = offset == 0 && piece.starts_with("#!");
                    if !is_shebang {
                        code.get_or_insert(offset + blank);
                    }
                }
                offset += piece.len();
            }
            at = at.max(comment.end as usize);
        }
        let mut next = vec![0; has_code.len()];
        let mut following = has_code.len().saturating_sub(1);
        for (line, has) in has_code.iter().enumerate().rev() {
            if *has {
                following = line;
            }
            if let Some(slot) = next.get_mut(line) {
                *slot = following;
            }
        }
        Self {
            code: Span::new(code.unwrap_or(source.text.len()), 0).start,
            has_code,
            next,
        }
    }

    /// The line that a comment speaks of, counted from 1: its own, or, if nothing else stands there, the next with code.
    fn target(&self, source: &SourceFile, comment: Span) -> usize {
        let lines = source.lines();
        let first = lines.line_of(comment.start as usize);
        let last = lines.line_of((comment.end as usize).saturating_sub(1));
        let own = [first, last];
        let is_beside_code = own.iter().any(|line| self.has_code.get(*line) == Some(&true));
        match is_beside_code {
            true => first + 1,
            false => self.next.get(last).map_or(last, |next| (*next).max(last)) + 1,
        }
    }
}

/// Moves what markers and exceptions silence from `findings` to `hidden`, and tells those that silence nothing. Findings that are hidden
/// already use a marker up as well: it is not idle because a run was asked for other rules. `lines` are the lines, counted from 1, on which a
/// finding can be silenced.
pub fn suppress(
    findings: &mut Vec<Finding>,
    hidden: &mut Vec<Hidden>,
    workspace: &Workspace,
    markers: &[Marker],
    exceptions: &Exceptions,
    lines: &dyn Fn(&Finding) -> Vec<usize>,
    remarks: &mut Vec<Remark>,
) {
    let mut used = vec![false; exceptions.list.len()];
    let mut index = Index::new(markers);
    let mut find = |finding: &Finding| {
        let by_comment = index.find(finding, lines);
        let by_settings = by_exception(finding, workspace, exceptions, &mut used);
        by_comment.or(by_settings)
    };
    for one in hidden.iter() {
        find(&one.finding);
    }
    let mut told = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        match find(&finding) {
            Some(why) => hidden.push(Hidden { finding, why }),
            None => told.push(finding),
        }
    }
    *findings = told;
    for marker in markers {
        for rule in marker.rules.iter().filter(|rule| !index.is_used(marker, rule)) {
            remarks.push(Remark {
                kind: RemarkKind::Unused,
                path: workspace
                    .get(marker.file)
                    .map_or_else(String::new, |file| file.path.clone()),
                line: marker.line,
                message: format!("nothing to ignore here: `{rule}` is not found; take the comment out"),
            });
        }
    }
    for (exception, used) in exceptions.list.iter().zip(used) {
        let mut remark = |kind, message: String| {
            remarks.push(Remark {
                kind,
                path: exception.name.clone(),
                line: exception.line,
                message,
            });
        };
        if exception.reason.is_none() {
            remark(
                RemarkKind::NoReason,
                "no reason is given: add `reason = \"…\"`".to_owned(),
            );
        }
        if let Some(day) = &exception.expired {
            remark(
                RemarkKind::Expired,
                format!(
                    "this exception from `{}` ended on {day}: it has no effect any more",
                    exception.rule
                ),
            );
        } else if !used && exception.in_scope {
            remark(
                RemarkKind::Unused,
                format!(
                    "nothing to ignore: `{}` is not found there; take the entry out",
                    exception.rule
                ),
            );
        }
    }
}

/// File, line (none for the whole file) and rule.
type Key = (FileId, Option<usize>, String);

/// Markers by what they speak of.
struct Index<'m> {
    markers: BTreeMap<Key, &'m Marker>,
    /// Whether anything was silenced, for markers that speak of the same alike.
    used: BTreeSet<Key>,
}

impl<'m> Index<'m> {
    fn new(all: &'m [Marker]) -> Self {
        let mut markers = BTreeMap::new();
        for marker in all {
            for rule in &marker.rules {
                markers
                    .entry((marker.file, marker.target, rule.clone()))
                    .or_insert(marker);
            }
        }
        Self {
            markers,
            used: BTreeSet::new(),
        }
    }

    fn is_used(&self, marker: &Marker, rule: &str) -> bool {
        self.used.contains(&(marker.file, marker.target, rule.to_owned()))
    }

    /// The first marker that speaks of a finding; all that do count as used.
    fn find(&mut self, finding: &Finding, lines: &dyn Fn(&Finding) -> Vec<usize>) -> Option<Why> {
        let file = finding.primary.file;
        let mut in_file = self.markers.range((file, None, String::new())..);
        // Lines cost something to know, and most files have no marker.
        in_file.next().filter(|((other, _, _), _)| *other == file)?;
        let targets = lines(finding).into_iter().map(Some).chain([None]);
        let mut why = None;
        for target in targets {
            let key = (file, target, finding.rule.clone());
            if let Some(marker) = self.markers.get(&key) {
                self.used.insert(key);
                why = why.or_else(|| {
                    Some(Why::Comment {
                        line: marker.line,
                        reason: marker.reason.clone(),
                    })
                });
            }
        }
        why
    }
}

fn by_exception(finding: &Finding, workspace: &Workspace, exceptions: &Exceptions, used: &mut [bool]) -> Option<Why> {
    let mut why = None;
    for (exception, used) in exceptions.list.iter().zip(used) {
        if exception.rule != finding.rule || exception.expired.is_some() {
            continue;
        }
        let path = workspace
            .get(finding.primary.file)
            .map_or("", |file| file.path.as_str());
        let path = exceptions.relative.path(path);
        if exception.paths.as_ref().is_none_or(|paths| paths.is_match(&path)) {
            *used = true;
            why = why.or_else(|| {
                Some(Why::Settings {
                    reason: exception.reason.clone(),
                })
            });
        }
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_begins_its_comment() {
        let read = |comment| directives(comment).map(|(_, body)| body).collect::<Vec<_>>();
        assert_eq!(read("// mcp-lint: ignore[a] why"), ["ignore[a] why"]);
        assert_eq!(read("/* mcp-lint: ignore[a] why */"), ["ignore[a] why"]);
        assert_eq!(read("<!-- mcp-lint: ignore[a] why -->"), ["ignore[a] why"]);
        assert_eq!(read("/**\n * mcp-lint: ignore[a] why\n */"), ["ignore[a] why"]);
        assert_eq!(read("# noqa: S602 # mcp-lint: ignore[a] why"), ["ignore[a] why"]);
        assert_eq!(read("# mcp-lint: ignore[a] why # noqa"), ["ignore[a] why"]);
        assert_eq!(read("// see `mcp-lint: ignore[a]` for how"), [""; 0]);
        assert_eq!(read("// use mcp-lint: ignore[a]"), [""; 0]);
    }

    #[test]
    fn rules_and_reason_are_read() {
        assert_eq!(
            parse("ignore[a, b] it is fine"),
            Some((false, vec!["a", "b"], Some("it is fine")))
        );
        assert_eq!(parse("ignore-file [a]: fine"), Some((true, vec!["a"], Some("fine"))));
        assert_eq!(parse("ignore[a] -- "), Some((false, vec!["a"], None)));
        for wrong in ["ignore", "ignore[] why", "ignore a", "ignroe[a]", "ignore[a", ""] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
