//! The `mcp-lint` binary: arguments in, report out.

mod cli;
mod output;
mod prepare;
mod progress;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::panic;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{CommandFactory as _, Parser as _};
use mcp_lint::config::{self, Config, TEMPLATE};
use mcp_lint::deploy::home::{System, user_configs};
use mcp_lint::finding::baseline::Baseline;
use mcp_lint::finding::{Report, RuleMeta, Severity};
use mcp_lint::report::{
    Format, Style, closing_line, count, files, page, remarks, render, rules_json, rules_text, statistics, surface_json,
    surface_text, warnings,
};
use mcp_lint::rules;
use mcp_lint::workspace::Progress;

use cli::{BaselineArgs, BaselineCommand, Cli, Command, Input, Lint, ListFormat};
use output::{show, stdout_style, tell, to_file, to_stdout};
use prepare::{Prepared, prepare, read_baseline};
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

/// Why a run could not be made, for people.
#[derive(Debug)]
enum Failure {
    /// What is wrong.
    Plain(String),
    /// The same, drawn already.
    Whole(String),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Plain(message)
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
        Ok(Err(failure)) => {
            match failure {
                Failure::Plain(message) => tell(&format!("error: {message}")),
                Failure::Whole(text) => tell(text.trim_end()),
            }
            Exit::Error.into()
        }
        Err(_) => {
            tell("error: mcp-lint itself failed; this is a bug in it, please report it with the lines above");
            Exit::Error.into()
        }
    }
}

fn run(mut cli: Cli) -> Result<Exit, Failure> {
    let inputs = match &mut cli.command {
        None => Some(&mut cli.lint.input),
        Some(Command::Surface { input, .. }) => Some(input),
        Some(_) => None,
    };
    if let Some(input) = inputs.filter(|input| input.user_configs)
        && !find_user_configs(input)?
    {
        tell("error: nothing to analyse: no config of an MCP client was found in its standard place");
        return Ok(Exit::Nothing);
    }
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
        Some(Command::Baseline(BaselineCommand::Write(args))) => baseline_write(&args),
        Some(Command::Baseline(BaselineCommand::Prune(args))) => baseline_prune(&args),
        Some(Command::Init { folder }) => init(&folder),
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "mcp-lint", &mut text);
            print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Clean)
        }
        Some(Command::Man) => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut text)
                .map_err(|error| error.to_string())?;
            print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Clean)
        }
    }
}

/// Names the configs of clients that are there; `false` if there are none.
fn find_user_configs(input: &mut Input) -> Result<bool, Failure> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    let home = home.ok_or_else(|| "the home folder is not known: set HOME".to_owned())?;
    let places = user_configs(&home, System::here());
    input.paths = places.into_iter().filter(|path| path.is_file()).collect();
    Ok(!input.paths.is_empty())
}

fn lint(args: &Lint) -> Result<Exit, Failure> {
    for path in &args.input.paths {
        check_path(path)?;
    }
    for (index, output) in args.output.iter().enumerate() {
        if args.output.iter().take(index).any(|other| other.path == output.path) {
            return Err(format!(
                "two reports go to `{}`: the second would replace the first",
                output.path.display()
            )
            .into());
        }
    }
    let start = Instant::now();
    let prepared = prepare(&args.input, Some(&args.judge))?;
    if args.show_files {
        return show_files(args, &prepared);
    }
    let mut report = scan(&prepared.config, args.input.quiet)?;
    let baseline = match &args.baseline {
        Some(path) => Some(path.clone()),
        None if args.no_baseline => None,
        None => prepared.nearest_baseline(),
    };
    if let Some(path) = baseline {
        let baseline = read_baseline(&path)?;
        let scope = prepared.scope(&path);
        baseline.apply(&mut report, &scope, &config::display(&path));
    }
    if let Some(revision) = &args.diff {
        let spinner = (!args.input.quiet).then(|| Spinner::start(Arc::default()));
        let narrowed = mcp_lint::diff::narrow(&mut report, &prepared.config, revision);
        drop(spinner);
        narrowed.map_err(|error| error.to_string())?;
    }
    report.remarks.sort();
    report.shows_suppressed = args.show_suppressed;
    report.lists_remarks = args.report_unused;
    report.elapsed = start.elapsed();
    for output in &args.output {
        let text = render(output.format, &report, rules::all(), Style::default());
        write(&output.path, &text)?;
    }
    if args.statistics {
        print(&statistics(&report))
    } else {
        let text = render(args.format, &report, rules::all(), stdout_style(args.color));
        match args.format {
            Format::Text | Format::Concise => printed(show(&text)),
            _ => print(&text),
        }
    }?;
    if !args.input.quiet {
        close(&report);
    }
    if args.allow_empty && is_empty(&report) {
        return Ok(Exit::Clean);
    }
    let fail_on = args.fail_on.unwrap_or_else(|| prepared.fail_on());
    Ok(exit_of(&report, fail_on.threshold()))
}

