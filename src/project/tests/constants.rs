//! String constants.

use super::support::{at, project};
use crate::ir::{ExprKind, FuncId, StmtKind};
use crate::project::Project;

/// The texts of the arguments of the call `t(…)` on the top level.
fn texts(project: &Project, path: &str) -> Vec<String> {
    let module = at(project, path);
    let ir = project.module(module);
    let mut found = Vec::new();
    for stmt in &ir.function(FuncId::MODULE).body {
        let StmtKind::Expr(expr) = &stmt.kind else { continue };
        let ExprKind::Call(call) = &ir.expr(*expr).kind else {
            continue;
        };
        if !matches!(&ir.expr(call.callee).kind, ExprKind::Name(name) if name == "t") {
            continue;
        }
        for arg in &call.args {
            let text = project.constant_text(module, FuncId::MODULE, arg.value);
            found.push(text.map_or("-".to_owned(), |text| text.as_str().to_owned()));
        }
    }
    found
}

#[test]
fn constants_of_typescript_and_python() {
    let project = project(&[
        (
            "names.ts",
            "export const READ = 'read'; export enum Tool { Write = 'write' } export const ALL = { del: 'delete', sub: READ } as const;\n\
             export class Names { static readonly LIST = 'list'; } export let moved = 'x'; export function move() { moved = 'y'; }",
        ),
        (
            "a.ts",
            "import { READ, Tool, ALL, Names, moved } from './names'; import * as n from './names';\n\
             t('lit', READ, Tool.Write, ALL.del, ALL['sub'], Names.LIST, `x-${READ}`, 'a' + 'b', n.READ, moved, unknown, READ as string);",
        ),
        (
            "names.py",
            "from enum import Enum\nREAD = 'read'\nclass Tool(str, Enum):\n    WRITE = 'write'\nclass K:\n    NAME = 'k'\n",
        ),
        (
            "a.py",
            "import names\nfrom names import READ, Tool, K\nt('lit', READ, Tool.WRITE, Tool.WRITE.value, names.READ, f'x-{READ}', K.NAME, other)\n",
        ),
    ]);
    assert_eq!(
        texts(&project, "a.ts"),
        [
            "lit", "read", "write", "delete", "read", "list", "x-read", "ab", "read", "-", "-", "read"
        ]
    );
    assert_eq!(
        texts(&project, "a.py"),
        ["lit", "read", "write", "write", "read", "x-read", "k", "-"]
    );
}
