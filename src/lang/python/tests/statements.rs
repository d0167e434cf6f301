//! Statements and patterns.

use super::{body, check, module};

#[test]
fn imports() {
    let source = "import os, a.b.c as d, x.y\nfrom m.n import (p as q, r,)\nfrom .. import s\nfrom ...t.u import v\n\
                  from w import *\nfrom __future__ import annotations\n\
                  try:\n    import ujson as json\nexcept ImportError:\n    import json\n\
                  if TYPE_CHECKING:\n    from m import T\nelse:\n    from m import U\n\
                  def f():\n    from z import g\n";
    let imports: Vec<_> = super::lower(source)
        .imports
        .iter()
        .map(|import| {
            let flag = if import.is_type_only { " type" } else { "" };
            let what = format!("{:?}", import.imported);
            format!(
                "{} <- {} {what} in {}{flag}",
                import.local, import.source, import.scope.0
            )
        })
        .collect();
    assert_eq!(
        imports,
        [
            "os <- os Namespace in 0",
            "d <- a.b.c Namespace in 0",
            "x <- x Namespace in 0",
            "x.y <- x.y Namespace in 0",
            "q <- m.n Named(\"p\") in 0",
            "r <- m.n Named(\"r\") in 0",
            "s <- .. Named(\"s\") in 0",
            "v <- ...t.u Named(\"v\") in 0",
            " <- w Glob in 0",
            "annotations <- __future__ Named(\"annotations\") in 0",
            "json <- ujson Namespace in 0",
            "json <- json Namespace in 0",
            "T <- m Named(\"T\") in 0 type",
            "U <- m Named(\"U\") in 0",
            "g <- z Named(\"g\") in 1",
        ]
    );
}

#[test]
fn assignments() {
    check(
        body,
        &[
            ("x = 1", "x = 1"),
            ("x: int = 1", "x: int = 1"),
            ("x: int", "let x: int"),
            ("a, (b, *c) = f()", "[a, [b, ...c]] = (call f)"),
            ("[a, b] = f()", "[a, b] = (call f)"),
            (
                "self.x = y[0] = z",
                r"place self.x = z
  place y[0] = z",
            ),
            (
                "a = b = c",
                r"a = c
  b = c",
            ),
            ("a += b", "a Add= b"),
            ("a.b //= c", "place a.b Div= c"),
            ("(a) = 1", "a = 1"),
            ("a = yield b", "a = (Yield b)"),
            ("x = *a, b", "x = (tuple ...a b)"),
        ],
    );
}

