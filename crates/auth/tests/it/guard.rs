//! The guard against a loopback Google: which token, when a refresh, when consent.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use toolgate_auth::store::{Database as _, RowStatus, StoreErrorKind};
use toolgate_auth::{Principal, Requirement, Service, TokenKey};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::failing::Failing;
use crate::support::{READ, World};

const DRAFT: &str = "gmail.users.drafts.create";
const SEND: &str = "gmail.users.messages.send";

fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

#[tokio::test]
async fn the_first_call_asks_for_consent_and_later_ones_are_served_from_memory() {
    let world = World::start().await;
    let access = world.bind(&[READ]).await.access(&world.alice(), "gmail");
    let first = access.token(&reading()).await.unwrap();
    let again = access.token(&reading()).await.unwrap();
    assert_eq!(first.access().expose(), again.access().expose());
    assert_eq!(world.token_requests("authorization_code"), 1);
    assert_eq!(world.token_requests("refresh_token"), 0);
    assert_eq!(world.browsers(), 1);
}

#[tokio::test]
async fn another_process_finds_the_grant_in_the_database_and_asks_nobody() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let access = world.bind(&[READ]).await.access(&world.alice(), "gmail");
    access.token(&reading()).await.unwrap();
    assert_eq!(world.browsers(), 1);
    assert_eq!(world.token_requests("refresh_token"), 0);
}

#[tokio::test]
async fn two_hundred_callers_of_an_expired_token_cause_one_refresh() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    let bound = world.bind(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let requirement = reading();
    let tokens = join_all((0..200).map(|_| access.token(&requirement))).await;
    let tokens: BTreeSet<_> = tokens
        .into_iter()
        .map(|it| it.unwrap().access().expose().to_owned())
        .collect();
    assert_eq!(tokens.len(), 1);
    assert_eq!(world.token_requests("refresh_token"), 1);
    assert_eq!(world.row().await.version, 2);
}

#[tokio::test]
async fn a_refresh_keeps_the_refresh_token_and_the_scopes_where_google_sends_none() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    world.pass(Duration::from_hours(2));
    let fault = json!({"access_token": "ya29.CANARYsecret-next", "expires_in": 3600, "token_type": "Bearer"});
    world.answer_token_requests_with(fault);
    let token = world.token(&[READ]).await.unwrap();
    assert_eq!(token.access().expose(), "ya29.CANARYsecret-next");
    let after = world.row().await;
    assert_eq!(after.token_scopes, before.token_scopes);
    assert_eq!(after.consented_scopes, before.consented_scopes);
    world.emulator.faults().clear();
    world.pass(Duration::from_hours(2));
    world.token(&[READ]).await.unwrap();
}

#[tokio::test]
async fn a_rotated_refresh_token_is_the_one_used_next() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    for refreshes in 1..=3 {
        world.pass(Duration::from_hours(2));
        world.token(&[READ]).await.unwrap();
        assert_eq!(world.token_requests("refresh_token"), refreshes);
    }
    assert_eq!(world.row().await.status, RowStatus::Active);
}

#[tokio::test]
async fn a_grant_that_google_refuses_is_marked_and_kept_and_not_asked_again() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    world.emulator.revoke("alice@example.com");
    let error = world.token_without_browser(&[READ]).await.unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
    let row = world.row().await;
    assert_eq!(
        (row.status, row.status_reason.as_deref()),
        (RowStatus::NeedsConsent, Some("revoked"))
    );
    assert!(row.sealed.is_some());
    let requests = world.token_requests("refresh_token");
    let error = world.token_without_browser(&[READ]).await.unwrap_err();
    assert!(error.is_reauthorization_required() && !error.is_transient());
    assert_eq!(world.token_requests("refresh_token"), requests);
}

#[tokio::test]
async fn a_failed_refresh_opens_no_browser_by_itself() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    world.emulator.revoke("alice@example.com");
    world.token(&[READ]).await.unwrap_err();
    assert_eq!(world.browsers(), 1);
    world.token(&[READ]).await.unwrap();
    assert_eq!(world.browsers(), 2);
}

#[tokio::test]
async fn what_may_pass_condemns_nothing_and_asks_for_no_consent() {
    let causes = [
        ("500", FaultRule::new(FaultAction::status(500))),
        ("429", FaultRule::new(FaultAction::status(429))),
        (
            "server_error",
            FaultRule::new(FaultAction::oauth_error("server_error")),
        ),
        (
            "temporarily_unavailable",
            FaultRule::new(FaultAction::oauth_error("temporarily_unavailable")),
        ),
    ];
    for (name, fault) in causes {
        let world = World::start().await;
        world.connect(&[READ]).await;
        world.pass(Duration::from_hours(2));
        world.emulator.faults().add(fault.on_path("/token"));
        let error = world.token_without_browser(&[READ]).await.unwrap_err();
        assert!(
            error.is_transient() && !error.is_reauthorization_required(),
            "{name}: {error}"
        );
        let row = world.row().await;
        assert_eq!(
            (row.status, row.fail_count, row.version),
            (RowStatus::Active, 1, 1),
            "{name}"
        );
        assert!(
            row.next_attempt_at.is_some() && row.lease.is_none(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_token_that_still_lives_is_served_when_its_refresh_fails() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_secs(3570));
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(503)).on_path("/token"));
    world.token(&[READ]).await.unwrap();
    assert_eq!(world.row().await.fail_count, 1);
}

