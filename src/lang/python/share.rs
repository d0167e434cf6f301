//! Expressions that stand in more than one place.
//!
//! `a < b < c` uses `b` twice, `"%(x)s %(x)s"` uses `x` twice. Whoever walks the IR meets such an expression each time,
//! so sharing inside of sharing would grow without bound: it is allowed one level deep and a few times over. Plain
//! names and constants cost nothing and are shared at will.

use rustc_hash::FxHashMap;

use super::Lower;
use crate::ir::{ExprId, ExprKind};

/// How often an expression that is more than a name may be used.
pub(super) const MAX_USES: usize = 8;

/// Counts how often values are used.
pub(super) struct Uses {
    counts: FxHashMap<ExprId, usize>,
    /// The values hold shared expressions themselves.
    nested: bool,
}

impl Uses {
    /// For values lowered since `shares` stood at `before`.
    pub(super) fn since(lower: &Lower<'_>, before: usize) -> Self {
        Self {
            counts: FxHashMap::default(),
            nested: lower.shares != before,
        }
    }

    /// Notes one more use; false when it would be one too many.
    pub(super) fn take(&mut self, lower: &mut Lower<'_>, value: ExprId) -> bool {
        let count = self.counts.entry(value).or_insert(0);
        *count += 1;
        if *count == 1 || lower.is_small(value) {
            return true;
        }
        lower.shares += 1;
        !self.nested && *count <= MAX_USES
    }

    /// Whether the value was used at all.
    pub(super) fn has(&self, value: ExprId) -> bool {
        self.counts.contains_key(&value)
    }
}

impl Lower<'_> {
    /// A name, a constant, or a few attributes of a name.
    pub(super) fn is_small(&self, id: ExprId) -> bool {
        let mut at = id;
        for _ in 0..4 {
            match &self.b.module.expr(at).kind {
                ExprKind::Field { base, .. } => at = *base,
                kind => return matches!(kind, ExprKind::Name(_) | ExprKind::This | ExprKind::Literal(_)),
            }
        }
        false
    }
}
