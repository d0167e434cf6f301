//! Statements and expressions.

use super::{body, check};

#[test]
fn bindings_and_assignments() {
    check(
        body,
        &[
            (
                "let x: u8 = 1; let (a, mut b) = c;",
                "let x: u8 = 1
let [a, b] = c",
            ),
            ("let Some(v) = o else { return; };", "let Some(v) = o else {return}"),
            ("let z;", "let z"),
            (
                "a = 1; a.b = 2; a[0] = 3; *a = 4; a += s; (a, _) = (1, 2);",
                "a = 1
place a.b = 2
place a[0] = 3
place (Reference a) = 4
a Add= s
[a, _] = (tuple 1 2)",
            ),
            ("let y = { a = 1; b };", "let y = (block {a = 1} b)"),
        ],
    );
}

#[test]
fn branches_of_the_last_expression_return() {
    check(
        body,
        &[
            (
                "if a { b() } else if c { d() } else { e() }",
                "if a {return (call b)} else {if c {return (call d)} else {return (call e)}}",
            ),
            (
                "if let Some(x) = y && x > 1 || !z { q }",
                "if (Or (And (matches Some(x) y) (Gt x 1)) (Not z)) {return q}",
            ),
            (
                "match a { A => 1, B => { b(); 2 } }",
                "match a | value A => {return 1} | value B => {(call b); return 2}",
            ),
            ("return 1", "return 1"),
        ],
    );
}

#[test]
fn loops_and_labels() {
    check(
        body,
        &[
            (
                "while let Some(x) = it.next() { continue; }",
                "while (matches Some(x) (call it.next)) {continue}",
            ),
            (
                "for (i, x) in xs.iter().enumerate() { break }",
                "for [i, x] of (call (call xs.iter).enumerate) {break}",
            ),
            (
                "'outer: loop { for x in y { break 'outer; } }",
                "loop {for x of y {break}; if (opaque) {break}}",
            ),
            (
                "'outer: for a in b { for x in y { continue 'outer; } }",
                "for a of b {for x of y {break}}",
            ),
            (
                "let r = 'b: { if x { break 'b 1; } 2 };",
                "let r = (block {loop {if x {$t1 = 1; break}; $t1 = 2; break}} $t1)",
            ),
            (
                "let r = loop { if x { break 3 } };",
                "let r = (block {loop {if x {$t1 = 3; break}}} $t1)",
            ),
            (
                "loop { break 3 }",
                "loop {$t1 = 3; break}
return $t1",
            ),
        ],
    );
}

#[test]
fn blocks_as_values() {
    check(
        body,
        &[
            ("let s = unsafe { a(); b() };", "let s = (block {(call a)} (call b))"),
            ("let s = unsafe { b() };", "let s = (call b)"),
            (
                "let u = if a { 1 } else { 2 };",
                "let u = (block {if a {$t1 = 1} else {$t1 = 2}} $t1)",
            ),
            (
                "let u = if a { b?; 1 } else { return Err(c) };",
                "let u = (block {if a {(Try b); $t1 = 1} else {return (call Err c)}} $t1)",
            ),
            (
                "let u = match a { Some(x) => x, None => return };",
                "let u = (block {match a | Some(x) => {$t1 = x} | value None => {return}} $t1)",
            ),
        ],
    );
}

#[test]
fn async_blocks_stand_in_place() {
    check(
        body,
        &[
            (
                "async { if a { return 1; } 2 }.await",
                "return (Await (block {loop {if a {$t1 = 1; break}; $t1 = 2; break}} $t1))",
            ),
            (
                "tokio::spawn(async move { run(x).await; });",
                "(call tokio::spawn (block {(Await (call run x))}))",
            ),
            ("Box::pin(async move { a })", "return (call Box::pin a)"),
            (
                "let a = async move { loop { for x in y { if x { return 1; } } } };",
                "let a = (block {loop {loop {for x of y {if x {$t1 = 1; break}}; if (opaque) {break}}; if (opaque) {break}; break}} $t1)",
            ),
        ],
    );
}

#[test]
fn closures_and_nested_items() {
    check(
        body,
        &[
            (
                "let g = |x: u8, (a, b)| -> u8 { x }; g(1)",
                "let g = (fn 2)
return (call g 1)",
            ),
            (
                "fn inner(a: T) -> U { a } inner(1)",
                "let inner = (fn 2)
return (call inner 1)",
            ),
            (
                "before(); const K: u8 = 1; struct S; use a::b;",
                "let K: u8 = 1
class 0
(call before)",
            ),
            ("a.b(|x| x.c(), async |y| y)", "return (call a.b (fn 2) (fn 3))"),
        ],
    );
}

#[test]
fn patterns() {
    check(
        body,
        &[
            (
                r#"match x { 1..=5 => a, -1 | 2 => b, "s" if g => c, Foo::Bar => d, Foo::Baz(x, ..) => e, _ => {} }"#,
                r#"match x | value (Range 1 5) => {return a} | (or -1 | 2) => {return b} | "s" if g => {return c} | value Foo::Bar => {return d} | Foo::Baz(x) => {return e} | _ => {}"#,
            ),
            (
                "match x { Foo::Qux { a, b: Some(c), .. } => f, [first, .., last] => g, [h, rest @ ..] => i, n @ Some(_) => j, &(a, ref b) => k, CONST => l }",
                "match x | Foo::Qux{a: a, b: Some(c), ..._} => {return f} | [first, ..._, last] => {return g} | [h, ...rest@_] => {return i} | n@Some(_) => {return j} | [a, b] => {return k} | value CONST => {return l}",
            ),
        ],
    );
}

#[test]
fn chains_and_paths() {
    check(
        body,
        &[
            ("x.a::<T>(1)?.b.0[1].await;", "(Await (Try (call x.a<T> 1)).b.0[1])"),
            (
                "f::<A, B>(1); Vec::<u8>::new(); <T as Tr>::f(1); Self::x(self.y);",
                "(call f<A, B> 1)
(call Vec::new<u8>)
(call T::f 1)
(call Self::x this.y)",
            ),
            ("r#type.r#match()", "return (call type.match)"),
            ("x.0.1", "return x.0.1"),
        ],
    );
}

#[test]
fn operators() {
    check(
        body,
        &[
            (
                "&x; &mut x; *x; !x; -1; -x; x as u64; (x);",
                "(Reference x)
(Reference x)
(Reference x)
(Not x)
-1
(Negate x)
(as x u64)
x",
            ),
            (
                "a..b; ..b; a..=2; ..;",
                "(Range a b)
(Range null b)
(Range a 2)
(Range null null)",
            ),
            (
                r#""a".to_string() + b + "c"; a + b - c + d + e; a && b || c; a == b; x <<= 1;"#,
                r#"(concat (call "a".to_string) b "c")
(concat (Sub (concat a b) c) d e)
(Or (And a b) c)
(Eq a b)
x Bits= 1"#,
            ),
        ],
    );
}

#[test]
fn collections_and_literals() {
    check(
        body,
        &[
            (
                "[1, 2]; [0; n]; [0; 2]; (1, 2); ();",
                "(list 1 2)
(block {n} (list 0))
(list 0)
(tuple 1 2)
null",
            ),
            (
                "S { a, b: 1, ..c }; m::T { 0: x };",
                "(record S a: a b: 1 ...c)
(record m::T 0: x)",
            ),
            (
                r##"b"x"; 'c'; 1.5; 0xff_u8; true; r#"raw"#; 99999999999999999999;"##,
                r#"b"x"
'c'
1.5f
255
true
"raw"
99999999999999999999f"#,
            ),
        ],
    );
}
