//! Disconnects and deletions that one process makes, another one is killed in, and a third one serves
//! through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use toolgate_auth::store::{DisconnectReach, ListScope, RowStatus, TokenRow};
use toolgate_auth::{Clock, Disconnected, FinishedDisconnects, Principal, SystemClock, Timestamp};
use toolgate_emulator::Emulator;
use toolgate_testkit::{Worker, hear, process_argument, say};

use super::hooks::{Halt, Hooks};
use super::process::{Orders, Place, token};
use crate::world::{Databases, address, emulator, users};

const HERE: DisconnectReach = DisconnectReach::ThisRow;
/// For so long a process may serve what it remembers.
const LIMIT: Duration = Duration::from_mins(1);
/// A disconnect that began so long ago is nobody's any more.
const ABANDONED: Duration = Duration::from_mins(1);
const USER: &str = "u0";

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    /// It gets a token, and another one whenever it is told how many seconds went by.
    Serve,
    Disconnect,
    Delete,
}

#[derive(Debug, Serialize, Deserialize)]
struct Task {
    orders: Orders,
    part: Part,
}

/// A process's clock, which goes on when the test says so.
#[derive(Debug)]
struct Told {
    began: Instant,
    seconds: AtomicU64,
}

impl Clock for Told {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn monotonic(&self) -> Instant {
        self.began + Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }
}

impl Task {
    fn start(orders: &Orders, part: Part, test: &str) -> Worker {
        let orders = orders.clone();
        let task = Self { orders, part };
        Worker::start(test, &serde_json::to_string(&task).unwrap())
    }

    async fn obey(argument: &str) {
        let task: Self = serde_json::from_str(argument).unwrap();
        match task.part {
            Part::Serve => task.serve().await,
            Part::Disconnect => {
                let bound = task.orders.bind().await;
                bound.disconnect(&person(), None, HERE).await.unwrap();
            }
            Part::Delete => {
                let bound = task.orders.bind().await;
                bound.delete_user(&person()).await.unwrap();
            }
        }
    }

    async fn serve(&self) {
        let clock = Arc::new(Told {
            began: Instant::now(),
            seconds: AtomicU64::new(0),
        });
        let database = self.orders.database().await;
        let of_process = Arc::clone(&clock);
        let bound = self
            .orders
            .bind_with(&database, |google| google.with_clock(of_process))
            .await;
        loop {
            let served = token(&bound, USER).await.is_ok();
            say(if served { "served" } else { "refused" });
            let word = tokio::task::spawn_blocking(hear).await.unwrap();
            let Ok(seconds) = word.parse() else { return };
            clock.seconds.fetch_add(seconds, Ordering::SeqCst);
        }
    }
}

fn person() -> Principal {
    Principal::for_user(USER).unwrap()
}

fn revocations(google: &Emulator) -> usize {
    let requests = google.requests();
    requests.iter().filter(|it| it.path == "/revoke").count()
}

async fn rows(place: &Place) -> Vec<TokenRow> {
    let store = place.open().await.token_store().unwrap();
    store.list(&ListScope::All, None, 10).await.unwrap()
}

/// A person who is connected, and a process that has served them.
struct Scene {
    google: Emulator,
    orders: Orders,
    serving: Worker,
}

impl Scene {
    async fn new(test: &str, place: &Place) -> Self {
        let google = emulator(&users(1)).await;
        let orders = Orders::new(place, &google, users(1));
        orders.prepare().await;
        let mut serving = Task::start(&orders, Part::Serve, test);
        serving.wait_for("served");
        Self {
            google,
            orders,
            serving,
        }
    }

    /// Starts a process that begins an end, and kills it before Google is told.
    fn killed(&self, part: Part, test: &str) {
        let hooks = Hooks {
            halt: Some(Halt::Begun),
            ..Hooks::default()
        };
        let orders = self.orders.clone().with_hooks(hooks);
        let mut process = Task::start(&orders, part, test);
        process.wait_for("halted");
        process.kill();
        assert_eq!(revocations(&self.google), 0);
    }

