//! `hidden-text`: names, descriptions and schemas that say more to a model than to a reader.

use std::collections::BTreeSet;

use super::invisible::{Hidden, Kind, hidden, may_hide};
use super::phrases;
use crate::finding::{Confidence, Finding, Location, Severity};
use crate::ir::{ArgKind, ExprId, ExprKind, Key, Literal, Module, Name, RecordEntry, walk};
use crate::project::ModuleId;
use crate::rules::context::{Context, Draft};
use crate::rules::surface::display_name;
use crate::server::{EntryKind, EntryPoint};
use crate::workspace::Span;

const RULE: &str = "hidden-text";

/// Keys and arguments under which texts for the model stand.
const KEYS: &[&str] = &["description", "title", "name", "instructions", "summary", "desc"];

/// A text that a client hands to its model.
struct Text {
    module: ModuleId,
    text: Name,
    /// Where it stands, as far as it is known.
    span: Option<Span>,
    what: String,
    is_name: bool,
    tool: Option<String>,
}

/// Judges every text of entry points, and what stands under the keys of descriptions in modules that register some.
pub(crate) fn judge(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut told: BTreeSet<(ModuleId, Name)> = BTreeSet::new();
    let mut modules: BTreeSet<ModuleId> = BTreeSet::new();
    let mut texts = Vec::new();
    for entry in &context.server.entries {
        if context.judges(entry.module) {
            modules.insert(entry.module);
            of_entry(context, entry, &mut texts);
        }
    }
    // parts of a text have a place of their own: they come first
    let mut all = Vec::new();
    for module in modules {
        of_module(context, module, &mut all);
    }
    all.extend(texts);
    for text in all {
        let is_told = |told: &BTreeSet<(ModuleId, Name)>| {
            told.iter()
                .any(|(module, part)| *module == text.module && text.text.contains(part.as_str()))
        };
        if let Some(finding) = finding(context, &text)
            && !is_told(&told)
        {
            told.insert((text.module, text.text));
            findings.push(finding);
        }
    }
}

fn of_entry(context: &Context<'_>, entry: &EntryPoint, texts: &mut Vec<Text>) {
    let kind = match entry.kind {
        EntryKind::Resource => "resource",
        EntryKind::Prompt => "prompt",
        _ => "tool",
    };
    let name = display_name(context.project, entry);
    let mut add = |text: Option<Name>, what: String, is_name: bool| {
        if let Some(text) = text {
            texts.push(Text {
                module: entry.module,
                text,
                span: None,
                what,
                is_name,
                tool: Some(name.clone()),
            });
        }
    };
    add(entry.name, format!("the name of {kind} `{name}`"), true);
    add(entry.description, format!("the description of {kind} `{name}`"), false);
    for param in &entry.params {
        add(Some(param.name), format!("a parameter's name of {kind} `{name}`"), true);
        add(
            param.description,
            format!("the description of `{}`, {kind} `{name}`", param.name),
            false,
        );
        if may_hide(&param.type_text) {
            add(
                Some(Name::new(&param.type_text)),
                format!("the values of `{}`, {kind} `{name}`", param.name),
                false,
            );
        }
    }
}

