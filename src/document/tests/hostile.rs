use std::time::{Duration, Instant};

use super::*;

/// Far above what any of these takes, also in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

const ALL: [Syntax; 6] = [
    Syntax::Json,
    Syntax::Toml,
    Syntax::Yaml,
    Syntax::Dockerfile,
    Syntax::Env,
    Syntax::Nginx,
];

fn survive(syntax: Syntax, text: &str) -> Document {
    let start = Instant::now();
    let document = Document::parse(syntax, text);
    let took = start.elapsed();
    assert!(
        took < LIMIT,
        "{} of {} bytes took {took:?}",
        syntax.as_str(),
        text.len()
    );
    document
}

#[test]
fn nesting_without_end() {
    for (syntax, open, close) in [
        (Syntax::Json, "[", "]"),
        (Syntax::Json, "{\"a\":", "}"),
        (Syntax::Yaml, "[", "]"),
        (Syntax::Yaml, "{a: ", "}"),
        (Syntax::Yaml, "- ", ""),
        (Syntax::Yaml, "? ", ""),
        (Syntax::Toml, "a = [", "]"),
        (Syntax::Toml, "[", "]"),
        (Syntax::Toml, "a.", ""),
        (Syntax::Toml, "a = {a = ", "}"),
        (Syntax::Nginx, "a { ", "}"),
        (Syntax::Dockerfile, "ONBUILD ", ""),
    ] {
        for (opened, closed) in [(10_000, 10_000), (10_000, 0), (0, 10_000), (200_000, 0)] {
            let mut text = open.repeat(opened);
            if open == "a = [" {
                text = format!("a = {}", "[".repeat(opened));
            }
            let text = text + "1" + &close.repeat(closed);
            let document = survive(syntax, &text);
            // What is nested in `ONBUILD` is a text.
            if opened > 0 && syntax != Syntax::Dockerfile {
                assert!(!document.gaps.is_empty(), "{}: {open}", syntax.as_str());
            }
        }
    }
}

#[test]
fn a_billion_laughs() {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let document = survive(Syntax::Yaml, &text);
    assert!(document.gaps.iter().any(|gap| gap.message == "aliases repeat too much"));
    assert!(document.root().unwrap().scalars().count() < 300_000);
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(10_000));
    let document = survive(Syntax::Yaml, &long);
    assert!(!document.gaps.is_empty());
    let mut variables = String::from("FROM a\nENV V=xxxxxxxxxxxxxxxx\n");
    for _ in 0..60 {
        variables.push_str("ENV V=$V$V\n");
    }
    assert!(!survive(Syntax::Dockerfile, &variables).gaps.is_empty());
}

#[test]
fn long_lines_and_long_files() {
    let line = "x".repeat(1_000_000);
    let items = "\"a\", ".repeat(200_000);
    for syntax in ALL {
        survive(syntax, &line);
        survive(syntax, &format!("A={line}"));
        survive(syntax, &format!("FROM a\nRUN echo {line}"));
        survive(syntax, &format!("[{items}1]"));
        for part in [
            "\"",
            "'",
            "\\",
            "\\\n",
            "<<A ",
            "RUN <<A\n",
            "FROM a\n",
            "FROM a AS b\n",
            "ENV A=$A$A\n",
            "&a ",
            "*a ",
            "? ",
            ": ",
            "a: ",
            "a: b\n",
            "- a\n",
            "[a]\n",
            "[[a]]\n",
            "[a.b]\na=1\n",
            "a=1\n",
            "a\n",
            ",",
            "}",
            "{{ x }}",
            "{{ x }}\n",
            "{%",
            "#",
            "# \n",
            "/*",
            "//\n",
            "\t",
            " ",
            "\r",
            "é",
            "---\n",
            "|\n",
            "%",
            "@",
            "`",
            "${",
            "$",
            ";",
            "a;",
            "\u{0}",
            "\u{FEFF}",
            "a \\\n# x\n",
        ] {
            survive(syntax, &part.repeat(300_000 / part.len()));
        }
    }
}

#[test]
fn tables_of_many_names() {
    let mut toml = String::new();
    let mut docker = String::new();
    let mut yaml = String::new();
    for number in 0..20_000 {
        toml.push_str(&format!("[a{number}.b]\nc = 1\n"));
        docker.push_str(&format!("FROM a{number} AS b{number}\nRUN <<E{number}\n"));
        yaml.push_str(&format!("a{number}: &a{number} 1\nb{number}: *a{number}\n"));
    }
    survive(Syntax::Toml, &toml);
    survive(Syntax::Dockerfile, &docker);
    survive(Syntax::Yaml, &yaml);
}

/// Cut anywhere, a file still yields something, and no panic.
#[test]
fn files_that_end_too_soon() {
    for (syntax, text) in [
        (
            Syntax::Json,
            "{\"a\": [\"é\", {\"b\": 'c\\u00e9'}], // x\n \"d\": 0x1F /* y */}",
        ),
        (
            Syntax::Toml,
            "[a.\"é\"]\nb = [1, {c = \"d\\u00e9\"}]\n[[e]]\nf = '''x'''\n",
        ),
        (
            Syntax::Yaml,
            "a: &x [é, {b: \"c\\u00e9\"}]\n<<: *x\nd: {{ e }}\n--- |\n f\n",
        ),
        (
            Syntax::Dockerfile,
            "ARG A=é\nFROM a:${A:-é} AS é\nRUN <<é\nx\né\nENV B=\"$A\" C='é'\nCMD [\"é\"]\nRUN a \\\n é\n",
        ),
        (Syntax::Env, "é=\"a\\né\" # x\nexport B='é'\n"),
        (
            Syntax::Nginx,
            "http { server { listen 80; if ($é ~ \"é\") { return 1; } } }",
        ),
    ] {
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            for start in [0, text.len() / 2]
                .into_iter()
                .filter(|start| text.is_char_boundary(*start) && *start <= end)
            {
                let piece = &text[start..end];
                for other in ALL {
                    super::assert_spans(&Document::parse(other, piece), piece);
                }
                let _ = syntax;
            }
        }
    }
}
