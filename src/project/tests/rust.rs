//! Rust modules and paths.

use super::support::{callee, project, resolve};

#[test]
fn paths_go_through_modules_uses_and_crates() {
    let project = project(&[
        ("Cargo.toml", "[workspace]\nmembers = ['core', 'server']\n"),
        ("core/Cargo.toml", "[package]\nname = 'my-core'\n"),
        (
            "core/src/lib.rs",
            "pub mod util;\nmod hidden;\npub use hidden::Thing as Renamed;\npub use util::*;\npub enum Kind { A, B(u8) }\npub use std::process::Command;\n",
        ),
        ("core/src/util.rs", "pub fn help() {}\npub mod deep;\n"),
        (
            "core/src/util/deep.rs",
            "pub fn far() { super::help(); }\npub fn up() { crate::help(); }\n",
        ),
        (
            "core/src/hidden/mod.rs",
            "pub struct Thing;\nimpl Thing { pub fn new() -> Self { Self::make() } fn make() -> Self { Thing } const LIMIT: &str = \"k\"; }\n",
        ),
        (
            "server/Cargo.toml",
            "[package]\nname = 'server'\n[lib]\nname = 'server_lib'\n[dependencies]\ncore2 = { path = '../core', package = 'my-core' }\n",
        ),
        ("server/src/lib.rs", "pub mod tools;\npub fn start() {}\n"),
        ("server/src/tools.rs", "pub fn t() {}\n"),
        (
            "server/src/main.rs",
            "use my_core::{util, Kind::*, Renamed, help as h};\nuse server_lib::tools;\nuse std::fs;\nuse tokio::process::Command;\nuse std::{io::{self, Write as W}};\n\
             #[path = \"odd/name.rs\"] mod named;\nmod inline { pub fn inner() { sibling() } pub fn sibling() {} pub struct P; }\nfn main() {}\nuse anyhow::anyhow;\n",
        ),
        ("server/src/odd/name.rs", "pub fn n() {}\n"),
        (
            "server/src/bin/extra.rs",
            "use server_lib::start;\nuse core2::util::help;\nfn local() {}\n",
        ),
    ]);
    let main = "server/src/main.rs";
    for (path, text, expected) in [
        (main, "util::help", "core/src/util.rs#help"),
        (main, "util::deep::far", "core/src/util/deep.rs#far"),
        (main, "h", "core/src/util.rs#help"),
        (main, "my_core::help", "core/src/util.rs#help"),
        (main, "my_core::Command::new", "=std::process::Command::new"),
        (main, "Renamed::new", "core/src/hidden/mod.rs#Thing.new"),
        (main, "Renamed::LIMIT", "core/src/hidden/mod.rs:LIMIT"),
        (main, "A", "core/src/lib.rs#Kind::A"),
        (main, "my_core::Kind::B", "core/src/lib.rs#Kind::B"),
        (main, "tools::t", "server/src/tools.rs#t"),
        (main, "crate::main", "server/src/main.rs#main"),
        (main, "self::main", "server/src/main.rs#main"),
        (main, "named::n", "server/src/odd/name.rs#n"),
        (main, "inline::inner", "server/src/main.rs#inner"),
        (main, "inline::P", "server/src/main.rs#P"),
        (main, "fs::read", "=std::fs::read"),
        (main, "Command::new", "=tokio::process::Command::new"),
        (main, "io::stdin", "=std::io::stdin"),
        (main, "W", "=std::io::Write"),
        (main, "std::env::var", "=std::env::var"),
        (main, "anyhow", "=anyhow::anyhow"),
        (main, "String", "=String"),
        (main, "String::from", "=String::from"),
        (main, "Ok", "=Ok"),
        ("server/src/bin/extra.rs", "start", "server/src/lib.rs#start"),
        ("server/src/bin/extra.rs", "help", "core/src/util.rs#help"),
        (
            "server/src/bin/extra.rs",
            "crate::local",
            "server/src/bin/extra.rs#local",
        ),
    ] {
        assert_eq!(resolve(&project, path, "", text), expected, "{path} {text}");
    }
    assert_eq!(
        callee(&project, "core/src/util/deep.rs", "far"),
        "core/src/util.rs#help"
    );
    assert_eq!(callee(&project, "core/src/util/deep.rs", "up"), "core/src/util.rs#help");
    assert_eq!(
        callee(&project, "core/src/hidden/mod.rs", "new"),
        "core/src/hidden/mod.rs#Thing.make"
    );
    assert_eq!(callee(&project, main, "inner"), "server/src/main.rs#sibling");
}

