use super::{check, top};

#[test]
fn branches() {
    check(
        &top("if (a) b(); else if (c) { d() } else { e() } if (f) { throw g } else return;"),
        &[
            "if a {(call b)} else {if c {(call d)} else {(call e)}}",
            "if f {throw g} else {return}",
        ],
    );
}

#[test]
fn loops() {
    check(
        &top(
            "for (let i = 0, j = 1; i < n; i++, j--) { f(i) } for (;;) {} for (x of y) z(); for await (const [a] of b) {}\n\
              for (const k in o) { continue } while (a) { break } while (true) {} do { g() } while (h); l: for (const m of n) break l;",
        ),
        &[
            "{let i = 0; let j = 1; while (Lt i n) {(call f i); i Add= 1; j Sub= 1}}",
            "loop {}",
            "for x of y {(call z)}",
            "for [a] of (Await b) {}",
            "for k in o {continue}",
            "while a {break}",
            "loop {}",
            "loop {(call g); if h {} else {break}}",
            "for m of n {break}",
        ],
    );
}

#[test]
fn attempts() {
    check(
        &top("try { a() } catch (e) { b(e) } finally { c() } try { d() } catch { } try {} finally {}"),
        &[
            "try {(call a)} catch as e {(call b e)} finally {(call c)}",
            "try {(call d)} catch {}",
            "try {}",
        ],
    );
}

#[test]
fn switches() {
    check(
        &top(
            "switch (x) { case 'a': case B.c: f(); break; default: g(); break; case 1: { h(); break } case `t`: return; }",
        ),
        &[r#"match x | (or "a" | value B.c) => {(call f)} | 1 => {{(call h)}} | "t" => {return} | _ => {(call g)}"#],
    );
}

#[test]
fn switches_fall_through() {
    check(
        &top("switch (x) { case 1: a(); case 2: b(); case 3: c(); break; default: d() }"),
        &[
            "match x | 1 => {(call a); (call b); (call c)} | 2 => {(call b); (call c)} | 3 => {(call c)} | _ => {(call d)}",
        ],
    );
    check(
        &top("switch (x) { case 1: default: a(); break; case 2: if (y) break; b() }"),
        &["match x | 2 => {if y {break}; (call b)} | _ => {(call a)}"],
    );
    check(
        &top("switch (x) { case 1: if (y) { break } else { throw z } case 2: b() }"),
        &["match x | 1 => {if y {break} else {throw z}} | 2 => {(call b)}"],
    );
}

#[test]
fn declarations() {
    check(
        &top("var a = 1, b; let c: string; using d = e(); await using f = g(); 'use strict'; a(), b();; debugger;"),
        &[
            "let a = 1",
            "let b",
            "let c: string",
            "let d = (call e)",
            "let f = (call g)",
            r#""use strict""#,
            "(call a)",
            "(call b)",
        ],
    );
}

#[test]
fn namespaces_are_flattened() {
    check(
        &top("namespace A.B { const hidden = 1; export const x = 2; export function g() {} }"),
        &[
            "let hidden = 1",
            "let x = 2",
            "let g = (fn 1)",
            "let A = (record x: x g: g)",
        ],
    );
}

#[test]
fn ambient_code_does_not_run() {
    check(
        &top("declare function f(): void; declare module 'x' { export const y: string; }"),
        &[""],
    );
}
