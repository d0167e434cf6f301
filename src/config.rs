//! What a run is asked to do.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::ThreadPoolBuilder;

use crate::finding::Tier;
use crate::workspace::{MAX_FILE_SIZE, Progress, WorkspaceOptions};

/// What a run is asked to do; the command line fills it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Files and folders to analyse; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// Globs of paths to leave out, in the syntax of `.gitignore`.
    pub exclude: Vec<String>,
    /// Judge tests, benches, fixtures, generated and vendored code like the rest.
    pub include_tests: bool,
    /// The highest tier whose rules speak.
    pub tier: Tier,
    /// Only these rules, whatever their tier; none means all of the tier.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
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
            include_tests: false,
            tier: Tier::Default,
            select: Vec::new(),
            ignore: Vec::new(),
            threads: None,
            max_file_size: MAX_FILE_SIZE,
            progress: None,
        }
    }
}

/// Stack of a working thread. Source nests as deep as its author likes; front ends stop long before this is used up.
const STACK_SIZE: usize = 16 * 1024 * 1024;

impl Config {
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
