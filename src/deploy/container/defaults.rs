//! What a text of compose is where nobody sets its variables.

/// How often one text is gone through.
const MAX_NESTED: usize = 16;

/// Puts the defaults of variables in: `${TAG:-latest}` is `latest`. A variable without one stays, as `$NAME`.
pub fn with_defaults(text: &str) -> String {
    let mut out = text.to_owned();
    for _ in 0..MAX_NESTED {
        // The innermost first: `${A:-${B:-c}}`.
        let Some(end) = out.find('}') else { break };
        let Some(start) = out.get(..end).and_then(|before| before.rfind("${")) else {
            break;
        };
        let inner = out.get(start + 2..end).unwrap_or_default();
        let length = inner
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(inner.len());
        let (name, rest) = inner.split_at(length);
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        let value = match rest.strip_prefix('-') {
            Some(default) => default.to_owned(),
            None => format!("${name}"),
        };
        out.replace_range(start..=end, &value);
    }
    out
}
