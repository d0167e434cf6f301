//! ES modules and TypeScript namespaces.

use tree_sitter::Node;

use super::commonjs::imported;
use super::context::{Hint, Lower, span, stmt};
use super::grammar::{Field, Kind};
use crate::ir::{
    Block, Export, ExportKind, ExprKind, Import, Imported, Key, Name, Pattern, PatternKind, RecordEntry, StmtKind, walk,
};
use crate::workspace::Span;

impl<'t> Lower<'t, '_> {
    fn add_import(&mut self, local: Name, source: Name, imported: Imported, flags: Flags, span: Span) {
        let scope = self.function;
        self.build.module.imports.push(Import {
            local,
            source,
            imported,
            scope,
            is_reexport: flags.is_reexport,
            is_type_only: flags.is_type_only,
            span,
        });
    }

    /// The `"m"` of `from "m"`.
    fn source_of(&self, node: Node<'t>) -> Option<Name> {
        let source = self.field(node, Field::Source)?;
        Some(self.string_text(source))
    }

    pub(super) fn import(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.open(node);
        let mut flags = Flags::default();
        let mut clause = None;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::TypeWord | Kind::TypeofWord => flags.is_type_only = true,
                Kind::ImportClause | Kind::ImportRequireClause => clause = Some(kid),
                Kind::Error => self.salvage(kid.node, out),
                _ => {}
            }
        }
        self.close(kids);
        match clause {
            Some(kid) if kid.kind == Kind::ImportRequireClause => {
                let local = self.first(kid.node).map(|local| self.name(local));
                if let (Some(local), Some(source)) = (local, self.source_of(kid.node)) {
                    self.add_import(local, source, Imported::Namespace, flags, span(node));
                }
            }
            Some(kid) => {
                if let Some(source) = self.source_of(node) {
                    self.import_clause(kid.node, source, flags);
                }
            }
            None => {
                if let Some(source) = self.source_of(node) {
                    self.add_import(Name::new(""), source, Imported::SideEffect, flags, span(node));
                }
            }
        }
    }

    fn import_clause(&mut self, node: Node<'t>, source: Name, flags: Flags) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            let place = span(kid.node);
            match kid.kind {
                Kind::Identifier => self.add_import(self.name(kid.node), source, Imported::Default, flags, place),
                Kind::NamespaceImport => {
                    if let Some(local) = self.first(kid.node) {
                        self.add_import(self.name(local), source, Imported::Namespace, flags, place);
                    }
                }
                Kind::NamedImports => self.specifiers(kid.node, Kind::ImportSpecifier, |lower, kid, names| {
                    let flags = Flags {
                        is_type_only: flags.is_type_only || names.is_type,
                        ..flags
                    };
                    lower.add_import(names.alias, source, imported(names.name), flags, span(kid));
                }),
                _ => {}
            }
        }
        self.close(kids);
    }

    /// The `a as b` entries of an import or export clause.
    fn specifiers(&mut self, node: Node<'t>, of: Kind, mut visit: impl FnMut(&mut Self, Node<'t>, Names)) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.kind != of {
                continue;
            }
            let Some(name) = self.field(kid.node, Field::Name) else {
                continue;
            };
            let is_type = self.has_token(kid.node, Kind::TypeWord) && self.text(kid.node).starts_with("type ");
            let name = self.member_name(name);
            let alias = self
                .field(kid.node, Field::Alias)
                .map_or(name, |alias| self.member_name(alias));
            visit(self, kid.node, Names { name, alias, is_type });
        }
        self.close(kids);
    }

    /// Notes that a name of this module is visible outside; inside a `namespace`, that it is a member of that.
    pub(super) fn add_export(&mut self, name: Name, kind: ExportKind, place: Span) {
        match self.namespaces.last_mut() {
            Some(members) => {
                if let ExportKind::Local(local) = kind {
                    members.push((local, place));
                }
            }
            None => self.build.module.exports.push(Export { name, kind }),
        }
    }

    pub(super) fn export(&mut self, node: Node<'t>, doc: Option<Name>, out: &mut Block) {
        let kids = self.open(node);
        let mut parts = ExportParts::default();
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Comment => {}
                Kind::Star => parts.is_glob = true,
                Kind::Equals => parts.is_default = true,
                Kind::DefaultWord => parts.is_default = true,
                Kind::TypeWord => parts.is_type = true,
                Kind::NamespaceExport => parts.namespace = self.first(kid.node),
                Kind::ExportClause => parts.clause = Some(kid.node),
                Kind::Decorator => parts.decorators.push(kid.node),
                Kind::Error => self.salvage(kid.node, out),
                _ if self.is_field(kid, Field::Declaration) => parts.declaration = Some(kid.node),
                _ if self.is_field(kid, Field::Value) => parts.value = Some(kid.node),
                _ if parts.is_default && kid.node.is_named() => parts.value = Some(kid.node),
                _ => {}
            }
        }
        self.close(kids);
        // `export type * from` is blanked to be parsed: the word is in the source alone.
        let words = self.text(node).strip_prefix("export").unwrap_or_default();
        parts.is_type |= words.trim_start().starts_with("type") && (parts.is_glob || parts.namespace.is_some());
        if let Some(source) = self.source_of(node) {
            self.reexport(node, source, &parts);
        } else if let Some(declaration) = parts.declaration {
            self.export_declaration(declaration, doc, &parts, out);
        } else if let Some(value) = parts.value {
            self.export_default(value, doc, out);
        } else if let Some(clause) = parts.clause {
            self.specifiers(clause, Kind::ExportSpecifier, |lower, kid, names| {
                lower.add_export(names.alias, ExportKind::Local(names.name), span(kid));
            });
        }
    }

    fn reexport(&mut self, node: Node<'t>, source: Name, parts: &ExportParts<'t>) {
        let flags = Flags {
            is_reexport: true,
            is_type_only: parts.is_type,
        };
        if let Some(namespace) = parts.namespace {
            let local = self.member_name(namespace);
            self.add_import(local, source, Imported::Namespace, flags, span(node));
        } else if let Some(clause) = parts.clause {
            self.specifiers(clause, Kind::ExportSpecifier, |lower, kid, names| {
                let flags = Flags {
                    is_type_only: flags.is_type_only || names.is_type,
                    ..flags
                };
                lower.add_import(names.alias, source, imported(names.name), flags, span(kid));
            });
        } else if parts.is_glob {
            self.add_import(Name::new(""), source, Imported::Glob, flags, span(node));
        }
    }

    fn export_declaration(
        &mut self,
        declaration: Node<'t>,
        doc: Option<Name>,
        parts: &ExportParts<'t>,
        out: &mut Block,
    ) {
        let from = out.len();
        // The signatures of an overloaded function come before the function itself.
        let mut declared = self
            .field(declaration, Field::Name)
            .filter(|_| self.kind(declaration) != Kind::FunctionSignature)
            .map(|name| (self.member_name(name), span(name)));
        match self.kind(declaration) {
            Kind::ClassDeclaration | Kind::AbstractClassDeclaration | Kind::Class => {
                let hint = Hint { name: None, doc };
                let (id, name) = self.class(declaration, hint, true, &parts.decorators);
                declared = name.map(|name| (name, span(declaration)));
                out.push(stmt(StmtKind::Class(id), span(declaration)));
            }
            Kind::ImportAlias => {
                self.statement(declaration, doc, out);
                declared = None;
            }
            _ => self.statement(declaration, doc, out),
        }
        if let Some((name, place)) = declared {
            let outside = if parts.is_default { Name::new("default") } else { name };
            self.add_export(outside, ExportKind::Local(name), place);
            return;
        }
        let mut names = Vec::new();
        for stmt in out.iter().skip(from) {
            if let StmtKind::Let { pattern, .. } = &stmt.kind {
                walk::names_of_pattern(pattern, &mut |name| names.push((name, pattern.span)));
            }
        }
        for (name, place) in names {
            self.add_export(name, ExportKind::Local(name), place);
        }
    }

    /// `export default value` and `export = value`.
    fn export_default(&mut self, value: Node<'t>, doc: Option<Name>, out: &mut Block) {
        let default = Name::new("default");
        if self.kind(value) == Kind::Identifier {
            let name = self.name(value);
            return self.add_export(default, ExportKind::Local(name), span(value));
        }
        if matches!(self.kind(value), Kind::Class | Kind::ClassDeclaration) {
            let (id, name) = self.class(value, Hint { name: None, doc }, true, &[]);
            out.push(stmt(StmtKind::Class(id), span(value)));
            if let Some(name) = name {
                self.add_export(default, ExportKind::Local(name), span(value));
            }
            return;
        }
        if matches!(
            self.kind(value),
            Kind::FunctionExpression | Kind::FunctionDeclaration | Kind::GeneratorFunction
        ) && let Some(name) = self.field(value, Field::Name)
        {
            let name = self.name(name);
            self.function_declaration(value, doc, out);
            return self.add_export(default, ExportKind::Local(name), span(value));
        }
        let id = self.hinted(value, Hint { name: None, doc });
        out.push(stmt(StmtKind::Expr(id), span(value)));
        self.add_export(default, ExportKind::Expr(id), span(value));
    }

    /// `declare …`: types, and names that exist elsewhere.
    pub(super) fn ambient_declaration(&mut self, node: Node<'t>, out: &mut Block) {
        let outer = std::mem::replace(&mut self.ambient, true);
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                // `declare global { … }`
                Kind::StatementBlock => self.statements(kid.node, out),
                Kind::Module => {}
                Kind::Comment => {}
                _ if kid.node.is_named() && kid.node.child_count() > 0 => self.statement(kid.node, None, out),
                _ => {}
            }
        }
        self.close(kids);
        self.ambient = outer;
    }

    /// `namespace A { … }`: its statements stand in the block around it, and `A` is a record of what it exports.
    pub(super) fn namespace(&mut self, node: Node<'t>, out: &mut Block) {
        let (Some(name), Some(body)) = (self.field(node, Field::Name), self.field(node, Field::Body)) else {
            return;
        };
        self.namespaces.push(Vec::new());
        self.statements(body, out);
        let members = self.namespaces.pop().unwrap_or_default();
        if self.ambient || self.kind(name) == Kind::String {
            return;
        }
        let entries = members
            .into_iter()
            .map(|(member, key_span)| RecordEntry::Pair {
                key: Key::Name(member),
                value: self.build.expr(ExprKind::Name(member), key_span),
                key_span,
            })
            .collect();
        let value = self.build.expr(ExprKind::Record { ty: None, entries }, span(node));
        let head = Name::new(self.text(name).split('.').next().unwrap_or_default().trim());
        let kind = StmtKind::Let {
            pattern: Pattern {
                kind: PatternKind::Bind(head, None),
                span: span(name),
            },
            ty: None,
            value: Some(value),
            otherwise: None,
        };
        out.push(stmt(kind, span(node)));
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    is_reexport: bool,
    is_type_only: bool,
}

struct Names {
    name: Name,
    alias: Name,
    is_type: bool,
}

#[derive(Default)]
struct ExportParts<'t> {
    is_glob: bool,
    is_default: bool,
    is_type: bool,
    namespace: Option<Node<'t>>,
    clause: Option<Node<'t>>,
    declaration: Option<Node<'t>>,
    value: Option<Node<'t>>,
    decorators: Vec<Node<'t>>,
}
