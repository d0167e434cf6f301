//! No input may make the lowering panic, overflow its stack or hang.

use super::{module, module_jsx};
use crate::ir::{Module, walk};

/// Lowers on a small stack and walks everything, as the analysis will.
fn survives(name: &str, text: String) {
    let name = name.to_owned();
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        for module in [module(&text), module_jsx(&text)] {
            walked(&module);
            let _ = crate::ir::dump::dump(&module);
        }
    });
    thread.unwrap().join().unwrap_or_else(|_| panic!("{name}"));
}

fn walked(module: &Module) -> usize {
    let mut count = 0;
    for function in &module.functions {
        walk::exprs_of_block(&function.body, &mut |id| walk::descend(module, id, &mut |_| count += 1));
    }
    count
}

#[test]
fn deep_nesting() {
    const N: usize = 4_000;
    let deep = |open: &str, close: &str| format!("x = {}1{}", open.repeat(20_000), close.repeat(20_000));
    survives("parentheses", deep("(", ")"));
    survives("arrays", deep("[", "]"));
    let around = |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(N), close.repeat(N));
    survives("objects", format!("x = {}", around("{a:", "1", "}")));
    survives("templates", format!("x = {}", around("`${", "1", "}`")));
    survives("calls", around("f(", "1", ")"));
    survives("arrows", format!("x = {}", around("a => ", "1", "")));
    survives("functions", around("function f() {", "", "}"));
    survives("classes", around("class A { m() {", "", "}}"));
    survives("class expressions", format!("x = {}", around("class { y = ", "", "}")));
    survives("iifes", around("(function () {", "", "})()"));
    survives("blocks", around("{", "", "}"));
    survives("ifs", around("if (a) ", "b()", ""));
    survives(
        "else ifs",
        format!("if (a) b(); {}", around("else if (a) b(); ", "", "")),
    );
    survives("switches", around("switch (a) { case 1: ", "", "}"));
    survives("tries", around("try {", "", "} catch {}"));
    survives("ternaries", format!("x = {}", around("a ? b : ", "c", "")));
    survives("awaits", around("await ", "x", ""));
    survives("types", format!("let x: {}", around("A<", "T", ">")));
    survives("object types", format!("let x: {}", around("{a:", "T", "}")));
    survives("patterns", format!("const {} = x", around("[", "a", "]")));
    survives("elements", format!("x = {}", around("<a>", "1", "</a>")));
    let within = |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(300), close.repeat(300));
    let (chain, sums) = (".b".repeat(190), "-c".repeat(90));
    survives(
        "nested chains",
        format!("x = {}", within("(", "1", &format!("){chain}"))),
    );
    survives("nested sums", format!("x = {}", within("(", "1", &format!("){sums}"))));
    let branches = "else if (b) c(); ".repeat(150);
    let open = format!("if (a) b(); {branches} else {{");
    survives("nested branches", within(&open, "", "}"));
    survives("open only", "([{`${<".repeat(N));
}

#[test]
fn long_chains() {
    const N: usize = 50_000;
    survives("plus", format!("x = a{}", "+a".repeat(N)));
    survives("minus", format!("x = a{}", "-a".repeat(N)));
    survives("mixed", format!("x = a{}", "-a+b".repeat(N)));
    survives("or", format!("x = a{}", " || a".repeat(N)));
    survives("methods", format!("x = a{}", ".b(c)".repeat(N)));
    survives("non-null", format!("x = a{}", " + b!.c".repeat(N / 5)));
    survives("unions", format!("type X = A{}", " | A".repeat(N)));
    survives("sequences", format!("x = ({}1)", "1,".repeat(N)));
    survives(
        "fall through",
        format!("switch (a) {{ {} }}", "case 1: f();".repeat(N / 5)),
    );
}

#[test]
fn long_concatenations_stay_whole() {
    let module = module(&format!("x = a{};", " + b".repeat(50_000)));
    assert_eq!(module.gaps, []);
    assert_eq!(walked(&module), 50_002);
}

#[test]
fn what_is_too_deep_is_told_and_kept() {
    let text = format!("x = {}secret{};", "f([".repeat(1000), "])".repeat(1000));
    let module = module(&text);
    assert_eq!(module.gaps.len(), 1);
    assert_eq!(module.gaps[0].message, "nested too deeply");
    let kept = module
        .exprs
        .iter()
        .any(|expr| matches!(&expr.kind, crate::ir::ExprKind::Name(name) if *name == "secret"));
    assert!(kept);
}

/// Cuts and mutations of valid code, reproducible.
#[test]
fn broken_code() {
    let whole = super::kept::SNIPPETS.join("\n");
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below.max(1) as u64).unwrap_or(0)
    };
    let bits: Vec<char> = "(){}[]<>`'\"/\\;:,.=+!&|?*@#$ \n\0aé😀".chars().collect();
    for round in 0..300 {
        let mut chars: Vec<char> = whole.chars().collect();
        for _ in 0..=random(6) {
            let at = random(chars.len());
            match random(4) {
                0 => chars.truncate(at.max(1)),
                1 => {
                    chars.remove(at);
                }
                2 => chars.insert(at, bits[random(bits.len())]),
                _ => {
                    let until = (at + random(60)).min(chars.len());
                    chars.drain(at..until);
                }
            }
            if chars.is_empty() {
                break;
            }
        }
        let text: String = chars.into_iter().collect();
        let module = if round % 2 == 0 {
            module(&text)
        } else {
            module_jsx(&text)
        };
        walked(&module);
        let _ = crate::ir::dump::dump(&module);
    }
}

#[test]
fn odd_texts() {
    for text in [
        "",
        "\u{feff}const a = 1;",
        "#!/usr/bin/env node\nf()",
        "\r\n\r\n",
        "é",
        "\"",
        "`",
        "/*",
        "//",
        "/",
    ] {
        let _ = (module(text), module_jsx(text));
    }
}
