//! The pages of `docs/`: those that are made from something else are fresh, the contents lists them all, and every command
//! in them does what the page says.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::binary::root;
use super::outside::git;
use super::{assert_block, read};

/// The file `path` holds `expected`; with `UPDATE_DOCS` set, it is made so first.
fn assert_file(path: &str, expected: &str) {
    let full = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(&full, expected).unwrap();
    }
    let found = fs::read_to_string(&full).unwrap_or_default();
    assert!(
        found == expected,
        "{path} is not up to date: run `UPDATE_DOCS=1 cargo test --test house`"
    );
}

#[test]
fn every_rule_has_its_page_in_the_book() {
    let mut pages = BTreeSet::new();
    let mut contents = String::from("\n- [All rules](rules/all.md)\n");
    let mut table = String::from(
        "# All rules\n\n<!-- Made from rules/*.md by tests/book. -->\n\n| Rule | Severity | Tier | |\n| --- | --- | --- | --- |\n",
    );
    for rule in mcp_lint::rules::all() {
        let mut facts = vec![
            format!("`{}`", rule.id),
            format!("{} severity", rule.severity),
            format!("tier {}", rule.tier),
            format!("precision {}", rule.precision),
        ];
        if !rule.languages.is_empty() {
            facts.push(rule.languages.join(", "));
        }
        facts.extend(
            rule.cwe
                .iter()
                .map(|number| format!("[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)")),
        );
        facts.extend(rule.owasp.iter().map(|id| format!("OWASP {id}")));
        facts.extend(rule.safe_mcp.iter().cloned());
        let page = format!(
            "# {}\n\n<!-- Made from rules/{}.md by tests/book. -->\n\n{}\n\n{}\n\n{}\n",
            rule.title,
            rule.id,
            rule.summary,
            facts.join(" · "),
            rule.page.trim()
        );
        assert_file(&format!("docs/rules/{}.md", rule.id), &page);
        pages.insert(format!("{}.md", rule.id));
        let _ = writeln!(contents, "  - [{}](rules/{}.md)", rule.title, rule.id);
        let _ = writeln!(
            table,
            "| [`{0}`]({0}.md) | {1} | {2} | {3} |",
            rule.id,
            rule.severity.as_str(),
            rule.tier.as_str(),
            rule.summary
        );
    }
    assert_file("docs/rules/all.md", &table);
    pages.insert("all.md".to_owned());
    assert_block("docs/SUMMARY.md", "rules", &format!("{contents}\n"));
    for entry in fs::read_dir(root().join("docs/rules")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(pages.contains(&name), "docs/rules/{name} belongs to no rule");
    }
}

#[test]
fn the_page_on_github_lists_the_inputs_of_the_action() {
    let action = read("action.yml");
    let (_, rest) = action.split_once("\ninputs:\n").unwrap();
    let (inputs, _) = rest.split_once("\noutputs:\n").unwrap();
    let mut table = String::from("\n| Input | Default | |\n| --- | --- | --- |\n");
    let mut rows: Vec<[String; 3]> = Vec::new();
    for line in inputs.lines() {
        let text = line.trim();
        match (line.len() - line.trim_start().len(), rows.last_mut()) {
            (2, _) => rows.push([text.trim_end_matches(':').to_owned(), String::new(), String::new()]),
            (4, Some(row)) => match text.split_once(": ").unwrap() {
                ("default", value) => row[1] = value.trim_matches('"').to_owned(),
                ("description", ">-") => {}
                ("description", value) => value.clone_into(&mut row[2]),
                (other, _) => panic!("action.yml: {other}"),
            },
            (6, Some(row)) => row[2] = format!("{} {text}", row[2]).trim().to_owned(),
            _ => {}
        }
    }
    for [name, default, description] in rows {
        let default = if default.is_empty() {
            default
        } else {
            format!("`{default}`")
        };
        let _ = writeln!(table, "| `{name}` | {default} | {description} |");
    }
    assert_block("docs/ci/github.md", "inputs", &format!("{table}\n"));
}

/// What the schema says of a value, in a few words.
fn kind(schema: &Value, definitions: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return kind(&definitions[name], definitions);
    }
    if let Some(options) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let kinds = options.iter().map(|option| kind(option, definitions));
        return kinds.filter(|kind| kind != "null").collect::<Vec<_>>().join(", ");
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("`{word}`");
    }
    let name = match &schema["type"] {
        Value::Array(names) => names.iter().find(|name| *name != "null").unwrap(),
        name => name,
    };
    match name.as_str().unwrap() {
        "string" => "text".to_owned(),
        "boolean" => "`true`, `false`".to_owned(),
        "object" => "table".to_owned(),
        "array" => format!("list of {}", kind(&schema["items"], definitions)),
        other => other.to_owned(),
    }
}

