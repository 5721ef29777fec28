//! What a toolkit is: a definition, without a user and without a credential of one.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use toolgate_auth::store::Database;
use toolgate_auth::{Access, GoogleAuth, Requirement, TokenFile};

use crate::tool::Tool;

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

/// A set of tools for one of Google's products. It holds configuration only: binding makes what
/// runs, and each run derives one person's tools from that.
pub trait Toolkit: Send + Sync + Debug {
    /// The name, such as `gmail`. It is also the name of its service where it has its own consent.
    fn name(&self) -> &'static str;

    /// The chosen tools.
    fn tools(&self) -> Vec<Arc<dyn Tool>>;

    /// What the model should know of the toolkit as a whole.
    fn instructions(&self) -> Option<String> {
        None
    }

    /// What it wants of a store.
    fn storage(&self) -> StorageWish {
        StorageWish::Default
    }

    /// The store that it was given itself. It beats the agent's database.
    fn explicit_store(&self) -> Option<Arc<dyn Database>> {
        None
    }

    /// How consent is obtained. Toolkits that return the same one share its consent, unless they
    /// wish to store their own.
    fn google_auth(&self) -> Option<&GoogleAuth> {
        None
    }

    /// The file that keeps the consent of a program of one person: where neither the toolkit nor the
    /// agent has a database, and consent is not given by links. Toolkits that name one file share
    /// the consent in it. With a database no file is read or written.
    fn token_file(&self) -> &Path {
        Path::new(TokenFile::DEFAULT)
    }

    /// An explicit credential, such as an access token: used as it is, for whoever runs the agent.
    fn explicit_access(&self) -> Option<&Access> {
        None
    }

    /// What the chosen tools need, together.
    fn requirement(&self) -> Requirement {
        self.tools().iter().fold(Requirement::none(), |sum, tool| {
            sum.union(&tool.spec().requirement)
        })
    }
}
