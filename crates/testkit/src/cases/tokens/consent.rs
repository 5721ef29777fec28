//! `upsert`.

use std::time::Duration;

use serde_json::json;
use toolgate_auth::{
    Clock as _, TokenKey,
    store::{Consent, Marker, RefreshFailure, RowStatus, Sealed, TokenRow, UpsertOutcome},
};

use super::{begin, bring, lease, race, stale};
use crate::{
    fixture::Fixture,
    sample::{alice, consent, consent_of, key, row, stored},
};

/// The new row has the consent's incarnation, version 1, epoch 1 and `lease_seq` 1.
pub async fn a_consent_makes_a_row_with_first_counters(fixture: &Fixture) {
    let (tokens, now) = (fixture.tokens(), fixture.clock().now());
    let outcome = tokens.upsert(&alice(), &consent(1), None).await.unwrap();
    let expected = new_row(alice(), consent(1), now);
    assert_eq!(outcome, UpsertOutcome::Written(expected.marker()));
    assert_eq!(row(&*tokens, &alice()).await, expected);
}

/// With nothing expected it inserts, unless a row stands.
pub async fn a_consent_with_nothing_expected_loses_to_a_row(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await;
    let again = tokens.upsert(&alice(), &consent(2), None).await.unwrap();
    assert_eq!(again, UpsertOutcome::Lost);
    assert_eq!(row(&*tokens, &alice()).await, first);
}

/// Version, epoch and `lease_seq` grow by one, lease and failure fields are cleared.
pub async fn a_consent_over_a_row_counts_up_and_clears_the_rest(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await;
    let failure = RefreshFailure::Transient {
        error: "timeout".to_owned(),
        retry_in: Duration::ZERO,
    };
    let failed = tokens
        .commit_failure(&alice(), &first.marker(), 1, &failure)
        .await;
    assert!(failed.unwrap());
    lease(&*tokens, &first).await;
    tokens.touch(&alice(), &first.incarnation).await.unwrap();
    let before = row(&*tokens, &alice()).await;
    assert_eq!((before.fail_count, before.lease_seq), (1, 2));

    fixture.clock().advance(Duration::from_secs(5));
    let second = consent_of(2, Some("sub-2"), None);
    let outcome = tokens
        .upsert(&alice(), &second, Some(&first.marker()))
        .await
        .unwrap();
    let expected = TokenRow {
        incarnation: first.incarnation.clone(),
        version: 2,
        grant_epoch: 2,
        lease_seq: 3,
        created_at: first.created_at,
        last_used_at: before.last_used_at,
        ..new_row(alice(), second, fixture.clock().now())
    };
    assert_eq!(outcome, UpsertOutcome::Written(expected.marker()));
    assert_eq!(row(&*tokens, &alice()).await, expected);
}

/// With a row expected it updates where incarnation, version and epoch are those.
pub async fn a_consent_expecting_another_row_is_lost(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await;
    for marker in stale(&first.marker()) {
        let outcome = tokens.upsert(&alice(), &consent(2), Some(&marker)).await;
        assert_eq!(outcome.unwrap(), UpsertOutcome::Lost, "{marker:?}");
    }
    assert_eq!(row(&*tokens, &alice()).await, first);
}

/// A row read and then gone is not made again.
pub async fn a_consent_expecting_a_row_that_is_gone_is_lost(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await;
    let deleted = tokens.delete(&alice(), &first.incarnation).await;
    assert!(deleted.unwrap());
    let outcome = tokens
        .upsert(&alice(), &consent(2), Some(&first.marker()))
        .await;
    assert_eq!(outcome.unwrap(), UpsertOutcome::Lost);
    assert!(tokens.get(&alice()).await.unwrap().row.is_none());
}

/// Of many first consents at once one wins.
pub async fn of_many_first_consents_one_wins(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let outcomes = race(|number| {
        let tokens = fixture.tokens();
        async move {
            tokens
                .upsert(&alice(), &consent(number), None)
                .await
                .unwrap()
        }
    })
    .await;
    let stands = row(&*tokens, &alice()).await;
    assert_eq!(winners(&outcomes), [&stands.marker()]);
}

/// Of many consents over one row at once one wins.
pub async fn of_many_consents_over_a_row_one_wins(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let first = stored(&*tokens, &alice(), &consent(1)).await.marker();
    let outcomes = race(|number| {
        let (tokens, first) = (fixture.tokens(), first.clone());
        async move {
            let outcome = tokens
                .upsert(&alice(), &consent(number), Some(&first))
                .await;
            outcome.unwrap()
        }
    })
    .await;
    let stands = row(&*tokens, &alice()).await;
    assert_eq!(stands.version, 2);
    assert_eq!(winners(&outcomes), [&stands.marker()]);
}

