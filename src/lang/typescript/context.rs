//! What all rooms share: the source, the tree's cursor, the module under construction and the limits.

use tree_sitter::{Node, Tree, TreeCursor};

use super::grammar::{Field, Grammar, Kind};
use crate::ir::{Builder, ClassId, ExprId, ExprKind, FuncId, Literal, Module, Name, Stmt, StmtKind};
use crate::workspace::Span;

/// How deep statements, expressions, patterns and types may nest in each other.
pub(super) const MAX_DEPTH: usize = 250;

/// A child of a node.
#[derive(Clone, Copy)]
pub(super) struct Kid<'t> {
    pub(super) node: Node<'t>,
    pub(super) field: u16,
    pub(super) kind: Kind,
}

/// The children of one node: a stretch of [`Lower::kids`], to be given back with [`Lower::close`].
#[derive(Clone, Copy)]
pub(super) struct Kids {
    from: usize,
    to: usize,
}

impl Kids {
    /// Indices to hand to [`Lower::kid`].
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.from..self.to
    }
}

/// What the place of an expression tells a function or class written there.
#[derive(Clone, Copy, Default)]
pub(super) struct Hint {
    /// The name it is bound to, and where that stands.
    pub(super) name: Option<(Name, Span)>,
    /// The doc comment before the binding.
    pub(super) doc: Option<Name>,
}

impl Hint {
    /// A place that gives a name.
    pub(super) fn named(name: Name, span: Span) -> Self {
        Self {
            name: Some((name, span)),
            doc: None,
        }
    }
}

/// The lowering of one file.
pub(super) struct Lower<'t, 's> {
    pub(super) source: &'s str,
    pub(super) grammar: &'static Grammar,
    pub(super) build: Builder,
    cursor: TreeCursor<'t>,
    /// Children of the nodes being lowered, used as a stack: no allocation for each node.
    kids: Vec<Kid<'t>>,
    pub(super) depth: usize,
    /// The function whose body is being lowered.
    pub(super) function: FuncId,
    /// The class whose field initialisers are being lowered: `this` in an arrow function there is its instance.
    pub(super) field_of: Option<ClassId>,
    /// Names exported by the TypeScript `namespace` being flattened, innermost last.
    pub(super) namespaces: Vec<Vec<(Name, Span)>>,
    /// Inside `declare`: no code is run.
    pub(super) ambient: bool,
    /// A `require`/`import()` for which the binding around it has already made the import.
    pub(super) bound_request: Option<usize>,
    /// How many statements may still be copied for cases that fall through.
    pub(super) copies_left: usize,
    pub(super) told_depth: bool,
    /// A `!` was met that the grammar bound to too much: see [`super::repair::without_bangs`].
    pub(super) misread: bool,
}

impl<'t, 's> Lower<'t, 's> {
    pub(super) fn new(source: &'s str, jsx: bool, tree: &'t Tree, build: Builder) -> Self {
        Self {
            source,
            grammar: Grammar::get(jsx),
            build,
            cursor: tree.walk(),
            kids: Vec::new(),
            depth: 0,
            function: FuncId::MODULE,
            field_of: None,
            namespaces: Vec::new(),
            ambient: false,
            bound_request: None,
            copies_left: 20_000,
            told_depth: false,
            misread: false,
        }
    }

    /// Lowers the whole tree; also says whether something in it was misread in a way that a repair can mend.
    pub(super) fn run(mut self, tree: &'t Tree) -> (Module, bool) {
        let mut body = Vec::new();
        self.statements(tree.root_node(), &mut body);
        self.build.set_top_level(body);
        (self.build.module, self.misread)
    }

    pub(super) fn kind(&self, node: Node<'t>) -> Kind {
        self.grammar.kind(node)
    }

