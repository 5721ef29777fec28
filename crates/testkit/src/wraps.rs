//! A database around another one that differs in what a test is about.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use toolgate_auth::store::{
    AuditStore, Database, ForeignFormat, MetaStore, SessionStore, SignInStore, TokenStore,
};

/// A database around another one. What it does not say otherwise is the inner one's, so that no store
/// is lost on the way: [`wraps_database!`](crate::wraps_database) makes a
/// [`Database`] of it.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::MemoryDatabase;
/// use toolgate_auth::store::Database;
/// use toolgate_testkit::Wraps;
///
/// #[derive(Debug)]
/// struct Named(MemoryDatabase);
///
/// impl Wraps for Named {
///     fn inner(&self) -> Arc<dyn Database> {
///         Arc::new(self.0.clone())
///     }
///
///     fn describe(&self) -> String {
///         "the first database".to_owned()
///     }
/// }
///
/// toolgate_testkit::wraps_database!(Named);
///
/// let named = Named(MemoryDatabase::new());
/// assert_eq!(Database::describe(&named), "the first database");
/// assert!(Database::session_store(&named).is_some());
/// ```
#[expect(missing_docs, reason = "each is that of Database")]
pub trait Wraps: Send + Sync + Debug {
    fn inner(&self) -> Arc<dyn Database>;

    fn describe(&self) -> String {
        self.inner().describe()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        self.inner().token_store()
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        self.inner().sign_in_store()
    }

    fn session_store(&self) -> Option<Arc<dyn SessionStore>> {
        self.inner().session_store()
    }

    fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
        self.inner().audit_store()
    }

    fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
        self.inner().meta_store()
    }

    fn default_key_file(&self) -> Option<PathBuf> {
        self.inner().default_key_file()
    }

    fn is_ephemeral(&self) -> bool {
        self.inner().is_ephemeral()
    }

    fn allows_plaintext(&self) -> bool {
        self.inner().allows_plaintext()
    }

    fn foreign_format(&self) -> Option<ForeignFormat> {
        self.inner().foreign_format()
    }
}

/// Makes a [`Database`] of what [`Wraps`] one.
#[macro_export]
macro_rules! wraps_database {
    ($wrapper:ty) => {
        impl ::toolgate_auth::store::Database for $wrapper {
            $crate::wraps_database! { @forward
                describe -> ::std::string::String;
                token_store -> ::std::option::Option<::std::sync::Arc<dyn ::toolgate_auth::store::TokenStore>>;
                sign_in_store -> ::std::option::Option<::std::sync::Arc<dyn ::toolgate_auth::store::SignInStore>>;
                session_store -> ::std::option::Option<::std::sync::Arc<dyn ::toolgate_auth::store::SessionStore>>;
                audit_store -> ::std::option::Option<::std::sync::Arc<dyn ::toolgate_auth::store::AuditStore>>;
                meta_store -> ::std::option::Option<::std::sync::Arc<dyn ::toolgate_auth::store::MetaStore>>;
                default_key_file -> ::std::option::Option<::std::path::PathBuf>;
                is_ephemeral -> bool;
                allows_plaintext -> bool;
                foreign_format -> ::std::option::Option<::toolgate_auth::store::ForeignFormat>;
            }
        }
    };
    (@forward $($method:ident -> $gives:ty;)*) => {
        $(
            fn $method(&self) -> $gives {
                $crate::Wraps::$method(self)
            }
        )*
    };
}
