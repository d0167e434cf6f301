use super::{all, check, top};

#[test]
fn members() {
    check(
        &all("/** The A. */\nexport class A<T> extends b.B<T> implements I {\n\
              static s = 1; readonly #p: string = 'x'; declare q?: number; /** Runs. */ run = async () => this.#p;\n\
              constructor(private readonly db: Db, public x = 2, y) { super(); }\n\
              /** Gets. */ get v(): string { return this.#p } set v(z) {} static async make() {} #hidden() {} [k]() {} 'q-r'() {}\n\
              static { init(); } over(a: string): void; over(a) {} }"),
        &[
            "export A = A",
            "class 0 Class A : b::B<T> : I (field static s = 1) (field #p: string = \"x\") (field q: number) \
             (field run = (fn 1) doc \"Runs.\") (field db: Db) (field x) methods [2, 3, 4, 5, 6, 7, 8, 9] doc \"The A.\"",
            "k",
            "(call init)",
            "class 0",
            "fn 1 Closure async run of 0 doc \"Runs.\"",
            "return this.#p",
            "fn 2 Constructor constructor (property db: Db, property x = 2, y) of 0",
            "(call super)",
            "fn 3 Getter v -> string of 0 doc \"Gets.\"",
            "return this.#p",
            "fn 4 Setter v (z) of 0",
            "fn 5 Method async static make of 0",
            "fn 6 Method #hidden of 0",
            "fn 7 Method [k] of 0",
            "fn 8 Method q-r of 0",
            "fn 9 Method over (a) of 0",
        ],
    );
}

#[test]
fn decorators() {
    check(
        &all(
            "@Injectable() export class A { @Tool({ name: 'x' }) @log async run(@Param('p') p: string) {} @Input() v: string; }",
        ),
        &[
            "export A = A",
            "class 0 Class A @(decorator Injectable) (field v @(decorator Input): string) methods [1]",
            "class 0",
            "fn 1 Method async run @(decorator Tool (record name: \"x\")) @log (@(decorator Param \"p\") p: string) of 0",
        ],
    );
}

#[test]
fn class_expressions() {
    check(
        &all("const A = class B {}; f(class C extends mixin(D) {}); g(class {}); export default class {}"),
        &[
            "export default = $t2",
            "class 0 Class B",
            "class 1 Class C : (of (call mixin D))",
            "class 2 Class $t1",
            "class 3 Class $t2",
            "class 0",
            "let A = B",
            "(call f (block {class 1} C))",
            "(call g (block {class 2} $t1))",
            "class 3",
        ],
    );
}

#[test]
fn a_class_knows_its_function() {
    check(
        &all("function f() { class A { m() { return 1 } } }"),
        &[
            "class 0 Class A methods [2] in 1",
            "let f = (fn 1)",
            "fn 1 Function f",
            "class 0",
            "fn 2 Method m of 0 in 1",
            "return 1",
        ],
    );
}

#[test]
fn types_with_names() {
    check(
        &all(
            "interface A extends B, C<D> { /** x. */ a: string; b?: number; c(): void; readonly d: E[] }\n\
              type F = { g: string }; enum H { I, J = 2, K = 'l' } abstract class L { abstract m(): void; abstract n: string }",
        ),
        &[
            "class 0 Interface A : B : C<D> (field a: string doc \"x.\") (field b: number?) (field c: (function)) (field d: E[])",
            "class 1 Alias F = {g: string}",
            "class 2 Enum H (field static I) (field static J = 2) (field static K = \"l\")",
            "class 3 Class L (field m: (function)) (field n: string)",
            "class 2",
            "class 3",
        ],
    );
}

#[test]
fn import_aliases() {
    check(&top("import A = B.C.D;"), &["let A = B.C.D"]);
}
