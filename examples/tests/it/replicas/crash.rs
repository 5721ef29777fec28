//! A holder of the lease that is killed, or stopped beyond its lease, at each point of a refresh.

use std::time::Duration;

use toolgate_auth::store::RowStatus;
use toolgate_testkit::process_argument;

use super::hooks::{Halt, Hooks};
use super::process::{Orders, Place, obey, refreshes, token};
use crate::world::{Databases, emulator, users};

/// Long enough to be seen held, short enough to be waited for.
const LEASE_MILLIS: u64 = 400;
/// As long as leases are where nobody says otherwise.
const LEASE: Duration = Duration::from_secs(20);

/// The holder halts; what befalls it there is the rest of the test.
struct Case {
    halt: Halt,
    /// How often Google is asked for a refresh in all.
    refreshes: usize,
}

/// The points at which a holder may end, and what each costs.
const KILLED: [Case; 3] = [
    Case {
        halt: Halt::Leased,
        refreshes: 1,
    },
    Case {
        halt: Halt::Answered,
        refreshes: 2,
    },
    Case {
        halt: Halt::Saved,
        refreshes: 1,
    },
];

async fn killed(test: &str, place: &Place, case: &Case, user: usize) {
    let everybody = users(user + 1);
    let name = everybody.last().unwrap().clone();
    let google = emulator(&everybody).await;
    let orders = Orders::new(place, &google, vec![name.clone()]);
    orders.prepare().await;
    let before = orders.row(&name).await;
    let hooks = Hooks {
        halt: Some(case.halt),
        lease_millis: Some(LEASE_MILLIS),
        ..Hooks::default()
    };
    let mut holder = orders.clone().with_hooks(hooks).start(test);
    holder.wait_for("halted");
    holder.kill();
    token(&orders.bind().await, &name).await.unwrap();
    let after = orders.row(&name).await;
    assert_eq!(
        (after.status, after.version),
        (RowStatus::Active, before.version + 1)
    );
    assert_eq!(
        refreshes(&google),
        case.refreshes,
        "killed at {:?}",
        case.halt
    );
}

/// A holder of a lease as long as leases are is killed: nobody gets the lease a moment before it
/// ends, and somebody does when it has ended, by the time that the database's statements are given.
async fn killed_under_a_usual_lease(test: &str, place: &Place) {
    let google = emulator(&users(1)).await;
    let orders = Orders::new(place, &google, users(1));
    orders.prepare().await;
    let hooks = Hooks {
        halt: Some(Halt::Leased),
        ..Hooks::default()
    };
    let mut holder = orders.clone().with_hooks(hooks).start(test);
    holder.wait_for("halted");
    holder.kill();
    let held = orders.row("u0").await;
    let end = held.lease.as_ref().unwrap().until;
    let early = orders.place().open_at(end.before(Duration::from_millis(1)));
    let early = early.await.token_store().unwrap();
    let marker = held.marker();
    let taken = early.try_lease(&held.key, &marker, "early", LEASE);
    assert!(taken.await.unwrap().is_none());
    let late = orders.place().open_at(end).await;
    token(&orders.bind_to(&*late, None).await, "u0")
        .await
        .unwrap();
    let after = orders.row("u0").await;
    assert_eq!(after.version, held.version + 1);
    assert_eq!(refreshes(&google), 1);
}

/// The holder is stopped at `halt` until another process has refreshed, and goes on then. With a
/// rotating server the refresh token that it goes on with is dead.
async fn stopped(test: &str, place: &Place, halt: Halt, rotating: bool) {
    let google = crate::world::emulator_with(&users(1), rotating).await;
    let orders = Orders::new(place, &google, users(1));
    orders.prepare().await;
    let before = orders.row("u0").await;
    let hooks = Hooks {
        halt: Some(halt),
        lease_millis: Some(LEASE_MILLIS),
        ..Hooks::default()
    };
    let mut holder = orders.clone().with_hooks(hooks).start(test);
    holder.wait_for("halted");
    holder.stop();
    token(&orders.bind().await, "u0").await.unwrap();
    holder.tell("go on");
    holder.go_on();
    assert_eq!(holder.wait_for("done"), "1");
    holder.finish();
    let after = orders.row("u0").await;
    assert_eq!(
        (after.status, after.version),
        (RowStatus::Active, before.version + 1)
    );
    assert_eq!(refreshes(&google), 2);
    // What is stored works.
    token(&orders.bind().await, "u0").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_holder_is_followed_by_another_process_on_sqlite() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let test = "replicas::crash::a_killed_holder_is_followed_by_another_process_on_sqlite";
    for (user, case) in KILLED.iter().enumerate() {
        let databases = Databases::folder_only();
        let place = Place::Sqlite(databases.sqlite_path());
        killed(test, &place, case, user).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_holder_is_followed_by_another_process_on_postgresql() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let test = "replicas::crash::a_killed_holder_is_followed_by_another_process_on_postgresql";
    let databases = Databases::fresh("killed holders on PostgreSQL").await;
    let Some(place) = databases.postgres_place() else {
        return;
    };
    for (user, case) in KILLED.iter().enumerate() {
        killed(test, &Place::Postgres(place.clone()), case, user).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_holders_usual_lease_ends_on_sqlite() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let test = "replicas::crash::a_killed_holders_usual_lease_ends_on_sqlite";
    let databases = Databases::folder_only();
    killed_under_a_usual_lease(test, &Place::Sqlite(databases.sqlite_path())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_holders_usual_lease_ends_on_postgresql() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let test = "replicas::crash::a_killed_holders_usual_lease_ends_on_postgresql";
    let databases = Databases::fresh("a usual lease on PostgreSQL").await;
    let Some(place) = databases.postgres_place() else {
        return;
    };
    killed_under_a_usual_lease(test, &Place::Postgres(place)).await;
}

/// Where a holder is stopped, and whether the server replaces refresh tokens.
const STOPPED: [(Halt, bool); 3] = [
    (Halt::Leased, false),
    (Halt::Leased, true),
    (Halt::Answered, false),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_stopped_beyond_its_lease_harms_nothing_when_it_goes_on() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let test = "replicas::crash::a_holder_stopped_beyond_its_lease_harms_nothing_when_it_goes_on";
    for (halt, rotating) in STOPPED {
        let databases = Databases::folder_only();
        let place = Place::Sqlite(databases.sqlite_path());
        stopped(test, &place, halt, rotating).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_holder_harms_nothing_on_postgresql_either() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let test = "replicas::crash::a_stopped_holder_harms_nothing_on_postgresql_either";
    for (halt, rotating) in STOPPED {
        let databases = Databases::fresh("stopped holders on PostgreSQL").await;
        let Some(place) = databases.postgres_place() else {
            return;
        };
        stopped(test, &Place::Postgres(place), halt, rotating).await;
    }
}
