//! What the pages carry, and that looking at them changes nothing.

use http::{HeaderValue, Request, StatusCode};

use crate::browser::{Browser, Page};
use crate::failing::watched;
use crate::sessions::{logged_in, verified};
use crate::site::{SiteBuilder, unverified};

const PREVIEWS: [&str; 3] = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (compatible; Microsoft Teams)",
];

#[tokio::test]
async fn looking_at_a_link_changes_nothing_however_often_and_whoever_looks() {
    let (site, watch) = watched().await;
    let link = site.link("alice").await;
    let before = site.only_sign_in(&watch.ids()).await;
    for agent in PREVIEWS {
        let mut preview = Browser::new();
        preview
            .headers
            .insert("user-agent", HeaderValue::from_static(agent));
        assert_eq!(
            preview.get(&site, link.url.as_str()).await.status,
            StatusCode::OK
        );
        assert_eq!(
            preview.get(&site, link.url.as_str()).await.status,
            StatusCode::OK
        );
        assert_eq!(
            preview.head(&site, link.url.as_str()).await.status,
            StatusCode::OK
        );
        for address in [
            "/google/callback?state=x&code=y",
            "/google/done",
            "/google/error",
        ] {
            assert_eq!(preview.head(&site, address).await.status, StatusCode::OK);
        }
    }
    assert_eq!(watch.writes(), 0);
    assert_eq!(site.only_sign_in(&watch.ids()).await, before);
    site.assert_untouched("somebody looked").await;
    let mut browser = Browser::new();
    browser
        .connect(&site, &link.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    assert_eq!(watch.writes(), 2);
}

#[tokio::test]
async fn a_look_at_the_callback_or_the_last_page_uses_neither_up() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let callback = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    assert_eq!(
        browser.head(&site, callback.as_str()).await.status,
        StatusCode::OK
    );
    site.assert_untouched("the callback was looked at").await;
    assert_eq!(
        browser.get(&site, callback.as_str()).await.location(),
        "/google/done"
    );
    browser.head(&site, "/google/done").await;
    browser
        .get(&site, "/google/done")
        .await
        .assert_says("<h1>Connected");
}

