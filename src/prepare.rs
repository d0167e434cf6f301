//! From arguments and settings to what a run needs to know.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use mcp_lint::config::{self, Config, Day, Settings, unknown_rule};
use mcp_lint::finding::FailOn;
use mcp_lint::finding::baseline::{Baseline, FILE_NAME, Scope};
use mcp_lint::workspace::{self, Relative};

use crate::Failure;
use crate::cli::{Input, Judge};
use crate::output::stderr_style;

/// A baseline of more bytes than this is none.
const MAX_BASELINE: u64 = 64 * 1024 * 1024;

/// What a run needs to know.
pub(crate) struct Prepared {
    pub(crate) config: Config,
    /// The folder that is analysed.
    pub(crate) root: PathBuf,
    /// The analysed paths as the root calls them.
    targets: Vec<String>,
    pub(crate) settings: Option<Settings>,
    /// Files beside the code may have a say.
    trusts: bool,
}

/// Reads the settings and brings them together with the arguments.
pub(crate) fn prepare(input: &Input, judge: Option<&Judge>) -> Result<Prepared, Failure> {
    let paths = |error: workspace::LoadError| format!("{error}\nTry `mcp-lint --help`.");
    let root = workspace::root(&input.paths).map_err(paths)?;
    let targets = workspace::below_root(&input.paths).map_err(paths)?;
    let mut config = input.config();
    if let Some(judge) = judge {
        for id in judge.select.iter().chain(&judge.ignore) {
            if let Some(help) = unknown_rule(id) {
                return Err(format!("unknown rule `{id}`: {help}").into());
            }
        }
        config.select = judge.select.clone();
        config.ignore = judge.ignore.clone();
        config.no_ignores = judge.no_ignores;
    }
    let settings =
        config::read(&input.source(), &root).map_err(|error| Failure::Whole(error.render(stderr_style())))?;
    if let Some(settings) = &settings {
        config.settle(settings, &root, &targets, today());
    }
    let tier = settings.as_ref().and_then(|settings| settings.file.tier);
    if let Some(tier) = judge.and_then(|judge| judge.tier).or(tier) {
        config.tier = tier;
    }
    Ok(Prepared {
        config,
        root,
        targets,
        settings,
        trusts: !input.no_config,
    })
}

fn today() -> Day {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Day::of_unix(since.as_secs())
}

impl Prepared {
    /// The lowest severity that fails, where the command line does not say.
    pub(crate) fn fail_on(&self) -> FailOn {
        let settings = self.settings.as_ref();
        settings
            .and_then(|settings| settings.file.fail_on)
            .unwrap_or(FailOn::Medium)
    }

    /// The baseline that is there, if files beside the code may have a say.
    pub(crate) fn nearest_baseline(&self) -> Option<PathBuf> {
        let mut folders = config::above(&self.root).into_iter().filter(|_| self.trusts);
        let found = folders.find(|folder| config::is_inside(&folder.join(FILE_NAME), folder));
        found.map(|folder| folder.join(FILE_NAME))
    }

    /// Where a baseline is written.
    pub(crate) fn baseline_to_write(&self) -> PathBuf {
        let beside = self.settings.as_ref().map_or(&self.root, |settings| &settings.folder);
        self.nearest_baseline().unwrap_or_else(|| beside.join(FILE_NAME))
    }

    /// How a baseline at this path sees the run.
    pub(crate) fn scope(&self, path: &Path) -> Scope {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = absolute.parent().unwrap_or(&absolute);
        // The root has its links resolved, so this has to as well.
        let folder = workspace::root(&[folder.to_owned()]).unwrap_or_else(|_| folder.to_owned());
        let root = self.root.clone();
        Scope {
            relative: Relative::new(&self.root, &folder),
            targets: self.targets.clone(),
            include_tests: self.config.include_tests,
            exists: Box::new(move |path| root.join(path).exists()),
        }
    }
}

/// Reads a baseline.
pub(crate) fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let name = config::display(path);
    let wrong = |why: String| Failure::from(format!("cannot read the baseline `{name}`: {why}"));
    let metadata = fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
    if !metadata.is_file() || metadata.len() > MAX_BASELINE {
        return Err(wrong("it is no file of a reasonable size".to_owned()));
    }
    let mut text = String::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_BASELINE).read_to_string(&mut text))
        .map_err(|error| wrong(error.to_string()))?;
    Baseline::parse(&text).map_err(wrong)
}
