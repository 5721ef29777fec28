//! The contract of `SignInStore`.

use std::time::Duration;

use futures_util::future::join_all;
use toolgate_auth::{
    AccountLabel, Clock as _,
    store::{NewSignIn, SignInInsert, SignInRow, StoreErrorKind},
};

use crate::{
    fixture::Fixture,
    sample::{principal, sign_in},
};

const TTL: Duration = Duration::from_mins(10);

/// What goes in comes out, with the database's time; what was never stored is `None`.
pub async fn a_sign_in_round_trips(fixture: &Fixture) {
    let (store, now) = (fixture.sign_ins(), fixture.clock().now());
    let full = NewSignIn {
        principal: principal(Some("acme ü"), None),
        account_label: AccountLabel::parse("Arbeit 🙂").ok(),
        expected_email: None,
        expected_domain: Some("example.com".to_owned()),
        return_path: None,
        services: Vec::new(),
        ..sign_in("hash-2")
    };
    for request in [sign_in("hash-1"), full] {
        let inserted = store.insert(&request, TTL, 5).await.unwrap();
        assert_eq!(inserted, SignInInsert::Inserted);
        let expected = SignInRow {
            browser_binding: None,
            created_at: now,
            expires_at: now.after(TTL),
            consumed_at: None,
            request: request.clone(),
        };
        let found = store.get(&request.id_hash).await.unwrap();
        assert_eq!(found, Some((expected, now)));
    }
    assert_eq!(store.get("hash-3").await.unwrap(), None);
}

/// An id hash that stands already is refused, and what stands stays.
pub async fn an_id_hash_is_stored_once(fixture: &Fixture) {
    let store = fixture.sign_ins();
    store.insert(&sign_in("hash"), TTL, 5).await.unwrap();
    let other = NewSignIn {
        principal: principal(Some("acme"), Some("mallory")),
        ..sign_in("hash")
    };
    let refused = store.insert(&other, TTL, 5).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Rejected);
    assert!(!refused.is_transient());
    let (stands, _) = store.get("hash").await.unwrap().unwrap();
    assert_eq!(stands.request, sign_in("hash"));
}

/// All of one person's sign-ins go, open and used ones, and nobody else's.
pub async fn a_persons_sign_ins_are_removed_together(fixture: &Fixture) {
    let store = fixture.sign_ins();
    let people = [
        (None, None),
        (None, Some("alice")),
        (Some("acme"), None),
        (Some("acme"), Some("alice")),
    ];
    for (tenant, user) in people {
        for number in [1, 2] {
            let request = NewSignIn {
                principal: principal(tenant, user),
                ..sign_in(&format!("{tenant:?} {user:?} {number}"))
            };
            store.insert(&request, TTL, 5).await.unwrap();
        }
    }
    assert!(
        store
            .bind_browser("None Some(\"alice\") 1", "b")
            .await
            .unwrap()
    );
    let used = store.consume("None Some(\"alice\") 1", "b").await.unwrap();
    assert!(used.is_some());
    let alice = principal(None, Some("alice"));
    assert_eq!(store.remove_all(&alice).await.unwrap(), 2);
    assert_eq!(store.remove_all(&alice).await.unwrap(), 0);
    for (tenant, user) in people {
        let stands = store.get(&format!("{tenant:?} {user:?} 2")).await.unwrap();
        let gone = (tenant, user) == (None, Some("alice"));
        assert_eq!(stands.is_none(), gone, "{tenant:?} {user:?}");
    }
}

