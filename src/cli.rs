//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mcp_lint::config::{Config, Source};
use mcp_lint::finding::{FailOn, Tier};
use mcp_lint::report::Format;

const EXIT_CODES: &str = "Exit codes, the same for every format:
  0  no finding at or above --fail-on
  1  findings
  2  wrong usage, wrong configuration or an internal error
  3  nothing to analyse

A path that is called like a command is written with its folder: `mcp-lint ./surface`.";

/// Finds where the arguments of an MCP server's tools can do harm.
///
/// Reads the TypeScript, JavaScript, Python and Rust source of Model Context Protocol servers. Nothing is run and
/// nothing is fetched.
#[derive(Debug, Parser)]
#[command(name = "mcp-lint", version, after_help = EXIT_CODES)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Cli {
    /// What to do instead of linting.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) lint: Lint,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a rule's page: what it finds, why that matters, how to fix it
    Explain {
        /// The rule's id, as in `command-injection`
        rule: String,
    },
    /// List the rules
    Rules {
        /// How to show them
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// List the tools, resources and prompts that servers offer, and what their code can reach
    Surface {
        /// How to show them
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
        #[command(flatten)]
        input: Input,
    },
    /// Agree to live with what is found today, so that only what is new is told
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Write a commented `mcp-lint.toml` to start from
    Init {
        /// The folder that it is written to
        #[arg(value_name = "FOLDER", default_value = ".")]
        folder: PathBuf,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, for `man -l -`
    Man,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Write all that is found and not suppressed to the baseline
    Write(BaselineArgs),
    /// Take out of the baseline what is found no more
    Prune(BaselineArgs),
}

#[derive(Args, Debug)]
pub(crate) struct BaselineArgs {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) judge: Judge,
    /// The file [default: the nearest mcp-lint-baseline.json, else one beside the configuration or in the analysed folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// What to read, for every command that reads.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// Files and folders to read [default: the current folder]
    #[arg(value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read the configs of MCP clients in their standard places in your home instead; nothing in them is started
    #[arg(long, conflicts_with = "paths")]
    pub(crate) user_configs: bool,
    /// Leave out paths that match, in the syntax of .gitignore; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Judge tests, benches, fixtures and vendored code too
    #[arg(long)]
    pub(crate) include_tests: bool,
    /// Take the settings from this file instead of the nearest mcp-lint.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use neither a configuration file nor a baseline that was not named; for code that is not trusted
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// How many threads work [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// No progress, warnings and closing line
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What to look for, for every command that judges. What stands here counts more than the settings.
#[derive(Args, Debug)]
pub(crate) struct Judge {
    /// Only these rules, whatever their tier; repeatable
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these rules; repeatable
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// How much to tell: hardly a false alarm, good practice too, everything worth a look [default: default]
    #[arg(long, value_name = "TIER", value_parser = tier_parser())]
    pub(crate) tier: Option<Tier>,
    /// Tell what comments and exceptions in the configuration would silence
    #[arg(long)]
    pub(crate) no_ignores: bool,
}

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Lint {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) judge: Judge,
    /// The format of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format_parser())]
    pub(crate) format: Format,
    /// Write a report to a file as well, as in `sarif=mcp-lint.sarif`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(crate) output: Vec<Output>,
    /// The lowest severity that makes the exit code 1 [default: medium]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on_parser())]
    pub(crate) fail_on: Option<FailOn>,
    /// Exit with 0 where there is nothing to analyse, as a hook wants it
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Leave out what this baseline has [default: the nearest mcp-lint-baseline.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Use no baseline
    #[arg(long, conflicts_with = "baseline")]
    pub(crate) no_baseline: bool,
    /// Tell only what the changes since the merge base with this revision of git bring in, uncommitted ones included
    #[arg(long, value_name = "REF")]
    pub(crate) diff: Option<String>,
    /// List suppressions that are unused, expired, wrong or without a reason, and baseline entries whose findings are gone; any makes the
    /// exit code 1
    #[arg(long)]
    pub(crate) report_unused: bool,
    /// Show suppressed findings in SARIF and JSON too, marked as such
    #[arg(long)]
    pub(crate) show_suppressed: bool,
    /// Print how often each rule fired instead of the findings
    #[arg(long, conflicts_with = "format")]
    pub(crate) statistics: bool,
    /// Print what is read, as what, and why something is not, instead of linting
    #[arg(long, conflicts_with_all = ["format", "output", "statistics", "diff", "report_unused"])]
    pub(crate) show_files: bool,
    /// When to use colours; NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE count with `auto`
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// A report that goes to a file.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((format, path)) = text.split_once('=') else {
            return Err("write FORMAT=PATH, as in sarif=mcp-lint.sarif".to_owned());
        };
        if path.is_empty() || path == "-" {
            return Err(format!(
                "no path after `{format}=`; for standard output use --format {format}"
            ));
        }
        Ok(Self {
            format: format.parse()?,
            path: PathBuf::from(path),
        })
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("a number from 1 to 1024".to_owned()),
    }
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Format::ALL.iter().map(|format| format.as_str()))
        .try_map(|word| word.parse::<Format>())
}

fn fail_on_parser() -> impl clap::builder::TypedValueParser<Value = FailOn> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(FailOn::ALL.iter().map(|level| level.as_str()))
        .try_map(|word| word.parse::<FailOn>())
}

fn tier_parser() -> impl clap::builder::TypedValueParser<Value = Tier> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Tier::ALL.iter().map(|tier| tier.as_str()))
        .try_map(|word| word.parse::<Tier>())
}

impl Input {
    /// The configuration that these arguments ask for.
    pub(crate) fn config(&self) -> Config {
        Config {
            paths: self.paths.clone(),
            exclude: self.exclude.clone(),
            include_tests: self.include_tests,
            threads: self.threads,
            ..Config::default()
        }
    }

    /// Where settings are to be taken from.
    pub(crate) fn source(&self) -> Source {
        match &self.config {
            Some(path) => Source::File(path.clone()),
            None if self.no_config => Source::Nowhere,
            None => Source::Nearest,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_command_is_no_path_and_a_path_with_its_folder_is_no_command() {
        let cli = Cli::parse_from(["mcp-lint", "surface", "a"]);
        assert!(matches!(cli.command, Some(Command::Surface { .. })));
        let cli = Cli::parse_from(["mcp-lint", "./surface"]);
        assert!(cli.command.is_none());
        assert_eq!(cli.lint.input.paths, [PathBuf::from("./surface")]);
    }

    #[test]
    fn outputs_are_checked_when_parsed() {
        let output: Output = "sarif=a=b.sarif".parse().unwrap();
        assert_eq!(
            (output.format, output.path),
            (Format::Sarif, PathBuf::from("a=b.sarif"))
        );
        assert!("a.sarif".parse::<Output>().is_err());
        assert!("sarif=".parse::<Output>().is_err());
        assert!(
            "xml=a"
                .parse::<Output>()
                .unwrap_err()
                .contains("text, concise, json, sarif")
        );
    }

    #[test]
    fn threads_are_at_least_one() {
        assert!(threads("0").is_err());
        assert!(threads("many").is_err());
        assert_eq!(threads("8"), Ok(8));
    }
}
