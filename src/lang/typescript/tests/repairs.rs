use super::{check, linked, module, module_jsx, top};

#[test]
fn type_arguments_of_tagged_templates() {
    let want = &[r#"let r = (Await (tagged db.sql (concat "select " x) x))"#];
    check(&top("const r = await db.sql<User>`select ${x}`;"), want);
    check(
        &top("const r = await db.sql<{ a: string; b: Foo<X>[] }>`select ${x}`;"),
        want,
    );
    check(&top("const r = await db.sql<\n  A | (() => B)\n>`select ${x}`;"), want);
    check(&top("y = `<b>${x}<br>`;"), &[r#"y = (concat "<b>" x "<br>")"#]);
}

#[test]
fn imported_types() {
    check(
        &top(
            "f<typeof import('x')>(a); let b: import('y').T[]; let c: typeof import('z').q; const d = await import('w');",
        ),
        &[
            "(call f<?> a)",
            "let b: T[]",
            "let c: (of q)",
            "let d = (Await (call import \"w\"))",
        ],
    );
}

#[test]
fn non_null_binds_to_its_operand() {
    check(
        &top("x = 'rm ' + args!.path + y!; z = !a!.b; w = a ?? b!.c(d);"),
        &[
            r#"x = (concat "rm " args.path y)"#,
            "z = (Not a.b)",
            "w = (Coalesce a (call b.c d))",
        ],
    );
}

#[test]
fn rarer_types() {
    for text in [
        "export type * from 'x';",
        "type F = ({ a }?: { a?: boolean }) => void;",
        "interface A<in out T, out U, in V> { x: T }",
        "interface P {\n  name: string\n  in: 'path'\n  instanceof?: string\n}",
        "const x = 'a\u{0}b' + `${c}\u{0}`;",
    ] {
        assert_eq!(module(text).gaps, [], "{text}");
    }
    check(
        &linked("export type * as ns from 'x';"),
        &["import ns = \"x\" * type reexport"],
    );
}

#[test]
fn ampersands_in_jsx() {
    for text in ["x = <a>this & that</a>;", "x = <a href=\"/x?a=1&type=b\" />;"] {
        assert_eq!(module_jsx(text).gaps, [], "{text}");
    }
}

#[test]
fn an_error_costs_its_own_statement() {
    let text =
        "const a = f(x);\nconst b = = ;\nconst c = g(y);\nclass A { m() { h(z) } ) n() { i(w) } }\nconst d = j(v);";
    let module = module(text);
    assert!(!module.gaps.is_empty());
    assert!(module.gaps.iter().all(|gap| !gap.message.contains("const")));
    let print = crate::ir::dump::dump(&module);
    for call in ["(call f x)", "(call g y)", "(call h z)", "(call i w)", "(call j v)"] {
        assert!(print.contains(call), "{call} in\n{print}");
    }
}

#[test]
fn a_file_that_ends_too_soon() {
    let module =
        module("import { exec } from 'child_process';\nexport class A {\n  async run(cmd) {\n    exec(cmd);\n");
    let print = crate::ir::dump::dump(&module);
    assert!(print.contains("import exec"), "{print}");
    assert!(print.contains("(call exec cmd)"), "{print}");
}
