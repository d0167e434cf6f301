//! Macros.

use super::{body, check};

#[test]
fn format_strings() {
    check(
        body,
        &[
            (
                r#"format!("a{}b{x}c{0}d{{}}{y:?}{:>w$}", p, q);"#,
                r#"(concat "a" p "b" x "c" p "d{}" y q)"#,
            ),
            (
                r#"format!("{name} {}", z, name = v); format!("plain"); format!(concat!("a{}", "b"), x); format!("{:.*}{extra}", 2, v, unused);"#,
                r#"(concat v " " z)
(concat "plain")
(concat (concat "a{}" "b") x)
(concat 2 v extra unused)"#,
            ),
            (r#"format!("{ not } {a b} {");"#, r#"(concat not " {a b} {")"#),
            (
                r#"println!("x {}", y); println!(); eprint!("{e}"); std::print!("{}", a.b);"#,
                r#"(macro println (concat "x " y))
(macro println)
(macro eprint (concat e))
(macro std::print (concat a.b))"#,
            ),
            (
                r#"write!(out, "a{}", b)?; writeln!(out);"#,
                r#"(Try (macro write out (concat "a" b)))
(macro writeln out)"#,
            ),
            (
                r#"cmd!(sh, "git {x}").run();"#,
                r#"(call (macro cmd sh (concat "git " x)).run)"#,
            ),
            (
                r#"my_err!("bad {}", x); my_other!(a, b); other!(x; y); hashmap! { "a" => b, c => d };"#,
                r#"(macro my_err (concat "bad " x))
(macro my_other a b)
(macro other x y)
(macro hashmap (record a: b [c]: d))"#,
            ),
        ],
    );
}

#[test]
fn collections() {
    check(
        body,
        &[
            (
                "vec![1, a]; vec![0; n]; vec![]; vec![(a, b)];",
                "(list 1 a)
(block {n} (list 0))
(list)
(list (tuple a b))",
            ),
            (
                r#"json!({"a": 1, "b": [x, null, {"c": true}], k: v.clone(), (k2): format!("{z}"), });"#,
                "(record a: 1 b: (list x null (record c: true)) [k]: (call v.clone) [k2]: (concat z))",
            ),
            (
                r#"json!([1]); json!(x); json!(null); serde_json::json!({}); json!({"a": {b}});"#,
                "(list 1)
x
null
(record)
(record a: b)",
            ),
        ],
    );
}

#[test]
fn errors() {
    check(
        body,
        &[
            (
                r#"bail!("a {x}"); anyhow::bail!(MyErr::New(x)); bail!();"#,
                r#"return (call Err (macro anyhow (concat "a " x)))
return (call Err (macro anyhow (call MyErr::New x)))
return (call Err (macro anyhow))"#,
            ),
            (
                r#"ensure!(a == b, "c {}", d); ensure!(ok);"#,
                r#"if (Not (Eq a b)) {return (call Err (macro anyhow (concat "c " d)))}
if (Not ok) {return (call Err (macro anyhow))}"#,
            ),
            (
                r#"anyhow!("a {}", b); anyhow::anyhow!(err);"#,
                r#"(macro anyhow (concat "a " b))
(macro anyhow::anyhow err)"#,
            ),
            (
                r#"panic!("a {}", b); unreachable!(); todo!();"#,
                r#"throw (opaque (concat "a " b))
throw
throw"#,
            ),
            (
                r#"assert!(a, "m {}", b); assert_eq!(a, b); debug_assert_ne!(a, b, "x"); debug_assert!(z);"#,
                r#"assert a, (concat "m " b)
assert (Eq a b)
debug_assert (NotEq a b), (concat "x")
debug_assert z"#,
            ),
            (
                r#"self.x.map(|v| m!(v)); let v = bail!("x");"#,
                r#"(call this.x.map (fn 2))
let v = (block {return (call Err (macro anyhow (concat "x")))})"#,
            ),
            (
                r#"let x = match y { 1 => panic!("z"), _ => 2 };"#,
                r#"let x = (block {match y | 1 => {throw (opaque (concat "z"))} | _ => {$t1 = 2}} $t1)"#,
            ),
        ],
    );
}

#[test]
fn tests_and_futures() {
    check(
        body,
        &[
            (
                "matches!(x, Some(1 | 2) if y); matches!(c, 'a'..='z' | '_');",
                "(And (matches Some((or 1 | 2)) x) y)
(matches (or value (Range 'a' 'z') | '_') c)",
            ),
            (
                "tokio::join!(a(), b()); tokio::try_join!(a, b)?; dbg!(x); dbg!(a, b);",
                "(tuple (Await (call a)) (Await (call b)))
(Try (tuple (Await a) (Await b)))
(Plain x)
(tuple a b)",
            ),
            (
                "tokio::select! { biased; a = b => c, Ok(d) = e(), if f => { g } else => h, };",
                "if (matches a (Await b)) {c} else {if (And f (matches Ok(d) (Await (call e)))) {g} else {h}}",
            ),
            (
                "futures::select! { x = y.next() => z(x), complete => break };",
                "if (matches x (Await (call y.next))) {(call z x)} else {break}",
            ),
            (
                "let x = tokio::select! { a = b => a, _ = c => return };",
                "let x = (block {if (matches a (Await b)) {$t1 = a} else {if (matches _ (Await c)) {return}}} $t1)",
            ),
        ],
    );
}

#[test]
fn logs() {
    check(
        body,
        &[(
            r#"info!("a"); warn!(target: "t", x = 1, y.z = ?v, %w, ?u, "m {}", a); log::error!("{}: {e}", n); tracing::debug!(v);"#,
            r#"(macro info (concat "a"))
(macro warn target="t" x=1 y.z=v w u (concat "m " a))
(macro log::error (concat n ": " e))
(macro tracing::debug v)"#,
        )],
    );
}

#[test]
fn queries_and_files() {
    check(
        body,
        &[(
            r#"sqlx::query!("SELECT {x}", id); sqlx::query_as!(User, "SELECT", a, b); include_str!("a.txt"); env!("X"); concat!("a", B);"#,
            r#"(macro sqlx::query "SELECT {x}" id)
(macro sqlx::query_as User "SELECT" a b)
(macro include_str "a.txt")
(macro env "X")
(concat "a" B)"#,
        )],
    );
}

#[test]
fn texts_with_braces_that_are_no_templates() {
    check(
        body,
        &[
            (
                r#"lazy_regex!(r"\d{4}-\d{2}");"#,
                r#"(macro lazy_regex "\\d{4}-\\d{2}")"#,
            ),
            (r#"sql!("{}", a);"#, r#"(macro sql (concat a))"#),
            (r#"sql!("{a}");"#, r#"(macro sql (concat a))"#),
        ],
    );
}

#[test]
fn unknown_macros() {
    check(
        body,
        &[
            (
                "my_block! { let x = 1; foo(x) }; stream! { yield x; for a in b { yield a; } };",
                "(macro my_block (block {let x = 1} (call foo x)))
(macro stream (block {(Yield x); for a of b {(Yield a)}}))",
            ),
            (
                r#"weird!(a b self "s" => { d }); quote! { fn #x() {} };"#,
                r#"(macro weird (opaque a b this "s" d))
(macro quote (opaque x))"#,
            ),
            (
                "cfg_if! { if #[cfg(unix)] { a() } else { b() } };",
                "if (opaque) {(call a)}
if (opaque) {(call b)}",
            ),
        ],
    );
}
