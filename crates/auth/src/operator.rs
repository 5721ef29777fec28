//! What somebody who looks after a database does to stored grants: bring them in, hand them out, and
//! seal them under another key. No OAuth client is needed, and Google is not asked.

mod document;
mod export;
mod import;
mod reseal;

use std::sync::Arc;

pub use self::document::{ImportedGrant, TokenDocument};
pub use self::export::ExportedGrant;
pub use self::import::{HowToImport, Imported, KeptBecause};
pub use self::reseal::{KeyUse, KeysInUse, Resealed, RotationRecord};
use crate::audit::Audit;
use crate::clock::{Clock, SystemClock, SystemRandom};
use crate::error::Error;
use crate::grant::OAuthClient;
use crate::keys::{KeyRing, KeySource, look_at_keys, resolve_keys};
use crate::store::{Database, SessionStore, TokenStore};
use crate::vault::Vault;

/// The operator's door to the grants of one database. It opens every row that its keys open, so it
/// belongs in the hands of whoever has the keys anyway, and in no agent.
///
/// ```
/// use toolgate_auth::{
///     HowToImport, Imported, ImportedGrant, KeySource, MemoryDatabase, Operator, Principal,
///     Service, TokenKey,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let operator = Operator::open(&MemoryDatabase::new(), &KeySource::Database).await?;
/// let file = br#"{"refresh_token": "1//0e", "client_id": "id", "client_secret": "s"}"#;
/// let grant = ImportedGrant::from_authorized_user(file)?;
/// let key = TokenKey::new(Principal::for_user("alice")?, Service::google());
/// let how = HowToImport::default();
/// assert_eq!(operator.import(&key, &grant, how).await?, Imported::New);
/// assert!(operator.export(&key).await?.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Operator {
    tokens: Arc<dyn TokenStore>,
    sessions: Option<Arc<dyn SessionStore>>,
    vault: Vault,
    audit: Audit,
    clock: Arc<dyn Clock>,
    client: Option<OAuthClient>,
}

impl Operator {
    /// Resolves the keys of a database and holds them to its check records, as binding does.
    ///
    /// # Errors
    /// When the database has no token storage or is a token file, a key is missing or does not fit,
    /// or the database cannot be asked.
    pub async fn open(database: &dyn Database, keys: &KeySource) -> Result<Self, Error> {
        let tokens = tokens_of(database)?;
        let (keys, _) = resolve_keys(keys, database, &SystemRandom).await?;
        Ok(Self::over(database, tokens, keys))
    }

    /// The same without changing anything: no key file is made, and no check record. None where a key
    /// file would be made at first use.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn look(database: &dyn Database, keys: &KeySource) -> Result<Option<Self>, Error> {
        let tokens = tokens_of(database)?;
        let keys = look_at_keys(keys, database).await?;
        Ok(keys.map(|keys| Self::over(database, tokens, keys)))
    }

    /// The same for an application with this OAuth client, whose project grants of it are imported
    /// under.
    #[must_use]
    pub fn with_client(self, client: OAuthClient) -> Self {
        Self {
            client: Some(client),
            ..self
        }
    }

    fn over(database: &dyn Database, tokens: Arc<dyn TokenStore>, keys: KeyRing) -> Self {
        Self {
            tokens,
            sessions: database.session_store(),
            vault: Vault {
                keys: Arc::new(keys),
                random: Arc::new(SystemRandom),
                clear: None,
            },
            audit: Audit::new(database.audit_store(), &SystemRandom),
            clock: Arc::new(SystemClock),
            client: None,
        }
    }

    /// The id of the key that seals.
    pub fn active_key(&self) -> &str {
        self.vault.keys.active_id()
    }
}

fn tokens_of(database: &dyn Database) -> Result<Arc<dyn TokenStore>, Error> {
    let tokens = database.token_store();
    let tokens = tokens.filter(|_| database.foreign_format().is_none());
    tokens.ok_or_else(|| {
        let describe = database.describe();
        Error::configuration(format!(
            "{describe} keeps no sealed tokens; name a database that does"
        ))
    })
}
