//! What launches, exposes and contains a server: the files of settings that are known, and what they say in one model.
//!
//! A file is known by its name and its shape. One that is called like a known file and holds something else is left
//! alone.

mod kind;

use std::collections::BTreeMap;

use rayon::prelude::*;

pub use kind::ConfigKind;

use crate::document::{Document, Documents};
use crate::workspace::{FileId, Workspace};

/// The known files of settings.
#[derive(Clone, Default, Debug)]
pub struct Deploy {
    /// The files in order.
    pub files: Vec<(FileId, ConfigKind)>,
}

impl Deploy {
    /// Finds the known files and reads them.
    pub fn read(workspace: &Workspace, documents: &Documents<'_>) -> Self {
        let layout = kind::Layout::new(workspace);
        let ids: Vec<FileId> = workspace.iter().map(|(id, _)| id).collect();
        let files = ids
            .par_iter()
            .filter_map(|id| Some((*id, kind::of(*id, workspace, documents, &layout)?)))
            .collect();
        Self { files }
    }

    /// The files of a kind, each with what it holds.
    pub fn all<'a>(
        &'a self,
        kind: ConfigKind,
        documents: &'a Documents<'a>,
    ) -> impl Iterator<Item = (FileId, &'a Document)> {
        self.files
            .iter()
            .filter(move |(_, candidate)| *candidate == kind)
            .filter_map(|(file, _)| Some((*file, documents.get(*file)?)))
    }

    /// How many files there are of each kind.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (_, kind) in &self.files {
            *counts.entry(kind.as_str().to_owned()).or_default() += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests;
