#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::workspace::{FileKind, Role, SourceFile, Syntax};

/// A workspace of files that are known by their names.
fn workspace(files: &[(&str, &str)]) -> Workspace {
    let mut files: Vec<SourceFile> = files
        .iter()
        .map(|(path, text)| {
            let kind = match *path {
                "package.json" => FileKind::Manifest,
                _ => FileKind::Config(Syntax::of_path(path).unwrap()),
            };
            SourceFile::new(*path, PathBuf::new(), kind, Role::Source, (*text).to_owned())
        })
        .collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Workspace {
        files,
        ..Workspace::default()
    }
}

fn kinds(files: &[(&str, &str)]) -> Vec<(String, ConfigKind)> {
    let workspace = workspace(files);
    let documents = Documents::new(&workspace);
    let deploy = Deploy::read(&workspace, &documents);
    deploy
        .files
        .iter()
        .map(|(file, kind)| (workspace.file(*file).path.clone(), *kind))
        .collect()
}

#[test]
fn containers_are_known_by_their_shape() {
    let found = kinds(&[
        ("Dockerfile", "FROM a\n"),
        ("Dockerfile.md.yml", "a: 1\n"),
        ("docs/Dockerfile", "just words\n"),
        ("compose.yaml", "services:\n  a:\n    image: b\n"),
        ("deploy/stack.yml", "services: {a: {build: .}}\n"),
        ("ci.yml", "services:\n  - docker\n"),
        ("k8s/all.yaml", "# c\n---\napiVersion: v1\nkind: Pod\n"),
        ("chart/Chart.yaml", "apiVersion: v2\nname: x\n"),
        ("chart/values.yaml", "image: {tag: latest}\n"),
        ("values.yaml", "a: 1\n"),
        ("nginx.conf", "events {}\n"),
        ("nginx/words.conf", "lorem ipsum\n"),
        (".env", "A=1\n"),
    ]);
    let found: Vec<(&str, ConfigKind)> = found.iter().map(|(path, kind)| (path.as_str(), *kind)).collect();
    assert_eq!(
        found,
        [
            (".env", ConfigKind::Environment),
            ("Dockerfile", ConfigKind::Dockerfile),
            ("chart/values.yaml", ConfigKind::HelmValues),
            ("compose.yaml", ConfigKind::Compose),
            ("deploy/stack.yml", ConfigKind::Compose),
            ("k8s/all.yaml", ConfigKind::Kubernetes),
            ("nginx.conf", ConfigKind::Nginx),
        ]
    );
}

