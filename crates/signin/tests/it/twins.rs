//! The JSON forms of the pages, whole: an application that draws its own relies on each member.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use http::StatusCode;
use http::header::ACCEPT;
use serde_json::{Value, json};
use toolgate_auth::GoogleAuthBuilder;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_signin::PageOptions;
use url::Url;

use crate::browser::{Browser, Page, callback, parameter};
use crate::mounting::refusal;
use crate::sessions::{logged_in, verified, verified_several};
use crate::site::{READ, Site, SiteBuilder, unverified};

const LIST: &str = "/google/connections";
const DISCONNECT: &str = "/google/connections/disconnect";

/// The same browser, whose scripts ask for JSON.
fn asking(browser: &Browser) -> Browser {
    let mut browser = browser.clone();
    let json = "application/json".parse().unwrap();
    browser.headers.insert(ACCEPT, json);
    browser
}

#[track_caller]
fn is(page: &Page, status: StatusCode, expected: &Value) {
    assert_eq!(page.status, status, "{}", page.body);
    assert_eq!(page.header("content-type"), "application/json");
    assert_eq!(page.header("vary"), "accept");
    assert_eq!(page.header("cache-control"), "no-store");
    let body: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(body, *expected);
}

fn body(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap()
}

fn day(millis: i64) -> String {
    let at = chrono::DateTime::from_timestamp_millis(millis).unwrap();
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Alice, through the JSON forms alone; `ticked` scopes are allowed.
async fn walk(site: &Site, ticked: &[&str]) -> (Browser, Page) {
    let link = site.link("alice").await;
    let mut script = asking(&logged_in("alice"));
    script.get(site, link.url.as_str()).await;
    let next = script.post(site, link.url.as_str()).await;
    let next: Value = serde_json::from_str(&next.body).unwrap();
    let authorize = Url::parse(next["location"].as_str().unwrap()).unwrap();
    let mut fields = vec![("decision", "allow"), ("account", "alice@example.com")];
    fields.extend(ticked.iter().map(|scope| ("scope", *scope)));
    let answer = script.decide(&authorize, &fields).await;
    let back = script.get(site, answer.as_str()).await;
    (script, back)
}

#[tokio::test]
async fn a_link_states_what_its_page_states_and_continuing_tells_where_to_go() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let (mut page, mut script) = (Browser::new(), asking(&Browser::new()));
    let shown = page.get(&site, link.url.as_str()).await;
    assert_eq!(shown.header("vary"), "accept");
    let permissions = [
        "Write drafts, and send mail as you",
        "Read your mail",
        "See your e-mail address",
        "Know which Google account you use",
    ];
    for permission in permissions {
        shown.assert_says(permission);
    }
    let stated = json!({
        "app": "Example & Co",
        "person": "alice",
        "account": null,
        "expected_email": null,
        "services": ["gmail"],
        "permissions": permissions,
        "unverified": true,
    });
    is(
        &script.get(&site, link.url.as_str()).await,
        StatusCode::OK,
        &stated,
    );
    assert!(
        script.cookies.keys().eq(page.cookies.keys()),
        "other cookies than the page's"
    );
    let next = script.post(&site, link.url.as_str()).await;
    let body: Value = serde_json::from_str(&next.body).unwrap();
    let to = Url::parse(body["location"].as_str().unwrap()).unwrap();
    is(&next, StatusCode::OK, &json!({ "location": to.as_str() }));
    assert_eq!(to.path(), "/o/oauth2/v2/auth");
    assert!(
        next.header("set-cookie").starts_with("toolgate-"),
        "no cookie binds the browser"
    );
}

