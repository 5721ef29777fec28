//! `begin_disconnect` and `finish_disconnect`.

use std::{collections::BTreeMap, time::Duration};

use toolgate_auth::{
    Clock as _,
    store::{DisconnectReach, Incarnation, Marker, RowStatus, TokenRow, UpsertOutcome},
};

use super::{begin, bring, lease, race};
use crate::{
    fixture::Fixture,
    sample::{alice, consent, consent_of, key, refreshed, row, stored},
};

/// Beginning counts epoch and `lease_seq` up and clears the lease; finishing wipes what is secret.
pub async fn a_disconnect_goes_in_two_steps(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    lease(&*tokens, &before).await;
    clock.advance(Duration::from_secs(1));
    let begun = begin(&tokens, &alice(), &before.marker()).await.unwrap();
    let expected = TokenRow {
        status: RowStatus::Disconnecting,
        grant_epoch: 2,
        lease_seq: 3,
        updated_at: clock.now(),
        ..before
    };
    assert_eq!(begun, expected);
    assert_eq!(row(&*tokens, &alice()).await, expected);

    clock.advance(Duration::from_secs(1));
    let ended = tokens.finish_disconnect(&alice(), &begun.marker()).await;
    assert!(ended.unwrap());
    let expected = TokenRow {
        status: RowStatus::Revoked,
        sealed: None,
        rt_hash: None,
        rt_prefix_mac: None,
        updated_at: clock.now(),
        ..expected
    };
    assert_eq!(row(&*tokens, &alice()).await, expected);
    let again = tokens.finish_disconnect(&alice(), &begun.marker()).await;
    assert!(!again.unwrap());
}

