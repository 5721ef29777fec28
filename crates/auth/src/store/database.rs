//! What a database offers; the thing that an agent binds.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::{AuditStore, SessionStore, SignInStore, StoreError, TokenStore};

/// Small named facts, such as the check record of each sealing key.
#[async_trait]
pub trait MetaStore: Send + Sync + Debug {
    /// The value of a name.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn value(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Sets a value where the name has none, and returns the one that stands.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn put_if_absent(&self, name: &str, value: &str) -> Result<String, StoreError>;
}

/// An application's database, and which of our stores it offers. A database without token storage
/// is skipped by binding, and the toolkit's report says so.
pub trait Database: Send + Sync + Debug {
    /// What it is, for a person: `SQLite file /var/lib/app/toolgate.db`. Never a URL with a
    /// password.
    fn describe(&self) -> String;

    /// Storage of grants.
    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        None
    }

    /// Storage of pending sign-ins.
    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        None
    }

    /// Storage of conversations and paused runs. Without it a paused run lives in memory only.
    fn session_store(&self) -> Option<Arc<dyn SessionStore>> {
        None
    }

    /// Storage of audit events.
    fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
        None
    }

    /// Storage of small named facts.
    fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
        None
    }

    /// Where a sealing key may be made at first use when none is configured: beside an embedded
    /// database's file. A database that several machines share has no such place.
    fn default_key_file(&self) -> Option<PathBuf> {
        None
    }

    /// Whether it lives in this process's memory, and is gone with it: then it needs no key that
    /// outlives the process.
    fn is_ephemeral(&self) -> bool {
        false
    }

    /// Whether storing without sealing may be asked for at all.
    fn allows_plaintext(&self) -> bool {
        false
    }

    /// Whether it is a file in another program's format, which holds one person's tokens in clear
    /// by its nature. No key seals what goes into it, and no identified person's goes into it. Only
    /// this crate's own [`TokenFile`](crate::TokenFile) can say so.
    fn foreign_format(&self) -> Option<ForeignFormat> {
        None
    }
}

/// The word of a file that its format is another program's, and the file's own storage: what is in
/// clear goes there and nowhere else, whatever database passes this on. Nobody else can make one.
///
/// ```compile_fail
/// use std::sync::Arc;
/// use toolgate_auth::{MemoryStore, store::ForeignFormat};
///
/// let word = ForeignFormat(Arc::new(MemoryStore::new()));
/// ```
#[derive(Debug, Clone)]
pub struct ForeignFormat(pub(crate) Arc<dyn TokenStore>);

/// Forwards through a pointer.
macro_rules! forward_database {
    ($($pointer:tt)*) => {
        impl<T: Database + ?Sized> Database for $($pointer)* {
            fn describe(&self) -> String {
                (**self).describe()
            }

            fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
                (**self).token_store()
            }

            fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
                (**self).sign_in_store()
            }

            fn session_store(&self) -> Option<Arc<dyn SessionStore>> {
                (**self).session_store()
            }

            fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
                (**self).audit_store()
            }

            fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
                (**self).meta_store()
            }

            fn default_key_file(&self) -> Option<PathBuf> {
                (**self).default_key_file()
            }

            fn is_ephemeral(&self) -> bool {
                (**self).is_ephemeral()
            }

            fn allows_plaintext(&self) -> bool {
                (**self).allows_plaintext()
            }

            fn foreign_format(&self) -> Option<ForeignFormat> {
                (**self).foreign_format()
            }
        }
    };
}

forward_database!(Arc<T>);
forward_database!(Box<T>);
