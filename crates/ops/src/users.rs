//! Ends people's connections, at Google too: one person's with all that is stored of them, or those
//! that were begun and could not be finished.

use toolgate_auth::store::{ListScope, RowStatus};
use toolgate_auth::{
    BoundGoogleAuth, DeletedUser, EnvConfig, GoogleAuth, OAuthClient, Principal, Service,
};

use crate::{Error, Storage};

/// How many rows are read at once.
const PAGE: u32 = 200;
/// Names the application where no client is configured. A grant is ended by its token alone; the
/// client would be asked for only where a Gmail watch is ended with an access token that has ended.
const NO_CLIENT: &str = "none";

/// What became of half-done disconnects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FinishedDisconnects {
    /// These are done now.
    pub finished: u64,
    /// Google could still not be told of these.
    pub pending: u64,
}

/// The operator's way to end connections. The OAuth client may be missing: a grant is ended by its
/// token.
///
/// ```
/// use toolgate_auth::{EnvConfig, Environment, Principal};
/// use toolgate_ops::{DatabaseUrl, Schema, Storage, Users};
///
/// # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = DatabaseUrl::sqlite(folder.path().join("toolgate.db"));
/// # Schema::open(&url).await?.up().await?;
/// let config = EnvConfig::read(&Environment::from_pairs([("", ""); 0]))?;
/// let users = Users::new(Storage::open(&url).await?, &config);
/// let deleted = users.delete(&Principal::for_user("alice")?).await?;
/// assert_eq!(deleted.grants, 0);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(sample())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Users {
    storage: Storage,
    config: EnvConfig,
}

impl Users {
    /// For the people in this database, with the keys and endpoints of an environment.
    pub fn new(storage: Storage, config: &EnvConfig) -> Self {
        Self {
            storage,
            config: config.clone(),
        }
    }

    /// Disconnects one person at Google, and deletes grants of every account and service, sign-ins,
    /// conversations and paused runs. Audit events stay.
    ///
    /// # Errors
    /// When a key is missing or does not fit, the database cannot be asked, or Google cannot be told: then nobody gets a token of theirs any more, and what is stored stays until
    /// this is called again.
    pub async fn delete(&self, person: &Principal) -> Result<DeletedUser, Error> {
        let bound = self.bound().await?;
        let deleted = bound.delete_user(person).await;
        bound.flush_events().await;
        Ok(deleted?)
    }

    /// Finishes the disconnects that were begun and not finished, by whatever process.
    ///
    /// # Errors
    /// When a key is missing or does not fit, or the database cannot be asked.
    pub async fn finish_disconnects(&self) -> Result<FinishedDisconnects, Error> {
        // Binding finishes abandoned ones as well, so they are counted from outside.
        let before = self.half_done().await?;
        let bound = self.bound().await?;
        let finished = bound.finish_disconnects().await;
        bound.flush_events().await;
        finished?;
        let pending = self.half_done().await?;
        Ok(FinishedDisconnects {
            finished: before.saturating_sub(pending),
            pending,
        })
    }

    async fn half_done(&self) -> Result<u64, Error> {
        let Some(tokens) = self.storage.database().token_store() else {
            return Ok(0);
        };
        let scope = ListScope::Status(RowStatus::Disconnecting);
        let (mut after, mut count) = (None, 0);
        loop {
            let rows = tokens.list(&scope, after.as_ref(), PAGE).await?;
            count += rows.len() as u64;
            if rows.len() < PAGE as usize {
                return Ok(count);
            }
            after = rows.last().map(|row| row.key.id());
        }
    }

    async fn bound(&self) -> Result<BoundGoogleAuth, Error> {
        let client = self.config.client.clone();
        let google = GoogleAuth::builder(client.unwrap_or_else(|| OAuthClient::new(NO_CLIENT)))
            .with_endpoints(self.config.endpoints.clone())
            .with_keys(self.config.keys.clone())
            .build()?;
        let bound = google.bind(self.storage.database(), Service::google(), Vec::new());
        Ok(bound.await?)
    }
}
