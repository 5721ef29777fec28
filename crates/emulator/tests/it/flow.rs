//! The consent page: what it takes, what it shows, where it leads.

use bytes::Bytes;
use http::Request;
use toolgate_emulator::{Emulator, Seed, SeedAccount};

use crate::client::{ALICE, BOB, Client, READONLY, start};
use crate::consent::{Flow, REDIRECT, redirected, values};

const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";

#[tokio::test]
async fn a_consent_leads_back_with_a_code() {
    let (emulator, client) = start().await;
    let query = Flow::web(&emulator).allow(&client, ALICE, &[]).await;
    assert!(query["code"].starts_with("4/CANARYsecret-"));
    assert_eq!(query["state"], "state-1");
    assert_eq!(query["iss"], "https://accounts.google.com");
    assert_eq!(query["scope"], format!("openid {EMAIL} {READONLY}"));
}

#[tokio::test]
async fn the_page_offers_accounts_and_scopes() {
    let (emulator, client) = start().await;
    let page = Flow::web(&emulator)
        .with("login_hint", BOB)
        .page(&client)
        .await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "DENY");
    let text = page.text();
    assert_eq!(values(&text, "account"), [ALICE, BOB]);
    assert_eq!(values(&text, "scope"), ["openid", EMAIL, READONLY]);
    assert_eq!(values(&text, "decision"), ["allow", "deny"]);
    assert!(
        text.contains(&format!("value=\"{BOB}\" checked")),
        "the hint preselects"
    );
    assert!(!text.contains(&format!("value=\"{ALICE}\" checked")));
}

#[tokio::test]
async fn what_is_unticked_is_not_granted() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let query = flow.allow(&client, ALICE, &[READONLY, "openid"]).await;
    assert_eq!(
        query["scope"],
        format!("openid {EMAIL}"),
        "openid and e-mail stay"
    );
    let tokens = flow.exchange(&client, &query["code"]).await.json();
    assert_eq!(tokens["scope"], format!("openid {EMAIL}"));
    let nothing = flow
        .with("scope", READONLY)
        .allow(&client, ALICE, &[READONLY])
        .await;
    assert_eq!(nothing["error"], "access_denied");
}

#[tokio::test]
async fn a_denial_leads_back_with_an_error() {
    let (emulator, client) = start().await;
    let page = Flow::web(&emulator).page(&client).await.text();
    let request = values(&page, "request").remove(0);
    let fields = [("request", request.as_str()), ("decision", "deny")];
    let query = redirected(&client.form("/o/oauth2/v2/auth/decide", &fields).await);
    assert_eq!(query["error"], "access_denied");
    assert_eq!(query["state"], "state-1");
    assert!(!query.contains_key("code"));
}

#[tokio::test]
async fn a_decision_counts_once_and_for_a_known_account() {
    let (emulator, client) = start().await;
    let decide = async |account: &str, request: &str| {
        let fields = [
            ("request", request),
            ("account", account),
            ("decision", "allow"),
        ];
        client
            .form("/o/oauth2/v2/auth/decide", &fields)
            .await
            .status
    };
    let flow = Flow::web(&emulator);
    let request = values(&flow.page(&client).await.text(), "request").remove(0);
    assert_eq!(decide(ALICE, &request).await, 303);
    assert_eq!(decide(ALICE, &request).await, 400, "a second time");
    let request = values(&flow.page(&client).await.text(), "request").remove(0);
    assert_eq!(decide("nobody@example.com", &request).await, 400);
    assert_eq!(decide(ALICE, "made-up").await, 400);
}

#[tokio::test]
async fn requests_that_google_does_not_take_are_refused_on_a_page() {
    let (emulator, client) = start().await;
    let check = async |flow: Flow, expected: &str| {
        let page = flow.page(&client).await;
        assert_eq!(page.status, 400, "{expected}");
        assert!(
            page.text().contains(expected),
            "{} lacks {expected}",
            page.text()
        );
        assert!(page.header("location").is_empty(), "no redirect");
    };
    let flow = || Flow::web(&emulator);
    check(
        flow().with("extra", "1"),
        "not allowed for this message type: extra",
    )
    .await;
    check(flow().with("client_id", "other"), "invalid_client").await;
    check(
        flow().without("client_id"),
        "Missing required parameter: client_id",
    )
    .await;
    check(
        flow().with("redirect_uri", "http://127.0.0.1:9/other"),
        "redirect_uri_mismatch",
    )
    .await;
    check(
        flow().with("redirect_uri", &format!("{REDIRECT}/")),
        "redirect_uri_mismatch",
    )
    .await;
    check(flow().without("redirect_uri"), "redirect_uri").await;
    check(
        flow().with("response_type", "token"),
        "unsupported_response_type",
    )
    .await;
    check(flow().without("response_type"), "response_type").await;
    check(
        flow().with("scope", "https://example.com/all"),
        "invalid_scope",
    )
    .await;
    check(flow().without("scope"), "Missing required parameter: scope").await;
}

