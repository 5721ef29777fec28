//! A database that is watched, raced, and fails on demand.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Barrier;
use toolgate_auth::sign_in::UserVerifier;
use toolgate_auth::store::{
    AccountCount, Consent, Database, DisconnectReach, Fetched, Incarnation, Leased, ListScope,
    Marker, NewSignIn, RefreshFailure, RefreshedGrant, Sealed, SignInInsert, SignInRow,
    SignInStore, StoreError, StoreErrorKind, TokenRow, TokenStore, UpsertOutcome,
};
use toolgate_auth::{AccountLabel, GoogleAuthBuilder, Principal, RowId, Timestamp, TokenKey};
use toolgate_testkit::Wraps;

use crate::databases::Kind;
use crate::site::{Site, SiteBuilder};

/// What a test sees and steers of a watched database.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    ids: Mutex<Vec<String>>,
    writes: AtomicUsize,
    pub(crate) sign_ins_down: AtomicBool,
    pub(crate) tokens_down: AtomicBool,
    race: Mutex<Option<(Race, usize)>>,
}

/// What somebody else does to a grant between the read and the write of a consent.
#[derive(Debug, Clone)]
pub(crate) enum Race {
    /// Removes it.
    Remove,
    /// Refreshes it.
    Refresh,
    /// Writes a consent of the account with this `sub`.
    Consent(String),
    /// Writes the same consent for the account of this label.
    Beside(&'static str),
    /// Nothing, until somebody else is about to write too.
    Meet(Arc<Barrier>),
}

impl Watch {
    /// Before each of the next `times` writes of a consent, this happens.
    pub(crate) fn race(&self, race: Race, times: usize) {
        *self.race.lock().unwrap() = Some((race, times));
    }

    /// How many of those races are still to come.
    pub(crate) fn races_left(&self) -> usize {
        self.race.lock().unwrap().as_ref().map_or(0, |race| race.1)
    }

    fn next_race(&self) -> Option<Race> {
        let mut race = self.race.lock().unwrap();
        let (race, left) = race.as_mut()?;
        *left = left.checked_sub(1)?;
        Some(race.clone())
    }

    /// The id hashes of the links so far.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.ids.lock().unwrap().clone()
    }

    /// How often a pending sign-in was to be changed.
    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }
}

/// A site over a watched database.
pub(crate) async fn watched() -> (Site, Arc<Watch>) {
    watched_on(Kind::Memory).await
}

/// A site over a database of this kind, watched.
pub(crate) async fn watched_on(kind: Kind) -> (Site, Arc<Watch>) {
    watched_with(kind, GoogleAuthBuilder::allow_unverified_links).await
}

/// The same that knows who is logged in.
pub(crate) async fn watched_by(verifier: impl UserVerifier + 'static) -> (Site, Arc<Watch>) {
    watched_with(Kind::Memory, |builder| {
        builder.with_user_verifier(Arc::new(verifier))
    })
    .await
}

/// The same where a person may connect several accounts.
pub(crate) async fn watched_several() -> (Site, Arc<Watch>) {
    watched_with(Kind::Memory, |builder| {
        builder.allow_unverified_links().with_several_accounts()
    })
    .await
}

async fn watched_with(
    kind: Kind,
    configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
) -> (Site, Arc<Watch>) {
    let watch = Arc::new(Watch::default());
    let theirs = Arc::clone(&watch);
    let site = SiteBuilder::new()
        .on(kind)
        .over(move |inner| {
            Arc::new(Watched {
                inner,
                watch: Arc::clone(&theirs),
            })
        })
        .start(configure)
        .await;
    (site, watch)
}

/// The database of a [`Watch`].
#[derive(Debug)]
struct Watched {
    inner: Arc<dyn Database>,
    watch: Arc<Watch>,
}

impl Wraps for Watched {
    fn inner(&self) -> Arc<dyn Database> {
        Arc::clone(&self.inner)
    }

    fn describe(&self) -> String {
        "a watched database".to_owned()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        let inner = self.inner.token_store()?;
        Some(Arc::new(Tokens {
            inner,
            watch: Arc::clone(&self.watch),
        }))
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        let inner = self.inner.sign_in_store()?;
        Some(Arc::new(SignIns {
            inner,
            watch: Arc::clone(&self.watch),
        }))
    }
}

toolgate_testkit::wraps_database!(Watched);

fn check(down: &AtomicBool) -> Result<(), StoreError> {
    if down.load(Ordering::SeqCst) {
        let message = "SECRETdetail of the database's failure";
        return Err(StoreError::new(StoreErrorKind::Unavailable, message));
    }
    Ok(())
}

#[derive(Debug)]
struct SignIns {
    inner: Arc<dyn SignInStore>,
    watch: Arc<Watch>,
}

impl SignIns {
    fn check(&self) -> Result<(), StoreError> {
        check(&self.watch.sign_ins_down)
    }

    fn check_write(&self) -> Result<(), StoreError> {
        self.watch.writes.fetch_add(1, Ordering::SeqCst);
        self.check()
    }
}

#[async_trait]
impl SignInStore for SignIns {
    async fn insert(
        &self,
        sign_in: &NewSignIn,
        ttl: Duration,
        max_open: u32,
    ) -> Result<SignInInsert, StoreError> {
        self.check()?;
        self.watch.ids.lock().unwrap().push(sign_in.id_hash.clone());
        self.inner.insert(sign_in, ttl, max_open).await
    }