fn program(program: &Program) -> String {
    let texts = |words: &[Text]| {
        words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    match program {
        Program::Package(package) => {
            let version = package.version.as_ref().map_or("", |version| version.text.as_str());
            format!("package {:?} {}{version}", package.ecosystem, package.spec.text).to_lowercase()
        }
        Program::Image(image) => {
            let options = image.options.iter().map(|(name, value)| {
                let value = value.as_ref().map_or("", |value| value.text.as_str());
                format!(" {}={value}", name.text)
            });
            format!("image {}{}", image.image.text, options.collect::<String>())
        }
        Program::Script(script) => format!("script {:?}", script.language).to_lowercase(),
        Program::Other(words) => format!("run {}", texts(words)),
    }
}

/// The servers of a file, in words; every place must lie in the text.
fn servers(path: &str, text: &str) -> Vec<String> {
    let workspace = workspace(&[(path, text)]);
    let documents = Documents::new(&workspace);
    let deploy = Deploy::read(&workspace, &documents);
    let show = |server: &ServerConfig| {
        let mut out = format!("{}:", server.name);
        if server.disabled {
            out.push_str(" off");
        }
        for one in server.launch.iter().flat_map(|launch| &launch.programs) {
            out.push_str(&format!(" [{}]", program(one)));
        }
        for (name, value) in server.launch.iter().flat_map(|launch| &launch.environment) {
            assert!(
                text.get(value.span.range())
                    .is_some_and(|written| written.contains(&value.text))
            );
            out.push_str(&format!(" {}={}", name.text, value.text));
        }
        if let Some(remote) = &server.remote {
            out.push_str(&format!(" at {}", remote.url.text));
            if remote.credentials {
                out.push_str(" with credentials");
            }
        }
        for approval in &server.approvals {
            out.push_str(&format!(" may {}", approval.what));
        }
        out
    };
    deploy.servers.iter().map(show).collect()
}

#[test]
fn the_dialects_lower_to_one_model() {
    for (path, text, expected) in [
        (
            ".cursor/mcp.json",
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "p@1"], "env": {"K": "v"}, "disabled": true}}}"#,
            "a: off [package npm p@1] K=v",
        ),
        (
            ".vscode/mcp.json",
            r#"{ // c
                "inputs": [],
                "servers": { "a": { "type": "http", "url": "https://x/mcp", "headers": {"Authorization": "Bearer ${input:t}"} }, } }"#,
            "a: at https://x/mcp with credentials",
        ),
        (
            ".vscode/settings.json",
            r#"{"mcp": {"servers": {"a": {"command": "node", "args": ["x.js"]}}}}"#,
            "a: [run node x.js]",
        ),
        (
            ".codex/config.toml",
            "[mcp_servers.a]\ncommand = 'uvx'\nargs = ['--from', 'p==1', 'q']\nenv = { K = 'v' }\n",
            "a: [package pypi p==1] K=v",
        ),
        (
            "opencode.jsonc",
            r#"{"mcp": {"a": {"type": "local", "command": ["bun", "x", "p"], "environment": {"K": "{env:K}"}, "enabled": false}}}"#,
            "a: off [package npm p] K={env:K}",
        ),
        (
            ".gemini/settings.json",
            r#"{"mcpServers": {"a": {"httpUrl": "http://x", "trust": true}}}"#,
            "a: at http://x may *",
        ),
        (
            "mcp_config.json",
            r#"{"mcpServers": {"a": {"serverUrl": "https://x", "auth": "oauth"}}}"#,
            "a: at https://x with credentials",
        ),
        (
            "cline_mcp_settings.json",
            r#"{"servers": [{"name": "a", "command": "node x", "autoApprove": ["run"]}]}"#,
            "a: [run node x] may run",
        ),
        (
            "anything.yaml",
            "x:
  mcpServers:
    - name: a
      command: docker run --rm -eK -v /:/h:ro --network=host i:1 go
",
            "a: [image i:1 --rm= -e=K -v=/:/h:ro --network=host]",
        ),
        (
            ".continue/config.yaml",
            "mcpServers:
  - name: a
    transport: {type: stdio, command: npx, args: [p]}
",
            "a: [package npm p]",
        ),
        (
            "goose/config.yaml",
            "extensions:
  b: {type: builtin}
  a: {type: stdio, cmd: uvx, args: [p], envs: {}}
",
            "a: [package pypi p]",
        ),
        (
            "zed/settings.json",
            r#"{"context_servers": {"a": {"command": {"path": "npx", "args": ["p"], "env": {"K": "v"}}}}}"#,
            "a: [package npm p] K=v",
        ),
        (
            ".mcp.json",
            r#"{"a": {"type": "sse", "url": "http://x/sse"}}"#,
            "a: at http://x/sse",
        ),
        (
            ".codex-mcp.json",
            r#"{"$schema": "x", "a": {"command": "uvx", "args": ["p"]}}"#,
            "a: [package pypi p]",
        ),
        (
            "server.json",
            r#"{"name": "io.x/a", "description": "d", "packages": [{"registryType": "npm", "identifier": "p", "version": "1.2.3", "environmentVariables": [{"name": "K"}]}]}"#,
            "io.x/a: [package npm p1.2.3]",
        ),
        (
            "manifest.json",
            r#"{"manifest_version": "0.2", "name": "a", "server": {"type": "node", "mcp_config": {"command": "node", "args": ["${__dirname}/x.js"]}}}"#,
            "a: [run node ${__dirname}/x.js]",
        ),
        (
            "fastmcp.json",
            r#"{"source": {"path": "a.py"}, "deployment": {"transport": "http", "host": "0.0.0.0", "env": {"K": "v"}}}"#,
            "a.py: K=v",
        ),
        (
            "smithery.yaml",
            "startCommand:
  type: stdio
  commandFunction: |-
    (config) => ({ command: 'npx', args: ['-y', `p`, config.x] })
",
            "startCommand: [package npm p]",
        ),
    ] {
        assert_eq!(servers(path, text), [expected], "{path}");
    }
}

