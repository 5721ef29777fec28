//! Sample keys, consents and sign-ins.

use std::time::Duration;

use serde_json::json;
use toolgate_auth::{
    AccountLabel, Principal, Service, SessionId, SessionKey, TenantId, TokenKey, UserId,
    store::{
        AuditEvent, Consent, GrantAccount, Incarnation, NewSignIn, RefreshedGrant, Sealed,
        SessionKind, SessionStatus, SessionWrite, TokenRow, TokenStore, UpsertOutcome,
    },
};

/// A principal; `None` is a value of its own.
pub fn principal(tenant: Option<&str>, user: Option<&str>) -> Principal {
    Principal::from_parts(
        tenant.map(|tenant| TenantId::parse(tenant).unwrap()),
        user.map(|user| UserId::parse(user).unwrap()),
    )
}

/// The key of somebody's default account.
pub fn key(tenant: Option<&str>, user: Option<&str>) -> TokenKey {
    TokenKey::new(principal(tenant, user), Service::google())
}

/// The key of a user without a tenant.
pub fn alice() -> TokenKey {
    key(None, Some("alice"))
}

/// Keys that differ in one field or another, absent ones included.
pub fn keys() -> Vec<TokenKey> {
    let mut keys = Vec::new();
    for tenant in [None, Some("acme"), Some("alice")] {
        for user in [None, Some("alice"), Some("bob"), Some("Alice")] {
            keys.push(key(tenant, user));
        }
    }
    let label = AccountLabel::parse("work").unwrap();
    keys.push(alice().with_account_label(Some(label)));
    let gmail = Service::parse("gmail").unwrap();
    keys.push(TokenKey::new(alice().principal().clone(), gmail));
    keys
}

/// Sealed secrets, told apart by a number.
pub fn sealed(number: u32) -> Sealed {
    Sealed {
        data: json!({"v": 1, "alg": "test", "ct": format!("ciphertext {number}"), "n": number}),
        key_id: format!("key-{number}"),
    }
}

/// A consent of the account `sub-1` in the project `project-1`, told apart by a number.
pub fn consent(number: u32) -> Consent {
    Consent {
        incarnation: Incarnation::new(format!("incarnation-{number}")),
        account_id: Some("sub-1".to_owned()),
        account_email: Some("alice@example.com".to_owned()),
        client_id: format!("client-{number}"),
        sealed: sealed(number),
        consented_scopes: vec!["scope/a".to_owned(), "scope/b".to_owned()],
        token_scopes: vec!["scope/a".to_owned()],
        expires_in: Duration::from_hours(1),
        lifetime: Duration::from_hours(1),
        refresh_expires_in: Some(Duration::from_hours(168)),
        project: Some("project-1".to_owned()),
        rt_hash: Some(format!("hash-{number}")),
        rt_prefix_mac: Some(format!("mac-{number}")),
    }
}

/// A consent of another account.
pub fn consent_of(number: u32, account_id: Option<&str>, project: Option<&str>) -> Consent {
    Consent {
        account_id: account_id.map(str::to_owned),
        project: project.map(str::to_owned),
        ..consent(number)
    }
}

/// A refreshed grant in which Google sent everything, told apart by a number.
pub fn refreshed(number: u32) -> RefreshedGrant {
    RefreshedGrant {
        sealed: sealed(number),
        token_scopes: Some(vec![format!("scope/{number}")]),
        expires_in: Duration::from_mins(50),
        lifetime: Duration::from_mins(55),
        refresh_expires_in: Some(Duration::from_hours(24)),
        rt_lookup: Some((format!("hash-{number}"), format!("mac-{number}"))),
        account: Some(GrantAccount {
            id: format!("sub-{number}"),
            email: Some(format!("{number}@example.com")),
        }),
    }
}

/// A sign-in of a user without a tenant.
pub fn sign_in(id_hash: &str) -> NewSignIn {
    NewSignIn {
        id_hash: id_hash.to_owned(),
        principal: principal(None, Some("alice")),
        account_label: None,
        client_id: "client-1".to_owned(),
        redirect_uri: "http://127.0.0.1:8080/google/callback".to_owned(),
        expected_email: Some("alice@example.com".to_owned()),
        expected_domain: None,
        service: "google".to_owned(),
        services: vec!["gmail".to_owned(), "calendar".to_owned()],
        scopes: vec!["scope/a".to_owned()],
        sealed: sealed(1),
        return_path: Some("/settings".to_owned()),
    }
}

/// The key of somebody's session.
pub fn session(tenant: Option<&str>, user: Option<&str>, name: &str) -> SessionKey {
    SessionKey::new(principal(tenant, user), SessionId::parse(name).unwrap())
}

/// A document of a conversation that nobody holds, told apart by a number.
pub fn session_write(number: u32) -> SessionWrite {
    SessionWrite {
        incarnation: Incarnation::new(format!("incarnation-{number}")),
        kind: SessionKind::Conversation,
        status: SessionStatus::Idle,
        sealed: sealed(number),
        owner: format!("owner-{number}"),
        hold: None,
    }
}

/// An audit event.
pub fn event(principal: Principal, event: &str) -> AuditEvent {
    AuditEvent {
        principal,
        actor: "agent".to_owned(),
        event: event.to_owned(),
        outcome: "ok".to_owned(),
        row_id: Some("row".to_owned()),
        detail: json!({"attempt": 1, "why": ["a", null]}),
    }
}

/// Writes a consent where no row stands, and reads the row.
pub async fn stored(tokens: &dyn TokenStore, key: &TokenKey, consent: &Consent) -> TokenRow {
    let outcome = tokens.upsert(key, consent, None).await.unwrap();
    assert!(matches!(outcome, UpsertOutcome::Written(_)), "{outcome:?}");
    row(tokens, key).await
}

/// Reads a row that has to be there.
pub async fn row(tokens: &dyn TokenStore, key: &TokenKey) -> TokenRow {
    tokens.get(key).await.unwrap().row.unwrap()
}
