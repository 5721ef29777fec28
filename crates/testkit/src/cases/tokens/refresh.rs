//! `commit_refresh` and `commit_failure`.

use std::time::Duration;

use toolgate_auth::{
    Clock as _,
    store::{Consent, Marker, RefreshFailure, RefreshedGrant, RowStatus, TokenRow},
};

use super::{bring, lease, race, stale};
use crate::{
    fixture::Fixture,
    sample::{alice, consent, consent_of, key, refreshed, row, stored},
};

/// Version grows by one, lease and failure fields are cleared, the rest is what Google sent.
pub async fn a_refresh_is_saved_whole(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    let failed = tokens
        .commit_failure(&alice(), &before.marker(), 1, &transient())
        .await;
    assert!(failed.unwrap());
    clock.advance(Duration::from_secs(30));
    let seq = lease(&*tokens, &before).await;
    clock.advance(Duration::from_secs(1));
    let saved = tokens
        .commit_refresh(&alice(), &before.marker(), seq, &refreshed(2))
        .await;
    let (now, new) = (clock.now(), refreshed(2));
    let expected = TokenRow {
        sealed: Some(new.sealed),
        token_scopes: vec!["scope/2".to_owned()],
        expires_at: now.after(new.expires_in),
        lifetime: new.lifetime,
        refresh_expires_at: Some(now.after(Duration::from_hours(24))),
        rt_hash: Some("hash-2".to_owned()),
        rt_prefix_mac: Some("mac-2".to_owned()),
        version: 2,
        lease_seq: seq,
        updated_at: now,
        ..before
    };
    assert_eq!(saved.unwrap(), Some(expected.marker()));
    assert_eq!(row(&*tokens, &alice()).await, expected);
}

/// What Google did not send stays as it is stored.
pub async fn a_refresh_keeps_what_google_did_not_send(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    fixture.clock().advance(Duration::from_secs(1));
    let sparse = RefreshedGrant {
        token_scopes: None,
        refresh_expires_in: None,
        rt_lookup: None,
        account: None,
        ..refreshed(2)
    };
    let saved = tokens
        .commit_refresh(&alice(), &before.marker(), 1, &sparse)
        .await;
    assert!(saved.unwrap().is_some());
    let after = row(&*tokens, &alice()).await;
    assert_eq!(after.sealed, Some(sparse.sealed));
    assert_eq!(after.token_scopes, before.token_scopes);
    assert_eq!(after.refresh_expires_at, before.refresh_expires_at);
    assert_eq!(after.rt_hash, before.rt_hash);
    assert_eq!(after.rt_prefix_mac, before.rt_prefix_mac);
}

/// A refresh tells whose the grant is where the row does not say, and replaces no account that it
/// names: neither its id nor its address.
pub async fn a_refresh_names_an_account_that_is_not_known(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let unknown = Consent {
        account_email: None,
        ..consent_of(1, None, Some("project-1"))
    };
    let mut before = stored(&*tokens, &alice(), &unknown).await;
    for number in [2, 3] {
        let saved = tokens
            .commit_refresh(&alice(), &before.marker(), 1, &refreshed(number))
            .await;
        assert!(saved.unwrap().is_some());
        before = row(&*tokens, &alice()).await;
        let account = (
            before.account_id.as_deref(),
            before.account_email.as_deref(),
        );
        assert_eq!(account, (Some("sub-2"), Some("2@example.com")));
    }
    let named = key(None, Some("named"));
    let without_address = Consent {
        account_email: None,
        ..consent(1)
    };
    let before = stored(&*tokens, &named, &without_address).await;
    let saved = tokens
        .commit_refresh(&named, &before.marker(), 1, &refreshed(2))
        .await;
    assert!(saved.unwrap().is_some());
    let after = row(&*tokens, &named).await;
    assert_eq!(
        (after.account_id, after.account_email),
        (before.account_id, None)
    );
}

