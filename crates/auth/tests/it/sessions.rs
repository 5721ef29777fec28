//! What becomes of sessions beside their runs: forgotten with their person, removed when too old,
//! held, and sealed under the keys that are told.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use toolgate_auth::store::{SessionKind, SessionStatus};
use toolgate_auth::{
    KeyRing, KeySource, MemoryDatabase, Principal, SealingKey, SessionId, SessionKey, Sessions,
};

use crate::support::{READ, World};

const DAY: Duration = Duration::from_hours(24);

fn key(principal: &Principal, name: &str) -> SessionKey {
    SessionKey::new(principal.clone(), SessionId::parse(name).unwrap())
}

fn of(database: &MemoryDatabase) -> Sessions {
    Sessions::of(Arc::new(database.clone()), None).unwrap()
}

async fn stored(sessions: &Sessions, key: &SessionKey, kind: SessionKind) {
    let stored = sessions
        .store(key, kind, SessionStatus::Paused, b"mail")
        .await;
    assert!(stored.unwrap().is_some());
}

#[tokio::test]
async fn who_is_deleted_leaves_no_session_and_nobody_else_loses_one() {
    let world = World::start().await;
    let bound = world.bind(&[READ]).await;
    let sessions = of(&world.database);
    let others = [
        Principal::for_user("bob").unwrap(),
        world.alice().with_tenant("acme").unwrap(),
        Principal::anonymous(),
    ];
    for principal in others.iter().chain([&world.alice()]) {
        stored(
            &sessions,
            &key(principal, "chat"),
            SessionKind::Conversation,
        )
        .await;
        stored(&sessions, &key(principal, "run"), SessionKind::Run).await;
    }
    let deleted = bound.delete_user(&world.alice()).await.unwrap();
    assert_eq!((deleted.sessions, deleted.sign_ins), (2, 0));
    let paused = [SessionStatus::Paused];
    assert!(
        sessions
            .list(&world.alice(), &paused)
            .await
            .unwrap()
            .sessions
            .is_empty()
    );
    for other in &others {
        assert_eq!(
            sessions.list(other, &paused).await.unwrap().sessions.len(),
            2,
            "{other}"
        );
    }
}

#[tokio::test]
async fn runs_that_waited_for_too_long_are_removed_by_upkeep_and_conversations_stay() {
    let world = World::start().await;
    for (bound, kept) in [
        (world.bind(&[READ]).await, DAY * 30),
        (
            world
                .bind_with(&[READ], |google| google.with_paused_runs_kept(DAY))
                .await,
            DAY,
        ),
    ] {
        let sessions = of(&world.database);
        let (talk, run) = (key(&world.alice(), "chat"), key(&world.alice(), "run"));
        stored(&sessions, &talk, SessionKind::Conversation).await;
        stored(&sessions, &run, SessionKind::Run).await;
        world.pass(kept.saturating_sub(Duration::from_millis(1)));
        assert_eq!(bound.upkeep().await.unwrap().runs_removed, 0);
        world.pass(Duration::from_millis(1));
        assert_eq!(bound.upkeep().await.unwrap().runs_removed, 1);
        assert!(sessions.load(&run).await.unwrap().is_none());
        assert!(sessions.remove(&talk).await.unwrap());
    }
}

