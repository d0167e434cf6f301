//! Names and values in text, whatever its syntax: `name: value`, `NAME=value`, `--flag value`, `"--flag", "value"`.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::name::{TELLING, purpose};
use crate::workspace::Syntax;

/// Longest name that is read.
const LONGEST_NAME: usize = 80;
/// Longest value that is read.
const LONGEST_VALUE: usize = 1024;

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(TELLING).ok());

/// How a text writes its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// A syntax of settings.
    Settings(Syntax),
    /// `name = value` in lines: properties, ini.
    Lines,
    /// A shell.
    Script,
    /// A programming language: values are quoted.
    Code,
}

/// How a value is bound to its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// It is set.
    Set,
    /// It is what counts when a variable is not set: `${NAME:-value}`.
    Fallback,
}

/// A name with its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) form: Form,
}

/// The pairs whose names promise a secret, in the order of the names.
pub(super) fn pairs(text: &str, dialect: Dialect) -> Vec<Pair> {
    let mut found: Vec<Pair> = Vec::new();
    let Some(finder) = FINDER.as_ref() else {
        return found;
    };
    let reader = Reader {
        text,
        bytes: text.as_bytes(),
        dialect,
    };
    let mut done = 0;
    for hit in finder.find_iter(text) {
        if hit.start() < done {
            continue;
        }
        let name = reader.name_around(hit.range());
        done = name.end;
        if name.len() > LONGEST_NAME || text.get(name.clone()).and_then(purpose).is_none() {
            continue;
        }
        if let Some((value, form)) = reader.value_of(&name)
            && !reader.is_comment(name.start)
        {
            found.push(Pair { name, value, form });
        }
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    dialect: Dialect,
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b'\n', |at| self.byte(at))
    }

    fn name_around(&self, hit: Range<usize>) -> Range<usize> {
        let (mut start, mut end) = (hit.start, hit.end);
        while start > 0 && in_name(self.byte(start - 1)) && hit.start - start <= LONGEST_NAME {
            start -= 1;
        }
        while end < self.bytes.len() && in_name(self.byte(end)) && end - hit.end <= LONGEST_NAME {
            end += 1;
        }
        // `${NAME-value}`
        let dash = self
            .bytes
            .get(start..end)
            .and_then(|name| name.iter().position(|byte| *byte == b'-'));
        if let Some(dash) = dash
            && self.before(start) == b'{'
            && start + dash > hit.start
        {
            end = start + dash;
        }
        start..end
    }

    fn line_start(&self, at: usize) -> usize {
        let from = at.saturating_sub(400);
        let line = self.bytes.get(from..at).unwrap_or_default();
        line.iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(from, |newline| from + newline + 1)
    }

    /// What stands on the line in front of an offset, as far as it is looked at.
    fn lead(&self, at: usize) -> &[u8] {
        self.bytes.get(self.line_start(at)..at).unwrap_or_default().trim_ascii()
    }

    fn is_comment(&self, at: usize) -> bool {
        let lead = self.lead(at);
        lead.starts_with(b"#")
            || lead.starts_with(b"//")
            || lead.starts_with(b"/*")
            || lead.starts_with(b"<!--")
            || lead.starts_with(b"* ")
            || lead == b";"
    }

    fn skip_blank(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\t') && at < self.bytes.len() {
            at += 1;
        }
        at
    }

    /// Skips white space and line ends, at most a few.
    fn skip_lines(&self, at: usize) -> usize {
        let mut end = at;
        while end < self.bytes.len() && end < at + 80 && self.byte(end).is_ascii_whitespace() {
            end += 1;
        }
        end
    }

    fn value_of(&self, name: &Range<usize>) -> Option<(Range<usize>, Form)> {
        let quote = self.before(name.start);
        let is_quoted = is_quote(quote) && self.after_quote(name.end, quote).is_some();
        let is_flag = self.bytes.get(name.clone())?.starts_with(b"-");
        let end = if is_quoted {
            self.after_quote(name.end, quote)?
        } else {
            name.end
        };
        let after = self.skip_blank(end);
        match self.byte(after) {
            b':' if self.before(name.start) == b'{' && matches!(self.byte(after + 1), b'-' | b'=') => {
                Some((self.fallback(after + 2)?, Form::Fallback))
            }
            b'-' if self.before(name.start) == b'{' => Some((self.fallback(after + 1)?, Form::Fallback)),
            b':' if matches!(self.byte(after + 1), b':' | b'/') => None,
            b':' if self.byte(after + 1) == b'=' => self.value(after + 2, name),
            b'=' if matches!(self.byte(after + 1), b'=' | b'~') => None,
            b'=' if self.byte(after + 1) == b'>' => self.value(after + 2, name),
            // code or prose in a text of JSON
            b':' if self.dialect == Dialect::Settings(Syntax::Json) && !is_quoted && !self.is_header(name) => None,
            b':' | b'=' => self.value(after + 1, name),
            b'>' if self.before(name.start) == b'<' => self.element(after + 1),
            b',' if is_quoted && is_flag => {
                let next = self.skip_lines(after + 1);
                is_quote(self.byte(next)).then(|| self.value(next, name)).flatten()
            }
            b'\n' | b'\r'
                if self.lead(name.start).ends_with(b"name:") || self.lead(name.start).ends_with(b"name: \"") =>
            {
                self.next_line_value(after, name)
            }
            b'\n' | b'\r' if is_flag => {
                let next = self.skip_lines(after);
                (self.byte(next) == b'-' && self.byte(next + 1) == b' ')
                    .then(|| self.value(next + 2, name))
                    .flatten()
            }
            byte if is_flag && !is_quoted && after > end && byte != b'-' && !byte.is_ascii_whitespace() => {
                self.value(after, name)
            }
            byte if after > end && !byte.is_ascii_whitespace() && self.takes_blank(name.start) => {
                self.value(after, name)
            }
            _ => None,
        }
    }

    fn is_header(&self, name: &Range<usize>) -> bool {
        let name = self.bytes.get(name.clone()).unwrap_or_default();
        name.eq_ignore_ascii_case(b"authorization") || name.get(..2).is_some_and(|two| two.eq_ignore_ascii_case(b"x-"))
    }

    /// Whether a blank alone parts name and value: `ENV NAME value`, a directive of nginx.
    fn takes_blank(&self, name: usize) -> bool {
        match self.dialect {
            Dialect::Settings(Syntax::Dockerfile) => {
                let lead = self.lead(name);
                lead.eq_ignore_ascii_case(b"env") || lead.eq_ignore_ascii_case(b"arg")
            }
            Dialect::Settings(Syntax::Nginx) => {
                self.lead(name).ends_with(b"proxy_set_header") || self.lead(name).ends_with(b"add_header")
            }
            _ => false,
        }
    }

    fn after_quote(&self, at: usize, quote: u8) -> Option<usize> {
        let at = if self.byte(at) == b'\\' { at + 1 } else { at };
        (self.byte(at) == quote).then_some(at + 1)
    }

    /// `name: X`, and `value: …` on the next line.
    fn next_line_value(&self, at: usize, name: &Range<usize>) -> Option<(Range<usize>, Form)> {
        let next = self.skip_lines(at);
        let rest = self.bytes.get(next..)?;
        let rest = rest.strip_prefix(b"value:")?;
        self.value(self.bytes.len() - rest.len(), name)
    }

    fn element(&self, at: usize) -> Option<(Range<usize>, Form)> {
        let end = self.until(at, |byte| matches!(byte, b'<' | b'\n'))?;
        (self.byte(end) == b'<').then_some((at..end, Form::Set))
    }

    fn fallback(&self, at: usize) -> Option<Range<usize>> {
        let end = self.until(at, |byte| matches!(byte, b'}' | b'\n' | b'$'))?;
        (self.byte(end) == b'}').then(|| self.trim(at..end))
    }

    fn until(&self, at: usize, stop: impl Fn(u8) -> bool) -> Option<usize> {
        let rest = self.bytes.get(at..self.bytes.len().min(at + LONGEST_VALUE))?;
        let length = rest.iter().position(|byte| stop(*byte)).unwrap_or(rest.len());
        (at + length == self.bytes.len() || length < LONGEST_VALUE).then_some(at + length)
    }

    fn value(&self, at: usize, name: &Range<usize>) -> Option<(Range<usize>, Form)> {
        let start = self.skip_blank(at);
        let mut open = start;
        while self.byte(open) == b'\\' && open < start + 4 {
            open += 1;
        }
        let quote = self.byte(open);
        let range = if is_quote(quote) && (open == start || self.bytes.get(open).is_some()) {
            let inner = open + 1;
            let escaped = open > start;
            let mut end = inner;
            loop {
                end = self.until(end, |byte| byte == quote || byte == b'\\' || byte == b'\n')?;
                match self.byte(end) {
                    b'\\' if escaped => break,
                    b'\\' => end += 2,
                    _ => break,
                }
                if end - inner > LONGEST_VALUE {
                    return None;
                }
            }
            if self.byte(end) == b'\n' {
                return None;
            }
            inner..end
        } else if self.dialect == Dialect::Code {
            return None;
        } else {
            self.bare(start, name)?
        };
        let range = self.trim(range);
        self.opened(range)
    }

    /// A value without quotes.
    fn bare(&self, start: usize, name: &Range<usize>) -> Option<Range<usize>> {
        let in_query = matches!(self.before(name.start), b'?' | b'&');
        let in_text = self.is_inside_text(name.start);
        let line = self.until(start, |byte| {
            matches!(byte, b'\n' | b'\r') || is_quote(byte) || byte == b'\\'
        })?;
        let mut end = line;
        let text = self.bytes.get(start..line)?;
        if in_query {
            end = start
                + text
                    .iter()
                    .position(|byte| matches!(byte, b'&' | b'#' | b' ' | b')' | b'>' | b','))
                    .unwrap_or(text.len());
            return Some(start..end);
        }
        if let Some(comment) = text
            .windows(2)
            .position(|two| matches!(two[0], b' ' | b'\t') && two[1] == b'#')
        {
            end = start + comment;
        }
        let text = self.bytes.get(start..end)?;
        let whole_line = !in_text
            && matches!(
                self.dialect,
                Dialect::Settings(Syntax::Yaml | Syntax::Env | Syntax::Dockerfile) | Dialect::Lines
            );
        let is_scheme = |text: &[u8]| {
            text.len() > 7
                && [&b"bearer "[..], b"basic ", b"token ", b"apikey "]
                    .iter()
                    .any(|scheme| {
                        text.get(..scheme.len())
                            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
                    })
        };
        if text.starts_with(b"${") {
            let close = text.iter().position(|byte| *byte == b'}')?;
            return Some(start..start + close + 1);
        }
        let stop = |byte: &u8| matches!(byte, b' ' | b'\t' | b';' | b',' | b'}' | b']' | b')' | b'|');
        if is_scheme(text) {
            let space = text.iter().position(|byte| *byte == b' ')? + 1;
            let rest = text.get(space..)?;
            return Some(start..start + space + rest.iter().position(stop).unwrap_or(rest.len()));
        }
        if whole_line {
            return Some(start..end);
        }
        let cut = text.iter().position(stop).unwrap_or(text.len());
        Some(start..start + cut)
    }

    /// Whether an odd number of quotes stands in front of it on its line.
    fn is_inside_text(&self, at: usize) -> bool {
        let lead = self.lead(at);
        [b'"', b'\'']
            .iter()
            .any(|quote| lead.iter().filter(|byte| *byte == quote).count() % 2 == 1)
    }

    fn trim(&self, range: Range<usize>) -> Range<usize> {
        let Some(bytes) = self.bytes.get(range.clone()) else {
            return range;
        };
        let front = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let back = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        range.start + front..range.end.saturating_sub(back).max(range.start + front)
    }

    /// A value, or the one inside `${NAME:-value}`.
    fn opened(&self, range: Range<usize>) -> Option<(Range<usize>, Form)> {
        let value = self.text.get(range.clone())?;
        let inner = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let dash = inner.and_then(|inner| {
            let dash = inner.find(":-").map(|at| at + 2);
            let dash = dash.or_else(|| inner.find('-').map(|at| at + 1))?;
            let name = inner.get(..dash)?.trim_end_matches(['-', ':']);
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            is_name.then_some(dash)
        });
        Some(match dash {
            Some(dash) => (range.start + 2 + dash..range.end - 1, Form::Fallback),
            None => (range, Form::Set),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, dialect: Dialect) -> Vec<(&str, &str, Form)> {
        pairs(text, dialect)
            .into_iter()
            .map(|pair| (&text[pair.name], &text[pair.value], pair.form))
            .collect()
    }

    #[test]
    fn forms_of_settings() {
        use Syntax::{Dockerfile, Env, Json, Nginx, Toml, Yaml};
        for (syntax, text, name, value) in [
            (Json, r#"{"env": {"API_KEY": "v1"}}"#, "API_KEY", "v1"),
            (Json, r#"["--access-token", "v1"]"#, "--access-token", "v1"),
            (Json, "[\"--access-token\",\n   \"v1\"]", "--access-token", "v1"),
            (Json, r#"["API_KEY=\"v1\""]"#, "API_KEY", "v1"),
            (Json, r#"["--api-key=v1", "x"]"#, "--api-key", "v1"),
            (Json, r#"["-e", "API_KEY=v1"]"#, "API_KEY", "v1"),
            (Json, r#"["start --user root --pass v1 x:///y"]"#, "--pass", "v1"),
            (
                Json,
                r#"["--header", "Authorization: Bearer v1"]"#,
                "Authorization",
                "Bearer v1",
            ),
            (Json, r#"{"url": "https://x/?api-key=v1&a=b"}"#, "api-key", "v1"),
            (Yaml, "  DB_PASSWORD: v1 # why", "DB_PASSWORD", "v1"),
            (Yaml, "  - DB_PASSWORD=v1", "DB_PASSWORD", "v1"),
            (Yaml, "  - \"DB_PASSWORD=v1$$\"", "DB_PASSWORD", "v1$$"),
            (Yaml, "- name: DB_PASSWORD\n  value: \"v1\"", "DB_PASSWORD", "v1"),
            (Yaml, "- --api-key\n- v1", "--api-key", "v1"),
            (Env, "DB_PASSWORD=v#1", "DB_PASSWORD", "v#1"),
            (Env, "export DB_PASSWORD='v 1'", "DB_PASSWORD", "v 1"),
            (Toml, "api_key = \"v1\"", "api_key", "v1"),
            (Dockerfile, "ENV API_KEY v1", "API_KEY", "v1"),
            (Dockerfile, "ENV API_KEY=v1", "API_KEY", "v1"),
            (Nginx, "proxy_set_header X-API-Key \"v1\";", "X-API-Key", "v1"),
        ] {
            assert_eq!(
                read(text, Dialect::Settings(syntax)),
                [(name, value, Form::Set)],
                "{text}"
            );
        }
    }

    #[test]
    fn defaults_of_variables() {
        for text in [
            "  - JWT_SECRET=${JWT_SECRET:-v1}",
            "  JWT_SECRET: ${X:-v1}",
            "  x: ${JWT_SECRET:-v1}",
            "  x: \"a ${JWT_SECRET-v1} b\"",
        ] {
            let found = read(text, Dialect::Settings(Syntax::Yaml));
            assert!(
                found
                    .iter()
                    .any(|(_, value, form)| *value == "v1" && *form == Form::Fallback),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_no_pair() {
        for text in [
            "# API_KEY=v1",
            "the token is here",
            "key::value",
            "see https://x/token://y",
            "API_KEY==v",
        ] {
            assert_eq!(read(text, Dialect::Settings(Syntax::Yaml)), [], "{text}");
        }
        assert_eq!(read("api_key: str", Dialect::Code), []);
    }
}
