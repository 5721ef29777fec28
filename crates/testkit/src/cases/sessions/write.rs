//! Writing a session as it was read.

use futures_util::future::join_all;
use toolgate_auth::{
    Clock as _,
    store::{Lease, SessionKind, SessionMarker, SessionRow, SessionStatus, SessionWrite},
};

use super::{TICK, TTL, held, inserted, row};
use crate::{
    fixture::Fixture,
    sample::{sealed, session, session_write},
};

/// What goes in comes out, with the database's time; what was never stored is `None`.
pub async fn a_session_round_trips(fixture: &Fixture) {
    let (store, now) = (fixture.sessions(), fixture.clock().now());
    for (kind, status) in [
        (SessionKind::Conversation, SessionStatus::Idle),
        (SessionKind::Run, SessionStatus::Running),
        (SessionKind::Run, SessionStatus::Paused),
    ] {
        let key = session(Some("acme ü"), None, &format!("Gespräch 🙂 {status}"));
        let write = SessionWrite {
            kind,
            status,
            ..held(1, "me")
        };
        let marker = store.put(&key, &write, None).await.unwrap().unwrap();
        let expected = SessionRow {
            key: key.clone(),
            incarnation: write.incarnation,
            kind,
            status,
            sealed: sealed(1),
            version: 1,
            lease_seq: 1,
            lease: Some(Lease {
                owner: "me".to_owned(),
                until: now.after(TTL),
            }),
            created_at: now,
            updated_at: now,
        };
        assert_eq!(marker, expected.marker());
        assert_eq!(store.get(&key).await.unwrap(), Some((expected, now)));
    }
    let absent = session(Some("acme ü"), None, "another");
    assert_eq!(store.get(&absent).await.unwrap(), None);
}

/// With nothing expected a session that stands is not touched.
pub async fn a_session_is_inserted_once(fixture: &Fixture) {
    let (store, key) = (fixture.sessions(), session(None, Some("alice"), "s"));
    inserted(&*store, &key).await;
    let before = row(&*store, &key).await;
    assert_eq!(store.put(&key, &held(2, "me"), None).await.unwrap(), None);
    assert_eq!(row(&*store, &key).await, before);
}

/// A write over a row counts up and keeps its name and its creation; one for another row is lost.
pub async fn a_session_is_written_as_it_was_read(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let key = session(None, Some("alice"), "s");
    let first = inserted(&*store, &key).await;
    let before = row(&*store, &key).await;
    clock.advance(TICK);
    let write = SessionWrite {
        kind: SessionKind::Run,
        status: SessionStatus::Running,
        ..held(2, "me")
    };
    let second = store.put(&key, &write, Some(&first)).await.unwrap();
    let second = second.unwrap();
    let expected = SessionRow {
        kind: SessionKind::Run,
        status: SessionStatus::Running,
        sealed: sealed(2),
        version: 2,
        lease: Some(Lease {
            owner: "me".to_owned(),
            until: clock.now().after(TTL),
        }),
        updated_at: clock.now(),
        ..before
    };
    assert_eq!(row(&*store, &key).await, expected);
    assert_eq!(second, expected.marker());
    let of_another = |change: fn(&mut SessionMarker)| {
        let mut marker = second.clone();
        change(&mut marker);
        marker
    };
    for lost in [
        first,
        of_another(|it| it.incarnation = toolgate_auth::store::Incarnation::new("other")),
        of_another(|it| it.version = 3),
        of_another(|it| it.lease_seq = 2),
    ] {
        let put = store.put(&key, &held(3, "me"), Some(&lost)).await;
        assert_eq!(put.unwrap(), None, "{lost:?}");
        assert!(!store.delete(&key, Some(&lost)).await.unwrap());
    }
    assert_eq!(row(&*store, &key).await, expected);
    let gone = session(None, Some("alice"), "gone");
    let put = store.put(&gone, &held(3, "me"), Some(&second)).await;
    assert_eq!(put.unwrap(), None);
    assert_eq!(store.get(&gone).await.unwrap(), None);
}

/// Of many first writes at once one stands, and of many over a row one.
pub async fn of_many_writes_one_wins(fixture: &Fixture) {
    let key = session(None, Some("alice"), "s");
    let mut expected = None;
    for version in [1, 2] {
        let writes = (0..50).map(|number| {
            let (store, key, expected) = (fixture.sessions(), key.clone(), expected.clone());
            tokio::spawn(async move {
                let write = session_write(number);
                let put = store.put(&key, &write, expected.as_ref()).await;
                put.unwrap().map(|marker| (marker, number))
            })
        });
        let winners = join_all(writes).await.into_iter();
        let winners: Vec<_> = winners.filter_map(Result::unwrap).collect();
        let row = row(&*fixture.sessions(), &key).await;
        assert_eq!(winners.len(), 1, "{winners:?}");
        let (marker, number) = &winners[0];
        assert_eq!((&row.marker(), row.sealed), (marker, sealed(*number)));
        assert_eq!(marker.version, version);
        expected = Some(marker.clone());
    }
}

/// Nothing meant for a session that was removed lands on one that is called the same.
pub async fn nothing_meant_for_a_removed_session_lands_on_its_successor(fixture: &Fixture) {
    let (store, key) = (fixture.sessions(), session(None, Some("alice"), "s"));
    let old = store
        .put(&key, &held(1, "me"), None)
        .await
        .unwrap()
        .unwrap();
    assert!(store.delete(&key, None).await.unwrap(), "whoever holds it");
    assert!(!store.delete(&key, None).await.unwrap());
    let lost = store.put(&key, &held(2, "me"), Some(&old)).await;
    assert_eq!(lost.unwrap(), None);
    let next = store.put(&key, &held(3, "me"), None).await.unwrap();
    let next = next.unwrap();
    let before = row(&*store, &key).await;
    let lost = store.put(&key, &held(2, "me"), Some(&old)).await;
    assert_eq!(lost.unwrap(), None);
    assert!(!store.renew(&key, &old, "me", TTL * 2).await.unwrap());
    assert!(!store.release(&key, &old, "me").await.unwrap());
    assert!(!store.delete(&key, Some(&old)).await.unwrap());
    assert_eq!(row(&*store, &key).await, before);
    assert!(store.delete(&key, Some(&next)).await.unwrap());
}
