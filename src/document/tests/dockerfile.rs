use super::super::{Arguments, Dockerfile};
use super::*;

fn read(text: &str) -> Dockerfile {
    let document = Document::parse(Syntax::Dockerfile, text);
    assert_eq!(document.gaps, [], "{text}");
    document.dockerfile().unwrap().clone()
}

#[test]
fn stages_with_names_and_variables() {
    let text = "# syntax=docker/dockerfile:1\nARG TAG=22\nFROM --platform=linux/amd64 node:${TAG}-alpine AS build\nARG TAG\nARG USER_ID\nENV A=\"$TAG x\" B=y\\ z\nUSER $USER_ID:${GID:-7}\n\
                FROM Build\nUSER $A\nENV C it is $B\nWORKDIR '/a $B'\nUSER \\$A\n";
    let file = read(text);
    assert_eq!(file.before[0].pairs()[0].0.text, "TAG");
    let [build, last] = file.stages.as_slice() else {
        panic!("{file:?}");
    };
    assert_eq!((build.image.text.as_str(), build.parent), ("node:22-alpine", None));
    assert_eq!(build.name.as_ref().unwrap().text, "build");
    assert_eq!(
        build.from.flag("platform").unwrap().value.as_deref(),
        Some("linux/amd64")
    );
    let pairs: Vec<_> = build.instructions[2]
        .pairs()
        .iter()
        .map(|(name, value)| (name.text.as_str(), value.as_ref().unwrap().text.as_str()))
        .collect();
    assert_eq!(pairs, [("A", "22 x"), ("B", "y z")]);
    assert_eq!(build.instructions[3].words()[0].text, "$USER_ID:7");
    assert_eq!(last.parent, Some(0));
    assert_eq!(last.instructions[0].words()[0].text, "22 x");
    assert_eq!(last.instructions[1].pairs()[0].1.as_ref().unwrap().text, "it is y z");
    assert_eq!(last.instructions[2].words()[0].text, "/a $B");
    assert_eq!(last.instructions[3].words()[0].text, "$A");
    assert_eq!(text.get(build.image.span.range()), Some("node:${TAG}-alpine"));
}

#[test]
fn a_stage_knows_what_comes_before_the_first_only_if_it_asks() {
    let file = read("ARG A=1\nFROM x\nUSER $A\nARG A\nUSER $A\nARG A=2\nUSER $A\nFROM y:$A\n");
    let users: Vec<_> = file.stages[0]
        .instructions
        .iter()
        .filter(|instruction| instruction.keyword == "USER")
        .map(|instruction| instruction.words()[0].text.as_str())
        .collect();
    assert_eq!(users, ["$A", "1", "2"]);
    assert_eq!(file.stages[1].image.text, "y:1");
}

#[test]
fn lines_that_continue() {
    let text = "FROM a\nRUN apt-get update \\\n  # why\n\n  && curl x \\  \n  | sh\ncmd [\"a\", \"b c\"]\n";
    let file = read(text);
    let [run, cmd] = file.stages[0].instructions.as_slice() else {
        panic!("{file:?}");
    };
    assert_eq!(run.arguments, Arguments::Shell);
    assert_eq!(run.text, "apt-get update   && curl x   | sh");
    let at = run.text.find("curl").unwrap();
    assert_eq!(text.get(run.span_of(at..at + 6).range()), Some("curl x"));
    assert_eq!(text.get(run.span_of(0..3).range()), Some("apt"));
    assert_eq!(cmd.keyword, "CMD");
    let words: Vec<_> = cmd.words().iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["a", "b c"]);
    assert_eq!(text.get(cmd.words()[1].span.range()), Some("\"b c\""));
    let file = read("# escape=`\nFROM a\nRUN dir `\n C:\\\n");
    assert_eq!(file.stages[0].instructions[0].text, "dir  C:\\");
}

#[test]
fn here_documents() {
    let text = "FROM a\nRUN <<EOF\nfirst\nUSER root\nEOF\nCOPY <<-\"X\" <<Y /a/\n\tx\n\tX\ny\nY\nRUN echo $((1 <<2))\nUSER b\n";
    let document = Document::parse(Syntax::Dockerfile, text);
    let file = document.dockerfile().unwrap();
    let keywords: Vec<_> = file.stages[0]
        .instructions
        .iter()
        .map(|one| one.keyword.as_str())
        .collect();
    assert_eq!(keywords, ["RUN", "COPY", "RUN", "USER"]);
    assert_eq!(file.stages[0].instructions[0].heredocs[0].text, "first\nUSER root\n");
    let copied: Vec<_> = file.stages[0].instructions[1]
        .heredocs
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(copied, ["\tx\n", "y\n"]);
    assert_eq!(document.gaps, []);
}

#[test]
fn what_is_no_instruction_is_told() {
    let text = "FROM a\nRUM x\nRUN <<EOF\nUSER b\n";
    let document = Document::parse(Syntax::Dockerfile, text);
    let gaps: Vec<_> = document
        .gaps
        .iter()
        .map(|gap| (text.get(gap.span.range()).unwrap(), gap.message.as_str()))
        .collect();
    assert_eq!(
        gaps,
        [
            ("RUM", "not an instruction of a Dockerfile"),
            ("RUN <<EOF", "a here-document without its `EOF`")
        ]
    );
    assert_eq!(
        document.dockerfile().unwrap().stages[0].instructions[1].words()[0].text,
        "b"
    );
}
