//! Ends people's connections, at Google too: one person's with all that is stored of them, or those
//! that were begun and could not be finished.

use toolgate_auth::{
    BoundGoogleAuth, DeletedUser, EnvConfig, FinishedDisconnects, GoogleAuth, MissingKey,
    OAuthClient, Principal, Service,
};

use crate::{Error, Storage};

/// Names the application where no client is configured. A grant is ended by its token alone; the
/// client would be asked for only where a Gmail watch is ended with an access token that has ended.
const NO_CLIENT: &str = "none";

/// The operator's way to end connections. The OAuth client may be missing: a grant is ended by its
/// token. What is sealed under a key that is not configured here is left to the application, which may
/// have it.
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
    missing_key: MissingKey,
}

impl Users {
    /// For the people in this database, with the keys and endpoints of an environment.
    pub fn new(storage: Storage, config: &EnvConfig) -> Self {
        Self {
            storage,
            config: config.clone(),
            missing_key: MissingKey::Keep,
        }
    }

    /// Wipes what is sealed under a key that is not configured, in the place of leaving it: the key is
    /// lost, and the application has it neither. Google is not told of such a grant.
    #[must_use]
    pub fn wiping_unreadable(self) -> Self {
        Self {
            missing_key: MissingKey::Wipe,
            ..self
        }
    }

    /// Disconnects one person at Google, and deletes grants of every account and service, sign-ins,
    /// conversations and paused runs. Audit events stay. Of a grant that is damaged Google cannot be told,
    /// and it is deleted all the same: [`DeletedUser::unreadable`] counts it.
    ///
    /// # Errors
    /// When no key is configured, the database cannot be asked, Google cannot be told, or the key of a
    /// grant is missing: then nobody gets a token of theirs any more, and that grant stays until this is
    /// called again, with the key or [`wiping_unreadable`](Self::wiping_unreadable).
    pub async fn delete(&self, person: &Principal) -> Result<DeletedUser, Error> {
        let bound = self.bound().await?;
        let deleted = bound.delete_user(person).await;
        bound.flush_events().await;
        Ok(deleted?)
    }

    /// Finishes the disconnects that were begun and not finished, by whatever process. Those whose key
    /// is missing stay pending.
    ///
    /// # Errors
    /// When no key is configured, or the database cannot be asked.
    pub async fn finish_disconnects(&self) -> Result<FinishedDisconnects, Error> {
        let bound = self.bound().await?;
        let finished = bound.finish_disconnects().await;
        bound.flush_events().await;
        Ok(finished?)
    }

    async fn bound(&self) -> Result<BoundGoogleAuth, Error> {
        let client = self.config.client.clone();
        let google = GoogleAuth::builder(client.unwrap_or_else(|| OAuthClient::new(NO_CLIENT)))
            .with_endpoints(self.config.endpoints.clone())
            .with_keys(self.config.keys.clone())
            .with_missing_key(self.missing_key)
            .build()?;
        let bound = google.bind(self.storage.database(), Service::google(), Vec::new());
        Ok(bound.await?)
    }
}
