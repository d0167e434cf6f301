//! Whether a package or an image is named with one version, which is what was looked at before, or with whatever is
//! published when it starts.

use super::program::Package;
use super::table::Ecosystem;

/// How firmly a version is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pin {
    /// One version, revision or digest.
    Exact,
    /// None at all.
    Missing,
    /// A tag or a range that moves, as it is written.
    Moving(String),
    /// An address or a repository without a revision.
    Unversioned,
    /// A file or folder here, a variable, a placeholder: nothing that can be judged.
    Unknown,
}

/// What a version is named by.
pub fn of_package(package: &Package) -> Pin {
    let spec = package.spec.text.trim();
    if let Some(version) = &package.version {
        return version_pin(&version.text, package.ecosystem);
    }
    match package.ecosystem {
        Ecosystem::Npm => npm(spec),
        Ecosystem::Pypi => pypi(spec),
        Ecosystem::Nuget => named(spec, '@', Ecosystem::Nuget),
        Ecosystem::Go => go(spec),
        Ecosystem::Deno => deno(spec),
        Ecosystem::Maven => maven(spec),
        Ecosystem::Nix => nix(spec),
        Ecosystem::Oci => of_image(spec),
    }
}

/// A package's name without its version.
pub fn name_of_package(package: &Package) -> &str {
    let spec = package.spec.text.trim();
    match package.ecosystem {
        Ecosystem::Npm | Ecosystem::Nuget | Ecosystem::Go => split_version(spec, '@').0,
        Ecosystem::Pypi => {
            let end = spec.find(['=', '<', '>', '~', '!', '@', '[', ';', ' ']);
            spec.get(..end.filter(|end| *end > 0).unwrap_or(spec.len()))
                .unwrap_or(spec)
        }
        _ => spec,
    }
}

/// Whether a text holds something that is filled in elsewhere.
fn is_open(text: &str) -> bool {
    text.contains("${") || text.contains("{{") || text.starts_with(['$', '<', '%', '{']) || text.contains("$(")
}

/// Whether a spec names a file or folder here.
fn is_local(spec: &str) -> bool {
    let is_drive = matches!(spec.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic());
    spec.starts_with(['.', '/', '~', '\\'])
        || is_drive
        || spec.starts_with("file:")
        || spec.starts_with("link:")
        || spec.starts_with("workspace:")
}

/// Splits `name@version`; the `@` of a scope is none.
fn split_version(spec: &str, sign: char) -> (&str, Option<&str>) {
    let from = usize::from(spec.starts_with(sign));
    match spec.get(from..).and_then(|rest| rest.find(sign)) {
        Some(at) => (
            spec.get(..from + at).unwrap_or(spec),
            spec.get(from + at + sign.len_utf8()..),
        ),
        None => (spec, None),
    }
}

