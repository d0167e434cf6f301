//! A hand-made report for the tests of the formats.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use mcp_lint::finding::{
    Coverage, Finding, Location, Precision, Report, RuleMeta, Severity, Step, SurfaceEntry, SurfaceKind, SurfaceParam,
    Tier, assign_fingerprints, sort,
};
use mcp_lint::workspace::{FileId, FileKind, Note, NoteKind, Role, SourceFile, Span, Workspace};

pub(crate) const SERVER: &str = "import { run } from './run.js';\r\nserver.tool('git_log', { branch: z.string() }, async ({ branch }) => {\r\n  const out = '😀'; return run(`git log ${branch}`);\r\n});\r\n";
pub(crate) const RUN: &str = "import { execSync } from 'child_process';\nexport function run(command: string) {\n  return execSync(\n    command,\n  );\n}\n";

pub(crate) fn at(file: &SourceFile, id: u32, text: &str) -> Location {
    let start = file.text.find(text).unwrap();
    Location {
        file: FileId(id),
        span: Span::new(start, start + text.len()),
    }
}

pub(crate) fn step(location: Location, label: &str) -> Step {
    Step {
        location,
        label: label.to_owned(),
    }
}

pub(crate) fn rules() -> Vec<RuleMeta> {
    let rule = |id: &str, title: &str, severity, cwe| RuleMeta {
        id: id.to_owned(),
        title: title.to_owned(),
        summary: format!("{title} by a tool argument."),
        severity,
        tier: Tier::Default,
        precision: Precision::VeryHigh,
        cwe: vec![cwe],
        owasp: vec!["MCP05:2025".to_owned()],
        safe_mcp: vec!["SAFE-T1101".to_owned()],
        languages: vec!["typescript".to_owned()],
        page: "## Why\n\nIt runs.\n",
    };
    vec![
        rule("command-injection", "Command injection", Severity::Critical, 78),
        rule("path-traversal", "Path traversal", Severity::High, 22),
    ]
}

pub(crate) fn finding(primary: Location) -> Finding {
    let message = "Tool `git_log` runs its argument `branch` in a shell through `execSync`.";
    Finding {
        primary_label: "runs in a shell".to_owned(),
        help: Some("Pass the arguments as a list to `execFile`.".to_owned()),
        tool: Some("git_log".to_owned()),
        parameter: Some("branch".to_owned()),
        scope: "run".to_owned(),
        ..Finding::new("command-injection", Severity::Critical, primary, message)
    }
}

pub(crate) fn report() -> Report {
    let file = |path: &str, text: &str| {
        SourceFile::new(
            path,
            PathBuf::from("/repo/servers/a b").join(path),
            FileKind::TypeScript,
            Role::Source,
            text.to_owned(),
        )
    };
    let workspace = Workspace {
        lock_files: Vec::new(),
        locks: Vec::new(),
        root: PathBuf::from("/repo/servers/a b"),
        below_repository: "servers/a b/".to_owned(),
        files: vec![file("src/my server.ts", SERVER), file("src/run.ts", RUN)],
        notes: vec![Note {
            path: "out".to_owned(),
            kind: NoteKind::Symlink,
            message: "link that leads out of the root, not followed".to_owned(),
        }],
    };
    let (server, run) = (&workspace.files[0], &workspace.files[1]);
    let mut flow = finding(at(run, 1, "execSync(\n    command,\n  )"));
    flow.trace = vec![
        step(at(server, 0, "{ branch })"), "argument `branch` of tool `git_log`"),
        step(at(server, 0, "`git log ${branch}`"), "put into a string"),
        step(at(run, 1, "command: string"), "parameter `command`"),
        step(flow.primary, "runs in a shell"),
    ];
    flow.related = vec![step(at(server, 0, "'git_log'"), "tool `[evil](https://evil.example)`")];
    flow.notes = vec!["A template literal is no quoting.".to_owned()];
    let mut other = finding(at(server, 0, "z.string()"));
    other.rule = "path-traversal".to_owned();
    other.severity = Severity::Medium;
    other.message = "Tool `a\u{1B}[31m\u{202E}b` reads.\nForged: line".to_owned();
    other.tool = None;
    other.help = None;
    let gap = at(run, 1, "import");
    let mut report = Report {
        coverage: Coverage {
            tools: 1,
            gaps: vec![(gap, "nested too deeply".to_owned())],
            sdk_files_without_entry: vec!["src/other.ts".to_owned()],
            ..Coverage::of_files(&workspace)
        },
        surface: vec![SurfaceEntry {
            kind: SurfaceKind::Tool,
            name: "git_log".to_owned(),
            description: Some("Shows\nthe \u{202E}log".to_owned()),
            file: FileId(0),
            span: at(server, 0, "'git_log'").span,
            params: vec![SurfaceParam {
                name: "branch".to_owned(),
                ty: "string".to_owned(),
            }],
            annotations: BTreeMap::from([("readOnlyHint".to_owned(), serde_json::json!(true))]),
            reaches: vec!["runs-commands".to_owned()],
        }],
        findings: vec![flow, other],
        elapsed: Duration::from_millis(120),
        workspace,
        ..Report::default()
    };
    sort(&mut report.findings, &report.workspace);
    assign_fingerprints(&mut report.findings, &report.workspace);
    report
}
