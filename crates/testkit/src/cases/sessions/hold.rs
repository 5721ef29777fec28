//! Who holds a session, and for how long.

use std::time::Duration;

use futures_util::future::join_all;
use toolgate_auth::{
    Clock as _,
    store::{SessionMarker, SessionRow, SessionWrite},
};

use super::{TICK, TTL, held, inserted, row};
use crate::{
    fixture::Fixture,
    sample::{principal, sealed, session, session_write},
};

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
