//! Addresses of files.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986 and the separator.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');
/// The same for an absolute path, where a drive has its colon.
const ABSOLUTE: &AsciiSet = &PATH.remove(b':');

/// A path with `/` between its segments, encoded.
pub(super) fn relative(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// `file:///…` of a file.
pub(super) fn file(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.into_owned()
    };
    format!("file:///{}", utf8_percent_encode(path.trim_matches('/'), ABSOLUTE))
}

/// `file:///…/` of a folder.
pub(super) fn folder(path: &Path) -> String {
    let uri = file(path);
    if uri.ends_with('/') { uri } else { format!("{uri}/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_encoded() {
        assert_eq!(relative("src/a b/[id]#1.ts"), "src/a%20b/%5Bid%5D%231.ts");
        assert_eq!(relative("a:b/ä.py"), "a%3Ab/%C3%A4.py");
        assert_eq!(folder(Path::new("/a/b c")), "file:///a/b%20c/");
        assert_eq!(folder(Path::new("/")), "file:///");
        assert_eq!(file(Path::new("/a/\u{1B}]8.ts")), "file:///a/%1B%5D8.ts");
    }
}
