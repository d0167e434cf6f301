//! Hostile input: whatever a file holds, the run ends in time, with a report and a known exit code.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed run ends the test")]

mod binary;
mod depth;

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use binary::{root, run_for};

/// Far above what any of these takes, also in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// A folder of files; all are read in one run.
struct Pit {
    folder: tempfile::TempDir,
}

impl Pit {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn throw(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Reads all of it and returns the JSON report.
    fn survive(&self, what: &str) -> Value {
        let out = self.survive_as(what, "json");
        serde_json::from_str(&out).unwrap()
    }

    fn survive_as(&self, what: &str, format: &str) -> String {
        let ran =
            run_for(self.folder.path(), &["--format", format], LIMIT).unwrap_or_else(|| panic!("{what}: does not end"));
        assert!(
            matches!(ran.code, Some(0 | 1 | 3)),
            "{what}: ended with {:?}\n{}",
            ran.code,
            ran.err
        );
        assert!(!ran.err.contains("internal error"), "{what}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{what}: {}", ran.err);
        ran.out
    }
}

fn findings(report: &Value) -> usize {
    report["findings"].as_array().unwrap().len()
}

type Server = fn(&str, &str) -> String;

/// What makes a server of a handler's body, by language.
const LANGUAGES: [(&str, Server); 3] = [
    ("ts", |before, body| {
        format!(
            "import {{ McpServer }} from '@modelcontextprotocol/sdk/server/mcp.js';\nimport {{ z }} from 'zod';\n\
             import {{ execSync }} from 'child_process';\nconst server = new McpServer({{ name: 'x', version: '1' }});\n{before}\n\
             server.tool('t', {{ a: z.string() }}, async ({{ a }}) => {{\n{body}\n}});\n"
        )
    }),
    ("py", |before, body| {
        format!(
            "import os\nfrom mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n{before}\n@mcp.tool()\ndef t(a: str) -> str:\n{body}\n"
        )
    }),
    ("rs", |before, body| {
        format!(
            "use rmcp::handler::server::wrapper::Parameters;\nuse rmcp::{{tool, tool_router}};\nstruct Args {{ a: String }}\nstruct S;\n\
             {before}\n#[tool_router]\nimpl S {{\n#[tool(description = \"t\")]\nfn t(&self, Parameters(Args {{ a }}): Parameters<Args>) {{\n\
             {body}\n}}\n}}\n"
        )
    }),
];

fn server(language: &str, before: &str, body: &str) -> String {
    LANGUAGES.iter().find(|(name, _)| *name == language).unwrap().1(before, body)
}

fn tour_files() -> Vec<(String, Vec<u8>)> {
    let tour = root().join("fixtures/servers/tour");
    [
        "typescript/src/index.ts",
        "typescript/src/notes.ts",
        "python/server.py",
        "python/media.py",
        "rust/src/main.rs",
        "rust/src/store.rs",
    ]
    .iter()
    .map(|path| (path.replace('/', "-"), fs::read(tour.join(path)).unwrap()))
    .collect()
}

#[test]
fn nothing_much() {
    let pit = Pit::new();
    for kind in ["ts", "tsx", "js", "cjs", "py", "pyi", "rs"] {
        let comment = if kind.starts_with("py") { "# x" } else { "// x" };
        for (number, text) in [
            "", "\n", "\r", " ", "\t", "\u{FEFF}", "\0", "\u{2028}", comment, "/*", "\"\"\"", "'", "`${", "#!", "#![",
            "\\", "😀",
        ]
        .iter()
        .enumerate()
        {
            pit.throw(&format!("{number}.{kind}"), text);
        }
        pit.throw(&format!("comments.{kind}"), format!("{comment}\n").repeat(5000));
        pit.throw(&format!("ends.{kind}"), format!("{comment}\r").repeat(5000));
    }
    assert_eq!(findings(&pit.survive("nothing much")), 0);
}

#[test]
fn files_that_end_too_soon() {
    let pit = Pit::new();
    for (name, content) in tour_files() {
        for length in (0..content.len()).step_by(29) {
            pit.throw(&format!("{length}/{name}"), &content[..length]);
        }
    }
    pit.survive("truncated");
    let surface = run_for(pit.folder.path(), &["surface", "--quiet"], LIMIT).unwrap();
    assert_eq!(surface.code, Some(0), "{}", surface.err);
}

#[test]
fn files_with_a_stretch_cut_out_or_spoilt() {
    let pit = Pit::new();
    let mut seed = 11_u32;
    let mut random = |limit: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % limit
    };
    let junk: [&[u8]; 12] = [
        b"(",
        b"}",
        b"\"",
        b"`",
        b"\xFF\xFE",
        b"\0",
        b"/*",
        b"'''",
        b"\n",
        b"=>",
        b"\xE2\x80",
        b"{{{{",
    ];
    for (name, content) in tour_files() {
        for round in 0..60 {
            let mut bytes = content.clone();
            let at = random(bytes.len());
            let end = (at + random(40)).min(bytes.len());
            bytes.splice(at..end, junk[random(junk.len())].iter().copied());
            pit.throw(&format!("{round}/{name}"), bytes);
        }
    }
    pit.survive("spoilt");
}

