//! Paths relative to the root, as text with `/`.

/// The folder of a path; empty for one at the root.
pub(super) fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The last segment of a path.
pub(super) fn base_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, base)| base)
}

/// `dir` and `relative` joined, with `.` and `..` worked out; `None` when it leaves the root.
pub(super) fn join(dir: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// `dir/name`, or `name` alone at the root.
pub(super) fn under(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else if name.is_empty() {
        dir.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}

/// How many leading segments two paths share: the measure of nearness.
pub(super) fn shared(left: &str, right: &str) -> usize {
    left.split('/')
        .zip(right.split('/'))
        .take_while(|(left, right)| left == right && !left.is_empty())
        .count()
}

/// A folder and all those above it, nearest first, the root (empty) last.
pub(super) fn upward(dir: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(dir), |dir| (!dir.is_empty()).then(|| dir_of(dir)))
}

/// The form in which a path is kept.
pub(super) fn normal(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

/// Whether a path is a test's by its name.
pub(super) fn is_test(path: &str) -> bool {
    let (dir, base) = (dir_of(path), base_of(path));
    dir.split('/').any(|part| {
        matches!(
            part,
            "test" | "tests" | "__tests__" | "__mocks__" | "e2e" | "spec" | "testing"
        )
    }) || base.starts_with("test_")
        || base == "conftest.py"
        || base.contains(".test.")
        || base.contains(".spec.")
        || base
            .rsplit_once('.')
            .is_some_and(|(stem, _)| stem.ends_with("_test") || stem == "tests")
}
