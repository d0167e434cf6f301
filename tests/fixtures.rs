//! Runs the scan over every annotated server and every example of the rule pages, and compares with the marks.
//!
//! A mark stands in a comment at the end of the sink's line, or on a line of its own above it: `expect: <rule>[ from <parameter>]`, `ok`,
//! `missing: <rule>` (a known miss), `spurious: <rule>` (a known false alarm). Several are separated by `;`. What follows is for people.
//! A file whose syntax has no comments has `<file>.expect` beside it: `<line> <marks>` in lines.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken fixture ends the test")]

mod marks;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use marks::{Kind, Mark, Place};
use mcp_lint::config::Config;

/// Known misses in fixtures. May only fall.
const MISSING: usize = 0;
/// Known false alarms in fixtures. May only fall.
const SPURIOUS: usize = 0;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn servers() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(root().join("fixtures/servers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A finding, as far as marks speak of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    place: Place,
    rule: String,
    parameter: Option<String>,
    message: String,
}

/// How a fixture is judged: `fixture.toml` in its folder.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The tier; `default` if it is not said.
    tier: Option<String>,
    /// Only these rules.
    #[serde(default)]
    select: Vec<String>,
}

const SETTINGS: &str = "fixture.toml";

fn settings(folder: &Path) -> Config {
    let mut config = Config {
        paths: vec![folder.to_owned()],
        exclude: vec![SETTINGS.to_owned()],
        ..Config::default()
    };
    if let Ok(text) = fs::read_to_string(folder.join(SETTINGS)) {
        let settings: Settings =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}/{SETTINGS}: {error}", folder.display()));
        config.select = settings.select;
        if let Some(tier) = settings.tier {
            config.tier = tier.parse().unwrap();
        }
    }
    config
}

/// A page's examples are judged by its own rule, in its tier; those of flow rules by all flow rules, which stand for one another.
fn settings_of_page(rule: &str, folder: &Path) -> Config {
    let pages = mcp_lint::rules::pages();
    let is_flow = |id: &str| pages.iter().any(|page| page.meta.id == id && !page.classes.is_empty());
    let judges = |id: &str| id == rule || is_flow(rule) && is_flow(id);
    Config {
        paths: vec![folder.to_owned()],
        tier: mcp_lint::rules::get(rule).unwrap().tier,
        ignore: pages
            .iter()
            .map(|page| page.meta.id.clone())
            .filter(|id| !judges(id))
            .collect(),
        ..Config::default()
    }
}

fn scan(folder: &Path, config: &Config) -> Vec<Found> {
    let report = mcp_lint::scan(config).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let gaps: Vec<&String> = report.coverage.gaps.iter().map(|(_, message)| message).collect();
    assert!(gaps.is_empty(), "{}: not understood: {gaps:?}", folder.display());
    let unseen = &report.coverage.sdk_files_without_entry;
    assert!(unseen.is_empty(), "{}: no entry point in {unseen:?}", folder.display());
    let mut found: Vec<Found> = report
        .findings
        .iter()
        .map(|finding| {
            let file = report.workspace.file(finding.primary.file);
            let before = file.text.get(..finding.primary.span.start as usize).unwrap_or_default();
            Found {
                place: Place {
                    file: file.path.clone(),
                    line: before.matches('\n').count() + 1,
                },
                rule: finding.rule.clone(),
                parameter: finding.parameter.clone(),
                message: finding.message.clone(),
            }
        })
        .collect();
    found.sort();
    found
}

/// Marks that stand for a miss and a false alarm.
#[derive(Default)]
struct Counts {
    expected: usize,
    missing: usize,
    spurious: usize,
}

fn matches(mark: &Mark, found: &Found) -> bool {
    mark.place == found.place
        && mark.rule == found.rule
        && mark.parameter.as_deref().is_none_or(|wanted| {
            // a field of the parameter counts for it
            let found = found.parameter.as_deref().unwrap_or("");
            found == wanted || found.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
        })
}

