//! What the pages call people.

use std::sync::Arc;

use async_trait::async_trait;
use toolgate_auth::{GoogleAuthBuilder, Principal};
use toolgate_signin::{PageOptions, PersonNames};

use crate::browser::Browser;
use crate::sessions::{Session, logged_in};
use crate::site::{Site, SiteBuilder};

/// The application knows some of its users by name.
#[derive(Debug)]
struct Users;

#[async_trait]
impl PersonNames for Users {
    async fn name(&self, person: &Principal) -> Option<String> {
        match person.user()?.as_str() {
            "u-1" => Some(" Alice <Ex>\u{7} ".to_owned()),
            "u-2" => Some("  ".to_owned()),
            _ => None,
        }
    }
}

async fn site(configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder) -> Site {
    let pages = PageOptions::new().with_person_names(Arc::new(Users));
    SiteBuilder::new().with_pages(pages).start(configure).await
}

#[tokio::test]
async fn every_page_calls_people_by_their_names_and_where_none_is_known_by_their_ids() {
    let site = site(|it| it.with_user_verifier(Arc::new(Session))).await;
    for (id, says) in [
        ("u-1", "Alice &#60;Ex&#62;"),
        ("u-2", "u-2"),
        ("u-3", "u-3"),
    ] {
        let link = site.link(id).await;
        let mut browser = logged_in(id);
        let page = browser.get(&site, link.url.as_str()).await;
        page.assert_says(&format!("made for <strong><bdi>{says}</bdi></strong>"));
        page.assert_says(&format!("on behalf of <bdi>{says}</bdi>"));
        let done = browser.connect(&site, &link.url, "alice@example.com").await;
        done.assert_says(&format!("on behalf of <strong><bdi>{says}</bdi></strong>"));
        for address in ["/google/connections", "/google/connections/disconnect"] {
            let page = browser.get(&site, address).await;
            page.assert_says(&format!("logged in as <strong><bdi>{says}</bdi></strong>"));
        }
        browser
            .headers
            .insert("accept", "application/json".parse().unwrap());
        let told = browser.get(&site, "/google/connections").await;
        let name = if id == "u-1" { "Alice <Ex>" } else { id };
        told.assert_says(&format!("\"person\":\"{name}\""));
    }
}

#[tokio::test]
async fn where_nothing_ties_a_link_to_a_person_the_id_stands_beside_the_name() {
    let site = site(GoogleAuthBuilder::allow_unverified_links).await;
    let link = site.link("u-1").await;
    let page = Browser::new().get(&site, link.url.as_str()).await;
    page.assert_says("is that of <strong><bdi>Alice &#60;Ex&#62; (u-1)</bdi></strong>");
}
