//! Whose row it is: every operation compares tenant, user and incarnation.

use std::{sync::Arc, time::Duration};

use toolgate_auth::{
    AccountLabel, TokenKey,
    store::{
        DisconnectReach, Incarnation, ListScope, Marker, RefreshFailure, RowStatus, TokenRow,
        TokenStore, UpsertOutcome,
    },
};

use super::bring;
use crate::{
    fixture::Fixture,
    sample::{alice, consent, consent_of, key, keys, refreshed, row, sealed, stored},
};

/// An absent tenant or user is a value of its own, and so is every other field of a key.
pub async fn each_key_has_a_row_of_its_own(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for (number, key) in (0..).zip(keys()) {
        assert!(tokens.get(&key).await.unwrap().row.is_none());
        stored(&*tokens, &key, &consent(number)).await;
    }
    for (number, key) in (0..).zip(keys()) {
        let row = row(&*tokens, &key).await;
        assert_eq!(row.key, key);
        assert_eq!(row.sealed, Some(sealed(number)), "{key:?}");
    }
}

/// No operation under one key reaches the row of another, however well it knows that row.
pub async fn no_operation_reaches_another_keys_row(fixture: &Fixture) {
    let tokens = fixture.tokens();
    // Twins: the same marker everywhere, so that nothing but the key tells rows apart.
    for (number, key) in (0..).zip(keys()) {
        let account = format!("sub-{number}");
        let twin = toolgate_auth::store::Consent {
            incarnation: Incarnation::new("twin"),
            ..consent_of(number, Some(&account), Some("project-1"))
        };
        stored(&*tokens, &key, &twin).await;
    }
    for key in keys() {
        let mut expected = all(&tokens).await;
        write_every_way(&tokens, &key).await;
        let found = all(&tokens).await;
        expected.retain(|row| row.key != key);
        let others: Vec<_> = found.into_iter().filter(|row| row.key != key).collect();
        assert_eq!(others, expected, "{key:?}");
    }
}

/// Whatever was meant for a deleted row never lands on its successor.
pub async fn nothing_meant_for_a_deleted_row_lands_on_its_successor(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await;
    assert!(tokens.delete(&alice(), &first.incarnation).await.unwrap());
    let second = stored(&*tokens, &alice(), &consent(2)).await;
    assert_eq!(first.marker().version, second.marker().version);
    assert_all_refused(&tokens, &alice(), &first).await;
    assert_eq!(row(&*tokens, &alice()).await, second);

    let leaving = bring(&tokens, &second, RowStatus::Disconnecting).await;
    let stale = Marker {
        incarnation: first.incarnation,
        ..leaving.marker()
    };
    assert!(!tokens.finish_disconnect(&alice(), &stale).await.unwrap());
    assert_eq!(row(&*tokens, &alice()).await, leaving);
}

/// Operations on a row that is not there say so, and make none.
pub async fn operations_on_no_row_win_nothing(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let elsewhere = key(Some("acme"), Some("alice"));
    let known = stored(&*tokens, &elsewhere, &consent(1)).await;
    assert_all_refused(&tokens, &alice(), &known).await;
    assert!(tokens.get(&alice()).await.unwrap().row.is_none());
    assert_eq!(row(&*tokens, &elsewhere).await, known);
}

async fn all(tokens: &Arc<dyn TokenStore>) -> Vec<TokenRow> {
    let rows = tokens.list(&ListScope::All, None, 1000).await;
    rows.unwrap()
}

/// Every write with the marker that the row of `key` has, ending with its deletion.
async fn write_every_way(tokens: &Arc<dyn TokenStore>, key: &TokenKey) {
    let minute = Duration::from_mins(1);
    let marker = async || row(&**tokens, key).await.marker();
    let (read, new) = (
        marker().await,
        key.clone()
            .with_account_label(AccountLabel::parse("new").ok()),
    );
    let there = tokens.rename(key, &read, &new, &sealed(68)).await.unwrap();
    let back = tokens.rename(&new, &there.unwrap(), key, &sealed(69)).await;
    assert!(back.unwrap().is_some());
    let start = marker().await;
    let touched = tokens.touch(key, &start.incarnation).await;
    let resealed = tokens.reseal(key, &start, &sealed(70), None).await;
    assert!(touched.unwrap() && resealed.unwrap());
    let invalidated = tokens.invalidate(key, &start, Duration::ZERO).await;
    assert!(invalidated.unwrap());
    let leased = tokens.try_lease(key, &start, "me", minute).await.unwrap();
    let seq = leased.unwrap().lease_seq;
    let saved = tokens
        .commit_refresh(key, &start, seq, &refreshed(71))
        .await;
    let saved = saved.unwrap().unwrap();
    let failed = tokens.commit_failure(key, &saved, seq, &transient()).await;
    assert!(failed.unwrap());
    let consent = consent_of(72, Some("sub-other"), None);
    let written = tokens.upsert(key, &consent, Some(&saved)).await.unwrap();
    assert_ne!(written, UpsertOutcome::Lost);
    let at = marker().await;
    let begun = tokens
        .begin_disconnect(key, &at, DisconnectReach::Everywhere)
        .await;
    let begun = begun.unwrap().unwrap();
    assert!(
        tokens
            .finish_disconnect(key, &begun.marker())
            .await
            .unwrap()
    );
    assert!(tokens.delete(key, &begun.incarnation).await.unwrap());
}

/// No write with the marker of `known` wins under `key`.
async fn assert_all_refused(tokens: &Arc<dyn TokenStore>, key: &TokenKey, known: &TokenRow) {
    let (at, seq, incarnation) = (known.marker(), known.lease_seq, &known.incarnation);
    let outcome = tokens.upsert(key, &consent(60), Some(&at)).await.unwrap();
    assert_eq!(outcome, UpsertOutcome::Lost);
    let leased = tokens
        .try_lease(key, &at, "me", Duration::from_mins(1))
        .await;
    assert_eq!(leased.unwrap(), None);
    let saved = tokens.commit_refresh(key, &at, seq, &refreshed(61)).await;
    assert_eq!(saved.unwrap(), None);
    for reach in [DisconnectReach::ThisRow, DisconnectReach::Everywhere] {
        let begun = tokens.begin_disconnect(key, &at, reach).await;
        assert_eq!(begun.unwrap(), None);
    }
    let refused = [
        tokens.delete(key, incarnation).await,
        tokens.commit_failure(key, &at, seq, &transient()).await,
        tokens.finish_disconnect(key, &at).await,
        tokens.invalidate(key, &at, Duration::ZERO).await,
        tokens.touch(key, incarnation).await,
        tokens.reseal(key, &at, &sealed(62), None).await,
    ];
    assert_eq!(refused.map(Result::unwrap), [false; 6]);
}

fn transient() -> RefreshFailure {
    RefreshFailure::Transient {
        error: "timeout".to_owned(),
        retry_in: Duration::ZERO,
    }
}
