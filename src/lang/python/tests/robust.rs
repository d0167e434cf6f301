//! Nothing is lost, nothing breaks.

use std::collections::BTreeSet;

use super::lower;
use crate::ir::{Module, dump, walk};

const SNIPPETS: [&str; 14] = [
    "@app.tool(name='tool_name', **options)\nasync def handler(first, /, second: Kind = default, *rest: Item, third=None, **extra) -> Result:\n    '''Documentation'''\n    return first[second.attribute:third](rest, key=extra)\n",
    "class Thing(Base, Generic[Param], metaclass=Meta):\n    member: Kind = factory(option='value')\n    other = member\n    def method(self, argument):\n        self.state = argument\n        return super().method(argument)\n",
    "try:\n    first()\nexcept (Error, module.Other) as problem:\n    raise Wrapped('message') from problem\nelse:\n    second()\nfinally:\n    third()\n",
    "with opened(path) as handle, lock, other as (left, self.right):\n    handle.write(data)\n",
    "match subject:\n    case Shape(width, height=tall) | [first, *others] if test(width):\n        use(tall)\n    case {'key': value, **remaining} as whole:\n        use(remaining)\n    case Color.RED:\n        pass\n",
    "text = 'literal' f'{first}middle{second!r:>{width}}' + third % fourth\n",
    "text = 'a %s b %(named)s' % {'named': value, **spread}\nother = '{} {slot}'.format(first, second, slot=third)\n",
    "result = [item for item in items if check(item) for deep in item]\nmapping = {key: value for key, value in pairs}\n",
    "value = (found := search(query)) if condition else fallback or not missing\n",
    "chain = low < middle <= high != last not in container is nothing\n",
    "for index, (name, *tail) in enumerate(names, start=offset):\n    del tail[index], name.field\nelse:\n    finish()\n",
    "first = second.attribute = third[index] = lambda parameter, *rest, named=default: parameter + rest\n",
    "alias: Annotated[list[Element], Field(description='what')] | None = None\nliteral: Literal['yes', 'no']\nquoted: 'pkg.Thing[Inner]'\n",
    "def outer():\n    global counter\n    counter += amount\n    while condition: yield produced\n    assert checked, explained\n    print >>stream, shown\n",
];

/// Words that the IR says in another way.
const SAID_OTHERWISE: [&str; 6] = ["self", "super", "format", "slot", "Annotated", "Literal"];

fn tokens(text: &str) -> BTreeSet<String> {
    let tree = super::super::parse::parse(text.as_bytes()).unwrap();
    let mut found = BTreeSet::new();
    let mut stack = vec![tree.root_node()];
    while let Some(node) = stack.pop() {
        let token = text.get(node.byte_range()).unwrap();
        if matches!(node.kind(), "identifier" | "string_content") {
            let words = token.split(|c: char| !c.is_alphanumeric() && c != '_');
            found.extend(words.filter(|word| word.len() > 1).map(str::to_owned));
        }
        stack.extend((0..node.child_count()).filter_map(|index| node.child(index)));
    }
    found
}

#[test]
fn no_name_and_no_text_is_lost() {
    for snippet in SNIPPETS {
        let module = lower(snippet);
        assert_eq!(module.gaps, [], "{snippet}");
        let printed = dump::dump(&module);
        let words: BTreeSet<_> = printed.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let globals: Vec<_> = module.functions.iter().flat_map(|function| &function.globals).collect();
        for token in tokens(snippet) {
            let known = words.contains(token.as_str())
                || SAID_OTHERWISE.contains(&token.as_str())
                || globals.iter().any(|name| **name == *token.as_str());
            assert!(known, "{token:?} is lost from\n{snippet}\n{printed}");
        }
    }
}

/// Walks everything the way later stages do.
fn walk_all(module: &Module) -> usize {
    let mut count = 0;
    for function in &module.functions {
        walk::exprs_of_block(&function.body, &mut |id| {
            walk::descend(module, id, &mut |id| {
                assert!(module.expr(id).span.start <= module.expr(id).span.end);
                count += 1;
            });
        });
    }
    count
}

#[test]
fn truncated_and_mutated_text_does_no_harm() {
    for snippet in SNIPPETS {
        for end in 0..snippet.len() {
            walk_all(&lower(&snippet[..end]));
        }
        for (at, byte) in (0..snippet.len()).zip(b"([{}])'\"\\\n:%\xE9 ".iter().cycle()) {
            let mut text = snippet.to_owned();
            text.replace_range(at..=at, &char::from(*byte).to_string());
            walk_all(&lower(&text));
            text.remove(at);
            walk_all(&lower(&text));
        }
    }
}

