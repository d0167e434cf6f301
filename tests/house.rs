//! The documents say what is true, and the rooms of `src/` import as ARCHITECTURE.md draws them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken document ends the test")]

mod binary;
mod book;
mod outside;
mod rooms;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::sync::Mutex;

use serde_json::Value;

use binary::{root, run};

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Tests run side by side; who changes a document does so alone.
static DOCUMENTS: Mutex<()> = Mutex::new(());

/// The text between `<!-- name -->` and `<!-- end -->`. With `UPDATE_DOCS` set, puts `expected` there first.
fn block(path: &str, name: &str, expected: &str) -> String {
    let _alone = DOCUMENTS.lock();
    let text = read(path);
    let (start, end) = (format!("<!-- {name} -->\n"), "<!-- end -->");
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{path}: no {start}"));
    let (old, after) = rest
        .split_once(end)
        .unwrap_or_else(|| panic!("{path}: {name} does not end"));
    if std::env::var_os("UPDATE_DOCS").is_some() && old != expected {
        fs::write(root().join(path), format!("{before}{start}{expected}{end}{after}")).unwrap();
        return expected.to_owned();
    }
    old.to_owned()
}

/// Blocks of a document that are run, or hold what a run prints, are made by running it.
fn assert_block(path: &str, name: &str, expected: &str) {
    let found = block(path, name, expected);
    assert!(
        found == expected,
        "{path}, `{name}`: run `UPDATE_DOCS=1 cargo test --test house` and look at the difference\n\
         --- it says\n{found}\n--- it should say\n{expected}"
    );
}

/// The code blocks of a language in a document.
fn code_blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks
        .map(|rest| rest.split_once("```").unwrap().0.to_owned())
        .collect()
}

#[test]
fn the_readme_shows_a_real_run() {
    let args = ["fixtures/servers/tour/typescript", "--select", "command-injection"];
    let ran = run(&root(), &args);
    assert_eq!(ran.code, Some(1));
    let closing = ran.err.trim_end().rsplit_once("; ").unwrap().0;
    // The time is that of a release build; here it may take longer.
    let shown = format!(
        "```console\n$ mcp-lint {}\n{}{closing}; 0.01 s\n```\n",
        args.join(" "),
        ran.out
    );
    assert_block("README.md", "run", &shown);
}

#[test]
fn the_readme_shows_a_real_surface() {
    let args = ["surface", "--quiet", "fixtures/servers/tour/typescript"];
    let ran = run(&root(), &args);
    let shown = format!("```console\n$ mcp-lint {}\n{}```\n", args.join(" "), ran.out);
    assert_block("README.md", "surface", &shown);
}

#[test]
fn the_readme_lists_every_rule() {
    let mut table = String::from("| Rule | Severity | Tier | CWE | |\n| --- | --- | --- | --- | --- |\n");
    for rule in mcp_lint::rules::all() {
        let cwe: Vec<String> = rule.cwe.iter().map(u32::to_string).collect();
        let _ = writeln!(
            table,
            "| [`{0}`](rules/{0}.md) | {1} | {2} | {3} | {4} |",
            rule.id,
            rule.severity.as_str(),
            rule.tier.as_str(),
            cwe.join(", "),
            rule.summary
        );
    }
    assert_block("README.md", "rules", &table);
}

/// Each practice names a rule that exists, in its tier, or says why none can judge it; each fixture that is named is there.
#[test]
fn practices_name_rules_that_exist() {
    let text = read("docs/practices.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---") && !line.starts_with("| Practice"))
        .map(|line| line.trim().trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 30, "docs/practices.md: the tables are read");
    for row in rows {
        let [practice, _, rule, tier, why] = row.as_slice() else {
            panic!("docs/practices.md: {row:?} has five columns");
        };
        if *rule == "—" {
            assert!(
                !why.is_empty(),
                "docs/practices.md: why does no rule judge `{practice}`?"
            );
            continue;
        }
        let id = rule.trim_matches('`');
        let meta = mcp_lint::rules::get(id).unwrap_or_else(|| panic!("docs/practices.md names the unknown rule {id}"));
        assert_eq!(meta.tier.as_str(), *tier, "docs/practices.md: the tier of {id}");
    }
    for fixture in text.split('`').filter_map(|word| {
        let name = word.strip_prefix("fixtures/servers/").unwrap_or(word);
        (name.starts_with("seed-") && !name.contains('*')).then_some(name)
    }) {
        let folder = root().join("fixtures/servers").join(fixture);
        assert!(folder.is_dir(), "docs/practices.md names {fixture}");
    }
}

/// The OWASP MCP Top 10 of 2025.
const TOP10: [&str; 10] = [
    "Token Mismanagement & Secret Exposure",
    "Privilege Escalation via Scope Creep",
    "Tool Poisoning",
    "Software Supply Chain Attacks & Dependency Tampering",
    "Command Injection & Execution",
    "Intent Flow Subversion",
    "Insufficient Authentication & Authorization",
    "Lack of Audit and Telemetry",
    "Shadow MCP Servers",
    "Context Injection & Over-Sharing",
];

