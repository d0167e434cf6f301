//! Doc comments.

use tree_sitter::Node;

use super::context::Lower;
use crate::ir::Name;

impl<'t> Lower<'t, '_> {
    /// The text of a `/** … */` comment without its asterisks.
    pub(super) fn doc(&self, comment: Node<'t>) -> Option<Name> {
        let inner = self.text(comment).strip_prefix("/**")?;
        let inner = inner.strip_suffix("*/").unwrap_or(inner);
        let mut text = String::with_capacity(inner.len());
        for line in inner.lines() {
            let line = line.trim_start();
            let line = line.strip_prefix('*').unwrap_or(line);
            text.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
            text.push('\n');
        }
        let text = text.trim();
        (!text.is_empty()).then(|| Name::new(text))
    }
}
