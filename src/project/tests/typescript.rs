//! Imports and exports of TypeScript and JavaScript.

use super::support::{at, callee, project, resolve, show};
use crate::ir::{FuncId, Name};

#[test]
fn relative_imports_reach_sources_by_the_names_of_compiled_files() {
    let project = project(&[
        (
            "src/a.ts",
            "import { b } from './b.js'; import c from './c'; import * as d from './d'; import { e } from '../lib/e.mjs';\n\
             import Self from '.'; function f() {}",
        ),
        ("src/b.ts", "export function b() {}"),
        ("src/c.tsx", "export default function c() {}"),
        ("src/d/index.ts", "export const d = () => 1; export class D {}"),
        ("lib/e.mts", "function inner() {} export { inner as e };"),
        ("src/index.ts", "export default class Root {}"),
    ]);
    for (text, expected) in [
        ("b", "src/b.ts#b"),
        ("c", "src/c.tsx#c"),
        ("d", "src/d/index.ts"),
        ("d.d", "src/d/index.ts#d"),
        ("d.D", "src/d/index.ts#D"),
        ("e", "lib/e.mts#inner"),
        ("Self", "src/index.ts#Root"),
        ("f", "src/a.ts#f"),
        ("fetch", "=fetch"),
    ] {
        assert_eq!(resolve(&project, "src/a.ts", "", text), expected, "{text}");
    }
}

#[test]
fn outside_names_are_qualified_by_the_specifier() {
    let project = project(&[(
        "a.ts",
        "import cp from 'child_process'; import * as ns from 'node:child_process'; import { exec as run } from 'node:child_process';\n\
         import axios from 'axios'; import { Client } from 'pg'; import { promises as fs } from 'fs'; import p from 'node:fs/promises';\n\
         import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'; import type { T } from './nowhere.js';\n\
         const { spawn } = require('child_process'); const os = require('node:os'); globalThis.fetch('x');",
    )]);
    for (text, expected) in [
        ("cp.exec", "=child_process.exec"),
        ("ns.exec", "=child_process.exec"),
        ("run", "=child_process.exec"),
        ("axios", "=axios"),
        ("axios.get", "=axios.get"),
        ("Client", "=pg.Client"),
        ("fs", "=fs.promises"),
        ("p.readFile", "=fs/promises.readFile"),
        ("McpServer", "=@modelcontextprotocol/sdk/server/mcp.js.McpServer"),
        ("T", "=./nowhere.js.T"),
        ("spawn", "=child_process.spawn"),
        ("os.exec", "=os.exec"),
        ("globalThis.fetch", "=fetch"),
    ] {
        assert_eq!(resolve(&project, "a.ts", "", text), expected, "{text}");
    }
}

#[test]
fn reexports_are_followed_and_cycles_end() {
    let project = project(&[
        (
            "a.ts",
            "import { one, two, three, four, def, nine } from './barrel'; import { ns } from './barrel'; import { gone } from './x';",
        ),
        (
            "barrel.ts",
            "export * from './one'; export { inner as two } from './two'; export * as ns from './two'; export { default as def } from './two';\n\
             import { exec } from 'child_process'; export { exec as four }; export * from './barrel'; export { three } from './x';\n\
             export { nine } from './nine.js';",
        ),
        ("one.ts", "export * from './barrel'; export class one {}"),
        (
            "two.ts",
            "export function inner() {} export default inner; export const list = [1];",
        ),
        ("x.ts", "export { three } from './y'; export { gone } from './y';"),
        ("y.ts", "export { gone } from './x'; export const three = () => {};"),
        ("nine.ts", "import { nine } from 'nine'; export { nine };"),
    ]);
    for (text, expected) in [
        ("one", "one.ts#one"),
        ("two", "two.ts#inner"),
        ("three", "y.ts#three"),
        ("four", "=child_process.exec"),
        ("def", "two.ts#inner"),
        ("ns.inner", "two.ts#inner"),
        ("ns.list", "two.ts:list"),
        ("ns.none", "-"),
        ("nine", "=nine.nine"),
    ] {
        assert_eq!(resolve(&project, "a.ts", "", text), expected, "{text}");
    }
    assert!(resolve(&project, "a.ts", "", "gone").starts_with('='));
}

