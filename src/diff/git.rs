//! Asking git, so that a repository nobody trusts gets nothing run.
//!
//! Only commands that read objects are used: revisions, a tree's listing, contents. None of them looks at the index or the working tree,
//! so no file system monitor, filter, external diff, text conversion or hook of the repository's own configuration has a part in it; the
//! comparison is made here. What could still reach out (fetching what a partial clone lacks, transports) is switched off.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Settings of the repository that name programs; given here, they count more than its own.
const HARMLESS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "diff.external=",
];
/// Variables with which a hook would make git speak of another repository.
const FOREIGN: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
];

/// Why git could not answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GitError {
    /// The program is missing, or could not be run.
    Missing(String),
    /// The folder lies in no repository.
    NoRepository(PathBuf, String),
    /// No commit is called that.
    Revision(String),
    /// The current branch has no commit.
    Unborn,
    /// The histories have no commit in common, as far as they are here.
    NoMergeBase(String),
    /// Anything else, in git's own words.
    Other(String),
}

impl fmt::Display for GitError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(error) => write!(out, "--diff needs git: {error}"),
            Self::NoRepository(folder, error) => {
                write!(
                    out,
                    "--diff needs a git repository, and `{}` lies in none that can be used: {error}",
                    folder.display()
                )
            }
            Self::Revision(name) => write!(out, "--diff: no commit is called `{name}` here; is it fetched?"),
            Self::Unborn => write!(
                out,
                "--diff: the current branch has no commit yet, so there is nothing to compare with"
            ),
            Self::NoMergeBase(name) => write!(
                out,
                "--diff: `{name}` and the current commit have no commit in common here; a shallow clone needs more history (`git fetch --unshallow`, or \
                 `fetch-depth: 0` of actions/checkout)"
            ),
            Self::Other(error) => write!(out, "--diff: git: {error}"),
        }
    }
}

impl std::error::Error for GitError {}

/// A file of a commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Blob {
    /// Relative to the repository's root.
    pub(super) path: String,
    pub(super) id: String,
    pub(super) size: u64,
}

/// What a commit holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Tree {
    pub(super) files: Vec<Blob>,
    /// The folders of submodules, and the commits that belong there.
    pub(super) submodules: Vec<(String, String)>,
}

/// A repository.
#[derive(Debug)]
pub(super) struct Git {
    folder: PathBuf,
    /// Its root.
    pub(super) top: PathBuf,
}

impl Git {
    /// The repository that a folder lies in.
    pub(super) fn open(folder: &Path) -> Result<Self, GitError> {
        let mut git = Self {
            folder: folder.to_owned(),
            top: PathBuf::new(),
        };
        let out = git
            .ask(&["rev-parse", "--show-toplevel"])?
            .map_err(|error| GitError::NoRepository(folder.to_owned(), error))?;
        git.top = PathBuf::from(line(&out));
        Ok(git)
    }

    /// The commit at which the current one left the history of `revision`.
    pub(super) fn merge_base(&self, revision: &str) -> Result<String, GitError> {
        if self.commit("HEAD")?.is_none() {
            return Err(GitError::Unborn);
        }
        let id = self.commit(revision)?;
        let id = id.ok_or_else(|| GitError::Revision(revision.to_owned()))?;
        let base = self.ask(&["merge-base", "HEAD", &id])?;
        let base = base.map_err(|_| GitError::NoMergeBase(revision.to_owned()))?;
        Ok(line(&base))
    }

    /// The id of the commit that is called so.
    fn commit(&self, name: &str) -> Result<Option<String>, GitError> {
        let name = format!("{name}^{{commit}}");
        let found = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
        Ok(found.ok().map(|id| line(&id)))
    }