#[test]
fn the_catalogues_are_those_of_the_pages() {
    let rules = mcp_lint::rules::all();
    let link = |id: &str| format!("[`{id}`](rules/{id}.md)");
    let mut by_entry = String::from("| Entry | Rules |\n| --- | --- |\n");
    for (number, title) in (1..).zip(TOP10) {
        let id = format!("MCP{number:02}:2025");
        let own: Vec<String> = rules
            .iter()
            .filter(|rule| rule.owasp.contains(&id))
            .map(|rule| link(&rule.id))
            .collect();
        let own = if own.is_empty() {
            "–".to_owned()
        } else {
            own.join(", ")
        };
        let _ = writeln!(by_entry, "| {id} {title} | {own} |");
    }
    assert_block("docs/owasp.md", "top10", &by_entry);

    let or_none = |list: Vec<String>| {
        if list.is_empty() {
            "–".to_owned()
        } else {
            list.join(", ")
        }
    };
    let mut by_rule = String::from("| Rule | Tier | CWE | OWASP | SAFE-MCP |\n| --- | --- | --- | --- | --- |\n");
    for rule in rules {
        let cwe = rule
            .cwe
            .iter()
            .map(|number| format!("[{number}](https://cwe.mitre.org/data/definitions/{number}.html)"));
        let _ = writeln!(
            by_rule,
            "| {} | {} | {} | {} | {} |",
            link(&rule.id),
            rule.tier.as_str(),
            or_none(cwe.collect()),
            or_none(rule.owasp.clone()),
            or_none(rule.safe_mcp.clone())
        );
    }
    assert_block("docs/owasp.md", "rules", &by_rule);
}

#[test]
fn pages_name_entries_that_exist() {
    for rule in mcp_lint::rules::all() {
        for id in &rule.owasp {
            let number = id.strip_prefix("MCP").and_then(|id| id.strip_suffix(":2025"));
            let number = number.and_then(|number| number.parse::<usize>().ok());
            assert!(
                number.is_some_and(|number| (1..=TOP10.len()).contains(&number)),
                "{}: {id}",
                rule.id
            );
        }
        for id in &rule.safe_mcp {
            let digits = id.strip_prefix("SAFE-T").unwrap_or_default();
            assert!(
                digits.len() == 4 && digits.chars().all(|c| c.is_ascii_digit()),
                "{}: {id}",
                rule.id
            );
        }
    }
}

/// The two commands that set everything up, in this order, alone in the first `sh` block.
#[test]
fn the_readme_starts_with_two_commands() {
    let commands = code_blocks(&read("README.md"), "sh").remove(0);
    let lines: Vec<&str> = commands
        .lines()
        .map(|line| line.split(" #").next().unwrap().trim())
        .collect();
    assert_eq!(
        lines,
        ["cargo run --release --locked -- path/to/server", "cargo test --locked"]
    );
    // `.ci/run` reads the second from there.
    assert!(read(".ci/run").contains("README.md"));
}

/// Every option that a document names exists.
#[test]
fn documents_name_options_that_exist() {
    let help: String = [
        "",
        "surface",
        "rules",
        "explain",
        "baseline write",
        "init",
        "man",
        "completions",
    ]
    .iter()
    .map(|command| {
        run(
            &root(),
            &command.split_whitespace().chain(["--help"]).collect::<Vec<_>>(),
        )
        .out
    })
    .collect();
    // Of cargo, git, rustup and of what is said not to exist yet.
    let others = [
        "--release",
        "--locked",
        "--test",
        "--lib",
        "--git",
        "--path",
        "--all-targets",
        "--no-deps",
        "--check",
        "--all",
        "--bench",
        "--doc",
        "--rev",
    ];
    let documents = ["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    let pages = book::pages()
        .into_iter()
        .filter(|page| !page.starts_with("docs/rules/"));
    for path in documents.into_iter().chain(pages) {
        let text = read(&path);
        let options = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .filter(|word| word.starts_with("--") && word.len() > 3 && !word.starts_with("---"));
        for option in options {
            assert!(
                help.contains(option) || others.contains(&option),
                "{path} names {option}"
            );
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "rules/README.md",
    ];
    for path in documents.map(str::to_owned).into_iter().chain(book::pages()) {
        let text = read(&path);
        let folder = root().join(&path).parent().unwrap().to_owned();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.starts_with("http") {
                assert!(folder.join(target).exists(), "{path} leads to {target}");
                let leaves = path.starts_with("docs/") && target.matches("../").count() >= path.matches('/').count();
                assert!(!leaves, "{path} leads out of the book, to {target}");
            }
        }
    }
}

#[test]
fn the_readme_states_the_oldest_compiler() {
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    assert!(
        read("README.md").contains(&format!("Rust {version}")),
        "README.md: Rust {version}"
    );
}

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Object(map) => {
            for (key, value) in map {
                found.insert(key.clone());
                // Their keys are languages and what servers write.
                if key != "by_language" && key != "configs" && key != "annotations" {
                    keys(value, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_page_on_json_names_every_field() {
    let page = read("docs/json.md");
    for command in [
        &["fixtures/servers/tour"][..],
        &["surface", "fixtures/servers/tour"],
        &["rules"],
    ] {
        let ran = run(&root(), &[command, &["--format", "json"]].concat());
        let mut found = BTreeSet::new();
        keys(&serde_json::from_str(&ran.out).unwrap(), &mut found);
        for key in found {
            assert!(
                page.contains(&format!("`{key}")) || page.contains(&format!("\"{key}\"")),
                "docs/json.md does not explain `{key}` of {command:?}"
            );
        }
    }
}

/// Rule authors look at one page: it names every key of every kind of row.
#[test]
fn the_rule_page_names_every_key_of_a_row() {
    let page = read("rules/README.md");
    for file in ["row.rs", "framework.rs"] {
        let source = read(&format!("src/models/{file}"));
        let parsed = syn::parse_file(&source).unwrap();
        for item in parsed.items {
            let syn::Item::Struct(item) = item else { continue };
            if !item.ident.to_string().ends_with("Row") {
                continue;
            }
            for field in &item.fields {
                let name = field.ident.as_ref().unwrap().to_string();
                assert!(
                    page.contains(&format!("`{name}")),
                    "rules/README.md does not explain `{name}` of {}",
                    item.ident
                );
            }
        }
    }
}
