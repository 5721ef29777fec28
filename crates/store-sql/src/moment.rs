//! The time of a statement: the database's, or one that a test chose.

use std::time::Duration;

use sea_orm::{
    DbBackend,
    sea_query::{Expr, ExprTrait as _},
};
use toolgate_auth::{Timestamp, millis};

/// When a statement runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// By the clock of the database, read by the statement itself.
    Database(DbBackend),
    /// As a test says.
    Fixed(Timestamp),
}

/// Both are whole milliseconds, constant within a statement. PostgreSQL's `now()` would be the
/// transaction's, which may have begun long before.
const POSTGRES_NOW: &str =
    "CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS bigint)";
const SQLITE_NOW: &str = "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)";

/// Durations beyond this are this, or adding them to the database's time would overflow.
const LONGEST: i64 = i64::MAX / 2;

impl Moment {
    /// The time itself.
    pub(crate) fn now(self) -> Expr {
        match self {
            Self::Database(DbBackend::Sqlite) => Expr::cust(SQLITE_NOW),
            Self::Database(_) => Expr::cust(POSTGRES_NOW),
            Self::Fixed(now) => Expr::value(now.as_millis()),
        }
    }

    /// The time and `duration` more.
    pub(crate) fn after(self, duration: Duration) -> Expr {
        match self {
            Self::Database(_) => self.now().add(bounded(duration)),
            Self::Fixed(now) => Expr::value(now.after(duration).as_millis()),
        }
    }

    /// The time less `duration`.
    pub(crate) fn before(self, duration: Duration) -> Expr {
        match self {
            Self::Database(_) => self.now().sub(bounded(duration)),
            Self::Fixed(now) => Expr::value(now.before(duration).as_millis()),
        }
    }
}

fn bounded(duration: Duration) -> i64 {
    Ord::min(millis(duration), LONGEST)
}