#[test]
fn simple_statements() {
    check(
        body,
        &[
            ("assert x, 'm'", r#"debug_assert x, "m""#),
            (
                "del a, b[0]",
                r"(Delete a)
  (Delete b[0])",
            ),
            ("raise", "throw"),
            (
                "raise E('m') from e",
                r#"e
  throw (call E "m")"#,
            ),
            ("raise E from None", "throw E"),
            ("x, y", "(tuple x y)"),
            ("pass", ""),
            (
                "a; b", r"a
  b",
            ),
            ("await x", "(Await x)"),
            ("yield", "(Yield null)"),
            ("yield from x", "(Yield x)"),
        ],
    );
}

#[test]
fn branches() {
    check(
        body,
        &[
            (
                "if a:\n    b\nelif c:\n    d\nelse:\n    e",
                "if a {b} else {if c {d} else {e}}",
            ),
            (
                "if __name__ == '__main__':\n    main()",
                r#"if (Eq __name__ "__main__") {(call main)}"#,
            ),
            ("while x:\n    break\nelse:\n    y", "while x {break} else {y}"),
            ("while True:\n    continue", "loop {continue}"),
            (
                "for a, b in c, d:\n    a\nelse:\n    e",
                "for [a, b] of (tuple c d) {a} else {e}",
            ),
            ("async def f():\n    async for a in b: pass", "let f = (fn 1)"),
        ],
    );
}

#[test]
fn exceptions() {
    check(
        body,
        &[
            (
                "try:\n    a\nexcept (A, b.C) as e:\n    b\nexcept D:\n    c\nexcept:\n    d\nelse:\n    f\nfinally:\n    g",
                "try {a} catch A b.C as e {b} catch D {c} catch {d} else {f} finally {g}",
            ),
            ("try:\n    a\nexcept* A as e:\n    b", "try {a} catch A as e {b}"),
        ],
    );
}

#[test]
fn with_opens_no_scope() {
    check(
        body,
        &[
            (
                "with open(a) as f, lock:\n    b = f\nb",
                r"let f = (Enter (call open a))
  (Enter lock)
  b = f
  b",
            ),
            (
                "with (open(a) as f, open(b) as g):\n    c",
                r"let f = (Enter (call open a))
  let g = (Enter (call open b))
  c",
            ),
            ("with (open(a)) as f: pass", "let f = (Enter (call open a))"),
            ("with a as (b, self.c): pass", "let [b, place self.c] = (Enter a)"),
            ("async def f():\n    async with a as b: pass", "let f = (fn 1)"),
        ],
    );
}

#[test]
fn matches() {
    fn arm(pattern: &str) -> String {
        body(&format!("match x:\n    case {pattern}:\n        pass\n"))
    }
    let cases = [
        ("_", "match x | _ => {}"),
        ("y", "match x | y => {}"),
        ("a.b", "match x | value a.b => {}"),
        ("'s' 't'", r#"match x | "st" => {}"#),
        ("-1", "match x | -1 => {}"),
        ("None | True", "match x | (or null | true) => {}"),
        ("-1 | 2 | _", "match x | (or -1 | 2 | _) => {}"),
        ("[a, *rest, _]", "match x | [a, ...rest, _] => {}"),
        ("a, b", "match x | [a, b] => {}"),
        ("a,", "match x | [a] => {}"),
        ("(a)", "match x | a => {}"),
        ("(a | b) as c", "match x | c@(or a | b) => {}"),
        (
            "{'k': v, 'n': {'m': 1}, **kw}",
            "match x | {k: v, n: {m: 1}, ...kw} => {}",
        ),
        ("P()", "match x | P() => {}"),
        ("p.P(a, 1)", "match x | p::P(a, 1) => {}"),
        ("P(a, x=-1, y=b)", "match x | P{0: a, x: -1, y: b} => {}"),
        (
            "str() as s if len(s) > 1",
            "match x | s@str() if (Gt (call len s) 1) => {}",
        ),
    ];
    for (pattern, expected) in cases {
        check(arm, &[(pattern, expected)]);
    }
    check(
        body,
        &[(
            "match a, b:\n    case 1, 2: x\n    case _: y",
            "match (tuple a b) | [1, 2] => {x} | _ => {y}",
        )],
    );
}

#[test]
fn globals_are_named() {
    let module = super::lower("x = 1\ndef f():\n    global x, y\n    x = 2\n    def g():\n        nonlocal z\n");
    let globals: Vec<_> = module.functions.iter().map(|function| function.globals.len()).collect();
    assert_eq!(globals, [0, 2, 1]);
    assert_eq!(module.functions[1].globals[0], "x");
}

#[test]
fn python_2_is_read_too() {
    let source = "print 'a', b\nprint >>f, c\nexec code in ns\ntry:\n    pass\nexcept E, e:\n    raise E, 'm'\n";
    check(
        body,
        &[(
            source,
            r#"(call print "a" b)
  (call print f c)
  (call exec code ns)
  try {} catch E e {throw (tuple E "m")}"#,
        )],
    );
}

#[test]
fn aliases() {
    check(
        module,
        &[(
            "A = Annotated[str, Field(max_length=3)]\nB: TypeAlias = 'int | None'\ntype C[T] = list[T]\n",
            r#"class 0 Alias A = (annotated str (call Field max_length=3))
class 1 Alias B = (int | None)
class 2 Alias C = list<T>
fn 0 Module
  A = Annotated[(tuple str (call Field max_length=3))]
  B: TypeAlias = "int | None"
  class 2
"#,
        )],
    );
}
