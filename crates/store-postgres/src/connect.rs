//! Where the database is, opening it, and preparing its schema.

use std::time::Duration;

use sea_orm::{
    DatabaseConnection,
    sqlx::{
        ConnectOptions as _, Connection as _, PgConnection, PgPool,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use tokio::time::timeout;
use toolgate_auth::store::StoreError;
use toolgate_migrations::{TableNames, check};

use crate::{
    error,
    lock::{self, Migrating},
    statements::Statements,
};

/// A database's address. It holds the password and has no `Debug`.
pub(crate) struct Address(PgConnectOptions);

impl Address {
    /// Statements are not logged, since they hold what is stored; and nothing is set for a session
    /// that a pooler would refuse.
    pub(crate) fn parse(url: &str, prepared: bool) -> Result<Self, StoreError> {
        if !is_well_formed(url) {
            return Err(error::malformed_url());
        }
        let options: PgConnectOptions = url.parse().map_err(|_| error::malformed_url())?;
        let options = options.extra_float_digits(None).disable_statement_logging();
        Ok(Self(if prepared {
            options
        } else {
            options.statement_cache_capacity(0)
        }))
    }

    /// Host, port and name; never user and password.
    pub(crate) fn describe(&self) -> String {
        let options = &self.0;
        let name = options.get_database().unwrap_or(options.get_username());
        match options.get_socket() {
            Some(socket) => format!("PostgreSQL database {name} at {}", socket.display()),
            None => format!(
                "PostgreSQL database {name} at {}:{}",
                options.get_host(),
                options.get_port()
            ),
        }
    }

    /// Opens a pool. One connection is tried by itself first: a pool that cannot connect says no
    /// more than that it waited too long.
    pub(crate) async fn open(
        &self,
        max_connections: u32,
        acquire_timeout: Duration,
    ) -> Result<PgPool, StoreError> {
        let first = timeout(acquire_timeout, PgConnection::connect_with(&self.0));
        let first = first
            .await
            .map_err(|_| error::no_answer(&self.describe(), acquire_timeout))?
            .map_err(|error| error::connecting(&self.describe(), &error))?;
        first
            .close()
            .await
            .map_err(|error| error::connecting(&self.describe(), &error))?;
        Ok(PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(acquire_timeout)
            .connect_lazy_with(self.0.clone()))
    }
}

/// Checks the schema and brings it up to date where that is wanted.
pub(crate) async fn prepare(
    statements: &Statements,
    db: &DatabaseConnection,
    names: &TableNames,
    migrating: Option<Migrating>,
) -> Result<(), StoreError> {
    match (check(statements, names).await, migrating) {
        (Err(older), Some(migrating)) if older.is_schema_too_old() => {
            lock::migrate(db, names, migrating).await?;
            check(statements, names).await.map_err(error::schema)?;
            Ok(())
        }
        (checked, _) => checked.map(drop).map_err(error::schema),
    }
}

/// Whether the parts of a URL are where they seem to be. In one whose password holds a bare `/`,
/// `?` or `#`, the rest of the password would be taken for the database's name, and shown.
fn is_well_formed(url: &str) -> bool {
    let rest = ["postgres://", "postgresql://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let Some(rest) = rest else { return false };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let behind = &rest[end..];
    let (path, _) = behind.split_once('?').unwrap_or((behind, ""));
    let name = path.strip_prefix('/').unwrap_or(path);
    !behind.contains(['@', '#']) && !name.contains('/')
}

#[cfg(test)]
mod tests {
    use super::{Address, is_well_formed};

    #[test]
    fn an_address_shows_host_port_and_name_only() {
        let expectations = [
            (
                "postgres://app:canary@db.internal:6432/agents?sslmode=require",
                "PostgreSQL database agents at db.internal:6432",
            ),
            (
                "postgresql://app:can%2Fary@localhost/agents",
                "PostgreSQL database agents at localhost:5432",
            ),
            (
                "postgres://app:c@n@ry@localhost/agents",
                "PostgreSQL database agents at localhost:5432",
            ),
            (
                "postgres:///agents?host=/var/run/postgresql",
                "PostgreSQL database agents at /var/run/postgresql",
            ),
        ];
        for (url, expected) in expectations {
            let described = Address::parse(url, false).map(|address| address.describe());
            assert_eq!(described.unwrap(), expected);
        }
    }

    #[test]
    fn a_password_that_spills_into_the_rest_of_the_url_is_refused() {
        for url in [
            "postgres://app:12/canary@host/agents",
            "postgres://app:12?canary@host/agents",
            "postgres://app:12#canary@host/agents",
            "postgres://app:pa/ss/agents",
            "mysql://app@host/agents",
            "host=db user=app",
            "",
        ] {
            assert!(!is_well_formed(url), "{url}");
            let Err(error) = Address::parse(url, false) else {
                panic!("{url} was taken");
            };
            assert!(!format!("{error} {error:?}").contains("canary"), "{url}");
        }
    }
}