/// What does not fit between marks and findings, one line each.
fn compare(name: &str, marks: &[Mark], found: &[Found], counts: &mut Counts) -> String {
    let mut wrong = String::new();
    let mut used = vec![false; found.len()];
    for mark in marks {
        // Several marks of one line may stand for several findings.
        let fits = |index: &usize| found.get(*index).is_some_and(|finding| matches(mark, finding));
        let hit = (0..found.len())
            .find(|index| !used[*index] && fits(index))
            .or_else(|| (0..found.len()).find(fits));
        if let Some(index) = hit {
            used[index] = true;
        }
        let Mark { place, rule, .. } = mark;
        match (mark.kind, hit) {
            (Kind::Ok, _) | (Kind::Expect, Some(_)) | (Kind::Spurious, Some(_)) | (Kind::Missing, None) => {}
            (Kind::Expect, None) => {
                let parameter = mark
                    .parameter
                    .as_ref()
                    .map(|p| format!(" from {p}"))
                    .unwrap_or_default();
                let _ = writeln!(wrong, "{name}/{place}: expected {rule}{parameter}");
            }
            (Kind::Missing, Some(_)) => {
                let _ = writeln!(
                    wrong,
                    "{name}/{place}: {rule} is found now: turn `missing` into `expect`"
                );
            }
            (Kind::Spurious, None) => {
                let _ = writeln!(wrong, "{name}/{place}: {rule} is not told any more: drop `spurious`");
            }
        }
        match mark.kind {
            Kind::Expect => counts.expected += 1,
            Kind::Missing => counts.missing += 1,
            Kind::Spurious => counts.spurious += 1,
            Kind::Ok => {}
        }
    }
    for (finding, used) in found.iter().zip(used) {
        if !used {
            let parameter = finding.parameter.as_deref().unwrap_or("?");
            let _ = writeln!(
                wrong,
                "{name}/{}: unexpected {} from {parameter}: {}",
                finding.place, finding.rule, finding.message
            );
        }
    }
    wrong
}

#[test]
fn servers_are_told_as_marked() {
    let mut counts = Counts::default();
    let mut wrong = String::new();
    for server in servers() {
        let name = server.file_name().unwrap().to_string_lossy().into_owned();
        let mut marks = Vec::new();
        for file in files_below(&server) {
            let relative = file.strip_prefix(&server).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&file).unwrap();
            let read = match relative.strip_suffix(".expect") {
                Some(beside) => marks::read_beside(beside, &text),
                None => marks::read(&relative, &text),
            };
            marks.extend(read.unwrap_or_else(|error| panic!("{name}/{error}")));
        }
        wrong += &compare(&name, &marks, &scan(&server, &settings(&server)), &mut counts);
    }
    eprintln!(
        "fixtures: {} expected, {} known misses, {} known false alarms",
        counts.expected, counts.missing, counts.spurious
    );
    assert!(wrong.is_empty(), "{} wrong:\n{wrong}", wrong.lines().count());
    assert_eq!(
        counts.missing, MISSING,
        "known misses: lower the constant, never raise it"
    );
    assert_eq!(
        counts.spurious, SPURIOUS,
        "known false alarms: lower the constant, never raise it"
    );
}

/// An example of a rule page.
struct Example {
    rule: &'static str,
    bad: bool,
    /// Its path below the folder that is scanned; a `+` before it says that it stands beside the file of the block before.
    file: String,
    code: String,
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for rule in mcp_lint::rules::all() {
        let mut section = "";
        let mut block: Option<Example> = None;
        for line in rule.page.lines() {
            match &mut block {
                Some(_) if line == "```" => examples.extend(block.take()),
                Some(example) => {
                    example.code.push_str(line);
                    example.code.push('\n');
                }
                None => {
                    if let Some(heading) = line.strip_prefix("## ") {
                        section = heading;
                    }
                    // The file of a config stands behind the language: what it is called says what it is.
                    let file = match line
                        .strip_prefix("```")
                        .map(|info| info.split_once(' ').unwrap_or((info, "")))
                    {
                        Some(("ts", "")) => "server.ts",
                        Some(("py", "")) => "server.py",
                        Some(("rust", "")) => "main.rs",
                        Some((_, path)) if !path.is_empty() => path,
                        _ => continue,
                    };
                    if matches!(section, "Bad" | "Good") {
                        block = Some(Example {
                            rule: &rule.id,
                            bad: section == "Bad",
                            file: file.to_owned(),
                            code: String::new(),
                        });
                    }
                }
            }
        }
        assert!(block.is_none(), "{}: a code block does not end", rule.id);
    }
    examples
}

