use super::{all, check, dump, module_jsx, top};
use crate::ir::FuncId;

#[test]
fn literals() {
    check(
        &top(r#"x = ["a\n\x41\u{42}\u0043\uD83D\uDE00\
", 'b"c', `d`, 1_000, 0xff, 0b11, 0o17, 017, 1n, 1.5e3, true, null, undefined, /a[/]\/b/gi, , -1];"#),
        &[r#"x = (list "a\nABC😀" "b\"c" "d" 1000 255 3 15 15 1 1.5e3f true null null /a[/]\/b/gi null (Negate 1))"#],
    );
}

#[test]
fn strings_are_built() {
    check(
        &top("a = `x ${b} y\\n${c.d}`; e = 'p' + f + g(h) + 1; i += 'x'; j = ``; k = a - b + c;"),
        &[
            r#"a = (concat "x " b " y\n" c.d)"#,
            r#"e = (concat "p" f (call g h) 1)"#,
            r#"i Add= "x""#,
            r#"j = """#,
            "k = (concat (Sub a b) c)",
        ],
    );
}

#[test]
fn tagged_templates() {
    check(
        &top("sql`select ${a} from ${b.c}`; x.y`z`;"),
        &[
            r#"(tagged sql (concat "select " a " from " b.c) a b.c)"#,
            r#"(tagged x.y (concat "z"))"#,
        ],
    );
}

#[test]
fn chains() {
    check(
        &top("a?.b?.[c]?.(d)!.e(...f)[g](); super.m(this.#p); new Foo<Bar>(1); new Baz; new a.b.C(d); f<T, U>(x);"),
        &[
            "(call (call (NonNull (call a.b[c] d)).e ...f)[g])",
            "(call super.m this.#p)",
            "(new Foo<Bar> 1)",
            "(new Baz)",
            "(new a.b.C d)",
            "(call f<T, U> x)",
        ],
    );
}

#[test]
fn operators() {
    check(
        &top(
            "a && b || c ?? d; !a; typeof a === 'string'; delete a.b; void 0; 'k' in o; x instanceof Y; a < b; ~a; \
             i++; n = --i; a ? b : c; (a, b); x = (y, z); (0, fs_1.readFile)(p); a ** b; a | b;",
        ),
        &[
            "(Coalesce (Or (And a b) c) d)",
            "(Not a)",
            r#"(Eq (TypeOf a) "string")"#,
            "(Delete a.b)",
            "(Void 0)",
            r#"(In "k" o)"#,
            "(InstanceOf x Y)",
            "(Lt a b)",
            "(Other a)",
            "i Add= 1",
            "n = (i Sub= 1)",
            "(? a b c)",
            "(opaque a b)",
            "x = (opaque y z)",
            "(call fs_1.readFile p)",
            "(Pow a b)",
            "(Bits a b)",
        ],
    );
}

#[test]
fn assignments() {
    check(
        &top("x = y = z; [a, b.c, ...d] = e; ({ a, b: c.d, ...r } = e); x ||= 1; x.y ??= 2; if ((m = f())) g(m);"),
        &[
            "x = (y = z)",
            "[a, place b.c, ...d] = e",
            "({a: a, b: place c.d, ...r} = e)",
            "x Or= 1",
            "place x.y Coalesce= 2",
            "if (m = (call f)) {(call g m)}",
        ],
    );
}

#[test]
fn wrappers_hand_through() {
    check(
        &top("await a; b as C; <D>e; f satisfies G; h!; [i] as const; <const>[j]; (k); import.meta.url; l<M>;"),
        &[
            "(Await a)",
            "(as b C)",
            "(as e D)",
            "(as f G)",
            "(NonNull h)",
            "(as (list i) const)",
            "(as (list j) const)",
            "k",
            "import.meta.url",
            "(Plain l)",
        ],
    );
}

#[test]
fn records() {
    check(
        &all(
            "x = { a, b: 1, 'c-d': 2, 3: 4, [e]: f, ['g']: h, ...i, j() {}, get k() { return 1 }, set k(v) {}, \
              async *l() {}, m: () => n, o: function () {}, get, static: p };",
        ),
        &[
            "x = (record a: a b: 1 c-d: 2 3: 4 [e]: f g: h ...i j: (fn 1) k: (fn 2) k: (fn 3) l: (fn 4) m: (fn 5) \
             o: (fn 6) get: get static: p)",
            "fn 1 Method j",
            "fn 2 Getter k",
            "return 1",
            "fn 3 Setter k (v)",
            "fn 4 Method async l",
            "fn 5 Closure m",
            "return n",
            "fn 6 Closure o",
        ],
    );
}

#[test]
fn functions() {
    check(
        &all(
            "/** Does f.\n * Well. */\nasync function f(a: string, b = 1, { c, d: e = 2 }, ...rest: number[]): Promise<void> {}\n\
              const g = async x => x.y; const h = function* () { yield 1; yield* h(); };\n\
              function k(this: Foo, x?: string) {} function over(a: string): void; (() => { return 1 })();",
        ),
        &[
            "let f = (fn 1)",
            "let g = (fn 2)",
            "let h = (fn 3)",
            "let k = (fn 4)",
            "(call (fn 5))",
            "fn 1 Function async f (a: string, b = 1, {c: c, d: e = 2}, ...rest: number[]) -> Promise<void> doc \
             \"Does f.\\nWell.\"",
            "fn 2 Closure async g (x)",
            "return x.y",
            "fn 3 Closure h",
            "(Yield 1)",
            "(Yield (call h))",
            "fn 4 Function k (x: string?)",
            "fn 5 Closure",
            "return 1",
        ],
    );
}

#[test]
fn nesting_is_recorded() {
    check(
        &all("function a() { function b() { return () => c } }"),
        &[
            "let a = (fn 1)",
            "fn 1 Function a",
            "let b = (fn 2)",
            "fn 2 Function b in 1",
            "return (fn 3)",
            "fn 3 Closure in 2",
            "return c",
        ],
    );
}

#[test]
fn functions_take_the_name_of_their_place() {
    check(
        &all(
            "/** Doc. */\nexport const f = () => 1; this.g = () => 2; exports.h = function () {}; let i; i = () => 3;",
        ),
        &[
            "export f = f",
            "export h = =(fn 3)",
            "let f = (fn 1)",
            "place this.g = (fn 2)",
            "place exports.h = (fn 3)",
            "let i",
            "i = (fn 4)",
            "fn 1 Closure f doc \"Doc.\"",
            "return 1",
            "fn 2 Closure g",
            "return 2",
            "fn 3 Closure h",
            "fn 4 Closure i",
            "return 3",
        ],
    );
}

#[test]
fn destructuring() {
    check(
        &top("const { a, b: { c: [d, , e = 1, ...f] }, 'g-h': i, [j]: k, ...l } = m; let [n = o] = p;"),
        &[
            "let {a: a, b: {c: [d, _, e = 1, ...f]}, g-h: i, [j]: value j, [j]: k, ...l} = m",
            "let [n = o] = p",
        ],
    );
}

#[test]
fn jsx_keeps_its_parts() {
    let module = module_jsx("x = <Foo.Bar a={b} c=\"d\" {...e} f>text {g} <br/> &amp; <></></Foo.Bar>;");
    assert_eq!(module.gaps, []);
    assert_eq!(
        dump::dump_body(&module, FuncId::MODULE).trim(),
        r#"x = (opaque Foo.Bar "a" b "c" "d" e "f" "text" g (opaque "br") "&amp;" (opaque))"#
    );
}
