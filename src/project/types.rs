//! What type expressions mean.

mod python;
mod rust;
mod typescript;

use std::cell::{Cell, RefCell};

use super::symbols::{Space, Trail, joined};
use super::{ClassRef, ModuleId, Project, Symbol, Ty};
use crate::ir::{Class, ClassKind, Element, ExprId, ExprKind, FuncId, Language, Literal, Name, TypeId, TypeKind};

/// How deep a type may nest or aliases may lead.
const DEPTH: usize = 24;

/// How many members of unions and records are worked out.
const WIDTH: usize = 256;

/// How many type expressions one question may lead through.
const BUDGET: usize = 2048;

/// A type expression's place: the module and scope whose names it uses.
#[derive(Clone, Copy)]
pub(super) struct At<'w> {
    pub(super) module: ModuleId,
    pub(super) scope: FuncId,
    depth: usize,
    walk: &'w Walk,
}

/// What one question about a type has spent: aliases can be circular, and double at each step.
#[derive(Debug)]
pub(super) struct Walk {
    left: Cell<usize>,
    open: RefCell<Vec<ClassRef>>,
    /// What the type parameters of the alias stand for that is being read.
    bound: RefCell<Vec<(Name, Ty)>>,
}

impl At<'_> {
    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    /// Whether there is anything left to go on with.
    fn spend(self) -> bool {
        let left = self.walk.left.get();
        self.walk.left.set(left.saturating_sub(1));
        left > 0 && self.depth < DEPTH
    }
}

impl Project {
    /// The meaning of a type expression.
    pub(super) fn meaning(&self, module: ModuleId, scope: FuncId, ty: TypeId) -> Ty {
        let walk = Walk {
            left: Cell::new(BUDGET),
            open: RefCell::new(Vec::new()),
            bound: RefCell::new(Vec::new()),
        };
        let at = At {
            module,
            scope,
            depth: 0,
            walk: &walk,
        };
        self.ty_at(at, ty)
    }

    fn ty_at(&self, at: At<'_>, ty: TypeId) -> Ty {
        let Some(ir) = self.ir(at.module).filter(|_| at.spend()) else {
            return Ty::Unknown;
        };
        let Some(found) = ir.types.get(ty.0 as usize) else {
            return Ty::Unknown;
        };
        let next = at.deeper();
        match &found.kind {
            TypeKind::Named { path, args } => self.named(next, ir.language, path, args),
            TypeKind::Union(members) => union(
                members
                    .iter()
                    .take(WIDTH)
                    .map(|member| self.member_ty(next, *member))
                    .collect(),
            ),
            TypeKind::Literals(literals) => literals_ty(literals),
            TypeKind::Array(inner) => match self.ty_at(next, *inner) {
                // `&[u8]`, `[u8; 32]`.
                Ty::Int if ir.language == Language::Rust && is_byte(ir, *inner) => Ty::Bytes,
                inner => Ty::List(Box::new(inner)),
            },
            TypeKind::Record(fields) => {
                let fields = fields
                    .iter()
                    .take(WIDTH)
                    .map(|(name, ty)| (*name, self.ty_at(next, *ty)));
                Ty::Record(fields.collect())
            }
            TypeKind::Tuple(items) if items.is_empty() => Ty::Unknown,
            TypeKind::Tuple(items) => Ty::Tuple(items.iter().take(WIDTH).map(|item| self.ty_at(next, *item)).collect()),
            TypeKind::Optional(inner) => optional(self.ty_at(next, *inner)),
            TypeKind::Reference(inner) => self.ty_at(next, *inner),
            TypeKind::Annotated { base, metadata } => {
                let base = self.ty_at(next, *base);
                match self.pattern_in(next, metadata) {
                    Some(pattern) => with_pattern(base, pattern),
                    None => base,
                }
            }
            TypeKind::Function => Ty::Function,
            TypeKind::Of(expr) => self.of_expr(next, *expr),
            TypeKind::Unknown => Ty::Unknown,
        }
    }

    /// A member of a union, with `null` told apart.
    fn member_ty(&self, at: At<'_>, ty: TypeId) -> Ty {
        match self
            .ir(at.module)
            .and_then(|ir| ir.types.get(ty.0 as usize))
            .map(|ty| &ty.kind)
        {
            Some(TypeKind::Literals(literals)) => literals_ty(literals),
            Some(TypeKind::Named { path, .. }) if path.len() == 1 && is_null(path.first()) => {
                Ty::Enum(Box::new([Literal::Null]))
            }
            _ => self.ty_at(at, ty),
        }
    }

