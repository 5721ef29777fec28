//! `delete`, `invalidate`, `touch`, `reseal`, `due_for_refresh` and `count_account`.

use std::time::Duration;

use toolgate_auth::{
    Clock as _,
    store::{AccountCount, Incarnation, Marker, RefreshFailure, RowStatus, Sealed, TokenRow},
};

use super::{bring, lease, race, stale};
use crate::{
    fixture::Fixture,
    sample::{alice, consent, consent_of, key, refreshed, row, sealed, stored},
};

/// A row is removed where its incarnation is this one, once.
pub async fn a_delete_needs_the_incarnation(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    let another = Incarnation::new("another");
    assert!(!tokens.delete(&alice(), &another).await.unwrap());
    assert_eq!(row(&*tokens, &alice()).await, before);
    let deleted = race(|_| {
        let (tokens, incarnation) = (fixture.tokens(), before.incarnation.clone());
        async move { tokens.delete(&alice(), &incarnation).await.unwrap() }
    })
    .await;
    assert_eq!(deleted.into_iter().filter(|deleted| *deleted).count(), 1);
    assert!(tokens.get(&alice()).await.unwrap().row.is_none());
}

/// An invalidated access token counts as expired; nothing else of the row changes.
pub async fn an_invalidated_token_counts_as_expired(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    clock.advance(Duration::from_mins(1));
    let done = tokens
        .invalidate(&alice(), &before.marker(), Duration::ZERO)
        .await;
    assert!(done.unwrap());
    let now = clock.now();
    let expected = TokenRow {
        expires_at: now,
        updated_at: now,
        ..before.clone()
    };
    assert_eq!(row(&*tokens, &alice()).await, expected);
    // One that expired before does not come to expire later.
    clock.advance(Duration::from_hours(2));
    let done = tokens
        .invalidate(&alice(), &before.marker(), Duration::ZERO)
        .await;
    assert!(done.unwrap());
    assert_eq!(row(&*tokens, &alice()).await.expires_at, now);
}

