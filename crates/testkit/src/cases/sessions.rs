//! The contract of `SessionStore`.

use std::time::Duration;

use futures_util::future::join_all;
use toolgate_auth::{
    Clock as _, Principal, SessionKey, Timestamp,
    store::{
        Lease, Sealed, SessionKind, SessionMarker, SessionRow, SessionStatus, SessionStore,
        SessionWrite,
    },
};

use crate::{
    fixture::Fixture,
    sample::{principal, sealed, session, session_write},
};

const TTL: Duration = Duration::from_mins(2);
const TICK: Duration = Duration::from_millis(1);

async fn row(store: &dyn SessionStore, key: &SessionKey) -> SessionRow {
    store.get(key).await.unwrap().unwrap().0
}

async fn inserted(store: &dyn SessionStore, key: &SessionKey) -> SessionMarker {
    let put = store.put(key, &session_write(1), None).await.unwrap();
    put.unwrap()
}

fn held(number: u32, owner: &str) -> SessionWrite {
    SessionWrite {
        owner: owner.to_owned(),
        hold: Some(TTL),
        ..session_write(number)
    }
}

fn people() -> Vec<Principal> {
    let mut people = Vec::new();
    for tenant in [None, Some("acme"), Some("alice")] {
        for user in [None, Some("alice"), Some("bob"), Some("Alice")] {
            people.push(principal(tenant, user));
        }
    }
    people
}

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

/// What is held is written by its holder alone, who may give it back in the same breath; when the
/// hold is over anybody may.
pub async fn a_held_session_is_its_holders(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let key = session(None, Some("alice"), "s");
    let at = store
        .put(&key, &held(1, "me"), None)
        .await
        .unwrap()
        .unwrap();
    let put = |number, owner: &str, at: &SessionMarker| {
        let (store, key, at) = (fixture.sessions(), key.clone(), at.clone());
        let write = held(number, owner);
        async move { store.put(&key, &write, Some(&at)).await.unwrap() }
    };
    assert_eq!(put(2, "other", &at).await, None);
    assert_eq!(store.claim(&key, &at, "other", TTL).await.unwrap(), None);
    assert_eq!(store.claim(&key, &at, "me", TTL).await.unwrap(), None);
    assert!(!store.reseal(&key, &at, &sealed(9)).await.unwrap());
    let at = put(2, "me", &at).await.unwrap();
    clock.advance(TTL.saturating_sub(TICK));
    assert_eq!(put(3, "other", &at).await, None);
    clock.advance(TICK);
    let at = put(3, "other", &at).await.unwrap();
    assert_eq!(put(4, "me", &at).await, None);
    let back = SessionWrite {
        hold: None,
        ..held(4, "other")
    };
    let at = store.put(&key, &back, Some(&at)).await.unwrap().unwrap();
    assert_eq!(row(&*store, &key).await.lease, None);
    assert!(put(5, "me", &at).await.is_some());
}

/// A claim is fenced: what its holder before writes, renews or gives back is lost.
pub async fn a_claim_fences_its_predecessor(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let key = session(None, Some("alice"), "s");
    let free = inserted(&*store, &key).await;
    let first = store.claim(&key, &free, "first", TTL).await.unwrap();
    let first = first.unwrap();
    assert_eq!((first.version, first.lease_seq), (1, 2));
    assert_eq!(store.claim(&key, &free, "second", TTL).await.unwrap(), None);
    clock.advance(TTL);
    let stale = store.claim(&key, &free, "second", TTL).await.unwrap();
    assert_eq!(stale, None, "it is not as it was read");
    let second = store.claim(&key, &first, "second", TTL).await.unwrap();
    let second = second.unwrap();
    let before = row(&*store, &key).await;
    let lost = store.put(&key, &held(2, "first"), Some(&first)).await;
    assert_eq!(lost.unwrap(), None);
    assert!(!store.renew(&key, &first, "first", TTL).await.unwrap());
    assert!(!store.renew(&key, &second, "first", TTL).await.unwrap());
    assert!(!store.release(&key, &first, "second").await.unwrap());
    assert!(!store.release(&key, &second, "first").await.unwrap());
    assert!(!store.delete(&key, Some(&first)).await.unwrap());
    assert_eq!(row(&*store, &key).await, before);
    let written = store.put(&key, &held(2, "second"), Some(&second)).await;
    assert!(written.unwrap().is_some());
}

