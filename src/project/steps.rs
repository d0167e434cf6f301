//! Paths of several segments, followed step by step.

use super::symbols::{Space, Trail, joined};
use super::{ClassRef, FuncRef, ModuleId, Project, Symbol};
use crate::ir::{FuncId, Language, Name};

impl Project {
    /// A Rust path, or a dotted type name, in a scope.
    pub(super) fn path_in(
        &self,
        module: ModuleId,
        scope: FuncId,
        path: &[Name],
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        trail.deeper(|trail| self.path_steps(module, scope, path, space, trail))
    }

    fn path_steps(
        &self,
        module: ModuleId,
        scope: FuncId,
        path: &[Name],
        space: Space,
        trail: &mut Trail,
    ) -> Option<Symbol> {
        let ir = self.ir(module)?;
        let rust = ir.language == Language::Rust;
        let first = *path.first()?;
        let mut rest = path.get(1..)?;
        let mut inline: Vec<Name> = ir
            .functions
            .get(scope.0 as usize)
            .map(|f| f.module_path.clone())
            .unwrap_or_default();
        let mut at = match first.as_str() {
            "crate" | "$crate" if rust => {
                inline.clear();
                Symbol::Module(self.crates.root(module, self.path(module)))
            }
            "self" if rust => Symbol::Module(module),
            "super" if rust => {
                let mut at = module;
                let mut more = true;
                while more {
                    if inline.pop().is_none() {
                        at = self.crates.parent(at).unwrap_or(at);
                    }
                    more = rest.first().is_some_and(|name| name == "super");
                    if more {
                        rest = rest.get(1..)?;
                    }
                }
                Symbol::Module(at)
            }
            "Self" if rust => self.self_type(module, scope)?,
            "" if rust => {
                let name = *rest.first()?;
                rest = rest.get(1..)?;
                inline.clear();
                self.crate_named(module, name)
            }
            _ => {
                let space = if rest.is_empty() { space } else { Space::Type };
                match self.name_in(module, scope, first, space, trail) {
                    Some(found) => {
                        inline.clear();
                        found
                    }
                    None if !rust => self.unknown(module, first),
                    None => match self.table(module)?.inline_modules.contains(&first) {
                        true => {
                            inline.push(first);
                            Symbol::Module(module)
                        }
                        false if rest.is_empty() => return None,
                        false => {
                            let found = self.crate_named(module, first);
                            if matches!(found, Symbol::External(_)) && self.crates.is_no_crate(self.path(module), first)
                            {
                                // An inline module of types alone leaves no other trace than the types.
                                let last = *path.last()?;
                                if let Some(class) = self.table(module)?.types.get(&last).filter(|_| rest.len() == 1) {
                                    return Some(Symbol::Class(ClassRef { module, class: *class }));
                                }
                            }
                            inline.clear();
                            match (found, self.unknown(module, first)) {
                                (Symbol::External(_), through_glob) => through_glob,
                                _ => found,
                            }
                        }
                    },
                }
            }
        };
        for (index, name) in rest.iter().enumerate() {
            let last = index + 1 == rest.len();
            let space = if last { space } else { Space::Type };
            if *name == "self" && rust {
                continue;
            }
            if last
                && space == Space::Value
                && let (Symbol::Module(inner), false) = (at, inline.is_empty())
                && let Some(found) = self.inline_function(inner, &inline, *name)
            {
                return Some(found);
            }
            let next = match at {
                Symbol::External(base) if rust => Some(Symbol::External(joined(&[base, *name]))),
                _ => self.member_in(at, *name, space, trail),
            };
            if let (Symbol::Module(_), true) = (at, next == Some(at)) {
                inline.push(*name);
            } else {
                inline.clear();
            }
            at = match (next, at) {
                (Some(next), _) => next,
                (None, Symbol::Variant(..)) => return None,
                (None, _) => {
                    // `super::x` of an inline module is an item of this very file.
                    let own =
                        matches!(first.as_str(), "super" | "crate") && rest.len() == 1 && at != Symbol::Module(module);
                    return if own {
                        self.lookup(module, *name, space, trail)
                    } else {
                        None
                    };
                }
            };
        }
        Some(at)
    }

    /// A function of an inline module.
    pub(super) fn inline_function(&self, module: ModuleId, inside: &[Name], name: Name) -> Option<Symbol> {
        if inside.is_empty() {
            return None;
        }
        let candidates = self.table(module)?.inline.get(&name)?;
        let ir = self.ir(module)?;
        let func = *candidates
            .iter()
            .find(|func| ir.function(**func).module_path == inside)?;
        Some(Symbol::Function(FuncRef { module, func }))
    }

    fn crate_named(&self, module: ModuleId, name: Name) -> Symbol {
        match self.crates.extern_crate(self.path(module), name) {
            Some(root) => Symbol::Module(root),
            None => Symbol::External(name),
        }
    }
}
