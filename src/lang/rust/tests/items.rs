//! Items.

use super::{check, module};

#[test]
fn imports() {
    check(
        module,
        &[
            (
                "use a; use a::b; use a::b as c; use a::{self, b::{c, d as e}, f::*}; use ::g::h; extern crate i as j; use k as _;",
                r#"import a = "" a
import b = "a" b
import c = "a" b
import a = "" a
import c = "a::b" c
import e = "a::b" d
import  = "a::f" glob
import h = "g" h
import j = "" i
import _ = "" k"#,
            ),
            (
                "pub use a::b; pub(crate) use c::*;",
                r#"import b = "a" b reexport
import  = "c" glob reexport"#,
            ),
            (
                "fn f() { use a::b; fn g() { use c::d; } }",
                r#"import b = "a" b in 1
import d = "c" d in 2
fn 1 Function f
  let g = (fn 2)
fn 2 Function g in 1"#,
            ),
        ],
    );
}

#[test]
fn imports_of_inline_modules_and_tests() {
    check(
        module,
        &[
            (
                "mod a { use super::b; use self::c::d; use super::super::e; use crate::f; mod g { use super::super::h::*; } }",
                "import b = \"self\" b\nimport d = \"self::a::c\" d\nimport e = \"super\" e\nimport f = \"crate\" f\nimport  = \"self::h\" glob",
            ),
            (
                "#[cfg(test)] mod t { use super::*; fn f() { use a::b; } } #[cfg(test)] use c::d;",
                "import b = \"a\" b in 1\nfn 1 Function test f at [\"t\"]",
            ),
        ],
    );
}

#[test]
fn modules() {
    check(
        module,
        &[(
            r#"mod a; #[path = "x/y.rs"] mod b; #[cfg(test)] mod c; mod d { mod e; fn f() {} }"#,
            r#"mod a
mod b at "x/y.rs"
mod c test
mod d::e
fn 1 Function f at ["d"]"#,
        )],
    );
}

#[test]
fn functions_and_methods() {
    check(
        module,
        &[
            (
                "/// One.
///  Two.
pub async fn f(a: u8, (b, c): (T, U), S { d, .. }: S, mut e: &mut [u8]) -> Result<T, E> { a }",
                r#"fn 1 Function async f (a: u8, [b, c]: [T, U], S{d: d, ..._}: S, e: &u8[]) -> Result<T, E> doc "One.\n Two."
  return a"#,
            ),
            (
                "impl A { pub fn new() -> Self { A } fn get(&self) {} fn own(self: Arc<Self>) {} const N: u8 = 1; }",
                "impl A methods [1, 2, 3]
  let N: u8 = 1
fn 1 Method static new -> Self
  return A
fn 2 Method get (self self)
fn 3 Method own (self self: Arc<Self>)",
            ),
            (
                "impl<T> fmt::Display for A<T> { fn fmt(&self) {} }",
                "impl fmt::Display for A<T> methods [1]
fn 1 Method fmt (self self)",
            ),
            (
                "trait T: A + Send { const N: u8 = 1; type X; fn must(&self); fn may(&self) -> u8 { 1 } }",
                "class 0 Trait T : A : Send (field static N: u8 = 1)
impl T methods [1]
fn 1 Method may (self self) -> u8
  return 1",
            ),
        ],
    );
}

#[test]
fn types_defined() {
    check(
        module,
        &[
            (
                r#"#[derive(Debug, Clone)] #[serde(rename_all = "x", deny_unknown_fields)] pub struct S { #[serde(rename = "q", default)] pub a: Option<String>, /** doc */ b: Vec<u8> }"#,
                r#"class 0 Class S @(decorator derive Debug Clone) @(decorator serde rename_all="x" deny_unknown_fields) (field a @(decorator serde rename="q" default): Option<String>) (field b: Vec<u8> doc "doc")"#,
            ),
            (
                "struct T(pub u8, String); struct U; union V { a: u8 }",
                "class 0 Class T (field 0: u8) (field 1: String)
class 1 Class U
class 2 Class V (field a: u8)",
            ),
            (
                r#"enum E { A, #[serde(rename = "b")] B(u8, String), C { x: u8 } = 3 }"#,
                r#"class 0 Enum E (variant A) (variant B @(decorator serde rename="b") (field 0: u8) (field 1: String)) (variant C (field x: u8))"#,
            ),
            ("type R<T> = Result<T, Error>;", "class 0 Alias R = Result<T, Error>"),
        ],
    );
}

