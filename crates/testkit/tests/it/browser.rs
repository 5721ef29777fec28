//! A real browser: what it tells of pages, and that it leaves nothing behind.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use toolgate_testkit::{Browser, Worker, hear, process_argument, say};

const WHAT: &str = "the browser for tests";

/// A page that breaks the policy that it is under.
const PAGE: &str = "data:text/html,<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">\
    <link rel=stylesheet href=http://127.0.0.1:9/style.css>\
    <script>document.title='owned'</script><h1>A page</h1><p>with words";

const BEACON: &str = "data:text/html,<img src=http://127.0.0.1:9/pixel>";

#[tokio::test]
async fn what_a_page_is_forbidden_and_what_it_asks_for_is_told() {
    let Some(browser) = Browser::start(WHAT).await else {
        return;
    };
    browser.open(PAGE).await;
    browser.sees("A page").await;
    assert_eq!(browser.text().await, "A page\nwith words");
    assert_eq!(browser.count("script").await, 1);
    let complaints = browser.complaints().await.join("\n");
    for forbidden in ["inline script", "style.css"] {
        assert!(complaints.contains(forbidden), "{forbidden}: {complaints}");
    }
    browser.requested().await;
    browser.open(BEACON).await;
    assert!(
        browser
            .requested()
            .await
            .contains("http://127.0.0.1:9/pixel")
    );
}

#[tokio::test]
async fn a_browser_goes_with_its_test_even_when_that_fails_or_is_killed() {
    let Some(browser) = Browser::start(WHAT).await else {
        return;
    };
    let folder = browser.folder();
    if process_argument().is_some() {
        say(&format!("runs {}", folder.display()));
        hear();
        return;
    }
    assert!(!processes_of(&folder).is_empty());
    let failed = tokio::spawn(async move {
        let _held = browser;
        panic!("the test failed");
    });
    assert!(failed.await.unwrap_err().is_panic());
    nothing_is_left_of(&folder).await;

    let test = "browser::a_browser_goes_with_its_test_even_when_that_fails_or_is_killed";
    let mut killed = Worker::start(test, "");
    let folder = PathBuf::from(killed.wait_for("runs"));
    assert!(!processes_of(&folder).is_empty());
    killed.kill();
    nothing_is_left_of(&folder).await;
}

/// Waits for it: whoever is killed takes a moment.
async fn nothing_is_left_of(folder: &Path) {
    while folder.exists() || !processes_of(folder).is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What still runs and was started with something of this folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let all = fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
    lines.filter(|line| line.contains(folder)).collect()
}
