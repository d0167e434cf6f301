//! Processes: `command-injection`, `argument-injection`, `code-execution-tool`.

use super::{Case, Verdict, taken};
use crate::finding::Severity;

pub(super) fn command(case: &Case<'_>) -> Verdict {
    let by_design =
        case.hit.whole && case.hit.flaws.is_empty() && (is_program_text(case) || runs_things(case) && !case.hit.audit);
    if by_design || is_line_of_commands(case) {
        return execution_tool();
    }
    let verdict = Verdict::new(
        "command-injection",
        Severity::Critical,
        "becomes part of a command run by",
        "a shell, or the choice of program, is in the caller's hands here",
        "start a fixed program with a list of arguments and no shell",
    );
    if case.hit.audit { verdict.audit() } else { verdict }
}

/// Program text that the caller hands over whole is what the tool is for; a module or attribute that the caller names is not.
pub(super) fn code(case: &Case<'_>) -> Option<Verdict> {
    let callee = case.hit.callee.as_str();
    // runs in a page, not in this process
    let in_page = [
        ".evaluate",
        ".evaluateHandle",
        ".addInitScript",
        ".evaluateOnNewDocument",
        ".execute_script",
    ]
    .iter()
    .any(|name| callee.ends_with(name));
    if case.hit.whole && callee.starts_with("*.send") {
        return Some(Verdict {
            verb: "is program text that another program runs when it gets it from",
            label: "sent to be run as it is",
            ..execution_tool()
        });
    }
    let named = matches!(
        callee,
        "getattr"
            | "import"
            | "require"
            | "__import__"
            | "importlib.import_module"
            | "runpy.run_path"
            | "runpy.run_module"
            | "worker_threads.Worker"
            | "libloading::Library::new"
            | "jiti"
    );
    // whoever takes something out means to limit what is left
    let filtered = case.hit.trace.iter().any(|step| {
        matches!(step.kind, crate::flow::StepKind::Through(name) if matches!(name.as_str(), "replace" | "replaceAll" | "sub"))
    });
    let whole = case.hit.whole && case.hit.flaws.is_empty() && !named && !filtered;
    (whole && (in_page || !case.hit.audit)).then(execution_tool)
}

fn execution_tool() -> Verdict {
    Verdict::new(
        "code-execution-tool",
        Severity::Medium,
        "is run as it is by",
        "runs the caller's text",
        "if running arbitrary commands is the purpose, say so in the description, set `destructiveHint`, ask for confirmation and \
         isolate the process; otherwise offer fixed commands",
    )
    .once()
}

pub(super) fn argument(case: &Case<'_>) -> Verdict {
    let verdict = Verdict::new(
        "argument-injection",
        Severity::Medium,
        "may be taken for an option by the program that starts here:",
        "a value that begins with `-` is an option to this program",
        "put `--` before the value, or refuse values that begin with `-`",
    );
    if case.hit.audit { verdict.audit() } else { verdict }
}

/// Whether an argument that is called a command is written to the input of another program.
fn is_line_of_commands(case: &Case<'_>) -> bool {
    case.hit.callee.ends_with(".stdin.write") && is_program_text(case)
}

/// Whether a tool is called after running things.
fn runs_things(case: &Case<'_>) -> bool {
    let name = case.hit.tool.or_else(|| case.entry.and_then(|entry| entry.name));
    name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        [
            "run", "exec", "execute", "shell", "command", "terminal", "bash", "eval", "script",
        ]
        .iter()
        .any(|word| name.split(['_', '-', '.', '/']).any(|part| part == *word))
    })
}

/// Whether an argument is meant to be a command or program text.
pub(super) fn is_program_text(case: &Case<'_>) -> bool {
    // the last part: `input["command"]` of a handler that takes all its arguments as `input`
    let Some(name) = case.origin.path.last().copied().or_else(|| taken(case.hit)) else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    [
        "command",
        "cmd",
        "script",
        "code",
        "shell",
        "commandline",
        "bash",
        "expression",
    ]
    .iter()
    .any(|word| {
        name.split(['_', '-']).any(|part| part == *word) || name.ends_with("command") || name.ends_with("script")
    })
}
