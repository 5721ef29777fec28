//! What a binding is made of: where grants are, what seals them, and the guard over them.

use std::path::PathBuf;
use std::sync::Arc;

use super::Definition;
use crate::audit::Audit;
use crate::error::Error;
use crate::grant::Grants;
use crate::guard::{Guard, GuardParts};
use crate::keys::{of_this_process, resolve_keys};
use crate::store::{Database, ForeignFormat, TokenStore};
use crate::vault::{InClear, Vault};

/// Where the grants of this database are.
pub(super) fn tokens_of(database: &dyn Database) -> Result<Arc<dyn TokenStore>, Error> {
    let tokens = match database.foreign_format() {
        // The file's own, since tokens stand in clear there.
        Some(ForeignFormat(file)) => Some(file),
        None => database.token_store(),
    };
    tokens.ok_or_else(|| {
        let describe = database.describe();
        Error::configuration(format!(
            "{describe} has no token storage; use a database that has"
        ))
    })
}

/// What seals the grants of this database, and the key file.
pub(super) async fn vault_of(
    definition: &Definition,
    database: &dyn Database,
) -> Result<(Vault, Option<PathBuf>), Error> {
    let is_file = database.foreign_format().is_some();
    let random = &definition.random;
    let (keys, key_file) = if is_file {
        // No grant is sealed; what a sign-in holds in memory meanwhile is.
        (of_this_process(&**random)?, None)
    } else {
        resolve_keys(&definition.keys, database, &**random).await?
    };
    let clear = if is_file {
        Some(InClear::of(definition.client()?))
    } else {
        None
    };
    let vault = Vault {
        keys: Arc::new(keys),
        random: Arc::clone(random),
        clear,
    };
    Ok((vault, key_file))
}

/// The guard over these grants.
pub(super) fn guard_of(
    definition: &Definition,
    tokens: &Arc<dyn TokenStore>,
    vault: &Vault,
    grants: &Grants,
    audit: &Audit,
) -> Guard {
    Guard::new(GuardParts {
        store: Arc::clone(tokens),
        vault: vault.clone(),
        grants: grants.clone(),
        clock: Arc::clone(&definition.clock),
        breaker: Arc::clone(&definition.breaker),
        audit: audit.clone(),
    })
}