fn show_files(args: &Lint, prepared: &Prepared) -> Result<Exit, Failure> {
    let options = prepared.config.workspace_options();
    let listing = prepared.config.run(|| mcp_lint::workspace::listing(&options));
    let listing = listing.map_err(|error| error.to_string())?;
    print(&files(&listing, prepared.config.include_tests))?;
    if !args.input.quiet {
        tell(&match &prepared.settings {
            Some(settings) => format!("settings from {}", settings.name),
            None => "no configuration file".to_owned(),
        });
    }
    Ok(Exit::Clean)
}

fn baseline_write(args: &BaselineArgs) -> Result<Exit, Failure> {
    let prepared = prepare(&args.input, Some(&args.judge))?;
    let path = args.baseline.clone().unwrap_or_else(|| prepared.baseline_to_write());
    let old = match path.exists() {
        true => Some(read_baseline(&path)?),
        false => None,
    };
    let report = scan(&prepared.config, args.input.quiet)?;
    let scope = prepared.scope(&path);
    let baseline = Baseline::of(&report, old.as_ref(), &scope);
    write(&path, &baseline.text())?;
    if !args.input.quiet {
        close(&report);
        let name = config::display(&path);
        let known = count(baseline.len(), "finding");
        tell(&format!("wrote {name} with {known}; from now on only others are told"));
    }
    Ok(exit_of(&report, None))
}

fn baseline_prune(args: &BaselineArgs) -> Result<Exit, Failure> {
    let prepared = prepare(&args.input, Some(&args.judge))?;
    let found = args.baseline.clone().or_else(|| prepared.nearest_baseline());
    let path = found.ok_or_else(|| "there is no baseline; `mcp-lint baseline write` makes one".to_owned())?;
    let old = read_baseline(&path)?;
    let report = scan(&prepared.config, args.input.quiet)?;
    let scope = prepared.scope(&path);
    let (baseline, gone) = old.pruned(&report, &scope);
    if gone > 0 {
        write(&path, &baseline.text())?;
    }
    if !args.input.quiet {
        let name = config::display(&path);
        tell(&format!("took {gone} out of {name}, {} left", baseline.len()));
    }
    Ok(exit_of(&report, None))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    to_file(path, text).map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "; its folder does not exist",
            _ => "",
        };
        format!("cannot write `{}`: {error}{hint}", path.display()).into()
    })
}

fn init(folder: &Path) -> Result<Exit, Failure> {
    if let Some(name) = config::settings_in(folder) {
        return Err(format!("`{name}` is there already and stays as it is").into());
    }
    let path = folder.join("mcp-lint.toml");
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(TEMPLATE.as_bytes()))
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => format!("`{}` is there already and stays as it is", path.display()),
            _ => format!("cannot write `{}`: {error}", path.display()),
        })?;
    tell(&format!("wrote {}", path.display()));
    Ok(Exit::Clean)
}

/// Tells a path that was meant to be a command.
fn check_path(path: &Path) -> Result<(), Failure> {
    let Some(word) = path.to_str() else {
        return Ok(());
    };
    let commands = Cli::command();
    let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
    if names.contains(&word) {
        return Err(format!(
            "`{word}` is a command, which comes first: `mcp-lint {word} …`; a path of that name is `./{word}`"
        )
        .into());
    }
    match names.iter().find(|name| strsim::jaro_winkler(name, word) > 0.85) {
        Some(near) if !path.exists() => {
            Err(format!("no such file or folder: `{word}`; did you mean the command `{near}`?").into())
        }
        _ => Ok(()),
    }
}

