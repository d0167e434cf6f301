//! Handlers that are methods: of tool classes, of `impl` blocks of an SDK's trait; and functions known by name.

use super::annotations;
use super::entry::Handler;
use super::read::{Reader, fits};
use super::schema;
use super::sources;
use super::value::At;
use crate::ir::{Class, ClassId, ClassKind, ExprId, FuncId, FuncKind, ImplBlock, Language, Name, TypeId, TypeKind};
use crate::models::{FrameworkRow, Selector};
use crate::project::{ClassRef, FuncRef, Symbol};

impl<'a> Reader<'a> {
    /// Reads all classes, `impl` blocks and functions.
    pub(super) fn read_methods(&mut self) {
        let module = self.module;
        let frameworks = self.values.frameworks;
        for row in frameworks.rows(module.language) {
            if row.method.is_empty() || !row.decorator.is_empty() || !self.open(row) {
                continue;
            }
            if module.language == Language::Rust {
                for block in module.impls.iter().filter(|block| !block.is_test) {
                    self.read_impl(row, block);
                }
            } else {
                for (index, class) in module.classes.iter().enumerate() {
                    if class.kind == ClassKind::Class && !class.is_test {
                        self.read_class(row, ClassId(u32::try_from(index).unwrap_or(u32::MAX)), class);
                    }
                }
            }
        }
        for row in frameworks.rows(module.language).filter(|row| !row.function.is_empty()) {
            if self.open(row) {
                self.read_functions(row);
            }
        }
    }

    /// Functions and inherent methods by name.
    fn read_functions(&mut self, row: &FrameworkRow) {
        let module = self.module;
        for (index, function) in module.functions.iter().enumerate() {
            let named = function
                .name
                .is_some_and(|name| row.function.iter().any(|known| known == name.as_str()));
            if !named || function.kind == FuncKind::Closure || function.is_test {
                continue;
            }
            let func = FuncRef {
                module: self.id,
                func: FuncId(u32::try_from(index).unwrap_or(u32::MAX)),
            };
            let read = sources::read(&self.values, func, &row.params, None, row.enforced);
            let whole = read.params.iter().any(|source| {
                matches!(
                    source.shape,
                    super::entry::SourceShape::Arguments
                        | super::entry::SourceShape::Params
                        | super::entry::SourceShape::Request
                )
            });
            if !whole || self.in_test(func.func) {
                continue;
            }
            let mut entry = self.blank(row, function.name_span);
            entry.handler = Handler::Function {
                func,
                sources: read.params,
            };
            self.add(entry);
        }
    }

    fn read_impl(&mut self, row: &FrameworkRow, block: &ImplBlock) {
        if !row.of.is_empty() {
            let Some(of) = block.of_trait.and_then(|ty| self.type_last(ty)) else {
                return;
            };
            if !row.of.iter().any(|pattern| fits(pattern, &of)) {
                return;
            }
        }
        if !row.within.is_empty() {
            let carries = block.decorators.iter().any(|decorator| {
                let at = At {
                    module: self.id,
                    scope: FuncId::MODULE,
                    expr: *decorator,
                };
                self.values
                    .last_name(at)
                    .is_some_and(|name| row.within.iter().any(|known| known == name.as_str()))
            });
            if !carries {
                return;
            }
        }
        let named = |name: &str| {
            block
                .methods
                .iter()
                .copied()
                .find(|func| self.module.function(*func).name.is_some_and(|have| have == *name))
        };
        let owner = self.type_last(block.target);
        if !row
            .has
            .iter()
            .all(|alternatives| alternatives.split('|').any(|name| named(name).is_some()))
        {
            return;
        }
        for func in &block.methods {
            let function = self.module.function(*func);
            let Some(name) = function.name else { continue };
            if !row.method.iter().any(|method| fits(method, &name)) {
                continue;
            }
            let reference = FuncRef {
                module: self.id,
                func: *func,
            };
            let read = sources::read(&self.values, reference, &row.params, None, row.enforced);
            let mut entry = self.blank(row, function.name_span);
            let text = |selector: &Selector| {
                let func = named(Self::member_name(selector)?.as_str())?;
                self.values.returned_text(FuncRef { module: self.id, func })
            };
            if Self::is_named(entry.kind) {
                entry.name = row
                    .name
                    .iter()
                    .find_map(text)
                    .or(if row.name.is_empty() { Some(name) } else { owner });
            }
            entry.description = row.description.iter().find_map(text).or(function.doc);
            let schema = row.schema.iter().find_map(|selector| {
                let func = FuncRef {
                    module: self.id,
                    func: named(Self::member_name(selector)?.as_str())?,
                };
                let locals = self.values.locals(func.module, func.func);
                locals.returns().find_map(|expr| {
                    schema::read(
                        &self.values,
                        At {
                            module: func.module,
                            scope: func.func,
                            expr,
                        },
                    )
                })
            });
            entry.params = read.declared;
            entry.handler = Handler::Function {
                func: reference,
                sources: read.params,
            };
            Self::describe(&mut entry, schema.as_ref());
            self.add(entry);
        }
    }

