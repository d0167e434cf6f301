//! Which files are read, and what is said of those that are not.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use mcp_lint::workspace::{FileKind, NoteKind, Role, Syntax, Workspace, WorkspaceOptions, load};

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn read(folder: &Path, paths: &[&str]) -> Workspace {
    load(&options(folder, paths)).unwrap()
}

fn options(folder: &Path, paths: &[&str]) -> WorkspaceOptions {
    WorkspaceOptions {
        paths: paths.iter().map(|path| folder.join(path)).collect(),
        ..WorkspaceOptions::default()
    }
}

fn paths(workspace: &Workspace) -> Vec<&str> {
    workspace.files.iter().map(|file| file.path.as_str()).collect()
}

fn notes(workspace: &Workspace) -> Vec<(&str, NoteKind)> {
    workspace
        .notes
        .iter()
        .map(|note| (note.path.as_str(), note.kind))
        .collect()
}

#[test]
fn reads_sources_and_manifests_in_order() {
    let folder = tree(&[
        ("b.ts", "b"),
        ("a/z.py", "z"),
        ("a.rs", "a"),
        ("package.json", "{}"),
        ("README.md", "no"),
        ("data.json", "{}"),
        (".hidden.ts", "no"),
        ("bin/server", "#!/usr/bin/env node\n"),
        ("bin/other", "#!/bin/sh\n"),
        ("LICENSE", "text"),
    ]);
    let workspace = read(folder.path(), &[""]);
    assert_eq!(
        paths(&workspace),
        [
            "LICENSE",
            "README.md",
            "a.rs",
            "a/z.py",
            "b.ts",
            "bin/other",
            "bin/server",
            "data.json",
            "package.json"
        ]
    );
    let kinds: Vec<_> = workspace.files.iter().map(|file| file.kind).collect();
    assert_eq!(kinds[0], FileKind::Text);
    assert_eq!(kinds[5], FileKind::Text);
    assert_eq!(kinds[6], FileKind::TypeScriptJsx);
    assert_eq!(kinds[7], FileKind::Config(Syntax::Json));
    assert_eq!(kinds[8], FileKind::Manifest);
    assert_eq!(workspace.files[8].syntax(), Some(Syntax::Json));
    assert_eq!(workspace.find("b.ts").map(|id| id.0), Some(4));
    assert!(workspace.notes.is_empty());
}

#[test]
fn settings_are_read_in_dot_folders_and_source_is_not() {
    let folder = tree(&[
        (".cursor/mcp.json", "{}"),
        (".env", "A=1"),
        (".github/scripts/a.py", ""),
        (".github/workflows/ci.yml", "on: push"),
        (".git/config", "[core]"),
        (".venv/a.json", "{}"),
        (".yarn/releases/a.json", "{}"),
        (".hooks/run", "#!/usr/bin/env python\n"),
        ("package-lock.json", "{}"),
        ("logo.svg", "<svg/>"),
    ]);
    let workspace = read(folder.path(), &[""]);
    assert_eq!(
        paths(&workspace),
        [".cursor/mcp.json", ".env", ".github/workflows/ci.yml", ".hooks/run"]
    );
    assert_eq!(workspace.files[1].kind, FileKind::Config(Syntax::Env));
    assert_eq!(workspace.files[3].kind, FileKind::Text);
    assert!(workspace.notes.is_empty());
    assert_eq!(
        paths(&read(folder.path(), &[".github"])),
        ["scripts/a.py", "workflows/ci.yml"]
    );
}

#[test]
fn what_is_no_text_is_left_out_in_silence() {
    let folder = tree(&[("notes.txt", "x")]);
    write(folder.path(), "slides.key", b"PK\0\x01");
    write(folder.path(), "tool", b"\x7fELF\0");
    write(folder.path(), "latin.md", b"caf\xE9");
    write(folder.path(), "long.txt", &vec![b'a'; 1024 * 1024 + 1]);
    let workspace = read(folder.path(), &[""]);
    assert_eq!(paths(&workspace), ["latin.md", "notes.txt"]);
    assert!(workspace.notes.is_empty());
    let named = read(folder.path(), &["tool", "notes.txt"]);
    assert_eq!(notes(&named), [("tool", NoteKind::Special)]);
}

