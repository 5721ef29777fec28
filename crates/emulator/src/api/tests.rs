//! Every method that is implemented is reached over HTTP, and its reply has Google's shape.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::profile;
use crate::call::Reply;
use crate::discovery::Directory;
use crate::exchange::Request;
use crate::{Emulator, Seed, dispatch, gmail};

const ME: &str = "/gmail/v1/users/me";

/// The sample, where Alice may forward mail.
fn seed() -> Seed {
    let mut seed = Seed::sample();
    seed.accounts[0].gmail.forwarding = vec!["archive@example.net".to_owned()];
    seed
}

/// Alice's account, called without a connection.
struct Caller {
    emulator: Emulator,
    headers: HeaderMap,
}

impl Caller {
    async fn new() -> Self {
        let emulator = Emulator::builder()
            .with_domain_wide_delegation(true)
            .with_seed(seed())
            .start()
            .await
            .unwrap();
        let scopes = [
            "https://mail.google.com/",
            "https://www.googleapis.com/auth/gmail.settings.basic",
            "https://www.googleapis.com/auth/gmail.settings.sharing",
            "openid",
        ];
        let token = emulator.issue_token("alice@example.com", &scopes);
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        headers.insert("authorization", bearer);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        Self { emulator, headers }
    }

    /// Makes a call that succeeds; the line is a method and a path behind `users/me`, or whole.
    async fn call(&self, line: &str, body: Value) -> Value {
        let (verb, target) = line.split_once(' ').unwrap();
        let target = match target.strip_prefix('~') {
            Some(rest) => format!("{ME}{rest}"),
            None => target.to_owned(),
        };
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let request = Request {
            long: None,
            method: Method::from_bytes(verb.as_bytes()).unwrap(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: self.headers.clone(),
            body: if body.is_null() {
                Bytes::new()
            } else {
                body.to_string().into()
            },
        };
        let answer = dispatch::handle(self.emulator.shared(), request).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            answer.status.is_success(),
            "{line}: {} {text}",
            answer.status
        );
        if answer.status == StatusCode::NO_CONTENT {
            return Value::Null;
        }
        serde_json::from_str(&text).unwrap()
    }

    /// The methods that answered.
    fn answered(&self) -> BTreeSet<String> {
        self.emulator
            .requests()
            .into_iter()
            .filter_map(|request| request.api_method)
            .collect()
    }
}

#[tokio::test]
async fn every_implemented_method_answers_in_googles_shape() {
    let caller = Caller::new().await;
    read(&caller).await;
    change(&caller).await;
    draft(&caller).await;
    label(&caller).await;
    set(&caller).await;
    let info = caller.call("GET /oauth2/v2/userinfo", Value::Null).await;
    assert_eq!(caller.call("GET /userinfo/v2/me", Value::Null).await, info);
    let token = caller.emulator.issue_token("bob@example.com", &["email"]);
    let token_info = format!("POST /oauth2/v2/tokeninfo?access_token={token}");
    assert_eq!(
        caller.call(&token_info, Value::Null).await["email"],
        "bob@example.com"
    );
    let implemented: BTreeSet<String> = gmail::METHODS
        .iter()
        .chain(profile::METHODS)
        .map(|method| (*method).to_owned())
        .collect();
    assert_eq!(caller.answered(), implemented);
}

async fn read(caller: &Caller) {
    let profile = caller.call("GET ~/profile", Value::Null).await;
    let since = profile["historyId"].as_str().unwrap();
    caller
        .call(
            &format!("GET ~/history?startHistoryId={since}"),
            Value::Null,
        )
        .await;
    for line in [
        "GET ~/messages?q=has%3Aattachment&maxResults=5",
        "GET ~/threads",
        "GET ~/settings/sendAs",
        "GET ~/settings/sendAs/alice@example.com",
    ] {
        caller.call(line, Value::Null).await;
    }
    for format in ["minimal", "metadata", "full", "raw"] {
        let message = format!("GET ~/messages/18c0a11ce0000005?format={format}");
        caller.call(&message, Value::Null).await;
    }
    let message = caller
        .call("GET ~/messages/18c0a11ce0000005", Value::Null)
        .await;
    let thread = message["threadId"].as_str().unwrap();
    caller
        .call(&format!("GET ~/threads/{thread}"), Value::Null)
        .await;
    let parts = message["payload"]["parts"].as_array().unwrap();
    let attachment = parts
        .iter()
        .find_map(|part| part["body"]["attachmentId"].as_str())
        .unwrap();
    let path = format!("GET ~/messages/18c0a11ce0000005/attachments/{attachment}");
    assert!(caller.call(&path, Value::Null).await["data"].is_string());
}