/// Whether a version is one: `1.2.3`, `v1.2.3-beta.1+build`.
fn is_exact(version: &str, ecosystem: Ecosystem) -> bool {
    let version = version.trim().trim_start_matches('=').trim_start_matches('v');
    let core = version.split(['-', '+']).next().unwrap_or(version);
    let numbers = core.split('.').count();
    let enough = match ecosystem {
        // npm takes `1.2` for a range; the others know no range without a sign.
        Ecosystem::Npm | Ecosystem::Deno => 3,
        _ => 1,
    };
    let is_number =
        |part: &str| part.starts_with(|c: char| c.is_ascii_digit()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    numbers >= enough && core.split('.').all(is_number) && !version.contains(['*', '^', '~', '>', '<', '|', ' ', ','])
}

fn version_pin(version: &str, ecosystem: Ecosystem) -> Pin {
    if is_open(version) {
        Pin::Unknown
    } else if version.is_empty() {
        Pin::Missing
    } else if is_exact(version, ecosystem) || is_revision(version) {
        Pin::Exact
    } else {
        Pin::Moving(version.to_owned())
    }
}

fn named(spec: &str, sign: char, ecosystem: Ecosystem) -> Pin {
    if is_open(spec) && !spec.contains('@') || is_local(spec) {
        return Pin::Unknown;
    }
    let (name, version) = split_version(spec, sign);
    if is_open(name) {
        return Pin::Unknown;
    }
    version.map_or(Pin::Missing, |version| version_pin(version, ecosystem))
}

fn npm(spec: &str) -> Pin {
    let spec = spec.strip_prefix("npm:").unwrap_or(spec);
    if is_repository(spec) || spec.contains("://") {
        return repository(spec, '#');
    }
    // `owner/name` is a repository; a scope has an `@`.
    if !spec.starts_with('@') && !is_local(spec) && spec.matches('/').count() == 1 && !is_open(spec) {
        return repository(spec, '#');
    }
    named(spec, '@', Ecosystem::Npm)
}

fn pypi(spec: &str) -> Pin {
    // `name @ git+https://…`
    let spec = match spec.split_once(" @ ") {
        Some((_, address)) => address,
        None => spec,
    };
    if spec.starts_with("git+") || spec.contains("://") {
        return repository(spec, '@');
    }
    if is_local(spec) || is_open(spec) {
        return Pin::Unknown;
    }
    let bare: String = match (spec.find('['), spec.find(']')) {
        (Some(open), Some(close)) if open < close => {
            format!(
                "{}{}",
                spec.get(..open).unwrap_or_default(),
                spec.get(close + 1..).unwrap_or_default()
            )
        }
        _ => spec.to_owned(),
    };
    if let Some((_, version)) = bare.split_once("==") {
        return version_pin(version, Ecosystem::Pypi);
    }
    match bare.find(['<', '>', '~', '!', '=']) {
        Some(at) => Pin::Moving(bare.get(at..).unwrap_or_default().to_owned()),
        None => named(&bare, '@', Ecosystem::Pypi),
    }
}

fn go(spec: &str) -> Pin {
    // Without a version it is a package of the module at hand.
    match split_version(spec, '@') {
        (_, Some(version)) if !is_local(spec) => version_pin(version, Ecosystem::Go),
        _ => Pin::Unknown,
    }
}

fn deno(spec: &str) -> Pin {
    if let Some(package) = spec.strip_prefix("npm:").or_else(|| spec.strip_prefix("jsr:")) {
        let package = package.trim_start_matches('/');
        let (name, version) = split_version(package, '@');
        let version = version.map(|version| version.split('/').next().unwrap_or(version));
        return version.map_or_else(
            || if is_open(name) { Pin::Unknown } else { Pin::Missing },
            |version| version_pin(version, Ecosystem::Deno),
        );
    }
    if spec.starts_with("https://") || spec.starts_with("http://") {
        return if has_version(spec) {
            Pin::Exact
        } else {
            Pin::Unversioned
        };
    }
    Pin::Unknown
}

fn maven(spec: &str) -> Pin {
    if is_local(spec) || is_open(spec) || spec.ends_with(".java") && !spec.contains("://") {
        return Pin::Unknown;
    }
    if spec.contains("://") {
        return if has_version(spec) {
            Pin::Exact
        } else {
            Pin::Unversioned
        };
    }
    let parts: Vec<&str> = spec.split(':').collect();
    match parts.as_slice() {
        [_, _, version, ..] => version_pin(version, Ecosystem::Maven),
        [_, _] => Pin::Missing,
        // `alias@repository` is whatever its catalogue says today.
        [one] if one.contains('@') => Pin::Unversioned,
        _ => Pin::Unknown,
    }
}

fn nix(spec: &str) -> Pin {
    let flake = spec.split('#').next().unwrap_or(spec);
    let Some(path) = ["github:", "gitlab:", "sourcehut:"]
        .iter()
        .find_map(|host| flake.strip_prefix(host))
    else {
        return if flake.contains("://") && !flake.contains("rev=") && !flake.contains("ref=") {
            Pin::Unversioned
        } else {
            Pin::Unknown
        };
    };
    match path.split('/').nth(2) {
        Some(revision) => version_pin(revision, Ecosystem::Nix),
        None if flake.contains("rev=") => Pin::Exact,
        None => Pin::Unversioned,
    }
}

fn is_repository(spec: &str) -> bool {
    ["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:"]
        .iter()
        .any(|start| spec.starts_with(start))
}

/// A repository or an address, with a revision behind `sign` or a version in its path.
fn repository(spec: &str, sign: char) -> Pin {
    if is_open(spec) {
        return Pin::Unknown;
    }
    // `ssh://git@host/…` has an `@` that names no revision.
    let path = match spec.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => spec.strip_prefix("git@").unwrap_or(spec),
    };
    let bare = path.split(['#', '?']).next().unwrap_or(path);
    let path = if sign == '@' { bare } else { path };
    match path.rsplit_once(sign) {
        Some((_, revision)) => {
            let revision = revision.split("&subdirectory").next().unwrap_or(revision);
            version_pin(revision.strip_prefix("semver:").unwrap_or(revision), Ecosystem::Pypi)
        }
        None if !is_repository(spec) && has_version(spec) => Pin::Exact,
        None => Pin::Unversioned,
    }
}

