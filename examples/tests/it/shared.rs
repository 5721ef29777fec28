//! The examples in which agents or toolkits share a consent, as a person starts them.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test helpers fail the test"
)]

use std::process::Command;

/// Starts it in a folder of its own, without Google's variables; what it printed where it ended well.
fn run(example: &str) -> String {
    let tests = std::env::current_exe().unwrap();
    let target = tests.ancestors().nth(2).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(target.join("examples").join(example))
        .current_dir(folder.path())
        .env_remove("GOOGLE_CLIENT_ID")
        .env_remove("GOOGLE_CLIENT_SECRET")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // The leak check over the whole test run reads what this test prints.
    print!("{text}{said}");
    assert!(output.status.success(), "{text}{said}");
    text
}

#[test]
fn a_team_pauses_in_its_members_and_each_person_hears_of_their_own() {
    let text = run("team");
    let waits = "run waits in delegate_to_mail and in delegate_to_diary";
    assert_eq!(text.matches(waits).count(), 2, "{text}");
    for heard in [
        "alice hears: Carol Reyes",
        "bob hears: Frank Roofing",
        "each person was asked once, for both members",
    ] {
        assert!(text.contains(heard), "{heard}: {text}");
    }
}

#[test]
fn what_is_stored_is_loaded_refreshed_and_saved_again_for_each_person_alone() {
    let text = run("google_auth_db_storage");
    for said in [
        "version 1 became 2",
        "version 2 became 3",
        "she is asked to connect",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(text.matches("alice: Carol Reyes").count(), 6, "{text}");
    assert_eq!(text.matches("bob: Frank Roofing").count(), 6, "{text}");
}
