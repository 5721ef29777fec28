//! The states a grant can be in, and what the guard makes of each; what memory may serve.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use toolgate_auth::store::{
    Database as _, DisconnectReach, RefreshFailure, RowStatus, TokenRow, TokenStore,
};
use toolgate_auth::{Error, Requirement};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::failing::Failing;
use crate::support::{READ, World};

const LEASE: Duration = Duration::from_secs(20);

fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

fn store(world: &World) -> Arc<dyn TokenStore> {
    world.database.token_store().unwrap()
}

/// Another process condemns alice's grant.
async fn condemn(world: &World, status: RowStatus, reason: &str) {
    let (store, row) = (store(world), world.row().await);
    let (key, at) = (row.key.clone(), row.marker());
    let leased = store.try_lease(&key, &at, "another", LEASE).await.unwrap();
    let failure = RefreshFailure::Condemned {
        status,
        reason: reason.to_owned(),
        error: reason.to_owned(),
    };
    let seq = leased.unwrap().lease_seq;
    assert!(
        store
            .commit_failure(&key, &at, seq, &failure)
            .await
            .unwrap()
    );
}

/// Another process begins to disconnect alice.
async fn begin_disconnect(world: &World) -> TokenRow {
    let (store, row) = (store(world), world.row().await);
    let reach = DisconnectReach::ThisRow;
    let begun = store.begin_disconnect(&row.key, &row.marker(), reach).await;
    begun.unwrap().unwrap()
}

async fn refused(world: &World) -> Error {
    world.token_without_browser(&[READ]).await.unwrap_err()
}

#[tokio::test]
async fn a_grant_that_an_administrator_blocks_asks_nobody_for_consent() {
    for status in [RowStatus::Blocked, RowStatus::Suspended] {
        let world = World::start().await;
        world.connect(&[READ]).await;
        condemn(&world, status, "admin_policy_enforced").await;
        let error = refused(&world).await;
        assert!(!error.is_reauthorization_required() && !error.is_transient());
        assert!(error.to_string().contains("admin_policy_enforced"));
        world.token(&[READ]).await.unwrap_err();
        assert_eq!(world.browsers(), 1, "{status}");
    }
}

#[tokio::test]
async fn an_administrators_refusal_of_a_refresh_blocks_the_grant() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    let fault = FaultAction::oauth_error("admin_policy_enforced");
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(fault).on_path("/token"));
    let error = refused(&world).await;
    assert!(!error.is_reauthorization_required(), "{error}");
    let row = world.row().await;
    assert_eq!(row.status, RowStatus::Blocked);
    assert!(row.sealed.is_some(), "what was stored is kept");
}

#[tokio::test]
async fn a_grant_that_is_being_disconnected_serves_nobody() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let row = begin_disconnect(&world).await;
    assert!(refused(&world).await.is_reauthorization_required());
    let ended = store(&world)
        .finish_disconnect(&row.key, &row.marker())
        .await;
    assert!(ended.unwrap());
    assert!(refused(&world).await.is_reauthorization_required());
    assert_eq!(world.token_requests("refresh_token"), 0);
}

#[tokio::test]
async fn a_disconnect_in_another_process_is_seen_within_a_minute() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    access.token(&reading()).await.unwrap();
    begin_disconnect(&world).await;
    world.pass(Duration::from_secs(59));
    access.token(&reading()).await.unwrap();
    world.pass(Duration::from_secs(1));
    let error = access.token(&reading()).await.unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
}

#[tokio::test]
async fn a_token_that_an_api_refused_is_forgotten_and_no_later_one() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let refused = access.token(&reading()).await.unwrap();
    begin_disconnect(&world).await;
    access.rejected(&refused).await;
    access.token(&reading()).await.unwrap_err();
}

#[tokio::test]
async fn a_late_refusal_of_what_is_stored_no_more_condemns_nothing() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    let faults = world.emulator.faults();
    let rule = FaultRule::new(FaultAction::hold())
        .on_path("/token")
        .times(1);
    faults.add(rule);
    let late = FaultAction::oauth_error("invalid_grant");
    faults.add(FaultRule::new(late).on_path("/token").times(1));
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let loser = tokio::spawn(async move { access.token(&reading()).await });
    faults.wait_for_held(1).await;
    // The loser stalls past its lease; another process refreshes.
    world.pass(LEASE + Duration::from_secs(1));
    let winner = world.token_without_browser(&[READ]).await.unwrap();
    faults.release();
    let got = loser.await.unwrap().unwrap();
    assert_eq!(got.access().expose(), winner.access().expose());
    let row = world.row().await;
    assert_eq!((row.status, row.version), (RowStatus::Active, 2));
}

