//! Where a toolkit's consent comes from and is kept, as the program that sets it up says.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use toolgate_auth::store::Database;
use toolgate_auth::{Access, GoogleAuth, TokenFile};

/// What a toolkit that was told nothing returns.
static UNSAID: LazyLock<ConsentSource> = LazyLock::new(ConsentSource::new);

/// What a toolkit wants of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum StorageWish {
    /// Uses a store where there is one.
    #[default]
    Default,
    /// Keeps its own consent in a store, and nowhere else: without one, building fails.
    StoreTokens,
}

/// Where a toolkit's consent comes from and where it is kept, as far as the toolkit itself was told;
/// the rest is the agent's to say. A toolkit holds one, lends it by
/// [`Toolkit::consent`](crate::Toolkit::consent), and gets the methods that fill it from
/// [`consent_methods!`](crate::consent_methods).
///
/// ```
/// use std::sync::Arc;
/// use toolgate_toolkit::{ConsentSource, StorageWish, Tool, Toolkit, consent_methods};
///
/// #[derive(Debug)]
/// struct Tides {
///     consent: ConsentSource,
/// }
///
/// impl Tides {
///     consent_methods!(consent);
/// }
///
/// impl Toolkit for Tides {
///     fn name(&self) -> &'static str {
///         "tides"
///     }
///
///     fn tools(&self) -> Vec<Arc<dyn Tool>> {
///         Vec::new()
///     }
///
///     fn consent(&self) -> &ConsentSource {
///         &self.consent
///     }
/// }
///
/// let tides = Tides { consent: ConsentSource::new() }.store_tokens(true);
/// assert_eq!(tides.consent().storage(), StorageWish::StoreTokens);
/// ```
#[derive(Debug, Clone)]
pub struct ConsentSource {
    storage: StorageWish,
    store: Option<Arc<dyn Database>>,
    google_auth: Option<GoogleAuth>,
    token_file: PathBuf,
    access: Option<Access>,
}

impl Default for ConsentSource {
    fn default() -> Self {
        Self::new()
    }
}

impl ConsentSource {
    /// Nothing is said: the agent's `GoogleAuth` and database, or `token.json`.
    pub fn new() -> Self {
        Self {
            storage: StorageWish::Default,
            store: None,
            google_auth: None,
            token_file: TokenFile::DEFAULT.into(),
            access: None,
        }
    }

    pub(crate) fn unsaid() -> &'static Self {
        &UNSAID
    }

    /// With this wish of a store.
    #[must_use]
    pub fn with_storage(self, storage: StorageWish) -> Self {
        Self { storage, ..self }
    }

    /// With a store of its own. It beats the agent's database.
    #[must_use]
    pub fn with_store(self, store: Arc<dyn Database>) -> Self {
        let store = Some(store);
        Self { store, ..self }
    }

    /// With a way to obtain consent.
    #[must_use]
    pub fn with_google_auth(self, google: GoogleAuth) -> Self {
        let google_auth = Some(google);
        Self {
            google_auth,
            ..self
        }
    }

    /// With a token file of this path.
    #[must_use]
    pub fn with_token_file(self, path: impl Into<PathBuf>) -> Self {
        let token_file = path.into();
        Self { token_file, ..self }
    }

    /// With an explicit credential.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        let access = Some(access);
        Self { access, ..self }
    }

    /// What is wanted of a store.
    pub fn storage(&self) -> StorageWish {
        self.storage
    }

    /// The store that the toolkit was given itself. It beats the agent's database.
    pub fn store(&self) -> Option<&Arc<dyn Database>> {
        self.store.as_ref()
    }

    /// How consent is obtained. Toolkits with the same one share its consent, unless they wish to
    /// store their own.
    pub fn google_auth(&self) -> Option<&GoogleAuth> {
        self.google_auth.as_ref()
    }

    /// The file that keeps the consent of a program of one person: where neither the toolkit nor the
    /// agent has a database, and consent is not given by links. Toolkits that name one file share
    /// the consent in it. With a database no file is read or written.
    pub fn token_file(&self) -> &Path {
        &self.token_file
    }

    /// An explicit credential, such as an access token: used as it is, for whoever runs the agent.
    pub fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }
}

/// Within `impl SomeToolkit { .. }`: the methods by which a program says where the consent comes from,
/// over the field of this name, a [`ConsentSource`](crate::ConsentSource). Every toolkit has them, and
/// so they are written once.
#[macro_export]
macro_rules! consent_methods {
    ($field:ident) => {
        /// Whether it keeps a consent of its own in a store; without a store, building the agent fails.
        #[must_use]
        pub fn store_tokens(self, wanted: bool) -> Self {
            let storage = if wanted {
                $crate::StorageWish::StoreTokens
            } else {
                $crate::StorageWish::Default
            };
            Self {
                $field: self.$field.with_storage(storage),
                ..self
            }
        }

        /// A store of its own, in place of the agent's database.
        #[must_use]
        pub fn store(self, database: ::std::sync::Arc<dyn $crate::auth::Database>) -> Self {
            Self {
                $field: self.$field.with_store(database),
                ..self
            }
        }

        /// How consent is obtained. Toolkits that are given the same one share a consent.
        #[must_use]
        pub fn google_auth(self, google: $crate::auth::GoogleAuth) -> Self {
            Self {
                $field: self.$field.with_google_auth(google),
                ..self
            }
        }

        /// Where the consent of a program of one person is kept that has no database, if not in
        /// `token.json` in the working folder; a file in the form that Google's libraries for Python
        /// read and write.
        #[must_use]
        pub fn token_file(self, path: impl Into<::std::path::PathBuf>) -> Self {
            Self {
                $field: self.$field.with_token_file(path),
                ..self
            }
        }

        /// An explicit credential, such as an access token, for whoever runs the agent.
        #[must_use]
        pub fn access(self, access: $crate::auth::Access) -> Self {
            Self {
                $field: self.$field.with_access(access),
                ..self
            }
        }
    };
}
