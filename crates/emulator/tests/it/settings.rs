//! Settings over HTTP, and mail between two accounts that they change.

use serde_json::{Value, json};
use toolgate_emulator::Emulator;

use crate::client::{ALICE, BOB, Client, start};

const ALL: &[&str] = &[
    "https://mail.google.com/",
    "https://www.googleapis.com/auth/gmail.settings.basic",
    "https://www.googleapis.com/auth/gmail.settings.sharing",
];

const ME: &str = "/gmail/v1/users/me";

/// The newest message that a search finds, with its headers.
async fn newest(client: &Client, token: &str, query: &str) -> Value {
    let listed = client.get(token, &format!("{ME}/messages?q={query}")).await;
    let id = listed.json()["messages"][0]["id"].clone();
    let Some(id) = id.as_str() else {
        return Value::Null;
    };
    client
        .get(token, &format!("{ME}/messages/{id}"))
        .await
        .json()
}

/// Bob writes to Alice: `To: alice@example.com`, `Subject: Lunch`.
async fn bob_writes(emulator: &Emulator, client: &Client) {
    let bob = emulator.issue_token(BOB, ALL);
    let raw = "VG86IGFsaWNlQGV4YW1wbGUuY29tDQpTdWJqZWN0OiBMdW5jaA0KDQpOb29uPw==";
    let sent = client
        .post(&bob, &format!("{ME}/messages/send"), &json!({ "raw": raw }))
        .await;
    assert_eq!(sent.status, 200);
}

#[tokio::test]
async fn what_another_account_sends_is_filtered_and_answered() {
    let (emulator, client) = start().await;
    let alice = emulator.issue_token(ALICE, ALL);
    let filter = json!({ "criteria": { "from": BOB },
        "action": { "addLabelIds": ["STARRED"], "removeLabelIds": ["INBOX"] } });
    let made = client
        .post(&alice, &format!("{ME}/settings/filters"), &filter)
        .await;
    assert_eq!(made.status, 200);
    let away = json!({ "enableAutoReply": true, "responseSubject": "Away",
        "responseBodyPlainText": "Back in May." });
    let path = format!("{ME}/settings/vacation");
    assert_eq!(client.put(&alice, &path, &away).await.status, 200);

    bob_writes(&emulator, &client).await;
    let arrived = newest(&client, &alice, "subject:lunch+from:bob").await;
    assert_eq!(arrived["labelIds"], json!(["STARRED", "UNREAD"]));
    let bob = emulator.issue_token(BOB, ALL);
    let answer = newest(&client, &bob, "in:inbox+from:alice+subject:away").await;
    let headers = answer["payload"]["headers"].as_array().unwrap();
    let value = |name: &str| {
        let found = headers.iter().find(|header| header["name"] == name);
        found.map(|header| header["value"].clone())
    };
    assert_eq!(value("Auto-Submitted"), Some(json!("auto-replied")));
    let sent = newest(&client, &bob, "in:sent+subject:lunch").await;
    let ids = sent["payload"]["headers"].as_array().unwrap();
    let sent_id = ids.iter().find(|header| header["name"] == "Message-ID");
    assert_eq!(
        value("In-Reply-To"),
        Some(sent_id.unwrap()["value"].clone())
    );
}

#[tokio::test]
async fn two_responders_do_not_answer_each_other_for_ever() {
    let (emulator, client) = start().await;
    let away = json!({ "enableAutoReply": true, "responseSubject": "Away" });
    for account in [ALICE, BOB] {
        let token = emulator.issue_token(account, ALL);
        let path = format!("{ME}/settings/vacation");
        assert_eq!(client.put(&token, &path, &away).await.status, 200);
    }
    bob_writes(&emulator, &client).await;
    let counts = async |account: &str| {
        let token = emulator.issue_token(account, ALL);
        let found = client
            .get(&token, &format!("{ME}/messages?q=subject:away"))
            .await;
        found.json()["resultSizeEstimate"].clone()
    };
    assert_eq!(
        (counts(ALICE).await, counts(BOB).await),
        (json!(0), json!(1))
    );
}

#[tokio::test]
async fn a_watch_is_seen_until_it_is_stopped() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, ALL);
    assert_eq!(emulator.watched_topic(ALICE), None);
    let ask = json!({ "topicName": "projects/p/topics/mail" });
    assert_eq!(
        client
            .post(&token, &format!("{ME}/watch"), &ask)
            .await
            .status,
        200
    );
    assert_eq!(
        emulator.watched_topic("ALICE@example.com").as_deref(),
        Some("projects/p/topics/mail")
    );
    assert_eq!(emulator.watched_topic(BOB), None);
    assert_eq!(
        client
            .post(&token, &format!("{ME}/stop"), &json!({}))
            .await
            .status,
        204
    );
    assert_eq!(emulator.watched_topic(ALICE), None);
}

#[tokio::test]
async fn what_is_for_delegated_service_accounts_is_refused_to_people() {
    let new = json!({ "sendAsEmail": "sales@example.net" });
    let send_as = format!("{ME}/settings/sendAs");
    for (delegated, created, updated) in [(false, 403, 403), (true, 200, 200)] {
        let builder = Emulator::builder().with_domain_wide_delegation(delegated);
        let emulator = builder.start().await.unwrap();
        let client = Client::of(&emulator);
        let token = emulator.issue_token(ALICE, ALL);
        let reply = client.post(&token, &send_as, &new).await;
        assert_eq!(reply.status, created);
        if !delegated {
            let (_, reason, message) = reply.error();
            assert_eq!(reason, "forbidden");
            assert!(message.contains("domain-wide authority"), "{message}");
        }
        let alias = format!("{send_as}/sales@example.net");
        assert_eq!(client.put(&token, &alias, &new).await.status, updated);
        let own = format!("{send_as}/{ALICE}");
        assert_eq!(
            client.put(&token, &own, &json!({})).await.status,
            200,
            "the primary address"
        );
    }
}