    /// The last segment of a type's path.
    fn type_last(&self, ty: TypeId) -> Option<Name> {
        match &self.module.ty(ty).kind {
            TypeKind::Named { path, .. } => path.last().copied(),
            TypeKind::Reference(inner) | TypeKind::Optional(inner) => self.type_last(*inner),
            TypeKind::Of(expr) => self.values.last_name(At {
                module: self.id,
                scope: FuncId::MODULE,
                expr: *expr,
            }),
            _ => None,
        }
    }

    fn read_class(&mut self, row: &FrameworkRow, id: ClassId, class: &Class) {
        let reference = ClassRef {
            module: self.id,
            class: id,
        };
        if !row.of.is_empty() && !self.derives(reference, class, row) {
            return;
        }
        let own = |name: &str| {
            class
                .methods
                .iter()
                .copied()
                .find(|func| self.module.function(*func).name.is_some_and(|have| have == *name))
        };
        let has = |name: &str| {
            class.fields.iter().any(|field| field.name == *name)
                || own(name).is_some()
                || self.values.class_member(reference, Name::new(name)).is_some()
        };
        if !row.has.iter().all(|alternatives| alternatives.split('|').any(has)) {
            return;
        }
        let methods: Vec<FuncRef> = if row.method.iter().any(|method| method == "*") {
            class
                .methods
                .iter()
                .copied()
                .filter(|func| {
                    let function = self.module.function(*func);
                    function.kind == FuncKind::Method && function.name.is_some_and(|name| !name.starts_with('_'))
                })
                .map(|func| FuncRef { module: self.id, func })
                .collect()
        } else {
            let found = row
                .method
                .iter()
                .find_map(|method| own(method).map(|func| FuncRef { module: self.id, func }));
            found.into_iter().collect()
        };
        let each_named = row.method.iter().any(|method| method == "*");
        for func in methods {
            let function = self.values.function(func);
            let place = |selector: &Selector| self.values.class_member(reference, Self::member_name(selector)?);
            let returned = |selector: &Selector| {
                let getter = own(Self::member_name(selector)?.as_str())?;
                let getter = FuncRef {
                    module: self.id,
                    func: getter,
                };
                // A getter of the text itself, or of a whole definition (`get_tool_description`).
                self.values.returned_text(getter).or_else(|| {
                    let locals = self.values.locals(getter.module, getter.func);
                    let at = |expr| At {
                        module: getter.module,
                        scope: getter.func,
                        expr,
                    };
                    locals.returns().find_map(|expr| {
                        self.values
                            .text(self.values.member(at(expr), Name::new("description"))?)
                    })
                })
            };
            let text = |selector: &Selector| {
                place(selector)
                    .and_then(|place| self.values.text(place))
                    .or_else(|| returned(selector))
                    .or_else(|| self.super_argument(reference, selector))
            };
            let mut entry = self.blank(row, function.name_span);
            let name_at = row
                .name
                .iter()
                .filter_map(place)
                .find(|place| self.values.text(*place).is_some());
            entry.name = if each_named {
                function.name
            } else {
                row.name.iter().find_map(text)
            };
            if entry.name.is_none() {
                if row.of.is_empty() {
                    return;
                }
                entry.name = class.name;
            }
            if let Some(place) = name_at.filter(|place| place.module == self.id) {
                entry.span = self.values.expr(place).span;
            }
            entry.description =
                row.description
                    .iter()
                    .find_map(text)
                    .or(if each_named { function.doc } else { class.doc });
            let schema = row.schema.iter().find_map(|selector| {
                if let Some(found) = place(selector).and_then(|place| schema::read(&self.values, place)) {
                    return Some(found);
                }
                let getter = own(Self::member_name(selector)?.as_str())?;
                let locals = self.values.locals(self.id, getter);
                locals.returns().find_map(|expr| {
                    schema::read(
                        &self.values,
                        At {
                            module: self.id,
                            scope: getter,
                            expr,
                        },
                    )
                })
            });
            for place in row.annotations.iter().filter_map(place) {
                annotations::read_record(&self.values, place, &mut entry.annotations);
            }
            let read = sources::read(&self.values, func, &row.params, schema.as_ref(), row.enforced);
            entry.params = read.declared;
            entry.handler = Handler::Function {
                func,
                sources: read.params,
            };
            Self::describe(&mut entry, schema.as_ref());
            self.add(entry);
        }
    }