    pub(super) fn field(&self, node: Node<'t>, field: Field) -> Option<Node<'t>> {
        node.child_by_field_id(self.grammar.field(field))
    }

    pub(super) fn is_field(&self, kid: Kid<'t>, field: Field) -> bool {
        kid.field != 0 && kid.field == self.grammar.field(field)
    }

    /// The text of a node.
    pub(super) fn text(&self, node: Node<'t>) -> &'s str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn name(&self, node: Node<'t>) -> Name {
        Name::new(self.text(node))
    }

    /// Puts the children of a node, comments included, on the stack.
    pub(super) fn open(&mut self, node: Node<'t>) -> Kids {
        let from = self.kids.len();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let node = self.cursor.node();
                self.kids.push(Kid {
                    node,
                    field: self.cursor.field_id().map_or(0, std::num::NonZero::get),
                    kind: self.grammar.kind(node),
                });
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        Kids {
            from,
            to: self.kids.len(),
        }
    }

    /// One of the opened children.
    pub(super) fn kid(&self, index: usize) -> Kid<'t> {
        self.kids[index]
    }

    /// Takes children off the stack, and whatever was left above them.
    pub(super) fn close(&mut self, kids: Kids) {
        self.kids.truncate(kids.from);
    }

    /// The first named child that is not a comment.
    pub(super) fn first(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let count = u32::try_from(node.named_child_count()).unwrap_or(u32::MAX);
        (0..count.min(16))
            .filter_map(|index| node.named_child(index))
            .find(|child| !child.is_extra() || child.is_error())
    }

    /// Whether a node has a token child of a kind.
    pub(super) fn has_token(&mut self, node: Node<'t>, kind: Kind) -> bool {
        let kids = self.open(node);
        let found = self.kids[kids.range()].iter().any(|kid| kid.kind == kind);
        self.close(kids);
        found
    }

    pub(super) fn null(&mut self, span: Span) -> ExprId {
        self.build.expr(ExprKind::Literal(Literal::Null), span)
    }

    /// Goes one level deeper; `false` when that is too deep. Every call is paired with [`Lower::leave`].
    pub(super) fn enter(&mut self) -> bool {
        self.depth += 1;
        self.depth <= MAX_DEPTH
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Runs `inside` as if it stood `levels` deeper: long chains are lowered in a loop, yet what they become is nested,
    /// and who walks that must not run out of stack. A level of ours costs more stack than one of theirs.
    pub(super) fn deeper<T>(&mut self, levels: usize, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += levels / 2;
        let result = inside(self);
        self.depth = self.depth.saturating_sub(levels / 2);
        result
    }

    /// Notes, once for a file, that something is nested too deeply.
    pub(super) fn too_deep(&mut self, node: Node<'t>) {
        if !self.told_depth {
            self.told_depth = true;
            self.build.gap(span(node), "nested too deeply");
        }
    }

    /// Everything that names a value or is a string below `node`, without recursion: what stands for a subtree that is
    /// nested too deeply.
    pub(super) fn flatten(&mut self, node: Node<'t>) -> ExprId {
        self.too_deep(node);
        let mut leaves = Vec::new();
        let mut cursor = node.walk();
        loop {
            let at = cursor.node();
            let leaf = match self.kind(at) {
                Kind::Identifier
                | Kind::ShorthandPropertyIdentifier
                | Kind::PropertyIdentifier
                | Kind::PrivatePropertyIdentifier => Some(ExprKind::Name(self.name(at))),
                Kind::This => Some(ExprKind::This),
                Kind::String => {
                    leaves.push(self.string(at));
                    None
                }
                Kind::StringFragment => Some(ExprKind::Literal(Literal::Str(self.name(at)))),
                _ => None,
            };
            if let Some(kind) = leaf {
                leaves.push(self.build.expr(kind, span(at)));
            }
            if self.kind(at) != Kind::String && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return self.build.expr(ExprKind::Opaque(leaves.into()), span(node));
                }
            }
        }
    }

    /// Runs `inside` with another function as the current one.
    pub(super) fn within<T>(&mut self, function: FuncId, inside: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.function, function);
        let field_of = self.field_of.take();
        let result = inside(self);
        self.function = outer;
        self.field_of = field_of;
        result
    }
}

/// Where a node stands.
pub(super) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A statement.
pub(super) fn stmt(kind: StmtKind, span: Span) -> Stmt {
    Stmt { kind, span }
}
