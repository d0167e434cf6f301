//! Expressions.

use super::{body, check, expr, module};

#[test]
fn constants() {
    check(
        expr,
        &[
            ("1_000", "1000"),
            ("0xFF", "255"),
            ("0b11", "3"),
            ("0o17", "15"),
            ("0777", "511"),
            ("99999999999999999999", "99999999999999999999f"),
            ("1.5e3", "1.5e3f"),
            ("True", "true"),
            ("None", "null"),
            ("...", "Ellipsis"),
            ("-1", "(Negate 1)"),
        ],
    );
}

#[test]
fn strings() {
    check(
        expr,
        &[
            (r#""a\n\x41\u00e9\101\q\\""#, r#""a\nAéA\\q\\""#),
            (r#"r"a\n""#, r#""a\\n""#),
            (r#"b"\x00a""#, r#"b"\0a""#),
            ("'a' \"b\" '''c'''", r#""abc""#),
            ("\"a\\\nb\"", r#""ab""#),
            (r#"f"""#, r#""""#),
            (r#"f"{{x}}""#, r#""{x}""#),
        ],
    );
}

#[test]
fn formatted_strings() {
    check(
        expr,
        &[
            (r#"f"a{x}b{y.z!r:>10}""#, r#"(concat "a" x "b" y.z)"#),
            (r#"f"{d["k"]}""#, r#"(concat d["k"])"#),
            (r#"f"{f"{f"{x}"}"}""#, "(concat x)"),
            (r#"f"{x:{width}.{p}}""#, "(concat (opaque x width p))"),
            (r#"f"{x=}""#, r#"(concat "x=" x)"#),
            (r#""a" f"{x}" "b" 'c'"#, r#"(concat "a" x "bc")"#),
            (r#"f"{x}{{{y}}}""#, r#"(concat x "{" y "}")"#),
            (r#"rf"\d{x}""#, r#"(concat "\\d" x)"#),
            (
                r#"f"{a, b}{await c}{(lambda: d)()}""#,
                "(concat (tuple a b) (Await c) (call (fn 1)))",
            ),
        ],
    );
}

#[test]
fn percent_formats() {
    check(
        expr,
        &[
            (r#""a%s" % x"#, r#"(concat "a" x)"#),
            (r#""%s-%d%%" % (x, y)"#, r#"(concat x "-" y "%")"#),
            (
                r#""%(a)s %(b)s %(a)s" % {"a": x, "b": y, "c": z}"#,
                r#"(concat x " " y " " x z)"#,
            ),
            (r#""%(a)s" % params"#, "(concat params)"),
            (r#""%*d %5.2f" % (w, n, f)"#, r#"(concat w n " " f)"#),
            (r#""%s" % (x, y)"#, "(concat x y)"),
            (r#"f"{t} %s" % x"#, r#"(concat t " " x)"#),
            (r#"("a" "b%s" % x) + y"#, r#"(concat "ab" x y)"#),
            ("x % y", "(Rem x y)"),
            ("5 % 2", "(Rem 5 2)"),
        ],
    );
}

#[test]
fn format_calls() {
    check(
        expr,
        &[
            (r#""{}-{}".format(x, y)"#, r#"(concat x "-" y)"#),
            (r#""{1}{0}{n}".format(x, y, n=z)"#, "(concat y x z)"),
            (r#""{{}}{}".format(x)"#, r#"(concat "{}" x)"#),
            (
                r#""{0.a[k]}{1[2]:>{w}}".format(x, y, w=z)"#,
                r#"(concat x.a["k"] y[2] z)"#,
            ),
            (r#""{}".format(x, y)"#, "(concat x y)"),
            (r#""{} {a}".format(*xs, **kw)"#, r#"(concat xs " " kw)"#),
            (r#"("a" + "{}").format(x)"#, r#"(concat "a" x)"#),
            ("t.format(x)", "(call t.format x)"),
            (r#""{".format(x)"#, r#"(concat "{" x)"#),
        ],
    );
}

#[test]
fn sums() {
    check(
        expr,
        &[
            ("a + b + c", "(concat a b c)"),
            ("a + (b + c)", "(concat a b c)"),
            (r#""x" + f"{a}" + b"#, r#"(concat "x" a b)"#),
            ("a - b * c", "(Sub a (Mul b c))"),
            ("base / name", "(Div base name)"),
            ("a // b ** c @ d", "(Mul (Div a (Pow b c)) d)"),
            ("a | b", "(Bits a b)"),
        ],
    );
}

#[test]
fn logic() {
    check(
        expr,
        &[
            ("a and b or not c", "(Or (And a b) (Not c))"),
            ("a < b <= c", "(And (Lt a b) (LtEq b c))"),
            ("a in b", "(In a b)"),
            ("a not in b", "(NotIn a b)"),
            ("a is None", "(Eq a null)"),
            ("a is not None", "(NotEq a null)"),
            ("a if t else b", "(? t a b)"),
            ("(n := f(x))", "(n = (call f x))"),
        ],
    );
}

#[test]
fn access_and_calls() {
    check(
        expr,
        &[
            ("a.b.c", "a.b.c"),
            ("a[0]", "a[0]"),
            ("a[1:n]", "a[(opaque 1 n)]"),
            ("a[:, 1]", "a[(tuple (opaque) 1)]"),
            ("f(x, *y, k=v, **z)", "(call f x ...y k=v **z)"),
            ("f(x for x in y)", "(call f (each-generator x for x of y))"),
            ("(await f)(x).g()", "(call (call (Await f) x).g)"),
            ("super().run(x)", "(call super.run x)"),
            ("super(A, self).run(x)", "(call super.run x)"),
            (
                r#"importlib.import_module("x")"#,
                r#"(call importlib.import_module "x")"#,
            ),
            ("typing.cast(Foo, x)", "(as x Foo)"),
            ("sa.cast(x, Foo)", "(call sa.cast x Foo)"),
        ],
    );
}

#[test]
fn a_cast_is_one_only_when_it_comes_from_typing() {
    check(
        body,
        &[(
            "from typing import cast\n_ = cast('list[Foo]', x)",
            "_ = (as x list<Foo>)",
        )],
    );
    check(
        body,
        &[("from sqlalchemy import cast\n_ = cast(x, Foo)", "_ = (call cast x Foo)")],
    );
}

#[test]
fn collections() {
    check(
        expr,
        &[
            ("[a, *b]", "(list a ...b)"),
            ("(a, b)", "(tuple a b)"),
            ("a, *b", "(tuple a ...b)"),
            ("()", "(tuple)"),
            ("(a)", "a"),
            ("{a, b}", "(set a b)"),
            (
                r#"{"k": v, k: w, **rest, "a" "b": 1, f"{x}": 2}"#,
                "(record k: v [k]: w ...rest ab: 1 [(concat x)]: 2)",
            ),
            (
                "[x for x in xs if x if y for z in x]",
                "(each-list x for x of xs if x if y for z of x)",
            ),
            (
                "{k: v for k, v in d.items()}",
                "(each-map k: v for [k, v] of (call d.items))",
            ),
            ("{x async for x in y}", "(each-set x for x of y)"),
        ],
    );
}

#[test]
fn lambdas() {
    check(
        module,
        &[(
            "f = lambda a, *b, c=1, **d: a + c\n",
            r"fn 0 Module
  f = (fn 1)
fn 1 Closure f (a, ...b, kw c = 1, **d)
  return (concat a c)
",
        )],
    );
    check(
        module,
        &[(
            "run(lambda: x)\n",
            r"fn 0 Module
  (call run (fn 1))
fn 1 Closure
  return x
",
        )],
    );
}