/// Of many refreshes of one version one is saved.
pub async fn of_many_refreshes_of_a_version_one_is_saved(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let marker = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let saved = race(|number| {
        let (tokens, marker) = (fixture.tokens(), marker.clone());
        async move {
            let new = refreshed(number);
            let saved = tokens.commit_refresh(&alice(), &marker, 1, &new).await;
            saved.unwrap().map(|marker| (marker, new.sealed))
        }
    })
    .await;
    let won: Vec<_> = saved.into_iter().flatten().collect();
    let after = row(&*tokens, &alice()).await;
    assert_eq!(after.version, 2);
    assert_eq!(won, [(after.marker(), after.sealed.unwrap())]);
}

/// A late winner saves its rotated token though another holds the lease, which it leaves alone.
pub async fn a_late_winner_is_saved_without_its_lease(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    let late = lease(&*tokens, &before).await;
    fixture.clock().advance(Duration::from_mins(2));
    let other = lease(&*tokens, &before).await;
    assert_ne!(late, other);
    let saved = tokens
        .commit_refresh(&alice(), &before.marker(), late, &refreshed(2))
        .await;
    assert!(saved.unwrap().is_some());
    let after = row(&*tokens, &alice()).await;
    assert_eq!(after.sealed, Some(refreshed(2).sealed));
    assert_eq!(after.lease_seq, other);
    assert!(after.lease.is_some());
    let second = tokens
        .commit_refresh(&alice(), &before.marker(), other, &refreshed(3))
        .await;
    assert_eq!(second.unwrap(), None, "the version moved on");
}

/// A refresh is saved where the row is active or needs consent, and nowhere else.
pub async fn a_refresh_is_saved_over_active_and_condemned_rows_only(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for status in RowStatus::ALL {
        let key = key(None, Some(status.as_str()));
        let fresh = stored(&*tokens, &key, &consent(1)).await;
        let before = bring(&tokens, &fresh, status).await;
        let saved = tokens
            .commit_refresh(&key, &before.marker(), before.lease_seq, &refreshed(2))
            .await;
        let after = row(&*tokens, &key).await;
        if matches!(status, RowStatus::Active | RowStatus::NeedsConsent) {
            assert_eq!(saved.unwrap(), Some(after.marker()), "{status}");
            let state = (after.status, after.status_reason, after.last_error);
            assert_eq!(state, (RowStatus::Active, None, None));
        } else {
            assert_eq!(saved.unwrap(), None, "{status}");
            assert_eq!(after, before);
        }
        if status == RowStatus::Disconnecting {
            bring(&tokens, &before, RowStatus::Revoked).await;
        }
    }
}

