//! Parsing, and repair of what the grammar misreads.
//!
//! tree-sitter-typescript 0.23 fails on some valid type syntax. Types prove little, so where a tree has errors (or a
//! comparison that can only be a misread type argument) the offending type text is overwritten with spaces, byte for
//! byte, and the text parsed again: offsets stay, and the code around it is read.

use tree_sitter::{Node, Tree};

use super::grammar;
use crate::ir::Builder;
use crate::workspace::Span;

/// How often a text is repaired and parsed again.
const ROUNDS: usize = 3;
/// How many stretches that could not be parsed are told one by one.
const MAX_GAPS: usize = 50;
/// How far back the `<` of a type argument list is looked for.
const MAX_TYPE: usize = 4000;

/// A tree, and the text it was parsed from where that is not the source itself.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    text: Option<String>,
}

pub(super) fn parse(text: &str, jsx: bool) -> Option<Parsed> {
    let mut best = Parsed {
        tree: grammar::parse(text, jsx)?,
        text: None,
    };
    let mut badness = badness(&best.tree);
    for _ in 0..ROUNDS {
        let bytes = best.text.as_deref().unwrap_or(text).as_bytes();
        let blanks = blanks(bytes, &best.tree, badness > 0);
        if blanks.is_empty() {
            break;
        }
        let Some(new) = parse_blanked(bytes, &blanks, jsx) else {
            break;
        };
        let left = self::badness(&new.tree);
        if left > badness || (left == badness && badness > 0) {
            break;
        }
        best = new;
        badness = left;
    }
    Some(best)
}

fn parse_blanked(bytes: &[u8], blanks: &[Blank], jsx: bool) -> Option<Parsed> {
    let text = blanked(bytes, blanks)?;
    let tree = grammar::parse(&text, jsx)?;
    Some(Parsed { tree, text: Some(text) })
}

/// Whether a `!` behind this is bound wrongly: the grammar reads `a + b!` as `(a + b)!`.
pub(super) fn binds_too_far(inner: Node<'_>) -> bool {
    matches!(
        inner.kind(),
        "binary_expression" | "unary_expression" | "new_expression" | "update_expression"
    )
}

/// The tree without the `!`s that bind too far: they say nothing at run time.
pub(super) fn without_bangs(parsed: &Parsed, text: &str, jsx: bool) -> Option<Parsed> {
    let mut blanks = Vec::new();
    let mut cursor = parsed.tree.walk();
    'walk: loop {
        let node = cursor.node();
        if node.kind() == "non_null_expression" && node.named_child(0).is_some_and(binds_too_far) {
            blanks.push(Blank::new(node.end_byte() - 1, node.end_byte()));
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
        }
    }
    let bytes = parsed.text.as_deref().unwrap_or(text).as_bytes();
    let new = parse_blanked(bytes, &blanks, jsx)?;
    (badness(&new.tree) <= badness(&parsed.tree)).then_some(new)
}

/// How much of a tree is not understood.
fn badness(tree: &Tree) -> usize {
    let mut sum = 0;
    each_error(tree, |node| sum += 1 + node.byte_range().len());
    sum
}

