//! Functions, classes and types.

use super::{check, lower, module};
use crate::ir::dump;

fn class_of(source: &str) -> String {
    module(source)
        .lines()
        .take_while(|line| !line.starts_with("fn 0"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn functions() {
    check(
        module,
        &[(
            "def f(a, b: int, /, c=1, *args: str, d, e: float = 2.0, **kw) -> str:\n    return a\n",
            r"fn 0 Module
  let f = (fn 1)
fn 1 Function f (a, b: int, c = 1, ...args: str, kw d, kw e: float = 2.0f, **kw) -> str
  return a
",
        )],
    );
    check(
        module,
        &[(
            "async def f(*, a): ...\n",
            r"fn 0 Module
  let f = (fn 1)
fn 1 Function async f (kw a)
  Ellipsis
",
        )],
    );
    check(
        module,
        &[(
            "@mcp.tool(name='x')\n@plain\n@a.b\ndef f(): pass\n",
            r#"fn 0 Module
  let f = (fn 1)
fn 1 Function f @(decorator mcp.tool name="x") @plain @a.b
"#,
        )],
    );
    check(
        module,
        &[(
            "def f():\n    def g(): return 1\n    return g\n",
            r"fn 0 Module
  let f = (fn 1)
fn 1 Function f
  let g = (fn 2)
  return g
fn 2 Function g in 1
  return 1
",
        )],
    );
}

#[test]
fn docstrings_are_dedented() {
    let module = lower("\"\"\"Top.\"\"\"\ndef f():\n    \"\"\"One.\n\n    Two\n      three\n    \"\"\"\n    x\n");
    assert_eq!(module.functions[0].doc.unwrap(), "Top.");
    assert_eq!(module.functions[1].doc.unwrap(), "One.\n\nTwo\n  three");
    assert_eq!(module.functions[1].body.len(), 1);
    assert!(module.functions[0].body.len() == 1);
}

#[test]
fn the_receiver_is_this_wherever_it_is_seen() {
    let source = "class C:\n    def m(me, x=lambda me: me.d):\n        def inner(y): return me.a\n        def other(me): return me.b\n        return [me.c for _ in x], lambda: me\n\
    \x20   @classmethod\n    def make(cls): return cls()\n    @staticmethod\n    def s(a): return a.x\n";
    check(
        module,
        &[(
            source,
            r"class 0 Class C methods [1, 6, 7]
fn 0 Module
  class 0
fn 1 Method m (self me, x = (fn 2)) of 0
  let inner = (fn 3)
  let other = (fn 4)
  return (tuple (each-list this.c for _ of x) (fn 5))
fn 2 Closure (me)
  return me.d
fn 3 Function inner (y) in 1
  return this.a
fn 4 Function other (me) in 1
  return me.b
fn 5 Closure in 1
  return this
fn 6 Method make @classmethod (self cls) of 0
  return (call this)
fn 7 Method static s @staticmethod (a) of 0
  return a.x
",
        )],
    );
}

#[test]
fn method_kinds() {
    let source = "class C:\n    def __init__(self): pass\n    @property\n    def p(self): pass\n    @p.setter\n    def p(self, v): pass\n    @functools.cached_property\n    def q(self): pass\n    if X:\n        def r(self): pass\n";
    let module = lower(source);
    let kinds: Vec<_> = module
        .functions
        .iter()
        .map(|function| format!("{:?}", function.kind))
        .collect();
    assert_eq!(kinds, ["Module", "Constructor", "Getter", "Setter", "Getter", "Method"]);
    assert_eq!(module.classes[0].methods.len(), 5);
}

#[test]
fn classes() {
    check(
        class_of,
        &[(
            "@dataclass(frozen=True)\nclass C(a.B, Generic[T], metaclass=M):\n    \"\"\"Doc.\"\"\"\n    x: int = Field(ge=1)\n    \"\"\"About x.\"\"\"\n    y: str\n    A = B = 1\n    m.n = 2\n    for i in r: pass\n    class Inner(Enum):\n        RED = 'r'\n",
            r#"class 0 Class C @(decorator dataclass frozen=true) : a::B : Generic<T> (field x: int = (call Field ge=1) doc "About x.") (field y: str) (field A = 1) (field B = 1) doc "Doc."
  (call __init_subclass__ metaclass=M)
  place m.n = 2
  for i of r {}
  class 1
class 1 Class Inner : Enum (field RED = "r")"#,
        )],
    );
    check(
        module,
        &[(
            "def f():\n    class L: pass\n    return L()\n",
            r"class 0 Class L in 1
fn 0 Module
  let f = (fn 1)
fn 1 Function f
  class 0
  return (call L)
",
        )],
    );
}

#[test]
fn types() {
    fn ty(text: &str) -> String {
        let module = lower(&format!("def f(a: {text}): pass\n"));
        dump::dump_type(&module, module.functions[1].params[0].ty.unwrap())
    }
    let cases = [
        ("str", "str"),
        ("a.b.C", "a::b::C"),
        ("list[str]", "list<str>"),
        ("dict[str, Any]", "dict<str, Any>"),
        ("a.List[int]", "a::List<int>"),
        ("Optional[int]", "int?"),
        ("typing.Optional['Foo']", "Foo?"),
        ("Union[int, str]", "(int | str)"),
        ("int | str | None", "(int | str | None)"),
        ("list[int] | None", "(list<int> | None)"),
        ("Literal['a', 1, -2, None, True]", r#"(one-of "a" 1 -2 null true)"#),
        ("Literal[Color.RED]", "Literal<(of Color.RED)>"),
        (
            "Annotated[str, Field(max_length=3), 'doc']",
            r#"(annotated str (call Field max_length=3) "doc")"#,
        ),
        (
            "Annotated[list[int], Field()] | None",
            "((annotated list<int> (call Field)) | None)",
        ),
        ("Callable[[int], str]", "(function)"),
        ("tuple[int, ...]", "tuple<int, ?>"),
        ("'Foo'", "Foo"),
        (
            "'a.Foo[int, list[\"Bar\"]] | None'",
            r#"(a::Foo<int, list<(one-of "Bar")>> | None)"#,
        ),
        ("'Literal[\"a\", 2]'", r#"(one-of "a" 2)"#),
        ("'not a type!'", r#"(of "not a type!")"#),
        ("conint(ge=1)", "(of (call conint ge=1))"),
        ("'Optional[Callable[..., int]]'", "(function)?"),
    ];
    for (text, expected) in cases {
        check(ty, &[(text, expected)]);
    }
}