#[tokio::test]
async fn the_end_of_a_sign_in_is_told_once_whole() {
    let site = verified().await;
    let (mut script, back) = walk(&site, &[READ]).await;
    is(
        &back,
        StatusCode::OK,
        &json!({ "location": "/google/done" }),
    );
    let told = json!({ "connected": {
        "app": "Example & Co",
        "person": "alice",
        "account": null,
        "email": "alice@example.com",
        "services": ["gmail"],
        "granted": ["Read your mail", "See your e-mail address", "Know which Google account you use"],
        "declined": ["Write drafts, and send mail as you"],
        "complete": true,
    } });
    is(
        &script.get(&site, "/google/done").await,
        StatusCode::OK,
        &told,
    );
    let nothing = json!({ "connected": null });
    for address in ["/google/done", "/google/error"] {
        is(&script.get(&site, address).await, StatusCode::OK, &nothing);
    }
}

#[tokio::test]
async fn a_refusal_is_told_with_its_code_its_words_and_what_to_do() {
    let site = verified().await;
    let link = site.link("alice").await;
    let mut script = asking(&logged_in("alice"));
    let next = script.post(&site, link.url.as_str()).await;
    let next: Value = serde_json::from_str(&next.body).unwrap();
    let authorize = Url::parse(next["location"].as_str().unwrap()).unwrap();
    let answer = callback(&[
        ("state", &parameter(&authorize, "state")),
        ("error", "access_denied"),
        ("error_description", "<no>"),
    ]);
    let back = script.get(&site, &answer).await;
    is(
        &back,
        StatusCode::OK,
        &json!({ "location": "/google/error" }),
    );
    let told = json!({ "error": {
        "code": "google",
        "message": "You did not allow access",
        "next": "Nothing was connected. If you want to connect after all, ask Example & Co for a new link.",
        "google": { "error": "access_denied", "description": "<no>" },
    } });
    is(
        &script.get(&site, "/google/error").await,
        StatusCode::BAD_REQUEST,
        &told,
    );
    let junk = json!({ "error": {
        "code": "forged",
        "message": "This link is not valid",
        "next": "It was not made by Example & Co, or was changed on its way. Copy the whole link \
                 again, or ask Example & Co for a new one.",
    } });
    is(
        &script.get(&site, "/google/connect/junk").await,
        StatusCode::BAD_REQUEST,
        &junk,
    );
}

#[tokio::test]
async fn connections_are_told_with_what_they_allow_and_a_disconnect_with_its_outcome() {
    let site = verified().await;
    let (mut script, _) = walk(&site, &[READ]).await;
    let row = site.grant("alice").await;
    let connection = json!({
        "account": null,
        "email": "alice@example.com",
        "services": ["gmail"],
        "permissions": ["Read your mail", "See your e-mail address", "Know which Google account you use"],
        "left_out": ["Write drafts, and send mail as you"],
        "status": "active",
        "first_connected": day(row.created_at.as_millis()),
        "last_used": row.last_used_at.map(|at| day(at.as_millis())),
    });
    let told = json!({
        "app": "Example & Co",
        "person": "alice",
        "services": ["gmail"],
        "several_accounts": false,
        "connections": [connection],
    });
    is(&script.get(&site, LIST).await, StatusCode::OK, &told);
    let told = json!({ "connection": connection, "others": 0 });
    is(&script.get(&site, DISCONNECT).await, StatusCode::OK, &told);
    let link = script.post(&site, "/google/connections/connect").await;
    let body: Value = serde_json::from_str(&link.body).unwrap();
    let address = body["location"].as_str().unwrap();
    assert!(address.starts_with("http://127.0.0.1:4000/google/connect/"));
    is(&link, StatusCode::OK, &json!({ "location": address }));

    let told = json!({ "disconnected": "at_google", "others": 0 });
    is(&script.post(&site, DISCONNECT).await, StatusCode::OK, &told);
    let told = json!({ "disconnected": "not_connected", "others": 0 });
    is(&script.post(&site, DISCONNECT).await, StatusCode::OK, &told);
    let mut page = logged_in("alice");
    page.cookies = script.cookies.clone();
    page.get(&site, LIST)
        .await
        .assert_silent_about("role=\"status\"");
}

