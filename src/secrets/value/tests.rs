//! Tests of what values look like.

use super::*;

/// Pieces are joined here so that no sample stands in the source as it would in a leak.
fn joined(pieces: &[&str]) -> String {
    pieces.concat()
}

#[test]
fn keys_look_random() {
    for value in [
        joined(&["Qd44UB_fTrVfGPG", "RPLr5QdVgFhuKdiGa", "BmvazTdxVdQ"]),
        joined(&["mint_dsc_3ZNWe13k", "DZKPFdidzxsnQFyU"]),
        joined(&["f65582036a05d5d1", "4ecef5e3879566b9"]),
        joined(&["k9TcfFoEhNd9cCPP", "2guHAHHHkctZHIRh"]),
        joined(&["wJblrQUtnFEMI/K7", "MDENG+bPxRfiCYzz81aQ"]),
    ] {
        assert!(is_random(&value), "{value}");
        assert!(!is_placeholder(&value), "{value}");
    }
}

#[test]
fn words_names_and_versions_do_not() {
    for value in [
        "claude-3-5-sonnet-20241022",
        "anthropic.claude-v2:1",
        "user-profile-settings-key-2",
        "OPENAI_API_KEY_FOR_TESTS_2",
        "550e8400-e29b-41d4-a716-446655440000",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
        "abcdefghijklmnopqrstuvwxyz123456",
        "2024-01-01T00:00:00.000Z",
        "application/vnd.api2+json",
        "sha256-abcdef0123456789abcdef0123456789",
        "some.module.path.to_class1",
        "https://example.com/a1b2c3d4e5f6g7",
    ] {
        assert!(!is_random(value), "{value}");
    }
}

#[test]
fn placeholders_and_references() {
    for value in [
        "your_key_here",
        "YOUR_TOKEN",
        "xxxxxxxx",
        "change-me",
        "test-key",
        "sk-....",
        "1234567890",
        "my-secret",
    ] {
        assert!(is_placeholder(value), "{value}");
    }
    for value in [
        "${X}",
        "${env:X}",
        "{{X}}",
        "<key>",
        "[REDACTED]",
        "$TOKEN",
        "%TOKEN%",
        "/run/secrets/x",
        "./key.pem",
        "process.env.X",
        "$env:SIGNING_PASSWORD",
        "op://vault/x",
    ] {
        assert!(is_reference(value), "{value}");
    }
    for value in ["Tr0ub4dor&3", "rootpassword123"] {
        assert!(!is_reference(value), "{value}");
    }
}

#[test]
fn passwords() {
    assert!(is_well_known("postgres") && is_well_known("Password123!") && is_well_known("change_me"));
    assert!(is_chosen("Tr0ub4dor&3") && !is_chosen("password") && !is_chosen("the password"));
}

#[test]
fn base64_decodes() {
    assert_eq!(base64("YWRtaW46YWRtaW4=").unwrap(), b"admin:admin");
    assert_eq!(base64("a!"), None);
}
