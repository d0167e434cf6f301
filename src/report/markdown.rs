//! Markdown for a job summary or a comment on a pull request: a table, and each flow folded away below it.
//!
//! What comes from scanned files is code or escaped: it forms no link, no mention, no table and no element.

use std::fmt::Write as _;

use super::summary::outcome;
use super::wrap::count;
use super::{by_severity, clean, forge_path, remarks, warnings};
use crate::finding::{Finding, Location, Report};
use crate::workspace::Workspace;

/// GitHub drops a job summary of more than 1 MiB as a whole.
const MAX_BYTES: usize = 1_000_000;
/// The part of it that the table may take.
const MAX_TABLE: usize = MAX_BYTES / 2;

pub(super) fn render(report: &Report) -> String {
    let workspace = &report.workspace;
    let findings = by_severity(report);
    let mut out = String::from("## mcp-lint\n\n");
    let _ = writeln!(out, "{}", prose(&outcome(report)));
    let mut warnings = warnings(report);
    if report.lists_remarks {
        warnings.extend(report.remarks.iter().map(remarks::line));
    } else {
        warnings.extend(remarks::remarks(report));
    }
    if !warnings.is_empty() {
        out.push('\n');
        for warning in &warnings {
            let _ = writeln!(out, "- {}", prose(warning));
        }
    }
    if findings.is_empty() {
        return out;
    }
    out.push_str("\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n");
    let mut shown = 0;
    for finding in &findings {
        let row = format!(
            "| {} | {} | {} | {} |\n",
            finding.severity,
            code(&finding.rule),
            place(workspace, finding.primary),
            prose(&finding.message)
        );
        if out.len() + row.len() > MAX_TABLE {
            break;
        }
        out.push_str(&row);
        shown += 1;
    }
    out.push('\n');
    if shown < findings.len() {
        let more = count(findings.len() - shown, "finding");
        let _ = writeln!(out, "{more} more did not fit; the other formats have them all.\n");
    }
    for (index, finding) in findings.iter().take(shown).enumerate() {
        let details = details(finding, workspace);
        if out.len() + details.len() > MAX_BYTES {
            let more = count(shown - index, "finding");
            let _ = writeln!(
                out,
                "The flows of {more} more did not fit; the other formats have them all."
            );
            break;
        }
        out.push_str(&details);
    }
    out
}

fn details(finding: &Finding, workspace: &Workspace) -> String {
    let mut out = format!(
        "<details>\n<summary>{}: {} at {}</summary>\n\n{}\n\n",
        finding.severity,
        code(&finding.rule),
        place(workspace, finding.primary),
        prose(&finding.message)
    );
    for (number, step) in finding.trace.iter().enumerate() {
        let at = place(workspace, step.location);
        let _ = writeln!(out, "{}. {at}: {}", number + 1, prose(&step.label));
    }
    if finding.trace.is_empty() && !finding.primary_label.is_empty() {
        let at = place(workspace, finding.primary);
        let _ = writeln!(out, "1. {at}: {}", prose(&finding.primary_label));
    }
    let related: Vec<String> = finding
        .related
        .iter()
        .map(|step| format!("- Also: {} at {}", prose(&step.label), place(workspace, step.location)))
        .collect();
    let notes = finding.notes.iter().map(|note| format!("- {}", prose(note)));
    let help = finding.help.iter().map(|help| format!("- Help: {}", prose(help)));
    let more = format!(
        "- {} confidence; more: {}",
        finding.confidence,
        code(&format!("mcp-lint explain {}", finding.rule))
    );
    out.push('\n');
    for line in related.into_iter().chain(notes).chain(help).chain([more]) {
        let _ = writeln!(out, "{line}");
    }
    out.push_str("\n</details>\n\n");
    out
}

fn place(workspace: &Workspace, location: Location) -> String {
    let Some(file) = workspace.get(location.file) else {
        return String::new();
    };
    let line = file.position(location.span.start).line;
    code(&format!("{}:{line}", forge_path(workspace, file)))
}

/// Text of which only what stands between backticks is formatted.
fn prose(text: &str) -> String {
    let text = clean(text);
    let mut out = String::new();
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('`') {
        let Some((inner, behind)) = after.split_once('`') else {
            break;
        };
        out.push_str(&plain(before));
        if inner.is_empty() {
            out.push_str("&#96;&#96;");
        } else {
            out.push_str(&code(inner));
        }
        rest = behind;
    }
    out.push_str(&plain(rest));
    out
}

/// Code as HTML: a backtick or a `|` in it ends neither the code nor a table's cell.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(&clean(text)))
}

/// Text without markup. Forges look for mentions, numbers, addresses and emoji in the finished text as well: an empty
/// comment parts them.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        push_entity(&mut out, c);
        let next = chars.peek();
        let joins = match c {
            '@' | '#' | '!' => true,
            ':' => next.is_some_and(|next| *next == '/' || next.is_alphabetic()),
            'w' | 'W' => next == Some(&'.'),
            _ => false,
        };
        if joins && next.is_some() {
            out.push_str("<!-- -->");
        }
    }
    out
}

fn push_entity(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' => {
            let _ = write!(out, "&#{};", u32::from(c));
        }
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_text_and_nothing_else() {
        assert_eq!(prose("runs `a|b` now"), "runs <code>a&#124;b</code> now");
        assert_eq!(
            code("</code></details>`\n"),
            "<code>&lt;/code&gt;&lt;/details&gt;&#96; </code>"
        );
    }

    #[test]
    fn prose_is_no_markup() {
        assert_eq!(
            prose("[x](https://e.example)"),
            "&#91;x&#93;(https:<!-- -->//e.example)"
        );
        assert_eq!(prose("@org/team a`b"), "@<!-- -->org/team a&#96;b");
        assert_eq!(
            prose("www.e.example :tada: a: b"),
            "www<!-- -->.e.example :<!-- -->tada: a: b"
        );
        assert_eq!(
            prose("# a_b_ </details>"),
            "&#35;<!-- --> a&#95;b&#95; &lt;/details&gt;"
        );
    }
}