fn on_a_small_stack(text: String) -> usize {
    let work = move || {
        let module = lower(&text);
        assert!(dump::dump(&module).len() < 20 * text.len() + 10_000);
        walk_all(&module)
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn deep_nesting_is_cut() {
    let n = 20_000;
    let around = |open: &str, inner: &str, close: &str| format!("x = {}{inner}{}\n", open.repeat(n), close.repeat(n));
    let texts = [
        around("(", "a", ")"),
        around("[", "a", "]"),
        around("f(", "a", ")"),
        around("{1:", "a", "}"),
        around("(lambda: ", "a", ")"),
        around("not ", "a", ""),
        around("-", "a", ""),
        around("a if b else ", "c", ""),
        around("f'{", "a", "}'"),
        around("[", "", ""),
        around("", "a", ".b"),
        around("", "a", "()"),
        around("", "a", "*a"),
        around("", "a", " or a"),
        around("", "a", " < a"),
        around("", "'a'", " % a"),
        around("", "'a'", ".format(a)"),
        format!("x: {}a{}\n", "A[".repeat(n), "]".repeat(n)),
        format!("x: '{}a{}'\n", "A[".repeat(n), "]".repeat(n)),
        format!("match x:\n  case {}a{}: pass\n", "[".repeat(n), "]".repeat(n)),
        format!("match x:\n  case {}a: pass\n", "a.".repeat(n)),
        format!("if a: pass\n{}", "elif b: pass\n".repeat(n)),
        (0..2_000)
            .map(|i| format!("{}if a:\n", " ".repeat(i)))
            .collect::<String>()
            + &" ".repeat(2_000)
            + "x\n",
    ];
    for text in texts {
        on_a_small_stack(text);
    }
}

#[test]
fn what_takes_too_long_is_told() {
    let module = lower(&"\\\n".repeat(150_000));
    assert_eq!(module.gaps.len(), 1);
    assert!(module.gaps[0].message.contains("too long"));
    assert_eq!(lower("x = 1\n").gaps, []);
}

#[test]
fn long_chains_stay_flat() {
    let sum = format!("x = {}a\n", "a+".repeat(50_000));
    let module = lower(&sum);
    assert_eq!(module.gaps, []);
    assert_eq!(walk_all(&module), 50_002);
}

#[test]
fn shared_operands_do_not_multiply() {
    let nested =
        |open: &str, inner: &str, close: &str| format!("x = {}{inner}{}\n", open.repeat(100), close.repeat(100));
    assert!(on_a_small_stack(nested("a<(", "b()", ")<c")) < 10_000);
    assert!(on_a_small_stack(nested("'%(a)s%(a)s' % (", "b()", ")")) < 10_000);
    assert!(on_a_small_stack(nested("'{0}{0}'.format(", "b()", ")")) < 10_000);
    let repeated = format!("x = '{}'.format(f({}))\n", "{0}".repeat(5_000), "a,".repeat(5_000));
    assert!(on_a_small_stack(repeated) < 100_000);
}

#[test]
fn a_syntax_error_costs_its_own_statement() {
    let broken = [
        "x = foo(a,",
        "x = [1, {2: (3",
        "x = = a",
        "x = )",
        "x = \"abc",
        "x = f\"{a\"",
        "x = f\"{a",
        "if a",
        "return return",
        "x = {\"a\": [1, 2}",
        "@",
    ];
    for line in broken {
        let text = format!("def f(a):\n    {line}\n    before(a)\n\n@mcp.tool()\ndef g(b):\n    after(b)\n");
        let module = lower(&text);
        let printed = dump::dump(&module);
        assert!(!module.gaps.is_empty(), "{line}");
        assert!(printed.contains("(call after b)"), "{line}\n{printed}");
        assert!(printed.contains("before"), "{line}\n{printed}");
        assert!(printed.contains("g @(decorator mcp.tool)"), "{line}\n{printed}");
    }
}

#[test]
fn gaps_stand_in_order() {
    let module = lower("x = )\ny = (\ndef f(): pass\nz = = 1\n");
    assert!(module.gaps.len() >= 3, "{:?}", module.gaps);
    assert!(module.gaps.is_sorted_by_key(|gap| gap.span));
}
