//! No child is lost, and places are right.

use super::{lower, source_of};
use crate::ir::dump::dump;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Words of the syntax, and macros whose meaning is their arguments.
const SYNTAX: &str = "as async await break const continue else enum false fn for if impl in let loop match mod move mut pub ref \
    return self static struct trait true type unsafe use where while crate null \
    format vec json matches dbg bail ensure assert assert_eq select join lazy_static biased panic yield cfg_if";

fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut lifetime = false;
    for token in tokens {
        let after_quote = std::mem::replace(&mut lifetime, false);
        match token {
            TokenTree::Ident(_) if after_quote => {}
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if let Some(text) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                    found.extend(pieces(text));
                }
            }
            TokenTree::Punct(punct) => lifetime = punct.as_char() == '\'',
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
}

fn assert_nothing_lost(text: &str) {
    let mut wanted = BTreeSet::new();
    words(TokenStream::from_str(text).unwrap(), &mut wanted);
    let module = lower(text);
    let printed: BTreeSet<String> = pieces(&dump(&module)).collect();
    for word in wanted {
        let known = SYNTAX.split_whitespace().any(|syntax| syntax == word) || word.chars().all(char::is_numeric);
        assert!(known || printed.contains(&word), "{word} of {text}\n{}", dump(&module));
    }
}

#[test]
fn every_name_and_string_stays() {
    for text in [
        "a1(b1)[c1].d1(e1, &f1, *g1)?.h1.await",
        "a2 + b2 * (c2 - d2) % -e2 == !f2 && g2 | h2 || i2 << j2",
        "(a3, b3, [c3, d3], [x3; e3], S3 { f3, g3: h3, ..i3 }, j3..k3, l3 as T3)",
        "if a4 { b4; c4 } else if let P4(d4) = e4 { f4 } else { g4(|h4| i4) }",
        "match a5 { P5 { b5: c5, .. } if d5 => e5, Q5(f5 @ 1..=M5) | R5::X5 => g5, [h5, .., i5] => { j5 } _ => k5 }",
        "{ let a6: T6 = b6 else { return c6; }; a6 += d6; e6.f6 = g6; h6 = i6 }",
        "'a: loop { for a7 in b7 { while c7 { break 'a d7; } if e7 { continue } } }",
        "async move { a8.await; return b8; }",
        "move |a9: T9, (b9, c9)| -> U9 { unsafe { d9 } }",
        "format!(\"x10 {} {a10:?} {b10} {0} {c10:>1$} z10\", d10, e10, b10 = b10 + f10, c10 = c10(g10))",
        "json!({ \"a11\": b11, c11: [d11, { \"e11\": f11() }], (g11): if h11 { i11 } else { j11 } })",
        "{ bail!(\"a12 {b12}\"); ensure!(c12 > d12, e12); assert_eq!(f12, g12, \"h12 {}\", i12); panic!(\"j12\") }",
        "select! { a13 = b13.c13() => d13, Ok(e13) = f13, if g13 => { h13 } else => i13 }",
        "info!(target: \"a14\", b14 = c14, d14.e14 = ?f14, %g14, h14, \"i14 {} {j14}\", k14)",
        "unknown15!(a15, b15 = c15, \"d15 {e15}\", f15)",
        "unknown16! { let a16 = b16; c16(a16) }",
        "unknown17!(a17 => { b17 } then c17 \"d17\" [e17; (f17)])",
        "vec![a18; b18]",
        "matches!(a19, P19(b19) | Q19 if c19)",
        "a20::<T20>(<U20>::W20(b20), c20.d20::<X20<Y20>>())",
        "sqlx::query!(\"a21\", b21, c21).d21(&e21)",
        "hashmap! { \"a22\" => b22, c22 => d22 }",
        "const { a23 }",
        "return a24.unwrap_or_else(|b24| panic!(\"c24 {}\", b24))",
        "break_here(a25, |b25| async move { c25(b25)? }, async { d25 })",
        "write!(a27, \"{b27}\")?",
        "a28 = b28",
        "(a29, b29.c29, d29[e29]) = f29",
        "concat!(\"a30\", stringify!(b30), env!(\"c30\"))",
    ] {
        assert_nothing_lost(&format!("fn f() {{ let value = {text}; }}"));
        assert_nothing_lost(&format!("fn f() {{ {text}; }}"));
        assert_nothing_lost(&format!("fn f() -> T {{ {text} }}"));
        assert_nothing_lost(&format!(
            "impl S {{ fn f(&self) {{ self.go(&{text}).then(|it| {text}) }} }}"
        ));
    }
}

#[test]
fn places() {
    let text = "fn f() { let é = a.b::<T>(1)?.await; x(format!(\"é {name} {}\", y.z[0])); S { k: -v }; if p { q } }";
    let module = lower(text);
    for (print, source) in [
        ("(call a.b<T> 1)", "a.b::<T>(1)"),
        ("(Await (Try (call a.b<T> 1)))", "a.b::<T>(1)?.await"),
        ("(concat \"é \" name \" \" y.z[0])", "format!(\"é {name} {}\", y.z[0])"),
        ("\"é \"", "é "),
        ("name", "name"),
        ("y.z[0]", "y.z[0]"),
        ("(record S k: (Negate v))", "S { k: -v }"),
        ("(Negate v)", "-v"),
    ] {
        assert_eq!(source_of(&module, text, print), source);
    }
    let body = &module.functions[1].body;
    let sources: Vec<&str> = body.iter().map(|stmt| &text[stmt.span.range()]).collect();
    assert_eq!(
        sources,
        [
            "let é = a.b::<T>(1)?.await;",
            "x(format!(\"é {name} {}\", y.z[0]));",
            "S { k: -v };",
            "if p { q }"
        ]
    );
}

#[test]
fn places_of_items() {
    let text = "/// Doc.\n#[a]\npub async fn f(x: u8) -> T { y }\npub struct S { a: T }\nimpl S { pub fn g(&self) {} }\nuse a::b;";
    let module = lower(text);
    let function = &module.functions[1];
    assert_eq!(
        &text[function.span.range()],
        "/// Doc.\n#[a]\npub async fn f(x: u8) -> T { y }"
    );
    assert_eq!(&text[function.name_span.range()], "f");
    assert_eq!(&text[module.functions[2].span.range()], "pub fn g(&self) {}");
    assert_eq!(&text[module.classes[0].span.range()], "pub struct S { a: T }");
    assert_eq!(&text[module.classes[0].fields[0].span.range()], "a: T");
    assert_eq!(&text[module.impls[0].span.range()], "impl S { pub fn g(&self) {} }");
    assert_eq!(&text[module.imports[0].span.range()], "use a::b;");
}
