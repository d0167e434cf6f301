//! Names that say that what they name is a secret.

/// Whether a variable's name says that its value is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words_of(name);
    let has = |word: &str| words.iter().any(|have| have == word);
    let pair = |first: &str, second: &str| words.windows(2).any(|two| two[0] == first && two[1] == second);
    let last = words.last().map_or("", String::as_str);
    // about a secret, not the secret: where it lies, how long it lives, who it belongs to
    if matches!(
        last,
        "path"
            | "file"
            | "dir"
            | "name"
            | "id"
            | "type"
            | "ttl"
            | "timeout"
            | "count"
            | "limit"
            | "length"
            | "size"
            | "expiry"
            | "expires"
            | "age"
            | "endpoint"
            | "enabled"
            | "required"
            | "header"
            | "prefix"
            | "issuer"
            | "audience"
            | "algorithm"
            | "env"
            | "var"
            | "mode"
            | "provider"
            | "method"
            | "budget"
            | "max"
            | "min"
            | "seconds"
            | "ms"
            | "rounds"
            | "encoding"
            | "format"
            | "scope"
            | "scopes"
            | "source"
            | "store"
            | "storage"
            | "version"
    ) || has("public")
        || has("max")
    {
        return false;
    }
    let url = matches!(last, "url" | "uri");
    if url {
        return pair("database", "url")
            || has("mongodb")
            || has("mongo")
            || pair("postgres", "url")
            || pair("redis", "url");
    }
    has("secret") && last != "secrets"
        || has("password")
        || has("passwd")
        || has("passphrase")
        || has("apikey")
        || has("token")
        || has("pat") && words.len() > 1 && last == "pat"
        || last == "credential"
        || last == "credentials"
        || pair("api", "key")
        || pair("access", "key")
        || pair("secret", "key")
        || pair("private", "key")
        || pair("auth", "key")
        || pair("encryption", "key")
        || pair("signing", "key")
        || pair("service", "key")
        || pair("connection", "string")
        || words.len() > 1 && matches!(last, "pwd" | "pass")
}

/// The words of a name in any of the usual spellings, in lower case.
pub fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut lower_before = false;
    for c in name.chars().take(128) {
        if !c.is_alphanumeric() {
            if !current.is_empty() {
                words.push(std::mem::take(&mut current));
            }
            lower_before = false;
            continue;
        }
        if c.is_uppercase() && lower_before && !current.is_empty() {
            words.push(std::mem::take(&mut current));
        }
        lower_before = !c.is_uppercase();
        current.extend(c.to_lowercase());
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in [
            "API_KEY",
            "OPENAI_API_KEY",
            "apiKey",
            "GITHUB_TOKEN",
            "githubToken",
            "DB_PASSWORD",
            "CLIENT_SECRET",
            "AWS_SECRET_ACCESS_KEY",
            "DATABASE_URL",
            "MONGODB_URI",
            "SMTP_PASS",
            "GITHUB_PAT",
            "GOOGLE_APPLICATION_CREDENTIALS",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PWD",
            "HOME",
            "MAX_TOKENS",
            "TOKEN_LIMIT",
            "API_KEY_FILE",
            "TOKEN_PATH",
            "PUBLIC_KEY",
            "KEY",
            "PATH",
            "API_URL",
            "TOKEN_URL",
            "AWS_ACCESS_KEY_ID",
            "SECRET_NAME",
            "PASS",
            "KEYBOARD",
            "MONKEY",
            "COMPASS",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
