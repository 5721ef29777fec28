//! The quickstart, as a person starts it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test helpers fail the test"
)]

use std::process::Command;

use toolgate_testkit::fresh_postgres_database;

/// Cargo builds the examples of a package along with its tests.
fn quickstart(arguments: &[&str]) -> (bool, String) {
    let tests = std::env::current_exe().unwrap();
    let built = tests
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples/quickstart");
    let output = Command::new(built)
        .args(arguments)
        .env_remove("GOOGLE_CLIENT_ID")
        .env_remove("GOOGLE_CLIENT_SECRET")
        .env("TOOLGATE_KEY", KEY)
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    // The leak check over the whole test run reads what this test prints.
    print!("{text}");
    (output.status.success(), text)
}

const KEY: &str = "Q0FOQVJZc2VjcmV0LUNBTkFSWXNlY3JldC1DQU5BUlk";

#[test]
fn it_ends_well_on_a_file_and_on_the_same_file_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quick.db");
    for _ in 0..2 {
        let (ok, text) = quickstart(&["--db", path.to_str().unwrap()]);
        assert!(ok, "{text}");
        assert!(text.contains("all of it held"), "{text}");
        assert!(text.contains("no language model"), "{text}");
    }
}

#[tokio::test]
async fn it_ends_well_on_postgresql() {
    let Some(fresh) = fresh_postgres_database("the quickstart on PostgreSQL").await else {
        return;
    };
    let (ok, text) = quickstart(&["--db", fresh.url()]);
    assert!(ok && text.contains("all of it held"), "{text}");
}

#[test]
fn it_says_what_is_wrong_and_fails() {
    let (ok, text) = quickstart(&["--db", "/dev/null/no-such-folder/x.db"]);
    assert!(!ok && text.contains("SQLite file"), "{text}");
    let (ok, text) = quickstart(&["--dbx"]);
    assert!(!ok && text.contains("--dbx"), "{text}");
}