/// Visits the ERROR and MISSING nodes, outermost only, entering nothing that is sound.
fn each_error<'t>(tree: &'t Tree, mut visit: impl FnMut(Node<'t>)) {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let is_bad = node.is_error() || node.is_missing();
        if is_bad {
            visit(node);
        }
        if !is_bad && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Notes what stays unread.
pub(super) fn report(tree: &Tree, build: &mut Builder) {
    let mut found = 0_usize;
    each_error(tree, |node| {
        found += 1;
        if found > MAX_GAPS {
            return;
        }
        let message = if node.is_missing() {
            format!("could not be parsed: {} is missing", shown(node))
        } else {
            "could not be parsed: unexpected text".to_owned()
        };
        build.gap(Span::new(node.start_byte(), node.end_byte()), message);
    });
    if found > MAX_GAPS {
        let root = tree.root_node();
        let more = found - MAX_GAPS;
        build.gap(
            Span::new(root.end_byte(), root.end_byte()),
            format!("could not be parsed: {more} more stretches"),
        );
    }
}

fn shown(node: Node<'_>) -> String {
    if node.is_named() {
        format!("a {}", node.kind().replace('_', " "))
    } else {
        format!("`{}`", node.kind())
    }
}

/// The text with stretches overwritten. `None` if that would not be text any more.
fn blanked(bytes: &[u8], blanks: &[Blank]) -> Option<String> {
    let mut out = bytes.to_vec();
    for blank in blanks {
        let stretch = out.get_mut(blank.from..blank.to)?;
        for byte in stretch.iter_mut() {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        if let Some(head) = stretch.get_mut(..blank.with.len()) {
            head.copy_from_slice(blank.with.as_bytes());
        }
    }
    String::from_utf8(out).ok()
}

/// A stretch to overwrite, and what to put at its start.
struct Blank {
    from: usize,
    to: usize,
    with: &'static str,
}

impl Blank {
    fn new(from: usize, to: usize) -> Self {
        Self { from, to, with: "" }
    }
}

fn blanks(bytes: &[u8], tree: &Tree, is_broken: bool) -> Vec<Blank> {
    let mut found = tagged_type_arguments(bytes, tree, is_broken);
    if is_broken {
        found.extend(import_types(bytes));
        found.extend(export_type_all(bytes));
        found.extend(optional_patterns(bytes));
        found.extend(variance(bytes));
        found.extend(keyword_properties(bytes));
        found.extend(positions(bytes, b"\0").map(|at| Blank::new(at, at + 1)));
        each_error(tree, |node| {
            // A bare `&` in the text or an attribute of JSX.
            let at = node.start_byte();
            if bytes.get(at) == Some(&b'&') {
                found.push(Blank::new(at, at + 1));
            }
        });
        found.sort_by_key(|blank| blank.from);
        found.dedup_by(|later, earlier| later.from < earlier.to);
    }
    found
}

fn positions<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = needle.first().copied().unwrap_or_default();
    bytes
        .iter()
        .enumerate()
        .filter(move |(at, byte)| **byte == first && bytes[*at..].starts_with(needle))
        .map(|(at, _)| at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// ``sql<T>`…` ``: read as two comparisons, or not at all.
fn tagged_type_arguments(bytes: &[u8], tree: &Tree, is_broken: bool) -> Vec<Blank> {
    positions(bytes, b">`")
        .filter(|close| is_broken || is_compared(tree, close + 1))
        .filter_map(|close| {
            let open = matching_open(bytes, close)?;
            Some(Blank::new(open, close + 1))
        })
        .collect()
}

/// Whether a template that begins at `at` stands right of a comparison.
fn is_compared(tree: &Tree, at: usize) -> bool {
    let template = tree
        .root_node()
        .descendant_for_byte_range(at, at + 1)
        .and_then(|token| token.parent())
        .filter(|node| node.kind() == "template_string" && node.start_byte() == at);
    template
        .and_then(|node| node.parent())
        .is_some_and(|node| node.kind() == "binary_expression")
}

/// The `<` that a `>` at `close` belongs to, when what is between can be types.
fn matching_open(bytes: &[u8], close: usize) -> Option<usize> {
    let floor = close.saturating_sub(MAX_TYPE);
    let mut depth = 0_usize;
    let mut at = close + 1;
    while at > floor {
        at -= 1;
        let byte = *bytes.get(at)?;
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        match byte {
            b'>' if before == b'=' => {}
            b'>' if before == b'/' => return None,
            b'>' => depth += 1,
            b'<' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let called = is_word(before) || before == b')' || before == b']';
                    return called.then_some(at);
                }
            }
            b'`' | b'+' | b'^' | b'%' => return None,
            b'&' | b'|' | b'=' if before == byte => return None,
            b'/' if before == b'<' => return None,
            _ => {}
        }
    }
    None
}

/// `import("x").T` and `typeof import("x")` as types.
fn import_types(bytes: &[u8]) -> Vec<Blank> {
    positions(bytes, b"import(")
        .filter_map(|at| {
            let close = at + bytes.get(at..)?.iter().take(500).position(|byte| *byte == b')')?;
            let argument = bytes.get(at + 7..close)?.trim_ascii();
            let quoted = matches!(argument, [b'"', .., b'"'] | [b'\'', .., b'\'']);
            let before = bytes.get(..at)?.trim_ascii_end();
            let dotted = bytes.get(close + 1) == Some(&b'.');
            let word_start = before.len() - before.iter().rev().take_while(|byte| is_word(**byte)).count();
            let word = bytes.get(word_start..before.len())?;
            let is_query = word == b"typeof";
            if !quoted || at > 0 && bytes.get(at - 1).copied().is_some_and(is_word) {
                return None;
            }
            if is_query && !dotted {
                return Some(Blank {
                    from: word_start,
                    to: close + 1,
                    with: "any",
                });
            }
            let in_type = is_query
                || matches!(
                    word,
                    b"as" | b"extends" | b"keyof" | b"readonly" | b"is" | b"satisfies" | b"implements"
                )
                || word.is_empty()
                    && matches!(
                        before.last(),
                        Some(b'<' | b'|' | b'&' | b':' | b',' | b'(' | b'[' | b'=')
                    );
            let path = bytes.get(close + 1..)?;
            let path_len = path.iter().take_while(|byte| is_word(**byte) || **byte == b'.').count();
            let is_called = path.get(path_len) == Some(&b'(');
            (dotted && in_type && !is_called).then_some(Blank::new(at, close + 2))
        })
        .collect()
}

/// `export type * from "m"`.
fn export_type_all(bytes: &[u8]) -> Vec<Blank> {
    positions(bytes, b"export")
        .filter_map(|at| {
            let rest = bytes.get(at + 6..)?;
            let gap = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let after = rest.get(gap..)?.strip_prefix(b"type")?;
            let is_all = after.trim_ascii_start().starts_with(b"*");
            let from = at + 6 + gap;
            (gap > 0 && is_all).then_some(Blank::new(from, from + 4))
        })
        .collect()
}

/// `({ a }?: T) => U` as a type.
fn optional_patterns(bytes: &[u8]) -> Vec<Blank> {
    positions(bytes, b"}?:").map(|at| Blank::new(at + 1, at + 2)).collect()
}

/// `interface Box<in out T>`.
fn variance(bytes: &[u8]) -> Vec<Blank> {
    let before = |at: usize| bytes.get(..at).map(<[u8]>::trim_ascii_end).unwrap_or_default();
    let opens = |at: usize| matches!(before(at).last(), Some(b'<' | b','));
    let mut found: Vec<Blank> = positions(bytes, b"in ")
        .filter(|at| opens(*at))
        .map(|at| Blank::new(at, at + 2))
        .collect();
    found.extend(positions(bytes, b"out ").filter_map(|at| {
        let is_variance = opens(at) || before(at).ends_with(b" in") && opens(before(at).len() - 2);
        let names = bytes.get(at + 4).copied().is_some_and(is_word);
        (is_variance && names).then_some(Blank::new(at, at + 3))
    }));
    found.sort_by_key(|blank| blank.from);
    found
}

/// A property called `in` or `instanceof` behind one that no `;` ends: the line break is made one.
fn keyword_properties(bytes: &[u8]) -> Vec<Blank> {
    let mut found = Vec::new();
    for word in [b"in".as_slice(), b"instanceof"] {
        for at in positions(bytes, word) {
            let after = bytes.get(at + word.len()..).unwrap_or_default();
            let before = bytes.get(..at).unwrap_or_default();
            let trimmed = before.trim_ascii_end();
            let breaks = before.get(trimmed.len()..).is_some_and(|gap| gap.contains(&b'\n'));
            let is_key = after.starts_with(b":") || after.starts_with(b"?:");
            if breaks && is_key && !matches!(trimmed.last(), None | Some(b',' | b';' | b'{' | b'/')) {
                found.push(Blank {
                    from: at - 1,
                    to: at,
                    with: ";",
                });
            }
        }
    }
    found
}
