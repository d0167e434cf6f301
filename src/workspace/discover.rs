//! From the paths of the command line to the list of files.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::classify::{is_package_tree, kind_of_hidden, kind_of_path};
use super::syntax::{LOCK_FILES, is_tool_folder, pins_dependencies};
use super::{FileKind, Note, NoteKind, WorkspaceOptions, tracked};

/// Name of the file that says, in the syntax of `.gitignore`, what this linter leaves out.
pub(super) const IGNORE_FILE: &str = ".mcp-lint-ignore";

/// Why nothing could be read.
#[derive(Debug)]
pub enum LoadError {
    /// A path of the command line that does not exist or cannot be reached.
    Path(PathBuf, io::Error),
    /// A glob that means nothing.
    Glob(String, String),
    /// Paths that share no folder.
    NoCommonRoot,
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path, error) if error.kind() == io::ErrorKind::NotFound => {
                write!(out, "no such file or folder: `{}`", path.display())
            }
            Self::Path(path, error) => write!(out, "cannot read `{}`: {error}", path.display()),
            Self::Glob(glob, error) => write!(out, "bad glob `{glob}` in --exclude: {error}"),
            Self::NoCommonRoot => write!(out, "the paths share no folder; run once for each"),
        }
    }
}

impl std::error::Error for LoadError {}

/// A file to read.
pub(super) struct Candidate {
    /// Relative to the root, with `/`.
    pub(super) path: String,
    pub(super) absolute: PathBuf,
    /// `None`: the shebang decides.
    pub(super) kind: Option<FileKind>,
    /// How many bytes of `path` were named on the command line; all of them for a file that was named itself.
    pub(super) named: usize,
}

/// What discovery found.
pub(super) struct Listing {
    pub(super) root: PathBuf,
    /// Sorted by path, each once.
    pub(super) candidates: Vec<Candidate>,
    pub(super) notes: Vec<Note>,
    /// Files that pin dependencies, sorted; they are not read.
    pub(super) lock_files: Vec<String>,
}

struct Target {
    path: PathBuf,
    is_folder: bool,
}

/// The folder that the paths share: what a run analyses, and what its report's paths are relative to.
///
/// # Errors
/// If a path does not exist, or they share no folder.
pub fn root(paths: &[PathBuf]) -> Result<PathBuf, LoadError> {
    root_of(&targets(paths)?)
}

/// The paths as the root calls them: the empty text is the root itself.
///
/// # Errors
/// If a path does not exist, or they share no folder.
pub fn below_root(paths: &[PathBuf]) -> Result<Vec<String>, LoadError> {
    let targets = targets(paths)?;
    let root = root_of(&targets)?;
    Ok(targets.iter().map(|target| relative(&root, &target.path)).collect())
}

/// Whether a glob in the syntax of `.gitignore` means something; the error says what is wrong with it.
///
/// # Errors
/// If it does not.
pub fn check_glob(glob: &str) -> Result<(), String> {
    let mut builder = OverrideBuilder::new("");
    let added = builder.add(&format!("!{glob}")).map(|_| ());
    added.map_err(|error| error.to_string().replace(&format!("'!{glob}'"), &format!("`{glob}`")))
}

/// Lists what the options ask for.
pub(super) fn discover(options: &WorkspaceOptions) -> Result<Listing, LoadError> {
    let targets = targets(&options.paths)?;
    let root = root_of(&targets)?;
    let excluded = Excluded::new(&root, options)?;
    let mut listing = Listing {
        root,
        candidates: Vec::new(),
        notes: Vec::new(),
        lock_files: Vec::new(),
    };
    let mut folders = Vec::new();
    for target in targets {
        if target.is_folder {
            folders.push(target.path);
            continue;
        }
        let path = relative(&listing.root, &target.path);
        match fs::metadata(&target.path) {
            Ok(metadata) if metadata.is_file() => listing.candidates.push(Candidate {
                kind: kind_of_path(&path),
                named: path.len(),
                absolute: target.path,
                path,
            }),
            Ok(_) => listing.notes.push(special(path)),
            Err(error) => listing.notes.push(unreadable(path, &error)),
        }
    }
    walk(&folders, &excluded, options, &mut listing);
    let kept = tracked::settings(&listing.root, &folders, &excluded, &listing.candidates);
    listing.candidates.extend(kept);
    // Of a file that was met twice, the mention that names most of its path stays.
    listing
        .candidates
        .sort_by(|left, right| left.path.cmp(&right.path).then(right.named.cmp(&left.named)));
    listing.candidates.dedup_by(|later, earlier| later.path == earlier.path);
    listing.notes.sort();
    listing.notes.dedup();
    listing.lock_files.extend(locks_above(&listing.root));
    listing.lock_files.sort();
    listing.lock_files.dedup();
    Ok(listing)
}

/// Files above the root that pin dependencies, as far as the repository goes; `..` stands before their names.
fn locks_above(root: &Path) -> Vec<String> {
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Vec::new();
    };
    let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    above
        .flat_map(|folder| LOCK_FILES.iter().filter(|name| folder.join(name).is_file()))
        .map(|name| format!("../{name}"))
        .collect()
}

