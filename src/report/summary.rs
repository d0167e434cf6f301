//! The closing line and what else a person should know of a run.

use std::fmt::Write as _;

use super::clean;
use super::wrap::count;
use crate::finding::{Report, Severity, Why};
use crate::workspace::NoteKind;

/// How many paths a warning names.
const NAMED: usize = 5;

/// One line: what was read, what was found, how long it took.
pub fn closing_line(report: &Report) -> String {
    format!("{}; {:.2} s", outcome(report), report.elapsed.as_secs_f64())
}

/// The same without the time.
pub(super) fn outcome(report: &Report) -> String {
    let coverage = &report.coverage;
    let mut out = format!("{} read", count(coverage.files_read, "file"));
    if !coverage.by_language.is_empty() {
        let languages: Vec<_> = coverage
            .by_language
            .iter()
            .map(|(language, files)| format!("{files} {language}"))
            .collect();
        let _ = write!(out, " ({})", languages.join(", "));
    }
    let configs: usize = coverage.configs.values().sum();
    if configs > 0 {
        let _ = write!(out, " and {}", count(configs, "config"));
    }
    let _ = write!(
        out,
        "; {}, {}, {}{} found; {}",
        count(coverage.tools, "tool"),
        count(coverage.resources, "resource"),
        count(coverage.prompts, "prompt"),
        match coverage.servers {
            0 => String::new(),
            servers => format!(", {}", count(servers, "configured server")),
        },
        count(report.findings.len(), "finding"),
    );
    let by_severity: Vec<_> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| {
            (
                severity,
                report
                    .findings
                    .iter()
                    .filter(|finding| finding.severity == *severity)
                    .count(),
            )
        })
        .filter(|(_, number)| *number > 0)
        .map(|(severity, number)| format!("{number} {severity}"))
        .collect();
    if !by_severity.is_empty() {
        let _ = write!(out, " ({})", by_severity.join(", "));
    }
    for (number, what) in [
        (report.count_hidden(Why::is_suppression), "suppressed"),
        (report.count_hidden(|why| *why == Why::Baseline), "in the baseline"),
        (
            report.count_hidden(|why| *why == Why::Unchanged),
            "outside of the change",
        ),
    ] {
        if number > 0 {
            let _ = write!(out, ", {number} {what}");
        }
    }
    if !coverage.sdk_files_without_entry.is_empty() {
        let files = count(coverage.sdk_files_without_entry.len(), "file");
        let _ = write!(out, "; {files} with an MCP SDK but no entry point");
    }
    if !coverage.gaps.is_empty() {
        let _ = write!(out, "; {}", count(coverage.gaps.len(), "gap"));
    }
    out
}

/// What keeps "no findings" from meaning "clean", each as one line.
pub fn warnings(report: &Report) -> Vec<String> {
    let mut out = Vec::new();
    let coverage = &report.coverage;
    let blind = &coverage.sdk_files_without_entry;
    if !blind.is_empty() {
        out.push(format!(
            "no MCP entry point was recognised in {} an MCP SDK: {}",
            if blind.len() == 1 {
                "1 file that imports".to_owned()
            } else {
                format!("{} files that import", blind.len())
            },
            some_of(blind.iter().map(String::as_str))
        ));
    }
    let gaps: Vec<String> = coverage
        .gaps
        .iter()
        .filter_map(|(location, message)| {
            let file = report.workspace.get(location.file)?;
            Some(format!(
                "{}:{} ({message})",
                file.path,
                file.position(location.span.start).line
            ))
        })
        .collect();
    if !gaps.is_empty() {
        out.push(format!("not understood: {}", some_of(gaps.iter().map(String::as_str))));
    }
    for (kind, what) in [
        (NoteKind::Unreadable, "not readable"),
        (NoteKind::TooLarge, "too large, not read"),
        (NoteKind::Lossy, "not UTF-8"),
        (NoteKind::Symlink, "links not followed"),
        (NoteKind::Special, "not text or not a regular file, not read"),
    ] {
        let paths: Vec<&str> = report
            .workspace
            .notes
            .iter()
            .filter(|note| note.kind == kind)
            .map(|note| note.path.as_str())
            .collect();
        if !paths.is_empty() {
            out.push(format!("{what}: {}", some_of(paths.iter().copied())));
        }
    }
    out.extend(coverage.notes.iter().map(|note| clean(note).into_owned()));
    out
}

fn some_of<'a>(items: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = items.len().saturating_sub(NAMED);
    let mut out = items.take(NAMED).map(clean).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(out, " and {more} more");
    }
    out
}
