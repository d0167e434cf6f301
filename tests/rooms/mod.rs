//! The rooms of `src/` import downwards, and ARCHITECTURE.md names them all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::binary::root;
use super::read;

/// The rooms, lowest first. A room imports from lower ranks and from itself; rooms of one rank do not know each other.
const RANKS: &[&[&str]] = &[
    &["workspace"],
    &["ir", "finding"],
    &["lang", "document", "models"],
    &["project"],
    &["server", "deploy", "secrets"],
    &["flow"],
    &["rules", "report"],
    &["config"],
    &["scan", "lib"],
    &["diff"],
    &["main", "cli", "output", "prepare", "progress"],
];

/// What breaks the order today. May only shrink.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Crates that one room alone knows: syntax trees, colours and formats stay where they belong.
const HOMES: &[(&str, &[&str])] = &[
    ("tree_sitter", &["lang"]),
    ("tree_sitter_python", &["lang"]),
    ("tree_sitter_typescript", &["lang"]),
    ("syn", &["lang"]),
    ("granit_parser", &["document"]),
    ("jsonc_parser", &["document"]),
    ("toml_parser", &["document"]),
    ("ignore", &["workspace"]),
    ("codespan_reporting", &["report"]),
    ("serde_sarif", &["report"]),
    ("clap", &["main", "cli"]),
    ("clap_complete", &["main", "cli"]),
    ("clap_mangen", &["main"]),
    ("indicatif", &["progress"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The first segments of all paths that start with `crate` or `mcp_lint`, and of all that may start with an external crate.
/// Modules for tests are passed over; comments and texts are no tokens.
fn uses(tokens: TokenStream, inner: &mut BTreeSet<String>, outer: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.to_string() == text);
    let colons = |at: usize| is(at, ":") && is(at + 1, ":");
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Punct(_) if is(at, "#") && is(at + 1, "[cfg (test)]") => {
                // Passes over the item: to its body or its semicolon.
                at += 2;
                while tokens.get(at).is_some_and(|token| {
                    !matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
                        && token.to_string() != ";"
                }) {
                    at += 1;
                }
            }
            TokenTree::Ident(word) if colons(at + 1) && !(at >= 2 && colons(at - 2)) => match word.to_string().as_str()
            {
                "crate" | "mcp_lint" => match tokens.get(at + 3) {
                    Some(TokenTree::Ident(room)) => {
                        inner.insert(room.to_string());
                    }
                    Some(TokenTree::Group(group)) => {
                        let mut starts = true;
                        for token in group.stream() {
                            match token {
                                TokenTree::Ident(room) if starts => {
                                    inner.insert(room.to_string());
                                    starts = false;
                                }
                                TokenTree::Punct(comma) if comma.as_char() == ',' => starts = true,
                                _ => {}
                            }
                        }
                    }
                    _ => {}
                },
                name => {
                    outer.insert(name.to_owned());
                }
            },
            TokenTree::Group(group) => uses(group.stream(), inner, outer),
            _ => {}
        }
        at += 1;
    }
}

#[test]
fn rooms_import_downwards() {
    let src = root().join("src");
    let rank = |room: &str| RANKS.iter().position(|rooms| rooms.contains(&room));
    let mut wrong = BTreeSet::new();
    let mut needed = BTreeSet::new();
    for path in sources(&src) {
        let relative = path.strip_prefix(&src).unwrap();
        if relative
            .components()
            .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
        {
            continue;
        }
        let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        let room = first.strip_suffix(".rs").unwrap_or(first);
        let own =
            rank(room).unwrap_or_else(|| panic!("src/{room} has no rank: add it to RANKS and to ARCHITECTURE.md"));
        let tokens = TokenStream::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let (mut inner, mut outer) = (BTreeSet::new(), BTreeSet::new());
        uses(tokens, &mut inner, &mut outer);
        for other in inner {
            // Names that lib.rs itself exports belong to the library as a whole.
            let theirs = rank(&other).unwrap_or_else(|| rank("lib").unwrap());
            if room == other || theirs < own || room == "main" || rank(&other) == rank("cli") && own == theirs {
                continue;
            }
            match EXCEPTIONS.iter().find(|(from, to)| *from == room && *to == other) {
                Some(exception) => {
                    needed.insert(*exception);
                }
                None => {
                    wrong.insert(format!("src/{} imports from {other}", relative.display()));
                }
            }
        }
        for (name, homes) in HOMES {
            if outer.contains(*name) && !homes.contains(&room) {
                wrong.insert(format!("src/{} uses the crate {name}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let listed: BTreeSet<(&str, &str)> = EXCEPTIONS.iter().copied().collect();
    assert_eq!(listed, needed, "EXCEPTIONS that are needed no more go away");
}

#[test]
fn the_architecture_names_every_room() {
    let text = read("ARCHITECTURE.md");
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            text.contains(&format!("`{name}`")) || text.contains(&format!("`{name}/`")),
            "ARCHITECTURE.md: {name}"
        );
    }
}