    /// `super("name", "description")`, `super().__init__("name", …)`, `super().__init__(name="…")`: what a constructor hands its base.
    fn super_argument(&self, class: ClassRef, selector: &Selector) -> Option<Name> {
        let wanted = Self::member_name(selector)?;
        let constructor = self
            .values
            .project
            .constructor(class)
            .filter(|func| func.module == self.id)?;
        let mut found = None;
        let body = &self.module.function(constructor.func).body;
        crate::ir::walk::exprs_of_block(body, &mut |outer: ExprId| {
            crate::ir::walk::descend(self.module, outer, &mut |expr| {
                let crate::ir::ExprKind::Call(call) = &self.module.expr(expr).kind else {
                    return;
                };
                let root = self.values.root(At {
                    module: self.id,
                    scope: constructor.func,
                    expr,
                });
                if !matches!(self.values.expr(root).kind, crate::ir::ExprKind::Super) || found.is_some() {
                    return;
                }
                let at = At {
                    module: self.id,
                    scope: constructor.func,
                    expr,
                };
                let named = call
                    .args
                    .iter()
                    .find(|arg| arg.kind == crate::ir::ArgKind::Named(wanted));
                let record = || {
                    call.args
                        .first()
                        .and_then(|arg| self.values.member(at.with(arg.value), wanted))
                };
                found = match named {
                    Some(arg) => self.values.text(at.with(arg.value)),
                    None => record().and_then(|place| self.values.text(place)).or_else(|| {
                        let first = call.args.first().filter(|_| wanted.as_str() == "name")?;
                        self.values.text(at.with(first.value))
                    }),
                };
            });
        });
        found
    }

    /// Whether a class derives from one of the row's bases, directly or through classes of the project.
    fn derives(&self, reference: ClassRef, class: &Class, row: &FrameworkRow) -> bool {
        let base_fits = |name: &str| {
            let last = name.rsplit(['.', ':', '/']).next().unwrap_or(name);
            row.of.iter().any(|pattern| fits(pattern, last))
        };
        if class
            .bases
            .iter()
            .any(|ty| self.type_last(*ty).is_some_and(|name| base_fits(&name)))
        {
            return true;
        }
        let mut pending = vec![reference];
        for _ in 0..16 {
            let Some(current) = pending.pop() else { return false };
            for base in self.values.project.bases(current) {
                match base {
                    Symbol::Class(base) => {
                        let name = self.values.module(base.module).class(base.class).name;
                        if name.is_some_and(|name| base_fits(&name)) {
                            return true;
                        }
                        pending.push(base);
                    }
                    Symbol::External(name) if base_fits(&name) => return true,
                    _ => {}
                }
            }
        }
        false
    }
}
