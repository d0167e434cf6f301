//! Imports.

use tree_sitter::Node;

use super::Lower;
use super::syntax::{Field, Kind};
use crate::ir::{Import, Imported, Name};
use crate::workspace::Span;

impl<'t> Lower<'t> {
    /// `import a.b, c as d`.
    pub(super) fn import(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        for item in kids.fields(Field::Name) {
            let span = self.span(item);
            let (source, alias) = self.import_item(item);
            let source_name = Name::new(&source);
            if let Some(alias) = alias {
                self.add_import(alias, source_name, Imported::Namespace, span);
                continue;
            }
            // `import a.b` binds `a`, and makes `a.b` reachable through it.
            if let Some((first, _)) = source.split_once('.') {
                let first = Name::new(first);
                self.add_import(first, first, Imported::Namespace, span);
            }
            self.add_import(source_name, source_name, Imported::Namespace, span);
        }
    }

    /// `from m import a as b, c`, `from m import *`.
    pub(super) fn import_from(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let source = match kids.field(Field::ModuleName) {
            Some(module) => self.dotted(module),
            None => "__future__".to_owned(),
        };
        let source = Name::new(&source);
        if let Some(star) = kids.kind(Kind::WildcardImport) {
            let span = self.span(star);
            self.add_import(Name::new(""), source, Imported::Glob, span);
        }
        for item in kids.fields(Field::Name) {
            let span = self.span(item);
            let (name, alias) = self.import_item(item);
            let name = Name::new(&name);
            if name == "cast" && alias.is_none() && matches!(source.as_str(), "typing" | "typing_extensions") {
                self.casts = true;
            }
            self.add_import(alias.unwrap_or(name), source, Imported::Named(name), span);
        }
    }

    fn import_item(&mut self, item: Node<'t>) -> (String, Option<Name>) {
        if super::syntax::kind(item) != Kind::AliasedImport {
            return (self.dotted(item), None);
        }
        let kids = self.kids(item);
        let name = kids
            .field(Field::Name)
            .map(|name| self.dotted(name))
            .unwrap_or_default();
        (name, kids.field(Field::Alias).map(|alias| self.name(alias)))
    }

    /// A dotted or relative name without the blanks that may stand in it.
    pub(super) fn dotted(&self, node: Node<'t>) -> String {
        self.text(node)
            .lines()
            .map(|line| line.split('#').next().unwrap_or(""))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace() && *c != '\\')
            .collect()
    }

    fn add_import(&mut self, local: Name, source: Name, imported: Imported, span: Span) {
        let (scope, is_type_only) = (self.place.func, self.type_only);
        self.b.module.imports.push(Import {
            local,
            source,
            imported,
            scope,
            is_reexport: false,
            is_type_only,
            span,
        });
    }
}
