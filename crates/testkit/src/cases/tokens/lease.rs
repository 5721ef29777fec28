//! `try_lease`.

use std::time::Duration;

use toolgate_auth::{
    Clock as _, Timestamp,
    store::{Lease, Leased, RefreshFailure, RowStatus, TokenRow},
};

use super::{bring, race, stale};
use crate::{
    fixture::Fixture,
    sample::{alice, consent, key, row, sealed, stored},
};

const TTL: Duration = Duration::from_secs(20);

/// A lease gives the fencing number, the secrets and the time, and changes nothing else.
pub async fn a_lease_gives_the_fencing_number_and_the_secrets(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    fixture.clock().advance(Duration::from_secs(1));
    let now = fixture.clock().now();
    let leased = tokens
        .try_lease(&alice(), &before.marker(), "process 1", TTL)
        .await;
    let expected = Leased {
        lease_seq: 2,
        sealed: Some(sealed(1)),
        now,
    };
    assert_eq!(leased.unwrap(), Some(expected));
    let expected = TokenRow {
        lease_seq: 2,
        lease: Some(Lease {
            owner: "process 1".to_owned(),
            until: now.after(TTL),
        }),
        ..before
    };
    assert_eq!(row(&*tokens, &alice()).await, expected);
}

/// No second lease while one lives; it ends at its end, not after it.
pub async fn a_lease_keeps_others_out_until_it_ends(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let marker = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let take = async || {
        let leased = tokens.try_lease(&alice(), &marker, "me", TTL).await;
        leased.unwrap().map(|leased| leased.lease_seq)
    };
    assert_eq!(take().await, Some(2));
    assert_eq!(take().await, None);
    clock.advance(TTL.saturating_sub(Duration::from_millis(1)));
    assert_eq!(take().await, None);
    clock.advance(Duration::from_millis(1));
    assert_eq!(take().await, Some(3));
    assert_eq!(take().await, None);
}

/// Of many takers at once one gets the lease.
pub async fn of_many_takers_one_gets_the_lease(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let marker = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let leases = race(|number| {
        let (tokens, marker) = (fixture.tokens(), marker.clone());
        async move {
            let owner = format!("process {number}");
            let leased = tokens.try_lease(&alice(), &marker, &owner, TTL).await;
            leased.unwrap().map(|_| owner)
        }
    })
    .await;
    let won: Vec<_> = leases.into_iter().flatten().collect();
    let lease = row(&*tokens, &alice()).await.lease.unwrap();
    assert_eq!(won, [lease.owner]);
}

/// A lease needs incarnation, version and epoch as they were read.
pub async fn a_lease_needs_the_row_as_it_was_read(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    for marker in stale(&before.marker()) {
        let leased = tokens.try_lease(&alice(), &marker, "me", TTL).await;
        assert_eq!(leased.unwrap(), None, "{marker:?}");
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
}

/// A lease needs an active row.
pub async fn a_lease_needs_an_active_row(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for status in RowStatus::ALL {
        let key = key(None, Some(status.as_str()));
        let fresh = stored(&*tokens, &key, &consent(1)).await;
        let brought = bring(&tokens, &fresh, status).await;
        let leased = tokens.try_lease(&key, &brought.marker(), "me", TTL).await;
        let expected = status == RowStatus::Active;
        assert_eq!(leased.unwrap().is_some(), expected, "{status}");
        if status == RowStatus::Disconnecting {
            // Or it would keep the consents of the statuses that follow out.
            bring(&tokens, &brought, RowStatus::Revoked).await;
        }
    }
}

/// No lease while a back-off runs; it runs until its end, not beyond.
pub async fn a_lease_waits_for_the_back_off(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let marker = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let failure = RefreshFailure::Transient {
        error: "timeout".to_owned(),
        retry_in: Duration::from_secs(30),
    };
    let failed = tokens.commit_failure(&alice(), &marker, 1, &failure).await;
    assert!(failed.unwrap());
    let mut taken = Vec::new();
    for advance in [0, 29_999, 1] {
        clock.advance(Duration::from_millis(advance));
        let leased = tokens.try_lease(&alice(), &marker, "me", TTL).await;
        taken.push(leased.unwrap().is_some());
    }
    assert_eq!(taken, [false, false, true]);
}

/// A lease that ends later than now plus twice `ttl` counts as dead: the clock was set back.
pub async fn a_lease_from_before_the_clock_was_set_back_is_dead(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let marker = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let start = clock.now();
    let take = async || {
        let leased = tokens.try_lease(&alice(), &marker, "me", TTL).await;
        leased.unwrap().is_some()
    };
    assert!(take().await);
    clock.set(start.before(TTL));
    assert!(!take().await, "it ends exactly twice the time from now");
    let further = Timestamp::from_millis(clock.now().as_millis() - 1);
    clock.set(further);
    assert!(take().await);
}