/// A person has so many open sign-ins at most; used and ended ones do not count, nor do others'.
pub async fn open_sign_ins_are_bounded(fixture: &Fixture) {
    let store = fixture.sign_ins();
    let insert = async |hash: &str, tenant, user| {
        let request = NewSignIn {
            principal: principal(tenant, user),
            ..sign_in(hash)
        };
        store.insert(&request, TTL, 2).await.unwrap()
    };
    let (yes, no) = (SignInInsert::Inserted, SignInInsert::TooMany);
    for (tenant, user) in [
        (None, None),
        (None, Some("alice")),
        (Some("acme"), None),
        (Some("acme"), Some("alice")),
    ] {
        let hash = |number| format!("{tenant:?} {user:?} {number}");
        assert_eq!(insert(&hash(1), tenant, user).await, yes);
        assert_eq!(insert(&hash(2), tenant, user).await, yes);
        assert_eq!(insert(&hash(3), tenant, user).await, no);
        assert_eq!(store.get(&hash(3)).await.unwrap(), None);
        assert!(store.bind_browser(&hash(1), "browser").await.unwrap());
        let used = store.consume(&hash(1), "browser").await.unwrap();
        assert!(used.is_some());
        assert_eq!(insert(&hash(4), tenant, user).await, yes);
        assert_eq!(insert(&hash(5), tenant, user).await, no);
    }
    fixture.clock().advance(TTL);
    assert_eq!(insert("later", None, Some("alice")).await, yes);
    let none = store.insert(&sign_in("none"), TTL, 0).await.unwrap();
    assert_eq!(none, no);
}

/// A sign-in is bound to one browser, and saying the same again is fine.
pub async fn a_sign_in_is_bound_to_one_browser(fixture: &Fixture) {
    let store = fixture.sign_ins();
    store.insert(&sign_in("hash"), TTL, 5).await.unwrap();
    assert!(!store.bind_browser("unknown", "mine").await.unwrap());
    assert!(store.bind_browser("hash", "mine").await.unwrap());
    assert!(store.bind_browser("hash", "mine").await.unwrap());
    assert!(!store.bind_browser("hash", "other").await.unwrap());
    let (row, _) = store.get("hash").await.unwrap().unwrap();
    assert_eq!(row.browser_binding.as_deref(), Some("mine"));
}

/// Of many browsers at once one is bound.
pub async fn of_many_browsers_one_is_bound(fixture: &Fixture) {
    let store = fixture.sign_ins();
    store.insert(&sign_in("hash"), TTL, 5).await.unwrap();
    let browsers = (0..50).map(|number| {
        let store = fixture.sign_ins();
        tokio::spawn(async move {
            let binding = format!("browser {number}");
            let bound = store.bind_browser("hash", &binding).await.unwrap();
            bound.then_some(binding)
        })
    });
    let results = join_all(browsers).await;
    let bound: Vec<_> = results.into_iter().filter_map(Result::unwrap).collect();
    let (row, _) = store.get("hash").await.unwrap().unwrap();
    assert_eq!(bound, [row.browser_binding.unwrap()]);
}

/// A sign-in is used by the browser that it is bound to, and by no other.
pub async fn a_sign_in_is_used_by_its_browser_only(fixture: &Fixture) {
    let store = fixture.sign_ins();
    store.insert(&sign_in("hash"), TTL, 5).await.unwrap();
    let consume = async |hash: &str, binding: &str| store.consume(hash, binding).await.unwrap();
    assert_eq!(consume("hash", "mine").await, None, "it is not bound yet");
    assert_eq!(consume("hash", "").await, None);
    assert!(store.bind_browser("hash", "mine").await.unwrap());
    assert_eq!(consume("hash", "other").await, None);
    assert_eq!(consume("unknown", "mine").await, None);
    fixture.clock().advance(Duration::from_secs(1));
    let used = consume("hash", "mine").await.unwrap();
    assert_eq!(used.consumed_at, Some(fixture.clock().now()));
    assert_eq!(used.request, sign_in("hash"));
    let (row, _) = store.get("hash").await.unwrap().unwrap();
    assert_eq!(row, used);
    assert_eq!(consume("hash", "mine").await, None);
    assert!(!store.bind_browser("hash", "mine").await.unwrap());
}