/// A refresh needs incarnation, version and epoch as they were read.
pub async fn a_refresh_of_another_row_is_lost(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    for marker in stale(&before.marker()) {
        let saved = tokens
            .commit_refresh(&alice(), &marker, 1, &refreshed(2))
            .await;
        assert_eq!(saved.unwrap(), None, "{marker:?}");
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
}

/// A transient failure counts up, backs off and clears the lease.
pub async fn a_transient_failure_counts_and_backs_off(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    for count in 1..=2 {
        clock.advance(Duration::from_secs(30));
        let seq = lease(&*tokens, &before).await;
        let failed = tokens
            .commit_failure(&alice(), &before.marker(), seq, &transient())
            .await;
        assert!(failed.unwrap());
        let expected = TokenRow {
            lease_seq: seq,
            fail_count: count,
            last_error: Some("timeout".to_owned()),
            next_attempt_at: Some(clock.now().after(Duration::from_secs(30))),
            updated_at: clock.now(),
            ..before.clone()
        };
        assert_eq!(row(&*tokens, &alice()).await, expected);
    }
}

/// A condemned row names status and reason; version and failure count stay, the secrets too.
pub async fn a_condemned_row_names_its_reason(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for status in [RowStatus::NeedsConsent, RowStatus::Blocked] {
        let key = key(None, Some(status.as_str()));
        let before = stored(&*tokens, &key, &consent(1)).await;
        let failed = tokens
            .commit_failure(&key, &before.marker(), 1, &transient())
            .await;
        assert!(failed.unwrap());
        fixture.clock().advance(Duration::from_mins(1));
        let before = row(&*tokens, &key).await;
        let seq = lease(&*tokens, &before).await;
        let failure = RefreshFailure::Condemned {
            status,
            reason: "revoked".to_owned(),
            error: "invalid_grant".to_owned(),
        };
        let failed = tokens
            .commit_failure(&key, &before.marker(), seq, &failure)
            .await;
        assert!(failed.unwrap());
        let expected = TokenRow {
            status,
            status_reason: Some("revoked".to_owned()),
            last_error: Some("invalid_grant".to_owned()),
            lease_seq: seq,
            updated_at: fixture.clock().now(),
            ..before
        };
        assert_eq!(row(&*tokens, &key).await, expected);
    }
}

/// A failure that says nothing of the grant gives the lease back and changes nothing else; only its
/// holder can do that.
pub async fn a_lease_given_back_leaves_no_trace(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let fresh = stored(&*tokens, &alice(), &consent(1)).await;
    let seq = lease(&*tokens, &fresh).await;
    fixture.clock().advance(Duration::from_secs(1));
    let before = row(&*tokens, &alice()).await;
    for (at, expected) in [
        (seq - 1, &before),
        (
            seq,
            &TokenRow {
                lease: None,
                ..before.clone()
            },
        ),
    ] {
        let released = tokens
            .commit_failure(&alice(), &fresh.marker(), at, &RefreshFailure::Released)
            .await;
        assert_eq!(released.unwrap(), at == seq);
        assert_eq!(row(&*tokens, &alice()).await, *expected);
    }
    lease(&*tokens, &fresh).await;
}

/// A late loser, whose lease another took since, must not condemn the row.
pub async fn a_late_loser_is_ignored(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let fresh = stored(&*tokens, &alice(), &consent(1)).await;
    let late = lease(&*tokens, &fresh).await;
    fixture.clock().advance(Duration::from_mins(2));
    lease(&*tokens, &fresh).await;
    let before = row(&*tokens, &alice()).await;
    let condemned = RefreshFailure::Condemned {
        status: RowStatus::NeedsConsent,
        reason: "revoked".to_owned(),
        error: "invalid_grant".to_owned(),
    };
    for failure in [transient(), condemned, RefreshFailure::Released] {
        let failed = tokens
            .commit_failure(&alice(), &fresh.marker(), late, &failure)
            .await;
        assert!(!failed.unwrap(), "{failure:?}");
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
}

/// A failure needs the row as it was read, and active.
pub async fn a_failure_needs_an_active_row_as_it_was_read(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    for marker in stale(&before.marker()) {
        let failed = tokens
            .commit_failure(&alice(), &marker, 1, &transient())
            .await;
        assert!(!failed.unwrap(), "{marker:?}");
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
    for status in RowStatus::ALL.into_iter().skip(1) {
        let key = key(None, Some(status.as_str()));
        let fresh = stored(&*tokens, &key, &consent(1)).await;
        let before = bring(&tokens, &fresh, status).await;
        let (at, seq): (Marker, i64) = (before.marker(), before.lease_seq);
        let failed = tokens.commit_failure(&key, &at, seq, &transient()).await;
        assert!(!failed.unwrap(), "{status}");
        assert_eq!(row(&*tokens, &key).await, before);
        if status == RowStatus::Disconnecting {
            bring(&tokens, &before, RowStatus::Revoked).await;
        }
    }
}

fn transient() -> RefreshFailure {
    RefreshFailure::Transient {
        error: "timeout".to_owned(),
        retry_in: Duration::from_secs(30),
    }
}
