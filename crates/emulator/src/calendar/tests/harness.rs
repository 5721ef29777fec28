//! An emulator whose calendars are called without a connection, through all checks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use crate::exchange::{Answer, Request};
use crate::{Emulator, Seed, dispatch};

/// Sunday, 15 March 2026, noon UTC.
pub(crate) const NOW: i64 = 1_773_576_000_000;

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";

/// An emulator with a clock of its own.
pub(crate) struct Google {
    pub(crate) emulator: Emulator,
    now_ms: Arc<AtomicI64>,
}

impl Google {
    /// Alice in Warsaw and Bob in New York, of one Workspace domain, with empty calendars.
    pub(crate) async fn empty() -> Self {
        Self::with(
            "
accounts:
  - { email: alice@example.com, name: Alice Example, hosted_domain: example.com,
      calendars: [{ summary: Alice, time_zone: Europe/Warsaw }] }
  - { email: bob@example.com, name: Bob Sample, hosted_domain: example.com,
      calendars: [{ summary: Bob, time_zone: America/New_York }] }
  - { email: carol@partner.example, name: Carol Reyes }
",
        )
        .await
    }

    pub(crate) async fn with(yaml: &str) -> Self {
        Self::of(Seed::from_yaml(yaml).unwrap()).await
    }

    pub(crate) async fn of(seed: Seed) -> Self {
        let now_ms = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&now_ms);
        let emulator = Emulator::builder()
            .with_seed(seed)
            .with_clock(Arc::new(move || clock.load(Ordering::Relaxed)))
            .start()
            .await
            .unwrap();
        Self { emulator, now_ms }
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Sends a request; the line is a method and a path behind `/calendar/v3`, or a whole one.
    pub(crate) async fn send(
        &self,
        who: &str,
        line: &str,
        body: &Value,
        header: Option<(&'static str, &str)>,
    ) -> Answer {
        let scopes = [
            "https://www.googleapis.com/auth/calendar",
            "https://mail.google.com/",
        ];
        let token = self.emulator.issue_token(who, &scopes);
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        headers.insert("authorization", bearer);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if let Some((name, value)) = header {
            let value = HeaderValue::from_str(value).unwrap();
            headers.insert(HeaderName::from_static(name), value);
        }
        let (verb, target) = line.split_once(' ').unwrap();
        let target = if target.starts_with("/gmail") {
            target.to_owned()
        } else {
            format!("/calendar/v3{target}")
        };
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let request = Request {
            method: Method::from_bytes(verb.as_bytes()).unwrap(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: if body.is_null() {
                Bytes::new()
            } else {
                body.to_string().into()
            },
        };
        dispatch::handle(self.emulator.shared(), request).await
    }

    /// Makes a call that succeeds.
    pub(crate) async fn ok(&self, who: &str, line: &str, body: Value) -> Value {
        let answer = self.send(who, line, &body, None).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            answer.status.is_success(),
            "{line} {body}: {} {text}",
            answer.status
        );
        if text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn get(&self, who: &str, target: &str) -> Value {
        self.ok(who, &format!("GET {target}"), Value::Null).await
    }

    /// Makes a call that fails; its status, reason and message.
    pub(crate) async fn refused(
        &self,
        who: &str,
        line: &str,
        body: Value,
    ) -> (u16, String, String) {
        let answer = self.send(who, line, &body, None).await;
        assert!(!answer.status.is_success(), "{line} {body} was not refused");
        let error: Value = serde_json::from_slice(&answer.body).unwrap();
        let error = &error["error"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            answer.status.as_u16(),
            text(&error["errors"][0]["reason"]),
            text(&error["message"]),
        )
    }

    /// Makes an event in somebody's primary calendar.
    pub(crate) async fn add(&self, who: &str, body: Value) -> Value {
        self.ok(who, "POST /calendars/primary/events", body).await
    }

    /// The events of somebody's primary calendar.
    pub(crate) async fn list(&self, who: &str, query: &str) -> Vec<Value> {
        let listed = self
            .get(who, &format!("/calendars/primary/events?{query}"))
            .await;
        listed["items"].as_array().unwrap().clone()
    }

    /// The subjects of the mails about events in somebody's mailbox, newest first.
    pub(crate) async fn subjects(&self, who: &str) -> Vec<String> {
        let found = self
            .get(who, "/gmail/v1/users/me/messages?q=has%3Aattachment")
            .await;
        let mut subjects = Vec::new();
        for message in found["messages"].as_array().into_iter().flatten() {
            let id = message["id"].as_str().unwrap();
            let path = format!("/gmail/v1/users/me/messages/{id}?format=metadata");
            let message = self.get(who, &path).await;
            let headers = message["payload"]["headers"].as_array().unwrap();
            let subject = headers.iter().find(|header| header["name"] == "Subject");
            subjects.push(subject.unwrap()["value"].as_str().unwrap().to_owned());
        }
        subjects
    }
}

/// A timed event.
pub(crate) fn event(summary: &str, start: &str, end: &str, zone: &str) -> Value {
    json!({
        "summary": summary,
        "start": { "dateTime": start, "timeZone": zone },
        "end": { "dateTime": end, "timeZone": zone },
    })
}

/// A field of each entry of a list.
pub(crate) fn all(list: &[Value], field: &str) -> Vec<String> {
    list.iter()
        .map(|entry| {
            let value = &entry[field];
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect()
}
