//! A pool of one connection, while Google takes its time.

use std::time::Duration;

use toolgate_auth::store::Database;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;

use super::process::{Orders, Place, key, refreshes, token};
use crate::world::{Databases, emulator, users};

/// Nobody waits as long as this unless it hangs.
const HANGS: Duration = Duration::from_secs(30);

/// A database with one connection.
enum Pool {
    Sqlite(SqliteDatabase),
    Postgres(PostgresDatabase),
}

impl Pool {
    async fn open(place: &Place) -> Self {
        match place {
            Place::Sqlite(path) => {
                let builder = SqliteDatabase::builder(path).with_max_connections(1);
                Self::Sqlite(builder.open().await.unwrap())
            }
            Place::Postgres(url) => {
                let builder = PostgresDatabase::builder(url).with_max_connections(1);
                Self::Postgres(builder.connect().await.unwrap())
            }
        }
    }

    fn database(&self) -> &dyn Database {
        match self {
            Self::Sqlite(database) => database,
            Self::Postgres(database) => database,
        }
    }

    /// How many connections there are, and how many of them nobody holds.
    fn connections(&self) -> (usize, usize) {
        let (open, idle) = match self {
            Self::Sqlite(database) => {
                let pool = database.connection().get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            Self::Postgres(database) => {
                let pool = database.connection().get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        (usize::try_from(open).unwrap(), idle)
    }

    /// A connection is put back behind the back of whoever had it.
    async fn wait_until_idle(&self) {
        let idle = async {
            while self.connections() != (1, 1) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(HANGS, idle).await.unwrap();
    }
}

#[tokio::test]
async fn no_connection_is_held_while_google_is_asked() {
    let databases = Databases::fresh("a pool of one connection").await;
    let postgres = databases.postgres_place().map(Place::Postgres);
    for place in [Place::Sqlite(databases.sqlite_path())]
        .into_iter()
        .chain(postgres)
    {
        let google = emulator(&users(1)).await;
        let orders = Orders::new(&place, &google, users(1));
        orders.prepare().await;
        let before = orders.row("u0").await;
        let pool = Pool::open(&place).await;
        let bound = orders.bind_to(pool.database(), None).await;
        let faults = google.faults();
        faults.add(FaultRule::new(FaultAction::hold()).on_path("/token"));
        let caller = tokio::spawn(async move { token(&bound, "u0").await });
        faults.wait_for_held(1).await;

        pool.wait_until_idle().await;
        let store = pool.database().token_store().unwrap();
        let unrelated = key("somebody-else");
        let read = tokio::time::timeout(HANGS, store.get(&unrelated)).await;
        assert!(read.unwrap().unwrap().row.is_none());
        assert!(!caller.is_finished());

        faults.clear();
        caller.await.unwrap().unwrap();
        assert_eq!(orders.row("u0").await.version, before.version + 1);
        assert_eq!(refreshes(&google), 1);
    }
}