#[test]
fn a_file_of_that_name_and_another_shape_is_left_alone() {
    for (path, text) in [
        ("mcp.json", r#"{"name": "a", "version": "1"}"#),
        ("server.json", r#"{"port": 80, "packages": "x"}"#),
        ("manifest.json", r#"{"manifest_version": 3, "name": "extension"}"#),
        (".gemini/settings.json", r#"{"theme": "dark"}"#),
        (
            ".claude/settings.json",
            r#"{"statusLine": {"type": "command", "command": "x"}, "permissions": {"allow": ["Bash(ls:*)"]}}"#,
        ),
        (
            "schema.json",
            r#"{"properties": {"mcpServers": {"type": "object", "additionalProperties": {"type": "string"}}}}"#,
        ),
        (".mcp.json", "../shared/mcp.json"),
        ("smithery.yaml", "a: 1\n"),
    ] {
        assert_eq!(kinds(&[(path, text)]), [], "{path}");
    }
}

#[test]
fn programs_behind_others() {
    let line = |text: &str| {
        let text = Text::new(text, crate::workspace::Span::new(0, text.len()));
        programs(&words::split(&text))
            .iter()
            .map(program)
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (text, expected) in [
        ("cmd.exe /c npx.cmd -y p", "script cmd, package npm p"),
        ("C:\\n\\npx.cmd -y p", "package npm p"),
        (
            "bash -lc 'cd x && exec npx -y p | tee y'",
            "script shell, run cd x, package npm p, run tee y",
        ),
        ("env -u A B=1 sudo -u me uv tool run --python 3.12 p", "package pypi p"),
        ("pkgx uvx --from git+https://g/o/r p", "package pypi git+https://g/o/r"),
        ("op run --env-file x -- npx p", "package npm p"),
        ("dotenv -e .env npx p", "package npm p"),
        ("uv run --with p server.py", "run server.py"),
        ("npx --package=a@1 b c", "package npm a@1"),
        (
            "npx -y supergateway --stdio 'uvx p'",
            "package npm supergateway, package pypi p",
        ),
        (
            "docker --context x container run -it -p 80:80 h/i -v",
            "image h/i -it= -p=80:80",
        ),
        ("docker compose up", "run docker compose up"),
        ("python -c 'import x'", "script python"),
        ("node --import tsx src/a.ts", "run node --import tsx src/a.ts"),
        ("timeout 5 npx p", "package npm p"),
        ("", ""),
    ] {
        assert_eq!(line(text), expected, "{text}");
    }
    let deep = format!("{}npx p", "env ".repeat(10_000));
    assert_eq!(line(&deep), "");
}

#[test]
fn settings_that_approve() {
    let approved = |path: &str, text: &str| {
        let workspace = workspace(&[(path, text)]);
        let documents = Documents::new(&workspace);
        let deploy = Deploy::read(&workspace, &documents);
        let places = deploy
            .approvals
            .iter()
            .map(|(_, approval)| text.get(approval.span.range()).unwrap().to_owned());
        places.collect::<Vec<_>>()
    };
    assert_eq!(
        approved(
            ".claude/settings.json",
            r#"{"permissions": {"allow": ["Bash(ls)", "Bash(*)", "mcp__a__b", "mcp__a"], "defaultMode": "bypassPermissions"}, "enableAllProjectMcpServers": true}"#
        ),
        [
            "\"defaultMode\": \"bypassPermissions\"",
            "\"Bash(*)\"",
            "\"mcp__a\"",
            "\"enableAllProjectMcpServers\": true"
        ]
    );
    assert_eq!(
        approved(".codex/config.toml", "sandbox_mode = \"danger-full-access\"\n").len(),
        1
    );
    assert_eq!(
        approved(".vscode/settings.json", r#"{"chat.tools.autoApprove": true}"#).len(),
        1
    );
    assert_eq!(
        approved(
            "opencode.json",
            r#"{"permission": {"*": "allow", "bash": {"*": "ask"}}}"#
        )
        .len(),
        1
    );
    assert_eq!(
        approved("opencode.json", r#"{"permission": {"webfetch": "allow"}}"#).len(),
        0
    );
}

#[test]
fn scripts_and_steps() {
    let commands = |path: &str, text: &str| {
        let workspace = workspace(&[(path, text)]);
        let documents = Documents::new(&workspace);
        let deploy = Deploy::read(&workspace, &documents);
        let all: Vec<String> = deploy
            .commands
            .iter()
            .flat_map(|command| command.programs.iter().map(program))
            .collect();
        all
    };
    assert_eq!(
        commands(
            "package.json",
            r#"{"scripts": {"start": "tsc && docker run -v /:/h x", "x": 1}}"#
        ),
        ["run tsc", "image x -v=/:/h"]
    );
    let workflow =
        "jobs:\n  a:\n    steps:\n      - run: npm ci\n      - run: |\n          cd x\n          npx -y some-mcp\n";
    assert_eq!(
        commands(".github/workflows/a.yml", workflow),
        ["run cd x", "package npm some-mcp"]
    );
    assert!(
        commands(
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{run: npm ci}, {run: npx mcp-validator}]}}"
        )
        .is_empty()
    );
}

#[test]
fn tools_that_change_or_run_something() {
    for name in [
        "execute_sql",
        "executeSql",
        "mcp__db__apply_migration",
        "browser_evaluate",
        "write_file",
        "http-post",
        "delete_entities",
    ] {
        assert!(risky_tool(name).is_some(), "{name}");
    }
    for name in [
        "list_tables",
        "get_project",
        "read_file",
        "list_migrations",
        "search_posts",
        "sequentialthinking",
        "",
        "puppet",
    ] {
        assert_eq!(risky_tool(name), None, "{name}");
    }
}
