//! Settings that `.gitignore` names although they are part of the project: in a repository those that git tracks all the same, elsewhere
//! whatever lies there, since an unpacked archive holds nothing that was ignored. People name `.env` there after they committed it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

use super::Syntax;
use super::classify::is_package_tree;
use super::discover::{Candidate, Excluded, IGNORE_FILE, holds_packages, kind_of, relative};
use super::index;
use super::syntax::is_tool_folder;

/// How deep below a folder that was left out, and whose name starts with a dot, is looked.
const MAX_DEPTH: usize = 2;

/// The settings below `folders` that a walk passed over. `found` is what it met.
pub(super) fn settings(root: &Path, folders: &[PathBuf], excluded: &Excluded, found: &[Candidate]) -> Vec<Candidate> {
    let known: BTreeSet<&Path> = found.iter().map(|candidate| candidate.absolute.as_path()).collect();
    let mut walked: BTreeSet<&Path> = folders.iter().map(PathBuf::as_path).collect();
    for path in &known {
        walked.extend(path.ancestors().skip(1).take_while(|folder| folder.starts_with(root)));
    }
    // several repositories may have been named, or a folder above some
    let mut tops: BTreeMap<&Path, Option<&Path>> = BTreeMap::new();
    let (mut repositories, mut loose) = (BTreeSet::new(), BTreeSet::new());
    for folder in walked {
        match top_of(folder, &mut tops) {
            Some(top) => {
                repositories.insert(top);
            }
            None => {
                loose.insert(folder);
            }
        }
    }
    let mut paths = lying(&loose);
    for top in repositories {
        paths.extend(index::tracked(top).iter().map(|path| top.join(path)));
    }
    let is_missed = |path: &PathBuf| {
        !known.contains(path.as_path())
            && Syntax::of_path(&relative(root, path)).is_some()
            && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
    };
    paths
        .into_iter()
        .filter(|path: &PathBuf| folders.iter().any(|folder| path.starts_with(folder)))
        .filter(is_missed)
        .filter(|path| !is_left_out(root, path, excluded))
        .map(|absolute| {
            let path = relative(root, &absolute);
            let holds = folders.iter().filter(|folder| absolute.starts_with(folder));
            let named = holds.map(|folder| relative(root, folder).len()).max().unwrap_or(0);
            Candidate {
                kind: kind_of(&path, named),
                path,
                absolute,
                named,
            }
        })
        .collect()
}

/// The top folder of the repository that a folder lies in.
fn top_of<'p>(folder: &'p Path, known: &mut BTreeMap<&'p Path, Option<&'p Path>>) -> Option<&'p Path> {
    if let Some(top) = known.get(folder) {
        return *top;
    }
    let top = if folder.join(".git").exists() {
        Some(folder)
    } else {
        folder.parent().and_then(|parent| top_of(parent, known))
    };
    known.insert(folder, top);
    top
}

/// The files in folders that were walked over, and in folders of tools there.
fn lying(walked: &BTreeSet<&Path>) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut rest: Vec<(PathBuf, usize)> = walked.iter().map(|folder| (folder.to_path_buf(), 0)).collect();
    while let Some((folder, depth)) = rest.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                out.push(path);
                continue;
            }
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_hidden = name.starts_with('.') && !is_tool_folder(&name);
            if !walked.contains(path.as_path()) && (is_hidden || depth > 0) && depth < MAX_DEPTH {
                rest.push((path, depth + 1));
            }
        }
    }
    out
}

/// Whether something else than `.gitignore` says that a file is not read.
fn is_left_out(root: &Path, path: &Path, excluded: &Excluded) -> bool {
    let folders: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(root))
        .collect();
    let is_name = |folder: &Path, test: fn(&str) -> bool| {
        let name = folder.file_name().and_then(|name| name.to_str());
        folder != root && name.is_some_and(test)
    };
    excluded.holds(path, false)
        || folders.iter().any(|folder| {
            *folder != root && (excluded.holds(folder, true) || holds_packages(folder))
                || is_name(folder, is_tool_folder)
                || is_name(folder, is_package_tree)
                || [IGNORE_FILE, ".ignore"].iter().any(|name| {
                    let file = folder.join(name);
                    file.is_file()
                        && Gitignore::new(file)
                            .0
                            .matched_path_or_any_parents(path, false)
                            .is_ignore()
                })
        })
}
