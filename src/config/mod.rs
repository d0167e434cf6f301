//! What a run is asked to do, by the command line and by the file of settings.

mod check;
mod file;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::ThreadPoolBuilder;

use crate::finding::suppression::{Exception, Exceptions};
use crate::finding::{Severity, Tier};
use crate::models::OwnRows;
use crate::workspace::{MAX_FILE_SIZE, Progress, Relative, WorkspaceOptions};

pub use check::unknown_rule;
pub use file::{ConfigFile, Day, Ignore, IgnorePlace, RuleSettings};
pub use read::{ConfigError, Settings, Source, above, display, is_inside, read, settings_in};

/// A commented file of settings to start from.
pub const TEMPLATE: &str = include_str!("template.toml");

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Files and folders to analyse; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// Globs of paths to leave out, in the syntax of `.gitignore`.
    pub exclude: Vec<String>,
    /// The same, relative to the folder of the settings.
    pub exclude_below: Option<(PathBuf, Vec<String>)>,
    /// Judge tests, benches, fixtures, generated and vendored code like the rest.
    pub include_tests: bool,
    /// The highest tier whose rules speak.
    pub tier: Tier,
    /// Only these rules, whatever their tier; none means all of the tier.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// Severities that take the place of the rules' own.
    pub severities: BTreeMap<String, Severity>,
    /// Places in which rules are silent.
    pub exceptions: Exceptions,
    /// Tell what comments and exceptions would silence.
    pub no_ignores: bool,
    /// What the project's own functions and libraries mean.
    pub models: Arc<OwnRows>,
    /// How many threads work; `None` lets the machine decide.
    pub threads: Option<usize>,
    /// Files above this many bytes are left out.
    pub max_file_size: u64,
    /// Where progress is counted, if anybody watches.
    pub progress: Option<Arc<Progress>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            exclude: Vec::new(),
            exclude_below: None,
            include_tests: false,
            tier: Tier::Default,
            select: Vec::new(),
            ignore: Vec::new(),
            severities: BTreeMap::new(),
            exceptions: Exceptions::default(),
            no_ignores: false,
            models: Arc::default(),
            threads: None,
            max_file_size: MAX_FILE_SIZE,
            progress: None,
        }
    }
}

/// Stack of a working thread. Source nests as deep as its author likes; front ends stop long before this is used up.
const STACK_SIZE: usize = 16 * 1024 * 1024;

impl Config {
    /// Takes in what the settings of a project say. What is there already came from the command line and counts more: rules selected
    /// there are the ones that run, whatever the settings leave out. `root` is the analysed folder, `targets` are the analysed paths as it
    /// calls them, `today` ends exceptions.
    pub fn settle(&mut self, settings: &Settings, root: &Path, targets: &[String], today: Day) {
        let file = &settings.file;
        if self.select.is_empty() {
            let selected = file.select.iter().flatten();
            self.select = selected.map(|id| id.get_ref().clone()).collect();
            for item in &file.ignore {
                if let Ignore::Rule(id) = item {
                    self.ignore.push(id.get_ref().clone());
                }
            }
            let off = file.rules.iter().filter(|(_, rule)| rule.off);
            self.ignore.extend(off.map(|(id, _)| id.get_ref().clone()));
        }
        for (id, rule) in &file.rules {
            if let Some(severity) = rule.severity {
                self.severities.insert(id.get_ref().clone(), severity);
            }
        }
        let globs = file.exclude.iter().map(|glob| glob.get_ref().clone()).collect();
        self.exclude_below = Some((settings.folder.clone(), globs));
        self.models = Arc::new(file.models.clone());
        self.exceptions = Exceptions {
            list: exceptions(settings, root, targets, today),
            relative: Relative::new(root, &settings.folder),
        };
    }

    /// Does `work` on as many threads as the configuration asks for.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.threads.unwrap_or(0))
            .stack_size(STACK_SIZE)
            .build();
        match pool {
            Ok(pool) => pool.install(work),
            // The system grants no more threads: slower, but the same result.
            Err(_) => work(),
        }
    }

    /// The part that says what to read.
    pub fn workspace_options(&self) -> WorkspaceOptions {
        WorkspaceOptions {
            paths: self.paths.clone(),
            exclude: self.exclude.clone(),
            exclude_below: self.exclude_below.clone(),
            include_vendored: false,
            max_file_size: self.max_file_size,
            progress: self.progress.clone(),
        }
    }

    /// Whether a rule of this id and tier speaks in this run.
    pub fn enables(&self, rule: &str, tier: Tier) -> bool {
        let named = |list: &[String]| list.iter().any(|id| id == rule);
        let wanted = if self.select.is_empty() {
            tier <= self.tier
        } else {
            named(&self.select)
        };
        wanted && !named(&self.ignore)
    }
}

fn exceptions(settings: &Settings, root: &Path, targets: &[String], today: Day) -> Vec<Exception> {
    let in_scope = targets
        .iter()
        .any(|target| settings.folder.starts_with(root.join(target)));
    let places = settings.file.ignore.iter().filter_map(|item| match item {
        Ignore::Place(place) => Some(place),
        Ignore::Rule(_) => None,
    });
    places
        .map(|place| {
            let ended = place
                .expires
                .as_ref()
                .map(|day| *day.get_ref())
                .filter(|day| *day < today);
            Exception {
                rule: place.rule.get_ref().clone(),
                // Globs were checked when the file was read.
                paths: place
                    .path
                    .as_ref()
                    .and_then(|path| check::path_set(path.get_ref()).ok()),
                reason: place.reason.clone().filter(|reason| !reason.trim().is_empty()),
                expired: ended.map(|day| day.to_string()),
                name: settings.name.clone(),
                line: settings.line(place.rule.span().start),
                in_scope,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn select_overrides_the_tier_and_ignore_overrides_select() {
        let mut config = Config::default();
        assert!(config.enables("a", Tier::Default));
        assert!(!config.enables("a", Tier::Audit));
        config.select = vec!["a".to_owned()];
        assert!(config.enables("a", Tier::Audit));
        assert!(!config.enables("b", Tier::Default));
        config.ignore = vec!["a".to_owned()];
        assert!(!config.enables("a", Tier::Default));
    }
}
