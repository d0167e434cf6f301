//! The rules: one page each in `rules/`, embedded here.

mod configs;
mod context;
mod deploy;
pub mod flow;
pub mod network;
mod page;
mod practices;
mod secret;
pub mod surface;
mod tools;

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::finding::{Finding, Location, RuleMeta};
use crate::flow::Place;
use crate::models::Class;
use crate::project::Project;

pub use context::{Context, Draft};
pub use page::RulePage;

/// A rule that judges facts instead of a flow; it adds what it found.
type Judge = fn(&Context<'_>, &mut Vec<Finding>);

/// The rules that need code of their own, one line each.
const JUDGES: &[Judge] = &[
    network::disabled_tls_verification::judge,
    network::insecure_transport::judge,
    network::missing_auth::judge,
    network::missing_origin_check::judge,
    network::network_exposure::judge,
    network::permissive_cors::judge,
    network::shared_server_instance::judge,
    network::timing_unsafe_comparison::judge,
    network::token_passthrough::judge,
    network::weak_session_id::judge,
    configs::auto_approve,
    configs::broad_root,
    configs::committed_env_file,
    configs::insecure_transport,
    configs::missing_auth,
    configs::missing_lockfile,
    configs::shell_wrapper,
    configs::unpinned_package,
    deploy::broad_mount,
    deploy::disabled_tls,
    deploy::exposed_port,
    deploy::privileged_container,
    deploy::remote_script,
    deploy::root_container,
    deploy::unhardened_container,
    deploy::unpinned_image,
    deploy::weak_tls,
    deploy::web_front,
    practices::missing_audit_log,
    practices::missing_rate_limit,
    practices::missing_timeout,
    practices::unbounded_input,
    practices::unsandboxed_execution,
    practices::unvalidated_config,
    practices::wildcard_permission,
    secret::judge,
    tools::annotation_mismatch::judge,
    tools::duplicate_name::judge,
    tools::hidden_text::judge,
    tools::panic_on_input::judge,
    tools::stdout_pollution::judge,
    tools::unconfirmed_destructive::judge,
    tools::unvalidated_input::judge,
];

/// What the rules without flow found, unsorted.
pub fn findings(context: &Context<'_>) -> Vec<Finding> {
    // each judges on its own; the order of the list is kept
    JUDGES
        .par_iter()
        .map(|judge| {
            let mut found = Vec::new();
            judge(context, &mut found);
            found
        })
        .flatten()
        .collect()
}

macro_rules! pages {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../rules/", $name, ".md")))),+]
    };
}

/// The embedded pages by file name, sorted. A test holds the folder and this list together.
const PAGES: &[(&str, &str)] = pages![
    "annotation-mismatch",
    "argument-injection",
    "auto-approve",
    "broad-mount",
    "broad-root",
    "code-execution-tool",
    "code-injection",
    "command-injection",
    "committed-env-file",
    "disabled-tls-verification",
    "duplicate-tool-name",
    "error-leak",
    "hardcoded-secret",
    "hidden-text",
    "insecure-transport",
    "missing-audit-log",
    "missing-auth",
    "missing-lockfile",
    "missing-origin-check",
    "missing-rate-limit",
    "missing-timeout",
    "network-exposure",
    "nosql-injection",
    "panic-on-input",
    "path-traversal",
    "permissive-cors",
    "privileged-container",
    "remote-script",
    "root-container",
    "secret-in-log",
    "secret-in-output",
    "sensitive-field-in-output",
    "shared-server-instance",
    "shell-wrapper",
    "sql-injection",
    "sql-passthrough",
    "ssrf",
    "stdout-pollution",
    "template-injection",
    "timing-unsafe-comparison",
    "token-passthrough",
    "unbounded-input",
    "unconfirmed-destructive-tool",
    "unhardened-container",
    "unpinned-image",
    "unpinned-package",
    "unsafe-archive-extraction",
    "unsafe-deserialization",
    "unsandboxed-execution",
    "unvalidated-config",
    "unvalidated-input",
    "weak-path-containment",
    "weak-session-id",
    "weak-sql-filter",
    "weak-tls",
    "wildcard-permission",
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