#[test]
fn ignore_files_and_globs_leave_out() {
    let folder = tree(&[
        (".gitignore", "out/\n"),
        (".mcp-lint-ignore", "skip.ts\n"),
        ("out/a.ts", ""),
        ("skip.ts", ""),
        ("gen/a.ts", ""),
        ("src/gen/a.ts", ""),
        ("src/a.ts", ""),
    ]);
    let mut options = options(folder.path(), &[""]);
    options.exclude = vec!["/gen".to_owned()];
    assert_eq!(paths(&load(&options).unwrap()), ["src/a.ts", "src/gen/a.ts"]);
    options.exclude = vec!["gen".to_owned()];
    assert_eq!(paths(&load(&options).unwrap()), ["src/a.ts"]);
    options.exclude = vec!["a{".to_owned()];
    assert!(load(&options).unwrap_err().to_string().contains("bad glob `a{`"));
}

#[test]
fn settings_that_are_ignored_and_yet_part_of_the_project() {
    let files = [
        (".gitignore", ".env*\n.vscode/\n*.ts\nout/\n"),
        (".mcp-lint-ignore", ".env.old\n"),
        (".env", "A=1\n"),
        (".env.old", "A=1\n"),
        (".vscode/mcp.json", "{}"),
        ("app/.env.example", "A=1\n"),
        ("app/a.py", ""),
        ("app/b.ts", ""),
        ("out/.env", "A=1\n"),
    ];
    let folder = tree(&files);
    let mut outside = options(folder.path(), &[""]);
    let expected = [".env", ".vscode/mcp.json", "app/.env.example", "app/a.py"];
    let read = |options: &WorkspaceOptions| -> Vec<String> {
        let workspace = load(options).unwrap();
        let names = workspace.files.iter().map(|file| file.path.clone());
        names.filter(|name| !name.ends_with("ignore")).collect()
    };
    assert_eq!(read(&outside), expected);
    outside.exclude = vec![".vscode".to_owned()];
    assert_eq!(read(&outside).len(), 3);
    // In a repository git knows what is part of it.
    let folder = tree(&files);
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        assert!(
            command
                .args(arguments)
                .current_dir(folder.path())
                .status()
                .unwrap()
                .success()
        );
    };
    git(&["init", "--quiet"]);
    git(&["add", "--force", "app/.env.example", "out/.env", ".env.old", "app/b.ts"]);
    let inside = options(folder.path(), &[""]);
    assert_eq!(read(&inside), ["app/.env.example", "app/a.py", "out/.env"]);
}

#[test]
fn what_is_named_is_read_as_source() {
    let folder = tree(&[
        (".gitignore", "*.min.js\n"),
        ("tests/fixtures/server.min.js", "x"),
        ("tests/server/a.py", "x"),
        ("tests/server/tests/b.py", "x"),
        ("notes.txt", "x"),
    ]);
    let workspace = read(
        folder.path(),
        &["tests/fixtures/server.min.js", "tests/server", "notes.txt"],
    );
    let roles: Vec<_> = workspace
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.role))
        .collect();
    assert_eq!(
        roles,
        [
            ("notes.txt", Role::Source),
            ("tests/fixtures/server.min.js", Role::Source),
            ("tests/server/a.py", Role::Source),
            ("tests/server/tests/b.py", Role::Test),
        ]
    );
    let one = read(folder.path(), &["tests/fixtures/server.min.js"]);
    assert_eq!(paths(&one), ["server.min.js"]);
    let twice = read(
        folder.path(),
        &["tests/server", "tests/server/tests", "tests/server/tests/b.py"],
    );
    let roles: Vec<_> = twice.files.iter().map(|file| (file.path.as_str(), file.role)).collect();
    assert_eq!(roles, [("a.py", Role::Source), ("tests/b.py", Role::Source)]);
}

#[test]
fn folders_above_the_root_say_nothing() {
    let folder = tree(&[
        (".gitignore", "*\n"),
        ("tests/vendor/app/a.ts", ""),
        ("tests/vendor/app/vendor/b.ts", ""),
    ]);
    let workspace = read(folder.path(), &["tests/vendor/app"]);
    let roles: Vec<_> = workspace
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.role))
        .collect();
    assert_eq!(roles, [("a.ts", Role::Source), ("vendor/b.ts", Role::Vendored)]);
}

