//! What the form of a configuration file does not show: rules that do not exist, globs that mean nothing.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use toml::Spanned;

use super::file::{ConfigFile, Ignore};
use crate::report::{Problem, nearest};
use crate::rules;
use crate::workspace::check_glob;

/// What is wrong with a file, in its order.
pub(super) fn check(file: &ConfigFile) -> Vec<Problem> {
    let mut found = Vec::new();
    let selected = file.select.iter().flatten();
    let ignored = file.ignore.iter().map(|item| match item {
        Ignore::Rule(id) => id,
        Ignore::Place(place) => &place.rule,
    });
    for id in selected.chain(ignored).chain(file.rules.keys()) {
        found.extend(unknown_rule(id.get_ref()).map(|help| Problem {
            span: id.span(),
            message: format!("unknown rule `{}`", id.get_ref()),
            help: Some(help),
        }));
    }
    let bad = |glob: &Spanned<String>, error: String| Problem {
        span: glob.span(),
        message: format!("this glob means nothing: {error}"),
        help: None,
    };
    for glob in &file.exclude {
        if let Err(error) = check_glob(glob.get_ref()) {
            found.push(bad(glob, error));
        }
    }
    for item in &file.ignore {
        if let Ignore::Place(place) = item
            && let Some(path) = &place.path
            && let Err(error) = path_set(path.get_ref())
        {
            found.push(bad(path, error));
        }
    }
    found.sort_by_key(|problem| problem.span.start);
    found
}

/// What to tell of an id that no rule has: the one that was probably meant.
pub fn unknown_rule(id: &str) -> Option<String> {
    if rules::get(id).is_some() {
        return None;
    }
    let known = rules::all().iter().map(|rule| rule.id.as_str());
    Some(match nearest(id, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`mcp-lint rules` lists them".to_owned(),
    })
}

/// The paths that `path` of an `[[ignore]]` means: the glob itself and, if it is a folder, all below it. Without a slash it is
/// looked for in every folder.
pub(super) fn path_set(path: &str) -> Result<GlobSet, String> {
    let plain = path.trim_start_matches("./").trim_end_matches('/');
    let plain = plain.strip_prefix('/').unwrap_or(plain);
    let anchored = match path.trim_end_matches('/').contains('/') {
        true => plain.to_owned(),
        false => format!("**/{plain}"),
    };
    let mut set = GlobSetBuilder::new();
    for glob in [anchored.clone(), format!("{anchored}/**")] {
        let glob = GlobBuilder::new(&glob).literal_separator(true).build();
        set.add(glob.map_err(|error| error.kind().to_string())?);
    }
    set.build().map_err(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_files_folders_and_globs() {
        let matches = |glob: &str, path: &str| path_set(glob).unwrap().is_match(path);
        assert!(matches("src/a.ts", "src/a.ts"));
        assert!(!matches("src/a.ts", "x/src/a.ts"));
        assert!(matches("src", "src/deep/a.ts"));
        assert!(matches("legacy", "src/legacy/a.ts"));
        assert!(matches("./src/", "src/a.ts"));
        assert!(matches("/a.ts", "a.ts") && !matches("/a.ts", "src/a.ts"));
        assert!(matches("src/**/*.py", "src/x/y.py"));
        assert!(!matches("src/*.py", "src/x/y.py"));
        assert!(matches("*.py", "src/x/y.py"));
        assert!(path_set("a[").is_err());
    }
}
