//! The page of one's own connections, the names on it, and the end of one.

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use toolgate_auth::{Principal, sign_in::UserVerifier, store::RowStatus};
use toolgate_testkit::Browser;

use super::scene::Scene;
use crate::browser::Browser as Plain;
use crate::connections::{DISCONNECT, LIST};
use crate::site::person;

/// Alice is logged in, whoever comes.
#[derive(Debug)]
struct Alice;

#[async_trait]
impl UserVerifier for Alice {
    async fn logged_in(
        &self,
        _headers: &HeaderMap,
    ) -> Result<Option<Principal>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Some(person("alice")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_person_sees_their_connection_and_ends_it_in_two_steps() {
    let Some(browser) = Browser::start("the page of connections in Chromium").await else {
        return;
    };
    let scene = Scene::start(|builder| builder.with_user_verifier(Arc::new(Alice))).await;
    scene.connect(&browser, "alice", "alice@example.com").await;
    browser.click("See all your connections").await;
    browser.sees("Your Google accounts in Example & Co").await;
    let page = browser.text().await;
    for words in ["alice@example.com", "Works", "Gmail", "First connected"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    browser.click("Disconnect").await;
    browser.sees("Disconnect alice@example.com?").await;
    let asked = scene.site.grant("alice").await.status;
    assert_eq!(asked, RowStatus::Active, "only asked");
    let google = &scene.site.emulator;
    assert_eq!(google.live_refresh_tokens("alice@example.com"), 1);
    browser
        .find("form[method=post] button")
        .await
        .click()
        .await
        .unwrap();
    browser.find("[role=status]").await;
    assert!(browser.text().await.contains("Google has ended its access"));
    assert_eq!(google.live_refresh_tokens("alice@example.com"), 0);
    assert_eq!(scene.site.grant("alice").await.status, RowStatus::Revoked);
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_further_account_is_named_and_one_is_ended_everywhere() {
    let Some(browser) = Browser::start("names of accounts in Chromium").await else {
        return;
    };
    let scene = Scene::start(|builder| {
        builder
            .with_user_verifier(Arc::new(Alice))
            .with_several_accounts()
    })
    .await;
    scene.connect(&browser, "alice", "alice@example.com").await;
    browser.click("See all your connections").await;
    let word = browser.find("#account").await;
    word.send_keys("work").await.unwrap();
    browser.click("Connect another account").await;
    scene.go_on(&browser).await;
    scene.allow(&browser, "wanda@work.example", &[]).await;
    browser.sees("Connected").await;

    let at = |path: &str| format!("{}{path}", scene.site.public_url);
    browser.open(&at(LIST)).await;
    let names = browser.find("details.names summary").await;
    names.click().await.unwrap();
    let name = browser.find("input[name=name]").await;
    name.clear().await.unwrap();
    name.send_keys("office").await.unwrap();
    browser.click("Change the name").await;
    browser.find("[role=status]").await;
    let page = browser.text().await;
    assert!(
        page.contains("wanda@work.example is called office now"),
        "{page}"
    );

    let open = scene.site.rebuilt(|builder| builder).await;
    let (link, mut bob) = (open.link("bob").await.url, Plain::new());
    let done = bob.connect(&open, &link, "alice@example.com").await;
    done.assert_says("<h1>Connected");
    browser.open(&at(DISCONNECT)).await;
    let everywhere = browser.find("input[name=everywhere]").await;
    everywhere.click().await.unwrap();
    let form = browser.find("form[method=post] button").await;
    form.click().await.unwrap();
    browser.find("[role=status]").await;
    for name in ["alice", "bob"] {
        assert_eq!(scene.site.grant(name).await.status, RowStatus::Revoked);
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}
