use super::{all, check, linked, top};

#[test]
fn imports() {
    check(
        &linked(
            "import a, { b as c, type D, default as e, 'x-y' as f } from 'm'; import * as g from './g.js'; import h, * as i from 'n';\n\
             import 'side'; import type { J } from 'j'; import type K from 'k'; import l = require('l'); import type M = require('m2');",
        ),
        &[
            "import a = \"m\" default",
            "import c = \"m\" b",
            "import D = \"m\" D type",
            "import e = \"m\" default",
            "import f = \"m\" x-y",
            "import g = \"./g.js\" *",
            "import h = \"n\" default",
            "import i = \"n\" *",
            "import  = \"side\" effect",
            "import J = \"j\" J type",
            "import K = \"k\" default type",
            "import l = \"l\" *",
            "import M = \"m2\" * type",
        ],
    );
}

#[test]
fn exports() {
    check(
        &linked(
            "export const a = 1, { b, c: [d] } = e; export function f() {} export class G {} export enum H {} export interface I {}\n\
             export type J = string; export { a as k, f as default }; export default class L {} export namespace N { export const o = 1 }\n\
             export abstract class P {} export function q(a: string): void; export async function* q() {} export import R = S.T; export type { U };",
        ),
        &[
            "export a = a",
            "export b = b",
            "export d = d",
            "export f = f",
            "export G = G",
            "export H = H",
            "export I = I",
            "export J = J",
            "export k = a",
            "export default = f",
            "export default = L",
            "export N = N",
            "export P = P",
            "export q = q",
            "export R = R",
            "export U = U",
        ],
    );
    check(
        &all("export default foo(bar);"),
        &["export default = =(call foo bar)", "(call foo bar)"],
    );
    check(
        &all("export default function () {}"),
        &["export default = =(fn 1)", "(fn 1)", "fn 1 Closure"],
    );
    check(
        &all("export default function f() {}"),
        &["export default = f", "let f = (fn 1)", "fn 1 Function f"],
    );
    check(&linked("export default x; "), &["export default = x"]);
    check(&linked("export = x;"), &["export default = x"]);
}

#[test]
fn reexports() {
    check(
        &linked(
            "export * from 'a'; export * as b from 'c'; export { d as e, default } from 'f'; export type { G } from 'h'; export type * from 'i';",
        ),
        &[
            "import  = \"a\" glob reexport",
            "import b = \"c\" * reexport",
            "import e = \"f\" d reexport",
            "import default = \"f\" default reexport",
            "import G = \"h\" G type reexport",
            "import  = \"i\" glob type reexport",
        ],
    );
}

#[test]
fn requires() {
    check(
        &linked(
            "const a = require('a'); const { b: c, d = 1, ...r } = require('b'); const e = require('e').f; require('g'); h(require('h').i());\n\
             const j = __importStar(require('j')); let k; k = require(`k`); const l = require(name);",
        ),
        &[
            "import a = \"a\" *",
            "import c = \"b\" b",
            "import d = \"b\" d",
            "import r = \"b\" *",
            "import e = \"e\" f",
            "import  = \"g\" effect",
            "import  = \"h\" effect",
            "import j = \"j\" *",
            "import k = \"k\" *",
        ],
    );
    check(&top("const a = require('a').b;"), &["let a = (call require \"a\").b"]);
}

#[test]
fn dynamic_imports() {
    check(
        &linked(
            "async function f() { const { a } = await import('a'); const b = await import('b'); const c = (await import('c')).default; }\n\
             import('d').then(({ e }) => e); import('f').then((g) => g);",
        ),
        &[
            "import a = \"a\" a in 1",
            "import b = \"b\" * in 1",
            "import c = \"c\" default in 1",
            "import  = \"d\" effect",
            "import e = \"d\" e in 2",
            "import  = \"f\" effect",
            "import g = \"f\" * in 3",
        ],
    );
    check(&top("await import(x);"), &["(Await (call import x))"]);
}

#[test]
fn commonjs_exports() {
    check(
        &linked(
            "module.exports = { a, b: c.d, e() {} }; exports.f = g; module.exports.h = 1; exports.i = exports.j = void 0; exports.k = exports.l = m;",
        ),
        &[
            "export default = =(record a: a b: c.d e: (fn 1))",
            "export a = a",
            "export b = =c.d",
            "export e = =(fn 1)",
            "export f = g",
            "export h = =1",
            "export l = m",
            "export k = m",
        ],
    );
    check(&linked("module.exports = Foo;"), &["export default = Foo"]);
    check(
        &linked(
            "Object.defineProperty(exports, 'x', { enumerable: true, get: function () { return m_1.x; } }); __exportStar(require('./y'), exports);",
        ),
        &["import  = \"./y\" glob reexport", "export x = =m_1.x"],
    );
}