#[tokio::test]
async fn a_holder_that_was_stopped_asks_only_while_its_lease_outlasts_the_answer() {
    // A request may take eight seconds, and five of the lease's twenty have to be left then.
    for (stopped, leases) in [(6, 1), (8, 2)] {
        let world = World::start().await;
        world.connect(&[READ]).await;
        world.pass(Duration::from_hours(2));
        let before = world.row().await;
        let failing = Failing::new(&world.database);
        let bound = world.bind_without_browser_to(&failing, &[READ]).await;
        failing.stall_next_lease(Duration::from_secs(stopped));
        let access = bound.access(&world.alice(), "gmail");
        access.token(&reading()).await.unwrap();
        let after = world.row().await;
        assert_eq!(after.lease_seq - before.lease_seq, leases, "{stopped} s");
        assert_eq!(world.token_requests("refresh_token"), 1);
    }
}

#[tokio::test]
async fn a_refresh_that_lists_fewer_scopes_does_not_shrink_the_consent() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    world.pass(Duration::from_hours(2));
    world.answer_token_requests_with(json!({
        "access_token": "ya29.CANARYsecret-narrow", "expires_in": 3600,
        "token_type": "Bearer", "scope": "openid",
    }));
    world.token_without_browser(&[READ]).await.unwrap();
    let after = world.row().await;
    assert_eq!(after.token_scopes, ["openid"]);
    assert_eq!(after.consented_scopes, before.consented_scopes);
}

#[tokio::test]
async fn the_oauth_paths_under_a_base_are_those_that_it_names() {
    let world = World::start().await;
    let base = world.emulator.base_url();
    let at = |path: &str| base.join(path).unwrap().to_string();
    let configuration = json!({
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": at("/o/oauth2/auth"),
        "token_endpoint": at("/oauth2/v4/token"),
    });
    let action = FaultAction::Json {
        status: 200,
        body: configuration,
    };
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(action).on_path("/.well-known/openid-configuration"));
    world.connect(&[READ]).await;
    world.pass(Duration::from_hours(2));
    world.token_without_browser(&[READ]).await.unwrap();
    let requests = world.emulator.requests();
    let count = |path: &str| requests.iter().filter(|it| it.path == path).count();
    assert_eq!((count("/o/oauth2/auth"), count("/oauth2/v4/token")), (1, 2));
    assert_eq!((count("/o/oauth2/v2/auth"), count("/token")), (0, 0));
}

#[tokio::test]
async fn between_soft_and_hard_one_refreshes_behind_and_nobody_waits() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_secs(3400));
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::hold()).on_path("/token"));
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let before = access.token(&reading()).await.unwrap();
    faults.wait_for_held(1).await;
    for _ in 0..20 {
        let token = access.token(&reading()).await.unwrap();
        assert_eq!(token.access().expose(), before.access().expose());
    }
    assert_eq!(faults.held(), 1, "one refresh is under way, behind them");
    faults.clear();
    while world.row().await.version == 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let after = access.token(&reading()).await.unwrap();
    assert_ne!(after.access().expose(), before.access().expose());
    assert_eq!(world.token_requests("refresh_token"), 1);
}

#[tokio::test]
async fn a_day_of_failures_is_told_and_nothing_is_given_up() {
    let logs = toolgate_testkit::LogCapture::install();
    let world = World::start().await;
    world.connect(&[READ]).await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_path("/token"));
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let told = || logs.text().contains("no refresh has succeeded for a day");
    for _ in 0..24 {
        assert!(!told());
        world.pass(Duration::from_hours(1));
        access.token(&reading()).await.ok();
    }
    for _ in 0..2 {
        world.pass(Duration::from_hours(1));
        let error = access.token(&reading()).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
    }
    assert!(told());
    faults.clear();
    world.pass(Duration::from_hours(1));
    access.token(&reading()).await.unwrap();
}
