//! The lines that one finding shows, cut to the terminal's width and made harmless, in the form that codespan draws.
//!
//! codespan would print the files' own lines: hundreds of kilobytes of a minified one, escape sequences of a hostile
//! one. So it gets a text of just the lines it will ask for, under their real numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::diagnostic::{Label, LabelStyle};
use codespan_reporting::files::{Error, Files};

use super::clean::show_line;
use super::{Style, clean, wrap::shorten};
use crate::finding::Location;
use crate::workspace::{FileId, SourceFile, Workspace};

/// Least room for source, however narrow the terminal.
const MIN_BUDGET: usize = 40;
/// Longest label, where there is room for it.
const LABEL_WIDTH: usize = 90;
/// Shorter labels say nothing.
const MIN_LABEL: usize = 32;

/// Of a label that does not fit, so much is told below the source.
const MAX_NOTE: usize = 300;

/// A label that is to be shown.
pub(super) struct Mark {
    pub(super) location: Location,
    pub(super) primary: bool,
    pub(super) text: String,
}

#[derive(Default)]
struct Page {
    name: String,
    text: String,
    /// Where each line that may be asked for stands in `text`.
    lines: BTreeMap<usize, Range<usize>>,
    /// The real column of a byte of `text`, for those bytes that labels start at.
    columns: BTreeMap<usize, usize>,
    /// The primary label, if it did not fit.
    cut: Option<String>,
}

/// The lines around the marks of one finding.
pub(super) struct Excerpt {
    pages: BTreeMap<FileId, Page>,
    pub(super) labels: Vec<Label<FileId>>,
    /// What happens at the sink, if there was no room to say it there.
    pub(super) cut: Option<String>,
}

/// A mark on one line: byte offsets within that line.
struct OnLine<'a> {
    mark: &'a Mark,
    order: usize,
    range: Range<usize>,
    column: usize,
}

impl Excerpt {
    /// Collects what the marks need. Marks of files outside the workspace are left out.
    pub(super) fn new(workspace: &Workspace, marks: &[Mark], style: Style) -> Self {
        let mut by_line: BTreeMap<FileId, BTreeMap<usize, Vec<OnLine<'_>>>> = BTreeMap::new();
        for (order, mark) in marks.iter().enumerate() {
            let Some(file) = workspace.get(mark.location.file) else {
                continue;
            };
            let start = file.position(mark.location.span.start);
            let line = start.line - 1;
            let whole = file.lines().range(line, &file.text);
            // A label stays on its first line, so that a finding fits a screen.
            let bounds = file.range(mark.location.span);
            let clamp = |offset: usize| offset.clamp(whole.start, whole.end) - whole.start;
            let (from, to) = (clamp(bounds.start), clamp(bounds.end));
            by_line
                .entry(mark.location.file)
                .or_default()
                .entry(line)
                .or_default()
                .push(OnLine {
                    mark,
                    order,
                    range: from..to,
                    column: start.column,
                });
        }
        let mut labels = Vec::new();
        let mut pages = BTreeMap::new();
        for (id, lines) in by_line {
            if let Some(file) = workspace.get(id) {
                pages.insert(id, Page::new(id, file, &lines, style, &mut labels));
            }
        }
        // codespan shows files in the order of their labels: the sink's file first.
        labels.sort_by_key(|(order, label): &(usize, Label<FileId>)| (label.style != LabelStyle::Primary, *order));
        Self {
            cut: pages.values_mut().find_map(|page| page.cut.take()),
            pages,
            labels: labels.into_iter().map(|(_, label)| label).collect(),
        }
    }

    fn page(&self, id: FileId) -> Result<&Page, Error> {
        self.pages.get(&id).ok_or(Error::FileMissing)
    }
}

