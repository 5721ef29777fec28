//! The page of a person's own connections: other names for accounts, and another default one.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use http::StatusCode;
use http::header::ACCEPT;
use serde_json::{Value, json};
use toolgate_auth::AccountLabel;
use toolgate_auth::store::DisconnectReach;

use crate::browser::Browser;
use crate::connections::{LIST, connected, shown_twice};
use crate::sessions::{verified, verified_several};
use crate::site::{Site, person};

const RENAME: &str = "/google/connections/rename";
const DEFAULT: &str = "/google/connections/default";
const OFFER: &str = "Change its name, or make it the default";

/// Alice with a default account and one that is called work.
async fn alice_with_two() -> (Site, Browser) {
    let site = verified_several().await;
    connected(&site, "alice", Some("work"), "wanda@work.example").await;
    let alice = connected(&site, "alice", None, "alice@example.com").await;
    (site, alice)
}

async fn names(site: &Site, name: &str) -> Vec<String> {
    let own = site.google.connections(&person(name)).await.unwrap();
    own.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_account_is_called_something_else_by_the_form_beside_it() {
    let (site, mut alice) = alice_with_two().await;
    let page = alice.get(&site, LIST).await;
    assert_eq!(page.body.matches(OFFER).count(), 1, "{}", page.body);
    page.assert_says("name=\"name\" type=\"text\" value=\"work\"");
    page.assert_says("<dt>Default</dt><dd>Used where you name no account</dd>");
    let answer = alice
        .submit(&site, RENAME, "account=work&name=+my+office+")
        .await;
    let [page, again] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("<strong><bdi>wanda@work.example</bdi></strong> is called");
    page.assert_says("<strong><bdi>my office</bdi></strong> now");
    again.assert_silent_about("Renamed");
    let now = [
        "default (alice@example.com)",
        "my office (wanda@work.example)",
    ];
    assert_eq!(names(&site, "alice").await, now);
    // In other letters it is still its own name.
    let answer = alice
        .submit(&site, RENAME, "account=my+office&name=My+Office")
        .await;
    assert_eq!(answer.location(), LIST);
}

#[tokio::test]
async fn another_account_becomes_the_default_and_the_one_before_gets_the_name_that_was_typed() {
    let (site, mut alice) = alice_with_two().await;
    let page = alice.get(&site, LIST).await;
    page.assert_says("Your name for <bdi>alice@example.com</bdi>, which is the default now");
    let answer = alice
        .submit(&site, DEFAULT, "account=work&old_default=home")
        .await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Your default account is another one");
    page.assert_says("The one before is called <strong><bdi>home</bdi></strong>");
    let now = ["default (wanda@work.example)", "home (alice@example.com)"];
    assert_eq!(names(&site, "alice").await, now);
}

#[tokio::test]
async fn where_no_account_is_the_default_one_becomes_it_without_another_name() {
    let site = verified_several().await;
    let mut alice = connected(&site, "alice", Some("work"), "wanda@work.example").await;
    let page = alice.get(&site, LIST).await;
    page.assert_says(OFFER);
    page.assert_silent_about("old_default");
    let answer = alice.submit(&site, DEFAULT, "account=work").await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_silent_about("The one before");
    page.assert_silent_about(OFFER);
    assert_eq!(
        names(&site, "alice").await,
        ["default (wanda@work.example)"]
    );
}

#[tokio::test]
async fn names_that_would_not_do_are_refused_in_words_and_nothing_is_changed() {
    let (site, mut alice) = alice_with_two().await;
    connected(&site, "alice", Some("home"), "bob@example.com").await;
    connected(&site, "bob", Some("his"), "alice@example.com").await;
    let before = (names(&site, "alice").await, names(&site, "bob").await);
    let long = format!("account=work&name={}", "x".repeat(41));
    for (address, form, status, says) in [
        (RENAME, "account=his&name=mine", 404, "No account of yours"),
        (RENAME, "account=work&name=HOME", 409, "has this name"),
        (DEFAULT, "account=work&old_default=Home", 409, "this name"),
        (DEFAULT, "account=work&old_default=work", 409, "this name"),
        (RENAME, "account=work&name=a%40b.c", 400, "have this name"),
        (RENAME, "account=work&name=Default", 400, "have this name"),
        (RENAME, "account=work&name=", 400, "have this name"),
        (RENAME, "account=work&name=a%0Ab", 400, "have this name"),
        (RENAME, &long, 400, "cannot have this name"),
        (RENAME, "account=work", 400, "form cannot be read"),
        (RENAME, "account=work&name=a&name=b", 400, "cannot be read"),
        (DEFAULT, "account=work", 400, "default now needs a name"),
        (DEFAULT, "old_default=x", 400, "form cannot be read"),
        (DEFAULT, "account=his&old_default=x", 404, "No account of"),
    ] {
        let page = alice.submit(&site, address, form).await;
        assert_eq!(page.status.as_u16(), status, "{form}");
        page.assert_says(says);
        page.assert_says("Nothing was changed");
        let after = (names(&site, "alice").await, names(&site, "bob").await);
        assert_eq!(after, before, "{form}");
    }
}

#[tokio::test]
async fn a_name_that_was_given_up_a_moment_ago_is_to_be_tried_again() {
    let (site, mut alice) = alice_with_two().await;
    connected(&site, "alice", Some("home"), "bob@example.com").await;
    let (alices, home) = (person("alice"), AccountLabel::parse("home").unwrap());
    let reach = DisconnectReach::ThisRow;
    let ended = site.google.disconnect(&alices, Some(&home), reach);
    ended.await.unwrap();
    let page = alice.submit(&site, RENAME, "account=work&name=home").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    page.assert_says("All of your accounts are still connected");
}

#[tokio::test]
async fn where_a_person_has_one_account_no_name_is_offered_or_taken() {
    let site = verified().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    alice.get(&site, LIST).await.assert_silent_about(OFFER);
    for (address, form) in [(RENAME, "name=work"), (DEFAULT, "account=work")] {
        let page = alice.submit(&site, address, form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        page.assert_says("keeps one Google account of each person");
    }
}

#[tokio::test]
async fn in_json_names_are_changed_by_the_same_forms() {
    let (site, mut alice) = alice_with_two().await;
    let json = "application/json".parse().unwrap();
    alice.headers.insert(ACCEPT, json);
    for (address, form, status, told) in [
        (
            RENAME,
            "account=work&name=office",
            200,
            json!({ "account": "office" }),
        ),
        (
            DEFAULT,
            "account=office&old_default=home",
            200,
            json!({ "account": null, "old_default": "home" }),
        ),
        (
            RENAME,
            "account=office&name=x",
            404,
            json!({ "error": {
                "code": "no_such_account",
                "message": "No account of yours has this name",
                "next": "Nothing was changed. It may have another name by now: your connections list what there is.",
            } }),
        ),
    ] {
        let page = alice.submit(&site, address, form).await;
        assert_eq!(page.status.as_u16(), status, "{}", page.body);
        let body: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(body, told);
    }
    let now = ["default (wanda@work.example)", "home (alice@example.com)"];
    assert_eq!(names(&site, "alice").await, now);
}
