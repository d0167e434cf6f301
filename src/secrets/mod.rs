//! Secrets that stand in the files: keys by the shape that their provider gives them, and values under names that promise one.
//!
//! Facts for the rule `hardcoded-secret`, and for the reports, which never show what is hidden here.

mod code;
mod judge;
mod name;
mod place;
mod provider;
mod scrub;
mod text;
mod value;

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::finding::Severity;
use crate::models::{SecretRows, secret_rows};
use crate::project::Project;
use crate::workspace::{FileId, FileKind, Role, SourceFile, Span, Workspace};

use code::Use;
use judge::judge;
use name::Purpose;
use place::{Place, Setting};
use provider::Providers;
pub use scrub::{hide, scrub, scrub_surface};

/// What a secret was recognised by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Evidence {
    /// It has the shape of a provider's key, which the text names: `GitHub token`.
    Shape(String),
    /// It stands under a name that promises a secret, and looks drawn by a machine.
    Random,
    /// It stands under the name of a password, and looks like one that a person chose.
    Chosen,
    /// It is a password that everybody tries first, and is used as it stands.
    WellKnown,
    /// Whatever stands there is the key that the program signs or encrypts with.
    Effective,
    /// The password of a connection URI.
    Connection,
    /// The words that a wallet is restored from.
    Phrase,
}

/// A secret in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Secret {
    /// The file.
    pub file: FileId,
    /// All of it.
    pub span: Span,
    /// The part of it that no report may show.
    pub hidden: Span,
    /// What it was recognised by.
    pub evidence: Evidence,
    /// The name that it stands under, if it was read.
    pub name: Option<String>,
    /// It counts when something else is not set.
    pub is_fallback: bool,
    /// The file is for trying things out: a test, an example, a template.
    pub is_trial: bool,
    /// How bad it is, if that differs from the usual.
    pub severity: Option<Severity>,
    /// It counts where it stands. In tests and in what others wrote it is only kept out of what is shown.
    pub counts: bool,
}

// A broken table knows nothing; a test excludes that one is embedded.
static ROWS: LazyLock<SecretRows> = LazyLock::new(|| secret_rows().unwrap_or_default());
static PROVIDERS: LazyLock<Option<Providers>> = LazyLock::new(|| Providers::new(ROWS.provider.clone()).ok());

/// Prepares what is searched for, which takes about a millisecond: best while files are read.
pub fn prepare() {
    LazyLock::force(&PROVIDERS);
}

/// Every secret in the files, in the order of files and places. Source code in tests is left out unless it is asked for; what stands
/// beside code that is judged is found and does not count.
pub fn find(workspace: &Workspace, project: &Project, include_tests: bool) -> Vec<Secret> {
    let files: Vec<(FileId, &SourceFile)> = workspace
        .iter()
        .filter(|(_, file)| is_read(file, include_tests))
        .collect();
    files
        .par_iter()
        .map(|(id, file)| in_file(*id, file, project, include_tests))
        .flatten()
        .collect()
}

/// Whether the file is looked into. Settings in tests are: people keep real ones there.
fn is_read(file: &SourceFile, include_tests: bool) -> bool {
    let is_source = file.kind.language().is_some();
    match file.role {
        Role::Vendored | Role::Compiled => include_tests,
        Role::Source | Role::Example | Role::Generated | Role::BuildScript => true,
        Role::Test | Role::Bench | Role::Fixture => include_tests || !is_source && file.kind != FileKind::Text,
    }
}

