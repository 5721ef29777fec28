//! Running the migrations, each run under the database's lock.

use std::collections::HashSet;

use sea_orm_migration::{
    MigratorTraitSelf as _,
    prelude::{Query, Table},
    sea_orm::{
        ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
        SqliteTransactionMode, TransactionOptions, TransactionTrait,
    },
};

use crate::{
    column::iden,
    error::{Error, ErrorKind},
    migrator::Migrator,
    names::TableNames,
    version::{SCHEMA_VERSION, SchemaVersion, has_table, read_version, refuse_too_new},
};

/// One migration, and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name, which is its file's.
    pub name: String,
    /// Whether it was applied.
    pub applied: bool,
}

/// How a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The recorded version; none where there are no tables.
    pub schema: Option<SchemaVersion>,
    /// This crate's migrations, in their order.
    pub steps: Vec<Step>,
    /// Applied migrations that this crate does not know: a newer Toolgate's.
    pub unknown: Vec<String>,
}

/// Brings the schema up to this version. A newer one that still works with this version is left as
/// it is, so that replicas of two versions can start side by side.
///
/// # Errors
/// When the schema is too new for this version, or the database cannot be asked or refuses.
pub async fn up(db: &DatabaseConnection, names: &TableNames) -> Result<(), Error> {
    let locked = lock(db).await?;
    up_within(&locked, names).await?;
    commit(locked).await
}

/// Takes back the last `steps` migrations, or all of them. What the tables held is gone.
///
/// # Errors
/// When a newer Toolgate made the schema, or the database cannot be asked or refuses.
pub async fn down(
    db: &DatabaseConnection,
    names: &TableNames,
    steps: Option<u32>,
) -> Result<(), Error> {
    let locked = lock(db).await?;
    if let Some(found) = read_version(&locked, names).await?
        && found.version > SCHEMA_VERSION
    {
        return Err(Error::from(ErrorKind::NotOurs {
            found: found.version,
            known: SCHEMA_VERSION,
        }));
    }
    Migrator::new(names.clone())
        .down(&locked, steps)
        .await
        .map_err(Error::database("taken back"))?;
    commit(locked).await
}

/// Drops Toolgate's tables, whatever version made them and with all they hold, and makes them anew.
/// No other table is touched.
///
/// # Errors
/// When the database cannot be asked or refuses.
pub async fn fresh(db: &DatabaseConnection, names: &TableNames) -> Result<(), Error> {
    let locked = lock(db).await?;
    for table in names.all() {
        let drop = Table::drop().table(iden(table)).if_exists().to_owned();
        locked
            .execute(&drop)
            .await
            .map_err(Error::database("dropped"))?;
    }
    up_within(&locked, names).await?;
    commit(locked).await
}

/// How the database stands. Changes nothing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn status<C: ConnectionTrait>(db: &C, names: &TableNames) -> Result<Status, Error> {
    let schema = read_version(db, names).await?;
    let applied = applied(db, names).await.map_err(Error::database("read"))?;
    let known: Vec<String> = Migrator::new(names.clone())
        .migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let mut unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    unknown.sort_unstable();
    let steps = known
        .into_iter()
        .map(|name| Step {
            applied: applied.contains(&name),
            name,
        })
        .collect();
    Ok(Status {
        schema,
        steps,
        unknown,
    })
}

async fn applied<C: ConnectionTrait>(db: &C, names: &TableNames) -> Result<HashSet<String>, DbErr> {
    if !has_table(db, names.history()).await? {
        return Ok(HashSet::new());
    }
    let read = Query::select()
        .column(iden("version"))
        .from(iden(names.history()))
        .to_owned();
    let rows = db.query_all(&read).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Does what [`up`] does within a transaction of the caller's, which has to be one that no other
/// migration runs beside: it begins with [`ADVISORY_LOCK`] on PostgreSQL, immediately on `SQLite`.
///
/// # Errors
/// As [`up`].
pub async fn up_within(locked: &DatabaseTransaction, names: &TableNames) -> Result<(), Error> {
    tracing::debug!(table = names.auth_tokens(), "bringing the schema up");
    if let Some(found) = read_version(locked, names).await? {
        refuse_too_new(found)?;
        if found.version > SCHEMA_VERSION {
            return Ok(());
        }
    }
    Migrator::new(names.clone())
        .up(locked, None)
        .await
        .map_err(Error::database("migrated"))
}

/// What takes PostgreSQL's lock until the end of the transaction. The number means nothing; it is
/// the same one in every version, so that all of them exclude each other.
pub const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(6305419742)";

/// A transaction that no other migration runs beside. PostgreSQL's lock ends with it, so that
/// nothing stays behind in a pooled session.
async fn lock(db: &DatabaseConnection) -> Result<DatabaseTransaction, Error> {
    let locking = Error::database("locked");
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let locked = db.begin_with_options(options).await.map_err(&locking)?;
    if locked.get_database_backend() == DbBackend::Postgres {
        locked
            .execute_unprepared(ADVISORY_LOCK)
            .await
            .map_err(&locking)?;
    }
    Ok(locked)
}

async fn commit(locked: DatabaseTransaction) -> Result<(), Error> {
    locked.commit().await.map_err(Error::database("committed"))
}
