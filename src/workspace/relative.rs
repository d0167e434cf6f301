//! The paths of a run as they are called from another folder.

use std::path::{Component, Path};

/// Turns paths relative to the analysed root into paths relative to another folder, with `/` on every system.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Relative {
    /// The way from the root down to the folder, if it lies below.
    down: Vec<String>,
    /// What stands before a path otherwise.
    prefix: String,
}

impl Relative {
    /// For paths below `root`, seen from `folder`.
    pub fn new(root: &Path, folder: &Path) -> Self {
        let (root, folder) = (segments(root), segments(folder));
        let shared = root
            .iter()
            .zip(&folder)
            .take_while(|(left, right)| left == right)
            .count();
        let rest = root.get(shared..).unwrap_or_default();
        let ups = folder.get(shared..).unwrap_or_default();
        if rest.is_empty() {
            return Self {
                down: ups.to_vec(),
                prefix: String::new(),
            };
        }
        let up = std::iter::repeat_n("..", ups.len());
        let way: Vec<&str> = up.chain(rest.iter().map(String::as_str)).collect();
        Self {
            down: Vec::new(),
            prefix: format!("{}/", way.join("/")),
        }
    }

    /// A path relative to the root, as the folder calls it.
    pub fn path(&self, path: &str) -> String {
        if self.down.is_empty() {
            return format!("{}{path}", self.prefix);
        }
        let mut rest = path;
        let mut left = self.down.as_slice();
        while let Some((first, others)) = left.split_first() {
            let Some(inner) = rest
                .strip_prefix(first.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
            else {
                break;
            };
            rest = inner;
            left = others;
        }
        format!("{}{rest}", "../".repeat(left.len()))
    }

    /// The reverse: `None` for what does not lie below the root.
    pub fn back(&self, path: &str) -> Option<String> {
        if self.down.is_empty() {
            let inner = path.strip_prefix(self.prefix.as_str())?;
            return (!inner.starts_with("../")).then(|| inner.to_owned());
        }
        let mut rest = path;
        let mut kept = self.down.len();
        while let Some(inner) = rest.strip_prefix("../") {
            rest = inner;
            kept = kept.checked_sub(1)?;
        }
        let way = self.down.iter().take(kept).map(String::as_str);
        Some(way.chain([rest]).collect::<Vec<_>>().join("/"))
    }
}

fn segments(path: &Path) -> Vec<String> {
    path.components()
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert(root: &str, folder: &str, path: &str, expected: &str) {
        let relative = Relative::new(Path::new(root), Path::new(folder));
        assert_eq!(relative.path(path), expected);
        assert_eq!(relative.back(expected).as_deref(), Some(path));
    }

    #[test]
    fn paths_are_seen_from_above_below_and_beside() {
        assert("/p", "/p", "src/a.ts", "src/a.ts");
        assert("/p/src", "/p", "a.ts", "src/a.ts");
        assert("/p", "/p/ci/base", "src/a.ts", "../../src/a.ts");
        assert("/p", "/p/ci/base", "ci/a.ts", "../a.ts");
        assert("/p", "/p/ci", "ci/a.ts", "a.ts");
        assert("/p/src", "/p/ci", "a.ts", "../src/a.ts");
        assert_eq!(
            Relative::new(Path::new("/p/src"), Path::new("/p")).back("lib/a.ts"),
            None
        );
        assert_eq!(Relative::new(Path::new("/p"), Path::new("/p")).back("../a.ts"), None);
    }
}