/// Invalidating needs incarnation, version, an active row and an old enough write, not the epoch.
pub async fn invalidating_needs_version_age_and_an_active_row(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    let (at, minute) = (before.marker(), Duration::from_mins(1));
    clock.advance(minute.saturating_sub(Duration::from_millis(1)));
    let [incarnation, version, epoch] = stale(&at);
    for (marker, age) in [
        (&at, minute),
        (&incarnation, Duration::ZERO),
        (&version, Duration::ZERO),
    ] {
        let done = tokens.invalidate(&alice(), marker, age).await;
        assert!(!done.unwrap(), "{marker:?} {age:?}");
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
    clock.advance(Duration::from_millis(1));
    let done = tokens.invalidate(&alice(), &epoch, minute).await;
    assert!(done.unwrap());
    let again = tokens.invalidate(&alice(), &at, minute).await;
    assert!(!again.unwrap(), "the row was just written");
    for status in RowStatus::ALL.into_iter().skip(1) {
        let key = key(None, Some(status.as_str()));
        let account = Some(status.as_str());
        let fresh = stored(&*tokens, &key, &consent_of(1, account, None)).await;
        let before = bring(&tokens, &fresh, status).await;
        let done = tokens
            .invalidate(&key, &before.marker(), Duration::ZERO)
            .await;
        assert!(!done.unwrap(), "{status}");
    }
}

/// A touch changes `last_used_at` only.
pub async fn a_touch_changes_the_last_use_only(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    clock.advance(Duration::from_secs(1));
    assert!(tokens.touch(&alice(), &before.incarnation).await.unwrap());
    let expected = TokenRow {
        last_used_at: Some(clock.now()),
        ..before
    };
    let another = Incarnation::new("another");
    assert!(!tokens.touch(&alice(), &another).await.unwrap());
    assert_eq!(row(&*tokens, &alice()).await, expected);
}

/// Re-sealing changes the envelope with its key, and the name that the key gives the refresh token,
/// only.
pub async fn a_reseal_changes_the_envelope_only(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for status in RowStatus::ALL {
        let key = key(None, Some(status.as_str()));
        let account = Some(status.as_str());
        let fresh = stored(&*tokens, &key, &consent_of(1, account, None)).await;
        let before = bring(&tokens, &fresh, status).await;
        fixture.clock().advance(Duration::from_secs(1));
        let (at, named) = (before.marker(), Some("k2.named-anew"));
        let done = tokens.reseal(&key, &at, &sealed(2), named).await;
        // A wiped row must not get its secrets back.
        let wiped = status == RowStatus::Revoked;
        assert_ne!(done.unwrap(), wiped, "{status}");
        let expected: Option<Sealed> = (!wiped).then(|| sealed(2));
        let expected = TokenRow {
            sealed: expected,
            rt_prefix_mac: named.filter(|_| !wiped).map(str::to_owned),
            ..before
        };
        assert_eq!(row(&*tokens, &key).await, expected);
    }
}

/// Re-sealing needs the row as it was read, and no live lease.
pub async fn a_reseal_needs_the_row_as_read_and_no_lease(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let fresh = stored(&*tokens, &alice(), &consent(1)).await;
    for marker in stale(&fresh.marker()) {
        let done = tokens.reseal(&alice(), &marker, &sealed(2), None).await;
        assert!(!done.unwrap(), "{marker:?}");
    }
    lease(&*tokens, &fresh).await;
    let at: Marker = fresh.marker();
    assert!(
        !tokens
            .reseal(&alice(), &at, &sealed(2), None)
            .await
            .unwrap()
    );
    assert_eq!(row(&*tokens, &alice()).await.sealed, fresh.sealed);
    fixture.clock().advance(Duration::from_mins(1));
    assert!(
        tokens
            .reseal(&alice(), &at, &sealed(2), None)
            .await
            .unwrap()
    );
}

/// Rows whose token expires soon come soonest first, over all tenants, as many as asked.
pub async fn due_rows_come_soonest_first(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for minutes in [30, 10, 20, 0, 40] {
        let user = format!("in-{minutes:02}");
        let tenant = (minutes % 20 == 0).then_some("acme");
        let consent = toolgate_auth::store::Consent {
            expires_in: Duration::from_mins(minutes),
            ..consent(1)
        };
        stored(&*tokens, &key(tenant, Some(&user)), &consent).await;
    }
    let due = async |minutes, limit| {
        let within = Duration::from_mins(minutes);
        let rows = tokens.due_for_refresh(within, None, limit).await.unwrap();
        let users = rows.iter().map(|row| row.key.principal().user().unwrap());
        users.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(due(30, 10).await, ["in-00", "in-10", "in-20", "in-30"]);
    assert_eq!(due(30, 2).await, ["in-00", "in-10"]);
    assert_eq!(due(0, 10).await, ["in-00"]);
}

/// Due rows come in pages, each from behind the place where the one before ended, whatever became
/// of the row there; of rows that expire together none is left out or comes twice.
pub async fn due_rows_come_in_pages(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for number in 0..7 {
        let consent = toolgate_auth::store::Consent {
            expires_in: Duration::from_mins(number / 3),
            ..consent(1)
        };
        let user = format!("u{number}");
        stored(&*tokens, &key(None, Some(&user)), &consent).await;
    }
    let hour = Duration::from_hours(1);
    let all = tokens.due_for_refresh(hour, None, 10).await.unwrap();
    let place = |row: &TokenRow| (row.expires_at, row.key.id());
    let places: Vec<_> = all.iter().map(place).collect();
    assert!(places.is_sorted() && places.len() == 7, "{places:?}");
    let mut paged = Vec::new();
    loop {
        let after = paged.last().map(place);
        let page = tokens.due_for_refresh(hour, after.as_ref(), 2).await;
        let page = page.unwrap();
        let Some(last) = page.last() else { break };
        let gone = tokens.delete(&last.key, &last.incarnation).await;
        assert!(gone.unwrap());
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

/// Rows that are leased, back off or are not active are not due.
pub async fn rows_that_cannot_be_refreshed_now_are_not_due(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let user = |name: &str| key(None, Some(name));
    let leased = stored(&*tokens, &user("leased"), &consent(1)).await;
    lease(&*tokens, &leased).await;
    let waiting = stored(&*tokens, &user("waiting"), &consent(1)).await;
    let failure = RefreshFailure::Transient {
        error: "timeout".to_owned(),
        retry_in: Duration::from_mins(1),
    };
    let failed = tokens
        .commit_failure(&waiting.key, &waiting.marker(), 1, &failure)
        .await;
    assert!(failed.unwrap());
    for status in RowStatus::ALL {
        let account = Some(status.as_str());
        let consent = consent_of(1, account, None);
        let fresh = stored(&*tokens, &user(status.as_str()), &consent).await;
        bring(&tokens, &fresh, status).await;
    }
    let due = async || {
        let rows = tokens
            .due_for_refresh(Duration::from_hours(24), None, 10)
            .await;
        let mut keys: Vec<_> = rows.unwrap().into_iter().map(|row| row.key).collect();
        keys.sort();
        keys
    };
    assert_eq!(due().await, [user("active")]);
    fixture.clock().advance(Duration::from_mins(1));
    let expected = [user("active"), user("leased"), user("waiting")];
    assert_eq!(due().await, expected);
}

/// An account's rows are counted over all tenants: those with secrets, and those disconnecting.
pub async fn an_account_is_counted_over_all_tenants(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let (live, leaving, gone) = (
        RowStatus::Active,
        RowStatus::Disconnecting,
        RowStatus::Revoked,
    );
    let rows = [
        (None, "1", Some("p"), "sub", live),
        (Some("acme"), "1", Some("p"), "sub", live),
        (Some("acme"), "2", Some("p"), "sub", RowStatus::NeedsConsent),
        (Some("acme"), "3", Some("p"), "sub", gone),
        (None, "4", Some("p"), "other", live),
        (None, "5", Some("q"), "sub", live),
        (None, "6", None, "sub", live),
        (None, "9", Some("p"), "sub", gone),
        (None, "7", Some("p"), "sub", leaving),
        (None, "8", None, "lone", leaving),
    ];
    for (tenant, user, project, account, status) in rows {
        fixture.clock().advance(Duration::from_secs(1));
        let consent = consent_of(1, Some(account), project);
        let fresh = stored(&*tokens, &key(tenant, Some(user)), &consent).await;
        bring(&tokens, &fresh, status).await;
    }
    fixture.clock().advance(Duration::from_secs(5));
    for (project, account, live, disconnecting, revoked_ago) in [
        (Some("p"), "sub", 3, 1, Some(Duration::from_secs(7))),
        (Some("q"), "sub", 1, 0, None),
        (None, "sub", 1, 0, None),
        (Some("p"), "other", 1, 0, None),
        (None, "lone", 0, 1, None),
        (Some("p"), "nobody", 0, 0, None),
    ] {
        let count = tokens.count_account(project, account).await.unwrap();
        let expected = AccountCount {
            live,
            disconnecting,
            revoked_ago,
        };
        assert_eq!(count, expected, "{project:?} {account}");
    }
}

/// `created_at` never changes.
pub async fn the_time_of_creation_never_changes(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let created_at = stored(&*tokens, &alice(), &consent(1)).await.created_at;
    let mut seen = Vec::new();
    for number in 2..5 {
        clock.advance(Duration::from_mins(2));
        let before = row(&*tokens, &alice()).await;
        let seq = lease(&*tokens, &before).await;
        let saved = tokens
            .commit_refresh(&alice(), &before.marker(), seq, &refreshed(number))
            .await;
        let at = saved.unwrap().unwrap();
        seen.push(row(&*tokens, &alice()).await.created_at);
        tokens
            .upsert(&alice(), &consent(number), Some(&at))
            .await
            .unwrap();
        let before = row(&*tokens, &alice()).await;
        seen.push(before.created_at);
        bring(&tokens, &before, RowStatus::NeedsConsent).await;
        let again = row(&*tokens, &alice()).await;
        seen.push(again.created_at);
        tokens
            .upsert(&alice(), &consent(number), Some(&again.marker()))
            .await
            .unwrap();
    }
    assert_eq!(seen, [created_at; 9]);
}
