//! What an authenticator gets, and what its own refreshes leave in the store.

use futures_util::future::join_all;
use serde_json::json;
use toolgate_auth::store::RowStatus;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_testkit::LogCapture;
use yup_oauth2::Error;

use crate::world::{EMAIL, SCOPE, World, bounded};

#[tokio::test]
async fn what_a_person_consented_to_is_served_without_a_request() {
    let world = World::start().await;
    let ours = world.token().await;
    world.emulator.clear_requests();
    let authenticator = world.authenticator().await;
    let token = authenticator.token(&[SCOPE]).await.unwrap();
    assert_eq!(token.token(), Some(ours.as_str()));
    assert!(!token.is_expired() && token.expiration_time().is_some());
    assert_eq!(world.emulator.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_callers_who_find_an_expired_token_refresh_it_once() {
    let world = World::rotating().await;
    world.token().await;
    let authenticator = world.authenticator().await;
    world.expire().await;
    let callers = (0..50).map(|_| authenticator.token(&[SCOPE]));
    for token in join_all(callers).await {
        assert!(token.unwrap().token().is_some());
    }
    assert_eq!(world.refreshes(), 1);
}

#[tokio::test]
async fn its_own_refresh_is_written_as_a_refresh() {
    for world in [World::start().await, World::rotating().await] {
        let first = world.token().await;
        let before = world.row().await;
        let authenticator = world.authenticator().await;
        let forced = authenticator.force_refreshed_token(&[SCOPE]).await.unwrap();
        let forced = forced.token().unwrap();
        assert_ne!(forced, first);
        let after = world.row().await;
        assert_eq!(after.version, before.version + 1);
        assert_eq!(after.grant_epoch, before.grant_epoch, "it is no consent");
        assert_eq!(after.consented_scopes, before.consented_scopes);
        assert_eq!(after.account_id, before.account_id);
        assert_eq!(world.token().await, forced, "Toolgate's own tools use it");
        // Its refresh token goes on in both, rotated or not.
        world.expire().await;
        let next = authenticator.force_refreshed_token(&[SCOPE]).await.unwrap();
        assert_ne!(next.token().unwrap(), forced);
        assert_eq!(world.row().await.status, RowStatus::Active);
    }
}

#[tokio::test]
async fn an_answer_without_a_token_poisons_nothing() {
    let world = World::start().await;
    let first = world.token().await;
    let before = world.row().await;
    let authenticator = world.authenticator().await;
    let body = json!({"error": {"code": 500}});
    let action = FaultAction::Json { status: 500, body };
    let rule = FaultRule::new(action).on_path("/token").times(1);
    world.emulator.faults().add(rule);
    let error = authenticator.force_refreshed_token(&[SCOPE]).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::StorageError(_)), "{error}");
    assert_eq!(world.row().await, before);
    let token = authenticator.token(&[SCOPE]).await.unwrap();
    assert_eq!(token.token(), Some(first.as_str()));
}

#[tokio::test]
async fn a_dead_grant_and_a_failing_google_are_errors_and_begin_no_sign_in() {
    let world = World::start().await;
    world.token().await;
    let authenticator = world.authenticator().await;
    let fails = async || {
        let error = bounded(authenticator.token(&[SCOPE])).await.unwrap_err();
        assert!(matches!(&error, Error::UserError(_)), "{error}");
        assert!(error.to_string().contains("sign in through Toolgate"));
    };
    world.expire().await;
    let rule = FaultRule::new(FaultAction::status(503)).on_path("/token");
    world.emulator.faults().add(rule);
    fails().await;
    assert_eq!(world.row().await.status, RowStatus::Active);
    world.emulator.faults().clear();

    let world = World::start().await;
    world.token().await;
    world.emulator.revoke(EMAIL);
    world.expire().await;
    world.emulator.clear_requests();
    let authenticator = world.authenticator().await;
    let error = bounded(authenticator.token(&[SCOPE])).await.unwrap_err();
    assert!(matches!(&error, Error::UserError(_)), "{error}");
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
    let requests = world.emulator.requests();
    let paths: Vec<_> = requests.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["/token"], "the guard asks once, and nobody else");
}

#[tokio::test]
async fn scopes_that_nobody_consented_to_are_not_served() {
    let world = World::start().await;
    world.token().await;
    let authenticator = world.authenticator().await;
    let wide = "https://mail.google.com/";
    let error = bounded(authenticator.token(&[SCOPE, wide])).await;
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::UserError(_)), "{error}");
}

/// What its page says, and why the secrets of these tests bear another mark than those of others.
#[tokio::test]
async fn yup_oauth2_prints_tokens_at_debug_level_and_this_crate_prints_none() {
    let logs = LogCapture::install();
    let world = World::start().await;
    world.token().await;
    let authenticator = world.authenticator().await;
    let token = authenticator.token(&[SCOPE]).await.unwrap();
    let token = token.token().unwrap().to_owned();
    let text = logs.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains(&token)).collect();
    assert!(!lines.is_empty(), "the page of this crate says it does");
    for line in lines {
        assert!(line.contains("yup_oauth2") && !line.contains("toolgate_"));
    }
}
