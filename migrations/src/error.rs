//! What can go wrong with the schema.

use sea_orm_migration::sea_orm::DbErr;

/// A migration, or the check of a schema, did not succeed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("the table name {name:?} cannot be used: {problem}")]
    InvalidName { name: String, problem: &'static str },
    #[error(
        "the database has no Toolgate tables named after {table}; run `cargo xtask migrate up`, \
         or open the store with migration switched on"
    )]
    Missing { table: String },
    #[error(
        "the schema is at version {found} and this Toolgate needs {needed}; \
         run `cargo xtask migrate up`"
    )]
    TooOld { found: i64, needed: i64 },
    #[error(
        "the schema is at version {found} and works with Toolgate schemas from {min_compatible} \
         on, this Toolgate knows {known}; update Toolgate, or restore a backup made before the \
         newer version ran (nothing was changed)"
    )]
    TooNew {
        found: i64,
        min_compatible: i64,
        known: i64,
    },
    #[error(
        "the schema is at version {found}, which a newer Toolgate made; this one knows {known} \
         and cannot take it back; run that newer version's `cargo xtask migrate down`"
    )]
    NotOurs { found: i64, known: i64 },
    #[error("the schema version {value:?} recorded in {table} is not a number")]
    Unreadable { table: String, value: String },
    #[error("the schema could not be {doing}")]
    Database {
        doing: &'static str,
        #[source]
        source: DbErr,
    },
}

impl Error {
    pub(crate) fn database(doing: &'static str) -> impl Fn(DbErr) -> Self {
        move |source| Self(ErrorKind::Database { doing, source })
    }

    /// Whether the schema is missing, or older than this version needs: migrating mends it.
    pub fn is_schema_too_old(&self) -> bool {
        matches!(self.0, ErrorKind::Missing { .. } | ErrorKind::TooOld { .. })
    }

    /// Whether the schema is newer than this version can work with.
    pub fn is_schema_too_new(&self) -> bool {
        matches!(self.0, ErrorKind::TooNew { .. } | ErrorKind::NotOurs { .. })
    }

    /// Whether the configured table name is refused.
    pub fn is_invalid_name(&self) -> bool {
        matches!(self.0, ErrorKind::InvalidName { .. })
    }

    /// The database's own error, where it refused or could not be reached. It may quote what a
    /// statement held, so it is for classifying, not for printing.
    pub fn database_error(&self) -> Option<&DbErr> {
        match &self.0 {
            ErrorKind::Database { source, .. } => Some(source),
            _ => None,
        }
    }
}
