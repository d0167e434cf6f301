//! Text to tree.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::repair;

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// How long one text may take, beside a microsecond for each byte. Text that is no Python can make the parser scan it
/// over and over; Python takes a twentieth of that microsecond.
const PATIENCE: Duration = Duration::from_secs(2);

/// The tree of a text, unless it takes too long.
pub(super) fn parse(text: &[u8]) -> Option<Tree> {
    let deadline = Instant::now() + PATIENCE + Duration::from_micros(text.len() as u64);
    let mut progress = |_: &ParseState| match Instant::now() < deadline {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    };
    PARSER.with_borrow_mut(|slot| {
        let parser = match slot {
            Some(parser) => parser,
            None => {
                let mut parser = Parser::new();
                parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
                slot.insert(parser)
            }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let tree = parser.parse_with_options(&mut |at, _| text.get(at..).unwrap_or(&[]), None, Some(options));
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

/// The tree without the brackets that are never closed, if it has less that is not understood.
pub(super) fn repaired(text: &str, tree: &Tree) -> Option<(Tree, Vec<usize>)> {
    let brackets = repair::unclosed(text);
    if brackets.is_empty() {
        return None;
    }
    let better = parse(&repair::blanked(text, &brackets))?;
    let is_better = error_bytes(better.root_node()) < error_bytes(tree.root_node());
    is_better.then_some((better, brackets))
}

/// How much of the text stands in broken syntax.
fn error_bytes(root: Node<'_>) -> usize {
    let mut bytes = 0;
    errors(root, &mut |node| {
        bytes += node.end_byte() - node.start_byte();
        true
    });
    bytes
}

/// Visits the outermost errors and the missing tokens in source order, until `visit` says no.
pub(super) fn errors<'t>(root: Node<'t>, visit: &mut dyn FnMut(Node<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if (node.is_error() || node.is_missing()) && !visit(node) {
            return;
        }
        if node.has_error() && !node.is_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}
