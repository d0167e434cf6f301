//! Where reports go: standard output, once and whole, and files, all or nothing.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use mcp_lint::report::{Style, without_commands};
use terminal_size::{Height, Width};

use crate::cli::ColorChoice;

/// Writes text for people to standard output.
pub(crate) fn show(text: &str) -> io::Result<()> {
    to_stdout(&for_log(text))
}

/// Writes to standard output as it stands. A reader that has seen enough (`| head`) is no error.
pub(crate) fn to_stdout(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a line to standard error. Nobody can be told if that fails.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", for_log(line));
}

/// Writes a file so that nobody ever sees half of it: beside it first, then renamed. What is no regular file, such as a
/// pipe, is written as it is.
pub(crate) fn to_file(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link: its target is what is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(&path)?.write_all(text.as_bytes());
    }
    let (beside, mut file) = create_beside(&path)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut number = 0;
    loop {
        let beside = folder.join(format!(".{name}.{}-{number}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// How text on standard output is laid out.
pub(crate) fn stdout_style(choice: ColorChoice) -> Style {
    let width = terminal_size::terminal_size_of(io::stdout());
    style(choice, io::stdout().is_terminal(), width)
}

/// How text on standard error is laid out.
pub(crate) fn stderr_style() -> Style {
    let width = terminal_size::terminal_size_of(io::stderr());
    style(ColorChoice::Auto, io::stderr().is_terminal(), width)
}

fn style(choice: ColorChoice, terminal: bool, size: Option<(Width, Height)>) -> Style {
    let variable = |name: &str| std::env::var(name).ok();
    let width = size.map_or(Style::default().width, |(width, _)| usize::from(width.0));
    Style {
        color: wants_color(choice, terminal, variable),
        links: terminal && choice != ColorChoice::Never && knows_links(variable),
        terminal,
        width: width.clamp(60, 200),
    }
}

/// Whether the terminal is one that shows links. Those that do not know the sequence mostly ignore it, but some print it,
/// so only the ones that are known to do it right get it.
fn knows_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, known: &[&str]| variable(name).is_some_and(|value| known.contains(&value.as_str()));
    let has = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let is_number = |name: &str, least: u32| {
        let number = variable(name).and_then(|value| value.parse::<u32>().ok());
        number.is_some_and(|number| number >= least)
    };
    // Multiplexers take the sequence out or pass it on as they like.
    if has("STY") || is("TERM", &["dumb", "screen"]) {
        return false;
    }
    is(
        "TERM_PROGRAM",
        &["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"],
    ) || is(
        "TERM",
        &["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour"],
    ) || is_number("VTE_VERSION", 5000)
        || is_number("KONSOLE_VERSION", 20_12_00)
        || has("WT_SESSION")
        || has("DOMTERM")
}

/// Text that goes to a log of GitHub Actions must hold no command of its own.
fn for_log(text: &str) -> Cow<'_, str> {
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        Cow::Owned(without_commands(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// The conventions of no-color.org, bixense.com/clicolors and force-color.org; what was asked for on the command line
/// comes first, then what forbids, then what forces.
fn wants_color(choice: ColorChoice, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    match choice {
        ColorChoice::Always => return true,
        ColorChoice::Never => return false,
        ColorChoice::Auto => {}
    }
    let is_set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let forces = |name: &str| is_set(name).is_some_and(|value| !matches!(value.as_str(), "0" | "false"));
    if is_set("NO_COLOR").is_some() {
        return false;
    }
    if forces("FORCE_COLOR") || forces("CLICOLOR_FORCE") {
        return true;
    }
    let refused = is_set("CLICOLOR").as_deref() == Some("0")
        || is_set("FORCE_COLOR").is_some()
        || is_set("TERM").as_deref() == Some("dumb");
    is_terminal && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(choice: ColorChoice, is_terminal: bool, set: &[(&str, &str)]) -> bool {
        wants_color(choice, is_terminal, |name| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colors_follow_option_then_variables_then_terminal() {
        use ColorChoice::{Always, Auto, Never};
        assert!(color(Auto, true, &[]));
        assert!(!color(Auto, false, &[]));
        assert!(!color(Auto, true, &[("NO_COLOR", "1")]));
        assert!(color(Auto, true, &[("NO_COLOR", "")]));
        assert!(color(Auto, false, &[("FORCE_COLOR", "1")]));
        assert!(color(Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!color(Auto, false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!color(Auto, true, &[("FORCE_COLOR", "0")]));
        assert!(!color(Auto, true, &[("CLICOLOR", "0")]));
        assert!(!color(Auto, true, &[("TERM", "dumb")]));
        assert!(!color(Auto, false, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
        assert!(color(Always, false, &[("NO_COLOR", "1")]));
        assert!(!color(Never, true, &[("FORCE_COLOR", "1")]));
    }

    #[test]
    fn links_go_to_terminals_that_are_known_to_show_them() {
        let knows = |set: &[(&str, &str)]| {
            knows_links(|name| {
                let found = set.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(!knows(&[("TERM", "xterm-256color")]));
        assert!(knows(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")]));
        assert!(!knows(&[("VTE_VERSION", "4800")]));
        assert!(knows(&[("TERM_PROGRAM", "vscode")]));
        assert!(!knows(&[("TERM_PROGRAM", "vscode"), ("STY", "1.pts")]));
        assert!(!knows(&[("TERM", "dumb"), ("WT_SESSION", "x")]));
    }

    #[test]
    fn files_are_replaced_and_nothing_stays_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        to_file(&path, "one").unwrap();
        to_file(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(to_file(&folder.path().join("none/report.json"), "x").is_err());
        assert!(to_file(folder.path(), "x").is_err());
    }
}
