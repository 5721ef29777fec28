//! What can go wrong for an operator.

use std::path::PathBuf;

use toolgate_auth::store::{StoreError, StoreErrorKind};
use toolgate_store_sql::Fault;

/// An operation did not succeed. The text says what to do.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error(
        "this is not a database's address: {problem}; write \
         postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH/OF/FILE.db"
    )]
    InvalidUrl { problem: &'static str },
    #[error("there is no SQLite file {}; `cargo xtask migrate up` makes it", .0.display())]
    NoFile(PathBuf),
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Schema(toolgate_migrations::Error),
}

impl Error {
    pub(crate) fn invalid_url(problem: &'static str) -> Self {
        Self(ErrorKind::InvalidUrl { problem })
    }

    /// Whether the database's address cannot be read.
    pub fn is_invalid_url(&self) -> bool {
        matches!(self.0, ErrorKind::InvalidUrl { .. })
    }

    /// Whether an SQLite file is not there, where it must be.
    pub fn is_missing_file(&self) -> bool {
        matches!(self.0, ErrorKind::NoFile(_))
    }

    /// Whether a newer Toolgate made the schema: that version has to do it.
    pub fn is_schema_too_new(&self) -> bool {
        matches!(&self.0, ErrorKind::Schema(error) if error.is_schema_too_new())
    }

    /// Whether the same may work later, as when the database does not answer.
    pub fn is_transient(&self) -> bool {
        matches!(&self.0, ErrorKind::Store(error) if error.is_transient())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self(ErrorKind::Store(error))
    }
}

impl From<toolgate_migrations::Error> for Error {
    // A driver's own message may quote what a statement held, so it goes no further.
    fn from(error: toolgate_migrations::Error) -> Self {
        Self(match error.database_error() {
            Some(database) => ErrorKind::Store(Fault::of(database).while_doing(&error.to_string())),
            None if error.is_invalid_name() => ErrorKind::Store(StoreError::new(
                StoreErrorKind::Configuration,
                error.to_string(),
            )),
            None => ErrorKind::Schema(error),
        })
    }
}