#[tokio::test]
async fn values_that_google_does_not_take_are_refused_on_a_page() {
    let (emulator, client) = start().await;
    let check = async |flow: Flow, expected: &str| {
        let page = flow.page(&client).await;
        assert_eq!(page.status, 400, "{expected}");
        assert!(
            page.text().contains(expected),
            "{} lacks {expected}",
            page.text()
        );
    };
    let flow = || Flow::web(&emulator);
    check(flow().without("code_challenge"), "code_challenge").await;
    check(
        flow().without("code_challenge_method"),
        "code_challenge_method",
    )
    .await;
    check(
        flow().with("code_challenge_method", "plain"),
        "code_challenge_method",
    )
    .await;
    check(flow().with("code_challenge", "short"), "43 characters").await;
    check(flow().with("access_type", "forever"), "access_type").await;
    check(
        flow().with("include_granted_scopes", "yes"),
        "include_granted_scopes",
    )
    .await;
    check(flow().with("prompt", "none consent"), "prompt").await;
    check(flow().with("prompt", "login"), "prompt").await;
    let mut twice = flow();
    twice.parameters.push(("state".to_owned(), "2".to_owned()));
    check(twice, "single value: state").await;
}

#[tokio::test]
async fn text_in_an_error_page_is_escaped() {
    let (emulator, client) = start().await;
    let page = Flow::web(&emulator)
        .with("<script>", "1")
        .page(&client)
        .await
        .text();
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script>"),
        "{page}"
    );
}

#[tokio::test]
async fn an_installed_client_may_use_any_loopback_port() {
    let (emulator, client) = start().await;
    let flow = Flow::installed(&emulator);
    assert!(flow.allow(&client, ALICE, &[]).await.contains_key("code"));
    let elsewhere = Flow::installed(&emulator).with("redirect_uri", "http://127.0.0.1:4711/x");
    assert_eq!(elsewhere.page(&client).await.status, 200);
    let outside = Flow::installed(&emulator).with("redirect_uri", "https://app.example/callback");
    assert_eq!(outside.page(&client).await.status, 400);
}

#[tokio::test]
async fn only_lawful_redirects_are_registered() {
    let (emulator, _) = start().await;
    assert!(
        emulator
            .register_redirect_uri("https://app.example/callback")
            .is_ok()
    );
    assert!(
        emulator
            .register_redirect_uri("http://app.example/callback")
            .is_err()
    );
}

#[tokio::test]
async fn a_domain_narrows_the_accounts() {
    let work = SeedAccount {
        hosted_domain: Some("corp.example".to_owned()),
        ..SeedAccount::new("carol@corp.example", "Carol")
    };
    let private = SeedAccount::new("dave@example.com", "Dave");
    let emulator = Emulator::builder()
        .with_seed(Seed {
            accounts: vec![private, work],
        })
        .start()
        .await
        .unwrap();
    let client = Client::of(&emulator);
    let page = Flow::web(&emulator)
        .with("hd", "corp.example")
        .page(&client)
        .await
        .text();
    assert_eq!(values(&page, "account"), ["carol@corp.example"]);
}

#[tokio::test]
async fn without_a_page_only_an_earlier_consent_counts() {
    let (emulator, client) = start().await;
    let silent = async |hint: &str| {
        let flow = Flow::web(&emulator)
            .with("prompt", "none")
            .with("login_hint", hint);
        redirected(&flow.page(&client).await)
    };
    assert_eq!(
        silent("nobody@example.com").await["error"],
        "login_required"
    );
    assert_eq!(silent(ALICE).await["error"], "consent_required");
    Flow::web(&emulator).code(&client, ALICE).await;
    assert!(silent(ALICE).await.contains_key("code"));
}

#[tokio::test]
async fn earlier_scopes_are_included_on_demand() {
    let (emulator, client) = start().await;
    let calendar = "https://www.googleapis.com/auth/calendar";
    Flow::web(&emulator).code(&client, ALICE).await;
    let flow = || Flow::web(&emulator).with("scope", calendar);
    let alone = flow().allow(&client, ALICE, &[]).await;
    assert_eq!(alone["scope"], calendar);
    let merged = flow()
        .with("include_granted_scopes", "true")
        .allow(&client, ALICE, &[])
        .await;
    assert!(merged["scope"].contains(READONLY), "{}", merged["scope"]);
    let bobs = flow()
        .with("include_granted_scopes", "true")
        .allow(&client, BOB, &[])
        .await;
    assert_eq!(bobs["scope"], calendar);
}

#[tokio::test]
async fn the_configuration_names_this_emulator() {
    let (emulator, client) = start().await;
    let request = Request::get("/.well-known/openid-configuration").body(Bytes::new());
    let configuration = client.send(request.unwrap()).await.unwrap().json();
    let base = emulator.base_url();
    assert_eq!(configuration["issuer"], "https://accounts.google.com");
    assert_eq!(
        configuration["token_endpoint"],
        base.join("token").unwrap().as_str()
    );
    assert_eq!(
        configuration["authorization_endpoint"],
        base.join("o/oauth2/v2/auth").unwrap().as_str()
    );
}
