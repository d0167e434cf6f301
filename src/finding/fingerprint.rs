//! What stays the same of a finding when its file is edited elsewhere.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::Hasher;

use fnv::FnvHasher;

use super::Finding;
use crate::workspace::{SourceFile, Span, Workspace};

/// Names the algorithm inside the hash, so that a better one never yields a value of this one.
const VERSION: &str = "mcp-lint/v1";

/// Sets each finding's fingerprint: a hash of rule, path, enclosing tool or function, the sink's text and the ordinal
/// among equals; never of a line number. The findings must be [sorted](super::sort): the ordinal follows the order.
pub fn assign_fingerprints(findings: &mut [Finding], workspace: &Workspace) {
    let all: Vec<&Finding> = findings.iter().collect();
    let fingerprints = fingerprints(&all, workspace, |path| path.to_owned());
    for (finding, fingerprint) in findings.iter_mut().zip(fingerprints) {
        finding.fingerprint = fingerprint;
    }
}

/// The fingerprints of [sorted](super::sort) findings, for paths that are relative to another folder.
pub fn fingerprints(findings: &[&Finding], workspace: &Workspace, path: impl Fn(&str) -> String) -> Vec<String> {
    let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
    let mut out = Vec::with_capacity(findings.len());
    for finding in findings {
        let base = identity(finding, workspace, &path);
        let ordinal = seen.entry(base).or_default();
        out.push(format!(
            "{:016x}",
            hash(&[&format!("{base:016x}"), &ordinal.to_string()])
        ));
        *ordinal += 1;
    }
    out
}

/// What a finding has in common with its equals: the fingerprint without the ordinal.
pub fn identity(finding: &Finding, workspace: &Workspace, path: impl Fn(&str) -> String) -> u64 {
    let file = workspace.get(finding.primary.file);
    let path = path(file.map_or("", |file| file.path.as_str()));
    let sink = file.map_or(Cow::Borrowed(""), |file| without_secrets(file, finding.primary.span));
    hash(&[VERSION, &finding.rule, &path, &finding.scope, &normalise_sink(&sink)])
}

/// The text of a span, with twelve bits of a hash for each secret in it: enough to tell that it was changed, too few to
/// try passwords against.
fn without_secrets(file: &SourceFile, span: Span) -> Cow<'_, str> {
    let whole = file.range(span);
    let mut out = String::new();
    let mut at = whole.start;
    for hidden in file.hidden_in(whole.clone()) {
        let (start, end) = (hidden.start.max(at), hidden.end.min(whole.end));
        if start < end {
            out.push_str(file.text.get(at..start).unwrap_or_default());
            let secret = file.text.get(start..end).unwrap_or_default();
            let _ = write!(out, "\"#{:03x}\"", hash(&[secret]) & 0xFFF);
            at = end;
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(file.slice(span));
    }
    out.push_str(file.text.get(at..whole.end).unwrap_or_default());
    Cow::Owned(out)
}

/// FNV-1a over the parts, each closed by a byte that UTF-8 never holds, so that `ab, c` and `a, bc` differ.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hasher = FnvHasher::default();
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(b"\xFF");
    }
    hasher.finish()
}

/// A sink's text in the form that is hashed: white space is dropped except between words, and a plain identifier is
/// `_`, so that neither re-indentation nor renaming a local changes it. What is called, property names and the text of
/// string literals stay.
pub fn normalise_sink(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut reader = Reader { text, at: 0 };
    // The quote that is open, and how deep its interpolations nest.
    let mut quote: Option<char> = None;
    let mut depth = 0_usize;
    while let Some(c) = reader.next() {
        let in_text = quote.is_some() && depth == 0;
        match c {
            '\\' if in_text => {
                out.push(c);
                out.extend(reader.next());
            }
            '{' if quote.is_some() => {
                depth += 1;
                out.push(c);
            }
            '}' if depth > 0 => {
                depth -= 1;
                out.push(c);
            }
            _ if in_text => {
                if quote == Some(c) {
                    quote = None;
                }
                push_text(&mut out, c);
            }
            '"' | '\'' | '`' if depth == 0 => {
                quote = Some(c);
                out.push(c);
            }
            _ if c.is_whitespace() => {}
            _ if is_word(c) => reader.word(c, &mut out),
            _ => out.push(c),
        }
    }
    out
}

