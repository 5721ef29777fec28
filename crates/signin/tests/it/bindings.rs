//! Several bindings behind one set of pages: of agents that share a definition, of a process that only
//! serves sign-ins, and of replicas of two versions.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use http::StatusCode;
use toolgate_auth::ToolkitScopes;

use crate::browser::Browser;
use crate::site::{Site, calendar, gmail, unverified};

const CONNECTED: &str = "<h1>Connected";

/// Agents for mail and for the diary over one definition and database.
async fn mail_and_diary(site: &Site) -> [Site; 2] {
    let agents = vec![vec![gmail()], vec![calendar()]];
    site.bound_as(agents).await.try_into().ok().unwrap()
}

/// Follows a link of one binding at the pages of another, to its end.
async fn connect(of: &Site, service: &str, pages: &Site) {
    let link = of.link_for("alice", service).await.unwrap();
    let mut browser = Browser::new();
    let done = browser.connect(pages, &link.url, "alice@example.com").await;
    done.assert_says(CONNECTED);
    assert_eq!(of.grants().await.len(), 1);
}

#[tokio::test]
async fn the_pages_of_one_agent_serve_the_links_of_all_that_share_its_definition() {
    for pages in 0..2 {
        let site = unverified().await;
        let agents = mail_and_diary(&site).await;
        connect(&agents[0], "gmail", &agents[pages]).await;
        connect(&agents[1], "calendar", &agents[pages]).await;
    }
}

#[tokio::test]
async fn a_process_that_only_serves_sign_ins_takes_every_service_and_makes_no_link() {
    let site = unverified().await;
    let agents = mail_and_diary(&site).await;
    let front = site.bound_as(vec![Vec::<ToolkitScopes>::new()]).await;
    connect(&agents[0], "gmail", &front[0]).await;
    connect(&agents[1], "calendar", &front[0]).await;
    let refused = front[0].link_for("alice", "gmail").await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().code(), "unknown_service");
}

#[tokio::test]
async fn an_answer_at_a_replica_that_does_not_have_the_service_yet_uses_nothing_up() {
    let site = unverified().await;
    let new = site.bound_as(vec![vec![gmail(), calendar()]]).await;
    let link = new[0].link_for("alice", "calendar").await.unwrap();
    let mut alice = Browser::new();
    let answer = alice.answer_of(&new[0], &link.url, "alice@example.com");
    let answer = answer.await.to_string();
    // The old one tells it at the very address of the answer.
    let page = alice.get(&site, &answer).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    page.assert_says("does not have this service");
    assert_eq!(site.exchanges(), 0);
    // So a reload that comes to the new one connects.
    alice.finish(&new[0], &answer).await.assert_says(CONNECTED);
}