/// Nothing is written while a row of the same (project, account) is `disconnecting`.
pub async fn no_consent_is_written_while_its_account_disconnects(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for (number, project) in [(1, Some("project-1")), (2, None)] {
        let account = format!("sub-{number}");
        let of_account = |number| consent_of(number, Some(&account), project);
        let leaving = key(Some("acme"), Some(&account));
        let (fresh, standing) = (key(None, Some(&account)), key(None, None));
        let standing =
            standing.with_account_label(toolgate_auth::AccountLabel::parse(account.clone()).ok());
        let stands = stored(&*tokens, &standing, &of_account(11)).await.marker();
        let left = stored(&*tokens, &leaving, &of_account(12)).await;
        let begun = begin(&tokens, &leaving, &left.marker()).await.unwrap();

        let attempts = [
            (&fresh, None),
            (&standing, Some(&stands)),
            (&leaving, Some(&begun.marker())),
        ]
        .map(|(key, expected)| (key.clone(), expected.cloned()));
        for (key, expected) in &attempts {
            let outcome = tokens.upsert(key, &of_account(13), expected.as_ref()).await;
            assert_eq!(outcome.unwrap(), UpsertOutcome::Lost, "{project:?}");
        }
        let ended = tokens.finish_disconnect(&leaving, &begun.marker()).await;
        assert!(ended.unwrap());
        for (key, expected) in &attempts {
            let outcome = tokens.upsert(key, &of_account(13), expected.as_ref()).await;
            assert_ne!(outcome.unwrap(), UpsertOutcome::Lost, "{project:?}");
        }
    }
}

/// A disconnect blocks its own (project, account) only, and an unknown account is nobody's.
pub async fn a_disconnect_blocks_no_other_account(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let unknown = key(Some("acme"), Some("carol"));
    for (key, consent) in [
        (alice(), consent(1)),
        (unknown, consent_of(2, None, Some("project-1"))),
    ] {
        let row = stored(&*tokens, &key, &consent).await;
        bring(&tokens, &row, RowStatus::Disconnecting).await;
    }
    let others = [
        (Some("sub-2"), Some("project-1")),
        (Some("sub-1"), Some("project-2")),
        (Some("sub-1"), None),
        (None, Some("project-1")),
    ];
    for (number, (account, project)) in (3..).zip(others) {
        let key = key(Some("acme"), Some(&format!("user-{number}")));
        let consent = consent_of(number, account, project);
        let written = stored(&*tokens, &key, &consent).await;
        assert_eq!(written.account_id.as_deref(), account);
    }
}

/// A consent makes a row active again, whatever it was.
pub async fn a_consent_makes_any_row_active(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let others = RowStatus::ALL.into_iter();
    for status in others.filter(|status| *status != RowStatus::Disconnecting) {
        let key = key(None, Some(status.as_str()));
        let first = stored(&*tokens, &key, &consent(1)).await;
        let brought = bring(&tokens, &first, status).await;
        let outcome = tokens
            .upsert(&key, &consent(2), Some(&brought.marker()))
            .await;
        assert_ne!(outcome.unwrap(), UpsertOutcome::Lost, "{status}");
        let row = row(&*tokens, &key).await;
        assert_eq!((row.status, row.status_reason), (RowStatus::Active, None));
        assert_eq!(row.sealed, Some(consent(2).sealed), "{status}");
    }
}

/// What goes in comes out, to the byte.
pub async fn every_field_round_trips(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let odd = "ähm \u{1f600} 'quoted\"; -- \\ % _ \u{202e}\u{feff} $1 ? \t\n".to_owned();
    let user = key(Some("Ünï/… 🙂"), Some("a'; drop table auth_tokens; --"));
    let full = Consent {
        incarnation: toolgate_auth::store::Incarnation::new(odd.clone()),
        account_id: Some(odd.clone()),
        account_email: Some(odd.clone()),
        client_id: odd.clone(),
        sealed: Sealed {
            data: json!({"text": odd, "null": null, "deep": [1, -2, 0.5, {"": []}],
                "large": i64::MAX, "small": i64::MIN, "long": "x".repeat(20_000)}),
            key_id: odd.clone(),
        },
        consented_scopes: vec![odd.clone(), String::new()],
        token_scopes: Vec::new(),
        lifetime: Duration::from_millis(i64::MAX.unsigned_abs()),
        project: Some(String::new()),
        rt_hash: Some(odd.clone()),
        rt_prefix_mac: Some(odd),
        ..consent(1)
    };
    let bare = Consent {
        account_id: None,
        account_email: None,
        consented_scopes: Vec::new(),
        refresh_expires_in: None,
        project: None,
        rt_hash: None,
        rt_prefix_mac: None,
        expires_in: Duration::ZERO,
        lifetime: Duration::ZERO,
        ..consent(2)
    };
    for (key, consent) in [(user, full), (alice(), bare)] {
        let row = stored(&*tokens, &key, &consent).await;
        assert_eq!(row, new_row(key, consent, fixture.clock().now()));
    }
}

/// The row that a consent makes.
fn new_row(key: TokenKey, consent: Consent, now: toolgate_auth::Timestamp) -> TokenRow {
    TokenRow {
        key,
        incarnation: consent.incarnation,
        account_id: consent.account_id,
        account_email: consent.account_email,
        client_id: consent.client_id,
        sealed: Some(consent.sealed),
        consented_scopes: consent.consented_scopes,
        token_scopes: consent.token_scopes,
        status: RowStatus::Active,
        status_reason: None,
        expires_at: now.after(consent.expires_in),
        lifetime: consent.lifetime,
        refresh_expires_at: consent.refresh_expires_in.map(|left| now.after(left)),
        project: consent.project,
        rt_hash: consent.rt_hash,
        rt_prefix_mac: consent.rt_prefix_mac,
        version: 1,
        grant_epoch: 1,
        lease_seq: 1,
        lease: None,
        fail_count: 0,
        last_error: None,
        next_attempt_at: None,
        created_at: now,
        updated_at: now,
        last_used_at: None,
    }
}

fn winners(outcomes: &[UpsertOutcome]) -> Vec<&Marker> {
    let mut won = Vec::new();
    for outcome in outcomes {
        if let UpsertOutcome::Written(marker) = outcome {
            won.push(marker);
        }
    }
    won
}