    /// Whatever the serving process remembers, it serves nobody when the limit is over.
    fn ends_well(mut self) {
        let limit = LIMIT.as_secs().to_string();
        self.serving.tell(&limit);
        self.serving.wait_for("refused");
        self.serving.tell("end");
        self.serving.finish();
    }
}

async fn ended_in_another_process(test: &str, place: &Place) {
    let scene = Scene::new(test, place).await;
    let bound = scene.orders.bind().await;
    let outcome = bound.disconnect(&person(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    scene.ends_well();
}

async fn half_done(test: &str, place: &Place) {
    let scene = Scene::new(test, place).await;
    scene.killed(Part::Disconnect, test);
    let row = scene.orders.row(USER).await;
    assert!(row.status == RowStatus::Disconnecting && row.sealed.is_some());
    let begun = row.updated_at;
    // A moment before, somebody may be at it; then whoever starts finishes it.
    let early = begun.after(ABANDONED.saturating_sub(Duration::from_millis(1)));
    let early = place.open_at(early).await;
    let early = scene.orders.bind_to(&*early, None).await;
    let upkept = early.upkeep().await.unwrap();
    let done = (upkept.disconnects_finished, upkept.disconnects_pending);
    assert_eq!((done, revocations(&scene.google)), ((0, 0), 0));
    let next = place.open_at(begun.after(ABANDONED)).await;
    let next = scene.orders.bind_to(&*next, None).await;
    let finished = async {
        while scene.orders.row(USER).await.status != RowStatus::Revoked {
            tokio::task::yield_now().await;
        }
    };
    let finished = tokio::time::timeout(Duration::from_mins(1), finished).await;
    assert!(finished.is_ok(), "whoever starts finishes it");
    assert_eq!(scene.orders.row(USER).await.sealed, None);
    let rest = next.finish_disconnects().await.unwrap();
    assert_eq!(rest, FinishedDisconnects::default());
    assert_eq!(revocations(&scene.google), 1);
    assert_eq!(scene.google.live_refresh_tokens(&address(USER)), 0);
    scene.ends_well();
}

async fn deleted(test: &str, place: &Place) {
    let scene = Scene::new(test, place).await;
    scene.killed(Part::Delete, test);
    let bound = scene.orders.bind().await;
    token(&bound, USER).await.unwrap_err();
    assert_eq!(bound.delete_user(&person()).await.unwrap().grants, 1);
    assert!(rows(place).await.is_empty());
    assert_eq!(revocations(&scene.google), 1);
    assert_eq!(scene.google.live_refresh_tokens(&address(USER)), 0);
    scene.ends_well();
}

fn places(databases: &Databases) -> Vec<Place> {
    let postgres = databases.postgres_place().map(Place::Postgres);
    [Place::Sqlite(databases.sqlite_path())]
        .into_iter()
        .chain(postgres)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_disconnected_is_served_by_none_when_the_limit_is_over() {
    if let Some(task) = process_argument() {
        return Task::obey(&task).await;
    }
    let test = "replicas::endings::what_another_process_disconnected_is_served_by_none_when_the_limit_is_over";
    let databases = Databases::fresh("a disconnect in another process").await;
    for place in places(&databases) {
        ended_in_another_process(test, &place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnect_whose_process_was_killed_is_finished_by_another_once() {
    if let Some(task) = process_argument() {
        return Task::obey(&task).await;
    }
    let test =
        "replicas::endings::a_disconnect_whose_process_was_killed_is_finished_by_another_once";
    let databases = Databases::fresh("a half-done disconnect").await;
    for place in places(&databases) {
        half_done(test, &place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_whose_process_was_killed_is_finished_by_another_and_served_by_none() {
    if let Some(task) = process_argument() {
        return Task::obey(&task).await;
    }
    let test = "replicas::endings::a_deletion_whose_process_was_killed_is_finished_by_another_and_served_by_none";
    let databases = Databases::fresh("a half-done deletion").await;
    for place in places(&databases) {
        deleted(test, &place).await;
    }
}
