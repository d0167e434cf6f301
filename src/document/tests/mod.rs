#![allow(clippy::unwrap_used, clippy::panic)]

mod dockerfile;
mod hostile;
mod values;

use super::{Document, Node, Value};
use crate::workspace::Syntax;

/// A value in the words of JSON.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.clone(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Map(_) => {
            let entries: Vec<String> = node
                .entries()
                .map(|(key, value)| format!("{}: {}", key.text, show(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn whole(syntax: Syntax, text: &str) -> String {
    let document = Document::parse(syntax, text);
    assert_eq!(document.gaps, [], "{text}");
    assert_spans(&document, text);
    let roots: Vec<String> = document.roots().iter().map(show).collect();
    roots.join("\n")
}

/// What was read, and the gaps as the text they stand at with their message.
fn broken(syntax: Syntax, text: &str) -> (String, Vec<String>) {
    let document = Document::parse(syntax, text);
    assert_spans(&document, text);
    let gaps = document.gaps.iter().map(|gap| {
        let stretch = text.get(gap.span.range()).unwrap_or("?");
        format!("{stretch}: {}", gap.message)
    });
    let roots: Vec<String> = document.roots().iter().map(show).collect();
    (roots.join("\n"), gaps.collect())
}

/// Every value stands inside of the text, on whole characters.
fn assert_spans(document: &Document, text: &str) {
    for root in document.roots() {
        for scalar in root.scalars() {
            assert!(text.get(scalar.node.span.range()).is_some(), "{text}: {scalar:?}");
            if let Some(key) = scalar.key {
                assert!(text.get(key.span.range()).is_some(), "{text}: {key:?}");
            }
        }
    }
}
