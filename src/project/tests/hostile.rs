//! Inputs made to break resolution.

use super::support::{at, params, project, resolve};
use crate::ir::{FuncId, Name};

#[test]
fn circles_of_types_classes_and_manifests_end() {
    let project = project(&[
        (
            "tsconfig.json",
            "{\"extends\": \"./tsconfig.json\", \"compilerOptions\": {\"paths\": {\"*\": [\"*\"]}}}",
        ),
        (
            "package.json",
            "{\"name\": \"self\", \"exports\": {\".\": [[[[[[[[[[[\"./a.ts\"]]]]]]]]]]]}, \"main\": \".\"}",
        ),
        (
            "a.ts",
            "import { A } from 'self'; import x from './a'; type P = Q; type Q = P; type R = R[] | { r: R }; interface I extends J {} interface J extends I {} function f(p: P, r: R, i: I) {} export { A } from './a';",
        ),
        (
            "b.py",
            "from b import *\nfrom b import x\nA = A\nB = C\nC = B\nclass K(K): pass\ndef f(a: A, b: B, c: K): pass\n",
        ),
        (
            "src/lib.rs",
            "mod lib;\npub use crate::x;\npub use self::*;\npub use super::*;\ntype T = T;\nfn f(t: T, s: super::super::X) {}\nuse a::b as a;\n",
        ),
    ]);
    for path in ["a.ts", "b.py", "src/lib.rs"] {
        assert!(!params(&project, path, "f").is_empty());
        for name in ["A", "x", "zz", "a"] {
            assert!(!resolve(&project, path, "", name).is_empty());
        }
    }
    assert!(resolve(&project, "src/lib.rs", "", "super::super::super").len() > 1);
    assert_eq!(
        project.resolve_path(at(&project, "src/lib.rs"), FuncId::MODULE, &[]),
        crate::project::Symbol::External(Name::new(""))
    );
}

#[test]
fn long_chains_of_reexports_and_wide_globs_end() {
    let mut files: Vec<(String, String)> = Vec::new();
    for index in 0..300 {
        let next = index + 1;
        files.push((
            format!("m{index}.ts"),
            format!("export * from './m{next}'; export {{ y }} from './m{next}'; export * from './m0';"),
        ));
        files.push((
            format!("p{index}.py"),
            format!("from p{next} import *\nfrom p0 import *\n"),
        ));
    }
    files.push((
        "deep.ts".to_owned(),
        format!("export const x = {};", "a.".repeat(400) + "b"),
    ));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let project = project(&files);
    for name in ["y", "nothing"] {
        assert!(!resolve(&project, "m0.ts", "", name).is_empty());
        assert!(!resolve(&project, "p0.py", "", name).is_empty());
    }
}

#[test]
fn aliases_that_multiply_end() {
    let mut text = String::from("type T0 = string;");
    for index in 1..200 {
        text.push_str(&format!(
            "type T{index} = [T{0}, T{0}, T{0}, T{index}, T{0}];",
            index - 1
        ));
    }
    text.push_str("function f(a: T199) {}");
    let project = project(&[("a.ts", &text)]);
    assert_eq!(params(&project, "a.ts", "f").len(), 1);
}
