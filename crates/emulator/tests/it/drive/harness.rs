//! Drive's clients in tests.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use serde_json::{Value, json};
use toolgate_emulator::{Emulator, Seed};

use crate::client::{ALICE, BOB, Client, Reply, authorized};

pub(crate) const FULL: &str = "https://www.googleapis.com/auth/drive";
pub(crate) const READONLY: &str = "https://www.googleapis.com/auth/drive.readonly";
pub(crate) const APP_FILES: &str = "https://www.googleapis.com/auth/drive.file";
pub(crate) const FOLDER: &str = "application/vnd.google-apps.folder";
pub(crate) const DOC: &str = "application/vnd.google-apps.document";
pub(crate) const SHEET: &str = "application/vnd.google-apps.spreadsheet";

/// 15 March 2026, noon UTC.
const NOW: i64 = 1_773_576_000_000;

/// An emulator with Alice's and Bob's Drives.
pub(crate) struct Drive {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    time: Arc<AtomicI64>,
}

/// One of them, with their token.
pub(crate) struct User<'a> {
    pub(crate) drive: &'a Drive,
    pub(crate) token: String,
}

impl Drive {
    /// With what the office has.
    pub(crate) async fn office() -> Self {
        Self::with(Seed::office()).await
    }

    /// Alice's Drive with these files, and Bob's, which is empty; both of one Workspace domain.
    pub(crate) async fn of(files: Value) -> Self {
        let seed = json!({ "accounts": [
            { "email": ALICE, "name": "Alice", "hosted_domain": "example.com",
              "drive": { "files": files } },
            { "email": BOB, "name": "Bob", "hosted_domain": "example.com" },
        ]});
        Self::with(Seed::from_json(&seed.to_string()).unwrap()).await
    }

    pub(crate) async fn with(seed: Seed) -> Self {
        let time = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&time);
        let clock = Arc::new(move || clock.load(Ordering::Relaxed));
        let builder = Emulator::builder().with_seed(seed).with_clock(clock);
        let emulator = builder.start().await.unwrap();
        let client = Client::of(&emulator);
        Self {
            emulator,
            client,
            time,
        }
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn pass(&self, ms: i64) {
        self.time.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn alice(&self) -> User<'_> {
        self.user(ALICE, FULL)
    }

    pub(crate) fn bob(&self) -> User<'_> {
        self.user(BOB, FULL)
    }

    pub(crate) fn user(&self, email: &str, scope: &str) -> User<'_> {
        User {
            drive: self,
            token: self.emulator.issue_token(email, &[scope]),
        }
    }
}

impl User<'_> {
    /// Makes a call; the line is a method and a path behind `/drive/v3/`.
    pub(crate) async fn call(&self, line: &str, body: Value) -> Reply {
        let (verb, path) = line.split_once(' ').unwrap();
        let request = authorized(verb, &format!("/drive/v3/{path}"), &self.token);
        let (request, body) = if body.is_null() {
            (request, Bytes::new())
        } else {
            let request = request.header("content-type", "application/json");
            (request, body.to_string().into())
        };
        let sent = self.drive.client.send(request.body(body).unwrap()).await;
        sent.unwrap()
    }

    pub(crate) async fn ok(&self, line: &str, body: Value) -> Value {
        let reply = self.call(line, body).await;
        assert!(
            reply.status < 300,
            "{line}: {} {}",
            reply.status,
            reply.text()
        );
        if reply.body.is_empty() {
            Value::Null
        } else {
            reply.json()
        }
    }

    /// Status and reason of a refusal.
    pub(crate) async fn refused(&self, line: &str, body: Value) -> (u16, String) {
        let reply = self.call(line, body).await;
        assert!(reply.status >= 400, "{line}: {}", reply.text());
        let (status, reason, _) = reply.error();
        (status, reason)
    }

    /// The names that a search finds, in its order.
    pub(crate) async fn search(&self, q: &str, more: &str) -> Vec<String> {
        let q = percent(q);
        let list = self
            .ok(&format!("GET files?q={q}{more}"), Value::Null)
            .await;
        names(&list["files"])
    }

    /// Makes a file of metadata only; returns its id.
    pub(crate) async fn make(&self, body: Value) -> String {
        let file = self.ok("POST files?supportsAllDrives=true", body).await;
        file["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn file(&self, id: &str) -> Value {
        let line = format!("GET files/{id}?supportsAllDrives=true&fields=*");
        self.ok(&line, Value::Null).await
    }

    /// Uploads metadata and content in one multipart request; the line ends before the type.
    pub(crate) async fn upload(&self, line: &str, meta: &Value, kind: &str, data: &str) -> Reply {
        let (verb, path) = line.split_once(' ').unwrap();
        let sign = if path.contains('?') { '&' } else { '?' };
        let path = format!("/upload/drive/v3/{path}{sign}uploadType=multipart");
        let body = format!(
            "--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{meta}\r\n\
             --b\r\nContent-Type: {kind}\r\n\r\n{data}\r\n--b--\r\n"
        );
        let request = authorized(verb, &path, &self.token)
            .header("content-type", "multipart/related; boundary=b");
        self.drive
            .client
            .send(request.body(body.into()).unwrap())
            .await
            .unwrap()
    }

    pub(crate) async fn download(&self, id: &str) -> Bytes {
        self.call(&format!("GET files/{id}?alt=media"), Value::Null)
            .await
            .body
    }

    pub(crate) async fn export(&self, id: &str, to: &str) -> Reply {
        let line = format!("GET files/{id}/export?mimeType={}", percent(to));
        self.call(&line, Value::Null).await
    }
}

pub(crate) fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The `name` of each entry of a list.
pub(crate) fn names(list: &Value) -> Vec<String> {
    let entries = list.as_array().into_iter().flatten();
    entries
        .map(|entry| entry["name"].as_str().unwrap().to_owned())
        .collect()
}