/// Whether an address holds a version or a revision: `…/pkg-1.2.3.tgz`, `…/0123abc…/…`.
fn has_version(address: &str) -> bool {
    address
        .split(['/', '@', '-', '_'])
        .map(|part| {
            part.trim_end_matches(".tgz")
                .trim_end_matches(".tar.gz")
                .trim_end_matches(".zip")
                .trim_end_matches(".whl")
        })
        .any(|part| is_revision(part) || part.contains('.') && is_exact(part, Ecosystem::Npm))
}

/// Whether a text is the hash of a commit.
fn is_revision(text: &str) -> bool {
    (7..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_hexdigit())
        && text.chars().any(|c| c.is_ascii_digit())
}

/// What an image is named by.
pub fn of_image(image: &str) -> Pin {
    let image = image.trim();
    if image.contains("@sha256:") || image.starts_with("sha256:") {
        return Pin::Exact;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    let Some((name, tag)) = last.split_once(':') else {
        return if is_open(image) || is_local(image) || image.is_empty() {
            Pin::Unknown
        } else {
            Pin::Missing
        };
    };
    if is_open(tag) || is_open(name) {
        return Pin::Unknown;
    }
    if is_moving_tag(name, tag) {
        Pin::Moving(tag.to_owned())
    } else {
        Pin::Exact
    }
}

/// Whether a tag is one that is meant to move, alone or with a variant (`lts-alpine`), or names a variant alone (`alpine`, `slim`): that of the
/// latest version. The releases of some systems have names for versions.
fn is_moving_tag(name: &str, tag: &str) -> bool {
    let word = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
    const MOVING: &[&str] = &[
        "latest",
        "lts",
        "stable",
        "edge",
        "main",
        "master",
        "nightly",
        "dev",
        "develop",
        "current",
        "mainline",
        "next",
        "rolling",
        "canary",
        "head",
        "beta",
        "alpha",
        "snapshot",
        "unstable",
        "experimental",
        "trunk",
    ];
    const NAMED_RELEASES: &[&str] = &["debian", "ubuntu", "buildpack-deps"];
    // `static-debian12:nonroot` has its version in its name.
    let has_number = [name, tag]
        .iter()
        .any(|text| text.contains(|c: char| c.is_ascii_digit()));
    MOVING.contains(&word.as_str()) || !has_number && !NAMED_RELEASES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_npm() {
        for spec in [
            "a@1.2.3",
            "@s/a@1.2.3-beta.1",
            "github:o/r#v1.0.0",
            "o/r#0123456789abcdef",
            "https://x/a-1.2.3.tgz",
        ] {
            assert_eq!(npm(spec), Pin::Exact, "{spec}");
        }
        assert_eq!(npm("a"), Pin::Missing);
        assert_eq!(npm("@s/a"), Pin::Missing);
        for (spec, version) in [
            ("a@latest", "latest"),
            ("@s/a@^1.2.3", "^1.2.3"),
            ("a@1.2", "1.2"),
            ("a@1.x.x", "1.x.x"),
            ("o/r#main", "main"),
        ] {
            assert_eq!(npm(spec), Pin::Moving(version.to_owned()), "{spec}");
        }
        for spec in ["github:o/r", "o/r", "git+https://github.com/o/r.git"] {
            assert_eq!(npm(spec), Pin::Unversioned, "{spec}");
        }
        for spec in ["./a", "file:../a", "${PKG}", "a@${V}", "<your-package>", "C:\\a"] {
            assert_eq!(npm(spec), Pin::Unknown, "{spec}");
        }
    }

    #[test]
    fn packages_of_pypi() {
        for spec in [
            "a==1.2",
            "a[x]==1.2.3",
            "a@1.2.3",
            "git+https://g/o/r@v1.0",
            "a @ git+https://g/o/r@0123456789abcdef",
            "git+ssh://git@g/o/r@1.0#egg=a",
        ] {
            assert_eq!(pypi(spec), Pin::Exact, "{spec}");
        }
        assert_eq!(pypi("a[x]"), Pin::Missing);
        for (spec, version) in [
            ("a@latest", "latest"),
            ("a>=1", ">=1"),
            ("a==1.*", "1.*"),
            ("git+https://g/o/r@main", "main"),
        ] {
            assert_eq!(pypi(spec), Pin::Moving(version.to_owned()), "{spec}");
        }
        for spec in [
            "git+https://g/o/r",
            "git+https://g/o/r.git#subdirectory=a",
            "git+ssh://git@g/o/r",
        ] {
            assert_eq!(pypi(spec), Pin::Unversioned, "{spec}");
        }
        for spec in [".", "./a", "${X}"] {
            assert_eq!(pypi(spec), Pin::Unknown, "{spec}");
        }
    }

    #[test]
    fn others() {
        assert_eq!(go("./cmd"), Pin::Unknown);
        assert_eq!(go("g/o/r@latest"), Pin::Moving("latest".to_owned()));
        assert_eq!(go("g/o/r@v1.2.3"), Pin::Exact);
        assert_eq!(deno("npm:@s/a"), Pin::Missing);
        assert_eq!(deno("jsr:@s/a@1.2.3/sub"), Pin::Exact);
        assert_eq!(deno("https://deno.land/x/a@1.2.3/mod.ts"), Pin::Exact);
        assert_eq!(deno("https://x/mod.ts"), Pin::Unversioned);
        assert_eq!(deno("main.ts"), Pin::Unknown);
        assert_eq!(maven("g:a:1.0"), Pin::Exact);
        assert_eq!(maven("a@o"), Pin::Unversioned);
        assert_eq!(nix("github:o/r"), Pin::Unversioned);
        assert_eq!(nix("github:o/r/v1.0#x"), Pin::Exact);
        assert_eq!(nix("nixpkgs#x"), Pin::Unknown);
    }

    #[test]
    fn images() {
        for image in [
            "a:1",
            "h:5000/a:1.2",
            "a@sha256:0",
            "a:latest@sha256:0",
            "a:22-alpine",
            "debian:bookworm-slim",
            "gcr.io/distroless/static-debian12:nonroot",
        ] {
            assert_eq!(of_image(image), Pin::Exact, "{image}");
        }
        for (image, tag) in [
            ("a:latest", "latest"),
            ("h/a:lts-alpine", "lts-alpine"),
            ("a:main", "main"),
            ("nginx:alpine", "alpine"),
            ("python:slim-bookworm", "slim-bookworm"),
        ] {
            assert_eq!(of_image(image), Pin::Moving(tag.to_owned()), "{image}");
        }
        assert_eq!(of_image("h:5000/a"), Pin::Missing);
        assert_eq!(of_image("a:${TAG}"), Pin::Unknown);
        assert_eq!(of_image("${IMAGE}"), Pin::Unknown);
    }
}
