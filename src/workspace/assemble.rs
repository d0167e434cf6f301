//! A workspace of texts that come from elsewhere than the disk: the tree of another revision.

use std::collections::BTreeSet;
use std::path::Path;

use super::classify::is_package_tree;
use super::discover::{Candidate, Excluded, below_root, kind_of};
use super::load::{Loaded, gather, loaded};
use super::read::decode;
use super::syntax::is_tool_folder;
use super::{FileKind, LoadError, Workspace, WorkspaceOptions};

/// Of the files of another revision those that a run with these options would read: what it reads today, and what would be read if it
/// were still there. Paths are relative to the root.
///
/// # Errors
/// If the options are wrong.
pub fn wanted<'p>(
    options: &WorkspaceOptions,
    now: &Workspace,
    paths: impl Iterator<Item = &'p str>,
) -> Result<BTreeSet<String>, LoadError> {
    let targets = below_root(&options.paths)?;
    let excluded = Excluded::new(&now.root, options)?;
    let is_wanted = |path: &str| {
        if now.find(path).is_some() {
            return true;
        }
        let absolute = now.root.join(path);
        // What is there and is not read was left out for a reason that holds for its old text too.
        absolute.symlink_metadata().is_err()
            && target_of(&targets, path).is_some_and(|target| kind_of(path, target.len()) != Some(FileKind::Other))
            && !path
                .split('/')
                .any(|part| is_tool_folder(part) || is_package_tree(part))
            && !is_excluded(&excluded, &now.root, &absolute)
    };
    Ok(paths.filter(|path| is_wanted(path)).map(str::to_owned).collect())
}

fn is_excluded(excluded: &Excluded, root: &Path, path: &Path) -> bool {
    let above = path.ancestors().skip(1).take_while(|folder| *folder != root);
    excluded.holds(path, false) || above.into_iter().any(|folder| excluded.holds(folder, true))
}

/// Whether a path is `target` or lies below it; the empty text is the root.
pub fn is_within(path: &str, target: &str) -> bool {
    let rest = path.strip_prefix(target);
    target.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The longest analysed path that a file lies in.
fn target_of<'t>(targets: &'t [String], path: &str) -> Option<&'t str> {
    targets
        .iter()
        .map(String::as_str)
        .filter(|target| is_within(path, target))
        .max_by_key(|target| target.len())
}

/// Reads texts as files below the root of `now`.
///
/// # Errors
/// If the options are wrong.
pub fn assemble(
    options: &WorkspaceOptions,
    now: &Workspace,
    texts: Vec<(String, Vec<u8>)>,
) -> Result<Workspace, LoadError> {
    let targets = below_root(&options.paths)?;
    let mut all: Vec<Loaded> = texts
        .into_iter()
        .filter_map(|(path, bytes)| {
            let named = target_of(&targets, &path).map_or(0, str::len);
            let kind = kind_of(&path, named);
            let is_code = matches!(kind, Some(kind) if kind.language().is_some());
            // What promises to be text only by being there may be anything.
            if !is_code && now.find(&path).is_none() && bytes.contains(&0) {
                return None;
            }
            let candidate = Candidate {
                kind,
                named,
                absolute: now.root.join(&path),
                path,
            };
            Some(loaded(candidate, decode(bytes)))
        })
        .collect();
    all.sort_by(|left, right| left.path().cmp(&right.path()));
    let mut workspace = gather(now.root.clone(), Vec::new(), all);
    // Which of them were there then is not known; what is missing now is told as what it is.
    workspace.lock_files.clone_from(&now.lock_files);
    workspace.locks.clone_from(&now.locks);
    Ok(workspace)
}