/// Of fifty equal callbacks at once one uses the sign-in.
pub async fn of_fifty_callbacks_one_uses_the_sign_in(fixture: &Fixture) {
    let store = fixture.sign_ins();
    store.insert(&sign_in("hash"), TTL, 5).await.unwrap();
    assert!(store.bind_browser("hash", "mine").await.unwrap());
    let callbacks = (0..50).map(|_| {
        let store = fixture.sign_ins();
        tokio::spawn(async move { store.consume("hash", "mine").await.unwrap() })
    });
    let results = join_all(callbacks).await;
    let used = results.into_iter().filter_map(Result::unwrap);
    assert_eq!(used.count(), 1);
}

/// A sign-in that ended is neither bound nor used; it ends at its end, not after it.
pub async fn an_ended_sign_in_is_neither_bound_nor_used(fixture: &Fixture) {
    let (store, clock) = (fixture.sign_ins(), fixture.clock());
    for hash in ["bound", "free", "used"] {
        store.insert(&sign_in(hash), TTL, 5).await.unwrap();
    }
    assert!(store.bind_browser("bound", "mine").await.unwrap());
    assert!(store.bind_browser("used", "mine").await.unwrap());
    clock.advance(TTL.saturating_sub(Duration::from_millis(1)));
    assert!(store.consume("used", "mine").await.unwrap().is_some());
    clock.advance(Duration::from_millis(1));
    assert!(!store.bind_browser("free", "mine").await.unwrap());
    assert!(!store.bind_browser("bound", "mine").await.unwrap());
    assert_eq!(store.consume("bound", "mine").await.unwrap(), None);
    let (row, now) = store.get("bound").await.unwrap().unwrap();
    assert!(row.expires_at <= now, "an ended sign-in can still be read");
}

/// Sweeping removes what ended long enough ago, and says how much.
pub async fn a_sweep_removes_what_ended_long_ago(fixture: &Fixture) {
    let (store, clock) = (fixture.sign_ins(), fixture.clock());
    let hour = Duration::from_hours(1);
    for hash in ["a", "b"] {
        store.insert(&sign_in(hash), TTL, 5).await.unwrap();
    }
    clock.advance(Duration::from_millis(1));
    store.insert(&sign_in("c"), TTL, 5).await.unwrap();
    clock.advance(TTL.saturating_sub(Duration::from_millis(1)));
    assert_eq!(store.sweep(hour).await.unwrap(), 0);
    clock.advance(hour);
    assert_eq!(store.sweep(hour).await.unwrap(), 2);
    assert_eq!(store.get("a").await.unwrap(), None);
    assert!(store.get("c").await.unwrap().is_some());
    assert_eq!(store.sweep(Duration::MAX).await.unwrap(), 0);
    assert_eq!(store.sweep(Duration::ZERO).await.unwrap(), 1);
}

/// On the database's own clock a sign-in lives as long as it should.
pub async fn sign_ins_run_on_the_databases_own_clock(fixture: &Fixture) {
    let store = fixture.sign_ins();
    store.insert(&sign_in("live"), TTL, 5).await.unwrap();
    store
        .insert(&sign_in("dead"), Duration::ZERO, 5)
        .await
        .unwrap();
    store
        .insert(&sign_in("endless"), Duration::MAX, 5)
        .await
        .unwrap();
    assert!(store.bind_browser("live", "mine").await.unwrap());
    assert!(!store.bind_browser("dead", "mine").await.unwrap());
    assert!(store.bind_browser("endless", "mine").await.unwrap());
    let (endless, now) = store.get("endless").await.unwrap().unwrap();
    assert!(endless.expires_at.since(now) > Duration::from_hours(24 * 365));
    assert!(store.consume("live", "mine").await.unwrap().is_some());
    assert_eq!(store.sweep(TTL).await.unwrap(), 0);
    assert_eq!(store.sweep(Duration::ZERO).await.unwrap(), 1);
}