    async fn get(&self, id_hash: &str) -> Result<Option<(SignInRow, Timestamp)>, StoreError> {
        self.check()?;
        self.inner.get(id_hash).await
    }

    async fn bind_browser(&self, id_hash: &str, binding: &str) -> Result<bool, StoreError> {
        self.check_write()?;
        self.inner.bind_browser(id_hash, binding).await
    }

    async fn consume(&self, id_hash: &str, binding: &str) -> Result<Option<SignInRow>, StoreError> {
        self.check_write()?;
        self.inner.consume(id_hash, binding).await
    }

    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError> {
        self.check_write()?;
        self.inner.remove_all(principal).await
    }

    /// No write of a pending sign-in, and made by chance: now and then by whoever makes a link.
    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError> {
        self.check()?;
        self.inner.sweep(older_than).await
    }
}

#[derive(Debug)]
struct Tokens {
    inner: Arc<dyn TokenStore>,
    watch: Arc<Watch>,
}

impl Tokens {
    async fn run(&self, race: Race, key: &TokenKey, consent: &Consent) {
        let inner = &self.inner;
        let row = inner.get(key).await.unwrap().row;
        let marker = row.as_ref().map(TokenRow::marker);
        match race {
            Race::Consent(account) => {
                let consent = foreign_consent(account, marker.as_ref());
                let written = inner.upsert(key, &consent, marker.as_ref()).await.unwrap();
                assert!(matches!(written, UpsertOutcome::Written(_)));
            }
            Race::Beside(label) => {
                let key = key
                    .clone()
                    .with_account_label(AccountLabel::parse(label).ok());
                let consent = Consent {
                    incarnation: Incarnation::new("beside"),
                    ..consent.clone()
                };
                let written = inner.upsert(&key, &consent, None).await.unwrap();
                assert!(matches!(written, UpsertOutcome::Written(_)));
            }
            Race::Meet(barrier) => {
                barrier.wait().await;
            }
            Race::Remove => {
                let row = row.unwrap();
                assert!(inner.delete(key, &row.incarnation).await.unwrap());
            }
            Race::Refresh => {
                let row = row.unwrap();
                let at = row.marker();
                let ttl = Duration::from_mins(1);
                let lease = inner.try_lease(key, &at, "elsewhere", ttl).await.unwrap();
                let grant = RefreshedGrant {
                    sealed: row.sealed.unwrap(),
                    token_scopes: None,
                    expires_in: row.lifetime,
                    lifetime: row.lifetime,
                    refresh_expires_in: None,
                    rt_lookup: None,
                    account: None,
                };
                let seq = lease.unwrap().lease_seq;
                let written = inner.commit_refresh(key, &at, seq, &grant).await.unwrap();
                assert!(written.is_some());
            }
        }
    }
}

/// A consent of another program's, sealed under a key that is not ours.
fn foreign_consent(account: String, at: Option<&Marker>) -> Consent {
    let fresh = Incarnation::new("of another program");
    Consent {
        incarnation: at.map_or(fresh, |at| at.incarnation.clone()),
        account_id: Some(account),
        account_email: None,
        client_id: "another program".to_owned(),
        sealed: Sealed {
            data: serde_json::json!({}),
            key_id: "another key".to_owned(),
        },
        consented_scopes: Vec::new(),
        token_scopes: Vec::new(),
        expires_in: Duration::from_hours(1),
        lifetime: Duration::from_hours(1),
        refresh_expires_in: None,
        project: None,
        rt_hash: None,
        rt_prefix_mac: None,
    }
}

/// Forwards each method, unless the database is down. A consent is raced before it is written.
macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl TokenStore for Tokens {
            async fn upsert(
                &self,
                key: &TokenKey,
                consent: &Consent,
                expected: Option<&Marker>,
            ) -> Result<UpsertOutcome, StoreError> {
                check(&self.watch.tokens_down)?;
                if let Some(race) = self.watch.next_race() {
                    self.run(race, key, consent).await;
                }
                self.inner.upsert(key, consent, expected).await
            }

            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                check(&self.watch.tokens_down)?;
                self.inner.$name($($argument),*).await
            })*
        }
    };
}

forward! {
    get(key: &TokenKey) -> Fetched;
    delete(key: &TokenKey, incarnation: &Incarnation) -> bool;
    list(scope: &ListScope, after: Option<&RowId>, limit: u32) -> Vec<TokenRow>;
    try_lease(key: &TokenKey, at: &Marker, owner: &str, ttl: Duration) -> Option<Leased>;
    commit_refresh(key: &TokenKey, at: &Marker, seq: i64, grant: &RefreshedGrant) -> Option<Marker>;
    commit_failure(key: &TokenKey, at: &Marker, seq: i64, failure: &RefreshFailure) -> bool;
    begin_disconnect(key: &TokenKey, at: &Marker, reach: DisconnectReach) -> Option<TokenRow>;
    finish_disconnect(key: &TokenKey, at: &Marker) -> bool;
    invalidate(key: &TokenKey, at: &Marker, min_age: Duration) -> bool;
    touch(key: &TokenKey, incarnation: &Incarnation) -> bool;
    reseal(key: &TokenKey, at: &Marker, sealed: &Sealed, rt_prefix_mac: Option<&str>) -> bool;
    rename(key: &TokenKey, at: &Marker, new: &TokenKey, sealed: &Sealed) -> Option<Marker>;
    due_for_refresh(within: Duration, after: Option<&(Timestamp, RowId)>, limit: u32) -> Vec<TokenRow>;
    count_account(project: Option<&str>, account_id: &str) -> AccountCount;
}