/// A hold goes on while it is renewed, whatever was written meanwhile, and ends when it is given back.
pub async fn a_hold_is_renewed_and_given_back(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let key = session(None, Some("alice"), "s");
    let at = store
        .put(&key, &held(1, "me"), None)
        .await
        .unwrap()
        .unwrap();
    let later = store.put(&key, &held(2, "me"), Some(&at)).await.unwrap();
    let later = later.unwrap();
    clock.advance(TTL.saturating_sub(TICK));
    assert!(store.renew(&key, &at, "me", TTL).await.unwrap());
    clock.advance(TTL.saturating_sub(TICK));
    assert_eq!(store.claim(&key, &later, "other", TTL).await.unwrap(), None);
    clock.advance(TTL);
    assert!(
        store.renew(&key, &at, "me", TTL).await.unwrap(),
        "nobody took it"
    );
    let before = row(&*store, &key).await;
    assert!(store.release(&key, &at, "me").await.unwrap());
    let freed = SessionRow {
        lease: None,
        ..before
    };
    assert_eq!(row(&*store, &key).await, freed);
    assert!(!store.release(&key, &at, "me").await.unwrap());
    assert!(!store.renew(&key, &at, "me", TTL).await.unwrap());
    let claimed = store.claim(&key, &later, "other", TTL).await.unwrap();
    assert!(claimed.is_some());
}

/// A hold from before the clock was set back keeps nobody out.
pub async fn a_hold_from_before_the_clock_was_set_back_is_dead(fixture: &Fixture) {
    let (store, clock) = (fixture.sessions(), fixture.clock());
    let key = session(None, Some("alice"), "s");
    let at = store
        .put(&key, &held(1, "me"), None)
        .await
        .unwrap()
        .unwrap();
    clock.set(clock.now().before(TTL));
    assert_eq!(store.claim(&key, &at, "other", TTL).await.unwrap(), None);
    clock.set(clock.now().before(TICK));
    let claimed = store.claim(&key, &at, "other", TTL).await.unwrap();
    assert!(claimed.is_some());
}

/// Of many who claim a session at once one gets it.
pub async fn of_many_claims_one_wins(fixture: &Fixture) {
    let (store, key) = (fixture.sessions(), session(None, Some("alice"), "s"));
    let at = inserted(&*store, &key).await;
    let claims = (0..50).map(|number| {
        let (store, key, at) = (fixture.sessions(), key.clone(), at.clone());
        tokio::spawn(async move {
            let owner = format!("owner {number}");
            let claimed = store.claim(&key, &at, &owner, TTL).await.unwrap();
            claimed.map(|_| owner)
        })
    });
    let winners = join_all(claims).await.into_iter();
    let winners: Vec<_> = winners.filter_map(Result::unwrap).collect();
    let row = row(&*store, &key).await;
    assert_eq!(winners, [row.lease.unwrap().owner]);
    assert_eq!(row.lease_seq, 2);
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

/// On the database's own clock a session is held as long as it should be.
pub async fn sessions_run_on_the_databases_own_clock(fixture: &Fixture) {
    let store = fixture.sessions();
    let at = async |name: &str, hold| {
        let write = SessionWrite {
            hold: Some(hold),
            ..session_write(1)
        };
        let key = session(None, Some("alice"), name);
        let at = store.put(&key, &write, None).await.unwrap().unwrap();
        let claimed = store.claim(&key, &at, "other", hold).await.unwrap();
        claimed.is_some()
    };
    assert!(at("over", Duration::ZERO).await);
    assert!(!at("held", TTL).await);
    assert!(!at("endless", Duration::MAX).await);
    let alice = principal(None, Some("alice"));
    let (rows, now) = store.list(&alice, None, 10).await.unwrap();
    let held: Vec<_> = rows.iter().filter(|row| row.is_held(now)).collect();
    assert_eq!(held.len(), 2);
    assert_eq!(store.sweep(TTL).await.unwrap(), 0);
}
