//! Tests of what names say of their values.

use super::*;

#[test]
fn names_of_secrets() {
    for (name, expected) in [
        ("DB_PASSWORD", Purpose::Password),
        ("mysql_pass", Purpose::Password),
        ("dbPassword2", Purpose::Password),
        ("JWT_SECRET", Purpose::Signing),
        ("secret", Purpose::Signing),
        ("SECRET_KEY", Purpose::Signing),
        ("JWT_SECRET_KEY", Purpose::Signing),
        ("client_secret", Purpose::Credential),
        ("apiKey", Purpose::Credential),
        ("X-API-Key", Purpose::Credential),
        ("OPENAI_API_KEY", Purpose::Credential),
        ("--access-token", Purpose::Credential),
        ("mintlifyToken", Purpose::Credential),
        ("RODIN_FREE_TRIAL_KEY", Purpose::Key),
        ("GITHUB_PAT", Purpose::Credential),
        ("Authorization", Purpose::Header),
        ("WALLET_MNEMONIC", Purpose::Phrase),
    ] {
        assert_eq!(purpose(name), Some(expected), "{name}");
    }
}

#[test]
fn names_of_other_things() {
    for name in [
        "max_tokens",
        "token_type",
        "next_token",
        "nextPageToken",
        "cache_key",
        "primaryKey",
        "public_key",
        "password_hash",
        "key",
        "TOKEN_URL",
        "secret_name",
        "api_key_header",
        "DORIS_PASSWORD_FILE",
        "keyword",
        "password_placeholder",
        "csrf_token",
        "storageKey",
        "compass",
        "write_key",
        "anon_key",
    ] {
        assert_eq!(purpose(name), None, "{name}");
    }
}
