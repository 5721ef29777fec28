//! Every method that is implemented is reached over HTTP, and its reply has Google's shape.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::profile;
use crate::call::Reply;
use crate::discovery::Directory;
use crate::exchange::Request;
use crate::{Emulator, Seed, calendar, dispatch, gmail};

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
            "https://www.googleapis.com/auth/calendar",
            "openid",
        ];
        let token = emulator.issue_token("alice@example.com", &scopes);
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        headers.insert("authorization", bearer);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        Self { emulator, headers }
    }

    /// Makes a call that succeeds; the line is a method and a path, whole or behind `~` for Gmail's
    /// `users/me` or `@` for Calendar.
    async fn call(&self, line: &str, body: Value) -> Value {
        let (verb, target) = line.split_once(' ').unwrap();
        let target = match (target.strip_prefix('~'), target.strip_prefix('@')) {
            (Some(rest), _) => format!("{ME}{rest}"),
            (_, Some(rest)) => format!("/calendar/v3{rest}"),
            _ => target.to_owned(),
        };
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let request = Request {
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
    meet(&caller).await;
    share(&caller).await;
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
        .chain(calendar::METHODS)
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

async fn meet(caller: &Caller) {
    let event = json!({ "id": "meet0", "summary": "Meet",
        "start": { "dateTime": "2026-06-01T10:00:00Z", "timeZone": "Europe/Warsaw" },
        "end": { "dateTime": "2026-06-01T11:00:00Z", "timeZone": "Europe/Warsaw" },
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
        "attendees": [{ "email": "bob@example.com" }] });
    let mut imported = event.clone();
    imported["iCalUID"] = "meet@elsewhere.example".into();
    let desks = caller
        .call("POST @/calendars", json!({ "summary": "Desks" }))
        .await;
    let desks = desks["id"].as_str().unwrap();
    let events = "@/calendars/primary/events";
    let busy = json!({ "timeMin": "2026-06-01T00:00:00Z", "timeMax": "2026-06-02T00:00:00Z",
        "items": [{ "id": "primary" }, { "id": "nobody@example.com" }] });
    for (line, body) in [
        (format!("POST {events}?sendUpdates=all"), event.clone()),
        (format!("POST {events}/import"), imported),
        (
            format!("POST {events}/quickAdd?text=Tea%20at%2010am"),
            Value::Null,
        ),
        (
            format!("GET {events}?singleEvents=true&orderBy=startTime"),
            Value::Null,
        ),
        (format!("GET {events}/meet0"), Value::Null),
        (format!("GET {events}/meet0/instances"), Value::Null),
        (
            format!("PATCH {events}/meet0_20260602T100000Z"),
            json!({ "summary": "Other" }),
        ),
        (format!("PUT {events}/meet0"), event),
        (
            format!("POST {events}/meet0/move?destination={desks}"),
            Value::Null,
        ),
        (
            format!("DELETE @/calendars/{desks}/events/meet0"),
            Value::Null,
        ),
        ("POST @/freeBusy".to_owned(), busy),
    ] {
        caller.call(&line, body).await;
    }
}

async fn share(caller: &Caller) {
    let desks = caller
        .call("POST @/calendars", json!({ "summary": "Desks" }))
        .await;
    let desks = desks["id"].as_str().unwrap();
    let rule = json!({ "scope": { "type": "user", "value": "bob@example.com" }, "role": "reader" });
    let acl = format!("@/calendars/{desks}/acl");
    let bobs = format!("{acl}/user:bob@example.com");
    let list = "@/users/me/calendarList";
    for (line, body) in [
        (format!("POST {acl}"), rule.clone()),
        (format!("GET {acl}"), Value::Null),
        (format!("GET {bobs}"), Value::Null),
        (format!("PATCH {bobs}"), json!({ "role": "writer" })),
        (format!("PUT {bobs}"), rule),
        (format!("DELETE {bobs}"), Value::Null),
        (format!("GET @/calendars/{desks}"), Value::Null),
        (
            format!("PATCH @/calendars/{desks}"),
            json!({ "location": "Warsaw" }),
        ),
        (
            format!("PUT @/calendars/{desks}"),
            json!({ "summary": "Chairs" }),
        ),
        (format!("GET {list}"), Value::Null),
        (format!("GET {list}/{desks}"), Value::Null),
        (format!("PATCH {list}/{desks}"), json!({ "colorId": "3" })),
        (format!("PUT {list}/{desks}"), json!({ "selected": false })),
        (format!("DELETE {list}/{desks}"), Value::Null),
        (format!("POST {list}"), json!({ "id": desks })),
        (format!("DELETE @/calendars/{desks}"), Value::Null),
        ("GET @/users/me/settings".to_owned(), Value::Null),
        ("GET @/users/me/settings/timezone".to_owned(), Value::Null),
        ("GET @/colors".to_owned(), Value::Null),
    ] {
        caller.call(&line, body).await;
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
