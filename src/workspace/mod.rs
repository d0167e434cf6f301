//! What is read: discovery, file kinds, text, spans and line index.

mod assemble;
mod classify;
mod discover;
mod file;
mod index;
mod lines;
mod listing;
mod load;
mod read;
mod relative;
mod span;
mod syntax;
mod tracked;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use assemble::{assemble, is_within, wanted};
pub use discover::{LoadError, below_root, check_glob, root};
pub use file::{FileKind, Role, SourceFile};
pub(crate) use lines::floor_boundary;
pub use lines::{ColumnUnit, LineIndex, Position};
pub use listing::{Listing, listing};
pub use load::load;
pub use relative::Relative;
pub use span::{FileId, Span};
pub use syntax::Syntax;

/// Files above this size are told and left out: 2 MiB.
pub const MAX_FILE_SIZE: u64 = 2 * 1024 * 1024;

/// Plain text above this size is left out without a word: 1 MiB.
pub const MAX_TEXT_SIZE: u64 = 1024 * 1024;

/// Lock files above this size are not read: 32 MiB.
pub const MAX_LOCK_SIZE: u64 = 32 * 1024 * 1024;

/// What to read.
#[derive(Clone, Debug)]
pub struct WorkspaceOptions {
    /// Files and folders; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// Globs of paths to leave out, relative to the root, in the syntax of `.gitignore`.
    pub exclude: Vec<String>,
    /// The same, relative to a folder of their own.
    pub exclude_below: Option<(PathBuf, Vec<String>)>,
    /// Read package trees (`node_modules`, virtual environments) too.
    pub include_vendored: bool,
    /// Files above this many bytes are left out.
    pub max_file_size: u64,
    /// Counts what was read so far, for a progress display.
    pub progress: Option<Arc<Progress>>,
}

impl Default for WorkspaceOptions {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            exclude: Vec::new(),
            exclude_below: None,
            include_vendored: false,
            max_file_size: MAX_FILE_SIZE,
            progress: None,
        }
    }
}

/// How far a run has come; written by whoever works, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    files: AtomicUsize,
}

impl Progress {
    /// Counts one more file.
    pub fn file_read(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    /// How many files were read so far.
    pub fn files(&self) -> usize {
        self.files.load(Ordering::Relaxed)
    }
}

/// Why something is noted about a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NoteKind {
    /// A symbolic link that leads out of the root, in a circle or nowhere.
    Symlink,
    /// A pipe, socket or device, or a file that is called like source and is none.
    Special,
    /// The system would not let it be read.
    Unreadable,
    /// Above the size limit.
    TooLarge,
    /// A tree of installed packages.
    Vendored,
    /// Read, but some bytes were not UTF-8 and were replaced.
    Lossy,
}

/// Something about a path that the reader of a report should know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Note {
    /// The path, relative to the root where it lies below it.
    pub path: String,
    /// Why.
    pub kind: NoteKind,
    /// The same in words.
    pub message: String,
}

/// Everything that was read, for one run.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// Where the root lies in the git repository around it, with a `/` at its end; empty where they are the same or
    /// there is none. Put before a path it makes the path that forges know.
    pub below_repository: String,
    /// The files, sorted by path; a [`FileId`] is an index into them.
    pub files: Vec<SourceFile>,
    /// What was skipped or read with losses, sorted by path.
    pub notes: Vec<Note>,
    /// Files that say which versions of its dependencies a project runs with, sorted by path. Those above the root, up to the
    /// repository's, start with `../`.
    pub lock_files: Vec<String>,
    /// The bytes of those that are text and not too large, by path; nothing else is read off them than versions.
    pub locks: Vec<(String, Arc<[u8]>)>,
}

impl Workspace {
    /// The file behind an id; `None` only for an id of another workspace.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index())
    }

    /// The file behind an id.
    ///
    /// # Panics
    /// If the id is of another workspace.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// Ids and files in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), file))
    }

    /// The id of a path relative to the root.
    pub fn find(&self, path: &str) -> Option<FileId> {
        let index = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        Some(FileId(u32::try_from(index).unwrap_or(u32::MAX)))
    }
}
