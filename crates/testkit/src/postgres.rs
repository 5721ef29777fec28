//! A PostgreSQL database of its own for each test.

use sea_orm::sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions,
};
use toolgate_auth::{Random as _, SystemRandom};
use url::Url;

use crate::environment::{pooler_url, postgres_url};

/// A fresh database on the server that `DATABASE_URL` names. It is dropped with this value, also
/// when the test fails.
#[derive(Debug)]
pub struct FreshPostgres {
    server: String,
    name: String,
    url: String,
}

impl FreshPostgres {
    /// The URL of the fresh database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of the same database through PgBouncer in transaction mode; none where there is no
    /// pooler, as [`postgres_url`](crate::postgres_url) has it.
    pub fn pooled_url(&self, what: &str) -> Option<String> {
        let mut url: Url = pooler_url(what)?.parse().unwrap();
        url.set_path(&self.name);
        Some(url.into())
    }
}

/// Makes a database for one test; none where there is no server, see
/// [`postgres_url`](crate::postgres_url).
///
/// # Panics
/// When the server cannot be reached, or this role may not create databases.
pub async fn fresh_postgres_database(what: &str) -> Option<FreshPostgres> {
    let server = postgres_url(what)?;
    let mut random = [0; 8];
    SystemRandom.fill(&mut random);
    let name = format!("toolgate_test_{:016x}", u64::from_be_bytes(random));
    run(&server, format!("CREATE DATABASE {name}")).await;
    let mut url: Url = server.parse().unwrap();
    url.set_path(&name);
    Some(FreshPostgres {
        url: url.into(),
        server,
        name,
    })
}

impl Drop for FreshPostgres {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let server = std::mem::take(&mut self.server);
        // A runtime cannot wait inside another one, so this waits on a thread of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(run(&server, drop));
        });
        // During a panic a second one would end the process; the first says more anyway.
        let dropped = dropping.join().is_ok();
        let name = &self.name;
        assert!(
            dropped || std::thread::panicking(),
            "the test database {name} could not be dropped"
        );
    }
}

async fn run(server: &str, statement: String) {
    let options: PgConnectOptions = server.parse().unwrap();
    // A pooler refuses this setting of the session.
    let options = options.extra_float_digits(None);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}
