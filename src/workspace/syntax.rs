//! What a file that is no source code is written in, by its path.

use super::FileKind;

/// The language of a file that holds settings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Syntax {
    /// JSON, often with comments and trailing commas: `.json .jsonc .json5`.
    Json,
    /// TOML: `.toml`, `Pipfile`.
    Toml,
    /// YAML: `.yaml .yml`.
    Yaml,
    /// The instructions of a container image: `Dockerfile`, `Containerfile` and names made of them.
    Dockerfile,
    /// `NAME=value` in lines: `.env` and names made of it, `.dev.vars`.
    Env,
    /// Blocks and directives of nginx: `nginx.conf`, and `.conf` files in a folder of that name.
    Nginx,
}

impl Syntax {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Yaml => "yaml",
            Self::Dockerfile => "dockerfile",
            Self::Env => "env",
            Self::Nginx => "nginx",
        }
    }

    /// The syntax that a path promises. An ending that marks a template (`mcp.json.example`) is looked through.
    pub fn of_path(path: &str) -> Option<Self> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let name = name.to_ascii_lowercase();
        if is_lock_file(&name) {
            return None;
        }
        if is_container_file(&name) {
            return Some(Self::Dockerfile);
        }
        if is_environment_file(&name) {
            return Some(Self::Env);
        }
        let name = without_template_ending(&name);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        match extension {
            _ if stem.ends_with(".min") => None,
            "json" | "jsonc" | "json5" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            "nginx" => Some(Self::Nginx),
            "conf" if name.contains("nginx") || is_nginx_folder(folder) => Some(Self::Nginx),
            "" if name == "pipfile" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// Endings that say a file is to be copied, or was put aside.
const TEMPLATE_ENDINGS: &[&str] = &[
    "bak", "default", "disabled", "dist", "example", "local", "old", "orig", "sample", "template", "tmpl", "tpl",
];

/// Folders whose names start with a dot and that hold what tools keep for themselves.
const TOOL_FOLDERS: &[&str] = &[
    ".angular",
    ".astro",
    ".aws-sam",
    ".bundle",
    ".bzr",
    ".cache",
    ".dart_tool",
    ".docusaurus",
    ".dvc",
    ".eggs",
    ".expo",
    ".git",
    ".gradle",
    ".hg",
    ".history",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".jj",
    ".mypy_cache",
    ".netlify",
    ".next",
    ".nox",
    ".npm",
    ".nuxt",
    ".nyc_output",
    ".output",
    ".parcel-cache",
    ".pnpm-store",
    ".pytest_cache",
    ".ruff_cache",
    ".rustup",
    ".serverless",
    ".svelte-kit",
    ".svn",
    ".terraform",
    ".tox",
    ".turbo",
    ".venv",
    ".vercel",
    ".virtualenv",
    ".vs",
    ".wrangler",
    ".yarn",
];

/// Text in which people leave secrets, by extension.
const TEXT_EXTENSIONS: &[&str] = &[
    "adoc",
    "bash",
    "bat",
    "c",
    "cc",
    "cfg",
    "clj",
    "cmd",
    "cnf",
    "conf",
    "config",
    "cpp",
    "cs",
    "css",
    "dart",
    "dockerignore",
    "eml",
    "ex",
    "exs",
    "fish",
    "go",
    "gradle",
    "groovy",
    "h",
    "hcl",
    "hpp",
    "htm",
    "html",
    "http",
    "ini",
    "ipynb",
    "j2",
    "java",
    "jinja",
    "jinja2",
    "key",
    "kt",
    "kts",
    "less",
    "lua",
    "markdown",
    "md",
    "mdc",
    "mdx",
    "mk",
    "nix",
    "org",
    "pem",
    "php",
    "pl",
    "plist",
    "prisma",
    "prompt",
    "properties",
    "ps1",
    "psm1",
    "r",
    "rb",
    "rest",
    "rst",
    "sbt",
    "scala",
    "scss",
    "service",
    "sh",
    "sql",
    "svelte",
    "swift",
    "tex",
    "tf",
    "tfvars",
    "txt",
    "vue",
    "xml",
    "zsh",
];

/// The kind of a file that is neither source nor manifest; `None` for a name without extension that may be a script.
pub(super) fn kind_of_plain(path: &str) -> Option<FileKind> {
    if let Some(syntax) = Syntax::of_path(path) {
        return Some(FileKind::Config(syntax));
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, extension) = without_template_ending(&name).rsplit_once('.')?;
    // `.gitignore` and its kind list paths
    let is_hidden = stem.is_empty() && !extension.ends_with("ignore");
    let is_text = is_hidden || TEXT_EXTENSIONS.binary_search(&extension).is_ok();
    Some(if is_text && !stem.ends_with(".min") && !is_lock_file(&name) {
        FileKind::Text
    } else {
        FileKind::Other
    })
}

/// Whether a folder of this name holds history, caches or builds, of which nothing is read or told.
pub(super) fn is_tool_folder(name: &str) -> bool {
    TOOL_FOLDERS.binary_search(&name).is_ok()
}

/// Whether a file of this name says which versions of its dependencies a project runs with.
pub(super) fn pins_dependencies(name: &str) -> bool {
    LOCK_FILES.contains(&name)
}

/// The names that [`pins_dependencies`].
pub(super) const LOCK_FILES: &[&str] = &[
    "Cargo.lock",
    "Pipfile.lock",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pylock.toml",
    "uv.lock",
    "yarn.lock",
];

/// Whether a package manager writes a file of this name by itself.
fn is_lock_file(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    name.ends_with(".lock")
        || stem.ends_with(".lock")
        || stem.ends_with("-lock")
        || matches!(name, "npm-shrinkwrap.json" | "go.sum")
}

fn is_container_file(name: &str) -> bool {
    ["dockerfile", "containerfile"].iter().any(|base| {
        name == *base
            || name
                .strip_suffix(base)
                .is_some_and(|front| front.ends_with(['.', '-', '_']))
            || name.strip_prefix(base).is_some_and(|rest| {
                rest.starts_with(['.', '-', '_']) && !rest.ends_with("ignore") && !rest.ends_with(".md")
            })
    })
}

fn is_environment_file(name: &str) -> bool {
    /// What a program runs for, behind `env.`: another ending is that of a program.
    const STAGES: &[&str] = &["dev", "development", "docker", "prod", "production", "staging", "test"];
    let name = without_template_ending(name);
    let is_staged = |name: &str| name.strip_prefix("env.").is_some_and(|stage| STAGES.contains(&stage));
    // `.env.prod`, `.env-old`, `.env copy`, `.env~`
    let is_variant = |name: &str| {
        let rest = name.strip_prefix(".env");
        rest.is_some_and(|rest| rest.starts_with(['.', '-', '_', ' ', '~', '(']))
    };
    matches!(name, "env" | ".env")
        || is_variant(name)
        || is_staged(name)
        || name.starts_with(".dev.vars")
        || name.ends_with(".env")
}

fn is_nginx_folder(folder: &str) -> bool {
    folder
        .rsplit('/')
        .take(2)
        .any(|segment| matches!(segment, "nginx" | "sites-available" | "sites-enabled"))
}

fn without_template_ending(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && TEMPLATE_ENDINGS.contains(&ending) => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_by_path() {
        for (path, syntax) in [
            (".cursor/mcp.json", Syntax::Json),
            ("claude_desktop_config.json.example", Syntax::Json),
            ("opencode.jsonc", Syntax::Json),
            (".codex/config.toml", Syntax::Toml),
            ("docker-compose.override.yml", Syntax::Yaml),
            ("Dockerfile", Syntax::Dockerfile),
            ("docker/Dockerfile.prod", Syntax::Dockerfile),
            ("api-Dockerfile", Syntax::Dockerfile),
            ("api.dockerfile", Syntax::Dockerfile),
            ("Containerfile", Syntax::Dockerfile),
            (".env", Syntax::Env),
            (".env.example", Syntax::Env),
            ("env.example", Syntax::Env),
            ("config/prod.env", Syntax::Env),
            (".env copy", Syntax::Env),
            ("env.production", Syntax::Env),
            (".dev.vars", Syntax::Env),
            ("nginx.conf", Syntax::Nginx),
            ("deploy/nginx/conf.d/default.conf", Syntax::Nginx),
            ("nginx/site.conf.template", Syntax::Nginx),
        ] {
            assert_eq!(Syntax::of_path(path), Some(syntax), "{path}");
        }
        for path in [
            "package-lock.json",
            "pnpm-lock.yaml",
            "packages.lock.json",
            ".dockerignore",
            "Dockerfile.dockerignore",
            "redis.conf",
            "theme.min.json",
            "environment.ts",
            "env.ts",
            ".envrc",
        ] {
            assert_eq!(Syntax::of_path(path), None, "{path}");
        }
    }

    #[test]
    fn text_and_what_is_not_read() {
        for path in [
            "README.md",
            "a.SH",
            ".npmrc",
            ".envrc",
            "key.pem",
            "redis.conf",
            "a.txt.bak",
        ] {
            assert_eq!(kind_of_plain(path), Some(FileKind::Text), "{path}");
        }
        for path in [
            "yarn.lock",
            "Cargo.lock",
            "go.sum",
            "a.svg",
            "a.js.map",
            "a.min.css",
            "a.png",
        ] {
            assert_eq!(kind_of_plain(path), Some(FileKind::Other), "{path}");
        }
        assert_eq!(kind_of_plain("Makefile"), None);
    }

    #[test]
    fn lists_are_sorted() {
        assert!(TEXT_EXTENSIONS.is_sorted());
        assert!(TOOL_FOLDERS.is_sorted());
    }
}
