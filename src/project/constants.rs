//! String constants by declaration.

use super::exports::record_entry;
use super::symbols::Trail;
use super::{ClassRef, ModuleId, Project, Symbol};
use crate::ir::{ExprId, ExprKind, FuncId, Language, Literal, Name, PassKind};

/// The longest constant put together from pieces.
const LONGEST: usize = 1 << 16;

impl Project {
    /// The text of a constant expression.
    pub(super) fn text_of(&self, module: ModuleId, scope: FuncId, expr: ExprId, trail: &mut Trail) -> Option<Name> {
        trail.deeper(|trail| self.text_step(module, scope, expr, trail))
    }

    fn text_step(&self, module: ModuleId, scope: FuncId, expr: ExprId, trail: &mut Trail) -> Option<Name> {
        let ir = self.ir(module)?;
        match &ir.exprs.get(expr.0 as usize)?.kind {
            ExprKind::Literal(literal) => literal_text(literal),
            ExprKind::Concat(parts) => {
                let mut text = String::new();
                for part in parts {
                    text.push_str(&self.text_of(module, scope, *part, trail)?);
                    if text.len() > LONGEST {
                        return None;
                    }
                }
                Some(Name::new(&text))
            }
            ExprKind::Pass {
                kind: PassKind::Plain | PassKind::NonNull | PassKind::Reference,
                inner,
            }
            | ExprKind::Cast { inner, .. } => self.text_of(module, scope, *inner, trail),
            ExprKind::Call(call) => {
                // `"x".to_string()`, `String::from("x")`, `Object.freeze("x")`.
                match &ir.exprs.get(call.callee.0 as usize)?.kind {
                    ExprKind::Field { base, name, .. }
                        if call.args.is_empty()
                            && matches!(
                                name.as_str(),
                                "to_string" | "to_owned" | "into" | "as_str" | "as_ref" | "toString"
                            ) =>
                    {
                        self.text_of(module, scope, *base, trail)
                    }
                    ExprKind::Path(path) if path.last().is_some_and(|last| last == "from") && call.args.len() == 1 => {
                        self.text_of(module, scope, call.args.first()?.value, trail)
                    }
                    _ => None,
                }
            }
            ExprKind::Name(_) | ExprKind::Path(_) => {
                let symbol = self.expression(module, scope, expr, trail)?;
                self.text_of_symbol(symbol, trail)
            }
            ExprKind::Field { base, name, .. } => {
                if let Some(symbol) = self.expression(module, scope, expr, trail)
                    && let Some(text) = self.text_of_symbol(symbol, trail)
                {
                    return Some(text);
                }
                let owner = self.expression(module, scope, *base, trail)?;
                match owner {
                    // `Tool.READ.value`.
                    Symbol::Variant(..) if name == "value" => self.text_of_symbol(owner, trail),
                    Symbol::Class(class) => self.text_of_field(class, *name, trail),
                    // `NAMES.read` where `NAMES` is an object literal.
                    Symbol::Variable(module, variable) => {
                        let value = self.steady(module, variable)?;
                        let entry = record_entry(self.ir(module)?, self.unwrapped(module, value), *name)?;
                        self.text_of(module, FuncId::MODULE, entry, trail)
                    }
                    _ => None,
                }
            }
            ExprKind::Index { base, index } => {
                let key = self.text_of(module, scope, *index, trail)?;
                match self.expression(module, scope, *base, trail)? {
                    Symbol::Variable(module, variable) => {
                        let value = self.steady(module, variable)?;
                        let entry = record_entry(self.ir(module)?, self.unwrapped(module, value), key)?;
                        self.text_of(module, FuncId::MODULE, entry, trail)
                    }
                    Symbol::Class(class) => self.text_of_field(class, key, trail),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn text_of_symbol(&self, symbol: Symbol, trail: &mut Trail) -> Option<Name> {
        match symbol {
            Symbol::Variable(module, name) => {
                let value = self.steady(module, name)?;
                self.text_of(module, FuncId::MODULE, value, trail)
            }
            Symbol::Variant(class, name) => self.text_of_field(class, name, trail),
            _ => None,
        }
    }

    fn text_of_field(&self, class: ClassRef, name: Name, trail: &mut Trail) -> Option<Name> {
        let (owner, field) = self.field(class, name)?;
        let parent = self.ir(owner.module)?.classes.get(owner.class.0 as usize)?.parent;
        self.text_of(owner.module, parent, field.value?, trail)
    }

    /// The value of a variable that nothing assigns again.
    fn steady(&self, module: ModuleId, name: Name) -> Option<ExprId> {
        let (ir, table) = (self.ir(module)?, self.table(module)?);
        let value = self.variable(module, name)?;
        let changes = ir.language != Language::Rust && table.is_reassigned(ir, name);
        (!changes).then_some(value)
    }

    /// An expression without casts and `Object.freeze(…)`.
    pub(super) fn unwrapped(&self, module: ModuleId, expr: ExprId) -> ExprId {
        let mut at = expr;
        for _ in 0..8 {
            let Some(found) = self.ir(module).and_then(|ir| ir.exprs.get(at.0 as usize)) else {
                break;
            };
            at = match &found.kind {
                ExprKind::Cast { inner, .. } | ExprKind::Pass { inner, .. } => *inner,
                ExprKind::Call(call) if call.args.len() == 1 && self.is_freeze(module, call.callee) => {
                    call.args.first().map_or(at, |arg| arg.value)
                }
                _ => break,
            };
        }
        at
    }

    fn is_freeze(&self, module: ModuleId, callee: ExprId) -> bool {
        self.ir(module)
            .and_then(|ir| ir.exprs.get(callee.0 as usize))
            .is_some_and(|callee| matches!(&callee.kind, ExprKind::Field { name, .. } if name == "freeze"))
    }
}

fn literal_text(literal: &Literal) -> Option<Name> {
    match literal {
        Literal::Str(text) | Literal::Float(text) => Some(*text),
        Literal::Int(number) => Some(Name::new(&number.to_string())),
        Literal::Char(c) => Some(Name::new(c.encode_utf8(&mut [0; 4]))),
        Literal::Bytes(_) | Literal::Bool(_) | Literal::Null | Literal::Regex(..) => None,
    }
}
