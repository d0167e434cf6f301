//! `broad-root`: a server that works on files is given a whole disk or a whole home.

use super::{draft, title};
use crate::deploy::{Program, ServerConfig, Text, pin};
use crate::finding::{Finding, Severity};
use crate::rules::Context;

pub(in crate::rules) fn broad_root(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for server in &context.deploy.servers {
        for (root, what) in roots(server) {
            let message = format!("{} may work on {what}: `{}`", title(server), root.text);
            let approved = !server.approvals.is_empty();
            let mut found = draft(context, "broad-root", server, root.span, message)
                .label("all that lies below it")
                .help("name the folders that it is to work on, such as the project's");
            if approved && !context.is_sample(server.file) {
                found = found
                    .severity(Severity::High)
                    .note("Some of its tools are called without asking.");
            }
            findings.push(found.build());
        }
    }
}

/// The roots of a server that hold more than a project, and what they are.
fn roots(server: &ServerConfig) -> Vec<(Text, &'static str)> {
    let Some(launch) = &server.launch else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for program in &launch.programs {
        let (name, arguments) = match program {
            Program::Package(package) => (pin::name_of_package(package), package.arguments.as_slice()),
            Program::Image(image) => (image.image.text.as_str(), image.command.as_slice()),
            Program::Other(words) => match words.split_first() {
                Some((first, rest)) => (first.text.as_str(), rest),
                None => continue,
            },
            Program::Script(_) => continue,
        };
        // A path inside of a container is no place on this machine.
        if matches!(program, Program::Image(_)) {
            continue;
        }
        let takes_roots = names_files(name) || arguments.iter().any(|argument| names_files(&argument.text));
        let mut after_option = "";
        for argument in arguments {
            let text = argument.text.as_str();
            if let Some((option, value)) = text.split_once('=').filter(|_| text.starts_with('-')) {
                if names_root(option) {
                    out.extend(broad(value).map(|what| (argument.clone(), what)));
                }
            } else if text.starts_with('-') {
                after_option = text;
                continue;
            } else if names_root(after_option) || takes_roots && !after_option.starts_with("--") {
                out.extend(broad(text).map(|what| (argument.clone(), what)));
            }
            after_option = "";
        }
    }
    for (name, value) in &launch.environment {
        if names_root(&name.text) {
            let first = value.text.split([',', ';']).find_map(broad);
            out.extend(first.map(|what| (value.clone(), what)));
        }
    }
    out
}

/// Whether a program's name says that its arguments are folders.
fn names_files(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("filesystem")
        || name.contains("file-system")
        || name.contains("file_system")
        || name.contains("mcp-server-files")
}

/// Whether an option or variable names the folders that a server may work on.
fn names_root(name: &str) -> bool {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let places = [
        "dir",
        "dirs",
        "directory",
        "directories",
        "folder",
        "folders",
        "path",
        "paths",
        "root",
        "roots",
    ];
    let limits = [
        "allow",
        "allowed",
        "allowlist",
        "base",
        "root",
        "roots",
        "workspace",
        "sandbox",
        "writable",
        "permitted",
    ];
    let at = |list: &[&str]| -> Vec<usize> {
        let named = words.iter().enumerate();
        named
            .filter(|(_, word)| list.contains(&word.as_str()))
            .map(|(at, _)| at)
            .collect()
    };
    // two words: `root` alone may be any root
    at(&places)
        .iter()
        .any(|place| at(&limits).iter().any(|limit| limit != place))
}

/// What a path is, if it holds more than a project.
fn broad(path: &str) -> Option<&'static str> {
    let path = path.trim().trim_matches(['"', '\'']).replace('\\', "/");
    let bare = path.trim_end_matches(['/', '*']);
    if path.is_empty() {
        return None;
    }
    let segments: Vec<&str> = bare.split('/').collect();
    let is_drive = |segment: &str| matches!(segment.as_bytes(), [drive, b':'] if drive.is_ascii_alphabetic());
    match segments.as_slice() {
        [""] => Some("the whole disk"),
        [one] if is_drive(one) => Some("a whole disk"),
        [
            "~" | "$HOME" | "${HOME}" | "${userHome}" | "${env:HOME}" | "%USERPROFILE%" | "${env:USERPROFILE}"
            | "$env:USERPROFILE",
        ] => Some("a whole home folder"),
        ["", "home" | "Users"] => Some("all home folders"),
        ["", "root"] | ["", "home" | "Users", _] => Some("a whole home folder"),
        [drive, "Users" | "users"] if is_drive(drive) => Some("all home folders"),
        [drive, "Users" | "users", _] if is_drive(drive) => Some("a whole home folder"),
        ["", "mnt", drive] if drive.len() == 1 => Some("a whole disk"),
        ["", "mnt", _, "Users", _] => Some("a whole home folder"),
        ["", "etc" | "var" | "usr" | "Volumes" | "System" | "Library" | "private"] => Some("a part of the system"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_hold_more_than_a_project() {
        for path in [
            "/",
            "~",
            "~/",
            "C:\\",
            "C:/",
            "/home/me",
            "/Users/me/",
            "/home",
            "$HOME",
            "C:\\Users\\me",
            "/mnt/c",
            "/etc",
        ] {
            assert!(broad(path).is_some(), "{path}");
        }
        for path in [
            "",
            ".",
            "./",
            "/home/me/project",
            "/Users/me/Desktop",
            "${workspaceFolder}",
            "/data",
            "C:\\work",
            "~/notes",
            "src",
        ] {
            assert_eq!(broad(path), None, "{path}");
        }
        assert!(
            names_root("ALLOWED_DIRECTORIES")
                && names_root("--root-dir")
                && !names_root("PATH")
                && !names_root("--root")
        );
    }
}
