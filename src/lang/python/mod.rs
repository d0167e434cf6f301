//! The Python front end: tree-sitter trees to IR.

mod assign;
mod call;
mod class;
mod expr;
mod format;
mod function;
mod import;
mod matching;
mod number;
mod parse;
mod repair;
mod share;
mod stmt;
mod string;
mod syntax;
mod target;
mod types;

#[cfg(test)]
mod tests;

use tree_sitter::{Node, TreeCursor};

use crate::ir::{Builder, ClassId, ExprId, ExprKind, FuncId, Language, Literal, Module, Name};
use crate::workspace::{FileId, Span};
use syntax::{Kids, Kind};

/// How deep statements, expressions, patterns and types may nest, counted together. CPython stops at 100 levels of
/// indentation and 200 of brackets, so no program that runs is cut; and whoever walks the IR by recursion is safe.
const MAX_DEPTH: usize = 250;

/// How many gaps one file may note: garbage should not be told line by line.
const MAX_GAPS: usize = 500;

/// Parses and lowers one file.
pub fn lower(file: FileId, text: &str) -> Module {
    let span = Span::new(0, text.len());
    let mut builder = Builder::new(file, Language::Python, span);
    let Some(mut tree) = parse::parse(text.as_bytes()) else {
        builder.gap(span, "the file took too long to parse");
        return builder.module;
    };
    if tree.root_node().has_error()
        && let Some((better, brackets)) = parse::repaired(text, &tree)
    {
        tree = better;
        for at in brackets.into_iter().take(MAX_GAPS) {
            builder.gap(Span::new(at, at + 1), "syntax error: never closed");
        }
    }
    let root = tree.root_node();
    let mut lower = Lower {
        text,
        b: builder,
        cursor: root.walk(),
        depth: 0,
        place: Place {
            func: FuncId::MODULE,
            class: None,
            receiver: None,
        },
        type_only: false,
        casts: false,
        strays: Vec::new(),
        cut: false,
        shares: 0,
    };
    if root.has_error() {
        lower.note_errors(root);
    }
    lower.module(root);
    let mut module = lower.b.module;
    module.gaps.sort_by_key(|gap| gap.span);
    module
}

/// The comments of a text.
pub(super) fn comments(text: &str) -> Vec<Span> {
    parse::parse(text.as_bytes()).map_or_else(Vec::new, |tree| super::comments::of_tree(&tree))
}

/// Where the lowering stands.
#[derive(Clone, Copy)]
struct Place {
    /// The function whose body is lowered.
    func: FuncId,
    /// The class whose body is lowered, if no function lies between.
    class: Option<ClassId>,
    /// What the receiver of the method around is called, unless it was bound anew.
    receiver: Option<Name>,
}

/// The lowering of one file.
struct Lower<'t> {
    text: &'t str,
    b: Builder,
    cursor: TreeCursor<'t>,
    depth: usize,
    place: Place,
    /// Inside `if TYPE_CHECKING:`.
    type_only: bool,
    /// `cast` was imported from `typing`.
    casts: bool,
    /// What was found in broken syntax inside a statement, to be kept beside it.
    strays: Vec<ExprId>,
    /// The nesting limit was told.
    cut: bool,
    /// How often an expression was put in a second place.
    shares: usize,
}

impl<'t> Lower<'t> {
    fn span(&self, node: Node<'t>) -> Span {
        Span::new(node.start_byte(), node.end_byte())
    }

    fn text(&self, node: Node<'t>) -> &'t str {
        self.slice(node.start_byte(), node.end_byte())
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    fn name(&self, node: Node<'t>) -> Name {
        Name::new(self.text(node))
    }

    /// The children of a node; what stands in broken syntax between them is kept as strays.
    fn kids(&mut self, node: Node<'t>) -> Kids<'t> {
        let kids = Kids::of(&mut self.cursor, node);
        if node.has_error() {
            for kid in kids.iter().filter(|kid| kid.kind == Kind::Error) {
                let mut found = self.leaves(kid.node);
                self.strays.append(&mut found);
            }
        }
        kids
    }

    fn null(&mut self, span: Span) -> ExprId {
        self.b.expr(ExprKind::Literal(Literal::Null), span)
    }

    fn opaque(&mut self, parts: Vec<ExprId>, span: Span) -> ExprId {
        self.b.expr(ExprKind::Opaque(parts.into()), span)
    }

    /// An identifier read as a value.
    fn variable(&mut self, node: Node<'t>) -> ExprId {
        let name = self.name(node);
        let span = self.span(node);
        let kind = if self.place.receiver == Some(name) {
            ExprKind::This
        } else {
            ExprKind::Name(name)
        };
        self.b.expr(kind, span)
    }

    /// The names and texts below a node, without structure and without recursion: for what is nested too deeply or broken.
    fn leaves(&mut self, node: Node<'t>) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut cursor = node.walk();
        loop {
            let here = cursor.node();
            match syntax::kind(here) {
                Kind::Identifier if !here.is_missing() && !is_label(&cursor) => found.push(self.variable(here)),
                Kind::StringContent => {
                    let (text, span) = (self.text(here), self.span(here));
                    found.push(self.b.string(text, span));
                }
                _ => {}
            }
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return found;
                }
            }
        }
    }

    /// What stands in for a node at the nesting limit.
    fn cut(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        if !self.cut {
            self.cut = true;
            self.b.gap(span, "nested too deeply");
        }
        let parts = self.leaves(node);
        self.opaque(parts, span)
    }

    /// Notes the outermost errors and the missing tokens, in source order.
    fn note_errors(&mut self, root: Node<'t>) {
        parse::errors(root, &mut |node| {
            let span = self.span(node);
            let message = match node.is_missing() {
                true => format!("syntax error: missing {}", node.kind()),
                false => "syntax error".to_owned(),
            };
            self.b.gap(span, message);
            self.b.module.gaps.len() < MAX_GAPS
        });
    }
}

/// Whether the identifier under the cursor names an attribute or a keyword, not a variable.
fn is_label(cursor: &TreeCursor<'_>) -> bool {
    matches!(cursor.field_name(), Some("attribute"))
}
