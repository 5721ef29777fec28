//! The schema's version as the database records it, and whether this crate can work with it.

use sea_orm_migration::{
    prelude::{Expr, ExprTrait, OnConflict, Query},
    sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement},
};

use crate::{
    column::iden,
    error::{Error, ErrorKind},
    names::TableNames,
};

/// The version that this crate's migrations lead to.
pub const SCHEMA_VERSION: i64 = 4;

const VERSION: &str = "schema_version";
const MIN_COMPATIBLE: &str = "min_compatible";

/// What a database records of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion {
    /// The version of the schema.
    pub version: i64,
    /// The oldest [`SCHEMA_VERSION`] that can work with it.
    pub min_compatible: i64,
}

/// The recorded version; none where the tables are not there. Changes nothing.
///
/// # Errors
/// When the database cannot be asked, or what is recorded is not a number.
pub async fn read_version<C: ConnectionTrait>(
    db: &C,
    names: &TableNames,
) -> Result<Option<SchemaVersion>, Error> {
    let reading = Error::database("read");
    if !has_table(db, names.meta()).await.map_err(&reading)? {
        return Ok(None);
    }
    let version = number(db, names, VERSION).await?;
    let min_compatible = number(db, names, MIN_COMPATIBLE).await?;
    Ok(version.map(|version| SchemaVersion {
        version,
        min_compatible: min_compatible.unwrap_or(version),
    }))
}

/// Whether a store can work with the schema as it is: not older than [`SCHEMA_VERSION`], and not so
/// new that it excludes it. Changes nothing.
///
/// # Errors
/// When it cannot, or the database cannot be asked.
pub async fn check<C: ConnectionTrait>(db: &C, names: &TableNames) -> Result<SchemaVersion, Error> {
    let Some(found) = read_version(db, names).await? else {
        return Err(Error::from(ErrorKind::Missing {
            table: names.auth_tokens().to_owned(),
        }));
    };
    refuse_too_new(found)?;
    if found.version < SCHEMA_VERSION {
        return Err(Error::from(ErrorKind::TooOld {
            found: found.version,
            needed: SCHEMA_VERSION,
        }));
    }
    Ok(found)
}

pub(crate) fn refuse_too_new(found: SchemaVersion) -> Result<(), Error> {
    if found.min_compatible <= SCHEMA_VERSION {
        return Ok(());
    }
    Err(Error::from(ErrorKind::TooNew {
        found: found.version,
        min_compatible: found.min_compatible,
        known: SCHEMA_VERSION,
    }))
}

/// Records the version that a migration led to.
pub(crate) async fn record<C: ConnectionTrait>(
    db: &C,
    names: &TableNames,
    version: i64,
    min_compatible: i64,
) -> Result<(), DbErr> {
    for (name, value) in [(VERSION, version), (MIN_COMPATIBLE, min_compatible)] {
        let write = Query::insert()
            .into_table(iden(names.meta()))
            .columns([iden("name"), iden("value")])
            .values_panic([name.into(), value.to_string().into()])
            .on_conflict(
                OnConflict::column(iden("name"))
                    .update_column(iden("value"))
                    .to_owned(),
            )
            .to_owned();
        db.execute(&write).await?;
    }
    Ok(())
}

async fn number<C: ConnectionTrait>(
    db: &C,
    names: &TableNames,
    name: &str,
) -> Result<Option<i64>, Error> {
    let reading = Error::database("read");
    let read = Query::select()
        .column(iden("value"))
        .from(iden(names.meta()))
        .and_where(Expr::col(iden("name")).eq(name))
        .to_owned();
    let Some(row) = db.query_one(&read).await.map_err(&reading)? else {
        return Ok(None);
    };
    let value: String = row.try_get_by_index(0).map_err(&reading)?;
    match value.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Error::from(ErrorKind::Unreadable {
            table: names.meta().to_owned(),
            value,
        })),
    }
}

/// Whether a table of this name stands where an unqualified name is looked up.
pub(crate) async fn has_table<C: ConnectionTrait>(db: &C, table: &str) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
        _ => "SELECT 1 WHERE to_regclass($1) IS NOT NULL",
    };
    let ask = Statement::from_sql_and_values(backend, sql, [table.into()]);
    Ok(db.query_one_raw(ask).await?.is_some())
}