#[test]
fn examples_of_pages_are_told_as_marked() {
    let mut wrong = String::new();
    let mut counts = Counts::default();
    let mut projects: Vec<Vec<Example>> = Vec::new();
    for mut example in examples() {
        match example.file.strip_prefix('+').map(str::to_owned) {
            Some(file) => {
                example.file = file;
                projects.last_mut().unwrap().push(example);
            }
            None => projects.push(vec![example]),
        }
    }
    for project in projects {
        let folder = tempfile::tempdir().unwrap();
        let server = folder.path().join("server");
        let mut marks = Vec::new();
        for example in &project {
            let path = server.join(&example.file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &example.code).unwrap();
            marks.extend(marks::read(&example.file, &example.code).unwrap());
        }
        let Example { rule, bad, .. } = project[0];
        let kind = if bad { "Bad" } else { "Good" };
        let found = scan(&server, &settings_of_page(rule, &server));
        wrong += &compare(&format!("{rule} {kind}"), &marks, &found, &mut counts);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{wrong}", wrong.lines().count());
    assert_eq!((counts.missing, counts.spurious), (0, 0), "pages have no known errors");
}

#[test]
fn flow_rules_have_bad_and_good_examples_in_each_language() {
    let examples = examples();
    for page in mcp_lint::rules::pages().iter().filter(|page| !page.classes.is_empty()) {
        for bad in [true, false] {
            for file in ["server.ts", "server.py", "main.rs"] {
                let language = language_of(Path::new(file)).unwrap();
                if !page.meta.languages.iter().any(|have| have == language) {
                    continue;
                }
                let own: Vec<&Example> = examples
                    .iter()
                    .filter(|e| e.rule == page.meta.id && e.bad == bad && e.file == file)
                    .collect();
                assert!(!own.is_empty(), "{}: no example in {file}, bad: {bad}", page.meta.id);
                for example in own {
                    let marks = marks::read(file, &example.code).unwrap();
                    let expected = marks.iter().filter(|mark| mark.kind == Kind::Expect);
                    assert_eq!(
                        expected.filter(|mark| mark.rule == page.meta.id).count() > 0,
                        bad,
                        "{}: the bad examples, and only they, expect the rule",
                        page.meta.id
                    );
                }
            }
        }
    }
}

#[test]
fn each_flow_rule_is_expected_in_servers_of_each_language() {
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    for server in servers() {
        for file in files_below(&server) {
            if let Some(language) = language_of(&file) {
                let text = fs::read_to_string(&file).unwrap();
                for mark in marks::read("", &text).unwrap() {
                    if mark.kind == Kind::Expect {
                        seen.insert((language, mark.rule));
                    }
                }
            }
        }
    }
    for page in mcp_lint::rules::pages().iter().filter(|page| !page.classes.is_empty()) {
        for language in &page.meta.languages {
            let language = language.as_str();
            assert!(
                seen.contains(&(language, page.meta.id.clone())),
                "no server expects {} in {language}",
                page.meta.id
            );
        }
    }
    for (_, rule) in &seen {
        assert!(
            mcp_lint::rules::get(rule).is_some(),
            "a mark names the unknown rule {rule}"
        );
    }
}

fn language_of(file: &Path) -> Option<&'static str> {
    match file.extension()?.to_str()? {
        "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => Some("typescript"),
        "py" | "pyi" => Some("python"),
        "rs" => Some("rust"),
        _ => None,
    }
}

/// Whether `text` holds `name` as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The part of a callee that stands in code whatever the imports are.
fn last_part(callee: &str) -> &str {
    let name = callee.rsplit("::").next().unwrap_or(callee);
    match name.rsplit_once('.') {
        Some((package, "js")) => package,
        Some((_, member)) => member,
        None => name,
    }
}

