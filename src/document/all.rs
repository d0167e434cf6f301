//! The documents of a run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use super::Document;
use crate::ir::Gap;
use crate::workspace::{FileId, Span, Workspace};

/// The documents of a workspace, each read when it is first asked for: most files of settings are data that no rule
/// looks at.
#[derive(Debug)]
pub struct Documents<'a> {
    workspace: &'a Workspace,
    slots: Vec<OnceLock<Document>>,
}

impl<'a> Documents<'a> {
    /// The documents of `workspace`, none of them read yet.
    pub fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            slots: workspace.files.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// What a file holds; `None` if it is no file of settings.
    pub fn get(&self, file: FileId) -> Option<&Document> {
        let source = self.workspace.get(file)?;
        let syntax = source.syntax()?;
        let slot = self.slots.get(file.index())?;
        Some(slot.get_or_init(|| {
            catch_unwind(AssertUnwindSafe(|| Document::parse(syntax, &source.text))).unwrap_or_else(|_| Document {
                gaps: vec![Gap {
                    span: Span::default(),
                    message: "an internal error ended the reading of this file: please report it".to_owned(),
                }],
                ..Document::default()
            })
        }))
    }
}
