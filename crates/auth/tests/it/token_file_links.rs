//! Token files and sign-in links: what a consent over a file is asked for, and for whom.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_auth::{BoundGoogleAuth, GoogleAuth, OAuthClient, Principal};

use crate::token_file::Desk;

/// A program that gives links, for the file as it stands.
async fn with_links(desk: &Desk) -> BoundGoogleAuth {
    let client = OAuthClient::new(desk.world.emulator.client_id());
    let google = GoogleAuth::builder(client)
        .with_endpoints(desk.world.endpoints())
        .with_public_url("https://app.example.com")
        .allow_unverified_links();
    desk.bind_as(&google.build().unwrap()).await
}

/// What Google is asked for when a link is followed.
async fn asked(desk: &Desk) -> Vec<(String, String)> {
    let (bound, anonymous) = (with_links(desk).await, Principal::anonymous());
    let services = ["gmail".to_owned()];
    let link = bound.connect_link(&anonymous, None, &services).await;
    let link = link.unwrap().url;
    let state = link.path_segments().unwrap().next_back().unwrap();
    let headers = http::HeaderMap::new();
    let next = bound.sign_in().unwrap().proceed(state, &headers).await;
    let location = next.unwrap().location;
    location.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_consent_over_a_file_of_an_unknown_account_asks_for_a_refresh_token_of_its_own() {
    let desk = Desk::new().await;
    let first = asked(&desk).await;
    let scopes = &first.iter().find(|(name, _)| name == "scope").unwrap().1;
    // All that is asked for is granted already, by somebody.
    let granted: Vec<&str> = scopes.split(' ').collect();
    desk.write(&desk.python_file(&granted));
    let again = asked(&desk).await;
    let prompt = again.iter().find(|(name, _)| name == "prompt");
    assert_eq!(prompt.map(|(_, value)| value.as_str()), Some("consent"));
}

#[tokio::test]
async fn no_link_is_made_for_whoever_the_file_is_not_for() {
    let desk = Desk::new().await;
    let alice = Principal::for_user("alice").unwrap();
    let services = ["gmail".to_owned()];
    let link = with_links(&desk).await;
    let link = link.connect_link(&alice, None, &services).await;
    assert!(link.unwrap_err().is_configuration());
}
