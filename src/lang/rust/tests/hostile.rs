//! Hostile and broken texts.

use super::lower;
use crate::ir::Module;

/// What an ordinary worker thread has.
const STACK: usize = 2 * 1024 * 1024;

fn on_small_stack(text: String) -> Module {
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || super::super::lower(crate::workspace::FileId(0), &text))
        .unwrap()
        .join()
        .unwrap()
}

fn nested(open: &str, middle: &str, close: &str, times: usize) -> String {
    format!(
        "fn f() {{ let x = {}{middle}{}; }}",
        open.repeat(times),
        close.repeat(times)
    )
}

#[test]
fn deep_nesting_is_refused_or_told() {
    let forms = [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{", "1", "}"),
        ("f(", "1", ")"),
        ("a.b(", "1", ")"),
        ("if a { ", "1", " } else { 2 }"),
        ("match a { _ => ", "1", " }"),
        ("format!(\"{}\", ", "1", ")"),
        ("json!({ \"a\": ", "1", " })"),
        ("vec![", "1", "]"),
        ("foo!{", "let x = 1;", "}"),
        ("|x| { ", "1", " }"),
        ("async move { ", "1", " }"),
        ("loop { break ", "1", " }"),
        ("S { a: ", "1", " }"),
        ("tokio::select! { _ = a => { ", "1", " } }"),
        ("unsafe { let y = ", "1", "; }"),
        ("{ mod a { fn b() { ", "1;", " } } }"),
    ];
    for (open, middle, close) in forms {
        for times in [5, 10, 15, 20, 30, 60, 120, 300, 900, 5_000, 50_000] {
            let module = on_small_stack(nested(open, middle, close, times));
            assert!(times < 500 || !module.gaps.is_empty(), "{open} {times}");
            assert!(
                times > 60 || module.gaps.is_empty(),
                "{open} {times}: {:?}",
                module.gaps
            );
        }
    }
}

#[test]
fn unclosed_brackets() {
    for open in ["(", "[", "{", "fn f() {", "mod a {", "impl A {", "#[a("] {
        for times in [1, 100, 100_000] {
            let module = on_small_stack(open.repeat(times));
            assert!(!module.gaps.is_empty(), "{open}");
        }
    }
}

#[test]
fn prefix_operators() {
    for operator in [
        "!",
        "-",
        "&",
        "*",
        "&mut ",
        "|x| ",
        "|| ",
        "return ",
        "break ",
        "..",
        "move || ",
        "async || ",
        "box ",
    ] {
        for times in [10, 50, 200, 2_000, 20_000] {
            let module = on_small_stack(format!("fn f() {{ let x = {}y; }}", operator.repeat(times)));
            assert!(times < 1_000 || !module.gaps.is_empty(), "{operator} {times}");
        }
    }
}

#[test]
fn long_chains() {
    for (head, link) in [
        ("a", " + a"),
        ("a", " - a"),
        ("a", " && b"),
        ("a", " == b || c"),
        ("x", ".a()"),
        ("x", ".a"),
        ("x", "?"),
        ("x", "[0]"),
        ("x", "(1)"),
        ("x", " as u8"),
        ("a", " = a"),
        ("a", " += a"),
        ("if a {}", " else if a {}"),
        ("a", " | b"),
        ("a", "::b"),
        ("a", " .. b"),
    ] {
        for times in [100, 1_000, 5_000, 50_000] {
            let module = on_small_stack(format!("fn f() {{ let x = {head}{}; }}", link.repeat(times)));
            assert!(module.exprs.len() < 50 * (times + 10));
        }
    }
}

