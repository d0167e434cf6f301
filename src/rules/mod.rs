//! The rules: one page each in `rules/`, embedded here.

pub mod flow;
mod page;
pub mod surface;

use std::sync::LazyLock;

use crate::finding::{Location, RuleMeta};
use crate::flow::Place;
use crate::models::Class;
use crate::project::Project;

pub use page::RulePage;

/// The embedded pages by file name, sorted. A test holds the folder and this list together.
const PAGES: &[(&str, &str)] = &[
    ("argument-injection", include_str!("../../rules/argument-injection.md")),
    (
        "code-execution-tool",
        include_str!("../../rules/code-execution-tool.md"),
    ),
    ("code-injection", include_str!("../../rules/code-injection.md")),
    ("command-injection", include_str!("../../rules/command-injection.md")),
    ("error-leak", include_str!("../../rules/error-leak.md")),
    ("nosql-injection", include_str!("../../rules/nosql-injection.md")),
    ("path-traversal", include_str!("../../rules/path-traversal.md")),
    ("secret-in-log", include_str!("../../rules/secret-in-log.md")),
    ("secret-in-output", include_str!("../../rules/secret-in-output.md")),
    ("sql-injection", include_str!("../../rules/sql-injection.md")),
    ("sql-passthrough", include_str!("../../rules/sql-passthrough.md")),
    ("ssrf", include_str!("../../rules/ssrf.md")),
    ("template-injection", include_str!("../../rules/template-injection.md")),
    (
        "unsafe-archive-extraction",
        include_str!("../../rules/unsafe-archive-extraction.md"),
    ),
    (
        "unsafe-deserialization",
        include_str!("../../rules/unsafe-deserialization.md"),
    ),
    (
        "weak-path-containment",
        include_str!("../../rules/weak-path-containment.md"),
    ),
    ("weak-sql-filter", include_str!("../../rules/weak-sql-filter.md")),
];

// A broken page is left out; a test excludes that one is embedded.
static LOADED: LazyLock<Vec<RulePage>> =
    LazyLock::new(|| PAGES.iter().filter_map(|(_, text)| page::parse(text).ok()).collect());
static META: LazyLock<Vec<RuleMeta>> = LazyLock::new(|| LOADED.iter().map(|page| page.meta.clone()).collect());

/// Every rule, sorted by id.
pub fn all() -> &'static [RuleMeta] {
    &META
}

/// Every rule with what its page says to the engine, sorted by id.
pub fn pages() -> &'static [RulePage] {
    &LOADED
}

/// A rule by its id.
pub fn get(id: &str) -> Option<&'static RuleMeta> {
    let index = META.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
    META.get(index)
}

/// The flow rules that report a class of sink, sorted by id.
pub fn of_class(class: Class) -> impl Iterator<Item = &'static RuleMeta> {
    LOADED
        .iter()
        .filter(move |page| page.classes.contains(&class))
        .map(|page| &page.meta)
}

/// A place of the analysis as a location of the report.
pub(crate) fn location(project: &Project, place: Place) -> Location {
    Location {
        file: project.module(place.module).file,
        span: place.span,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    const HEADINGS: &[&str] = &[
        "## What it does",
        "## Why this is bad",
        "## How to fix",
        "## Bad",
        "## Good",
        "## What it cannot see",
        "## References",
    ];

    #[test]
    fn every_page_is_embedded_and_reads() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|stem| stem != "README")
            .collect();
        let embedded: BTreeSet<String> = PAGES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(on_disk, embedded, "rules/*.md and PAGES");
        for (name, text) in PAGES {
            let page = page::parse(text).unwrap_or_else(|error| panic!("rules/{name}.md: {error}"));
            assert_eq!(page.meta.id, *name, "id and file name");
        }
        assert!(PAGES.is_sorted(), "PAGES are sorted");
    }

    #[test]
    fn pages_have_the_fixed_headings_in_order() {
        for rule in all() {
            let found: Vec<&str> = rule.page.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(found, HEADINGS, "{}", rule.id);
            assert!(!rule.cwe.is_empty(), "{} names a CWE", rule.id);
            assert!(rule.summary.ends_with('.'), "{}: the summary is a sentence", rule.id);
        }
    }

    #[test]
    fn rules_are_found_by_id_and_class() {
        assert!(get("path-traversal").is_some());
        assert!(get("no-such-rule").is_none());
        let ids: Vec<&str> = of_class(Class::Path).map(|rule| rule.id.as_str()).collect();
        assert_eq!(
            ids,
            ["path-traversal", "unsafe-archive-extraction", "weak-path-containment"]
        );
    }
}