#[test]
fn bytes_that_are_no_utf8_are_told_and_the_rest_is_read() {
    let pit = Pit::new();
    for (language, sink) in [
        ("ts", "execSync('\u{1}' + a);"),
        ("py", "    os.system('\u{1}' + a)"),
        ("rs", "std::process::Command::new(\"sh\").arg(\"-c\").arg(a);"),
    ] {
        let text = server(language, "", sink).replace('\u{1}', "caf\u{1}");
        let bytes: Vec<u8> = text.bytes().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
        let comment: &[u8] = if language == "py" { b"# \xFF\n" } else { b"// \xFF\n" };
        pit.throw(&format!("bad.{language}"), [comment, &bytes[..]].concat());
    }
    let report = pit.survive("no UTF-8");
    assert_eq!(findings(&report), 3);
    assert_eq!(report["skipped"].as_array().unwrap().len(), 3);
}

#[test]
fn a_line_of_a_megabyte() {
    let pit = Pit::new();
    for (language, sink, element) in [
        ("ts", "execSync(a);", "['x', 1],"),
        ("py", "    os.system(a)", "['x', 1],"),
        ("rs", "std::process::Command::new(a);", "(\"x\", 1),"),
    ] {
        let list = element.repeat(1_000_000 / element.len());
        let before = match language {
            "rs" => format!("const L: &[(&str, u8)] = &[{list}];"),
            "ts" => format!("const l = [{list}];"),
            _ => format!("l = [{list}]"),
        };
        pit.throw(&format!("list.{language}"), server(language, &before, sink));
        let text = "x".repeat(1_000_000);
        let before = match language {
            "rs" => format!("const L: &str = \"{text}\";"),
            "ts" => format!("const l = '{text}';"),
            _ => format!("l = '{text}'"),
        };
        pit.throw(&format!("text.{language}"), server(language, &before, sink));
    }
    let report = pit.survive("a megabyte");
    assert_eq!(findings(&report), 6, "{report:#}");
    // The sink itself on a line of a megabyte: what is shown of it stays readable.
    let pit = Pit::new();
    let text = format!(
        "/* {} */ execSync(a); /* {} */",
        "x".repeat(500_000),
        "y".repeat(500_000)
    );
    pit.throw("sink.ts", server("ts", "", &text));
    let shown = pit.survive_as("a long line", "text");
    assert!(
        shown.lines().all(|line| line.chars().count() < 200),
        "{} bytes",
        shown.len()
    );
}

#[test]
fn manifests_that_are_none() {
    let pit = Pit::new();
    for name in [
        "package.json",
        "tsconfig.json",
        "pyproject.toml",
        "Cargo.toml",
        "a/package.json",
        "a/tsconfig.json",
        "a/Cargo.toml",
    ] {
        let nested = "[".repeat(50_000);
        let text = match name.len() % 3 {
            0 => "\u{FEFF}{ \"name\": 7, \"workspaces\": { \"x\": [] } }",
            1 => "name = = \"x\"\n[",
            _ => &nested,
        };
        pit.throw(name, text);
    }
    pit.throw(
        "a/src/index.ts",
        server("ts", "import { x } from 'b';", "execSync(x(a));"),
    );
    assert_eq!(findings(&pit.survive("manifests")), 1);
}

