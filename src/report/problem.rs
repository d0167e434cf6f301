//! Mistakes in a file that a person wrote, drawn into its text.

use std::ops::Range;
use std::path::PathBuf;

use codespan_reporting::diagnostic::{Diagnostic, Severity as Level};

use super::excerpt::{Excerpt, Mark};
use super::text::draw;
use super::{Style, clean};
use crate::finding::Location;
use crate::workspace::{FileId, FileKind, Role, SourceFile, Span, Workspace};

/// Something wrong in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The bytes.
    pub span: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Draws the problems of a file, called `path` for people, one after the other.
pub fn problems(path: &str, text: &str, problems: &[Problem], style: Style) -> String {
    let file = SourceFile::new(path, PathBuf::new(), FileKind::Other, Role::Source, text.to_owned());
    let workspace = Workspace {
        files: vec![file],
        ..Workspace::default()
    };
    let mut out = String::new();
    for problem in problems {
        let mark = Mark {
            location: Location {
                file: FileId(0),
                span: Span::new(problem.span.start, problem.span.end),
            },
            primary: true,
            text: problem.help.clone().unwrap_or_default(),
        };
        let excerpt = Excerpt::new(&workspace, &[mark], style);
        let diagnostic = Diagnostic::new(Level::Error)
            .with_message(clean(&problem.message))
            .with_labels(excerpt.labels.clone());
        out.push_str(draw(&diagnostic, &excerpt, style).trim_end());
        out.push('\n');
    }
    out
}

/// The word of `known` that was probably meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}
