use super::super::Content;
use super::*;

#[test]
fn json_as_people_write_it() {
    assert_eq!(
        whole(
            Syntax::Json,
            "# a list\n{ // of\n \"a\": [1, -2.5e3, true, null,], /* x */ 'b': {c: \"d\\n\\u00e9\"},\n}\n"
        ),
        "{a: [1, -2.5e3, true, null], b: {c: \"d\\né\"}}"
    );
    assert_eq!(whole(Syntax::Json, ""), "");
    assert_eq!(whole(Syntax::Json, "\"a\""), "\"a\"");
    assert_eq!(whole(Syntax::Json, "{\"a\": 1, \"a\": 2}"), "{a: 1, a: 2}");
    assert_eq!(
        whole(Syntax::Json, "{\"//\": \"http://x\", \"null\": null}"),
        "{//: \"http://x\", null: null}"
    );
}

#[test]
fn json_half_broken_yields_the_rest() {
    let (read, gaps) = broken(
        Syntax::Json,
        "{\"a\": ..., \"b\": 2, \"c\": <your key>,\n\"d\": \"open,\n\"e\": 5}",
    );
    assert_eq!(read, "{a: null, b: 2, c: null, d: \"open\", e: 5}");
    assert_eq!(
        gaps,
        [
            "...: not valid JSON: not understood",
            ",: not valid JSON: a key without a value",
            "<your key>: not valid JSON: not understood",
            ",: not valid JSON: a key without a value",
            "\"open,: not valid JSON: a text that its line does not close",
        ]
    );
    let (read, gaps) = broken(Syntax::Json, "{\"a\": [1, {\"b\": 2, \"c\"");
    assert_eq!(read, "{a: [1, {b: 2, c: null}]}");
    assert_eq!(gaps, ["{: not valid JSON: not closed"]);
    let (read, gaps) = broken(Syntax::Json, "{\"a\": [1, 2}, \"b\": 3}");
    assert_eq!(read, "{a: [1, 2]}");
    assert_eq!(
        gaps,
        [
            "}: not valid JSON: a bracket that closes another one",
            "\"b\": not valid JSON: text after the value"
        ]
    );
    assert_eq!(broken(Syntax::Json, "../AGENTS.md").0, "");
    assert_eq!(broken(Syntax::Json, "\"a\": 1").1.len(), 2);
}

#[test]
fn spans_hold_keys_and_values() {
    let text = "{ \"servers\": { \"a b\": { \"args\": [\"x\", 'y'] } } }";
    let document = Document::parse(Syntax::Json, text);
    let root = document.root().unwrap();
    let args = root.path(&["servers", "a b", "args"]).unwrap();
    assert_eq!(text.get(args.span.range()), Some("[\"x\", 'y']"));
    assert_eq!(text.get(args.items()[1].span.range()), Some("'y'"));
    let (key, _) = root.get("servers").unwrap().entry("a b").unwrap();
    assert_eq!(text.get(key.span.range()), Some("\"a b\""));
    assert_eq!(args.items()[0].as_str(), Some("x"));
    let keys: Vec<_> = root.scalars().map(|scalar| scalar.key.unwrap().text.as_str()).collect();
    assert_eq!(keys, ["args", "args"]);
}

#[test]
fn toml_in_all_its_forms() {
    assert_eq!(
        whole(
            Syntax::Toml,
            "top = 1\na.b.c = 'x'\n[servers.\"my one\"]\ncommand = \"npx\"\nargs = [\n  \"-y\", # c\n  \"pkg\",\n]\n\
             env = { A = \"1\", B.C = true }\n[servers.\"my one\".more]\nd = 2024-01-01\n[[list]]\nx = 1\n[[list]]\nx = 2\n[list.sub]\ny = \"\"\"\nm\"\"\"\n"
        ),
        "{top: 1, a: {b: {c: \"x\"}}, servers: {my one: {command: \"npx\", args: [\"-y\", \"pkg\"], \
         env: {A: \"1\", B: {C: true}}, more: {d: 2024-01-01}}}, list: [{x: 1}, {x: 2, sub: {y: \"m\"}}]}"
    );
    let text = "[s.a]\nurl = \"http://x\" # c\n";
    let document = Document::parse(Syntax::Toml, text);
    let (key, url) = document
        .root()
        .unwrap()
        .path(&["s", "a"])
        .unwrap()
        .entry("url")
        .unwrap();
    assert_eq!(text.get(url.span.range()), Some("\"http://x\""));
    assert_eq!(text.get(key.span.range()), Some("url"));
}

#[test]
fn toml_goes_on_after_an_error() {
    let (read, gaps) = broken(Syntax::Toml, "a = \nb = 2\nc = \"x\nd = 4\nb = 3\n[e\nf = 1\n");
    assert!(
        read.contains("b: 2") && read.contains("d: 4") && read.contains("b: 3"),
        "{read}"
    );
    assert!(gaps.len() >= 3, "{gaps:?}");
}