impl Page {
    fn new(
        id: FileId,
        file: &SourceFile,
        lines: &BTreeMap<usize, Vec<OnLine<'_>>>,
        style: Style,
        labels: &mut Vec<(usize, Label<FileId>)>,
    ) -> Self {
        let last = lines.keys().next_back().copied().unwrap_or(0);
        let gutter = (last + 1).to_string().len() + 4;
        let budget = style.width.saturating_sub(gutter).max(MIN_BUDGET);
        let mut page = Self {
            name: style.path(file),
            ..Self::default()
        };
        for (line, marks) in lines {
            // codespan fills a gap of one line with that line.
            let between = line + 1;
            page.add_line(file, *line, marks, (budget, style), id, labels);
            if !lines.contains_key(&between) && lines.contains_key(&(between + 1)) {
                page.add_line(file, between, &[], (budget, style), id, labels);
            }
        }
        page
    }

    fn add_line(
        &mut self,
        file: &SourceFile,
        line: usize,
        marks: &[OnLine<'_>],
        (budget, layout): (usize, Style),
        id: FileId,
        labels: &mut Vec<(usize, Label<FileId>)>,
    ) {
        let range = file.lines().range(line, &file.text);
        let shown = file.shown(range);
        let text = shown.as_ref();
        let anchor = marks
            .iter()
            .find(|on| on.mark.primary)
            .or(marks.first())
            .map_or(0, |on| on.range.start);
        let window = window(text, anchor, budget);
        let start = self.text.len();
        if window.start > 0 {
            self.text.push('…');
        }
        let shown_start = self.text.len();
        self.text
            .push_str(&show_line(text.get(window.clone()).unwrap_or_default()));
        let shown_end = self.text.len();
        if window.end < text.len() {
            self.text.push('…');
        }
        self.lines.insert(line, start..self.text.len());
        self.text.push('\n');
        for on in marks {
            let place = |offset: usize| {
                let inside = offset.clamp(window.start, window.end) - window.start;
                (shown_start + inside).min(shown_end)
            };
            let range = place(on.range.start)..place(on.range.end);
            self.columns.insert(range.start, on.column);
            let style = if on.mark.primary {
                LabelStyle::Primary
            } else {
                LabelStyle::Secondary
            };
            // A label may stand behind its mark. On a terminal it must not run over the edge; a pager scrolls.
            let taken = self.text.get(start..range.end).map_or(0, |shown| shown.chars().count());
            let room = if layout.terminal {
                LABEL_WIDTH.min(budget.saturating_sub(taken + 1)).max(MIN_LABEL)
            } else {
                LABEL_WIDTH.min(budget * 2 / 3)
            };
            let whole = clean(&on.mark.text);
            let text = shorten(&whole, room);
            if on.mark.primary && text != whole {
                self.cut = Some(shorten(&whole, MAX_NOTE));
            }
            labels.push((on.order, Label::new(style, id, range).with_message(text)));
        }
    }
}

/// The part of a line to show: all of it, or about `budget` characters around `anchor`.
fn window(line: &str, anchor: usize, budget: usize) -> Range<usize> {
    if line.len() <= budget || line.chars().count() <= budget {
        return 0..line.len();
    }
    let room = budget.saturating_sub(2);
    let before = line.get(..anchor).unwrap_or_default();
    let start = before.char_indices().rev().nth(room / 3).map_or(0, |(at, _)| at);
    let rest = line.get(start..).unwrap_or_default();
    let end = rest.char_indices().nth(room).map_or(line.len(), |(at, _)| start + at);
    start..end
}

impl<'a> Files<'a> for Excerpt {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.page(id)?.name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.page(id)?.text)
    }

    fn line_index(&'a self, id: FileId, byte: usize) -> Result<usize, Error> {
        let page = self.page(id)?;
        let found = page.lines.iter().rev().find(|(_, range)| range.start <= byte);
        Ok(found.map_or(0, |(line, _)| *line))
    }

    fn column_number(&'a self, id: FileId, _line: usize, byte: usize) -> Result<usize, Error> {
        Ok(self.page(id)?.columns.get(&byte).copied().unwrap_or(1))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        let page = self.page(id)?;
        page.lines.get(&line).cloned().ok_or(Error::LineTooLarge {
            given: line,
            max: page.lines.keys().next_back().copied().unwrap_or(0),
        })
    }
}
