//! What a run reads, as what, and why it does not read the rest: for whoever wonders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::discover::{Excluded, folders, holds_packages, relative, walker};
use super::syntax::is_tool_folder;
use super::{FileKind, LoadError, Role, WorkspaceOptions, load};

/// The files of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// What is read, sorted by path.
    pub read: Vec<(String, FileKind, Role)>,
    /// What is not, and why, sorted by path. A folder of which nothing is looked at stands for all below it.
    pub left_out: Vec<(String, String)>,
}

/// Lists what the options ask for.
///
/// # Errors
/// As [`load`](super::load()).
pub fn listing(options: &WorkspaceOptions) -> Result<Listing, LoadError> {
    let workspace = load(options)?;
    let root = workspace.root.as_path();
    let excluded = Excluded::new(root, options)?;
    let folders = folders(options)?;
    let read: BTreeSet<&Path> = workspace.files.iter().map(|file| file.absolute.as_path()).collect();
    let mut left_out: BTreeMap<String, String> = BTreeMap::new();
    if let Some((first, rest)) = folders.split_first() {
        let looked_at: BTreeSet<PathBuf> = walker(root, first, rest).build().filter_map(path_of).collect();
        let mut everything = WalkBuilder::new(first);
        for folder in rest {
            everything.add(folder);
        }
        let looked = looked_at.clone();
        let outside = Excluded::new(root, options)?;
        // Of a folder that is not looked at, nothing below is listed.
        everything.standard_filters(false).filter_entry(move |entry| {
            let above = entry.path().parent();
            above.is_none_or(|above| {
                entry.depth() == 0
                    || (looked.contains(above)
                        && !outside.holds(above, true)
                        && !holds_packages(above)
                        && !is_tool(above))
            })
        });
        for path in everything.build().filter_map(path_of) {
            if read.contains(path.as_path()) || folders.contains(&path) {
                continue;
            }
            let name = relative(root, &path);
            if let Some(reason) = reason(&path, &excluded, looked_at.contains(&path)) {
                left_out.insert(name, reason.to_owned());
            }
        }
    }
    for note in workspace.notes {
        if workspace
            .files
            .binary_search_by(|file| file.path.cmp(&note.path))
            .is_err()
        {
            left_out.insert(note.path, note.message);
        }
    }
    let read = workspace
        .files
        .into_iter()
        .map(|file| (file.path, file.kind, file.role));
    Ok(Listing {
        read: read.collect(),
        left_out: left_out.into_iter().collect(),
    })
}

fn path_of(entry: Result<ignore::DirEntry, ignore::Error>) -> Option<PathBuf> {
    entry.ok().map(ignore::DirEntry::into_path)
}

/// Why a path is not read; `None` for a folder that is looked at.
fn reason(path: &Path, excluded: &Excluded, is_looked_at: bool) -> Option<&'static str> {
    let is_folder = path.is_dir() && !path.is_symlink();
    if excluded.holds(path, is_folder) {
        return Some("excluded by --exclude or the configuration");
    }
    if is_tool(path) {
        return Some("what a tool keeps for itself");
    }
    if is_looked_at {
        return match is_folder {
            true => holds_packages(path).then_some("installed packages or build output"),
            false if path.is_symlink() => Some("a link; what it leads to is read where it stands"),
            false => Some("not of a kind that is read"),
        };
    }
    Some("left out by .gitignore, .ignore or .mcp-lint-ignore")
}

fn is_tool(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(is_tool_folder)
}