/// Texts below keys, arguments and calls that describe: also those of nested schemas.
fn of_module(context: &Context<'_>, id: ModuleId, texts: &mut Vec<Text>) {
    let module = context.project.module(id);
    let mut add = |value: ExprId, key: &str| {
        walk::descend(module, value, &mut |expr| {
            let expr = module.expr(expr);
            if let ExprKind::Literal(Literal::Str(text)) = &expr.kind
                && (may_hide(text) || text.len() >= 40)
            {
                texts.push(Text {
                    module: id,
                    text: *text,
                    span: Some(expr.span),
                    what: format!("a text under `{key}`"),
                    is_name: false,
                    tool: None,
                });
            }
        });
    };
    for expr in &module.exprs {
        match &expr.kind {
            ExprKind::Record { entries, .. } => {
                for entry in entries {
                    if let RecordEntry::Pair {
                        key: Key::Name(key),
                        value,
                        ..
                    } = entry
                        && KEYS.contains(&key.as_str())
                        && is_text(module, *value)
                    {
                        add(*value, key);
                    }
                }
            }
            ExprKind::Call(call) => {
                for arg in &call.args {
                    match arg.kind {
                        ArgKind::Named(key) if KEYS.contains(&key.as_str()) && is_text(module, arg.value) => {
                            add(arg.value, &key);
                        }
                        ArgKind::Positional
                            if matches!(&module.expr(call.callee).kind, ExprKind::Field { name, .. } if name.as_str() == "describe")
                                && is_text(module, arg.value) =>
                        {
                            add(arg.value, "describe");
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether an expression is a text that is written out.
fn is_text(module: &Module, expr: ExprId) -> bool {
    matches!(
        module.expr(expr).kind,
        ExprKind::Literal(Literal::Str(_)) | ExprKind::Concat(_)
    )
}

fn finding(context: &Context<'_>, text: &Text) -> Option<Finding> {
    if let Some(hidden) = hidden(&text.text) {
        return Some(of_characters(context, text, &hidden));
    }
    if text.is_name {
        return None;
    }
    let signs = phrases::signs(&context.models.wording().phrases, &text.text)?;
    let mut draft = Draft::new(
        RULE,
        place(context, text, None),
        format!(
            "{} speaks to the model behind the user's back: it {}",
            text.what,
            signs.join(", and ")
        ),
    )
    .label("read by the model as an instruction")
    .help("Describe what the tool does and what its arguments mean, and nothing else.")
    .confidence(Confidence::Medium);
    if let Some(tool) = &text.tool {
        draft = draft.tool(tool.clone());
    }
    Some(draft.build())
}

fn of_characters(context: &Context<'_>, text: &Text, hidden: &Hidden) -> Finding {
    let (what, severity) = match hidden.kind {
        Kind::Tags => ("tag characters, which no font shows", Severity::High),
        Kind::Selectors => ("variation selectors in a row, which can carry any text", Severity::High),
        Kind::Direction => ("characters that turn the order of the text around", Severity::High),
        Kind::Escape => ("escape sequences for a terminal", Severity::High),
        Kind::Carrier => (
            "so many characters without width that they can carry a text",
            Severity::High,
        ),
        Kind::Stray if text.is_name => ("a character without width", Severity::High),
        Kind::Stray => ("a character without width", Severity::Low),
    };
    let mut draft = Draft::new(
        RULE,
        place(context, text, Some(hidden.first)),
        format!("{} holds {what} (U+{:04X})", text.what, hidden.first as u32),
    )
    .label(format!("{} of them", hidden.count))
    .help("Remove them; a text for the model holds what a reader sees, and nothing else.")
    .severity(severity);
    if !hidden.spelled.is_empty() {
        let shown: String = hidden.spelled.chars().take(200).collect();
        draft = draft.note(format!("they spell: {shown}"));
    }
    if let Some(tool) = &text.tool {
        draft = draft.tool(tool.clone());
    }
    draft.build()
}

/// Where a text stands, on one line: around the character, if it is written as such.
fn place(context: &Context<'_>, text: &Text, at: Option<char>) -> Location {
    let module = context.project.module(text.module);
    let file = context.workspace.file(module.file);
    let literal = || {
        module.exprs.iter().find_map(|expr| match &expr.kind {
            ExprKind::Literal(Literal::Str(have)) if *have == text.text => Some(expr.span),
            _ => None,
        })
    };
    let documented = || {
        let function = module
            .functions
            .iter()
            .find(|function| function.doc == Some(text.text))?;
        Some(function.span)
    };
    let whole = text.span.or_else(literal).or_else(documented);
    let Some(whole) = whole else {
        let entry = context.server.entries.iter().find(|entry| {
            entry.module == text.module && (entry.name == Some(text.text) || entry.description == Some(text.text))
        });
        return context.location(text.module, entry.map_or(Span::new(0, 0), |entry| entry.span));
    };
    let source = file.slice(whole);
    // a docstring begins somewhere in its function
    let first_line = text.text.lines().next().map_or("", str::trim);
    let begin = || source.find(first_line).unwrap_or(0);
    let offset = at.and_then(|c| source.find(c)).unwrap_or_else(begin);
    let start = source
        .get(..offset)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |line| line + 1);
    let end = source
        .get(offset..)
        .and_then(|after| after.find('\n'))
        .map_or(source.len(), |line| offset + line);
    let base = whole.start as usize;
    context.location(text.module, Span::new(base + start, base + end))
}
