//! Reads the listed files, all threads at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::classify::{Layout, kind_of_shebang, looks_made};
use super::discover::{Candidate, discover, unreadable};
use super::read::{Outcome, Text, read};
use super::{
    FileKind, LoadError, MAX_LOCK_SIZE, MAX_TEXT_SIZE, Note, NoteKind, Role, SourceFile, Workspace, WorkspaceOptions,
};

/// What reading one file came to.
#[derive(Default)]
pub(super) struct Loaded {
    file: Option<SourceFile>,
    note: Option<Note>,
    /// The file itself says that a tool made it.
    made: bool,
    /// How many bytes of the path were named on the command line.
    named: usize,
}

impl Loaded {
    /// The path of the file, if it is one to keep.
    pub(super) fn path(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.path.as_str())
    }
}

/// Reads what the options ask for.
///
/// # Errors
/// If a path of the options does not exist or a glob is malformed. What goes wrong with a single file below them is a
/// note.
pub fn load(options: &WorkspaceOptions) -> Result<Workspace, LoadError> {
    let listing = discover(options)?;
    let loaded: Vec<Loaded> = listing
        .candidates
        .into_par_iter()
        .map(|candidate| load_one(candidate, options))
        .collect();
    let mut workspace = gather(listing.root, listing.notes, loaded);
    workspace.locks = listing
        .lock_files
        .par_iter()
        .filter_map(|path| Some((path.clone(), read_lock(&workspace.root, path)?)))
        .collect();
    workspace.lock_files = listing.lock_files;
    Ok(workspace)
}

/// The bytes of a lock file; one above the root is that of the nearest folder that has it.
fn read_lock(root: &Path, path: &str) -> Option<Arc<[u8]>> {
    if path.ends_with(".lockb") {
        return None;
    }
    let file = match path.strip_prefix("../") {
        Some(name) => {
            let all = root.ancestors().skip(1).map(|folder| folder.join(name));
            all.into_iter().find(|file| file.is_file())?
        }
        None => root.join(path),
    };
    let about = fs::metadata(&file).ok()?;
    if !about.is_file() || about.len() > MAX_LOCK_SIZE {
        return None;
    }
    fs::read(file).ok().map(Arc::from)
}

/// Makes a workspace of what was read, which is sorted by path.
pub(super) fn gather(root: PathBuf, mut notes: Vec<Note>, loaded: Vec<Loaded>) -> Workspace {
    let layout = Layout::new(
        loaded
            .iter()
            .filter_map(|one| one.file.as_ref())
            .map(|file| file.path.as_str()),
    );
    let roles: Vec<Role> = loaded.iter().map(|one| role(one, &layout)).collect();
    let mut files = Vec::with_capacity(loaded.len());
    for (one, role) in loaded.into_iter().zip(roles) {
        notes.extend(one.note);
        if let Some(mut file) = one.file {
            file.role = role;
            files.push(file);
        }
    }
    notes.sort();
    Workspace {
        below_repository: below_repository(&root),
        root,
        files,
        notes,
        lock_files: Vec::new(),
        locks: Vec::new(),
    }
}

/// The way from the root of the repository around a folder to the folder.
fn below_repository(folder: &Path) -> String {
    let repository = folder.ancestors().find(|above| above.join(".git").exists());
    let inner = repository.and_then(|repository| folder.strip_prefix(repository).ok());
    let names = inner.into_iter().flat_map(Path::components);
    names
        .map(|name| format!("{}/", name.as_os_str().to_string_lossy()))
        .collect()
}

fn role(one: &Loaded, layout: &Layout<'_>) -> Role {
    match &one.file {
        // A file that was named is meant, whatever it is called.
        Some(file) if one.named < file.path.len() => layout.role(&file.path, one.named, one.made),
        _ => Role::Source,
    }
}

fn load_one(candidate: Candidate, options: &WorkspaceOptions) -> Loaded {
    let is_named = candidate.named == candidate.path.len();
    let told = |kind, message: &str| Loaded {
        note: Some(Note {
            path: candidate.path.clone(),
            kind,
            message: message.to_owned(),
        }),
        ..Loaded::default()
    };
    // Text is read on the chance of a secret in it: what cannot be read of it is no news, unless somebody asked for it.
    let is_plain = matches!(candidate.kind, None | Some(FileKind::Text));
    let limit = if is_plain && !is_named {
        options.max_file_size.min(MAX_TEXT_SIZE)
    } else {
        options.max_file_size
    };
    let sniff = is_plain || matches!(candidate.kind, Some(FileKind::Config(_)));
    let text = match read(&candidate.absolute, limit, sniff) {
        Ok(Outcome::Read(text)) => text,
        Ok(Outcome::TooLarge) if is_plain && !is_named => return Loaded::default(),
        Ok(Outcome::TooLarge) => {
            let message = format!("larger than {limit} bytes, not read");
            return told(NoteKind::TooLarge, &message);
        }
        Ok(Outcome::Binary) if sniff && !is_named => return Loaded::default(),
        Ok(Outcome::Binary) => return told(NoteKind::Special, "not text, not read"),
        Err(error) => {
            return Loaded {
                note: Some(unreadable(candidate.path, &error)),
                ..Loaded::default()
            };
        }
    };
    let loaded = loaded(candidate, text);
    if let (Some(progress), Some(_)) = (&options.progress, &loaded.file) {
        progress.file_read();
    }
    loaded
}

/// What a text is as a file of the workspace: nothing, if it is of no kind that is read and was not named.
pub(super) fn loaded(candidate: Candidate, text: Text) -> Loaded {
    let Candidate {
        path,
        absolute,
        kind,
        named,
    } = candidate;
    let is_named = named == path.len();
    let kind = kind.unwrap_or_else(|| match kind_of_shebang(&text.text) {
        FileKind::Other => FileKind::Text,
        source => source,
    });
    let is_other = kind == FileKind::Other || (kind == FileKind::TypeScript && is_translation(&text.text));
    if is_other && !is_named {
        return Loaded::default();
    }
    let note = match (text.lossy, text.utf16) {
        _ if kind == FileKind::Text && !is_named => None,
        (true, _) => Some("not UTF-8; what could not be read was replaced"),
        (false, true) => Some("UTF-16, decoded"),
        (false, false) => None,
    };
    let note = note.map(|message| Note {
        path: path.clone(),
        kind: NoteKind::Lossy,
        message: message.to_owned(),
    });
    let made = kind.language().is_some() && looks_made(kind, &text.text);
    let mut file = SourceFile::new(path, absolute, kind, Role::Source, text.text);
    file.lossy = text.lossy;
    file.had_bom = text.had_bom;
    Loaded {
        file: Some(file),
        note,
        made,
        named,
    }
}

/// Qt keeps its translations in XML files called `.ts`.
fn is_translation(text: &str) -> bool {
    let head = text.trim_start();
    head.starts_with("<?xml") || head.starts_with("<!DOCTYPE TS")
}
