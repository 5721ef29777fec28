//! What a token file that another program rewrote changes in what Google said of its grant.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::Timestamp;
use toolgate_auth::store::{RowStatus, TokenRow};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::token_file::{Desk, SCOPE};

const EMAIL: &str = "alice@example.com";
const FRESH: &str = "2999-01-02T03:04:05Z";

/// Google refuses the grant of a file once, with this; the file, and the row that it leaves.
async fn refused(desk: &Desk, action: FaultAction) -> (Value, TokenRow) {
    let file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    let faults = desk.world.emulator.faults();
    faults.add(FaultRule::new(action).on_path("/token").times(1));
    desk.token().await.unwrap_err();
    (file, desk.row().await)
}

/// Each way in which Google does not give a token, and the state that it leaves.
fn refusals() -> [(FaultAction, RowStatus); 3] {
    let blocks = "admin_policy_enforced";
    [
        (
            FaultAction::oauth_error("invalid_grant"),
            RowStatus::NeedsConsent,
        ),
        (FaultAction::oauth_error(blocks), RowStatus::Blocked),
        (FaultAction::status(503), RowStatus::Active),
    ]
}

fn asked(desk: &Desk) -> usize {
    desk.world.token_requests("refresh_token")
}

/// What the row says of Google's last word.
fn word(row: TokenRow) -> impl PartialEq + std::fmt::Debug {
    let failures = (row.fail_count, row.last_error, row.next_attempt_at);
    (row.status, row.status_reason, failures, row.updated_at)
}

/// Ways to write the file with the same refresh token and nothing that Google gave since.
fn rewritten(file: &Value) -> Vec<String> {
    let with = |name: &str, value: Value| {
        let mut file = file.clone();
        file[name] = value;
        file
    };
    let mut texts: Vec<String> = [
        with("quota_project_id", json!("another")),
        with("scopes", json!([SCOPE, "openid"])),
        with("expiry", json!("2020-01-02T03:04:04Z")),
        // Later than the last one, and over when Google refused.
        with("expiry", json!("2020-02-02T03:04:05Z")),
        with("expiry", Value::Null),
        // An end without a token is no token.
        with("token", Value::Null),
    ]
    .iter()
    .map(Value::to_string)
    .collect();
    let mut no_token = with("expiry", json!(FRESH));
    no_token.as_object_mut().unwrap().remove("token");
    texts.extend([no_token.to_string(), format!("{file:#}")]);
    texts
}

#[tokio::test]
async fn a_file_that_is_only_rewritten_does_not_unsay_what_google_said() {
    for (action, status) in refusals() {
        let desk = Desk::new().await;
        let (file, mut before) = refused(&desk, action).await;
        assert_eq!(before.status, status);
        for (way, text) in rewritten(&file).into_iter().enumerate() {
            fs::write(desk.path(), &text).unwrap();
            let row = desk.row().await;
            assert_eq!(row.version, before.version + 1, "{status}, {way}");
            assert_eq!(row.grant_epoch, before.grant_epoch);
            assert_eq!(word(row.clone()), word(before), "{status}, {way}");
            // What may pass is tried again after a moment, which may be over by now.
            if status != RowStatus::Active {
                desk.token().await.unwrap_err();
            }
            before = desk.row().await;
            assert_eq!(before.marker(), row.marker());
        }
        assert_eq!(asked(&desk), 1, "{status}: google is asked again");
    }
}

#[tokio::test]
async fn a_token_that_google_gave_another_program_since_ends_a_refusal() {
    for (action, status) in refusals() {
        let desk = Desk::new().await;
        let (mut file, before) = refused(&desk, action).await;
        file["token"] = json!(desk.world.emulator.issue_token(EMAIL, &[SCOPE]));
        file["expiry"] = json!(FRESH);
        desk.write(&file);
        let token = desk.token().await.unwrap();
        assert_eq!(token.access().expose(), file["token"], "{status}");
        let row = desk.row().await;
        assert_eq!((row.status, row.status_reason), (RowStatus::Active, None));
        assert_eq!((row.fail_count, row.next_attempt_at), (0, None));
        assert_eq!(row.grant_epoch, before.grant_epoch, "it is no consent");
        assert_eq!(asked(&desk), 1);
    }
}

/// A grant may be refused before its token ends: the end that was known shows nothing new.
#[tokio::test]
async fn a_token_that_still_lived_at_the_refusal_does_not_unsay_it() {
    let desk = Desk::new().await;
    let mut file = desk.python_file(&[SCOPE]);
    file["expiry"] = json!(utc(desk.world.now().after(Duration::from_secs(30))));
    desk.write(&file);
    let faults = desk.world.emulator.faults();
    let refusal = FaultRule::new(FaultAction::oauth_error("invalid_grant"));
    faults.add(refusal.on_path("/token").times(1));
    desk.token().await.unwrap_err();
    file["quota_project_id"] = json!("another");
    desk.write(&file);
    assert_eq!(desk.row().await.status, RowStatus::NeedsConsent);
}

fn utc(time: Timestamp) -> String {
    let time = chrono::DateTime::from_timestamp_millis(time.as_millis()).unwrap();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The refresh of another program may lie longer back than its token lived when it is noticed.
#[tokio::test]
async fn a_token_that_was_given_since_and_is_over_shows_that_google_takes_the_grant_again() {
    let desk = Desk::new().await;
    let (mut file, before) = refused(&desk, FaultAction::oauth_error("invalid_grant")).await;
    desk.world.pass(Duration::from_hours(2));
    file["expiry"] = json!(utc(before.updated_at.after(Duration::from_hours(1))));
    desk.write(&file);
    desk.token().await.unwrap();
    assert_eq!(
        (desk.row().await.status, asked(&desk)),
        (RowStatus::Active, 2)
    );
}

#[tokio::test]
async fn another_refresh_token_ends_whatever_google_said_of_the_one_before() {
    for (action, status) in refusals() {
        let desk = Desk::new().await;
        let (_, before) = refused(&desk, action).await;
        desk.write(&desk.python_file(&[SCOPE]));
        desk.token().await.unwrap();
        let row = desk.row().await;
        assert_eq!(row.grant_epoch, before.grant_epoch + 1, "{status}");
        assert_eq!((row.status, row.fail_count), (RowStatus::Active, 0));
    }
}

/// Google suspends the account, under the lock: what a program that was just bound looks for behind it
/// would find half a state otherwise, and take the file for a new one.
fn suspend(desk: &Desk) {
    let beside = |name: &str| desk.folder.path().join(name);
    let lock = fs::File::open(beside("token.json.lock")).unwrap();
    lock.lock().unwrap();
    let state = beside("token.json.state");
    let text = fs::read_to_string(&state).unwrap();
    let suspended = text.replace("needs_consent", "suspended");
    assert_ne!(suspended, text);
    fs::write(&state, suspended).unwrap();
}

#[tokio::test]
async fn a_suspended_grant_is_given_back_by_a_consent_alone() {
    let desk = Desk::new().await;
    let (mut file, _) = refused(&desk, FaultAction::oauth_error("invalid_grant")).await;
    suspend(&desk);
    file["token"] = json!(desk.world.emulator.issue_token(EMAIL, &[SCOPE]));
    file["expiry"] = json!(FRESH);
    desk.write(&file);
    desk.token().await.unwrap_err();
    assert_eq!(desk.row().await.status, RowStatus::Suspended);
    desk.write(&desk.python_file(&[SCOPE]));
    desk.token().await.unwrap();
}
