//! `rename`.

use std::time::Duration;

use toolgate_auth::{
    AccountLabel, Clock as _, TokenKey,
    store::{Consent, Incarnation, RowStatus, TokenRow, UpsertOutcome},
};

use super::{bring, lease, race, stale};
use crate::{
    fixture::Fixture,
    sample::{alice, consent, consent_of, key, keys, refreshed, row, sealed, stored},
};

fn named(key: TokenKey, label: &str) -> TokenKey {
    key.with_account_label(AccountLabel::parse(label).ok())
}

/// Id, label and envelope change, the counters grow by one, and all else stays.
pub async fn a_rename_moves_the_row_and_counts_up(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for status in RowStatus::ALL {
        let account = Some(status.as_str());
        let old = key(None, account);
        let fresh = stored(&*tokens, &old, &consent_of(1, account, None)).await;
        let before = bring(&tokens, &fresh, status).await;
        fixture.clock().advance(Duration::from_secs(1));
        let (at, new) = (before.marker(), named(old.clone(), "work"));
        let renamed = tokens.rename(&old, &at, &new, &sealed(2)).await.unwrap();
        if matches!(status, RowStatus::Disconnecting | RowStatus::Revoked) {
            assert_eq!(renamed, None, "{status}");
            assert_eq!(row(&*tokens, &old).await, before);
            continue;
        }
        let expected = TokenRow {
            key: new.clone(),
            sealed: Some(sealed(2)),
            version: before.version + 1,
            grant_epoch: before.grant_epoch + 1,
            lease_seq: before.lease_seq + 1,
            updated_at: fixture.clock().now(),
            ..before
        };
        assert_eq!(renamed, Some(expected.marker()), "{status}");
        assert_eq!(row(&*tokens, &new).await, expected);
        assert!(tokens.get(&old).await.unwrap().row.is_none());
        // And to the default account's name again.
        let at = expected.marker();
        let back = tokens.rename(&new, &at, &old, &sealed(3)).await;
        assert!(back.unwrap().is_some());
        assert_eq!(
            row(&*tokens, &old).await.grant_epoch,
            expected.grant_epoch + 1
        );
    }
}

/// Incarnation, version and epoch are compared, and a live lease keeps the name.
pub async fn a_rename_needs_the_row_as_read_and_no_lease(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let fresh = stored(&*tokens, &alice(), &consent(1)).await;
    let (at, new) = (fresh.marker(), named(alice(), "work"));
    for marker in stale(&at) {
        let renamed = tokens.rename(&alice(), &marker, &new, &sealed(2)).await;
        assert_eq!(renamed.unwrap(), None, "{marker:?}");
    }
    lease(&*tokens, &fresh).await;
    let leased = row(&*tokens, &alice()).await;
    let renamed = tokens.rename(&alice(), &at, &new, &sealed(2)).await;
    assert_eq!(renamed.unwrap(), None, "under a live lease");
    assert_eq!(row(&*tokens, &alice()).await, leased);
    fixture.clock().advance(Duration::from_mins(1));
    let renamed = tokens.rename(&alice(), &at, &new, &sealed(2)).await;
    assert!(renamed.unwrap().is_some());
    assert_eq!(row(&*tokens, &new).await.lease, None);
}

/// A name that is a row's, in whatever state, is not taken, nor is another person's or service's.
pub async fn a_rename_needs_a_free_name_of_the_same_person(fixture: &Fixture) {
    let tokens = fixture.tokens();
    // The key to be renamed is the last, and every other one differs from it in a field.
    let others: Vec<TokenKey> = keys().into_iter().filter(|it| *it != alice()).collect();
    let before = stored(&*tokens, &alice(), &consent(1)).await;
    let at = before.marker();
    for new in others.iter().chain([&alice()]) {
        let same_person = new.principal() == alice().principal();
        if same_person && new.service() == alice().service() && *new != alice() {
            continue;
        }
        let renamed = tokens.rename(&alice(), &at, new, &sealed(2)).await;
        assert_eq!(renamed.unwrap(), None, "{new:?}");
    }
    for (number, status) in (10..).zip(RowStatus::ALL) {
        let new = named(alice(), status.as_str());
        let account = Some(status.as_str());
        let taken = stored(&*tokens, &new, &consent_of(number, account, None)).await;
        let taken = bring(&tokens, &taken, status).await;
        let renamed = tokens.rename(&alice(), &at, &new, &sealed(2)).await;
        assert_eq!(renamed.unwrap(), None, "{status}");
        assert_eq!(row(&*tokens, &new).await, taken);
    }
    assert_eq!(row(&*tokens, &alice()).await, before);
    // A row of that label that is another person's is nobody's hindrance.
    let bob = named(key(None, Some("bob")), "work");
    let of_bob = stored(&*tokens, &bob, &consent_of(20, Some("sub-bob"), None)).await;
    let new = named(alice(), "work");
    let renamed = tokens.rename(&alice(), &at, &new, &sealed(2)).await;
    assert!(renamed.unwrap().is_some());
    assert_eq!(row(&*tokens, &bob).await, of_bob);
}

/// What was read under the old name is written neither under the new one nor over a row that has the
/// old name since.
pub async fn nothing_meant_for_the_old_name_lands_anywhere(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await;
    let (at, new) = (first.marker(), named(alice(), "work"));
    let renamed = tokens.rename(&alice(), &at, &new, &sealed(2)).await;
    assert!(renamed.unwrap().is_some());
    let moved = row(&*tokens, &new).await;
    for key in [&alice(), &new] {
        let saved = tokens
            .commit_refresh(key, &at, first.lease_seq, &refreshed(3))
            .await;
        assert_eq!(saved.unwrap(), None, "{key:?}");
    }
    let over = Consent {
        incarnation: Incarnation::new("over"),
        ..consent_of(4, Some("sub-2"), None)
    };
    let second = stored(&*tokens, &alice(), &over).await;
    let saved = tokens
        .commit_refresh(&alice(), &at, first.lease_seq, &refreshed(3))
        .await;
    assert_eq!(saved.unwrap(), None);
    let written = tokens.upsert(&alice(), &consent(5), Some(&at)).await;
    assert_eq!(written.unwrap(), UpsertOutcome::Lost);
    assert_eq!(row(&*tokens, &alice()).await, second);
    assert_eq!(row(&*tokens, &new).await, moved);
}

/// Of many rows that are to have one name at once, and a consent of that name, one gets it.
pub async fn of_many_renames_to_a_name_one_wins(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let new = named(alice(), "work");
    for round in 0..4 {
        let mut rows = Vec::new();
        for number in 0..super::RIVALS {
            let key = named(alice(), &format!("label-{round}-{number}"));
            let account = format!("sub-{round}-{number}");
            rows.push(stored(&*tokens, &key, &consent_of(number, Some(&account), None)).await);
        }
        let rows = &rows;
        let won = race(|number| {
            let (tokens, new) = (fixture.tokens(), new.clone());
            let row = rows[number as usize].clone();
            async move {
                if number % 2 == 0 {
                    let fresh = Consent {
                        incarnation: Incarnation::new(format!("fresh-{number}")),
                        ..consent_of(number, None, None)
                    };
                    let written = tokens.upsert(&new, &fresh, None).await.unwrap();
                    return written != UpsertOutcome::Lost;
                }
                let renamed = tokens
                    .rename(&row.key, &row.marker(), &new, &sealed(9))
                    .await;
                renamed.unwrap().is_some()
            }
        })
        .await;
        assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
        let stands = row(&*tokens, &new).await;
        assert!(tokens.delete(&new, &stands.incarnation).await.unwrap());
    }
}