/// White space inside a literal counts, but not how a line break is written.
fn push_text(out: &mut String, c: char) {
    if !c.is_whitespace() {
        out.push(c);
    } else if !out.ends_with(' ') {
        out.push(' ');
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Writes the word that starts with `first`: as it stands if it is called, a property, a number or a keyword
    /// argument, else `_`.
    fn word(&mut self, first: char, out: &mut String) {
        let start = self.at - first.len_utf8();
        while self.rest().starts_with(is_word) {
            self.next();
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        let after = self.rest().trim_start();
        let is_called = after.starts_with(['(', '!']) && !after.starts_with("!=");
        let is_key = after.starts_with('=') && !after.starts_with("==") || after.starts_with(':');
        let is_property = out.ends_with(['.', ':']) && !out.ends_with("..");
        if is_called || is_key || is_property || first.is_ascii_digit() {
            out.push_str(word);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::finding::{Location, Severity, sort};
    use crate::workspace::{FileId, FileKind, Role, SourceFile, Span};

    fn workspace(path: &str, text: &str) -> Workspace {
        let file = SourceFile::new(
            path,
            PathBuf::new(),
            FileKind::TypeScript,
            Role::Source,
            text.to_owned(),
        );
        Workspace {
            root: PathBuf::new(),
            below_repository: String::new(),
            files: vec![file],
            notes: Vec::new(),
            ..Workspace::default()
        }
    }

    fn findings(workspace: &Workspace, sink: &str) -> Vec<Finding> {
        let text = &workspace.files[0].text;
        let mut findings: Vec<Finding> = text
            .match_indices(sink)
            .map(|(at, _)| {
                let primary = Location {
                    file: FileId(0),
                    span: Span::new(at, at + sink.len()),
                };
                let mut finding = Finding::new("command-injection", Severity::High, primary, "m");
                finding.scope = "run".to_owned();
                finding
            })
            .collect();
        findings.reverse();
        sort(&mut findings, workspace);
        assign_fingerprints(&mut findings, workspace);
        findings
    }

    fn prints(path: &str, text: &str, sink: &str) -> Vec<String> {
        findings(&workspace(path, text), sink)
            .into_iter()
            .map(|finding| finding.fingerprint)
            .collect()
    }

    #[test]
    fn the_value_is_the_same_on_every_system() {
        assert_eq!(prints("src/a.ts", "exec(cmd)", "exec(cmd)"), ["36cbea73041e68bd"]);
    }

    #[test]
    fn survives_lines_indentation_line_ends_and_renamed_locals() {
        let first = prints(
            "a.ts",
            "exec(cmd, {\n  shell: true,\n});",
            "exec(cmd, {\n  shell: true,\n})",
        );
        let later = "// more\r\n\r\n    exec(command, {\r\n        shell: true,\r\n    });";
        assert_eq!(
            first,
            prints("a.ts", later, "exec(command, {\r\n        shell: true,\r\n    })")
        );
    }

    #[test]
    fn equals_are_numbered_and_others_differ() {
        let two = prints("a.ts", "exec(a); exec(a)", "exec(a)");
        assert_eq!(two.len(), 2);
        assert_ne!(two[0], two[1]);
        assert_eq!(two[0], prints("a.ts", "exec(a)", "exec(a)")[0]);
        assert_ne!(two[0], prints("b.ts", "exec(a)", "exec(a)")[0]);
        assert_ne!(two[0], prints("a.ts", "spawn(a)", "spawn(a)")[0]);
    }

    #[test]
    fn normalises_names_and_keeps_meaning() {
        assert_eq!(
            normalise_sink("child.exec(`git  log ${ branch }`, opts)"),
            "_.exec(`git log ${_}`,_)"
        );
        assert_eq!(normalise_sink("run(cmd, shell = True)"), "run(_,shell=_)");
        assert_eq!(normalise_sink("std::fs::read(path)"), "std::fs::read(_)");
        assert_eq!(normalise_sink("f\"rm {p}\""), "_\"rm {_}\"");
        assert_ne!(normalise_sink("exec('rm a')"), normalise_sink("exec('ls a')"));
        assert_eq!(normalise_sink(r#"x("a\"b c")"#), r#"x("a\"b c")"#);
        assert_eq!(normalise_sink("\"{{{{"), "\"{{{{");
        assert_eq!(normalise_sink("é(ü)"), "é(_)");
    }
}
