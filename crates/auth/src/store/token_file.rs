//! `token.json`: the consent of one person in the file that Python's google-auth reads and writes,
//! for a program without a database.

mod adopt;
mod disk;
mod format;
mod state;
mod table;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use async_trait::async_trait;

pub(crate) use self::format::{AuthorizedUser, Others};
use self::table::Reading;
use super::memory::MemoryStore;
use super::{
    AccountCount, Consent, Database, DisconnectReach, Fetched, ForeignFormat, Incarnation, Leased,
    ListScope, Marker, NowFn, RefreshFailure, RefreshedGrant, Sealed, SignInStore, StoreError,
    StoreErrorKind, TokenRow, TokenStore, UpsertOutcome,
};
use crate::clock::{Clock as _, SystemClock, SystemRandom, Timestamp};
use crate::identity::{Principal, RowId, Service, TokenKey};

/// The consent of the anonymous user in a file, `token.json` by default, in the authorized-user
/// format of Python's google-auth: what `Credentials.to_json` writes and
/// `Credentials.from_authorized_user_file` reads. Toolkits of an agent without a database use it by
/// themselves.
///
/// ```
/// use toolgate_auth::{
///     ClientSecret, GoogleAuth, OAuthClient, Principal, Requirement, Service, TokenFile,
///     ToolkitScopes,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("token.json");
/// let client = OAuthClient::new("id.apps.googleusercontent.com")
///     .with_secret(ClientSecret::parse("GOCSPX-example")?);
/// let google = GoogleAuth::builder(client).build()?;
/// let reading = Requirement::for_methods(&["gmail.users.messages.list"]);
/// let gmail = ToolkitScopes::new("gmail", reading.clone());
/// let bound = google.bind(&TokenFile::new(path), Service::google(), vec![gmail]).await?;
///
/// let access = bound.access(&Principal::anonymous(), "gmail");
/// assert!(access.token(&reading).await.unwrap_err().is_reauthorization_required());
/// // The file is one person's, and that is nobody whom the program tells apart.
/// let alice = bound.access(&Principal::for_user("alice")?, "gmail");
/// assert!(alice.token(&reading).await.unwrap_err().is_configuration());
/// # Ok(())
/// # }
/// ```
///
/// **What is believed.** The tokens, the OAuth client's id, the expiry and the scopes. A file
/// without scopes counts as one without any, so that a consent is asked for; google-auth would find
/// out by trying. The `token_uri` is ignored, as google-auth does. A grant of another OAuth client
/// is not used; a consent takes its place. Keys that are not known are kept when the file is
/// written again.
///
/// **What is written.** A file whole or not at all, for its owner alone (mode 0600), with the tokens
/// and the OAuth client's secret in clear, as the format has them: whoever reads the file can act
/// for the person. Keep it out of repositories, images and backups that others see. A sign-in's own
/// secrets stay in memory.
///
/// **Beside it** stand `token.json.lock`, which processes lock, and `token.json.state`, which holds
/// what the format has no room for (counters, the refresh lease, whether Google refused the grant)
/// and no token. So any number of processes that share the file refresh it once. Both may be
/// removed while no program runs; a file that is removed is a person who signed out.
///
/// **Other programs** do not know that lock. When one has refreshed, or signed in, this is noticed
/// at the next look, a minute later at most. What Google refused of a grant stays refused until the
/// file has another one, or a token that Google gave since; removing the state file while no program
/// runs has it tried again. Two programs that write at the same moment can still
/// lose what one of them wrote, which the next refresh mends. Locks of files on network drives may
/// not work; use a database there.
#[derive(Clone)]
pub struct TokenFile(Arc<Inner>);

struct Inner {
    /// As it was given, for people.
    shown: PathBuf,
    path: PathBuf,
    now: NowFn,
    /// A pending sign-in ends with the process whose browser it is.
    sign_ins: MemoryStore,
    told: AtomicBool,
}

impl TokenFile {
    /// Where it stands if nothing else is said: `token.json` in the working folder.
    pub const DEFAULT: &str = "token.json";