fn in_file(id: FileId, file: &SourceFile, project: &Project, include_tests: bool) -> Vec<Secret> {
    let setting = place::setting(file);
    if setting.is_list && file.kind.language().is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let counts = !matches!(file.role, Role::Vendored | Role::Compiled);
    let limit = if include_tests {
        file.text.len()
    } else {
        end_of_code(file)
    };
    shapes(id, file, &setting, &mut found);
    let mut reader = Reader {
        id,
        file,
        setting,
        shapes: found.len(),
        found,
    };
    if let Some(module) = project.module_of(id) {
        let module = project.module(module);
        for pair in code::pairs(module, include_tests) {
            reader.in_code(&pair);
        }
    } else if let Some(dialect) = reader.setting.dialect {
        for pair in text::pairs(&file.text, dialect) {
            reader.in_text(&pair);
        }
    }
    let mut found = reader.found;
    // what has a shape stands first: it says more of the same place
    found.sort_by_key(|secret| {
        (
            secret.span.start,
            !matches!(secret.evidence, Evidence::Shape(_)),
            secret.span.end,
        )
    });
    let mut kept: Vec<Secret> = Vec::with_capacity(found.len());
    for mut secret in found {
        secret.counts = counts && file.range(secret.span).start < limit;
        let overlaps = |other: &Secret| other.span.start < secret.span.end && secret.span.start < other.span.end;
        match kept.iter_mut().rev().take(4).find(|other| overlaps(other)) {
            Some(other) => {
                let says_more =
                    matches!(secret.evidence, Evidence::Shape(_)) && !matches!(other.evidence, Evidence::Shape(_));
                let name = other.name.take().or_else(|| secret.name.clone());
                let hidden = other.hidden.to(secret.hidden);
                if says_more {
                    *other = secret;
                }
                other.hidden = hidden;
                other.name = name;
            }
            None => kept.push(secret),
        }
    }
    kept
}

/// Where the code of a file ends and its tests begin: Rust keeps them below.
fn end_of_code(file: &SourceFile) -> usize {
    if file.kind != FileKind::Rust {
        return file.text.len();
    }
    let module = |at: usize| {
        let rest = file.text.get(at..).unwrap_or_default();
        rest.lines()
            .nth(1)
            .map(str::trim)
            .is_some_and(|line| (line.starts_with("mod ") || line.starts_with("pub mod ")) && !line.ends_with(';'))
    };
    let tests = file
        .text
        .match_indices("#[cfg(test)]")
        .map(|(at, _)| at)
        .find(|at| module(*at));
    tests.unwrap_or(file.text.len())
}

fn shapes(id: FileId, file: &SourceFile, setting: &Setting, found: &mut Vec<Secret>) {
    let Some(providers) = PROVIDERS.as_ref() else {
        return;
    };
    for one in providers.find(&file.text) {
        let mut evidence = Evidence::Shape(one.name.to_owned());
        let mut severity = one.severity;
        if one.is_uri {
            let Some(value) = file.text.get(one.hidden.clone()) else {
                continue;
            };
            // In a comment a password that a person could have made up is one that shows the form.
            if is_commented(&file.text, one.whole.start) && !value::is_random(value) {
                continue;
            }
            let host = host_at(file.text.get(one.hidden.end..).unwrap_or_default());
            match connection(value, host, setting) {
                Some(Evidence::WellKnown) => {
                    evidence = Evidence::WellKnown;
                    severity = Some(Severity::Medium);
                }
                // What is no URI is a password that somebody chose.
                Some(Evidence::Connection) if !one.name.contains("URI") => evidence = Evidence::Chosen,
                Some(other) => evidence = other,
                None => continue,
            }
        }
        found.push(Secret {
            file: id,
            span: Span::new(one.whole.start, one.whole.end),
            hidden: Span::new(one.hidden.start, one.hidden.end),
            evidence,
            name: None,
            is_fallback: false,
            is_trial: setting.is_trial,
            severity,
            counts: true,
        });
    }
}

/// Whether the line of an offset is a comment.
fn is_commented(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or(before).trim_start();
    ["#", "//", "/*", "* ", ";", "--", "<!--"]
        .iter()
        .any(|sign| line.starts_with(sign))
}

/// The host, port and first slash behind the password of a URI.
fn host_at(rest: &str) -> &str {
    let rest = rest.trim_start_matches('@');
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '?' | '<' | ')'));
    rest.get(..end.map_or(rest.len(), |end| end + 1)).unwrap_or(rest)
}

/// How much the password of a connection to `host…` weighs.
fn connection(password: &str, host: &str, setting: &Setting) -> Option<Evidence> {
    let is_local = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "host.docker.internal"]
        .iter()
        .any(|local| host.starts_with(local));
    let is_sample = [
        "example", "host:", "host/", "hostname", "your", "server:", "server/", "cluster.", "xxx",
    ]
    .iter()
    .any(|sample| host.starts_with(sample))
        || host.contains("example.");
    // `USERNAME:PASSWORD@…`
    if is_sample || matches!(password, "PASSWORD" | "PASSWD" | "PASS" | "PWD") {
        return None;
    }
    if value::is_random(password) {
        return Some(Evidence::Connection);
    }
    if value::is_well_known(password) {
        return (setting.place == Place::Deployment).then_some(Evidence::WellKnown);
    }
    let counts = match setting.place {
        Place::Deployment | Place::Client => true,
        Place::Source | Place::Settings => !is_local && value::is_chosen(password),
        Place::Template | Place::Prose => value::is_chosen(password) && !value::is_wordy(password) && !is_local,
    };
    counts.then_some(Evidence::Connection)
}