/// Whether there was nothing to analyse. A secret may stand in any text: what was found was there, whatever silences it.
fn is_empty(report: &Report) -> bool {
    let coverage = &report.coverage;
    coverage.files_read == 0 && coverage.configs.is_empty() && report.findings.is_empty() && report.hidden.is_empty()
}

fn exit_of(report: &Report, lowest: Option<Severity>) -> Exit {
    if is_empty(report) {
        tell("error: nothing to analyse: no TypeScript, JavaScript, Python or Rust file and no known config was found");
        return Exit::Nothing;
    }
    let fails = lowest.is_some_and(|lowest| report.findings.iter().any(|finding| finding.severity >= lowest));
    if fails || (report.lists_remarks && !report.remarks.is_empty()) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

fn surface(format: ListFormat, input: &Input) -> Result<Exit, Failure> {
    let report = scan(&prepare(input, None)?.config, input.quiet)?;
    printed(match format {
        ListFormat::Text => show(&surface_text(&report, stdout_style(cli::ColorChoice::Never))),
        ListFormat::Json => to_stdout(&surface_json(&report)),
    })?;
    if !input.quiet {
        for warning in warnings(&report) {
            tell(&format!("warning: {warning}"));
        }
        tell(&closing_line(&report));
    }
    Ok(exit_of(&report, None))
}

fn explain(id: &str) -> Result<Exit, Failure> {
    let style = stdout_style(cli::ColorChoice::Auto);
    printed(show(&page(find_rule(id)?, style)))?;
    Ok(Exit::Clean)
}

fn scan(config: &Config, quiet: bool) -> Result<Report, Failure> {
    let mut config = config.clone();
    let progress = Arc::new(Progress::default());
    config.progress = Some(Arc::clone(&progress));
    let spinner = (!quiet).then(|| Spinner::start(progress));
    let report = mcp_lint::scan(&config);
    drop(spinner);
    Ok(report.map_err(|error| format!("{error}\nTry `mcp-lint --help`."))?)
}

fn close(report: &Report) {
    for warning in warnings(report) {
        tell(&format!("warning: {warning}"));
    }
    if !report.lists_remarks {
        for remark in remarks(report) {
            tell(&format!("warning: {remark}"));
        }
    }
    tell(&closing_line(report));
}

fn printed(written: io::Result<()>) -> Result<(), Failure> {
    written.map_err(|error| format!("cannot write to standard output: {error}").into())
}

fn print(text: &str) -> Result<(), Failure> {
    printed(to_stdout(text))
}

fn find_rule(id: &str) -> Result<&'static RuleMeta, Failure> {
    rules::get(id).ok_or_else(|| {
        let help = config::unknown_rule(id).unwrap_or_default();
        format!("unknown rule `{id}`: {help}").into()
    })
}

#[cfg(test)]
mod tests {
    use mcp_lint::finding::{Finding, Location};
    use mcp_lint::workspace::{FileId, Span};

    use super::*;

    fn report(files: usize, severity: Severity) -> Report {
        let mut report = Report::default();
        report.coverage.files_read = files;
        let primary = Location {
            file: FileId(0),
            span: Span::new(0, 0),
        };
        report.findings.push(Finding::new("r", severity, primary, "m"));
        report
    }

    #[test]
    fn the_exit_code_follows_the_threshold() {
        let medium = report(1, Severity::Medium);
        assert_eq!(exit_of(&medium, Some(Severity::Low)), Exit::Findings);
        assert_eq!(exit_of(&medium, Some(Severity::Medium)), Exit::Findings);
        assert_eq!(exit_of(&medium, Some(Severity::High)), Exit::Clean);
        assert_eq!(exit_of(&medium, None), Exit::Clean);
        assert_eq!(exit_of(&report(0, Severity::Low), None), Exit::Clean);
        assert_eq!(exit_of(&report(0, Severity::High), Some(Severity::Low)), Exit::Findings);
        assert_eq!(exit_of(&Report::default(), None), Exit::Nothing);
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
