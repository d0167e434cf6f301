//! Text to tree.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::repair;

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// The parser gets the text in pieces of this size, so that what it scans again is counted.
const PIECE: usize = 4096;
/// How often the text may be scanned over. Text that is no Python can make the parser scan it from every place to its
/// end; Python is scanned once or twice. Counted, not timed: a report must not depend on how busy the machine is.
const SCANS: usize = 100;
/// Pieces scanned beyond that, for small texts.
const SPARE_PIECES: usize = 4096;
/// Rounds of a hundred steps beyond one for each byte; Python takes a round for some fifty bytes.
const SPARE_ROUNDS: usize = 10_000;

/// The tree of a text, unless it takes too long.
pub(super) fn parse(text: &[u8]) -> Option<Tree> {
    let pieces = Cell::new((text.len() / PIECE) * SCANS + SPARE_PIECES);
    let mut rounds = text.len() + SPARE_ROUNDS;
    let mut progress = |_: &ParseState| {
        rounds = rounds.saturating_sub(1);
        if rounds > 0 && pieces.get() > 0 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let mut read = |at: usize, _| {
        pieces.set(pieces.get().saturating_sub(1));
        // The text seems to end here for a parser that has scanned too much.
        let length = if pieces.get() > 0 { PIECE } else { 0 };
        text.get(at..).map_or(&[][..], |rest| &rest[..rest.len().min(length)])
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
        let tree = parser.parse_with_options(&mut read, None, Some(options));
        if tree.is_none() {
            parser.reset();
        }
        tree.filter(|_| pieces.get() > 0)
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
