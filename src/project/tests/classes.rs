//! Classes, methods and inheritance.

use super::support::{at, class, func, project, resolve, show, show_class, show_func};
use crate::ir::{Language, Name};
use crate::project::{ClassRef, FuncRef, Project};

fn method(project: &Project, of: ClassRef, name: &str) -> String {
    project
        .method(of, Name::new(name))
        .map_or("-".to_owned(), |func| show_func(project, func))
}

#[test]
fn typescript_classes() {
    let project = project(&[
        (
            "a.ts",
            "export abstract class Base<T> { constructor(protected root: string) {} run() { return this.inner(); } abstract inner(): void; }\n\
             export interface Tool { execute(a: string): void }",
        ),
        (
            "b.ts",
            "import { Base, Tool as T } from './a'; import { Ext } from 'ext';\n\
             export class B extends Base<string> implements T { private n: number = 1; inner() {} execute(a) {} handle = async () => {}; static make() {} }\n\
             class C extends B { execute(b) {} } class D extends Ext {} class E extends E {} class F extends mix(D) {}",
        ),
    ]);
    let (base, b, c, tool) = (
        class(&project, "a.ts", "Base"),
        class(&project, "b.ts", "B"),
        class(&project, "b.ts", "C"),
        class(&project, "a.ts", "Tool"),
    );
    assert_eq!(method(&project, b, "run"), "a.ts#Base.run");
    assert_eq!(method(&project, b, "inner"), "b.ts#B.inner");
    assert_eq!(method(&project, c, "handle"), "b.ts#B.handle");
    assert_eq!(method(&project, c, "execute"), "b.ts#C.execute");
    assert_eq!(method(&project, class(&project, "b.ts", "E"), "x"), "-");
    assert_eq!(
        show_func(&project, project.constructor(c).unwrap()),
        "a.ts#Base.constructor"
    );
    let overrides: Vec<String> = project
        .overrides(tool, Name::new("execute"))
        .iter()
        .map(|func| show_func(&project, *func))
        .collect();
    assert_eq!(overrides, ["b.ts#B.execute", "b.ts#C.execute"]);
    assert_eq!(project.subclasses(base), [b]);
    let bases: Vec<String> = project.bases(b).iter().map(|base| show(&project, *base)).collect();
    assert_eq!(bases, ["a.ts#Base", "a.ts#Tool"]);
    assert_eq!(
        show(&project, project.bases(class(&project, "b.ts", "D"))[0]),
        "=ext.Ext"
    );
    let (owner, _) = project.field(c, Name::new("root")).unwrap();
    assert_eq!(show_class(&project, owner), "a.ts#Base");
    assert!(project.field(c, Name::new("n")).is_some());
    assert_eq!(resolve(&project, "b.ts", "", "B.make"), "b.ts#B.make");
    assert_eq!(
        project.methods_named(Language::TypeScript, Name::new("execute")).len(),
        2
    );
    assert_eq!(project.methods_named(Language::Python, Name::new("execute")).len(), 0);
}

#[test]
fn python_classes() {
    let project = project(&[
        (
            "pkg/base.py",
            "class Base:\n    name: str = 'x'\n    def __init__(self): pass\n    def run(self): pass\n    @property\n    def p(self): return 1\n    @p.setter\n    def p(self, v): pass\n",
        ),
        (
            "pkg/sub.py",
            "from .base import Base\nfrom . import base\nclass A(Base):\n    def run(self): pass\nclass B(base.Base, Unknown): pass\nclass M(B, A): pass\n",
        ),
        ("pkg/test_sub.py", "class T:\n    def run(self): pass\n"),
    ]);
    let (base, a, b, m) = (
        class(&project, "pkg/base.py", "Base"),
        class(&project, "pkg/sub.py", "A"),
        class(&project, "pkg/sub.py", "B"),
        class(&project, "pkg/sub.py", "M"),
    );
    assert_eq!(method(&project, b, "run"), "pkg/base.py#Base.run");
    assert_eq!(method(&project, m, "p"), "pkg/base.py#Base.p");
    assert_eq!(
        show_func(&project, project.constructor(m).unwrap()),
        "pkg/base.py#Base.__init__"
    );
    assert_eq!(project.subclasses(base), [a, b]);
    assert_eq!(project.overrides(base, Name::new("run")).len(), 2);
    assert_eq!(project.methods_named(Language::Python, Name::new("run")).len(), 2);
    assert!(project.field(m, Name::new("name")).is_some());
    let run = project.method(a, Name::new("run")).unwrap();
    assert_eq!(project.class_of(run), Some(a));
}

#[test]
fn rust_impls_attach_to_their_types_across_files() {
    let project = project(&[
        (
            "src/lib.rs",
            "mod server;\nmod handlers;\nmod tools;\npub struct Server { root: std::path::PathBuf }\npub trait Tool { fn name(&self) -> String; fn call(&self) { self.name(); } }\n",
        ),
        (
            "src/server.rs",
            "use crate::Server;\nimpl Server { pub fn new() -> Self { Self::inner() } fn inner() -> Self { todo!() } }\n",
        ),
        (
            "src/handlers.rs",
            "use super::*;\nuse rmcp::ServerHandler;\nimpl ServerHandler for Server { fn call_tool(&self) {} }\nimpl rmcp::Other for std::sync::Arc<Server> { fn o(&self) {} }\n",
        ),
        (
            "src/tools.rs",
            "use crate::Tool as T;\nstruct Read;\nimpl T for Read { fn name(&self) -> String { String::new() } }\nstruct Write;\nimpl T for Write { fn name(&self) -> String { String::new() } fn call(&self) {} }\n#[cfg(test)] mod tests { struct Fake; impl super::T for Fake { fn name(&self) -> String { String::new() } } }\n",
        ),
    ]);
    let server = class(&project, "src/lib.rs", "Server");
    assert_eq!(method(&project, server, "new"), "src/lib.rs#Server.new");
    assert_eq!(method(&project, server, "call_tool"), "src/lib.rs#Server.call_tool");
    assert_eq!(method(&project, server, "o"), "src/lib.rs#Server.o");
    let module = at(&project, "src/handlers.rs");
    let call_tool = FuncRef {
        module,
        func: func(&project, module, "call_tool"),
    };
    assert_eq!(
        show(&project, project.trait_of(call_tool).unwrap()),
        "=rmcp::ServerHandler"
    );
    assert_eq!(
        resolve(&project, "src/lib.rs", "", "Server::inner"),
        "src/lib.rs#Server.inner"
    );
    let tool = class(&project, "src/lib.rs", "Tool");
    let read = class(&project, "src/tools.rs", "Read");
    assert_eq!(method(&project, read, "call"), "src/lib.rs#Tool.call");
    assert!(project.overrides(tool, Name::new("call")).len() >= 2);
    assert!(project.subclasses(tool).contains(&read));
    assert!(project.constructor(server).is_none());
    assert!(project.methods_named(Language::Rust, Name::new("name")).len() == 2);
}
