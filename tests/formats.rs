//! What the formats make of a report.

#![allow(clippy::unwrap_used)]

mod common;

use mcp_lint::report::{Format, Style, closing_line, page, render, surface_json, surface_text, warnings};
use mcp_lint::workspace::{FileId, Span};
use serde_json::Value;

use common::{finding, report, rules, step};

fn style(color: bool, width: usize) -> Style {
    Style {
        color,
        width,
        ..Style::default()
    }
}

fn text(format: Format) -> String {
    render(format, &report(), &rules(), Style::default())
}

fn text_of(report: &mcp_lint::finding::Report) -> String {
    render(Format::Text, report, &rules(), Style::default())
}

fn parsed(format: Format) -> Value {
    serde_json::from_str(&text(format)).unwrap()
}

#[test]
fn text_draws_the_flow_across_files() {
    insta::assert_snapshot!(text(Format::Text));
}

#[test]
fn text_keeps_to_the_width_and_hides_control_characters() {
    let mut report = report();
    let file = &mut report.workspace.files[1];
    file.text = format!("{}execSync(command)\u{1B}[31m{}", "x;".repeat(5000), "y;".repeat(5000));
    let mut one = finding(common::at(&report.workspace.files[1], 1, "execSync(command)"));
    one.trace = (0..30).map(|_| step(one.primary, "again and again")).collect();
    one.message = "word ".repeat(60);
    report.findings = vec![one];
    for width in [60, 80, 120] {
        let out = render(Format::Text, &report, &rules(), style(false, width));
        let longest = out.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= width + 20, "{longest} for {width}\n{out}");
        assert!(out.lines().count() < 40, "{out}");
        assert!(!out.contains('\u{1B}'));
        assert!(out.contains("src/run.ts:1:10001"), "{out}");
        assert!(out.contains("22 steps in between not shown"), "{out}");
    }
}

#[test]
fn colors_come_only_when_asked_for() {
    let colored = render(Format::Text, &report(), &rules(), style(true, 100));
    assert!(colored.contains("\u{1B}[1;31mcritical[command-injection]"));
    assert!(!text(Format::Text).contains('\u{1B}'));
    assert!(!colored.contains('\u{202E}'));
}

#[test]
fn a_narrow_terminal_is_not_run_over() {
    for width in [60, 70, 80, 100] {
        let narrow = Style {
            terminal: true,
            ..style(false, width)
        };
        let mut report = report();
        for finding in &mut report.findings {
            finding.primary_label = "a label that goes on and on and on, further than any terminal is wide".to_owned();
        }
        let out = render(Format::Text, &report, &rules(), narrow);
        let marked = |line: &&str| line.contains("^^^") && line.chars().count() > width;
        let over: Vec<&str> = out.lines().filter(marked).collect();
        // Room for a few words there is always.
        assert!(
            over.iter().all(|line| line.chars().count() <= 90) && (width < 80 || over.is_empty()),
            "{width}: {over:#?}"
        );
        let prose: Vec<&str> = out.split_whitespace().collect();
        assert!(
            prose.join(" ").contains("further than any terminal is wide"),
            "what does not fit stands below: {out}"
        );
    }
}

#[test]
fn links_lead_to_the_files_and_come_only_when_asked_for() {
    let linked = Style {
        links: true,
        ..Style::default()
    };
    let out = render(Format::Text, &report(), &rules(), linked);
    let link = "\u{1B}]8;;file:///repo/servers/a%20b/src/my%20server.ts\u{1B}\\src/my server.ts\u{1B}]8;;\u{1B}\\:2:34";
    assert!(out.contains(link), "{out:?}");
    assert!(!text(Format::Text).contains("]8;"));
}

#[test]
fn text_gathers_what_belongs_to_a_file_and_a_tool() {
    let mut report = report();
    let (other, flow) = (report.findings[0].clone(), report.findings[1].clone());
    let of = |tool: &str| {
        let mut finding = flow.clone();
        finding.tool = Some(tool.to_owned());
        finding
    };
    report.findings = vec![other, of("a"), of("b"), of("a")];
    let out = text_of(&report);
    let headings: Vec<&str> = out.lines().filter(|line| line.starts_with("src/")).collect();
    let expected = [
        "src/my server.ts · 1 finding",
        "src/run.ts · tool a · 2 findings",
        "src/run.ts · tool b · 1 finding",
    ];
    assert_eq!(headings, expected);
}

#[test]
fn concise_is_one_clickable_line_each() {
    assert_eq!(
        text(Format::Concise),
        "src/my server.ts:2:34: medium[path-traversal] Tool `ab` reads. Forged: line\n\
         src/run.ts:3:10: critical[command-injection] Tool `git_log` runs its argument `branch` in a shell through `execSync`.\n"
    );
}

