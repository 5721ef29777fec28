//! From a link in a chat to the done page.

use toolgate_auth::Requirement;
use toolgate_testkit::Browser;

use super::scene::Scene;
use crate::browser::Browser as Preview;
use crate::site::{COMPOSE, person};

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_link_is_followed_one_box_is_unticked_and_what_is_left_works() {
    let Some(browser) = Browser::start("the walk through the pages in Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    scene.follow_link(&browser, "alice").await;
    browser.sees("Connect Google to Example & Co").await;
    let page = browser.text().await;
    for words in ["alice", "Gmail", "Read your mail", "Write drafts"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("googleapis"), "scopes in words: {page}");
    scene.go_on(&browser).await;
    scene.allow(&browser, "alice@example.com", &[COMPOSE]).await;
    browser.sees("Connected").await;
    let page = browser.text().await;
    let (allowed, left_out) = page.split_once("What you left out").unwrap();
    assert!(allowed.contains("Read your mail") && !allowed.contains("Write drafts"));
    assert!(left_out.contains("Write drafts") && !left_out.contains("Read your mail"));
    let cookies = browser.cookies().await;
    assert!(cookies.is_empty(), "left: {cookies:?}");

    let access = scene.site.google.access(&person("alice"), "gmail");
    let read = Requirement::for_methods(&["gmail.users.messages.list"]);
    assert!(access.token(&read).await.is_ok(), "what was allowed works");
    let compose = Requirement::for_methods(&["gmail.users.drafts.create"]);
    let error = access.token(&compose).await.unwrap_err();
    assert!(error.is_scope_missing(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_link_that_was_previewed_still_connects() {
    let Some(browser) = Browser::start("link previews beside Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    let link = scene.site.link("alice").await.url;
    // What chats do with a link before anybody sees it, and again while the person is at Google.
    let mut preview = Preview::new();
    preview.head(&scene.site, link.as_str()).await;
    for _ in 0..2 {
        let page = preview.get(&scene.site, link.as_str()).await;
        page.assert_says("Connect Google to");
    }
    scene.write(link.as_str());
    scene.open_chat(&browser).await;
    scene.go_on(&browser).await;
    Preview::new().get(&scene.site, link.as_str()).await;
    scene.site.assert_untouched("only looked at").await;
    scene.allow(&browser, "alice@example.com", &[]).await;
    browser.sees("Connected").await;
    assert_eq!(scene.site.grants().await.len(), 1);
}