#[test]
fn paths_packages_and_imports_of_manifests_resolve() {
    let project = project(&[
        (
            "apps/server/tsconfig.json",
            "{ // why\n \"extends\": \"../../tsconfig.base\", \"compilerOptions\": { \"paths\": { \"@/*\": [\"./src/*\"], \"~lib\": [\"./src/lib/index.ts\"], }, /* x */ } }",
        ),
        ("tsconfig.base.json", "{\"compilerOptions\": {\"baseUrl\": \".\"}}"),
        (
            "apps/server/package.json",
            "{\"name\": \"server\", \"imports\": {\"#db\": \"./dist/db.js\", \"#u/*\": \"./src/u/*.ts\"}}",
        ),
        (
            "packages/core/package.json",
            "{\"name\": \"@acme/core\", \"exports\": {\".\": {\"types\": \"./dist/index.d.ts\", \"import\": \"./dist/index.js\"}, \"./tools/*\": \"./dist/esm/tools/*.js\", \"./plain\": \"./plain.js\"}}",
        ),
        (
            "packages/util/package.json",
            "{\"name\": \"util-kit\", \"main\": \"lib/main.js\"}",
        ),
        ("packages/core/src/index.ts", "export function core() {}"),
        ("packages/core/src/tools/x.ts", "export function x() {}"),
        ("packages/core/plain.js", "exports.plain = function () {}"),
        ("packages/util/src/main.ts", "export function util() {}"),
        (
            "packages/util/src/deep.ts",
            "export function deep() {} import { util } from 'util-kit';",
        ),
        ("apps/server/src/h.ts", "export function h() {}"),
        ("apps/server/src/db.ts", "export function db() {}"),
        ("apps/server/src/u/v.ts", "export function v() {}"),
        ("apps/server/src/lib/index.ts", "export function lib() {}"),
        ("shared/s.ts", "export function s() {}"),
        (
            "apps/server/src/main.ts",
            "import { h } from '@/h'; import { lib } from '~lib'; import { s } from 'shared/s'; import { core } from '@acme/core';\n\
             import { x } from '@acme/core/tools/x'; import { util } from 'util-kit'; import { deep } from 'util-kit/dist/deep.js';\n\
             import { db } from '#db'; import { v } from '#u/v'; import { plain } from '@acme/core/plain'; import { no } from '@acme/other';",
        ),
    ]);
    for (text, expected) in [
        ("h", "apps/server/src/h.ts#h"),
        ("lib", "apps/server/src/lib/index.ts#lib"),
        ("s", "shared/s.ts#s"),
        ("core", "packages/core/src/index.ts#core"),
        ("x", "packages/core/src/tools/x.ts#x"),
        ("util", "packages/util/src/main.ts#util"),
        ("deep", "packages/util/src/deep.ts#deep"),
        ("db", "apps/server/src/db.ts#db"),
        ("v", "apps/server/src/u/v.ts#v"),
        ("no", "=@acme/other.no"),
    ] {
        assert_eq!(
            resolve(&project, "apps/server/src/main.ts", "", text),
            expected,
            "{text}"
        );
    }
    assert_eq!(
        resolve(&project, "packages/util/src/deep.ts", "", "util"),
        "packages/util/src/main.ts#util"
    );
    assert!(resolve(&project, "apps/server/src/main.ts", "", "plain").starts_with("packages/core/plain.js#"));
}

#[test]
fn commonjs_exports_are_found() {
    let project = project(&[
        ("lib.js", "function a() {} module.exports = { a, b: () => 1, c: a };"),
        ("whole.js", "module.exports = class Whole {};"),
        ("parts.js", "exports.p = function () {}; module.exports.q = () => {};"),
        (
            "main.js",
            "const { a, c } = require('./lib'); const lib = require('./lib'); const Whole = require('./whole'); const parts = require('./parts');\n\
             import esm from './lib';",
        ),
    ]);
    for (text, expected) in [
        ("a", "lib.js#a"),
        ("c", "lib.js#a"),
        ("lib.a", "lib.js#a"),
        ("Whole", "whole.js#Whole"),
    ] {
        assert_eq!(resolve(&project, "main.js", "", text), expected, "{text}");
    }
    for text in ["lib.b", "parts.p", "parts.q"] {
        assert!(resolve(&project, "main.js", "", text).contains(".js#"), "{text}");
    }
}

#[test]
fn scopes_hoist_and_locals_are_no_symbols() {
    let project = project(&[(
        "a.ts",
        "import { x, ext } from 'pkg'; function outer(x) { function use() { later(); } function later() {} return use; }\n\
             function two() { const { exec } = require('child_process'); exec('x'); }\n\
             function three(ext) { ext('x'); } function four() { return (ext as any).run('x'); } function five() { const later = 1; later(); }\n\
             function six() { for (const ext of []) { ext(); } } function seven() { x!.y(); }",
    )]);
    assert_eq!(callee(&project, "a.ts", "use"), "a.ts#later");
    assert_eq!(callee(&project, "a.ts", "two"), "=child_process.exec");
    assert_eq!(callee(&project, "a.ts", "three"), "-");
    assert_eq!(callee(&project, "a.ts", "four"), "=pkg.ext.run");
    assert_eq!(callee(&project, "a.ts", "five"), "-");
    assert_eq!(callee(&project, "a.ts", "six"), "-");
    assert_eq!(callee(&project, "a.ts", "seven"), "=pkg.x.y");
    let module = at(&project, "a.ts");
    assert_eq!(
        show(
            &project,
            project.resolve_name(module, FuncId::MODULE, Name::new("later"))
        ),
        "=later"
    );
}

#[test]
fn exports_of_expressions_are_variables_with_a_value() {
    let project = project(&[
        ("a.ts", "import conf from './b'; import { list } from './b';"),
        (
            "b.ts",
            "export default { name: 'x' }; export const list = [1]; let twice = 1; twice = 2;",
        ),
    ]);
    assert_eq!(resolve(&project, "a.ts", "", "conf"), "b.ts:default");
    assert_eq!(resolve(&project, "a.ts", "", "list"), "b.ts:list");
    let b = at(&project, "b.ts");
    assert!(project.variable(b, Name::new("default")).is_some());
    assert!(project.variable(b, Name::new("list")).is_some());
    assert!(project.variable(b, Name::new("twice")).is_none());
}
