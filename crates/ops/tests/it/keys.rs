//! A rotation of the sealing keys, in steps.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::store::{SessionKind, SessionStatus, TokenStore};
use toolgate_auth::{HowToImport, ImportedGrant, Operator, Principal, SessionId, SessionKey};
use toolgate_ops::{DatabaseUrl, Rotation};
use toolgate_testkit::fresh_postgres_database;

use crate::support::{Ours, document, key, keys};

const PEOPLE: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

async fn fill(ours: &Ours) {
    for name in PEOPLE {
        let grant = document(name).to_string();
        let grant = ImportedGrant::from_authorized_user(grant.as_bytes()).unwrap();
        let (key, how) = (key(Some(name)), HowToImport::default());
        let import = ours.operator.import(&key, &grant, how);
        import.await.unwrap();
    }
}

async fn under(operator: &Operator, id: &str) -> u64 {
    let used = operator.keys_in_use().await.unwrap().keys;
    used.iter().find(|it| it.id == id).map_or(0, |it| it.rows)
}

/// A conversation each.
async fn talk(ours: &Ours) {
    let sessions = ours.sessions("k1");
    for name in PEOPLE {
        let said = format!("what {name} said");
        let (kind, status) = (SessionKind::Conversation, SessionStatus::Idle);
        let key = session(name);
        let stored = sessions.store(&key, kind, status, said.as_bytes());
        assert!(stored.await.unwrap().is_some());
    }
}

fn session(name: &str) -> SessionKey {
    let id = SessionId::parse("chat").unwrap();
    SessionKey::new(Principal::for_user(name).unwrap(), id)
}

async fn sessions_under(operator: &Operator, id: &str) -> u64 {
    let used = operator.keys_in_use().await.unwrap().keys;
    used.iter()
        .find(|it| it.id == id)
        .map_or(0, |it| it.sessions)
}

fn tokens(ours: &Ours) -> std::sync::Arc<dyn TokenStore> {
    ours.storage.database().token_store().unwrap()
}

/// Stopped after a step, begun again, and done once; what was sealed opens with the new key alone.
async fn every_row_comes_under_the_new_key(ours: &Ours) {
    fill(ours).await;
    let new = ours.storage.operator(&keys("k2")).await.unwrap();
    let mut stopped = Rotation::new(&new, 2);
    assert!(stopped.step().await.unwrap());
    assert_eq!(stopped.done().resealed, 2);
    assert_eq!((under(&new, "k1").await, under(&new, "k2").await), (3, 2));

    let mut rotation = Rotation::new(&new, 2);
    while rotation.step().await.unwrap() {}
    let done = rotation.done();
    assert_eq!((done.resealed, done.already), (3, 2));
    assert_eq!((done.unreadable, done.busy), (0, 0));
    assert_eq!((under(&new, "k1").await, under(&new, "k2").await), (0, 5));
    for name in PEOPLE {
        let grant = new.export(&key(Some(name))).await.unwrap();
        let row = ours.row(Some(name)).await.unwrap();
        assert!(grant.is_some() && (row.version, row.grant_epoch) == (1, 1));
    }
}

