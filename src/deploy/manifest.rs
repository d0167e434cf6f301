//! Manifests of servers: the registry's `server.json`, bundles, FastMCP, Smithery; scripts of packages and steps of workflows.

use super::client::{pairs, server};
use super::program::{Image, Package, Program, commands, programs};
use super::server::{Command, Launch, Remote, ServerConfig};
use super::table::Ecosystem;
use super::words::Text;
use crate::document::{Document, Node};
use crate::workspace::{FileId, SourceFile, Span};

fn text_of<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key)?.as_str()
}

fn blank(file: FileId, origin: &str, name: &str, span: Span) -> ServerConfig {
    ServerConfig {
        file,
        origin: origin.to_owned(),
        name: name.to_owned(),
        place: span,
        span,
        disabled: false,
        launch: None,
        remote: None,
        approvals: Vec::new(),
        listen: None,
    }
}

/// The packages and addresses of `server.json`; `None` if it is something else.
pub(super) fn registry(file: FileId, document: &Document) -> Option<Vec<ServerConfig>> {
    let root = document.root()?;
    let lists = ["packages", "remotes"].map(|key| root.get(key).filter(|node| node.is_list()));
    let schema = text_of(root, "$schema").unwrap_or_default();
    let name = text_of(root, "name").unwrap_or_default();
    let is_one = schema.contains("modelcontextprotocol") || name.contains('/') && root.get("description").is_some();
    if !is_one || lists.iter().all(Option::is_none) {
        return None;
    }
    let place = root.get("name").map_or(root.span, |node| node.span);
    let [packages, remotes] = lists;
    let mut out = Vec::new();
    for package in packages.map_or(&[][..], Node::items) {
        let Some(program) = registry_package(package) else {
            continue;
        };
        let environment = package
            .get("environmentVariables")
            .or_else(|| package.get("environment_variables"));
        out.push(ServerConfig {
            place,
            launch: Some(Launch {
                environment: environment.map(pairs).unwrap_or_default(),
                programs: vec![program],
                ..Launch::default()
            }),
            ..blank(file, "the MCP registry", name, package.span)
        });
    }
    for remote in remotes.map_or(&[][..], Node::items) {
        let Some(url) = remote.get("url").and_then(Text::of) else {
            continue;
        };
        let headers = remote.get("headers");
        out.push(ServerConfig {
            place,
            remote: Some(Remote {
                url,
                headers: headers.map(pairs).unwrap_or_default(),
                credentials: headers.is_some_and(|headers| !headers.items().is_empty()),
            }),
            ..blank(file, "the MCP registry", name, remote.span)
        });
    }
    Some(out)
}

fn registry_package(package: &Node) -> Option<Program> {
    let kind = ["registryType", "registry_type", "registry_name"]
        .iter()
        .find_map(|key| package.get(key))?;
    let runner = Text::of(kind)?;
    let spec = ["identifier", "name"]
        .iter()
        .find_map(|key| package.get(key))
        .and_then(Text::of)?;
    let version = package.get("version").and_then(Text::of);
    let ecosystem = match runner.text.as_str() {
        "npm" => Ecosystem::Npm,
        "pypi" => Ecosystem::Pypi,
        "nuget" => Ecosystem::Nuget,
        "oci" | "docker" if version.is_none() => {
            return Some(Program::Image(Image {
                engine: runner,
                image: spec,
                options: Vec::new(),
                command: Vec::new(),
            }));
        }
        "oci" | "docker" => Ecosystem::Oci,
        _ => return None,
    };
    Some(Program::Package(Package {
        runner,
        ecosystem,
        spec,
        version,
        unasked: true,
        arguments: Vec::new(),
    }))
}

/// The server of a bundle's `manifest.json`; `None` if it is something else.
pub(super) fn bundle(file: FileId, document: &Document) -> Option<Vec<ServerConfig>> {
    let root = document.root()?;
    let inner = root.get("server").filter(|node| node.is_map())?;
    root.get("manifest_version").or_else(|| root.get("dxt_version"))?;
    let (name, place) = root
        .get("name")
        .and_then(|node| Some((node.as_str()?, node.span)))
        .unwrap_or(("", inner.span));
    let config = inner.get("mcp_config")?;
    Some(server(file, "a bundle", name, place, config).into_iter().collect())
}

/// The server of a `fastmcp.json`; `None` if it is something else.
pub(super) fn fastmcp(file: FileId, document: &Document) -> Option<Vec<ServerConfig>> {
    let root = document.root()?;
    let source = root.get("source").or_else(|| root.get("entrypoint"))?;
    let is_one = text_of(root, "$schema").is_some_and(|schema| schema.contains("fastmcp"))
        || root.get("deployment").is_some()
        || root.get("environment").is_some();
    if !is_one {
        return None;
    }
    let deployment = root.get("deployment");
    let name = ["path", "file"]
        .iter()
        .find_map(|key| text_of(source, key))
        .or(source.as_str())
        .unwrap_or("fastmcp");
    Some(vec![ServerConfig {
        launch: Some(Launch {
            environment: deployment
                .and_then(|node| node.get("env"))
                .map(pairs)
                .unwrap_or_default(),
            folder: deployment.and_then(|node| node.get("cwd")).and_then(Text::of),
            ..Launch::default()
        }),
        listen: deployment.and_then(|node| node.get("host")).and_then(Text::of),
        ..blank(file, "FastMCP", name, root.span)
    }])
}

