//! What a name promises of its value.

/// What a value is for, by the name it stands under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// A password.
    Password,
    /// A key that the program itself signs or encrypts with: whatever stands here is the key.
    Signing,
    /// A key, token or secret that some service gave out.
    Credential,
    /// Some kind of key.
    Key,
    /// An `Authorization` header.
    Header,
    /// The words that a wallet is restored from.
    Phrase,
}

/// Of what every name of a secret holds one, in lower case. Nearly all names hold none: the rest is looked at closely.
pub(super) const TELLING: &[&str] = &[
    "key",
    "token",
    "secret",
    "pass",
    "pwd",
    "pw",
    "cred",
    "bearer",
    "authorization",
    "auth_header",
    "mnemonic",
    "phrase",
    "pat",
    "jwt",
];

/// Whether a name holds one of the telling words anywhere.
fn may_promise(name: &str) -> bool {
    let bytes = name.as_bytes();
    (0..bytes.len()).any(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        matches!(
            rest.first().map(u8::to_ascii_lowercase),
            Some(b'k' | b't' | b's' | b'p' | b'c' | b'b' | b'a' | b'm' | b'j')
        ) && TELLING.iter().any(|word| {
            rest.get(..word.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
        })
    })
}

/// Longest name that is looked at.
const LONGEST: usize = 80;

/// What a name promises; `None` for names that promise no secret, such as those of things about a secret.
pub(super) fn purpose(name: &str) -> Option<Purpose> {
    if name.len() > LONGEST || !may_promise(name) {
        return None;
    }
    let words = words(name);
    let mut words: &[String] = &words;
    const NEVER: &[&str] = &[
        "example",
        "sample",
        "placeholder",
        "dummy",
        "fake",
        "mock",
        "public",
        "publishable",
        "test",
        "invalid",
        "hash",
        "hashed",
        "masked",
        "redacted",
        "pattern",
        "regex",
        "regexp",
        "schema",
        "label",
        "description",
        "hint",
        "help",
        "error",
        "message",
        "title",
        "prompt",
        "i18n",
        "max",
        "min",
        "num",
        "csrf",
        "xsrf",
        "expected",
        "write",
        "anon",
        "recaptcha",
        "sitekey",
        "search",
        "cache",
        "checksum",
        "digest",
        "integrity",
        "etag",
        "commit",
        "encrypted",
    ];
    if words.iter().any(|word| NEVER.contains(&word.as_str())) {
        return None;
    }
    // what follows the telling word without changing what it is
    while let [rest @ .., last] = words {
        let neutral = last.bytes().all(|byte| byte.is_ascii_digit())
            || matches!(
                last.as_str(),
                "value"
                    | "val"
                    | "str"
                    | "string"
                    | "default"
                    | "fallback"
                    | "prod"
                    | "production"
                    | "dev"
                    | "development"
                    | "staging"
                    | "live"
                    | "raw"
                    | "plain"
                    | "plaintext"
                    | "b64"
                    | "base64"
                    | "hex"
                    | "old"
                    | "new"
                    | "current"
                    | "primary"
                    | "secondary"
                    | "backup"
                    | "const"
                    | "literal"
            );
        if !neutral || rest.is_empty() {
            break;
        }
        words = rest;
    }
    let last = words.last()?.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = words
        .len()
        .checked_sub(2)
        .and_then(|at| words.get(at))
        .map_or("", String::as_str);
    let has = |word: &str| words.iter().any(|have| have == word);
    let is_issued = || words.iter().any(|word| ISSUERS.contains(&word.as_str()));
    let signs = || {
        const OWN: &[&str] = &[
            "jwt",
            "session",
            "cookie",
            "signing",
            "sign",
            "encryption",
            "hmac",
            "nextauth",
            "flask",
            "django",
            "auth",
            "authjs",
            "app",
            "master",
            "access",
            "refresh",
            "token",
            "webhook",
            "webhooks",
            "internal",
            "shared",
            "aes",
            "crypto",
        ];
        !is_issued() && (has("jwt") || words.len() == 1 || OWN.contains(&before))
    };
    match last {
        "password" | "passwd" | "pwd" | "passphrase" | "passcode" | "pw" => Some(Purpose::Password),
        "pass" if words.len() > 1 || name.trim_start_matches('-') == "pass" => Some(Purpose::Password),
        "secret" | "secrets" if before == "client" || before == "api" || before == "consumer" => {
            Some(Purpose::Credential)
        }
        "secret" if signs() => Some(Purpose::Signing),
        "secret" => Some(Purpose::Credential),
        "token" => {
            const OTHER: &[&str] = &[
                "next",
                "page",
                "continuation",
                "sync",
                "start",
                "end",
                "cls",
                "sep",
                "pad",
                "eos",
                "bos",
                "unk",
                "mask",
                "special",
                "stop",
                "input",
                "output",
                "completion",
                "cancellation",
                "cancel",
                "progress",
                "delimiter",
                "pagination",
                "cursor",
                "resume",
                "image",
                "first",
                "last",
                "skip",
                "current",
                "design",
                "color",
                "theme",
                "lex",
                "syntax",
                "injection",
            ];
            (!OTHER.contains(&before)).then_some(Purpose::Credential)
        }
        "apikey" | "accesskey" | "secretkey" | "authtoken" | "accesstoken" | "bearer" | "pat" | "credential"
        | "credentials" | "creds" | "jwt" => Some(Purpose::Credential),
        "key" => match key(before, words.len(), has("public") || has("pub")) {
            Some(Purpose::Signing) if is_issued() => Some(Purpose::Credential),
            purpose => purpose,
        },
        "authorization" => Some(Purpose::Header),
        "header" if matches!(before, "auth" | "authorization") => Some(Purpose::Header),
        "mnemonic" => Some(Purpose::Phrase),
        "phrase" if matches!(before, "seed" | "recovery" | "mnemonic") => Some(Purpose::Phrase),
        _ => None,
    }
}

