//! Source that goes down, on or round without end.

use super::{Pit, server};

#[test]
fn nesting_without_end() {
    for depth in [600, 20_000] {
        let pit = Pit::new();
        let wrap =
            |open: &str, middle: &str, close: &str| format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
        for (name, open, middle, close) in [
            ("parens", "(", "a", ")"),
            ("lists", "[", "a", "]"),
            ("calls", "f(", "a", ")"),
            ("not", "!", "a", ""),
            ("minus", "- ", "a", ""),
            ("fields", "", "a", ".b"),
            ("methods", "", "a", ".b()"),
            ("indexes", "", "a", "[0]"),
            ("sum", "", "a", " + a"),
            ("product", "", "a", " * a"),
            ("open", "(", "", ""),
            ("braces", "{", "", "}"),
            ("questions", "a ? ", "a", " : a"),
            ("arrows", "x => ", "a", ""),
            ("templates", "`${", "a", "}`"),
            ("awaits", "await ", "a", ""),
            ("types", "a as A<", "a", ">"),
        ] {
            let nest = wrap(open, middle, close);
            pit.throw(
                &format!("{name}.ts"),
                server("ts", "", &format!("const x = {nest}; execSync(x);")),
            );
            pit.throw(
                &format!("{name}.tsx"),
                server("ts", "", &format!("const x = {nest}; execSync(x);")),
            );
            pit.throw(
                &format!("{name}.rs"),
                server("rs", "", &format!("let x = {nest}; std::process::Command::new(x);")),
            );
            pit.throw(
                &format!("{name}.py"),
                server("py", "", &format!("    x = {nest}\n    os.system(x)")),
            );
        }
        for (name, nest) in [
            ("ifs", wrap("if (a) {", "execSync(a);", "}")),
            (
                "elses",
                format!("{}{{}}", "if (a == 'x') { execSync(a); } else ".repeat(depth)),
            ),
            ("functions", wrap("function f() {", "execSync(a);", "}")),
            ("classes", wrap("class A { m() {", "execSync(a);", "}}")),
            ("jsx", wrap("<a>", "{a}", "</a>")),
            ("tries", wrap("try {", "execSync(a);", "} catch { }")),
            ("patterns", format!("const {} = a;", wrap("{ b: ", "b", "}"))),
        ] {
            pit.throw(&format!("{name}.ts"), server("ts", "", &nest));
            pit.throw(&format!("{name}.jsx"), server("ts", "", &nest));
        }
        for (name, nest) in [
            ("ifs", wrap("if a == b {", "std::process::Command::new(a);", "}")),
            ("elses", format!("{}{{}}", "if a == b { f(); } else ".repeat(depth))),
            ("modules", wrap("mod a {", "fn f() {}", "}")),
            ("functions", wrap("fn f() {", "", "}")),
            ("types", format!("let x: {} = a;", wrap("Box<", "u8", ">"))),
            ("matches", wrap("match a { _ => ", "a", "}")),
            ("macros", wrap("vec![", "a", "]")),
            ("refs", format!("let x = {}a;", "&".repeat(depth))),
            ("closures", format!("let x = {}a;", "|| ".repeat(depth))),
        ] {
            pit.throw(&format!("{name}.rs"), server("rs", "", &nest));
        }
        let lambdas = "lambda: ".repeat(depth);
        pit.throw("lambdas.py", server("py", "", &format!("    x = {lambdas}a")));
        pit.throw(
            "elses.py",
            server(
                "py",
                "",
                &format!("    if a: pass\n{}", "    elif a == 'x': os.system(a)\n".repeat(depth)),
            ),
        );
        // Blocks of Python are indented: a text of depth n has n² / 2 spaces.
        let levels = depth.min(1500);
        let ifs: String = (1..levels)
            .map(|level| format!("{}if a:\n", " ".repeat(level)))
            .collect();
        pit.throw(
            "ifs.py",
            server("py", "", &format!("{ifs}{}os.system(a)", " ".repeat(levels))),
        );
        let f: String = (1..levels)
            .map(|level| format!("{}def f():\n", " ".repeat(level)))
            .collect();
        pit.throw(
            "functions.py",
            server("py", "", &format!("{f}{}os.system(a)", " ".repeat(levels))),
        );
        pit.survive(&format!("nested {depth} deep"));
    }
}

