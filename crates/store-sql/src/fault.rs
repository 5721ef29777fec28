//! What went wrong in a database, without anything that a statement or a URL held.
//!
//! A driver's own message may quote values ("failing row contains ..."), so neither it nor the
//! error itself goes any further than this file.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, sqlx};
use toolgate_auth::store::{StoreError, StoreErrorKind};

/// A database's error, reduced to what may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: StoreErrorKind,
    code: Option<String>,
    what: String,
}

impl Fault {
    /// Classifies an error of sea-orm.
    pub fn of(error: &DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::unavailable("no connection became free in time"),
            DbErr::Conn(error) | DbErr::Exec(error) | DbErr::Query(error) => Self::of_driver(error),
            DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => {
                Self::new(StoreErrorKind::Corrupt, "a value has an unexpected type")
            }
            _ => Self::new(StoreErrorKind::Rejected, "the statement could not be run"),
        }
    }

    /// Classifies an error of the driver, as opening a pool without sea-orm gives it.
    pub fn of_sqlx(error: &sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(error) => Self::of_code(error.code().unwrap_or_default().into_owned()),
            E::Io(error) => Self::unavailable(format!("the connection broke: {}", error.kind())),
            E::Tls(_) => Self::unavailable("no TLS connection could be made"),
            E::Protocol(_) => Self::unavailable("the connection broke: unexpected answer"),
            E::PoolTimedOut => Self::unavailable("no connection became free in time"),
            E::PoolClosed => Self::unavailable("the connections were closed"),
            E::WorkerCrashed => Self::unavailable("the database's thread ended"),
            E::Configuration(_) => Self::new(
                StoreErrorKind::Configuration,
                "the address or options cannot be used",
            ),
            E::ColumnDecode { .. } | E::Decode(_) | E::ColumnNotFound(_) => {
                Self::new(StoreErrorKind::Corrupt, "a value has an unexpected type")
            }
            _ => Self::new(StoreErrorKind::Rejected, "the statement could not be run"),
        }
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// The database's own code: an SQLSTATE of five characters, or `SQLite`'s number.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the statement was rolled back for another's sake (a deadlock, or two transactions
    /// that could not be put in order) and may be sent again at once.
    pub fn is_conflict(&self) -> bool {
        matches!(self.code(), Some("40001" | "40P01"))
    }

    /// Whether the key that was to be written is another row's.
    pub fn is_taken_key(&self) -> bool {
        matches!(self.code(), Some("23505" | "1555" | "2067"))
    }

    /// The error of a store that was doing this.
    pub fn while_doing(self, doing: &str) -> StoreError {
        let kind = self.kind;
        let hint = match kind {
            StoreErrorKind::Schema => "; run `cargo xtask migrate up`",
            StoreErrorKind::Unavailable => "; the database did not answer, or refused for now",
            _ => "",
        };
        StoreError::new(kind, format!("{doing} failed{hint}")).with_source(self)
    }

    fn new(kind: StoreErrorKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            what: what.into(),
        }
    }

    fn unavailable(what: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Unavailable, what)
    }

    #[expect(
        clippy::match_wildcard_for_single_variants,
        reason = "there are more variants when another crate switches on another driver"
    )]
    fn of_driver(error: &RuntimeErr) -> Self {
        match error {
            RuntimeErr::SqlxError(error) => Self::of_sqlx(error),
            _ => Self::new(StoreErrorKind::Rejected, "the statement could not be run"),
        }
    }

    /// PostgreSQL's codes have five characters, `SQLite`'s are shorter numbers.
    fn of_code(code: String) -> Self {
        let (kind, what) = if code.len() == 5 {
            (of_sqlstate(&code), format!("SQLSTATE {code}"))
        } else {
            let number: u32 = code.parse().unwrap_or_default();
            (of_sqlite(number & 0xff), format!("SQLite code {code}"))
        };
        Self {
            kind,
            code: Some(code),
            what,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

/// Classes of PostgreSQL's appendix A.
fn of_sqlstate(code: &str) -> StoreErrorKind {
    match code {
        // Undefined table or column.
        "42P01" | "42703" => StoreErrorKind::Schema,
        // No such database, no such role or wrong password, no privilege.
        "3D000" | "42501" => StoreErrorKind::Configuration,
        _ if code.starts_with("28") => StoreErrorKind::Configuration,
        // A replica that is no longer (or not yet) the primary; a lock that is not free.
        "25006" | "55P03" => StoreErrorKind::Unavailable,
        // Connections, conflicts, resources, shut-downs, crashes.
        _ if ["08", "40", "53", "57", "58", "XX"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            StoreErrorKind::Unavailable
        }
        _ => StoreErrorKind::Rejected,
    }
}

/// Primary result codes of <https://sqlite.org/rescode.html>.
fn of_sqlite(code: u32) -> StoreErrorKind {
    match code {
        // The general error: with statements that are fixed, a table or column is not there.
        1 | 17 => StoreErrorKind::Schema,
        // Busy, locked, out of memory, interrupted, input or output, full, protocol.
        5 | 6 | 7 | 9 | 10 | 13 | 15 => StoreErrorKind::Unavailable,
        // No permission, read-only, cannot open, not a database.
        3 | 8 | 14 | 23 | 26 => StoreErrorKind::Configuration,
        11 => StoreErrorKind::Corrupt,
        _ => StoreErrorKind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbErr, RuntimeErr, sqlx};
    use toolgate_auth::store::StoreErrorKind;

    use super::Fault;

    #[test]
    fn codes_say_what_a_caller_does_next() {
        let expectations = [
            ("40001", StoreErrorKind::Unavailable),
            ("40P01", StoreErrorKind::Unavailable),
            ("57P01", StoreErrorKind::Unavailable),
            ("53300", StoreErrorKind::Unavailable),
            ("28P01", StoreErrorKind::Configuration),
            ("42P01", StoreErrorKind::Schema),
            ("23505", StoreErrorKind::Rejected),
            ("5", StoreErrorKind::Unavailable),
            ("517", StoreErrorKind::Unavailable),
            ("8", StoreErrorKind::Configuration),
            ("26", StoreErrorKind::Configuration),
            ("1", StoreErrorKind::Schema),
            ("11", StoreErrorKind::Corrupt),
            ("2067", StoreErrorKind::Rejected),
        ];
        for (code, kind) in expectations {
            assert_eq!(Fault::of_code(code.to_owned()).kind(), kind, "{code}");
        }
    }

    #[test]
    fn only_deadlocks_and_serialization_failures_are_sent_again_at_once() {
        let again = ["40001", "40P01", "5", "23505", "57P01"]
            .map(|code| Fault::of_code(code.to_owned()).is_conflict());
        assert_eq!(again, [true, true, false, false, false]);
    }

    #[test]
    fn an_error_shows_neither_the_drivers_text_nor_a_value() {
        let io = std::io::Error::other("canary-7f3a");
        let source = sqlx::Error::Io(io);
        let error = DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(source)));
        let error = Fault::of(&error).while_doing("reading a grant");
        assert!(error.is_transient());
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert!(error.to_string().starts_with("reading a grant failed"));
    }
}
