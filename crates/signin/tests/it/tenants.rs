//! The same user's id in another tenant is another person, for every page and form.

use http::StatusCode;
use toolgate_auth::store::RowStatus;

use crate::connections::{CONNECT, DISCONNECT, LIST, connected, shown_twice};
use crate::sessions::{logged_in, verified_several};
use crate::site::person;

const OWNER: &str = "alice of acme";
/// Whoever has the same id elsewhere, or in no tenant.
const STRANGERS: [&str; 2] = ["alice of rival", "alice"];

#[tokio::test]
async fn whoever_has_the_same_id_in_another_tenant_sees_and_changes_nothing() {
    let site = verified_several().await;
    connected(&site, OWNER, None, "alice@example.com").await;
    connected(&site, OWNER, Some("work"), "wanda@work.example").await;
    let before = site.grants().await;
    for name in STRANGERS {
        let mut stranger = logged_in(name);
        let page = stranger.get(&site, LIST).await;
        page.assert_says("No Google account is connected");
        page.assert_silent_about("@");
        for query in ["", "?account=work"] {
            let page = stranger.get(&site, &format!("{DISCONNECT}{query}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{name} {query}");
        }
        for form in ["", "account=work", "account=work&everywhere=true"] {
            let answer = stranger.submit(&site, DISCONNECT, form).await;
            let [page, _] = shown_twice(&site, &mut stranger, &answer).await;
            page.assert_says("Nothing to disconnect");
        }
        for (address, form) in [
            ("/google/connections/rename", "account=work&name=mine"),
            ("/google/connections/default", "account=work&old_default=x"),
        ] {
            let page = stranger.submit(&site, address, form).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{name} {address}");
        }
        // Their own link is theirs, and asks for their own account.
        let link = stranger.post(&site, CONNECT).await;
        let link = link.location().parse().unwrap();
        let done = stranger.connect(&site, &link, "bob@example.com").await;
        done.assert_says("<h1>Connected");
        stranger.post(&site, DISCONNECT).await;
    }
    let owners: Vec<_> = site.grants().await;
    let owners: Vec<_> = owners
        .into_iter()
        .filter(|it| *it.key.principal() == person(OWNER))
        .collect();
    assert_eq!(owners, before);
    assert!(owners.iter().all(|it| it.status == RowStatus::Active));
}
