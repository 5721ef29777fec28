//! The token endpoint: codes, refresh tokens, client authentication.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use serde_json::Value;
use toolgate_emulator::Emulator;

use crate::client::{ALICE, BOB, Client, READONLY, start};
use crate::consent::Flow;

const PROFILE: &str = "/gmail/v1/users/me/profile";

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_code_becomes_tokens_that_work() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let reply = flow.exchange(&client, &code).await;
    assert_eq!(
        (reply.status, reply.header("cache-control")),
        (200, "no-store")
    );
    let tokens = reply.json();
    assert!(text(&tokens["access_token"]).starts_with("ya29.CANARYsecret-"));
    assert!(text(&tokens["refresh_token"]).starts_with("1//CANARYsecret-"));
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    let profile = client
        .get(text(&tokens["access_token"]), PROFILE)
        .await
        .json();
    assert_eq!(profile["emailAddress"], ALICE);
}

#[tokio::test]
async fn a_code_works_once_and_its_tokens_die_with_a_second_use() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let tokens = flow.exchange(&client, &code).await.json();
    let access = text(&tokens["access_token"]);
    assert_eq!(client.get(access, PROFILE).await.status, 200);
    let second = flow.exchange(&client, &code).await;
    assert_eq!(second.oauth_error(), (400, "invalid_grant".to_owned()));
    assert_eq!(client.get(access, PROFILE).await.status, 401);
    let refreshed = flow.refresh(&client, text(&tokens["refresh_token"])).await;
    assert_eq!(refreshed.oauth_error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn an_exchange_that_differs_from_its_consent_is_refused() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let other_verifier = "another-verifier-of-at-least-43-characters-in-len";
    let check = async |name: &str, value: Option<&str>, status: u16, error: &str| {
        let mut fields = flow.exchange_fields(&code);
        fields.retain(|(known, _)| *known != name);
        fields.extend(value.map(|value| (name, value)));
        let reply = client.form("/token", &fields).await;
        assert_eq!(
            reply.oauth_error(),
            (status, error.to_owned()),
            "{name}={value:?}"
        );
        assert!(!text(&reply.json()["error_description"]).is_empty());
    };
    check("code_verifier", None, 400, "invalid_grant").await;
    check("code_verifier", Some(other_verifier), 400, "invalid_grant").await;
    check("code_verifier", Some("short"), 400, "invalid_grant").await;
    check(
        "redirect_uri",
        Some("http://127.0.0.1:9/x"),
        400,
        "redirect_uri_mismatch",
    )
    .await;
    check("redirect_uri", None, 400, "invalid_request").await;
    check("code", Some("4/made-up"), 400, "invalid_grant").await;
    check("code", None, 400, "invalid_request").await;
    check("client_secret", Some("wrong"), 401, "invalid_client").await;
    check("client_secret", None, 400, "invalid_request").await;
    check("client_id", Some("nobody"), 401, "invalid_client").await;
    check(
        "grant_type",
        Some("password"),
        400,
        "unsupported_grant_type",
    )
    .await;
    check("grant_type", None, 400, "invalid_request").await;
    check("extra", Some("1"), 400, "invalid_request").await;
    check("scope", Some(READONLY), 400, "invalid_request").await;
    let mut twice = flow.exchange_fields(&code);
    twice.push(("code", &code));
    let reply = client.form("/token", &twice).await;
    assert_eq!(reply.oauth_error(), (400, "invalid_request".to_owned()));
    assert_eq!(
        flow.exchange(&client, &code).await.status,
        200,
        "the code is still good"
    );
}

