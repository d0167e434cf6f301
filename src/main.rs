//! The `mcp-lint` binary: arguments in, report out.

mod cli;
mod output;
mod progress;

use std::io;
use std::panic;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory as _, Parser as _};
use mcp_lint::config::Config;
use mcp_lint::finding::{Report, RuleMeta, Severity};
use mcp_lint::report::{
    Format, Style, closing_line, page, render, rules_json, rules_text, surface_json, surface_text, warnings,
};
use mcp_lint::rules;
use mcp_lint::workspace::Progress;

use cli::{Cli, Command, Input, Lint, ListFormat};
use output::{show, stdout_style, tell, to_file, to_stdout};
use progress::Spinner;

/// How a run ends; the numbers are a promise to scripts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Exit {
    Clean = 0,
    Findings = 1,
    Error = 2,
    Nothing = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            let _ = usage.print();
            let exit = if usage.use_stderr() { Exit::Error } else { Exit::Clean };
            return exit.into();
        }
    };
    match panic::catch_unwind(|| run(cli)) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(message)) => {
            tell(&format!("error: {message}"));
            Exit::Error.into()
        }
        Err(_) => {
            tell("error: mcp-lint itself failed; this is a bug in it, please report it with the lines above");
            Exit::Error.into()
        }
    }
}

fn run(cli: Cli) -> Result<Exit, String> {
    match cli.command {
        None => lint(&cli.lint),
        Some(Command::Explain { rule }) => explain(&rule),
        Some(Command::Rules { format }) => {
            let written = match format {
                ListFormat::Text => show(&rules_text(rules::all())),
                ListFormat::Json => to_stdout(&rules_json(rules::all())),
            };
            printed(written)?;
            Ok(Exit::Clean)
        }
        Some(Command::Surface { format, input }) => surface(format, &input),
    }
}

fn lint(args: &Lint) -> Result<Exit, String> {
    for path in &args.input.paths {
        check_path(path)?;
    }
    for id in args.select.iter().chain(&args.ignore) {
        find_rule(id)?;
    }
    let report = scan(args.config(), args.input.quiet)?;
    for output in &args.output {
        let text = render(output.format, &report, rules::all(), Style::default());
        to_file(&output.path, &text).map_err(|error| {
            format!(
                "cannot write `{}`: {error}; does its folder exist?",
                output.path.display()
            )
        })?;
    }
    let text = render(args.format, &report, rules::all(), stdout_style(args.color));
    printed(match args.format {
        Format::Text | Format::Concise => show(&text),
        _ => to_stdout(&text),
    })?;
    if !args.input.quiet {
        close(&report);
    }
    Ok(exit_of(&report, args.fail_on.threshold()))
}

/// Tells a path that was meant to be a command.
fn check_path(path: &Path) -> Result<(), String> {
    let Some(word) = path.to_str() else {
        return Ok(());
    };
    let commands = Cli::command();
    let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
    if names.contains(&word) {
        return Err(format!(
            "`{word}` is a command, which comes first: `mcp-lint {word} …`; a path of that name is `./{word}`"
        ));
    }
    match names.iter().find(|name| strsim::jaro_winkler(name, word) > 0.85) {
        Some(near) if !path.exists() => Err(format!(
            "no such file or folder: `{word}`; did you mean the command `{near}`?"
        )),
        _ => Ok(()),
    }
}

fn exit_of(report: &Report, lowest: Option<Severity>) -> Exit {
    if report.coverage.files_read == 0 && report.coverage.configs.is_empty() {
        tell("error: nothing to analyse: no TypeScript, JavaScript, Python or Rust file and no known config was found");
        return Exit::Nothing;
    }
    let fails = lowest.is_some_and(|lowest| report.findings.iter().any(|finding| finding.severity >= lowest));
    if fails { Exit::Findings } else { Exit::Clean }
}

fn surface(format: ListFormat, input: &Input) -> Result<Exit, String> {
    let report = scan(input.config(), input.quiet)?;
    printed(match format {
        ListFormat::Text => show(&surface_text(&report, stdout_style(cli::ColorChoice::Never))),
        ListFormat::Json => to_stdout(&surface_json(&report)),
    })?;
    if !input.quiet {
        close(&report);
    }
    Ok(exit_of(&report, None))
}

fn explain(id: &str) -> Result<Exit, String> {
    let style = stdout_style(cli::ColorChoice::Auto);
    printed(show(&page(find_rule(id)?, style)))?;
    Ok(Exit::Clean)
}

fn scan(mut config: Config, quiet: bool) -> Result<Report, String> {
    let progress = Arc::new(Progress::default());
    config.progress = Some(Arc::clone(&progress));
    let spinner = (!quiet).then(|| Spinner::start(progress));
    let report = mcp_lint::scan(&config);
    drop(spinner);
    report.map_err(|error| format!("{error}\nTry `mcp-lint --help`."))
}

fn close(report: &Report) {
    for warning in warnings(report) {
        tell(&format!("warning: {warning}"));
    }
    tell(&closing_line(report));
}

fn printed(written: io::Result<()>) -> Result<(), String> {
    written.map_err(|error| format!("cannot write to standard output: {error}"))
}

fn find_rule(id: &str) -> Result<&'static RuleMeta, String> {
    let rules = rules::all();
    if let Some(rule) = rules.iter().find(|rule| rule.id == id) {
        return Ok(rule);
    }
    let near = rules
        .iter()
        .map(|rule| (strsim::jaro_winkler(id, &rule.id), rule.id.as_str()))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    Err(match near {
        Some((_, near)) => format!("unknown rule `{id}`; did you mean `{near}`?"),
        None => format!("unknown rule `{id}`; `mcp-lint rules` lists them"),
    })
}

#[cfg(test)]
mod tests {
    use mcp_lint::finding::{Confidence, Finding, Location, Tier};
    use mcp_lint::workspace::{FileId, Span};

    use super::*;

    fn report(files: usize, severity: Severity) -> Report {
        let mut report = Report::default();
        report.coverage.files_read = files;
        report.findings.push(Finding {
            rule: "r".to_owned(),
            severity,
            confidence: Confidence::High,
            tier: Tier::Default,
            message: "m".to_owned(),
            primary: Location {
                file: FileId(0),
                span: Span::new(0, 0),
            },
            primary_label: String::new(),
            trace: Vec::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            tool: None,
            parameter: None,
            scope: String::new(),
            fingerprint: String::new(),
        });
        report
    }

    #[test]
    fn the_exit_code_follows_the_threshold() {
        let medium = report(1, Severity::Medium);
        assert_eq!(exit_of(&medium, Some(Severity::Low)), Exit::Findings);
        assert_eq!(exit_of(&medium, Some(Severity::Medium)), Exit::Findings);
        assert_eq!(exit_of(&medium, Some(Severity::High)), Exit::Clean);
        assert_eq!(exit_of(&medium, None), Exit::Clean);
        assert_eq!(exit_of(&report(0, Severity::Low), None), Exit::Nothing);
        assert_eq!(
            [
                Exit::Clean as u8,
                Exit::Findings as u8,
                Exit::Error as u8,
                Exit::Nothing as u8
            ],
            [0, 1, 2, 3]
        );
    }
}