    fn named(&self, at: At<'_>, language: Language, path: &[Name], args: &[TypeId]) -> Ty {
        if let [one] = path
            && let Some((_, bound)) = at.walk.bound.borrow().iter().find(|(name, _)| name == one)
        {
            return bound.clone();
        }
        let mut trail = Trail::default();
        let symbol = self.path_in(at.module, at.scope, path, Space::Type, &mut trail);
        let symbol = symbol.unwrap_or_else(|| match path {
            [one] => self.unknown(at.module, *one),
            _ if language == Language::Rust => Symbol::External(joined(path)),
            _ => Symbol::External(Name::new(
                &path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("."),
            )),
        });
        match symbol {
            Symbol::Class(class) => self.class_ty(at, class, args),
            Symbol::External(name) => match language {
                Language::TypeScript => self.outside_typescript(at, name, args),
                Language::Python => self.outside_python(at, name, args),
                Language::Rust => self.outside_rust(at, name, args),
            },
            Symbol::Variable(module, name) => self.variable_ty(at, module, name),
            Symbol::Variant(class, name) => match self.field(class, name).and_then(|(owner, field)| {
                let value = field.value?;
                self.text_of(owner.module, FuncId::MODULE, value, &mut Trail::default())
            }) {
                Some(text) => Ty::Enum(Box::new([Literal::Str(text)])),
                None => self.class_ty(at, class, &[]),
            },
            Symbol::Function(_) | Symbol::Module(_) => Ty::Unknown,
        }
    }

    /// A variable in the place of a type: a Python alias (`Name = Literal["a"]`, `NewType`), a TypeScript `typeof`.
    fn variable_ty(&self, at: At<'_>, module: ModuleId, name: Name) -> Ty {
        let Some(value) = self.variable(module, name) else {
            return Ty::Unknown;
        };
        let at = At {
            module,
            scope: FuncId::MODULE,
            depth: at.depth + 1,
            walk: at.walk,
        };
        match self.ir(module).map(|ir| ir.language) {
            Some(Language::Python) => self.alias_value(at, value),
            _ => Ty::Unknown,
        }
    }

    fn of_expr(&self, at: At<'_>, expr: ExprId) -> Ty {
        let Some(ir) = self.ir(at.module).filter(|_| at.spend()) else {
            return Ty::Unknown;
        };
        match ir.language {
            Language::Python => self.alias_value(at, expr),
            _ => match ir.exprs.get(expr.0 as usize).map(|expr| &expr.kind) {
                Some(ExprKind::Literal(literal)) => Ty::Enum(Box::new([literal.clone()])),
                // `(typeof NAMES)[number]`.
                Some(ExprKind::Index { base, index }) if self.is_number(ir, *index) => {
                    self.elements(at, *base).unwrap_or(Ty::Unknown)
                }
                _ => Ty::Unknown,
            },
        }
    }

    fn is_number(&self, ir: &crate::ir::Module, expr: ExprId) -> bool {
        matches!(ir.exprs.get(expr.0 as usize).map(|expr| &expr.kind), Some(ExprKind::Name(name)) if name == "number")
    }

    /// The constants in a constant list.
    fn elements(&self, at: At<'_>, list: ExprId) -> Option<Ty> {
        let Symbol::Variable(module, name) = self.expression(at.module, at.scope, list, &mut Trail::default())? else {
            return None;
        };
        let value = self.unwrapped(module, self.variable(module, name)?);
        let ExprKind::List { elements, .. } = &self.ir(module)?.exprs.get(value.0 as usize)?.kind else {
            return None;
        };
        let literals = elements.iter().map(|element| match element {
            Element::Item(item) => self.literal(module, *item),
            Element::Spread(_) => None,
        });
        Some(Ty::Enum(literals.collect::<Option<Vec<Literal>>>()?.into()))
    }

    fn class_ty(&self, at: At<'_>, class: ClassRef, args: &[TypeId]) -> Ty {
        let own = Ty::Class(class);
        let Some(decl) = self
            .ir(class.module)
            .and_then(|ir| ir.classes.get(class.class.0 as usize))
        else {
            return own;
        };
        let inside = At {
            module: class.module,
            scope: decl.parent,
            depth: at.depth + 1,
            walk: at.walk,
        };
        match (decl.kind, decl.alias) {
            (ClassKind::Alias, Some(alias)) => {
                if at.walk.open.borrow().contains(&class) {
                    return Ty::Unknown;
                }
                let params = decl.params.iter().enumerate();
                let bound = params.map(|(index, name)| (*name, self.arg(at, args, index))).collect();
                at.walk.open.borrow_mut().push(class);
                let outer = at.walk.bound.replace(bound);
                let meaning = self.ty_at(inside, alias);
                at.walk.bound.replace(outer);
                at.walk.open.borrow_mut().pop();
                return meaning;
            }
            (ClassKind::Enum, _) => return self.enum_ty(class, decl).unwrap_or(own),
            _ => {}
        }
        if self.is_python_enum(class) {
            return self.enum_ty(class, decl).unwrap_or(own);
        }
        own
    }