#[tokio::test]
async fn a_session_is_held_until_it_is_given_back_or_dropped() {
    let database = MemoryDatabase::new();
    let (sessions, other) = (of(&database), of(&database));
    let key = key(&Principal::anonymous(), "chat");
    let held = sessions.create(&key, SessionKind::Conversation, b"1").await;
    let mut held = held.unwrap().unwrap();
    let again = other.create(&key, SessionKind::Conversation, b"2").await;
    assert!(again.unwrap().is_none());
    let read = other.load(&key).await.unwrap().unwrap();
    assert!(read.is_held());
    assert!(other.claim(read.place()).await.unwrap().is_none());
    assert!(other.begin(read.place(), b"2").await.unwrap().is_none());
    assert!(held.give_back(SessionStatus::Idle, b"3").await.unwrap());
    let read = other.load(&key).await.unwrap().unwrap();
    assert_eq!((read.is_held(), read.document()), (false, &b"3"[..]));
    let claimed = other.claim(read.place()).await.unwrap().unwrap();
    assert!(!held.save(b"4").await.unwrap(), "the first has lost it");
    drop(held);
    assert!(sessions.load(&key).await.unwrap().unwrap().is_held());
    drop(claimed);
    while sessions.load(&key).await.unwrap().unwrap().is_held() {
        tokio::task::yield_now().await;
    }
    let read = sessions.load(&key).await.unwrap().unwrap();
    let mut begun = sessions.begin(read.place(), b"5").await.unwrap().unwrap();
    assert!(begun.remove().await.unwrap());
    assert!(sessions.load(&key).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_opens_under_the_keys_that_sealed_it_and_no_others() {
    let database = MemoryDatabase::new();
    let under = |id: &str| {
        let ring = KeyRing::new(id, SealingKey::from_bytes([7; 32])).unwrap();
        of(&database).with_keys(KeySource::Ring(ring))
    };
    let key = key(&Principal::anonymous(), "chat");
    stored(&under("old"), &key, SessionKind::Run).await;
    let error = under("new").load(&key).await.unwrap_err();
    assert!(error.is_key_unavailable(), "{error}");
    let found = under("old").load(&key).await.unwrap().unwrap();
    assert_eq!(found.document(), b"mail");
    assert!(!format!("{found:?}").contains("mail"));
}

#[tokio::test]
async fn sessions_are_sealed_anew_when_the_key_changes_and_stay_what_they_are() {
    let database = MemoryDatabase::new();
    let old = || KeyRing::new("old", SealingKey::from_bytes([7; 32])).unwrap();
    let new = || KeyRing::new("new", SealingKey::from_bytes([8; 32])).unwrap();
    let under = |ring: KeyRing| of(&database).with_keys(KeySource::Ring(ring));
    let both = new().with_old_key("old", SealingKey::from_bytes([7; 32]));
    let both = under(both.unwrap());
    let names: Vec<_> = (0..120).map(|number| format!("s{number}")).collect();
    let person = |number: usize| Principal::for_user(format!("u{}", number % 7)).unwrap();
    for (number, name) in names.iter().enumerate() {
        stored(&under(old()), &key(&person(number), name), SessionKind::Run).await;
    }
    let first = key(&person(0), "s0");
    let read = both.load(&first).await.unwrap().unwrap();
    let held = both.claim(read.place()).await.unwrap().unwrap();
    // What no configured key opens is passed over, wherever it stands in the order.
    let lost = KeyRing::new("lost", SealingKey::from_bytes([9; 32])).unwrap();
    let lost = under(lost);
    for name in ["lost 1", "lost 2", "lost 3"] {
        stored(&lost, &key(&person(1), name), SessionKind::Run).await;
    }
    let round = both.reseal().await.unwrap();
    assert_eq!((round.done, round.busy, round.unreadable), (119, 1, 3));
    let paused = [SessionStatus::Paused];
    let of_one = both.list(&person(1), &paused).await.unwrap();
    assert_eq!(of_one.sessions.len(), 17);
    let mut lost: Vec<_> = of_one
        .unreadable
        .iter()
        .map(|it| it.session().as_str())
        .collect();
    lost.sort_unstable();
    assert_eq!(lost, ["lost 1", "lost 2", "lost 3"]);
    drop(held);
    while both.load(&first).await.unwrap().unwrap().is_held() {
        tokio::task::yield_now().await;
    }
    for done in [1, 0] {
        let round = both.reseal().await.unwrap();
        assert_eq!((round.done, round.busy, round.unreadable), (done, 0, 3));
    }
    let new = under(new());
    for (number, name) in names.iter().enumerate() {
        let found = new.load(&key(&person(number), name)).await.unwrap();
        assert_eq!(found.unwrap().document(), b"mail");
    }
}
