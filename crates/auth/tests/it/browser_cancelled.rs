//! The browser step that is cancelled, on a machine without a display, and where none is allowed.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use toolgate_auth::store::{Database as _, SignInRow};
use toolgate_auth::{
    Browser, Environment, Failure as _, FailureKind, GoogleAuth, MemoryDatabase, Principal,
    Requirement, Service, ToolkitScopes,
};
use toolgate_emulator::Person;
#[cfg(unix)]
use toolgate_testkit::{Worker, process_argument, say};
use url::Url;

use crate::support::{READ, World};

async fn token_of(google: &GoogleAuth, database: &MemoryDatabase) -> toolgate_auth::Error {
    let requirement = Requirement::for_methods(&[READ]);
    let toolkit = ToolkitScopes::new("gmail", requirement.clone());
    let bound = google.bind(database, Service::google(), vec![toolkit]);
    let access = bound
        .await
        .unwrap()
        .access(&Principal::anonymous(), "gmail");
    access.token(&requirement).await.unwrap_err()
}

/// A browser that only notes its link, and is cancelled once the person has done `first`.
fn cancelled_after<F>(
    first: impl Fn(Url) -> F + Send + Sync + 'static,
) -> (Browser, Arc<Mutex<Option<Url>>>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (send, receive) = tokio::sync::watch::channel(None::<Url>);
    let seen = Arc::new(Mutex::new(None));
    let (note, first) = (Arc::clone(&seen), Arc::new(first));
    let browser = Browser::opened_by(move |link| {
        *note.lock().unwrap() = Some(link.clone());
        send.send(Some(link.clone())).unwrap();
        true
    });
    let browser = browser.cancelled_by(move || {
        let (mut receive, first) = (receive.clone(), Arc::clone(&first));
        async move {
            let link = receive.wait_for(Option::is_some).await.unwrap().clone();
            first(link.unwrap()).await;
        }
    });
    (browser, seen)
}

/// The row behind a link, whose id is 32 bytes behind the key's in the state.
async fn row_of(world: &World, link: &Url) -> SignInRow {
    let state = link.path_segments().unwrap().next_back().unwrap();
    let state = URL_SAFE_NO_PAD.decode(state).unwrap();
    let id = &state[2 + usize::from(state[1])..][..32];
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(id));
    let sign_ins = world.database.sign_in_store().unwrap();
    sign_ins.get(&hash).await.unwrap().unwrap().0
}

#[tokio::test]
async fn a_sign_in_that_is_cancelled_ends_at_once_with_its_port_and_its_row() {
    let world = World::start().await;
    let (browser, link) = cancelled_after(|_| async {});
    let browser = browser.with_time_limit(Duration::from_hours(1));
    let error = token_of(&world.google(Some(browser)), &world.database).await;
    assert_eq!(error.refusal().unwrap().code(), "cancelled");
    assert_eq!(error.kind(), FailureKind::Cancelled);
    assert!(!error.is_transient(), "{error}");
    let link = link.lock().unwrap().clone().unwrap();
    let row = row_of(&world, &link).await;
    assert!(row.consumed_at.is_some() && row.browser_binding.is_some());
    // Nothing listens: the very port can be opened again.
    let address = format!("127.0.0.1:{}", link.port().unwrap());
    tokio::net::TcpListener::bind(&address).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_that_a_browser_began_is_used_up_as_well_when_it_is_cancelled() {
    let world = World::start().await;
    // The person is at Google's page when the program gives up.
    let (browser, link) = cancelled_after(|link| async move {
        let person = Person::new("alice@example.com");
        person.open(&link).await.unwrap();
    });
    let error = token_of(&world.google(Some(browser)), &world.database).await;
    assert_eq!(error.refusal().unwrap().code(), "cancelled");
    let link = link.lock().unwrap().clone().unwrap();
    assert!(row_of(&world, &link).await.consumed_at.is_some());
}

#[tokio::test]
async fn where_nothing_is_interactive_no_browser_opens_and_the_error_says_so() {
    let world = World::start().await;
    let opened = Arc::new(Mutex::new(false));
    let note = Arc::clone(&opened);
    let browser = Browser::opened_by(move |_| {
        *note.lock().unwrap() = true;
        false
    });
    // A port that is taken: whoever would listen fails with another error.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let browser = browser.with_port(taken.local_addr().unwrap().port());
    let google = world
        .installed_builder()
        .with_browser(browser)
        .interactive(false);
    let error = token_of(&google.build().unwrap(), &world.database).await;
    assert!(error.is_reauthorization_required(), "{error}");
    assert_eq!(error.consent_needed().unwrap().services, ["gmail"]);
    for part in ["not interactive", "GOOGLE_OAUTH_NONINTERACTIVE"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!*opened.lock().unwrap());
}

#[tokio::test]
async fn the_environment_forbids_the_browser() {
    let world = World::start().await;
    let base = world.emulator.base_url();
    let environment = Environment::from_pairs([
        ("GOOGLE_CLIENT_ID", world.emulator.installed_client_id()),
        ("GOOGLE_BASE_URL", base.as_str()),
        ("GOOGLE_OAUTH_NONINTERACTIVE", "1"),
    ]);
    let google = GoogleAuth::from_environment(&environment).unwrap();
    let error = token_of(&google, &MemoryDatabase::new()).await;
    assert!(error.to_string().contains("not interactive"), "{error}");
}

/// Tells a process of this test that it is the one.
#[cfg(target_os = "linux")]
const CHILD: &str = "TOOLGATE_TEST_NO_DISPLAY";

/// An `xdg-open` that says that it opened something, and shows it to nobody, as one on a server that finds a
/// browser for terminals.
#[cfg(target_os = "linux")]
fn told_with(display: Option<(&str, &str)>) -> String {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("xdg-open");
    std::fs::write(&script, "#!/bin/sh\nexit 0\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let test = "browser_cancelled::without_a_display_the_link_is_printed";
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .env("PATH", folder.path());
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
        command.env_remove(name);
    }
    let output = command.envs(display).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    told
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test process is told by its environment what to do"
)]
async fn without_a_display_the_link_is_printed() {
    if std::env::var_os(CHILD).is_none() {
        let printed = "Open this link in a browser";
        assert!(told_with(None).contains(printed));
        assert!(!told_with(Some(("DISPLAY", ":0"))).contains(printed));
        return;
    }
    let world = World::start().await;
    let browser = Browser::default().with_time_limit(Duration::from_millis(300));
    let error = token_of(&world.google(Some(browser)), &world.database).await;
    assert_eq!(error.refusal().unwrap().code(), "unfinished");
}