#[test]
fn settings_without_end() {
    let pit = Pit::new();
    let compose = "services:\n  a:\n    image: b:1.0.0\n";
    pit.throw("compose.yaml", compose);
    pit.throw("deep/compose.yaml", format!("{compose}x: {}", "[".repeat(10_000)));
    pit.throw(
        "deep/mcp.json",
        format!("{{\"mcpServers\": {}", "{\"a\": ".repeat(10_000)),
    );
    pit.throw(
        "deep/.codex/config.toml",
        format!("[mcp_servers.a]\ncommand = \"a\"\nx = {}", "[".repeat(10_000)),
    );
    pit.throw(
        "deeper/mcp.json",
        format!(
            "{{\"mcpServers\": {{\"a\": {{\"command\": \"b\"}}}}, \"x\": {}",
            "{\"a\": ".repeat(10_000)
        ),
    );
    let mut services = String::from("services:\n");
    for service in 0..20_000 {
        services.push_str(&format!(
            "  a{service}: {{image: \"mcp:{service}\", ports: [\"80:80\"]}}\n"
        ));
    }
    pit.throw("many/compose.yaml", services);
    let servers: Vec<String> = (0..20_000)
        .map(|server| format!("\"{server}\": {{\"command\": \"npx a@1.0.{server}\"}}"))
        .collect();
    pit.throw(
        "many/mcp.json",
        format!("{{\"mcpServers\": {{{}}}}}", servers.join(",")),
    );
    pit.throw("deep/nginx.conf", "http { ".repeat(10_000));
    let mut laughs = format!("{compose}l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..15 {
        let aliases = vec![format!("*l{}", level - 1); 9].join(", ");
        laughs.push_str(&format!("l{level}: &l{level} [{aliases}]\n"));
    }
    pit.throw("laughs/compose.yaml", laughs);
    pit.throw(
        "wide/Dockerfile",
        format!("FROM node:22\nRUN echo {}\n", "a b ".repeat(250_000)),
    );
    pit.throw(
        "wide/mcp.json",
        format!(
            "{{\"mcpServers\": {{\"a\": {{\"command\": \"{}\"}}}}}}",
            "x".repeat(1_000_000)
        ),
    );
    pit.throw(
        "large/mcp.json",
        format!("{{\"mcpServers\": \"{}\"}}", "x".repeat(5_000_000)),
    );
    let mut growing = String::from("FROM a:1\nENV A=xxxxxxxxxxxxxxxx\n");
    growing.push_str(&"ENV A=$A$A\n".repeat(100));
    pit.throw("growing/Dockerfile", growing);
    let report = pit.survive("settings");
    let told: Vec<&str> = report["coverage"]["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| gap["path"].as_str().unwrap())
        .collect();
    for path in [
        "deep/.codex/config.toml",
        "deep/compose.yaml",
        "deep/nginx.conf",
        "deeper/mcp.json",
        "growing/Dockerfile",
        "laughs/compose.yaml",
    ] {
        assert!(told.contains(&path), "{path} is not among {told:?}");
    }
    let skipped = report["skipped"].as_array().unwrap();
    assert!(skipped.iter().any(|one| one["path"] == "large/mcp.json"), "{skipped:?}");
}

#[test]
fn names_of_files_and_tools_forge_nothing() {
    let pit = Pit::new();
    let tool = "server.tool('\\u001b[2Jx\\n::error::forged\\u202e', { a: z.string() }, async ({ a }) => { execSync(a + 'x'); });";
    pit.throw("plain.ts", server("ts", tool, ""));
    if cfg!(unix) {
        pit.throw(
            "\u{1b}[31mred\n::error::forged.ts",
            server("ts", "", "execSync('ls ' + a);"),
        );
        pit.throw("100%25 [x](y) <b>.ts", server("ts", "", "execSync('ls ' + a);"));
    }
    for format in ["text", "concise", "json", "sarif"] {
        let out = pit.survive_as("names", format);
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{format}");
        assert!(
            out.lines().all(|line| !line.trim_start().starts_with("::error")),
            "{format}"
        );
    }
}

#[test]
fn one_file_at_a_time_and_no_folder() {
    for (name, content) in tour_files() {
        let pit = Pit::new();
        pit.throw(&name, &content);
        let ran = run_for(pit.folder.path(), &["--format", "concise", &name], LIMIT).unwrap();
        assert!(matches!(ran.code, Some(0 | 1)), "{name}: {}", ran.err);
    }
    let gone = run_for(Path::new("/"), &["--quiet", "/dev/null"], LIMIT);
    assert!(gone.is_none_or(|ran| matches!(ran.code, Some(2 | 3))));
}