fn targets(paths: &[PathBuf]) -> Result<Vec<Target>, LoadError> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    paths
        .iter()
        .map(|path| {
            let resolved = resolve(path).map_err(|error| LoadError::Path(path.clone(), error))?;
            let metadata = fs::metadata(&resolved).map_err(|error| LoadError::Path(path.clone(), error))?;
            Ok(Target {
                path: resolved,
                is_folder: metadata.is_dir(),
            })
        })
        .collect()
}

/// The absolute path behind a name. Windows' canonical form (`\\?\C:\…`) is for machines only, so there the path stays
/// as it was written.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let canonical = fs::canonicalize(path)?;
    if cfg!(windows) {
        std::path::absolute(path)
    } else {
        Ok(canonical)
    }
}

fn root_of(targets: &[Target]) -> Result<PathBuf, LoadError> {
    let mut root: Option<PathBuf> = None;
    for target in targets {
        let folder = if target.is_folder {
            target.path.as_path()
        } else {
            target.path.parent().unwrap_or(&target.path)
        };
        root = Some(match root {
            None => folder.to_owned(),
            Some(root) => root
                .ancestors()
                .find(|ancestor| folder.starts_with(ancestor))
                .map(Path::to_owned)
                .ok_or(LoadError::NoCommonRoot)?,
        });
    }
    root.ok_or(LoadError::NoCommonRoot)
}

fn exclusions(root: &Path, globs: &[String]) -> Result<Override, LoadError> {
    let mut builder = OverrideBuilder::new(root);
    let bad = |glob: &str, error: &ignore::Error| LoadError::Glob(glob.to_owned(), error.to_string());
    for glob in globs {
        // In overrides `!` means leaving out, the reverse of .gitignore.
        builder.add(&format!("!{glob}")).map_err(|error| bad(glob, &error))?;
    }
    builder.build().map_err(|error| bad(&globs.join(", "), &error))
}

/// What the options leave out.
pub(super) struct Excluded {
    sets: Vec<Override>,
}

impl Excluded {
    pub(super) fn new(root: &Path, options: &WorkspaceOptions) -> Result<Self, LoadError> {
        let mut sets = vec![exclusions(root, &options.exclude)?];
        if let Some((folder, globs)) = &options.exclude_below {
            sets.push(exclusions(folder, globs)?);
        }
        Ok(Self { sets })
    }

    /// Whether a path is left out by itself; its folders are asked for themselves.
    pub(super) fn holds(&self, absolute: &Path, is_folder: bool) -> bool {
        self.sets.iter().any(|set| set.matched(absolute, is_folder).is_ignore())
    }
}

#[derive(Default)]
struct Found {
    candidates: Vec<Candidate>,
    notes: Vec<Note>,
    lock_files: Vec<String>,
}

fn walk(folders: &[PathBuf], excluded: &Excluded, options: &WorkspaceOptions, listing: &mut Listing) {
    let Some((first, rest)) = folders.split_first() else {
        return;
    };
    let mut builder = walker(&listing.root, first, rest);
    builder.threads(rayon::current_num_threads());
    let root = listing.root.as_path();
    let canonical_root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let named: Vec<usize> = folders.iter().map(|folder| relative(root, folder).len()).collect();
    let found = Mutex::new(Found::default());
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            let mut one = Found::default();
            let state = match entry {
                Ok(entry) => {
                    let about = About {
                        root,
                        canonical_root: &canonical_root,
                        folders,
                        named: &named,
                        excluded,
                        options,
                    };
                    visit(&entry, &about, &mut one)
                }
                Err(error) => {
                    one.notes.push(walk_error(root, &error));
                    WalkState::Continue
                }
            };
            if !one.candidates.is_empty() || !one.notes.is_empty() || !one.lock_files.is_empty() {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.candidates.append(&mut one.candidates);
                found.notes.append(&mut one.notes);
                found.lock_files.append(&mut one.lock_files);
            }
            state
        })
    });
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    listing.candidates.extend(found.candidates);
    listing.notes.extend(found.notes);
    listing.lock_files.extend(found.lock_files);
}

/// Walks over what ignore files leave.
pub(super) fn walker(root: &Path, first: &Path, rest: &[PathBuf]) -> WalkBuilder {
    let mut builder = WalkBuilder::new(first);
    for folder in rest {
        builder.add(folder);
    }
    // Ignore files above the root count within one repository only: elsewhere they belong to somebody else's project.
    // The user's global ignore file would make the result differ from machine to machine.
    let in_repository = root.ancestors().any(|folder| folder.join(".git").exists());
    builder
        .hidden(false)
        .add_custom_ignore_filename(IGNORE_FILE)
        .require_git(false)
        .git_global(false)
        .parents(in_repository)
        .follow_links(false);
    builder
}

/// The folders that the options name.
pub(super) fn folders(options: &WorkspaceOptions) -> Result<Vec<PathBuf>, LoadError> {
    let targets = targets(&options.paths)?;
    let folders = targets.into_iter().filter(|target| target.is_folder);
    Ok(folders.map(|target| target.path).collect())
}