/// Stopped after two, begun again while a run under the old key is under way; then the old key can
/// go: each conversation opens without it, and who waits in one goes on from there.
async fn every_session_comes_under_the_new_key(ours: &Ours) {
    talk(ours).await;
    let new = ours.storage.operator(&keys("k2")).await.unwrap();
    assert_eq!(sessions_under(&new, "k1").await, 5);
    let old = ours.sessions("k1");
    let carol = old.load(&session("carol")).await.unwrap().unwrap();
    let bob = old.load(&session("bob")).await.unwrap().unwrap();
    let mut held = old.claim(bob.place()).await.unwrap().unwrap();
    let mut stopped = Rotation::new(&new, 1);
    while stopped.done().sessions < 2 {
        assert!(stopped.step().await.unwrap());
    }
    assert_eq!(sessions_under(&new, "k1").await, 3);

    let mut rotation = Rotation::new(&new, 2);
    while !rotation.is_waiting() {
        assert!(rotation.step().await.unwrap());
    }
    assert!(rotation.step().await.unwrap(), "it is still held");
    assert_eq!((rotation.done().sessions, rotation.done().busy), (2, 1));
    let said = b"what bob said";
    assert!(held.give_back(SessionStatus::Idle, said).await.unwrap());
    assert!(!rotation.step().await.unwrap());
    let done = rotation.done();
    assert_eq!((done.sessions, done.busy, done.unreadable), (3, 0, 0));
    assert_eq!(sessions_under(&new, "k1").await, 0);

    let alone = ours.sessions("k2 alone");
    for name in PEOPLE {
        let found = alone.load(&session(name)).await.unwrap().unwrap();
        assert_eq!(found.document(), format!("what {name} said").as_bytes());
    }
    let found = alone.load(&session("carol")).await.unwrap().unwrap();
    assert_eq!(found.place(), carol.place());
}

/// What was told of keys: the event, how it ended, and the rest but the keys' names.
async fn told(ours: &Ours) -> Vec<(String, String, Value)> {
    let audit = ours.storage.database().audit_store().unwrap();
    let nobody = Principal::anonymous();
    let events = audit.events(Some(&nobody), None, 100).await.unwrap();
    let events = events.into_iter().map(|it| it.event);
    let events = events.inspect(|it| assert_eq!(it.actor, "operator"));
    events.map(|it| (it.event, it.outcome, it.detail)).collect()
}

/// A rotation tells of its beginning and its end, and one that was stopped says that it was.
async fn a_rotation_is_told(ours: &Ours) {
    fill(ours).await;
    let new = ours.storage.operator(&keys("k2")).await.unwrap();
    let mut stopped = Rotation::new(&new, 2);
    assert!(stopped.step().await.unwrap());
    assert_eq!(stopped.end().await.resealed, 2);
    let mut rotation = Rotation::new(&new, 100);
    while rotation.step().await.unwrap() {}
    rotation.end().await;
    let ended =
        |rows: u64| json!({"to": "k2", "from": ["k1"], "rows": rows, "sessions": 0, "left": 0});
    let event = |name: &str, outcome: &str, detail| (name.to_owned(), outcome.to_owned(), detail);
    let begun = event("key_rotation_begun", "ok", json!({"to": "k2"}));
    let expected = [
        begun.clone(),
        event("key_rotation_ended", "stopped", ended(2)),
        begun,
        event("key_rotation_ended", "ok", ended(3)),
    ];
    assert_eq!(told(ours).await, expected);
}

#[tokio::test]
async fn a_rotation_is_told_with_its_keys_and_counts_on_sqlite() {
    a_rotation_is_told(&Ours::new().await).await;
}

#[tokio::test]
async fn a_rotation_is_told_with_its_keys_and_counts_on_postgresql() {
    let Some(database) = fresh_postgres_database("events of a rotation").await else {
        return;
    };
    let url = DatabaseUrl::parse(database.url()).unwrap();
    a_rotation_is_told(&Ours::at(url, tempfile::tempdir().unwrap()).await).await;
}

#[tokio::test]
async fn a_rotation_can_be_stopped_and_begun_again_on_sqlite() {
    let ours = Ours::new().await;
    every_row_comes_under_the_new_key(&ours).await;
    every_session_comes_under_the_new_key(&ours).await;
}

#[tokio::test]
async fn a_rotation_can_be_stopped_and_begun_again_on_postgresql() {
    let Some(database) = fresh_postgres_database("key rotation").await else {
        return;
    };
    let url = DatabaseUrl::parse(database.url()).unwrap();
    let ours = Ours::at(url, tempfile::tempdir().unwrap()).await;
    every_row_comes_under_the_new_key(&ours).await;
    every_session_comes_under_the_new_key(&ours).await;
}

