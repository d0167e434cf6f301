//! The embedded rows load, and none stands twice.

use std::collections::BTreeSet;

use super::{Models, RowFile};
use crate::ir::{Language, Name};

fn files() -> [(&'static str, &'static str); 3] {
    [
        ("typescript", include_str!("../../rules/models/typescript.toml")),
        ("python", include_str!("../../rules/models/python.toml")),
        ("rust", include_str!("../../rules/models/rust.toml")),
    ]
}

fn rows(name: &str, text: &str) -> RowFile {
    toml::from_str(text).unwrap_or_else(|error| panic!("rules/models/{name}.toml: {error}"))
}

#[test]
fn embedded_rows_load() {
    let models = Models::embedded().expect("the rows load");
    for (language, callee) in [
        (Language::TypeScript, "child_process.exec"),
        (Language::Python, "subprocess.run"),
        (Language::Rust, "std::fs::read"),
    ] {
        let entry = models
            .entry(language, Name::new(callee))
            .unwrap_or_else(|| panic!("{callee} has rows"));
        assert!(!entry.sinks.is_empty(), "{callee} is a sink");
    }
}

#[test]
fn aliases_lead_to_rows() {
    let models = Models::embedded().expect("the rows load");
    for (language, name, canonical) in [
        (Language::TypeScript, "fs/promises.readFile", "fs.readFile"),
        (Language::TypeScript, "fs.promises.readFile", "fs.readFile"),
        (Language::TypeScript, "fs-extra.readFile", "fs.readFile"),
        (
            Language::Python,
            "pathlib.PosixPath.read_text",
            "pathlib.Path.read_text",
        ),
        (Language::Python, "anyio.Path", "pathlib.Path"),
        (Language::Rust, "tokio::fs::read", "std::fs::read"),
        (Language::Rust, "tokio::fs::File::open", "std::fs::File::open"),
        (Language::Rust, "std::path::PathBuf::from", "std::path::Path::from"),
        (
            Language::Rust,
            "tokio::process::Command.arg",
            "std::process::Command.arg",
        ),
    ] {
        assert_eq!(models.canonical(language, Name::new(name)), Name::new(canonical));
        assert!(
            models.entry(language, Name::new(canonical)).is_some(),
            "{canonical} has rows"
        );
    }
}

#[test]
fn no_row_stands_twice() {
    for (name, text) in files() {
        let file = rows(name, text);
        let mut seen = BTreeSet::new();
        let mut add = |key: String| assert!(seen.insert(key.clone()), "{name}.toml: twice: {key}");
        for row in &file.sink {
            for callee in &row.callee {
                add(format!("sink {callee} {:?} {:?} {:?}", row.arg, row.class, row.when));
            }
        }
        for row in &file.sanitizer {
            for callee in &row.callee {
                for class in &row.clears {
                    add(format!(
                        "sanitizer {callee} {:?} {class:?} {:?} {:?}",
                        row.arg, row.on, row.when
                    ));
                }
            }
        }
        for row in &file.propagator {
            for callee in &row.callee {
                add(format!(
                    "propagator {callee} {:?} {:?} {:?}",
                    row.to, row.calls, row.when
                ));
            }
        }
        for row in &file.source {
            for callee in &row.callee {
                add(format!("source {callee}"));
            }
        }
        for row in &file.alias {
            for alias in &row.name {
                add(format!("alias {alias}"));
            }
        }
    }
}

#[test]
fn path_sinks_say_what_they_do() {
    for (name, text) in files() {
        for row in rows(name, text).sink {
            assert_eq!(
                row.access.is_some(),
                row.class == super::Class::Path,
                "{name}.toml: {:?}",
                row.callee
            );
        }
    }
}

#[test]
fn effect_rows_are_canonical_and_stand_once() {
    let models = Models::embedded().expect("the rows load");
    for (language, text) in [
        (
            Language::TypeScript,
            include_str!("../../rules/models/typescript-effects.toml"),
        ),
        (Language::Python, include_str!("../../rules/models/python-effects.toml")),
        (Language::Rust, include_str!("../../rules/models/rust-effects.toml")),
    ] {
        let mut seen = BTreeSet::new();
        for row in rows("effects", text).effect {
            for callee in &row.callee {
                let name = Name::new(callee);
                assert_eq!(models.canonical(language, name), name, "another name is looked up");
                assert!(seen.insert(format!("{callee} {:?}", row.arg)), "twice: {callee}");
            }
        }
    }
}