#[test]
fn constants_and_macros() {
    check(
        module,
        &[
            (
                r#"const A: &str = "x"; static mut B: [u8; 2] = [1, 2];"#,
                r#"  let A: &str = "x"
  let B: u8[] = (list 1 2)"#,
            ),
            (
                r#"tool_box!(Tools, [Read, Write]); inventory::submit! { Tool { name: "x", run } } macro_rules! m { () => {} }"#,
                r#"  (macro tool_box Tools (list Read Write))
  (macro inventory::submit (record Tool name: "x" run: run))"#,
            ),
            (
                r#"lazy_static! { static ref A: Regex = Regex::new("a"); } thread_local! { pub static B: Cell<u8> = const { Cell::new(1) }; }"#,
                r#"  let A: Regex = (call Regex::new "a")
  let B: Cell<u8> = (call Cell::new 1)"#,
            ),
            (
                "cfg_if! { if #[cfg(unix)] { fn unix() {} } else { fn other() {} } } pin_project! { struct P { a: u8 } }",
                "class 0 Class P (field a: u8)
fn 1 Function unix
fn 2 Function other",
            ),
        ],
    );
}

#[test]
fn attributes() {
    check(
        module,
        &[
            (
                r#"#[rmcp::tool(name = "x", description = "d", annotations(read_only_hint = true, title = concat!("a", "b")))] fn f(#[tool(param)] #[schemars(description = "n")] a: u8, #[tool(aggr)] b: B) {}"#,
                r#"fn 1 Function f @(decorator rmcp::tool name="x" description="d" (decorator annotations read_only_hint=true title=(concat "a" "b"))) (@(decorator tool param) @(decorator schemars description="n") a: u8, @(decorator tool aggr) b: B)"#,
            ),
            (
                r#"#[tool_router(router = r, vis = "pub")] impl S { #[tool] fn a() {} } #[tool(tool_box)] impl ServerHandler for S {}"#,
                r#"impl S @(decorator tool_router router=r vis="pub") methods [1]
impl ServerHandler for S @(decorator tool tool_box) methods []
fn 1 Method static a @tool"#,
            ),
            (
                r#"#[weird(a b => c "d")] #[deprecated = "why"] #[a(type = "x", crate, 1)] fn f() {}"#,
                r#"fn 1 Function f @(decorator weird (opaque a b c "d")) @(decorator deprecated "why") @(decorator a type="x" crate 1)"#,
            ),
        ],
    );
}

#[test]
fn test_code() {
    check(
        module,
        &[
            (
                r#"#[test] fn a() {} #[tokio::test(flavor = "x")] async fn b() {} #[cfg(test)] fn c() { || 1 } #[cfg(not(test))] fn d() {} #[cfg(all(test, unix))] fn e() {} #[cfg(any(test, unix))] fn g() {}"#,
                r#"fn 1 Function test a @test
fn 2 Function async test b @(decorator tokio::test flavor="x")
fn 3 Function test c @(decorator cfg test)
  return (fn 4)
fn 4 Closure test in 3
  return 1
fn 5 Function d @(decorator cfg (decorator not test))
fn 6 Function test e @(decorator cfg (decorator all test unix))
fn 7 Function g @(decorator cfg (decorator any test unix))"#,
            ),
            (
                r#"#[cfg(test)] mod t { const K: &str = "sk"; struct S; impl S { fn a() {} } fn b() {} }"#,
                r#"class 0 Class S test
impl S methods [1]
fn 1 Method static test a at ["t"]
fn 2 Function test b at ["t"]
fn 3 Closure test
  let K: &str = "sk""#,
            ),
            ("#![cfg(test)] fn f() {}", "fn 1 Function test f"),
        ],
    );
}

#[test]
fn types_written() {
    check(
        module,
        &[(
            "fn f(x: &mut [u8; 3], y: Box<dyn Fn(u8) -> u8>, z: impl Into<String> + Send, w: <A as B>::C, p: *const u8, q: fn(u8), t: (), v: crate::a::B<'a, u8, 3>, i: impl Iterator<Item = u8>, n: &'static str) {}",
            "fn 1 Function f (x: &u8[], y: Box<(function)>, z: Into<String>, w: A::C, p: &u8, q: (function), t: [], v: crate::a::B<u8>, i: Iterator<u8>, n: &str)",
        )],
    );
}