/// The server of a `smithery.yaml`, whose command is made by a function in JavaScript; `None` if it is something else.
pub(super) fn smithery(file: FileId, source: &SourceFile, document: &Document) -> Option<Vec<ServerConfig>> {
    let root = document.root()?;
    let start = root.get("startCommand").filter(|node| node.is_map());
    if start.is_none() && root.get("runtime").is_none() {
        return None;
    }
    let Some(function) = start.and_then(|start| start.get("commandFunction")) else {
        return Some(Vec::new());
    };
    let words = command_of_function(source.slice(function.span), function.span);
    let programs = programs(&words);
    Some(vec![ServerConfig {
        launch: Some(Launch {
            words,
            programs,
            ..Launch::default()
        }),
        ..blank(file, "Smithery", "startCommand", function.span)
    }])
}

/// `command: 'x', args: ['y', z]` in JavaScript; what is no literal is a word that stands for anything.
fn command_of_function(code: &str, span: Span) -> Vec<Text> {
    let all = Text::new(code, span);
    let mut out = Vec::new();
    for (key, is_list) in [("command", false), ("args", true)] {
        let Some(mut at) = after_key(code, key) else {
            continue;
        };
        let mut open = !is_list;
        while let Some(c) = code.get(at..).and_then(|rest| rest.chars().next()) {
            match c {
                '[' if !open => open = true,
                ']' if is_list => break,
                '"' | '\'' | '`' => {
                    let rest = code.get(at + 1..).unwrap_or_default();
                    let Some(length) = rest.find(c) else {
                        break;
                    };
                    let text = rest.get(..length).unwrap_or_default();
                    out.push(Text::new(text, all.part(at..at + length + 2)));
                    at += length + 1;
                    if !is_list {
                        break;
                    }
                }
                _ if c.is_whitespace() || c == ',' => {}
                _ if !open => break,
                _ => {
                    let rest = code.get(at..).unwrap_or_default();
                    let length = rest.find([',', ']', '}', '\n']).unwrap_or(rest.len());
                    out.push(Text::new("${…}", all.part(at..at + length)));
                    at += length;
                    if !is_list {
                        break;
                    }
                    continue;
                }
            }
            at += c.len_utf8();
        }
    }
    out
}

/// Where the value of a key starts.
fn after_key(code: &str, key: &str) -> Option<usize> {
    code.match_indices(key).find_map(|(at, _)| {
        let before = code.get(..at)?.chars().next_back();
        let rest = code.get(at + key.len()..)?;
        let rest_after_quote = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start();
        let value = rest_after_quote.strip_prefix(':')?;
        let is_word = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
        is_word.then_some(code.len() - value.len())
    })
}

/// The scripts of a `package.json`.
pub(super) fn scripts(file: FileId, document: &Document) -> Vec<Command> {
    let scripts = document.root().and_then(|root| root.get("scripts"));
    scripts
        .into_iter()
        .flat_map(Node::entries)
        .filter_map(|(key, node)| command(file, &key.text, &Text::new(node.as_str()?, node.span)))
        .collect()
}

/// The steps of a workflow that start a server.
pub(super) fn steps(file: FileId, source: &SourceFile, document: &Document) -> Vec<Command> {
    let jobs = document.root().and_then(|root| root.get("jobs"));
    let mut out = Vec::new();
    for (name, job) in jobs.into_iter().flat_map(Node::entries) {
        let steps = job.get("steps").map_or(&[][..], Node::items);
        for run in steps.iter().filter_map(|step| step.get("run")) {
            // Read as it is written, so that the words have places of their own.
            let code = Text::new(source.slice(run.span), run.span);
            out.extend(command(file, &name.text, &code).filter(starts_server));
        }
    }
    out
}

fn command(file: FileId, name: &str, code: &Text) -> Option<Command> {
    let programs: Vec<Program> = commands(code).iter().flat_map(|words| programs(words)).collect();
    (!programs.is_empty()).then(|| Command {
        file,
        name: name.to_owned(),
        span: code.span,
        programs,
    })
}

/// Whether a server is started, by the name of a package or image. Tools that build and check servers are called so, too.
fn starts_server(command: &Command) -> bool {
    const TOOLS: &[&str] = &[
        "build",
        "builder",
        "check",
        "checker",
        "inspector",
        "lint",
        "mcpb",
        "publisher",
        "registry",
        "scan",
        "scanner",
        "test",
        "tester",
        "validator",
    ];
    let says_so = |name: &Text| {
        let name = name.text.to_ascii_lowercase();
        let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        words.contains(&"mcp") && !words.iter().any(|word| TOOLS.contains(word))
    };
    command.programs.iter().any(|program| match program {
        Program::Package(package) => says_so(&package.spec),
        Program::Image(image) => says_so(&image.image),
        Program::Script(_) | Program::Other(_) => false,
    })
}
