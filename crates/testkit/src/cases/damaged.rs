//! What a grant that cannot be read does to others, where rows can be damaged past the store.

use std::time::Duration;

use toolgate_auth::{
    RowId, Timestamp, TokenKey,
    store::{ListScope, StoreErrorKind, TokenRow},
};

use crate::{
    fixture::Fixture,
    logs::LogCapture,
    sample::{consent, key, stored},
};

const HOUR: Duration = Duration::from_hours(1);

/// Each way of being unreadable, as a column and what it holds then.
const WAYS: [(&str, &str); 5] = [
    ("consented_scopes", "'7'"),
    ("token_scopes", r#"'{"CANARYsecret": 1}'"#),
    ("lifetime", "-1"),
    ("service", "''"),
    ("user_id", "'somebody else'"),
];

/// Ten grants, half of them damaged; those that are not, in the order of their ids.
async fn half_damaged(fixture: &Fixture) -> Vec<TokenKey> {
    let tokens = fixture.tokens();
    let mut keys: Vec<TokenKey> = (0..10)
        .map(|number| key(Some("damaged"), Some(&format!("u{number}"))))
        .collect();
    keys.sort_by_key(TokenKey::id);
    for (number, key) in keys.iter().enumerate() {
        let consent = toolgate_auth::store::Consent {
            // In the order of the ids, and two fall due at once.
            expires_in: Duration::from_mins(number as u64 / 2),
            ..consent(1)
        };
        stored(&*tokens, key, &consent).await;
    }
    // The first ones too: whole pages of one and of two hold nothing readable.
    let broken = [0, 1, 2, 5, 9];
    for (place, (column, literal)) in broken.into_iter().zip(WAYS) {
        fixture.damage(&keys[place].id(), column, literal).await;
    }
    let readable = (0..10).filter(|place| !broken.contains(place));
    readable.map(|place| keys[place].clone()).collect()
}

/// A list passes over what cannot be read, tells it by its id, and fills its pages from behind it.
pub async fn a_row_that_cannot_be_read_hides_no_other_in_a_list(fixture: &Fixture) {
    let logs = LogCapture::install();
    let expected = half_damaged(fixture).await;
    let tokens = fixture.tokens();
    let tenant = expected[0].principal().tenant().cloned();
    for scope in [ListScope::All, ListScope::Tenant(tenant)] {
        for limit in [1, 2, 3, 5, 100] {
            let mut found: Vec<TokenKey> = Vec::new();
            loop {
                let after: Option<RowId> = found.last().map(TokenKey::id);
                let page = tokens.list(&scope, after.as_ref(), limit).await.unwrap();
                let ended = page.len() < limit as usize;
                found.extend(page.into_iter().map(|row| row.key));
                if ended {
                    break;
                }
            }
            assert_eq!(found, expected, "{limit} of {scope:?}");
        }
    }
    let text = logs.text();
    assert!(text.contains("a grant is passed over"), "nothing is told");
    assert!(!text.contains("CANARYsecret"), "what a row holds is told");
    for number in 0..10 {
        let key = key(Some("damaged"), Some(&format!("u{number}")));
        let told = text.contains(key.id().as_str());
        assert_eq!(told, !expected.contains(&key), "{number}");
    }
}

/// So does the look for what is due: one damaged row keeps no other from its refresh.
pub async fn a_row_that_cannot_be_read_hides_no_other_that_is_due(fixture: &Fixture) {
    let expected = half_damaged(fixture).await;
    let tokens = fixture.tokens();
    for limit in [1, 2, 3, 5, 100] {
        let mut found: Vec<TokenRow> = Vec::new();
        loop {
            let last = found.last();
            let after: Option<(Timestamp, RowId)> = last.map(|row| (row.expires_at, row.key.id()));
            let page = tokens.due_for_refresh(HOUR, after.as_ref(), limit).await;
            let page = page.unwrap();
            let ended = page.len() < limit as usize;
            found.extend(page);
            if ended {
                break;
            }
        }
        let found: Vec<_> = found.into_iter().map(|row| row.key).collect();
        assert_eq!(found, expected, "{limit}");
    }
}

/// One person's rows are told whole or not at all, and a row that is asked for is not told absent.
pub async fn a_row_that_cannot_be_read_is_missed_where_its_person_is_asked_for(fixture: &Fixture) {
    let tokens = fixture.tokens();
    let alice = key(Some("damaged"), Some("alice"));
    stored(&*tokens, &alice, &consent(1)).await;
    fixture.damage(&alice.id(), "token_scopes", "'7'").await;
    let scope = ListScope::Principal(alice.principal().clone());
    let error = tokens.list(&scope, None, 100).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    let error = tokens.get(&alice).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
}
