//! What launches, exposes and contains a server: the files of settings that are known, and what they say in one model.
//!
//! A file is known by its name and its shape. One that is called like a known file and holds something else is left
//! alone.

mod client;
mod container;
pub mod home;
mod kind;
pub mod knowledge;
mod manifest;
mod path;
pub mod pin;
mod program;
mod server;
mod table;
mod words;

use std::collections::BTreeMap;

use rayon::prelude::*;

pub use client::risky_tool;
pub use container::{Container, Form, Grant, GrantKind, Hardening, Mount, Port, with_defaults};
pub use kind::ConfigKind;
pub use program::{Image, Package, Program, Script, commands, name_of as program_name, programs};
pub use server::{Approval, Command, Launch, Remote, ServerConfig};
pub use table::{Ecosystem, ScriptLanguage, Weight};
pub use words::{Text, joins, split};

use crate::document::{Document, Documents};
use crate::workspace::{FileId, Span, Workspace};

/// The known files of settings.
#[derive(Clone, Default, Debug)]
pub struct Deploy {
    /// The files in order.
    pub files: Vec<(FileId, ConfigKind)>,
    /// The servers that they start or call, in the order of files and places.
    pub servers: Vec<ServerConfig>,
    /// What settings of clients approve beside the servers.
    pub approvals: Vec<(FileId, Approval)>,
    /// Scripts of packages, and steps of workflows that start a server.
    pub commands: Vec<Command>,
    /// The containers that all of them start.
    pub containers: Vec<Container>,
    /// Where the only container stands that a file builds, for files with one.
    pub lone_builds: BTreeMap<FileId, Span>,
}

impl Deploy {
    /// Finds the known files and reads them.
    pub fn read(workspace: &Workspace, documents: &Documents<'_>) -> Self {
        let layout = kind::Layout::new(workspace);
        let ids: Vec<FileId> = workspace.iter().map(|(id, _)| id).collect();
        let known: Vec<(FileId, kind::Known)> = ids
            .par_iter()
            .filter_map(|id| Some((*id, kind::read(*id, workspace, documents, &layout)?)))
            .collect();
        let mut deploy = Self::default();
        for (file, known) in known {
            deploy.files.extend(known.kind.map(|kind| (file, kind)));
            deploy.servers.extend(known.servers);
            deploy
                .approvals
                .extend(known.approvals.into_iter().map(|approval| (file, approval)));
            deploy.commands.extend(known.commands);
        }
        deploy.containers = container::all(&deploy, documents);
        deploy.lone_builds = lone_builds(&deploy.containers);
        deploy
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

fn lone_builds(containers: &[Container]) -> BTreeMap<FileId, Span> {
    let mut builds: BTreeMap<FileId, Option<Span>> = BTreeMap::new();
    for container in containers.iter().filter(|container| container.context.is_some()) {
        let other = builds.insert(container.file, Some(container.place));
        if other.is_some_and(|place| place != Some(container.place)) {
            builds.insert(container.file, None);
        }
    }
    builds
        .into_iter()
        .filter_map(|(file, place)| Some((file, place?)))
        .collect()
}

#[cfg(test)]
mod tests;