/// Services that give out what is called a secret elsewhere: a placeholder for it opens nothing.
const ISSUERS: &[&str] = &[
    "alibaba",
    "alipay",
    "aliyun",
    "aws",
    "azure",
    "baidu",
    "binance",
    "captcha",
    "clerk",
    "cloudinary",
    "cos",
    "dingtalk",
    "discord",
    "facebook",
    "feishu",
    "gcp",
    "github",
    "gitlab",
    "google",
    "hcaptcha",
    "langfuse",
    "lark",
    "linkedin",
    "meta",
    "mux",
    "notion",
    "okx",
    "oss",
    "paypal",
    "paystack",
    "plaid",
    "r2",
    "razorpay",
    "s3",
    "shopify",
    "slack",
    "spotify",
    "square",
    "stripe",
    "tencent",
    "tencentcloud",
    "turnstile",
    "twilio",
    "twitter",
    "wechat",
    "weixin",
    "zoom",
];

/// Whether a text names a service that gives out keys: `your-spotify-secret`.
pub(super) fn is_issued(text: &str) -> bool {
    words(text).iter().any(|word| ISSUERS.contains(&word.as_str()))
}

/// Whether a key of this name is asked for by the server itself: what it falls back to lets everybody in.
pub(super) fn is_own(name: &str) -> bool {
    const OWN: &[&str] = &[
        "admin",
        "auth",
        "bearer",
        "chroma",
        "gateway",
        "inspector",
        "internal",
        "master",
        "mcp",
        "meili",
        "proxy",
        "qdrant",
        "root",
        "server",
        "typesense",
        "vault",
        "ws",
    ];
    const NEUTRAL: &[&str] = &[
        "access", "api", "apikey", "app", "client", "dev", "http", "key", "secret", "service", "sse", "static",
        "token", "x",
    ];
    let words = words(name);
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    words.iter().any(|word| is(OWN, word)) && words.iter().all(|word| is(OWN, word) || is(NEUTRAL, word))
}

/// Whether a name is spelled as variables of the environment are.
pub(super) fn is_variable(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_uppercase()) && !name.contains(|c: char| c.is_ascii_lowercase() || c == '-')
}

/// Whether a name may say where a secret is found: `secretKey`, `passwordSecretKey`, `jwt-key`.
pub(super) fn is_pointer(name: &str) -> bool {
    !is_variable(name) && (name.ends_with("Key") || name.ends_with("-key") || name == "key")
}

fn key(before: &str, count: usize, public: bool) -> Option<Purpose> {
    const OTHER: &[&str] = &[
        "primary",
        "foreign",
        "sort",
        "partition",
        "storage",
        "object",
        "map",
        "dict",
        "json",
        "row",
        "translation",
        "locale",
        "msg",
        "lookup",
        "index",
        "group",
        "unique",
        "composite",
        "natural",
        "idempotency",
        "site",
        "query",
        "state",
        "config",
        "settings",
        "registry",
        "field",
        "column",
        "prop",
        "metadata",
        "meta",
        "entry",
        "react",
        "s3",
        "redis",
        "event",
        "dedup",
        "sharding",
        "routing",
        "tag",
        "header",
        "param",
        "env",
        "var",
        "name",
        "data",
        "item",
        "node",
        "file",
        "path",
        "parent",
        "root",
        "issue",
        "project",
        "space",
        "ticket",
        "epic",
        "board",
        "record",
        "document",
        "doc",
        "model",
        "type",
        "context",
        "attribute",
        "property",
        "option",
        "menu",
        "hot",
        "shortcut",
        "arrow",
        "enter",
        "keyboard",
        "press",
        "tab",
        "memory",
        "result",
        "response",
        "request",
        "output",
        "input",
        "id",
        "user",
        "host",
        "known",
        "media",
        "asset",
        "image",
        "component",
        "instance",
        "feature",
        "flag",
        "sheet",
        "blob",
        "bucket",
        "mapping",
    ];
    if public || count < 2 || OTHER.contains(&before) {
        return None;
    }
    Some(match before {
        "secret" | "signing" | "encryption" | "jwt" | "session" | "cookie" | "master" | "hmac" => Purpose::Signing,
        "api" | "access" | "private" | "auth" | "service" | "account" | "license" | "subscription" | "bearer"
        | "app" | "application" | "admin" | "role" => Purpose::Credential,
        _ => Purpose::Key,
    })
}

/// The words of a name in any of the usual spellings, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut last = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let starts = c.is_ascii_uppercase()
            && (last.is_ascii_lowercase()
                || last.is_ascii_digit()
                || (last.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase)));
        if (starts || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        last = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests;