#[test]
fn chains_of_calls() {
    let pit = Pit::new();
    let count = 3000;
    let functions = |one: fn(usize) -> String| (0..count).map(one).collect::<String>();
    pit.throw(
        "chain.ts",
        server(
            "ts",
            &functions(|n| format!("function f{n}(x) {{ return f{}(x); }}\n", n + 1)),
            "execSync(f0(a));",
        ),
    );
    pit.throw(
        "chain.py",
        server(
            "py",
            &functions(|n| format!("def f{n}(x):\n    return f{}(x)\n", n + 1)),
            "    os.system(f0(a))",
        ),
    );
    pit.throw(
        "chain.rs",
        server(
            "rs",
            &functions(|n| format!("fn f{n}(x: String) -> String {{ f{}(x) }}\n", n + 1)),
            "std::process::Command::new(f0(a));",
        ),
    );
    // Each function calls the next one twice: 2^60 calls if nobody remembers them.
    pit.throw(
        "double.ts",
        server(
            "ts",
            &functions(|n| {
                format!(
                    "function f{n}(x) {{ return f{0}(x + 'l') + f{0}(x + 'r'); }}\n",
                    n % 60 + 1
                )
            }),
            "execSync(f0(a));",
        ),
    );
    pit.throw(
        "double.py",
        server(
            "py",
            &(0..60)
                .map(|n| format!("def f{n}(x):\n    return f{0}(x + 'l') + f{0}(x + 'r')\n", n + 1))
                .collect::<String>(),
            "    os.system(f0(a))",
        ),
    );
    // Values that double.
    pit.throw(
        "grow.ts",
        server(
            "ts",
            "",
            &format!("let x = a;\n{}execSync(x);", "x = x + x;\n".repeat(200)),
        ),
    );
    pit.throw(
        "grow.py",
        server(
            "py",
            "",
            &format!("    x = a\n{}    os.system(x)", "    x = [x, x]\n".repeat(200)),
        ),
    );
    pit.throw(
        "grow.rs",
        server(
            "rs",
            "",
            &format!(
                "let x = a;\n{}std::process::Command::new(x);",
                "let x = (x, x);\n".repeat(200)
            ),
        ),
    );
    pit.throw(
        "branch.ts",
        server(
            "ts",
            "",
            &format!(
                "let x = a;\n{}execSync(x);",
                "if (x) { x = x + 'a'; } else { x = x + 'b'; }\n".repeat(200)
            ),
        ),
    );
    pit.throw(
        "loop.py",
        server(
            "py",
            "",
            &format!(
                "    x = a\n{}    os.system(x)",
                (1..40)
                    .map(|n| format!("{}for i in x:\n{}x = x + i\n", " ".repeat(n + 3), " ".repeat(n + 4)))
                    .collect::<String>()
            ),
        ),
    );
    pit.survive("chains of calls");
}

#[test]
fn circles() {
    let pit = Pit::new();
    pit.throw(
        "self.ts",
        server(
            "ts",
            "export * from './self.js'; import { f } from './self.js'; export const f = f;",
            "execSync(f(a));",
        ),
    );
    pit.throw("a.ts", "export * from './b.js';\nexport { x } from './b.js';\n");
    pit.throw("b.ts", "export * from './a.js';\nexport { x } from './a.js';\n");
    pit.throw("use.ts", server("ts", "import { x } from './a.js';", "execSync(x(a));"));
    pit.throw(
        "classes.ts",
        server(
            "ts",
            "class A extends B {} class B extends A { m(x) { return this.m(x); } }",
            "execSync(new A().m(a));",
        ),
    );
    pit.throw(
        "functions.ts",
        server(
            "ts",
            "const f = x => g(x); const g = x => f(x); let h = h; const o = { o };",
            "execSync(f(a) + g(a) + h(o.o.o.o));",
        ),
    );
    pit.throw(
        "types.ts",
        server(
            "ts",
            "type A = B; type B = A; interface C extends C { c: C }",
            "const x: A = a; const c: C = a; execSync(c.c.c.c);",
        ),
    );
    pit.throw("pkg/__init__.py", "from .m import *\nfrom . import m\n");
    pit.throw("pkg/m.py", server("py", "from . import *\nfrom pkg.m import f\nclass A(B): pass\nclass B(A):\n    def m(self, x): return self.m(x)\n", "    os.system(A().m(f(a)))"));
    pit.throw(
        "rec.py",
        server(
            "py",
            "f = lambda x: f(x)\ng = h = lambda x: h(g(x))\nd = {}\nd['d'] = d\n",
            "    os.system(f(a) + g(a) + d['d']['d'])",
        ),
    );
    pit.throw("src/main.rs", server("rs", "mod main; use self::*; use crate::*; type A = B; type B = A; fn f(x: String) -> String { g(x) } fn g(x: String) -> String { f(x) }", "std::process::Command::new(f(a));"));
    pit.throw(
        "src/lib.rs",
        "pub use self::a::*; pub mod a { pub use super::*; pub use self::a as b; pub use self::b as a; }",
    );
    pit.throw(
        "tsconfig.json",
        r#"{ "extends": "./tsconfig.json", "compilerOptions": { "baseUrl": ".", "paths": { "*": ["*", "./*"] } } }"#,
    );
    pit.throw(
        "package.json",
        r#"{ "name": "self", "main": "self.ts", "workspaces": ["."] }"#,
    );
    pit.throw(
        "Cargo.toml",
        "[workspace]\nmembers = [\".\"]\n[package]\nname = \"x\"\n",
    );
    pit.survive("circles");
}