/// A process that waits in the browser step: Ctrl-C ends the step, and the program goes on to its end.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_the_wait_and_the_program_ends_as_it_likes() {
    if process_argument().is_none() {
        let test = "browser_cancelled::ctrl_c_ends_the_wait_and_the_program_ends_as_it_likes";
        return tokio::task::spawn_blocking(move || {
            let mut process = Worker::start(test, "waits");
            process.wait_for("waiting");
            process.interrupt();
            process.wait_for("cancelled");
            process.finish();
        })
        .await
        .unwrap();
    }
    let world = World::start().await;
    let (browser, link) = cancelled_by_ctrl_c();
    let browser = browser.with_time_limit(Duration::from_hours(1));
    let error = token_of(&world.google(Some(browser)), &world.database).await;
    assert_eq!(error.refusal().unwrap().code(), "cancelled", "{error}");
    say("cancelled");
    let scope = toolgate_auth::store::ListScope::All;
    let tokens = world.database.token_store().unwrap();
    assert!(tokens.list(&scope, None, 10).await.unwrap().is_empty());
    let link = link.borrow().clone().unwrap();
    assert!(row_of(&world, &link).await.consumed_at.is_some());
    let address = format!("127.0.0.1:{}", link.port().unwrap());
    tokio::net::TcpListener::bind(&address).await.unwrap();
}

/// A browser that only notes its link and is cancelled by Ctrl-C, and says when that would do so.
#[cfg(unix)]
fn cancelled_by_ctrl_c() -> (Browser, tokio::sync::watch::Receiver<Option<Url>>) {
    let (send, link) = tokio::sync::watch::channel(None::<Url>);
    let browser = Browser::opened_by(move |link| send.send(Some(link.clone())).is_ok());
    let opened = link.clone();
    let browser = browser.cancelled_by(move || {
        let mut opened = opened.clone();
        let is_open = async move {
            opened.wait_for(Option::is_some).await.unwrap();
            say("waiting");
        };
        // From its first poll on the signal is the program's.
        async {
            futures_util::join!(tokio::signal::ctrl_c(), is_open)
                .0
                .unwrap();
        }
    });
    (browser, link)
}

#[tokio::test]
async fn a_sign_in_whose_program_just_ended_is_over_with_its_time_limit() {
    let world = World::start().await;
    let (send, opened) = tokio::sync::oneshot::channel();
    let send = Mutex::new(Some(send));
    let browser = Browser::opened_by(move |link| {
        send.lock()
            .unwrap()
            .take()
            .unwrap()
            .send(link.clone())
            .is_ok()
    });
    let google = world.google(Some(browser.with_time_limit(Duration::from_mins(3))));
    let database = world.database.clone();
    let waiting = tokio::spawn(async move { token_of(&google, &database).await });
    let link = opened.await.unwrap();
    // Whoever asked is gone, and nobody took anything back.
    waiting.abort();
    let row = row_of(&world, &link).await;
    assert!(row.consumed_at.is_none());
    assert_eq!(row.expires_at.since(row.created_at), Duration::from_mins(3));
}