#[tokio::test]
async fn a_token_that_still_lives_is_served_while_nobody_may_refresh_it() {
    let faults = [
        FaultAction::status(503),
        FaultAction::oauth_error("invalid_client"),
    ];
    for fault in faults {
        let world = World::start().await;
        world.connect(&[READ]).await;
        world.pass(Duration::from_secs(3570));
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault).on_path("/token"));
        let bound = world.bind_without_browser(&[READ]).await;
        for _ in 0..3 {
            bound
                .access(&world.alice(), "gmail")
                .token(&reading())
                .await
                .unwrap();
        }
        assert_eq!(world.token_requests("refresh_token"), 1);
    }
}

#[tokio::test]
async fn a_broken_client_condemns_no_row() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::oauth_error("invalid_client")).on_path("/token"));
    let error = world.token_without_browser(&[READ]).await.unwrap_err();
    assert!(
        error.is_configuration() && !error.is_reauthorization_required(),
        "{error}"
    );
    let row = world.row().await;
    assert_eq!((row.status, row.fail_count), (RowStatus::Active, 0));
}

#[tokio::test]
async fn a_grant_that_does_not_cover_a_call_names_what_is_missing() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = world.bind_without_browser(&[READ, DRAFT]).await;
    let access = bound.access(&world.alice(), "gmail");
    access.token(&reading()).await.unwrap();
    let error = access
        .token(&Requirement::for_methods(&[DRAFT]))
        .await
        .unwrap_err();
    assert!(error.is_scope_missing());
    let needed = error.consent_needed().unwrap();
    assert_eq!(
        needed.scopes,
        ["https://www.googleapis.com/auth/gmail.compose"]
    );
    assert_eq!(needed.services, ["gmail"]);
}

#[tokio::test]
async fn an_installed_application_asks_for_all_its_scopes_again_when_one_is_added() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = world.bind(&[READ, DRAFT]).await;
    let access = bound.access(&world.alice(), "gmail");
    access
        .token(&Requirement::for_methods(&[DRAFT]))
        .await
        .unwrap();
    assert_eq!(world.browsers(), 2);
    access.token(&reading()).await.unwrap();
    let requests = world.emulator.requests();
    let asked = requests
        .iter()
        .rfind(|it| it.api_method.as_deref() == Some("authorize"))
        .unwrap();
    assert!(asked.query.contains("gmail.readonly") && asked.query.contains("gmail.compose"));
    assert!(
        !asked.query.contains("include_granted_scopes=true"),
        "{}",
        asked.query
    );
}

#[tokio::test]
async fn a_toolkit_cannot_use_what_it_did_not_declare() {
    let world = World::start().await;
    world.connect(&[READ, SEND]).await;
    let access = world.bind(&[READ]).await.access(&world.alice(), "gmail");
    let error = access
        .token(&Requirement::for_methods(&[SEND]))
        .await
        .unwrap_err();
    assert!(
        !error.is_reauthorization_required() && !error.is_transient(),
        "{error}"
    );
    let access = world.bind(&[READ]).await.access(&world.alice(), "drive");
    access.token(&reading()).await.unwrap_err();
}

#[tokio::test]
async fn a_database_that_fails_is_not_a_missing_consent() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let failing = Failing::new(&world.database);
    let bound = world.bind_to(&failing, &[READ]).await;
    failing.fail_with(StoreErrorKind::Unavailable);
    let error = bound
        .access(&world.alice(), "gmail")
        .token(&reading())
        .await
        .unwrap_err();
    assert!(
        error.is_transient() && !error.is_reauthorization_required(),
        "{error}"
    );
    assert_eq!(world.browsers(), 1);
}

#[tokio::test]
async fn a_row_copied_to_another_user_does_not_open() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let row = world.row().await;
    let mallory = TokenKey::new(Principal::for_user("mallory").unwrap(), Service::google());
    world.plant(&row, &mallory).await;
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(mallory.principal(), "gmail");
    let error = access.token(&reading()).await.unwrap_err();
    assert!(
        !error.is_reauthorization_required() && !error.is_transient(),
        "{error}"
    );
    assert!(error.to_string().contains("does not open"), "{error}");
}

#[tokio::test]
async fn a_grant_of_another_client_is_not_refreshed_with_this_one() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    let bound = world.bind_with_installed_client(&[READ]).await;
    let error = bound
        .access(&world.alice(), "gmail")
        .token(&reading())
        .await
        .unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
    assert_eq!(world.token_requests("refresh_token"), 0);
    assert_eq!(world.row().await.status, RowStatus::Active);
}

#[tokio::test]
async fn people_and_tenants_never_share_a_token() {
    let world = World::start().await;
    let bound = world.bind(&[READ]).await;
    let people = [
        Principal::anonymous(),
        world.alice(),
        Principal::for_user("bob").unwrap(),
        Principal::for_user("alice")
            .unwrap()
            .with_tenant("acme")
            .unwrap(),
        Principal::for_user("alice")
            .unwrap()
            .with_tenant("umbrella")
            .unwrap(),
    ];
    let mut tokens = BTreeSet::new();
    for _ in 0..2 {
        for person in &people {
            let token = bound
                .access(person, "gmail")
                .token(&reading())
                .await
                .unwrap();
            tokens.insert(token.access().expose().to_owned());
        }
    }
    assert_eq!(tokens.len(), people.len());
    assert_eq!(world.browsers(), people.len());
    let stored = world.database.token_store().unwrap();
    let scope = toolgate_auth::store::ListScope::All;
    assert_eq!(
        stored.list(&scope, None, 100).await.unwrap().len(),
        people.len()
    );
}