    /// All regular files of a commit.
    pub(super) fn tree(&self, commit: &str) -> Result<Tree, GitError> {
        let out = self
            .ask(&["ls-tree", "-r", "-z", "-l", "--full-tree", commit])?
            .map_err(GitError::Other)?;
        let mut tree = Tree::default();
        for entry in out.split(|byte| *byte == 0) {
            let entry = String::from_utf8_lossy(entry);
            let Some((about, path)) = entry.split_once('\t') else {
                continue;
            };
            let mut words = about.split_whitespace();
            let (Some(mode), Some(kind), Some(id), Some(size)) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let (path, id) = (path.to_owned(), id.to_owned());
            match kind {
                "blob" if mode.starts_with("100") => tree.files.push(Blob {
                    path,
                    id,
                    size: size.parse().unwrap_or(u64::MAX),
                }),
                "commit" => tree.submodules.push((path, id)),
                _ => {}
            }
        }
        Ok(tree)
    }

    /// The repository of a submodule, if it is checked out and has that commit.
    pub(super) fn submodule(&self, path: &str, commit: &str) -> Option<Self> {
        if path.split('/').any(|part| matches!(part, "" | "..")) {
            return None;
        }
        let folder = self.top.join(path);
        // Where nothing is checked out, git would answer for the repository around it.
        if !folder.join(".git").exists() {
            return None;
        }
        let git = Self::open(&folder).ok()?;
        let has = git.commit(commit).ok().flatten().is_some();
        has.then_some(git)
    }

    /// The contents of blobs by their ids; those that are not here are left out.
    pub(super) fn contents(&self, ids: &[String]) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        let mut child = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| GitError::Missing(error.to_string()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(GitError::Other("it takes no input".to_owned()));
        };
        let read = std::thread::scope(|scope| {
            // Written beside the reading, or both would wait for each other once the pipes are full.
            scope.spawn(move || ids.iter().try_for_each(|id| writeln!(input, "{id}")));
            read_batch(BufReader::new(output))
        });
        let _ = child.wait();
        read.map_err(|error| GitError::Other(error.to_string()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).arg("--no-pager");
        for setting in HARMLESS {
            command.args(["-c", setting]);
        }
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        command
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C");
        command
    }

    /// What git prints, or in the inner error what it complains of.
    fn ask(&self, args: &[&str]) -> Result<Result<Vec<u8>, String>, GitError> {
        let out = self
            .command()
            .args(args)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| GitError::Missing(error.to_string()))?;
        if out.status.success() {
            return Ok(Ok(out.stdout));
        }
        let error = String::from_utf8_lossy(&out.stderr);
        let error = error.trim().trim_start_matches("fatal: ");
        Ok(Err(error.to_owned()))
    }
}

fn line(out: &[u8]) -> String {
    String::from_utf8_lossy(out).trim_end_matches(['\n', '\r']).to_owned()
}

/// Reads `<id> blob <size>`, the content and a line break, as often as they come.
fn read_batch(mut from: impl io::BufRead) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut header = String::new();
    loop {
        header.clear();
        if from.read_line(&mut header)? == 0 {
            return Ok(found);
        }
        let mut words = header.split_whitespace();
        let (Some(id), Some("blob"), Some(size)) = (words.next(), words.next(), words.next()) else {
            // `<id> missing` has no content.
            continue;
        };
        let size: u64 = size
            .parse()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "an unreadable answer"))?;
        let mut content = Vec::new();
        from.by_ref().take(size).read_to_end(&mut content)?;
        found.insert(id.to_owned(), content);
        let mut end = [0; 1];
        from.read_exact(&mut end)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_may_hold_anything_and_may_be_missing() {
        let out = b"aa blob 4\nx\ny\n\nbb missing\ncc blob 0\n\n";
        let read = read_batch(&out[..]).unwrap();
        assert_eq!(read["aa"], b"x\ny\n");
        assert_eq!(read["cc"], b"");
        assert_eq!(read.len(), 2);
        assert!(read_batch(&b"aa blob 9\nx"[..]).is_err());
    }
}
