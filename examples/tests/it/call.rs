//! The example that calls one tool, as a person starts it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test helpers fail the test"
)]

use std::process::Command;

use serde_json::{Value, json};
use toolgate_emulator::Emulator;

/// Starts it with these variables and no others of Google's, and gives whether it ended well, what it
/// printed as JSON, and what it said. An emulator answers on the runtime's other threads meanwhile.
fn call(variables: &[(&str, &str)], arguments: &[&str]) -> (bool, Value, String) {
    let tests = std::env::current_exe().unwrap();
    let target = tests.ancestors().nth(2).unwrap();
    let mut command = Command::new(target.join("examples/call"));
    for name in ["GOOGLE_ACCESS_TOKEN", "GOOGLE_BASE_URL"] {
        command.env_remove(name);
    }
    let output = command
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let (stdout, stderr) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    // The leak check over the whole test run reads what this test prints.
    print!("{stdout}{stderr}");
    let printed = serde_json::from_str(&stdout).unwrap_or_default();
    (output.status.success(), printed, stderr)
}

/// A Google, and a token of its alice's.
async fn google() -> (Emulator, String) {
    let emulator = Emulator::builder().start().await.unwrap();
    let scope = "https://www.googleapis.com/auth/gmail.readonly";
    let token = emulator.issue_token("alice@example.com", &[scope]);
    (emulator, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_and_the_address_of_the_environment_are_used() {
    let (emulator, token) = google().await;
    let base = emulator.base_url();
    let variables = [
        ("GOOGLE_ACCESS_TOKEN", token.as_str()),
        ("GOOGLE_BASE_URL", base.as_str()),
    ];
    let search = ["gmail", "search_emails", r#"{"query": "is:unread"}"#];
    let (ok, printed, said) = call(&variables, &search);
    assert!(ok, "{said}");
    assert!(printed["count"].as_u64() > Some(0), "{printed}");
    let bearer = emulator.requests();
    let bearer = bearer.iter().any(|it| it.bearer.as_ref() == Some(&token));
    assert!(bearer, "the emulator saw the token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_google_refuses_is_an_error_and_a_failing_exit() {
    let (emulator, _) = google().await;
    let base = emulator.base_url();
    let variables = [
        ("GOOGLE_ACCESS_TOKEN", "ya29.nobodys"),
        ("GOOGLE_BASE_URL", base.as_str()),
    ];
    let (ok, printed, said) = call(&variables, &["gmail", "list_labels", "{}"]);
    assert!(!ok, "{printed} {said}");
    assert!(
        printed["error"].is_object() || printed["error"].is_string(),
        "{printed}"
    );
    assert!(!said.contains("nobodys") && !printed.to_string().contains("nobodys"));
}

#[test]
fn an_address_without_a_token_starts_no_google_of_its_own() {
    let variables = [("GOOGLE_BASE_URL", "http://127.0.0.1:9")];
    let (ok, printed, said) = call(&variables, &["gmail", "list_labels", "{}"]);
    assert!(!ok && printed == json!(null), "{printed}");
    assert!(said.contains("GOOGLE_ACCESS_TOKEN"), "{said}");
}

#[test]
fn without_both_an_emulator_answers_for_alice_and_slips_are_told() {
    let (ok, printed, said) = call(&[], &["gmail", "list_labels", "{}"]);
    assert!(ok && printed["labels"].is_array(), "{printed} {said}");
    for (words, expected) in [
        (&["gmail", "list_labels", "{"][..], "is no JSON"),
        (&["gmaul", "list_labels", "{}"], "no toolkit gmaul"),
        (
            &["gmail", "list_labels", r#"{"colour": 1}"#],
            "list_labels failed",
        ),
        (&["gmail"], "say: call TOOLKIT TOOL"),
    ] {
        let (ok, _, said) = call(&[], words);
        assert!(!ok && said.contains(expected), "{words:?}: {said}");
    }
}
