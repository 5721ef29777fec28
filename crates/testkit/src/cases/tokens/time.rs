//! Whose time it is, and where it ends.

use std::time::Duration;

use toolgate_auth::{
    Clock as _, SystemClock, Timestamp,
    store::{RefreshFailure, UpsertOutcome},
};

use crate::{
    fixture::Fixture,
    sample::{alice, consent, key, refreshed, row, sealed, stored},
};

/// A read gives the time, with a row or without.
pub async fn a_read_gives_the_databases_time(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = fixture.clock().now();
    assert_eq!(tokens.get(&alice()).await.unwrap().now, before);
    stored(&*tokens, &alice(), &consent(1)).await;
    fixture.clock().advance(Duration::from_millis(1));
    let now = tokens.get(&alice()).await.unwrap().now;
    assert_eq!(now.since(before), Duration::from_millis(1));
}

/// Times stop at the ends of time; they do not overflow.
pub async fn times_stop_at_the_ends_of_time(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX];
    for (number, now) in (0..).zip(ends.map(Timestamp::from_millis)) {
        fixture.clock().set(now);
        let key = key(None, Some(&format!("user-{number}")));
        let endless = toolgate_auth::store::Consent {
            expires_in: Duration::MAX,
            refresh_expires_in: Some(Duration::MAX),
            ..consent(number)
        };
        let fresh = stored(&*tokens, &key, &endless).await;
        let at = fresh.marker();
        assert_eq!((fresh.created_at, fresh.updated_at), (now, now));
        assert_eq!(fresh.expires_at, now.after(Duration::MAX));
        let leased = tokens.try_lease(&key, &at, "me", Duration::MAX).await;
        assert!(leased.unwrap().is_some());
        let until = row(&*tokens, &key).await.lease.unwrap().until;
        assert_eq!(until, now.after(Duration::MAX));
        let failure = RefreshFailure::Transient {
            error: "timeout".to_owned(),
            retry_in: Duration::MAX,
        };
        let failed = tokens.commit_failure(&key, &at, 2, &failure).await;
        assert!(failed.unwrap());
        let next = row(&*tokens, &key).await.next_attempt_at;
        assert_eq!(next, Some(now.after(Duration::MAX)));
        let done = tokens.invalidate(&key, &at, Duration::MAX).await.unwrap();
        assert_eq!(done, now <= Timestamp::from_millis(i64::MIN), "{now:?}");
        tokens
            .due_for_refresh(Duration::MAX, None, 10)
            .await
            .unwrap();
    }
}

/// On the database's own clock every operation works, and its time is the world's.
pub async fn the_databases_own_clock_counts(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let off = |now: Timestamp| {
        let world = SystemClock.now();
        world.since(now).max(now.since(world))
    };
    let minutes = Duration::from_mins(5);
    assert!(off(tokens.get(&alice()).await.unwrap().now) < minutes);
    let fresh = stored(&*tokens, &alice(), &consent(1)).await;
    assert!(off(fresh.created_at) < minutes);
    assert_eq!(
        fresh.expires_at.since(fresh.created_at),
        Duration::from_hours(1)
    );
    let (key, at) = (alice(), fresh.marker());
    let take = async |ttl| tokens.try_lease(&key, &at, "me", ttl).await.unwrap();
    // A lease of no length is over when it begins; a long one is not.
    assert!(take(Duration::ZERO).await.is_some());
    let leased = take(minutes).await.unwrap();
    assert!(off(leased.now) < minutes);
    assert!(take(minutes).await.is_none());
    assert!(take(Duration::MAX).await.is_none());
    assert!(!tokens.reseal(&key, &at, &sealed(2), None).await.unwrap());
    let failure = RefreshFailure::Transient {
        error: "timeout".to_owned(),
        retry_in: minutes,
    };
    let failed = tokens
        .commit_failure(&key, &at, leased.lease_seq, &failure)
        .await;
    assert!(failed.unwrap());
    assert!(take(minutes).await.is_none());
    let saved = tokens
        .commit_refresh(&key, &at, leased.lease_seq, &refreshed(2))
        .await;
    let at = saved.unwrap().unwrap();
    let invalidated = async |age| tokens.invalidate(&key, &at, age).await.unwrap();
    assert!(!invalidated(minutes).await);
    assert!(!invalidated(Duration::MAX).await);
    let due = async |within| {
        let rows = tokens.due_for_refresh(within, None, 9).await;
        rows.unwrap().len()
    };
    assert_eq!(due(minutes).await, 0);
    assert!(invalidated(Duration::ZERO).await);
    assert_eq!((due(minutes).await, due(Duration::MAX).await), (1, 1));
    let endless = toolgate_auth::store::Consent {
        expires_in: Duration::MAX,
        refresh_expires_in: Some(Duration::MAX),
        ..consent(3)
    };
    let written = tokens.upsert(&key, &endless, Some(&at)).await.unwrap();
    assert_ne!(written, UpsertOutcome::Lost);
    let century = Duration::from_hours(24 * 365 * 100);
    let expires_at = row(&*tokens, &key).await.expires_at;
    assert!(expires_at.since(fresh.created_at) > century);
}
