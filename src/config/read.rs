//! Where settings come from: the nearest file, or the one that was named.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::check::check;
use super::file::ConfigFile;
use crate::report::{Problem, Style, nearest, problems};
use crate::workspace;

/// Names of files that hold nothing but settings, the first that is there counts.
const OWN: [&str; 2] = ["mcp-lint.toml", ".mcp-lint.toml"];
/// Files of a package manager in which settings may stand.
const SHARED: [&str; 2] = ["pyproject.toml", "Cargo.toml"];
/// Nobody writes more by hand.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// Where settings are taken from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Source {
    /// The nearest file, from the analysed folder upwards.
    #[default]
    Nearest,
    /// This file.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// A file of settings that was read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it says.
    pub file: ConfigFile,
    /// Its path, for people.
    pub name: String,
    /// The folder that its paths are relative to.
    pub folder: PathBuf,
    /// Its text.
    pub text: String,
}

impl Settings {
    /// The line of a byte of the file, counted from 1.
    pub fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }
}

/// Why settings could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConfigError {
    /// The file could not be read.
    File(String),
    /// The file says something that cannot be meant.
    Wrong {
        /// Its path, for people.
        name: String,
        /// Its text.
        text: String,
        /// What is wrong.
        problems: Vec<Problem>,
    },
}

impl ConfigError {
    /// The error for people, with the place in the file where there is one.
    pub fn render(&self, style: Style) -> String {
        match self {
            Self::File(message) => format!("error: {message}\n"),
            Self::Wrong {
                name,
                text,
                problems: wrong,
            } => problems(name, text, wrong, style),
        }
    }
}

/// Reads the settings for an analysed folder.
///
/// # Errors
/// If the file cannot be read, is no TOML, or says something unknown.
pub fn read(source: &Source, root: &Path) -> Result<Option<Settings>, ConfigError> {
    match source {
        Source::Nowhere => Ok(None),
        Source::File(path) => {
            let text = text_of(path)?;
            // A file that was put elsewhere speaks of the analysed folder.
            let folder = path
                .parent()
                .and_then(|folder| workspace::root(&[folder.join(".")]).ok());
            let folder = folder.filter(|folder| root.starts_with(folder));
            let settings = parse(path, folder.unwrap_or_else(|| root.to_owned()), text)?;
            settings.map_or_else(
                || {
                    let name = path.display();
                    Err(ConfigError::File(format!("`{name}` has no table for mcp-lint")))
                },
                |settings| Ok(Some(settings)),
            )
        }
        Source::Nearest => {
            for folder in above(root) {
                if let Some(settings) = in_folder(folder)? {
                    return Ok(Some(settings));
                }
            }
            Ok(None)
        }
    }
}

/// The folder and those above it that belong to the same project: up to the root of the repository, or, outside of one,
/// up to the current folder. What lies further up is somebody else's.
pub fn above(root: &Path) -> Vec<&Path> {
    let folders: Vec<&Path> = root.ancestors().collect();
    let repository = folders.iter().position(|folder| folder.join(".git").exists());
    let last = repository.or_else(|| {
        let here = workspace::root(&[]).ok()?;
        folders.iter().position(|folder| *folder == here)
    });
    folders.into_iter().take(last.unwrap_or(0) + 1).collect()
}

fn in_folder(folder: &Path) -> Result<Option<Settings>, ConfigError> {
    for name in OWN.iter().chain(&SHARED) {
        let path = folder.join(name);
        // A link out of the project could show any file of the machine in an error.
        if !is_inside(&path, folder) {
            continue;
        }
        let text = text_of(&path)?;
        if SHARED.contains(name) && !text.contains("mcp-lint") {
            continue;
        }
        if let Some(settings) = parse(&path, folder.to_owned(), text)? {
            return Ok(Some(settings));
        }
    }
    Ok(None)
}

/// The file of settings in a folder, for people; also one that cannot be read.
pub fn settings_in(folder: &Path) -> Option<String> {
    match in_folder(folder) {
        Ok(settings) => settings.map(|settings| settings.name),
        Err(ConfigError::Wrong { name, .. }) => Some(name),
        Err(ConfigError::File(message)) => Some(message),
    }
}

/// Whether there is a file that is not a link to somewhere else.
pub fn is_inside(path: &Path, folder: &Path) -> bool {
    let Ok(folder) = fs::canonicalize(folder) else {
        return false;
    };
    fs::canonicalize(path).is_ok_and(|target| target.starts_with(folder) && target.is_file())
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    let error = |why: &str| ConfigError::File(format!("cannot read the configuration `{}`: {why}", path.display()));
    let metadata = fs::metadata(path).map_err(|found| error(&found.to_string()))?;
    if !metadata.is_file() {
        return Err(error("it is no file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes))
        .map_err(|found| error(&found.to_string()))?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(error("it is larger than 4 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| error("it is not UTF-8"))?;
    Ok(match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tables>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Option<Holder>,
    workspace: Option<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    metadata: Option<Tables>,
}

#[derive(Deserialize)]
struct Tables {
    #[serde(rename = "mcp-lint")]
    own: Option<ConfigFile>,
}

/// What a file says; `None` if it is a package manager's and has no table for this program.
fn parse(path: &Path, folder: PathBuf, text: String) -> Result<Option<Settings>, ConfigError> {
    let name = display(path);
    let parsed = match path.file_name().and_then(|name| name.to_str()) {
        Some("pyproject.toml") => {
            toml::from_str::<Pyproject>(&text).map(|file| file.tool.and_then(|tables| tables.own))
        }
        Some("Cargo.toml") => toml::from_str::<Manifest>(&text).map(|file| {
            let mut holders = [file.package, file.workspace].into_iter().flatten();
            holders.find_map(|holder| holder.metadata?.own)
        }),
        _ => toml::from_str::<ConfigFile>(&text).map(Some),
    };
    let file = match parsed {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(error) => {
            let problems = vec![problem(&error)];
            return Err(ConfigError::Wrong { name, text, problems });
        }
    };
    let problems = check(&file);
    if !problems.is_empty() {
        return Err(ConfigError::Wrong { name, text, problems });
    }
    Ok(Some(Settings {
        file,
        name,
        folder,
        text,
    }))
}

/// The path as a person would write it from the current folder.
pub fn display(path: &Path) -> String {
    let short = workspace::root(&[]).ok();
    let short = short.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    short.as_deref().unwrap_or(path).display().to_string()
}

fn problem(error: &toml::de::Error) -> Problem {
    // The words of whoever writes settings, not those of the parser.
    let words = [
        ("unknown field", "unknown key"),
        ("missing field", "missing key"),
        ("unknown variant", "unknown value"),
        ("wanted string or table", "a text is expected here"),
    ];
    let message = words
        .iter()
        .fold(error.message().to_owned(), |message, (theirs, ours)| {
            message.replacen(theirs, ours, 1)
        });
    let mut words = message.split('`').skip(1).step_by(2);
    let help = if message.starts_with("unknown ") {
        let wrong = words.next().unwrap_or_default().to_owned();
        nearest(&wrong, words).map(|near| format!("did you mean `{near}`?"))
    } else {
        None
    };
    Problem {
        span: error.span().unwrap_or(0..0),
        message,
        help,
    }
}