#[test]
fn package_trees_are_counted_and_skipped() {
    let folder = tree(&[
        ("a.ts", ""),
        ("node_modules/x/index.js", ""),
        ("env/pyvenv.cfg", ""),
        ("env/lib/a.py", ""),
        ("target/CACHEDIR.TAG", ""),
        ("target/a.rs", ""),
    ]);
    let workspace = read(folder.path(), &[""]);
    assert_eq!(paths(&workspace), ["a.ts"]);
    assert_eq!(
        notes(&workspace),
        [
            ("env", NoteKind::Vendored),
            ("node_modules", NoteKind::Vendored),
            ("target", NoteKind::Vendored)
        ]
    );
    assert_eq!(paths(&read(folder.path(), &["node_modules/x"])), ["index.js"]);
    let mut options = options(folder.path(), &[""]);
    options.include_vendored = true;
    // the sources, and the settings of the virtual environment
    assert_eq!(load(&options).unwrap().files.len(), 5);
}

#[test]
fn encodings_are_decoded_and_told() {
    let folder = tree(&[]);
    write(folder.path(), "bom.ts", b"\xEF\xBB\xBFlet a;\r\nlet b;");
    write(folder.path(), "latin.py", b"name = 'caf\xE9'");
    let wide: Vec<u8> = "\u{FEFF}x = 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write(folder.path(), "wide.py", &wide);
    let workspace = read(folder.path(), &[""]);
    let texts: Vec<_> = workspace
        .files
        .iter()
        .map(|file| (file.text.as_str(), file.lossy, file.had_bom))
        .collect();
    assert_eq!(
        texts,
        [
            ("let a;\r\nlet b;", false, true),
            ("name = 'caf\u{FFFD}'", true, false),
            ("x = 1", false, true)
        ]
    );
    assert_eq!(
        notes(&workspace),
        [("latin.py", NoteKind::Lossy), ("wide.py", NoteKind::Lossy)]
    );
    let position = workspace.files[0].position(8);
    assert_eq!((position.line, position.column), (2, 1));
}

#[test]
fn large_files_and_missing_paths_are_told() {
    let folder = tree(&[("big.ts", "xxxxxxxxxx"), ("small.ts", "x")]);
    let mut options = options(folder.path(), &[""]);
    options.max_file_size = 9;
    let workspace = load(&options).unwrap();
    assert_eq!(paths(&workspace), ["small.ts"]);
    assert_eq!(notes(&workspace), [("big.ts", NoteKind::TooLarge)]);
    options.paths = vec![folder.path().join("none")];
    let error = load(&options).unwrap_err().to_string();
    assert!(
        error.starts_with("no such file or folder: `") && error.ends_with("none`"),
        "{error}"
    );
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_not_followed_out_or_around() {
        let outside = tree(&[("secret.ts", "")]);
        let folder = tree(&[("src/a.ts", "")]);
        let root = folder.path();
        symlink(outside.path(), root.join("away")).unwrap();
        symlink(outside.path().join("secret.ts"), root.join("away.ts")).unwrap();
        symlink(root, root.join("src/loop")).unwrap();
        symlink("self", root.join("self")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        symlink(root.join("src/a.ts"), root.join("b.ts")).unwrap();
        let workspace = read(root, &[""]);
        assert_eq!(paths(&workspace), ["src/a.ts"]);
        let told: Vec<_> = workspace
            .notes
            .iter()
            .map(|note| (note.path.as_str(), note.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("away", "link that leads out of the root, not followed"),
                ("away.ts", "link that leads out of the root, not followed"),
                ("broken", "link that leads nowhere, not followed"),
                ("self", "link that leads in a circle, not followed"),
                ("src/loop", "link that leads back to a folder above it, not followed"),
            ]
        );
    }

    #[test]
    fn pipes_are_not_opened() {
        let folder = tree(&[("a.ts", "")]);
        let pipe = folder.path().join("pipe.ts");
        if !Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .is_ok_and(|status| status.success())
        {
            return;
        }
        let workspace = read(folder.path(), &["", "pipe.ts"]);
        assert_eq!(paths(&workspace), ["a.ts"]);
        assert_eq!(notes(&workspace), [("pipe.ts", NoteKind::Special)]);
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let folder = tree(&[("a.ts", ""), ("locked/b.ts", ""), ("c.ts", "")]);
        let set = |path: &str, mode| fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode));
        set("locked", 0o000).unwrap();
        set("c.ts", 0o000).unwrap();
        // Root reads everything.
        let is_root = fs::read_dir(folder.path().join("locked")).is_ok();
        let workspace = read(folder.path(), &[""]);
        set("locked", 0o755).unwrap();
        if !is_root {
            assert_eq!(paths(&workspace), ["a.ts"]);
            assert_eq!(
                notes(&workspace),
                [("c.ts", NoteKind::Unreadable), ("locked", NoteKind::Unreadable)]
            );
        }
    }
}
