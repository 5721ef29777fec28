//! No secret is printed by `Debug`, by an error, or by what holds it.

use std::fmt::Debug;

use toolgate_auth::{
    AccessToken, ApiKey, AuthorizationCode, BrowserSecret, ClientSecret, EnvConfig, Environment,
    Error, GoogleAuth, IdToken, KeyRing, KeySource, Nonce, OAuthClient, PkceVerifier, RefreshToken,
    SealingKey,
};

const CANARY: &str = "canary-17";
const KEY: [u8; 32] = *b"canary-17-canary-17-canary-17-ca";
/// `KEY` in base64url.
const KEY_TEXT: &str = "Y2FuYXJ5LTE3LWNhbmFyeS0xNy1jYW5hcnktMTctY2E";

/// Fails where a rendering holds the canary, plain or as the bytes of a list.
fn check(what: &dyn Debug) {
    for printed in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!printed.contains("canary"), "{printed}");
        assert!(!printed.contains(KEY_TEXT), "{printed}");
        let numbers: String = printed.split_whitespace().collect();
        assert!(!numbers.contains("99,97,110"), "{printed}");
    }
}

#[test]
fn the_check_finds_what_it_looks_for() {
    for leak in [
        format!("{CANARY:?}"),
        format!("{KEY:?}"),
        format!("{:#?}", KEY.to_vec()),
    ] {
        let found = std::panic::catch_unwind(|| check(&format_args!("{leak}")));
        assert!(found.is_err(), "{leak}");
    }
}

#[test]
fn secrets_print_as_redacted() {
    macro_rules! each {
        ($($secret:ident),*) => {$(
            let secret = $secret::parse(CANARY).unwrap();
            check(&secret);
            check(&Some(secret.clone()));
            assert_eq!(format!("{secret:?}"), concat!(stringify!($secret), "([redacted])"));
            assert_eq!(secret.expose(), CANARY);
        )*};
    }
    each!(
        AccessToken,
        ApiKey,
        RefreshToken,
        ClientSecret,
        AuthorizationCode,
        PkceVerifier,
        Nonce,
        BrowserSecret,
        IdToken
    );
    check(&SealingKey::from_bytes(KEY));
}

#[test]
fn a_refused_secret_is_not_in_its_error() {
    let mut bad = vec![
        format!("{CANARY}\n"),
        format!(" {CANARY}"),
        format!("{CANARY}\u{e9}"),
    ];
    bad.push(CANARY.repeat(2000));
    for value in bad {
        let errors: [Error; 3] = [
            AccessToken::parse(value.as_str()).unwrap_err(),
            RefreshToken::parse(value.as_str()).unwrap_err(),
            ClientSecret::parse(value.as_str()).unwrap_err(),
        ];
        for error in errors {
            check(&error);
            assert!(
                error.is_configuration() && !error.to_string().contains("canary"),
                "{error}"
            );
        }
    }
}

#[test]
fn what_holds_secrets_prints_none() {
    let ring = || KeyRing::new("k1", SealingKey::from_bytes(KEY)).unwrap();
    check(&ring());
    check(&KeySource::Ring(ring()));
    let client = OAuthClient::new("1-a").with_secret(ClientSecret::parse(CANARY).unwrap());
    check(&client);
    let builder = GoogleAuth::builder(client).with_keys(KeySource::Ring(ring()));
    check(&builder);
    check(&builder.build().unwrap());
}

#[test]
fn what_is_read_from_the_environment_prints_none() {
    let environment = Environment::from_pairs([
        ("GOOGLE_CLIENT_ID", "1-a"),
        ("GOOGLE_CLIENT_SECRET", CANARY),
        ("TOOLGATE_KEY", KEY_TEXT),
    ]);
    check(&environment);
    let config = EnvConfig::read(&environment).unwrap();
    assert!(
        matches!(config.keys, KeySource::Ring(_)),
        "the key was read"
    );
    check(&config);
    check(
        &GoogleAuth::builder_from_env(&environment)
            .unwrap()
            .build()
            .unwrap(),
    );
}
