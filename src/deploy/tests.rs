#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::workspace::{FileKind, Role, SourceFile, Syntax};

/// A workspace of files that are known by their names.
fn workspace(files: &[(&str, &str)]) -> Workspace {
    let mut files: Vec<SourceFile> = files
        .iter()
        .map(|(path, text)| {
            let kind = FileKind::Config(Syntax::of_path(path).unwrap());
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