    /// A file, which does not have to be there yet. Its folder does.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let shown = path.into();
        Self(Arc::new(Inner {
            // The program may go to another folder.
            path: std::path::absolute(&shown).unwrap_or_else(|_| shown.clone()),
            shown,
            now: Arc::new(|| SystemClock.now()),
            sign_ins: MemoryStore::new(),
            told: AtomicBool::new(false),
        }))
    }

    /// The same with a time of one's own, for tests.
    #[must_use]
    pub fn with_now(self, now: NowFn) -> Self {
        Self(Arc::new(Inner {
            shown: self.0.shown.clone(),
            path: self.0.path.clone(),
            sign_ins: MemoryStore::new().with_now(Arc::clone(&now)),
            now,
            told: AtomicBool::new(false),
        }))
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Runs an operation on the row under the lock, and writes what has become of it.
    ///
    /// The operations are the in-memory store's own, on a table of this one row.
    async fn within<T, F>(
        &self,
        key: Option<&TokenKey>,
        to_write: bool,
        operation: impl FnOnce(MemoryStore) -> F + Send,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
        T: Send,
    {
        let now = || Arc::clone(&self.0.now);
        if key.is_some_and(|key| !is_ours(key)) {
            return operation(MemoryStore::of_one(None, now())).await;
        }
        let key = key.cloned();
        let table = self
            .blocking(key.clone(), move |reading| reading.table(to_write))
            .await?;
        let memory = MemoryStore::of_one(table.row.clone(), now());
        let outcome = operation(memory.clone()).await?;
        let next = memory.the_one();
        if next != table.row {
            let save = move |reading: &Reading<'_>| reading.save(&table, next.as_ref());
            self.blocking(key, save).await?;
        }
        Ok(outcome)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        key: Option<TokenKey>,
        work: impl FnOnce(&Reading<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        let task = tokio::task::spawn_blocking(move || {
            work(&Reading {
                path: &inner.path,
                key: key.as_ref(),
                now: (inner.now)(),
                random: &SystemRandom,
                told: &inner.told,
            })
        });
        let ended = |_| StoreError::new(StoreErrorKind::Unavailable, "a file's task ended early");
        task.await.map_err(ended)?
    }
}

/// The file has one row, whatever service it is used for: one file, one grant.
fn is_ours(key: &TokenKey) -> bool {
    *key.principal() == Principal::anonymous() && key.account_label().is_none()
}

fn key_of(service: Service) -> TokenKey {
    TokenKey::new(Principal::anonymous(), service)
}

impl Default for TokenFile {
    fn default() -> Self {
        Self::new(Self::DEFAULT)
    }
}

impl fmt::Debug for TokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenFile").field(&self.0.path).finish()
    }
}

impl Database for TokenFile {
    fn describe(&self) -> String {
        format!("token file {}", self.0.shown.display())
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::new(self.clone()))
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        Some(Arc::new(self.0.sign_ins.clone()))
    }

    fn foreign_format(&self) -> Option<ForeignFormat> {
        Some(ForeignFormat(Arc::new(self.clone())))
    }
}

/// One row, of the anonymous user's default account. Other keys have none and get none.
#[async_trait]
impl TokenStore for TokenFile {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        let get = |it: MemoryStore| async move { TokenStore::get(&it, key).await };
        self.within(Some(key), false, get).await
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        if !is_ours(key) {
            let message = "a token file keeps the anonymous user's consent alone; use a database \
                           for people, and for more than one account";
            return Err(StoreError::new(StoreErrorKind::Rejected, message));
        }
        let upsert = |it: MemoryStore| async move { it.upsert(key, consent, expected).await };
        self.within(Some(key), true, upsert).await
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let delete = |it: MemoryStore| async move { it.delete(key, incarnation).await };
        self.within(Some(key), false, delete).await
    }

    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let list = |it: MemoryStore| async move { it.list(scope, after, limit).await };
        self.within(None, false, list).await
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        let lease = |it: MemoryStore| async move { it.try_lease(key, at, owner, ttl).await };
        self.within(Some(key), false, lease).await
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        let commit =
            |it: MemoryStore| async move { it.commit_refresh(key, at, lease_seq, refreshed).await };
        self.within(Some(key), false, commit).await
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        let commit =
            |it: MemoryStore| async move { it.commit_failure(key, at, lease_seq, failure).await };
        self.within(Some(key), false, commit).await
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        let begin = |it: MemoryStore| async move { it.begin_disconnect(key, at, reach).await };
        self.within(Some(key), false, begin).await
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        let finish = |it: MemoryStore| async move { it.finish_disconnect(key, at).await };
        self.within(Some(key), false, finish).await
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        let invalidate = |it: MemoryStore| async move { it.invalidate(key, at, min_age).await };
        self.within(Some(key), false, invalidate).await
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let touch = |it: MemoryStore| async move { it.touch(key, incarnation).await };
        self.within(Some(key), false, touch).await
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        let reseal =
            |it: MemoryStore| async move { it.reseal(key, at, sealed, rt_prefix_mac).await };
        self.within(Some(key), false, reseal).await
    }

    /// There is no label to have.
    async fn rename(
        &self,
        _key: &TokenKey,
        _at: &Marker,
        _new: &TokenKey,
        _sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        let message = "a token file keeps one account, which has no label; use a database for more";
        Err(StoreError::new(StoreErrorKind::Rejected, message))
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let due = |it: MemoryStore| async move { it.due_for_refresh(within, after, limit).await };
        self.within(None, false, due).await
    }

    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        let count = |it: MemoryStore| async move { it.count_account(project, account_id).await };
        self.within(None, false, count).await
    }
}
