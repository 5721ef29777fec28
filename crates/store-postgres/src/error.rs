//! What can go wrong when connecting, and what a person does about it.

use std::{io, time::Duration};

use sea_orm::sqlx;
use toolgate_auth::store::{StoreError, StoreErrorKind};
use toolgate_store_sql::Fault;

/// Without the parser's own words, which quote the URL's parts.
pub(crate) fn malformed_url() -> StoreError {
    StoreError::new(
        StoreErrorKind::Configuration,
        "the database URL is malformed: it has to read postgres://user:password@host:5432/name; \
         percent-encode special characters in the password (@ is %40, / is %2F, : is %3A, # is %23)",
    )
}

pub(crate) fn no_answer(place: &str, waited: Duration) -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        format!(
            "{place} did not answer within {waited:?}; check host and port, that the server runs, \
             and that a firewall lets this machine through"
        ),
    )
}

pub(crate) fn connecting(place: &str, error: &sqlx::Error) -> StoreError {
    let fault = Fault::of_sqlx(error);
    let advice = match (error, fault.code().unwrap_or_default()) {
        (sqlx::Error::Io(error), _) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "refused the connection; check host and port, and that the server runs"
        }
        (sqlx::Error::Io(_), _) => {
            "cannot be reached; check the host's name and port, and that the server runs"
        }
        (sqlx::Error::Tls(_), _) => {
            "offers no TLS connection that can be trusted; check its certificate, or the URL's sslmode"
        }
        (_, "28P01" | "28000") => {
            "refused user or password; check both in the URL, and the server's pg_hba.conf"
        }
        (_, "3D000") => "does not exist on that server; create it, or correct the URL",
        (_, "42501") => "may not be used by this user; grant it CONNECT",
        (_, "53300") => "has no connection left; lower the pool's size or raise max_connections",
        (_, "57P03") => "is starting or stopping; try again",
        (_, code) if code.starts_with("28") => {
            "refused the login; check the URL's user, and the server's pg_hba.conf"
        }
        _ => "could not be opened",
    };
    StoreError::new(fault.kind(), format!("{place} {advice}")).with_source(fault)
}

/// The error of a schema that does not fit.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` calls"
)]
pub(crate) fn schema(error: toolgate_migrations::Error) -> StoreError {
    if let Some(database) = error.database_error() {
        return Fault::of(database).while_doing("preparing the schema");
    }
    let kind = if error.is_invalid_name() {
        StoreErrorKind::Configuration
    } else {
        StoreErrorKind::Schema
    };
    StoreError::new(kind, error.to_string())
}