#[test]
fn yaml_with_anchors_merges_and_documents() {
    assert_eq!(
        whole(
            Syntax::Yaml,
            "x: &base\n  image: a:1\n  ports: [\"1:1\", 2:2]\ny:\n  <<: *base\n  image: b\nz: {<<: [*base, {k: v}], n: ~}\n---\n- yes\n- 'true'\n- 1.5\n- |\n  text\n"
        ),
        "{x: {image: \"a:1\", ports: [\"1:1\", \"2:2\"]}, y: {image: \"b\", ports: [\"1:1\", \"2:2\"]}, \
         z: {n: null, image: \"a:1\", ports: [\"1:1\", \"2:2\"], k: \"v\"}}\n[\"yes\", \"true\", 1.5, \"text\\n\"]"
    );
    assert_eq!(
        whole(Syntax::Yaml, "a: !!str 1\nb: !Ref c\nü: é # x\nd: 'é'\n"),
        "{a: \"1\", b: \"c\", ü: \"é\", d: \"é\"}"
    );
    assert_eq!(whole(Syntax::Yaml, "a: 1\na: 2\n"), "{a: 1, a: 2}");
    let text = "ü: é\nd: 'é'\n";
    let document = Document::parse(Syntax::Yaml, text);
    assert_eq!(
        text.get(document.root().unwrap().get("d").unwrap().span.range()),
        Some("'é'")
    );
}

#[test]
fn yaml_of_templates() {
    assert_eq!(
        whole(
            Syntax::Yaml,
            "{{- if .Values.on }}\nimage: \"{{ .Values.image }}:{{ .Values.tag }}\"\nname: {{ include \"x\" . }}-é\n{{- with .a }}\nuser: 0\n{{- end }}\n{{ end }}\n"
        ),
        "{image: \"{{ .Values.image }}:{{ .Values.tag }}\", name: \"{{ include \\\"x\\\" . }}-é\", user: 0}"
    );
    assert_eq!(
        whole(
            Syntax::Yaml,
            "a: {{- }}\nb: {{/* none */}}\nc: {{ \"\" }}\nd: {{ .x }}\ne:\n- {{- if .y }}\n  f: 1\n  {{- end }}\ng: {{ if .z }}5{{ end }}\n"
        ),
        "{a: null, b: null, c: null, d: \"{{ .x }}\", e: [{f: 1}], g: 5}"
    );
    assert_eq!(
        whole(
            Syntax::Yaml,
            "run: echo ${{ secrets.A }}\n{% if x %}\na: 1\n{% endif %}\n"
        ),
        "{run: \"echo ${{ secrets.A }}\", a: 1}"
    );
}

#[test]
fn yaml_half_broken_yields_the_rest() {
    let (read, gaps) = broken(Syntax::Yaml, "a: 1\nb: [1, 2\nc: }\n---\nd: 4\n");
    assert!(read.contains("a: 1") && read.ends_with("{d: 4}"), "{read}");
    assert_eq!(gaps.len(), 1);
    let (read, gaps) = broken(Syntax::Yaml, "a: *none\nb: &me [*me]\n");
    assert_eq!(read, "{a: null, b: [null]}");
    assert_eq!(gaps, ["*none: an alias of no anchor", "*me: an alias of what holds it"]);
}

#[test]
fn environment_files() {
    assert_eq!(
        whole(
            Syntax::Env,
            "# c\nA=1\nexport B = \"two\\nlines\" # c\nC='raw $x'\nD=a#b # c\nE=\nF: yaml\nG=\"first\nsecond\"\nH=x\r\n"
        ),
        "{A: \"1\", B: \"two\\nlines\", C: \"raw $x\", D: \"a#b\", E: \"\", F: \"yaml\", G: \"first\\nsecond\", H: \"x\"}"
    );
    let (read, gaps) = broken(Syntax::Env, "just words\nA='x\nB=2\n");
    assert_eq!(read, "{A: \"'x\", B: \"2\"}");
    assert_eq!(gaps, ["just words: no `NAME=value`", "'x: a quote that is not closed"]);
}

fn nginx(text: &str) -> (String, usize) {
    fn show(directives: &[super::super::Directive]) -> String {
        let all: Vec<String> = directives
            .iter()
            .map(|directive| {
                let arguments: Vec<_> = directive
                    .arguments
                    .iter()
                    .map(|argument| argument.text.as_str())
                    .collect();
                format!(
                    "{}({}){{{}}}",
                    directive.name,
                    arguments.join(","),
                    show(&directive.block)
                )
            })
            .collect();
        all.join(" ")
    }
    let document = Document::parse(Syntax::Nginx, text);
    assert!(matches!(document.content, Content::Nginx(_)));
    (show(document.directives()), document.gaps.len())
}

#[test]
fn nginx_blocks_and_directives() {
    assert_eq!(
        nginx(
            "events {}\nserver { # c\n listen 443 ssl; server_name \"~^\\d{2}$\" 'a b';\n location /${x}/ { proxy_pass http://$up; }\n\
             content_by_lua_block { if x then { y } end }\n}"
        ),
        (
            "events(){} server(){listen(443,ssl){} server_name(~^\\d{2}$,a b){} \
             location(/${x}/){proxy_pass(http://$up){}} content_by_lua_block(){}}"
                .to_owned(),
            0
        )
    );
    assert_eq!(nginx("a b; c { d; e").0, "a(b){} c(){d(){} e(){}}");
    assert_eq!(nginx("a b; c { d; e").1, 2);
    assert_eq!(nginx("} a 'b;"), ("a(b){}".to_owned(), 2));
}
