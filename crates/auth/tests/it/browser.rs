//! The browser step of installed applications: loopback, one answer, a time limit.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

#[cfg(target_os = "linux")]
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[cfg(target_os = "linux")]
use tokio::{io::AsyncReadExt as _, net::TcpListener};
use toolgate_auth::store::Database as _;
use toolgate_auth::{Browser, Failure as _, FailureKind, Requirement, Service, ToolkitScopes};
use toolgate_emulator::Person;
#[cfg(target_os = "linux")]
use toolgate_testkit::LogCapture;
use url::Url;

use crate::support::{READ, World};

async fn token_with(world: &World, browser: Browser) -> Result<(), toolgate_auth::Error> {
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.google(Some(browser));
    let bound = google
        .bind(&world.database, Service::google(), vec![toolkit])
        .await?;
    let access = bound.access(&world.alice(), "gmail");
    access
        .token(&Requirement::for_methods(&[READ]))
        .await
        .map(drop)
}

/// Opens `first` before the person goes on as told.
fn disturbed_by(first: impl Fn(&Url) -> Url + Send + Sync + Clone + 'static) -> Browser {
    Browser::opened_by(move |link| {
        let (link, first) = (link.clone(), first.clone());
        tokio::spawn(async move {
            let rogue = Person::new("mallory@example.com")
                .open(&first(&link))
                .await
                .unwrap();
            assert!(!rogue.status.is_success(), "{}", rogue.body);
            Person::new("alice@example.com")
                .follow(&link)
                .await
                .unwrap();
        });
        true
    })
}

#[tokio::test]
async fn a_rogue_request_that_comes_first_does_not_end_the_wait() {
    for path in [
        "/google/callback?state=forged&code=stolen",
        "/google/callback?error=access_denied",
        "/google/callback",
        "/google/start/forged",
        "/favicon.ico",
        "/",
    ] {
        let world = World::start().await;
        let browser = disturbed_by(move |link| link.join(path).unwrap());
        token_with(&world, browser).await.unwrap();
    }
}

#[tokio::test]
async fn a_person_who_denies_is_told_and_nothing_is_stored() {
    let world = World::start().await;
    let browser = Browser::opened_by(|link| {
        let link = link.clone();
        tokio::spawn(async move {
            let page = Person::new("alice@example.com")
                .denying()
                .follow(&link)
                .await
                .unwrap();
            assert!(page.body.contains("access_denied"), "{}", page.body);
        });
        true
    });
    let error = token_with(&world, browser).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code(), "google");
    let store = world.database.token_store().unwrap();
    let scope = toolgate_auth::store::ListScope::All;
    assert!(store.list(&scope, None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_at_the_browser_ends_at_the_time_limit_and_the_error_says_what_to_do() {
    let world = World::start().await;
    let browser = Browser::opened_by(|_| true).with_time_limit(Duration::from_millis(50));
    let error = token_with(&world, browser).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code(), "unfinished");
    assert_eq!(error.kind(), FailureKind::ConsentRequired);
    // A caller that tries again by itself would open one browser after the other.
    assert!(!error.is_transient() && !error.is_retryable(), "{error}");
    let text = error.to_string();
    for part in ["in time", "run this again", "with_time_limit"] {
        assert!(text.contains(part), "{text}");
    }
}

/// Tells a process of this test in which folder it finds its system browser.
#[cfg(target_os = "linux")]
const FOLDER: &str = "TOOLGATE_TEST_BROWSER_FOLDER";

/// Writes a system browser that sends the link it gets to this listener.
#[cfg(target_os = "linux")]
fn script_a_browser(script: &Path, listener: &TcpListener) {
    use std::os::unix::fs::PermissionsExt as _;

    let port = listener.local_addr().unwrap().port();
    let text = format!("#!/usr/bin/env bash\nprintf %s \"$1\" > /dev/tcp/127.0.0.1/{port}\n");
    std::fs::write(script, text).unwrap();
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test process is told by its environment what to do"
)]
async fn the_systems_browser_gets_the_link_and_no_log_does() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return run_with_a_system_browser(
            "browser::the_systems_browser_gets_the_link_and_no_log_does",
        );
    };
    let logs = LogCapture::install();
    let world = World::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    script_a_browser(&Path::new(&folder).join("xdg-open"), &listener);
    let person = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut link = String::new();
        stream.read_to_string(&mut link).await.unwrap();
        let person = Person::new("alice@example.com");
        person.follow(&link.parse().unwrap()).await.unwrap();
        link
    });
    let browser = Browser::default().with_time_limit(Duration::from_secs(30));
    token_with(&world, browser).await.unwrap();
    let link = person.await.unwrap();
    let state = link.rsplit('/').next().unwrap();
    let text = logs.text();
    assert!(text.contains("waiting for the browser"), "{text}");
    assert!(!text.contains("/google/start/"), "{text}");
    assert!(state.len() > 80 && !text.contains(state), "{text}");
}

/// Runs a test in a process of its own, which finds its system browser in a folder of its own,
/// whichever way it looks for one.
#[cfg(target_os = "linux")]
#[expect(
    clippy::disallowed_methods,
    reason = "the process finds the other programs where this one does"
)]
fn run_with_a_system_browser(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(folder.path().to_owned()).chain(std::env::split_paths(&path));
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder.path())
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("BROWSER", folder.path().join("xdg-open"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let cried = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{cried}");
    assert!(said.contains("1 passed"), "{said}\n{cried}");
}

#[tokio::test]
async fn an_installed_application_asks_for_lasting_access_and_not_for_earlier_grants() {
    let world = World::start().await;
    token_with(&world, world.browser()).await.unwrap();
    let requests = world.emulator.requests();
    let asked = requests
        .iter()
        .find(|it| it.api_method.as_deref() == Some("authorize"))
        .unwrap();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(asked.query.as_bytes())
        .into_owned()
        .collect();
    let value = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(value("access_type"), Some("offline"));
    assert_eq!(value("prompt"), Some("consent"));
    assert_eq!(value("code_challenge_method"), Some("S256"));
    assert_eq!(value("include_granted_scopes"), None);
}

#[tokio::test]
async fn calls_that_need_the_same_consent_open_one_browser() {
    let world = World::start().await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let browser = Browser::opened_by(move |link| {
        count.fetch_add(1, Ordering::SeqCst);
        let link = link.clone();
        tokio::spawn(async move { Person::new("alice@example.com").follow(&link).await });
        true
    });
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.google(Some(browser));
    let bound = google
        .bind(&world.database, Service::google(), vec![toolkit])
        .await
        .unwrap();
    let access = bound.access(&world.alice(), "gmail");
    let requirement = Requirement::for_methods(&[READ]);
    let calls = (0..20).map(|_| access.token(&requirement));
    for token in futures_util::future::join_all(calls).await {
        token.unwrap();
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_no_is_the_answer_for_all_who_waited_and_opens_no_further_browser() {
    let world = World::start().await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let browser = Browser::opened_by(move |link| {
        count.fetch_add(1, Ordering::SeqCst);
        let link = link.clone();
        tokio::spawn(async move {
            Person::new("alice@example.com")
                .denying()
                .follow(&link)
                .await
        });
        true
    });
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.google(Some(browser));
    let bound = google
        .bind(&world.database, Service::google(), vec![toolkit])
        .await
        .unwrap();
    let access = bound.access(&world.alice(), "gmail");
    let requirement = Requirement::for_methods(&[READ]);
    let calls = (0..20).map(|_| access.token(&requirement));
    for token in futures_util::future::join_all(calls).await {
        assert_eq!(token.unwrap_err().refusal().unwrap().code(), "google");
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
