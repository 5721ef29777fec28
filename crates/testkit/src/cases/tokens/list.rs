//! `list`.

use toolgate_auth::{
    RowId, TokenKey,
    store::{ListScope, RowStatus, TokenRow},
};

use super::bring;
use crate::{
    fixture::Fixture,
    sample::{consent, consent_of, keys, principal, stored},
};

/// Rows come in the order of their ids' bytes, and each exactly once over all pages.
pub async fn a_list_comes_in_the_order_of_ids_in_pages(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for key in keys() {
        stored(&*tokens, &key, &consent(1)).await;
    }
    let mut expected: Vec<RowId> = keys().iter().map(TokenKey::id).collect();
    expected.sort();
    let mut found: Vec<RowId> = Vec::new();
    loop {
        let page = tokens.list(&ListScope::All, found.last(), 4).await.unwrap();
        assert!(page.len() <= 4);
        if page.is_empty() {
            break;
        }
        found.extend(page.iter().map(|row| row.key.id()));
    }
    assert_eq!(found, expected);
    let none = tokens.list(&ListScope::All, None, 0).await.unwrap();
    assert!(none.is_empty());
}

/// A list shows the rows of its scope only; an absent tenant or user is a value.
pub async fn a_list_shows_its_scope_only(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for key in keys() {
        stored(&*tokens, &key, &consent(1)).await;
    }
    for tenant in [None, Some("acme"), Some("alice"), Some("nobody")] {
        let of_tenant = principal(tenant, None).tenant().cloned();
        let scope = ListScope::Tenant(of_tenant.clone());
        let rows = tokens.list(&scope, None, 100).await.unwrap();
        let belongs = |key: &TokenKey| key.principal().tenant() == of_tenant.as_ref();
        assert_eq!(sorted(&rows), wanted(belongs), "{scope:?}");
        for user in [None, Some("alice"), Some("Alice"), Some("nobody")] {
            let whose = principal(tenant, user);
            let scope = ListScope::Principal(whose.clone());
            let rows = tokens.list(&scope, None, 100).await.unwrap();
            let belongs = |key: &TokenKey| *key.principal() == whose;
            assert_eq!(sorted(&rows), wanted(belongs), "{scope:?}");
        }
    }
}

/// The rows of one state, whoever's they are.
pub async fn a_list_shows_one_state(fixture: &Fixture) {
    let tokens = fixture.tokens();
    for (status, key) in RowStatus::ALL.into_iter().zip(keys()) {
        let fresh = stored(&*tokens, &key, &consent_of(1, Some(status.as_str()), None)).await;
        bring(&tokens, &fresh, status).await;
    }
    for (status, key) in RowStatus::ALL.into_iter().zip(keys()) {
        let scope = ListScope::Status(status);
        let rows = tokens.list(&scope, None, 100).await.unwrap();
        assert_eq!(sorted(&rows), [key], "{status}");
    }
}

fn sorted(rows: &[TokenRow]) -> Vec<TokenKey> {
    let mut keys: Vec<_> = rows.iter().map(|row| row.key.clone()).collect();
    keys.sort();
    keys
}

fn wanted(belongs: impl Fn(&TokenKey) -> bool) -> Vec<TokenKey> {
    let mut keys: Vec<_> = keys().into_iter().filter(belongs).collect();
    keys.sort();
    keys
}
