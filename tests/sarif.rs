//! SARIF as its schema and code scanning want it.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::PathBuf;
use std::process::Command;

use mcp_lint::finding::{Report, assign_fingerprints};
use mcp_lint::report::{Format, Style, line_hashes, render};
use serde_json::Value;

use common::{report, rules};

fn sarif(report: &Report) -> Value {
    serde_json::from_str(&render(Format::Sarif, report, &rules(), Style::default())).unwrap()
}

fn run() -> Value {
    sarif(&report())["runs"][0].take()
}

/// The schema lies in the source of a crate that this one depends on: no network is needed.
fn schema() -> Value {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // crates for other systems were not downloaded to build this
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|package| package["name"] == "serde-sarif")
        .unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let text = std::fs::read_to_string(manifest.parent().unwrap().join("src/schema.json")).unwrap();
    // One pattern of the official schema has a bracket too many, which no validator takes.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn documents_follow_the_official_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for report in [report(), Report::default()] {
        let document = sarif(&report);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut broken = sarif(&report());
    broken["runs"][0]["columnKind"] = Value::from("bytes");
    assert!(!validator.is_valid(&broken));
}

#[test]
fn has_what_code_scanning_requires() {
    let document = sarif(&report());
    assert_eq!(document["version"], "2.1.0");
    assert!(document["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &document["runs"][0];
    assert_eq!(run["automationDetails"]["id"], "mcp-lint/");
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["originalUriBaseIds"]["SRCROOT"]["uri"], "file:///repo/");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["tool"]["driver"]["semanticVersion"], env!("CARGO_PKG_VERSION"));
    for result in run["results"].as_array().unwrap() {
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[key].as_u64().unwrap() >= 1, "{key}");
        }
        assert_eq!(region["startLine"], region["endLine"]);
        assert!(region["endColumn"].as_u64() > region["startColumn"].as_u64());
    }
}

#[test]
fn every_rule_goes_out_with_its_page() {
    let report = Report::default();
    let document = sarif(&report);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    let rule = &rules[0];
    assert_eq!(rule["id"], "command-injection");
    assert_eq!(rule["help"]["markdown"], "# Command injection\n\n## Why\n\nIt runs.");
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert_eq!(rule["properties"]["precision"], "very-high");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    let tags = rule["properties"]["tags"].as_array().unwrap();
    assert!(tags.contains(&Value::from("security")));
    assert!(tags.contains(&Value::from("external/cwe/cwe-078")));
}

#[test]
fn flows_are_steps_and_columns_are_utf16() {
    let run = run();
    let result = &run["results"][1];
    assert_eq!(result["ruleId"], "command-injection");
    assert_eq!(result["ruleIndex"], 0);
    assert_eq!(result["level"], "error");
    let steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    assert_eq!(steps.len(), 4);
    let physical = &steps[1]["location"]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "servers/a%20b/src/my%20server.ts");
    // The emoji before it is two units.
    assert_eq!(physical["region"]["startColumn"], 32);
    let artifacts = run["artifacts"].as_array().unwrap();
    let index = usize::try_from(physical["artifactLocation"]["index"].as_u64().unwrap()).unwrap();
    assert_eq!(artifacts[index]["location"]["uri"], "servers/a%20b/src/my%20server.ts");
}

#[test]
fn messages_link_to_the_source_and_to_nothing_else() {
    let run = run();
    let result = &run["results"][1];
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("Tool `git_log` runs its argument"), "{text}");
    assert!(text.contains("[here](1)"));
    assert_eq!(result["relatedLocations"][0]["id"], 1);
    let label = result["relatedLocations"][1]["message"]["text"].as_str().unwrap();
    assert!(!label.contains("]("), "{label}");
    let forged = run["results"][0]["message"]["text"].as_str().unwrap();
    assert_eq!(forged, "Tool `ab` reads. Forged: line");
}

#[test]
fn fingerprints_are_githubs_and_ours() {
    let run = run();
    let prints = &run["results"][1]["partialFingerprints"];
    assert_eq!(prints["primaryLocationLineHash"], line_hashes(common::RUN)[2].as_str());
    assert_eq!(prints["mcpLint/v1"].as_str().unwrap().len(), 16);
    let mut with_bom = report();
    with_bom.workspace.files[1].had_bom = true;
    let other = sarif(&with_bom);
    let prints = &other["runs"][0]["results"][1]["partialFingerprints"];
    assert_eq!(
        prints["primaryLocationLineHash"],
        line_hashes(&format!("\u{FEFF}{}", common::RUN))[2].as_str()
    );
}

#[test]
fn gaps_and_coverage_are_notifications() {
    let run = run();
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let ids: Vec<&str> = notifications
        .iter()
        .filter_map(|one| one["descriptor"]["id"].as_str())
        .collect();
    assert_eq!(ids, ["no-entry-point", "parse-gap", "skipped-file"]);
    assert_eq!(
        notifications[1]["locations"][0]["physicalLocation"]["region"]["startLine"],
        1
    );
}

#[test]
fn too_many_results_are_cut_by_severity_and_told() {
    let mut report = report();
    let (low, high) = (report.findings[0].clone(), report.findings[1].clone());
    report.findings = vec![low; 25_010];
    report.findings.push(high);
    assign_fingerprints(&mut report.findings, &report.workspace);
    let document = sarif(&report);
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results[24_999]["ruleId"], "command-injection");
    let first = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(first["descriptor"]["id"], "limit");
    assert!(first["message"]["text"].as_str().unwrap().starts_with("11 findings"));
}
