//! The steps of the GitHub action, in the environment that GitHub's runner gives them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../binary/mod.rs"]
mod binary;
#[path = "../outside/mod.rs"]
mod outside;
mod runner;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use binary::root;
use outside::git;
use runner::{Runner, Step, executable, sarif};

const FLAW: &str = "import subprocess\n\nfrom mcp.server.fastmcp import FastMCP\n\nmcp = FastMCP(\"x\")\n\n\n@mcp.tool()\ndef ping(host: str) -> str:\n    return subprocess.run(f\"ping {host}\", shell=True, text=True).stdout\n";

#[test]
fn a_push_with_a_flaw_is_red_everywhere() {
    let mut runner = Runner::new();
    git(&runner.workspace(), &["init", "-q"]);
    runner.write("server dir/server.py", FLAW);
    runner.set("INPUT_PATHS", "server dir");
    let step = runner.step("run.sh");
    assert_eq!(step.code, Some(0), "{}", step.out);
    assert_eq!((step.output("exit-code"), step.output("upload")), ("1", "true"));
    assert!(step.out.contains("critical[command-injection]"), "{}", step.out);
    let commands = step.commands();
    assert_eq!(commands.len(), 1, "{commands:?}");
    // Relative to the repository, although its folder was scanned.
    assert!(
        commands[0].starts_with("::error file=server dir/server.py,line=10,"),
        "{commands:?}"
    );
    assert!(
        step.summary.contains("| critical | <code>command-injection</code> |"),
        "{}",
        step.summary
    );
    let document = sarif(&runner);
    let result = &document["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "command-injection");
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "server%20dir/server.py");
    assert_eq!(step.output("sarif-file"), "mcp-lint.sarif");
    runner.set("EXIT_CODE", step.output("exit-code"));
    assert_eq!(runner.step("finish.sh").code, Some(1));
}

#[test]
fn a_push_without_a_flaw_is_green() {
    let mut runner = Runner::new();
    runner.write("clean.py", "x = 1\n");
    let step = runner.step("run.sh");
    assert_eq!((step.code, step.output("exit-code")), (Some(0), "0"), "{}", step.out);
    assert!(step.commands().is_empty());
    assert!(step.summary.contains("0 findings"));
    assert_eq!(sarif(&runner)["runs"][0]["results"], json!([]));
    runner.set("EXIT_CODE", "0");
    assert_eq!(runner.step("finish.sh").code, Some(0));
}

#[test]
fn nothing_to_analyse_and_wrong_inputs_are_told_and_close_no_alerts() {
    let mut runner = Runner::new();
    let step = runner.step("run.sh");
    assert_eq!((step.output("exit-code"), step.output("upload")), ("3", "false"));
    assert!(step.commands()[0].starts_with("::error title=mcp-lint::nothing to analyse"));
    runner.write("clean.py", "x = 1\n");
    runner.set("INPUT_ARGS", "--select no-such-rule");
    let step = runner.step("run.sh");
    assert_eq!((step.output("exit-code"), step.output("upload")), ("2", "false"));
    assert!(step.out.contains("unknown rule `no-such-rule`"));
    assert!(step.summary.contains("Could not do its work"));
    runner.set("EXIT_CODE", "2");
    assert_eq!(runner.step("finish.sh").code, Some(2));
}

/// A repository with a pull request: `main` and a branch, and the merge of both as GitHub makes it. Returns the ids of the base
/// and of the merge.
fn forge(folder: &Path) -> (String, String) {
    git(folder, &["init", "-q"]);
    fs::write(folder.join("old.py"), FLAW).unwrap();
    for number in 0..3 {
        fs::write(folder.join("clean.py"), format!("x = {number}\n")).unwrap();
        git(folder, &["add", "."]);
        git(folder, &["commit", "-qm", "on main"]);
    }
    git(folder, &["checkout", "-qb", "change", "HEAD~1"]);
    fs::write(folder.join("server.py"), FLAW).unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "a change"]);
    git(folder, &["checkout", "-q", "--detach", "main"]);
    git(folder, &["merge", "-q", "--no-ff", "-m", "the merge", "change"]);
    git(folder, &["branch", "merge"]);
    (git(folder, &["rev-parse", "main"]), git(folder, &["rev-parse", "HEAD"]))
}