#[test]
fn inline_modules_see_the_file_through_super() {
    let project = project(&[
        ("src/lib.rs", "mod a;\npub fn outer() {}\n"),
        (
            "src/a.rs",
            "use super::outer;\nfn own() {}\nmod inner {\n    use super::own;\n    use super::super::outer as o;\n    fn f() { own() }\n    fn g() { super::own() }\n    fn h() { o() }\n}\n",
        ),
        (
            "stray.rs",
            "mod missing;\nfn x() {}\nfn y() { self::x() }\nfn z() { crate::x() }\nfn w() { missing::call() }\n",
        ),
    ]);
    assert_eq!(resolve(&project, "src/a.rs", "own", "outer"), "src/lib.rs#outer");
    assert_eq!(callee(&project, "src/a.rs", "f"), "src/a.rs#own");
    assert_eq!(callee(&project, "src/a.rs", "g"), "src/a.rs#own");
    assert_eq!(callee(&project, "src/a.rs", "h"), "src/lib.rs#outer");
    assert_eq!(callee(&project, "stray.rs", "y"), "stray.rs#x");
    assert_eq!(callee(&project, "stray.rs", "z"), "stray.rs#x");
    assert_eq!(callee(&project, "stray.rs", "w"), "=missing::call");
}

#[test]
fn function_local_uses_and_functions() {
    let project = project(&[(
        "src/main.rs",
        "use std::process::*;\nfn f() { use std::fs; fs::read(\"x\"); }\nfn g() { later(); fn later() {} }\nfn h(cb: fn()) { cb(); }\nfn i() { Command::new(\"x\"); }\n\
         macro_rules! m { () => {} }\n",
    )]);
    assert_eq!(callee(&project, "src/main.rs", "f"), "=std::fs::read");
    assert_eq!(callee(&project, "src/main.rs", "g"), "src/main.rs#later");
    assert_eq!(callee(&project, "src/main.rs", "h"), "-");
    assert_eq!(callee(&project, "src/main.rs", "i"), "=std::process::Command::new");
    assert_eq!(resolve(&project, "src/main.rs", "f", "read"), "=read");
}

#[test]
fn globs_take_what_is_public() {
    let project = project(&[
        (
            "src/lib.rs",
            "mod client;\nmod error;\npub use client::*;\npub use error::*;\nuse std::fs;\nconst LIMIT: u8 = 1;\nmod tests { use super::LIMIT; fn t() { go(LIMIT) } }\n",
        ),
        (
            "src/client.rs",
            "use crate::{Fault, go};\nuse anyhow::Outcome;\npub fn c() -> Outcome<Fault> { go() }\n",
        ),
        (
            "src/error.rs",
            "pub enum Fault { A }\npub type Outcome<T> = Result<T, Fault>;\npub fn go() {}\nuse super::*;\n",
        ),
    ]);
    for (path, text, expected) in [
        ("src/client.rs", "Fault::A", "src/error.rs#Fault::A"),
        ("src/client.rs", "go", "src/error.rs#go"),
        ("src/lib.rs", "Outcome", "src/error.rs#Outcome"),
        ("src/client.rs", "Outcome", "=anyhow::Outcome"),
        ("src/error.rs", "fs::read", "=std::fs::read"),
        ("src/lib.rs", "LIMIT", "src/lib.rs:LIMIT"),
        ("src/lib.rs", "missing", "=missing"),
    ] {
        assert_eq!(resolve(&project, path, "", text), expected, "{path} {text}");
    }
}
