//! The database is stopped after Google was asked and before its answer is saved, and started again.

use std::time::Duration;

use tokio::task::JoinHandle;
use toolgate_auth::BoundGoogleAuth;
use toolgate_auth::store::{RowStatus, TokenRow};
use toolgate_emulator::{Emulator, FaultAction, FaultRule};
use toolgate_testkit::{OwnPostgres, own_postgres_server};

use super::hooks::Hooks;
use super::process::{Orders, Place, refreshes, token};
use crate::world::{emulator_with, users};

/// Longer than a process asks the database again before it keeps an answer for itself.
const BEYOND_THE_LEASE: Duration = Duration::from_secs(20);

/// A process whose answer is on its way into a database that is stopped.
struct Outage {
    server: OwnPostgres,
    google: Emulator,
    orders: Orders,
    before: TokenRow,
    bound: BoundGoogleAuth,
    caller: JoinHandle<Result<String, String>>,
}

impl Outage {
    async fn begin(what: &str, rotating: bool, hooks: Hooks) -> Option<Self> {
        let server = own_postgres_server(what)?;
        let google = emulator_with(&users(1), rotating).await;
        let place = Place::Postgres(server.url());
        let orders = Orders::new(&place, &google, users(1)).with_hooks(hooks);
        orders.prepare().await;
        let before = orders.row("u0").await;
        let faults = google.faults();
        faults.add(FaultRule::new(FaultAction::hold()).on_path("/token"));
        let database = orders.database().await;
        let bound = orders.bind_to(&database, None).await;
        let asking = bound.clone();
        let caller = tokio::spawn(async move { token(&asking, "u0").await });
        faults.wait_for_held(1).await;
        server.stop();
        faults.clear();
        database.wait_for_save().await;
        Some(Self {
            server,
            google,
            orders,
            before,
            bound,
            caller,
        })
    }

    /// The answer is what is stored, and so is the refresh token that came with it.
    async fn assert_saved(self, given: &str) {
        let after = self.orders.row("u0").await;
        assert_eq!(
            (after.status, after.version),
            (RowStatus::Active, self.before.version + 1)
        );
        assert_eq!(refreshes(&self.google), 1);
        let another = self.orders.bind().await;
        assert_eq!(token(&another, "u0").await.unwrap(), given);
        self.orders.expire("u0").await;
        token(&self.orders.bind().await, "u0").await.unwrap();
        assert_eq!(refreshes(&self.google), 2);
    }
}

#[tokio::test]
async fn a_database_that_is_down_for_three_seconds_takes_the_answer_when_it_is_back() {
    for rotating in [false, true] {
        let what = "a database that is down for three seconds";
        let Some(mut outage) = Outage::begin(what, rotating, Hooks::default()).await else {
            return;
        };
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(!outage.caller.is_finished());
        outage.server.start();
        let given = (&mut outage.caller).await.unwrap().unwrap();
        outage.assert_saved(&given).await;
    }
}

#[tokio::test]
async fn a_database_that_is_down_beyond_the_lease_takes_the_answer_when_it_is_back() {
    for rotating in [false, true] {
        let what = "a database that is down beyond the lease";
        let hooks = Hooks {
            lease_millis: Some(1),
            ..Hooks::default()
        };
        let Some(mut outage) = Outage::begin(what, rotating, hooks).await else {
            return;
        };
        // For the process; the lease in the row is over as it is.
        tokio::time::pause();
        tokio::time::advance(BEYOND_THE_LEASE).await;
        tokio::time::resume();
        let given = (&mut outage.caller).await.unwrap().unwrap();
        // Others in this process are served too, with no database.
        assert_eq!(token(&outage.bound, "u0").await.unwrap(), given);
        outage.server.start();
        wait_until_saved(&outage).await;
        outage.assert_saved(&given).await;
    }
}

/// Saving goes on behind the caller's back.
async fn wait_until_saved(outage: &Outage) {
    let saved = async {
        while outage.orders.row("u0").await.version == outage.before.version {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), saved)
        .await
        .unwrap();
}
