//! Which id tokens are refused, and why.

use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;
const CLIENT: &str = "client.apps.googleusercontent.com";
const ACCESS: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
/// The `at_hash` of `ACCESS` in OpenID Connect Core, appendix A.3.
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";

fn good() -> Value {
    json!({
        "iss": "https://accounts.google.com",
        "aud": CLIENT,
        "azp": CLIENT,
        "sub": "1234567890",
        "email": "alice@example.com",
        "email_verified": true,
        "hd": "example.com",
        "nonce": "canary-nonce",
        "at_hash": AT_HASH,
        "iat": NOW - 2,
        "exp": NOW + 3598,
    })
}

fn jwt(header: &Value, payload: &Value) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    format!(
        "{}.{}.{}",
        part(header),
        part(payload),
        BASE64.encode("signature")
    )
}

fn check_text(token: &str) -> Result<Claims, Error> {
    let issuers = [
        "https://accounts.google.com".to_owned(),
        "accounts.google.com".to_owned(),
    ];
    let expected = Expected {
        issuers: &issuers,
        client_id: CLIENT,
        nonce: Some(&Nonce::parse("canary-nonce").unwrap()),
        access_token: &AccessToken::parse(ACCESS).unwrap(),
        now: Timestamp::from_millis(NOW * 1000),
    };
    super::check(&IdToken::parse(token).unwrap(), &expected)
}

fn check_payload(payload: &Value) -> Result<Claims, Error> {
    check_text(&jwt(&json!({ "alg": "RS256", "kid": "1" }), payload))
}

fn with(field: &str, value: Value) -> Value {
    let mut payload = good();
    payload[field] = value;
    payload
}

fn without(field: &str) -> Value {
    let mut payload = good();
    payload.as_object_mut().unwrap().remove(field);
    payload
}

fn reason(result: Result<Claims, Error>) -> String {
    let error = result.unwrap_err();
    let Some(Refusal::IdToken(why)) = error.refusal() else {
        panic!("another error: {error:?}");
    };
    assert!(
        !format!("{error:?} {error}").contains("canary"),
        "{error:?}"
    );
    (*why).to_owned()
}

#[test]
fn a_good_token_tells_who_signed_in() {
    let claims = check_payload(&good()).unwrap();
    assert_eq!(
        claims,
        Claims {
            subject: "1234567890".to_owned(),
            email: Some("alice@example.com".to_owned()),
            email_verified: true,
            hosted_domain: Some("example.com".to_owned()),
        }
    );
}

#[test]
fn lawful_differences_are_accepted() {
    let check = |payload: &Value| assert!(check_payload(payload).is_ok(), "{payload}");
    check(&with("iss", json!("accounts.google.com")));
    check(&with("aud", json!([CLIENT])));
    check(&with("aud", json!([CLIENT, "other"])));
    check(&without("azp"));
    check(&without("at_hash"));
    check(&without("email"));
    check(&with("exp", json!(NOW - 30)));
    check(&with("iat", json!(NOW + 30)));
    check(&with("more", json!({ "canary": 1 })));
    let text = check_payload(&with("email_verified", json!("true"))).unwrap();
    assert!(text.email_verified);
    assert!(
        !check_payload(&without("email_verified"))
            .unwrap()
            .email_verified
    );
}

#[test]
fn wrong_tokens_are_refused_with_the_reason() {
    let check = |payload: &Value, expected: &str| {
        assert!(
            reason(check_payload(payload)).contains(expected),
            "{payload}"
        );
    };
    check(&with("iss", json!("https://evil.example")), "issuer");
    check(
        &with("iss", json!("https://accounts.google.com/")),
        "issuer",
    );
    check(&with("aud", json!("other")), "another application");
    check(&with("aud", json!([])), "another application");
    check(&with("azp", json!("other")), "another application");
    let mut several = without("azp");
    several["aud"] = json!([CLIENT, "other"]);
    check(&several, "another application");
    check(&with("exp", json!(NOW - 60)), "expired");
    check(&with("exp", json!(i64::MIN)), "expired");
    check(&with("iat", json!(NOW + 61)), "future");
    check(&with("iat", json!(NOW - 601)), "too old");
    check(&with("iat", json!(i64::MAX)), "future");
    check(&with("nonce", json!("canary-nonce2")), "another sign-in");
    check(&with("nonce", json!("")), "another sign-in");
    check(&without("nonce"), "another sign-in");
    check(
        &with("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        "another access token",
    );
    check(&with("at_hash", json!("")), "another access token");
    check(&with("sub", json!("")), "names no account");
    check(&with("sub", json!("a".repeat(256))), "names no account");
    check(&with("sub", json!("é")), "names no account");
    for field in ["iss", "aud", "sub", "exp", "iat"] {
        check(&without(field), "cannot be read");
        check(&with(field, json!({})), "cannot be read");
    }
}

#[test]
fn what_is_no_jwt_is_refused() {
    let header = json!({ "alg": "RS256" });
    let whole = jwt(&header, &good());
    let (signed, _) = whole.rsplit_once('.').unwrap();
    for token in [
        "canary",
        "a.b",
        "a.b.c",
        ".",
        "..",
        signed,
        &format!("{whole}.x"),
    ] {
        assert_eq!(reason(check_text(token)), "it cannot be read", "{token}");
    }
    assert_eq!(
        reason(check_text(&jwt(&json!([]), &good()))),
        "it cannot be read"
    );
    assert_eq!(
        reason(check_text(&jwt(&header, &json!("canary")))),
        "it cannot be read"
    );
}

#[test]
fn the_hash_follows_the_algorithm() {
    let check = |algorithm: &str, accepted: bool| {
        let result = check_text(&jwt(&json!({ "alg": algorithm }), &good()));
        assert_eq!(result.is_ok(), accepted, "{algorithm}");
    };
    check("ES256", true);
    check("RS384", false);
    check("RS512", false);
    check("EdDSA", true);
}
