//! Watching a mailbox, and ending it.

use serde_json::{Value, json};

use super::harness::{Gmail, NOW};

const NONE: Value = Value::Null;
const WEEK: i64 = 7 * 86_400_000;

fn topic(name: &str) -> Value {
    json!({ "topicName": format!("projects/p/topics/{name}") })
}

#[test]
fn a_watch_lasts_a_week_and_tells_where_the_history_stands() {
    let mut gmail = Gmail::with(json!({}));
    let mut ask = topic("mail");
    ask["labelIds"] = json!(["INBOX"]);
    ask["labelFilterBehavior"] = "include".into();
    let watch = gmail.ok("watch", json!({}), ask);
    let profile = gmail.ok("getProfile", json!({}), NONE);
    assert_eq!(watch["historyId"], profile["historyId"]);
    assert_eq!(watch["expiration"], (NOW + WEEK).to_string());
    assert_eq!(
        gmail.mailbox.watched_by(NOW + WEEK - 1),
        Some("projects/p/topics/mail")
    );
    assert_eq!(gmail.mailbox.watched_by(NOW + WEEK), None);
    gmail.now_ms = NOW + 1;
    let renewed = gmail.ok("watch", json!({}), topic("mail"));
    assert_eq!(renewed["expiration"], (NOW + 1 + WEEK).to_string());
    gmail.ok("stop", json!({}), NONE);
    assert_eq!(gmail.mailbox.watched_by(NOW), None);
    gmail.ok("stop", json!({}), NONE);
}

#[test]
fn one_topic_is_told_at_a_time() {
    let mut gmail = Gmail::with(json!({}));
    gmail.ok("watch", json!({}), topic("a"));
    let refused = gmail.refused("watch", json!({}), topic("b"));
    assert_eq!((refused.code, refused.reason), (400, "failedPrecondition"));
    assert!(
        refused
            .message
            .starts_with("Only one user push notification client")
    );
    assert_eq!(gmail.mailbox.watched_by(NOW), Some("projects/p/topics/a"));
    gmail.ok("stop", json!({}), NONE);
    gmail.ok("watch", json!({}), topic("b"));
    gmail.now_ms = NOW + WEEK;
    gmail.ok("watch", json!({}), topic("c"));
}

#[test]
fn impossible_watches_are_refused() {
    let format = "Invalid topic name format. Should follow \
        'projects/my-project-id/topics/my-topic-id'";
    let mut labelled = topic("mail");
    labelled["labelIds"] = json!(["INBOX", "Mine"]);
    let table = [
        (json!({}), "topicName required"),
        (json!({ "topicName": "" }), "topicName required"),
        (json!({ "topicName": "mail" }), format),
        (json!({ "topicName": "projects//topics/mail" }), format),
        (json!({ "topicName": "projects/p/topics/mail/x" }), format),
        (labelled, "Invalid label: Mine"),
    ];
    let mut gmail = Gmail::with(json!({}));
    for (body, message) in table {
        let refused = gmail.refused("watch", json!({}), body);
        assert_eq!((refused.code, refused.message.as_str()), (400, message));
    }
    assert_eq!(gmail.mailbox.watched_by(NOW), None);
}