#[test]
fn a_pull_request_is_compared_with_what_it_merges_into() {
    for (branch, depth) in [
        ("merge", Some("1")),
        ("merge", None),
        ("change", Some("1")),
        ("change", None),
    ] {
        let mut runner = Runner::new();
        runner.stub();
        let origin = runner.path("origin");
        fs::create_dir(&origin).unwrap();
        let (base, merge) = forge(&origin);
        let mut clone = vec!["clone", "-q", "--branch", branch, "--single-branch"];
        clone.extend(depth.map(|depth| ["--depth", depth]).into_iter().flatten());
        let url = format!("file://{}", origin.display());
        clone.extend([url.as_str(), "workspace"]);
        fs::remove_dir(runner.workspace()).unwrap();
        git(runner.folder.path(), &clone);
        runner.pull_request(&base, "owner/project");
        runner.set("GITHUB_SHA", merge);
        let step = runner.step("run.sh");
        assert_eq!(step.code, Some(0), "{}", step.out);
        let wanted = format!("--diff={base}");
        assert!(
            runner.recorded().contains(&wanted),
            "{branch}, {depth:?}: {:?}\n{}",
            runner.recorded(),
            step.out
        );
        assert_eq!(step.output("upload"), "true");
        // There is something to compare with.
        git(&runner.workspace(), &["merge-base", &base, "HEAD"]);
    }
}

