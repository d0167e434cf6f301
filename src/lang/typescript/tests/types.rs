use super::{check, top};

#[track_caller]
fn ty(text: &str, want: &str) {
    check(&top(&format!("let x: {text};")), &[&format!("let x: {want}")]);
}

#[test]
fn annotations() {
    ty("string", "string");
    ty("a.b.C<D, 'e'>", "a::b::C<D, (one-of \"e\")>");
    ty(
        "'a' | 'b' | 3 | -1 | true | null",
        "(one-of \"a\" \"b\" 3 -1 true null)",
    );
    ty("| A | 'b' | undefined", "(A | (one-of \"b\") | (one-of null))");
    ty("string[][]", "string[][]");
    ty("readonly string[]", "string[]");
    ty("Record<string, unknown>", "Record<string, unknown>");
    ty("{ [key: string]: number }", "Record<string, number>");
    ty("{ [K in Keys]: number }", "Record<Keys, number>");
    ty(
        "{ a: string; b?: number, m(): void }",
        "{a: string; b: number?; m: (function)}",
    );
    ty("Promise<[A, b?: B, ...C[]]>", "Promise<[A, B, C[]]>");
    ty("z.infer<typeof S.t>", "z::infer<(of S.t)>");
    ty("keyof typeof M", "(of (opaque M))");
    ty("(typeof XS)[number]", "(of XS[number])");
    ty("typeof a.b.c", "(of a.b.c)");
    ty("(a: string) => void", "(function)");
    ty("new () => A", "(function)");
    ty("`a${string}`", "string");
    ty("{ a: A } & { b: B }", "{a: A; b: B}");
    ty("A & { b: B }", "&<A, {b: B}>");
    ty("A extends B ? C : D", "?");
}

#[test]
fn predicates() {
    check(
        &super::all("function f(x): x is T {} function g(x): asserts x {}"),
        &[
            "let f = (fn 1)",
            "let g = (fn 2)",
            "fn 1 Function f (x) -> boolean",
            "fn 2 Function g (x) -> void",
        ],
    );
}