    /// The constants of an enum none of whose variants carries anything.
    fn enum_ty(&self, class: ClassRef, decl: &Class) -> Option<Ty> {
        if decl.variants.iter().any(|variant| !variant.fields.is_empty()) {
            return None;
        }
        let names = decl.variants.iter().map(|variant| Literal::Str(variant.name));
        let values = decl
            .fields
            .iter()
            .filter(|field| field.value.is_some() || field.ty.is_none())
            .map(|field| {
                let literal = field.value.and_then(|value| self.literal(class.module, value));
                literal.unwrap_or(Literal::Str(field.name))
            });
        let all: Vec<Literal> = names.chain(values).take(WIDTH * 4).collect();
        (!all.is_empty()).then(|| Ty::Enum(all.into()))
    }

    fn literal(&self, module: ModuleId, expr: ExprId) -> Option<Literal> {
        if let ExprKind::Literal(literal) = &self.ir(module)?.exprs.get(expr.0 as usize)?.kind {
            return Some(literal.clone());
        }
        let text = self.text_of(module, FuncId::MODULE, expr, &mut Trail::default())?;
        Some(Literal::Str(text))
    }

    fn list_of(&self, at: At<'_>, args: &[TypeId]) -> Ty {
        Ty::List(Box::new(self.arg(at, args, 0)))
    }

    fn map_of(&self, at: At<'_>, args: &[TypeId]) -> Ty {
        Ty::Map(Box::new(self.arg(at, args, 1)))
    }

    fn arg(&self, at: At<'_>, args: &[TypeId], index: usize) -> Ty {
        args.get(index).map_or(Ty::Unknown, |arg| self.ty_at(at, *arg))
    }

    fn tuple_of(&self, at: At<'_>, args: &[TypeId]) -> Ty {
        Ty::Tuple(args.iter().take(WIDTH).map(|arg| self.ty_at(at, *arg)).collect())
    }
}

fn is_null(name: Option<&Name>) -> bool {
    name.is_some_and(|name| matches!(name.as_str(), "null" | "undefined" | "None" | "void"))
}

fn is_byte(ir: &crate::ir::Module, ty: TypeId) -> bool {
    matches!(
        ir.types.get(ty.0 as usize).map(|ty| &ty.kind),
        Some(TypeKind::Named { path, .. }) if path.len() == 1 && path.first().is_some_and(|name| name == "u8")
    )
}

fn literals_ty(literals: &[Literal]) -> Ty {
    Ty::Enum(literals.into())
}

/// `Optional`, not nested.
fn optional(inner: Ty) -> Ty {
    match inner {
        Ty::Optional(_) => inner,
        other => Ty::Optional(Box::new(other)),
    }
}

/// A union with constants joined and `null` made an option.
fn union(members: Vec<Ty>) -> Ty {
    let mut missing = false;
    let mut constants: Vec<Literal> = Vec::new();
    let mut others: Vec<Ty> = Vec::new();
    let mut add = |ty: Ty, others: &mut Vec<Ty>| match ty {
        Ty::Enum(literals) => {
            for literal in literals {
                match literal {
                    Literal::Null => missing = true,
                    literal if constants.contains(&literal) => {}
                    literal => constants.push(literal),
                }
            }
        }
        other if others.contains(&other) => {}
        other => others.push(other),
    };
    for member in members {
        match member {
            Ty::Optional(inner) => {
                add(Ty::Enum(Box::new([Literal::Null])), &mut others);
                add(*inner, &mut others);
            }
            Ty::Union(inner) => inner.into_iter().for_each(|one| add(one, &mut others)),
            other => add(other, &mut others),
        }
    }
    if !constants.is_empty() {
        others.insert(0, Ty::Enum(constants.into()));
    }
    let whole = match (others.len(), others.pop()) {
        (_, None) => {
            return if missing {
                Ty::Enum(Box::new([Literal::Null]))
            } else {
                Ty::Unknown
            };
        }
        (1, Some(one)) => one,
        (_, Some(last)) => {
            others.push(last);
            if others.contains(&Ty::Unknown) {
                Ty::Unknown
            } else {
                Ty::Union(others)
            }
        }
    };
    if missing { optional(whole) } else { whole }
}

/// Text with a pattern, also inside an option or list.
fn with_pattern(base: Ty, pattern: Name) -> Ty {
    match base {
        Ty::Str | Ty::Unknown => Ty::Pattern(pattern),
        Ty::Optional(inner) => Ty::Optional(Box::new(with_pattern(*inner, pattern))),
        other => other,
    }
}
