//! No child is lost: every name and string of the source is somewhere in the IR.

use std::collections::BTreeSet;

use super::{module, module_jsx};

/// Code in all forms, without types and keywords that are names nowhere.
pub(super) const SNIPPETS: &[&str] = &[
    "import n1, { n2 as n3 } from 's1';",
    "const { n1, n2: { n3 = n4 }, ...n5 } = n6(n7, ...n8);",
    "const [n1, , n2 = 's1', ...n3] = n4;",
    "async function n1(n2 = n3, { n4: n5 }, ...n6) { await n7(n8); yield_(n9); }",
    "const n1 = (n2) => n3[n4]?.n5?.(n6)!.n7;",
    "n1 = n2 ? n3 : n4 || n5 && n6 ?? n7;",
    "n1 = `s1 ${n2} s2 ${n3.n4}` + 's3' + n5;",
    "n1`s1 ${n2}`;",
    "n1 = { n2, n3: n4, [n5]: n6, ...n7, n8() { n9 }, get n10() { return n11 }, 's1': n12 };",
    "n1 = [n2, ...n3, , n4];",
    "class n1 extends n2(n3) { n4 = n5; static n6 = n7; [n8] = n9; #n10; n11(n12) { super.n13(this.#n10) } static { n14() } }",
    "const n1 = class n2 { n3 = n4 };",
    "@n1(n2) class n3 { @n4 n5(@n6(n7) n8) {} constructor(private n9 = n10) {} }",
    "enum n1 { n2, n3 = n4, 's1' = 's2' }",
    "switch (n1) { case n2: case 's1': n3(); case n4.n5: n6(); break; default: n7() }",
    "try { n1 } catch ({ n2 }) { n3 } finally { n4 }",
    "for (let n1 = n2, n3 = n4; n5; n6++) n7; for (const n8 of n9) n10; for (const n11 in n12) n13;",
    "do { n1 } while (n2); while (n3) { n4 } l1: for (;;) { break l1 }",
    "if (n1) n2; else if (n3) n4; else n5;",
    "(n1, n2); n3 = (n4, n5); delete n6.n7; typeof n8; void n9; !n10; -n11; n12--; n13 **= n14;",
    "new n1.n2(n3); new n4; n5 in n6; n7 instanceof n8; n9 as string; n10 satisfies string; <string>n11;",
    "throw n1; n2.n3 = n4; [n5.n6] = n7; ({ n8: n9.n10, n11 = n12 } = n13);",
    "export const n1 = n2; export default n3(n4); export { n1 as n5 };",
    "module.exports = { n1, n2: n3 }; exports.n4 = n5; const { n6 } = require('s1'); await import(n7);",
    "namespace n1 { export const n2 = n3; n4() }",
    "n1 - n2 + n3 * n4 / n5 % n6 << n7; n8 < n9; n10 == n11; n12 | n13 & n14;",
    "function* n1() { const n2 = yield n3; yield* n4 }",
    "with (n1) { n2 } using n3 = n4; import.meta.n5; n6?.[n7]; n8!;",
    "const n1: typeof n2 = n3; let n4: n5.n6<n7> = n8; type n9 = n10[]; interface n11 { n12: n13 }",
];

const ELEMENTS: &str = "n1 = <n2.n3 n4={n5} n6='s1' {...n7}>{n8} <n9 n10 /> {n11 && <>{n12}</>}</n2.n3>;";

fn tokens(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    words
        .filter(|word| {
            let digits = word
                .trim_start_matches('#')
                .strip_prefix(['n', 's'])
                .unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_child_is_lost() {
    for text in SNIPPETS {
        let module = module(text);
        assert_eq!(module.gaps, [], "{text}");
        let found = tokens(&format!("{module:?}"));
        // What only renames inside a module: the outer name of an import that is bound to another is kept as imported.
        let lost: Vec<String> = tokens(text).difference(&found).cloned().collect();
        assert_eq!(lost, Vec::<String>::new(), "{text}");
    }
    let module = module_jsx(ELEMENTS);
    assert_eq!(module.gaps, []);
    let lost: Vec<String> = tokens(ELEMENTS)
        .difference(&tokens(&format!("{module:?}")))
        .cloned()
        .collect();
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn spans_are_those_of_the_source() {
    let text = "const a = sql<User>`é ${b}`; function f(c) { return c.d! }";
    let module = module(text);
    for expr in &module.exprs {
        assert!(text.get(expr.span.range()).is_some(), "{expr:?}");
    }
    let names = module.exprs.iter().filter_map(|expr| match &expr.kind {
        crate::ir::ExprKind::Name(name) => Some((name, expr.span)),
        _ => None,
    });
    for (name, span) in names {
        assert_eq!(&text[span.range()], name.as_str());
    }
}