#[tokio::test]
async fn a_disconnect_that_google_is_still_to_be_told_of_is_pending() {
    let site = verified().await;
    let (mut script, _) = walk(&site, &[READ]).await;
    let rule = FaultRule::new(FaultAction::status(503)).on_method("revoke");
    site.emulator.faults().add(rule);
    let told = json!({ "disconnected": "pending", "others": 0 });
    is(&script.post(&site, DISCONNECT).await, StatusCode::OK, &told);
    let listed = body(&script.get(&site, LIST).await);
    assert_eq!(listed["connections"][0]["status"], "disconnecting");
}

#[tokio::test]
async fn a_further_account_is_told_by_its_name_from_its_link_to_its_end() {
    let site = verified_several().await;
    let link = site.link_as("alice", "work").await.unwrap().url;
    let mut script = asking(&logged_in("alice"));
    let stated = body(&script.get(&site, link.as_str()).await);
    assert_eq!(stated["account"], "work");
    let next = body(&script.post(&site, link.as_str()).await);
    let authorize = next["location"].as_str().unwrap().parse().unwrap();
    let answer = script.allow(&authorize, "wanda@work.example").await;
    script.get(&site, answer.as_str()).await;
    let done = body(&script.get(&site, "/google/done").await);
    assert_eq!(done["connected"]["account"], "work");
    let listed = body(&script.get(&site, LIST).await);
    assert_eq!(listed["connections"][0]["account"], "work");
    assert_eq!(listed["several_accounts"], true);
}

#[tokio::test]
async fn the_others_that_live_on_are_counted() {
    let site = verified().await;
    let link = site.link("bob").await;
    let mut bob = logged_in("bob");
    bob.connect(&site, &link.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    let (mut script, _) = walk(&site, &[READ]).await;
    let told = json!({ "disconnected": "here_only", "others": 1 });
    is(&script.post(&site, DISCONNECT).await, StatusCode::OK, &told);
}

#[tokio::test]
async fn whatever_a_page_refuses_its_json_refuses_with_the_same_status() {
    let site = verified().await;
    let (nobody, alice) = (Browser::new(), logged_in("alice"));
    let cases = [
        (&nobody, LIST, "not_logged_in"),
        (&nobody, DISCONNECT, "not_logged_in"),
        (&alice, DISCONNECT, "not_connected"),
        (
            &alice,
            "/google/connections/disconnect?account=",
            "bad_account",
        ),
        (&alice, "/google/connections/disconnect?other=1", "bad_form"),
        (&alice, "/google/connect/junk", "forged"),
    ];
    for (browser, address, code) in cases {
        let page = browser.clone().get(&site, address).await;
        let twin = asking(browser).get(&site, address).await;
        assert_eq!(twin.status, page.status, "{address}");
        let body: Value = serde_json::from_str(&twin.body).unwrap();
        assert_eq!(body["error"]["code"], code);
        let message = body["error"]["message"]
            .as_str()
            .unwrap()
            .replace('&', "&#38;");
        page.assert_says(&format!("<h1><bdi>{message}</bdi></h1>"));
        assert!(!body["error"]["next"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn browsers_end_at_the_applications_own_pages_which_ask_what_came_of_it() {
    let options = PageOptions::new()
        .with_done_path("/settings?google=done")
        .with_error_path("/settings#oops");
    let site = SiteBuilder::new()
        .with_pages(options)
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await;
    let mut browser = Browser::new();
    let link = site.link("alice").await;
    let answer = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    let mut thief = browser.clone();
    assert_eq!(
        browser.get(&site, answer.as_str()).await.location(),
        "/settings?google=done"
    );
    let told = asking(&browser).get(&site, "/google/done").await;
    assert!(told.body.contains("alice@example.com"), "{}", told.body);
    assert_eq!(
        thief.get(&site, answer.as_str()).await.location(),
        "/settings#oops"
    );
    let told = asking(&thief).get(&site, "/google/error").await;
    assert_eq!(told.status, StatusCode::GONE);
    for path in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "done",
    ] {
        for options in [
            PageOptions::new().with_done_path(path),
            PageOptions::new().with_error_path(path),
        ] {
            let text = refusal(|it| it.with_public_url("https://app.example"), options).await;
            assert!(text.contains("not a path of this site"), "{text}");
        }
    }
}
