//! The report for people: file by file and tool by tool, each finding with its flow drawn into the source.

use std::fmt::Write as _;

use codespan_reporting::diagnostic::{Diagnostic, Severity as Level};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{Config, emit_to_write_style};

use super::excerpt::{Excerpt, Mark};
use super::wrap::{count, shorten, wrap};
use super::{Style, clean};
use crate::finding::{Finding, Report, Severity, Step};
use crate::workspace::Workspace;

/// The most steps that are shown; of a longer flow the beginning and the end.
const STEPS: usize = 8;
const FIRST_STEPS: usize = 3;
/// The most related places that are named.
const RELATED: usize = 4;
/// Longest name of a tool in a heading.
const TOOL_WIDTH: usize = 60;
const RESET: &str = "\u{1B}[0m";
const BOLD: &str = "\u{1B}[1m";
const HEADING: &str = "\u{1B}[1;4m";

pub(super) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for group in groups(&report.findings) {
        heading(&mut out, &group, report, style);
        for finding in group {
            render_finding(&mut out, finding, &report.workspace, style);
        }
    }
    out.push_str(&super::remarks::listed(report));
    out
}

/// The findings of each file by the tool that they belong to, in the order in which they come up.
fn groups(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut of_this_file = 0;
    for finding in findings {
        let file = finding.primary.file;
        if groups
            .last()
            .and_then(|last| last.first())
            .is_some_and(|other| other.primary.file != file)
        {
            of_this_file = groups.len();
        }
        let same = groups[of_this_file..]
            .iter_mut()
            .find(|group| group.first().is_some_and(|other| other.tool == finding.tool));
        match same {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn heading(out: &mut String, group: &[&Finding], report: &Report, style: Style) {
    let Some((first, file)) = group
        .first()
        .and_then(|first| Some((first, report.workspace.get(first.primary.file)?)))
    else {
        return;
    };
    if style.color {
        let _ = write!(out, "{HEADING}{}{RESET}", style.path(file));
    } else {
        out.push_str(&style.path(file));
    }
    if let Some(tool) = &first.tool {
        let entry = report.surface.iter().find(|entry| entry.name == *tool);
        let kind = entry.map_or("tool", |entry| entry.kind.as_str());
        let _ = write!(out, " · {kind} {}", shorten(&clean(tool), TOOL_WIDTH));
    }
    let _ = writeln!(out, " · {}", count(group.len(), "finding"));
}

fn render_finding(out: &mut String, finding: &Finding, workspace: &Workspace, style: Style) {
    header(out, finding, style);
    let (marks, elided) = marks(finding);
    let excerpt = Excerpt::new(workspace, &marks, style);
    let mut diagnostic = Diagnostic::new(level(finding.severity))
        .with_labels(excerpt.labels.clone())
        .with_notes(notes(finding, workspace, excerpt.cut.as_deref(), elided, style));
    // The header is written above: codespan knows neither our severities nor where to break a line.
    diagnostic.message = String::new();
    out.push_str(&after_first_line(draw(&diagnostic, &excerpt, style)));
}

pub(super) fn draw(diagnostic: &Diagnostic<crate::workspace::FileId>, excerpt: &Excerpt, style: Style) -> String {
    let config = Config::default();
    let (bytes, result) = if style.color {
        let mut writer = Ansi::new(Vec::new());
        let result = emit_to_write_style(&mut writer, &config, excerpt, diagnostic);
        (writer.into_inner(), result)
    } else {
        let mut writer = NoColor::new(Vec::new());
        let result = emit_to_write_style(&mut writer, &config, excerpt, diagnostic);
        (writer.into_inner(), result)
    };
    let mut drawn = String::from_utf8_lossy(&bytes).into_owned();
    if let Err(error) = result {
        let _ = writeln!(drawn, "(the source cannot be shown: {error})");
    }
    drawn
}

fn after_first_line(drawn: String) -> String {
    match drawn.split_once('\n') {
        Some((_, rest)) => rest.to_owned(),
        None => drawn,
    }
}

fn header(out: &mut String, finding: &Finding, style: Style) {
    let label = format!("{}[{}]", finding.severity, finding.rule);
    let text = format!("{label}: {}", clean(&finding.message));
    for (number, line) in wrap(&text, style.width).iter().enumerate() {
        match (style.color, line.strip_prefix(&label)) {
            (true, Some(rest)) if number == 0 => {
                let _ = writeln!(out, "{}{label}{RESET}{BOLD}{rest}{RESET}", color(finding.severity));
            }
            (true, _) => {
                let _ = writeln!(out, "{BOLD}{line}{RESET}");
            }
            (false, _) => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "\u{1B}[1;31m",
        Severity::Medium => "\u{1B}[1;33m",
        Severity::Low => "\u{1B}[1;36m",
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low => Level::Help,
    }
}

/// What is marked in the source, and how many steps are not.
fn marks(finding: &Finding) -> (Vec<Mark>, usize) {
    let mut steps: Vec<(usize, &Step)> = finding.trace.iter().enumerate().collect();
    // The sink has the primary label.
    let ends_in_sink = finding
        .trace
        .last()
        .is_some_and(|step| step.location == finding.primary);
    if ends_in_sink {
        steps.pop();
    }
    let mut elided = 0;
    if steps.len() >= STEPS {
        elided = steps.len() + 1 - STEPS;
        steps.drain(FIRST_STEPS..FIRST_STEPS + elided);
    }
    let sink_number = finding.trace.len() + usize::from(!ends_in_sink);
    let mut marks = vec![Mark {
        location: finding.primary,
        primary: true,
        text: if finding.trace.is_empty() {
            finding.primary_label.clone()
        } else {
            format!("({sink_number}) {}", finding.primary_label)
        },
    }];
    for (index, step) in steps {
        marks.push(Mark {
            location: step.location,
            primary: false,
            text: format!("({}) {}", index + 1, step.label),
        });
    }
    (marks, elided)
}

fn notes(finding: &Finding, workspace: &Workspace, cut: Option<&str>, elided: usize, style: Style) -> Vec<String> {
    let mut notes: Vec<String> = cut.map(str::to_owned).into_iter().collect();
    if elided > 0 {
        notes.push(format!(
            "{} in between not shown; --format json has them",
            count(elided, "step")
        ));
    }
    if !finding.related.is_empty() {
        notes.push(related(finding, workspace));
    }
    notes.extend(finding.notes.iter().map(|note| clean(note).into_owned()));
    if let Some(help) = &finding.help {
        notes.push(format!("help: {}", clean(help)));
    }
    notes.push(format!(
        "{} confidence; more: mcp-lint explain {}",
        finding.confidence, finding.rule
    ));
    let width = style.width.saturating_sub(8).max(20);
    notes.iter().map(|note| wrap(note, width).join("\n")).collect()
}

fn related(finding: &Finding, workspace: &Workspace) -> String {
    let named = finding.related.iter().take(RELATED).filter_map(|step| {
        let file = workspace.get(step.location.file)?;
        let line = file.position(step.location.span.start).line;
        Some(format!(
            "{} ({}:{line})",
            shorten(&clean(&step.label), 60),
            clean(&file.path)
        ))
    });
    let mut out = format!("also: {}", named.collect::<Vec<_>>().join(", "));
    let more = finding.related.len().saturating_sub(RELATED);
    if more > 0 {
        let _ = write!(out, " and {more} more");
    }
    out
}