#[test]
fn deep_types_patterns_and_paths() {
    for (before, open, middle, close, after) in [
        ("type A = ", "Vec<", "u8", ">", ";"),
        ("type A = ", "B<u8, ", "u8", ">", ";"),
        ("type A = ", "&", "u8", "", ";"),
        ("type A = ", "(u8, ", "u8", ")", ";"),
        ("type A = ", "fn() -> ", "u8", "", ";"),
        ("type A = ", "[", "u8", "; 1]", ";"),
        ("type A = ", "Box<dyn Fn() -> ", "u8", ">", ";"),
        ("type A = ", "<", "T", " as X>::Y", ";"),
        ("fn f() { let ", "&", "x", "", " = y; }"),
        ("fn f() { let ", "Some(", "x", ")", " = y; }"),
        ("fn f() { let ", "x @ ", "x", "", " = y; }"),
        ("use ", "a::", "b", "", ";"),
        ("use ", "a::{", "b", "}", ";"),
        ("", "#[a(", "", ")]", " fn f() {}"),
        ("", "mod a { ", "fn f() {}", " }", ""),
        ("", "#[a]", "fn f() {}", "", ""),
        ("", "/*", "", "*/", ""),
        ("", "impl A { fn f() {", "", "} }", ""),
    ] {
        for times in [20, 100, 400, 3_000, 30_000] {
            let text = format!("{before}{}{middle}{}{after}", open.repeat(times), close.repeat(times));
            on_small_stack(text);
        }
    }
}

#[test]
fn an_error_costs_its_own_part() {
    let text = "fn a() { one(); }\nimpl S { fn b() { two(); let = 3; three(); } fn c(x y) { } fn d() { four() } }\nstruct ;\nmod m { fn e() { five() } fn g(x) -> {} }\nfn h() { six() }\n";
    let module = lower(text);
    let names: Vec<String> = module
        .functions
        .iter()
        .filter_map(|function| function.name)
        .map(|name| name.to_string())
        .collect();
    assert_eq!(names, ["a", "b", "d", "e", "h"]);
    let gaps: Vec<&str> = module.gaps.iter().map(|gap| &text[gap.span.range()]).collect();
    assert_eq!(gaps, ["let = 3;", "fn c(x y) { }", "struct ;", "fn g(x) -> {}"]);
}

#[test]
fn a_text_that_is_no_tokens_is_read_in_pieces() {
    let text = "use a::b;\n\nfn one() { x() }\n\nfn two() { (y }\n\n/// Doc.\n#[tool]\nfn three() { z() }\n";
    let module = lower(text);
    let names: Vec<_> = module.functions.iter().filter_map(|function| function.name).collect();
    assert_eq!(names, ["one", "three"]);
    assert_eq!(module.functions[2].decorators.len(), 1);
    assert_eq!(&text[module.functions[2].name_span.range()], "three");
    assert_eq!(module.gaps.len(), 1);
    assert_eq!(&text[module.gaps[0].span.range()], "fn two() { (y }");
}

#[test]
fn byte_order_mark_and_shebang() {
    for start in [
        "",
        "\u{feff}",
        "#!/usr/bin/env run-cargo-script\n",
        "\u{feff}#!/bin/x é\n",
        "#![allow(x)]\n",
        "\u{feff}#![a]",
    ] {
        let text = format!("{start}// é\nfn näme() {{ let ü = \"ö{{x}}\"; }}");
        let module = lower(&text);
        assert_eq!(module.gaps, []);
        assert_eq!(&text[module.functions[1].name_span.range()], "näme");
        assert_eq!(super::source_of(&module, &text, "\"ö{x}\""), "\"ö{x}\"");
    }
    assert_eq!(lower("#!").gaps, []);
    assert_eq!(lower("").gaps, []);
    assert_eq!(lower("\u{feff}").gaps, []);
}

const SAMPLE: &str = include_str!("sample.rs.txt");

#[test]
fn the_sample_is_whole() {
    assert_eq!(lower(SAMPLE).gaps, []);
}

#[test]
fn truncated_texts() {
    for end in (0..SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)) {
        lower(&SAMPLE[..end]);
    }
}

#[test]
fn mutated_texts() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let pieces = [
        "{", "}", "(", ")", "\"", "'", "r#\"", ";", ",", "..", "=>", "|", "#[", "]", "fn ", "let ", "é", "\\", "{}",
        "!", "<", ">",
    ];
    for _ in 0..600 {
        let mut text = SAMPLE.to_owned();
        for _ in 0..=random(3) {
            let mut at = random(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match random(3) {
                0 => text.insert_str(at, pieces[random(pieces.len())]),
                1 => {
                    text.remove(at);
                }
                _ => {
                    let mut end = (at + random(40)).min(text.len());
                    while !text.is_char_boundary(end) {
                        end -= 1;
                    }
                    text.replace_range(at..end, pieces[random(pieces.len())]);
                }
            }
        }
        lower(&text);
    }
}
