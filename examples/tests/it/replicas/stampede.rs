//! Many processes and tasks at once.

use toolgate_emulator::{Emulator, FaultAction, FaultRule};
use toolgate_testkit::process_argument;

use super::hooks::Hooks;
use super::process::{Orders, Place, obey, refreshes};
use crate::world::{Databases, emulator, users};

const PROCESSES: usize = 4;
const TASKS: usize = 200;

/// Four processes of two hundred tasks each want one expired token. Google's answer is held until
/// all of them wait, and until it was asked `asked` times.
async fn stampede(test: &str, place: &Place, hooks: Hooks, asked: u32) {
    let google = emulator(&users(1)).await;
    let orders = Orders::new(place, &google, users(1));
    orders.prepare().await;
    let before = orders.row("u0").await;
    let faults = google.faults();
    faults.add(FaultRule::new(FaultAction::hold()).on_path("/token"));
    let all = orders.for_users(vec!["u0".to_owned(); TASKS]);
    let start = |_| all.clone().with_hooks(hooks).start(test);
    let mut processes: Vec<_> = (0..PROCESSES).map(start).collect();
    for process in &mut processes {
        process.wait_for("waiting");
    }
    faults.wait_for_held(asked).await;
    faults.clear();
    for mut process in processes {
        assert_eq!(process.wait_for("done"), "1");
        process.finish();
    }
    assert_eq!(refreshes(&google), usize::try_from(asked).unwrap());
    let after = orders.row("u0").await;
    assert_eq!(after.version, before.version + 1);
}

fn sqlite(databases: &Databases) -> Place {
    Place::Sqlite(databases.sqlite_path())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_hundred_tasks_in_four_processes_one_refreshes_on_sqlite() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let databases = Databases::folder_only();
    let test =
        "replicas::stampede::of_eight_hundred_tasks_in_four_processes_one_refreshes_on_sqlite";
    stampede(test, &sqlite(&databases), Hooks::default(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_hundred_tasks_in_four_processes_one_refreshes_on_postgresql() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let databases = Databases::fresh("a stampede on PostgreSQL").await;
    let Some(place) = databases.postgres_place() else {
        return;
    };
    let test =
        "replicas::stampede::of_eight_hundred_tasks_in_four_processes_one_refreshes_on_postgresql";
    stampede(test, &Place::Postgres(place), Hooks::default(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_hundred_tasks_in_four_processes_one_refreshes_through_pgbouncer() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let what = "a stampede through PgBouncer";
    let databases = Databases::fresh(what).await;
    let Some(place) = databases.pooled_place(what) else {
        return;
    };
    let test = "replicas::stampede::of_eight_hundred_tasks_in_four_processes_one_refreshes_through_pgbouncer";
    stampede(test, &Place::Postgres(place), Hooks::default(), 1).await;
}

/// Or those above would show nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_lease_each_of_the_four_processes_refreshes() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let databases = Databases::folder_only();
    let test = "replicas::stampede::without_the_lease_each_of_the_four_processes_refreshes";
    let hooks = Hooks {
        without_lease: true,
        ..Hooks::default()
    };
    stampede(test, &sqlite(&databases), hooks, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_lease_each_of_the_four_processes_refreshes_on_postgresql() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let databases = Databases::fresh("a stampede without the lease on PostgreSQL").await;
    let Some(place) = databases.postgres_place() else {
        return;
    };
    let test =
        "replicas::stampede::without_the_lease_each_of_the_four_processes_refreshes_on_postgresql";
    let hooks = Hooks {
        without_lease: true,
        ..Hooks::default()
    };
    stampede(test, &Place::Postgres(place), hooks, 4).await;
}

/// Eight processes of twenty-five tasks each over sixty expired rows.
async fn many_rows(test: &str, place: &Place) {
    let google = emulator(&users(60)).await;
    let orders = Orders::new(place, &google, users(60));
    orders.prepare().await;
    let before = refreshes(&google);
    let processes = (0..8).map(|process| {
        let names = (0..25).map(|task| format!("u{}", (process * 25 + task) % 60));
        orders.for_users(names.collect()).start(test)
    });
    for mut process in processes.collect::<Vec<_>>() {
        assert_eq!(process.wait_for("done"), "25");
        process.finish();
    }
    assert_eq!(refreshes(&google) - before, 60);
    assert_refreshed_once(&google);
}

fn assert_refreshed_once(google: &Emulator) {
    let requests = google.requests();
    let mut asked: Vec<_> = requests
        .iter()
        .filter(|it| it.path == "/token" && it.body.contains("grant_type=refresh_token"))
        .map(|it| it.account.clone())
        .collect();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_sixty_rows_is_refreshed_once_by_eight_processes_on_sqlite() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let databases = Databases::folder_only();
    let test =
        "replicas::stampede::each_of_sixty_rows_is_refreshed_once_by_eight_processes_on_sqlite";
    many_rows(test, &sqlite(&databases)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_sixty_rows_is_refreshed_once_by_eight_processes_on_postgresql() {
    if let Some(orders) = process_argument() {
        return obey(&orders).await;
    }
    let databases = Databases::fresh("sixty rows on PostgreSQL").await;
    let Some(place) = databases.postgres_place() else {
        return;
    };
    let test =
        "replicas::stampede::each_of_sixty_rows_is_refreshed_once_by_eight_processes_on_postgresql";
    many_rows(test, &Place::Postgres(place)).await;
}