#[test]
fn a_pull_request_hears_of_its_own_flaws() {
    let mut runner = Runner::new();
    let origin = runner.path("origin");
    fs::create_dir(&origin).unwrap();
    let (base, merge) = forge(&origin);
    let url = format!("file://{}", origin.display());
    fs::remove_dir(runner.workspace()).unwrap();
    let clone = ["clone", "-q", "--branch", "merge", "--depth", "1", &url, "workspace"];
    git(runner.folder.path(), &clone);
    runner.pull_request(&base, "owner/project");
    runner.set("GITHUB_SHA", merge);
    let step = runner.step("run.sh");
    assert_eq!(
        (step.output("exit-code"), step.output("upload")),
        ("1", "true"),
        "{}",
        step.out
    );
    let commands = step.commands();
    assert_eq!(commands.len(), 1, "{commands:?}");
    assert!(
        commands[0].starts_with("::error file=server.py,line=10,"),
        "{commands:?}"
    );
    assert!(step.summary.contains("1 outside of the change"), "{}", step.summary);
    assert_eq!(sarif(&runner)["runs"][0]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn a_merge_queue_is_compared_with_what_it_merges_into() {
    let mut runner = Runner::new();
    let (base, merge) = forge(&runner.workspace());
    runner.event(
        "merge_group",
        &json!({"merge_group": {"base_sha": base, "head_sha": merge}}),
    );
    runner.set("GITHUB_SHA", merge);
    let step = runner.step("run.sh");
    assert_eq!(step.output("exit-code"), "1", "{}", step.out);
    assert_eq!(step.commands().len(), 1, "{}", step.out);
    assert!(step.summary.contains("1 outside of the change"), "{}", step.summary);
}

/// A pull request can put links into the checkout.
#[test]
fn nothing_is_written_through_links_of_the_checkout() {
    for (link, file) in [("mcp-lint.sarif", "mcp-lint.sarif"), ("out", "out/mcp-lint.sarif")] {
        let mut runner = Runner::new();
        runner.write("clean.py", "x = 1\n");
        let target = runner.path("target");
        match link {
            "out" => fs::create_dir(&target).unwrap(),
            _ => fs::write(&target, "theirs").unwrap(),
        }
        std::os::unix::fs::symlink(&target, runner.workspace().join(link)).unwrap();
        runner.set("INPUT_SARIF_FILE", file);
        let step = runner.step("run.sh");
        assert_eq!(step.code, Some(2), "{}", step.out);
        assert!(step.commands()[0].contains("nothing is written there"), "{}", step.out);
        match link {
            "out" => assert!(fs::read_dir(&target).unwrap().next().is_none()),
            _ => assert_eq!(fs::read_to_string(&target).unwrap(), "theirs"),
        }
    }
}

#[test]
fn a_base_that_cannot_be_had_hides_nothing() {
    let mut runner = Runner::new();
    runner.stub();
    git(&runner.workspace(), &["init", "-q"]);
    runner.write("clean.py", "x = 1\n");
    git(&runner.workspace(), &["add", "."]);
    git(&runner.workspace(), &["commit", "-qm", "one"]);
    let head = git(&runner.workspace(), &["rev-parse", "HEAD"]);
    for base in [
        "0123456789012345678901234567890123456789",
        head.as_str(),
        "--upload-pack=touch pwned",
    ] {
        runner.pull_request(base, "owner/project");
        let step = runner.step("run.sh");
        assert_eq!(step.code, Some(0), "{}", step.out);
        assert!(!runner.recorded().iter().any(|one| one.starts_with("--diff")), "{base}");
        assert!(step.commands()[0].contains("everything is told"), "{}", step.out);
        assert!(!runner.workspace().join("pwned").exists());
    }
    runner.set("INPUT_DIFF", "false");
    assert!(runner.step("run.sh").commands().is_empty());
    runner.set("INPUT_DIFF", "v1.0");
    runner.step("run.sh");
    assert!(runner.recorded().contains(&"--diff=v1.0".to_owned()));
}

#[test]
fn a_fork_may_not_upload_and_is_annotated_all_the_same() {
    let mut runner = Runner::new();
    runner.write("server.py", FLAW);
    runner.pull_request("", "somebody/project");
    let step = runner.step("run.sh");
    assert_eq!((step.output("exit-code"), step.output("upload")), ("1", "false"));
    assert!(
        step.commands()
            .iter()
            .any(|line| line.starts_with("::error file=server.py,")),
        "{}",
        step.out
    );
    assert!(step.commands().iter().any(|line| line.contains("from forks may not")));
    runner.set("INPUT_UPLOAD", "true");
    assert_eq!(runner.step("run.sh").output("upload"), "true");
    runner.set("INPUT_UPLOAD", "maybe");
    assert_eq!(runner.step("run.sh").code, Some(2));
}

/// Values that would do something if a shell, the runner or a command line took them for more than text.
const HOSTILE: &[&str] = &[
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned #",
    "' ; touch pwned ; '",
    "\" ; touch pwned ; \"",
    "--output=text=elsewhere",
    "-x",
    "* ? [a-z] ~ {a,b}",
    "$HOME ${PATH}",
    "a\n::error::forged\nupload<<x\ntrue\nx",
    "\r\n::add-mask::x",
    "surface",
    "é 工具 \u{202E}",
];

#[test]
fn hostile_inputs_stay_text() {
    for value in HOSTILE {
        for input in [
            "PATHS",
            "ARGS",
            "CONFIG",
            "BASELINE",
            "DIFF",
            "FAIL_ON",
            "TIER",
            "SARIF_FILE",
            "UPLOAD",
            "VERSION",
        ] {
            let mut runner = Runner::new();
            runner.stub();
            runner.set(&format!("INPUT_{input}"), *value);
            let script = if input == "VERSION" { "plan.sh" } else { "run.sh" };
            let step = runner.step(script);
            let about = format!("{input}={value:?}: {}", step.out);
            assert!(!runner.workspace().join("pwned").exists(), "{about}");
            assert!(
                step.commands().iter().all(|line| line.contains(" title=mcp-lint::")),
                "{about}"
            );
            let outputs: Vec<&str> = step.outputs.keys().map(String::as_str).collect();
            let known = ["exit-code", "sarif-file", "upload", "how", "folder", "key"];
            assert!(outputs.iter().all(|name| known.contains(name)), "{about}");
            let args = runner.recorded();
            let option = |name: &str| args.contains(&format!("{name}={value}"));
            let is_line = !value.contains(['\n', '\r']);
            match input {
                "PATHS" => {
                    let end = args.iter().position(|one| one == "--").unwrap();
                    let lines = value.lines().filter(|line| !line.is_empty());
                    let expected: Vec<String> = lines.map(|line| format!("./{line}")).collect();
                    assert_eq!(args[end + 1..], expected, "{about}");
                }
                "ARGS" => {
                    let words: Vec<&str> = value.split_ascii_whitespace().collect();
                    let end = args.iter().position(|one| one == "--").unwrap();
                    assert_eq!(args[end - words.len()..end], words, "{about}");
                }
                "UPLOAD" | "VERSION" => assert_eq!(step.code, Some(2), "{about}"),
                _ if !is_line => assert!(args.is_empty() && step.code == Some(2), "{about}"),
                "CONFIG" => assert!(option("--config"), "{about}"),
                "BASELINE" => assert!(option("--baseline"), "{about}"),
                "DIFF" => assert!(option("--diff"), "{about}"),
                "FAIL_ON" => assert!(option("--fail-on"), "{about}"),
                "TIER" => assert!(option("--tier"), "{about}"),
                _ => {
                    assert!(option("--output=sarif"), "{about}");
                    assert_eq!(step.output("sarif-file"), *value, "{about}");
                }
            }
        }
    }
}

/// Source that tries to speak to the runner from inside a report.
#[test]
fn what_is_scanned_gives_the_runner_no_commands() {
    let runner = Runner::new();
    let forged = "  # ##[add-mask]x ::error::y\n    ::error::z\n";
    runner.write(
        "server.py",
        &FLAW.replace("    return", &format!("    \"\"\"{forged}\"\"\"\n    return")),
    );
    runner.write("::error::forged.py", FLAW);
    let step = runner.step("run.sh");
    assert_eq!(step.output("exit-code"), "1", "{}", step.out);
    for line in step.commands() {
        assert!(line.starts_with("::error file="), "{line}");
    }
    // Without the action the program itself sees to it, in a log of GitHub's.
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-lint"));
    let plain = command
        .env("GITHUB_ACTIONS", "true")
        .current_dir(runner.workspace())
        .output()
        .unwrap();
    let plain = String::from_utf8(plain.stdout).unwrap();
    assert!(
        !plain.contains("##[") && !plain.lines().any(|line| line.trim_start().starts_with("::")),
        "{plain}"
    );
}

/// A release as `.ci/package` makes it, in a folder that stands for GitHub.
fn release(runner: &mut Runner, tag: &str) -> PathBuf {
    runner.stub();
    let server = runner.path("github");
    let folder = server.join("owner/mcp-lint/releases/download").join(tag);
    let binary = runner.path("mcp-lint");
    executable(&binary, "#!/bin/sh\necho released\n");
    let pack = |args: &[&str]| {
        let output = Command::new("bash")
            .arg(root().join(".ci/package"))
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let (binary, out) = (binary.to_str().unwrap(), folder.to_str().unwrap());
    pack(&[tag, "x86_64-unknown-linux-gnu", binary, out]);
    pack(&["--sums", out]);
    runner.set("GITHUB_SERVER_URL", format!("file://{}", server.display()));
    runner.set("ACTION_REPOSITORY", "owner/mcp-lint");
    folder
}

fn install(runner: &mut Runner, plan: &Step) -> Step {
    for name in ["how", "folder", "archive", "checksums"] {
        runner.set(&format!("PLAN_{}", name.to_uppercase()), plan.output(name));
    }
    runner.step("install.sh")
}

#[test]
fn a_release_is_installed_if_its_checksum_is_right() {
    let mut runner = Runner::new();
    let folder = release(&mut runner, "v1.2.3");
    for (version, reference) in [("", "v1.2.3"), ("1.2.3", "main"), ("v1.2.3", "")] {
        runner.set("INPUT_VERSION", version);
        runner.set("ACTION_REF", reference);
        let plan = runner.step("plan.sh");
        assert_eq!((plan.code, plan.output("how")), (Some(0), "release"), "{}", plan.out);
        let installed = install(&mut runner, &plan);
        assert_eq!(installed.code, Some(0), "{}", installed.out);
        assert!(installed.out.contains("released"));
        assert!(Path::new(installed.output("program")).is_file());
    }
    let plan = runner.step("plan.sh");
    fs::remove_dir_all(runner.path("temp/mcp-lint")).unwrap();
    let archive = folder.join("mcp-lint-v1.2.3-x86_64-unknown-linux-gnu.tar.gz");
    fs::write(&archive, b"something else").unwrap();
    let installed = install(&mut runner, &plan);
    assert_eq!(installed.code, Some(2));
    assert!(installed.commands()[0].contains("the checksum of"), "{}", installed.out);
    assert!(!runner.path("temp/mcp-lint").exists());
}

#[test]
fn without_a_release_it_is_built_once() {
    let mut runner = Runner::new();
    release(&mut runner, "v1.2.3");
    // A version that was asked for is no suggestion.
    runner.set("INPUT_VERSION", "v9.9.9");
    let plan = runner.step("plan.sh");
    assert_eq!(plan.code, Some(2));
    assert!(
        plan.commands()[0].contains("there is no release v9.9.9"),
        "{}",
        plan.out
    );

    for (version, reference, repository) in [
        ("source", "v1.2.3", "owner/mcp-lint"),
        ("", "main", "owner/mcp-lint"),
        ("", "v9.9.9", "owner/mcp-lint"),
        ("", "", ""),
    ] {
        runner.set("INPUT_VERSION", version);
        runner.set("ACTION_REF", reference);
        runner.set("ACTION_REPOSITORY", repository);
        let plan = runner.step("plan.sh");
        assert_eq!((plan.code, plan.output("how")), (Some(0), "build"), "{}", plan.out);
        let key = plan.output("key");
        assert!(key.starts_with("mcp-lint-Linux-X64-") && key.len() == 19 + 64, "{key}");
    }
    let plan = runner.step("plan.sh");
    fs::create_dir(runner.path("bin")).unwrap();
    let cargo = "#!/bin/sh\necho \"cargo $*\"\nwhile [ \"$1\" != --target-dir ]; do shift; done\nmkdir -p \"$2/release\"\n\
                 printf '#!/bin/sh\\necho built\\n' >\"$2/release/mcp-lint\"; chmod +x \"$2/release/mcp-lint\"\n";
    executable(&runner.path("bin/cargo"), cargo);
    let path = format!("{}:{}", runner.path("bin").display(), runner.env["PATH"]);
    runner.set("PATH", path);
    let first = install(&mut runner, &plan);
    assert_eq!(first.code, Some(0), "{}", first.out);
    assert!(
        first.out.contains("cargo build --release --locked") && first.out.contains("built"),
        "{}",
        first.out
    );
    // What the cache brought back is not built again.
    let second = install(&mut runner, &plan);
    assert!(
        !second.out.contains("cargo build") && second.out.contains("built"),
        "{}",
        second.out
    );
}

/// No input is put into a script, and nothing of others can change under its name.
#[test]
fn the_action_hands_inputs_over_by_the_environment_and_pins_what_it_uses() {
    for file in [
        "action.yml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
    ] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for line in text.lines().map(str::trim_start) {
            let line = line.strip_prefix("- ").unwrap_or(line);
            if let Some(script) = line.strip_prefix("run:") {
                assert!(!script.contains("${{"), "{file}: {line}");
                assert!(
                    !script.trim().starts_with(['|', '>']),
                    "{file}: scripts of several lines are files"
                );
            }
            if let Some(used) = line
                .strip_prefix("uses:")
                .map(str::trim)
                .filter(|used| !used.starts_with("./"))
            {
                let (_, commit) = used.split_once('@').unwrap();
                let (id, version) = commit.split_once(" # v").unwrap();
                assert!(
                    id.len() == 40 && id.chars().all(|c| c.is_ascii_hexdigit()),
                    "{file}: {used}"
                );
                assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{file}: {used}");
            }
        }
    }
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let (inputs, rest) = action
        .split_once("\ninputs:\n")
        .unwrap()
        .1
        .split_once("\noutputs:\n")
        .unwrap();
    for line in inputs.lines() {
        let name = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'));
        if let Some(name) = name.filter(|name| !name.starts_with(' ')) {
            assert!(
                rest.contains(&format!("${{{{ inputs.{name} }}}}")),
                "{name} is handed over"
            );
        }
    }
}