#[tokio::test]
async fn a_code_is_bound_to_its_client() {
    let (emulator, client) = start().await;
    let code = Flow::web(&emulator).code(&client, ALICE).await;
    let reply = Flow::installed(&emulator).exchange(&client, &code).await;
    assert_eq!(reply.oauth_error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn the_form_must_be_a_form_in_the_body() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let post = async |uri: &str, content_type: &str| {
        let request = Request::post(uri)
            .header("content-type", content_type)
            .body(Bytes::from_static(b"grant_type=refresh_token"));
        client.send(request.unwrap()).await.unwrap().oauth_error()
    };
    assert_eq!(
        post("/token", "application/json").await.1,
        "invalid_request"
    );
    let in_query = post("/token?code=x", "application/x-www-form-urlencoded").await;
    assert_eq!(in_query.1, "invalid_request");
    assert_eq!(client.get("", "/token").await.status, 405);
    drop(flow);
}

#[tokio::test]
async fn a_client_may_authenticate_by_basic_but_not_twice() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let exchange = async |secret: &str, in_form: bool| {
        let credentials = STANDARD.encode(format!("{}:{secret}", flow.client_id));
        let mut fields = flow.exchange_fields(&code);
        if !in_form {
            fields.retain(|(name, _)| !name.starts_with("client_"));
        }
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post("/token")
            .header("authorization", format!("Basic {credentials}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into());
        client.send(request.unwrap()).await.unwrap()
    };
    let twice = exchange(&flow.client_secret, true).await;
    assert_eq!(twice.oauth_error(), (400, "invalid_request".to_owned()));
    let wrong = exchange("wrong", false).await;
    assert_eq!(wrong.oauth_error(), (401, "invalid_client".to_owned()));
    assert!(wrong.header("www-authenticate").starts_with("Basic"));
    assert_eq!(exchange(&flow.client_secret, false).await.status, 200);
}

#[tokio::test]
async fn codes_and_tokens_expire() {
    let now = Arc::new(AtomicI64::new(1_800_000_000_000));
    let clock = Arc::clone(&now);
    let emulator = Emulator::builder()
        .with_clock(Arc::new(move || clock.load(Ordering::SeqCst)))
        .with_access_token_lifetime(Duration::from_mins(1))
        .with_refresh_token_lifetime(Duration::from_hours(7 * 24))
        .start()
        .await
        .unwrap();
    let client = Client::of(&emulator);
    let flow = Flow::web(&emulator);
    let late = flow.code(&client, ALICE).await;
    now.fetch_add(10 * 60 * 1000, Ordering::SeqCst);
    let reply = flow.exchange(&client, &late).await;
    assert_eq!(reply.oauth_error(), (400, "invalid_grant".to_owned()));
    let code = Flow::web(&emulator)
        .with("prompt", "consent")
        .code(&client, ALICE)
        .await;
    let tokens = flow.exchange(&client, &code).await.json();
    assert_eq!(tokens["expires_in"], 60);
    assert_eq!(tokens["refresh_token_expires_in"], 7 * 86400);
    let access = text(&tokens["access_token"]);
    assert_eq!(client.get(access, PROFILE).await.status, 200);
    now.fetch_add(60_000, Ordering::SeqCst);
    assert_eq!(client.get(access, PROFILE).await.status, 401);
    let refresh_token = text(&tokens["refresh_token"]);
    let refreshed = flow.refresh(&client, refresh_token).await.json();
    assert_eq!(
        client
            .get(text(&refreshed["access_token"]), PROFILE)
            .await
            .status,
        200
    );
    now.fetch_add(7 * 86_400_000, Ordering::SeqCst);
    let reply = flow.refresh(&client, refresh_token).await;
    assert_eq!(reply.oauth_error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_refresh_keeps_its_token_unless_tokens_rotate() {
    for rotating in [false, true] {
        let emulator = Emulator::builder()
            .with_rotating_refresh_tokens(rotating)
            .start()
            .await
            .unwrap();
        let client = Client::of(&emulator);
        let flow = Flow::web(&emulator);
        let code = flow.code(&client, ALICE).await;
        let tokens = flow.exchange(&client, &code).await.json();
        let first = text(&tokens["refresh_token"]);
        let refreshed = flow.refresh(&client, first).await.json();
        assert_ne!(refreshed["access_token"], tokens["access_token"]);
        assert_eq!(refreshed["scope"], tokens["scope"]);
        assert_eq!(refreshed.get("refresh_token").is_some(), rotating);
        let again = flow.refresh(&client, first).await.status;
        assert_eq!(again, if rotating { 400 } else { 200 });
        if rotating {
            let second = text(&refreshed["refresh_token"]);
            assert_eq!(flow.refresh(&client, second).await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_refresh_token_comes_at_the_first_offline_consent_or_on_demand() {
    let (emulator, client) = start().await;
    let has_refresh = async |flow: Flow, account: &str| {
        let code = flow.code(&client, account).await;
        flow.exchange(&client, &code)
            .await
            .json()
            .get("refresh_token")
            .is_some()
    };
    let web = || Flow::web(&emulator);
    assert!(
        !has_refresh(web().without("access_type"), ALICE).await,
        "online"
    );
    assert!(has_refresh(web(), ALICE).await, "first offline");
    assert!(!has_refresh(web(), ALICE).await, "second");
    assert!(
        has_refresh(web().with("prompt", "consent"), ALICE).await,
        "on demand"
    );
    assert!(has_refresh(web(), BOB).await, "another account");
    assert!(
        has_refresh(Flow::installed(&emulator), ALICE).await,
        "installed"
    );
    assert!(
        has_refresh(Flow::installed(&emulator), ALICE).await,
        "installed, again"
    );
}

#[tokio::test]
async fn the_hundred_and_first_refresh_token_ends_the_oldest() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let tokens: Vec<String> = (0..101)
        .map(|_| emulator.issue_refresh_token(ALICE, &[READONLY]))
        .collect();
    let bobs = emulator.issue_refresh_token(BOB, &[READONLY]);
    assert_eq!(emulator.live_refresh_tokens(ALICE), 100);
    assert_eq!(flow.refresh(&client, &tokens[0]).await.status, 400);
    assert_eq!(flow.refresh(&client, &tokens[1]).await.status, 200);
    assert_eq!(flow.refresh(&client, &bobs).await.status, 200);
}

#[tokio::test]
async fn a_refresh_may_narrow_but_not_widen() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let token = emulator.issue_refresh_token(ALICE, &["openid", READONLY]);
    let refresh = async |scope: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", flow.client_id.as_str()),
            ("client_secret", &flow.client_secret),
            ("refresh_token", &token),
            ("scope", scope),
        ];
        client.form("/token", &fields).await
    };
    assert_eq!(refresh(READONLY).await.json()["scope"], READONLY);
    let wider = refresh("https://www.googleapis.com/auth/drive").await;
    assert_eq!(wider.oauth_error().1, "invalid_scope");
    let other = Flow::installed(&emulator).refresh(&client, &token).await;
    assert_eq!(other.oauth_error(), (400, "unauthorized_client".to_owned()));
}

#[tokio::test]
async fn the_marker_is_in_every_secret() {
    let emulator = Emulator::builder()
        .with_secret_marker("FINDME")
        .start()
        .await
        .unwrap();
    let client = Client::of(&emulator);
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let tokens = flow.exchange(&client, &code).await.json();
    for secret in [
        code.as_str(),
        text(&tokens["access_token"]),
        text(&tokens["refresh_token"]),
        emulator.client_secret(),
        emulator.installed_client_secret(),
    ] {
        assert!(secret.contains("FINDME"));
    }
}
