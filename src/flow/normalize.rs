//! Functions that normalise a path by its components, as many Rust programs do by hand: `..` takes off what was pushed before.

use super::engine::Engine;
use super::value::Value;
use crate::ir::{ExprKind, FuncId, Language, Module, walk};
use crate::models::Property;
use crate::project::{FuncRef, Ty};

impl Engine<'_> {
    /// What such a function returns is normalised.
    pub(super) fn as_normalized(&mut self, func: FuncRef, value: Value) -> Value {
        if !value.is_tainted() || !self.is_normalizer(func) {
            return value;
        }
        value.with(|data| data.properties |= super::value::property_bit(Property::Normalized))
    }

    fn is_normalizer(&mut self, func: FuncRef) -> bool {
        if let Some(known) = self.normalizers.get(&func) {
            return *known;
        }
        let module = self.module(func.module);
        let function = module.function(func.func);
        let returns_path = module.language == Language::Rust
            && function
                .returns
                .is_some_and(|ty| match self.project.type_of(func.module, func.func, ty) {
                    Ty::Path => true,
                    Ty::Optional(inner) => *inner == Ty::Path,
                    _ => false,
                });
        let found = returns_path && takes_off_parents(module, func.func);
        self.normalizers.insert(func, found);
        found
    }
}

/// Whether a body goes over `components()`, speaks of `ParentDir` and calls `pop()`.
fn takes_off_parents(module: &Module, func: FuncId) -> bool {
    let (mut components, mut parents, mut pops) = (false, false, false);
    let own = module
        .functions
        .iter()
        .enumerate()
        .filter(|(index, function)| *index == func.0 as usize || function.parent == Some(func));
    for (_, function) in own {
        walk::exprs_of_block(&function.body, &mut |outer| {
            walk::descend(module, outer, &mut |id| match &module.expr(id).kind {
                ExprKind::Field { name, .. } => {
                    components |= *name == "components";
                    pops |= *name == "pop";
                }
                ExprKind::Path(path) => parents |= path.last().is_some_and(|name| *name == "ParentDir"),
                _ => {}
            });
        });
    }
    components && parents && pops
}