/// What a walk knows.
struct About<'a> {
    root: &'a Path,
    canonical_root: &'a Path,
    folders: &'a [PathBuf],
    named: &'a [usize],
    excluded: &'a Excluded,
    options: &'a WorkspaceOptions,
}

fn visit(entry: &DirEntry, about: &About<'_>, found: &mut Found) -> WalkState {
    let About {
        root,
        canonical_root,
        folders,
        named,
        excluded,
        options,
    } = *about;
    let absolute = entry.path();
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if entry.depth() > 0 && excluded.holds(absolute, is_folder) {
        return WalkState::Skip;
    }
    if let Some(error) = entry.error() {
        found.notes.push(Note {
            path: relative(root, absolute),
            kind: NoteKind::Unreadable,
            message: format!("ignore file: {error}"),
        });
    }
    let Some(file_type) = entry.file_type() else {
        return WalkState::Continue;
    };
    if entry.depth() > 0 && entry.file_name().to_str().is_some_and(is_tool_folder) {
        return WalkState::Skip;
    }
    if file_type.is_dir() {
        if entry.depth() > 0 && !options.include_vendored && holds_packages(absolute) {
            found.notes.push(Note {
                path: relative(root, absolute),
                kind: NoteKind::Vendored,
                message: "installed packages or build output, not read".to_owned(),
            });
            return WalkState::Skip;
        }
        return WalkState::Continue;
    }
    if file_type.is_symlink() {
        found.notes.extend(symlink(absolute, root, canonical_root));
        return WalkState::Continue;
    }
    let path = relative(root, absolute);
    if !file_type.is_file() {
        found.notes.push(special(path));
        return WalkState::Continue;
    }
    if entry.file_name().to_str().is_some_and(pins_dependencies) {
        found.lock_files.push(path);
        return WalkState::Continue;
    }
    let named = folders
        .iter()
        .zip(named)
        .filter(|(folder, _)| absolute.starts_with(folder))
        .map(|(_, length)| *length)
        .max()
        .unwrap_or(0);
    let kind = kind_of(&path, named);
    if kind == Some(FileKind::Other) {
        return WalkState::Continue;
    }
    found.candidates.push(Candidate {
        path,
        absolute: absolute.to_owned(),
        kind,
        named,
    });
    WalkState::Continue
}

/// The kind of a file of which so many bytes of the path were named.
pub(super) fn kind_of(path: &str, named: usize) -> Option<FileKind> {
    let below = path.get(named..).unwrap_or_default();
    if below.split('/').any(|segment| segment.starts_with('.')) {
        Some(kind_of_hidden(path))
    } else {
        kind_of_path(path)
    }
}

/// Whether a folder holds what a package manager or cargo put there.
pub(super) fn holds_packages(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    is_package_tree(name)
        || folder.join("pyvenv.cfg").exists()
        || (name == "target" && folder.join("CACHEDIR.TAG").exists())
}

/// What to tell of a symbolic link: nothing if it stays below the root, where its target is met by itself.
fn symlink(link: &Path, root: &Path, canonical_root: &Path) -> Option<Note> {
    let message = match fs::canonicalize(link) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => "link that leads nowhere, not followed",
        Err(_) => "link that leads in a circle, not followed",
        Ok(target) if !target.starts_with(canonical_root) => "link that leads out of the root, not followed",
        Ok(target) => {
            let parent = link.parent().and_then(|parent| fs::canonicalize(parent).ok())?;
            if !parent.starts_with(&target) {
                return None;
            }
            "link that leads back to a folder above it, not followed"
        }
    };
    Some(Note {
        path: relative(root, link),
        kind: NoteKind::Symlink,
        message: message.to_owned(),
    })
}

fn special(path: String) -> Note {
    Note {
        path,
        kind: NoteKind::Special,
        message: "pipe, socket or device, not read".to_owned(),
    }
}

/// The note about something that the system would not let be read.
pub(super) fn unreadable(path: String, error: &io::Error) -> Note {
    // The system's own text differs from one to the next; its kind does not.
    let message = match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        io::ErrorKind::NotFound => "gone before it could be read".to_owned(),
        kind => format!("cannot be read: {kind}"),
    };
    Note {
        path,
        kind: NoteKind::Unreadable,
        message,
    }
}

fn walk_error(root: &Path, error: &ignore::Error) -> Note {
    let path = error_path(error).map_or_else(String::new, |path| relative(root, path));
    match error.io_error() {
        Some(error) => unreadable(path, error),
        None => Note {
            path,
            kind: NoteKind::Unreadable,
            message: error.to_string(),
        },
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Partial(errors) => errors.iter().find_map(error_path),
        _ => None,
    }
}

/// A path below the root with `/` between its segments; a path elsewhere stays whole.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(root).unwrap_or(path);
    let segments: Vec<_> = inner.iter().map(|segment| segment.to_string_lossy()).collect();
    if inner == path && path.is_absolute() && path != root {
        return path.to_string_lossy().into_owned();
    }
    segments.join("/")
}