/// The version may have moved on since the row was read; incarnation and epoch may not.
pub async fn a_disconnect_needs_incarnation_and_epoch(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let at = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let saved = tokens.commit_refresh(&alice(), &at, 1, &refreshed(2)).await;
    assert!(saved.unwrap().is_some());
    let before = row(&*tokens, &alice()).await;
    let incarnation = Incarnation::new("another");
    for marker in [
        Marker {
            incarnation,
            ..at.clone()
        },
        Marker {
            epoch: 2,
            ..at.clone()
        },
    ] {
        for reach in [DisconnectReach::ThisRow, DisconnectReach::Everywhere] {
            let begun = tokens.begin_disconnect(&alice(), &marker, reach).await;
            assert_eq!(begun.unwrap(), None, "{marker:?}");
        }
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
    let begun = begin(&tokens, &alice(), &at).await.unwrap();
    assert_eq!(begun.sealed, Some(refreshed(2).sealed));
    assert!(!tokens.finish_disconnect(&alice(), &at).await.unwrap());
    let ended = Marker {
        version: 1,
        ..begun.marker()
    };
    assert!(tokens.finish_disconnect(&alice(), &ended).await.unwrap());
}

/// Any row but a revoked one can be disconnected, one whose disconnect was left half done too.
pub async fn any_row_but_a_revoked_one_is_disconnected(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for status in RowStatus::ALL {
        let key = key(None, Some(status.as_str()));
        let account = Some(status.as_str());
        let fresh = stored(&*tokens, &key, &consent_of(1, account, None)).await;
        let before = bring(&tokens, &fresh, status).await;
        let begun = begin(&tokens, &key, &before.marker()).await;
        if status == RowStatus::Revoked {
            assert_eq!(begun, None);
            assert_eq!(row(&*tokens, &key).await, before);
        } else {
            let begun = begun.unwrap();
            assert_eq!(begun.grant_epoch, before.grant_epoch + 1, "{status}");
            assert!(begun.sealed.is_some());
        }
    }
}

/// A disconnect of this row reaches no other.
pub async fn a_disconnect_of_this_row_reaches_no_other(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let other = key(Some("acme"), Some("bob"));
    let unchanged = stored(&*tokens, &other, &consent(2)).await;
    let mine = stored(&*tokens, &alice(), &consent(1)).await;
    assert!(begin(&tokens, &alice(), &mine.marker()).await.is_some());
    assert_eq!(row(&*tokens, &other).await, unchanged);
}

/// Everywhere reaches each row of the same (project, account) that holds secrets and is not ending
/// yet, in any tenant, and each says that it was everywhere.
pub async fn everywhere_reaches_the_whole_account(fixture: &Fixture) {
    let (tokens, clock) = (fixture.tokens(), fixture.clock());
    for (round, project) in [(1, Some("project-1")), (2, None)] {
        let sub = format!("sub-{round}");
        let (sub, other) = (Some(sub.as_str()), Some("sub-other"));
        let elsewhere = project.map_or(Some("project-1"), |_| None);
        let user = |name| key(Some("acme"), Some(&format!("{name}-{round}")));
        let mine = key(None, Some(&format!("me-{round}")));
        let mut rows = BTreeMap::new();
        for (name, key, account, project) in [
            ("mine", mine.clone(), sub, project),
            ("active", user("active"), sub, project),
            ("wiped", user("wiped"), sub, project),
            ("account", user("account"), other, project),
            ("project", user("project"), sub, elsewhere),
            ("unknown", user("unknown"), None, project),
            ("ending", user("ending"), sub, project),
        ] {
            let consent = consent_of(round, account, project);
            rows.insert(name, stored(&*tokens, &key, &consent).await);
        }
        let wiped = bring(&tokens, &rows["wiped"], RowStatus::Revoked).await;
        rows.insert("wiped", wiped);
        lease(&*tokens, &rows["active"]).await;
        // One that is ending already keeps its epoch and its age.
        let ending = bring(&tokens, &rows["ending"], RowStatus::Disconnecting).await;
        rows.insert("ending", ending);

        clock.advance(Duration::from_secs(1));
        let at = rows["mine"].marker();
        let begun = tokens
            .begin_disconnect(&mine, &at, DisconnectReach::Everywhere)
            .await;
        let begun = begun.unwrap().unwrap();
        for (name, before) in rows {
            let expected = match name {
                "mine" => disconnecting(before, clock.now()),
                "active" => TokenRow {
                    lease_seq: 3,
                    ..disconnecting(before, clock.now())
                },
                _ => before,
            };
            let key = expected.key.clone();
            assert_eq!(row(&*tokens, &key).await, expected, "{name} {project:?}");
        }
        assert_eq!(begun, row(&*tokens, &mine).await);
    }
}

/// Without a known account, everywhere is this row.
pub async fn everywhere_without_an_account_is_this_row(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let nobody = consent_of(1, None, None);
    let other = key(Some("acme"), Some("bob"));
    let unchanged = stored(&*tokens, &other, &nobody).await;
    let at = stored(&*tokens, &alice(), &nobody).await.marker();
    let begun = tokens
        .begin_disconnect(&alice(), &at, DisconnectReach::Everywhere)
        .await;
    let begun = begun.unwrap().unwrap();
    assert_eq!(begun.status, RowStatus::Disconnecting);
    assert_eq!(row(&*tokens, &other).await, unchanged);
}

/// Of many disconnects at once one wins, and the losers change nothing anywhere.
pub async fn of_many_disconnects_one_wins(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let other = key(Some("acme"), Some("bob"));
    stored(&*tokens, &other, &consent(2)).await;
    let at = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let begun = race(|_| {
        let (tokens, at) = (fixture.tokens(), at.clone());
        async move {
            let begun = tokens
                .begin_disconnect(&alice(), &at, DisconnectReach::Everywhere)
                .await;
            begun.unwrap()
        }
    })
    .await;
    let won: Vec<_> = begun.into_iter().flatten().collect();
    assert_eq!(won, [row(&*tokens, &alice()).await]);
    assert_eq!(won[0].grant_epoch, 2);
    assert_eq!(row(&*tokens, &other).await.grant_epoch, 2);
}

/// People of one account who disconnect it everywhere at once all get an answer, and no secret
/// stays active.
pub async fn crossing_disconnects_of_an_account_leave_nothing_active(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let user = |number: u32| key(Some("acme"), Some(&format!("user-{number}")));
    let mut markers = Vec::new();
    for number in 0..8 {
        let row = stored(&*tokens, &user(number), &consent(number)).await;
        markers.push(row.marker());
    }
    let begun = race(|rival| {
        let number = rival % 8;
        let (tokens, key) = (fixture.tokens(), user(number));
        let at = markers[number as usize].clone();
        async move {
            let begun = tokens
                .begin_disconnect(&key, &at, DisconnectReach::Everywhere)
                .await;
            begun.unwrap().is_some()
        }
    })
    .await;
    assert!(begun.contains(&true));
    for number in 0..8 {
        let status = row(&*tokens, &user(number)).await.status;
        assert_eq!(status, RowStatus::Disconnecting);
    }
}

/// Nothing that was read before a disconnect is written after it began.
pub async fn nothing_read_before_a_disconnect_is_written_after_it(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let fresh = stored(&*tokens, &alice(), &consent(1)).await;
    let seq = lease(&*tokens, &fresh).await;
    let at = fresh.marker();
    let begun = begin(&tokens, &alice(), &at).await.unwrap();
    assert_nothing_lands(fixture, &at, seq).await;
    assert_eq!(row(&*tokens, &alice()).await, begun);

    let ended = tokens.finish_disconnect(&alice(), &begun.marker()).await;
    assert!(ended.unwrap());
    assert_nothing_lands(fixture, &at, seq).await;
    // What was read while the disconnect was under way must not bring the secrets back either.
    assert_nothing_lands(fixture, &begun.marker(), begun.lease_seq).await;
    let after = row(&*tokens, &alice()).await;
    assert_eq!((after.status, after.sealed), (RowStatus::Revoked, None));
}

async fn assert_nothing_lands(fixture: &Fixture, at: &Marker, seq: i64) {
    let tokens = fixture.tokens();
    let saved = tokens
        .commit_refresh(&alice(), at, seq, &refreshed(2))
        .await;
    assert_eq!(saved.unwrap(), None);
    let leased = tokens.try_lease(&alice(), at, "me", Duration::ZERO).await;
    assert_eq!(leased.unwrap(), None);
    let resealed = tokens
        .reseal(&alice(), at, &refreshed(3).sealed, None)
        .await;
    assert!(!resealed.unwrap());
    if at.epoch == 1 {
        let written = tokens.upsert(&alice(), &consent(2), Some(at)).await;
        assert_eq!(written.unwrap(), UpsertOutcome::Lost);
    }
}

/// As a disconnect everywhere leaves it.
fn disconnecting(row: TokenRow, now: toolgate_auth::Timestamp) -> TokenRow {
    TokenRow {
        status: RowStatus::Disconnecting,
        status_reason: Some("everywhere".to_owned()),
        grant_epoch: row.grant_epoch + 1,
        lease_seq: row.lease_seq + 1,
        lease: None,
        updated_at: now,
        ..row
    }
}