async fn change(caller: &Caller) {
    let raw = "VG86IGJvYkBleGFtcGxlLmNvbQ0KU3ViamVjdDogSGkNCg0KSGVsbG8NCg==";
    let sent = caller
        .call("POST ~/messages/send", json!({ "raw": raw }))
        .await;
    let inserted = caller.call("POST ~/messages", json!({ "raw": raw })).await;
    caller
        .call("POST ~/messages/import", json!({ "raw": raw }))
        .await;
    let ids = json!([sent["id"], inserted["id"]]);
    let labels = json!({ "addLabelIds": ["STARRED"] });
    for (kind, id) in [("messages", &sent["id"]), ("threads", &sent["threadId"])] {
        let id = id.as_str().unwrap();
        caller
            .call(&format!("POST ~/{kind}/{id}/modify"), labels.clone())
            .await;
        caller
            .call(&format!("POST ~/{kind}/{id}/trash"), Value::Null)
            .await;
        caller
            .call(&format!("POST ~/{kind}/{id}/untrash"), Value::Null)
            .await;
    }
    let batch = json!({ "ids": ids, "removeLabelIds": ["STARRED"] });
    caller.call("POST ~/messages/batchModify", batch).await;
    caller
        .call("POST ~/messages/batchDelete", json!({ "ids": ids }))
        .await;
    caller
        .call("DELETE ~/messages/18c0a11ce0000007", Value::Null)
        .await;
    let other = caller
        .call("GET ~/messages/18c0a11ce0000006", Value::Null)
        .await;
    let thread = other["threadId"].as_str().unwrap();
    caller
        .call(&format!("DELETE ~/threads/{thread}"), Value::Null)
        .await;
}

async fn draft(caller: &Caller) {
    let raw = "VG86IGJvYkBleGFtcGxlLmNvbQ0KU3ViamVjdDogSGkNCg0KSGVsbG8NCg==";
    let body = json!({ "message": { "raw": raw } });
    let draft = caller.call("POST ~/drafts", body.clone()).await;
    let id = draft["id"].as_str().unwrap();
    caller.call("GET ~/drafts", Value::Null).await;
    caller
        .call(&format!("GET ~/drafts/{id}"), Value::Null)
        .await;
    caller
        .call(&format!("PUT ~/drafts/{id}"), body.clone())
        .await;
    caller.call("POST ~/drafts/send", json!({ "id": id })).await;
    let second = caller.call("POST ~/drafts", body).await;
    caller
        .call(
            &format!("DELETE ~/drafts/{}", second["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
}

async fn label(caller: &Caller) {
    let label = caller.call("POST ~/labels", json!({ "name": "New" })).await;
    let id = label["id"].as_str().unwrap();
    caller.call("GET ~/labels", Value::Null).await;
    caller
        .call(&format!("GET ~/labels/{id}"), Value::Null)
        .await;
    caller
        .call(&format!("PATCH ~/labels/{id}"), json!({ "name": "Newer" }))
        .await;
    caller
        .call(
            &format!("PUT ~/labels/{id}"),
            json!({ "id": id, "name": "Newest" }),
        )
        .await;
    caller
        .call(&format!("DELETE ~/labels/{id}"), Value::Null)
        .await;
}

async fn set(caller: &Caller) {
    let filter = json!({ "criteria": { "from": "a@example.org", "size": 5,
        "sizeComparison": "larger" }, "action": { "forward": "archive@example.net" } });
    let filter = caller.call("POST ~/settings/filters", filter).await;
    let filter = format!("~/settings/filters/{}", filter["id"].as_str().unwrap());
    let alias = json!({ "sendAsEmail": "sales@example.net" });
    let topic = json!({ "topicName": "projects/p/topics/t" });
    let vacation = json!({ "enableAutoReply": true, "responseSubject": "Away",
        "startTime": "1", "endTime": "2" });
    let alias_path = "~/settings/sendAs/sales@example.net";
    for (line, body) in [
        ("GET ~/settings/filters", Value::Null),
        (&format!("GET {filter}"), Value::Null),
        (&format!("DELETE {filter}"), Value::Null),
        ("GET ~/settings/forwardingAddresses", Value::Null),
        (
            "GET ~/settings/forwardingAddresses/archive@example.net",
            Value::Null,
        ),
        ("PUT ~/settings/vacation", vacation),
        ("GET ~/settings/vacation", Value::Null),
        ("POST ~/settings/sendAs", alias.clone()),
        (
            &format!("PATCH {alias_path}"),
            json!({ "signature": "<b>S</b>" }),
        ),
        (&format!("PUT {alias_path}"), alias),
        (&format!("POST {alias_path}/verify"), Value::Null),
        (&format!("DELETE {alias_path}"), Value::Null),
        ("POST ~/watch", topic),
        ("POST ~/stop", Value::Null),
    ] {
        caller.call(line, body).await;
    }
}

#[test]
fn a_reply_of_another_shape_does_not_get_out() {
    let directory = Directory::shared().unwrap();
    let check = |line: &str, reply: &Reply| {
        let (verb, path) = line.split_once(' ').unwrap();
        let route = directory.find(verb, path).unwrap().route;
        super::check_reply(directory.document(route), &route.method, reply).is_ok()
    };
    let profile = "GET /gmail/v1/users/me/profile";
    assert!(check(profile, &Reply::Json(json!({ "historyId": "5" }))));
    assert!(!check(profile, &Reply::Json(json!({ "history": "5" }))));
    assert!(!check(profile, &Reply::Empty));
    let delete = "DELETE /gmail/v1/users/me/messages/1";
    assert!(check(delete, &Reply::Empty));
    assert!(!check(delete, &Reply::Json(json!({}))));
}
