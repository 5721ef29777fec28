//! What can go wrong for an operator.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};

use toolgate_auth::store::{StoreError, StoreErrorKind};
use toolgate_store_sql::Fault;

use crate::report::RowReport;

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
    #[error(
        "there is no SQLite file {}; in an address of SQLAlchemy's three slashes begin a relative path \
         and four an absolute one", .0.display()
    )]
    NoSource(PathBuf),
    #[error(
        "there is no table of agno's there; name it with --table, and on PostgreSQL its schema with \
         --schema"
    )]
    NoAgnoTable,
    #[error(
        "the table there is not as agno's releases make it: columns are missing; name another one with \
         --table"
    )]
    OtherAgnoTable,
    #[error("a name of a table or schema is letters, digits and `_`")]
    InvalidName,
    #[error(
        "there is no key to seal what agno gets: set GOOGLE_TOKEN_ENCRYPTION_KEY or name a file with \
         --fernet-key-file, or say --plain to write tokens in clear"
    )]
    NoFernetKey,
    #[error("it stopped after {} rows, each of which is as was told", rows.len())]
    Stopped {
        rows: Vec<RowReport>,
        source: Box<Error>,
    },
    #[error("the grant could not be written as JSON")]
    Unwritten,
    #[error("{} is no file of a grant's size", .0.display())]
    NoTokenFile(PathBuf),
    #[error("{} is there already; say --overwrite to replace it", .0.display())]
    FileStands(PathBuf),
    #[error("that person has no connection of this name")]
    NoGrant,
    #[error(
        "the grant is of another OAuth client than GOOGLE_CLIENT_ID; whoever refreshes it needs that \
         client's secret"
    )]
    OtherClient,
    #[error("{} cannot be used", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Auth(toolgate_auth::Error),
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Schema(toolgate_migrations::Error),
}

impl Error {
    pub(crate) fn invalid_url(problem: &'static str) -> Self {
        Self(ErrorKind::InvalidUrl { problem })
    }

    pub(crate) fn file(path: &Path, error: io::Error) -> Self {
        Self(ErrorKind::File {
            path: path.to_owned(),
            source: error,
        })
    }

    /// What became of the rows before a database went away, each of which is as its report says.
    pub fn rows_so_far(&self) -> &[RowReport] {
        match &self.0 {
            ErrorKind::Stopped { rows, .. } => rows,
            _ => &[],
        }
    }

    /// The same with what became of the rows before.
    pub(crate) fn after(self, rows: Vec<RowReport>) -> Self {
        if rows.is_empty() {
            return self;
        }
        let source = Box::new(self);
        Self(ErrorKind::Stopped { rows, source })
    }

    /// Whether one row is the matter, and others may be well: its key is lost, it was altered, or it
    /// ended or changed meanwhile.
    pub(crate) fn is_of_one_row(&self) -> bool {
        match &self.0 {
            ErrorKind::Auth(error) => !error.is_transient() && !is_of_all(error.source()),
            ErrorKind::Store(error) => matches!(
                error.kind(),
                StoreErrorKind::Corrupt | StoreErrorKind::Rejected
            ),
            ErrorKind::Unwritten => true,
            _ => false,
        }
    }

    /// Whether there is no table of agno's.
    pub(crate) fn is_no_table(&self) -> bool {
        matches!(self.0, ErrorKind::NoAgnoTable)
    }

    /// Whether a file stands where one was to be written, and overwriting was not asked for.
    pub fn is_file_standing(&self) -> bool {
        matches!(self.0, ErrorKind::FileStands(_))
    }

    /// Whether a sealing key is missing or does not fit.
    pub fn is_key_unavailable(&self) -> bool {
        matches!(&self.0, ErrorKind::Auth(error) if error.is_key_unavailable())
    }

    /// Whether the database's address cannot be read.
    pub fn is_invalid_url(&self) -> bool {
        matches!(self.0, ErrorKind::InvalidUrl { .. })
    }

    /// Whether an SQLite file is not there, where it must be.
    pub fn is_missing_file(&self) -> bool {
        matches!(self.0, ErrorKind::NoFile(_) | ErrorKind::NoSource(_))
    }

    /// Whether a newer Toolgate made the schema: that version has to do it.
    pub fn is_schema_too_new(&self) -> bool {
        matches!(&self.0, ErrorKind::Schema(error) if error.is_schema_too_new())
    }

    /// Whether the same may work later, as when the database does not answer.
    pub fn is_transient(&self) -> bool {
        match &self.0 {
            ErrorKind::Store(error) => error.is_transient(),
            ErrorKind::Auth(error) => error.is_transient(),
            ErrorKind::Stopped { source, .. } => source.is_transient(),
            _ => false,
        }
    }
}

/// Whether a store's error would meet the next row too.
fn is_of_all(source: Option<&(dyn std::error::Error + 'static)>) -> bool {
    let store = source.and_then(|it| it.downcast_ref::<StoreError>());
    store.is_some_and(|error| error.kind() != StoreErrorKind::Corrupt)
}

impl From<toolgate_auth::Error> for Error {
    fn from(error: toolgate_auth::Error) -> Self {
        Self(ErrorKind::Auth(error))
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