#[test]
fn marks_speak_of_their_own_or_the_next_line() {
    let text = "call(x); // expect: a-rule from x; missing: b-rule\n\n# expect: c-rule\n# a remark\ncall(y)  # ok\n";
    let read: Vec<(usize, Kind, String)> = marks::read("f", text)
        .unwrap()
        .into_iter()
        .map(|mark| (mark.place.line, mark.kind, mark.rule))
        .collect();
    assert_eq!(
        read,
        [
            (1, Kind::Expect, "a-rule".to_owned()),
            (1, Kind::Missing, "b-rule".to_owned()),
            (5, Kind::Expect, "c-rule".to_owned()),
            (5, Kind::Ok, String::new()),
        ]
    );
    assert!(marks::read("f", "// expect: a-rule\n").is_err(), "a mark above nothing");
    assert!(
        marks::read("f", "call() // expect:\n").is_err(),
        "a mark without a rule"
    );
}

/// The rows of a file on a language that name callees, each with its kind.
fn rows_of(file: &toml::Table) -> impl Iterator<Item = (&str, &toml::Table)> {
    file.iter().flat_map(|(kind, rows)| {
        rows.as_array()
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_table)
            .filter(|row| row.contains_key("callee"))
            .map(|row| (kind.as_str(), row))
    })
}

/// Whether a text names the package that a qualified name is of, and what it takes from it.
fn imported(text: &str, qualified: &str) -> bool {
    let package = match qualified.split_once("::") {
        Some((package, _)) => package,
        None => qualified.rsplit_once('.').map_or(qualified, |(package, _)| package),
    };
    mentions(text, package.split('.').next().unwrap_or(package)) && mentions(text, last_part(qualified))
}

/// The texts of a list in a row.
fn strings<'a>(row: &'a toml::Table, key: &str) -> Vec<&'a str> {
    row.get(key)
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
}

/// A row that nothing exercises is a guess.
#[test]
fn rows_are_exercised() {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for server in servers() {
        for file in files_below(&server) {
            if let Some(language) = language_of(&file) {
                let text = texts.entry(language).or_default();
                text.push_str(&fs::read_to_string(&file).unwrap());
                text.push('\n');
            }
        }
    }
    for example in examples() {
        if let Some(language) = language_of(Path::new(&example.file)) {
            texts.entry(language).or_default().push_str(&example.code);
        }
    }
    let mut unused = String::new();
    let mut models: Vec<PathBuf> = fs::read_dir(root().join("rules/models"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    models.sort();
    for path in models {
        let name = path.file_name().unwrap().to_str().unwrap();
        let language = name.split(['-', '.']).next().unwrap();
        let Some(text) = texts.get(language) else {
            continue;
        };
        let table: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let (mut named, mut all) = (0, 0);
        for (kind, row) in rows_of(&table) {
            let callees = strings(row, "callee");
            let hits = callees
                .iter()
                .filter(|callee| mentions(text, last_part(callee)))
                .count();
            all += callees.len();
            named += hits;
            if hits == 0 {
                let _ = writeln!(unused, "{name}: {kind} {}", callees.join(", "));
            }
        }
        eprintln!("{name}: {named} of {all} callees stand in a fixture");
    }
    let network: toml::Table = fs::read_to_string(root().join("rules/models/network.toml"))
        .unwrap()
        .parse()
        .unwrap();
    for row in network["listener"].as_array().unwrap() {
        let row = row.as_table().unwrap();
        let Some(text) = row["language"].as_str().and_then(|language| texts.get(language)) else {
            continue;
        };
        let known = ["call", "of", "exported"].map(|key| strings(row, key)).concat();
        if !known.iter().any(|name| *name == "{fetch}" || imported(text, name)) {
            let _ = writeln!(unused, "network.toml: listener {}", row["id"]);
        }
    }
    assert!(
        unused.is_empty(),
        "{} rows are not exercised:\n{unused}",
        unused.lines().count()
    );
}