#[test]
fn the_page_on_settings_lists_them_all() {
    let schema: Value = serde_json::from_str(&read("docs/mcp-lint.schema.json")).unwrap();
    let definitions = &schema["$defs"];
    let mut text = String::new();
    for (title, table) in [
        ("Keys", &schema),
        ("`[rules.<id>]`", &definitions["RuleSettings"]),
        ("`[[ignore]]`", &definitions["IgnorePlace"]),
        ("`[models]`", &definitions["OwnRows"]),
        ("`[models.<language>]`", &definitions["RowFile"]),
    ] {
        let _ = write!(text, "\n### {title}\n\n| Key | Value | |\n| --- | --- | --- |\n");
        for (key, value) in table["properties"].as_object().unwrap() {
            let meaning = value["description"].as_str().unwrap().replace('\n', " ");
            let _ = writeln!(text, "| `{key}` | {} | {meaning} |", kind(value, definitions));
        }
    }
    assert_block("docs/settings.md", "settings", &format!("{text}\n"));
}

fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("book") {
            markdown(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
}

/// The pages of the book, relative to the repository.
pub(super) fn pages() -> Vec<String> {
    let mut found = Vec::new();
    markdown(&root().join("docs"), &mut found);
    let relative = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
    found.iter().map(relative).collect()
}

#[test]
fn the_contents_name_every_page() {
    let contents = read("docs/SUMMARY.md");
    for page in pages() {
        let page = page.strip_prefix("docs/").unwrap();
        // A page that is named twice ends the making of the book.
        let named = contents.matches(&format!("]({page})")).count();
        let expected = usize::from(page != "SUMMARY.md");
        assert_eq!(named, expected, "docs/SUMMARY.md names {page} {named} times");
    }
}

/// A server in a repository of its own, as the pages' commands expect it.
fn server(folder: &Path) {
    let tour = root().join("fixtures/servers/tour/typescript");
    let mut pending = vec![PathBuf::new()];
    while let Some(inner) = pending.pop() {
        fs::create_dir_all(folder.join(&inner)).unwrap();
        for entry in fs::read_dir(tour.join(&inner)).unwrap() {
            let name = inner.join(entry.unwrap().file_name());
            if tour.join(&name).is_dir() {
                pending.push(name);
            } else {
                fs::copy(tour.join(&name), folder.join(&name)).unwrap();
            }
        }
    }
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "A server"]);
}

/// Runs the blocks of commands of a page, in their order and in one folder. `<!-- exits 1 0 -->` before a block says how
/// its commands end, where it is not with 0; `<!-- skip: reason -->` that a block cannot be run here.
fn run_commands(page: &str) -> usize {
    let text = read(page);
    let folder = tempfile::tempdir().unwrap();
    server(folder.path());
    let programs = Path::new(env!("CARGO_BIN_EXE_mcp-lint")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut ran = 0;
    let mut parts = text.split("```console\n");
    let mut before = parts.next().unwrap_or_default();
    for part in parts {
        let (block, after) = part.split_once("```").unwrap();
        let mark = before.trim_end().lines().last().unwrap_or_default();
        before = after;
        if mark.starts_with("<!-- skip: ") {
            continue;
        }
        let exits: Vec<i32> = mark
            .strip_prefix("<!-- exits ")
            .and_then(|mark| mark.strip_suffix(" -->"))
            .map(|codes| codes.split(' ').map(|code| code.parse().unwrap()).collect())
            .unwrap_or_default();
        let commands: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
        assert!(exits.is_empty() || exits.len() == commands.len(), "{page}: {mark}");
        for (number, command) in commands.iter().enumerate() {
            let output = Command::new("bash")
                .args(["-c", command])
                .current_dir(folder.path())
                .env("PATH", &path)
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env_remove("GITHUB_ACTIONS")
                .output()
                .unwrap();
            let expected = exits.get(number).copied().unwrap_or(0);
            assert_eq!(
                output.status.code(),
                Some(expected),
                "{page}: `{command}`\n{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            ran += 1;
        }
    }
    ran
}

#[cfg(unix)]
#[test]
fn every_command_in_the_book_does_what_it_says() {
    let ran: usize = pages().iter().map(|page| run_commands(page)).sum();
    assert!(ran > 15, "{ran}");
}
