//! What the binary prints, for one small server in each language, and how it exits.

#![allow(clippy::unwrap_used)]

mod binary;

use std::fs;
use std::path::Path;

use serde_json::Value;

use binary::{Ran, root, run};

const FORMATS: [&str; 7] = ["text", "concise", "json", "sarif", "github", "gitlab", "markdown"];

fn tour(args: &[&str]) -> Ran {
    run(&root().join("fixtures/servers/tour"), args)
}

/// The version changes with every release, the folder with every machine, and the pages of the rules have tests of their own.
fn normalised(text: &str) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap();
    if let Some(version) = document.pointer_mut("/tool/version") {
        *version = "[version]".into();
    }
    if let Some(driver) = document.pointer_mut("/runs/0/tool/driver") {
        driver["version"] = "[version]".into();
        driver["semanticVersion"] = "[version]".into();
        for rule in driver["rules"].as_array_mut().unwrap() {
            for part in ["fullDescription", "help", "shortDescription"] {
                assert!(rule[part]["text"].as_str().is_some_and(|text| !text.is_empty()));
                rule.as_object_mut().unwrap().remove(part);
            }
        }
    }
    for root in document
        .pointer_mut("/runs/0/originalUriBaseIds")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|roots| roots.values_mut())
    {
        root["uri"] = "[root]".into();
    }
    for file in document
        .pointer_mut("/runs/0/artifacts")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        file.as_object_mut().unwrap().remove("length");
    }
    // Where the repository begins is no business of this test: a copy of its files has no `.git`.
    let text = format!("{document:#}").replace("fixtures/servers/tour/", "");
    text.replace(&*root().to_string_lossy().replace('\\', "/"), "/[root]")
}

fn without_time(line: &str) -> String {
    line.rsplit_once("; ").map_or(line, |(rest, _)| rest).to_owned()
}

#[test]
fn text() {
    let ran = tour(&[]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.out);
    insta::assert_snapshot!(without_time(ran.err.trim_end()), @"7 files read (2 python, 2 rust, 3 typescript); 9 tools, 2 resources, 2 prompts found; 7 findings (3 critical, 2 high, 2 medium)");
}

#[test]
fn concise() {
    insta::assert_snapshot!(tour(&["--format", "concise"]).out);
}

#[test]
fn json() {
    insta::assert_snapshot!(normalised(&tour(&["--format", "json"]).out));
}

#[test]
fn sarif() {
    insta::assert_snapshot!(normalised(&tour(&["--format", "sarif"]).out));
}

#[test]
fn surface_text() {
    let ran = tour(&["surface"]);
    assert_eq!(ran.code, Some(0));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn surface_json() {
    insta::assert_snapshot!(normalised(&tour(&["surface", "--format", "json"]).out));
}

#[test]
fn rules() {
    insta::assert_snapshot!(tour(&["rules"]).out);
    let document: Value = serde_json::from_str(&tour(&["rules", "--format", "json"]).out).unwrap();
    let listed: Vec<&str> = document["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    let known: Vec<&str> = mcp_lint::rules::all().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(listed, known);
}

#[test]
fn explain_shows_the_facts_and_the_whole_page() {
    for rule in mcp_lint::rules::all() {
        let ran = tour(&["explain", &rule.id]);
        assert_eq!(ran.code, Some(0));
        assert!(ran.out.ends_with(&format!("{}\n", rule.page.trim())), "{}", rule.id);
        assert!(ran.out.contains(&rule.summary));
    }
    let page = tour(&["explain", "command-injection"]).out;
    let head: Vec<&str> = page.lines().take_while(|line| !line.starts_with("## ")).collect();
    insta::assert_snapshot!(head.join("\n"));
}

#[test]
fn a_finding_fails_every_format_alike() {
    for format in FORMATS {
        assert_eq!(tour(&["--format", format]).code, Some(1), "{format}");
        let medium = [
            "--format",
            format,
            "python",
            "--select",
            "code-execution-tool",
            "--fail-on",
        ];
        for (fail_on, code) in [("low", 1), ("medium", 1), ("high", 0), ("critical", 0), ("never", 0)] {
            let args = [&medium[..], &[fail_on]].concat();
            let ran = tour(&args);
            assert_eq!(ran.code, Some(code), "{format}, {fail_on}");
            assert!(
                ran.out.contains("code-execution-tool"),
                "{format}, {fail_on}: it is told all the same"
            );
        }
    }
}

#[test]
fn clean_code_wrong_usage_and_nothing_to_read_differ_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clean.py"), "x = 1\n").unwrap();
    for format in FORMATS {
        for (args, code) in [
            (&["clean.py"][..], 0),
            (&["missing.py"], 2),
            (&["clean.py", "--select", "no-such-rule"], 2),
            (&["clean.py", "--output", "json=no/such/folder.json"], 2),
            (&[".", "--exclude", "*.py"], 3),
        ] {
            let ran = run(folder.path(), &[&["--format", format], args].concat());
            assert_eq!(ran.code, Some(code), "{format}, {args:?}: {}", ran.err);
            // What went wrong in the run is no report.
            assert!(code != 2 || ran.out.is_empty(), "{format}, {args:?}: {}", ran.out);
        }
    }
}

#[test]
fn a_file_holds_the_same_report_as_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let path = folder.path().join(format);
        let ran = tour(&["--format", format, "--output", &format!("{format}={}", path.display())]);
        assert_eq!(fs::read_to_string(&path).unwrap(), ran.out, "{format}");
        assert_eq!(ran.code, Some(1));
    }
}

/// Nothing in a report depends on threads, on the run, or on where it is started.
#[test]
fn the_same_bytes_whatever_the_threads() {
    let fixtures = root().join("fixtures");
    let outputs = tempfile::tempdir().unwrap();
    let report = |folder: &Path, path: &str, threads: &str, number: usize| -> Vec<String> {
        let files: Vec<_> = FORMATS
            .iter()
            .map(|format| outputs.path().join(format!("{number}.{format}")))
            .collect();
        let mut args = vec![
            "--quiet".to_owned(),
            "--threads".to_owned(),
            threads.to_owned(),
            path.to_owned(),
        ];
        for (format, file) in FORMATS.iter().zip(&files) {
            args.extend(["--output".to_owned(), format!("{format}={}", file.display())]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = run(folder, &args);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
    };
    let first = report(&fixtures, ".", "1", 0);
    for (number, threads) in [(1, "1"), (2, "8"), (3, "8")] {
        let again = report(&fixtures, ".", threads, number);
        for ((format, one), other) in FORMATS.iter().zip(&first).zip(&again) {
            assert!(one == other, "{format} differs with {threads} threads");
        }
    }
    let elsewhere = report(&root(), "fixtures", "2", 4);
    assert!(
        first[2] == elsewhere[2],
        "json depends on the folder the run is started in"
    );

    let surface = |threads: &str| {
        run(
            &fixtures,
            &["surface", "--quiet", "--format", "json", "--threads", threads],
        )
        .out
    };
    assert!(surface("1") == surface("8"));
}