#[tokio::test]
async fn a_row_with_a_refresh_under_way_is_left_alone_and_come_back_to() {
    let ours = Ours::new().await;
    fill(&ours).await;
    let new = ours.storage.operator(&keys("k2")).await.unwrap();
    let (bob, at) = (
        key(Some("bob")),
        ours.row(Some("bob")).await.unwrap().marker(),
    );
    let lease = tokens(&ours);
    let lease = lease.try_lease(&bob, &at, "another process", Duration::from_mins(5));
    let lease = lease.await.unwrap().unwrap();
    let mut rotation = Rotation::new(&new, 100);
    while !rotation.is_waiting() {
        assert!(rotation.step().await.unwrap());
    }
    assert_eq!((rotation.done().resealed, rotation.done().busy), (4, 1));
    assert!(rotation.step().await.unwrap(), "it is still refreshed");
    assert_eq!(
        ours.row(Some("bob")).await.unwrap().sealed.unwrap().key_id,
        "k1"
    );

    let released = toolgate_auth::store::RefreshFailure::Released;
    let store = tokens(&ours);
    let commit = store.commit_failure(&bob, &at, lease.lease_seq, &released);
    assert!(commit.await.unwrap());
    assert!(!rotation.step().await.unwrap());
    assert_eq!((rotation.done().resealed, rotation.done().busy), (5, 0));
    assert_eq!(under(&new, "k2").await, 5);
}

#[tokio::test]
async fn rows_under_a_key_that_is_not_there_are_counted_and_left_as_they_are() {
    let ours = Ours::new().await;
    fill(&ours).await;
    talk(&ours).await;
    let mut rotation = Rotation::new(&ours.operator, 3);
    while rotation.step().await.unwrap() {}
    let before = ours.row(Some("alice")).await;
    let stranger = ours.storage.operator(&keys("k3 alone")).await.unwrap();
    let mut rotation = Rotation::new(&stranger, 3);
    while rotation.step().await.unwrap() {}
    assert_eq!(
        (rotation.done().unreadable, rotation.done().resealed),
        (10, 0)
    );
    assert_eq!(rotation.done().sessions, 0);
    assert_eq!(sessions_under(&stranger, "k1").await, 5);
    assert_eq!(ours.row(Some("alice")).await, before);
}

#[tokio::test]
async fn what_an_old_key_named_alone_is_counted_and_told_of_a_rotation() {
    let ours = Ours::new().await;
    fill(&ours).await;
    let new = ours.storage.operator(&keys("k2")).await.unwrap();
    let rotate = async || {
        let mut rotation = Rotation::new(&new, 100);
        while rotation.step().await.unwrap() {}
        rotation.end().await
    };
    assert_eq!(rotate().await.resealed, 5);
    ours.run("UPDATE auth_tokens SET rt_prefix_mac = 'k1.of-before' WHERE user_id = 'alice'")
        .await;
    let used = new.keys_in_use().await.unwrap().keys;
    let old = used.iter().find(|it| it.id == "k1").unwrap();
    assert_eq!((old.rows, old.names), (0, 1));
    assert_eq!(rotate().await.resealed, 1);
    let (_, _, detail) = told(&ours).await.pop().unwrap();
    assert_eq!(detail["from"], json!(["k1"]));
    assert!(under(&new, "k1").await == 0 && rotate().await.resealed == 0);
}

#[tokio::test]
async fn a_rotation_that_the_database_takes_no_event_of_is_done_and_says_so() {
    let ours = Ours::new().await;
    fill(&ours).await;
    ours.go_deaf().await;
    let new = ours.storage.operator(&keys("k2")).await.unwrap();
    let mut rotation = Rotation::new(&new, 100);
    while rotation.step().await.unwrap() {}
    let done = rotation.end().await;
    assert!(done.is_unrecorded && done.resealed == 5, "{done:?}");
}
