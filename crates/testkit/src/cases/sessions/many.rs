//! Many sessions: whose they are, which go, and under which keys they stand.

use std::time::Duration;

use toolgate_auth::{
    Clock as _, Principal, SessionKey, Timestamp,
    store::{Sealed, SessionKind, SessionMarker, SessionRow, SessionWrite},
};

use super::{TICK, held, inserted, people, row};
use crate::{
    fixture::Fixture,
    sample::{principal, sealed, session, session_write},
};

/// Each person has sessions of their own, whatever they are called.
pub async fn each_persons_sessions_are_their_own(fixture: &Fixture) {
    let store = fixture.sessions();
    let key =
        |of: &Principal| SessionKey::new(of.clone(), session(None, None, "s").session().clone());
    for (number, person) in (0..).zip(people()) {
        let put = store.put(&key(&person), &session_write(number), None).await;
        assert!(put.unwrap().is_some(), "{person}");
    }
    for (number, person) in (0..).zip(people()) {
        let row = row(&*store, &key(&person)).await;
        assert_eq!((row.key.principal(), row.sealed), (&person, sealed(number)));
        let (list, _) = store.list(&person, None, 10).await.unwrap();
        assert_eq!(list.len(), 1, "{person}");
    }
}

/// A person's sessions come newest first, in pages that together are all, with the time.
pub async fn a_persons_sessions_come_newest_first(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let alice = principal(None, Some("alice"));
    let mut expected: Vec<(Timestamp, _)> = Vec::new();
    for number in 0..7 {
        if number % 2 == 0 {
            clock.advance(TICK);
        }
        let key = session(None, Some("alice"), &format!("s{number}"));
        inserted(&*store, &key).await;
        inserted(&*store, &session(None, Some("bob"), &format!("s{number}"))).await;
        expected.push((clock.now(), key.id()));
    }
    expected.sort();
    expected.reverse();
    for limit in [1, 3, 7, 100] {
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let page = store.list(&alice, after.as_ref(), limit).await.unwrap();
            let (rows, now) = page;
            assert_eq!(now, clock.now());
            let ended = rows.len() < limit as usize;
            found.extend(rows.iter().map(|row| (row.updated_at, row.key.id())));
            after = found.last().cloned();
            if ended {
                break;
            }
        }
        assert_eq!(found, expected, "pages of {limit}");
    }
}

/// All of one person's sessions go, and nobody else's.
pub async fn a_persons_sessions_are_removed_together(fixture: &Fixture) {
    let store = fixture.sessions();
    for person in people() {
        for name in ["a", "b"] {
            let named = session(None, None, name).session().clone();
            let key = SessionKey::new(person.clone(), named);
            let put = store.put(&key, &held(1, "me"), None).await.unwrap();
            assert!(put.is_some());
        }
    }
    let alice = principal(None, Some("alice"));
    assert_eq!(store.remove_all(&alice).await.unwrap(), 2);
    assert_eq!(store.remove_all(&alice).await.unwrap(), 0);
    for person in people() {
        let (left, _) = store.list(&person, None, 10).await.unwrap();
        assert_eq!(left.is_empty(), person == alice, "{person}");
    }
}

/// Sweeping removes runs that were written long ago and that nobody holds, and no conversation.
pub async fn a_sweep_removes_old_runs_only(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let day = Duration::from_hours(24);
    let put = async |name: &str, kind, hold| {
        let write = SessionWrite {
            kind,
            hold,
            ..session_write(1)
        };
        let key = session(Some("acme"), Some("alice"), name);
        assert!(store.put(&key, &write, None).await.unwrap().is_some());
    };
    put("old run", SessionKind::Run, None).await;
    put("old talk", SessionKind::Conversation, None).await;
    put("held run", SessionKind::Run, Some(day * 2)).await;
    clock.advance(TICK);
    put("new run", SessionKind::Run, None).await;
    clock.advance(day.saturating_sub(TICK));
    assert_eq!(store.sweep(day + TICK).await.unwrap(), 0);
    assert_eq!(store.sweep(day).await.unwrap(), 1);
    let alice = principal(Some("acme"), Some("alice"));
    let (left, _) = store.list(&alice, None, 10).await.unwrap();
    let mut left: Vec<_> = left.iter().map(|it| it.key.session().as_str()).collect();
    left.sort_unstable();
    assert_eq!(left, ["held run", "new run", "old talk"]);
    assert_eq!(store.sweep(Duration::MAX).await.unwrap(), 0);
    clock.advance(day);
    assert_eq!(store.sweep(Duration::ZERO).await.unwrap(), 2);
}

/// Sessions under other keys come in the order of their ids, over all tenants, and are sealed anew.
pub async fn sessions_under_other_keys_are_sealed_anew(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let mut expected = Vec::new();
    for (number, tenant) in [None, Some("acme"), Some("globex")].into_iter().enumerate() {
        let key = session(tenant, Some("alice"), &format!("s{number}"));
        inserted(&*store, &key).await;
        expected.push(key.id());
        let new = session(tenant, Some("bob"), "new");
        let put = store.put(&new, &session_write(2), None).await.unwrap();
        assert!(put.is_some());
    }
    expected.sort();
    let active = sealed(2).key_id;
    let first = store.due_for_reseal(&active, None, 2).await.unwrap();
    let after = first[1].key.id();
    let rest = store
        .due_for_reseal(&active, Some(&after), 2)
        .await
        .unwrap();
    let due: Vec<_> = first.iter().chain(&rest).map(|row| row.key.id()).collect();
    assert_eq!(due, expected);
    clock.advance(TICK);
    let (row, stale) = (
        &first[0],
        SessionMarker {
            version: 2,
            ..first[0].marker()
        },
    );
    let anew = Sealed {
        key_id: active.clone(),
        ..sealed(7)
    };
    assert!(!store.reseal(&row.key, &stale, &anew).await.unwrap());
    assert!(store.reseal(&row.key, &row.marker(), &anew).await.unwrap());
    let expected = SessionRow {
        sealed: anew,
        ..row.clone()
    };
    let (found, _) = store.get(&row.key).await.unwrap().unwrap();
    assert_eq!(found, expected);
    let left = store.due_for_reseal(&active, None, 10).await.unwrap();
    assert_eq!(left.len(), 2);
}
