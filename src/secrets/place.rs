//! What kind of file a value stands in, which says how much a plain word in it weighs.

use crate::workspace::{FileKind, Role, SourceFile, Syntax};

use super::text::Dialect;

/// What becomes of the values in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Source code in a language that is understood.
    Source,
    /// They are used as they stand: containers, environments, deployments.
    Deployment,
    /// What starts a server: used as they stand, once somebody has filled them in.
    Client,
    /// To be copied and filled in.
    Template,
    /// Other settings, scripts and source.
    Settings,
    /// Prose, data, translations: only what has the shape of a provider's key counts.
    Prose,
}

/// The place of a file, how its pairs are written, and whether it is there for trying things out.
pub(super) struct Setting {
    pub(super) place: Place,
    pub(super) dialect: Option<Dialect>,
    pub(super) is_trial: bool,
    /// It lists what scanners for secrets look for or pass over.
    pub(super) is_list: bool,
}

/// Files above so many bytes are data that mentions servers.
const CLIENT_SIZE: usize = 64 * 1024;

/// Folders that hold texts in the languages of the world.
const TRANSLATIONS: &[&str] = &[
    "locales",
    "locale",
    "i18n",
    "lang",
    "langs",
    "translations",
    "messages",
    "l10n",
];
/// Words in a path that say it is for trying things out or to be copied.
const TRIALS: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "test",
    "tests",
    "testing",
    "dev",
    "devcontainer",
    "playground",
    "tutorial",
    "tutorials",
    "docs",
    "e2e",
    "ci",
    "fixtures",
];
const TEMPLATES: &[&str] = &["example", "sample", "template", "tmpl", "tpl", "dist", "default"];
/// Words in the name of a data file that only records or describes.
const DESCRIPTIONS: &[&str] = &[
    "openapi",
    "swagger",
    "schema",
    "cassette",
    "recording",
    "collection",
    "snapshot",
    "openrpc",
    "asyncapi",
    "tokenizer",
    "vocab",
    "spec",
];

/// Looks at what a file is.
pub(super) fn setting(file: &SourceFile) -> Setting {
    let path = file.path.to_ascii_lowercase();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let folders = || folder.split('/');
    let words = |text: &str, list: &[&str]| text.split(['.', '-', '_']).any(|word| list.contains(&word));
    let is_trial = matches!(file.role, Role::Test | Role::Fixture | Role::Bench | Role::Example)
        || folders().any(|folder| words(folder, TRIALS))
        || words(name, TRIALS)
        || folders().any(|folder| folder == ".github")
        || ["fixture", "__integration__", "jest", "vitest", "playwright"]
            .iter()
            .any(|word| path.contains(word));
    let is_template = words(name, TEMPLATES);
    let translated = folders().any(|folder| TRANSLATIONS.contains(&folder));
    let described = words(name, DESCRIPTIONS) || folders().any(|folder| words(folder, DESCRIPTIONS));
    let (place, dialect) = match file.kind {
        FileKind::TypeScript | FileKind::TypeScriptJsx | FileKind::Python | FileKind::Rust => (Place::Source, None),
        _ if translated || described => (Place::Prose, None),
        FileKind::Manifest | FileKind::Config(_) => match file.syntax().or_else(|| Syntax::of_path(&path)) {
            Some(syntax) => (settings(syntax, file, name), Some(Dialect::Settings(syntax))),
            None => (Place::Settings, Some(Dialect::Lines)),
        },
        FileKind::Text => match text(name) {
            Some(dialect) => (Place::Settings, Some(dialect)),
            None => (Place::Prose, None),
        },
        FileKind::Other => (Place::Prose, None),
    };
    // what other scanners look for, and what they were told to pass over
    let is_list = [
        "gitleaks",
        "trufflehog",
        "secretlint",
        "detect-secrets",
        "secrets.baseline",
    ]
    .iter()
    .any(|tool| name.contains(tool));
    let place = match place {
        Place::Deployment | Place::Client | Place::Settings if is_template => Place::Template,
        Place::Deployment if folders().any(|folder| folder == ".github") => Place::Settings,
        place => place,
    };
    Setting {
        place,
        dialect,
        is_trial: is_trial || is_template,
        is_list,
    }
}

fn settings(syntax: Syntax, file: &SourceFile, name: &str) -> Place {
    match syntax {
        Syntax::Env | Syntax::Dockerfile | Syntax::Nginx => Place::Deployment,
        Syntax::Yaml if name.contains("compose") || name.starts_with("values") => Place::Deployment,
        Syntax::Yaml if name.starts_with("smithery") => Place::Client,
        Syntax::Yaml if file.text.contains("apiVersion:") && file.text.contains("kind:") => Place::Deployment,
        Syntax::Json | Syntax::Toml
            if file.text.len() < CLIENT_SIZE
                && (file.text.contains("mcpServers") || file.text.contains("mcp_servers")) =>
        {
            Place::Client
        }
        Syntax::Json if name.contains("mcp") || name.starts_with("opencode") || name == "server.json" => Place::Client,
        _ => Place::Settings,
    }
}

/// How a text of another kind writes its pairs; `None` for prose.
fn text(name: &str) -> Option<Dialect> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        "properties" | "ini" | "cfg" | "cnf" | "conf" | "config" | "service" | "tfvars" | "npmrc" | "pypirc"
        | "netrc" | "xml" => Dialect::Lines,
        "sh" | "bash" | "zsh" | "fish" | "ps1" | "psm1" | "bat" | "cmd" | "envrc" | "http" | "rest" => Dialect::Script,
        "" if matches!(name, "makefile" | "justfile" | "procfile") => Dialect::Script,
        "c" | "cc" | "cpp" | "cs" | "dart" | "ex" | "exs" | "go" | "gradle" | "groovy" | "h" | "hpp" | "java"
        | "kt" | "kts" | "lua" | "php" | "pl" | "prisma" | "r" | "rb" | "scala" | "swift" | "tf" | "hcl" | "vue"
        | "svelte" => Dialect::Code,
        _ => return None,
    })
}