struct Reader<'a> {
    id: FileId,
    file: &'a SourceFile,
    setting: Setting,
    /// So many of what was found were told by their shape; they stand first, in order.
    shapes: usize,
    found: Vec<Secret>,
}

/// A value under a name, before it is judged.
struct Candidate<'a> {
    name: &'a str,
    value: &'a str,
    purpose: Purpose,
    how: Use,
}

impl Reader<'_> {
    fn in_code(&mut self, pair: &code::Pair) {
        self.query(pair);
        let Some(purpose) = name::purpose(&pair.name) else {
            return;
        };
        let candidate = Candidate {
            name: &pair.name,
            value: &pair.value,
            purpose,
            how: pair.how,
        };
        if self.name_shape(pair.span, &pair.name) {
            return;
        }
        if let Some((evidence, severity)) = judge(&candidate, self.setting.place) {
            let span = self.inside(pair.span, &pair.value);
            self.push(span, &pair.name, pair.how == Use::Fallback, evidence, severity);
        }
    }

    /// `https://…?api_key=value` in a text of the code.
    fn query(&mut self, pair: &code::Pair) {
        let Some((_, query)) = pair.value.split_once("://").and_then(|(_, rest)| rest.split_once('?')) else {
            return;
        };
        for part in query.split('&') {
            let Some((name, text)) = part.split_once('=') else {
                continue;
            };
            let is_key = matches!(name, "key" | "code" | "sig" | "token" | "auth") || name::purpose(name).is_some();
            if is_key && value::is_random(text) && !value::is_placeholder(text) {
                let span = self.inside(pair.span, text);
                self.push(span, name, false, Evidence::Random, None);
            }
        }
    }

    fn in_text(&mut self, pair: &text::Pair) {
        let (Some(name), Some(value)) = (
            self.file.text.get(pair.name.clone()),
            self.file.text.get(pair.value.clone()),
        ) else {
            return;
        };
        let Some(purpose) = name::purpose(name) else {
            return;
        };
        let how = if pair.form == text::Form::Fallback {
            Use::Fallback
        } else {
            Use::Set
        };
        let candidate = Candidate {
            name,
            value,
            purpose,
            how,
        };
        let span = Span::new(pair.value.start, pair.value.end);
        let judged = judge(&candidate, self.setting.place);
        let name = name.to_owned();
        if self.name_shape(span, &name) {
            return;
        }
        if let Some((evidence, severity)) = judged {
            self.push(span, &name, how == Use::Fallback, evidence, severity);
        }
    }

    /// Gives a key that was told by its shape the name it stands under; false if there is none in the span.
    fn name_shape(&mut self, span: Span, name: &str) -> bool {
        let shapes = self.found.get_mut(..self.shapes).unwrap_or_default();
        let first = shapes.partition_point(|secret| secret.span.start < span.start);
        match shapes.get_mut(first) {
            Some(secret) if span.contains(secret.span) => {
                secret.name.get_or_insert_with(|| name.to_owned());
                true
            }
            _ => false,
        }
    }

    /// The part of a literal's span that is its value.
    fn inside(&self, span: Span, value: &str) -> Span {
        let range = self.file.range(span);
        match self.file.slice(span).find(value) {
            Some(at) if !value.is_empty() => Span::new(range.start + at, range.start + at + value.len()),
            _ => span,
        }
    }

    fn push(&mut self, span: Span, name: &str, is_fallback: bool, evidence: Evidence, severity: Option<Severity>) {
        self.found.push(Secret {
            file: self.id,
            span,
            hidden: span,
            evidence,
            name: Some(name.to_owned()),
            is_fallback,
            is_trial: self.setting.is_trial,
            severity,
            counts: true,
        });
    }
}