fn assert_guarded(page: &Page, google: &str, referrer: &str) {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {google}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let expected = [
        ("content-security-policy", policy.as_str()),
        ("cache-control", "no-store"),
        ("referrer-policy", referrer),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in expected {
        assert_eq!(page.header(name), value, "{name} of {page:?}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_guard_it() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let google = site.emulator.base_url().origin().ascii_serialization();
    let mut browser = Browser::new();
    let connect = browser.get(&site, link.url.as_str()).await;
    assert_guarded(&connect, &google, "same-origin");
    let next = browser.post(&site, link.url.as_str()).await;
    assert_guarded(&next, &google, "no-referrer");
    let callback = browser
        .allow(&next.location().parse().unwrap(), "alice@example.com")
        .await;
    let answer = browser.get(&site, callback.as_str()).await;
    assert_guarded(&answer, &google, "no-referrer");
    let elsewhere = [
        "/google/done",
        "/google/error",
        "/google/connect/junk",
        "/google/connect/%ff",
        "/google/callback",
        "/google/callback?state=x",
        "/google/connections",
        "/google/connections/disconnect",
        "/google/logo",
    ];
    for address in elsewhere {
        assert_guarded(&browser.get(&site, address).await, &google, "no-referrer");
    }
    let refused = browser.send(&site, Request::delete("/google/done")).await;
    assert_guarded(&refused, &google, "no-referrer");
}

#[tokio::test]
async fn the_pages_of_ones_own_are_guarded_and_say_where_their_forms_come_from() {
    let site = verified().await;
    let link = site.link("alice").await;
    let google = site.emulator.base_url().origin().ascii_serialization();
    let mut alice = logged_in("alice");
    alice
        .connect(&site, &link.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    for address in ["/google/connections", "/google/connections/disconnect"] {
        let page = alice.get(&site, address).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_guarded(&page, &google, "same-origin");
    }
    let ended = alice.post(&site, "/google/connections/disconnect").await;
    assert_guarded(&ended, &google, "no-referrer");
}

#[tokio::test]
async fn where_google_is_on_https_its_redirects_may_go_on_to_a_companys_own_sign_in() {
    let google = toolgate_auth::GoogleAuth::builder(toolgate_auth::OAuthClient::new("id"))
        .with_public_url("https://app.example")
        .with_hosted_domain("app.example")
        .with_keys(toolgate_auth::KeySource::InsecurePlaintext)
        .build()
        .unwrap();
    let database = toolgate_auth::MemoryDatabase::new();
    let google = google
        .bind(&database, toolgate_auth::Service::google(), Vec::new())
        .await
        .unwrap();
    let router = toolgate_signin::router(google, toolgate_signin::PageOptions::new()).unwrap();
    let request = Request::get("/google/done")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(
        policy.contains("form-action 'self' https://accounts.google.com https:;"),
        "{policy}"
    );
}

#[tokio::test]
async fn other_methods_are_refused_by_name() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let cases = [
        (
            link.url.path(),
            "GET,HEAD,POST",
            vec!["PUT", "DELETE", "PATCH", "OPTIONS"],
        ),
        (
            "/google/callback",
            "GET,HEAD",
            vec!["POST", "PUT", "DELETE"],
        ),
        ("/google/done", "GET,HEAD", vec!["POST", "DELETE"]),
        ("/google/error", "GET,HEAD", vec!["POST"]),
        ("/google/style.css", "GET,HEAD", vec!["POST"]),
        ("/google/logo", "GET,HEAD", vec!["POST"]),
        ("/google/connections", "GET,HEAD", vec!["POST", "DELETE"]),
        ("/google/connections/connect", "POST", vec!["GET", "PUT"]),
        (
            "/google/connections/disconnect",
            "GET,HEAD,POST",
            vec!["DELETE", "PUT"],
        ),
    ];
    for (path, allowed, methods) in cases {
        for method in methods {
            let request = Request::builder().method(method).uri(path);
            let answer = browser.send(&site, request).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
            assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_pages_need_no_script_and_fit_a_phone_and_the_dark() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let page = browser.get(&site, link.url.as_str()).await;
    page.assert_silent_about("<script");
    page.assert_silent_about("style=");
    page.assert_says("<html lang=\"en\">");
    page.assert_says("width=device-width");
    let style = browser.get(&site, "/google/style.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    style.assert_says("prefers-color-scheme: dark");
    style.assert_silent_about("url(");
}

#[tokio::test]
async fn a_link_that_nothing_ties_to_a_person_warns_whose_agent_gains_access() {
    let site = unverified().await;
    let mut browser = Browser::new();
    let link = site.link("alice").await;
    let page = browser.get(&site, link.url.as_str()).await;
    page.assert_says("Is this you?");
    let site = SiteBuilder::new()
        .start(|builder| builder.with_hosted_domain("work.example"))
        .await;
    let link = site.link("alice").await;
    let page = browser.get(&site, link.url.as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_silent_about("Is this you?");
}

#[tokio::test]
async fn what_a_flash_cookie_says_is_escaped_and_never_more_than_text() {
    use base64::Engine as _;
    let site = unverified().await;
    let mut browser = Browser::new();
    let notices = [
        r#"{"connected":{"person":"<script>1</script>","email":"<img src=x>","services":["<b>"],"granted":["<i>"],"declined":["<u>"],"cut":false}}"#,
        r#"{"refused":{"code":"google","detail":"<script>","description":"\"><script>"}}"#,
        r#"{"refused":{"code":"<script>","detail":"<script>","description":null}}"#,
        r#"{"refused":{"code":"email","detail":"<script>","description":null}}"#,
    ];
    let ended = r#"{"ended":{"email":"<script><b>","outcome":"at_google","others":0}}"#;
    for notice in notices {
        for address in ["/google/done", "/google/error"] {
            let value = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(notice);
            browser.cookies.insert("tg-flash".to_owned(), value);
            let page = browser.get(&site, address).await;
            for tag in ["<script", "<img", "<b>", "<i>", "<u>"] {
                page.assert_silent_about(tag);
            }
            assert!(browser.cookies.is_empty(), "the cookie outlived its page");
        }
    }
    let site = verified().await;
    let mut alice = logged_in("alice");
    let value = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(ended);
    alice.cookies.insert("tg-flash".to_owned(), value);
    let page = alice.get(&site, "/google/connections").await;
    page.assert_says("&#60;script&#62;&#60;b&#62;");
    page.assert_silent_about("<script");
    assert!(alice.cookies.is_empty(), "the cookie outlived its page");
}
