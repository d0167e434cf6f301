//! What the servers offer to a client, and what that reaches.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::document::{CoverageDoc, VERSION, write};
use super::wrap::shorten;
use super::{Style, clean, clean_block};
use crate::finding::{Report, SurfaceEntry, SurfaceKind};

#[derive(Serialize)]
struct Document {
    version: u32,
    entries: Vec<EntryDoc>,
    coverage: CoverageDoc,
}

#[derive(Serialize)]
struct EntryDoc {
    kind: &'static str,
    name: String,
    description: Option<String>,
    path: String,
    line: usize,
    params: Vec<ParamDoc>,
    annotations: BTreeMap<String, Value>,
    reaches: Vec<String>,
}

#[derive(Serialize)]
struct ParamDoc {
    name: String,
    #[serde(rename = "type")]
    ty: String,
}

/// The surface for programs.
pub fn surface_json(report: &Report) -> String {
    write(&Document {
        version: VERSION,
        entries: report.surface.iter().filter_map(|one| entry(one, report)).collect(),
        coverage: CoverageDoc::new(&report.coverage, &report.workspace),
    })
}

fn entry(entry: &SurfaceEntry, report: &Report) -> Option<EntryDoc> {
    let file = report.workspace.get(entry.file)?;
    Some(EntryDoc {
        kind: entry.kind.as_str(),
        name: clean(&entry.name).into_owned(),
        description: entry.description.as_ref().map(|text| clean_block(text).into_owned()),
        path: clean(&file.path).into_owned(),
        line: file.position(entry.span.start).line,
        params: entry
            .params
            .iter()
            .map(|param| ParamDoc {
                name: clean(&param.name).into_owned(),
                ty: clean(&param.ty).into_owned(),
            })
            .collect(),
        annotations: entry
            .annotations
            .iter()
            .map(|(key, value)| (clean(key).into_owned(), clean_value(value, 0)))
            .collect(),
        reaches: entry.reaches.clone(),
    })
}

/// Cleans the texts in a value; what nests deeper than any annotation does is left out.
fn clean_value(value: &Value, depth: usize) -> Value {
    match value {
        _ if depth > 16 => Value::Null,
        Value::String(text) => Value::String(clean_block(text).into_owned()),
        Value::Array(items) => items.iter().map(|item| clean_value(item, depth + 1)).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (clean(key).into_owned(), clean_value(value, depth + 1)))
            .collect(),
        _ => value.clone(),
    }
}

/// The surface for people, file by file.
pub fn surface_text(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let mut last = None;
    for entry in &report.surface {
        let Some(file) = report.workspace.get(entry.file) else {
            continue;
        };
        if last != Some(entry.file) {
            if last.is_some() {
                out.push('\n');
            }
            let _ = writeln!(out, "{}", clean(&file.path));
            last = Some(entry.file);
        }
        let params: Vec<String> = entry
            .params
            .iter()
            .map(|param| format!("{}: {}", clean(&param.name), clean(&param.ty)))
            .collect();
        let line = file.position(entry.span.start).line;
        let params = match entry.kind {
            SurfaceKind::Server => String::new(),
            _ => format!("({})", params.join(", ")),
        };
        let _ = writeln!(
            out,
            "{line:>6}  {:<8} {}{params}",
            entry.kind.as_str(),
            clean(&entry.name),
        );
        if let Some(description) = &entry.description {
            let text = clean(description);
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(
                out,
                "{:17}{}",
                "",
                shorten(&text, style.width.saturating_sub(17).max(20))
            );
        }
        if !entry.annotations.is_empty() {
            let hints: Vec<String> = entry
                .annotations
                .iter()
                .map(|(key, value)| format!("{}={}", clean(key), clean(&clean_value(value, 0).to_string())))
                .collect();
            let _ = writeln!(
                out,
                "{:17}says: {}",
                "",
                shorten(&hints.join(", "), style.width.saturating_sub(23).max(20))
            );
        }
        if !entry.reaches.is_empty() {
            let _ = writeln!(out, "{:17}reaches: {}", "", entry.reaches.join(", "));
        }
    }
    out
}