#[test]
fn json_follows_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document = parsed(Format::Json);
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let flow = &document["findings"][1];
    assert_eq!(flow["path"], "src/run.ts");
    assert_eq!((flow["line"].as_u64(), flow["end_line"].as_u64()), (Some(3), Some(5)));
    // Columns count characters: the emoji is one.
    assert_eq!(flow["trace"][1]["column"], 31);
    assert_eq!(document["findings"][0]["message"], "Tool `ab` reads. Forged: line");
    assert_eq!(document["version"], 1);
}

#[test]
fn the_schema_knows_every_field() {
    let schema: Value = serde_json::from_str(include_str!("../docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut document = parsed(Format::Json);
    document["findings"][0]["surprise"] = Value::Bool(true);
    assert!(!validator.is_valid(&document));
}

#[test]
fn reports_are_the_same_twice_and_hold_no_time() {
    for format in Format::ALL {
        let mut slow = report();
        slow.elapsed *= 100;
        assert_eq!(text(*format), render(*format, &slow, &rules(), Style::default()));
    }
}

#[test]
fn an_empty_report_is_a_whole_document() {
    let empty = mcp_lint::finding::Report::default();
    for format in Format::ALL {
        let out = render(*format, &empty, &rules(), Style::default());
        match format {
            Format::Text | Format::Concise => assert_eq!(out, ""),
            Format::Github => assert_eq!(out, ""),
            Format::Json | Format::Sarif | Format::Gitlab => assert!(serde_json::from_str::<Value>(&out).is_ok()),
            Format::Markdown => assert!(out.contains("0 findings")),
        }
    }
}

#[test]
fn spans_outside_their_file_do_no_harm() {
    let mut report = report();
    report.findings[0].primary.span = Span::new(5_000_000, 6_000_000);
    report.findings[1].primary.file = FileId(99);
    report.findings[1].trace[0].location.span = Span { start: 90, end: 3 };
    for format in Format::ALL {
        render(*format, &report, &rules(), Style::default());
    }
}

#[test]
fn the_closing_line_counts() {
    assert_eq!(
        closing_line(&report()),
        "2 files read (2 typescript); 1 tool, 0 resources, 0 prompts found; 2 findings (1 critical, 1 medium); \
         1 file with an MCP SDK but no entry point; 1 gap; 0.12 s"
    );
    let warnings = warnings(&report());
    assert_eq!(
        warnings[0],
        "no MCP entry point was recognised in 1 file that imports an MCP SDK: src/other.ts"
    );
    assert_eq!(warnings[1], "not understood: src/run.ts:1 (nested too deeply)");
}

#[test]
fn surface_as_promised() {
    let document: Value = serde_json::from_str(&surface_json(&report())).unwrap();
    let entry = serde_json::json!({
        "kind": "tool", "name": "git_log", "description": "Shows\nthe log", "path": "src/my server.ts", "line": 2,
        "params": [{"name": "branch", "type": "string"}], "annotations": {"readOnlyHint": true},
        "reaches": ["runs-commands"],
    });
    assert_eq!(document["version"], 1);
    assert_eq!(document["entries"], serde_json::json!([entry]));
    assert_eq!(document["coverage"]["tools"], 1);
    insta::assert_snapshot!(surface_text(&report(), Style::default()), @r"
    src/my server.ts
         2  tool     git_log(branch: string)
                     Shows the log
                     says: readOnlyHint=true
                     reaches: runs-commands
    ");
}

#[test]
fn a_page_shows_its_facts() {
    insta::assert_snapshot!(page(&rules()[0], Style::default()), @r"
    Command injection (command-injection)

    Command injection by a tool argument.

    critical severity, tier default, precision very-high
    Languages: typescript
    See also: CWE-78, OWASP MCP05:2025, SAFE-T1101
    If a finding is none: a comment `mcp-lint: ignore[command-injection] why` on its line or above it

    ## Why

    It runs.
    ");
}

/// Whatever the analysis hands over and whatever the file holds, every format comes back.
#[test]
fn no_span_and_no_text_breaks_a_format() {
    let pieces = [
        "a",
        "😀",
        "\u{202E}",
        "\r\n",
        "\n",
        "\t",
        "\u{1B}[31m",
        "\u{85}",
        "`",
        "\u{E0041}",
        "long ".repeat(60).leak(),
    ];
    let mut seed = 7_u32;
    let mut random = |limit: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % limit
    };
    for _ in 0..300 {
        let mut report = report();
        for file in &mut report.workspace.files {
            let length = random(40);
            let text: String = (0..length).map(|_| pieces[random(11) as usize]).collect();
            *file = mcp_lint::workspace::SourceFile::new(
                file.path.clone(),
                file.absolute.clone(),
                file.kind,
                file.role,
                text,
            );
        }
        for finding in &mut report.findings {
            for location in finding
                .trace
                .iter_mut()
                .map(|step| &mut step.location)
                .chain([&mut finding.primary])
            {
                location.file = FileId(random(3));
                location.span = Span {
                    start: random(300),
                    end: random(300),
                };
            }
        }
        for format in Format::ALL {
            for color in [false, true] {
                render(*format, &report, &rules(), style(color, 60));
            }
        }
        surface_text(&report, Style::default());
    }
}
