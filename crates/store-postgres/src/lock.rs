//! Migrating under PostgreSQL's lock.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, TransactionTrait as _};
use toolgate_auth::store::StoreError;
use toolgate_migrations::{ADVISORY_LOCK, TableNames, up_within};
use toolgate_store_sql::Fault;

use crate::error;

/// How to migrate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migrating {
    /// Whether no statement that stays prepared on the connection is anybody's.
    pub(crate) may_tidy: bool,
}

/// The lock ends with the transaction, so that nothing stays behind in a pooled session. Neither
/// do the migrations' prepared statements: behind a pooler their names would meet those of the next
/// process that migrates.
pub(crate) async fn migrate(
    db: &DatabaseConnection,
    names: &TableNames,
    migrating: Migrating,
) -> Result<(), StoreError> {
    let failed = |error: DbErr| Fault::of(&error).while_doing("migrating the schema");
    let locked = db.begin().await.map_err(failed)?;
    let tidy = async || {
        if !migrating.may_tidy {
            return Ok(());
        }
        locked.execute_unprepared("DEALLOCATE ALL").await.map(drop)
    };
    tidy().await.map_err(failed)?;
    locked
        .execute_unprepared(ADVISORY_LOCK)
        .await
        .map_err(failed)?;
    up_within(&locked, names).await.map_err(error::schema)?;
    tidy().await.map_err(failed)?;
    locked.commit().await.map_err(failed)
}
