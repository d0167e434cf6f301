//! Ends of paths with `*`, and values by a path of keys.

use serde::Deserialize;

use crate::document::{Key, Node, Value};

/// The last segments of a path; `*` stands for anything within a segment.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Ends(Vec<String>);

impl From<String> for Ends {
    fn from(text: String) -> Self {
        Self(text.split('/').rev().map(str::to_lowercase).collect())
    }
}

impl Ends {
    /// Whether a path ends so, whatever the case.
    pub(super) fn fit(&self, path: &str) -> bool {
        let mut segments = path.rsplit('/');
        self.0.iter().all(|pattern| {
            segments
                .next()
                .is_some_and(|segment| matches(pattern, &segment.to_lowercase()))
        })
    }
}

/// Whether a text fits a pattern in which `*` stands for anything.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// The values at a path of keys written with dots: `*` is any key, `(*)` the key `*`, `.` the value itself. A key may itself
/// be written with dots, as VS Code does.
pub(super) fn at<'a>(node: &'a Node, path: &str) -> Vec<(Option<&'a Key>, &'a Node)> {
    let mut out = Vec::new();
    if path == "." {
        out.push((None, node));
        return out;
    }
    find(node, path, &mut out);
    out
}

fn find<'a>(node: &'a Node, path: &str, out: &mut Vec<(Option<&'a Key>, &'a Node)>) {
    let plain = if path == "(*)" { "*" } else { path };
    if path != "*"
        && let Some((key, found)) = node.entry(plain)
    {
        out.push((Some(key), found));
        return;
    }
    // Every way to cut the path into a key and the rest; paths are short.
    for (dot, _) in path.match_indices('.') {
        let (key, rest) = (
            path.get(..dot).unwrap_or_default(),
            path.get(dot + 1..).unwrap_or_default(),
        );
        if key == "*" {
            for (_, below) in node.entries() {
                find(below, rest, out);
            }
        } else if let Some(below) = node.get(key) {
            find(below, rest, out);
        }
    }
    if path == "*" {
        out.extend(node.entries().map(|(key, below)| (Some(key), below)));
    }
}

/// The first of several keys that is there.
pub(super) fn first<'a>(nodes: &[&'a Node], keys: &[String]) -> Option<(&'a Key, &'a Node)> {
    nodes.iter().find_map(|node| {
        keys.iter()
            .find_map(|key| match key.split_once('.') {
                Some((outer, inner)) => node.get(outer)?.entry(inner),
                None => node.entry(key),
            })
            .filter(|(_, found)| found.value != Value::Null)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::workspace::Syntax;

    #[test]
    fn ends_of_paths() {
        let fits = |ends: &str, path: &str| Ends::from(ends.to_owned()).fit(path);
        assert!(fits(".cursor/mcp.json", "a/.cursor/mcp.json"));
        assert!(fits(".cursor/mcp.json", ".cursor/MCP.json"));
        assert!(!fits(".cursor/mcp.json", "x.cursor/mcp.json"));
        assert!(!fits(".cursor/mcp.json", "mcp.json"));
        assert!(fits("*mcp*.json", "a/my-mcp-config.json"));
        assert!(!fits("*mcp*.json", "a/my-mcp-config.jsonl"));
        assert!(fits(
            "claude_desktop_config*.json*",
            "claude_desktop_config.json.example"
        ));
    }

    #[test]
    fn values_by_path() {
        let text = "{\"a.b\": {\"c\": 1}, \"p\": {\"x\": {\"m\": 2}, \"y\": {\"m\": 3}}, \"q\": {\"*\": 4}}";
        let document = Document::parse(Syntax::Json, text);
        let root = document.root().unwrap_or_else(|| unreachable!());
        let texts = |path: &str| -> Vec<&str> { at(root, path).iter().filter_map(|(_, node)| node.text()).collect() };
        assert_eq!(texts("a.b.c"), ["1"]);
        assert_eq!(texts("p.*.m"), ["2", "3"]);
        assert_eq!(texts("q.(*)"), ["4"]);
        assert_eq!(texts("p.z"), Vec::<&str>::new());
        assert_eq!(at(root, ".").len(), 1);
    }
}
